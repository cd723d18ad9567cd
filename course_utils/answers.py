"""What the cells of a notebook made when they last ran, and what stands in them now.

A check judges what the page shows, and nothing that lingers in the kernel: no recipe of an answer that has been emptied
or renamed since, and no answer that was changed and not run. The kernel remembers what each cell made. What stands in
an answer's cell now, JupyterLab tells with each check (course_utils/jupyter/labextension); elsewhere nobody does, and a
check trusts that cells were run as they stand.
"""

import ast
import re
import weakref
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any

_RECIPES = re.compile(r"^def (\w+)", re.MULTILINE)


@dataclass(frozen=True)
class _Run:
    """What stood in a cell when it ran, the names that it gave a value, and whether it came to its end."""

    source: str
    made: Mapping[str, Callable[[], Any]]
    finished: bool

    def still_has(self, name: str, names: Mapping[str, Any]) -> bool:
        """Tell whether `name` stands for what this run gave it."""
        return name in names and name in self.made and names[name] is self.made[name]()


_NO_RUN = _Run("", {}, True)


def _weakly(value: Any) -> Callable[[], Any]:
    """Return what gives `value` back as long as somebody else needs it: large tables must not live on in here."""
    try:
        return weakref.ref(value)
    except TypeError:  # numbers, texts and lists
        return lambda: value


class Cells:
    """The cells that have run in a shell of IPython."""

    def __init__(self, shell: Any) -> None:
        self._shell = shell
        self._before: dict[str, Any] = {}
        self._runs: dict[str, _Run] = {}
        shell.events.register("pre_run_cell", self._begin)
        shell.events.register("post_run_cell", self._end)

    def _begin(self, info: Any) -> None:
        """Forget what the cell made before, and each recipe that it is about to define: it may stop before that."""
        names, source = self._shell.user_ns, info.raw_cell or ""
        run, needed = self._runs.pop(info.cell_id, _NO_RUN), _read(source)
        for name in run.made.keys() - needed:
            if run.still_has(name, names) and not isinstance(names[name], ModuleType):
                del names[name]
        for name in _RECIPES.findall(source):
            names.pop(name, None)
        self._before = dict(names)

    def _end(self, result: Any) -> None:
        names, source = self._shell.user_ns, result.info.raw_cell or ""
        made = {
            name: _weakly(value)
            for name, value in names.items()
            if name not in self._before or self._before[name] is not value or name in _written(source)
        }
        self._before = {}
        if result.info.cell_id:
            self._runs[result.info.cell_id] = _Run(source, made, bool(result.success))

    def trouble(self, exercise: str, needs: str) -> str | None:
        """Return why a check cannot judge what stands in the cell of its answer, as a sentence; None if it can.

        Args:
            exercise: its name, such as "Exercise 1".
            needs: the name that the answer's cell defines.
        """
        answers = self._answers()
        if answers is None:
            return None
        if sentence := not_one_answer(exercise, [source for _, source in answers]):
            return sentence
        cell, source = answers[0]
        run = self._runs.get(cell)
        if run is None or not (run.finished or run.still_has(needs, self._shell.user_ns)):
            return self._not_run(exercise, needs) if needs in self._shell.user_ns else None
        if run.source.strip() != source.strip():
            return f"⚠ You have changed the cell of {exercise} since it last ran. Run that cell, then this one."
        if needs not in run.made:
            return makes_no(exercise, needs)
        return None if run.still_has(needs, self._shell.user_ns) else self._not_run(exercise, needs)

    @staticmethod
    def _not_run(exercise: str, needs: str) -> str:
        return f"⚠ `{needs}` comes from another cell. Run the cell of {exercise}, then this one."

    def _answers(self) -> list[tuple[str, str]] | None:
        """Return the id of each cell of the answer and what stands in it, as the page told with this check."""
        parent = self._shell.get_parent() if hasattr(self._shell, "get_parent") else None
        told = (parent or {}).get("metadata", {}).get("answers")
        return None if told is None else [(str(cell["id"]), str(cell["source"])) for cell in told]


def not_one_answer(exercise: str, standing: Sequence[str]) -> str | None:
    """Return why the cells of an exercise's answer hold none to judge, as a sentence; None if one of them holds one.

    Args:
        exercise: its name, such as "Exercise 1".
        standing: what stands in each cell of the answer.
    """
    if len(standing) != 1:
        what = f"There are {len(standing)} cells of {exercise}, not one" if standing else f"{exercise} is gone"
        return f"⚠ {what}: {way_back(exercise)}"
    if not re.sub(r"#.*", "", standing[0]).strip():
        return f"○ Not attempted yet. The cell of {exercise} is empty: {way_back(exercise)}"
    return None


def makes_no(exercise: str, needs: str) -> str:
    """Return the sentence for an answer's cell that came to its end and left no `needs`."""
    return f"⚠ The cell of {exercise} makes no `{needs}`. Give it that name again, run the cell, then this one."


def way_back(exercise: str) -> str:
    """Return the end of a sentence that tells how to get an exercise back as it was released."""
    number = exercise.split()[-1]
    return f"type restore_exercise({number}) into a new cell and run it. It comes back, and what you wrote is kept."


_cells: Cells | None = None


def watch(shell: Any) -> None:
    """Remember from now on what the cells of `shell` make."""
    global _cells
    _cells = Cells(shell)


def trouble(exercise: str, needs: str) -> str | None:
    """Return why the check of an exercise cannot judge its answer, as a sentence; None if it can, or nobody watches."""
    return _cells.trouble(exercise, needs) if _cells else None


def _names(source: str, kinds: type | tuple[type, ...]) -> set[str]:
    """Return the names that stand in a cell in these contexts; of a cell that cannot be read none."""
    try:
        nodes = list(ast.walk(ast.parse(source)))
    except SyntaxError:
        return set()
    return {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, kinds)}


def _written(source: str) -> set[str]:
    return _names(source, ast.Store) | set(_RECIPES.findall(source))


def _read(source: str) -> set[str]:
    """Return the names that a cell may read before it gives them a value; `a += 1` reads what it writes."""
    added_to = set(re.findall(r"(\w+)(?:\[[^\]]*\])? *[-+*/@]=", source))
    return _names(source, ast.Load) | added_to
