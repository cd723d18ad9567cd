"""Play clips of echo and of magnetic resonance frame by frame, and follow the left ventricle (chapter 09)."""

from functools import cache
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.figure import Figure

from course_utils.plots import COLOURS, headline, panels
from course_utils.widgets.explorer import Choice, Explorer, Result, Slider, State, film_slider
from data_generators import CAST, record_cmr, record_echo

_FRAMES, _INTERVAL = 16, 120  # frames of a beat; ms that each is shown, so that a kernel far away keeps up
_LV = 1  # in `ECHO_CHAMBERS` and `CMR_VENTRICLES`
_MIDDLE = 6  # slice of the short-axis stack
_LINDQVIST, _PAPADAKIS = CAST[1], CAST[3]
CLIPS = ("healthy, echo", "dilated, echo", "stands still, echo", "healthy, MRI")
"""What can be played: Ms Lindqvist, Mr Papadakis, one frame of Ms Lindqvist as often as it takes, and she again."""


def explore_cine(**start: Any) -> Explorer:
    """Play a clip of one beat: one frame of it, and how large the left ventricle is in all of them.

    Args:
        start: values to begin with: `clip` (one of `CLIPS`) and `frame` (1 to 16).

    Returns:
        An Explorer; its `result` has "picture" (height, width), from 0 to 1, "area" (16,), the area of the left
        ventricle in percent of that of the first frame, and "smallest", the least of the dilated heart's.
    """
    return Explorer(
        title="A clip, frame by frame",
        controls=[
            Choice(name="clip", label="Clip", options=CLIPS, value=CLIPS[0]),
            film_slider("Frame", _FRAMES, plays=_INTERVAL),
        ],
        compute=compute,
        frame=frame,
        draw=draw,
        describe=describe,
        size=(8.0, 3.6),
        guess=Slider(
            name="guess",
            label="In the four-chamber view of a dilated heart, what is the smallest area that its left ventricle "
            "reaches, in percent of the area at end-diastole?",
            minimum=20,
            maximum=100,
            step=5,
            value=60,
            unit="%",
        ),
        start=start,
    )


@cache
def _recorded(clip: str) -> tuple[np.ndarray, np.ndarray]:
    """Return pictures (16, height, width) from 0 to 1, and the area of the left ventricle (16,) in percent."""
    if clip == CLIPS[3]:
        pictures, masks = record_cmr(_LINDQVIST, frames=_FRAMES, size=96, random_state=0)
        pictures, masks = np.clip(pictures[:, _MIDDLE] / pictures.max(), 0, 1), masks[:, _MIDDLE]
    else:
        patient = _PAPADAKIS if clip == CLIPS[1] else _LINDQVIST
        pictures, masks = record_echo(patient, frames=_FRAMES, random_state=0)
    if clip == CLIPS[2]:
        pictures, masks = (np.repeat(each[3:4], _FRAMES, axis=0) for each in (pictures, masks))
    area = (masks == _LV).sum(axis=(1, 2))
    return pictures, 100 * area / area[0]


def compute(*, clip: str, frame: float, guess: float | None) -> Result:
    """Look up the frame, and the areas of all."""
    pictures, area = _recorded(clip)
    return {"picture": pictures[int(frame) - 1], "area": area, "smallest": float(_recorded(CLIPS[1])[1].min())}


def frame(figure: Figure) -> Any:
    """Make room for the picture, and beside it for the area over the beat."""
    left, right = panels(figure, 2, headlines=1)
    left.set_axis_off()
    left.set_aspect("equal", anchor="N")
    right.set(xlim=(0.5, _FRAMES + 0.5), ylim=(0, 110), xlabel="Frame", ylabel="Area of the LV (%)")
    right.set_xticks((1, 4, 8, 12, 16))
    return left, right


def draw(axes: Any, state: State, result: Result) -> list[Artist]:
    """Draw the frame, the curve, and where on it the frame is."""
    left, right = axes
    number, area = int(state["frame"]), result["area"]
    drawn: list[Artist] = [
        left.imshow(result["picture"], cmap="gray", vmin=0, vmax=1),
        headline(left, f"Frame {number} of {_FRAMES}"),
        *right.plot(np.arange(1, _FRAMES + 1), area, "-", color=COLOURS["blue"]),
        *right.plot([number], [area[number - 1]], "o", color=COLOURS["orange"], markersize=10),
        headline(right, "The first frame is 100%"),
    ]
    return drawn


def describe(state: State, result: Result) -> str:
    """Say what is played, how large the left ventricle is, and where it goes from here."""
    number, area = int(state["frame"]), result["area"]
    change = area[number % _FRAMES] - area[number - 1]
    course = "hardly changes" if abs(change) < 1.5 else "is getting smaller" if change < 0 else "is getting larger"
    sentence = (
        f"Simulated clip ({state['clip']}), frame {number} of {_FRAMES}: the left ventricle takes "
        f"{area[number - 1]:.0f}% of its area in the first frame, and {course}."
    )
    if state["guess"] is not None:
        sentence += (
            f" The dilated one's smallest area is {result['smallest']:.0f}% of that at end-diastole; you guessed "
            f"{state['guess']:.0f}%."
        )
    return sentence
