"""The chapters as the course gives them out: whether a cell is the learner's own, and where above it a name is made."""

import builtins
import difflib
import functools
import json
import linecache
import re
import symtable
from collections.abc import Mapping, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from course_utils.errors.blank import has_blank

CELL_FILE = re.compile(r"ipykernel_|<ipython-input")
"""What a notebook's cell is called in a traceback."""

_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
_HIDDEN = re.compile(r"^ *### BEGIN HIDDEN TESTS\n(?:.*\n)*? *### END HIDDEN TESTS *(?:\n|\Z)", re.MULTILINE)
_DEFINED = re.compile(r"^(?:def +)?(\w+) *(?=\(|=(?!=))", re.MULTILINE)


@dataclass(frozen=True)
class Cell:
    """A cell of code of a chapter.

    Attributes:
        source: its code without hidden tests, in an exercise with the solution if the chapter has it.
        heading: the heading that it stands under.
        is_answer: whether the learner writes in it.
        is_check: whether it checks an answer.
        makes: the names that it defines.
        reads: the names that it uses and does not define.
    """

    source: str
    heading: str
    is_answer: bool
    is_check: bool
    makes: Set[str]
    reads: Set[str]


@dataclass(frozen=True)
class Position:
    """Where in its chapter a cell stands, and whether it is there just as the course gave it."""

    chapter: tuple[Cell, ...]
    index: int
    is_given: bool

    @property
    def cell(self) -> Cell:
        """The chapter's own cell at this place."""
        return self.chapter[self.index]

    @property
    def makers(self) -> list[Cell]:
        """The cells above that define names, the nearest first."""
        return [cell for cell in reversed(self.chapter[: self.index]) if not cell.is_check]

    def maker(self, name: str) -> Cell | None:
        """Return the nearest cell above that makes `name`."""
        return next((cell for cell in self.makers if name in cell.makes), None)

    def first_unmade(self, names: Set[str], known: Mapping[str, Any]) -> Cell | None:
        """Return the uppermost cell that `names` depend on, through other cells too, and that is open or has not run.

        Args:
            names: what a cell uses.
            known: all names that exist now.
        """
        wanted, found = set(names), None
        for cell in self.makers:
            if made := cell.makes & wanted:
                wanted = (wanted - made) | cell.reads
                if any(name not in known or has_blank(known[name]) for name in made):
                    found = cell
        return found

    def answer_behind(self, names: Set[str]) -> Cell | None:
        """Return the nearest exercise that `names` depend on, through other cells too."""
        wanted = set(names)
        for cell in self.makers:
            if made := cell.makes & wanted:
                if cell.is_answer:
                    return cell
                wanted = (wanted - made) | cell.reads
        return None

    def leaked(self) -> Set[str]:
        """Return the names that only checks have made."""
        checks = set().union(*(cell.makes for cell in self.chapter if cell.is_check))
        return checks.difference(*(cell.makes for cell in self.chapter if not cell.is_check))


_folder: Path | None = None
_given: tuple[tuple[Cell, ...], ...] = ()


def give_chapters(folder: Path) -> None:
    """Say in which folder the chapters are."""
    global _folder
    _folder = folder


def give_cells(cells: list[dict[str, Any]]) -> None:
    """Say which chapter is being run, by the cells of its release, where no folder of chapters may be read."""
    global _given
    _given = (tuple(_cells(cells)),)


def _known() -> tuple[tuple[Cell, ...], ...]:
    return _chapters(_folder) if _folder else _given


def position_of(source: str) -> Position | None:
    """Find a cell among those of the course: a given one by its code, an answer by the name that it defines.

    Where several chapters have such a cell, the one counts of which most cells have run.

    Args:
        source: the code of a cell that has run, as it was run.

    Returns:
        Its position; None if it stands in no chapter, or if the chapters cannot be read here.
    """
    code, defined = _without_hidden_tests(source), set(_DEFINED.findall(source))
    found = []
    for chapter in _known():
        for index, cell in enumerate(chapter):
            is_given = not cell.is_answer and cell.source == code
            if is_given or (cell.is_answer and cell.makes & defined):
                found.append(Position(chapter, index, is_given))
    if len(found) > 1:
        ran = set(cells_that_ran())
        found.sort(key=lambda each: -sum(cell.source in ran for cell in each.chapter))
    return next((each for each in found if each.is_given), found[0] if found else None)


