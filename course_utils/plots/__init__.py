"""The course's pictures: colours that everyone can tell apart, units on every axis, readable from the back row."""

from course_utils.plots.heart_rate import draw_lines, draw_patients, plot_max_heart_rate, plot_steps
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

__all__ = [
    "COLOURS",
    "CaptionedFigure",
    "course_style",
    "draw_lines",
    "draw_patients",
    "encode",
    "headline",
    "new_figure",
    "panels",
    "plot_max_heart_rate",
    "plot_steps",
    "to_png",
]
