"""The releases of a chapter, each kept from its making on: a student's copy is judged by the one that it comes from."""

import contextlib
import re
from pathlib import Path
from typing import Any

import nbformat
from nbgrader.preprocessors import NbGraderPreprocessor

from course_utils.classroom.journal import FOLDER
from course_utils.classroom.secret import course_folder
from course_utils.files import write_whole
from course_utils.saved import grade_id


class RememberRelease(NbGraderPreprocessor):
    """Nbgrader's last step to a release here: keep a copy under the release's own name."""

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """Keep the notebook, and hand it on as it is."""
        remember(course_folder(self), resources["nbgrader"]["assignment"], nb)
        return nb, resources


def remember(course: Path, chapter: str, notebook: Any) -> None:
    """Keep a released notebook for as long as students may hand in copies of it."""
    release = notebook.metadata.get("cardiac_ml_course", {}).get("release")
    path = _place(course, chapter, release)
    if path and not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, nbformat.writes(notebook).encode())


def handed_out(course: Path, chapter: str, release: Any) -> dict[str, str] | None:
    """Return the graded cells that a student was given, by their names; None if nobody knows this release.

    Args:
        course: the folder of the nbgrader course.
        chapter: the chapter.
        release: what the student's copy says that it comes from, which may be anything.
    """
    path = _place(course, chapter, release)
    with contextlib.suppress(OSError, ValueError):
        if path:
            cells = nbformat.read(path, as_version=4).cells
            return {name: cell.source for cell in cells if (name := grade_id(cell))}
    return None


def _place(course: Path, chapter: str, release: Any) -> Path | None:
    if isinstance(release, str) and re.fullmatch("[0-9a-f]{12}", release):
        return course / FOLDER / chapter / "releases" / f"{release}.ipynb"
    return None
