"""A real `course grade` says of every answer that people give to a chapter what the notebook's own check says of it."""

import json

import nbformat
import pytest
from classroom.conftest import Course
from notebooks.attempts import Chapter, played

from course_utils.checks import HANDED_OVER
from course_utils.classroom.grade import Options, grade
from course_utils.classroom.secret import chapter_secret
from course_utils.saved import CHECK, what_it_says

SECRET = "known to the instructor alone"

EXERCISES = Chapter(Course.chapter).exercises

TRIED = {
    f"student-{number:02}": [each.attempts[number % len(each.attempts)] for each in EXERCISES]
    for number in range(max(len(exercise.attempts) for exercise in EXERCISES))
}
"""What each student tries in each exercise."""


@pytest.fixture(scope="module")
def graded(course):
    for student, attempts in TRIED.items():
        notebook = course.filled({})
        for exercise, attempt in zip(EXERCISES, attempts, strict=True):
            course.cells(notebook)[exercise.name].source = exercise.filled(attempt)
        course.submit(student, nbformat.writes(notebook))
    run = grade(course.folder, course.chapter, Options(workers=2, secret=SECRET), lambda _: None)
    assert (run.failed, run.looks) == ({}, {})
    return course


def test_grading_says_what_the_notebook_says(graded):
    secret = chapter_secret(SECRET, graded.chapter)
    outcomes = played(graded.chapter, secrets=(secret,)).outcomes
    kinds = set()
    for student, attempts in TRIED.items():
        cells = graded.cells(nbformat.read(graded.path("autograded", student), as_version=4))
        for exercise, attempt, mark in zip(EXERCISES, attempts, graded.marks(student), strict=True):
            check, outcome = cells[exercise.name + CHECK], outcomes[exercise.name, json.dumps(attempt), secret]
            said, _ = what_it_says(check)
            kinds.add(said[0])
            assert mark == outcome.score, (exercise.name, attempt)
            assert len(check.outputs) == 1
            assert HANDED_OVER not in str(check.outputs)
            assert check.source == exercise.check.source
            if attempt:  # of an empty cell grading says that it is empty
                assert said == outcome.text.rpartition("\n")[2], (exercise.name, attempt)
    assert kinds == {"✓", "✗", "⚠", "○"}
