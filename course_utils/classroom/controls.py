"""Controls: a check that has passed is run once more with a spoiled answer, and must fail."""

import ast
import itertools
import secrets

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

    Args:
        check: the source of a check's cell.

    Returns:
        The two sources, different each time; None if the cell does not check one named answer.
    """
    name = _needed_name(check)
    if name is None:
        return None
    draw = secrets.SystemRandom()
    mark = secrets.token_hex(4)
    kept, spoil = f"_{mark}a", f"_{mark}b"
    factor, shift = round(draw.uniform(1.5, 2.5), 3), round(draw.uniform(10, 20), 3)
    control = _CONTROL.format(name=name, kept=kept, spoil=spoil, factor=factor, shift=shift)
    title = "".join(itertools.takewhile(lambda line: line.startswith("#"), check.splitlines(keepends=True)))
    control = title + control + check.removeprefix(title)  # it begins as the check does, for all that looks at it
    return control, f"{name} = {kept}; del {kept}, {spoil}"


def _needed_name(check: str) -> str | None:
    for node in ast.walk(ast.parse(check)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "check":
            for keyword in node.keywords:
                if keyword.arg == "needs" and isinstance(keyword.value, ast.Constant):
                    return str(keyword.value.value)
    return None
