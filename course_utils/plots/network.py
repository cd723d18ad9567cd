"""A network as neurons and synapses, in the manner of the review's figure 2 (chapter 04)."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.path import Path
from matplotlib.transforms import Affine2D

from course_utils.plots.layout import arrange, key, panels, text_width
from course_utils.plots.style import (
    COLOURS,
    LETTERS,
    PIXELS_PER_INCH,
    CaptionedFigure,
    course_style,
    is_narrow,
    new_figure,
    signed,
)

_SILENT = "#BFBFBF"
_WIDEST = 4.5
_WIDE = 50  # pixels, of a neuron with a number in it
_FURTHEST = 66  # pixels from one neuron to the next
_END = 1.06  # of the way to the last neurons, where the axes end
_BESIDE = 34  # pixels from a neuron's middle to its name
_TWO_LINES = 42  # pixels from neuron to neuron, from which on a second line fits below each name


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


def network_axes(figure: Figure, names: Sequence[str], *, most: int = 0, label: str = "", headlines: int = 0) -> Any:
    """Make axes for `draw_network`, with the names of the inputs and a key of the synapses.

    Args:
        figure: an empty figure.
        names: what the inputs are.
        most: how many neurons the largest layer has, if there are more than inputs.
        label: the longest that will stand below the name of an input.
        headlines: how many lines of a headline there must be room for.
    """
    longest = max(text_width(each, LETTERS) for each in (*names, label))
    axes = panels(figure, headlines=headlines, keys=1, numbers=[(longest + _BESIDE) / PIXELS_PER_INCH])
    words = ("", "") if is_narrow(figure) else (" synapse: weight", ": weight")
    handles = [
        Line2D([], [], color=COLOURS["orange"], linewidth=3, label=f"excitatory{words[0]} above 0"),
        Line2D(
            [], [], color=COLOURS["blue"], linewidth=3, linestyle=(0, (2, 1)), label=f"inhibitory{words[1]} below 0"
        ),
    ]
    key(axes, handles)
    axes.axis("off")
    arrange(figure)
    apart = min(axes.bbox.height / max(most, len(names)), _FURTHEST)
    half = axes.bbox.height / apart / 2
    axes.set(xlim=(0, _END), ylim=(-half, half))
    place, low = (2, "bottom") if label and apart >= _TWO_LINES else (0, "center")
    for at, name in zip(_places(0, len(names)), names, strict=True):
        axes.annotate(name, at, (-_BESIDE, place), textcoords="offset pixels", ha="right", va=low)
    return axes


def draw_network(axes: Any, layers: Sequence[tuple[Any, Any]], inputs: Any, labels: Sequence[str] = ()) -> list[Artist]:
    """Draw a network with what goes through it, and return the artists.

    A synapse is the wider the larger its weight is within its layer. Silent neurons, which give 0, are grey.

    Args:
        axes: axes that `network_axes` made.
        layers: for each layer its weights (neurons, neurons before) and its biases (neurons,).
        inputs: what goes in, (inputs,).
        labels: what to write below the name of each input, where there is room.
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
    apart = axes.bbox.height / np.ptp(axes.get_ylim())
    drawn.append(
        axes.scatter(
            *everywhere.T,
            s=(_WIDE * 72 / PIXELS_PER_INCH) ** 2,
            marker=_neuron(min(_WIDE, apart - 5)),
            c=fill,
            edgecolors=COLOURS["black"],
            linewidths=1.3,
            zorder=2,
            clip_on=False,
        )
    )
    for (x, y), number in zip(everywhere, numbers, strict=True):
        drawn.append(axes.text(x, y, signed(number), ha="center", va="center_baseline", zorder=3))
    if apart >= _TWO_LINES:
        drawn += [
            axes.annotate(label, at, (-_BESIDE, -1), textcoords="offset pixels", ha="right", va="top")
            for at, label in zip(places[0], labels, strict=False)
        ]
    return drawn


def _neuron(height: float) -> Path:
    """Return the outline of a neuron: a circle, or flatter where there is less room."""
    return Path.unit_circle().transformed(Affine2D().scale(_WIDE / 2, height / 2))


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
        axes = network_axes(figure, names, most=max(len(bias) for _, bias in layers))
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
    return np.stack([np.full(neurons, x), (neurons - 1) / 2 - np.arange(neurons)], axis=1)
