"""Let groups form step by step, with the truth hidden or shown (chapter 03)."""

from functools import partial
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
    key,
    name_lines,
    panels,
)
from course_utils.plots.groups import MOST_GROUPS
from course_utils.widgets.explorer import Explorer, Result, Slider, State, Toggle, steps_controls
from data_generators import HF_PHENOTYPES, make_hf_phenotypes

_PATIENTS = 600
_STARTS = 8
_MOST_STEPS = 30
_NUMBERS = range(2, MOST_GROUPS + 1)
_AGE, _EJECTION_FRACTION = 0, 2


def explore_clusters(seed: int = 0, **start: Any) -> Explorer:
    """Show how k-means groups 600 simulated patients with heart failure by their eight measurements.

    Args:
        seed: which patients.
        start: values to begin with: `scaled` and `labels` (True or False), `groups` (2 to 6), `first` (1 to 8, which
            patients are the first centres) and `steps` (0 to 30).

    Returns:
        An Explorer; its `result` has, after the steps taken, "group" (600,), "centres", a dict from a group's number to
        its eight measurements, unscaled, and "still", whether another step would change nothing; for the best of eight
        starts with 2, 3, 4, 5 and 6 groups, "silhouette" (5,) and "agreement" (5,), the adjusted Rand index with the
        four phenotypes; and "agreement_now", that of the groups shown.
    """
    X, y, truth = make_hf_phenotypes(_PATIENTS, random_state=seed, return_truth=True)
    X = X.astype(float)
    measured = {False: X, True: (X - X.mean(axis=0)) / X.std(axis=0)}
    return Explorer(
        title="Groups of patients with heart failure",
        controls=[
            Toggle(name="scaled", label="Scale the measurements", value=True),
            Toggle(name="labels", label="Show the simulation's own kinds"),
            Slider(name="groups", label="Number of groups", minimum=2, maximum=MOST_GROUPS, step=1, value=2, unit=""),
            Slider(name="first", label="Which start", minimum=1, maximum=_STARTS, step=1, value=1, unit=""),
            *steps_controls(_MOST_STEPS, leap=_MOST_STEPS, leap_label="Go to the end"),
        ],
        compute=partial(compute, measured, y, {scaled: _scores(patients, y) for scaled, patients in measured.items()}),
        frame=frame,
        draw=partial(draw, X, y, truth["ceiling"]),
        describe=partial(describe, truth["ceiling"]),
        size=(8.0, 4.2),
        guess=Slider(
            name="guess",
            label="How many kinds of patients are in here?",
            minimum=1,
            maximum=8,
            step=1,
            value=1,
            unit="",
        ),
        start=start,
    )


def nearest(patients: np.ndarray, centres: np.ndarray) -> np.ndarray:
    """Return for each of the patients (n, features) the number of the nearest of the centres (groups, features)."""
    return np.argmin(np.square(centres).sum(axis=1) - 2 * patients @ centres.T, axis=1)


def walk(patients: np.ndarray, groups: int, first: int, most_steps: int) -> list[np.ndarray]:
    """Return the centres of k-means after each step, (groups, features) each, until nothing moves.

    Args:
        patients: measurements, (n, features).
        groups: how many groups.
        first: which patients are the first centres, a seed.
        most_steps: how many steps at most.
    """
    path = [patients[np.random.default_rng(first).choice(len(patients), groups, replace=False)]]
    while len(path) <= most_steps:
        group = nearest(patients, path[-1])
        centres = np.array(
            [
                patients[group == number].mean(axis=0) if (group == number).any() else path[-1][number]
                for number in range(groups)
            ]
        )
        if np.allclose(centres, path[-1]):
            break
        path.append(centres)
    return path


def tightest(patients: np.ndarray, groups: int, starts: int) -> np.ndarray:
    """Return the centres of the start whose groups are tightest, of as many starts and up to 100 steps each."""
    ends = [walk(patients, groups, first, 100)[-1] for first in range(1, starts + 1)]
    return min(ends, key=lambda centres: np.square(patients - centres[nearest(patients, centres)]).sum())


def _scores(patients: np.ndarray, y: np.ndarray) -> Result:
    """Return how well the best groups of each number do."""
    from sklearn.metrics import adjusted_rand_score, silhouette_score

    best = [nearest(patients, tightest(patients, number, _STARTS)) for number in _NUMBERS]
    return {
        "silhouette": np.array([silhouette_score(patients, group) for group in best]),
        "agreement": np.array([adjusted_rand_score(y, group) for group in best]),
    }


