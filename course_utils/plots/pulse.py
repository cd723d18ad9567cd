"""Pictures of chapter 00: pulses, and how irregular they are."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.artist import Artist

from course_utils.plots.layout import panels
from course_utils.plots.style import COLOURS, SHADE, CaptionedFigure, course_style, new_figure

_SECONDS = 12
_HIGHEST = 40
_ROWS = ("sinus\nrhythm", "atrial\nfibrillation")


def plot_pulses(pulses: Mapping[str, Any], *, caption: str) -> CaptionedFigure:
    """Show the beats of some people as strokes in time, one row each.

    Args:
        pulses: for each name the intervals from beat to beat in milliseconds.
        caption: one or two sentences that say what to see.
    """
    figure = new_figure(height=1.5 + 0.55 * len(pulses))
    with course_style():
        axes = panels(figure)
        beats = [np.cumsum(intervals) / 1000 for intervals in pulses.values()]
        axes.eventplot([each[each <= _SECONDS] for each in beats], linelengths=0.6, colors=COLOURS["blue"])
        axes.set(xlim=(0, _SECONDS), ylim=(len(pulses) - 0.5, -0.5), xlabel="Time (seconds)")
        axes.set_yticks(range(len(pulses)), list(pulses))
        axes.grid(axis="y", visible=False)
    alt = "Beats as strokes in time. " + " ".join(
        f"{name}: intervals from {np.min(intervals):.0f} to {np.max(intervals):.0f} ms."
        for name, intervals in pulses.items()
    )
    return CaptionedFigure(figure, caption, alt)


def irregularity_axes(axes: Any) -> None:
    """Give axes the units of `draw_irregularity`."""
    axes.set(xlim=(0, _HIGHEST), ylim=(1.6, -0.6), xlabel="Irregularity (% change from beat to beat)")
    axes.set_yticks((0, 1), _ROWS)
    axes.grid(axis="y", visible=False)


def draw_irregularity(axes: Any, irregularity: Any, fibrillates: Any, limit: float) -> list[Artist]:
    """Draw people as dots on `irregularity_axes`, those whom a limit calls wrongly as crosses; return what was drawn.

    Args:
        axes: the matplotlib axes to draw on.
        irregularity: percent, (n,).
        fibrillates: who is in atrial fibrillation, bool (n,).
        limit: percent, above which a pulse is called irregular.
    """
    shown = np.minimum(irregularity, _HIGHEST - 0.4)
    row = fibrillates + np.random.default_rng(0).uniform(-0.32, 0.32, len(shown))
    wrong = (irregularity > limit) != fibrillates
    return [
        axes.axvspan(limit, _HIGHEST, color=COLOURS["grey"], alpha=SHADE, linewidth=0),
        axes.scatter(shown[~wrong], row[~wrong], s=18, color=COLOURS["blue"], alpha=0.6, linewidths=0),
        axes.scatter(shown[wrong], row[wrong], s=34, marker="x", color=COLOURS["orange"], linewidths=1.8),
        axes.axvline(limit, color=COLOURS["black"], linewidth=2),
    ]


def plot_wrong_calls(limits: Sequence[float], wrong: Sequence[int], *, caption: str) -> CaptionedFigure:
    """Show how many people each limit calls wrongly.

    Args:
        limits: percent.
        wrong: numbers of people.
        caption: one or two sentences that say what to see.
    """
    figure = new_figure()
    best = int(np.argmin(wrong))
    with course_style():
        axes = panels(figure)
        axes.plot(limits, wrong, "o-", color=COLOURS["blue"], markersize=4)
        axes.plot(limits[best], wrong[best], "*", color=COLOURS["orange"], markersize=18)
        axes.set(xlabel="Limit (% change from beat to beat)", ylabel="People called wrongly", ylim=(0, None))
    alt = (
        f"The number of people called wrongly falls from {wrong[0]} at a limit of {limits[0]}% to {wrong[best]} at "
        f"{limits[best]}%, and rises again to {wrong[-1]} at {limits[-1]}%."
    )
    return CaptionedFigure(figure, caption, alt)
