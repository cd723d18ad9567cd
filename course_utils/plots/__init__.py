"""The course's pictures: colours that everyone can tell apart, units on every axis, readable from the back row."""

from course_utils.plots.convolution import find_matches, plot_confusion, plot_matches
from course_utils.plots.curves import plot_curves, plot_deaths_by_creatinine, plot_predicted
from course_utils.plots.ecg import plot_ecg, plot_strips
from course_utils.plots.groups import (
    MOST_GROUPS,
    age_and_ejection_fraction,
    draw_centres,
    draw_groups,
    plot_groups,
)
from course_utils.plots.heart_rate import draw_lines, draw_patients, plot_max_heart_rate
from course_utils.plots.layout import arrange, headline, key, name_lines, panels
from course_utils.plots.learning import plot_learning
from course_utils.plots.network import activities, draw_network, network_axes, plot_network
from course_utils.plots.pressure import plot_pressures
from course_utils.plots.pulse import draw_irregularity, irregularity_axes, plot_pulses, plot_wrong_calls
from course_utils.plots.risk import MG_PER_DL, plot_deaths, plot_harm
from course_utils.plots.steps import plot_steps
from course_utils.plots.style import (
    COLOURS,
    PIXELS_PER_INCH,
    CaptionedFigure,
    course_style,
    encode,
    is_narrow,
    new_figure,
    signed,
    to_png,
)
from course_utils.plots.table import CaptionedTable, show_cast

__all__ = [
    "COLOURS",
    "MG_PER_DL",
    "MOST_GROUPS",
    "PIXELS_PER_INCH",
    "CaptionedFigure",
    "CaptionedTable",
    "activities",
    "age_and_ejection_fraction",
    "arrange",
    "course_style",
    "draw_centres",
    "draw_groups",
    "draw_irregularity",
    "draw_lines",
    "draw_network",
    "draw_patients",
    "encode",
    "find_matches",
    "headline",
    "irregularity_axes",
    "is_narrow",
    "key",
    "name_lines",
    "network_axes",
    "new_figure",
    "panels",
    "plot_confusion",
    "plot_curves",
    "plot_deaths",
    "plot_deaths_by_creatinine",
    "plot_ecg",
    "plot_groups",
    "plot_harm",
    "plot_learning",
    "plot_matches",
    "plot_max_heart_rate",
    "plot_network",
    "plot_predicted",
    "plot_pressures",
    "plot_pulses",
    "plot_steps",
    "plot_strips",
    "plot_wrong_calls",
    "show_cast",
    "signed",
    "to_png",
]
