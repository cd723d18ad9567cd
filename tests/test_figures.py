"""The judge of figures is judged: it finds each fault, and lets pass what can be read."""

import re

import pytest
from figures import assert_readable
from matplotlib.figure import Figure

from course_utils.plots import course_style


@pytest.fixture
def figure():
    with course_style():
        yield Figure(figsize=(4, 3), dpi=100)


@pytest.fixture
def axes(figure):
    axes = figure.add_axes((0.2, 0.2, 0.7, 0.7))
    axes.set(xlim=(0, 10), ylim=(0, 10))
    return axes


def assert_found(figure, *sentences):
    with pytest.raises(AssertionError, match=f"(?s)^{'.*'.join(map(re.escape, sentences))}$"):
        assert_readable(figure)


def test_what_can_be_read_is_readable(figure, axes):
    axes.plot([0, 10], [0, 10], label="a line")
    axes.set(xlabel="Age (years)", ylabel="Heart rate (bpm)", title="A title")
    axes.legend(loc="upper left")
    axes.text(6, 1, "free", fontsize=11)
    assert_readable(figure)


def test_small_letters_are_found(figure):
    figure.text(0.5, 0.5, "tiny", fontsize=10.5)
    assert_found(figure, "'tiny' is smaller than 11 pt")


@pytest.mark.parametrize("place", [(0.9, 0.5), (-0.05, 0.5), (0.5, 0.98), (0.5, -0.03)])
def test_a_word_that_is_cut_off_is_found(figure, place):
    figure.text(*place, "at the edge")
    assert_found(figure, "'at the edge' leaves the figure")


def test_words_on_words_are_found_and_aslant_ones_only_where_they_meet(figure):
    figure.text(0.3, 0.5, "one")
    figure.text(0.35, 0.5, "other")
    assert_found(figure, "'one' overlaps 'other'")
    figure.texts[1].set_x(0.5)
    assert_readable(figure)
    for text in figure.texts:  # side by side at 45 degrees: the boxes round them overlap, they do not
        text.set(text="a longer word", rotation=45)
    figure.texts[1].set_x(0.45)
    assert_readable(figure)
    figure.texts[1].set_x(0.31)
    assert_found(figure, "'a longer word' overlaps 'a longer word'")


@pytest.mark.parametrize(
    ("draw", "name"),
    [
        (lambda axes: axes.plot([0, 10], [0, 10], label="risk"), "risk"),
        (lambda axes: axes.plot([5.3], [5.3], "o", label="patients"), "patients"),
        (lambda axes: axes.axhline(5.2), "Line2D"),
        (lambda axes: axes.vlines([5.4], 0, 10), "LineCollection"),
        (lambda axes: axes.scatter([5.4], [5.2], label="people"), "people"),
        (lambda axes: axes.bar([5.4], [5.2], width=0.4), "Rectangle"),
    ],
)
def test_what_runs_through_a_word_or_a_legend_is_found_unless_the_word_has_paper(figure, axes, draw, name):
    draw(axes)
    text = axes.text(5, 5, "word")
    assert_found(figure, f"{name} runs through 'word'")
    text.set_bbox({"facecolor": "white"})
    assert_readable(figure)
    text.remove()
    axes.plot([], [], label="sign")
    handles, _ = axes.get_legend_handles_labels()
    axes.legend(handles=handles[-1:], loc="center")
    assert_found(figure, f"{name} runs through ", "the legend ['sign']")


def test_a_shade_hides_nothing_and_a_mark_may_hold_its_number(figure, axes):
    axes.axvspan(5.2, 10, alpha=0.3)
    axes.plot([0, 10], [5, 5])
    axes.scatter([5], [5], s=2000, color="white", edgecolors="black", zorder=3)
    axes.text(5, 5, "+1", ha="center", va="center", zorder=4)
    assert_readable(figure)
    axes.set_axis_off()
    axes.collections[0].set_sizes([100])
    assert_found(figure, "Line2D runs through '+1'", "PathCollection runs through '+1'")


def test_the_edge_of_other_axes_is_a_line_too(figure, axes):
    axes.text(-1, 5, "across")
    axes.yaxis.set_ticklabels([])
    assert_found(figure, "the axis on the left runs through 'across'")
    axes.set_axis_off()
    assert_readable(figure)


def test_numbers_that_touch_are_found_and_those_outside_the_limits_do_not_count(figure, axes):
    axes.set_xticks([0, 5, 5.4, 10, 10.1])
    axes.set_xlim(0, 10)
    assert_found(figure, "'5.0' overlaps '5.4'", "'5.0' touches '5.4' on its axis")


def test_what_cannot_be_seen_does_not_count(figure, axes):
    axes.plot([0, 10], [5, 5])
    axes.text(4, 5, "")
    axes.text(4, 5, "hidden").set_visible(False)
    axes.plot([0, 10], [8, 8]).pop().set_visible(False)
    axes.text(4, 8, "free")
    axes.plot([0, 20], [2, 12])  # it leaves the axes before it comes to the word
    axes.annotate("outside", (8, 10), (0, 6), textcoords="offset points")
    assert_readable(figure)
