"""The learner's folder: their own copy of each chapter, their progress in it, and the archive to take home.

The panels for notebooks are in `course_utils.workspace.panel`.
"""

from course_utils.workspace.copies import (
    WorkspaceError,
    chapter_names,
    default_folder,
    find_chapter,
    notebook_path,
    prepare_folder,
    released_notebook,
    source_folder,
)
from course_utils.workspace.lab import FOLDER_VARIABLE, choose_port, learners_folder, open_lab
from course_utils.workspace.progress import read_progress
from course_utils.workspace.take_home import bring_back, pack

__all__ = [
    "FOLDER_VARIABLE",
    "WorkspaceError",
    "bring_back",
    "chapter_names",
    "choose_port",
    "default_folder",
    "find_chapter",
    "learners_folder",
    "notebook_path",
    "open_lab",
    "pack",
    "prepare_folder",
    "read_progress",
    "released_notebook",
    "source_folder",
]
