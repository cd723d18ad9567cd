"""How nbgrader's own commands and pages treat this course: releases with blanks, isolated grading, plain feedback."""

from pathlib import Path
from typing import Any

from nbgrader.converters import Autograde, base
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import ClearOutput, Execute
from traitlets.config import Application

from course_utils.classroom.execute import IsolatedExecute
from course_utils.classroom.export import CsvExport
from course_utils.classroom.feedback import feedback_preprocessors
from course_utils.classroom.feedback_page import FeedbackExporter
from course_utils.classroom.releases import RememberRelease
from course_utils.classroom.sandbox import why_not
from course_utils.classroom.secret import refuse_forgotten, secret_of
from course_utils.classroom.submission import PutCellsBack, SubmissionExporter, ordinary_files
from course_utils.classroom.timestamp import read_timestamp
from course_utils.errors import CourseError
from course_utils.release import release_preprocessors


def configure(c: Any) -> None:
    """Set nbgrader's options; what a course changes afterwards in its nbgrader_config.py stays changed.

    Args:
        c: the configuration that nbgrader hands to nbgrader_config.py.
    """
    refuse_unguarded_formgrader()
    # Nbgrader has no place for these two: a time that nobody can read would stop it, and links would be followed.
    CourseDirectory.get_existing_timestamp = lambda _, folder: read_timestamp(folder)[0]
    base.find_all_files = ordinary_files
    c.CourseDirectory.course_id = "cardiac-ml-course"
    c.CourseDirectory.source_directory = "notebooks"
    c.GenerateAssignment.preprocessors = [*release_preprocessors(), RememberRelease]
    c.GenerateFeedback.preprocessors = feedback_preprocessors()
    c.GenerateFeedback.exporter_class = FeedbackExporter

    c.ExportApp.plugin_class = CsvExport

    c.Autograde.pre_convert_hook = refuse_unready
    c.Autograde.exporter_class = SubmissionExporter
    before, after = (
        getattr(Autograde, name).default() for name in ("sanitize_preprocessors", "autograde_preprocessors")
    )
    before.insert(before.index(ClearOutput) + 1, PutCellsBack)
    after[after.index(Execute)] = IsolatedExecute
    c.Autograde.sanitize_preprocessors = before
    c.Autograde.autograde_preprocessors = after
    c.OverwriteCells.add_missing_cells = True
    c.Execute.timeout = 60
    c.Execute.error_on_timeout = {
        "ename": "CheckFailed",  # a check that was stopped has said so itself, and says it once
        "evalue": "",
        "traceback": ["⚠ This cell did not finish in time and was stopped."],
    }


def refuse_unguarded_formgrader() -> None:
    """Stop a Jupyter server that loads nbgrader's own Formgrader alone, which runs what students wrote.

    Raises:
        SystemExit: with one line that says what to do. Nbgrader and Jupyter go on after any other error.
    """
    theirs, ours = "nbgrader.server_extensions.formgrader", "course_utils.classroom.formgrader"
    program = Application.instance() if Application.initialized() else None  # one of nbgrader's commands, or a server
    on = getattr(program, "jpserver_extensions", {})
    if on.get(theirs) and not on.get(ours):
        raise SystemExit(
            "Jupyter is not started: nbgrader's own Formgrader would run what students wrote. Install the course again "
            f"(.venv/bin/pip install -c lock.txt -e .), and see that no setting of yours turns on {theirs}."
        )


def refuse_unready(**_: Any) -> None:
    """Stop nbgrader before it grades, where students' code could not be kept apart, or the class's secret is missing.

    Raises:
        SystemExit: with one line that says why, and what to do. Nbgrader goes on after any other error.
    """
    if reason := why_not():
        raise SystemExit(reason)
    try:
        refuse_forgotten(Path.cwd(), secret_of(Path.cwd()))
    except CourseError as error:
        raise SystemExit(str(error)) from None
