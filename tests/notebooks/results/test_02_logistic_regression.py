"""What chapter 02 tells of its own runs."""

import numpy as np
import pytest
from notebooks.replay import replay
from seeds import SEEDS
from sklearn.metrics import roc_auc_score


@pytest.fixture(scope="module", params=SEEDS)
def chapter(request):
    return replay("02_logistic_regression", request.param)


def test_the_walk_comes_close_to_the_numbers_of_the_simulation(chapter):
    assert np.allclose(chapter.parameters, (-1.2, 1.4, 0.25), atol=0.4)


def test_the_straight_line_promises_an_impossible_risk(chapter):
    assert chapter.straight_line(40) < 0


def test_the_learned_risk_nearly_reaches_the_ceiling(chapter):
    auc = roc_auc_score(chapter.died_new, chapter.risk_new)
    assert chapter.truth["ceiling"] - 0.02 < auc < chapter.truth["ceiling"] + 0.02


def test_cholesterol_matters_most_in_the_middle(chapter):
    gain = {age: chapter.learned_risk(age, 6.5) - chapter.learned_risk(age, 4.5) for age in (41, 74, 95)}
    assert gain[74] > 2 * gain[41]
    assert gain[74] > gain[95]
