"""The learner's folder: where it is, and how to speak of it."""

import os
import shlex
from pathlib import Path

from course_utils.chapters import chapter_names
from course_utils.errors import CourseError, reason

FOLDER_VARIABLE = "COURSE_FOLDER"
"""The environment variable by which a notebook knows the learner's folder, wherever in it the notebook lies."""


def default_folder() -> Path:
    """Return the folder that holds the learner's copies unless they name another."""
    return Path.home() / "my-cardiac-ml-course"


def typed_command(*arguments: Path | str) -> str:
    """Return the command `course learn` with `arguments`, in the form in which the present one was typed."""
    if "MAKELEVEL" in os.environ:
        return f'make learn ARGS="{" ".join(shlex.quote(str(each)) for each in arguments)}"'
    return " ".join(["course learn", *(f'"{each}"' if isinstance(each, Path) else each for each in arguments)])


def unusable(folder: Path, error: OSError) -> CourseError:
    """Return the sentence for an error of the disk in the learner's folder."""
    return CourseError(
        f"{folder} cannot be used: {reason(error)}. "
        f"Choose another folder, for example: {typed_command(default_folder())}"
    )


def learners_folder() -> Path:
    """Return the learner's folder as a notebook sees it: the one that JupyterLab was opened on, or the nearest one."""
    named = os.environ.get(FOLDER_VARIABLE)
    if named and Path(named).is_dir():
        return Path(named)
    here = Path.cwd()
    for folder in (here, *here.parents):
        if any((folder / chapter).is_dir() for chapter in chapter_names()):
            return folder
    # All of a home or of a disk is nobody's folder for the course, and would take minutes to look through.
    return here if here.parent in (Path.home(), Path(here.anchor)) else here.parent
