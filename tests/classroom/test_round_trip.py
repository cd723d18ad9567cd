"""A whole class goes through nbgrader in one run, and each student gets the marks that the rules give."""

import re
import shutil
from concurrent.futures import ThreadPoolExecutor

import nbformat
import pytest
from classroom.conftest import Course, graded_cells, parsed
from nbgrader.api import Comment, Grade

WRONG = {
    "01_rule_220": (
        ["220", "-1"],
        "✗ Not yet. 220 and −1 belong to age 0 and to one year. Here we start at 50 and count in tens of years.",
    ),
    "01_mean_squared_error": (
        ["np.mean(misses)"],
        "✗ Not yet. Misses above and below the line cancel out in your average. Square them first.",
    ),
    "01_gradient_step": (
        ["per_decade + learning_rate * gradient_per_decade"],
        "✗ Not yet. Your step goes uphill: the error would grow. Take the step away; do not add it.",
    ),
    "01_fit_line": (
        ["np.mean(heart_rate)"],
        "✗ Not yet. That is the heart rate at the average age, which is not 50. Go from there to age 50 along the "
        "slope.",
    ),
    "01_bias_above": (
        ["np.mean(misses)"],
        "✗ Not yet. You average over all patients. Keep the older ones only, with [older] behind misses.",
    ),
}
"""For each exercise what a learner fills in, and the sentence that answers it."""

NOISE = """\
import logging, sys, warnings
logging.warning("noise")
print("noise", file=sys.stderr)
warnings.warn("noise")
np.log(np.array([-1.0, 0.0]))
"""


def perfect(course):
    return course.filled(course.right)


def blank(course):
    return graded_cells(course, course.filled({}))


def wrong(course):
    return graded_cells(course, course.filled({exercise: values for exercise, (values, _) in WRONG.items()}))


def half_right(course):
    """One exercise right, one with a syntax error, one right, one wrong, one blank."""
    return course.filled(
        {
            "01_rule_220": course.right["01_rule_220"],
            "01_mean_squared_error": ["np.mean(misses**2))"],
            "01_gradient_step": course.right["01_gradient_step"],
            "01_fit_line": WRONG["01_fit_line"][0],
        }
    )


def edited_and_deleted_checks(course):
    """A right and a wrong answer with checks edited, a right and a wrong one with checks deleted, and a right one."""
    wrong_ones = {exercise: WRONG[exercise][0] for exercise in ("01_mean_squared_error", "01_fit_line")}
    notebook = graded_cells(course, course.filled(course.right | wrong_ones))
    cells = course.cells(notebook)
    cells["01_rule_220_check"].source = "raise ValueError"
    cells["01_mean_squared_error_check"].source = "pass"
    notebook.cells.remove(cells["01_gradient_step_check"])
    notebook.cells.remove(cells["01_fit_line_check"])
    return notebook


def endless_loop(course):
    notebook = graded_cells(course, perfect(course))
    cell = course.cells(notebook)["01_bias_above"]
    cell.source = cell.source.replace("    return", "    while True:\n        pass\n    return")
    return notebook


def noisy(course):
    notebook = graded_cells(course, perfect(course))
    for exercise in WRONG:
        cell = course.cells(notebook)[exercise]
        inside = "".join(f"    {line}\n" for line in NOISE.splitlines())
        cell.source = NOISE + cell.source.replace('"""\n', f'"""\n{inside}', 1)
    return notebook


def hard_coded(course):
    return graded_cells(course, course.hard_coded())


STUDENTS = {
    perfect: [2, 2, 2, 2, 2],
    blank: [0, 0, 0, 0, 0],
    wrong: [0, 0, 0, 0, 0],
    half_right: [2, 0, 2, 0, 0],
    edited_and_deleted_checks: [2, 0, 2, 0, 2],
    endless_loop: [2, 2, 2, 2, 0],
    noisy: [2, 2, 2, 2, 2],
    hard_coded: [2, 0, 2, 0, 2],  # hidden tests catch two; data of the instructor's own catches all five
}
"""What each student hands in, two of them every cell of the chapter, and the mark that it deserves in each exercise."""

HONEST = (perfect, blank, wrong, half_right, noisy)
"""Whom plain nbgrader grades too."""

UNREADABLE = "a_broken_file"  # the first in the alphabet, so that the others are graded after it

ROUTES = {
    "nbgrader autograde": lambda course: course.nbgrader("autograde", course.chapter),
    "course grade": lambda course: course.grade(),
}


PLAIN = """
from nbgrader.converters import Autograde
from nbconvert.exporters import NotebookExporter
c = get_config()
c.Autograde.pre_convert_hook = None
c.Autograde.exporter_class = NotebookExporter
c.Autograde.sanitize_preprocessors = Autograde.sanitize_preprocessors.default()
c.Autograde.autograde_preprocessors = Autograde.autograde_preprocessors.default()
"""
"""What makes nbgrader grade as it does without this course: unprotected, and with its own steps alone."""


@pytest.fixture(scope="module")
def begun(released, tmp_path_factory):
    """By its name each way to grade, plain nbgrader among them. They run side by side, since each waits at times."""
    courses = {name: Course(tmp_path_factory.mktemp("graded")) for name in (*ROUTES, "plain")}
    for name, course in courses.items():
        shutil.copytree(released.folder, course.folder)
        with open(course.folder / "nbgrader_config.py", "a") as config:
            # 8 seconds are how long the loop without an end is waited for.
            config.write(PLAIN if name == "plain" else "c.Execute.timeout = 8\n")
    for student in STUDENTS:
        content = nbformat.writes(student(courses["plain"]))
        for name, course in courses.items():
            if name != "plain" or student in HONEST:
                course.submit(student.__name__, content)
    for name in ROUTES:
        courses[name].submit(UNREADABLE, '{"cells": [')
    with ThreadPoolExecutor() as pool:
        yield {name: pool.submit(run, name, course) for name, course in courses.items()}


