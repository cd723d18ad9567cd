"""One exercise of a learner's notebook put back as it was released, with what stood in its place kept beside it."""

import contextlib
import hashlib
import itertools
import json
import os
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from course_utils.chapters import chapter_names, find_chapter, fresh_copy, notebook_path
from course_utils.errors import CourseError, reason
from course_utils.files import sweep, write_whole
from course_utils.saved import CHECK, chapter_title, grade_id, read_saved, tasks_in, without_a_word
from course_utils.workspace.copies import check_folder, check_owner
from course_utils.workspace.folder import typed_command

RELOAD = "Reload Notebook from Disk"
"""What JupyterLab's menu File calls it."""

_GIVEN = re.compile(r"^(?:def (\w+)|(\w+) *=(?!=))", re.MULTILINE)
_FOLDING = "jupyter"  # the key of what says whether a cell is folded, which the learner may change
_FIRST_WITH_IDS = 5  # the minor version of notebooks from which every cell has an id, and before which none may

Cell = dict[str, Any]


@dataclass(frozen=True)
class Restored:
    """What was done, in one line each, and where the exercise stands in the notebook now, None if nothing changed."""

    lines: tuple[str, ...]
    place: int | None = None


@dataclass(frozen=True)
class _Release:
    """A chapter's cells as released, and the places among them of the exercise's own."""

    release: str
    title: str
    cells: list[Cell]
    own: list[int]

    def names(self) -> list[str | None]:
        return [grade_id(self.cells[place]) for place in self.own]


def put_back(folder: Path, chapter: str, exercise: str) -> list[str]:
    """Put one exercise back as it was released, in the learner's notebook of a chapter.

    Args:
        folder: the learner's folder.
        chapter: the chapter, or the beginning of its name.
        exercise: the number of the exercise in it.

    Returns:
        What was done, in one line each.

    Raises:
        CourseError: if there is no such chapter, exercise or notebook, or it cannot be read or written. Nothing has
            changed then.
    """
    chapter = find_chapter(chapter)
    if not folder.exists():
        raise CourseError(f"There is no folder {folder}. To begin: {typed_command(folder)}")
    check_folder(folder, None)
    path = notebook_path(folder, chapter)
    restored = put_back_in(path, exercise, chapter)
    if restored.place is None:
        return list(restored.lines)
    return [*restored.lines, f"If {path.name} is open in JupyterLab, now choose {RELOAD} in the menu File there."]


def put_back_in(path: Path, exercise: str, chapter: str | None = None) -> Restored:
    """Put one exercise of a notebook back as it was released, if anything in it is not as it was.

    Its cells are taken out wherever they stand, and put where the release has them. What the learner wrote in them is
    kept in a cell of text below, which does not run and belongs to no exercise. All other cells stay as they are. The
    notebook is replaced whole or not at all. What is no notebook of today's form is kept beside it as it was.

    Args:
        path: the notebook, under any name.
        exercise: the number of the exercise in its chapter.
        chapter: its chapter; without one, the chapter that its cells belong to.

    Raises:
        CourseError: as `put_back`.
    """
    path = path.resolve()  # so that of a link the notebook is replaced, and not the link
    check_owner(path.parent)
    if not path.exists():
        raise CourseError(
            f"There is no notebook {path}. A new start puts one there: {typed_command(path.parent.parent)}"
        )
    if chapter is None:
        chapter = _chapter_of(path, _read(path)[1])
    release = _release_of_exercise(chapter, exercise)
    notebook, cells, odd = _read(path)  # now, after the slow part, so that a save in between is not lost
    try:
        return _restore(path, notebook, cells, release, odd=odd)
    except OSError as error:
        raise CourseError(f"{path} cannot be written: {reason(error)}. It is as it was.") from None


