"""The way in: an error, and the sentence for it."""

from course_utils.errors.blank import BLANK, is_unattempted
from course_utils.errors.names import explain_given, explain_name
from course_utils.errors.place import Place, exercise_of, place_of
from course_utils.errors.spelling import explain_syntax
from course_utils.errors.values import NOTHING_BACK, by_message, explain_attribute, explain_value
from course_utils.errors.words import is_plain, shown

_ANYWHERE = {
    "KeyboardInterrupt": "You stopped this cell. Run it again when you like.",
    "SystemExit": "This code asks the notebook to quit. Remove sys.exit(), then run the cell again.",
    "StdinNotImplementedError": (
        "This code waits for somebody to type, and nobody does. Write the value into the code, without input()."
    ),
    "RecursionError": "A function calls itself without end. Look for its own name inside it.",
    "MemoryError": "This needs more memory than there is. Look for a number that is far too large.",
    "OverflowError": "A number became too large. Look for a number or a power that is far too large.",
}
"""Kinds of errors that mean the same wherever they arise."""


def explain(error: BaseException) -> str:
    """Say in one or two plain sentences what went wrong in a learner's cell, and what to do.

    Args:
        error: an exception that was raised and caught, so that it carries its traceback.

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
    if isinstance(error, ModuleNotFoundError):
        return f"The package {error.name} is not installed here. Start the notebook with `course learn`."
    place = place_of(error)
    if isinstance(error, UnboundLocalError):
        name = str(error).partition("'")[2].partition("'")[0]
        return f"`{name}` is used before it has a value. Build it from names that have one."
    if isinstance(error, NameError) and error.name:
        return explain_name(error, place)
    if place and place.is_given and (known := _explain_given(error, place)):
        return known
    if isinstance(error, AttributeError) and error.name:
        return explain_attribute(error, place)
    return (explain_value(error, place) if place else by_message(error, "")) or _stopped(error, place)


def _explain_given(error: BaseException, place: Place) -> str | None:
    """Explain an error in a cell that nobody has changed: its cause is what it was given."""
    position = place.position
    if position and position.cell.is_check:
        if "NoneType" in str(error):
            return NOTHING_BACK
        return explain_value(error, place) or "What your code gives back has another form than the exercise asks for."
    return explain_given(place)


def _stopped(error: BaseException, place: Place | None) -> str:
    message = " ".join(str(error).split())
    because = f" ({message})" if is_plain(message) else ""
    line = shown(place.line, place.part) if place else ""
    return (
        f"Python stopped at `{line}`{because}. Compare that line with the exercise and its hints."
        if line
        else (f"Python stopped{because}. Compare your code with the exercise and its hints.")
    )
