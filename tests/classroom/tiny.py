"""A chapter that is graded in a second, for what does not depend on what a chapter teaches."""

import shutil

import nbformat
from nbformat.v4 import new_code_cell, new_notebook

from course_utils.checks import SECRET_VARIABLE
from course_utils.classroom.grade import Options, grade

CHAPTER = "90_tiny"

ANSWERS = {"ana": "2 * number", "ben": "3 * number", "cem": "____", "dia": "number + number"}
MARKS = {"ana": 2, "ben": 0, "cem": 0, "dia": 2}

ANSWER = """\
def {name}(number):
    ### BEGIN SOLUTION: return ____
    return {factor} * number
    ### END SOLUTION
"""
CHECK = """\
from course_utils.checks import check

with check("Exercise {number}", needs="{name}", right="{factor} times.") as c:
    c.close(lambda: {name}(c.random_state), {factor} * c.random_state, hint="Multiply by {factor}.")
    ### BEGIN HIDDEN TESTS
    c.close(lambda: {name}(0), 0, hint="Nothing stays nothing.")
    ### END HIDDEN TESTS
"""
EXERCISES = {"twice": 2}
"""The factor that each exercise is about."""


def write_chapter(course, exercises, *, first=1):
    """Write the chapter, with its exercises numbered from `first` on, into a course."""
    course.chapter = CHAPTER
    answer = {"grade": False, "locked": False, "schema_version": 3, "solution": True, "task": False}
    check = {"grade": True, "locked": True, "schema_version": 3, "solution": False, "task": False, "points": 2}
    cells = []
    for number, (name, factor) in enumerate(exercises.items(), first):
        filled = {"number": number, "name": name, "factor": factor}
        for text, about, grade_id in ((ANSWER, answer, f"90_{name}"), (CHECK, check, f"90_{name}_check")):
            cells.append(new_code_cell(text.format(**filled), metadata={"nbgrader": {**about, "grade_id": grade_id}}))
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    folder = course.folder / "notebooks" / CHAPTER
    folder.mkdir(parents=True, exist_ok=True)
    nbformat.write(new_notebook(cells=cells, metadata={"kernelspec": kernel}), folder / f"{CHAPTER}.ipynb")


def add_chapter(course, exercises=EXERCISES):
    """Write the chapter into a course, and release it."""
    write_chapter(course, exercises)
    run = course.nbgrader("generate_assignment", CHAPTER)
    assert run.returncode == 0, run.stderr


def copy_of(course, folder, monkeypatch):
    """Copy a course with this chapter into a folder, without a secret, and go there as its instructor does."""
    monkeypatch.delenv(SECRET_VARIABLE, raising=False)
    copied = type(course)(folder)
    copied.chapter = CHAPTER
    shutil.copytree(course.folder, copied.folder)
    monkeypatch.chdir(copied.folder)
    return copied


def hand_in(course, answers):
    for student, answer in answers.items():
        course.submit(student, nbformat.writes(course.filled({"90_twice": [answer]})))


def marks(course):
    """Each student's mark, None where there is none."""
    with course.gradebook() as gradebook:
        submissions = gradebook.find_assignment(CHAPTER).submissions
        return {each.student.id: each.notebooks[0].grades[0].auto_score for each in submissions}


def graded(course, **options):
    """Grade in this process, and return what the run did and the lines that were said."""
    said = []
    return grade(course.folder, CHAPTER, Options(workers=2, **options), said.append), said
