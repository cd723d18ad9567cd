"""The repository's root is an nbgrader course: run nbgrader's commands here."""

from course_utils.classroom.config import configure

configure(c)  # noqa: F821 - nbgrader puts it here
