"""How a chapter with solutions becomes a copy to work in: nbgrader's own steps, and two of the course's."""

import hashlib
import json
import re
from typing import Any

from nbgrader.converters import GenerateAssignment
from nbgrader.preprocessors import ClearSolutions, NbGraderPreprocessor
from nbgrader.utils import is_solution

_SOLUTION_WITH_STUB = re.compile(
    r"^(?P<indent> *)### BEGIN SOLUTION: (?P<stub>.+)\n(?:.*\n)*?(?P=indent)### END SOLUTION$", re.MULTILINE
)


class ClearSolutionLines(ClearSolutions):
    """Nbgrader's ClearSolutions, with a stub of its own for each solution.

    `### BEGIN SOLUTION: return x * ____` leaves the line `return x * ____` in place of the solution.
    """

    def preprocess_cell(self, cell: Any, resources: Any, cell_index: int) -> tuple[Any, Any]:
        """Put the stub in place of each solution that names one, and leave the rest to nbgrader."""
        if cell.cell_type == "code" and is_solution(cell):
            cell.source, replaced = _SOLUTION_WITH_STUB.subn(r"\g<indent>\g<stub>", cell.source)
            if replaced and self.begin_solution_delimeter not in cell.source:
                return cell, resources
        return super().preprocess_cell(cell, resources, cell_index)


class PrepareForLearner(NbGraderPreprocessor):
    """Let "Run All" go on past an exercise that is still open, carry no widget of the author's along, name the release.

    `metadata.cardiac_ml_course.release` is 12 hexadecimal digits that differ when a released cell differs.
    """

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """Tag code cells `raises-exception`, which JupyterLab runs past, drop saved widgets, and add the release."""
        nb.metadata.pop("widgets", None)
        for cell in nb.cells:
            if cell.cell_type == "code":
                cell.metadata["tags"] = sorted({*cell.metadata.get("tags", []), "raises-exception"})
        cells = [[cell.cell_type, cell.source, cell.metadata.get("nbgrader")] for cell in nb.cells]
        digest = hashlib.sha256(json.dumps(cells, sort_keys=True).encode()).hexdigest()
        nb.metadata["cardiac_ml_course"] = {"release": digest[:12]}
        return nb, resources


def release_preprocessors() -> list[type]:
    """Return nbgrader's steps from a chapter to its release, with the course's in their places."""
    steps = GenerateAssignment.preprocessors.default()
    steps[steps.index(ClearSolutions)] = ClearSolutionLines
    return [*steps, PrepareForLearner]