def _restore(path: Path, notebook: Cell, cells: list[Cell], release: _Release, *, odd: bool) -> Restored:
    remnants = _remnants(notebook, cells, release)
    if _is_whole(cells, remnants, release):
        return _nothing_to_do(release)
    kept = _kept_cell([cells[place] for place in remnants], release)
    after = _put_back(cells, remnants, release, kept, with_ids=notebook["nbformat_minor"] >= _FIRST_WITH_IDS)
    if after == cells:
        return _nothing_to_do(release)
    lines = [f"{release.title} is as it was released."]
    if kept:
        lines.append("What you had written there is kept in a cell of text below it.")
    sweep(path.parent)
    if odd:
        lines.append(
            f"The notebook's file had an unusual form. As it was, it is kept beside it: {_keep_beside(path).name}."
        )
    text = _text({**notebook, "cells": after})
    _trust_as_before(path.read_bytes(), text)
    write_whole(path, text)
    return Restored(tuple(lines), _find(release.own[0], after, release))


def _nothing_to_do(release: _Release) -> Restored:
    return Restored((f"{release.title} is whole, and its answer is untouched. Nothing was changed.",))


def _release_of_exercise(chapter: str, exercise: str) -> _Release:
    import nbformat  # here, so that a notebook that shows a panel does not wait for it

    nodes = nbformat.reads(fresh_copy(chapter), as_version=4).cells
    numbered = [(re.match(r"Exercise (\d+)", task.title), task) for task in tasks_in(nodes)]
    tasks = [(int(number[1]), task) for number, task in numbered if number]
    title, last = chapter_title(chapter, nodes), max((number for number, _ in tasks), default=0)
    if not tasks:
        raise CourseError(f"There are no exercises in {title}.")
    text = exercise.strip()
    wanted = [task for number, task in tasks if text.isdecimal() and number == int(text)]
    if not wanted:
        asked = text if text.isdecimal() else repr(text)
        raise CourseError(f"Exercise {asked}: there are 1 to {last} in {title}. Give the number of one of them.")
    names = {task.name for task in wanted} | {task.name + CHECK for task in wanted}
    content = json.loads(fresh_copy(chapter))
    own = [place for place, cell in enumerate(content["cells"]) if grade_id(cell) in names]
    return _Release(content["metadata"]["cardiac_ml_course"]["release"], wanted[0].title, content["cells"], own)


def _read(path: Path) -> tuple[Cell, list[Cell], bool]:
    """Return a notebook, its cells, and whether it is an odd one: of an older form, or not quite a notebook."""
    import nbformat  # here, as above

    try:
        node = read_saved(path)
        content = json.loads(path.read_bytes())
        with without_a_word():
            odd = content["nbformat"] != 4
            if odd:
                content = json.loads(nbformat.writes(node))
            odd = odd or not nbformat.validator.isvalid(nbformat.from_dict(_joined(content)))
        _check_form(content)
    except OSError as error:
        raise CourseError(f"{path} cannot be read: {reason(error)}. Nothing was changed.") from None
    except Exception:  # a file may hold anything
        raise CourseError(
            f"{path} cannot be read as a notebook. Nothing was changed. "
            f"Rename it, and the next start puts a fresh copy in its place: {typed_command(path.parent.parent)}"
        ) from None
    return content, content["cells"], odd


def _check_form(content: Cell) -> None:
    """Make sure that what is asked below is there.

    Raises:
        Exception: if not.
    """
    cells = content["cells"]
    tables = [
        content["metadata"],
        *(cell["metadata"] for cell in cells),
        *(cell.get("attachments", {}) for cell in cells),
    ]
    kinds = [cell["cell_type"] for cell in cells]
    if not all(isinstance(table, dict) for table in tables) or None in kinds or content["nbformat_minor"] < 0:
        raise ValueError("not the form of a notebook")


def _joined(content: Cell) -> Cell:
    """Return a notebook with each cell's source as one text, as nbformat has it in memory."""
    cells = [{**cell, "source": _source(cell)} for cell in content["cells"]]
    return {**content, "cells": cells}


def _chapter_of(path: Path, cells: Sequence[Cell]) -> str:
    """Return the chapter that a notebook is a copy of: by most of its exercises, or by its name or its folder's."""
    numbers = [name[:2] for name in map(grade_id, cells) if name]
    known = [each for each in chapter_names() if each[:2] in numbers]
    named = [each for each in chapter_names() if each in (path.parent.name, path.stem[: len(each)])]
    if not known and not named:
        raise CourseError(f"{path} is not a chapter of this course. Nothing was changed.")
    return max(known or named, key=lambda each: numbers.count(each[:2]))


