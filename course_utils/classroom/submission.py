"""What students hand in, read whatever it is: the chapter's graded cells put back, and a note on all that was amiss."""

import copy
import errno
import json
import os
import re
import stat
from collections.abc import Collection
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.exporters import NotebookExporter
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from nbgrader.api import Gradebook
from nbgrader.preprocessors import ClearHiddenTests, NbGraderPreprocessor
from nbgrader.utils import find_all_files

from course_utils.classroom.notes import Note, begin_notes
from course_utils.classroom.releases import handed_out
from course_utils.classroom.secret import course_folder
from course_utils.classroom.timestamp import decode, read_timestamp
from course_utils.saved import CHECK, grade_id, without_a_word

LARGEST_MB = 20
"""Larger files are not read. A chapter with all its pictures has a tenth of it."""

MOST_CELLS = 1000
"""Files with more are not read, since they would hold up the class. A chapter has a tenth of it."""

_AGAIN = "{what}, so it counts as not attempted. Save the chapter's notebook in JupyterLab and hand it in again."
_FOREIGN = "This is not the notebook of this chapter"
_CHANGED = "You changed a check ({title}). It was put back."
_OTHER = "The check of {title} is not the one that this class is graded with. It was put back."
_FIXED = ("grade", "solution", "locked", "task", "points", "schema_version")
_DEEPEST = 60  # levels of brackets in a file; a notebook has about ten


class SubmissionExporter(NotebookExporter):
    """Nbconvert's exporter from notebook to notebook, which reads whatever was handed in.

    A file that is no notebook becomes an empty one with a note: its checks are put back and fail, so that the student
    gets a page that says why, and the class is graded to its end.
    """

    optimistic_validation = True  # at the end of all steps, and not after each of them

    def from_filename(self, filename: str, resources: Any = None, **kwargs: Any) -> tuple[Any, Any]:
        """Read a file, and run all preprocessors on what it holds."""
        resources = self._init_resources(resources)
        resources["metadata"]["name"], resources["metadata"]["path"] = Path(filename).stem, str(Path(filename).parent)
        return self.from_notebook_node(read_submission(filename), resources=resources, **kwargs)


def read_submission(path: str | Path) -> NotebookNode:
    """Read what a student handed in.

    Returns:
        A valid notebook of the present format. Where the file is none, it is empty, and `metadata.unreadable` says why.
    """
    try:
        content = read_handed_in(path)
        if len(content) > LARGEST_MB * 2**20:
            return _nothing(f"The file is larger than {LARGEST_MB} MB")
        if not content.strip():
            return _nothing("The file is empty")
        return _parse(content)
    except Exception:  # nbformat meets what it does not expect with errors of all kinds
        return _nothing("The file cannot be read as a notebook")


def read_handed_in(path: str | Path) -> bytes:
    """Read an ordinary file, and of a larger one no more than shows that it is too large.

    Raises:
        OSError: if it cannot be read, or is a link, a pipe or a folder.
    """
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with open(handle, "rb") as file:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise OSError(errno.EINVAL, "no ordinary file")
        return file.read(LARGEST_MB * 2**20 + 1)


def why_refused(path: Path) -> str:
    """Return why a notebook is not taken as handed in, and what to do, or nothing if it is.

    A link could stand for a solution or for a file of the instructor's, and a pipe would never end.
    """
    for each in (path.parents[1], path.parent, path):
        if each.is_symlink():
            return f"{each} is a link. Delete it, and put the file itself there."
    if not os.path.lexists(path):
        return f"There is no {path.name} in {path.parent}. Put it there."
    if path.is_dir():
        return f"{path} is a folder. Put the notebook itself there."
    for parent, folders, files in os.walk(path.parent):
        for name in (*folders, *files):
            each = Path(parent, name)
            if each.is_symlink() or not (each.is_file() or each.is_dir()):
                what = "a link" if each.is_symlink() else "no ordinary file"
                return f"{each} is {what}. Delete it, and put the file itself there."
    return ""


def ordinary_files(path: str, exclude: list[str]) -> list[str]:
    """Return what nbgrader would copy of a folder, without links and pipes."""
    found = find_all_files(path, exclude)
    return [each for each in found if not os.path.islink(each) and os.path.isfile(each)]


def _nothing(why: str) -> NotebookNode:
    return new_notebook(metadata={"unreadable": why})


