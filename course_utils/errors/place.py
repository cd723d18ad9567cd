"""Where an error arose: the cell, its line, and the part of the line that Python was at."""

import ast
import builtins
import functools
import linecache
import traceback
from collections.abc import Mapping, Set
from dataclasses import dataclass
from types import CodeType, FrameType, TracebackType
from typing import Any

from course_utils.errors.lesson import CELL_FILE, Position, position_of

UNKNOWN = object()
"""The value of a part of code that cannot be looked up without running it."""

_OF_THE_SHELL = {"In", "Out", "exit", "quit", "get_ipython", "open"}


@dataclass(frozen=True)
class Place:
    """The deepest line of a notebook's cell that an error went through.

    Attributes:
        source: the whole cell.
        line: the line, without what is around it.
        part: the part of it that Python was at.
        own: the names of the function that the line stands in.
        all_names: those of the notebook.
        is_deepest: whether the line itself failed, and not a function of a package that it called.
        is_called: whether another cell called the function that the line stands in.
    """

    source: str
    line: str
    part: str
    own: Mapping[str, Any]
    all_names: Mapping[str, Any]
    is_deepest: bool
    is_called: bool

    @functools.cached_property
    def position(self) -> Position | None:
        """Where in the course the cell stands."""
        return position_of(self.source)

    @property
    def is_given(self) -> bool:
        """Whether the cell is as the course gave it, so that a learner has typed nothing in it."""
        return self.position is not None and self.position.is_given

    @property
    def node(self) -> ast.AST | None:
        """The part as Python's own tree."""
        for part, mode in ((f"({self.part})", "eval"), (self.part, "exec")):
            try:
                tree = ast.parse(part, mode=mode)
            except SyntaxError:
                continue
            body = getattr(tree, "body", None)
            return body[0] if isinstance(body, list) and body else body if isinstance(body, ast.AST) else None
        return None

    def value(self, node: ast.AST | None) -> Any:
        """Return what a name, a number or a text stands for, and UNKNOWN for what would have to be run."""
        if isinstance(node, ast.Constant):
            return node.value
        if isinstance(node, ast.Name):
            for names in (self.own, self.all_names, vars(builtins)):
                if node.id in names:
                    return names[node.id]
        if isinstance(node, ast.Attribute):
            owner = self.value(node.value)
            return UNKNOWN if owner is UNKNOWN else getattr(owner, node.attr, UNKNOWN)
        return UNKNOWN

    @property
    def visible(self) -> list[Set[str]]:
        """The names that code here can mean, the likeliest first: the recipe's own, the cell's, the notebook's."""
        in_cell = {node.id for node in ast.walk(_tree(self.source)) if isinstance(node, ast.Name)}
        leaked = self.position.leaked() if self.position else set()
        of_notebook = {name for name in self.all_names if not name.startswith("_")} - leaked - _OF_THE_SHELL
        known = self.own.keys() | of_notebook | vars(builtins).keys()
        of_python = {name for name in vars(builtins) if name.islower() and len(name) > 3} | {
            "len",
            "sum",
            "max",
            "min",
            "abs",
        } - _OF_THE_SHELL
        return [self.own.keys() if self.own is not self.all_names else set(), in_cell & known, of_notebook, of_python]


def place_of(error: BaseException) -> Place | None:
    """Return where in a notebook's cells an error arose; None if it went through none.

    Where a recipe of the course stops at what a learner's line hands it, that line counts.
    """
    steps = _walk(error.__traceback__)
    through = [(step, trace) for step, trace in steps if CELL_FILE.search(step.f_code.co_filename)]
    places = []
    for step, trace in reversed(through):
        lines = linecache.getlines(step.f_code.co_filename)
        own = step.f_locals if step.f_locals is not step.f_globals else step.f_globals
        part, line = _part(lines, step.f_code, trace)
        is_deepest = step is steps[-1][0]
        is_called = step.f_code.co_filename != through[0][0].f_code.co_filename
        places.append(Place("".join(lines), line.strip(), part, own, step.f_globals, is_deepest, is_called))
    if isinstance(error, NameError):
        return places[0] if places else None
    return next((place for place in places if not place.is_given), places[0] if places else None)


def _walk(trace: TracebackType | None) -> list[tuple[FrameType, TracebackType]]:
    steps = []
    while trace:
        if not trace.tb_frame.f_locals.get("__tracebackhide__"):  # as in IPython: a step that is nobody's code
            steps.append((trace.tb_frame, trace))
        trace = trace.tb_next
    return steps


def _part(lines: list[str], code: CodeType, trace: TracebackType) -> tuple[str, str]:
    """Return the part of the code that Python was at, and the line that it begins on."""
    positions = list(code.co_positions())[trace.tb_lasti // 2]
    line = lines[trace.tb_lineno - 1] if 0 < trace.tb_lineno <= len(lines) else ""
    start, end, first, last = positions
    if start is None or end is None or first is None or last is None or end > len(lines):
        return line.strip(), line
    text = [each.encode() for each in lines[start - 1 : end]]  # Python counts bytes
    text[-1] = text[-1][:last]
    text[0] = text[0][first:]
    return b"".join(text).decode(errors="replace"), line


def _tree(source: str) -> ast.AST:
    try:
        return ast.parse(source)
    except SyntaxError:
        return ast.Module([], [])


def exercise_of(error: BaseException) -> str:
    """Return the name of the function that an error arose in, "<module>" where it was in none."""
    return traceback.extract_tb(error.__traceback__)[-1].name
