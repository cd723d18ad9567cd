"""Magnetic resonance of the beating heart, judged by scikit-image, scipy, and what a reader of short axes knows."""

import numpy as np
import pytest
from networks import best_threshold, dice, learn_masks, learned
from scipy import ndimage
from skimage import measure
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from torch import nn

from data_generators import (
    CAST,
    CMR_SLICE_DISTANCE,
    CMR_SLICES,
    CMR_VENTRICLES,
    CMR_WHOLE_HEART,
    HEART_CONDITIONS,
    HYPERTROPHIC_VARIANTS,
    make_cmr_hcm,
    make_cmr_ventricles,
    make_cmr_whole_heart,
    record_cmr,
)

STACK = 2 * CMR_SLICES
LV, MYOCARDIUM, RV = (CMR_VENTRICLES.index(name) for name in ("LV", "LV myocardium", "RV"))


@pytest.fixture(scope="module")
def stacks():
    return make_cmr_ventricles(40 * STACK, random_state=0, return_truth=True)


def of_patients(values):
    """Return rows as (patients, end-diastole and end-systole, slices, ...)."""
    return values.reshape(-1, 2, CMR_SLICES, *values.shape[1:])


def middle(mask):
    """Return where the middle of a mask is, down and across."""
    return np.array(measure.regionprops(mask.astype(int))[0].centroid)


def disc_sums(y, pixel):
    """Return the volumes of the left cavity in ml, from areas of 8 mm slices, (patients, 2)."""
    return (of_patients(y) == LV).sum(axis=(2, 3, 4)) * pixel**2 * CMR_SLICE_DISTANCE / 1000


def test_the_right_ventricle_is_at_the_left_and_the_anterior_wall_above(stacks):
    _, y, truth = stacks
    rows = np.flatnonzero((truth["slice"] == 6) & ~truth["is_systole"])
    for row in rows:
        left, right = middle(y[row] == LV), middle(y[row] == RV)
        assert right[1] < left[1] - 5
        # The outflow tract goes up in front: on the whole the right ventricle lies rather above than below.
        assert right[0] < left[0]


def test_slices_go_from_the_apex_to_the_base(stacks):
    _, y, truth = stacks
    area = (of_patients(y) == LV).sum(axis=(3, 4))[:, 0]
    assert (area[:, 9] > area[:, 3]).mean() > 0.95
    height = of_patients(truth["height"])
    np.testing.assert_allclose(np.diff(height, axis=2), CMR_SLICE_DISTANCE)


def test_a_sum_of_discs_is_right_on_average_and_wrong_by_some_ml_with_the_offset(stacks):
    _, y, truth = stacks
    diastole = ~of_patients(truth["is_systole"])[:, :, 0]
    error = (disc_sums(y, truth["pixel"][0]) - of_patients(truth["lv_volume"])[:, :, 0])[diastole]
    whole = of_patients(truth["height"])[:, 0, 0] < 4  # the lowest slice reaches the apex
    assert abs(np.mean(error[whole])) < 4
    assert 1 < np.std(error[whole]) < 10


def test_the_basal_slice_is_worth_many_ml(stacks):
    _, y, truth = stacks
    basal = truth["is_basal"]
    assert (of_patients(basal).sum(axis=2) == 1).all()
    worth = (y[basal] == LV).sum(axis=(1, 2)) * truth["pixel"][0] ** 2 * CMR_SLICE_DISTANCE / 1000
    share = worth / truth["lv_volume"][basal]
    assert 0.08 < np.median(share) < 0.25


def test_no_cavity_is_left_above_the_mitral_valve(stacks):
    _, y, truth = stacks
    basal_height = {
        (patient, systole): height
        for patient, systole, height, is_basal in zip(
            truth["patient_id"], truth["is_systole"], truth["height"], truth["is_basal"], strict=True
        )
        if is_basal
    }
    limit = np.array([basal_height[key] for key in zip(truth["patient_id"], truth["is_systole"], strict=True)])
    above = truth["height"] > limit + 12  # a slice and a half: planes are up to 7 degrees oblique
    assert above.sum() > 20
    assert not (y[above] == LV).any()


