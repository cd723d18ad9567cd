import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from data_generators import LINE_KERNELS, make_noughts_and_crosses, make_oriented_lines

NOUGHT, CROSS = range(2)


@pytest.fixture(scope="module")
def drawings():
    return make_noughts_and_crosses(2000, random_state=1, return_truth=True)


@pytest.fixture(scope="module")
def lines():
    return make_oriented_lines(4000, random_state=2, return_truth=True)


def about(X, centre):
    """Return each pixel's place to the right of and above a centre, as complex numbers."""
    pixels = np.arange(X.shape[-1])
    right = pixels[None, None, :] - centre[:, 0, None, None]
    above = centre[:, 1, None, None] - pixels[None, :, None]
    return right + 1j * above


def centre_of_mass(X):
    ink, pixels = X[:, 0].sum(axis=(1, 2)), np.arange(X.shape[-1])
    return np.stack([X[:, 0].sum(axis=1) @ pixels, X[:, 0].sum(axis=2) @ pixels], axis=1) / ink[:, None]


def mean_answers(X):
    """Return how strongly each kernel of `LINE_KERNELS` answers on average: convolution, ReLU, global pooling."""
    windows = np.lib.stride_tricks.sliding_window_view(X[:, 0], (3, 3), axis=(1, 2))
    kernels = np.array(list(LINE_KERNELS.values()))
    return np.maximum(np.einsum("nhwij,kij->nkhw", windows, kernels), 0).mean(axis=(2, 3))


def test_a_nought_has_a_hole_where_a_cross_has_its_crossing(drawings):
    X, y, _ = drawings
    column, row = np.rint(centre_of_mass(X)).astype(int).T
    middle = X[np.arange(len(X)), 0, row, column]
    assert middle[y == NOUGHT].max() < 0.1
    assert middle[y == CROSS].min() > 0.5


@pytest.mark.parametrize("size", [14, 15, 28, 45])
def test_strokes_are_white_on_black_and_never_clipped(size):
    X, _ = make_noughts_and_crosses(1000, size=size, random_state=3)
    assert X.shape == (1000, 1, size, size)
    assert X.min() == 0
    assert X.max() <= 1
    assert X.max(axis=(1, 2, 3)).min() > 0.7
    assert X[:, :, [0, -1]].max() == X[:, :, :, [0, -1]].max() == 0


def test_the_centre_is_where_the_truth_says(drawings):
    X, _, truth = drawings
    error = np.abs(centre_of_mass(X) - truth["centre"])
    assert error.mean() < 0.3  # the wobble moves it by less than its 0.6 pixels
    assert error.max() < 1.2
    from_middle = truth["centre"] - 13.5
    assert 3 < np.abs(from_middle).max() <= 4
    assert from_middle.mean(axis=0) == pytest.approx([0, 0], abs=0.2)  # standard error 0.045


def test_the_radius_and_the_stroke_are_what_the_truth_says(drawings):
    X, y, truth = drawings
    ink = X[:, 0].sum(axis=(1, 2))
    spread = np.sqrt((X[:, 0] * np.abs(about(X, centre_of_mass(X))) ** 2).sum(axis=(1, 2)) / ink)
    noughts, crosses = y == NOUGHT, y == CROSS
    # A ring lies at its radius; a thin cross of half-length r has a root mean squared distance of r / sqrt(3).
    assert spread[noughts] / truth["radius"][noughts] == pytest.approx(np.ones(noughts.sum()), abs=0.12)
    assert np.corrcoef(spread[crosses], truth["radius"][crosses])[0, 1] > 0.97
    ratio = ink[noughts] / (2 * np.pi * truth["radius"] * truth["stroke"])[noughts]
    assert ratio.mean() == pytest.approx(1, abs=0.05)
    assert ratio.std() < 0.05


def test_a_cross_is_turned_as_the_truth_says(drawings):
    X, y, truth = drawings
    place = about(X, centre_of_mass(X))
    # Both strokes of an unturned cross lie at odd multiples of 45 degrees: to the fourth power, all at 180.
    fourth = -(X[:, 0] * place**4).sum(axis=(1, 2))
    found, rotation = np.rad2deg(np.angle(fourth))[y == CROSS] / 4, truth["rotation"][y == CROSS]
    assert np.polyfit(rotation, found, 1)[0] == pytest.approx(1, abs=0.1)
    assert np.corrcoef(rotation, found)[0, 1] > 0.85
    assert 9 < np.abs(truth["rotation"]).max() <= 10


def test_label_noise_changes_labels_and_nothing_else():
    clean = make_noughts_and_crosses(4000, random_state=4, return_truth=True)
    X, y, truth = make_noughts_and_crosses(4000, label_noise=0.2, random_state=4, return_truth=True)
    assert X.tobytes() == clean[0].tobytes()
    assert (truth["label"] == clean[1]).all()
    is_wrong = y != truth["label"]
    for label in (NOUGHT, CROSS):
        assert is_wrong[truth["label"] == label].mean() == pytest.approx(0.2, abs=0.036)  # four standard errors
    assert truth["ceiling"] == pytest.approx(0.8)
    assert clean[2]["ceiling"] == 1
    everything = make_noughts_and_crosses(20, label_noise=1.0, random_state=4, return_truth=True)
    assert (everything[1] == 1 - everything[2]["label"]).all()


