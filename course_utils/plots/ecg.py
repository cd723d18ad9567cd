"""Electrocardiograms on their paper: 25 mm/s, 10 mm/mV, squares that are square."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from course_utils.plots.layout import text_width, wrapped
from course_utils.plots.style import (
    COLOURS,
    HEADLINES,
    LETTERS,
    PIXELS_PER_INCH,
    SMALL_WIDTH,
    CaptionedFigure,
    course_style,
    new_figure,
)
from data_generators import LEADS

MM_PER_SECOND = 25
MM_PER_MV = 10

_COLUMNS = (("I", "II", "III"), ("aVR", "aVL", "aVF"), ("V1", "V2", "V3"), ("V4", "V5", "V6"))
_MARGIN_MM = 12  # left of the traces, for the calibration pulse
_CLEAR_MM = 2  # between a trace and what stands above it
_ROOM, _SMALL_ROOM = (580, 800), (SMALL_WIDTH, SMALL_WIDTH)  # pixels that a sheet is wide at least and at most
_LINE = 20  # pixels of a line of words
_FINE, _COARSE = "#F5CCC5", "#DB8B80"
_RULE = f"{MM_PER_SECOND} mm/s, {MM_PER_MV} mm/mV: a small square is 0.04 s wide and 0.1 mV high"
_MARK = "Simulated data"


@dataclass(frozen=True)
class _Trace:
    name: str
    lead: np.ndarray  # mV
    first: float = 0.0  # second at which it begins
    parted: bool = False  # whether a stroke parts it from the trace before


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
    column = samples // len(_COLUMNS)

    def part(name: str, number: int) -> _Trace:
        begin = number * column
        lead = leads[LEADS.index(name), begin : begin + column + 1]
        return _Trace(name, lead, begin / sampling_rate, parted=number > 0)

    rows = [[part(names[row], number) for number, names in enumerate(_COLUMNS)] for row in range(3)]
    figure = _sheet([*rows, [_Trace("II", leads[LEADS.index("II")])]], sampling_rate, title)
    reach = np.abs(leads).max()
    alt = (
        f"{title or 'An ECG'}: twelve leads on ECG paper, {samples / sampling_rate:g} seconds, simulated. "
        f"The largest deflection is {reach:.1f} mV, in {LEADS[int(np.abs(leads).max(axis=1).argmax())]}."
    )
    return CaptionedFigure(figure, caption, alt)


def plot_strips(strips: Mapping[str, Any], *, caption: str, sampling_rate: int = 500) -> CaptionedFigure:
    """Show strips of one lead on ECG paper, one below the other, each with its name.

    In a small window each strip goes on in the line below.

    Args:
        strips: for each name a lead in mV, (samples,).
        caption: one or two sentences that say what to see.
        sampling_rate: Hz.
    """
    traces = [_Trace(name, np.asarray(strip)) for name, strip in strips.items()]
    figure = _sheet([[trace] for trace in traces], sampling_rate)
    small = _sheet(
        [[part] for trace in traces for part in _parts(trace, sampling_rate)], sampling_rate, room=_SMALL_ROOM
    )
    alt = "Strips of one lead on ECG paper, simulated: " + ", ".join(
        f"{name} (from {np.min(strip):.1f} to {np.max(strip):.1f} mV)" for name, strip in strips.items()
    )
    return CaptionedFigure(figure, caption, f"{alt}.", small)


def _parts(trace: _Trace, sampling_rate: int) -> list[_Trace]:
    """Cut a trace into parts of five seconds, which fit into a small window; the first one has the name."""
    length = 5 * sampling_rate
    return [
        _Trace("" if begin else trace.name, trace.lead[begin : begin + length])
        for begin in range(0, max(1, len(trace.lead) - 1), length)
    ]


def _sheet(rows: list[list[_Trace]], sampling_rate: int, title: str = "", room: tuple[int, int] = _ROOM) -> Figure:
    """Draw rows of traces on paper, as far from each other as they are high, and return the figure.

    A millimetre has a whole number of pixels: else some squares were wider than others.
    """
    seconds = max(trace.first + len(trace.lead) / sampling_rate for row in rows for trace in row)
    width = _MARGIN_MM + seconds * MM_PER_SECOND + 3
    scale = 4 if 4 * width <= room[1] else 3
    width = max(int(np.ceil(width)), room[0] // scale)
    letters = np.ceil(_LINE / scale)
    names = [[_name_height(trace, sampling_rate, scale) for trace in row] for row in rows]
    above = [
        max(MM_PER_MV + _CLEAR_MM, *(MM_PER_MV * trace.lead.max() + _CLEAR_MM for trace in row), max(heights) + letters)
        for row, heights in zip(rows, names, strict=True)
    ]
    below = [_CLEAR_MM - MM_PER_MV * min(0, *(trace.lead.min() for trace in row)) for row in rows]
    zeros = [0.0]
    for under, over in zip(below[:-1], above[1:], strict=True):
        zeros.append(zeros[-1] - 5 * np.ceil((under + over) / 5))
    top, bottom = 5 * np.ceil(above[0] / 5), zeros[-1] - 5 * np.ceil(below[-1] / 5)

    words = wrapped(_RULE, scale * width - 8)
    beside = text_width(_RULE, LETTERS) + text_width(_MARK, LETTERS) + 32 < scale * width
    foot = _LINE * (words.count("\n") + 1 + (not beside)) + 6
    head = _LINE + 6 if title else 0
    size = np.array([scale * width, scale * (top - bottom) + head + foot])
    with course_style():
        figure = new_figure(*size / PIXELS_PER_INCH)
        axes = figure.add_axes((0, foot / size[1], 1, 1 - (foot + head) / size[1]))
        axes.set(xlim=(0, width), ylim=(bottom, top))
        for every, colour in ((1, _FINE), (5, _COARSE)):  # a grid of 400 ticks would take ten times as long
            across, up = np.arange(0, width + 1, every), np.arange(bottom, top + 1, every)
            axes.vlines(across, bottom, top, colour, linewidth=0.72, snap=True, gid="paper")
            axes.hlines(up, 0, width, colour, linewidth=0.72, snap=True, gid="paper")
        axes.set(xticks=[], yticks=[])
        axes.spines[:].set_visible(False)
        axes.set_xlabel(words, ha="left", va="top")
        axes.xaxis.set_label_coords(4 / size[0], (foot - 3) / size[1], transform=figure.transFigure)
        place = {"y": (foot - 3) / size[1], "va": "top"} if beside else {"y": 4 / size[1], "va": "bottom"}
        figure.text(1 - 4 / size[0], s=_MARK, ha="right", color=COLOURS["grey"], **place)
        if title:
            figure.text(4 / size[0], 1 - 4 / size[1], title, va="top", fontsize=HEADLINES)
        for row, heights, zero in zip(rows, names, zeros, strict=True):
            axes.plot(
                [2, 3.5, 3.5, 8.5, 8.5, 10],
                zero + MM_PER_MV * np.array([0, 0, 1, 1, 0, 0]),
                color=COLOURS["black"],
                linewidth=0.9,
            )
            for trace, height in zip(row, heights, strict=True):
                begin = _MARGIN_MM + trace.first * MM_PER_SECOND
                mm = begin + np.arange(len(trace.lead)) / sampling_rate * MM_PER_SECOND
                axes.plot(mm, zero + MM_PER_MV * trace.lead, color=COLOURS["black"], linewidth=0.9)
                axes.text(begin + 1.5, zero + height, trace.name, weight="bold")
                if trace.parted:
                    axes.plot([begin, begin], [zero - 3, zero + 3], color=COLOURS["black"], linewidth=0.8)
    return figure


def _name_height(trace: _Trace, sampling_rate: int, scale: int) -> float:
    """Return how many mm above the zero line a name stands free of its own trace, and of the calibration pulse."""
    reach = 1.5 + 1.2 * text_width(trace.name, LETTERS) / scale + _CLEAR_MM  # bold letters are wider
    under = trace.lead[: max(1, round(reach / MM_PER_SECOND * sampling_rate))]
    return max(5.0, MM_PER_MV * float(under.max()) + _CLEAR_MM)
