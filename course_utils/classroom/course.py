"""An nbgrader course in a folder: where submissions are, and how one is prepared and saved with nbgrader's steps."""

import contextlib
import glob
import inspect
import re
from collections.abc import Collection, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import nbformat
from nbgrader.api import Gradebook
from nbgrader.apps import NbGrader
from nbgrader.apps.api import NbGraderAPI
from nbgrader.converters import Autograde
from nbgrader.preprocessors import AssignLatePenalties, ClearOutput, Execute, NbGraderPreprocessor
from nbgrader.utils import capture_log, temp_attrs
from traitlets.config import Config

from course_utils.chapters import find_chapter
from course_utils.classroom.check_cells import handing_over
from course_utils.classroom.gradebook import read_gradebook
from course_utils.classroom.journal import key_of
from course_utils.classroom.sandbox import modules_imported_by
from course_utils.errors import CourseError


def why_no_folder(student: str) -> str:
    """Return why nbgrader cannot keep a student under this name, or nothing if it can."""
    if not student.isprintable() or set(student) & set("/\\*?[]"):
        return r"a student's name may not hold any of / \ * ? [ ], nor signs that cannot be seen; rename it"
    if not student or student != student.strip() or student.startswith(".") or len(student.encode()) > 200:
        return "a student's name may not begin with a dot or a space, end with a space, or be longer than 200 signs"
    return ""


