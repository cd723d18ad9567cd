"""Saved notebooks, read without trust: any file may lie where a notebook should, and anything may stand in it."""

import contextlib
import logging
import re
import stat
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CHECK = "_check"
"""The name of a check is that of its answer with this behind it."""

COLOUR_CODE = re.compile(r"\x1b\[[0-9;]*m")
"""What colours text on a terminal, and is no text to read."""

_LARGEST = 100_000_000  # bytes; a notebook of a whole chapter with all its pictures has a tenth of it


@dataclass(frozen=True)
class Task:
    """An exercise as a chapter sets it."""

    name: str
    title: str
    points: float
    source: str
    by_hand: bool


def read_saved(path: Path) -> Any:
    """Return a notebook of any version, without a word on what is odd about it.

    Raises:
        OSError: if it is not a file, is too large or cannot be read.
        Exception: if it is not a notebook.
    """
    import nbformat  # here, so that a notebook that shows a panel does not wait for it

    details = path.stat()
    if not stat.S_ISREG(details.st_mode):
        raise OSError("not a file")
    if details.st_size > _LARGEST:
        raise OSError("too large")
    with without_a_word():
        return nbformat.reads(path.read_text(encoding="utf-8"), as_version=4, capture_validation_error={})


@contextlib.contextmanager
def without_a_word() -> Iterator[None]:
    """Keep nbformat from printing a page on whatever is odd about a notebook."""
    disabled = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(disabled)


def chapter_title(chapter: str, cells: Sequence[Any]) -> str:
    """Return a chapter's number and title by its first heading, or by its name."""
    first = re.search(r"^# \d+\. ([^:\n]+)", "\n".join(cell.source for cell in cells), re.MULTILINE)
    return f"{chapter[:2]} {first[1] if first else chapter[3:].replace('_', ' ')}"


def tasks_in(cells: Sequence[Any]) -> list[Task]:
    """Return the exercises of a chapter in their order, each with the heading above it."""
    graded = {grade_id(cell): cell.metadata.nbgrader for cell in cells if grade_id(cell)}
    heading, tasks = "", []
    for cell in cells:
        if cell.cell_type == "markdown":
            heading = (re.findall(r"^#+ (Exercise \d+: .+)$", cell.source, re.MULTILINE) or [heading])[-1]
        name = grade_id(cell)
        if name and (graded[name].get("solution") or graded[name].get("task")):
            check = graded.get(name + CHECK)
            points = (check or graded[name]).get("points", 0)
            tasks.append(Task(name, heading or name, points, cell.source, by_hand=check is None))
    return tasks


def grade_id(cell: Any) -> str | None:
    """Return nbgrader's name of a cell, None if it has none."""
    metadata = cell.get("metadata")
    nbgrader = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    name = nbgrader.get("grade_id") if isinstance(nbgrader, dict) else None
    return name if isinstance(name, str) else None


def what_it_says(check: Any) -> tuple[str, bool]:
    """Return the text of a check's saved output, and whether the check was stopped: by its own verdict or an error."""
    outputs = check.get("outputs", [])
    errors = ["\n".join(map(str, each.get("traceback", []))) for each in outputs if each.output_type == "error"]
    printed = "".join(each.text for each in outputs if each.output_type == "stream" and each.name == "stdout")
    return COLOUR_CODE.sub("", errors[0] if errors else printed).strip(), bool(errors)
