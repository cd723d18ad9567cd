"""What chapter 06 tells of its own runs."""

import numpy as np
import pytest
from notebooks.replay import SEEDS, replay

from course_utils.models import n_weights
from course_utils.plots import find_matches


@pytest.fixture(scope="module", params=SEEDS)
def chapter(request):
    return replay("06_cnn_1d", request.param)


def share_right(chapter, network, late):
    beats, block = chapter.make_beats(late=late, random_state=500)
    return np.mean(chapter.called(network, beats) == block)


def test_the_template_finds_irregular_beats(chapter):
    beats = np.diff(find_matches(chapter.matches)) / 100
    assert len(beats) > 8
    assert np.std(beats) / np.mean(beats) > 0.08


def test_the_best_match_does_not_care_where_the_strip_begins(chapter):
    assert max(chapter.pool(chapter.matches_later, 20)) == pytest.approx(max(chapter.pool(chapter.matches, 20)))
    assert chapter.moved > 0.5


def test_the_plain_network_fails_on_shifted_beats_and_the_convolutional_one_does_not(chapter):
    assert n_weights(chapter.plain) > 10 * n_weights(chapter.sliding)
    for network in (chapter.plain, chapter.sliding):
        assert share_right(chapter, network, 0) > 0.93
    assert share_right(chapter, chapter.plain, 50) < 0.75
    assert share_right(chapter, chapter.plain, 200) < 0.65
    for late in (50, 100, 200):
        assert share_right(chapter, chapter.sliding, late) > 0.9


def test_the_convolutional_network_reads_rhythms_with_fewer_weights(chapter):
    assert n_weights(chapter.plain_10) > 6 * n_weights(chapter.network)
    assert 0.15 < chapter.plain_right < 0.45
    assert 0.85 < chapter.cnn_right < 0.98


def test_twelve_leads_take_away_more_than_a_third_of_the_errors(chapter):
    assert 1 - chapter.twelve_right < 0.66 * (1 - chapter.cnn_right)
