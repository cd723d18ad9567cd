"""Draw a nought or a cross, and watch 44 weights decide which it is (chapter 07)."""

from functools import cache
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.figure import Figure

from course_utils.plots import COLOURS, SIGNED_COLOURS, headline, is_narrow, panels, signed
from course_utils.widgets._drawings import KERNELS, READY, SIDE, draw_shape, feature_maps, ink_of, pad_controls
from course_utils.widgets.explorer import Explorer, Result, Slider, State
from data_generators import LINE_KERNELS, NOUGHTS_AND_CROSSES

_HIGHEST = 6  # the best match that a line kernel can have with ink from 0 to 1
_PLUSES = 10


def explore_noughts_and_crosses(**start: Any) -> Explorer:
    """Show the four feature maps of a drawing, the best match of each, and the scores that two weighted sums make of them.

    Args:
        start: values to begin with: `drawing` (the value of a pad), `inhibition` (from -2 to 0, the weight of vertical and
            horizontal lines for a cross and of slanting ones for a nought) and `right` (pixels that the drawing is moved).

    Returns:
        An Explorer; its `result` has "maps" (4, 26, 26), after ReLU, "pooled" (4,), the largest number of each, "weights"
        (2, 4), "scores" (2,), in the order of `NOUGHTS_AND_CROSSES`, and "pluses", how many of ten plus signs these weights
        call a cross.
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
            Slider(name="right", label="Move the drawing to the right", minimum=-9, maximum=9, step=1, value=0, unit="pixels"),
        ],
        compute=compute,
        frame=frame,
        draw=draw,
        describe=describe,
        size=(8.0, 3.8),
        guess=Slider(
            name="guess",
            label="A plus is a cross that stands upright. Ten plus signs of several sizes are shown to these weights. How many "
            "will they call a cross?",
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
    maps = np.maximum(feature_maps(ink, KERNELS).round(1), 0)
    return maps, maps.max(axis=(1, 2))


def compute(*, drawing: str, inhibition: float, right: float, guess: float | None) -> Result:
    """Run the drawing through four kernels, ReLU, global pooling and two weighted sums."""
    padded = np.pad(ink_of(drawing), ((0, 0), (SIDE, SIDE)))
    begin = SIDE - int(right)
    ink = padded[:, begin : begin + SIDE]
    maps, pooled = _pooled(ink)
    weights = np.array([[1, 1, inhibition, inhibition], [inhibition, inhibition, 1, 1]])
    nought, cross = weights @ _pluses().T
    return {
        "ink": ink,
        "maps": maps,
        "pooled": pooled,
        "weights": weights,
        "scores": weights @ pooled,
        "pluses": int(np.sum(cross > nought)),
    }


def frame(figure: Figure) -> Any:
    """Draw empty squares for the drawing and four maps, and below them the places of the two scores."""
    rows = panels(figure, 5, rows=(1, 1), headlines=2).reshape(2, 5)
    for axes in rows[0]:
        axes.set(xlim=(-0.5, SIDE - 2.5), ylim=(SIDE - 2.5, -0.5), xticks=[], yticks=[], aspect="equal", anchor="N")
        axes.grid(visible=False)
        axes.spines[:].set(visible=True, color=COLOURS["grey"])
    rows[0, 0].set(xlim=(-0.5, SIDE - 0.5), ylim=(SIDE - 0.5, -0.5))
    for axes in rows[1]:
        axes.set(xticks=[], yticks=[])
        axes.set_axis_off()
    return rows


def draw(axes: Any, state: State, result: Result) -> list[Artist]:
    raise NotImplementedError


def describe(state: State, result: Result) -> str:
    """Say how well each kernel matches, what the scores are, and what the drawing is called."""
    names = ", ".join(f"{name} {value:.1f}" for name, value in zip(LINE_KERNELS, result["pooled"], strict=True))
    nought, cross = result["scores"]
    moved = f"Moved {signed(state['right'], 0)} pixels to the right. " if state["right"] else ""
    sentence = f"{moved}Best matches: {names}. Scores: nought {signed(nought)}, cross {signed(cross)}"
    if abs(nought - cross) < 0.05:
        sentence += ", so the network cannot tell."
    else:
        sentence += f", so the network calls it a {NOUGHTS_AND_CROSSES[int(cross > nought)]}."
    if state["guess"] is not None and state["drawing"] == READY["Plus"]:
        sentence += (
            f" Of ten plus signs of several sizes it calls {result['pluses']} a cross; you guessed {state['guess']:.0f}."
        )
    return sentence
