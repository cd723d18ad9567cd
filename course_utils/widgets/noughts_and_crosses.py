"""Draw a nought or a cross, and watch 44 weights decide which it is (chapter 07)."""

from functools import cache
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.transforms import IdentityTransform

from course_utils.errors.words import plural
from course_utils.plots import COLOURS, headline, is_narrow, panels, signed
from course_utils.plots.style import LETTERS
from course_utils.widgets._drawings import (
    KERNELS,
    PLACES,
    READY,
    SIDE,
    draw_shape,
    ink_of,
    match_everywhere,
    pad_controls,
)
from course_utils.widgets.explorer import Explorer, Result, Slider, State
from data_generators import LINE_KERNELS, NOUGHTS_AND_CROSSES

_PLUSES = 10
_LETTERS = 14  # pixels from the middle of a score to the links above it
_MATCHES = LinearSegmentedColormap.from_list("matches", ["#FFFFFF", COLOURS["orange"]])
_FULL = 4  # a match of this and more has the full colour, so that weak ones can be seen in both themes
_BAR = (50, 10)  # pixels, width and height
_FURTHEST = 4  # pixels that each ready drawing can be moved by without leaving the sheet


def explore_noughts_and_crosses(**start: Any) -> Explorer:
    """Show a drawing's four feature maps, the best match of each, and the scores that two weighted sums make of them.

    Args:
        start: values to begin with: `drawing` (the value of a pad), `inhibition` (from -2 to 0, the weight of vertical
            and horizontal lines for a cross and of slanting ones for a nought) and `right` (pixels by which the network
            sees the drawing moved, from -4 to 4, as far as all of it stays on the sheet).

    Returns:
        An Explorer; its `result` has "maps" (4, 26, 26), after ReLU, "pooled" (4,), the largest number of each,
        "weights" (2, 4), "moved", in pixels, "scores" (2,), in the order of `NOUGHTS_AND_CROSSES`, and "pluses", how
        many of ten plus signs these weights call a cross.
    """
    return Explorer(
        title="Nought or cross? 44 weights decide",
        controls=[
            *pad_controls(tuple(READY)),
            Slider(
                name="inhibition",
                label="Weight of the inhibiting links",
                minimum=-2,
                maximum=0,
                step=0.5,
                value=-1,
                unit="",
                decimals=1,
            ),
            Slider(
                name="right",
                label="The network sees it further right by",
                minimum=-_FURTHEST,
                maximum=_FURTHEST,
                step=1,
                value=0,
                unit="pixels",
            ),
        ],
        compute=compute,
        frame=frame,
        draw=draw,
        describe=describe,
        size=(8.0, 3.8),
        guess=Slider(
            name="guess",
            label="A plus is a cross that stands upright. Ten plus signs of several sizes are shown to these weights. "
            "How many will they call a cross?",
            minimum=0,
            maximum=_PLUSES,
            step=1,
            value=5,
            unit="of 10",
        ),
        start=start,
    )


@cache
def _pluses() -> np.ndarray:
    """Draw ten plus signs, and return the best match of each kernel with each of them, (10, 4)."""
    drawings = [draw_shape("Plus", radius=each) for each in np.linspace(5, 11, _PLUSES)]
    return np.array([_pooled(ink_of(each))[1] for each in drawings])


