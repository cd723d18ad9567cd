"""A mark is current as long as all that decided it is: what has changed is said, and only whom it touches is graded."""

import shutil

import nbformat
import pytest
from classroom import tiny
from classroom.conftest import Course

from course_utils import cli
from course_utils.classroom.journal import FOLDER as JOURNAL
from course_utils.classroom.secret import FILE
from course_utils.errors import CourseError

CLASS = {"ana": ["2 * number", "3 * number"], "ben": ["3 * number", "3 * number"], "cem": ["2 * number", "____"]}
MARKS = {"ana": [2, 2], "ben": [0, 2], "cem": [2, 0]}


@pytest.fixture(scope="module")
def handed_in(tmp_path_factory):
    """A course with a chapter of two exercises, and its class, which nobody has graded yet."""
    course = Course(tmp_path_factory.mktemp("two"))
    course.begin()
    shutil.rmtree(course.folder / "notebooks")
    tiny.add_chapter(course, {"twice": 2, "thrice": 3})
    for student, answers in CLASS.items():
        filled = course.filled(
            {name: [answer] for name, answer in zip(("90_twice", "90_thrice"), answers, strict=True)}
        )
        course.submit(student, nbformat.writes(filled))
        stamp = "2026-03-02 10:00:00 UTC" if student == "ana" else "2026-03-01 10:00:00 UTC"
        (course.path("submitted", student).parent / "timestamp.txt").write_text(stamp)
    return course


@pytest.fixture
def course(handed_in, tmp_path, monkeypatch):
    return tiny.copy_of(handed_in, tmp_path, monkeypatch)


def marks(course, attribute="auto_score"):
    """Each student's marks in both exercises."""
    with course.gradebook() as gradebook:
        found = {}
        for submission in gradebook.find_assignment(tiny.CHAPTER).submissions:
            grades = {grade.name: getattr(grade, attribute) for grade in submission.notebooks[0].grades}
            found[submission.student.id] = [grades[f"90_{name}_check"] for name in ("twice", "thrice")]
        return found


def penalties(course):
    with course.gradebook() as gradebook:
        submissions = gradebook.find_assignment(tiny.CHAPTER).submissions
        return {each.student.id: each.notebooks[0].late_submission_penalty for each in submissions}


def set_due(course, date):
    with course.gradebook() as gradebook:
        gradebook.update_or_create_assignment(tiny.CHAPTER, duedate=date)


def release_another_check(course):
    """Release the chapter with another check of its second exercise, for which twice is right."""
    tiny.write_chapter(course, {"twice": 2, "thrice": 2})
    run = course.nbgrader("generate_assignment", tiny.CHAPTER, "--force")
    assert run.returncode == 0, run.stderr


def executed(course):
    return {path.name: path.stat().st_mtime_ns for path in (course.folder / JOURNAL).rglob("*.executed.json")}


def test_a_new_due_date_or_penalty_touches_who_is_late_and_runs_no_notebook_again(course):
    tiny.graded(course)
    assert marks(course) == MARKS
    noted = executed(course)
    set_due(course, "2026-03-01 12:00:00 UTC")
    with open(course.folder / "nbgrader_config.py", "a") as config:
        config.write("c.LateSubmissionPlugin.penalty_method = 'zero'\n")
    run, said = tiny.graded(course)
    assert (run.graded, run.before) == (["ana"], ["ben", "cem"])
    assert "1 to grade again: another due date, penalty, or time of handing in." in said
    assert penalties(course) == {"ana": 4, "ben": None, "cem": None}
    set_due(course, "2026-03-03 12:00:00 UTC")
    assert tiny.graded(course)[0].graded == ["ana"]
    assert penalties(course) == {"ana": None, "ben": None, "cem": None}
    assert executed(course) == noted


def test_an_extension_counts(course):
    set_due(course, "2026-03-01 12:00:00 UTC")
    with open(course.folder / "nbgrader_config.py", "a") as config:
        config.write("c.LateSubmissionPlugin.penalty_method = 'zero'\n")
    tiny.graded(course)
    assert penalties(course)["ana"] == 4
    with course.gradebook() as gradebook:
        gradebook.grant_extension(tiny.CHAPTER, "ana", days=2)
    assert tiny.graded(course)[0].graded == ["ana"]
    assert penalties(course)["ana"] is None


def test_a_new_release_and_another_secret_are_told_apart(course):
    tiny.graded(course)
    release_another_check(course)
    run, said = tiny.graded(course, secret="the first one")
    assert len(run.graded) == 3
    assert "3 to grade again: the chapter was released anew." in said
    assert "3 to grade again: the secret is another one." in said
    assert marks(course) == {"ana": [2, 0], "ben": [0, 0], "cem": [2, 0]}
    assert tiny.graded(course, secret="the first one")[0].graded == []


def test_a_forgotten_secret_is_refused_and_no_mark_changes(course, monkeypatch, capsys):
    monkeypatch.setenv("COURSE_SECRET", "known to the instructor alone")
    tiny.graded(course)
    monkeypatch.delenv("COURSE_SECRET")
    with pytest.raises(CourseError, match=f"was graded with a secret, and none is here. Copy {FILE}"):
        tiny.graded(course)
    stock = course.nbgrader("autograde", tiny.CHAPTER, "--force")
    assert stock.returncode == 1
    assert "was graded with a secret" in stock.stderr.splitlines()[-1]
    assert marks(course) == MARKS
    assert cli.main(["secret"]) == 2  # another one would have all graded again
    assert "was graded with a secret" in capsys.readouterr().err
    assert cli.main(["secret", "--new"]) == 0
    assert len(tiny.graded(course)[0].graded) == 3


def test_one_exercise_is_graded_again_for_the_class_and_all_other_marks_stay(course):
    tiny.graded(course)
    with course.gradebook() as gradebook:
        for student, name, points in (("ben", "twice", 1), ("ana", "thrice", 1.5)):
            grade = gradebook.find_grade(f"90_{name}_check", tiny.CHAPTER, tiny.CHAPTER, student)
            grade.manual_score, grade.needs_manual_grade = points, False
        gradebook.db.commit()
    release_another_check(course)
    shutil.rmtree(course.folder / "submitted" / "cem")
    course.submit("cem", nbformat.writes(course.filled({"90_twice": ["1"], "90_thrice": ["2 * number"]})))
    run, said = tiny.graded(course, exercise=2)
    assert sorted(run.graded) == ["ana", "ben"]
    assert "Exercise 2 is graded again for 2. All other marks stay." in said
    assert "Left to `course grade 90_tiny`, since more has changed: cem." in said
    assert marks(course) == {"ana": [2, 0], "ben": [0, 0], "cem": [2, 0]}
    assert marks(course, "score") == {"ana": [2, 1.5], "ben": [1, 0], "cem": [2, 0]}
    assert marks(course, "needs_manual_grade")["ben"] == [False, False]  # what nobody has touched needs no new look
    assert marks(course, "needs_manual_grade")["ana"] == [False, True]
    run, said = tiny.graded(course)
    assert (run.graded, run.before) == (["cem"], ["ana", "ben"])  # the other check was as before
    assert marks(course)["cem"] == [0, 2]


def test_an_exercise_that_is_not_there_is_named(course):
    with pytest.raises(CourseError, match=r"No check judges exercise 7 here. There are: 1, 2\."):
        tiny.graded(course, exercise=7)
