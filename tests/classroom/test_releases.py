"""A chapter that is changed after its release: no student is accused, no release is lost, and no mark."""

import shutil

import nbformat
import pytest
from classroom import tiny
from classroom.conftest import Course

from course_utils.classroom.marked import grading_of

TWO = {"twice": 2, "thrice": 3}
RIGHT = {"twice": "2 * number", "thrice": "3 * number", "fourfold": "4 * number"}


@pytest.fixture(scope="module")
def two(tmp_path_factory):
    """A course with a released chapter of two exercises, which nobody has handed in."""
    course = Course(tmp_path_factory.mktemp("two"))
    course.begin()
    shutil.rmtree(course.folder / "notebooks")
    tiny.add_chapter(course, TWO)
    return course


@pytest.fixture
def course(two, tmp_path, monkeypatch):
    monkeypatch.delenv("COURSE_SECRET", raising=False)
    course = Course(tmp_path)
    course.chapter = tiny.CHAPTER
    shutil.copytree(two.folder, course.folder)
    monkeypatch.chdir(course.folder)
    return course


def answered(course, *names):
    return course.filled({f"90_{name}": [RIGHT[name]] for name in names})


def hand_in(course, **notebooks):
    for student, notebook in notebooks.items():
        path = course.path("submitted", student)
        path.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(notebook, path)


def change(course, exercises):
    """Change the chapter, and release it as nbgrader does."""
    tiny.write_chapter(course, exercises)
    run = course.nbgrader("generate_assignment", tiny.CHAPTER, "--force")
    assert run.returncode == 0, run.stderr


def said_to(course, student):
    return [note.student for note in grading_of(nbformat.read(course.path("autograded", student), as_version=4)).notes]


def marks(course, attribute="auto_score"):
    """Each student's marks by the exercise's name."""
    with course.gradebook() as gradebook:
        return {
            each.student.id: {
                grade.name.removeprefix("90_").removesuffix("_check"): getattr(grade, attribute)
                for grade in each.notebooks[0].grades
            }
            for each in gradebook.find_assignment(tiny.CHAPTER).submissions
        }


def test_nobody_is_told_of_a_check_that_only_the_instructor_has_changed(course):
    early = answered(course, *TWO)
    liar = answered(course, *TWO)
    liar.cells[3].source = "pass"
    forger = answered(course, *TWO)
    forger.cells[3].source = "pass"
    forger.metadata.cardiac_ml_course.release = "../../../../forged"
    unknown = answered(course, *TWO)
    unknown.metadata.cardiac_ml_course.release = "0" * 12
    change(course, {"twice": 2, "thrice": 2})
    hand_in(course, early=early, late=answered(course, *TWO), liar=liar, forger=forger, unknown=unknown)
    run, _ = tiny.graded(course)
    assert run.failed == {}
    assert said_to(course, "early") == said_to(course, "late") == []
    assert said_to(course, "liar") == ["You changed a check (Exercise 2). It was put back."]
    other = "The check of Exercise 2 is not the one that this class is graded with. It was put back."
    assert said_to(course, "forger") == said_to(course, "unknown") == [other]
    now = {"twice": 2, "thrice": 0}  # all are judged by the check as it is now
    assert marks(course) == {student: now for student in ("early", "late", "liar", "forger", "unknown")}


def test_nbgraders_own_command_accuses_nobody_either(course):
    hand_in(course, early=answered(course, *TWO))
    change(course, {"twice": 2, "thrice": 2})
    run = course.nbgrader("autograde", tiny.CHAPTER)
    assert run.returncode == 0, run.stderr
    assert said_to(course, "early") == []
