"""Drag a patient's calcium score, and see the error, the category and the treatment change (chapter 10)."""

from dataclasses import dataclass
from functools import cache, partial
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from course_utils.plots import COLOURS, headline, panels
from course_utils.widgets.explorer import Explorer, Result, Slider, State
from data_generators import agatston_score, make_ct_agatston

CALCIUM_CATEGORIES = ("0", "1–99", "100–399", "400+")
"""Of an Agatston score, from its lower edges 0, 1, 100 and 400."""

CALCIUM_TREATMENTS = (
    "no statin for now, unless diabetes, smoking or family history speak for one",
    "a statin is favoured, above all from 55 years",
    "a statin",
    "a statin, as from 100 on",
)
"""Shortened from Grundy and others, Circulation 2019;139:e1082-e1143; 400 is a category of reports, not of theirs."""

_EDGES = (1, 100, 400)
_SHOWN = 100
_ACROSS, _UP = (0, 20, 400), (0, 10, 100, 400)  # numbers on the axes
_MOST = np.log1p(4000)
_CHOSEN = dict(marker="o", color=COLOURS["orange"], markersize=11, markeredgewidth=2.5, fillstyle="none")


@dataclass(frozen=True)
class _Patients:
    """True scores and what was read, both (100,)."""

    true: np.ndarray
    read: np.ndarray


def explore_calcium_category(true: Any = None, read: Any = None, **start: Any) -> Explorer:
    """Show true and read calcium scores of 100 patients, one of whom is dragged up and down.

    Args:
        true: true Agatston scores, (n,), of 100 patients or more; the first 100 are shown. Without it the Agatston rule
            reads simulated scans.
        read: what was read, (n,).
        start: values to begin with: `case` (1 to 100) and `moved` (doublings of the score + 1, from -6 to 6).

    Returns:
        An Explorer; its `result` has "true" and "read" of the case, "category" and "true_category", places in
        `CALCIUM_CATEGORIES`, "changed", how many of the 100 are in another category as they were read, and "points" and
        "logarithms", the share (0 to 1) of the whole squared error that this case makes, of scores and of the logarithm
        of score + 1.

    Raises:
        ValueError: if there are fewer than 100 patients, or not as many readings as true scores.
    """
    if true is None or read is None:
        true, read = _counted()
    true, read = (np.asarray(each, dtype=float) for each in (true, read))
    if true.shape != read.shape or true.ndim != 1 or len(true) < _SHOWN:
        raise ValueError(
            f"The scores have the shapes {true.shape} and {read.shape}; both must be (n,), n at least 100."
        )
    patients = _Patients(true[:_SHOWN], np.maximum(read[:_SHOWN], 0))
    return Explorer(
        title="Error, category and treatment",
        controls=[
            Slider(name="case", label="Patient", minimum=1, maximum=_SHOWN, step=1, value=1, unit=""),
            Slider(
                name="moved",
                label="Move the reading by",
                minimum=-6,
                maximum=6,
                step=0.25,
                value=0,
                unit="doublings",
                decimals=2,
            ),
        ],
        compute=partial(compute, patients),
        frame=partial(frame, patients),
        draw=draw,
        describe=describe,
        size=(8.0, 3.8),
        guess=Slider(
            name="guess",
            label="Of these 100 patients, how many change category because of the reading's error?",
            minimum=0,
            maximum=100,
            step=1,
            value=30,
            unit="of 100",
        ),
        touch=partial(touch, patients),
        start=start,
    )


@cache
def _counted() -> tuple[np.ndarray, np.ndarray]:
    X, score = make_ct_agatston(_SHOWN, random_state=0)
    return score, agatston_score(1000 * X[:, 0])


def compute(patients: _Patients, *, case: float, moved: float, guess: float | None) -> Result:
    """Move one reading, and find its category and its share of the whole squared error."""
    number = int(case) - 1
    read = patients.read.copy()
    own = np.log1p(read[number])
    read[number] = np.expm1(np.clip(own + moved * np.log(2), 0, max(_MOST, own)))
    points = (read - patients.true) ** 2
    logarithms = (np.log1p(read) - np.log1p(patients.true)) ** 2
    return {
        "true": float(patients.true[number]),
        "read": float(read[number]),
        "true_category": int(np.digitize(patients.true[number], _EDGES)),
        "category": int(np.digitize(read[number], _EDGES)),
        "changed": int(np.sum(np.digitize(patients.read, _EDGES) != np.digitize(patients.true, _EDGES))),
        "points": float(points[number] / max(points.sum(), 1e-9)),
        "logarithms": float(logarithms[number] / max(logarithms.sum(), 1e-9)),
    }


