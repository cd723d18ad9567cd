"""A network as neurons and synapses, in the manner of the review's figure 2 (chapter 04)."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from course_utils.plots.style import COLOURS, CaptionedFigure, course_style, new_figure, panels, signed

_SILENT = "#D9D9D9"
_WIDEST = 4.5
_BESIDE = 0.065
_SPACING = 0.205


def activities(layers: Sequence[tuple[Any, Any]], inputs: Any) -> list[np.ndarray]:
    """Return what each neuron of a network gives, layer by layer: a forward pass.

    Args:
        layers: for each layer its weights (neurons, neurons before) and its biases (neurons,).
        inputs: what goes in, (inputs,) or for many patients (n, inputs).

    Returns:
        The inputs, each hidden layer after its ReLU, and what comes out, which has none; (n, neurons) for many.
    """
    values = [np.asarray(inputs, dtype=float)]
    for number, (weights, bias) in enumerate(layers, 1):
        sums = values[-1] @ np.asarray(weights).T + np.asarray(bias)
        values.append(np.maximum(0, sums) if number < len(layers) else sums)
    return values


def network_axes(figure: Figure, names: Sequence[str]) -> Any:
    """Make axes for `draw_network`, with the names of the inputs and the legend of the synapses."""
    axes = panels(figure, left=2.1)
    axes.set(xlim=(-0.06, 1.12), ylim=(-0.02, 1.02))
    axes.axis("off")
    handles = [
        Line2D([], [], color=COLOURS["orange"], linewidth=3, label="excitatory synapse: weight above 0"),
        Line2D([], [], color=COLOURS["blue"], linewidth=3, linestyle=(0, (2, 1)), label="inhibitory: weight below 0"),
    ]
    axes.legend(handles=handles, loc="upper center", bbox_to_anchor=(0.4, 0.0), ncols=2, handlelength=2.4)
    for (x, y), name in zip(_places(0, len(names)), names, strict=True):
        axes.text(x - _BESIDE, y + 0.005, name, ha="right", va="bottom", fontsize=11)
    return axes


def draw_network(axes: Any, layers: Sequence[tuple[Any, Any]], inputs: Any, labels: Sequence[str] = ()) -> list[Artist]:
    """Draw a network with what goes through it, and return the artists.

    A synapse is the wider the larger its weight is within its layer. Silent neurons, which give 0, are grey.

    Args:
        axes: axes that `network_axes` made.
        layers: for each layer its weights (neurons, neurons before) and its biases (neurons,).
        inputs: what goes in, (inputs,).
        labels: what to write below the name of each input.
    """
    values = activities(layers, inputs)
    places = [_places(column / len(layers), len(each)) for column, each in enumerate(values)]
    drawn: list[Artist] = []
    for (weights, _), before, after in zip(layers, places[:-1], places[1:], strict=True):
        ends = np.stack(np.broadcast_arrays(before[np.newaxis], after[:, np.newaxis]), axis=2)
        widths = 0.3 + _WIDEST * np.abs(weights) / np.abs(weights).max()
        for chosen, colour, dash in ((weights >= 0, "orange", "solid"), (weights < 0, "blue", (0, (2, 1)))):
            synapses = LineCollection(
                list(ends[chosen]), colors=COLOURS[colour], linewidths=widths[chosen], linestyles=[dash], zorder=1
            )
            drawn.append(axes.add_collection(synapses, autolim=False))
    everywhere, numbers = np.concatenate(places), np.concatenate(values)
    hidden = np.concatenate([np.full(len(each), 0 < column < len(layers)) for column, each in enumerate(values)])
    fill = np.where(hidden & (numbers == 0), _SILENT, "white")
    drawn.append(
        axes.scatter(
            *everywhere.T, s=1350, c=fill, edgecolors=COLOURS["black"], linewidths=1.3, zorder=2, clip_on=False
        )
    )
    for (x, y), number in zip(everywhere, numbers, strict=True):
        drawn.append(axes.text(x, y, signed(number), ha="center", va="center", fontsize=10.5, zorder=3))
    for (x, y), label in zip(places[0], labels, strict=False):
        drawn.append(axes.text(x - _BESIDE, y - 0.005, label, ha="right", va="top", fontsize=11))
    return drawn


def plot_network(
    layers: Sequence[tuple[Any, Any]], inputs: Any, *, names: Sequence[str], caption: str
) -> CaptionedFigure:
    """Show a network with the numbers of one patient in it.

    Args:
        layers: for each layer its weights (neurons, neurons before) and its biases (neurons,).
        inputs: what goes in, (inputs,).
        names: what the inputs are.
        caption: one or two sentences that say what to see.
    """
    layers = [(np.asarray(weights, dtype=float), np.asarray(bias, dtype=float)) for weights, bias in layers]
    figure = new_figure(height=4.2)
    with course_style():
        axes = network_axes(figure, names)
        draw_network(axes, layers, inputs)
    goes_in, *_, comes_out = activities(layers, inputs)
    sizes = [len(bias) for _, bias in layers[:-1]]
    hidden = f"hidden layers of {' and '.join(map(str, sizes))} neurons" if sizes else "no hidden layer"
    alt = (
        f"A network with {hidden}. In go {', '.join(map(_named, names, goes_in))}. "
        f"Out comes {', '.join(map(signed, comes_out))}."
    )
    if not sizes and len(comes_out) == 1:
        alt += f" The weights: {', '.join(map(_named, names, layers[0][0][0]))}."
    return CaptionedFigure(figure, caption, alt)


def _named(name: str, number: float) -> str:
    return f"{name} {signed(number)}"


def _places(x: float, neurons: int) -> np.ndarray:
    """Return the middles of a column of neurons, from the top."""
    return np.stack([np.full(neurons, x), 0.5 + _SPACING * ((neurons - 1) / 2 - np.arange(neurons))], axis=1)
