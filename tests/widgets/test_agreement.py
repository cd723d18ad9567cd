"""The explorer of chapter 10 in which a point of a Bland-Altman plot shows its heart."""

import numpy as np
import pytest
from scipy import stats

from course_utils.widgets import explore_agreement

TRUE = np.array([90.0, 120, 150, 180, 240])
READ = np.array([100.0, 118, 155, 170, 215])


@pytest.fixture
def explorer():
    pictures = np.linspace(0.1, 0.9, 5)[:, None, None, None] * np.ones((1, 2, 32, 32))
    return explore_agreement(pictures, TRUE, {"one": READ, "other": TRUE + 7})


def test_the_limits_are_those_of_the_bell_curve(explorer):
    low, high = stats.norm.interval(0.95, np.mean(READ - TRUE), np.std(READ - TRUE))
    assert explorer.result["bias"] == pytest.approx(-4.4)
    assert (explorer.result["low"], explorer.result["high"]) == pytest.approx((low, high), abs=0.01)
    explorer.set(reader="other")
    assert (explorer.result["low"], explorer.result["high"]) == pytest.approx((7, 7))
    assert explorer.result["inside"] == 1


@pytest.mark.parametrize("case", [1, 3, 5])
def test_a_touch_near_a_point_shows_its_heart(explorer, case):
    left, right = explorer.figure.axes
    place = ((TRUE + READ) / 2)[case - 1] + 2, (READ - TRUE)[case - 1] + 0.5
    explorer.touch(*touched(left, place))
    assert explorer.state["case"] == case
    assert explorer.result["true"] == TRUE[case - 1]
    assert f"Heart {case}, at end-diastole and end-systole: truly {TRUE[case - 1]:.0f} ml" in explorer.alt
    (shown,) = right.get_images()
    assert shown.get_array()[0, 0] == pytest.approx(np.linspace(0.1, 0.9, 5)[case - 1])


def test_a_touch_of_the_pictures_moves_nothing(explorer):
    explorer.set(case=4)
    right = explorer.figure.axes[1]
    explorer.touch(*touched(right, (10, 10)))
    assert explorer.state["case"] == 4


def touched(axes, place):
    x, y = axes.figure.transFigure.inverted().transform(axes.transData.transform(place))
    return x, 1 - y


def test_all_points_of_all_readers_are_in_the_picture(explorer):
    left = explorer.figure.axes[0]
    (start, end), (low, high) = left.get_xlim(), left.get_ylim()
    for read in (READ, TRUE + 7):
        assert np.all(((TRUE + read) / 2 > start) & ((TRUE + read) / 2 < end))
        assert np.all((read - TRUE > low) & (read - TRUE < high))


def test_the_guess_is_told_beside_the_first_reader():
    explorer = explore_agreement()
    assert "guessed" not in explorer.alt
    explorer.set(guess=30, reader="the average for all")
    assert f"lie within {explorer.result['first']:.0f} ml of its average error; you guessed 30." in explorer.alt


def test_a_thumbnail_reads_better_than_the_average_for_all():
    explorer = explore_agreement()
    thumbnail = explorer.result["half"]
    explorer.set(reader="the average for all")
    assert thumbnail < 0.85 * explorer.result["half"]


def test_pictures_truth_and_readings_must_go_together():
    with pytest.raises(ValueError, match="There are 5 pairs of pictures"):
        explore_agreement(np.zeros((5, 2, 32, 32)), TRUE, {"one": READ[:4]})
