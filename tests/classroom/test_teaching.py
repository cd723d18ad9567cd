"""The commands of TEACHING.md, run as they are written there."""

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
from notebooks.attempts import Chapter

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
