"""Computed tomography, judged by scipy, scikit-image and what is published of arteries, calcium and fat."""

import numpy as np
import pytest
from networks import best_threshold, dice, learn_masks, learned_anywhere
from scipy import ndimage
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import r2_score, roc_auc_score
from torch import nn

from data_generators import (
    CALCIUM,
    CAROTID_PATCHES,
    CT_CORONARIES,
    agatston_score,
    make_ct_agatston,
    make_ct_carotid_bifurcation,
    make_ct_coronary_calcium,
    make_ct_epicardial_fat,
)
from data_generators.heart import anatomy, shapes
from data_generators.heart.anatomy import Points
from data_generators.heart.disease import draw_hearts
from data_generators.heart.motion import at_end_diastole
from data_generators.render.ct import HOUNSFIELD, ct


def window(X, low, high):
    """Return HU/1000 as a reader windows them."""
    return ((np.clip(X, low, high) - low) / (high - low) * 4 - 2).astype(np.float32)


KIND = {name: place for place, name in enumerate(CAROTID_PATCHES)}


def test_noise_has_its_sd_and_grains():
    even = np.zeros((40, 64, 64), dtype=np.float32)
    noise = ct(np.random.default_rng(0), even, pixel=1.0, noise=np.full(40, 20.0))
    assert noise.std() == pytest.approx(20, rel=0.02)
    assert noise.mean() == pytest.approx(0, abs=0.5)
    power = (np.abs(np.fft.fft2(noise)) ** 2).mean(axis=0)[0, :32]
    assert power[1:3].mean() < 0.1 * power[8:16].mean()  # hardly any waves are long
    assert power[30:].mean() < 0.1 * power[8:16].mean()


def test_edges_are_as_soft_as_the_point_spread_function_and_motion_make_them():
    step = np.zeros((2, 64, 128), dtype=np.float32)
    step[..., 32:96] = 1
    soft = ct(np.random.default_rng(0), step, pixel=0.5, noise=np.zeros(2), blur=1.2, motion=np.array([0.0, 6.0]))
    edge = np.diff(soft[:, 32, 8:56], axis=1)
    place = np.arange(edge.shape[1]) * 0.5
    middle = (edge * place).sum(axis=1) / edge.sum(axis=1)
    sd = np.sqrt((edge * (place - middle[:, None]) ** 2).sum(axis=1) / edge.sum(axis=1))
    assert sd[0] == pytest.approx(1.2, rel=0.05)
    assert sd[1] == pytest.approx(np.sqrt(1.2**2 + 6**2 / 12), rel=0.05)


@pytest.fixture(scope="module")
def necks():
    return make_ct_carotid_bifurcation(900, random_state=0, return_truth=True)


def longest(across):
    """Return how far contrast medium reaches across the neck, a standard deviation in its longest direction."""
    return np.sqrt(np.linalg.eigvalsh(np.cov(np.argwhere(across > 0.22).T))[-1])


def lumen(patch):
    """Return in how many pieces contrast medium is in each slice across the neck, largest pieces of 4 mm2 and more."""
    pieces = []
    for across in patch:
        labelled, number = ndimage.label((across > 0.22) & (across < 0.5))
        pieces.append(sum((labelled == k).sum() >= 4 for k in range(1, number + 1)))
    return pieces


def test_one_artery_below_and_two_above_a_bifurcation(necks):
    X, y, truth = necks
    np.testing.assert_array_equal(y == 1, truth["kind"] == KIND["bifurcation"])
    assert (truth["distance"][y == 1] <= 2).all()
    assert (truth["distance"][truth["kind"] == KIND["off centre"]] >= 5).all()
    assert np.isnan(truth["distance"][truth["kind"] > 1]).all()
    width = np.array([[longest(patch[0, place]) for place in (1, 15)] for patch in X[y == 1]])
    assert (width[:, 1] > 1.4 * width[:, 0]).mean() > 0.85
    straight = X[truth["kind"] == KIND["straight artery"]]
    assert np.mean([set(lumen(patch[0])) == {1} for patch in straight]) > 0.9


def test_arteries_are_as_wide_as_published(necks):
    X, _, truth = necks
    assert truth["common_diameter"].mean() == pytest.approx(6.31, abs=0.15)
    assert truth["internal_diameter"].mean() == pytest.approx(4.89, abs=0.15)
    straight = truth["kind"] == KIND["straight artery"]
    area = (X[straight, 0, 8] > 0.2).sum(axis=(1, 2))
    measured = 2 * np.sqrt(area / np.pi)
    assert 4 < np.median(measured) < 7.5
    contrast = ndimage.uniform_filter(X[straight, 0, 8], (0, 3, 3)).max(axis=(1, 2))
    low, high = np.quantile(contrast, (0.05, 0.95))  # the mean over 3 mm is lower in thin arteries
    assert (low, high) == pytest.approx((0.30, 0.44), abs=0.02)
    plaque = X[truth["kind"] == KIND["calcified plaque"]].max(axis=(1, 2, 3, 4))
    assert np.median(plaque) > 0.45


