"""One exercise graded again: what a new run says of it goes into the notebook that was graded before."""

import copy
import re
from collections.abc import Collection, Mapping
from typing import Any

from course_utils.errors import CourseError
from course_utils.saved import CHECK, grade_id


def exercise_cells(sources: Mapping[str, str], number: int) -> set[str]:
    """Return the names of an exercise's answer and check.

    Args:
        sources: the graded cells of a chapter by their names.
        number: the exercise's, as its heading has it.

    Raises:
        CourseError: if no check judges such an exercise.
    """
    for name, source in sources.items():
        if re.search(rf'check\(\s*"Exercise {number}"', source):
            return {name, name.removesuffix(CHECK)} & sources.keys()
    numbers = sorted({int(each) for source in sources.values() for each in re.findall(r'"Exercise (\d+)"', source)})
    raise CourseError(f"No check judges exercise {number} here. There are: {', '.join(map(str, numbers))}.")


def take_over(before: Any, after: Any, names: Collection[str], released: Collection[str]) -> None:
    """Put cells of a notebook that has just been run into the one that was graded before, and add the run's notes.

    Args:
        before: the notebook that was graded before; changed here.
        after: the same student's, run anew.
        names: the cells to take over.
        released: all graded cells that the chapter has now; others count no more.
    """
    new = {name: cell for cell in after.cells if (name := grade_id(cell)) in names}
    for index, cell in enumerate(before.cells):
        name = grade_id(cell)
        if name in new:
            before.cells[index] = new.pop(name)
        elif name not in released:
            cell.metadata.pop("nbgrader", None)
    before.cells += new.values()  # of an exercise that came with a later release
    grading = before.metadata.setdefault("cardiac_ml_course", {}).setdefault("grading", {})
    notes = grading.get("notes", [])
    added = after.metadata.get("cardiac_ml_course", {}).get("grading", {}).get("notes", [])
    grading["notes"] = notes + [copy.deepcopy(note) for note in added if note not in notes]