def exercise_like(source: str) -> Cell | None:
    """Return the exercise that most lines of a cell come from, if there is one."""
    lines = {line.strip() for line in source.splitlines() if line.strip()}
    answers = [cell for chapter in _known() for cell in chapter if cell.is_answer]

    def shared(cell: Cell) -> int:
        return len(lines & {line.strip() for line in cell.source.splitlines()})

    best = max(answers, key=shared, default=None)
    return best if best and shared(best) else None


def cells_that_ran() -> list[str]:
    """Return the code of all cells that this kernel was given to run, in their order, whether they stopped or not."""
    return [
        "".join(entry[2]).strip()
        for name, entry in list(linecache.cache.items())
        if CELL_FILE.search(name) and len(entry) > 2
    ]


def names_in(source: str) -> tuple[Set[str], Set[str]]:
    """Return the names that a cell's code makes and those that it takes from elsewhere; none if it cannot be read."""
    try:
        table = symtable.symtable(source, "cell", "exec")
    except SyntaxError:
        return set(), set()
    symbols = table.get_symbols()
    makes = {each.get_name() for each in symbols if each.is_assigned() or each.is_imported()}
    reads = {each.get_name() for each in symbols if each.is_referenced()}
    inner = list(table.get_children())
    while inner:
        scope = inner.pop()
        reads |= {each.get_name() for each in scope.get_symbols() if each.is_global()}
        inner += scope.get_children()
    return makes, reads - makes - vars(builtins).keys()


def inside_recipes(source: str) -> Set[str]:
    """Return the names that a cell's recipes make, and that nothing outside of them knows."""
    try:
        recipes = symtable.symtable(source, "cell", "exec").get_children()
    except SyntaxError:
        return set()
    return {each.get_name() for recipe in recipes for each in recipe.get_symbols() if each.is_local()}


def first_line(cell: Cell) -> str:
    """Return the line that begins a recipe, or an empty string."""
    return next((line for line in cell.source.splitlines() if line.startswith("def ")), "")


def first_line_like(line: str) -> str | None:
    """Return the line that begins an exercise's recipe and that `line` is most likely a slip of, if there is one."""
    answers = (cell for chapter in (_chapters(_folder) if _folder else ()) for cell in chapter if cell.is_answer)
    close = difflib.get_close_matches(line, map(first_line, answers), n=1, cutoff=0.8)
    return close[0] if close else None


@functools.cache
def _chapters(folder: Path) -> tuple[tuple[Cell, ...], ...]:
    found = []
    for path in sorted(folder.glob("*/*.ipynb")):
        try:
            found.append(tuple(_cells(json.loads(path.read_text(encoding="utf-8"))["cells"])))
        except (OSError, ValueError, KeyError, TypeError):  # nothing that lies there may stop a sentence
            continue
    return tuple(found)


def _without_hidden_tests(source: str) -> str:
    """Return the code of a cell as learners have it: grading runs checks with the hidden tests put back."""
    return _HIDDEN.sub("", source).strip()


def _cells(cells: list[dict[str, Any]]) -> list[Cell]:
    found, heading = [], ""
    for cell in cells:
        source = _without_hidden_tests("".join(cell["source"]))
        if cell["cell_type"] == "markdown":
            heading = (_HEADING.findall(source) or [heading])[-1]
        elif cell["cell_type"] == "code":
            about = cell["metadata"].get("nbgrader", {})
            is_check = bool(about.get("grade"))
            found.append(
                Cell(source, heading, bool(about.get("solution")) and not is_check, is_check, *names_in(source))
            )
    return found