def _source(cell: Cell) -> str:
    return "".join(cell["source"])


def _remnants(notebook: Cell, cells: Sequence[Cell], release: _Release) -> list[int]:
    """Return the places of all that is left of the exercise: by its names, or by what cells without one still say."""
    names, present = release.names(), set(map(grade_id, cells))
    missing = [release.cells[place] for place in release.own if grade_id(release.cells[place]) not in present]
    same_release = notebook["metadata"].get("cardiac_ml_course") == {"release": release.release}
    ids = {cell["id"] for cell in missing} if same_release else set()
    before = _find(release.own[0] - 1, cells, release)
    behind = _find(release.own[-1] + 1, cells, release)
    between = range(before + 1, behind) if before is not None and behind is not None else range(0)
    others = [_source(cell) for place, cell in enumerate(release.cells) if place not in release.own]

    def has_lost_its_name(place: int, cell: Cell) -> bool:
        if grade_id(cell) is not None or _source(cell) in others:
            return False
        return cell.get("id") in ids or (place in between and any(_says_what(cell, each) for each in missing))

    return [place for place, cell in enumerate(cells) if grade_id(cell) in names or has_lost_its_name(place, cell)]


def _says_what(cell: Cell, released: Cell) -> bool:
    """Tell whether a cell of code gives a name that a released answer gives, or begins as a released check does."""
    source, wanted = _source(cell), _source(released)
    if cell["cell_type"] != "code":
        return False
    if str(grade_id(released)).endswith(CHECK):
        return source.startswith(wanted.partition("\n")[0])
    return not _names_given(source).isdisjoint(_names_given(wanted))


def _names_given(source: str) -> set[str]:
    return {name for match in _GIVEN.findall(source) for name in match if name}


def _find(place: int, cells: Sequence[Cell], release: _Release) -> int | None:
    """Return where in a notebook the released cell of this place stands, None where it does not."""
    if not 0 <= place < len(release.cells):
        return None
    wanted = release.cells[place]
    name, own_id, source = grade_id(wanted), wanted["id"], _source(wanted)
    tests: list[Callable[[Cell], bool]] = [
        lambda cell: cell.get("id") == own_id and _source(cell) == source,
        lambda cell: _source(cell) == source,
        lambda cell: cell.get("id") == own_id,
    ]
    if name:
        tests = [lambda cell: True]
    for test in tests:
        for index, cell in enumerate(cells):
            if grade_id(cell) == name and test(cell):
                return index
    return None


def _is_whole(cells: Sequence[Cell], remnants: Sequence[int], release: _Release) -> bool:
    """Tell whether the exercise is as released, and where it was."""
    before = _find(release.own[0] - 1, cells, release)
    behind = _find(release.own[-1] + 1, cells, release)
    return (
        len(remnants) == len(release.own)
        and all(_is_as_released(cells[i], release.cells[j]) for i, j in zip(remnants, release.own, strict=True))
        and (before is None or before < remnants[0])
        and (behind is None or behind > remnants[-1])
    )


def _is_as_released(cell: Cell, released: Cell) -> bool:
    metadata = cell["metadata"]
    return (
        cell["cell_type"] == released["cell_type"]
        and _source(cell) == _source(released)
        and all(metadata.get(key) == value for key, value in released["metadata"].items() if key != _FOLDING)
    )


def _put_back(
    cells: Sequence[Cell], remnants: Collection[int], release: _Release, kept: Cell | None, *, with_ids: bool
) -> list[Cell]:
    """Return the cells of a notebook with the exercise as released, and what is kept of it below."""
    after = [cell for place, cell in enumerate(cells) if place not in remnants]
    index: int | None = None
    for place in release.own:
        before = _find(place - 1, after, release)
        if before is not None:
            index = before + 1
        elif index is not None:
            index += 1
        else:
            index = min(remnants) if remnants else _place_by_order(place, after, release)
        after.insert(index, _with_id(release.cells[place], after, with_ids=with_ids))
    if kept and index is not None:
        after.insert(index + 1, _with_id(kept, after, with_ids=with_ids))
    return after


