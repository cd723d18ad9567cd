"""Where things stand in a picture."""

import itertools

import numpy as np
import pytest
from figures import assert_readable

from course_utils.plots import (
    arrange,
    course_style,
    headline,
    key,
    name_lines,
    new_figure,
    panels,
    to_png,
)


@pytest.fixture(autouse=True)
def style():
    with course_style():
        yield


def bounds(figure):
    return [axes.bbox.bounds for axes in figure.axes]


def extent(artist):
    return artist.get_window_extent(artist.get_figure(root=True).canvas.get_renderer())


@pytest.mark.parametrize(("width", "height"), [(8, 4), (4.68, 2), (4.68, 4)])
def test_long_names_and_headlines_are_broken_and_stay_in_the_picture(width, height):
    figure = new_figure(width, height)
    left, right = panels(figure, 2, headlines=2)
    for axes in (left, right):
        axes.set(
            xlabel="Share of the squared distance (%)", ylabel="Change with each ten years (bpm)", ylim=(0, 12_000)
        )
        headline(axes, "Higher risk for the one who died: 19 of 25")
    assert_readable(figure)
    assert left.bbox.width == pytest.approx(right.bbox.width)
    assert ("\n" in left.get_xlabel()) == ("\n" in left.texts[0].get_text()) == (width < 8)
    assert left.get_xlabel().replace("\n", " ") == "Share of the squared distance (%)"


def test_to_draw_again_moves_nothing_and_another_size_leaves_letters_as_they_are():
    figure = new_figure(8, 3)
    for axes, name in zip(panels(figure, 2, headlines=1), ("training", "the network, tested"), strict=True):
        axes.plot([0, 1], [0, 1500], label=name)
        axes.set(xlabel="Epochs", ylabel="Loss (bpm²)")
        key(axes)
        headline(axes, name)
    first, before = to_png(figure), bounds(figure)
    assert to_png(figure) == first
    assert bounds(figure) == before
    figure.set_size_inches(4.68, 3)
    assert_readable(figure)
    assert bounds(figure) != before
    figure.set_size_inches(8, 3)
    assert to_png(figure) == first


def test_a_key_takes_as_few_lines_as_there_is_room_for_and_stands_above_the_axes():
    heights = []
    for width in (8, 4.68, 3):
        figure = new_figure(width, 3)
        axes = panels(figure)
        for name in ("a sum of markers", "a network of neurons", "the truth"):
            axes.plot([0, 1], [0, 1], label=name)
        key(axes)
        assert_readable(figure)
        legend = extent(axes.get_legend())
        assert legend.y0 > axes.bbox.y1
        heights.append(legend.height)
    assert heights[0] < heights[1] < heights[2]


def test_a_key_across_has_the_room_above_both_panels():
    figure = new_figure(4.68, 3)
    left, right = panels(figure, 2, keys=2)
    for name in ("ischaemic and cardiorenal", "elderly with fibrillation"):
        left.plot([0], [0], "o", label=name)
    arrange(figure)
    narrow, wide = (extent(key(left, left.lines, across=across)).width for across in (False, True))
    assert narrow < wide
    assert extent(left.get_legend()).x1 > right.bbox.x0


def test_headlines_stand_above_axes_of_panels_only():
    with pytest.raises(TypeError, match="stand above axes of panels"):
        headline(new_figure().subplots(), "What is this?")


def test_names_of_lines_stand_near_to_them_and_on_none():
    figure = new_figure(3, 3)
    axes = panels(figure)
    axes.set(xlim=(0, 10), ylim=(0, 10))
    x = np.arange(11)
    for name, y in (("rising", x), ("falling", 10 - x), ("_nameless", x**2 / 10)):
        axes.plot(x, y, "o-", label=name)
    axes.axhline(9, label="ceiling")
    arrange(figure)
    names = name_lines(axes)
    assert [name.get_text() for name in names] == ["rising", "falling", "ceiling"]
    for name in names:
        name.set_bbox(None)  # it is not in need of its paper here
    assert_readable(figure)
    for one, other in itertools.combinations(names, 2):
        assert not extent(one).overlaps(extent(other))
    ceiling = axes.transData.transform((0, 9))[1]
    assert abs(extent(names[-1]).y0 - ceiling) < 30
