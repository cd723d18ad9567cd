"""The table of all marks, which `nbgrader export` writes: nbgrader's columns, with no cell that is a formula."""

import csv
from pathlib import Path
from typing import Any

from nbgrader.api import MissingEntry
from nbgrader.plugins import CsvExportPlugin

from course_utils.classroom.marked import as_cell

_COLUMNS = """
    assignment duedate timestamp student_id last_name first_name email raw_score late_submission_penalty score max_score
"""


class CsvExport(CsvExportPlugin):
    """Nbgrader's export, in which names stay text in a spreadsheet, whatever they begin with or hold."""

    def export(self, gradebook: Any) -> None:
        """Write a row for each chapter and student; who has not handed in has 0."""
        path = Path(self.to or "grades.csv")
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(path, "w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, _COLUMNS.split(), restval="", lineterminator="\n")
            writer.writeheader()
            for assignment in gradebook.assignments:
                for student in gradebook.students:
                    if self._wanted(assignment.name, self.assignment) and self._wanted(student.id, self.student):
                        writer.writerow(_row(gradebook, assignment, student))

    def _wanted(self, name: str, names: list[Any]) -> bool:
        return not names or name in map(str, names)


def _row(gradebook: Any, assignment: Any, student: Any) -> dict[str, Any]:
    try:
        submission = gradebook.find_submission(assignment.name, student.id)
    except MissingEntry:
        marks = {"raw_score": 0.0, "late_submission_penalty": 0.0, "score": 0.0}
    else:
        penalty = submission.late_submission_penalty
        marks = {
            "timestamp": submission.timestamp,
            "raw_score": submission.score,
            "late_submission_penalty": penalty,
            "score": max(0.0, submission.score - penalty),
        }
    texts = {
        "assignment": assignment.name,
        "student_id": student.id,
        "last_name": student.last_name,
        "first_name": student.first_name,
        "email": student.email,
    }
    cells = {name: as_cell(text or "") for name, text in texts.items()}
    return {**cells, "duedate": assignment.duedate, "max_score": assignment.max_score, **marks}
