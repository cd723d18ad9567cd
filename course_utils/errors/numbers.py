"""Numbers as people write them, and Python does not: 7,5 and 60,000 and 60.000 and 60 000 and 60'000."""

import re

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
