"""Pictures of chapters 08 to 10: medical pictures side by side, and over them maps of what a network looks at."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from course_utils.plots.layout import panels
from course_utils.plots.style import (
    COLOURS,
    LETTERS,
    PIXELS_PER_INCH,
    SMALL_WIDTH,
    CaptionedFigure,
    course_style,
    new_figure,
)

SHORT_VIEWS = ("PLAX", "PSAX aortic", "PSAX mid", "PSAX apex", "A4C", "A2C", "A3C", "subcostal")
"""What sonographers call `ECHO_VIEWS`, in their order: parasternal long and short axis, apical, subcostal."""

_SIDE, _NAME = 190, 24  # pixels
_SMALL_COLUMNS = 2


def plot_pictures(
    pictures: Any,
    names: Sequence[str],
    *,
    caption: str,
    maps: Sequence[Any] | None = None,
    columns: int = 4,
    kind: str = "echo",
) -> CaptionedFigure:
    """Show medical pictures side by side, each with its name above it.

    Args:
        pictures: 0 is black and 1 white, (n, height, width).
        names: of the pictures, (n,).
        caption: one or two sentences that say what to see.
        maps: for each picture None, or numbers of 0 and more, (height, width), that are laid over it in orange, the
            more opaque the larger they are.
        columns: pictures in a row.
        kind: what made them, as the alternative text says it.

    Raises:
        ValueError: if pictures, names and maps do not go together.
    """
    pictures = np.asarray(pictures, dtype=float)
    maps = [None] * len(pictures) if maps is None else list(maps)
    if not len(pictures) == len(names) == len(maps):
        raise ValueError(f"There are {len(pictures)} pictures, {len(names)} names and {len(maps)} maps.")
    sizes = [(columns, 8.0)]
    if columns > _SMALL_COLUMNS:  # else a picture in a small window is no larger than a stamp
        sizes.append((_SMALL_COLUMNS, SMALL_WIDTH / PIXELS_PER_INCH))
    figure, *small = (_draw(pictures, names, maps, *size) for size in sizes)
    told = ", ".join(f"{name}{_hottest(heat)}" for name, heat in zip(names, maps, strict=True))
    return CaptionedFigure(figure, caption, f"Simulated {kind} pictures: {told}.", *small)


def _draw(pictures: np.ndarray, names: Sequence[str], maps: Sequence[Any], columns: int, width: float) -> Figure:
    rows = -(-len(pictures) // columns)
    figure = new_figure(width, rows * (_SIDE + _NAME) / PIXELS_PER_INCH)
    with course_style():
        grid = np.atleast_1d(panels(figure, columns, (1,) * rows, headlines=1))
        for axes in grid:
            axes.set_axis_off()
        for axes, picture, name, heat in zip(grid, pictures, names, maps, strict=False):
            axes.imshow(picture, cmap="gray", vmin=0, vmax=1)
            if heat is not None:
                axes.imshow(overlay(heat))
            axes.set_title(name, fontsize=LETTERS, pad=3)
    return figure


def overlay(heat: Any) -> np.ndarray:
    """Return orange that is the more opaque the larger the numbers of a map are, (height, width, 4)."""
    heat = np.clip(np.asarray(heat, dtype=float), 0, None)
    colour = np.array([int(COLOURS["orange"][place : place + 2], 16) / 255 for place in (1, 3, 5)])
    return np.concatenate(
        [np.broadcast_to(colour, (*heat.shape, 3)), 0.9 * heat[..., None] / max(heat.max(), 1e-12)], axis=2
    )


def _hottest(heat: Any) -> str:
    if heat is None or not np.max(heat) > 0:
        return ""
    heat = np.asarray(heat, dtype=float)
    down, right = ((np.indices(heat.shape) * heat).sum(axis=(1, 2)) / heat.sum() / heat.shape * 100).round()
    return f" with a map whose middle is {right:.0f}% from the left and {down:.0f}% from above"