def _like_the_kinds(y: np.ndarray, group: np.ndarray, groups: int) -> np.ndarray:
    """Return a new number for each group, so that it has the colour of the kind that it is most like."""
    shared = (y[:, None] == range(len(HF_PHENOTYPES))).T.astype(float) @ (group[:, None] == range(groups))
    numbers = np.full(groups, -1)
    for _ in range(min(shared.shape)):
        kind, each = np.unravel_index(np.argmax(shared), shared.shape)
        numbers[each] = kind
        shared[kind], shared[:, each] = -1, -1
    spare = np.setdiff1d(np.arange(MOST_GROUPS), numbers)
    numbers[numbers < 0] = spare[: np.count_nonzero(numbers < 0)]
    return numbers


def compute(
    measured: dict[bool, np.ndarray],
    y: np.ndarray,
    scores: dict[bool, Result],
    *,
    scaled: bool,
    labels: bool,
    groups: int,
    first: int,
    steps: int,
    guess: float | None,
) -> Result:
    """Return the groups after the steps taken, and how the best groups of each number do."""
    from sklearn.metrics import adjusted_rand_score

    path = walk(measured[scaled], int(groups), int(first), int(steps) + 1)
    centres = path[min(int(steps), len(path) - 1)]
    group = nearest(measured[scaled], centres)
    numbers = _like_the_kinds(y, group, int(groups))
    if scaled:
        centres = centres * measured[False].std(axis=0) + measured[False].mean(axis=0)
    return {
        **scores[scaled],
        "group": numbers[group],
        "centres": dict(zip(numbers.tolist(), centres, strict=True)),
        "still": len(path) <= steps + 1,
        "agreement_now": adjusted_rand_score(y, group),
    }


def frame(figure: Figure) -> Any:
    """Draw the axes: the patients on the left, the number of groups on the right."""
    left, right = panels(figure, 2, headlines=1, keys=2)
    age_and_ejection_fraction(left)
    right.set(xlim=(1.7, MOST_GROUPS + 0.3), ylim=(0, 1), ylabel="Score", xlabel="Number of groups", xticks=_NUMBERS)
    return left, right


def draw(X: np.ndarray, y: np.ndarray, ceiling: float, axes: Any, state: State, result: Result) -> list[Artist]:
    """Draw the groups or the true kinds on the left, and on the right how well each number of groups does."""
    left, right = axes
    age, ejection_fraction = X[:, _AGE], X[:, _EJECTION_FRACTION]
    if state["labels"]:
        drawn = draw_groups(left, age, ejection_fraction, y, HF_PHENOTYPES)
        drawn.append(key(left, drawn, across=True))
        drawn.append(headline(left, "The simulation's kinds"))
    else:
        places = {number: centre[[_AGE, _EJECTION_FRACTION]] for number, centre in result["centres"].items()}
        drawn = draw_groups(left, age, ejection_fraction, result["group"])
        drawn += draw_centres(left, places)
        drawn.append(
            headline(left, f"{state['groups']:.0f} groups, {'at rest' if result['still'] else 'still moving'}")
        )
    if state["guess"] is None:
        return [*drawn, headline(right, "Scores: when guessed")]
    lines = [("silhouette", "blue", "o-")]
    if state["labels"]:
        lines.append(("agreement", "orange", "s--"))
        drawn.append(right.axhline(ceiling, color=COLOURS["black"], linestyle=":", label=f"ceiling {ceiling:.2f}"))
    for name, colour, dash in lines:
        best = int(np.argmax(result[name]))
        label = f"{name} {result[name][best]:.2f}"
        drawn += right.plot(_NUMBERS, result[name], dash, color=COLOURS[colour], markersize=5, label=label)
        drawn += right.plot(_NUMBERS[best], result[name][best], "*", color=COLOURS[colour], markersize=14)
    return [*drawn, *name_lines(right), headline(right, "Best of eight starts")]


def describe(ceiling: float, state: State, result: Result) -> str:
    """Say how large the groups are, which number of groups the scores favour, and what the truth says once shown."""
    sizes = sorted((int(np.sum(result["group"] == number)) for number in result["centres"]), reverse=True)
    steps = "1 step" if state["steps"] == 1 else f"{state['steps']:.0f} steps"
    sentence = (
        f"After {steps}: {len(sizes)} groups of {_listed(sizes)} patients; "
        f"{'another step changes nothing' if result['still'] else 'they still move'}."
    )
    if state["guess"] is not None:
        sentence += (
            f" The silhouette is highest, {result['silhouette'].max():.2f}, with "
            f"{_NUMBERS[int(np.argmax(result['silhouette']))]} groups."
        )
    if state["labels"]:
        sentence += (
            f" These groups agree with the simulation's four kinds by {result['agreement_now']:.2f}; "
            f"nobody could do better than {ceiling:.2f}."
        )
        if state["guess"] is not None:
            sentence += f" You guessed {_kinds(state['guess'])}."
    return sentence


def _listed(sizes: list[int]) -> str:
    return f"{', '.join(map(str, sizes[:-1]))} and {sizes[-1]}"


def _kinds(number: float) -> str:
    return "1 kind" if number == 1 else f"{number:.0f} kinds"
