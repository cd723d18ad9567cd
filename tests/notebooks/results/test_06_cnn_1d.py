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


def test_twelve_leads_and_pressures_are_learned(chapter):
    assert chapter.twelve_right > 0.88
    assert np.trace(chapter.pressure_counts) / np.sum(chapter.pressure_counts) > 0.65


def test_the_network_takes_the_shapes_of_a_thick_septum_for_another_rhythm(chapter):
    calls = {name: call for name, call, _, _ in chapter.rows}
    assert calls["Mr Tom Becker"] != "sinus"
    assert calls["Mr Samuel Osei"] == calls["Ms Maria Lindqvist"] == "sinus"
    assert calls["Mrs Rosa Delgado"] in {"sinus", "first-degree AV block", "atrial fibrillation"}


def test_premature_beats_and_swapped_arms_are_where_it_errs_more(chapter):
    wrong = chapter.calls != chapter.rhythm_new
    premature, swapped = chapter.known["premature"], chapter.known["arms_swapped"]
    assert wrong[premature].mean() > 1.5 * wrong[~premature].mean()
    assert wrong[swapped].mean() > 1.5 * wrong[~swapped].mean()
