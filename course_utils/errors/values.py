"""Code that Python could read, and that stopped: what it was given does not fit what it does."""

import ast
import inspect
import re
import types
from collections.abc import Callable
from typing import Any

import numpy as np

from course_utils.errors.lesson import CELL_FILE, first_line
from course_utils.errors.names import separated_module
from course_utils.errors.numbers import number_slip, without_text
from course_utils.errors.place import UNKNOWN, Place
from course_utils.errors.spelling import part_of_blank, say_part_of_blank
from course_utils.errors.words import closest, plural, shown

NOTHING_BACK = "Your function gave nothing back: keep its last line, `return …`."

_MULTIPLY = "To multiply, write *; to pick out, write [ ]."

_BY_MESSAGE = (
    (r"boolean subtract", "A yes and a no cannot be taken away from each other. To ask whether they differ, write !=."),
    (r"bitwise_xor|for \^", "In Python, squared is written **2. The sign ^ means something else."),
    (
        r"'(function|builtin_function|method|.*Dispatcher|ufunc)'.* not subscriptable",
        "A recipe takes round brackets: ( ).",
    ),
    (r"not callable", f"What stands before the brackets is not a recipe. {_MULTIPLY}"),
    (r"y should be a 1d array", "One answer for each patient is needed here, and a single value came."),
    (
        r"truth value|Boolean value of Tensor",
        "For many patients at once, and is written &, or is written |, with brackets around both sides.",
    ),
    (r"boolean negative", "A minus cannot turn a yes into a no: write ~ in its place."),
    (
        r"empty sequence|zero-size array|of an empty|empty slice",
        "Nothing is left to work on in `{line}`: what stands in the brackets is empty. Look at how it was picked out.",
    ),
    (
        r"0-dimensional arrays can|length-1 arrays|one element tensors|sequence to .*scalar|"
        r"setting an array element with a sequence|inhomogeneous",
        "In `{line}` one number is needed, and a list of several came.",
    ),
    (
        r"invalid literal|could not convert string|not supported for the input types|did not contain a loop|"
        r"must be real number, not str|'str'|str_",
        "In `{line}` a text stands where a number belongs. Numbers stand without quotes.",
    ),
    (
        r"to unpack|cannot unpack",
        "In `{line}` the names on the left of = are not as many as the values on its right.",
    ),
    (r"not iterable|has no len|0-d array", "In `{line}` a list is needed, and a single number came."),
    (
        r"not subscriptable|invalid index to scalar|too many indices",
        "In `{line}` the brackets [ ] pick out of something that is a single number.",
    ),
    (
        r"invalid index|valid indices|used as indices|list indices|slice indices",
        "Brackets [ ] pick out by whole numbers, or by a yes or no for each patient; others came in `{line}`.",
    ),
    (r"^axis", "In `{line}` axis= asks for rows or columns that do not exist here: leave axis= out."),
    (r"out of bounds|out of range", "In `{line}` a place is asked for that does not exist. Places are counted from 0."),
    (
        r"boolean index did not match",
        "Two lists of different lengths meet in `{line}`: pick the same patients from both.",
    ),
    (
        r"broadcast|mismatch in its core dimension|not aligned|same length|inconsistent numbers|shapes cannot|"
        r"must match the size|different number of",
        "Two lists of different lengths meet here: pick the same patients from both. "
        "A comma in place of a point does it too: write 0.7, not 0,7.",
    ),
    (r"ellipsis", "The dots … stand for what you write yourself: put your own code in their place."),
    (
        r"integer scalar arrays|scalar index",
        "In `{line}` a whole number is needed, and a list came. Look for a comma that should be another sign.",
    ),
    (r"NoneType", "In `{line}` something is empty: what made it gave nothing back. Look for a missing `return`."),
)
"""What Python says, as a pattern, and what helps where nothing more precise is known of the values."""


def explain_value(error: BaseException, place: Place) -> str | None:
    """Say why code stopped, by the values that it worked on, or else by what Python says of it."""
    if not place.is_given:
        for look in (_slip, _operands, _call, _pick, _key):
            if sentence := look(error, place):
                return sentence
    elif isinstance(place.node, ast.Call) and (sentence := _changed_recipe(error, place)):
        return sentence
    return by_message(error, place.line, place.part)


def by_message(error: BaseException, line: str, part: str = "") -> str | None:
    """Return the sentence that goes with Python's own message, if there is one."""
    message = " ".join(str(error).split())
    if isinstance(error, ZeroDivisionError) and line:
        return f"A number is divided by 0 in `{shown(line, part)}`."
    if isinstance(error, TypeError | ValueError | IndexError | RuntimeError):
        for clue, advice in _BY_MESSAGE:
            if re.search(clue, message) and (line or "{line}" not in advice):
                return advice.format(line=shown(line, part))
    return None


