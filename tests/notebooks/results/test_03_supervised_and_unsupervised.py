"""What chapter 03 tells of its own runs."""

import numpy as np
import pytest
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score, silhouette_score

from data_generators import HF_FEATURES


def shares(rows, patient):
    squares = np.mean((rows - patient) ** 2, axis=0)
    return dict(zip(HF_FEATURES, squares / squares.sum(), strict=True))


def test_unscaled_volume_and_pressure_decide_and_rhythm_counts_for_nothing(run):
    raw = shares(run.X, run.papadakis)
    assert raw["left atrial volume (ml)"] + raw["systolic pressure (mmHg)"] > 0.5
    assert raw["ln NT-proBNP (pg/ml)"] + raw["atrial fibrillation (0 or 1)"] < 0.005
    scaled = shares(run.Z, run.z_papadakis)
    assert 0.03 < min(scaled.values()) < max(scaled.values()) < 0.4


def test_scaling_makes_the_agreement_much_better_and_the_ceiling_is_below_one(run):
    scaled, raw = (adjusted_rand_score(run.kind, group) for group in (run.group, run.raw_group))
    assert raw + 0.15 < scaled < run.truth["ceiling"] - 0.03
    assert run.truth["ceiling"] == pytest.approx(0.73, abs=0.01)
    assert abs(adjusted_rand_score(run.kind, run.shuffled)) < 0.02
    assert run.rand_index(run.shuffled, run.kind) == pytest.approx(0.62, abs=0.04)


def test_the_groups_can_be_given_a_name(run):
    averages = np.array([run.X[run.group == number].mean(axis=0) for number in range(4)])
    young = averages[np.argmin(averages[:, 0])]
    assert young[0] < 60
    assert young[2] < 35
    kidneys = averages[np.argmin(averages[:, 4])]
    assert kidneys[4] < 52
    assert kidneys[3] == averages[:, 3].max()
    assert averages[:, 1].max() > 33
    assert averages[:, 7].max() > 0.8


def test_the_silhouette_does_not_tell_three_groups_from_four(run):
    scores = {k: silhouette_score(run.Z, KMeans(k, n_init=10, random_state=0).fit_predict(run.Z)) for k in range(3, 6)}
    assert max(scores.values()) < 0.26
    assert max(scores.values()) - min(scores.values()) < 0.05


def test_the_groups_come_to_rest(run):
    assert run.moved <= 6


def test_three_kinds_nearly_reach_their_ceiling_and_the_one_in_between_does_not(run):
    gaps = np.array(run.ceilings) - np.array(run.aucs)
    assert gaps[[0, 2, 3]].max() < 0.03
    assert gaps[1] > 0.04
    assert run.auc_bent > run.aucs[1] + 0.02


def test_labels_close_much_of_the_gap(run):
    gap = run.truth["ceiling"] - run.without_labels
    assert run.with_labels - run.without_labels > 0.4 * gap
    assert run.with_labels < run.truth["ceiling"] + 0.03


def test_mr_papadakis_is_most_likely_young_and_dilated_and_nobody_rules_out_ischaemia(run):
    chances = [run.chance_of_kind(k, run.Z, run.kind, [run.z_papadakis])[0] for k in range(4)]
    assert np.argmax(chances) == 0
    assert chances[1] > 0.1
    assert max(chances[2:]) < 0.1
    his = run.X[run.group == run.his_group].mean(axis=0)
    assert his[2] < 40


def test_groups_of_nothing_have_a_lower_silhouette(run):
    assert np.bincount(run.nothing).min() > 30
    assert silhouette_score(run.mixed_up, run.nothing) < silhouette_score(run.Z, run.group) - 0.05
