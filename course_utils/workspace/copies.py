"""The learner's own copy of each chapter, never written over."""

import contextlib
import functools
import json
import os
import shlex
from pathlib import Path

from course_utils.workspace.files import sweep, visible, write_whole

_PACKAGE = Path(__file__).parent.parent

_STEPS = ("source", "release", "submitted", "autograded", "feedback")
"""Nbgrader's folders below the root of a course, beside the one that the course itself calls notebooks."""


class WorkspaceError(Exception):
    """Something the person at the keyboard can put right; the message says how, in one line."""


def default_folder() -> Path:
    """Return the folder that holds the learner's copies unless they name another."""
    return Path.home() / "my-cardiac-ml-course"


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
        WorkspaceError: if none or several begin so.
    """
    names = chapter_names(folder)
    matches = [each for each in names if name and each.startswith(name)]
    if name in names or len(matches) == 1:
        return name if name in names else matches[0]
    raise WorkspaceError(f"There is no chapter {name!r}. Choose one of: {', '.join(names)}.")


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


def typed_command(*arguments: Path | str) -> str:
    """Return the command `course learn` with `arguments`, in the form in which the present one was typed."""
    if "MAKELEVEL" in os.environ:
        return f'make learn ARGS="{" ".join(shlex.quote(str(each)) for each in arguments)}"'
    return " ".join(["course learn", *(f'"{each}"' if isinstance(each, Path) else each for each in arguments)])


def prepare_folder(folder: Path, chapter: str) -> list[str]:
    """Make sure that `folder` can be the learner's and that `chapter` will open, then add the copies it lacks.

    Where the learner's copies of a chapter are all of older releases, the newest comes beside them. Each file appears
    whole or not at all, also when the computer stops in between. Nothing that is there is touched.

    Returns:
        What the learner should know, in one line each.

    Raises:
        WorkspaceError: if it is a file, the course's own chapters or a folder of other things, if `chapter` is broken
            there, or if it cannot be read or written. Unless the disk fills up on the way, nothing has changed then.
    """
    check_folder(folder, chapter)
    try:
        news = [_add_chapter(folder, each) for each in chapter_names()]
    except OSError as error:
        raise unusable(folder, error) from None
    return [line for line in news if line]


def unusable(folder: Path, error: OSError) -> WorkspaceError:
    """Return the sentence for an error of the disk in the learner's folder."""
    return WorkspaceError(
        f"{folder} cannot be used: {reason(error)}. "
        f"Choose another folder, for example: {typed_command(default_folder())}"
    )


def reason(error: OSError) -> str:
    """Return what the system says about an error, to stand inside a sentence."""
    return (error.strerror or str(error)).lower()


def check_folder(folder: Path, chapter: str | None) -> None:
    """Make sure that `folder` can be the learner's and that `chapter`, if it is there, will open. Changes nothing.

    Raises:
        WorkspaceError: if not.
    """
    try:
        _check_place(folder)
        for each in chapter_names():
            if (folder / each).exists() and not (folder / each).is_dir():
                raise WorkspaceError(f"{folder / each} is a file where a folder should be. Rename it, then try again.")
        if chapter is not None and (notebook := notebook_path(folder, chapter)).exists():
            _check_notebook(notebook)
    except OSError as error:
        raise unusable(folder, error) from None


def _check_place(folder: Path) -> None:
    example = f"for example: {typed_command(default_folder())}"
    if folder.exists() and not folder.is_dir():
        raise WorkspaceError(f"{folder} is a file. Name a folder, {example}")
    place = folder.resolve()
    if place.is_relative_to(source_folder().resolve()):
        raise WorkspaceError(f"{folder} holds the course's own chapters. Work in a copy, {example}")
    for root in (place, *place.parents):
        steps = [root / step for step in (*_STEPS, source_folder().name)]
        if (root / "nbgrader_config.py").exists() and (place == root or any(map(place.is_relative_to, steps))):
            raise WorkspaceError(f"{folder} is part of an instructor's course. Work elsewhere, {example}")
    if folder.is_dir():
        present = {entry.name for entry in folder.iterdir() if not entry.name.startswith(".")}
        if present and not present & set(chapter_names()):
            raise WorkspaceError(
                f"{folder} already holds other files, and they are left as they are. "
                f"Name a new folder, for example: {typed_command(folder / 'my-cardiac-ml-course')}"
            )


def _check_notebook(notebook: Path) -> None:
    import nbformat

    if notebook.is_dir():
        raise WorkspaceError(f"{notebook} is a folder where a notebook should be. Rename it, then try again.")
    try:
        nbformat.validate(nbformat.read(notebook, as_version=4))
    except (nbformat.ValidationError, ValueError, AttributeError, KeyError, TypeError) as error:
        cause = str(error).splitlines()[0][:80] if str(error) else type(error).__name__
        raise WorkspaceError(
            f"{notebook} cannot be read as a notebook ({cause}). Nothing was changed. "
            "Rename it to keep it; the same command then puts a fresh copy in its place."
        ) from None


def _add_chapter(folder: Path, chapter: str) -> str | None:
    target = notebook_path(folder, chapter)
    target.parent.mkdir(parents=True, exist_ok=True)
    sweep(target.parent)
    fresh = fresh_copy(chapter)
    if not target.exists():
        write_whole(target, fresh.encode())
        return None
    try:
        release_of(target.read_bytes())
    except (OSError, ValueError, RecursionError):
        return f"{target} cannot be read as a notebook. Rename it, and the next start puts a fresh copy in its place."
    release = str(release_of(fresh))
    newer = target.with_name(f"{chapter}.newer-{release[:6]}.ipynb")
    notebooks = (path for path in visible(target.parent) if path.suffix == ".ipynb" and path.is_file())
    if newer.exists() or release in map(_release_in, notebooks):
        return None
    write_whole(newer, fresh.encode())
    return f"There is a newer version of {chapter}: {newer.name}, beside your own, which is as you left it."


def _release_in(path: Path) -> str | None:
    with contextlib.suppress(OSError, ValueError, RecursionError):
        return release_of(path.read_bytes())
    return None