def agatston_by_scipy(stack):
    """Return the score as its inventors say it: lesion by lesion, slice by slice."""
    total = 0
    for one in stack:
        labelled, number = ndimage.label(one >= 130, structure=np.ones((3, 3)))
        for lesion in range(1, number + 1):
            inside = labelled == lesion
            peak = one[inside].max()
            total += inside.sum() * (1 if peak < 200 else 2 if peak < 300 else 3 if peak < 400 else 4)
    return total


def test_the_score_is_the_one_that_another_routine_finds():
    X, y, truth = make_ct_agatston(120, random_state=0, return_truth=True)
    scanned = X[:, 0].astype(np.float64) * 1000
    np.testing.assert_array_equal(agatston_score(scanned), [agatston_by_scipy(each) for each in scanned])
    np.testing.assert_allclose(truth["score_as_scanned"], agatston_score(scanned), atol=4)  # a pixel at a threshold
    np.testing.assert_array_equal(y == 0, truth["volume"] == 0)
    assert np.corrcoef(np.log1p(y), np.log1p(truth["score_as_scanned"]))[0, 1] > 0.9
    assert (truth["mass"] > 0).sum() == (y > 0).sum()


def test_a_score_by_hand():
    stack = np.full((1, 3, 12, 12), 40.0)
    stack[0, 0, 2:4, 2:5] = 150  # six pixels of weight 1
    stack[0, 0, 4, 5] = 150  # touches a corner: the same lesion
    stack[0, 1, 2:4, 2:4] = 250
    stack[0, 1, 3, 3] = 420  # four pixels of weight 4
    stack[0, 1, 8, 8] = 210  # a pixel of weight 2, alone
    assert agatston_score(stack)[0] == 7 + 16 + 2


@pytest.mark.exhaustive
def test_scores_are_distributed_as_in_the_heinz_nixdorf_study():
    _, y, truth = make_ct_agatston(2000, random_state=0, return_truth=True)
    men, women = y[truth["is_male"]], y[~truth["is_male"]]
    assert 25 < np.median(men) < 70
    assert np.median(women) < 4
    assert 330 < np.quantile(men, 0.9) < 800
    assert 80 < np.quantile(women, 0.9) < 220
    assert (women == 0).mean() > 0.4


@pytest.fixture(scope="module")
def hearts_in_fat():
    return make_ct_epicardial_fat(300, random_state=0, return_truth=True)


def test_tissues_have_their_hounsfield_units(hearts_in_fat):
    X, y, truth = hearts_in_fat
    thick = truth["thickness"] > 6
    fat = np.concatenate([1000 * X[k, 0][ndimage.binary_erosion(y[k] == 1)] for k in np.flatnonzero(thick)])
    assert np.median(fat) == pytest.approx(HOUNSFIELD["fat"], abs=12)
    heart = 1000 * X[:, 0, 24:30, 36:42].reshape(len(X), -1).mean(axis=1)
    assert np.median(heart) == pytest.approx(44, abs=6)
    lung = 1000 * X[:, 0, 40:46, 60:63].reshape(len(X), -1).mean(axis=1)
    assert np.median(lung) == pytest.approx(HOUNSFIELD["lung"], abs=30)
    spine = 1000 * X[:, 0, 62:, 23:27].reshape(len(X), -1).mean(axis=1)
    assert np.median(spine) == pytest.approx(HOUNSFIELD["bone"], abs=25)


def test_fat_has_the_volume_that_the_truth_tells():
    _, _, truth = make_ct_epicardial_fat(2000, size=32, random_state=0, return_truth=True)
    assert truth["volume"].mean() == pytest.approx(104, abs=6)
    assert truth["volume"].std() == pytest.approx(51, abs=8)
    # The layer of one heart, counted in voxels of 2 mm.
    heart = draw_hearts(np.random.default_rng(4), np.zeros(1, dtype=np.int64), np.array([True]))
    filled = sum(getattr(heart, name)[0] for name in ("lv_edv", "rv_edv", "la_min", "ra_min")) + heart.lv_mass[0] / 1.05
    radius = np.cbrt(3000 * 1.12 * filled / (4 * np.pi))
    heart.effusion[:] = 4.0
    axis = np.arange(-110.0, 110, 2)
    grid = np.stack(np.meshgrid(axis, axis, axis + 70, indexing="ij"), axis=0).reshape(3, 1, 1, -1).astype(np.float32)
    parts = {"effusion": 1} | dict.fromkeys(("wall", "left atrium", "right atrium", "right ventricle"), 0)
    parts |= dict.fromkeys(("myocardium", "left ventricle"), 0)
    mask = np.zeros((1, 1, grid.shape[-1]), dtype=np.int64)
    wanted = "pericardium", "wall", "left atrium", "right atrium"
    shapes.label(anatomy.layers(at_end_diastole(heart), Points(*grid), 2.0, wanted), parts, mask)
    expected = 4 / 3 * np.pi * ((radius + 4) ** 3 - radius**3) / 1000
    assert 8 * mask.sum() / 1000 == pytest.approx(expected, rel=0.3)


