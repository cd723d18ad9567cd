"""Validate, nbgrader's button: a list of the chapter's exercises, each with its verdict and one sentence.

Jupyter's server loads this in place of nbgrader's own extension, as `course_utils/jupyter` tells it. The list takes the
way of nbgrader's lists of cells that failed, and `outcomes.js` in the labextension shows it alone.
"""

import html
import re
from collections import Counter
from pathlib import Path
from typing import Any

from jupyter_server.utils import url_path_join
from nbgrader.server_extensions.validate_assignment.handlers import ValidateAssignmentHandler, default_handlers
from nbgrader.utils import chdir, determine_grade
from nbgrader.validator import Validator

from course_utils.chapters import chapter_names, notebook_path, source_folder
from course_utils.classroom.marked import (
    VERDICT_SIGNS,
    Verdict,
    in_words,
    judge_check,
    judge_written,
    one_line,
    said_of_answer,
)
from course_utils.errors import CourseError
from course_utils.saved import CHECK, Task, grade_id, read_saved, tasks_in

_RESTORE = (
    "{what}: `course restore {chapter} {number}` in a terminal (File, New, Terminal), or `restore_exercise({number})` "
    "in a new cell, puts it back as it came."
)


def list_exercises(notebook: Path, config: Any = None) -> list[tuple[str, Verdict]]:
    """Run a learner's notebook from the top, and return the title and the verdict of each exercise of its chapter.

    Args:
        notebook: the file.
        config: nbgrader's configuration.

    Returns:
        The exercises in the chapter's order; none if the notebook is not a chapter of the course.

    Raises:
        CourseError: if the notebook cannot be run to its end.
    """
    tasks = _tasks(notebook)
    if not tasks:
        return []
    validator = Validator(config=config)
    try:
        cells = read_saved(notebook)
        broken = _broken(cells, tasks, validator)
        sound = {name for task in tasks if task.name not in broken for name in (task.name, task.name + CHECK)}
        for cell in cells.cells:
            if grade_id(cell) not in sound:
                cell.metadata.pop("nbgrader", None)  # on copies and on what is no code any more nbgrader would stop
        with chdir(str(notebook.parent)):
            by_name = {grade_id(cell): cell for cell in validator._preprocess(cells).cells}
        return [(task.title, broken.get(task.name) or _verdict(task, by_name)) for task in tasks]
    except Exception as error:  # a file may hold anything, and its code may end its kernel
        raise CourseError(
            "The notebook could not be run to its end. Run, Run All Cells shows where it stops. "
            f"({type(error).__name__}: {error})"
        ) from error


def _tasks(notebook: Path) -> list[Task]:
    """Return the exercises of the chapter that a notebook is a copy of, whatever it is called."""
    try:
        cells = read_saved(notebook).cells
    except Exception:  # nbgrader says what is wrong with it
        return []
    names = [name for name in (*map(grade_id, cells), notebook.stem) if name]
    chapter = next((each for name in names for each in chapter_names() if each[:3] == name[:3]), None)
    return tasks_in(read_saved(notebook_path(source_folder(), chapter)).cells) if chapter else []


def _broken(cells: Any, tasks: list[Task], validator: Validator) -> dict[str, Verdict]:
    """Return the verdict on each exercise whose cells are not those of the chapter any more."""
    counts = Counter(map(grade_id, cells.cells))
    turned = set(map(grade_id, validator._get_type_changed_cells(cells)))
    edited = set(map(grade_id, validator._get_changed_cells(cells)))
    found: dict[str, Verdict] = {}
    for task in tasks:
        exercise = task.title.partition(":")[0]
        cells_of = {task.name: f"The cell of {exercise}"}
        if not task.by_hand:
            cells_of[task.name + CHECK] = f"The check of {exercise}"
        for name, cell in cells_of.items():
            if counts[name] > 1:
                what = f"{cell} stands here more than once, since it was split or copied"
            elif not counts[name]:
                what = f"{cell} is missing"
            elif name in turned:
                what = f"{cell} holds text now, and no code that runs"
            elif name in edited:
                what = f"{cell} was changed"
            else:
                continue
            number = (re.findall(r"\d+", exercise) or [task.name])[0]
            sentence = _RESTORE.format(what=what, chapter=task.name[:2], number=number)
            found.setdefault(task.name, Verdict("erred", f"{VERDICT_SIGNS['erred']} {sentence}"))
    return found


def _verdict(task: Task, cells: dict[str | None, Any]) -> Verdict:
    answer = cells[task.name]
    if task.by_hand:
        return judge_written(answer)
    check = cells[task.name + CHECK]
    score, most = determine_grade(check)
    if not score and (sentence := said_of_answer(check.source, [answer.source], answer)):
        return Verdict("not tried" if sentence.startswith(VERDICT_SIGNS["not tried"]) else "erred", sentence)
    return judge_check(check, score, most, by_hand=False, answer=answer)


def as_html(lines: list[tuple[str, Verdict]]) -> str:
    """Return what the dialog shows of `list_exercises`."""
    items = "".join(
        f'<li data-course-outcome="{verdict.look}"><b>{verdict.sign} {html.escape(one_line(title))}</b>'
        f"<div>{in_words(verdict.words)}</div></li>"
        for title, verdict in lines
    )
    return f'<ul class="course-exercises">{items}</ul>'


class ValidateHandler(ValidateAssignmentHandler):
    """Nbgrader's answer to its button, for a chapter of the course the list of its exercises."""

    def validate_notebook(self, path: str) -> dict[str, Any]:
        """Return what the page shows of the notebook at `path`, below the folder that the server shows."""
        folder = Path(self.root_dir).resolve()
        notebook = (folder / path).resolve()
        if not notebook.is_relative_to(folder):
            return super().validate_notebook(path)
        try:
            lines = list_exercises(notebook, self.load_config())
        except CourseError as error:
            lines = [("This notebook", Verdict("erred", f"{VERDICT_SIGNS['erred']} {one_line(str(error))}"))]
        if not lines:
            return super().validate_notebook(path)
        return {"success": True, "value": {"failed": [{"source": "", "error": as_html(lines)}]}}


def _load_jupyter_server_extension(server: Any) -> None:
    web = server.web_app
    web.settings["root_dir"] = server.root_dir
    handlers = [
        (
            url_path_join(web.settings["base_url"], place),
            ValidateHandler if handler is ValidateAssignmentHandler else handler,
        )
        for place, handler in default_handlers
    ]
    web.add_handlers(".*$", handlers)


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": __name__}]
