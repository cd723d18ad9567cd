"""What nbgrader's gradebook holds of one chapter. It is only read, and never made."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from course_utils.classroom.marked import one_line
from course_utils.errors import CourseError


@dataclass(frozen=True)
class GradedCell:
    """A cell that earns points; `by_hand` where a person gives them."""

    points: float
    by_hand: bool


@dataclass(frozen=True)
class Mark:
    """What a student has for a cell: the points, None before it is marked, and whether a person gave or owes them."""

    points: float | None
    by_hand: bool
    waits: bool


def read_gradebook(
    course_folder: Path, chapter: str, db_url: str
) -> tuple[dict[str, GradedCell], dict[str, dict[str, Mark]]]:
    """Return a chapter's graded cells by name, and the marks of each student in them.

    Raises:
        CourseError: if the chapter is not in the gradebook, or the gradebook cannot be read.
    """
    from nbgrader.api import Gradebook, MissingEntry  # here: no learner should wait for it
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import SQLAlchemyError

    release = f"Release it first: course release {chapter}"
    try:
        url = make_url(db_url)
        if url.get_backend_name() == "sqlite" and url.database and not _holds_anything(url.database):
            raise CourseError(f"{chapter} is in no gradebook of {course_folder} yet. {release}")
        with Gradebook(db_url, course_id="") as gradebook:
            return _cells(gradebook, chapter), _marks(gradebook, chapter)
    except MissingEntry:
        raise CourseError(f"{chapter} is not in the gradebook yet. {release}") from None
    except ModuleNotFoundError as error:  # for PostgreSQL, all that is needed comes with the extra
        get = ".venv/bin/pip install -c lock.txt -e '.[cluster]'"
        raise CourseError(f"The gradebook's database needs a driver ({error}). For PostgreSQL: {get}") from None
    except SQLAlchemyError as error:
        cause = one_line(str(error.args[0] if error.args else error))
        advice = "Try again when no grading runs." if db_url.startswith("sqlite") else "See that its server runs."
        raise CourseError(f"The gradebook cannot be read ({cause}). {advice}") from None


def _holds_anything(path: str) -> bool:
    return os.path.exists(path) and os.path.getsize(path) > 0


def _cells(gradebook: Any, chapter: str) -> dict[str, GradedCell]:
    notebook = gradebook.find_notebook(chapter, chapter)
    answers = {cell.name for cell in notebook.solution_cells}
    cells = {cell.name: GradedCell(cell.max_score, cell.name in answers) for cell in notebook.grade_cells}
    return cells | {cell.name: GradedCell(cell.max_score, True) for cell in notebook.task_cells}


def _marks(gradebook: Any, chapter: str) -> dict[str, dict[str, Mark]]:
    """Read all marks with one question: the gradebook's own objects ask again for each student and each cell."""
    from nbgrader.api import BaseCell, Grade, SubmittedAssignment, SubmittedNotebook

    rows = (
        gradebook.db.query(
            SubmittedAssignment.student_id,
            BaseCell.name,
            Grade.auto_score,
            Grade.manual_score,
            Grade.extra_credit,
            Grade.needs_manual_grade,
        )
        .select_from(SubmittedNotebook)
        .join(SubmittedAssignment, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .join(Grade, Grade.notebook_id == SubmittedNotebook.id)
        .join(BaseCell, Grade.cell_id == BaseCell.id)
        .filter(SubmittedNotebook.notebook_id == gradebook.find_notebook(chapter, chapter).id)
    )
    marks: dict[str, dict[str, Mark]] = {}
    for student, cell, automatic, manual, extra, waits in rows:
        points = automatic if manual is None else manual
        points = None if points is None else points + (extra or 0)
        marks.setdefault(student, {})[cell] = Mark(points, manual is not None, bool(waits))
    return marks
