"""Fit a line by hand to simulated exercise tests (chapter 01)."""

from functools import partial
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.figure import Figure

from course_utils.plots import COLOURS, draw_lines, draw_patients, headline, key, panels, signed
from course_utils.widgets.explorer import Explorer, Result, Slider, State, Toggle
from data_generators import make_max_heart_rate


def explore_max_heart_rate(seed: int = 0, **start: Any) -> Explorer:
    """Show simulated patients, a line to move by hand, and by how much it typically misses them.

    Args:
        seed: which patients.
        start: values to begin with: `at_50` (bpm), `per_decade` (bpm for each ten years), `best` (True or False).

    Returns:
        An Explorer; its `result` has "miss" and "best_miss", the root mean squared errors (bpm) of the learner's line
        and of the best one, and "best_line", its bpm at 50 and bpm with each ten years.
    """
    X, heart_rate = make_max_heart_rate(200, random_state=seed)
    age = X[:, 0].astype(float)
    return Explorer(
        title="Fit a line by hand: maximum heart rate against age",
        controls=[
            Slider(name="at_50", label="Heart rate at age 50", minimum=130, maximum=210, step=1, value=150, unit="bpm"),
            Slider(
                name="per_decade",
                label="Change with each ten years",
                minimum=-15,
                maximum=5,
                step=0.5,
                value=0,
                unit="bpm",
                decimals=1,
            ),
            Toggle(name="best", label="Show the best line"),
        ],
        compute=partial(compute, age, heart_rate.astype(float)),
        frame=partial(frame, age, heart_rate),
        draw=partial(draw, age, heart_rate),
        describe=describe,
        size=(8.0, 4.2),
        guess=Slider(
            name="guess",
            label="By how many beats a minute does the maximum heart rate fall with each ten years of age?",
            minimum=0,
            maximum=15,
            step=0.5,
            value=0,
            unit="bpm",
            decimals=1,
        ),
        start=start,
    )


def compute(
    age: np.ndarray, heart_rate: np.ndarray, *, at_50: float, per_decade: float, best: bool, guess: float | None
) -> Result:
    """Return the misses of the learner's line and of the best one."""
    decades = (age - 50) / 10
    best_per_decade, best_at_50 = np.polyfit(decades, heart_rate, 1)

    def typical_miss(level: float, slope: float) -> float:
        return float(np.sqrt(np.mean((level + slope * decades - heart_rate) ** 2)))

    return {
        "miss": typical_miss(at_50, per_decade),
        "best_line": (float(best_at_50), float(best_per_decade)),
        "best_miss": typical_miss(best_at_50, best_per_decade),
    }


def frame(age: np.ndarray, heart_rate: np.ndarray, figure: Figure) -> Any:
    """Draw the patients."""
    axes = panels(figure, headlines=1, keys=1)
    draw_patients(axes, age, heart_rate)
    return axes


def draw(age: np.ndarray, heart_rate: np.ndarray, axes: Any, state: State, result: Result) -> list[Artist]:
    """Draw the learner's line with its misses, and the best line where asked."""

    def line(at_50: float, per_decade: float, decades: Any) -> Any:
        return at_50 + per_decade * decades

    lines = {"your line": partial(line, state["at_50"], state["per_decade"])}
    if state["best"]:
        lines["best line"] = partial(line, *result["best_line"])
    reached = lines["your line"]((age - 50) / 10)
    drawn = draw_lines(axes, lines)
    return [
        axes.vlines(age, heart_rate, reached, color=COLOURS["grey"], alpha=0.35, linewidth=1),
        *drawn,
        key(axes, drawn),
        headline(axes, f"Typical miss of your line: {result['miss']:.1f} bpm"),
    ]


def describe(state: State, result: Result) -> str:
    """Say how far the line is from the patients, in the formula's own words, beside the guess."""
    at_50, per_decade = state["at_50"], state["per_decade"]
    sentence = (
        f"Your line typically misses by {result['miss']:.1f} bpm. Written like 220 − age, it is "
        f"{at_50 - 5 * per_decade:.0f} {'−' if per_decade <= 0 else '+'} {abs(per_decade) / 10:.2f} × age."
    )
    if state["best"]:
        level, slope = result["best_line"]
        sentence += (
            f" The best line has {level:.1f} bpm at age 50 and changes by {signed(slope)} bpm with each ten years; "
            f"it typically misses by {result['best_miss']:.1f} bpm."
        )
        if state["guess"] is not None:
            sentence += f" You guessed a fall of {state['guess']:.1f} bpm."
    return sentence