def _parse(content: bytes) -> NotebookNode:
    raw = json.loads(decode(content))
    if not isinstance(raw, dict) or not isinstance(raw.get("nbformat"), int) or is_deep(raw):
        raise ValueError("not a notebook")
    cells = [cell for sheet in (raw, *raw.get("worksheets", ())) for cell in sheet.get("cells", ())]
    if len(cells) > MOST_CELLS:
        return _nothing(f"The file has more than {MOST_CELLS} cells")
    for cell in cells:
        if "outputs" in cell:
            cell["outputs"] = []  # grading makes its own, and nothing in these should make a file unreadable
    text = json.dumps(raw, ensure_ascii=False).encode("utf-8", errors="replace")  # halves of characters become ?
    with without_a_word():
        notebook = nbformat.reads(text.decode("utf-8"), as_version=4, capture_validation_error={})
        notebook.metadata.pop("unreadable", None)
        if not nbformat.validator.isvalid(notebook):
            notebook = _plain(notebook)
    return notebook


def is_deep(value: Any, levels: int = _DEEPEST) -> bool:
    """Tell whether `value` has more levels of brackets than anything in a notebook."""
    if levels == 0:
        return True
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return any(is_deep(each, levels - 1) for each in inside)


def _plain(notebook: NotebookNode) -> NotebookNode:
    """Return what can be used of a notebook that breaks the rules of its format: the cells' sources and grade ids."""
    plain = new_notebook()
    for cell in notebook.cells:
        make = new_code_cell if cell.get("cell_type") == "code" else new_markdown_cell
        name = grade_id(cell)
        source = cell.get("source", "")
        plain.cells.append(
            make(
                source if isinstance(source, str) else "",
                metadata={"nbgrader": {"grade_id": name}} if name else {},
            )
        )
    return plain


class PutCellsBack(NbGraderPreprocessor):
    """Give a submission all graded cells of its chapter, each once and with its own metadata; note what was amiss.

    It comes before nbgrader's own steps, which then put the checks' sources back and fail on nothing that a student can
    do to a notebook. Of copies the last counts, as in nbgrader. A missing answer is put before its check, as not
    attempted, a missing check behind its answer, and at the end where both are missing.
    """

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """Mend the notebook, and begin its list of notes."""
        place = resources["nbgrader"]
        with Gradebook(place["db_url"]) as gradebook:
            chapter = _ReleasedChapter(gradebook.find_notebook(place["notebook"], place["assignment"]))
        named = nb.metadata.get("cardiac_ml_course")
        release = named.get("release") if isinstance(named, dict) else None
        notes, handed_in = _mend(nb, chapter, handed_out(course_folder(self), place["assignment"], release))
        if problem := read_timestamp(resources["metadata"]["path"])[1]:
            notes.append(Note("", problem, look=True))
        begin_notes(nb, notes, handed_in)
        return nb, resources


class _ReleasedChapter:
    """The graded cells of a chapter, as the gradebook keeps them since its release."""

    def __init__(self, notebook: Any) -> None:
        grades = {cell.name: cell.max_score for cell in notebook.grade_cells}
        tasks = {cell.name: cell.max_score for cell in notebook.task_cells}
        solutions = {cell.name for cell in notebook.solution_cells}
        self.cells: dict[str, NotebookNode] = {}
        for source in notebook.source_cells:
            name = source.name
            points = {**grades, **tasks}.get(name)
            metadata = {
                "grade": name in grades,
                "grade_id": name,
                "locked": source.locked,
                "schema_version": 3,
                "solution": name in solutions,
                "task": name in tasks,
                **({} if points is None else {"points": points}),
            }
            self.cells[name] = nbformat.from_dict(
                {
                    "cell_type": source.cell_type,
                    "source": source.source,
                    "metadata": {"nbgrader": {**metadata, "checksum": source.checksum}},
                }
            )
        self.graded = {name for name in self.cells if name in grades or name in tasks or name in solutions}

    def title(self, name: str) -> str:
        """Return what learners call the exercise of a cell: "Exercise 3"."""
        answer = name.removesuffix(CHECK)
        found = re.search(
            r'check\(\s*"([^"]+)"', self.cells[check].source if (check := answer + CHECK) in self.cells else ""
        )
        return found[1] if found else answer

    def place(self, name: str) -> tuple[int, str, str]:
        """Return what puts cells into the order of their exercises: a gradebook on PostgreSQL keeps no order."""
        title = self.title(name)
        return len(title), title, name


