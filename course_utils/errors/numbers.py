"""Numbers as people write them, and Python does not: 7,5 and 60,000 and 60.000 and 60 000 and 60'000.

And the other way round: numbers as sentences write them, and why a number has no value.
"""

import math
import re
from collections.abc import Iterable

_SPACED = re.compile(r"(?<![\w.])(\d{1,3})((?:[ '’\u00a0\u2009\u202f]\d{3})+)(?!\w)")
_COMMA = re.compile(r"(?<![\w.,])\d+(?:,\d+)+(?!\w)")
_BRACKETED = re.compile(r"\([^()\[\]]*\)|\[[^()\[\]]*\]")
_POINTED = re.compile(r"(?<![\w.])([1-9]\d{0,2})((?:\.\d{3})*\.\d?00)(?!\w)(?!\.\d)")
_QUOTED = re.compile(
    r"#.*|(?P<quote>\"{3}|'{3})(?:.|\n)*?(?P=quote)|(?P<mark>[\"'])(?:\\.|(?!(?P=mark))[^\\\n])*(?P=mark)"
)


def without_text(source: str) -> str:
    """Return code with its comments and all that stands in quotes left out, line by line in the same places."""
    return _QUOTED.sub(lambda match: "\n" * match[0].count("\n"), source)


def number_slip(source: str, *, wrong: bool = False) -> str | None:
    """Find a number that is written with a comma, a space or a thousands sign, and say how to write it.

    Args:
        source: code that a learner typed, and that cannot be read or has stopped: elsewhere `f(x, 1,5)` may be right.
        wrong: whether the code ran, and only its result is wrong. Then commas inside brackets are left alone, and
            60.000 counts too.
    """
    code = without_text(source)
    if match := _SPACED.search(code):
        written = re.sub(r"\D", "", match[0])
        return f"A number is written without a space or a sign in it: {written}, not {match[0]}."
    if wrong and (match := _POINTED.search(code)):
        return (
            f"Decimals come after a point, so `{match[0]}` is {match[1]} with zeros behind it. "
            f"If you mean {match[0].replace('.', '')}, write it without the point."
        )
    code = _without_brackets(code) if wrong else code
    for match in _COMMA.finditer(code):
        if code[: match.start()].rstrip()[-1:] in tuple(",([{"):  # one value beside another
            continue
        whole, first, *more = match[0].replace(",", ""), *match[0].split(",")
        if first != "0" and len(first) <= 3 and all(len(each) == 3 for each in more):
            decimals = f", or {first}.{more[0]} with decimals" if len(more) == 1 else ""
            return f"A comma cuts `{match[0]}` in two numbers. Write {whole}{decimals}: no comma inside a number."
        if len(more) == 1:
            return f"A comma cuts `{match[0]}` in two numbers. Decimals come after a point: write {first}.{more[0]}."
    return None


def _without_brackets(code: str) -> str:
    while (shorter := _BRACKETED.sub("", code)) != code:
        code = shorter
    return code


def readable(number: float, digits: int = 4) -> str:
    """Write a number of any size so that it can be read in a sentence, with about so many digits."""
    if math.isnan(number):
        return "no number (nan)"
    if math.isinf(number):
        return "endless (inf)"
    size = abs(number)
    if size >= 1e15:
        return f"a number of {math.floor(math.log10(size)) + 1} digits"
    if size >= 1000:
        return f"{number:,.{max(digits - 4, 0)}f}"
    if 0 < size < 1e-4:
        places = digits - 1 - math.floor(math.log10(size))
        return f"{number:.{places}f}".rstrip("0") if size >= 1e-9 else "almost 0"
    return f"{number:,.{digits}g}"


_NO_VALUE = (
    (r"divide by zero .* log", "the logarithm of 0 has no value"),
    (r"invalid value .* log", "the logarithm of a number below 0 has no value"),
    (r"invalid value .* (sqrt|power)", "a number below 0 has no root"),
    (r"divide by zero|invalid value .* (divide|remainder)", "look for a division by zero"),
    (r"overflow", "a number became too large"),
    (r"empty slice|of freedom", "look for an average of an empty list"),
)
"""What NumPy warns of, as a pattern, and what it means."""

_ANY_OF_THEM = "look for a division by zero, and for a root or a logarithm of a number that has none"


def why_no_value(warnings: Iterable[str]) -> str:
    """Say why a result is no finite number.

    Args:
        warnings: of what NumPy warned on the way, the first first.
    """
    said = (words for message in warnings for clue, words in _NO_VALUE if re.search(clue, message))
    return next(said, _ANY_OF_THEM)
