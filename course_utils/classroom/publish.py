"""Release a chapter, also again: nothing is taken away before the new release stands, and no mark is lost."""

import contextlib
import csv
import io
import os
import shutil
import sys
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
from nbgrader.api import (
    Comment,
    Grade,
    Gradebook,
    GradeCell,
    SolutionCell,
    SourceCell,
    TaskCell,
)
from nbgrader.preprocessors import SaveCells
from nbgrader.utils import is_grade, is_locked, is_solution, is_task, temp_attrs

from course_utils.classroom.course import Classroom, cause_of
from course_utils.classroom.gradebook import read_gradebook
from course_utils.classroom.journal import FOLDER, Journal
from course_utils.classroom.marked import as_cell, one_line
from course_utils.classroom.releases import RememberRelease, remember
from course_utils.errors import CourseError
from course_utils.files import write_whole

_MARKED = (GradeCell, TaskCell)
_COMMENTED = (SolutionCell, TaskCell)  # nbgrader's other kinds have no such parts
_COLUMNS = ("student", "cell", "automatic", "by hand", "extra", "of", "comment")


def publish(folder: Path, chapter: str, *, remove: bool = False) -> list[str]:
    """Release a chapter, for the first time or again.

    Nbgrader's own command cannot do this once somebody has handed in: it deletes the release first, and then refuses to
    add or remove exercises.

    Args:
        folder: the folder of the nbgrader course.
        chapter: the chapter's name or the beginning of it, such as "02".
        remove: whether marks of exercises that are gone may leave the gradebook; a table keeps them.

    Returns:
        What to tell the instructor.

    Raises:
        CourseError: if the chapter cannot be released as it is; the message says why. The old release stays then.
    """
    classroom = Classroom(folder, chapter)
    with Journal(folder, classroom.chapter).alone(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # SQLAlchemy has much to say of nbgrader's ways
        wanted = _cells_of(_converted(classroom))
        present = classroom.path("release", ".")
        with contextlib.suppress(OSError, ValueError):  # there is none, or something else
            remember(folder, classroom.chapter, nbformat.read(present, as_version=4))
        said = _adapt(classroom, wanted, remove)
        _generate(classroom, present.parent)
    release = nbformat.read(present, as_version=4).metadata.cardiac_ml_course.release
    return [f"Released: {present.relative_to(folder)}, release {release}.", *said]


def _converted(classroom: Classroom) -> Any:
    """Return the chapter as it would be released, without a word to the gradebook."""
    path = classroom.path("source", ".")
    try:
        notebook = nbformat.read(path, as_version=4)
        resources: dict[str, Any] = {"nbgrader": {}}
        for step in classroom.config.GenerateAssignment.preprocessors:
            if step not in (SaveCells, RememberRelease):
                notebook, resources = step(config=classroom.config).preprocess(notebook, resources)
    except Exception as error:  # a source can be wrong in many ways
        raise CourseError(f"{path} cannot be released ({one_line(str(error))}). Mend it, then try again.") from None
    return notebook


def _cells_of(notebook: Any) -> dict[tuple[type, str], Any]:
    """Return the cells that a gradebook keeps of a chapter, by kind and name, as `SaveCells` tells them apart."""
    found = {}
    for cell in notebook.cells:
        kinds = [
            kind
            for kind, is_one in ((GradeCell, is_grade), (SolutionCell, is_solution), (TaskCell, is_task))
            if is_one(cell)
        ]
        for kind in [*kinds, SourceCell] if kinds or is_locked(cell) else ():
            found[kind, cell.metadata.nbgrader.grade_id] = cell
    return found


def _adapt(classroom: Classroom, wanted: dict[tuple[type, str], Any], remove: bool) -> list[str]:
    """Give a gradebook that holds marks the new release's cells, in one step; return what there is to say of it."""
    try:
        read_gradebook(classroom.folder, classroom.chapter, classroom.db_url)
    except CourseError:
        return []  # it is the first release; nbgrader says what else may be wrong
    with Gradebook(classroom.db_url) as gradebook:
        notebook = gradebook.find_notebook(classroom.chapter, classroom.chapter)
        if not notebook.submissions:
            return []
        kinds = (notebook.grade_cells, notebook.solution_cells, notebook.task_cells, notebook.source_cells)
        cells = {(type(cell), cell.name): cell for kind in kinds for cell in kind}
        gone = [cells[each] for each in cells.keys() - wanted.keys()]
        rows = sorted((row for cell in gone for row in _rows(cell)), key=lambda row: row[:2])
        said = []
        if rows:
            names = ", ".join(sorted({row[1] for row in rows}))
            count = len({row[0] for row in rows})
            if not remove:
                raise CourseError(
                    f"The chapter has lost {names}, where {count} students have marks or comments. "
                    "Put that back, or add --remove: a table in marked/ keeps them."
                )
            said.append(f"Marks and comments of {count} students in {names} are now in {_keep(classroom, rows)}.")
        for cell in gone:
            for part in (*_grades(cell), *_comments(cell)):
                gradebook.db.delete(part)
            gradebook.db.delete(cell)
        for kind, name in wanted.keys() - cells.keys():
            gradebook.db.add_all(_new(notebook, kind, name, wanted[kind, name]))
        gradebook.db.commit()
        return [*said, f"Now grade again, which says what has changed: course grade {classroom.chapter}"]


def _grades(cell: Any) -> list[Any]:
    return list(cell.grades) if isinstance(cell, _MARKED) else []


def _comments(cell: Any) -> list[Any]:
    return list(cell.comments) if isinstance(cell, _COMMENTED) else []


def _rows(cell: Any) -> list[tuple[Any, ...]]:
    """Return what is lost with a cell, as rows of a table: marks, and comments that a person wrote."""
    rows: list[tuple[Any, ...]] = [
        (each.student.id, cell.name, each.auto_score, each.manual_score, each.extra_credit, cell.max_score, "")
        for each in _grades(cell)
        if (each.auto_score, each.manual_score, each.extra_credit) != (None, None, None)
    ]
    return rows + [
        (each.student.id, cell.name, None, None, None, None, each.manual_comment)
        for each in _comments(cell)
        if each.manual_comment
    ]


def _keep(classroom: Classroom, rows: list[tuple[Any, ...]]) -> str:
    """Write a table of marks that leave the gradebook, and return where it is in the course's folder."""
    table = io.StringIO()
    writer = csv.writer(table)
    writer.writerow(_COLUMNS)
    writer.writerows((as_cell(row[0]), *row[1:-1], _unreckoned(row[-1])) for row in rows)
    place = Path("marked", f"{classroom.chapter}-removed-{time.strftime('%Y-%m-%d-%H%M%S')}.csv")
    (classroom.folder / place).parent.mkdir(exist_ok=True)
    write_whole(classroom.folder / place, table.getvalue().encode("utf-8-sig"))
    return str(place)


def _unreckoned(comment: str) -> str:
    """Return a whole comment as a cell of a table that no spreadsheet calculates."""
    return f"'{comment}" if as_cell(comment).startswith("'") else comment


def _new(notebook: Any, kind: type, name: str, cell: Any) -> list[Any]:
    """Return a new cell of a gradebook's notebook, and what nbgrader keeps of such a cell in each submission."""
    about = {"cell_type": cell.cell_type} if kind is not SolutionCell else {}
    if kind in _MARKED:
        about["max_score"] = float(cell.metadata.nbgrader.points)
    added = kind(name=name, notebook=notebook, **about)
    parts = [part for part, kinds in ((Grade, _MARKED), (Comment, _COMMENTED)) if kind in kinds]
    return [added, *(part(cell=added, notebook=submitted) for part in parts for submitted in notebook.submissions)]


def _generate(classroom: Classroom, release: Path) -> None:
    """Let nbgrader make the release beside the old one, and then put its files in the place of the old ones."""
    made = classroom.folder / FOLDER / classroom.chapter / "made"
    place = temp_attrs(classroom.api.coursedir, release_directory=str(made.relative_to(classroom.folder)))
    with place, _programs_of_this_environment():
        result = classroom.api.generate_assignment(classroom.chapter)
    if not result["success"]:
        raise CourseError(
            f"nbgrader could not release {classroom.chapter} ({cause_of(result)}). The old release is as it was. "
            "Mend this, and run it again before you grade."
        )
    for path in sorted((made / classroom.chapter).rglob("*")):
        if path.is_file():
            target = release / path.relative_to(made / classroom.chapter)
            target.parent.mkdir(parents=True, exist_ok=True)
            os.replace(path, target)
    shutil.rmtree(made)


@contextlib.contextmanager
def _programs_of_this_environment() -> Iterator[None]:
    """Let nbgrader find `alembic`, which it starts for a new gradebook, also where nobody has activated `.venv`."""
    before = os.environ.get("PATH", os.defpath)
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), before])
    try:
        yield
    finally:
        os.environ["PATH"] = before
