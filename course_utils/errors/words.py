"""How sentences show code, and how they say what a value is."""

import difflib
import re
from collections.abc import Iterable, Sequence

_JARGON = re.compile(
    r"tuple|ndarray|attribute|iterable|positional|argument|NoneType|object|dtype|ufunc|callable|subscript|literal|"
    r"operand|traceback|broadcast|sequence|parameter|expression|token|decimal|keyword|instance|tensor|shape|axis|dim|"
    r"unicode|codec|syntax|module|class|type",
    re.IGNORECASE,
)
"""Words of Python's own messages that say nothing to a beginner."""

_LONGEST = 70


def is_plain(message: str) -> bool:
    """Tell whether what Python says of an error may stand in a sentence for beginners."""
    return bool(message) and len(message) <= _LONGEST and not _JARGON.search(message)


def shown(code: str, around: str = "") -> str:
    """Return a line of code to stand in a sentence: on one line, and cut to what stands at `around` if it is long."""
    code = " ".join(code.split())
    if len(code) <= _LONGEST:
        return code
    middle = max(code.find(" ".join(around.split())), 0) + len(around) // 2
    start = min(max(middle - _LONGEST // 2, 0), len(code) - _LONGEST)
    return (
        f"{'… ' if start else ''}{code[start : start + _LONGEST].strip()}{' …' if start + _LONGEST < len(code) else ''}"
    )


def closest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that `name` is most likely a slip of, if there is one."""
    by_lower = {word.lower(): word for word in sorted(known) if word != name}  # of `X` and `x` the latter
    close = difflib.get_close_matches(name.lower(), by_lower, n=1, cutoff=0.75)
    return by_lower[close[0]] if close else None


def plural(count: int, word: str) -> str:
    """Return "1 row" or "2 rows"."""
    return f"{count} {word}" if count == 1 else f"{count} {word}s"


def in_words(shape: Sequence[int]) -> str:
    """Say how numbers are arranged: one by itself, a list, or a table of rows and columns."""
    if not shape:
        return "a number by itself"
    if len(shape) == 1:
        return f"a list of {plural(shape[0], 'number')}"
    rows, columns = plural(shape[-2], "row"), plural(shape[-1], "column")
    if len(shape) == 2:
        return f"a table of {rows} and {columns}"
    return f"a stack of {' × '.join(map(str, shape[:-2]))} tables of {rows} and {columns}"
