"""The commands of TEACHING.md, run as they are written there, and its tables of solutions."""

import copy
import csv
import os
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from classroom.conftest import REPOSITORY, Course, parsed
from notebooks.attempts import Chapter, chapters_with_answers

GUIDE = (REPOSITORY / "TEACHING.md").read_text(encoding="utf-8")
COMMANDS = re.search(r"## A chapter in ten commands.*?```\n(.*?)```", GUIDE, re.DOTALL).group(1)
WRITTEN_FOR = re.search(r"^chapter=(\w+)$", COMMANDS, re.MULTILINE).group(1)


def test_there_are_ten_commands():
    assert len(COMMANDS.splitlines()) == 10


@pytest.mark.parametrize("name", [WRITTEN_FOR, "00_welcome"])
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

    path = os.pathsep.join(folder for folder in os.environ["PATH"].split(os.pathsep) if not in_environment(folder))
    done = subprocess.run(
        ["bash", "-e", "-c", COMMANDS.replace(WRITTEN_FOR, name)],
        cwd=course.folder,
        env=course.environment | {"PATH": path},
        capture_output=True,
        encoding="utf-8",
        timeout=240,
    )
    assert done.returncode == 0, done.stderr
    with (course.folder / "marked" / "grades.csv").open(encoding="utf-8") as file:
        marks = {row["student_id"]: (row["assignment"], float(row["score"])) for row in csv.DictReader(file)}
    most = sum(exercise.check.metadata.nbgrader.points for exercise in chapter.exercises)
    assert marks == {"ana": (name, most), "ben": (name, 0)}
    for student, sign in (("ana", "Correct."), ("ben", "Not attempted yet.")):
        page = parsed(course.folder / "marked" / f"{student}.html").get_text()
        assert page.count(sign) >= len(chapter.exercises)


def in_environment(folder):
    """Tell whether `folder` is the environment's own: only the guide's first command may put it on the path."""
    return Path(folder).resolve() == Path(sys.prefix, "bin").resolve()


@pytest.mark.parametrize("name", chapters_with_answers())
def test_its_solutions_are_right_answers(name):
    section = GUIDE.partition(f"### {name} (")[2].partition("\n### ")[0]
    rows = re.findall(r"^\| (\d) .*? \| (.*?) \|", section, re.MULTILINE)
    exercises = Chapter(name).exercises
    assert [int(number) for number, _ in rows] == list(range(1, len(exercises) + 1))
    for (_, solution), exercise in zip(rows, exercises, strict=True):
        typed = re.findall(r"`([^`]+)`", solution)
        assert typed in exercise.answers["right"] or typed[0] in exercise.answers["right"], solution


@pytest.mark.parametrize("name", chapters_with_answers())
def test_its_points_and_minutes_are_the_chapters_own(name):
    chapter = Chapter(name)
    minutes, points = map(
        int, re.search(rf"^### {name} \((\d+) minutes, (\d+) points\)$", GUIDE, re.MULTILINE).groups()
    )
    assert f"**Time:** {minutes} minutes" in chapter.source.cells[0].source
    assert points == sum(exercise.check.metadata.nbgrader.points for exercise in chapter.exercises)
