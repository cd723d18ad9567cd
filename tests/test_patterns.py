import numpy as np
import pytest

from data_generators import make_noughts_and_crosses, make_oriented_lines


def centre_of_mass(picture):
    rows, columns = np.indices(picture.shape)
    return np.array([(columns * picture).sum(), (rows * picture).sum()]) / picture.sum()


def test_a_nought_has_a_hole_and_a_cross_has_ink_in_its_middle():
    X, y, truth = make_noughts_and_crosses(300, random_state=0, return_truth=True)
    column, row = np.rint(truth["centre"]).astype(int).T
    middle = X[np.arange(300), 0, row, column]
    assert (middle[y == 0] < 0.2).mean() > 0.98
    assert (middle[y == 1] > 0.8).mean() > 0.98


def test_the_centre_is_the_centre_of_the_ink():
    X, _, truth = make_noughts_and_crosses(100, random_state=1, return_truth=True)
    found = np.array([centre_of_mass(picture[0]) for picture in X])
    assert np.abs(found - truth["centre"]).max() < 0.7


@pytest.mark.parametrize("size", [12, 28, 64])
def test_nothing_is_cut_off_at_the_border(size):
    X, _ = make_noughts_and_crosses(200, size=size, random_state=2)
    border = np.concatenate([X[:, 0, 0], X[:, 0, -1], X[:, 0, :, 0], X[:, 0, :, -1]], axis=1)
    assert border.max(axis=1).mean() < 0.1
    assert (X.max(axis=(1, 2, 3)) > 0.5).all()


def test_labels_are_wrong_as_often_as_asked():
    _, y, truth = make_noughts_and_crosses(4000, label_noise=0.3, random_state=3, return_truth=True)
    share_right = np.mean(y == truth["label"])
    assert share_right == pytest.approx(truth["ceiling"], abs=0.03)
    assert share_right < 1


@pytest.mark.parametrize("reared", ["vertical", "horizontal"])
def test_gradients_stand_across_the_lines(reared):
    X, y, truth = make_oriented_lines(400, reared=reared, random_state=4, return_truth=True)
    pictures = X[y == 1, 0]
    down, across = np.gradient(pictures, axis=(1, 2))
    doubled = np.arctan2(2 * (across * down).sum(axis=(1, 2)), (across**2 - down**2).sum(axis=(1, 2)))
    steepest = np.degrees(doubled / 2)  # structure tensor: 0 is across the picture
    is_vertical = np.abs(steepest) < 45
    assert is_vertical.mean() > 0.9 if reared == "vertical" else is_vertical.mean() < 0.1
    angles = np.asarray(truth["theta"])[y == 1] % 180
    from_vertical = np.abs(angles - 90)
    assert (from_vertical < 45).all() if reared == "vertical" else (from_vertical > 45).all()
