"""Magnetic resonance of the beating heart, judged by scikit-image, scipy, and what a reader of short axes knows."""

import numpy as np
import pytest
from networks import best_threshold, dice, learn_masks
from scipy import ndimage
from skimage import measure
from sklearn.metrics import roc_auc_score

from data_generators import (
    CAST,
    CMR_SCANNERS,
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
    twins,
)
from data_generators.cmr import hcm
from data_generators.cmr.scanner import pictures

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


def disc_sums(y, pixel, part=LV):
    """Return the volumes of a cavity in ml, from areas of slices, (patients, 2)."""
    return (of_patients(y) == part).sum(axis=(2, 3, 4)) * of_patients(pixel)[:, :, 0] ** 2 * CMR_SLICE_DISTANCE / 1000


def test_the_right_ventricle_is_at_the_left_and_the_anterior_wall_above(stacks):
    _, y, truth = stacks
    rows = np.flatnonzero((truth["slice"] == 6) & ~truth["is_systole"])
    to_right = np.array([middle(y[row] == RV) - middle(y[row] == LV) for row in rows])
    assert (to_right[:, 1] < -5).all()
    # The outflow tract goes up in front: on the whole the right ventricle lies rather above than below.
    assert to_right[:, 0].mean() < -1


def test_slices_go_from_the_apex_to_the_base(stacks):
    _, y, truth = stacks
    area = (of_patients(y) == LV).sum(axis=(3, 4))[:, 0]
    assert (area[:, 8] > area[:, 3]).mean() > 0.95
    height = of_patients(truth["height"])
    np.testing.assert_allclose(np.diff(height, axis=2), CMR_SLICE_DISTANCE)


def test_a_sum_of_discs_is_right_on_average_and_wrong_by_some_ml_with_the_offset(stacks):
    _, y, truth = stacks
    diastole = ~of_patients(truth["is_systole"])[:, :, 0]
    error = (disc_sums(y, truth["pixel"]) - of_patients(truth["lv_volume"])[:, :, 0])[diastole]
    whole = of_patients(truth["height"])[:, 0, 0] < 4  # the lowest slice reaches the apex
    assert abs(np.mean(error[whole])) < 2
    assert 1.5 < np.std(error[whole]) < 3


def test_discs_leave_out_little_of_the_right_ventricle(stacks):
    _, y, truth = stacks
    error = disc_sums(y, truth["pixel"], RV) - of_patients(truth["rv_volume"])[:, :, 0]
    assert (np.abs(np.median(error, axis=0)) < 6).all()
    # The picture is large enough for it.
    rim = np.concatenate((y[:, 0], y[:, -1], y[:, :, 0], y[:, :, -1]), axis=1) == RV
    assert rim.mean() < 0.02


def test_the_basal_slice_is_worth_many_ml(stacks):
    _, y, truth = stacks
    basal = truth["is_basal"]
    assert (of_patients(basal).sum(axis=2) == 1).all()
    worth = (y[basal] == LV).sum(axis=(1, 2)) * truth["pixel"][basal] ** 2 * CMR_SLICE_DISTANCE / 1000
    share = worth / truth["lv_volume"][basal]
    assert 0.09 < np.median(share) < 0.14


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
    assert 0.015 < np.median(dark) < 0.05


def test_blood_is_more_than_twice_as_bright_as_muscle(stacks):
    X, y, _ = stacks
    inside = np.stack([ndimage.binary_erosion(mask == MYOCARDIUM) for mask in y])
    ratio = np.median(X[:, 0][y == LV]) / np.median(X[:, 0][inside])
    assert 2 < ratio < 2.35


@pytest.mark.parametrize("patient", CAST, ids=lambda patient: patient.name)
def test_ejection_fraction_from_slices_is_near_the_one_of_the_heart(patient):
    estimates = []
    for seed in range(4):
        _, mask = record_cmr(patient, random_state=seed)
        diastole, systole = (mask == LV).sum(axis=(1, 2, 3))
        estimates.append(100 * (1 - systole / diastole))
    assert np.mean(estimates) == pytest.approx(patient.ejection_fraction, abs=2)


def thickness(mask):
    """Return how thick a ring of wall is at most, in pixels: twice the way from its middle to its nearest edge."""
    return 2 * ndimage.distance_transform_edt(np.pad(mask, 1)).max() - 1