def test_papillary_muscles_are_dark_and_count_as_cavity(stacks):
    X, y, truth = stacks
    rows = np.flatnonzero((np.abs(truth["slice"] - 6) <= 1) & ~truth["is_systole"])
    dark = [np.mean(X[row, 0][y[row] == LV] < 0.62 * np.median(X[row, 0][y[row] == LV])) for row in rows]
    assert 0.01 < np.median(dark) < 0.15


def test_blood_is_more_than_twice_as_bright_as_muscle(stacks):
    X, y, _ = stacks
    inside = np.stack([ndimage.binary_erosion(mask == MYOCARDIUM) for mask in y])
    ratio = np.median(X[:, 0][y == LV]) / np.median(X[:, 0][inside])
    assert 1.9 < ratio < 2.6


@pytest.mark.parametrize("patient", CAST, ids=lambda patient: patient.name)
def test_ejection_fraction_from_slices_is_near_the_one_of_the_heart(patient):
    estimates = []
    for seed in range(4):
        _, mask = record_cmr(patient, random_state=seed)
        diastole, systole = (mask == LV).sum(axis=(1, 2, 3))
        estimates.append(100 * (1 - systole / diastole))
    assert np.mean(estimates) == pytest.approx(patient.ejection_fraction, abs=4)


def thickness(mask):
    """Return how thick a ring of wall is at most, in pixels: twice the way from its middle to its nearest edge."""
    return 2 * ndimage.distance_transform_edt(np.pad(mask, 1)).max() - 1


def test_walls_of_fifteen_mm_are_found_in_masks_too():
    _, y, truth = make_cmr_ventricles(80 * STACK, size=96, random_state=4, return_truth=True)
    hypertrophic = of_patients(truth["condition"])[:, 0, 0] == HEART_CONDITIONS.index("hypertrophic")
    normal = of_patients(truth["condition"])[:, 0, 0] == HEART_CONDITIONS.index("normal")
    walls = of_patients(y == MYOCARDIUM)[:, 0]
    measured = np.array([max(thickness(each) for each in stack[3:10]) for stack in walls]) * truth["pixel"][0]
    assert (measured[normal] < 13).all()
    assert hypertrophic.sum() >= 3
    assert (measured[hypertrophic] > 13).mean() > 0.7  # those of the apex are thick below the slices that count


def test_fifteen_mm_are_asked_of_hypertrophic_hearts_and_of_their_mimics():
    _, y, truth = make_cmr_hcm(400, random_state=1, return_truth=True)
    np.testing.assert_array_equal(y == 1, truth["max_wall"] >= 15)
    assert ((y == 1) == (truth["variant"] >= 0)).mean() > 0.8  # some walls of either kind are on the other side
    assert (truth["max_wall"] > 13.4)[truth["variant"] >= 0].all()
    assert set(truth["variant"]) == {-1, *range(len(HYPERTROPHIC_VARIANTS))}
    mimics = truth["condition"] == HEART_CONDITIONS.index("hypertensive")
    assert ((truth["max_wall"] > 11.4) & (truth["max_wall"] < 18))[mimics].all()
    normal = truth["condition"] == HEART_CONDITIONS.index("normal")
    is_small = normal & (truth["lv_edv"] < 90)
    assert is_small.sum() > 10
    relative_wall = truth["max_wall"] / np.cbrt(truth["lv_edv"])
    assert np.median(relative_wall[is_small]) > 1.25 * np.median(relative_wall[normal & ~is_small])
    reading = truth["measured_wall"] - truth["max_wall"]
    assert np.std(reading) == pytest.approx(1, abs=0.12)
    assert (np.abs(truth["measured_wall"] - 15) < 1).mean() > 0.06  # the grey zone


