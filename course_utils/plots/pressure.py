"""Arterial pressure in time, as the monitor of a catheter laboratory shows it."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from course_utils.plots.layout import headline, key, panels
from course_utils.plots.style import COLOURS, CaptionedFigure, course_style, new_figure


def plot_pressures(
    recorded: Mapping[str, Any], pressure: Mapping[str, Any] | None = None, *, caption: str, sampling_rate: int = 200
) -> CaptionedFigure:
    """Show recorded pressures in panels of one scale, and, dashed, the pressures in the aorta behind them.

    Args:
        recorded: for each name a trace in mmHg, (samples,); up to three fit side by side.
        pressure: for some of the names, the true pressure.
        caption: one or two sentences that say what to see.
        sampling_rate: Hz.
    """
    true = pressure or {}
    highest = max(np.max(trace) for trace in (*recorded.values(), *true.values()))
    figure = new_figure(width=min(8.0, 3.4 * len(recorded) + 0.6), height=3.6)
    with course_style():
        every = np.atleast_1d(panels(figure, len(recorded), headlines=1))
        for axes, (name, trace) in zip(every, recorded.items(), strict=True):
            axes.plot(
                np.arange(len(trace)) / sampling_rate, trace, color=COLOURS["blue"], linewidth=2, label="recorded"
            )
            if name in true:
                seconds = np.arange(len(true[name])) / sampling_rate
                axes.plot(seconds, true[name], "--", color=COLOURS["orange"], linewidth=1.5, label="in the aorta")
            axes.set(xlabel="Time (seconds)", ylim=(0, 1.15 * highest))
            headline(axes, name)
        every[0].set_ylabel("Pressure (mmHg)")
        if true:
            key(every[list(recorded).index(next(iter(true)))])
    alt = "Pressure against time. " + " ".join(
        f"{name}: recorded {np.max(trace):.0f}/{np.min(trace):.0f} mmHg, mean {np.mean(trace):.0f}"
        + (
            f"; in the aorta {np.max(true[name]):.0f}/{np.min(true[name]):.0f}, mean {np.mean(true[name]):.0f}."
            if name in true
            else "."
        )
        for name, trace in recorded.items()
    )
    return CaptionedFigure(figure, caption, alt, small=len(recorded) < 3)