def explain_attribute(error: AttributeError, place: Place | None) -> str:
    """Say what to write for what stands behind a point and does not exist."""
    name = str(error.name)
    if part_of_blank(name):
        return say_part_of_blank(name)
    if error.obj is None:
        return "What stands before the point is empty: what made it gave nothing back. Look for a missing `return`."
    before = place.node.value if place and isinstance(place.node, ast.Attribute) else None
    if close := closest(name, [each for each in dir(error.obj) if not each.startswith("_")]):
        return f"`{name}` does not exist. Did you mean `{close}`? Names must match to the letter."
    if isinstance(before, ast.Name) and hasattr(np, name) and not isinstance(error.obj, types.ModuleType):
        return f"`{before.id}` has no .{name} behind it: write np.{name}({before.id})."
    if isinstance(before, ast.Name) and place and name in place.own:
        return f"Between {before.id} and {name} stands a point. To multiply, write {before.id} * {name}."
    if isinstance(before, ast.Name):
        return f"Behind `{before.id}.` there is no `{name}`. Look at the hint for how it is written."
    return f"There is no `{name}` behind that point. Look at the hint for how it is written."


def _slip(error: BaseException, place: Place) -> str | None:
    if not isinstance(error, TypeError | ValueError | IndexError):
        return None
    if left := part_of_blank(without_text(_statement(place))):  # IPython gives __ and ___ values of its own
        return say_part_of_blank(left)
    return number_slip(_statement(place)) or separated_module(place.line, place)


def _statement(place: Place) -> str:
    """Return the learner's code that may hold a number with a comma: the line, and what gave its names their values."""
    node = place.node
    read = {each.id for each in ast.walk(node) if isinstance(each, ast.Name)} if node else set()
    lines = [line for line in place.source.splitlines() if line.partition("=")[0].strip() in read]
    return "\n".join([*lines, place.line])


def _operands(error: BaseException, place: Place) -> str | None:
    node = place.node
    if isinstance(node, ast.BinOp):
        sides = [node.left, node.right]
    elif isinstance(node, ast.Compare):
        sides = [node.left, *node.comparators]
    elif isinstance(node, ast.UnaryOp):
        sides = [node.operand]
    else:
        return None
    if isinstance(getattr(node, "op", None), ast.BitXor):
        return None
    for side in sides:
        if sentence := _unfit(side, place):
            return sentence
    if isinstance(error, ValueError):
        return _foreign_list(place)
    return None


def _unfit(node: ast.AST, place: Place) -> str | None:
    """Say what is wrong with a part that no number stands for."""
    value, code = place.value(node), shown(ast.unparse(node))
    if isinstance(node, ast.Call) and place.value(node.func) is print:
        return "The recipe print shows a value and gives nothing back: write the value alone, without print( )."
    if value is UNKNOWN:
        return None
    if isinstance(node, ast.Constant) and value is None:
        return "None means nothing at all: put your answer in its place."
    if value is Ellipsis:
        return "The dots … stand for what you write yourself: put your own code in their place."
    if isinstance(value, str):
        where = "" if isinstance(node, ast.Constant) else f" where `{code}` gets its value"
        return f"`{code}` is text, because of its quotes. Write the number without quotes{where}."
    if value is None:
        return f"`{code}` is empty: what made it gave nothing back. Look for a missing `return` there."
    if isinstance(value, types.ModuleType):
        return f"After `{code}` a point and a name are missing, such as {code}.mean."
    if callable(value) and not hasattr(value, "parameters"):
        return f"`{code}` is a recipe, and its brackets are missing: write {code}( ) with what it works on inside."
    if type(value) is tuple and isinstance(node, ast.Name):
        count = plural(len(value), "value")
        return f"`{code}` holds {count}, with a comma in between. Where one is meant, write no comma."
    return None


def _foreign_list(place: Place) -> str | None:
    """Say so where a recipe uses a list of the notebook in place of what it was handed."""
    if place.own is place.all_names:
        return None
    for node in ast.walk(ast.parse(place.source)):
        if isinstance(node, ast.Name) and node.id not in place.own and node.id in place.all_names:
            value = place.all_names[node.id]
            if isinstance(value, np.ndarray) and value.ndim and not callable(value):
                return (
                    f"`{node.id}` holds {plural(value.size, 'number')} from a cell above, and the recipe was given "
                    "others. Use a number, or the names in the brackets behind def: look at the exercise again."
                )
    return None


def _call(error: BaseException, place: Place) -> str | None:
    node = place.node
    if not isinstance(node, ast.Call) or not isinstance(error, TypeError | ValueError | AttributeError):
        return None
    recipe, code = place.value(node.func), shown(ast.unparse(node.func))
    if recipe is UNKNOWN:
        return None
    if not callable(recipe):
        if isinstance(node.func, ast.Name) and node.func.id not in place.own and callable(getattr(np, code, None)):
            return f"`{code}` needs np. in front of it: write np.{code}."
        return f"`{code}` is not a recipe. {_MULTIPLY}" if not isinstance(node.func, ast.Constant) else None
    if recipe in (max, min) and "truth value" in str(error):
        return f"`{code}` compares single numbers. For lists, write np.{code}imum."
    if (sentence := _arguments(node, code, recipe, place)) and isinstance(error, TypeError):
        return sentence
    for given in node.args:
        if sentence := _unfit(given, place):
            return None if callable(place.value(given)) and _takes_recipes(recipe) else sentence
    return None


