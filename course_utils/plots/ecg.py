"""Electrocardiograms on their paper: 25 mm/s, 10 mm/mV, squares that are square."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MultipleLocator

from course_utils.plots.style import COLOURS, CaptionedFigure, course_style, new_figure
from data_generators import LEADS

MM_PER_SECOND = 25
MM_PER_MV = 10

_COLUMNS = (("I", "II", "III"), ("aVR", "aVL", "aVF"), ("V1", "V2", "V3"), ("V4", "V5", "V6"))
_ROW_MM = 26  # from one row's zero line to the next
_MARGIN_MM = 12  # left of the traces, for the calibration pulse
_INCHES_PER_MM = 0.042
_FINE, _COARSE = "#F6D5CF", "#E8A79D"


def plot_ecg(leads: Any, *, caption: str, title: str = "", sampling_rate: int = 500) -> CaptionedFigure:
    """Show a record of twelve leads as an electrocardiograph prints it.

    Three rows of four leads, one after the other in time, and the whole of lead II below.

    Args:
        leads: mV, (12, samples), in the order of `LEADS`.
        caption: one or two sentences that say what to see.
        title: what stands above the record.
        sampling_rate: Hz.

    Raises:
        ValueError: if `leads` has another shape.
    """
    leads = np.asarray(leads)
    if leads.ndim != 2 or len(leads) != len(LEADS):
        raise ValueError(f"leads has the shape {leads.shape}; it must be (12, samples), one record.")
    samples = leads.shape[1]
    width, rows = samples / sampling_rate * MM_PER_SECOND, 4
    with course_style():
        figure, axes = _paper(_MARGIN_MM + width + 3, rows, title)
        column = samples // len(_COLUMNS)
        for number, names in enumerate(_COLUMNS):
            for row, name in enumerate(names):
                part = slice(number * column, (number + 1) * column + 1)
                _trace(axes, leads[LEADS.index(name), part], number * column, row, sampling_rate)
                _name(axes, name, number * column / sampling_rate, row)
                if number:
                    x = _x(number * column / sampling_rate)
                    axes.plot([x, x], [-row * _ROW_MM - 3, -row * _ROW_MM + 3], color=COLOURS["black"], linewidth=0.8)
        _trace(axes, leads[LEADS.index("II")], 0, 3, sampling_rate)
        _name(axes, "II", 0, 3)
        for row in range(rows):
            _calibration(axes, row)
    reach = np.abs(leads).max()
    alt = (
        f"{title or 'An ECG'}: twelve leads on ECG paper, {samples / sampling_rate:g} seconds, simulated. "
        f"The largest deflection is {reach:.1f} mV, in {LEADS[int(np.abs(leads).max(axis=1).argmax())]}."
    )
    return CaptionedFigure(figure, caption, alt)


def plot_strips(strips: Mapping[str, Any], *, caption: str, sampling_rate: int = 500) -> CaptionedFigure:
    """Show strips of one lead on ECG paper, one below the other, each with its name.

    Args:
        strips: for each name a lead in mV, (samples,).
        caption: one or two sentences that say what to see.
        sampling_rate: Hz.
    """
    samples = max(len(strip) for strip in strips.values())
    with course_style():
        figure, axes = _paper(_MARGIN_MM + samples / sampling_rate * MM_PER_SECOND + 3, len(strips), "")
        for row, (name, strip) in enumerate(strips.items()):
            _trace(axes, np.asarray(strip), 0, row, sampling_rate)
            _name(axes, name, 0, row, above=19)
            _calibration(axes, row)
    alt = "Strips of one lead on ECG paper, simulated: " + ", ".join(
        f"{name} (from {np.min(strip):.1f} to {np.max(strip):.1f} mV)" for name, strip in strips.items()
    )
    return CaptionedFigure(figure, caption, f"{alt}.")


def _paper(width: float, rows: int, title: str) -> tuple[Figure, Any]:
    """Return a figure and its axes, in mm, with the zero line of the first row at 0 and of the next ones below."""
    top, bottom = 25, (rows - 1) * _ROW_MM + 20
    head, foot = 0.32 if title else 0.08, 0.28  # inches
    height = (top + bottom) * _INCHES_PER_MM
    figure = new_figure(width * _INCHES_PER_MM, height + head + foot)
    whole = height + head + foot
    axes = figure.add_axes((0, foot / whole, 1, height / whole))
    axes.set(xlim=(0, width), ylim=(-bottom, top), aspect="equal")
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_minor_locator(MultipleLocator(1))
        axis.set_major_locator(MultipleLocator(5))
    axes.grid(which="minor", color=_FINE, linewidth=0.4)
    axes.grid(which="major", color=_COARSE, linewidth=0.7)
    axes.tick_params(which="both", length=0, labelbottom=False, labelleft=False)
    axes.spines[:].set_visible(False)
    axes.set_xlabel(
        f"{MM_PER_SECOND} mm/s, {MM_PER_MV} mm/mV: a small square is 0.04 s wide and 0.1 mV high", fontsize=9
    )
    figure.text(
        1 - 0.1 / figure.get_figwidth(), 0.08 / whole, "Simulated data", ha="right", fontsize=9, color=COLOURS["grey"]
    )
    if title:
        figure.text(0.1 / figure.get_figwidth(), 1 - 0.23 / whole, title, fontsize=12)
    return figure, axes


def _x(seconds: Any) -> Any:
    return _MARGIN_MM + seconds * MM_PER_SECOND


def _trace(axes: Any, lead: np.ndarray, first: int, row: int, sampling_rate: int) -> None:
    seconds = (first + np.arange(len(lead))) / sampling_rate
    axes.plot(_x(seconds), lead * MM_PER_MV - row * _ROW_MM, color=COLOURS["black"], linewidth=0.9)


def _name(axes: Any, name: str, seconds: float, row: int, above: float = 14) -> None:
    axes.text(_x(seconds) + 1.5, above - row * _ROW_MM, name, fontsize=9, weight="bold")


def _calibration(axes: Any, row: int) -> None:
    """Draw a pulse of 1 mV for 0.2 s."""
    zero = -row * _ROW_MM
    axes.plot(
        [2, 3.5, 3.5, 8.5, 8.5, 10],
        np.array([0, 0, 1, 1, 0, 0]) * MM_PER_MV + zero,
        color=COLOURS["black"],
        linewidth=0.9,
    )
