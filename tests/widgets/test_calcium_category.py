"""The explorer of chapter 10 in which a calcium score is dragged."""

import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score, confusion_matrix, mean_squared_error, mean_squared_log_error

from course_utils.widgets import explore_calcium_category
from course_utils.widgets.calcium_category import CALCIUM_CATEGORIES, CALCIUM_TREATMENTS

RNG = np.random.default_rng(3)
TRUE = np.concatenate([np.zeros(30), np.round(np.exp(RNG.normal(4, 1.5, 70)).clip(1, 1000))])
READ = np.maximum((TRUE + 1) * np.exp(RNG.normal(0, 0.4, 100)) - 1, 0)


@pytest.fixture
def explorer():
    return explore_calcium_category(TRUE, READ)


@pytest.mark.parametrize("case", [1, 40, 77])
def test_shares_of_the_error_are_those_of_mean_squared_errors(explorer, case):
    explorer.set(case=case, moved=0.5)
    read = READ.copy()
    read[case - 1] = (READ[case - 1] + 1) * 2**0.5 - 1
    others = np.delete(np.arange(100), case - 1)
    assert explorer.result["read"] == pytest.approx(read[case - 1])
    for name, metric in (("points", mean_squared_error), ("logarithms", mean_squared_log_error)):
        rest = metric(TRUE[others], read[others]) * 99 / (metric(TRUE, read) * 100)
        assert explorer.result[name] == pytest.approx(1 - rest)


def test_those_in_another_category_are_counted(explorer):
    def placed(scores):
        return [sum(score >= edge for edge in (1, 100, 400)) for score in scores]

    table = confusion_matrix(placed(TRUE), placed(READ))
    assert explorer.result["changed"] == table.sum() - np.trace(table) > 0
    assert cohen_kappa_score(placed(TRUE), placed(READ)) < 1


@pytest.mark.parametrize(("score", "place"), [(0, 0), (0.9, 0), (1, 1), (99, 1), (100, 2), (399, 2), (400, 3)])
def test_category_and_treatment_are_told(score, place):
    explorer = explore_calcium_category(np.full(100, 100.0), np.full(100, float(score)))
    assert explorer.result["category"] == place
    assert CALCIUM_TREATMENTS[place] in explorer.alt
    change = f"changes from 100–399 (a statin) to {CALCIUM_CATEGORIES[place]} ("
    assert (change in explorer.alt) == (place != 2)


def test_a_touch_on_the_left_moves_the_reading_there_and_one_on_the_right_nothing(explorer):
    explorer.set(case=60)
    left, right = explorer.figure.axes
    for axes, wanted in ((left, 50.0), (left, 300.0), (right, None)):
        before = explorer.result["read"]
        place = axes.transData.transform((1.0, np.log1p(wanted) if wanted else 50))
        x, y = axes.figure.transFigure.inverted().transform(place)
        explorer.touch(x, 1 - y)
        assert explorer.result["read"] == pytest.approx(wanted or before, rel=0.1)


def test_each_step_of_the_slider_is_told(explorer):
    told = set()
    for moved in np.arange(-6, 6.25, 0.25):
        explorer.set(case=1, moved=moved)
        told.add(explorer.alt)
    assert len(told) == 49


def test_no_reading_falls_below_0(explorer):
    explorer.set(case=1, moved=-6)
    assert explorer.result["read"] == 0
    assert explore_calcium_category(TRUE, READ - 50).result["read"] == 0


def test_a_reading_is_moved_within_the_picture_and_one_beyond_it_stays_what_it_is():
    read = READ.copy()
    read[39] = 9000
    explorer = explore_calcium_category(TRUE, read)
    explorer.set(case=40)
    assert explorer.result["read"] == pytest.approx(9000)
    explorer.set(case=77, moved=6)
    assert explorer.result["read"] == pytest.approx(4000)


def test_the_guess_is_told(explorer):
    assert "guessed" not in explorer.alt
    explorer.set(guess=12)
    assert f"{explorer.result['changed']} of 100 change category; you guessed 12." in explorer.alt


@pytest.mark.parametrize(("true", "read"), [(TRUE[:99], READ[:99]), (TRUE, READ[:99])])
def test_a_hundred_patients_and_their_readings_are_needed(true, read):
    with pytest.raises(ValueError, match="n at least 100"):
        explore_calcium_category(true, read)
