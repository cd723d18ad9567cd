"""The commands of TEACHING.md, run as they are written there."""

import copy
import csv
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup
from classroom import tiny
from classroom.conftest import REPOSITORY, Course
from notebooks.attempts import Chapter

GUIDE = (REPOSITORY / "TEACHING.md").read_text(encoding="utf-8")
CHAPTER = "02_logistic_regression"
COMMANDS = "".join(re.findall(r"^```\n(.*?)^```", GUIDE.split("\n## ")[1], re.DOTALL | re.MULTILINE))
WITH_CANVAS = re.search(r"## From Canvas.*?^```\n(.*?)^```", GUIDE, re.DOTALL | re.MULTILINE)[1]


def commands_for(chapter, commands=COMMANDS):
    """The guide's commands, for another chapter than the guide's."""
    return re.sub(r"\b02\b", chapter[:2], commands.replace(CHAPTER, chapter))


def test_there_are_nine_commands():
    assert len(COMMANDS.splitlines()) == 9


def shell(course, commands, *options):
    """Run commands in a terminal that knows nothing of the environment, as a new one does."""
    path = os.pathsep.join(folder for folder in os.environ["PATH"].split(os.pathsep) if not in_environment(folder))
    return subprocess.run(
        ["bash", *options, "-c", commands],
        cwd=course.folder,
        env=course.environment | {"PATH": path},
        capture_output=True,
        encoding="utf-8",
        timeout=240,
    )


@pytest.mark.parametrize("name", [CHAPTER, "00_welcome"])
def test_the_commands_lead_from_release_to_feedback(name, tmp_path):
    chapter = Chapter(name)
    course = Course(tmp_path)
    course.begin()
    (course.folder / ".venv").symlink_to(sys.prefix)
    handed_in = course.folder / "handed-in"
    handed_in.mkdir()
    nbformat.write(chapter.release, handed_in / "ben.ipynb")
    answered = copy.deepcopy(chapter.release)
    for exercise in chapter.exercises:
        (cell,) = (each for each in answered.cells if each.id == exercise.answer.id)
        cell.source = exercise.filled(exercise.answers["right"][0])
    nbformat.write(answered, handed_in / "ana.ipynb")

    done = shell(course, commands_for(name), "-e")
    assert done.returncode == 0, done.stderr
    with (course.folder / "marked" / "grades.csv").open(encoding="utf-8") as file:
        marks = {row["student_id"]: (row["assignment"], float(row["score"])) for row in csv.DictReader(file)}
    most = sum(exercise.check.metadata.nbgrader.points for exercise in chapter.exercises)
    assert marks == {"ana": (name, most), "ben": (name, 0)}
    for student, sign in (("ana", "Correct."), ("ben", "Not attempted yet.")):
        with zipfile.ZipFile(course.folder / "marked" / f"{name}-feedback.zip") as archive:
            page = BeautifulSoup(archive.read(f"{student}.html"), "html.parser").get_text()
        assert page.count(sign) >= len(chapter.exercises)


def test_a_block_that_is_pasted_too_early_says_so_and_loses_nothing(with_tiny_chapter, tmp_path):
    course = Course(tmp_path)
    shutil.copytree(with_tiny_chapter.folder, course.folder)
    (course.folder / ".venv").symlink_to(sys.prefix)
    shutil.rmtree(course.folder / "submitted")
    after = "\n".join(commands_for(tiny.CHAPTER).splitlines()[3:])
    done = shell(course, after)
    assert "handed-in cannot be read (no such file or directory)" in done.stderr
    assert "Nobody has handed in 90_tiny" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (course.folder / "submitted").exists()


def test_the_guides_way_from_canvas_and_back(with_tiny_chapter, tmp_path):
    course = Course(tmp_path)
    course.chapter = tiny.CHAPTER
    shutil.copytree(with_tiny_chapter.folder, course.folder)
    (course.folder / ".venv").symlink_to(sys.prefix)
    downloads = Path(course.environment["HOME"], "Downloads")
    downloads.mkdir()
    with zipfile.ZipFile(downloads / "submissions.zip", "w") as archive:
        archive.write(course.path("submitted", "ana"), "lovelaceada_7_70_90_tiny.ipynb")
    shutil.rmtree(course.folder / "submitted")
    table = "Student,ID,SIS Login ID,Section,90 (5)\n    Points Possible,,,,2\n{}\n"
    (downloads / "grades.csv").write_text(table.format('"Lovelace, Ada",7,ada,1,'))
    done = shell(course, COMMANDS.splitlines()[0] + "\n" + commands_for(tiny.CHAPTER, WITH_CANVAS), "-e")
    assert done.returncode == 0, done.stderr
    assert (downloads / "grades-90_tiny.csv").read_text() == table.format('"Lovelace, Ada",7,ada,1,2')


def test_the_guides_rule_for_lateness_takes_points_and_an_extension_gives_them_back(with_tiny_chapter, tmp_path):
    course = Course(tmp_path)
    course.chapter = tiny.CHAPTER
    shutil.copytree(with_tiny_chapter.folder, course.folder)
    (course.folder / ".venv").symlink_to(sys.prefix)
    rule = re.search(r"```python\n(.*?)```", GUIDE, re.DOTALL)[1]
    with open(course.folder / "nbgrader_config.py", "a") as config:
        config.write(rule)
    due, extend = re.findall(r"^(?:nbgrader db|python -c) .*", GUIDE, re.MULTILINE)
    for student, day in (("ana", "14 18:00:01"), ("dia", "14 17:59:59")):
        stamp = course.path("submitted", student).with_name("timestamp.txt")
        stamp.write_text(f"2026-10-{day} Europe/Berlin")
    activate = COMMANDS.splitlines()[0]
    done = shell(course, "\n".join([activate, commands_for(tiny.CHAPTER, due), "course grade 90"]), "-e")
    assert done.returncode == 0, done.stderr
    assert scores(course) == {"ana": 1.8, "ben": 0, "cem": 0, "dia": 2}
    again = "course grade 90 --student ana --force"
    done = shell(course, "\n".join([activate, commands_for(tiny.CHAPTER, extend), again]), "-e")
    assert done.returncode == 0, done.stderr
    assert scores(course) == {"ana": 2, "ben": 0, "cem": 0, "dia": 2}


def scores(course):
    done = course.nbgrader("export", "--to", "grades.csv")
    assert done.returncode == 0, done.stderr
    with open(course.folder / "grades.csv", encoding="utf-8") as file:
        return {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)}


def in_environment(folder):
    """Tell whether `folder` is the environment's own: only the guide's first command may put it on the path."""
    return Path(folder).resolve() == Path(sys.prefix, "bin").resolve()