def _pooled(ink: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    maps = np.maximum(match_everywhere(ink, KERNELS).round(1), 0)
    return maps, maps.max(axis=(1, 2))


def compute(*, drawing: str, inhibition: float, right: float, guess: float | None) -> Result:
    """Run the drawing through four kernels, ReLU, global pooling and two weighted sums."""
    ink = ink_of(drawing)
    inked = np.flatnonzero(ink.any(axis=0))
    moved = int(np.clip(right, -inked[0], SIDE - 1 - inked[-1])) if inked.size else 0
    maps, pooled = _pooled(np.roll(ink, moved, axis=1))
    weights = np.array([[1, 1, inhibition, inhibition], [inhibition, inhibition, 1, 1]])
    nought, cross = weights @ _pluses().T
    return {
        "maps": maps,
        "pooled": pooled,
        "weights": weights,
        "moved": moved,
        "scores": weights @ pooled,
        "pluses": int(np.sum(cross > nought)),
    }


def frame(figure: Figure) -> Any:
    """Draw empty squares for four maps, and leave room below them for the links and the two scores."""
    above, below = panels(figure, 4, rows=(3, 2), headlines=2 if is_narrow(figure) else 1).reshape(2, 4)
    for axes in above:
        axes.set(xlim=(-1, PLACES), ylim=(PLACES, -1), xticks=[], yticks=[], aspect="equal", anchor="S")
        axes.grid(visible=False)
        axes.spines[:].set(visible=True, color=COLOURS["grey"])
    for axes in below:
        axes.set_axis_off()
    return above, below[0]


def draw(axes: Any, state: State, result: Result) -> list[Artist]:
    """Draw the maps, a ring round the best match of each, and links as wide as what they pass on."""
    above, below = axes
    figure = below.get_figure()
    places = np.arange(PLACES)
    narrow = is_narrow(figure)
    drawn: list[Artist] = []
    starts = []
    for each, name, matches, best in zip(above, LINE_KERNELS, result["maps"], result["pooled"], strict=True):
        drawn += [
            each.pcolormesh(places, places, matches, cmap=_MATCHES, vmin=0, vmax=_FULL),
            headline(each, f"{name}{' ' if narrow else ': '}{best:.1f}"),
        ]
        if best > 0:
            row, column = np.unravel_index(int(matches.argmax()), matches.shape)
            drawn += each.plot(
                column, row, "o", markersize=11, markerfacecolor="none", color=COLOURS["black"], clip_on=False
            )
        box = each.get_window_extent()
        starts.append((float(box.x0 + box.x1) / 2, float(box.y0) - 4))
    low = below.bbox.y0 + _LETTERS
    ends = [(starts[0][0] + starts[1][0]) / 2, (starts[2][0] + starts[3][0]) / 2]
    for number, (name, x, score) in enumerate(zip(NOUGHTS_AND_CROSSES, ends, result["scores"], strict=True)):
        passed = result["weights"][number] * result["pooled"]
        for (begin, top), each in zip(starts, passed, strict=True):
            if each:
                width = 0.5 + abs(each)
                drawn += below.plot(
                    [begin, x],
                    [top, low + _LETTERS + width],
                    "-" if each > 0 else "--",
                    color=COLOURS["orange" if each > 0 else "blue"],
                    linewidth=width,
                    transform=IdentityTransform(),
                    clip_on=False,
                )
        wins = score > result["scores"][1 - number]
        words = dict(ha="center", va="center", xycoords="figure pixels", weight="bold" if wins else "normal")
        drawn.append(below.annotate(f"{name}: {signed(score)}", (x, low), fontsize=12, **words))
    return drawn + _colour_bar(below, sum(ends) / 2, low)


def _colour_bar(axes: Any, x: float, y: float) -> list[Artist]:
    """Draw which colour a match has in the maps, round a place in pixels."""
    wide, high = _BAR
    right, up = x + wide * np.linspace(-0.5, 0.5, wide + 1), y + high * np.array([-0.5, 0.5])
    shades = np.linspace(0, _FULL, wide)[np.newaxis]
    bar = axes.pcolormesh(right, up, shades, cmap=_MATCHES, transform=IdentityTransform(), clip_on=False)
    words = dict(xycoords="figure pixels", va="center", fontsize=LETTERS)
    return [
        bar,
        axes.annotate("0", (right[0] - 4, y), ha="right", **words),
        axes.annotate(f"{_FULL}+", (right[-1] + 4, y), ha="left", **words),
    ]


def describe(state: State, result: Result) -> str:
    """Say how well each kernel matches, what the scores are, and what the drawing is called."""
    names = ", ".join(f"{name} {value:.1f}" for name, value in zip(LINE_KERNELS, result["pooled"], strict=True))
    nought, cross = result["scores"]
    moved = ""
    if state["right"]:
        side = "right" if state["right"] > 0 else "left"
        moved = f"The network sees it {plural(abs(result['moved']), 'pixel')} further {side} than it is on the pad. "
    sentence = f"{moved}Best matches: {names}. Scores: nought {signed(nought)}, cross {signed(cross)}"
    if abs(nought - cross) < 0.05:
        sentence += ", so the network cannot tell."
    else:
        sentence += f", so the network calls it a {NOUGHTS_AND_CROSSES[int(cross > nought)]}."
    if state["guess"] is not None and state["drawing"] == READY["Plus"]:
        sentence += f" Of ten plus signs of several sizes it calls {result['pluses']} a cross; "
        sentence += f"you guessed {state['guess']:.0f}."
    return sentence
