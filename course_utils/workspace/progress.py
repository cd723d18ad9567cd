"""How far the learner is, read from the notebooks that they saved; nothing else is kept anywhere."""

import functools
import re
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from course_utils.chapters import chapter_names, fresh_copy
from course_utils.errors import CourseError, reason
from course_utils.files import visible
from course_utils.saved import CHECK, Task, chapter_title, grade_id, read_saved, tasks_in, what_it_says
from course_utils.workspace.folder import typed_command

STATUS_SIGNS = {"passed": "✓", "submitted": "◐", "failing": "✗", "not attempted": "○"}
"""What an exercise can be, the best first, with the sign of each."""

LEGEND = "Submitted means: there is an answer that no check has judged yet."


@dataclass(frozen=True)
class ExerciseProgress:
    """An exercise and its `status`: one of `STATUS_SIGNS`."""

    name: str
    title: str
    points: float
    status: str = "not attempted"


@dataclass(frozen=True)
class ChapterProgress:
    """A chapter and its exercises, in their order."""

    name: str
    title: str
    exercises: tuple[ExerciseProgress, ...]

    @property
    def summary(self) -> str:
        """How many exercises and points of the chapter are passed, in words."""
        if not self.exercises:
            return "no exercises"
        passed = [each for each in self.exercises if each.status == "passed"]
        points, total = (sum(each.points for each in some) for some in (passed, self.exercises))
        return f"{len(passed)} of {len(self.exercises)} passed, {points:g} of {total:g} points"


@dataclass(frozen=True)
class Progress:
    """All chapters, and what the learner should know about the reading, in one line each."""

    chapters: tuple[ChapterProgress, ...]
    notes: tuple[str, ...]

    def __str__(self) -> str:
        """Return the report as plain text."""
        width = max((len(each.title) for each in self.chapters), default=0)
        lines = []
        for chapter in self.chapters:
            lines.append(f"{chapter.title:<{width}}   {chapter.summary}")
            lines += [f"   {STATUS_SIGNS[each.status]} {each.status:<13}   {each.title}" for each in chapter.exercises]
        return "\n".join([*lines, LEGEND, *self.notes])


def read_progress(folder: Path) -> Progress:
    """Read how far the learner is from the notebooks saved in `folder` and below.

    A notebook counts by the exercises in it, whatever its name and place. Where there are several, the best status of
    each exercise counts.

    Args:
        folder: the learner's folder.

    Returns:
        The status of every exercise of the course.

    Raises:
        CourseError: if there is no such folder.
    """
    begin = f"To begin: {typed_command(folder)}"
    if not folder.exists():
        raise CourseError(f"There is no folder {folder}. {begin}")
    if not folder.is_dir():
        raise CourseError(f"{folder} is a file. Name the folder that holds your copies.")
    chapters = {name: _title_and_tasks(name) for name in chapter_names()}
    tasks = [task for _, tasks in chapters.values() for task in tasks]
    unread: list[str] = []
    found: dict[str, list[str]] = defaultdict(list)
    for path in visible(folder, lambda error: unread.append(f"{error.filename} ({reason(error)})")):
        if path.suffix == ".ipynb":
            try:
                statuses = _read_notebook(path, tasks)
            except Exception as error:  # a file may hold anything, and none may stop the report
                unread.append(f"{path} ({reason(error) if isinstance(error, OSError) else 'not a notebook'})")
            else:
                for name, status in statuses.items():
                    found[name].append(status)
    notes = [] if found else [f"There is no chapter in {folder} yet. {begin}"]
    return Progress(
        tuple(
            ChapterProgress(
                name,
                title,
                tuple(ExerciseProgress(each.name, each.title, each.points, _best(found[each.name])) for each in own),
            )
            for name, (title, own) in chapters.items()
        ),
        (*notes, *(f"{each} could not be read and was not counted." for each in unread)),
    )


@functools.cache
def _title_and_tasks(chapter: str) -> tuple[str, list[Task]]:
    """Return a chapter's title and its exercises as they are released."""
    import nbformat  # here, so that a notebook that shows a panel does not wait for it

    cells = nbformat.reads(fresh_copy(chapter), as_version=4).cells
    return chapter_title(chapter, cells), tasks_in(cells)


def _best(statuses: list[str]) -> str:
    return min(statuses, key=list(STATUS_SIGNS).index, default="not attempted")


def _read_notebook(path: Path, tasks: list[Task]) -> dict[str, str]:
    """Return the status of each exercise that a notebook holds a cell of."""
    cells = defaultdict(list)
    for cell in read_saved(path).cells:
        cells[grade_id(cell)].append(cell)
    return {
        task.name: _status(task, cells[task.name], cells[task.name + CHECK])
        for task in tasks
        if cells.keys() & {task.name, task.name + CHECK}
    }


def _status(task: Task, answers: list[Any], checks: list[Any]) -> str:
    unjudged = "submitted" if any(_is_answered(cell, task) for cell in answers) else "not attempted"
    if task.by_hand:
        return unjudged
    answered = max(map(_number, answers), default=0)
    verdicts = [_verdict(check) for check in checks if _number(check) >= answered and _judged(check, answers)]
    return _best([verdict or unjudged for verdict in verdicts] or [unjudged])


def _judged(check: Any, answers: list[Any]) -> bool:
    """Tell whether a check has judged what stands in the answers' cells; only JupyterLab notes what it judged."""
    judged = check.metadata.get("judged")
    return not isinstance(judged, list) or judged == [cell.source for cell in answers]


def _is_answered(cell: Any, task: Task) -> bool:
    """Tell whether a cell differs from its release: the present one or, by nbgrader's checksum, that of the copy."""
    from nbgrader.utils import compute_checksum

    words = cell.source.split()
    return words not in ([], task.source.split()) and compute_checksum(cell) != cell.metadata.nbgrader.get("checksum")


def _number(cell: Any) -> int:
    """Return when a cell was run, as the number that stands beside it; 0 if it was not."""
    number = cell.get("execution_count")
    return number if isinstance(number, int) else 0


def _verdict(check: Any) -> str | None:
    """Return what a check's saved output says, None if there is none."""
    text, stopped = what_it_says(check)
    if text.startswith("○"):
        return "not attempted"
    if not stopped and re.search("^✓", text, re.MULTILINE):
        return "passed"
    return "failing" if stopped or text else None