def test_each_kernel_answers_to_its_own_line():
    row, column = np.indices((9, 9))
    drawn = {
        "vertical": column == 4,
        "horizontal": row == 4,
        "falling": row == column,  # rows count downwards
        "rising": row == 8 - column,
    }
    assert list(drawn) == list(LINE_KERNELS)
    answers = mean_answers(np.array(list(drawn.values()), dtype=float)[:, None])
    assert (answers.argmax(axis=1) == np.arange(4)).all()
    assert [np.sum(kernel) for kernel in LINE_KERNELS.values()] == [0, 0, 0, 0]


def test_eight_weights_on_the_four_kernels_tell_a_nought_from_a_cross(drawings):
    # The network of figure 4 with its 36 weights given and the other 8 learned, no biases: the lesson of the picture.
    X, y, _ = drawings
    model = LogisticRegression(C=1e6, fit_intercept=False, max_iter=5000).fit(mean_answers(X), y)
    fresh, label = make_noughts_and_crosses(2000, random_state=5)
    assert model.score(mean_answers(fresh), label) > 0.97
    vertical, horizontal, falling, rising = model.coef_[0]
    assert max(vertical, horizontal) < 0 < min(falling, rising)


def test_lines_run_at_the_true_angle(lines):
    X, y, truth = lines
    clear = (y == 1) & (truth["contrast"] > 0.6)  # half of it is three times the noise
    lit = X[clear] > truth["contrast"][clear, None, None, None] / 2
    principal_axis = np.angle((lit[:, 0] * about(X, centre_of_mass(lit)) ** 2).sum(axis=(1, 2))) / 2
    error = (np.rad2deg(principal_axis) - truth["theta"][clear] + 90) % 180 - 90
    # A step of one pixel over 16 is 3.6 degrees.
    assert np.quantile(np.abs(error), 0.95) < 3.6
    assert np.median(error) == pytest.approx(0, abs=0.3)


def test_brightness_does_not_tell_a_line_from_none(lines):
    X, y, _ = lines
    # Standard error of an area of 0.5 with 2,000 a side: 0.009.
    for summary in (X.mean(axis=(1, 2, 3)), X.std(axis=(1, 2, 3)), X.max(axis=(1, 2, 3))):
        assert roc_auc_score(y, summary) == pytest.approx(0.5, abs=0.036)


def test_neighbours_tell_a_line_from_none(lines):
    X, y, _ = lines
    pictures = X[:, 0] - X[:, 0].mean(axis=(1, 2), keepdims=True)
    alike = (pictures[:, 1:] * pictures[:, :-1]).sum(axis=(1, 2)) + (pictures[:, :, 1:] * pictures[:, :, :-1]).sum(
        (1, 2)
    )
    assert roc_auc_score(y, alike / (pictures**2).sum(axis=(1, 2))) > 0.95


def test_noise_is_as_told():
    X, _, truth = make_oriented_lines(4000, random_state=6, return_truth=True)
    lit = truth["width"] * truth["contrast"]
    dark = X[lit < np.quantile(lit, 0.1)].astype(float)
    below = dark[dark < 0]  # only noise is below the ground: half of a normal distribution
    assert np.sqrt((below**2).mean()) == pytest.approx(0.1, rel=0.02)


@pytest.mark.parametrize("reared", ["vertical", "horizontal"])
def test_reared_on_one_orientation(reared):
    X, y, truth = make_oriented_lines(2000, reared=reared, random_state=7, return_truth=True)
    away = np.abs((truth["theta"] - (90 if reared == "vertical" else 0) + 90) % 180 - 90)
    assert away.max() <= 10
    assert away.max() > 9
    assert ((truth["theta"] >= 0) & (truth["theta"] < 180)).all()
    unevenness = [X[y == 1, 0].sum(axis=axis).var(axis=1) for axis in (1, 2)]  # of the columns and of the rows
    one, other = unevenness if reared == "vertical" else unevenness[::-1]
    assert (one > other).mean() > 0.99


def test_offset_width_and_contrast_are_what_the_truth_says():
    X, y, truth = make_oriented_lines(3000, reared="vertical", random_state=8, return_truth=True)
    shown = (y == 1) & (truth["contrast"] > 0.6)
    middle = X[shown, 0, 7:9].mean(axis=1)
    found = np.argmax(middle, axis=1) - 7.5
    assert np.abs(found - truth["offset"][shown]).max() < 2.2  # half the widest line, half a pixel and the noise
    assert np.corrcoef(found, truth["offset"][shown])[0, 1] > 0.95
    across = X[shown, 0].sum(axis=2).mean(axis=1)
    # A row crosses the line at up to 10 degrees; 16 rows of 16 noisy pixels have a standard error of 0.1.
    assert across == pytest.approx((truth["width"] * truth["contrast"])[shown], abs=0.5)
    assert X.shape == (3000, 1, 16, 16)
