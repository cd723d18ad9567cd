"""Code that Python cannot read: foreign signs, missing signs, lost lines."""

import keyword
import linecache
import re
import unicodedata

from course_utils.errors.lesson import exercise_like, first_line, first_line_like
from course_utils.errors.numbers import number_slip, without_text
from course_utils.errors.words import closest, is_plain, shown

_LOOKALIKES = {
    "-": "−–—‐‑‒―﹣－",
    "*": "×·⋅∙•∗＊",
    "/": "÷∕⁄／",
    "+": "＋",
    "=": "＝",
    "**2": "²",
    "**3": "³",
    "np.sqrt( )": "√",
    "!=": "≠",
    "<=": "≤⩽",
    ">=": "≥⩾",
    "<": "＜‹",
    ">": "＞›",
    '"': "“”„‟«»＂",
    "'": "’‘‚‛`´＇",
    "(": "（",
    ")": "）",
    "[": "［【",
    "]": "］】",
    ",": "，、",
    ".": "．。",
    ":": "：",
    "~": "¬",
    "a space": "\u00a0\u2002\u2003\u2007\u2009\u202f\u3000",
}
"""What Python wants, and the signs that come in its place when text is copied or a keyboard is foreign."""

_TYPED = {sign: typed for typed, signs in _LOOKALIKES.items() for sign in signs}

_SIGN = re.compile(r"U\+([0-9A-F]{4,6})")
_PART_OF_BLANK = re.compile(r"(?<!\w)(?!__[^\W_]\w*__\b)(?:__+\w*|\w*?_{3,}\w*|\d+_+)(?!\w)")
_TOKEN = re.compile(r"\d[\w.]*|[^\W\d]\w*|\*\*|[=!<>]=|[^\s\w]")


def explain_syntax(error: SyntaxError) -> str:
    """Say what in a cell Python cannot read, and what to type."""
    source = "".join(linecache.getlines(error.filename or "")) or error.text or ""
    rows = source.splitlines()
    row = (error.lineno or 1) - 1
    line = (rows[row] if row < len(rows) else error.text or "").strip()
    return (
        _foreign_sign(error, line)
        or _left_of_blank(line)
        or number_slip(line)
        or _changed_first_line(line)
        or _python_word(error, line)
        or _prose(line)
        or _lost_line(error, line, source)
        or _indentation(error, line, source)
        or _brackets(error, line)
        or _equals(error, line)
        or _ascii_sign(line)
        or _letters_in_number(line)
        or _between(line, source)
        or _loose_sign(line)
        or _unknown(error, line)
    )


def part_of_blank(code: str) -> str | None:
    """Return a name or number in which underscores of a blank are left."""
    match = _PART_OF_BLANK.search(code)
    return match[0] if match else None


def say_part_of_blank(left: str) -> str:
    """Say how to get rid of the rest of a blank."""
    typed = left.strip("_")
    wanted = f"write {typed} alone" if typed else "write your answer in its place"
    return f"A part of the blank is left in `{left}`: take away all its underscores, and {wanted}."


def say_sign(sign: str, line: str) -> str:
    """Name a sign that Python does not know, and say what to type."""
    if sign == "…":
        return "The sign … stands for what you write yourself: put your own code in its place."
    typed = _TYPED.get(sign, "")
    if not typed and unicodedata.normalize("NFKC", sign).isascii():
        typed = unicodedata.normalize("NFKC", sign).strip()
    visible = unicodedata.category(sign)[0] not in "ZC"
    if visible and typed:
        return (
            f"Python does not know the sign {sign} in `{shown(line, sign)}`. Type {typed} on the keyboard in its place."
        )
    if visible:
        return f"Python does not know the sign {sign} in `{shown(line, sign)}`. Take it away."
    before = line.partition(sign)[0].split()
    where = f"after `{shown(before[-1])}`" if before else "where the line begins"
    clean = shown(_visible(line))
    return f"An invisible sign was copied along, {where} in `{clean}`. Delete the whole line, and type it anew."


def _visible(line: str) -> str:
    return "".join(
        " " if unicodedata.category(each) == "Zs" else each for each in line if each.isprintable() or each.isspace()
    )


def _foreign_sign(error: SyntaxError, line: str) -> str | None:
    match = _SIGN.search(error.msg)
    if not match or "character" not in error.msg:
        return None
    sign = chr(int(match[1], 16))
    number = number_slip(line)
    return number if number and sign in number else say_sign(sign, line)


def _left_of_blank(line: str) -> str | None:
    left = part_of_blank(without_text(line))
    return say_part_of_blank(left) if left else None


def _lost_line(error: SyntaxError, line: str, source: str) -> str | None:
    if "outside function" not in error.msg:
        return None
    if re.search(r"^def ", source, re.MULTILINE):
        return (
            f"The line `{shown(line)}` begins too far left: put four spaces before it, "
            "as before the other lines of the recipe."
        )
    return say_lost_line(line, source)


