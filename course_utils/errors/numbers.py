"""Numbers as people write them, and Python does not: 7,5 and 60,000 and 60.000 and 60 000 and 60'000."""

import re

_SPACED = re.compile(r"(?<![\w.])(\d{1,3})((?:[ '’\u00a0\u2009\u202f]\d{3})+)(?!\w)")
_COMMA = re.compile(r"(?<![\w.,\[])(\d+),(\d+)(?!\w)(?!,\d)")
_THOUSANDS = re.compile(r"(?<![\w.])([1-9]\d{0,2})((?:,\d{3})+)(?!\w)(?!,\d)")
_POINTED = re.compile(r"(?<![\w.])([1-9]\d{0,2})((?:\.\d{3})*\.\d?00)(?!\w)(?!\.\d)")
_QUOTED = re.compile(
    r"#.*|(?P<quote>\"{3}|'{3})(?:.|\n)*?(?P=quote)|(?P<mark>[\"'])(?:\\.|(?!(?P=mark))[^\\\n])*(?P=mark)"
)


def without_text(source: str) -> str:
    """Return code with its comments and all that stands in quotes left out, line by line in the same places."""
    return _QUOTED.sub(lambda match: "\n" * match[0].count("\n"), source)


def number_slip(source: str, *, points: bool = False) -> str | None:
    """Find a number that is written with a comma, a space or a thousands sign, and say how to write it.

    Call it for code that went wrong: `f(1,5)` may be right.

    Args:
        source: what a learner typed.
        points: whether 60.000 counts too, which is right where decimals are meant.
    """
    if match := _SPACED.search(source):
        written = re.sub(r"\D", "", match[0])
        return f"A number is written without a space or a sign in it: {written}, not {match[0]}."
    code = without_text(source)
    if match := _THOUSANDS.search(code):
        whole = match[0].replace(",", "")
        decimal = f", or {match[1]}.{match[2][1:]} with decimals" if match[2].count(",") == 1 else ""
        return f"A comma cuts `{match[0]}` in two numbers. Write {whole}{decimal}: no comma inside a number."
    if match := _COMMA.search(code):
        return f"A comma cuts `{match[0]}` in two numbers. Decimals come after a point: write {match[1]}.{match[2]}."
    if points and (match := _POINTED.search(code)):
        return (
            f"Decimals come after a point, so `{match[0]}` is {match[1]} with zeros behind it. "
            f"If you mean {match[0].replace('.', '')}, write it without the point."
        )
    return None
