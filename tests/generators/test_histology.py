"""Biopsies, taken apart again with scikit-image."""

import numpy as np
import pytest
from networks import learned_anywhere
from scipy import ndimage, stats
from skimage import color
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from torch import nn

from data_generators import PATCHES_PER_PATIENT, make_biopsy_heart_failure
from data_generators.render.stain import stained


@pytest.fixture(scope="module")
def slides():
    return make_biopsy_heart_failure(960, random_state=0, return_truth=True)


def test_stains_obey_beer_and_lambert():
    amount = np.array([0.0, 0.5, 1.0]).reshape(3, 1, 1)
    pictures = stained(amount, 2 * amount)
    np.testing.assert_allclose(pictures[0], 1)
    np.testing.assert_allclose(pictures[1] ** 2, pictures[2], rtol=1e-5)
    haematoxylin = color.rgb2hed(stained(np.ones((1, 2, 2)), np.zeros((1, 2, 2)))[0].transpose(1, 2, 0))
    assert haematoxylin[..., 0].min() > 10 * np.abs(haematoxylin[..., 1]).max()


def test_separating_the_stains_recovers_the_fibrosis(slides):
    X, _, truth = slides
    some = np.flatnonzero((truth["fibrosis"] > 0.08) & (truth["fibrosis"] < 0.6))[:120]
    found = []
    for picture in X[some]:
        eosin = color.rgb2hed(picture.transpose(1, 2, 0))[..., 1]
        muscle = np.quantile(eosin, 0.8)
        found.append(np.mean((eosin < 0.7 * muscle) & (eosin > 0.25 * muscle)))
    assert np.corrcoef(found, truth["fibrosis"][some])[0, 1] > 0.95
    assert np.median(np.array(found) - truth["fibrosis"][some]) == pytest.approx(0, abs=0.03)


def test_patients_differ_as_published_and_overlap(slides):
    _, y, truth = slides
    first = slice(None, None, PATCHES_PER_PATIENT)
    fails, fibrosis = y[first] == 1, truth["patient_fibrosis"][first]
    assert fibrosis[fails].mean() == pytest.approx(0.20, abs=0.035)
    assert fibrosis[~fails].mean() == pytest.approx(0.06, abs=0.015)
    diameter = truth["myocyte_diameter"][first]
    assert diameter[fails].mean() == pytest.approx(22, abs=1.2)
    assert diameter[~fails].mean() == pytest.approx(17, abs=0.8)
    for values in (fibrosis, diameter):
        assert 0.8 < roc_auc_score(fails, values) < 0.99


def test_cells_are_as_large_as_the_truth_tells(slides):
    X, _, truth = slides
    little = np.flatnonzero(truth["fibrosis"] < 0.05)
    cells = []
    for picture in X[little]:
        eosin = color.rgb2hed(picture.transpose(1, 2, 0))[..., 1]
        _, number = ndimage.label(ndimage.binary_erosion(eosin > 0.6 * np.median(eosin)))
        cells.append(max(number, 1))
    assert stats.spearmanr(cells, truth["myocyte_diameter"][little]).statistic < -0.5


def test_a_patient_has_one_slide_and_one_heart(slides):
    X, y, truth = slides
    np.testing.assert_array_equal(truth["patient_id"], np.arange(960) // PATCHES_PER_PATIENT)
    by_patient = y.reshape(-1, PATCHES_PER_PATIENT)
    assert (by_patient == by_patient[:, :1]).all()
    # What leaks: colour tells two patches of one slide from those of two.
    colour = X.mean(axis=(2, 3)).reshape(-1, PATCHES_PER_PATIENT, 3)
    within = np.abs(colour[:, 0] - colour[:, 1]).mean()
    between = np.abs(colour[:-1, 0] - colour[1:, 1]).mean()
    assert between > 1.5 * within
    assert truth["fibrosis"].reshape(-1, PATCHES_PER_PATIENT).std(axis=1).mean() > 0.02


@pytest.mark.training
def test_a_network_tells_failing_hearts_and_colour_does_not():
    X, y = make_biopsy_heart_failure(1600, size=48, random_state=1)
    unseen, truth = make_biopsy_heart_failure(480, size=48, random_state=2)

    def plain(pictures):
        return pictures.mean(axis=(2, 3))

    baseline = LogisticRegression(max_iter=2000).fit(plain(X), y).decision_function(plain(unseen))
    centred = [each - each.mean(axis=(2, 3), keepdims=True) for each in (X, unseen)]
    scores = learned_anywhere(centred[0], y, 2, nn.CrossEntropyLoss(), centred[1], epochs=8)
    network = roc_auc_score(truth, scores[:, 1] - scores[:, 0])
    assert network > roc_auc_score(truth, baseline) + 0.08


def test_too_small_a_picture_says_the_smallest():
    with pytest.raises(ValueError, match=r"^size is 31; it must be a whole number of at least 32\.$"):
        make_biopsy_heart_failure(2, size=31)