@pytest.mark.exhaustive
def test_no_threshold_tells_fat_inside_from_fat_outside(hearts_in_fat):
    X, y, _ = hearts_in_fat
    is_fat = (X[:, 0] > -0.19) & (X[:, 0] < -0.03)
    by_hounsfield = 2 * (is_fat & (y == 1)).sum() / (is_fat.sum() + (y == 1).sum())
    assert is_fat[y == 1].mean() > 0.5
    assert by_hounsfield < 0.45
    unseen, truth = make_ct_epicardial_fat(100, random_state=1)
    found = learn_masks(window(X, -0.2, 0.1), y, 2, 10, weight=(1.0, 4.0))(window(unseen, -0.2, 0.1))
    assert dice(found, truth, 2)[0] > by_hounsfield + 0.2


def test_calcium_lies_on_its_artery():
    X, y, truth = make_ct_coronary_calcium(600, random_state=0, return_truth=True)
    middles = {}
    for number, name in enumerate(CT_CORONARIES[1:], start=1):
        places = np.argwhere(y == number)
        assert len(places) > 50
        middles[name] = places[:, 1:].mean(axis=0)
        assert ((y == number).any(axis=(1, 2)) <= (truth["radius"][:, number - 1] > 0)).all()
    # Seen from the feet: RCA at the patient's right, the LCX behind, the LAD in front and at the left.
    assert middles["RCA"][1] < middles["LAD"][1] - 10
    assert middles["LCX"][0] > middles["LAD"][0] + 8
    dense = 1000 * X[:, 0]
    assert np.mean([dense[k][y[k] > 0].max() > CALCIUM for k in range(600) if (y[k] > 0).sum() >= 4]) > 0.95
    bright_elsewhere = [(dense[k][y[k] == 0] > CALCIUM).sum() for k in range(600)]
    assert np.median(bright_elsewhere) > 20  # the spine and the valves


def plain(X):
    flat = X.reshape(len(X), -1)
    return np.stack([flat.mean(axis=1), flat.std(axis=1), flat.max(axis=1), (flat > 0.2).mean(axis=1)], axis=1)


@pytest.mark.training
def test_a_network_finds_bifurcations_and_brightness_does_not(necks):
    X, y, _ = necks
    unseen, truth = make_ct_carotid_bifurcation(400, random_state=1)
    baseline = LogisticRegression(max_iter=2000).fit(plain(X), y).decision_function(plain(unseen))
    scores = learned_anywhere(X[:, 0], y, 2, nn.CrossEntropyLoss(), unseen[:, 0], epochs=20)
    network = roc_auc_score(truth, scores[:, 1] - scores[:, 0])
    assert network > roc_auc_score(truth, baseline) + 0.1


@pytest.mark.training
def test_a_network_reads_the_score_and_brightness_does_not():
    X, y = make_ct_agatston(700, random_state=0)
    unseen, score = make_ct_agatston(250, random_state=1)
    log, unseen_log = np.log1p(y), np.log1p(score)

    def brightness(stacks):
        axes = 1, 2, 3, 4
        return np.stack([stacks.mean(axis=axes), stacks.std(axis=axes), (stacks > 0).mean(axis=axes)], axis=1)

    baseline = r2_score(unseen_log, Ridge(1e-3).fit(brightness(X), log).predict(brightness(unseen)))
    mean, sd = log.mean(), log.std()
    scaled = ((log - mean) / sd)[:, None].astype(np.float32)
    slices, unseen_slices = window(X[:, 0], -0.1, 0.5), window(unseen[:, 0], -0.1, 0.5)
    network = r2_score(
        unseen_log, learned_anywhere(slices, scaled, 1, nn.MSELoss(), unseen_slices, 9)[:, 0] * sd + mean
    )
    assert network > baseline + 0.25


@pytest.mark.training
def test_a_network_finds_calcium_of_arteries_and_a_threshold_does_not():
    X, y = make_ct_coronary_calcium(600, size=48, random_state=0)
    unseen, truth = make_ct_coronary_calcium(150, size=48, random_state=1)
    is_calcium, truth = ((mask > 0).astype(np.int64) for mask in (y, truth))
    found = learn_masks(window(X, -0.2, 0.5), is_calcium, 2, 12, weight=(1.0, 5.0))(window(unseen, -0.2, 0.5))
    assert dice(found, truth, 2)[0] > best_threshold(unseen, truth, 1) + 0.2


@pytest.mark.parametrize("make", [make_ct_epicardial_fat, make_ct_coronary_calcium])
def test_too_small_a_picture_says_the_smallest(make):
    with pytest.raises(ValueError, match=r"^size is 31; it must be a whole number of at least 32\.$"):
        make(2, size=31)
