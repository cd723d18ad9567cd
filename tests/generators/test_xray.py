"""Films of the chest, measured as a radiologist would measure them."""

from dataclasses import replace

import numpy as np
import pytest
from networks import learned, learned_anywhere
from scipy import stats
from scipy.spatial.transform import Rotation
from skimage import measure
from sklearn.linear_model import LinearRegression, LogisticRegression, Ridge
from sklearn.metrics import r2_score, roc_auc_score
from torch import nn

from data_generators import (
    BNP_CUT,
    CAST,
    PACEMAKER_MODELS,
    XRAY_DIAGNOSES,
    XRAY_PARTS,
    cardiothoracic_ratio,
    make_xray_bnp,
    make_xray_diagnoses,
    make_xray_pacemakers,
    record_xray,
)
from data_generators.heart.projection import projected
from data_generators.render.xray import BONE, SOFT_TISSUE, film

ROWS = slice(42, 48), slice(24, 34), slice(18, 30)
LUNG, HEART = XRAY_PARTS.index("lung"), XRAY_PARTS.index("heart")

each_of_the_cast = pytest.mark.parametrize("patient", CAST, ids=lambda patient: patient.name)


def test_a_chord_is_the_way_that_a_beam_has_through_an_ellipsoid():
    directions = Rotation.from_euler("xyz", (25, -40, 70), degrees=True).as_matrix()
    middle, half_axes = np.array([12.0, -8.0, 20.0]), np.array([30.0, 18.0, 42.0])
    ellipsoids = projected(middle[None, None], half_axes[None, None], directions)
    left, down = np.meshgrid(np.arange(-40.0, 60, 7), np.arange(-70.0, 40, 7))
    back = np.arange(-80, 80, 0.1)
    points = np.stack(np.broadcast_arrays(left[..., None], back, -down[..., None]), axis=-1) - middle
    counted = 0.1 * (((points @ directions.T / half_axes) ** 2).sum(axis=-1) < 1).sum(axis=-1)
    chords = ellipsoids.longest_chord(left.ravel(), down.ravel())[0].reshape(left.shape)
    np.testing.assert_allclose(chords, counted, atol=0.25)
    assert counted.max() > 30
    right_edge, left_edge = ellipsoids.extent()
    # The widest points of an ellipsoid: its support function in that direction.
    reach = np.linalg.norm(directions.T[0] * half_axes)
    assert (right_edge[0], left_edge[0]) == pytest.approx((12 - reach, 12 + reach))


@each_of_the_cast
def test_the_ratio_measured_in_masks_is_the_one_of_the_formula(patient):
    _, parts = record_xray(patient, size=256)
    regions = {region.label: region.bbox for region in measure.regionprops(parts)}
    widest = max(regions[LUNG][3], regions[HEART][3]) - min(regions[LUNG][1], regions[HEART][1])
    measured = (regions[HEART][3] - regions[HEART][1]) / widest
    assert measured == pytest.approx(cardiothoracic_ratio(patient), abs=0.012)


def test_the_cast_shows_its_hearts_and_its_congestion():
    ratio = {patient.name.split()[-1]: cardiothoracic_ratio(patient) for patient in CAST}
    assert ratio["Papadakis"] > 0.52  # dilated
    assert all(ratio[name] < 0.5 for name in ("Osei", "Lindqvist", "Becker"))
    in_lungs = []
    for congestion in (0, 0.3, 0.5, 0.7, 0.9):
        picture, parts = record_xray(replace(CAST[3], congestion=congestion), random_state=0)
        in_lungs.append(picture[parts == LUNG].mean())
    assert (np.diff(in_lungs) > 0).all()
    assert in_lungs[-1] - in_lungs[0] > 0.1
    assert [patient.name for patient in CAST if patient.bnp > BNP_CUT] == ["Mr George Papadakis", "Mrs Rosa Delgado"]


@each_of_the_cast
def test_a_film_hangs_as_if_the_patient_stood_in_front_of_us(patient):
    picture, parts = record_xray(patient)
    heart = measure.regionprops((parts == HEART).astype(int))[0]
    assert heart.centroid[1] > 64 + 3  # the apex is at the right
    lungs = parts == LUNG
    right_dome, left_dome = (np.flatnonzero(lungs[:, column])[-1] for column in (24, 103))
    assert right_dome < left_dome  # the right half of the diaphragm is higher
    assert heart.bbox[2] < left_dome + 8  # and the heart lies on it
    assert picture[lungs].mean() < picture[parts == HEART].mean() < 1


