"""Pictures of chapter 10: how two readings of the same number agree (Bland and Altman)."""

from typing import Any

import numpy as np

from course_utils.plots.layout import key, panels
from course_utils.plots.style import COLOURS, CaptionedFigure, course_style, new_figure


def plot_agreement(
    one: Any, other: Any, *, quantity: str, unit: str, caption: str, half_width: float | None = None
) -> CaptionedFigure:
    """Show the difference of two readings of the same patients against their mean, after Bland and Altman.

    Args:
        one: the first reading, such as the truth, (n,).
        other: the second reading, (n,).
        quantity: what is read.
        unit: its unit; empty where it has none.
        caption: one or two sentences that say what to see.
        half_width: how far the limits of agreement are from the mean difference; without it they are not drawn.

    Raises:
        ValueError: if the two readings are not of the same patients.

    Sources:
        Bland and Altman, Lancet 1986;327:307-310.
    """
    one, other = (np.asarray(each, dtype=float) for each in (one, other))
    if one.shape != other.shape or one.ndim != 1:
        raise ValueError(
            f"The readings have the shapes {one.shape} and {other.shape}; both must be (n,), one a patient."
        )
    difference = other - one
    bias = float(difference.mean())
    figure = new_figure(height=4.2)
    in_unit = f" ({unit})" if unit else ""
    alt = f"Differences of two readings of {quantity} in {len(one)} patients. On average {bias:.2g} {unit}".rstrip()
    with course_style():
        axes = panels(figure, keys=2)
        axes.plot((one + other) / 2, difference, "o", color=COLOURS["blue"], markersize=4, alpha=0.6, label="a patient")
        axes.axhline(bias, color=COLOURS["black"], linewidth=1.5, label="mean difference")
        if half_width is not None:
            for side, label in ((-1, "limits of agreement"), (1, "_")):
                axes.axhline(
                    bias + side * half_width, color=COLOURS["orange"], linestyle="--", linewidth=1.8, label=label
                )
            alt += f"; limits of agreement from {bias - half_width:.3g} to {bias + half_width:.3g}"
        axes.set(xlabel=f"Mean of the two: {quantity}{in_unit}", ylabel=f"Difference{in_unit}")
        key(axes)
    return CaptionedFigure(figure, caption, f"{alt}.")
