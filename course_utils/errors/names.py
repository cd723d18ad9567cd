"""A name that does not exist: a slip in what the learner typed, or a cell above that has not run."""

import re
from typing import Any

import numpy as np

from course_utils.errors.lesson import (
    Cell,
    Position,
    cells_that_ran,
    exercise_like,
    first_line,
    inside_recipes,
    names_in,
)
from course_utils.errors.place import Place
from course_utils.errors.spelling import part_of_blank, say_lost_line, say_part_of_blank
from course_utils.errors.words import closest, shown

RUN_ABOVE = "Run the cells above first (menu Run, Run All Above Selected Cell)."

_DIGITS = {
    **{"zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9},
    **{"ten": 10, "eleven": 11, "twelve": 12, "twenty": 20, "fifty": 50, "hundred": 100, "thousand": 1000},
}

_OTHER_WORDS = {
    **{"ln": "np.log", "avg": "np.mean", "length": "len", "true": "True", "ture": "True", "false": "False"},
    **{"none": "None", "null": "None", "nan": "np.nan", "inf": "np.inf", "xor": "!=", "power": "**"},
}
"""What other languages and other courses say, and what it is here."""

_LETTERS_FOR_DIGITS = {"O": 0, "o": 0, "l": 1, "I": 1}


def explain_name(error: NameError, place: Place | None) -> str:
    """Say why a name does not exist, and what to do."""
    name = str(error.name)
    if place is None:
        return f"`{name}` does not exist yet. {RUN_ABOVE}"
    if not place.is_given and (slip := _slip(name, place)):
        return slip
    if above := _made_above(name, place):
        return above
    if not place.is_given:
        for known in place.visible:
            if close := closest(name, known):
                return f"`{name}` does not exist. Did you mean `{close}`? Names must match to the letter."
        if own := [each for each in place.own if place.own is not place.all_names and not each.startswith((".", "_"))]:
            some = ", ".join(own[:6])
            return f"`{name}` does not exist. Write a number, or names that this recipe has: {some}."
    return f"`{name}` does not exist yet. {RUN_ABOVE}"


def explain_given(place: Place) -> str | None:
    """Say which cell above makes a given cell stop, where it is not a name that is missing."""
    position = place.position
    if not position or not position.is_given:
        return None
    if unmade := position.first_unmade(position.cell.reads, place.all_names):
        return f"This cell needs what stands above: {_see_to(unmade, position, place)}"
    if answer := position.answer_behind(position.cell.reads):
        return (
            f"This cell uses your answer to {_title(answer)} above, and that gives something else than it should: "
            "run its check."
        )
    return None


def _made_above(name: str, place: Place) -> str | None:
    position = place.position
    maker = position.maker(name) if position else None
    if not position or not maker:
        if not position and any(name in names_in(cell)[0] for cell in cells_that_ran()):
            return f"`{name}` does not exist yet: the cell above that makes it has stopped. Look there for a ⚠ or ○."
        return None
    first = position.first_unmade({name}, place.all_names) or maker
    if first is maker:
        return (
            f"`{name}` is made in {_cell(maker, position)} above. Run that cell first; if it shows a ⚠ or ○, mend it."
        )
    if first.is_answer:
        return f"`{name}` is made in a cell above that needs your answer: {_see_to(first, position, place)}"
    return (
        f"`{name}` is made under {_title(maker)} above, and cells before that have not run either: choose Run, "
        "Run All Above Selected Cell in the menu. If one of them then shows a ⚠ or ○, mend it."
    )


def _see_to(cell: Cell, position: Position, place: Place) -> str:
    if not cell.is_answer:
        return f"run {_cell(cell, position)} first; if it shows a ⚠ or ○, mend it."
    if all(name in place.all_names for name in cell.makes):
        return f"{_title(cell)} still has a blank. Fill it in, and run the cells from there on."
    return f"run the cell of {_title(cell)} first; if it shows a ⚠, mend it. Then run the cells from there on."


def _cell(cell: Cell, position: Position) -> str:
    """Say which cell: by the heading above it, and by how it begins where that is not enough."""
    here = [each for each in position.chapter if each.heading == cell.heading and not each.is_check]
    begins = (
        f" that begins with `{cell.source.splitlines()[0][:40].strip()}`"
        if len(here) > 1 and not cell.is_answer
        else ""
    )
    return f"the cell{begins} under {_title(cell)}"


def _title(cell: Cell) -> str:
    return f"“{cell.heading}”"


def other_word(name: str) -> str | None:
    """Return what is written here for a word of another language or another course."""
    return _OTHER_WORDS.get(name.lower())


def _slip(name: str, place: Place) -> str | None:
    """Return the sentence for a name that nobody meant as a name."""
    if part_of_blank(name):
        return say_part_of_blank(name)
    if name.lower() in _DIGITS:
        return f"`{name}` is a word. Write the number in digits: {_DIGITS[name.lower()]}."
    if name in _LETTERS_FOR_DIGITS:
        digit = _LETTERS_FOR_DIGITS[name]
        return f"In `{shown(place.line)}` the letter {name} stands alone. If you mean the number, write {digit}."
    if meant := other_word(name):
        return f"`{name}` does not exist. Write {meant}."
    if name in ("math", "numpy") and "np" in place.all_names:
        behind = re.search(rf"\b{name}\.(\w+)", place.line)
        if behind and hasattr(np, behind[1]):
            return f"`{name}` does not exist here. Write np.{behind[1]}."
    if name.startswith("return"):
        return f"After return a space is missing: write return {name[6:]}." if name[6:].isidentifier() else None
    exercise = exercise_like(place.source)
    if (
        exercise
        and name in re.findall(r"\w+", first_line(exercise))
        and not re.search(r"^def ", place.source, re.MULTILINE)
    ):
        return say_lost_line(place.line, place.source)
    if place.own is place.all_names and name in inside_recipes(place.source):
        return f"`{name}` exists inside its recipe only: put four spaces before `{shown(place.line)}`."
    near = set().union(*place.visible[:2])
    known = near | place.visible[2]
    for chain in re.findall(r"[^\W\d]\w*(?:\s*-\s*[^\W\d]\w*)+", place.line):
        parts = re.split(r"\s*-\s*", chain)
        for start in range(len(parts)):
            for end in range(len(parts), start + 1, -1):
                joined = "_".join(parts[start:end])
                if name in parts[start:end] and joined in known:
                    return f"A hyphen means minus. The name is written with an underscore: {joined}."
    if separated := separated_module(place.line, place):
        return separated
    for cut in range(1, len(name)):
        one, other = name[:cut], name[cut:].lstrip("_")
        if one in near and other in near:
            return f"Between {one} and {other} a sign is missing. To multiply, write {one} * {other}."
        if one in known and hasattr(place.all_names.get(one), other) and one in ("np", "torch"):
            return f"A point is missing: write {one}.{other}."
        if one in known and other.isdigit() and name[cut:] == other and len(one) > 2:
            return f"`{name}` does not exist. Did you mean `{one}`? To multiply it by {other}, write {one} * {other}."
    foreign = [letter for letter in name if not letter.isascii()]
    if name == "π":
        return "Python does not know π: write np.pi."
    if foreign:
        return f"The letter {foreign[0]} in `{name}` is of another alphabet: type the name anew on the keyboard."
    digits = name.translate(str.maketrans("OlI", "011"))
    if digits in known:
        return f"In `{name}` a letter stands for a digit: write {digits}."
    is_meant = re.search(rf"(?<![\w.]){name} *\(", place.line) or name in ("e", "pi")
    if is_meant and hasattr(np, name) and not _differs_by_capitals(name, place):
        return f"`{name}` needs np. in front of it: write np.{name}."
    return None


def _differs_by_capitals(name: str, place: Place) -> bool:
    return any(own.lower() == name.lower() for own in place.visible[0])


def separated_module(line: str, place: Place) -> str | None:
    """Say so where a comma stands in `np.mean` for the point."""
    for module, name in re.findall(r"\b(np|torch)\s*[,;]\s*([^\W\d]\w*)", line):
        if _has(place.all_names.get(module), name):
            return f"A point belongs between {module} and {name}: write {module}.{name}."
    return None


def _has(module: Any, name: str) -> bool:
    return module is not None and hasattr(module, name)
