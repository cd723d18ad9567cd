"""Code that Python could read, and that stopped: what it was given does not fit what it does."""

import ast
import inspect
import re
import types
from collections.abc import Callable
from typing import Any

import numpy as np

from course_utils.errors.lesson import CELL_FILE, first_line
from course_utils.errors.names import other_word, separated_module
from course_utils.errors.numbers import number_slip, without_text
from course_utils.errors.place import UNKNOWN, Place
from course_utils.errors.spelling import part_of_blank, say_part_of_blank
from course_utils.errors.words import closest, in_words, is_plain, plural, shown

NOTHING_BACK = "Your function gave nothing back: keep its last line, `return …`."

_MULTIPLY = "To multiply, write *; to pick out, write [ ]."

_LENGTHS = (
    "Two lists of different lengths meet here: pick the same patients from both. "
    "A comma in place of a point does it too: write 0.7, not 0,7."
)

_BY_MESSAGE = (
    (r"NoneType", "In `{line}` something is empty: what made it gave nothing back. Look for a missing `return`."),
    (
        r"unhashable",
        "In `{line}` a list stands where a single value is needed. To work out a value, write ( ), and not {{ }}.",
    ),
    (r"boolean subtract", "A yes and a no cannot be taken away from each other. To ask whether they differ, write !=."),
    (
        r"bitwise_xor|for \^",
        "In Python, squared is written **2. Other powers are written with ** too: the sign ^ means something else.",
    ),
    (
        r"'(bitwise_\w+|invert)' not supported|for [&|]: |unary ~",
        "The signs & | ~ work on yes and no, and others came in `{line}`: put brackets around each comparison.",
    ),
    (
        r"'(function|builtin_function|method|.*Dispatcher|ufunc)'.* not subscriptable",
        "A recipe takes round brackets: ( ).",
    ),
    (r"not callable", f"What stands before the brackets is not a recipe. {_MULTIPLY}"),
    (r"y should be a 1d array", "One answer for each patient is needed here, and a single value came."),
    (r"__round__", "In `{line}` round takes one number. For lists, write np.round."),
    (r"boolean negative", "A minus cannot turn a yes into a no: write ~ in its place."),
    (
        r"empty sequence|zero-size array|of an empty|empty slice|with size 0|numel\(\) == 0|non-zero size|0 sample|"
        r"cannot be empty|empty parameter list",
        "Nothing is left to work on in `{line}`: what stands in the brackets is empty. Look at how it was picked out.",
    ),
    (r"at least 2 classes", "In `{line}` all patients have the same answer. To learn, a model needs both kinds."),
    (
        r"Expected 2D array|array must be 2-dim",
        "In `{line}` a table is needed, with a row for each patient, and a list or a number came. "
        "Behind a list, [:, None] makes a table of one column.",
    ),
    (r"not fitted", "In `{line}` a model is asked that has not learned yet: write .fit( ) first."),
    (r"is expecting \d+ feature", "In `{line}` the model gets other columns than those that it has learned from."),
    (r"contains NaN|contains infinity", "In `{line}` a number is missing (nan) or endless (inf)."),
    (r"Unknown label type", "In `{line}` the answers must be kinds, such as 0 and 1, and other numbers came."),
    (
        r"domain error|'complex'",
        "In `{line}` a number has no root or no logarithm: below 0 there is neither, and 0 has no logarithm.",
    ),
    (r"float NaN", "In `{line}` a number is missing (nan): look at what it was made of."),
    (
        r"without a gradient|requires grad",
        "A network's numbers still carry what it learns by in `{line}`: write .detach() before .numpy().",
    ),
    (r"does not require grad", "In `{line}` nothing leads back to the network: a loss is made of its predictions."),
    (r"grad can be implicitly", "In `{line}` the loss is a list. To learn, it must be one number: take its mean."),
    (
        r"0-dimensional arrays can|length-1 arrays|one element tensors|sequence to .*scalar|converted to Scalar|"
        r"setting an array element with a sequence|inhomogeneous|implicitly converted",
        "In `{line}` one number is needed, and a list of several came.",
    ),
    (
        r"invalid literal|could not convert string|did not contain a loop.*(<U|Str)|must be real number, not str|"
        r"'str'|str_|concatenate str|new\(\): invalid data type 'str'",
        "In `{line}` a text stands where a number belongs. Numbers stand without quotes.",
    ),
    (
        r"values to unpack|cannot unpack",
        "In `{line}` the names on the left of = are not as many as the values on its right.",
    ),
    (
        r"(?:concatenate|for \S+|for unary \S+|for \*\* or pow\(\)): .*'(list|tuple|range)'|concatenate (list|tuple)|"
        r"unary \S+ '(list|tuple|range)'|: '(list|tuple|range)'|multiply sequence",
        "In `{line}` a plain list stands where numbers are worked with: put it into np.array( ) first.",
    ),
    (
        r"'(dict|set)'",
        "In `{line}` the brackets {{ }} make a collection, and no number: to work out a value, write ( ).",
    ),
    (
        r"operand.*'(builtin_)?(function|method)",
        "In `{line}` a recipe stands without its brackets: write ( ) behind it.",
    ),
    (
        r"enough dimensions|for @|to be at least 1D",
        "The sign @ multiplies lists and tables, and a single number came in `{line}`. To multiply by it, write *.",
    ),
    (r"not iterable|has no len|0-d array", "In `{line}` a list is needed, and a single number came."),
    (
        r"not subscriptable|invalid index to scalar|0-dim|indices.* 0-dimensional",
        "In `{line}` the brackets [ ] pick out of something that is a single number.",
    ),
    (
        r"too many indices",
        "In `{line}` the brackets [ ] pick by more than there is: a list has places, a table rows and columns.",
    ),
    (
        r"invalid index|valid indices|used as indices|list indices|slice indices",
        "Brackets [ ] pick out by whole numbers, or by a yes or no for each patient; others came in `{line}`.",
    ),
    (
        r"'(numpy\.)?float\d*' object cannot be interpreted|integer is required|got float|single integer|"
        r"(NoneType|float).* as an? integer",
        "In `{line}` a whole number is needed, and another came. To divide without decimals, write //.",
    ),
    (r"negative dimensions", "In `{line}` a number below 0 stands where one counts."),
    (
        r"^axis .* dimension [2-9]",
        "In `{line}` axis= asks for an axis that does not exist here. Axes are counted from 0.",
    ),
    (
        r"^axis|Dimension out of range|dimension for .* got",
        "In `{line}` axis= asks for rows or columns that do not exist here: leave axis= out.",
    ),
    (r"out of bounds|out of range", "In `{line}` a place is asked for that does not exist. Places are counted from 0."),
    (
        r"boolean index did not match",
        "Two lists of different lengths meet in `{line}`: pick the same patients from both.",
    ),
    (
        r"mismatch in its core dimension|not aligned|size mismatch|cannot be multiplied|inconsistent tensor size",
        "In `{line}` a product does not fit: the first needs as many columns as the second has rows, "
        "and a layer as many numbers as it was made for.",
    ),
    (
        r"scalar types?:? Long|dtype to be Long",
        "In `{line}` torch needs whole numbers: write .long() behind the others.",
    ),
    (
        r"dtype|scalar type|data type",
        "In `{line}` numbers are not of the kind that torch needs: write .float() behind whole numbers and doubles.",
    ),
    (
        r"must be Tensor|must be tuple of Tensors",
        "In `{line}` torch needs its own numbers: make them by torch.tensor( ).",
    ),
    (
        r"cannot reshape|invalid for input of size",
        "In `{line}` the numbers are not as many as the new rows and columns.",
    ),
    (
        r"conv\d|to have \d+ channels|Kernel size|output size",
        "In `{line}` a layer gets its numbers in other rows and columns than it was made for.",
    ),
    (
        r"broadcast|same length|inconsistent numbers|shapes cannot|must match|must have (the )?same|"
        r"different number of|same size|equal size|cannot assign \d+",
        _LENGTHS,
    ),
    (r"ellipsis", "The dots … stand for what you write yourself: put your own code in their place."),
    (
        r"integer scalar arrays|scalar index",
        "In `{line}` a whole number is needed, and a list came. Look for a comma that should be another sign.",
    ),
    (r"multiple values for", "In `{line}` one value is given twice. Take one away."),
    (
        r"keyword argument",
        "In `{line}` something is given that is not known there. Look at the hint for how it is written.",
    ),
    (
        r"missing \d+ required|positional arg|expected (at \w+|exactly )?\d+ arg|takes (exactly|no|at)|both or neither",
        "In `{line}` there are too many or too few values in the brackets. Look at the hint for how it is written.",
    ),
    (
        r"for the input types|did not contain a loop|does not support argument",
        "In `{line}` something stands where numbers belong, and is none.",
    ),
    (r"allocate", "This needs more memory than there is. Look for a number that is far too large."),
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
        if re.search(r"truth value|Boolean value of Tensor", message):
            return _many_answers(line)
        for clue, advice in _BY_MESSAGE:
            if re.search(clue, message) and (line or "{line}" not in advice):
                return advice.format(line=shown(line, part))
    return None


def _many_answers(line: str) -> str:
    """Say what to write where one yes or no is needed, and many came."""
    if re.search(r"\b(and|or)\b", line):
        return "For many patients at once, and is written &, or is written |, with brackets around both sides."
    if re.search(r"\bnot\b", line):
        return "For many patients at once, not is written ~, with brackets around what it turns round."
    if re.search(r"[<>]=?[^<>=&|]+[<>]", line):
        return "For many patients at once, ask each question in its own brackets, with & between: (0 < x) & (x < 1)."
    asks = " To choose for each of them, write np.where( )." if re.search(r"\bif\b", line) else ""
    return f"In `{shown(line)}` one yes or no is needed, and many came, one for each patient.{asks}"


def explain_attribute(error: AttributeError, place: Place | None) -> str:
    """Say what to write for what stands behind a point and does not exist."""
    name = str(error.name)
    if part_of_blank(name):
        return say_part_of_blank(name)
    if error.obj is None:
        return "What stands before the point is empty: what made it gave nothing back. Look for a missing `return`."
    if place and not re.search(rf"\.\s*{re.escape(name)}\b", place.source):
        return stopped(error, place)  # a package looked for it, in what the learner gave it
    before = place.node.value if place and isinstance(place.node, ast.Attribute) else None
    if meant := other_word(name):
        return f"`{name}` does not exist behind that point. Write {meant}."
    if name == "math" and error.obj is np:
        return "Behind `np.` no math is needed: write np.exp in place of np.math.exp, and others likewise."
    if isinstance(error.obj, dict) and name in error.obj:
        return f"What has names in quotes is picked out by them: write ['{name}'] in place of .{name}."
    if close := closest(name, [each for each in dir(error.obj) if not each.startswith("_")]):
        return f"`{name}` does not exist. Did you mean `{close}`? Names must match to the letter."
    if isinstance(before, ast.Name) and hasattr(np, name) and not isinstance(error.obj, types.ModuleType):
        return f"`{before.id}` has no .{name} behind it: write np.{name}({before.id})."
    if isinstance(before, ast.Name) and place and name in place.own:
        return f"Between {before.id} and {name} stands a point. To multiply, write {before.id} * {name}."
    if isinstance(before, ast.Name):
        return f"Behind `{before.id}.` there is no `{name}`. Look at the hint for how it is written."
    if hasattr(np, name) and isinstance(error.obj, list | tuple | range):
        return f"A plain list has no .{name} behind it: write np.{name}( ) around it."
    return f"There is no `{name}` behind that point. Look at the hint for how it is written."


def stopped(error: BaseException, place: Place | None) -> str:
    """Say where Python stopped, where nothing more is known."""
    message = " ".join(str(error).split())
    because = f" ({message})" if is_plain(message) else ""
    line = shown(place.line, place.part) if place else ""
    return (
        f"Python stopped at `{line}`{because}. Compare that line with the exercise and its hints."
        if line
        else (f"Python stopped{because}. Compare your code with the exercise and its hints.")
    )


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
    if isinstance(error, ValueError) and (sentence := _foreign_list(place)):
        return sentence
    if isinstance(error, ValueError | RuntimeError) and isinstance(node, ast.BinOp):
        return _sizes(node, place)
    return None


def _sizes(node: ast.BinOp, place: Place) -> str | None:
    """Say how the numbers on both sides of a sign are arranged, where they do not fit."""
    shapes = [getattr(place.value(side), "shape", None) for side in (node.left, node.right)]
    sizes = [tuple(each) for each in shapes if isinstance(each, tuple) and each]
    if len(sizes) < 2:
        return None
    one, other = (
        f"`{shown(ast.unparse(side))}` is {in_words(size)}"
        for side, size in zip((node.left, node.right), sizes, strict=True)
    )
    if isinstance(node.op, ast.MatMult):
        return f"{one}, and {other}. For @ the first needs as many columns as the second has rows."
    what = "Two lists of different lengths meet here" if [*map(len, sizes)] == [1, 1] else "These two do not fit"
    return f"{what}: {one}, and {other}."


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
        if maker := _answer_behind(node, place):
            return f"`{code}` is text, and your answer to “{maker}” made it. Look there for quotes."
        where = "" if isinstance(node, ast.Constant) else f" where `{code}` gets its value"
        return f"`{code}` is text, because of its quotes. Write the number without quotes{where}."
    if value is None:
        if maker := _answer_behind(node, place):
            return f"`{code}` is empty: your answer to “{maker}” gave nothing back. Look there for a missing `return`."
        return f"`{code}` is empty: what made it gave nothing back. Look for a missing `return` there."
    if isinstance(value, types.ModuleType):
        return f"After `{code}` a point and a name are missing, such as {code}.mean."
    if callable(value) and not hasattr(value, "parameters"):
        return f"`{code}` is a recipe, and its brackets are missing: write {code}( ) with what it works on inside."
    if type(value) is tuple and isinstance(node, ast.Name):
        count = plural(len(value), "value")
        return f"`{code}` holds {count}, with a comma in between. Where one is meant, write no comma."
    return None


def _answer_behind(node: ast.AST, place: Place) -> str | None:
    """Return the heading of the earlier exercise whose recipe gave a name its value, if one did."""
    if not isinstance(node, ast.Name) or not place.position:
        return None
    made = re.search(rf"^\s*{node.id} = (\w+)\(.*\)$", place.source, re.MULTILINE)
    maker = place.position.maker(made[1]) if made else None
    return maker.heading if maker and maker.is_answer else None


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
        values = [each for each in node.args if not callable(place.value(each))]
        return next((sentence for each in values if (sentence := _unfit(each, place))), None)
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
        if not len(value):
            return f"`{code}` is empty: nothing can be picked out of it. Look at how it was made."
        return f"`{code}` has places 0 to {len(value) - 1}, and {index} is asked for. Places are counted from 0."
    if isinstance(index, np.ndarray) and index.dtype == bool and isinstance(value, np.ndarray):
        return (
            f"`{code}` has {plural(len(value), 'number')}, and what picks out of it has {len(index)}: "
            "both must be about the same patients."
        )
    is_single = value is not None and np.ndim(value) == 0 and not isinstance(value, dict | str | set)
    if isinstance(error, TypeError | IndexError) and is_single:
        return f"`{code}` is a single number: nothing can be picked out of it with [ ]."
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
