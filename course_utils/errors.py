"""Errors in one plain sentence, for people who have never read a stack trace."""

import difflib
import linecache
import re
import sys
import traceback
from collections.abc import Iterable
from types import TracebackType
from typing import Any

import numpy as np

BLANK = "____"
"""What a learner replaces. Four underscores: IPython gives three a value of its own."""

_LOOKALIKES = {"−": "-", "–": "-", "×": "*", "·": "*", "÷": "/", "²": "**2", "“": '"', "”": '"', "’": "'", "‘": "'"}
"""Signs that come along when text is copied, and what Python wants in their place."""

_ADVICE = (
    (r"bitwise_xor|for \^", "In Python, squared is written **2. The sign ^ means something else."),
    (r"tuple", "Perhaps a comma stands where Python wants a point: write 0.7, not 0,7."),
    (
        r"broadcast",
        "Two lists of different lengths meet here: pick the same patients from both. "
        "A comma in place of a point does it too: write 0.7, not 0,7.",
    ),
    (r"y should be a 1d array", "One answer for each patient is needed here, and a single value came."),
    (r"not callable", "What stands before the brackets is not a recipe. To multiply, write *; to pick out, write [ ]."),
    (r"'(function|builtin_function|method|.*Dispatcher)'.* not subscriptable", "A recipe takes round brackets: ( )."),
)
"""Beginners' commonest mistakes, by words of Python's own message."""

_CELL_FILE = re.compile(r"ipykernel_|<ipython-input")


class CourseError(Exception):
    """Something the person at the keyboard can put right; the message says how, in one line."""


def reason(error: OSError) -> str:
    """Return what the system says about an error, to stand inside a sentence."""
    return (error.strerror or str(error)).lower()


def is_unattempted(error: BaseException) -> bool:
    """Tell whether `error` arose because a blank, or a whole exercise, has not been filled in."""
    return type(error) is NotImplementedError or (isinstance(error, NameError) and error.name == BLANK)


def explain(error: BaseException) -> str:
    """Say in one or two plain sentences what went wrong in a learner's cell, and what to do.

    Args:
        error: an exception that was raised and caught, so that it carries its traceback.

    Returns:
        The sentences, without a line break.
    """
    if is_unattempted(error):
        exercise = traceback.extract_tb(error.__traceback__)[-1].name
        if exercise == "<module>":
            return (
                f"There is still a blank to fill in: replace every {BLANK} with your answer, then run the cell again."
            )
        return f"`{exercise}` above still has a blank: replace every {BLANK} there, run that cell, then this one."
    if isinstance(error, UnboundLocalError):
        name = str(error).partition("'")[2].partition("'")[0]
        return f"`{name}` is used before it has a value. Build it from names that have one."
    if isinstance(error, NameError) and error.name:
        return _explain_name(error)
    if isinstance(error, AttributeError) and (close := _closest(str(error.name), dir(error.obj))):
        return f"`{error.name}` does not exist. Did you mean `{close}`? Names must match to the letter."
    if isinstance(error, KeyboardInterrupt):
        return "You stopped this cell. Run it again when you like."
    if isinstance(error, SystemExit):
        return "This code asks the notebook to quit. Remove sys.exit(), then run the cell again."
    if isinstance(error, SyntaxError):
        return _explain_syntax(error)
    if type(error).__name__ == "StdinNotImplementedError":
        return "This code waits for somebody to type, and nobody does. Write the value into the code, without input()."
    if isinstance(error, RecursionError):
        return "A function calls itself without end. Look for its own name inside it."
    if isinstance(error, ModuleNotFoundError):
        return f"The package {error.name} is not installed here. Start the notebook with `course learn`."
    message = " ".join(str(error).split())
    for clue, advice in _ADVICE:
        if isinstance(error, TypeError | ValueError) and re.search(clue, message):
            return advice
    reason = f"{type(error).__name__}: {message}" if message else type(error).__name__
    line = _learner_line(error.__traceback__)
    return f"Python stopped at `{line}` ({reason})." if line else f"Python stopped ({reason})."


def _explain_syntax(error: SyntaxError) -> str:
    line = (error.text or "").strip()
    for sign, typed in _LOOKALIKES.items():
        if sign in line and "invalid" in error.msg:
            return f"Python does not know the sign {sign} in `{line}`. Type {typed} on the keyboard in its place."
    if isinstance(error, IndentationError):
        return f"The line `{line}` begins too far left or right. Line it up with its neighbours."
    reason = "a bracket or a quote is not closed" if error.msg == "incomplete input" else error.msg
    return f"Python cannot read `{line}` ({reason}). Look there for a missing sign or bracket."


def _explain_name(error: NameError) -> str:
    name = str(error.name)
    known: set[str] = set()
    for frame, _ in traceback.walk_tb(error.__traceback__):
        known |= frame.f_locals.keys() | frame.f_globals.keys()
    if hasattr(np, name):
        return f"`{name}` needs np. in front of it: write np.{name}."
    if close := _closest(name, known):
        return f"`{name}` does not exist. Did you mean `{close}`? Names must match to the letter."
    return f"`{name}` does not exist yet. Run the cells above first (menu Run, Run All Above Selected Cell)."


def _closest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that `name` is most likely a slip of, if there is one."""
    by_lower = {word.lower(): word for word in sorted(known) if word != name}  # of `X` and `x` the latter
    close = difflib.get_close_matches(name.lower(), by_lower, n=1, cutoff=0.75)
    return by_lower[close[0]] if close else None


def _learner_line(trace: TracebackType | None) -> str:
    """Return the deepest line of a notebook cell in the traceback, or an empty string."""
    line = ""
    for frame, number in traceback.walk_tb(trace):
        filename = frame.f_code.co_filename
        if _CELL_FILE.search(filename):
            line = linecache.getline(filename, number).strip() or line
    return line


def use_plain_errors(shell: Any) -> None:
    """Show every error of a cell in `shell`, IPython's interactive shell, as one sentence, and let no cell end it.

    `%tb` in a cell still shows the whole report of the last error.
    """

    def show(shell: Any, kind: type[BaseException], error: BaseException, trace: Any, tb_offset: Any = None) -> None:
        if hasattr(error, "_render_traceback_"):
            lines = error._render_traceback_()
        elif is_unattempted(error):
            lines = [f"○ {explain(error)}"]
        else:
            lines = [f"⚠ {explain(error)}"]
        sys.last_type, sys.last_value, sys.last_traceback = kind, error, trace  # what %tb reads
        shell._showtraceback(kind, error, lines)

    shell.set_custom_exc((Exception, KeyboardInterrupt), show)
    for name in ("exit", "quit"):  # IPython's own would end the notebook, with all that it holds
        shell.user_ns[name] = _stay


def _stay(*_: Any) -> None:
    print("The notebook goes on. To leave, save it and close its tab.")
