"""Polar maps of perfusion, held against the segments and territories that cardiologists agreed on."""

import numpy as np
import pytest
from networks import learned
from scipy import stats
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from torch import nn

from data_generators import CORONARY_SEGMENTS, SPECT_SIZE, make_spect_cad, polar_segments
from data_generators.render.nuclear import gamma_camera


@pytest.fixture(scope="module")
def maps():
    return make_spect_cad(1500, random_state=0, return_truth=True)


def middle(segment):
    """Return where a segment is, down and across from the apex."""
    return np.argwhere(polar_segments() == segment).mean(axis=0) - (SPECT_SIZE - 1) / 2


def test_segments_are_where_the_model_of_the_heart_association_has_them():
    segments = polar_segments()
    assert set(segments.ravel()) == set(range(18))
    for anterior, inferior in ((1, 4), (7, 10), (13, 15)):
        assert middle(anterior)[0] < 0 < middle(inferior)[0]
        assert middle(anterior)[1] == pytest.approx(0, abs=0.6)
    for septal, lateral in ((2, 6), (3, 5), (8, 12), (9, 11), (14, 16)):
        assert middle(septal)[1] < 0 < middle(lateral)[1]
    assert middle(2)[0] < middle(3)[0]  # anteroseptal above inferoseptal
    reach = [np.hypot(*middle(segment)) for segment in (17, 13, 7, 1)]
    assert reach == sorted(reach)
    assert sorted(sum(CORONARY_SEGMENTS.values(), ())) == list(range(1, 18))
    areas = np.bincount(segments.ravel())[1:]
    assert areas[:6].max() < 1.15 * areas[:6].min()


@pytest.mark.parametrize("artery", CORONARY_SEGMENTS)
def test_a_defect_lies_in_the_territory_of_its_artery(maps, artery):
    X, _, truth = maps
    place = list(CORONARY_SEGMENTS).index(artery)
    alone = (truth["depth"][:, place] > 0.4) & ((truth["depth"] > 0).sum(axis=1) == 1)
    none = (truth["depth"] == 0).all(axis=1)
    change = X[alone, 0].mean(axis=0) - X[none, 0].mean(axis=0)
    lowest = polar_segments()[np.unravel_index(change.argmin(), change.shape)]
    assert lowest in CORONARY_SEGMENTS[artery]
    inside = np.isin(polar_segments(), CORONARY_SEGMENTS[artery])
    outside = (polar_segments() > 0) & ~inside
    assert change[inside].mean() < change[outside].mean() - 0.15


def test_who_is_ill_and_what_is_seen_are_as_the_docstring_says(maps):
    _, y, truth = maps
    np.testing.assert_array_equal(y == 1, (truth["stenosis"] >= 70).any(axis=1))
    assert y.mean() == pytest.approx(0.62, abs=0.04)
    has_defect = truth["depth"] > 0
    assert has_defect[truth["stenosis"] >= 70].mean() == pytest.approx(0.8, abs=0.04)
    assert has_defect[truth["stenosis"] < 70].mean() == pytest.approx(0.1, abs=0.02)
    assert (truth["depth"][has_defect] >= 0.2).all()
    assert (truth["depth"] <= 0.7).all()


def test_the_ceiling_is_the_one_of_who_counts_defects():
    _, y, truth = make_spect_cad(8000, random_state=1, return_truth=True)
    assert roc_auc_score(y, (truth["depth"] > 0).sum(axis=1)) == pytest.approx(truth["ceiling"], abs=0.012)


def test_a_scar_stays_at_rest_and_the_rest_goes(maps):
    X, _, truth = maps
    for place, supplied in enumerate(CORONARY_SEGMENTS.values()):
        inside = np.isin(polar_segments(), supplied)
        deep = (truth["depth"][:, place] > 0.45) & ((truth["depth"] > 0).sum(axis=1) == 1)
        stress, rest = (X[deep, moment][:, inside].mean(axis=1) for moment in range(2))
        scar = truth["is_scar"][deep, place]
        assert np.median((rest - stress)[~scar]) > np.median((rest - stress)[scar]) + 0.08


def test_soft_tissue_takes_from_the_inferior_wall_of_men_and_the_anterior_wall_of_women(maps):
    X, _, truth = maps
    none = (truth["depth"] == 0).all(axis=1)
    segments = polar_segments()
    for is_male, less, more in ((True, 10, 7), (False, 7, 10)):
        some = X[none & (truth["is_male"] == is_male), 0]
        share = some[:, segments == less].mean() / some[:, segments == more].mean()
        assert 0.82 < share < 0.95


def test_counts_are_poisson_and_edges_are_blurred():
    inside = np.ones((32, 32), dtype=bool)
    even = gamma_camera(np.random.default_rng(0), np.ones((300, 32, 32)), inside, blur=2.4, counts=np.full(300, 50.0))
    counts = even * 50
    assert counts.var() / counts.mean() == pytest.approx(1, abs=0.02)
    assert stats.skew(counts.ravel()) == pytest.approx(50**-0.5, abs=0.02)
    spot = np.zeros((1, 33, 33))
    spot[0, 16, 16] = 1
    seen = gamma_camera(
        np.random.default_rng(0), spot, np.ones((33, 33), dtype=bool), blur=2.4, counts=np.full(1, 1e7)
    )[0, 16]
    above = np.interp(np.arange(0, 32, 0.01), np.arange(33), seen) > seen.max() / 2
    assert above.sum() * 0.01 == pytest.approx(2.4, abs=0.2)


@pytest.mark.training
def test_a_network_reads_maps_and_their_brightness_does_not():
    X, y = make_spect_cad(4000, random_state=0)
    unseen, ill, truth = make_spect_cad(1500, random_state=1, return_truth=True)

    def plain(maps):
        """Return how bright maps are, and how much of them is brighter than the mean. Their spread would say more."""
        return np.concatenate([maps.mean(axis=(2, 3)), (maps > 1).mean(axis=(2, 3))], axis=1)

    baseline = LogisticRegression(max_iter=2000).fit(plain(X), y).decision_function(plain(unseen))
    scores = learned(X - 1, y, 2, nn.CrossEntropyLoss(), unseen - 1, epochs=8)
    network = roc_auc_score(ill, scores[:, 1] - scores[:, 0])
    assert roc_auc_score(ill, baseline) + 0.08 < network < truth["ceiling"] + 0.03
