"""The class report as a picture: one bar for each exercise."""

import textwrap
from pathlib import Path
from typing import Any

from matplotlib.ticker import MaxNLocator

from course_utils.classroom.marked import VERDICT_SIGNS
from course_utils.classroom.report import WORDS, Report, save_file
from course_utils.plots.style import COLOURS, CaptionedFigure, course_style, new_figure, to_png

_LOOK = {
    "passed": (COLOURS["blue"], "white", "white"),
    "handed in": (COLOURS["green"], "white", "white"),
    "failed": (COLOURS["orange"], "white", "white"),
    "erred": (COLOURS["black"], "white", "white"),
    "not tried": ("#EEEEEE", COLOURS["grey"], "black"),
}
"""For each verdict the colour of its bar, of the bar's edge, and of the number in it."""

_WIDTH = 9.0  # inches, like all lengths below
_LEFT, _RIGHT, _TOP, _BOTTOM = 2.7, 1.1, 0.95, 0.65
_ROW = 0.62
_DIGIT = 0.13


def plot_report(report: Report) -> CaptionedFigure:
    """Show how many students passed each exercise, and what became of the others. It holds no names."""
    rows, students = len(report.exercises), len(report.submissions)
    counts = [report.counts(row) for row in range(rows)]
    kinds = [kind for kind in _LOOK if any(kind in each.verdicts for each in report.exercises)]
    height = _TOP + _BOTTOM + _ROW * rows
    figure = new_figure(_WIDTH, height)
    with course_style():
        figure.subplots_adjust(_LEFT / _WIDTH, _BOTTOM / height, 1 - _RIGHT / _WIDTH, 1 - _TOP / height)
        axes = figure.subplots()
        begins = [0] * rows
        for kind in kinds:
            widths = [each[kind] for each in counts]
            fill, edge, _ = _LOOK[kind]
            label = f"{VERDICT_SIGNS[kind]} {WORDS[kind]}"
            axes.barh(range(rows), widths, 0.7, begins, color=fill, edgecolor=edge, label=label)
            begins = [begin + width for begin, width in zip(begins, widths, strict=True)]
        for row in range(rows):
            _write_numbers(axes, row, {kind: counts[row][kind] for kind in kinds}, students)
        axes.set(xlabel="Number of students", xlim=(0, students), ylim=(rows - 0.5, -0.5), yticks=range(rows))
        axes.set_yticklabels([textwrap.fill(each.title, 30) for each in report.exercises], parse_math=False)
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.grid(axis="y", visible=False)
        axes.spines["left"].set_visible(False)
        axes.tick_params(axis="y", length=0)
        figure.text(0.15 / _WIDTH, 1 - 0.38 / height, _headline(report), fontsize=13, parse_math=False)
        corner = (0.15 / _WIDTH, 1 - 0.5 / height)
        figure.legend(
            loc="upper left", bbox_to_anchor=corner, ncols=len(kinds), borderpad=0, handlelength=1.2, columnspacing=1.6
        )
    return CaptionedFigure(figure, "Each bar is the whole class.", _alt(report, counts))


def _write_numbers(axes: Any, row: int, counts: dict[str, int], students: int) -> None:
    """Write each number into its part of the bar, or beside the bar where the part is too narrow for it."""
    inches = (_WIDTH - _LEFT - _RIGHT) / students
    begin, beside = 0, []
    for kind, count in counts.items():
        if count * inches > _DIGIT * (len(str(count)) + 0.5):
            axes.text(begin + count / 2, row, str(count), ha="center", va="center", color=_LOOK[kind][2])
        elif count:
            beside.append(f"{VERDICT_SIGNS[kind]} {count}")
        begin += count
    axes.annotate("  ".join(beside), (begin, row), (5, 0), textcoords="offset points", va="center", fontsize=11)


def _headline(report: Report) -> str:
    students = len(report.submissions)
    missing = sum(any(each.verdict.kind == "none" for each in one.answers) for one in report.submissions)
    headline = f"{report.title}: {students} {'submission' if students == 1 else 'submissions'}"
    return f"{headline}, {missing} without a mark" if missing else headline


def _alt(report: Report, counts: list[dict[str, int]]) -> str:
    rows = (
        f"{exercise.title}: {', '.join(f'{found[kind]} {WORDS[kind]}' for kind in exercise.verdicts)}."
        for exercise, found in zip(report.exercises, counts, strict=True)
    )
    return " ".join([f"{_headline(report)}.", *rows])


def save_picture(report: Report, path: Path) -> None:
    """Save the picture of a report as a PNG file.

    Raises:
        CourseError: if the file cannot be written.
    """
    save_file(path, to_png(plot_report(report).figure))