def test_attenuation_and_noise_are_those_of_the_beam():
    soft = np.tile(np.float32([100, 160]), (2000, 1))
    pictures = film(np.random.default_rng(0), soft.copy(), 0 * soft, noise=np.full(2000, 0.01), exposure=np.zeros(2000))
    with_bone = film(
        np.random.default_rng(0), soft.copy(), 0 * soft + 10, noise=np.full(2000, 0.01), exposure=np.zeros(2000)
    )
    contrast = np.diff(pictures.mean(axis=0))[0]
    assert (with_bone - pictures).mean() / contrast == pytest.approx(10 * BONE / (60 * SOFT_TISSUE), rel=0.05)
    noise = pictures.std(axis=0)
    assert noise[1] / noise[0] == pytest.approx(np.exp(60 * SOFT_TISSUE / 2), rel=0.06)


@pytest.fixture(scope="module")
def films():
    return make_xray_diagnoses(900, random_state=0, return_truth=True)


def test_diagnoses_are_what_they_are_called(films):
    _, y, truth = films
    of = dict(zip(XRAY_DIAGNOSES, y.T, strict=True))
    np.testing.assert_array_equal(of["cardiomegaly"] == 1, truth["cardiothoracic_ratio"] > 0.5)
    np.testing.assert_array_equal(of["effusion"] == 1, truth["effusion"].any(axis=1))
    np.testing.assert_array_equal(of["pneumothorax"] == 1, truth["collapse"].any(axis=1))
    assert truth["oedema"][of["oedema"] == 1].min() > truth["oedema"][of["oedema"] == 0].max()
    normal = truth["cardiothoracic_ratio"][of["cardiomegaly"] == 0]
    assert (normal.mean(), normal.std()) == pytest.approx((0.45, 0.04), abs=0.015)
    assert 0.1 < y.mean(axis=0).min() < y.mean(axis=0).max() < 0.5
    assert (y.sum(axis=1) > 1).mean() > 0.2  # several at once
    assert np.corrcoef(of["cardiomegaly"], of["effusion"])[0, 1] > 0.15


def test_a_heart_looks_larger_from_the_front_and_in_a_shallow_breath(films):
    _, _, truth = films
    share = truth["ratio_on_film"] / truth["cardiothoracic_ratio"]
    assert share[~truth["is_front_to_back"]].max() < 1.06
    assert share[truth["is_front_to_back"]].min() > 1.149
    assert stats.spearmanr(share[~truth["is_front_to_back"]], truth["breath"][~truth["is_front_to_back"]])[0] < -0.99


def test_fluid_is_white_below_and_air_is_black_at_the_side(films):
    X, _, truth = films
    # At the rim of the chest, right and left, of 64 pixels: low down, in the middle, and higher up.
    columns = slice(7, 12), slice(52, 57)
    low, middle = (np.stack([X[:, 0, rows, side].mean(axis=(1, 2)) for side in columns], axis=1) for rows in ROWS[:2])
    rim = np.stack([X[:, 0, ROWS[2], side].mean(axis=(1, 2)) for side in (slice(10, 15), slice(49, 54))], axis=1)
    for side in range(2):
        alone = truth["effusion"][:, 1 - side] == 0
        assert roc_auc_score(truth["effusion"][alone, side] > 50, (low - middle)[alone, side]) > 0.85
        closed = truth["collapse"][:, 1 - side] == 0
        shift = rim[closed, side] - rim[closed, 1 - side]
        assert roc_auc_score(truth["collapse"][closed, side] > 0, -shift) > 0.85


@pytest.mark.parametrize(
    ("portable", "of_ill", "of_well"), [("none", 0, 0), ("random", 0.3, 0.3), ("shortcut", 0.9, 0.05)]
)
def test_the_marker_follows_the_ill_only_if_asked_to(portable, of_ill, of_well):
    X, y, truth = make_xray_diagnoses(800, portable=portable, size=32, random_state=0, return_truth=True)
    is_ill = y.any(axis=1)
    assert truth["is_portable"][is_ill].mean() == pytest.approx(of_ill, abs=0.05)
    assert truth["is_portable"][~is_ill].mean() == pytest.approx(of_well, abs=0.05)
    np.testing.assert_array_equal(X[:, 0, 1, 1] > 0.9, truth["is_portable"])


