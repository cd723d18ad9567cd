"""The learner's own copy of each chapter, never written over."""

import contextlib
from pathlib import Path

from course_utils.chapters import chapter_names, fresh_copy, notebook_path, release_of, source_folder
from course_utils.errors import CourseError
from course_utils.files import sweep, visible, write_whole
from course_utils.workspace.folder import default_folder, typed_command, unusable

_STEPS = ("source", "release", "submitted", "autograded", "feedback")
"""Nbgrader's folders below the root of a course, beside the one that the course itself calls notebooks."""


def prepare_folder(folder: Path, chapter: str) -> list[str]:
    """Make sure that `folder` can be the learner's and that `chapter` will open, then add the copies it lacks.

    Where the learner's copies of a chapter are all of older releases, the newest comes beside them. Each file appears
    whole or not at all, also when the computer stops in between. Nothing that is there is touched.

    Returns:
        What the learner should know, in one line each.

    Raises:
        CourseError: if it is a file, the course's own chapters or a folder of other things, if `chapter` is broken
            there, or if it cannot be read or written. Unless the disk fills up on the way, nothing has changed then.
    """
    check_folder(folder, chapter)
    try:
        news = [_add_chapter(folder, each) for each in chapter_names()]
    except OSError as error:
        raise unusable(folder, error) from None
    return [line for line in news if line]


def check_folder(folder: Path, chapter: str | None) -> None:
    """Make sure that `folder` can be the learner's and that `chapter`, if it is there, will open. Changes nothing.

    Raises:
        CourseError: if not.
    """
    try:
        _check_place(folder)
        for each in chapter_names():
            if (folder / each).exists() and not (folder / each).is_dir():
                raise CourseError(f"{folder / each} is a file where a folder should be. Rename it, then try again.")
        if chapter is not None and (notebook := notebook_path(folder, chapter)).exists():
            _check_notebook(notebook)
    except OSError as error:
        raise unusable(folder, error) from None


def _check_place(folder: Path) -> None:
    example = f"for example: {typed_command(default_folder())}"
    if folder.exists() and not folder.is_dir():
        raise CourseError(f"{folder} is a file. Name a folder, {example}")
    check_owner(folder)
    if folder.is_dir():
        present = {entry.name for entry in folder.iterdir() if not entry.name.startswith(".")}
        if present and not present & set(chapter_names()):
            raise CourseError(
                f"{folder} already holds other files, and they are left as they are. "
                f"Name a new folder, for example: {typed_command(folder / 'my-cardiac-ml-course')}"
            )


def check_owner(folder: Path) -> None:
    """Make sure that `folder` is neither among the course's own chapters nor part of an instructor's course.

    Raises:
        CourseError: if it is.
    """
    example = f"for example: {typed_command(default_folder())}"
    place = folder.resolve()
    if place.is_relative_to(source_folder().resolve()):
        raise CourseError(f"{folder} holds the course's own chapters. Work in a copy, {example}")
    for root in (place, *place.parents):
        steps = [root / step for step in (*_STEPS, source_folder().name)]
        if (root / "nbgrader_config.py").exists() and (place == root or any(map(place.is_relative_to, steps))):
            raise CourseError(f"{folder} is part of an instructor's course. Work elsewhere, {example}")


def _check_notebook(notebook: Path) -> None:
    import nbformat

    if notebook.is_dir():
        raise CourseError(f"{notebook} is a folder where a notebook should be. Rename it, then try again.")
    try:
        nbformat.validate(nbformat.read(notebook, as_version=4))
    except (nbformat.ValidationError, ValueError, AttributeError, KeyError, TypeError) as error:
        cause = str(error).splitlines()[0][:80] if str(error) else type(error).__name__
        raise CourseError(
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