def _place_by_order(place: int, cells: Sequence[Cell], release: _Release) -> int:
    earlier = (_find(each, cells, release) for each in range(place - 1, -1, -1))
    later = (_find(each, cells, release) for each in range(place + 1, len(release.cells)))
    if (found := next((each for each in earlier if each is not None), None)) is not None:
        return found + 1
    return next((each for each in later if each is not None), len(cells))


def _with_id(cell: Cell, others: Sequence[Cell], *, with_ids: bool) -> Cell:
    """Return a cell with an id that none of the others has, or with none where the notebook's form knows no ids."""
    if not with_ids:
        return {key: value for key, value in cell.items() if key != "id"}
    taken = {other.get("id") for other in others}
    numbered = (f"{cell['id']}-{number}" for number in itertools.count(2))
    return {**cell, "id": next(each for each in itertools.chain([cell["id"]], numbered) if each not in taken)}


def _kept_cell(remnants: Sequence[Cell], release: _Release) -> Cell | None:
    """Return a cell of text with all that the learner wrote in what is left of the exercise, None if it is nothing."""
    texts = dict.fromkeys(_source(cell) for cell in remnants if not _is_the_courses(cell, release))
    if not texts:
        return None
    heading = (
        f"**What stood here before (kept on {date.today().isoformat()}).** "
        "This is text: it does not run and does not count. Delete it when you need it no more."
    )
    source = "\n\n".join([heading, *map(_fenced, texts)])
    kept: Cell = {
        "cell_type": "markdown",
        "id": f"kept-{hashlib.sha256(source.encode(errors='replace')).hexdigest()[:8]}",
        "metadata": {},
        "source": source.splitlines(keepends=True),
    }
    pictures = {name: picture for cell in remnants for name, picture in cell.get("attachments", {}).items()}
    return {"attachments": pictures, **kept} if pictures else kept


def _is_the_courses(cell: Cell, release: _Release) -> bool:
    """Tell whether a learner has written nothing of a cell: it is empty, as released, or as an older release had it."""
    source = _source(cell).rstrip()
    return (
        not source
        or any(source == _source(release.cells[place]).rstrip() for place in release.own)
        or _has_its_checksum(cell)
    )


def _has_its_checksum(cell: Cell) -> bool:
    import nbformat  # here, as above
    from nbgrader.utils import compute_checksum

    with contextlib.suppress(Exception):  # where the metadata are damaged, the text may be the learner's
        node = nbformat.from_dict({**cell, "source": _source(cell)})
        return compute_checksum(node) == node.metadata.nbgrader.checksum
    return False


def _fenced(text: str) -> str:
    longest = max(map(len, re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}python\n{text}\n{fence}"


def _keep_beside(path: Path) -> Path:
    """Keep a notebook as it is beside itself, unless that is done, and return the path of the copy."""
    content = path.read_bytes()
    numbered = (f"before restoring{f' {number}' if number > 1 else ''}" for number in itertools.count(1))
    places = (path.with_name(f"{path.stem} ({each}){path.suffix}") for each in numbered)
    beside = next(each for each in places if not os.path.lexists(each) or _holds(each, content))
    if not os.path.lexists(beside):
        write_whole(beside, content)
    return beside


def _holds(path: Path, content: bytes) -> bool:
    return path.is_file() and path.read_bytes() == content


def _text(notebook: Mapping[str, Any]) -> bytes:
    """Return the bytes of a notebook's file in the form in which Jupyter writes it."""
    try:
        return (json.dumps(notebook, ensure_ascii=False, indent=1) + "\n").encode()
    except UnicodeEncodeError:  # half of a sign, which a file can hold only in its long form
        return (json.dumps(notebook, indent=1) + "\n").encode()


def _trust_as_before(before: bytes, after: bytes) -> None:
    """Let Jupyter trust what is about to be written if it trusted what was there: without, it shows no widgets."""
    import nbformat  # here, as above
    from nbformat.sign import NotebookNotary

    with contextlib.suppress(OSError, ValueError), without_a_word():  # then cells with widgets must be run again
        notary = NotebookNotary()
        if notary.check_signature(nbformat.reads(before.decode(), as_version=4)):
            notary.sign(nbformat.reads(after.decode(), as_version=4))
