"""The explorer of chapter 07 that steps a kernel over a drawing, against scipy."""

import numpy as np
import pytest
from scipy.signal import correlate2d

from course_utils.widgets import explore_convolution
from course_utils.widgets._drawings import READY, SIDE, ink_of
from data_generators import LINE_KERNELS


@pytest.mark.parametrize("kernel", LINE_KERNELS)
@pytest.mark.parametrize("shape", READY)
def test_the_map_is_the_correlation_with_the_kernel(kernel, shape):
    result = explore_convolution(kernel=kernel, drawing=READY[shape]).result
    expected = correlate2d(ink_of(READY[shape]), np.array(LINE_KERNELS[kernel]), mode="valid")
    assert result["map"] == pytest.approx(expected, abs=1e-9)


def test_the_nine_products_are_those_under_the_kernel_and_make_the_match():
    explorer = explore_convolution()
    for place in (1, 27, 318, 676):
        explorer.set(place=place)
        result = explorer.result
        row, column = divmod(place - 1, SIDE - 2)
        assert (result["row"], result["column"]) == (row, column)
        under = result["ink"][row : row + 3, column : column + 3]
        assert result["products"] == pytest.approx(under * np.array(LINE_KERNELS["vertical"]))
        assert result["products"].sum() == pytest.approx(result["match"])


def test_the_buttons_go_on_by_one_place_by_one_row_and_to_the_end():
    explorer = explore_convolution(place=1)
    for button, place in (("step", 2), ("down", 28), ("end", 676), ("step", 676)):
        explorer.press(button)
        assert explorer.state["place"] == place


def test_a_touch_of_the_drawing_or_the_map_puts_the_kernel_there_and_one_of_the_products_does_nothing():
    explorer = explore_convolution(guess=10)
    boxes = {axes.get_label(): axes for axes in explorer.figure.axes}

    def touch(name, column, row):
        place = boxes[name].transData.transform((column, row)) / explorer.figure.bbox.size
        explorer.touch(place[0], 1 - place[1])

    touch("drawing", 10, 4)
    assert (explorer.result["row"], explorer.result["column"]) == (3, 9)
    touch("map", 25, 0)
    assert explorer.state["place"] == 26
    touch("drawing", 0, 27)
    assert (explorer.result["row"], explorer.result["column"]) == (25, 0)
    touch("products", 1, 1)
    assert (explorer.result["row"], explorer.result["column"]) == (25, 0)


def test_upright_lines_match_at_few_places_of_a_nought_and_the_end_compares_with_the_guess():
    explorer = explore_convolution(guess=150)
    assert "guessed" not in explorer.alt
    explorer.press("end")
    assert 5 < explorer.result["good"] < 30
    assert "You guessed 150." in explorer.alt
    explorer.press("cross")
    assert "guessed" not in explorer.alt
    explorer.press("clear")
    assert "Nowhere" in explorer.alt


@pytest.mark.parametrize("drawing", ["0" * 783, "0" * 783 + ";", 0])
def test_a_pad_takes_a_sign_from_0_to_10_tenths_for_each_pixel(drawing):
    explorer = explore_convolution()
    with pytest.raises(ValueError, match="784"):
        explorer.set(drawing=drawing)
    explorer.set(drawing="0" * 783 + ":")
    assert explorer.result["ink"][-1, -1] == 1