class _Replay(NbGraderPreprocessor):
    """The place of `Execute` in nbgrader's own conversion, for a notebook that has been executed elsewhere."""

    def __init__(self, executed: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._executed = executed

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        return self._executed, resources


class Classroom:
    """An nbgrader course, opened as nbgrader's own commands open it in its folder."""

    def __init__(self, folder: Path, chapter: str) -> None:
        if not (folder / "nbgrader_config.py").exists():
            raise CourseError(f"{folder} is not the folder of a course. Go to the one with nbgrader_config.py.")
        app = NbGrader()
        app.log_level = "ERROR"
        app.initialize([], root=str(folder))
        app.log.handlers.clear()  # what goes wrong is said in one line, here and not on the way
        app.log.propagate = False
        source = Path(app.coursedir.root, app.coursedir.source_directory)
        self.folder, self.chapter = folder, find_chapter(chapter, source)
        self.config: Config = app.config
        self.api = NbGraderAPI(app.coursedir, parent=app, log_level="ERROR")
        self.db_url: str = app.coursedir.db_url

    def release(self) -> dict[str, str]:
        """Return the sources of the chapter's graded cells as the gradebook holds them, by their names.

        Raises:
            CourseError: if it has not been released.
        """
        read_gradebook(self.folder, self.chapter, self.db_url)  # says what is wrong, if anything is
        with Gradebook(self.db_url) as gradebook:
            cells = gradebook.find_notebook(self.chapter, self.chapter).source_cells
            return {cell.name: f"{cell.checksum or ''}\n{cell.source}" for cell in cells}

    def modules(self) -> list[str]:
        """Return the modules that the chapter imports."""
        return modules_imported_by(nbformat.read(self.path("source", "."), as_version=4))

    def checks(self) -> dict[str, str]:
        """Return the sources of the checks that are judged outside of students' code, by their names."""
        with Gradebook(self.db_url) as gradebook:
            notebook = gradebook.find_notebook(self.chapter, self.chapter)
            by_code = {cell.name for cell in notebook.grade_cells if cell.cell_type == "code"}
            by_code -= {cell.name for cell in notebook.solution_cells}
            cells = sorted((cell.name, cell.source) for cell in notebook.source_cells)
        return {name: source for name, source in cells if name in by_code and handing_over(source)}

    def lateness(self, students: list[str]) -> dict[str, str]:
        """Return for each student a name for all that decides how late the work is and what that costs."""
        with Gradebook(self.db_url) as gradebook:
            due = gradebook.find_assignment(self.chapter).duedate
            known = {each.student_id: each for each in gradebook.assignment_submissions(self.chapter)}
            noted = {student: (each.timestamp, each.extension) for student, each in known.items()}
        rule = self._penalty_rule() if due else ""
        names = {}
        for student in students:
            stamp, extension = noted.get(student, (None, None))
            stamp = self.api.coursedir.get_existing_timestamp(str(self.path("submitted", student).parent)) or stamp
            late = max(timedelta(), stamp - due - (extension or timedelta())) if stamp and due else timedelta()
            names[student] = key_of(str(stamp or ""), f"{late} {rule}" if late else "")
        return names

    def _penalty_rule(self) -> str:
        step = AssignLatePenalties(config=self.config)
        step.init_plugin()
        plugin = step.plugin_inst
        try:
            source = inspect.getsource(type(plugin))
        except (OSError, TypeError):  # it stands in the configuration, whose classes Python cannot show
            source = (self.folder / "nbgrader_config.py").read_text(encoding="utf-8")
        return f"{source}\n{ {name: getattr(plugin, name) for name in sorted(plugin.trait_names(config=True))} }"

    def path(self, step: str, student: str) -> Path:
        """Return where a student's notebook of the chapter is in one of nbgrader's steps."""
        directory = getattr(self.api.coursedir, f"{step}_directory")
        return Path(self.api.coursedir.format_path(directory, student, self.chapter), f"{self.chapter}.ipynb")

    def students(self) -> list[str]:
        """Return who has handed in the chapter, in alphabetical order."""
        return sorted(Path(folder).parent.name for folder in glob.glob(str(self.path("submitted", "*").parent)))

    def prepare(self, student: str) -> str:
        """Return a submission as it will be run, as the text of an .ipynb file."""
        converter = Autograde(coursedir=self.api.coursedir, parent=self.api)
        exporter = converter.exporter_class(parent=converter, config=converter.config)
        for step in converter.sanitize_preprocessors:
            exporter.register_preprocessor(step)
        resources = {
            "unique_key": self.chapter,
            "nbgrader": {
                "student": student,
                "assignment": self.chapter,
                "notebook": self.chapter,
                "db_url": self.db_url,
            },
        }
        return exporter.from_filename(str(self.path("submitted", student)), resources=resources)[0]

    def save(self, student: str, executed: Any, only: Collection[str] | None = None) -> None:
        """Put a submission that has been run through the rest of nbgrader's conversion: marks, penalties, files.

        Args:
            student: whose it is.
            executed: the notebook.
            only: the cells whose marks are new, where not all are: marks that a person gave elsewhere need no new look.

        Raises:
            RuntimeError: if nbgrader could not save it.
        """
        converter = Autograde(coursedir=self.api.coursedir, parent=self.api)
        converter.force = True
        converter.sanitize_preprocessors = [ClearOutput]  # the rest has been done before it was run
        converter.autograde_preprocessors = [
            _Replay(executed) if isinstance(step, type) and issubclass(step, Execute) else step
            for step in converter.autograde_preprocessors
        ]
        converter.pre_convert_hook = None
        place = temp_attrs(self.api.coursedir, assignment_id=self.chapter, student_id=student)
        with place, self._settled(student, only):
            result = capture_log(converter)
        if not result["success"]:
            if result["error"].rstrip().endswith("KeyboardInterrupt"):  # nbgrader takes it for an error like others
                raise KeyboardInterrupt
            raise RuntimeError(f"nbgrader could not save it ({cause_of(result)}).")

    @contextlib.contextmanager
    def _settled(self, student: str, only: Collection[str] | None) -> Iterator[None]:
        """Leave the marks of other cells than `only` as settled, or as open, as a person has left them."""
        if only is None:
            yield
            return
        with Gradebook(self.db_url) as gradebook:
            submitted = gradebook.find_submission_notebook(self.chapter, self.chapter, student)
            settled = {grade.name: grade.needs_manual_grade for grade in submitted.grades if grade.name not in only}
        yield
        with Gradebook(self.db_url) as gradebook:
            for grade in gradebook.find_submission_notebook(self.chapter, self.chapter, student).grades:
                grade.needs_manual_grade = settled.get(grade.name, grade.needs_manual_grade)
            gradebook.db.commit()


def cause_of(result: dict[str, Any]) -> str:
    """Return the cause why one of nbgrader's steps has failed, from what it has logged."""
    causes = re.findall(r"^ *([\w.]+: .+)$", result.get("log", ""), re.MULTILINE)  # the last lines of stack traces
    return (causes or result["error"].splitlines())[-1]
