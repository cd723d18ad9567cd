"""Slide kernels over the frames of a clip: one likes what moves in, another what stays bright (chapter 09)."""

from functools import cache
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.figure import Figure

from course_utils.plots import COLOURS, headline, panels
from course_utils.plots.pictures import overlay
from course_utils.widgets.explorer import Choice, Explorer, Result, Slider, State, film_slider
from data_generators import CAST, record_echo

_FRAMES, _INTERVAL = 16, 250
_SIDE, _BLUR, _STANDING = 64, 5, 3  # pixels of a picture and of a kernel; the frame at which a heart stands still
_PATIENT, _VIEW = CAST[1], "parasternal short axis, papillary muscles"
_LV = 1  # in `ECHO_CHAMBERS`

MOTION_KERNELS = {
    "moves in": ((-1.0, 0.0, 1.0), 0.0),
    "moves out": ((1.0, 0.0, -1.0), 0.0),
    "stays bright": ((1.0, 1.0, 1.0), -1.5),
}
"""By what they like: the weights of the frames before, now and after, the same for all pixels of each; and the bias."""

_HEARTS = ("beats", "stands still")


def explore_motion_kernel(**start: Any) -> Explorer:
    """Slide a kernel of 3 frames by 5 by 5 pixels over a short-axis clip, and see what it answers, frame by frame.

    Args:
        start: values to begin with: `heart` ("beats" or "stands still"), `kernel` (one of `MOTION_KERNELS`) and `frame`
            (1 to 16).

    Returns:
        An Explorer; its `result` has "picture" (64, 64), "answer" (64, 64), what the kernel answers with its middle on
        this frame, 0 and more, "over_time" (16,), the mean answer in and around the left ventricle, with its middle on
        each frame, and "peak", the frame, from 1, in which the kernel for what moves in answers most to the heart that
        beats.
    """
    return Explorer(
        title="A kernel slides over the frames",
        controls=[
            Choice(name="heart", label="The heart", options=_HEARTS, value=_HEARTS[0]),
            Choice(name="kernel", label="The kernel likes what", options=tuple(MOTION_KERNELS), value="moves in"),
            film_slider("Its middle is on frame", _FRAMES, plays=_INTERVAL),
        ],
        compute=compute,
        frame=frame,
        draw=draw,
        describe=describe,
        size=(8.0, 3.4),
        guess=Slider(
            name="guess",
            label="Frame 1 is end-diastole, and 16 frames make a beat. In which frame will the kernel that likes what "
            "moves in answer most?",
            minimum=1,
            maximum=_FRAMES,
            step=1,
            value=8,
            unit=f"of {_FRAMES}",
        ),
        start=start,
    )


@cache
def _recorded(heart: str) -> tuple[np.ndarray, np.ndarray]:
    """Return the clip (16, 64, 64), and where the left ventricle and what lies beside it is, bool (64, 64)."""
    clip, masks = record_echo(_PATIENT, view=_VIEW, frames=_FRAMES, size=_SIDE, random_state=0)
    near = _blurred((masks[:1] == _LV).astype(float))[0] > 0
    return (clip if heart == _HEARTS[0] else np.repeat(clip[_STANDING : _STANDING + 1], _FRAMES, axis=0)), near


def _blurred(clip: np.ndarray) -> np.ndarray:
    """Return the mean of the square of 5 by 5 pixels around each, black beyond the picture."""
    padded = np.pad(clip, ((0, 0), (_BLUR // 2,) * 2, (_BLUR // 2,) * 2))
    return np.lib.stride_tricks.sliding_window_view(padded, (_BLUR, _BLUR), axis=(1, 2)).mean(axis=(3, 4))


@cache
def _answered(heart: str, kernel: str) -> np.ndarray:
    """Return what the kernel answers everywhere, after its ReLU, (16, 64, 64); the beat goes round."""
    (before, now, after), bias = MOTION_KERNELS[kernel]
    means = _blurred(_recorded(heart)[0])
    answer = before * np.roll(means, 1, axis=0) + now * means + after * np.roll(means, -1, axis=0) + bias
    return np.maximum(answer, 0)


def compute(*, heart: str, kernel: str, frame: float, guess: float | None) -> Result:
    """Look up what the kernel answers."""
    clip, near = _recorded(heart)
    answer = _answered(heart, kernel)
    beating = _answered(_HEARTS[0], "moves in")[:, near].mean(axis=1)
    return {
        "picture": clip[int(frame) - 1],
        "answer": answer[int(frame) - 1],
        "over_time": answer[:, near].mean(axis=1),
        "peak": int(beating.argmax()) + 1,
    }


def frame(figure: Figure) -> Any:
    """Make room for the frame, for the answer on it, and for the answer over time."""
    three = panels(figure, 3, headlines=2)
    for axes in three[:2]:
        axes.set_axis_off()
        axes.set_aspect("equal", anchor="N")
    three[2].set(xlim=(0.5, _FRAMES + 0.5), ylim=(0, 0.16), xlabel="Frame", ylabel="Mean answer")
    three[2].set_xticks((1, 6, 11, 16))
    three[2].set_yticks((0, 0.05, 0.1, 0.15))
    return three


def draw(axes: Any, state: State, result: Result) -> list[Artist]:
    """Draw the frame, what the kernel answers there in orange, and its mean answer over the beat."""
    left, middle, right = axes
    number, over_time, picture = int(state["frame"]), result["over_time"], result["picture"]
    heat = overlay(np.minimum(result["answer"], 0.3))
    heat[..., 3] *= min(result["answer"].max() / 0.3, 1)
    return [
        left.imshow(picture, cmap="gray", vmin=0, vmax=1),
        middle.imshow(picture, cmap="gray", vmin=0, vmax=1),
        middle.imshow(heat),
        *right.plot(np.arange(1, _FRAMES + 1), over_time, "-", color=COLOURS["blue"]),
        *right.plot([number], [over_time[number - 1]], "o", color=COLOURS["orange"], markersize=10),
        headline(left, f"Frame {number}"),
        headline(middle, "Answer (orange)"),
        headline(right, "Around the LV"),
    ]


def describe(state: State, result: Result) -> str:
    """Say what the kernel answers now, and when it answers most."""
    number, over_time = int(state["frame"]), result["over_time"]
    (before, now, after), bias = MOTION_KERNELS[state["kernel"]]
    weights = ", ".join(f"{weight:+.0f}".replace("-", "−").replace("+0", "0") for weight in (before, now, after))
    weights += f"; less {-bias:.1f}" if bias else ""
    sentence = (
        f"The heart {state['heart']}. The kernel for what {state['kernel']} (frame before, now, after: {weights}) has "
        f"its middle on frame {number}; around the left ventricle it answers {over_time[number - 1]:.3f}. "
    )
    if over_time.max() < 1e-6:
        sentence += "It answers in no frame."
    elif np.ptp(over_time) < 1e-6:
        sentence += "It answers the same in every frame."
    else:
        sentence += f"Most it answers in frame {over_time.argmax() + 1}: {over_time.max():.3f}."
    if state["guess"] is not None:
        sentence += (
            f" If the heart beats, the kernel for what moves in answers most in frame {result['peak']}; you guessed "
            f"{state['guess']:.0f}."
        )
    return sentence
