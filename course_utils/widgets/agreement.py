"""Touch a point of a Bland-Altman plot, and see the heart behind it (chapter 10)."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from course_utils.plots import COLOURS, headline, panels
from course_utils.widgets.explorer import Choice, Explorer, Result, Slider, State
from data_generators import make_echo_lv_volumes

_MOST = 150  # points that can be told apart
_GAP = 2  # pixels between the two pictures
_LIMITS = 1.96
_CHOSEN = dict(marker="o", color=COLOURS["orange"], markersize=11, markeredgewidth=2.5, fillstyle="none")


@dataclass(frozen=True)
class _Read:
    """Hearts, and what each reader says of them.

    Attributes:
        pictures: end-diastole beside end-systole, (n, side, 2 side + gap).
        true: the true values in ml, (n,).
        readings: by the reader's name, what it says, (n,).
        ends: of the mean of both and of their difference, over all readers, (2, 2).
    """

    pictures: np.ndarray
    true: np.ndarray
    readings: dict[str, np.ndarray]
    ends: np.ndarray


def explore_agreement(
    X: Any = None, true: Any = None, readings: Mapping[str, Any] | None = None, **start: Any
) -> Explorer:
    """Show how readings of the end-diastolic volume differ from the truth, and the heart behind each point.

    Args:
        X: pictures at end-diastole and end-systole, (n, 2, side, side); the first 150 are shown. Without it a weighted
            sum of a thumbnail reads simulated hearts.
        true: their end-diastolic volumes in ml, (n,).
        readings: by the reader's name, what it says, (n,) in ml.
        start: values to begin with: `reader` (one of the names) and `case` (1 to 150).

    Returns:
        An Explorer; its `result` has "bias", the mean difference, "low" and "high", the limits of agreement; "true",
        "read" and "difference" of the case, all in ml; and "inside", the share of the points between the limits.

    Raises:
        ValueError: if pictures, truth and readings do not go together.
    """
    if X is None or true is None or readings is None:
        X, true, readings = _thumbnail_read()
    hearts = _gather(np.asarray(X), np.asarray(true, dtype=float), readings)
    names = tuple(hearts.readings)
    return Explorer(
        title="Bland and Altman's plot, with the heart behind each point",
        controls=[
            Choice(name="reader", label="Read by", options=names, value=names[0]),
            Slider(name="case", label="Heart", minimum=1, maximum=len(hearts.true), step=1, value=1, unit=""),
        ],
        compute=partial(compute, hearts),
        frame=partial(frame, hearts),
        draw=partial(draw, hearts),
        describe=describe,
        size=(8.0, 3.8),
        guess=Slider(
            name="guess",
            label="By how many ml may the first reader's EDV be off from its average error, in 95 of 100 hearts?",
            minimum=0,
            maximum=100,
            step=5,
            value=20,
            unit="ml",
        ),
        touch=partial(touch, hearts),
        start=start,
    )


@cache
def _thumbnail_read() -> tuple[np.ndarray, np.ndarray, dict[str, np.ndarray]]:
    from sklearn.linear_model import Ridge

    def thumbnail(X: np.ndarray) -> np.ndarray:
        return X.reshape(len(X), 2, 8, 4, 8, 4).mean(axis=(3, 5)).reshape(len(X), -1)

    X, y = make_echo_lv_volumes(500, size=32, random_state=0)
    X_new, y_new = make_echo_lv_volumes(_MOST, size=32, random_state=1)
    read = Ridge(0.1).fit(thumbnail(X), y[:, 0]).predict(thumbnail(X_new))
    return X_new, y_new[:, 0], {"thumbnail": read, "the average for all": np.full(_MOST, y[:, 0].mean())}


def _gather(X: np.ndarray, true: np.ndarray, readings: Mapping[str, Any]) -> _Read:
    said = {name: np.asarray(each, dtype=float) for name, each in readings.items()}
    if not said or any(each.shape != (len(X),) for each in (true, *said.values())):
        raise ValueError(f"There are {len(X)} pairs of pictures; the truth and each reading must be as many numbers.")
    X, true = X[:_MOST], true[:_MOST]
    said = {name: each[:_MOST] for name, each in said.items()}
    pairs = np.concatenate([X[:, 0], np.ones((*X.shape[:1], X.shape[2], _GAP)), X[:, 1]], axis=2)
    both = [np.stack([(true + each) / 2, each - true]) for each in said.values()]
    low, high = np.min(both, axis=(0, 2)), np.max(both, axis=(0, 2))
    return _Read(pairs, true, said, np.stack([low, high], axis=1) + 0.08 * (high - low)[:, None] * [-1, 1])


def compute(hearts: _Read, *, reader: str, case: float, guess: float | None) -> Result:
    """Find the limits of agreement of this reader, and the case's own difference."""
    read = hearts.readings[reader]
    difference = read - hearts.true
    bias, half = float(difference.mean()), float(_LIMITS * difference.std())
    number = int(case) - 1
    return {
        "bias": bias,
        "low": bias - half,
        "high": bias + half,
        "half": half,
        "inside": float(np.mean(np.abs(difference - bias) <= half)),
        "true": float(hearts.true[number]),
        "read": float(read[number]),
        "difference": float(difference[number]),
        "first": float(_LIMITS * np.std(next(iter(hearts.readings.values())) - hearts.true)),
    }


