"""Pictures of chapter 01: age, maximum heart rate and straight lines."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from matplotlib.artist import Artist

from course_utils.plots.layout import key, panels
from course_utils.plots.style import COLOURS, LINE_STYLES, CaptionedFigure, course_style, new_figure

Line = Callable[[Any], Any]
"""A recipe for the heart rate (bpm) from the age in tens of years from 50."""


def draw_patients(axes: Any, age: Any, heart_rate: Any) -> None:
    """Draw patients as dots on axes in years and bpm.

    Args:
        axes: the matplotlib axes to draw on.
        age: ages in years, (n,).
        heart_rate: maximum heart rates in bpm, (n,).
    """
    axes.scatter(age, heart_rate, s=16, color=COLOURS["blue"], alpha=0.55, linewidths=0)
    axes.set(xlim=(15, 90), ylim=(90, 230), xlabel="Age (years)", ylabel="Maximum heart rate (bpm)")


def draw_lines(axes: Any, lines: Mapping[str, Line]) -> list[Artist]:
    """Draw up to three lines, by their names for a key, over patients; return what was drawn."""
    ends = np.array([15.0, 90.0])
    drawn: list[Artist] = []
    for (name, line), (colour, dash) in zip(lines.items(), LINE_STYLES, strict=False):
        drawn += axes.plot(ends, line((ends - 50) / 10), dash, color=COLOURS[colour], label=name)
    return drawn


def plot_max_heart_rate(
    age: Any, heart_rate: Any, lines: Mapping[str, Line] | None = None, *, caption: str
) -> CaptionedFigure:
    """Show patients and lines.

    Args:
        age: ages in years, (n,).
        heart_rate: maximum heart rates in bpm, (n,).
        lines: up to three lines by their names in the key.
        caption: one or two sentences that say what to see.

    Raises:
        ValueError: for more than three lines.
    """
    lines = lines or {}
    if len(lines) > len(LINE_STYLES):
        raise ValueError(f"lines has {len(lines)} entries; at most {len(LINE_STYLES)} can be told apart.")
    figure = new_figure()
    with course_style():
        axes = panels(figure)
        draw_patients(axes, age, heart_rate)
        if lines:
            draw_lines(axes, lines)
            key(axes)
    alt = (
        f"Scatter plot of {len(age)} simulated patients aged {np.min(age):.0f} to {np.max(age):.0f} years, with "
        f"maximum heart rates from {np.min(heart_rate):.0f} to {np.max(heart_rate):.0f} bpm."
    )
    for name, line in lines.items():
        alt += f" Line {name}: {line(-3):.0f} bpm at 20 years, {line(3):.0f} bpm at 80."
    return CaptionedFigure(figure, caption, alt)
