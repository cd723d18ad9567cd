"""The secret of a class, and what is made of it for each chapter.

A student's code can print what its checks draw their data from. That is made from the secret and the chapter's name, so
slowly that nobody tries many words, and is good for this chapter alone.
"""

import functools
import hashlib
import os
import secrets
from pathlib import Path
from typing import Any

from course_utils.checks import SECRET_VARIABLE
from course_utils.classroom.journal import graded_with_a_secret
from course_utils.errors import CourseError

FILE = ".course-secret"
"""Where a class's secret is, in the course's folder. Git ignores it, and no step copies it."""

_LEAST = 24  # signs of a secret that nobody guesses; a word has ten, and what `make_secret` makes has 64
_VARIED = 8  # different signs in it
_COST = 2**16  # of scrypt: 64 MB and 0.15 seconds for each try


def make_secret(folder: Path, *, new: bool = False) -> list[str]:
    """Make a long random secret in the course's folder; one that is there stays.

    Args:
        folder: the folder of the nbgrader course.
        new: whether to put one in the place of another, which is kept beside it.

    Returns:
        What to tell the instructor.

    Raises:
        CourseError: if this is not the folder of a course, or its class was graded with a secret that is elsewhere.
    """
    if not (folder / "nbgrader_config.py").exists():
        raise CourseError(f"{folder} is not the folder of a course. Go to the one with nbgrader_config.py.")
    path = folder / FILE
    if not new and not path.exists():
        refuse_forgotten(folder, os.environ.get(SECRET_VARIABLE, ""))
    if new and path.exists():
        os.replace(path, folder / f"{FILE}.old")
    try:
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        return [f"This class has a secret already, and keeps it: {FILE}. For another one: course secret --new"]
    with os.fdopen(handle, "w") as file:
        file.write(f"{secrets.token_hex(32)}\n")
    lines = [
        f"{FILE} holds a secret for this class; `course grade` takes it from there.",
        f"To grade on another machine too, copy it there: scp -p {FILE} OTHER:COURSE/",
    ]
    if os.environ.get(SECRET_VARIABLE):
        lines.append(f"{SECRET_VARIABLE} is set here, and wins as long as it is: unset {SECRET_VARIABLE}")
    return lines


def secret_of(folder: Path) -> str:
    """Return a class's secret: the environment's `COURSE_SECRET`, or else that of the course's folder, or else "".

    Raises:
        CourseError: if it lies open to others, or cannot be read.
    """
    if given := os.environ.get(SECRET_VARIABLE):
        return given
    path = folder / FILE
    try:
        if path.stat().st_mode & 0o077:
            raise CourseError(f"Others on this machine may read {path}. Close it: chmod 600 {FILE}")
        secret = path.read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as error:
        raise CourseError(f"{path} cannot be read ({error}). Copy it again from where it was made.") from None
    if not secret:
        raise CourseError(f"{path} is empty. Copy it again from where it was made.")
    return secret


def refuse_forgotten(folder: Path, secret: str) -> None:
    """Refuse to put marks on public data beside, or in the place of, a class's marks on its own.

    Raises:
        CourseError: if the class was graded with a secret, and there is none now.
    """
    if not secret and graded_with_a_secret(folder):
        raise CourseError(
            f"This class was graded with a secret, and none is here. Copy {FILE} from the machine that has it, or "
            f"set {SECRET_VARIABLE}. If it is lost, make another, with which all are graded again: course secret --new"
        )


def course_folder(step: Any) -> Path:
    """Return the folder of the course in which one of nbgrader's own commands runs a step; else where we are."""
    converter = getattr(step.parent, "parent", None)  # the step's parent is the exporter
    directory = getattr(converter, "coursedir", None)
    return Path(directory.root) if directory else Path.cwd()


def is_guessable(secret: str) -> bool:
    """Tell whether a secret could be found by trying words."""
    return len(secret) < _LEAST or len(set(secret)) < _VARIED


@functools.cache
def chapter_secret(secret: str, chapter: str) -> str:
    """Return what the checks of a chapter draw their data from, and a kernel may see; "" if there is no secret."""
    if not secret:
        return ""
    salt = f"cardiac-ml-course/{chapter}".encode()
    return hashlib.scrypt(secret.encode(), salt=salt, n=_COST, r=8, p=1, maxmem=2**27, dklen=32).hex()
