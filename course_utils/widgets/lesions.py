"""Silence channels of a network for echo views, and see which view it no longer recognises (chapter 08)."""

from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.figure import Figure

from course_utils.errors.words import plural
from course_utils.plots import COLOURS, headline, key, panels
from course_utils.plots.pictures import SHORT_VIEWS
from course_utils.widgets._view_network import view_network
from course_utils.widgets.explorer import Choice, Explorer, Result, Slider, State
from data_generators import ECHO_VIEWS

_BLOCKS = 4
_OF_EACH = 20  # pictures of each view
_FIRST = "A4C"
_UNHARMED = dict(marker="D", color=COLOURS["black"], markersize=6, linestyle="None")


@dataclass(frozen=True)
class _Patient:
    """A network, what it is shown, and which channels prefer which view.

    Attributes:
        view: of the pictures that it is shown, places in `ECHO_VIEWS`, (n,).
        maps: by block from 1, its feature maps, tensors (n, channels, height, width).
        rest: by block, what comes after its feature maps.
        order: by block, its channels for each view, those that prefer it first, (views, channels).
    """

    view: np.ndarray
    maps: dict[int, Any]
    rest: dict[int, Any]
    order: dict[int, np.ndarray]


def explore_lesions(network: Any = None, X: Any = None, view: Any = None, **start: Any) -> Explorer:
    """Show how many pictures of each view a network recognises, with part of one block silent.

    The channels that prefer one view, compared with all other views, fall silent first.

    Args:
        network: of `cnn`, with four blocks; without it a small one is trained, in some seconds.
        X: pictures that it has not learned from, (n, 1, side, side); up to 20 of each view are shown to it.
        view: their places in `ECHO_VIEWS`, (n,).
        start: values to begin with: `block` (1 to 4), `prefers` (one of `SHORT_VIEWS`) and `silent` (percent).

    Returns:
        An Explorer; its `result` has "before" and "after", (8,), the share of each view that is called rightly,
        "channels", the silent ones by their numbers from 0, "called", the views that are still called, and "others",
        the share of the other views that is called rightly with a quarter of block 4 silent, those channels that
        prefer the four-chamber view.
    """
    if network is None:
        network, X, view = view_network(0)
    patient = _examine(network, np.asarray(X), np.asarray(view))
    before = _recognised(patient, _called(patient, 1, []))
    quarter = _recognised(patient, _called(patient, 4, _chosen(patient, 4, _FIRST, 25)))
    others = float(np.delete(quarter, SHORT_VIEWS.index(_FIRST)).mean())
    return Explorer(
        title="Lesion lab",
        controls=[
            Slider(name="block", label="Block", minimum=1, maximum=_BLOCKS, step=1, value=4, unit=""),
            Choice(name="prefers", label="First fall silent those that prefer", options=SHORT_VIEWS, value=_FIRST),
            Slider(
                name="silent",
                label="Silent channels",
                minimum=0,
                maximum=100,
                step=12.5,
                value=0,
                unit="%",
                decimals=1,
            ),
        ],
        compute=partial(compute, patient, before, others),
        frame=frame,
        draw=draw,
        describe=describe,
        size=(8.0, 4.2),
        guess=Slider(
            name="guess",
            label="A quarter of the channels of block 4 falls silent: those that prefer the four-chamber view. How "
            "many of 100 pictures of the other views will still be called rightly?",
            minimum=0,
            maximum=100,
            step=5,
            value=50,
            unit="of 100",
        ),
        start=start,
    )


def _examine(network: Any, X: np.ndarray, view: np.ndarray) -> _Patient:
    from torch import nn

    from course_utils.models import feature_maps

    some = np.sort(np.concatenate([np.flatnonzero(view == number)[:_OF_EACH] for number in range(len(ECHO_VIEWS))]))
    X, view = X[some], view[some]
    found = feature_maps(network, X)
    ends = [place + 1 for place, layer in enumerate(network) if isinstance(layer, nn.ReLU)]
    order = {}
    for block, maps in found.items():
        active = maps.mean(dim=(2, 3)).numpy()
        active = active / (active.std(axis=0) + 1e-9)
        prefers = [active[view == number].mean(axis=0) - active[view != number].mean(axis=0) for number in range(8)]
        order[block] = np.argsort(-np.array(prefers), axis=1)
    return _Patient(view, found, {block: network[end:] for block, end in enumerate(ends, 1)}, order)