def frame(patients: _Patients, figure: Figure) -> Any:
    """Draw all patients as they were read, the edges of the categories, and the axes of the shares."""
    left, right = panels(figure, 2, headlines=2)
    left.plot(
        np.log1p(patients.true), np.log1p(patients.read), "o", color=COLOURS["blue"], markersize=4, alpha=0.7, zorder=2
    )
    left.plot([0, _MOST], [0, _MOST], color=COLOURS["black"], linewidth=1.2)
    for edge in _EDGES:
        left.axhline(np.log1p(edge), color=COLOURS["grey"], linestyle=":", linewidth=1.4)
        left.axvline(np.log1p(edge - 0.5), color=COLOURS["grey"], linestyle=":", linewidth=1.4)  # true ones are whole
    left.set(xlim=(-0.3, _MOST), ylim=(-0.3, _MOST), xlabel="True score", ylabel="Read score")
    left.set_xticks(np.log1p(_ACROSS), [str(each) for each in _ACROSS])
    left.set_yticks(np.log1p(_UP), [str(each) for each in _UP])
    left.grid(visible=False)
    right.set(xlim=(-0.6, 1.6), ylim=(0, 100), ylabel="Share of all squared error (%)")
    right.set_xticks([0, 1], ["scores", "logs"])
    return left, right


def draw(axes: Any, state: State, result: Result) -> list[Artist]:
    """Draw a ring where this patient is read now, a line to where he should be, and his shares of the error."""
    left, right = axes
    place, now = np.log1p(result["true"]), np.log1p(result["read"])
    shares = [100 * result["points"], 100 * result["logarithms"]]
    return [
        *left.plot([place, place], [place, now], color=COLOURS["orange"], linewidth=2),
        *left.plot(place, now, **_CHOSEN),
        *right.bar([0, 1], shares, width=0.6, color=[COLOURS["orange"], COLOURS["blue"]]),
        headline(left, f"True {result['true']:,.0f}, read {_shown(result['read'])}"),
        headline(
            right, f"{CALCIUM_CATEGORIES[result['true_category']]} read as {CALCIUM_CATEGORIES[result['category']]}"
        ),
    ]


def _shown(read: float) -> str:
    return f"{read:.1f}" if read < 10 else f"{read:,.0f}"


def touch(patients: _Patients, state: State, axes: Axes, x: float, y: float) -> State:
    """Move the chosen patient's reading to the height of the touch; the bars on the right cannot be moved."""
    if axes.get_ylabel() != "Read score":
        return {}
    return {"moved": (y - np.log1p(patients.read[int(state["case"]) - 1])) / np.log(2)}


def describe(state: State, result: Result) -> str:
    """Say how this patient is read, what it changes, and how much of the whole error it is."""
    before, after = result["true_category"], result["category"]
    change = (
        f"The category stays {CALCIUM_CATEGORIES[before]}: {CALCIUM_TREATMENTS[before]}."
        if before == after
        else f"The category changes from {CALCIUM_CATEGORIES[before]} ({CALCIUM_TREATMENTS[before]}) to "
        f"{CALCIUM_CATEGORIES[after]} ({CALCIUM_TREATMENTS[after]})."
    )
    error = f"{result['read'] - result['true']:+,.0f}".replace("-", "−")
    by = f" after a move by {state['moved']:+.2f} doublings".replace("-", "−") if state["moved"] else ""
    sentence = (
        f"Patient {state['case']:.0f}: true score {result['true']:,.0f}, read as {_shown(result['read'])}{by}, "
        f"an error of {error}. {change} Of the squared error of all 100 this patient makes {result['points']:.0%} in "
        f"scores, and {result['logarithms']:.0%} in logarithms."
    )
    if state["guess"] is not None:
        sentence += f" As they were read, {result['changed']} of 100 change category; you guessed {state['guess']:.0f}."
    return sentence