@pytest.mark.exhaustive
def test_walls_of_fifteen_mm_are_found_in_masks_too():
    _, y, truth = make_cmr_ventricles(80 * STACK, size=96, random_state=4, return_truth=True)
    hypertrophic = of_patients(truth["condition"])[:, 0, 0] == HEART_CONDITIONS.index("hypertrophic")
    normal = of_patients(truth["condition"])[:, 0, 0] == HEART_CONDITIONS.index("normal")
    walls = of_patients(y == MYOCARDIUM)[:, 0]
    measured = (
        np.array([max(thickness(each) for each in stack[3:10]) for stack in walls])
        * of_patients(truth["pixel"])[:, 0, 0]
    )
    assert (measured[normal] < 13).all()
    assert hypertrophic.sum() >= 3
    assert (measured[hypertrophic] > 13).mean() > 0.7  # those of the apex are thick below the slices that count


@pytest.fixture(scope="module")
def hypertrophy():
    return make_cmr_hcm(1500, size=24, random_state=1, return_truth=True)


def in_condition(truth, name):
    return truth["condition"] == HEART_CONDITIONS.index(name)


def test_the_label_is_what_an_expert_reads(hypertrophy):
    _, y, truth = hypertrophy
    np.testing.assert_array_equal(y == 1, truth["measured_wall"] >= 15)
    reading = truth["measured_wall"] - truth["max_wall"]
    assert np.std(reading) == pytest.approx(1, abs=0.06)
    np.testing.assert_array_equal(truth["variant"] >= 0, in_condition(truth, "hypertrophic"))
    assert set(truth["variant"]) == {-1, *range(len(HYPERTROPHIC_VARIANTS))}


def test_hypertrophic_walls_and_their_mimics_overlap(hypertrophy):
    _, y, truth = hypertrophy
    for name in ("athlete", "hypertensive", "hypertrophic"):
        wall = truth["max_wall"][in_condition(truth, name)]
        assert ((wall > 13) & (wall < 16)).mean() > 0.15
    assert 0.05 < y[in_condition(truth, "hypertensive")].mean() < 0.5
    assert 0.5 < y[in_condition(truth, "hypertrophic")].mean() < 0.95


def test_the_exact_wall_reaches_the_ceiling_and_no_other_number_comes_near(hypertrophy):
    _, y, truth = hypertrophy
    assert truth["ceiling"] == pytest.approx(roc_auc_score(y, truth["max_wall"]), abs=0.01)
    for name, furthest in (("ejection_fraction", 0.04), ("lv_edv", 0.04), ("lv_mass", 0.25), ("pixel", 0.04)):
        assert roc_auc_score(y, truth[name]) == pytest.approx(0.5, abs=furthest)


def test_the_wall_that_the_truth_tells_is_the_wall_of_the_heart():
    seen = {}
    for disease in ("normal", "hypertrophic"):
        X, _, truth = make_cmr_hcm(40, disease=disease, scanner="harbour", size=64, random_state=3, return_truth=True)
        # Half the middle slice's dark ring and more: muscle between blood and blood, or blood and fat.
        seen[disease] = ((X[:, 0, 5] > 0.25) & (X[:, 0, 5] < 0.7)).sum(axis=(1, 2)) * truth["pixel"] ** 2
    assert (seen["hypertrophic"] > seen["normal"]).mean() > 0.8


def test_the_disease_changes_the_wall_and_what_it_pushes_aside_and_nothing_else(monkeypatch):
    signals = []
    monkeypatch.setattr(hcm, "pictures", lambda *given: signals.append(given[1]) or pictures(*given))
    (X, y, truth), (sick, sick_y, sick_truth) = twins(
        make_cmr_hcm,
        60,
        disease="normal",
        change={"disease": "hypertrophic"},
        size=48,
        random_state=0,
        return_truth=True,
    )
    assert not y.any()
    assert 0.5 < sick_y.mean() < 1
    for name in ("lv_edv", "lv_esv", "ejection_fraction", "pixel", "tilt", "turn"):
        np.testing.assert_array_equal(truth[name], sick_truth[name])
    reading, sick_reading = (each["measured_wall"] - each["max_wall"] for each in (truth, sick_truth))
    np.testing.assert_allclose(reading, sick_reading, atol=1e-12)
    assert (sick_truth["lv_mass"] > truth["lv_mass"]).all()
    assert (sick_truth["max_wall"] > truth["max_wall"] + 2).all()
    # Lines of k-space that are not read spread a change along its column of the picture, and no further.
    differs, cause = sick != X, signals[1] != signals[0]
    assert not (differs.any(axis=3) & ~cause.any(axis=3)).any()
    assert differs.any(axis=3)[cause.any(axis=3)].mean() > 0.99
    diastole = cause[:, 0]  # at end-systole the wall is thicker all around, for it keeps its mass
    assert diastole.mean() < 0.35
    assert diastole.any(axis=(2, 3)).all(axis=0)[4:8].all()
    moved = np.abs(signals[1] - signals[0])[:, 0, :, :, -4:]
    assert (moved > 0).mean() < 0.15  # beside the lateral wall