def _chosen(patient: _Patient, block: int, prefers: str, silent: float) -> list[int]:
    order = patient.order[block][SHORT_VIEWS.index(prefers)]
    return order[: round(silent / 100 * len(order))].tolist()


def _called(patient: _Patient, block: int, channels: list[int]) -> np.ndarray:
    import torch

    maps = patient.maps[block].clone()
    maps[:, channels] = 0
    with torch.no_grad():
        return patient.rest[block](maps).argmax(dim=1).numpy()


def _recognised(patient: _Patient, called: np.ndarray) -> np.ndarray:
    return np.array([np.mean(called[patient.view == number] == number) for number in range(len(ECHO_VIEWS))])


def compute(
    patient: _Patient,
    before: np.ndarray,
    others: float,
    *,
    block: float,
    prefers: str,
    silent: float,
    guess: float | None,
) -> Result:
    """Ask the network with these channels silent."""
    channels = _chosen(patient, int(block), prefers, silent)
    called = _called(patient, int(block), channels)
    return {
        "before": before,
        "after": _recognised(patient, called),
        "channels": channels,
        "called": [ECHO_VIEWS[number] for number in np.unique(called)],
        "others": others,
    }


def frame(figure: Figure) -> Any:
    """Draw a row for each view, and say what the signs mean."""
    axes = panels(figure, headlines=1)
    axes.plot([], [], **_UNHARMED, label="unharmed")
    axes.plot([], [], "s", color=COLOURS["blue"], markersize=8, label="after the lesion")
    axes.plot([], [], "s", color=COLOURS["orange"], markersize=8, label="the view you chose")
    axes.set(xlim=(0, 103), ylim=(7.6, -0.6), xlabel="Called rightly (%)")
    axes.set_yticks(np.arange(len(ECHO_VIEWS)), SHORT_VIEWS)
    axes.grid(visible=False, axis="y")
    key(axes)
    return axes


def draw(axes: Any, state: State, result: Result) -> list[Artist]:
    """Draw a bar for each view, and over it what the unharmed network recognises."""
    rows = np.arange(len(ECHO_VIEWS))
    colours = [COLOURS["orange" if view == state["prefers"] else "blue"] for view in SHORT_VIEWS]
    bars = axes.barh(rows, 100 * result["after"], height=0.6, color=colours, zorder=1)
    count = len(result["channels"])
    silent = f"{plural(count, 'channel')} of block {state['block']:.0f} silent"
    unharmed = axes.plot(100 * result["before"], rows, **_UNHARMED, zorder=2, clip_on=False)
    return [*bars, *unharmed, headline(axes, silent)]


def describe(state: State, result: Result) -> str:
    """Say what is silent, what is left of the chosen view and of the others, and what is called."""
    place = SHORT_VIEWS.index(state["prefers"])
    count = len(result["channels"])

    def told(shares: np.ndarray) -> str:
        return f"{shares[place]:.0%} of {ECHO_VIEWS[place]} and {np.delete(shares, place).mean():.0%} of the others"

    sentence = (
        f"With {plural(count, 'channel')} of block {state['block']:.0f} silent, "
        f"{told(result['after'])} are called rightly; unharmed, {told(result['before'])}."
    )
    if len(result["called"]) == 1:
        sentence += f" Whatever it is shown, it calls {result['called'][0]}."
    if state["guess"] is not None:
        sentence += (
            f" With a quarter of block 4 silent, those that prefer the four-chamber view, {result['others']:.0%} of "
            f"the others are called rightly; you guessed {state['guess']:.0f}."
        )
    return sentence