def test_bnp_follows_its_law_and_no_film_can_tell_more():
    _, y, truth = make_xray_bnp(4000, size=32, random_state=0, return_truth=True)
    names = "congestion", "age", "body_mass_index", "has_fibrillation"
    features = np.stack([truth[name] for name in names], axis=1)
    law = LinearRegression().fit(features, np.log(y))
    np.testing.assert_allclose(law.coef_, (4, 0.02, -0.03, 0.3), rtol=0.2)  # three standard errors
    assert np.std(np.log(y) - law.predict(features)) == pytest.approx(0.5, rel=0.05)
    on_film = LinearRegression().fit(features[:, [0, 2]], np.log(y)).score(features[:, [0, 2]], np.log(y))
    assert on_film == pytest.approx(truth["ceiling"], abs=0.025)
    assert 0.2 < (y > BNP_CUT).mean() < 0.8


def test_a_model_that_is_left_out_is_not_there():
    _, y, truth = make_xray_pacemakers(400, leave_out="B2", size=32, random_state=0, return_truth=True)
    assert set(y) == set(range(9)) - {PACEMAKER_MODELS.index("B2")}
    np.testing.assert_array_equal(truth["maker"], ["ABC".index(PACEMAKER_MODELS[each][0]) for each in y])
    assert truth["tilt"].max() <= 40


@pytest.mark.parametrize("make", [make_xray_diagnoses, make_xray_bnp, make_xray_pacemakers])
def test_too_small_a_picture_says_the_smallest(make):
    with pytest.raises(ValueError, match=r"^size is 31; it must be a whole number of at least 32\.$"):
        make(2, size=31)


def plain(X):
    """Return what needs no network: how bright a picture is, how much of it is bright or dark, and its spread."""
    flat = X.reshape(len(X), -1)
    return np.stack(
        [flat.mean(axis=1), flat.std(axis=1), (flat > 0.7).mean(axis=1), (flat < 0.35).mean(axis=1)], axis=1
    )


def centred(X):
    return X - X.mean(axis=(2, 3), keepdims=True)


@pytest.mark.training
def test_a_network_finds_diagnoses_and_brightness_does_not():
    X, y = make_xray_diagnoses(1200, size=32, random_state=0)
    unseen, truth = make_xray_diagnoses(400, size=32, random_state=1)
    baseline = [
        roc_auc_score(
            truth[:, k], LogisticRegression(max_iter=2000).fit(plain(X), y[:, k]).decision_function(plain(unseen))
        )
        for k in range(5)
    ]
    scores = learned(X, y.astype(np.float32), 5, nn.BCEWithLogitsLoss(), unseen, epochs=16)
    network = [roc_auc_score(truth[:, k], scores[:, k]) for k in range(5)]
    assert np.mean(network) > np.mean(baseline) + 0.1
    assert np.mean(network) > 0.8


@pytest.mark.training
def test_a_network_reads_bnp_and_stays_below_the_ceiling():
    X, y = make_xray_bnp(1200, size=32, random_state=0)
    unseen, bnp, truth = make_xray_bnp(400, size=32, random_state=1, return_truth=True)
    log, unseen_log = np.log(y), np.log(bnp)
    baseline = r2_score(unseen_log, Ridge(1e-3).fit(plain(X), log).predict(plain(unseen)))
    mean, sd = log.mean(), log.std()
    scaled = ((log - mean) / sd)[:, None].astype(np.float32)
    network = r2_score(unseen_log, learned(X, scaled, 1, nn.MSELoss(), unseen, epochs=14)[:, 0] * sd + mean)
    assert baseline + 0.1 < network < truth["ceiling"] + 0.06


@pytest.mark.training
def test_a_network_names_pacemakers_and_brightness_does_not():
    X, y = make_xray_pacemakers(2000, size=40, random_state=0)
    unseen, truth = make_xray_pacemakers(400, size=40, random_state=1)
    baseline = LogisticRegression(max_iter=2000).fit(plain(X), y).score(plain(unseen), truth)
    scores = learned_anywhere(centred(X), y, 9, nn.CrossEntropyLoss(), centred(unseen), epochs=8)
    assert np.mean(scores.argmax(axis=1) == truth) > baseline + 0.25
