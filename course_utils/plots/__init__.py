"""The course's pictures: colours that everyone can tell apart, units on every axis, readable from the back row."""

from course_utils.plots.convolution import find_matches, plot_confusion, plot_matches
from course_utils.plots.ecg import plot_ecg, plot_strips
from course_utils.plots.heart_rate import draw_lines, draw_patients, plot_max_heart_rate
from course_utils.plots.learning import plot_learning
from course_utils.plots.pressure import plot_pressures
from course_utils.plots.pulse import draw_irregularity, irregularity_axes, plot_pulses, plot_wrong_calls
from course_utils.plots.risk import MG_PER_DL, plot_deaths, plot_harm
from course_utils.plots.steps import plot_steps
from course_utils.plots.style import (
    COLOURS,
    CaptionedFigure,
    course_style,
    encode,
    headline,
    new_figure,
    panels,
    to_png,
)
from course_utils.plots.table import CaptionedTable, show_cast

__all__ = [
    "COLOURS",
    "MG_PER_DL",
    "CaptionedFigure",
    "CaptionedTable",
    "course_style",
    "draw_irregularity",
    "draw_lines",
    "draw_patients",
    "encode",
    "find_matches",
    "headline",
    "irregularity_axes",
    "new_figure",
    "panels",
    "plot_confusion",
    "plot_deaths",
    "plot_ecg",
    "plot_harm",
    "plot_learning",
    "plot_matches",
    "plot_max_heart_rate",
    "plot_pressures",
    "plot_pulses",
    "plot_steps",
    "plot_strips",
    "plot_wrong_calls",
    "show_cast",
    "to_png",
]