def say_lost_line(line: str, source: str) -> str:
    """Say that a recipe has lost its first line, and how that was."""
    exercise = exercise_like(source)
    lost = first_line(exercise) if exercise else ""
    named = f" It was `{shown(lost)}`." if lost else ""
    return (
        f"Above `{shown(line)}` the line that begins with def is missing: bring it back with Ctrl+Z, or, if the cell "
        f"was split, choose Edit, Merge Cell Above.{named}"
    )


def _changed_first_line(line: str) -> str | None:
    """Say how a recipe's first line was, where the line that cannot be read is one that was changed."""
    was = first_line_like(line)
    if not was or line == was:
        return None
    if line == was.rstrip(":"):
        return f"A colon : is missing at the end of `{shown(line)}`."
    return f"Python cannot read `{shown(line)}`. Write it as it was: `{shown(was)}`."


def _python_word(error: SyntaxError, line: str) -> str | None:
    """Say how a word of Python is written, or that it does not belong where it stands."""
    code = without_text(line)
    if match := re.match(r"(\w+)\s+\w", code):
        word = closest(match[1], _WORDS)
        if word and match[1] not in _WORDS:
            return f"`{match[1]}` is no word of Python. Did you mean {word}? Names must match to the letter."
    if match := re.search(r"\belse +if\b|\bels?e?if\b(?<!elif)", code):
        return f"In Python, {match[0]} is written elif."
    if re.match(r"else\b\s*[^:\s]", code):
        return f"In `{shown(line)}` nothing is asked: write else: alone, or elif with a question."
    if re.search(r"\bfor +\w+ +(?!in\b)\w+", code):
        return f"In `{shown(line)}` the word in is missing: write for … in …"
    if "else' after 'if'" in error.msg:
        return f"In `{shown(line)}` else is missing: write 1 if … else 0, with what you mean in place of 1 and 0."
    if (match := re.match(r"(\w+)\s*=(?!=)", code)) and keyword.iskeyword(match[1]) and match[1] != "return":
        return f"`{match[1]}` is a word of Python's own. Take another name."
    if match := re.match(rf"return +({_NO_VALUES})\b", code):
        return f"Behind return stands what the recipe gives back: take `{match[1]}` away."
    if "Missing parentheses" in error.msg or re.search(r"\bprint +\w", code):
        return "What print shows stands in brackets: print( )."
    return None


_NO_VALUES = "return|def|for|while|if|import|from|pass|raise|with|try|class"
"""What no value begins with."""

_WORDS = ("return", "def", "for", "while", "if", "elif", "import", "from")


def _prose(line: str) -> str | None:
    code = re.sub(r"^return\b", "", without_text(line))
    match = re.search(r"(?<!\w)[^\W\d_]+(?: [^\W\d_]+){2,}(?!\w)", code)
    if not match or any(keyword.iskeyword(each) and each not in _IN_PROSE for each in match[0].split()):
        return None
    return (
        f"`{shown(match[0])}` reads like a sentence, and Python reads code alone: take it away, or write # before it."
    )


_IN_PROSE = {"is", "not", "and", "or", "in", "with", "as", "from"}


def _ascii_sign(line: str) -> str | None:
    code = without_text(line)
    if match := re.search(r"[$?`]|!(?!=)", code):
        return f"Python does not know the sign {match[0]} in `{shown(line, match[0])}`. Take it away."
    if re.search(r"\w\s*\{", code):
        return f"In `{shown(line)}` brackets {{ }} stand behind a name: a recipe takes ( ), and to pick out are [ ]."
    if "\\" in code:
        return f"The sign \\ does not belong in `{shown(line)}`. To divide, write /."
    if match := re.search(r"\.\.|->", code):
        return f"In `{shown(line)}` write one point in place of `{match[0]}`."
    if match := re.search(r"(?<![\w.])0+([1-9]\d*)\b", code):
        return f"A number does not begin with 0: write {match[1]}."
    if re.match(r"return\b|\w+ *=", code) and re.search(r":[^=]|:$", _outside_brackets(code)):
        return (
            f"The sign : does not belong in `{shown(line)}`. To divide, write /; before a name, as in np.mean, a point."
        )
    return None


def _outside_brackets(code: str) -> str:
    return re.sub(r"\[[^\]]*\]|\{[^}]*\}|\blambda\b.*", "", code)


def _indentation(error: SyntaxError, line: str, source: str) -> str | None:
    if "expected an indented block" in error.msg or (error.msg == "incomplete input" and line.endswith(":")):
        if line.endswith(":"):
            return (
                f"Nothing stands below `{shown(line)}`. Its lines come next, in the same cell, "
                "four spaces further right."
            )
        return f"The line `{shown(line)}` begins too far left: put four spaces before it."
    if isinstance(error, IndentationError):
        return f"The line `{shown(line)}` begins too far left or right. Line it up with its neighbours."
    return None


