"""Write a measurement in another unit, and see the groups change (chapter 03)."""

from functools import partial
from itertools import permutations
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.figure import Figure

from course_utils.plots import (
    COLOURS,
    age_and_ejection_fraction,
    draw_centres,
    draw_groups,
    headline,
    panels,
)
from course_utils.widgets.clusters import nearest, tightest
from course_utils.widgets.explorer import Explorer, Result, Slider, State, Toggle
from data_generators import make_hf_phenotypes

_PATIENTS = 600
_STARTS = 8
_MOST_GROUPS = 4


def explore_units(seed: int = 0, **start: Any) -> Explorer:
    """Show the groups of 600 simulated patients by age and ejection fraction, whose units can be changed.

    Args:
        seed: which patients.
        start: values to begin with: `fraction` (the ejection fraction from 0 to 1 in place of percent), `months` (age
            in months in place of years), `scaled` (True or False each) and `groups` (2 to 4).

    Returns:
        An Explorer; its `result` has "group" (600,), the tightest groups of k-means; "centres" (groups, 2), in years
        and percent; "share" (2,), what part of the squared distances between patients comes from age and from ejection
        fraction; and "moved", how many patients are in another group than with years and percent.
    """
    X, _ = make_hf_phenotypes(_PATIENTS, random_state=seed)
    patients = X[:, [0, 2]].astype(float)
    return Explorer(
        title="Who lies close together?",
        controls=[
            Toggle(name="fraction", label="Write the ejection fraction as 0.24, not as 24%"),
            Toggle(name="months", label="Write the age in months, not in years"),
            Toggle(name="scaled", label="Scale both"),
            Slider(name="groups", label="Number of groups", minimum=2, maximum=_MOST_GROUPS, step=1, value=2, unit=""),
        ],
        compute=partial(compute, patients, {}),
        frame=frame,
        draw=partial(draw, patients),
        describe=describe,
        size=(8.0, 4.2),
        guess=Slider(
            name="guess",
            label=f"Of {_PATIENTS} patients in two groups, how many change sides when the ejection fraction is written "
            "as 0.24 in place of 24%?",
            minimum=0,
            maximum=_PATIENTS // 2,
            step=10,
            value=0,
            unit="patients",
        ),
        start=start,
    )


def compute(
    patients: np.ndarray,
    known: dict[tuple[float, ...], np.ndarray],
    *,
    fraction: bool,
    months: bool,
    scaled: bool,
    groups: int,
    guess: float | None,
) -> Result:
    """Return the groups in these units, and who has moved; `known` remembers groups that were found before."""
    units = 1 / patients.std(axis=0) if scaled else np.array([12.0 if months else 1.0, 0.01 if fraction else 1.0])
    usual = _group(patients, known, np.ones(2), int(groups))
    group = _group(patients, known, units, int(groups))
    # The numbers of groups mean nothing: take those under which fewest patients have moved.
    same, order = max(
        (int(np.sum(np.array(order)[group] == usual)), order) for order in permutations(range(int(groups)))
    )
    group = np.array(order)[group]
    spread = np.var(patients * units, axis=0)
    return {
        "group": group,
        "centres": np.array([patients[group == number].mean(axis=0) for number in range(int(groups))]),
        "share": spread / spread.sum(),
        "moved": len(patients) - same,
    }


def _group(
    patients: np.ndarray, known: dict[tuple[float, ...], np.ndarray], units: np.ndarray, groups: int
) -> np.ndarray:
    key = (*units, groups)
    if key not in known:
        known[key] = nearest(patients * units, tightest(patients * units, groups, _STARTS))
    return known[key]


def frame(figure: Figure) -> Any:
    """Draw the axes: the patients on the left, what makes up their distances on the right."""
    left, right = panels(figure, 2, headlines=1)
    age_and_ejection_fraction(left)
    right.set(xlim=(-0.6, 1.6), ylim=(0, 1.25), ylabel="Share of squared distance")
    right.set_xticks([0, 1], ["Age", "Ejection\nfraction"])
    right.set_yticks([])
    return left, right


def draw(patients: np.ndarray, axes: Any, state: State, result: Result) -> list[Artist]:
    """Draw the patients in their groups, and how much each measurement decides."""
    left, right = axes
    age, _ = _units(state)
    return [
        *draw_groups(left, patients[:, 0], patients[:, 1], result["group"]),
        *draw_centres(left, dict(enumerate(result["centres"]))),
        headline(left, f"{result['moved']} of {_PATIENTS} have moved"),
        *right.bar([0, 1], result["share"], width=0.55, color=COLOURS["blue"]),
        *(
            right.annotate(f"{share:.1%}", (number, share), (0, 3), textcoords="offset pixels", ha="center")
            for number, share in enumerate(result["share"])
        ),
        headline(right, "Both scaled" if state["scaled"] else f"Age: {age}, EF: {'0–1' if state['fraction'] else '%'}"),
    ]


def describe(state: State, result: Result) -> str:
    """Say what decides in these units, and how many patients have moved."""
    age, ejection_fraction = _units(state)
    units = "both scaled" if state["scaled"] else f"age in {age} and the ejection fraction {ejection_fraction}"
    sentence = (
        f"With {units}, age makes up {result['share'][0]:.1%} of the squared distance between patients and the "
        f"ejection fraction {result['share'][1]:.1%}. In {state['groups']:.0f} groups, {result['moved']} of "
        f"{_PATIENTS} patients are elsewhere than with years and percent."
    )
    guessed = state["guess"] is not None and state["groups"] == 2 and state["fraction"]
    if guessed and not (state["months"] or state["scaled"]):
        sentence += f" You guessed {state['guess']:.0f}."
    return sentence


def _units(state: State) -> tuple[str, str]:
    return "months" if state["months"] else "years", "from 0 to 1" if state["fraction"] else "in %"