def frame(hearts: _Read, figure: Figure) -> Any:
    """Make room for the plot on the left and the two pictures on the right."""
    left, right = panels(figure, 2, headlines=2)
    left.set(xlim=hearts.ends[0], ylim=hearts.ends[1], xlabel="Mean of truth and reading (ml)")
    left.set_ylabel("Reading − truth (ml)")
    right.set_axis_off()
    height, width = hearts.pictures.shape[1:]
    right.set(xlim=(-0.5, width - 0.5), ylim=(height - 0.5, -0.5))
    right.set_aspect("equal", anchor="N")  # so that a heart keeps its shape
    return left, right


def draw(hearts: _Read, axes: Any, state: State, result: Result) -> list[Artist]:
    """Draw all points, the limits, a ring round the case, and its heart."""
    left, right = axes
    read = hearts.readings[state["reader"]]
    here = (result["true"] + result["read"]) / 2, result["difference"]
    return [
        left.axhline(result["bias"], color=COLOURS["black"], linewidth=1.5),
        *(
            left.axhline(result[side], color=COLOURS["orange"], linestyle="--", linewidth=1.8)
            for side in ("low", "high")
        ),
        *left.plot((hearts.true + read) / 2, read - hearts.true, "o", color=COLOURS["blue"], markersize=4, alpha=0.7),
        *left.plot(*here, **_CHOSEN),
        right.imshow(hearts.pictures[int(state["case"]) - 1], cmap="gray", vmin=0, vmax=1),
        headline(left, f"Limits: {_signed(result['low'])} to {_signed(result['high'])} ml"),
        headline(right, f"EDV: true {result['true']:.0f} ml, read {result['read']:.0f} ml"),
    ]


def touch(hearts: _Read, state: State, axes: Axes, x: float, y: float) -> State:
    """Choose the heart whose point lies nearest on the page; the pictures on the right are not points."""
    if not axes.axison:
        return {}
    read = hearts.readings[state["reader"]]
    points = axes.transData.transform(np.stack([(hearts.true + read) / 2, read - hearts.true], axis=1))
    away = np.hypot(*(points - axes.transData.transform((x, y))).T)
    return {"case": float(np.argmin(away) + 1)}


def describe(state: State, result: Result) -> str:
    """Say where the limits are, and how this heart was read."""
    sentence = (
        f"Read by {state['reader']}: on average {_signed(result['bias'])} ml, limits of agreement from "
        f"{_signed(result['low'])} to {_signed(result['high'])} ml, with {result['inside']:.0%} of the points between "
        f"them. Heart {state['case']:.0f}, at end-diastole and end-systole: truly {result['true']:.0f} ml, read as "
        f"{result['read']:.0f} ml."
    )
    if state["guess"] is not None:
        sentence += (
            f" For the first reader 95 of 100 lie within {result['first']:.0f} ml of its average error; you guessed "
            f"{state['guess']:.0f}."
        )
    return sentence


def _signed(number: float) -> str:
    return f"{number:+.0f}".replace("-", "−")
