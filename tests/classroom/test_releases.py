"""A chapter that is changed after its release: no student is accused, no release is lost, and no mark."""

import csv
import shutil

import nbformat
import pytest
from classroom import tiny
from classroom.conftest import Course

from course_utils import cli
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
    return tiny.copy_of(two, tmp_path, monkeypatch)


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


def test_a_first_release_is_nbgraders(course, capsys):
    made = course.path("release").read_text(encoding="utf-8")
    shutil.rmtree(course.folder / "release")
    (course.folder / "gradebook.db").unlink()
    assert cli.main(["release", "90"]) == 0
    assert course.path("release").read_text(encoding="utf-8") == made
    assert "Released: release/90_tiny/90_tiny.ipynb" in capsys.readouterr().out
    hand_in(course, ana=answered(course, *TWO))
    tiny.graded(course)
    assert marks(course) == {"ana": {"twice": 2, "thrice": 2}}


def test_an_exercise_is_removed_and_its_marks_are_kept_in_a_table(course, capsys):
    hand_in(course, ana=answered(course, *TWO), ben=answered(course, "thrice"))
    tiny.graded(course)
    with course.gradebook() as gradebook:
        gradebook.find_grade("90_thrice_check", tiny.CHAPTER, tiny.CHAPTER, "ben").manual_score = 1.5
        gradebook.find_grade("90_twice_check", tiny.CHAPTER, tiny.CHAPTER, "ben").manual_score = 1
        gradebook.find_comment("90_thrice", tiny.CHAPTER, tiny.CHAPTER, "ben").manual_comment = "=well done"
        gradebook.db.commit()
    before, kept = marks(course, "score"), course.path("release").read_bytes()
    (course.path("release").parent / "plan.pdf").write_text("the instructor's own")
    tiny.write_chapter(course, {"twice": 2})

    assert cli.main(["release", "90"]) == 2
    line = capsys.readouterr().err
    assert "The chapter has lost 90_thrice, 90_thrice_check, where 2 students have marks or comments." in line
    assert "--remove" in line
    assert (course.path("release").read_bytes(), marks(course, "score")) == (kept, before)

    assert cli.main(["release", "90", "--remove"]) == 0
    assert (
        "Marks and comments of 2 students in 90_thrice, 90_thrice_check are now in marked/" in capsys.readouterr().out
    )
    assert marks(course, "score") == {"ana": {"twice": 2}, "ben": {"twice": 1}}
    (table,) = (course.folder / "marked").glob("90_tiny-removed-*.csv")
    with table.open(encoding="utf-8-sig", newline="") as file:
        rows = [list(row.values()) for row in csv.DictReader(file)]
    assert rows == [
        ["ana", "90_thrice_check", "2.0", "", "", "2.0", ""],
        ["ben", "90_thrice", "", "", "", "", "'=well done"],
        ["ben", "90_thrice_check", "2.0", "1.5", "", "2.0", ""],
    ]
    assert "90_thrice" not in course.path("release").read_text(encoding="utf-8")
    assert (course.path("release").parent / "plan.pdf").exists()

    run, said = tiny.graded(course)
    assert (sorted(run.graded), run.failed) == (["ana", "ben"], {})
    assert "2 to grade again: the chapter was released anew." in said
    assert marks(course, "score") == {"ana": {"twice": 2}, "ben": {"twice": 1}}
    assert said_to(course, "ana") == []


def test_an_exercise_is_added_and_who_has_the_copy_from_before_is_told_so(course):
    early = answered(course, *TWO)
    hand_in(course, early=early)
    tiny.graded(course)
    tiny.write_chapter(course, {**TWO, "fourfold": 4})
    assert cli.main(["release", "90"]) == 0
    assert marks(course)["early"] == {"twice": 2, "thrice": 2, "fourfold": None}
    hand_in(course, late=answered(course, *RIGHT))
    run, _ = tiny.graded(course)
    assert (sorted(run.graded), run.failed) == (["early", "late"], {})
    assert marks(course)["early"] == {"twice": 2, "thrice": 2, "fourfold": 0}
    assert marks(course)["late"] == {"twice": 2, "thrice": 2, "fourfold": 2}
    assert said_to(course, "early") == ["Exercise 3 came after your copy of the chapter. Get the new one to answer it."]
    hand_in(course, early=answered(course, *RIGHT))
    tiny.graded(course)
    assert marks(course)["early"]["fourfold"] == 2


def test_a_chapter_that_cannot_be_released_leaves_the_old_release_and_all_marks(course, capsys):
    hand_in(course, ana=answered(course, *TWO))
    tiny.graded(course)
    before, kept = marks(course), course.path("release").read_bytes()
    tiny.write_chapter(course, {"twice": 2})
    source = course.folder / "notebooks" / tiny.CHAPTER / f"{tiny.CHAPTER}.ipynb"
    source.write_text(source.read_text().replace("### END SOLUTION", "### THE END"))
    assert cli.main(["release", "90", "--remove"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "cannot be released" in line
    assert (course.path("release").read_bytes(), marks(course)) == (kept, before)


def test_a_release_that_nbgrader_breaks_off_leaves_the_old_one(course, capsys, monkeypatch):
    from nbgrader.preprocessors import SaveCells

    kept = course.path("release").read_bytes()

    def stop(*_, **__):
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(SaveCells, "preprocess", stop)
    assert cli.main(["release", "90"]) == 2
    assert "the disk is full" in capsys.readouterr().err
    assert course.path("release").read_bytes() == kept
