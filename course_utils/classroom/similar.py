"""Which notebooks have in common what hardly two people write alike: names, comments and texts of their own.

Answers themselves are not compared: a blank has one right answer, and a class that has understood it writes the same.
"""

import ast
import io
import itertools
import re
import tokenize
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_LEAST = 3  # things in common; fewer are chance
_SHARE = 0.6  # of all that the two have of their own
_LETTERS = 4  # of a name; shorter ones are everybody's
_WORDS = 3  # of a comment or a text
_LONGEST = 20_000  # signs of a cell that are looked at


@dataclass(frozen=True)
class Alike:
    """Two students, how much they have in common, and how much they have of their own together."""

    first: str
    second: str
    common: int
    of: int


def own_words(notebook: Any, chapter: Any) -> frozenset[str]:
    """Return the names, comments and texts of a notebook that do not come from its chapter."""
    given = {word for cell in chapter.cells for word in re.findall(r"\w+", _source(cell).lower())}
    given.update(*map(_words_of, chapter.cells))
    return frozenset(itertools.chain.from_iterable(map(_words_of, notebook.cells))) - given


def alike(words: Mapping[str, frozenset[str]]) -> list[Alike]:
    """Return which students have nearly all their own words in common; what many in the class write does not count."""
    owners = defaultdict(list)
    for student in sorted(words):
        for word in words[student]:
            owners[word].append(student)
    rare = {word for word, some in owners.items() if len(some) <= max(4, len(words) // 10)}
    common = Counter(pair for word in rare for pair in itertools.combinations(owners[word], 2))
    pairs = []
    for (first, second), count in sorted(common.items()):
        together = len((words[first] | words[second]) & rare)
        if count >= _LEAST and count >= _SHARE * together:
            pairs.append(Alike(first, second, count, together))
    return pairs


def _source(cell: Any) -> str:
    source = cell.get("source")
    return source[:_LONGEST] if isinstance(source, str) else ""


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower()))


def _words_of(cell: Any) -> Iterator[str]:
    source = _source(cell)
    texts = source.splitlines() if cell.get("cell_type") != "code" else _comments(source)
    if cell.get("cell_type") == "code":
        try:
            nodes = list(ast.walk(ast.parse(source)))
        except (SyntaxError, ValueError, RecursionError, MemoryError):  # code that does not run has its comments alone
            nodes = []
        for node in nodes:
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                texts += node.value.splitlines()
            elif name := _made(node):
                yield name.lower()
    for text in map(_plain, texts):
        if text.count(" ") + 1 >= _WORDS:
            yield text


def _made(node: ast.AST) -> str:
    """Return the name that is made here, if it is long enough to be somebody's own."""
    name = ""
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
        name = node.id
    elif isinstance(node, ast.FunctionDef):
        name = node.name
    elif isinstance(node, ast.arg):
        name = node.arg
    return name if len(name) >= _LETTERS else ""


def _comments(source: str) -> list[str]:
    comments = []
    try:
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            if token.type == tokenize.COMMENT:
                comments.append(token.string)
    except (tokenize.TokenError, SyntaxError):  # those before the mistake are known
        pass
    return comments