def _brackets(error: SyntaxError, line: str) -> str | None:
    code = without_text(line)
    if "never closed" in error.msg:
        opened = error.msg[1:2]
        closing = {"(": ")", "[": "]", "{": "}"}.get(opened, ")")
        return f"A bracket {opened} is opened in `{shown(line)}` and not closed: add a {closing} where it ends."
    if "unmatched" in error.msg:
        return f"There is one {error.msg[-2]} too many in `{shown(line)}`: take it away."
    if "does not match opening" in error.msg:
        return f"In `{shown(line)}` a bracket is closed by one of another kind: ( belongs to ), and [ to ]."
    if "unterminated" in error.msg or code.count('"') % 2 or code.count("'") % 2:
        return f"A quote is opened in `{shown(line)}` and not closed. Around a number no quotes are needed."
    if error.msg == "incomplete input":
        return (
            f"Python cannot read `{shown(line)}` (a bracket or a quote is not closed). "
            "Look there for a missing sign or bracket."
        )
    if error.msg == "expected ':'":
        return f"A colon : is missing at the end of `{shown(line)}`."
    return None


def _equals(error: SyntaxError, line: str) -> str | None:
    code = without_text(line)
    for wrong, right in (("===", "=="), ("!==", "!="), ("=!", "!="), ("=<", "<="), ("=>", ">="), ("<>", "!=")):
        if wrong in code:
            return f"Python does not know {wrong}: write {right}."
    if re.match(r"return\b[^=(\[]*[^=!<>(\[]=(?!=)", code):
        return (
            f"In `{shown(line)}` one = gives a name, and behind return none is given: write what stands on its right. "
            "To compare, write ==."
        )
    if error.msg.startswith("cannot assign") and re.match(r"[^=]+=(?!=)", code):
        return f"In `{shown(line)}` a name must stand on the left of =, and alone. To compare, write ==."
    inside = re.search(r"^(?:return|if|while)\b[^=]*[^=!<>]=(?!=)", code) or re.search(
        r"\[[^=\]]*\][^=!<>]*[^=!<>]=(?!=)[^=]*\)", code
    )
    if "==" in error.msg or inside:
        return f"In `{shown(line)}` one = gives a name. To compare, write == for the same and != for different."
    return None


def _letters_in_number(line: str) -> str | None:
    match = re.search(r"(?<!\w)(?=[\dOolI]*\d)(?=\d*[OolI])[\dOolI.]+(?!\w)", without_text(line))
    if not match or not match[0][0].isdigit():
        return None
    digits = match[0].translate(str.maketrans("OolI", "0011"))
    return f"A letter stands between the digits of `{match[0]}`: write {digits}."


def _between(line: str, source: str) -> str | None:
    """Name two things between which a sign is missing."""
    tokens = _TOKEN.findall(without_text(line))
    names = re.findall(r"[^\W\d]\w*", without_text(source))
    for index, token in enumerate(tokens):
        glued = re.fullmatch(r"(\d+\.?\d*)([^\W\d_]\w*)", token)
        if glued and not re.fullmatch(r"[\d.]+[eE]\d+|0[xXbBoO]\w+", token):
            return _missing(glued[1], glued[2], names)
        after = tokens[index + 1] if index + 1 < len(tokens) else ""
        if not (_ends_a_value(token) and _begins_a_value(after)):
            continue
        if after == "x" and _begins_a_value("".join(tokens[index + 2 : index + 3])):
            return f"In `{shown(line)}` an x stands for times. In Python, times is written *."
        if tokens[index - 1 : index] in (["def"], ["import"], ["class"]) and index:
            continue
        return _missing(token, after, names)
    match = re.search(r"(\d[\d.]*)\s*%\s*(?:$|[\])/*+,-])", line)
    return f"A number stands without the sign %: write {match[1]}." if match else None


def _ends_a_value(token: str) -> bool:
    return token in (")", "]") or (token[:1].isalnum() and not keyword.iskeyword(token)) or token in ("True", "False")


def _begins_a_value(token: str) -> bool:
    return token[:1].isalnum() and not keyword.iskeyword(token)


def _missing(one: str, other: str, names: list[str]) -> str:
    if f"{one}_{other}" in names:
        return f"A name has no space in it: write {one}_{other}."
    if other == "then":
        return "In Python, a colon : stands in the place of then."
    if one[0].isdigit() and names.count(other) == 1:
        return f"Write {one} without a unit: Python cannot read `{other}` behind it."
    if one in ("np", "torch") and other.isidentifier():
        return f"A point is missing between {one} and {other}: write {one}.{other}."
    return (
        f"Between {one} and {other} a sign is missing. To multiply, write *; "
        "what a recipe works on stands in brackets ( )."
    )


def _loose_sign(line: str) -> str | None:
    code = without_text(line)
    if match := re.search(r"(?:^return|[-+/=(\[,]|\*\*|(?<!\*)\*(?!\*))\s*(\*\*|[*/%])(?!\w+\))", code):
        return f"Before {match[1]} in `{shown(line)}` something is missing. Put your answer there."
    if match := re.search(r"(?<![-+*/%=<>,.@&|])([-+*/%=<>,.@&|]+)\s*(?:$|\)|\])", code):
        return f"After {match[1]} in `{shown(line)}` something is missing: write it, or take {match[1]} away."
    return None


def _unknown(error: SyntaxError, line: str) -> str:
    because = f" ({error.msg})" if is_plain(error.msg) and "invalid" not in error.msg else ""
    return f"Python cannot read `{shown(line)}`{because}. Look there for a missing sign or bracket."
