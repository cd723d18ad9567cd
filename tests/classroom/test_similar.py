"""Which notebooks are called alike: copies, also changed ones, and never two honest right answers."""

import copy
import random
import re
import shutil

import nbformat
import pytest
from classroom import tiny
from classroom.conftest import Course
from notebooks.attempts import Chapter, chapters_with_answers

from course_utils.classroom.report import read_report
from course_utils.classroom.similar import alike, own_words

COPIED = """
def {name}({arguments}):
    # first we take away what everybody has
    remaining_part = 1
    # this took me half the night to find out
    biggest_value = remaining_part * 2
    return biggest_value
"""


def answered(chapter, attempts):
    """The chapter with an answer in each exercise."""
    notebook = copy.deepcopy(chapter.release)
    for exercise, attempt in zip(chapter.exercises, attempts, strict=True):
        (cell,) = (each for each in notebook.cells if each.id == exercise.answer.id)
        cell.source = exercise.filled(attempt)
    return notebook


def named(chapter, notebooks):
    return [
        (each.first, each.second)
        for each in alike({student: own_words(one, chapter.source) for student, one in notebooks.items()})
    ]


@pytest.mark.parametrize("name", chapters_with_answers())
def test_honest_answers_are_never_called_alike(name):
    chapter = Chapter(name)
    kinds = [
        [[*each.answers["right"], *each.answers.get("right_too", [])] for each in chapter.exercises],
        [[wrong.get("typed", wrong.get("cell")) for wrong in each.answers["wrong"]] for each in chapter.exercises],
    ]
    for answers in kinds:
        for index in range(max(map(len, answers))):  # each answer, in two notebooks that are the same to the letter
            attempts = [some[index % len(some)] for some in answers]
            pair = {student: answered(chapter, attempts) for student in ("ana", "ben")}
            assert named(chapter, pair) == [], attempts
    chance = random.Random(1)
    crowd = {str(one): answered(chapter, [chance.choice(some) for some in kinds[0]]) for one in range(30)}
    assert named(chapter, crowd) == []


def test_a_copy_is_named_also_with_other_numbers_and_one_more_cell():
    chapter = Chapter("02_logistic_regression")
    notebooks = {
        student: answered(chapter, [each.answers["right"][0] for each in chapter.exercises])
        for student in ("ana", "ben", "cem", "dia")
    }
    original = COPIED.format(name="risk", arguments="log_odds")
    changed = (
        original.replace("2", "3")
        .replace("    # this", "    #   This")
        .replace("remaining_part = 1", "remaining_part=1")
    )
    for student, source in (("ana", original), ("cem", changed)):
        cell = next(each for each in notebooks[student].cells if each.id == chapter.exercises[0].answer.id)
        cell.source = source
    notebooks["cem"].cells.append(copy.deepcopy(notebooks["cem"].cells[-1]))
    notebooks["cem"].cells[-1].source = "A thought that is mine alone."
    assert named(chapter, notebooks) == [("ana", "cem")]


def test_the_report_names_them_as_a_hint_and_without_names_by_number(with_tiny_chapter, tmp_path):
    course = Course(tmp_path)
    course.chapter = tiny.CHAPTER
    shutil.copytree(with_tiny_chapter.folder, course.folder)
    source = COPIED.format(name="twice", arguments="number")
    for student in ("ana", "cem"):
        path = course.path("submitted", student)
        notebook = nbformat.read(path, as_version=4)
        notebook.cells[0].source = source.replace("= 1", f"= number  # {student}")
        nbformat.write(notebook, path)
    tiny.graded(course)
    report = read_report(course.folder, course.chapter, f"sqlite:///{course.folder / 'gradebook.db'}")
    words = "have in common 4 of 4 names, comments and texts of their own."
    assert report.text(names=True).splitlines()[-2:] == [
        "Much alike. This is a hint and no verdict: people learn together. Read both, and ask them:",
        f"   ana and cem {words}",
    ]
    last = report.text().splitlines()[-1]
    assert re.fullmatch(rf"   student \d and student \d {re.escape(words)}", last)


def test_what_half_the_class_writes_says_nothing():
    chapter = Chapter("02_logistic_regression")
    notebooks = {}
    for student in map(str, range(40)):
        notebooks[student] = answered(chapter, [each.answers["right"][0] for each in chapter.exercises])
        notebooks[student].cells[
            -1
        ].source = "We were told to write this\nand this is what follows\nand so it ends here"
    assert named(chapter, notebooks) == []


@pytest.mark.parametrize(
    ("source", "found"),
    [("(" * 10_000, []), ("x = '", []), ("\0", []), ("def f(:\n  # a b c d", ["a b c d"]), ("é" * 50_000, [])],
    ids=["brackets", "quote", "zero", "comment", "long"],
)
def test_no_code_stops_it(source, found):
    chapter = Chapter("02_logistic_regression")
    notebook = copy.deepcopy(chapter.release)
    next(cell for cell in notebook.cells if cell.cell_type == "code").source = source
    words = sorted(own_words(notebook, chapter.source))
    assert words == found