def test_a_cine_of_the_middle_beats():
    X, _ = make_cmr_hcm(6, frames=16, random_state=0)
    assert X.shape == (6, 1, 16, 32, 32)
    bright = (X[:, 0] > 0.7).sum(axis=(2, 3))
    assert (bright[:, 6] < bright[:, 0]).all()


def level(mask, name):
    return mask == CMR_WHOLE_HEART.index(name)


def test_a_transaxial_slice_is_seen_from_the_feet():
    _, y, _ = make_cmr_whole_heart(300, random_state=0, return_truth=True)
    four_chambers = [mask for mask in y if all(level(mask, name).sum() > 25 for name in ("LV", "RV", "LA", "RA"))]
    assert len(four_chambers) > 20
    for mask in four_chambers:
        lv, rv, la, ra = (middle(level(mask, name)) for name in ("LV", "RV", "LA", "RA"))
        assert ra[1] < lv[1]  # the patient's right is at the left
        assert rv[1] < lv[1]
        assert rv[0] < lv[0]  # in front is above
        assert la[0] > lv[0]
    veins = [mask for mask in y if level(mask, "superior vena cava").any() and level(mask, "pulmonary artery").any()]
    assert len(veins) > 5
    for mask in veins:
        assert middle(level(mask, "superior vena cava"))[1] < middle(level(mask, "pulmonary artery"))[1]


@pytest.mark.parametrize(("blood", "brighter"), [("bright", True), ("black", False)])
def test_blood_is_bright_or_black(blood, brighter):
    X, y = make_cmr_whole_heart(60, blood=blood, random_state=0)
    cavity, wall = X[:, 0][level(y, "LV")], X[:, 0][level(y, "LV myocardium")]
    assert (np.median(cavity) > 1.5 * np.median(wall)) == brighter
    assert (np.median(cavity) < 0.5 * np.median(wall)) != brighter


def test_breathing_and_habitus_are_within_their_limits():
    _, _, truth = make_cmr_whole_heart(500, random_state=0, return_truth=True)
    assert np.abs(truth["respiratory_shift"]).max() <= 15
    assert np.std(truth["respiratory_shift"]) > 4
    assert truth["subcutaneous_fat"].min() > 6


@pytest.mark.parametrize("make", [make_cmr_hcm, make_cmr_ventricles, make_cmr_whole_heart])
def test_too_small_a_picture_says_the_smallest(make):
    with pytest.raises(ValueError, match=r"^size is 23; it must be a whole number of at least 24\.$"):
        make(2, size=23)


@pytest.mark.training
def test_a_network_finds_hypertrophy_and_brightness_does_not():
    X, y = make_cmr_hcm(500, random_state=1)
    train, test = slice(0, 350), slice(350, None)
    plain = np.stack([X.mean(axis=(1, 2, 3, 4)), (X > 0.7).mean(axis=(1, 2, 3, 4)), X.std(axis=(1, 2, 3, 4))], axis=1)
    baseline = LogisticRegression(max_iter=1000).fit(plain[train], y[train]).predict_proba(plain[test])[:, 1]
    slices = X.reshape(len(X), -1, 32, 32)
    scores = learned(slices[train], y[train], 2, nn.CrossEntropyLoss(), slices[test], epochs=16)
    network = roc_auc_score(y[test], scores[:, 1] - scores[:, 0])
    assert network > roc_auc_score(y[test], baseline) + 0.15


@pytest.mark.training
@pytest.mark.parametrize(
    ("make", "labels", "n_samples", "epochs"),
    [(make_cmr_ventricles, CMR_VENTRICLES, 480, 6), (make_cmr_whole_heart, CMR_WHOLE_HEART, 300, 12)],
)
def test_a_network_finds_the_ventricles_and_a_threshold_does_not(make, labels, n_samples, epochs):
    X, y = make(n_samples, size=32, random_state=0)
    unseen, truth = make(120, size=32, random_state=1)
    found = learn_masks(X, y, len(labels), epochs)(unseen)
    lv = labels.index("LV")
    assert dice(found, truth, len(labels))[lv - 1] > best_threshold(unseen, truth, lv) + 0.3
