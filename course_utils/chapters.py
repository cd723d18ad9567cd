"""The chapters of the course: where they are, what they are called, and how a learner gets them."""

import functools
import json
from pathlib import Path

from course_utils.errors import CourseError

_PACKAGE = Path(__file__).parent


def source_folder() -> Path:
    """Return the folder of the chapters with their solutions: inside an installed package, or beside it in a clone."""
    installed = _PACKAGE / "notebooks"
    return installed if installed.is_dir() else _PACKAGE.parent / "notebooks"


def chapter_names(folder: Path | None = None) -> list[str]:
    """Return the names of all chapters in `folder`, by default the course's own, in their order."""
    return sorted(path.stem for path in (folder or source_folder()).glob("*/*.ipynb") if path.stem == path.parent.name)


def find_chapter(name: str, folder: Path | None = None) -> str:
    """Return the chapter in `folder` that `name` stands for: its whole name or the beginning of it, such as "01".

    Raises:
        CourseError: if none or several begin so.
    """
    names = chapter_names(folder)
    matches = [each for each in names if name and each.startswith(name)]
    if name in names or len(matches) == 1:
        return name if name in names else matches[0]
    raise CourseError(f"There is no chapter {name!r}. Choose one of: {', '.join(names)}.")


def notebook_path(folder: Path, chapter: str) -> Path:
    """Return where a chapter's notebook lies in a folder of chapters."""
    return folder / chapter / f"{chapter}.ipynb"


def released_notebook(chapter: str) -> str:
    """Return a chapter as learners get it, as the text of an .ipynb file: no solution, no hidden test, no output."""
    import nbformat  # here, so that a notebook that shows a panel does not wait for nbgrader
    from nbgrader.preprocessors import SaveCells

    from course_utils.release import release_preprocessors

    notebook = nbformat.read(notebook_path(source_folder(), chapter), as_version=4)
    resources: dict[str, str] = {}
    for step in release_preprocessors():
        if step is not SaveCells:  # it writes to a gradebook, and a learner has none
            notebook, resources = step().preprocess(notebook, resources)
    return nbformat.writes(notebook) + "\n"


fresh_copy = functools.cache(released_notebook)
"""`released_notebook`, made once in a run."""


def release_of(notebook: str | bytes) -> str | None:
    """Return which release of its chapter a notebook is a copy of, by the text of its file; None where none is named.

    Raises:
        ValueError: if the text is not JSON.
    """
    content = json.loads(notebook)
    for key in ("metadata", "cardiac_ml_course", "release"):
        content = content.get(key) if isinstance(content, dict) else None
    return content if isinstance(content, str) else None
