"""Pictures of drawings, of the kernels that pass over them, and of what lines kernels answer to (chapter 07)."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from course_utils.plots.layout import headline, key, panels
from course_utils.plots.style import (
    COLOURS,
    SIGNED_COLOURS,
    SMALL_WIDTH,
    CaptionedFigure,
    course_style,
    new_figure,
    unsigned,
)

_MOST = 6  # pictures side by side


def plot_drawings(pictures: Any, names: Sequence[str], *, caption: str) -> CaptionedFigure:
    """Show up to six pictures side by side, each under its name.

    Args:
        pictures: from 0 for paper to 1 for ink, (n, height, width).
        names: what stands above each picture.
        caption: one or two sentences that say what to see.

    Raises:
        ValueError: if pictures and names do not go together, or for more than six.
    """
    pictures = np.asarray(pictures, dtype=float)
    if len(pictures) != len(names) or not 1 <= len(names) <= _MOST:
        raise ValueError(
            f"There are {len(pictures)} pictures and {len(names)} names; both must be the same, 1 to {_MOST}."
        )
    figure = new_figure(height=1.65)
    with course_style():
        for axes, name, picture in zip(
            np.atleast_1d(panels(figure, len(names), headlines=1)), names, pictures, strict=True
        ):
            _show_pixels(axes, picture, "Greys", 0, 1)
            headline(axes, name)
    size = f"{pictures.shape[1]} by {pictures.shape[2]} pixels"
    return CaptionedFigure(figure, caption, f"Simulated drawings of {size}, from left to right: {', '.join(names)}.")


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
    """Show four 3 × 3 kernels with their numbers, and below each its weights for a nought and for a cross.

    Args:
        kernels: (4, 3, 3).
        weights: (2, 4), for a nought and for a cross.
        caption: one or two sentences that say what to see.

    Raises:
        ValueError: for other shapes.
    """
    kernels, weights = np.asarray(kernels, dtype=float), np.asarray(weights, dtype=float)
    if kernels.shape != (4, 3, 3) or weights.shape != (2, 4):
        raise ValueError(
            f"kernels has the shape {kernels.shape} and weights {weights.shape}; they must be (4, 3, 3) and (2, 4)."
        )
    figure, small = (_draw_kernels(kernels, weights, *size) for size in ((4, 8.0, 2.6), (2, SMALL_WIDTH / 100, 4.6)))
    told = "; ".join(
        f"kernel {number + 1}: {', '.join(unsigned(each) for each in kernel.ravel())}, weight for nought "
        f"{unsigned(nought)}, for cross {unsigned(cross)}"
        for number, (kernel, (nought, cross)) in enumerate(zip(kernels, weights.T, strict=True))
    )
    return CaptionedFigure(figure, caption, f"Kernels row by row; {told}.", small)


def _draw_kernels(kernels: np.ndarray, weights: np.ndarray, columns: int, width: float, height: float) -> Figure:
    most = np.abs(kernels).max()
    figure = new_figure(width, height)
    with course_style():
        axes = np.atleast_1d(panels(figure, columns, rows=(1,) * (len(kernels) // columns)))
        for each, kernel, (nought, cross) in zip(axes, kernels, weights.T, strict=True):
            _show_pixels(each, kernel, SIGNED_COLOURS, -most, most)
            for (row, column), number in np.ndenumerate(kernel):
                each.text(column, row, unsigned(number), ha="center", va="center")
            each.set_xlabel(f"nought {unsigned(nought)}, cross {unsigned(cross)}")
    return figure


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
            each.set(xlim=(0, 180), ylim=(0, 1.05 * most), xticks=(0, 90, 180), xlabel="Line (°)", ylabel="Answer")
            headline(each, name)
            best = [f"{angles[row.argmax()]:.0f}°" for row in rows if row.max() > 0.1 * most]
            alt.append(f"{name}: {len(best)} of {len(rows)} kernels answer, best at {', '.join(best) or 'no angle'}")
        key(axes[0])
    return CaptionedFigure(figure, caption, f"Tuning curves. {'; '.join(alt)}.")