def test_hypertrophic_patients_of_the_mixture_are_the_same_as_if_all_were_ill():
    X, _, truth = make_cmr_hcm(40, size=24, random_state=0, return_truth=True)
    ill, _, ill_truth = make_cmr_hcm(40, size=24, disease="hypertrophic", random_state=0, return_truth=True)
    some = truth["variant"] >= 0
    np.testing.assert_array_equal(truth["variant"][some], ill_truth["variant"][some])
    np.testing.assert_allclose(X[some], ill[some], atol=1e-4)


SCANNED = pytest.mark.parametrize("make", [make_cmr_hcm, make_cmr_ventricles])


@SCANNED
def test_another_scanner_has_the_same_patients_in_the_same_planes(make):
    bright = {}
    for scanner in CMR_SCANNERS:
        (_, y, truth), (X, same_y, same_truth) = twins(
            make, 48, change={"scanner": scanner}, size=32, random_state=0, return_truth=True
        )
        np.testing.assert_array_equal(y, same_y)
        for name, values in truth.items():
            np.testing.assert_array_equal(values, same_truth[name])
        bright[scanner] = np.quantile(X, 0.9)
    assert bright["hill"] < bright["harbour"] < bright["river"]


@SCANNED
def test_a_dose_of_noise_scales_what_it_adds(make):
    X = {noise: make(48, noise=noise, scanner="river", size=32, random_state=0)[0] for noise in (0.5, 1.0, 2.0)}
    blood = X[0.5] > 0.8  # far from 0 the magnitude's noise is that of one of its parts
    small, large = (X[1.0] - X[0.5])[blood], (X[2.0] - X[0.5])[blood]
    assert np.std(small) > 0.005
    assert np.polyfit(small, large, 1)[0] == pytest.approx(3, abs=0.15)
    assert np.corrcoef(small, large)[0, 1] > 0.98


@SCANNED
def test_hearts_are_turned_and_pixels_differ_from_patient_to_patient(make):
    _, _, truth = make(2400 if make is make_cmr_ventricles else 100, size=24, random_state=0, return_truth=True)
    turn, pixel = (np.unique(truth[name]) for name in ("turn", "pixel"))
    assert len(turn) == len(pixel) == 100
    assert np.std(turn) == pytest.approx(8, abs=1.6)
    assert np.ptp(pixel) == pytest.approx((143 - 117) / 24, rel=0.06)


def test_hearts_are_not_quite_in_the_middle_and_turn_with_the_picture(stacks):
    _, y, truth = stacks
    rows = np.flatnonzero((truth["slice"] == 6) & ~truth["is_systole"])
    places = np.array([middle(y[row] == LV) for row in rows]) / y.shape[-1] - 0.5
    assert (np.abs(places.std(axis=0) - 0.05) < 0.02).all()
    septum = np.array([middle(y[row] == RV) - middle(y[row] == LV) for row in rows])
    angle = np.degrees(np.arctan2(septum[:, 0], -septum[:, 1]))
    assert np.corrcoef(angle, truth["turn"][rows])[0, 1] > 0.8


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


def test_vessels_are_dots_in_the_dark_lungs():
    X, y = make_cmr_whole_heart(30, size=128, random_state=0)
    inside = ndimage.binary_erosion(level(y, "lung"), np.ones((1, 3, 3)))
    vessels = inside & (X[:, 0] > 0.4)
    assert 0.003 < vessels.sum() / inside.sum() < 0.05
    assert np.median([ndimage.label(picture)[1] for picture in vessels]) > 10


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
def test_a_network_finds_the_whole_heart_and_a_threshold_does_not():
    X, y = make_cmr_whole_heart(300, size=32, random_state=0)
    unseen, truth = make_cmr_whole_heart(120, size=32, random_state=1)
    found = learn_masks(X, y, len(CMR_WHOLE_HEART), 12)(unseen)
    lv = CMR_WHOLE_HEART.index("LV")
    assert dice(found, truth, len(CMR_WHOLE_HEART))[lv - 1] > best_threshold(unseen, truth, lv) + 0.3


@pytest.mark.training
def test_where_ventricles_lie_on_average_does_not_find_them():
    X, y = make_cmr_ventricles(20 * STACK, size=32, random_state=0)
    unseen, truth = make_cmr_ventricles(10 * STACK, size=32, random_state=1)
    shares = np.stack([of_patients(y == label).mean(axis=0) for label in range(len(CMR_VENTRICLES))])
    atlas = np.tile(shares.argmax(axis=0).reshape(STACK, 32, 32), (10, 1, 1))  # one for each slice and moment
    found = learn_masks(X, y, len(CMR_VENTRICLES), 12)(unseen)
    network, by_place = (dice(masks, truth, len(CMR_VENTRICLES)) for masks in (found, atlas))
    assert (network - by_place > (0.1, 0.2, 0.1)).all()
