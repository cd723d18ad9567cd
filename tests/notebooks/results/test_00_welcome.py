"""What chapter 00 tells of its own runs."""

import numpy as np
import pytest
from notebooks.replay import replay
from seeds import SEEDS


@pytest.fixture(scope="module", params=SEEDS)
def chapter(request):
    return replay("00_welcome", request.param)


def test_on_new_people_the_learned_rule_is_hardly_better_than_a_sensible_one_by_hand(chapter):
    assert abs(chapter.by_hand - chapter.learned) < 50  # of 1,000


def test_elsewhere_the_rule_errs_far_more(chapter):
    assert chapter.ours > 1.5 * chapter.learned


def test_a_missed_fibrillation_that_weighs_more_lowers_the_limit(chapter):
    assert chapter.limits[np.argmin(chapter.harm)] < chapter.limits[np.argmin(chapter.there_wrong)]
