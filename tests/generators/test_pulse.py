import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from data_generators import CAST, PULSE_RHYTHMS, make_pulses, take_pulse

SINUS, FIBRILLATION = range(2)


@pytest.fixture(scope="module")
def pulses():
    X, y, truth = make_pulses(20_000, ectopy=0.15, random_state=1, return_truth=True)
    relative = X * truth["heart_rate"][:, None] / 60_000  # each interval over the person's expected one
    return X, y, truth, relative


def variation(intervals):
    return intervals.std(axis=1) / intervals.mean(axis=1)


def test_half_are_in_atrial_fibrillation(pulses):
    assert PULSE_RHYTHMS[FIBRILLATION] == "atrial fibrillation"
    assert pulses[1].mean() == pytest.approx(0.5, abs=0.015)  # standard error 0.0035


def test_the_rate_alone_tells_nothing(pulses):
    X, y, truth, _ = pulses
    # Standard error of an area of 0.5 with 10,000 a side: 0.004.
    assert roc_auc_score(y, truth["heart_rate"]) == pytest.approx(0.5, abs=0.017)
    assert roc_auc_score(y, 60_000 / X.mean(axis=1)) == pytest.approx(0.5, abs=0.03)


def test_rates_are_those_of_people(pulses):
    X, _, truth, relative = pulses
    assert ((truth["heart_rate"] >= 50) & (truth["heart_rate"] <= 120)).all()
    assert ((X > 150) & (X < 5000)).all()
    assert relative.mean() == pytest.approx(1, abs=0.002)


def test_no_beat_of_atrial_fibrillation_depends_on_the_one_before(pulses):
    _, y, _, relative = pulses
    deviation = relative[y == FIBRILLATION] - 1
    lagged = (deviation[:, 1:] * deviation[:, :-1]).mean() / (deviation**2).mean()
    assert lagged == pytest.approx(0, abs=0.015)  # standard error of about 1 / sqrt(190,000) = 0.0023, more by the tail


def test_a_sinus_rhythm_breathes(pulses):
    _, y, truth, relative = pulses
    deviation = relative[(y == SINUS) & ~truth["ectopy"]] - 1
    assert (deviation[:, 1:] * deviation[:, :-1]).mean() / (deviation**2).mean() > 0.1


def test_atrial_fibrillation_varies_more_than_sinus_rhythm(pulses):
    X, y, truth, relative = pulses
    fibrillates = relative[y == FIBRILLATION]
    assert 0.12 < np.sqrt(((fibrillates - 1) ** 2).mean()) < 0.28
    assert ((fibrillates - 1) ** 3).mean() > 0  # the tail is of long intervals ...
    assert fibrillates.min() > 1 - 0.28 - 1e-6  # ... and there is a shortest one
    steady = variation(X[(y == SINUS) & ~truth["ectopy"]])
    assert steady.mean() < 0.06
    assert np.quantile(steady, 0.99) < 0.12
    assert roc_auc_score(y, variation(X)) > 0.9


def test_without_ectopics_the_two_rhythms_overlap_a_little_as_in_life():
    X, y = make_pulses(20_000, ectopy=0.0, random_state=4)
    changes = np.abs(np.diff(X.astype(float), axis=1)).mean(axis=1) / X.mean(axis=1)
    for irregularity in (variation(X), changes):
        assert 0.97 < roc_auc_score(y, irregularity) < 0.998


def test_ectopic_beats_are_early_and_followed_by_a_pause():
    X, y, truth = make_pulses(2000, ectopy=1.0, random_state=2, return_truth=True)
    assert (truth["ectopy"] == (y == SINUS)).all()
    relative = (X * truth["heart_rate"][:, None] / 60_000)[truth["ectopy"]]
    early, after = relative[:, :-1], relative[:, 1:]
    is_early = early < 0.74  # sinus rhythm alone stays above 0.75
    assert 0.05 < is_early.mean() < 0.2
    assert (after[is_early] > 1.1).mean() > 0.99
    both = early[is_early] + after[is_early]  # the pause makes up for the early beat
    assert both.mean() == pytest.approx(2, abs=0.02)


@pytest.mark.parametrize("ectopy", [0.0, 0.15, 0.6])
def test_ectopy_is_a_share_of_those_in_sinus_rhythm(ectopy):
    _, y, truth = make_pulses(8000, ectopy=ectopy, random_state=3, return_truth=True)
    assert not truth["ectopy"][y == FIBRILLATION].any()
    standard_error = np.sqrt(ectopy * (1 - ectopy) / (y == SINUS).sum())
    assert abs(truth["ectopy"][y == SINUS].mean() - ectopy) <= 4 * standard_error


@pytest.mark.parametrize("patient", CAST, ids=lambda patient: patient.name)
def test_the_pulse_of_one_patient_is_theirs(patient):
    taken = np.stack([take_pulse(patient, random_state=seed) for seed in range(200)])
    assert taken.shape == (200, 20)
    assert taken.dtype == np.float32
    # 4,000 intervals that vary by at most 0.3 have a mean known to 0.5%.
    assert 60_000 / taken.mean() == pytest.approx(patient.heart_rate, rel=0.025)
    expected = {"sinus rhythm": (0.02, 0.06), "atrial fibrillation": (0.13, 0.27)}
    low, high = expected.get(patient.rhythm, (0.06, 0.3))
    assert low < variation(taken).mean() < high
    has_early_beats = (taken * patient.heart_rate / 60_000 < 0.72).any()
    assert has_early_beats == (patient.rhythm == "sinus rhythm with ectopic beats")


def test_the_same_seed_takes_the_same_pulse():
    assert take_pulse(CAST[0], random_state=4).tobytes() == take_pulse(CAST[0], random_state=4).tobytes()
    assert take_pulse(CAST[0]).tobytes() != take_pulse(CAST[0]).tobytes()
    with pytest.raises(ValueError, match=r"random_state is 'now'"):
        take_pulse(CAST[0], random_state="now")
