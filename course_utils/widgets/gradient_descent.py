"""Walk downhill on the error, one step at a time (chapter 01)."""

from functools import partial
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from course_utils.plots import COLOURS, draw_lines, draw_patients, headline, is_narrow, key, panels
from course_utils.widgets.explorer import Explorer, Result, Slider, State, steps_controls
from data_generators import make_max_heart_rate

_START = np.array([120.0, 3.0])
_MOST_STEPS = 60
_NEAR = 11
_MISSES = (20, 40, 60)
_GUESSED_RATE = 0.05
_LEVELS = np.linspace(95, 205, 56)
_SLOPES = np.linspace(-16, 8, 49)


def explore_gradient_descent(seed: int = 0, **start: Any) -> Explorer:
    """Show the valley of the mean squared error, the path of gradient descent in it, and the line it has reached.

    The line is 120 bpm at age 50 and +3 bpm with each ten years before the first step.

    Args:
        seed: which patients.
        start: values to begin with: `learning_rate` and `steps` (0 to 60).

    Returns:
        An Explorer; its `result` has "path" (steps + 1, 2), the line after each step; "errors" (steps + 1,), bpm
        squared; "gradient" (2,), the slope of the error at the line reached; and "best_error".
    """
    X, heart_rate = make_max_heart_rate(200, random_state=seed)
    age, target = X[:, 0].astype(float), heart_rate.astype(float)
    decades = (age - 50) / 10
    levels, slopes = np.meshgrid(_LEVELS, _SLOPES)
    valley = np.mean((levels[..., None] + slopes[..., None] * decades - target) ** 2, axis=-1)
    return Explorer(
        title="Gradient descent, one step at a time",
        controls=[
            Slider(
                name="learning_rate",
                label="Learning rate",
                minimum=0.01,
                maximum=0.3,
                step=0.01,
                value=_GUESSED_RATE,
                unit="",
                decimals=2,
            ),
            *steps_controls(_MOST_STEPS),
        ],
        compute=partial(compute, decades, target),
        frame=partial(frame, age, heart_rate, valley),
        draw=draw,
        describe=describe,
        size=(8.0, 4.2),
        guess=Slider(
            name="guess",
            label=f"With a learning rate of {_GUESSED_RATE}, after how many steps does the line miss by less than "
            f"{_NEAR} bpm?",
            minimum=1,
            maximum=_MOST_STEPS,
            step=1,
            value=1,
            unit="",
        ),
        start=start,
    )


def compute(
    decades: np.ndarray, heart_rate: np.ndarray, *, learning_rate: float, steps: int, guess: float | None
) -> Result:
    """Return the path of gradient descent from the fixed start."""
    inputs = np.stack([np.ones_like(decades), decades], axis=1)

    def gradient_at(line: np.ndarray) -> np.ndarray:
        return 2 * np.mean((inputs @ line - heart_rate)[:, None] * inputs, axis=0)

    path = [_START]
    for _ in range(int(steps)):
        path.append(path[-1] - learning_rate * gradient_at(path[-1]))
    best, *_ = np.linalg.lstsq(inputs, heart_rate, rcond=None)
    errors = [float(np.mean((inputs @ line - heart_rate) ** 2)) for line in (*path, best)]
    return {
        "path": np.array(path),
        "errors": np.array(errors[:-1]),
        "gradient": gradient_at(path[-1]),
        "best": best,
        "best_error": errors[-1],
    }


def frame(age: np.ndarray, heart_rate: np.ndarray, valley: np.ndarray, figure: Figure) -> Any:
    """Draw the valley on the left, the patients on the right."""
    left, right = panels(figure, 2, headlines=1)
    misses = left.contourf(_LEVELS, _SLOPES, np.sqrt(valley), levels=12, cmap="Greys")
    left.set(
        xlim=(_LEVELS[0], _LEVELS[-1]),
        ylim=(_SLOPES[0], _SLOPES[-1]),
        xlabel="At age 50 (bpm)" if is_narrow(figure) else "Heart rate at age 50 (bpm)",
        ylabel="Per ten years (bpm)" if is_narrow(figure) else "Change with each ten years (bpm)",
    )
    headline(left, "Typical miss (bpm)")
    key(left, [Patch(facecolor=misses.to_rgba(miss), edgecolor=COLOURS["grey"], label=f"{miss}") for miss in _MISSES])
    draw_patients(right, age, heart_rate)
    return left, right


def draw(axes: Any, state: State, result: Result) -> list[Artist]:
    """Draw the path in the valley with the best line as a star, and the line reached among the patients."""
    left, right = axes
    path = result["path"]
    error = _readable(result["errors"][-1])
    return [
        *left.plot(
            path[:, 0], path[:, 1], "o-", color=COLOURS["orange"], markersize=6, markeredgecolor="white", linewidth=1.5
        ),
        *left.plot(*result["best"], "*", color=COLOURS["blue"], markersize=16, markeredgecolor="white"),
        *draw_lines(right, {"your line": lambda decades: path[-1] @ [np.ones_like(decades), decades]}),
        headline(right, f"Error {error} bpm²"),
    ]


def describe(state: State, result: Result) -> str:
    """Say how far the line is off, and what the next step would do."""
    errors, taken = result["errors"], _counted(int(state["steps"]))
    if len(errors) > 1 and errors[-1] > errors[-2] * (1 + 1e-9):  # at the bottom only rounding is left
        return (
            f"After {taken} the mean squared error is {_readable(errors[-1])} bpm², and it grows: each step jumps "
            "across the valley. Choose a smaller learning rate."
        )
    step = -state["learning_rate"] * result["gradient"]
    sentence = (
        f"After {taken} your line misses by {np.sqrt(errors[-1]):.1f} bpm; the best line misses by "
        f"{np.sqrt(result['best_error']):.1f}. The next step changes the heart rate at 50 by {_signed(step[0])} bpm "
        f"and the change with each ten years by {_signed(step[1])} bpm."
    )
    near = np.flatnonzero(errors < _NEAR**2)
    if near.size and state["guess"] is not None:
        sentence += (
            f" With this learning rate it fell below {_NEAR} bpm at step {near[0]}; "
            f"you guessed {state['guess']:.0f} for {_GUESSED_RATE}."
        )
    return sentence


def _counted(steps: int) -> str:
    return "1 step" if steps == 1 else f"{steps} steps"


def _signed(number: float) -> str:
    return f"{number:+.2f}".replace("-", "−") if abs(number) >= 0.005 else "less than 0.01"


def _readable(number: float) -> str:
    return f"{number:,.0f}" if number < 1e6 else "more than a million"
