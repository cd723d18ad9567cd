"""Move the limit of a rule for an irregular pulse (chapter 00)."""

from functools import partial
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.figure import Figure

from course_utils.plots import draw_irregularity, headline, irregularity_axes, panels
from course_utils.widgets.explorer import Explorer, Result, Slider, State, Toggle
from data_generators import make_pulses

_PEOPLE = 200
_LIMITS = np.arange(1, 41)


def explore_irregular_pulse(seed: int = 0, **start: Any) -> Explorer:
    """Show how irregular the pulses of simulated people are, and whom a limit calls wrongly.

    Args:
        seed: which people.
        start: values to begin with: `limit` (percent) and `best` (True or False).

    Returns:
        An Explorer; its `result` has "missed" and "false_alarms", numbers of people; "best_limit" (percent) and
        "best_wrong", the number of people that the best limit calls wrongly.
    """
    intervals, y = make_pulses(_PEOPLE, random_state=seed)
    irregularity = 100 * np.mean(np.abs(np.diff(intervals)), axis=1) / np.mean(intervals, axis=1)
    fibrillates = y == 1
    return Explorer(
        title="A rule for an irregular pulse",
        controls=[
            Slider(name="limit", label="Call it irregular above", minimum=1, maximum=40, step=1, value=30, unit="%"),
            Toggle(name="best", label="Show what the best limit reaches"),
        ],
        compute=partial(compute, irregularity, fibrillates),
        frame=frame,
        draw=partial(draw, irregularity, fibrillates),
        describe=describe,
        size=(8.0, 3.4),
        guess=Slider(
            name="guess",
            label=f"With the best limit, how many of {_PEOPLE} people are still called wrongly?",
            minimum=0,
            maximum=60,
            step=1,
            value=0,
            unit="people",
        ),
        start=start,
    )


def compute(
    irregularity: np.ndarray, fibrillates: np.ndarray, *, limit: float, best: bool, guess: float | None
) -> Result:
    """Count whom the limit calls wrongly, and whom the best limit would."""
    called = irregularity > limit
    wrong = [int(np.sum((irregularity > each) != fibrillates)) for each in _LIMITS]
    return {
        "missed": int(np.sum(fibrillates & ~called)),
        "false_alarms": int(np.sum(called & ~fibrillates)),
        "best_limit": int(_LIMITS[np.argmin(wrong)]),
        "best_wrong": min(wrong),
    }


def frame(figure: Figure) -> Any:
    """Draw the axes."""
    axes = panels(figure, headlines=1)
    irregularity_axes(axes)
    return axes


def draw(irregularity: np.ndarray, fibrillates: np.ndarray, axes: Any, state: State, result: Result) -> list[Artist]:
    """Draw the people, the limit and how many are called wrongly."""
    wrong = result["missed"] + result["false_alarms"]
    return [
        *draw_irregularity(axes, irregularity, fibrillates, state["limit"]),
        headline(axes, f"Called wrongly (crosses): {wrong} of {_PEOPLE} people"),
    ]


def describe(state: State, result: Result) -> str:
    """Say how many are missed, and how many called irregular for nothing."""
    sentence = (
        f"Above {state['limit']:.0f}% the pulse is called irregular: {result['missed']} people in atrial fibrillation "
        f"are missed, and {result['false_alarms']} in sinus rhythm get a false alarm."
    )
    if state["best"]:
        sentence += f" The best limit, {result['best_limit']}%, still calls {result['best_wrong']} people wrongly."
        if state["guess"] is not None:
            sentence += f" You guessed {state['guess']:.0f}."
    return sentence
