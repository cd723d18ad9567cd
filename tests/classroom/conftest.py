"""A classroom in a temporary folder: the course, its students, and nbgrader's own commands."""

import contextlib
import functools
import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import numpy as np
import pytest
from bs4 import BeautifulSoup
from classroom import tiny
from nbgrader.api import Gradebook
from notebooks.attempts import Chapter

from course_utils.checks import SECRET_VARIABLE
from course_utils.errors import BLANK

REPOSITORY = Path(__file__).resolve().parents[2]
SETTINGS = REPOSITORY / "course_utils" / "jupyter" / "instructor"


def pytest_itemcollected(item):
    """Mark what is below this folder, so that `-m "not classroom"` leaves all of it out."""
    item.add_marker("classroom")


class Course:
    """A copy of the course, with nbgrader's commands run in it and what they leave behind."""

    chapter = "01_linear_regression"
    right = {each.name: each.answers["right"][0] for each in Chapter(chapter).exercises}  # noqa: RUF012 - nobody changes it

    def __init__(self, folder):
        self.folder = folder / "course"
        home = folder / "home"
        home.mkdir()
        # The variables of a surrounding Jupyter or nbgrader would bring in settings of its own.
        foreign = ("COURSE_", "IPYTHON", "JUPYTER", "NBGRADER")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
        self.environment = {
            **kept,
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
            "HOME": str(home),
            "JUPYTER_PREFER_ENV_PATH": "1",
            "JUPYTER_CONFIG_PATH": str(SETTINGS),  # this code's, not what was installed last
        }

    def begin(self):
        """Put into the folder what an instructor's copy of the repository has."""
        self.folder.mkdir()
        shutil.copy(REPOSITORY / "nbgrader_config.py", self.folder)
        shutil.copytree(REPOSITORY / "notebooks", self.folder / "notebooks")

    def path(self, step, student="."):
        suffix = "html" if step == "feedback" else "ipynb"
        return self.folder / step / student / self.chapter / f"{self.chapter}.{suffix}"

    def nbgrader(self, *arguments, **variables):
        return subprocess.run(
            [sys.executable, "-m", "nbgrader", *arguments],
            cwd=self.folder,
            env=self.environment | variables,
            capture_output=True,
            encoding="utf-8",
            timeout=240,
        )

    def grade(self, *arguments, **variables):
        """Run `course grade` on the chapter."""
        return subprocess.run(
            [Path(sys.executable).parent / "course", "grade", self.chapter, *arguments],
            cwd=self.folder,
            env=self.environment | variables,
            capture_output=True,
            encoding="utf-8",
            timeout=240,
        )

    def processes(self):
        """The command of each process that has been started for the course, or by a student's code in it."""
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                command = (process / "cmdline").read_bytes()
                if str(self.folder.parent).encode() in command + (process / "environ").read_bytes():
                    found.append(command)
        return found

    def cells(self, notebook):
        return {cell.metadata.nbgrader.grade_id: cell for cell in notebook.cells if "nbgrader" in cell.metadata}

    def filled(self, answers):
        """The released notebook with the blanks of some exercises filled in."""
        notebook = nbformat.read(self.path("release"), as_version=4)
        for exercise, values in answers.items():
            cell = self.cells(notebook)[exercise]
            assert cell.source.count(BLANK) == len(values)
            for value in values:
                cell.source = cell.source.replace(BLANK, value, 1)
        return notebook

    def hard_coded(self):
        """The notebook of a learner who returns just what each check wants with the data that everybody sees."""
        notebook = self.filled(self.right)
        cells = self.cells(notebook)
        with pytest.MonkeyPatch.context() as patch:
            patch.delenv(SECRET_VARIABLE, raising=False)
            for exercise in self.right:
                cells[exercise].source = constant_answer(
                    exercise.removeprefix("01_"), cells[exercise].source, cells[f"{exercise}_check"].source
                )
        return notebook

    def submit(self, student, text):
        path = self.path("submitted", student)
        path.parent.mkdir(parents=True)
        path.write_text(text, encoding="utf-8")

    def gradebook(self):
        return Gradebook(f"sqlite:///{self.folder / 'gradebook.db'}")

    def marks(self, student):
        """The student's mark in each exercise; None where nbgrader could not grade."""
        with self.gradebook() as gradebook:
            notebook = gradebook.find_submission_notebook(self.chapter, self.chapter, student)
            marks = {grade.name: grade.auto_score for grade in notebook.grades}
        assert marks.keys() == {f"{exercise}_check" for exercise in self.right}
        return [marks[f"{exercise}_check"] for exercise in self.right]

    def validate(self, path, *options):
        # Validate's printout cuts each line at 90 characters, unless told otherwise.
        return self.nbgrader("validate", "--Validator.width=1000", *options, str(path)).stdout

    def failures(self, student):
        """What the feedback page says below each check that failed."""
        page = parsed(self.path("feedback", student))
        failures = {}
        for exercise in self.right:
            cell = page.find("a", attrs={"name": f"{exercise}_check"}).find_parent(class_="code_cell")
            errors = [error.get_text().strip() for error in cell.select(".output_error, .output_stderr")]
            if errors:
                failures[exercise] = "\n".join(errors)
        return failures

    def outputs(self, student):
        """All text on the feedback page that is the output of a cell."""
        return "\n".join(output.get_text() for output in parsed(self.path("feedback", student)).select(".output"))


def graded_cells(course, notebook):
    """Leave out all that is not graded but NumPy's import, where the chapter around it does not matter."""
    kept = {cell.id for cell in course.cells(notebook).values()}
    notebook.cells = [cell for cell in notebook.cells if cell.id in kept or cell.source.startswith("import numpy")]
    return notebook


@functools.cache
def parsed(page):
    return BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser")


def constant_answer(name, answer, check):
    results = []

    def recorded(*arguments):
        results.append(function(*arguments))
        return results[-1]

    namespace = {"np": np}
    exec(answer, namespace)
    function, namespace[name] = namespace[name], recorded
    exec(check, namespace)
    return f"def {name}(*_):\n    return {np.asarray(results[0]).tolist()}\n"


@pytest.fixture(scope="session")
def released(tmp_path_factory):
    """The course after `nbgrader generate_assignment`, before anybody has submitted."""
    course = Course(tmp_path_factory.mktemp("released"))
    course.begin()
    run = course.nbgrader("generate_assignment", course.chapter)
    assert run.returncode == 0, run.stderr
    return course


@pytest.fixture(scope="session")
def with_tiny_chapter(tmp_path_factory):
    """A course with a chapter that is graded in a second, and its class, which nobody has graded yet."""
    course = Course(tmp_path_factory.mktemp("tiny"))
    course.begin()
    shutil.rmtree(course.folder / "notebooks")
    tiny.add_chapter(course)
    tiny.hand_in(course, tiny.ANSWERS)
    return course


@pytest.fixture(scope="session")
def set_up(tmp_path_factory):
    """What `graded.Graded` starts from: a chapter's release, in a gradebook without marks."""
    from classroom.graded import Graded  # here: it imports this file

    return Graded.set_up(tmp_path_factory.mktemp("set_up"))


@pytest.fixture(scope="module")
def course(released, tmp_path_factory):
    """The released course, for one module's students alone."""
    course = Course(tmp_path_factory.mktemp("course"))
    shutil.copytree(released.folder, course.folder)
    return course