def _takes_recipes(recipe: Any) -> bool:
    return recipe in (map, filter, sorted, max, min)


def _arguments(node: ast.Call, code: str, recipe: Callable[..., Any], place: Place) -> str | None:
    """Say what is wrong with the number or the names of what stands in the brackets behind a recipe."""
    if any(isinstance(each, ast.Starred) for each in node.args) or any(each.arg is None for each in node.keywords):
        return None
    count, named = len(node.args), [str(each.arg) for each in node.keywords]
    if isinstance(recipe, np.ufunc):
        least, most, known = recipe.nin, recipe.nin, {"out", "where", "dtype"}
    else:
        try:
            parameters = inspect.signature(recipe).parameters.values()
        except (TypeError, ValueError):
            return None
        by_place = [each for each in parameters if each.kind in (each.POSITIONAL_ONLY, each.POSITIONAL_OR_KEYWORD)]
        known = {each.name for each in parameters}
        least = sum(each.default is each.empty and each.name not in named for each in by_place)
        most = len(by_place)
        if any(each.kind is each.VAR_POSITIONAL for each in parameters):
            most = count
        if any(each.kind is each.VAR_KEYWORD for each in parameters):
            known |= set(named)
    for name in named:
        if name not in known:
            return _unknown_argument(name, code, known, place)
    if count < least:
        if count == 0:
            return f"The brackets behind `{code}` are empty: put what it works on inside."
        here = f"{'is' if count == 1 else 'are'} {count}"
        return f"`{code}` needs {plural(least, 'value')} in its brackets, and here {here}."
    if count > most:
        return (
            f"`{code}` takes {plural(most, 'value')} in its brackets, and here are {count}. "
            "Take one away, or look for a comma that should be another sign."
        )
    return None


def _unknown_argument(name: str, code: str, known: set[str], place: Place) -> str:
    if any(name in names for names in place.visible[:3]):
        return "One = gives a name. To compare, write == for the same and != for different."
    if close := closest(name, known):
        return f"`{code}` knows no `{name}=`. Did you mean `{close}=`? Names must match to the letter."
    return f"`{code}` knows no `{name}=`. Look at the hint for how it is written."


def _pick(error: BaseException, place: Place) -> str | None:
    node = place.node
    if not isinstance(node, ast.Subscript):
        return None
    value, code = place.value(node.value), shown(ast.unparse(node.value))
    index = place.value(node.slice)
    if value is UNKNOWN:
        return None
    if callable(value):
        return f"`{code}` is a recipe. A recipe takes round brackets: ( )."
    if isinstance(error, IndexError) and hasattr(value, "__len__") and isinstance(index, int | np.integer):
        return f"`{code}` has places 0 to {len(value) - 1}, and {index} is asked for. Places are counted from 0."
    if isinstance(index, np.ndarray) and index.dtype == bool and isinstance(value, np.ndarray):
        return (
            f"`{code}` has {plural(len(value), 'number')}, and what picks out of it has {len(index)}: "
            "both must be about the same patients."
        )
    if isinstance(error, TypeError | IndexError) and np.ndim(value) == 0 and not isinstance(value, dict | str):
        return f"`{code}` is a single number: nothing can be picked out of it with [ ]." if value is not None else None
    return None


def _key(error: BaseException, place: Place) -> str | None:
    if not isinstance(error, KeyError) or not error.args:
        return None
    known = place.value(place.node.value) if isinstance(place.node, ast.Subscript) else UNKNOWN
    close = closest(str(error.args[0]), map(str, known)) if isinstance(known, dict) else None
    meant = f" Did you mean `{close}`?" if close else " Look for a slip in it."
    return f"There is no `{shown(str(error.args[0]))}` to pick out here.{meant}"


def _changed_recipe(error: BaseException, place: Place) -> str | None:
    """Say so where a given cell calls an answer whose first line has been changed."""
    node = place.node
    if not isinstance(error, TypeError) or not isinstance(node, ast.Call) or not place.is_deepest:
        return None
    recipe = place.value(node.func)
    code = getattr(recipe, "__code__", None)
    if not code or not CELL_FILE.search(code.co_filename):
        return None
    position = place.position
    maker = position.maker(ast.unparse(node.func)) if position else None
    was = f" It was `{shown(first_line(maker))}`." if maker else ""
    return (
        f"`{ast.unparse(node.func)}` is given other values than its line with def asks for. "
        f"Leave that line as it was.{was}"
    )
