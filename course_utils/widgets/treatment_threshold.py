"""Choose the risk from which to treat, and see what it costs (chapter 02)."""

from functools import partial
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.figure import Figure

from course_utils.plots import COLOURS, headline, key, panels
from course_utils.plots.style import SHADE
from course_utils.widgets.explorer import Explorer, Result, Slider, State, Toggle
from data_generators import CAST, make_ten_year_mortality, ten_year_mortality_risk

_PEOPLE = 1000
_THRESHOLDS = np.arange(1, 100) / 100
_GUESSED_WEIGHT = 4
_BINS = np.linspace(0, 1, 21)
_CAST_RISKS = {patient.name: float(ten_year_mortality_risk(patient.age, patient.cholesterol)) for patient in CAST}


def explore_treatment_threshold(seed: int = 0, **start: Any) -> Explorer:
    """Show 1,000 simulated people by their risk, whom a threshold treats, and the harm that it does.

    Args:
        seed: which people.
        start: values to begin with: `threshold` (percent), `weight` (how many needless treatments are as bad as one
            missed death) and `best` (True or False).

    Returns:
        An Explorer; its `result` has numbers of people, "treated", "missed" (died untreated) and "needless" (treated,
        and alive after ten years); "harm", needless + weight x missed; "best_threshold" (0 to 1), where the harm is
        smallest; and "cast", the names of those in the cast who are treated.
    """
    _, died, truth = make_ten_year_mortality(_PEOPLE, random_state=seed, return_truth=True)
    return Explorer(
        title="From which risk would you treat?",
        controls=[
            Slider(name="threshold", label="Treat above a risk of", minimum=1, maximum=99, step=1, value=50, unit="%"),
            Slider(
                name="weight",
                label="One missed death is as bad as",
                minimum=1,
                maximum=30,
                step=1,
                value=_GUESSED_WEIGHT,
                unit="needless treatments",
            ),
            Toggle(name="best", label="Show the threshold with the least harm"),
        ],
        compute=partial(compute, truth["risk"], died),
        frame=partial(frame, truth["risk"], died),
        draw=draw,
        describe=describe,
        size=(8.0, 4.2),
        guess=Slider(
            name="guess",
            label=f"If one missed death is as bad as {_GUESSED_WEIGHT} needless treatments, "
            "which threshold does the least harm?",
            minimum=1,
            maximum=99,
            step=1,
            value=50,
            unit="%",
        ),
        touch=lambda state, axes, x, y: {"threshold": x},
        start=start,
    )


def compute(
    risk: np.ndarray, died: np.ndarray, *, threshold: float, weight: float, best: bool, guess: float | None
) -> Result:
    """Count the people on either side of the threshold, and the harm of every other threshold."""
    below = risk[:, None] < _THRESHOLDS
    missed = np.sum(below & (died == 1)[:, None], axis=0)
    needless = np.sum(~below & (died == 0)[:, None], axis=0)
    harm = needless + weight * missed
    here = int(np.argmin(np.abs(_THRESHOLDS - threshold / 100)))
    return {
        "treated": int(np.sum(~below[:, here])),
        "missed": int(missed[here]),
        "needless": int(needless[here]),
        "harm": float(harm[here]),
        "harms": harm,
        "best_threshold": float(_THRESHOLDS[np.argmin(harm)]),
        "cast": [name for name, each in _CAST_RISKS.items() if each >= threshold / 100],
    }


def frame(risk: np.ndarray, died: np.ndarray, figure: Figure) -> Any:
    """Draw the people by their risk on the left, those who died above and the others below."""
    left, right = panels(figure, 2, headlines=1)
    for outcome, colour, sign, word in ((1, "orange", 1, "died"), (0, "blue", -1, "alive")):
        counts, _ = np.histogram(risk[died == outcome], _BINS)
        left.bar(
            100 * _BINS[:-1],
            sign * counts,
            width=100 * (_BINS[1] - _BINS[0]),
            align="edge",
            color=COLOURS[colour],
            edgecolor="white",
            label=word,
        )
    left.axhline(0, color=COLOURS["black"], linewidth=1)
    left.set(xlim=(0, 100), xlabel="Ten-year risk (%)", ylabel="People")
    left.yaxis.set_major_formatter(lambda count, _: f"{abs(count):.0f}")
    key(left)
    right.set(xlim=(0, 100), xlabel="Treat above a risk of (%)", ylabel="Harm (needless treatments)")
    right.set(yscale="log", ylim=(100, 12_000))
    right.set_yticks([100, 300, 1000, 3000, 10_000])
    right.yaxis.set_major_formatter("{x:,.0f}")
    right.minorticks_off()
    return left, right


def draw(axes: Any, state: State, result: Result) -> list[Artist]:
    """Draw the threshold, and the harm of every threshold with this one marked."""
    left, right = axes
    threshold = state["threshold"]
    drawn = [
        left.axvspan(threshold, 100, color=COLOURS["grey"], alpha=SHADE, linewidth=0),
        left.axvline(threshold, color=COLOURS["black"], linewidth=2),
        *right.plot(100 * _THRESHOLDS, result["harms"], color=COLOURS["grey"]),
        *right.plot(threshold, result["harm"], "o", color=COLOURS["black"], markersize=9),
        headline(left, f"{result['treated']} of {_PEOPLE:,} treated"),
        headline(right, f"Harm: {result['harm']:,.0f}"),
    ]
    if state["best"]:
        drawn += right.plot(
            100 * result["best_threshold"], result["harms"].min(), "*", color=COLOURS["orange"], markersize=18
        )
    return drawn


def describe(state: State, result: Result) -> str:
    """Say who is missed, who is treated for nothing, and which of the cast are treated."""
    sentence = (
        f"Of {_PEOPLE:,} people {result['treated']} are treated, {result['needless']} of them needlessly; "
        f"{result['missed']} who die are missed. Together that is as bad as {result['harm']:,.0f} needless treatments. "
        f"Of the six patients, "
        f"{', '.join(result['cast']) if result['cast'] else 'nobody'} would be treated."
    )
    if state["best"]:
        sentence += f" The least harm is done at {100 * result['best_threshold']:.0f}%."
        if state["guess"] is not None:
            sentence += f" For a weight of {_GUESSED_WEIGHT} you guessed {state['guess']:.0f}%."
    return sentence
