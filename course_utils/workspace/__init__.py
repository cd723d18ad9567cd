"""The learner's folder: their own copy of each chapter, their progress in it, an exercise put back, and the archive.

The panels for notebooks are in `course_utils.workspace.panel`.
"""

from course_utils.workspace.copies import prepare_folder
from course_utils.workspace.folder import FOLDER_VARIABLE, default_folder, learners_folder
from course_utils.workspace.lab import choose_port, open_lab
from course_utils.workspace.progress import read_progress
from course_utils.workspace.restore import put_back
from course_utils.workspace.take_home import bring_back, pack

__all__ = [
    "FOLDER_VARIABLE",
    "bring_back",
    "choose_port",
    "default_folder",
    "learners_folder",
    "open_lab",
    "pack",
    "prepare_folder",
    "put_back",
    "read_progress",
]
