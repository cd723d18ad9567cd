"""Controls: a check that has passed is run once more with a spoiled answer, and must fail."""

import ast
import functools
import itertools
import secrets

import numpy as np

from course_utils.checks import random_state

_CONTROL = """\
{kept} = {name}
def {spoil}(value):
    try:
        return __import__("numpy").asarray(value, dtype=float) * {factor} + {shift}
    except Exception:
        return "{kept}"
{name} = (lambda *given, **named: {spoil}({kept}(*given, **named))) if callable({kept}) else {spoil}({kept})
"""


def control_of(check: str) -> tuple[str, str] | None:
    """Return the source of a cell that spoils an answer and checks it, and of one that puts the answer back.

    The second shows a number that is drawn as the check draws its data.

    Args:
        check: the source of a check's cell.

    Returns:
        The two sources, different each time; None if the cell does not check one named answer.
    """
    found = subject_of(check)
    if found is None:
        return None
    _, name = found
    draw = secrets.SystemRandom()
    mark = secrets.token_hex(4)
    kept, spoil = f"_{mark}a", f"_{mark}b"
    factor, shift = round(draw.uniform(1.5, 2.5), 3), round(draw.uniform(10, 20), 3)
    control = _CONTROL.format(name=name, kept=kept, spoil=spoil, factor=factor, shift=shift)
    title = "".join(itertools.takewhile(lambda line: line.startswith("#"), check.splitlines(keepends=True)))
    control = title + control + check.removeprefix(title)  # it begins as the check does, for all that looks at it
    drawn = (
        '__import__("numpy").random.default_rng(__import__("course_utils.checks").checks.check.latest.random_state)'
        ".integers(2**62).item()"
    )
    return control, f"{name} = {kept}; del {kept}, {spoil}\n{drawn}"


def drawn_by(check: str, secret: str) -> str:
    """Return what the cell that puts the answer back shows, if the check draws its data as it should."""
    found = subject_of(check)
    return str(np.random.default_rng(random_state(found[0], secret)).integers(2**62)) if found else ""


@functools.cache
def subject_of(check: str) -> tuple[str, str] | None:
    """Return of `with check("Exercise 1", needs="rule_220") as c` exercise and the answer's name."""
    for node in ast.walk(ast.parse(check)):
        if isinstance(node, ast.With):
            match node.items[0]:
                case ast.withitem(ast.Call(ast.Name("check"), [ast.Constant(str(exercise))], more), ast.Name()):
                    for keyword in more:
                        if keyword.arg == "needs" and isinstance(keyword.value, ast.Constant):
                            return exercise, str(keyword.value.value)
    return None
