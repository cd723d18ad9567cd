import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from data_generators import CAST, make_pulses, take_pulse


def variation(intervals):
    return intervals.std(axis=1) / intervals.mean(axis=1)


def test_the_rate_tells_nothing_about_the_rhythm():
    # With 20,000 people the standard error of an AUC of one half is 0.004.
    _, y, truth = make_pulses(20_000, random_state=0, return_truth=True)
    assert roc_auc_score(y, truth["heart_rate"]) == pytest.approx(0.5, abs=0.02)


def test_no_interval_in_fibrillation_depends_on_the_one_before():
    X, y = make_pulses(20_000, random_state=1)
    beats = X[y == 1] - X[y == 1].mean(axis=1, keepdims=True)
    lag_one = np.mean(beats[:, 1:] * beats[:, :-1]) / np.mean(beats**2)
    # Taking each person's own mean of 20 beats away leaves -1/20.
    assert lag_one == pytest.approx(-1 / 20, abs=0.01)
    assert 0.13 < np.median(variation(X[y == 1])) < 0.27


def test_sinus_rhythm_changes_by_a_few_percent():
    X, y, truth = make_pulses(5000, random_state=2, return_truth=True)
    steady = X[(y == 0) & ~truth["ectopy"]]
    assert np.percentile(variation(steady), 99) < 0.08


def test_ectopic_beats_come_early_and_a_pause_makes_up_for_them():
    X, y, _ = make_pulses(3000, ectopy=1.0, random_state=3, return_truth=True)
    beats = X[y == 0] / np.median(X[y == 0], axis=1, keepdims=True)
    early = np.argwhere(beats[:, :-1] < 0.75)
    assert len(early) > 1000
    pairs = beats[early[:, 0], early[:, 1]] + beats[early[:, 0], early[:, 1] + 1]
    assert np.median(pairs) == pytest.approx(2, abs=0.1)


@pytest.mark.parametrize("ectopy", [0.0, 0.4, 1.0])
def test_as_many_have_ectopic_beats_as_asked(ectopy):
    _, y, truth = make_pulses(5000, ectopy=ectopy, random_state=4, return_truth=True)
    assert truth["ectopy"][y == 0].mean() == pytest.approx(ectopy, abs=0.04)
    assert not truth["ectopy"][y == 1].any()


@pytest.mark.parametrize("patient", CAST, ids=lambda patient: patient.name)
def test_a_patients_pulse_has_their_rate_and_rhythm(patient):
    pulses = np.array([take_pulse(patient, random_state=seed) for seed in range(200)])
    assert pulses.shape == (200, 20)
    assert 60_000 / pulses.mean() == pytest.approx(patient.heart_rate, rel=0.03)
    assert (np.median(variation(pulses)) > 0.09) == (patient.rhythm != "sinus rhythm")
