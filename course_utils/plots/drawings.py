"""Pictures of drawings, of the kernels that pass over them, and of what lines kernels answer to (chapter 07)."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from course_utils.plots.layout import headline, key, panels
from course_utils.plots.style import COLOURS, SIGNED_COLOURS, CaptionedFigure, course_style, new_figure

_INCHES = 1.55  # a picture and what stands above it
_NAMED_ANGLES = (0, 45, 90, 135, 180)


def plot_drawings(pictures: Any, names: Sequence[str], *, caption: str) -> CaptionedFigure:
    """Show up to twelve pictures, six in a row, each under its name.

    Args:
        pictures: from 0 for paper to 1 for ink, (n, height, width).
        names: what stands above each picture.
        caption: one or two sentences that say what to see.

    Raises:
        ValueError: if pictures and names do not go together, or for more than twelve.
    """
    pictures = np.asarray(pictures, dtype=float)
    if len(pictures) != len(names) or not 1 <= len(names) <= 12:
        raise ValueError(f"There are {len(pictures)} pictures and {len(names)} names; both must be the same, 1 to 12.")
    columns = min(len(names), 6)
    rows = -(-len(names) // columns)
    figure = new_figure(height=_INCHES * rows + 0.1)
    with course_style():
        axes = np.atleast_1d(panels(figure, columns, rows=(1,) * rows, headlines=1))
        for each, name, picture in zip(axes, names, pictures, strict=False):
            _show_pixels(each, picture, "Greys", 0, 1)
            headline(each, name) if rows == 1 else each.set_title(name)
        for each in axes[len(names) :]:
            each.set_axis_off()
    return CaptionedFigure(figure, caption, f"Simulated drawings: {', '.join(names)}.")


def _show_pixels(axes: Any, picture: np.ndarray, colours: Any, low: float, high: float) -> None:
    height, width = picture.shape
    axes.pcolormesh(np.arange(width), np.arange(height), picture, cmap=colours, vmin=low, vmax=high)
    axes.set(xlim=(-0.5, width - 0.5), ylim=(height - 0.5, -0.5), xticks=[], yticks=[], aspect="equal")
    axes.grid(visible=False)
    axes.spines[:].set(visible=True, color=COLOURS["grey"])


def plot_feature_map(picture: Any, feature_map: Any, *, caption: str) -> CaptionedFigure:
    """Show a picture and beside it the map of a kernel's matches: orange above 0, blue below.

    Args:
        picture: from 0 for paper to 1 for ink, (height, width).
        feature_map: the match at each place, (rows, columns).
        caption: one or two sentences that say what to see.
    """
    picture, feature_map = np.asarray(picture, dtype=float), np.asarray(feature_map, dtype=float)
    most = max(np.abs(feature_map).max(), 1e-9)
    figure = new_figure(width=6.4, height=3.0)
    with course_style():
        left, right = panels(figure, 2, headlines=1)
        _show_pixels(left, picture, "Greys", 0, 1)
        _show_pixels(right, feature_map, SIGNED_COLOURS, -most, most)
        headline(left, "Picture")
        headline(right, "Feature map")
    row, column = np.unravel_index(int(feature_map.argmax()), feature_map.shape)
    alt = (
        f"A simulated drawing of {picture.shape[0]} by {picture.shape[1]} pixels, and its feature map of "
        f"{feature_map.shape[0]} by {feature_map.shape[1]} places. The best match, {feature_map.max():.1f}, is in row "
        f"{row + 1} and column {column + 1}; the worst is {feature_map.min():.1f}.".replace("-", "−")
    )
    return CaptionedFigure(figure, caption, alt)


def plot_kernels(kernels: Any, weights: Any, *, caption: str) -> CaptionedFigure:
    """Show 3 × 3 kernels with their numbers, and above each its weights for a nought and for a cross.

    Args:
        kernels: (4, 3, 3).
        weights: (2, 4), for a nought and for a cross.
        caption: one or two sentences that say what to see.

    Raises:
        ValueError: if kernels and weights do not go together.
    """
    kernels, weights = np.asarray(kernels, dtype=float), np.asarray(weights, dtype=float)
    if kernels.shape[1:] != (3, 3) or weights.shape != (2, len(kernels)):
        raise ValueError(f"kernels has the shape {kernels.shape} and weights {weights.shape}; they do not go together.")
    most = np.abs(kernels).max()
    figure = new_figure(height=2.6)
    with course_style():
        axes = np.atleast_1d(panels(figure, len(kernels), headlines=2))
        for each, kernel, (nought, cross) in zip(axes, kernels, weights.T, strict=True):
            _show_pixels(each, kernel, SIGNED_COLOURS, -most, most)
            for (row, column), number in np.ndenumerate(kernel):
                each.text(column, row, _one_decimal(number), ha="center", va="center")
            headline(each, f"nought {_one_decimal(nought)} cross {_one_decimal(cross)}")
    told = "; ".join(
        f"kernel {number + 1}: {', '.join(_one_decimal(each) for each in kernel.ravel())}, weight for nought "
        f"{_one_decimal(nought)}, for cross {_one_decimal(cross)}"
        for number, (kernel, (nought, cross)) in enumerate(zip(kernels, weights.T, strict=True))
    )
    return CaptionedFigure(figure, caption, f"Kernels row by row; {told}.")


def _one_decimal(number: float) -> str:
    return f"{round(number, 1) + 0:.1f}".replace("-", "−")


def plot_tuning(angles: Any, answers: Mapping[str, Any], *, caption: str) -> CaptionedFigure:
    """Show how strongly the kernels of up to three networks answer to lines at each angle: a tuning curve for each.

    Args:
        angles: of the lines in degrees, in rising order, 0 for a horizontal line and 90 for a vertical one, (n,).
        answers: by the networks' names, what each of their kernels answers to each line, (kernels, n).
        caption: one or two sentences that say what to see.

    Raises:
        ValueError: for more than three networks.
    """
    if not 1 <= len(answers) <= 3:
        raise ValueError(f"answers has {len(answers)} entries; there is room for 1 to 3.")
    angles = np.asarray(angles, dtype=float)
    curves = {name: np.asarray(each, dtype=float) for name, each in answers.items()}
    most = max(each.max() for each in curves.values())
    figure = new_figure(height=3.2)
    alt = []
    with course_style():
        axes = np.atleast_1d(panels(figure, len(curves), headlines=2))
        for each, (name, rows) in zip(axes, curves.items(), strict=True):
            for row in rows:
                each.plot(angles, row, color=COLOURS["blue"], linewidth=1, alpha=0.7)
            each.plot(angles, rows.max(axis=0), color=COLOURS["orange"], label="strongest")
            each.set(xlim=(0, 180), ylim=(0, 1.05 * most), xticks=_NAMED_ANGLES, xlabel="Line (°)", ylabel="Answer")
            headline(each, name)
            best = [f"{angles[row.argmax()]:.0f}°" for row in rows if row.max() > 0.1 * most]
            alt.append(f"{name}: {len(best)} of {len(rows)} kernels answer, best at {', '.join(best) or 'no angle'}")
        key(axes[0])
    return CaptionedFigure(figure, caption, f"Tuning curves. {'; '.join(alt)}.")
