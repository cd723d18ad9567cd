"""The explorer of chapter 06 that slides a template, against scipy."""

import numpy as np
import pytest
from scipy.signal import correlate, find_peaks

from course_utils.plots import find_matches
from course_utils.widgets import explore_template
from data_generators import make_ecg


@pytest.fixture
def lead():
    X, _ = make_ecg(1, sampling_rate=100, duration=6.0, heart_rate=70, random_state=3)
    return X[0, 1].astype(float)


def test_matches_are_the_correlation_with_a_template_of_mean_0(lead):
    result = explore_template(width=160, middle=-140).result
    assert result["template"].mean() == pytest.approx(0, abs=1e-12)
    assert result["matches"] == pytest.approx(correlate(lead, result["template"], mode="valid"), abs=1e-9)


def test_a_qrs_complex_finds_every_beat_and_nothing_else(lead):
    beats, _ = find_peaks(lead - np.median(lead), height=0.6, distance=30)
    result = explore_template(place=6).result
    assert len(result["peaks"]) == len(beats)
    assert result["on"]["QRS complex"] == len(beats)
    assert np.abs(result["peaks"] + len(result["template"]) // 2 - beats).max() <= 1


@pytest.mark.parametrize("seed", range(5))
def test_a_p_wave_finds_the_qrs_complexes_and_none_of_the_p_waves(seed):
    explorer = explore_template(seed=seed, guess=7)
    explorer.press("p")
    explorer.press("end")
    result = explorer.result
    assert result["on"]["P wave"] == 0
    _, _, truth = make_ecg(1, sampling_rate=100, duration=6.0, heart_rate=70, random_state=seed, return_truth=True)
    middles = result["peaks"] + len(result["template"]) // 2
    at_a_beat = np.abs(middles[:, None] - truth["r_peaks"][0]).min(axis=1) <= 8
    assert at_a_beat.sum() >= 6  # at a QRS complex, or just beside it
    assert (result["p_found"], result["p_waves"]) == (0, 7)
    assert "finds 0 of the 7 P waves so; you guessed 7." in explorer.alt


def test_the_sentence_compares_with_the_guess_at_the_end_alone():
    explorer = explore_template(guess=3, place=2)
    assert "guessed" not in explorer.alt
    explorer.press("end")
    assert "you guessed 3" in explorer.alt


def test_a_template_stays_inside_the_strip():
    explorer = explore_template(width=400)
    for place in (0, 6):
        explorer.set(place=place)
        assert 1 <= explorer.result["reached"] <= len(explorer.result["matches"])


def test_of_matches_that_stand_close_only_the_best_is_kept():
    matches = np.zeros(100)
    matches[[10, 15, 60, 90]] = 0.9, 1.0, 0.6, 0.4
    assert find_matches(matches).tolist() == [15, 60]
    assert find_matches(-matches).tolist() == []
