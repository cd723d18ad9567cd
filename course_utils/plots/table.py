"""Tables for people: a caption, headed columns, and a plain form for places without a page."""

import html
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from course_utils.plots.risk import MG_PER_DL
from data_generators import CAST


@dataclass(frozen=True)
class CaptionedTable:
    """A table with a caption and headings that a screen reader says.

    As the last line of a cell it shows itself.

    Args:
        caption: one or two sentences that say what the table is.
        columns: the headings.
        rows: for each row its cells; the first one heads the row.
    """

    caption: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        head = "".join(f'<th scope="col" style="text-align:left">{html.escape(each)}</th>' for each in self.columns)
        body = ""
        for first, *others in self.rows:
            cells = "".join(f'<td style="text-align:left">{html.escape(each)}</td>' for each in others)
            body += f'<tr><th scope="row" style="text-align:left">{html.escape(first)}</th>{cells}</tr>'
        caption = f'<caption style="text-align:left">{html.escape(self.caption)}</caption>'
        lines = [self.caption, *("  ".join(row) for row in (self.columns, *self.rows))]
        return {
            "text/plain": "\n".join(lines),
            "text/html": f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>",
        }


def show_cast() -> CaptionedTable:
    """Show the six patients of the course, with what is known on the day they come."""
    columns = ["Patient", "Age", "Why they come", "Blood pressure", "Cholesterol", "Ejection fraction"]
    rows = [
        (
            patient.name,
            f"{patient.age:.0f}",
            patient.complaint,
            f"{patient.systolic_pressure:.0f} mmHg",
            f"{patient.cholesterol:.1f} mmol/L ({patient.cholesterol * MG_PER_DL:.0f} mg/dL)",
            f"{patient.ejection_fraction:.0f}%",
        )
        for patient in CAST
    ]
    return CaptionedTable("Six simulated patients, who come back from chapter to chapter.", columns, rows)
