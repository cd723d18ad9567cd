"""What chapter 06 tells of its own runs."""

import numpy as np
import pytest

from course_utils.models import n_weights
from course_utils.plots import find_matches
from data_generators import CAST, RHYTHMS, make_arrhythmias, record_ecg


def share_right(run, network, late):
    beats, block = run.make_beats(late=late, random_state=500)
    return np.mean(run.called(network, beats) == block)


def test_the_template_finds_irregular_beats(run):
    beats = np.diff(find_matches(run.matches)) / 100
    assert len(beats) > 8
    assert np.std(beats) / np.mean(beats) > 0.06


def test_the_best_match_does_not_care_where_the_strip_begins(run):
    assert max(run.pool(run.matches_later, 20)) == pytest.approx(max(run.pool(run.matches, 20)))
    assert run.moved > 0.35


def test_the_plain_network_fails_on_shifted_beats_and_the_convolutional_one_does_not(run):
    assert n_weights(run.plain) > 10 * n_weights(run.sliding)
    for network in (run.plain, run.sliding):
        assert share_right(run, network, 0) > 0.88
    for late in (100, 200):
        assert share_right(run, run.plain, late) < 0.6
        assert share_right(run, run.sliding, late) > 0.83


def test_the_convolutional_network_reads_rhythms_with_fewer_weights(run):
    assert n_weights(run.plain_10) > 6 * n_weights(run.network)
    assert 0.15 < run.plain_right < 0.45
    assert 0.8 < run.cnn_right < 0.98


def test_what_a_forgotten_offset_adds_costs_right_calls(run):
    shares = {
        added: np.mean(run.called(run.network, run.lead_new + np.float32(added)) == run.rhythm_new)
        for added in (0.3, -0.3)
    }
    assert max(shares.values()) < run.cnn_right
    assert np.mean(list(shares.values())) < run.cnn_right - 0.05


def test_twelve_leads_and_pressures_are_learned(run):
    assert run.twelve_right > 0.86
    assert np.trace(run.pressure_counts) / np.sum(run.pressure_counts) > 0.5


@pytest.fixture(scope="module")
def many():
    """More new records than the chapter asks about: a few in a hundred have the arms swapped."""
    return make_arrhythmias(6000, random_state=900_000, return_truth=True)


def test_premature_beats_and_swapped_arms_are_where_it_errs_more(run, many):
    X, rhythm, known = many
    wrong = run.called(run.network, run.without_offset(X[:, [1]])) != rhythm
    premature, swapped = known["premature"], known["arms_swapped"]
    assert wrong[premature].mean() > 1.5 * wrong[~premature].mean()
    assert wrong[swapped].mean() > 0.8 * wrong[~swapped].mean()
    assert 0.08 < wrong[swapped].mean() < 0.35


def test_a_supraventricular_tachycardia_is_called_ventricular_where_its_beats_are_wide(run, many):
    X, rhythm, known = many
    fast = rhythm == RHYTHMS.index("supraventricular tachycardia")
    calls = run.called(run.network, run.without_offset(X[:, [1]]))
    called_ventricular = calls == RHYTHMS.index("ventricular tachycardia")
    wide = known["conduction"] > 0
    assert called_ventricular[fast & wide].mean() > 3 * called_ventricular[fast & ~wide].mean()


def test_most_strips_of_the_two_irregular_patients_are_told_apart(run):
    calls = {}
    for patient in CAST:
        leads = np.array([record_ecg(patient, random_state=number)[1] for number in range(20)], dtype=np.float32)
        leads = run.without_offset(leads.reshape(20, 1, 1000, 5).mean(axis=3))
        calls[patient.name] = run.called(run.network, leads)

    def share(name, rhythm):
        return np.mean(calls[name] == RHYTHMS.index(rhythm))

    assert share("Mrs Amina Rahman", "atrial fibrillation") > 0.35
    assert share("Mr George Papadakis", "ventricular ectopics") > 0.4
    assert share("Mr Tom Becker", "sinus") < 0.6
    assert share("Mr Samuel Osei", "sinus") > 0.8
    assert share("Mrs Rosa Delgado", "sinus") + share("Mrs Rosa Delgado", "first-degree AV block") > 0.8
