"""The way in: an error, and the sentence for it."""

import re
import sys

from course_utils.errors.blank import BLANK, is_unattempted
from course_utils.errors.names import explain_given, explain_name
from course_utils.errors.place import Place, exercise_of, place_of
from course_utils.errors.spelling import explain_syntax
from course_utils.errors.values import NOTHING_BACK, by_message, explain_attribute, explain_value, stopped
from course_utils.errors.words import closest

_NOBODY_TYPES = "This code waits for somebody to type, and nobody does. Write the value into the code, without input()."

_ANYWHERE = {
    "KeyboardInterrupt": "You stopped this cell. Run it again when you like.",
    "SystemExit": "This code asks the notebook to quit. Remove sys.exit(), then run the cell again.",
    "StdinNotImplementedError": _NOBODY_TYPES,
    "EOFError": _NOBODY_TYPES,
    "FileNotFoundError": "The file that is asked for is not here. Look at how its name is written.",
    "RecursionError": "A function calls itself without end. Look for its own name inside it.",
    "MemoryError": "This needs more memory than there is. Look for a number that is far too large.",
    "OverflowError": "A number became too large. Look for a number or a power that is far too large.",
}
"""Kinds of errors that mean the same wherever they arise."""

_PACKAGES = ("math", "matplotlib", "matplotlib.pyplot", "numpy", "pandas", "random", "scipy", "sklearn", "torch")


def explain(error: BaseException, inside: str = "") -> str:
    """Say in one or two plain sentences what went wrong in a learner's cell, and what to do.

    Args:
        error: an exception that was raised and caught, so that it carries its traceback.
        inside: the exercise that the reader has in mind, such as "Exercise 1": one above it is named.

    Returns:
        The sentences, without a line break.
    """
    if is_unattempted(error):
        exercise = exercise_of(error)
        if exercise == "<module>":
            return (
                f"There is still a blank to fill in: replace every {BLANK} with your answer, then run the cell again."
            )
        return f"`{exercise}` above still has a blank: replace every {BLANK} there, run that cell, then this one."
    if isinstance(error, SyntaxError):
        return explain_syntax(error)
    if advice := _ANYWHERE.get(type(error).__name__):
        return advice
    if isinstance(error, ImportError):
        return _explain_import(error)
    place = place_of(error)
    return _elsewhere(place, inside) + _explain_at(error, place)


def _elsewhere(place: Place | None, inside: str) -> str:
    """Name the exercise whose answer stopped, where another cell called it."""
    cell = place.position.cell if place and place.is_called and place.position else None
    if not cell or not cell.is_answer or (inside and cell.heading.startswith(f"{inside}:")):
        return ""
    return f"It stopped in your answer to “{cell.heading}”. "


def _explain_at(error: BaseException, place: Place | None) -> str:
    if isinstance(error, UnboundLocalError):
        name = str(error).partition("'")[2].partition("'")[0]
        return f"`{name}` is used before it has a value. Build it from names that have one."
    if isinstance(error, NameError) and error.name:
        return explain_name(error, place)
    if place and place.is_given and (known := _explain_given(error, place)):
        return known
    if isinstance(error, AttributeError) and error.name:
        return explain_attribute(error, place)
    return (explain_value(error, place) if place else by_message(error, "")) or stopped(error, place)


def _explain_import(error: ImportError) -> str:
    if missing := re.match(r"cannot import name '(\w+)' from '([\w.]+)'", str(error)):
        close = closest(missing[1], dir(sys.modules.get(missing[2])))
        meant = f" Did you mean `{close}`?" if close else " Look for a slip in it."
        return f"{missing[2]} has no `{missing[1]}` to import.{meant}"
    name = str(error.name)
    if name == "np":
        return "The package is called numpy: write import numpy as np."
    if close := closest(name, _PACKAGES):
        return f"There is no package {name}. Did you mean {close}?"
    if name.partition(".")[0] in sys.modules:
        return f"There is no `{name}` to import. Look for a slip in it."
    return f"The package {name} is not installed here. Start the notebook with `course learn`."


def _explain_given(error: BaseException, place: Place) -> str | None:
    """Explain an error in a cell that nobody has changed: its cause is what it was given."""
    position = place.position
    if position and position.cell.is_check:
        if "NoneType" in str(error):
            return NOTHING_BACK
        return explain_value(error, place) or "What your code gives back has another form than the exercise asks for."
    return explain_given(place)