def _mend(notebook: Any, chapter: _ReleasedChapter, given: dict[str, str] | None) -> tuple[list[Note], dict[str, int]]:
    """Mend a notebook, and return what was amiss in it, and how many cells of each answer were handed in if not one.

    Args:
        notebook: what was handed in; changed here.
        chapter: what it is graded as.
        given: the cells of the release that the student has; None if nobody knows it.
    """
    unreadable = notebook.metadata.pop("unreadable", None)
    places: dict[str, int] = {}
    copied, edited, turned = [], [], []
    for index, cell in enumerate(notebook.cells):
        name = grade_id(cell)
        if name not in chapter.cells:
            cell.metadata.pop("nbgrader", None)
            continue
        if name in places:
            copied.append(name)
            notebook.cells[places[name]].metadata.pop("nbgrader")
        places[name] = index
        right = chapter.cells[name].metadata.nbgrader
        if any(cell.metadata.nbgrader.get(key, False) != right.get(key, False) for key in _FIXED):
            cell.metadata["nbgrader"] = copy.deepcopy(right)
        as_given = given is not None and name in given and cell.source.strip() == given[name].strip()
        if right.locked and not as_given and _was_edited(cell, chapter.cells[name]):
            edited.append(name)
        if not right.locked and cell.cell_type != "code" and chapter.cells[name].cell_type == "code":
            turned.append(name)
    present = places.keys() & chapter.graded
    missing = chapter.graded - present
    early = [name for name in present if places.get(name.removesuffix(CHECK), -1) > places[name]]
    notes = []
    if unreadable:
        notes.append(Note(_AGAIN.format(what=unreadable), f"{unreadable}: graded as not attempted.", look=True))
    elif not present:
        notes.append(Note(_AGAIN.format(what=_FOREIGN), f"{_FOREIGN}: graded as not attempted.", look=True))
    else:
        later = missing - given.keys() if given else set()
        notes += _notes("A cell of {title} is missing. It was put back as it was handed out.", chapter, missing - later)
        notes += _notes("{title} came after your copy of the chapter. Get the new one to answer it.", chapter, later)
    changed = _CHANGED if given else _OTHER  # a copy of a release that nobody knows here may be as it was handed out
    notes += _notes(changed, chapter, edited)
    notes += _notes("A cell of {title} stands here more than once. The last one counts.", chapter, copied)
    notes += _notes("The cell of {title} held text, and no code that runs. It was run as code.", chapter, turned)
    notes += _notes("The check of {title} stands above the answer, so it comes too early.", chapter, early)
    _put_back(notebook, chapter, missing)
    gone = missing if present else set()
    return notes, {name: 0 for name in gone} | {name: 1 + copied.count(name) for name in copied}


def _notes(sentence: str, chapter: _ReleasedChapter, names: Collection[str]) -> list[Note]:
    """Return a note for each exercise to which some of `names` belong, in the chapter's order."""
    found: dict[str, list[str]] = {}
    for name in sorted(set(names), key=chapter.place):
        found.setdefault(sentence.format(title=chapter.title(name)), []).append(name)
    return [Note(said, f"{said} ({', '.join(cells)})") for said, cells in found.items()]


def _was_edited(cell: Any, source: Any) -> bool:
    released = copy.deepcopy(source)
    ClearHiddenTests()._remove_hidden_test_region(released)
    return cell.source.strip() not in (released.source.strip(), source.source.strip())


def _put_back(notebook: Any, chapter: _ReleasedChapter, missing: set[str]) -> None:
    for name in sorted(missing):  # an answer's name comes before that of its check
        names = [grade_id(cell) for cell in notebook.cells]
        if name + CHECK in names:
            place = names.index(name + CHECK)
        elif name.endswith(CHECK) and name.removesuffix(CHECK) in names:
            place = names.index(name.removesuffix(CHECK)) + 1
        else:
            place = len(names)
        cell = chapter.cells[name]
        make = new_code_cell if cell.cell_type == "code" else new_markdown_cell
        notebook.cells.insert(place, make(cell.source, metadata=copy.deepcopy(cell.metadata)))
