"""The source of a check's cell, and what of it a student's kernel runs: as much as it takes to ask for the answers."""

import ast
import functools
from collections.abc import Iterable, Iterator

_IMPORT = "from course_utils.checks import check"
_HANDING_OVER = "from course_utils.checks import hand_over as check"


@functools.cache
def subject_of(check: str) -> tuple[str, str] | None:
    """Return of `with check("Exercise 1", needs="rule_220") as c` exercise and the answer's name."""
    found = _block_of(_parsed(check))
    return found and found[1:]


@functools.cache
def handing_over(check: str) -> str | None:
    """Return the source of a cell that asks for the same answers and hands them over, without what is expected.

    Each `close` keeps its first argument alone, and of the other statements those stay that it takes for these. What
    stays keeps its text, comments and borders of hidden tests too.

    Args:
        check: the source of a check's cell.

    Returns:
        The source; None if the cell does not check one named answer with the course's `check`.
    """
    tree = _parsed(check)
    found = _block_of(tree)
    imports = [node for node in tree.body if ast.unparse(node) == _IMPORT]
    if found is None or not imports:
        return None
    block, *_ = found
    name = ast.unparse(block.items[0].optional_vars or ast.Constant(""))
    cuts = [(*_span(node, check), _HANDING_OVER) for node in imports]
    for call in _closes(block, name):
        if call.args:
            cuts.append((_span(call.args[0], check)[1], _span(call, check)[1], ")"))
    lines = check.encode().splitlines(keepends=True)
    for statement in _not_needed(block.body, name):
        first, last = statement.lineno - 1, (statement.end_lineno or 0) - 1
        cuts.append((sum(map(len, lines[:first])), sum(map(len, lines[: last + 1])), ""))
    return _cut(check, cuts)


def _parsed(source: str) -> ast.Module:
    """Return a cell's syntax; of one that Python cannot read, such as one with IPython's magics, that of none."""
    try:
        return ast.parse(source)
    except SyntaxError:
        return ast.Module([], [])


def _block_of(tree: ast.Module) -> tuple[ast.With, str, str] | None:
    for node in tree.body:
        if isinstance(node, ast.With):
            match node.items[0]:
                case ast.withitem(ast.Call(ast.Name("check"), [ast.Constant(str(exercise))], more), ast.Name()):
                    for keyword in more:
                        if keyword.arg == "needs" and isinstance(keyword.value, ast.Constant):
                            return node, exercise, str(keyword.value.value)
    return None


def _closes(node: ast.AST, name: str) -> Iterator[ast.Call]:
    for each in ast.walk(node):
        match each:
            case ast.Call(ast.Attribute(ast.Name(owner), "close")) if owner == name:
                yield each


def _span(node: ast.stmt | ast.expr, source: str) -> tuple[int, int]:
    """Return where a node begins and ends in the bytes of `source`."""
    lengths = [len(line) for line in source.encode().splitlines(keepends=True)]
    begin, end = sum(lengths[: node.lineno - 1]), sum(lengths[: (node.end_lineno or 0) - 1])
    return begin + node.col_offset, end + (node.end_col_offset or 0)


def _cut(source: str, cuts: Iterable[tuple[int, int, str]]) -> str:
    """Return `source` with other text in the place of some of it; of places in one another the outer counts."""
    text, place = b"", 0
    content = source.encode()
    for begin, end, other in sorted(cuts, key=lambda cut: (cut[0], -cut[1])):
        if begin >= place:
            text += content[place:begin] + other.encode()
            place = end
    return (text + content[place:]).decode()


def _not_needed(statements: list[ast.stmt], name: str) -> Iterator[ast.stmt]:
    """Yield the statements without which each `close` can still ask: those that work out what is expected."""
    needed: set[str] = set()
    streams = set().union(*map(_made_streams, statements))
    while True:
        kept = {id(each) for each in _inner(statements) if _is_kept(each, name, needed, streams & needed)}
        grown = set().union(*(_asks_for(each, name, kept) for each in _inner(statements) if id(each) in kept))
        if grown <= needed:
            break
        needed |= grown
    for each in _inner(statements):
        if id(each) not in kept:
            yield each


def _inner(statements: list[ast.stmt]) -> Iterator[ast.stmt]:
    for each in statements:
        yield each
        if isinstance(each, ast.For) and not each.orelse:
            yield from _inner(each.body)


def _is_kept(node: ast.stmt, name: str, needed: set[str], streams: set[str]) -> bool:
    if next(_closes(node, name), None):
        return True
    if isinstance(node, ast.For) and not node.orelse:
        return any(_is_kept(each, name, needed, streams) for each in node.body)
    if isinstance(node, ast.FunctionDef):
        return node.name in needed
    if isinstance(node, ast.Import | ast.ImportFrom | ast.Assign | ast.AugAssign | ast.AnnAssign | ast.If | ast.For):
        # What draws from a stream of random numbers moves it on for those who draw later.
        return bool(_makes(node) & needed or _reads(node) & streams)
    return True


def _asks_for(node: ast.stmt, name: str, kept: set[int]) -> set[str]:
    """Return the names that a statement that is kept needs itself; those in a loop are asked for themselves."""
    if isinstance(node, ast.For) and not node.orelse:
        return _reads(node.iter)
    match node:
        case ast.Expr(ast.Call(ast.Attribute(ast.Name(owner), "close"), [first, *_])) if owner == name:
            return _reads(first)
    return _reads(node)


def _reads(node: ast.AST) -> set[str]:
    return {each.id for each in ast.walk(node) if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Load)}


def _makes(node: ast.stmt) -> set[str]:
    """Return the names that a statement gives a value, or whose value it writes into."""
    made = {each.id for each in ast.walk(node) if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)}
    made |= {each.asname or each.name.partition(".")[0] for each in ast.walk(node) if isinstance(each, ast.alias)}
    for each in ast.walk(node):
        if isinstance(each, ast.Subscript | ast.Attribute) and isinstance(each.ctx, ast.Store):
            made |= _reads(each)
    return made


def _made_streams(node: ast.stmt) -> set[str]:
    """Return the names that a statement gives to streams of random numbers."""
    match node:
        case ast.Assign(targets, ast.Call(ast.Attribute(_, "default_rng"))):
            return {each.id for each in targets if isinstance(each, ast.Name)}
    return set()
