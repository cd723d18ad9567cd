"""Right answers with one slip in them, of the kinds that people make."""

import ast
import copy
from collections.abc import Iterator

PEOPLE_MAKE = ("sign", "operator", "neighbouring name", "missing call", "off by one", "swapped")
"""The kinds that people make most: half of them and more should get a sentence of their own."""

KINDS = (*PEOPLE_MAKE, "another call", "constant", "dropped operand", "dropped index or argument")

_SIGNS = {ast.Add: ast.Sub, ast.Sub: ast.Add}
_OPERATORS = {
    ast.Add: [ast.Mult],
    ast.Sub: [ast.Div],
    ast.Mult: [ast.Div, ast.Add, ast.Sub, ast.Pow],
    ast.Div: [ast.Mult, ast.Sub],
    ast.Pow: [ast.Mult, ast.BitXor],
    ast.MatMult: [ast.Mult, ast.Add],
    ast.BitAnd: [ast.BitOr],
    ast.BitXor: [ast.BitAnd, ast.BitOr],
    ast.Eq: [ast.NotEq, ast.Lt, ast.Gt],
    ast.NotEq: [ast.Eq, ast.Lt, ast.Gt],
    ast.Lt: [ast.Gt, ast.LtE, ast.Eq],
    ast.Gt: [ast.Lt, ast.GtE, ast.Eq],
}
_CALLS = {
    "mean": ["sum", "max"],
    "sum": ["mean", "max"],
    "max": ["min", "mean", "sum"],
    "exp": ["log"],
    "log": ["exp"],
    "sqrt": ["square"],
    "maximum": ["minimum"],
}
_BUILT_IN = ("sum", "max", "min", "abs", "len")


def mutants(cell, answer):
    """Return the right `answer` to the released `cell` with one slip in it, in every way: (kind, answer) each.

    An answer is the text of a whole cell, or a list of what is typed into its blanks.
    """
    names, masks = _variables(cell)
    if isinstance(answer, str):
        return [(kind, text) for kind, text in _slips(answer, names, masks) if text != answer]
    found = [
        (kind, [*answer[:place], text, *answer[place + 1 :]])
        for place, typed in enumerate(answer)
        for kind, text in _slips(typed, names, masks)
        if text != typed
    ]
    if len(answer) > 1:
        found.append(("swapped", answer[::-1]))
    return found


def _variables(cell):
    """Return the names that the function of a cell knows, and those of them that are yes or no for each patient."""
    names, masks = set(), set()
    for node in ast.walk(ast.parse(cell)):
        match node:
            case ast.arg(arg=name) | ast.Name(id=name, ctx=ast.Store()):
                names.add(name)
            case ast.Assign([ast.Name(id=name)], ast.Compare()):
                masks.add(name)
    return names, masks


def _slips(typed, names, masks) -> Iterator[tuple[str, str]]:
    tree = ast.parse(typed)
    picked = {
        inner
        for node in ast.walk(tree)
        if isinstance(node, ast.Subscript | ast.keyword)
        for inner in ast.walk(node.slice if isinstance(node, ast.Subscript) else node)
    }
    for node in ast.walk(tree):
        for kind, other in _edits(node, names, masks, node in picked):
            yield kind, _written(copy.deepcopy(tree, {id(node): other}), typed)


def _written(tree, typed):
    """Return the text of `tree`, with or without brackets around it as in what was `typed`."""
    text = ast.unparse(tree)
    match tree.body:
        case [ast.Expr(ast.Tuple())] if not typed.startswith("("):
            return text[1:-1]
        case [ast.Expr(ast.BinOp())] if typed.startswith("("):
            return f"({text})"
    return text


def _edits(node, names, masks, picked) -> Iterator[tuple[str, ast.AST]]:
    match node:
        case ast.BinOp(left, op, right):
            if type(op) in _SIGNS:
                yield "sign", ast.BinOp(left, _SIGNS[type(op)](), right)
            for other in _OPERATORS.get(type(op), []):
                yield "operator", ast.BinOp(left, other(), right)
            if isinstance(op, ast.Sub | ast.Div | ast.Pow | ast.MatMult):
                yield "swapped", ast.BinOp(right, op, left)
            yield "dropped operand", left
            yield "dropped operand", right
        case ast.Compare(left, [op], [right]):
            for other in _OPERATORS.get(type(op), []):
                yield "operator", ast.Compare(left, [other()], [right])
            yield "dropped operand", left
            yield "dropped operand", right
        case ast.UnaryOp(ast.USub(), value):
            yield "sign", value
        case ast.UnaryOp(_, value):
            yield "operator", value
        case ast.Name(name) if name in names and isinstance(node.ctx, ast.Load):
            for other in sorted(names - {name}):
                yield "neighbouring name", ast.Name(other)
        case ast.Constant(int() | float() as number) if not isinstance(number, bool):
            yield "off by one", _number(number + 1)
            yield "off by one", _number(number - 1)
            if not picked:
                yield "constant", _number(number * 10)
                yield "constant", _number(number // 10 if number % 10 == 0 else number / 10)
        case ast.Call():
            yield from _edits_of_call(node)
        case ast.Subscript(value, index):
            yield "dropped index or argument", value
            for kind, other in _edits_of_index(index, masks):
                yield kind, ast.Subscript(value, other)
        case ast.List(parts) | ast.Tuple(parts):
            for place in range(len(parts) - 1):
                turned = [*parts[:place], parts[place + 1], parts[place], *parts[place + 2 :]]
                yield "swapped", type(node)(turned)


def _edits_of_call(node):
    function, given, named = node.func, node.args, node.keywords
    for other in _CALLS.get(getattr(function, "attr", None), []):
        yield "another call", ast.Call(ast.Attribute(function.value, other), given, named)
    for other in _CALLS.get(getattr(function, "id", None), []):
        if other in _BUILT_IN:
            yield "another call", ast.Call(ast.Name(other), given, named)
    if given:
        yield "missing call", given[0]
    elif isinstance(function, ast.Attribute):
        yield "missing call", function.value
    if len(given) > 1:
        yield "swapped", ast.Call(function, [given[1], given[0], *given[2:]], named)
    for place in range(len(named)):
        yield "dropped index or argument", ast.Call(function, given, named[:place] + named[place + 1 :])


def _edits_of_index(index, masks):
    match index:
        case ast.Slice(lower, upper, None):
            for bound, rest in ((lower, lambda new: ast.Slice(new, upper)), (upper, lambda new: ast.Slice(lower, new))):
                if bound:
                    yield "dropped index or argument", rest(None)
                    yield "off by one", rest(ast.BinOp(bound, ast.Add(), ast.Constant(1)))
                    yield "off by one", rest(ast.BinOp(bound, ast.Sub(), ast.Constant(1)))
        case ast.Name(name) if name not in masks:
            yield "off by one", ast.BinOp(index, ast.Add(), ast.Constant(1))
            yield "off by one", ast.BinOp(index, ast.Sub(), ast.Constant(1))


def _number(value):
    """Return a number as people type it: below zero with a minus before it."""
    return ast.UnaryOp(ast.USub(), ast.Constant(-value)) if value < 0 else ast.Constant(value)