def run(name, course):
    done = (ROUTES | {"plain": ROUTES["nbgrader autograde"]})[name](course)
    assert done.returncode == 0, done.stderr
    if name != "plain":
        feedback = course.nbgrader("generate_feedback", course.chapter)
        assert feedback.returncode == 0, feedback.stderr
    return course


@pytest.fixture(scope="module")
def plain(begun):
    """The course after plain nbgrader has graded the honest ones of the class."""
    return begun["plain"].result()


@pytest.fixture(scope="module", params=ROUTES)
def graded(request, begun):
    """The course after the whole class was graded in one run, and one `nbgrader generate_feedback` for it."""
    return begun[request.param].result()


@pytest.mark.parametrize("student", STUDENTS, ids=lambda student: student.__name__)
def test_each_exercise_gets_the_mark_that_it_deserves(graded, student):
    assert graded.marks(student.__name__) == STUDENTS[student]


def rows(course):
    """All that grading writes into the gradebook for the cells of an honest student."""
    names = [student.__name__ for student in HONEST]
    with course.gradebook() as gradebook:
        grades = [
            (each.student.id, each.name, each.auto_score, each.manual_score, each.needs_manual_grade)
            for each in gradebook.db.query(Grade)
        ]
        comments = [
            (each.student.id, each.name, each.auto_comment, each.manual_comment) for each in gradebook.db.query(Comment)
        ]
    return [sorted(row for row in kind if row[0] in names) for kind in (grades, comments)]


def comparable(cell):
    """A cell without times and process ids, with all that it printed in one piece: when pieces come is chance.

    What an answer that stops makes other cells say names the cause here, which plain nbgrader cannot know.
    """
    metadata = {key: value for key, value in cell.metadata.items() if key != "execution"}
    streams = {"stdout": "", "stderr": ""}
    outputs = []
    for output in cell.get("outputs", []):
        if output.output_type == "stream":
            streams[output.name] += re.sub(r"\S*/ipykernel_\d+", "ipykernel", output.text)
        elif "application/vnd.jupyter.widget-view+json" not in output.get("data", {}):  # its ids are drawn at random
            outputs.append(dict(output))
            if output.output_type == "error" and "nbgrader" not in cell.metadata:
                sign, *_ = output.traceback[0]
                outputs[-1]["traceback"] = sign
    return cell.cell_type, cell.source, metadata, cell.get("execution_count"), streams, outputs


def test_marks_comments_and_notebooks_are_those_of_plain_nbgrader(graded, plain):
    assert rows(graded) == rows(plain)
    assert len(rows(graded)[0]) == 5 * len(HONEST)
    for student in HONEST:
        paths = [course.path("autograded", student.__name__) for course in (graded, plain)]
        mine, theirs = (nbformat.read(path, as_version=4) for path in paths)
        assert list(map(comparable, mine.cells)) == list(map(comparable, theirs.cells))
        assert mine.metadata.cardiac_ml_course.grading.notes == []
        assert mine.metadata.cardiac_ml_course.release == theirs.metadata.cardiac_ml_course.release
        assert oct(paths[0].stat().st_mode) == oct(paths[1].stat().st_mode)


def test_a_file_that_cannot_be_read_gets_no_points_and_a_page_that_says_why(graded):
    assert graded.marks(UNREADABLE) == [0] * 5
    page = parsed(graded.path("feedback", UNREADABLE)).get_text()
    assert "The file cannot be read as a notebook, so it counts as not attempted." in page


@pytest.mark.parametrize("student", STUDENTS, ids=lambda student: student.__name__)
def test_the_feedback_page_shows_a_sentence_below_just_the_checks_that_failed(graded, student):
    failures = graded.failures(student.__name__)
    lost = [exercise for exercise, mark in zip(WRONG, STUDENTS[student], strict=True) if mark == 0]
    assert list(failures) == lost


def test_a_wrong_answer_gets_its_sentence_on_the_feedback_page(graded):
    assert graded.failures("wrong") == {exercise: sentence for exercise, (_, sentence) in WRONG.items()}
    assert not re.search(r"\w+Error", graded.outputs("wrong"))


def test_validate_says_the_same_of_a_wrong_answer(course):
    course.submit("wrong", nbformat.writes(wrong(course)))
    printed = course.validate(course.path("submitted", "wrong")).split("The error was:")[1:]
    assert [error.split("=====")[0].strip() for error in printed] == [sentence for _, sentence in WRONG.values()]


def test_a_blank_gets_not_attempted(graded):
    failures = graded.failures("blank")
    for number, exercise in enumerate(WRONG, start=1):
        sentence = f"○ Not attempted yet. In the cell of Exercise {number}, replace every ____ "
        assert failures[exercise].startswith(sentence)


def test_a_loop_without_an_end_is_said_to_be_one_and_no_more(graded):
    assert graded.failures("endless_loop")["01_bias_above"] == (
        "⚠ Your code in Exercise 5 did not finish and was stopped. Look for a loop that never ends; "
        "Kernel, Restart Kernel helps if the notebook no longer answers."
    )


@pytest.mark.parametrize("student", STUDENTS, ids=lambda student: student.__name__)
def test_no_page_shows_a_stack_trace(graded, student):
    outputs = graded.outputs(student.__name__)
    assert re.search("[✓✗○] ", outputs)
    assert "Traceback" not in outputs
