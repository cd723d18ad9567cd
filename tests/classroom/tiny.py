"""A chapter that is graded in a second, for what does not depend on what a chapter teaches."""

import nbformat
from nbformat.v4 import new_code_cell, new_notebook

from course_utils.classroom.grade import Options, grade

CHAPTER = "90_tiny"

ANSWERS = {"ana": "2 * number", "ben": "3 * number", "cem": "____", "dia": "number + number"}
MARKS = {"ana": 2, "ben": 0, "cem": 0, "dia": 2}

ANSWER = """\
def twice(number):
    ### BEGIN SOLUTION: return ____
    return 2 * number
    ### END SOLUTION
"""
CHECK = """\
from course_utils.checks import check

with check("Exercise 1", needs="twice", right="Twice.") as c:
    c.close(lambda: twice(c.random_state), 2 * c.random_state, hint="Multiply by 2.")
    ### BEGIN HIDDEN TESTS
    c.close(lambda: twice(0), 0, hint="Twice nothing is nothing.")
    ### END HIDDEN TESTS
"""


def add_chapter(course):
    """Write the chapter into a course, and release it."""
    course.chapter = CHAPTER
    answer = {"grade": False, "grade_id": "90_twice", "locked": False, "schema_version": 3, "solution": True}
    check = {"grade": True, "grade_id": "90_twice_check", "locked": True, "schema_version": 3, "solution": False}
    notebook = new_notebook(
        cells=[
            new_code_cell(ANSWER, metadata={"nbgrader": {**answer, "task": False}}),
            new_code_cell(CHECK, metadata={"nbgrader": {**check, "points": 2, "task": False}}),
        ],
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
    )
    folder = course.folder / "notebooks" / CHAPTER
    folder.mkdir(parents=True)
    nbformat.write(notebook, folder / f"{CHAPTER}.ipynb")
    run = course.nbgrader("generate_assignment", CHAPTER)
    assert run.returncode == 0, run.stderr


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
