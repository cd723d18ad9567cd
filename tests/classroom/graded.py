"""A class graded without a kernel: real checks judge what students typed, and nbgrader's own steps keep the marks."""

import contextlib
import copy
import io
import os
import shutil
import sys
from pathlib import Path

import nbformat
import numpy as np
import pytest
from classroom.conftest import REPOSITORY, Course
from nbformat.v4 import new_markdown_cell, new_output
from nbgrader.api import Gradebook
from nbgrader.apps import NbGraderAPI
from nbgrader.preprocessors import DeduplicateIds, OverwriteCells, SaveAutoGrades
from traitlets.config import Config

from course_utils.classroom.feedback import feedback_preprocessors
from course_utils.classroom.feedback_page import FeedbackExporter
from course_utils.errors import BLANK, explain
from course_utils.release import release_preprocessors

ESSAY = "01_own_words"

QUIET = [  # nbgrader's own
    pytest.mark.filterwarnings("ignore:Object of type:sqlalchemy.exc.SAWarning"),
    pytest.mark.filterwarnings("ignore::nbformat.warnings.MissingIDFieldWarning"),
]


class Graded:
    """A course's folder as grading leaves it. The chapter has a sixth exercise, which is marked by hand."""

    chapter = Course.chapter
    right = Course.right
    options = Config({"OverwriteCells": {"add_missing_cells": True}})

    def __init__(self, folder, source=None, release=None):
        self.folder, self.source, self.release = folder, source, release
        self.db_url = f"sqlite:///{folder / 'gradebook.db'}"

    @classmethod
    def set_up(cls, folder):
        """The chapter's release, kept in a new gradebook."""
        graded = cls(folder)
        shutil.copytree(REPOSITORY / "notebooks" / cls.chapter, folder / "notebooks" / cls.chapter)
        source = nbformat.read(graded.path("notebooks"), as_version=4)
        about = {"schema_version": 3, "grade": True, "solution": True, "locked": False, "task": False}
        essay = new_markdown_cell("Write here.", metadata={"nbgrader": {**about, "grade_id": ESSAY, "points": 4}})
        graded.source = source
        source.cells += [new_markdown_cell("### Exercise 6: say it in your own words"), essay]
        nbformat.write(source, graded.path("notebooks"))
        with pytest.MonkeyPatch.context() as patch:  # a new gradebook starts a command of this environment
            patch.setenv("PATH", os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]))
            with graded.gradebook() as gradebook:
                gradebook.update_or_create_assignment(cls.chapter)
        graded.release = graded.through(release_preprocessors(), copy.deepcopy(source), "")
        return graded

    def copy(self, folder):
        """The same course in another folder."""
        shutil.copytree(self.folder, folder, dirs_exist_ok=True)
        return type(self)(folder, self.source, self.release)

    def path(self, step, student="."):
        suffix = "html" if step == "feedback" else "ipynb"
        return self.folder / step / student / self.chapter / f"{self.chapter}.{suffix}"

    def gradebook(self):
        return Gradebook(self.db_url, "cardiac-ml-course")

    def through(self, steps, notebook, student):
        about = {"notebook": self.chapter, "assignment": self.chapter, "student": student, "db_url": self.db_url}
        resources = {"nbgrader": about}
        for step in steps:
            notebook, resources = step(config=self.options).preprocess(notebook, resources)
        return notebook

    def hand_in(self, student, typed=None, *, edit=None, spoil=None, grading=None):
        """Hand in and grade a notebook.

        Args:
            student: the name of the folder.
            typed: for each exercise that is not right, what is typed into its blanks, or a whole cell, or None.
            edit: changes the notebook before it is graded, as a student would.
            spoil: changes it when it has run, and before the marks are kept.
            grading: what the grader notes in it.
        """
        notebook = copy.deepcopy(self.release)
        for name, values in {**self.right, ESSAY: "In my own words.", **(typed or {})}.items():
            cell = cell_of(notebook, name)
            if isinstance(values, str):
                cell.source = values
            elif values is not None:
                cell.source = "".join(map(str.__add__, cell.source.split(BLANK), [*values, ""]))
        if edit:
            edit(notebook)
        self.write("submitted", student, notebook)
        with self.gradebook() as gradebook:
            gradebook.update_or_create_student(student)
            gradebook.update_or_create_submission(self.chapter, student)
        notebook = self.through([DeduplicateIds], notebook, student)
        for cell in notebook.cells:
            if cell.metadata.get("nbgrader") == {}:  # a copy of a cell, at which nbgrader's next step stops
                del cell.metadata["nbgrader"]
        notebook = self.through([OverwriteCells], notebook, student)
        for name in self.right:
            judge(cell_of(notebook, name), cell_of(notebook, f"{name}_check"))
        if spoil:
            spoil(notebook)
        if grading is not None:
            notebook.metadata["cardiac_ml_course"]["grading"] = grading
        self.write("autograded", student, self.through([SaveAutoGrades], notebook, student))

    def write(self, step, student, notebook):
        path = self.path(step, student)
        path.parent.mkdir(parents=True)
        nbformat.write(notebook, path)

    def mark_by_hand(self, student, cell, points, comment=None):
        with self.gradebook() as gradebook:
            grade = gradebook.find_grade(cell, self.chapter, self.chapter, student)
            grade.manual_score, grade.needs_manual_grade = points, False
            if comment:
                gradebook.find_comment(cell, self.chapter, self.chapter, student).manual_comment = comment
            gradebook.db.commit()

    def give_feedback(self):
        config = Config()
        config.CourseDirectory.root = str(self.folder)
        config.CourseDirectory.source_directory = "notebooks"
        config.GenerateFeedback.preprocessors = feedback_preprocessors()
        config.GenerateFeedback.exporter_class = FeedbackExporter
        done = NbGraderAPI(config=config).generate_feedback(self.chapter)
        assert done["success"], done["log"][-2000:]


def cell_of(notebook, name):
    return next(cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade_id") == name)


def says(sentence):
    """The output of a check that ends with `sentence`."""
    return new_output("error", ename="CheckFailed", evalue=sentence, traceback=[sentence])


def judge(answer, check):
    """Run an answer and its check, and keep what they show."""
    names = {"np": np}
    for cell, sign in ((answer, "⚠ "), (check, "")):
        cell.outputs, cell.execution_count = [], 1
        printed = io.StringIO()
        try:
            with contextlib.redirect_stdout(printed):
                exec(cell.source, names)
        except Exception as error:
            cell.outputs.append(says(f"{sign}{explain(error)}" if sign else str(error)))
        if text := printed.getvalue():
            cell.outputs.insert(0, new_output("stream", text=text))
