"""The sentences with which a check answers the mistakes that it knows, read from its source."""

import ast
import re


class _Sentences(ast.NodeVisitor):
    """All that a check can say but its hints and its praise, with {} where an f-string puts something in."""

    def __init__(self):
        self.found = set()

    def visit_keyword(self, node):
        if node.arg not in ("hint", "right"):
            self.generic_visit(node)

    def visit_JoinedStr(self, node):
        self._add("".join(part.value if isinstance(part, ast.Constant) else "{}" for part in node.values))

    def visit_Constant(self, node):
        if isinstance(node.value, str):
            self._add(node.value)

    def _add(self, text):
        if text.endswith((".", "?")):
            self.found.add(text)


def mistakes(check):
    """Return the sentences for known mistakes in the source of a check."""
    sentences = _Sentences()
    sentences.visit(ast.parse(check))
    return sentences.found


def is_said(sentence, text):
    """Tell whether the last line of `text`, the outcome of a check, is the sentence of a mistake."""
    pattern = re.escape(f"✗ Not yet. {sentence}").replace(r"\{\}", ".*")
    return re.fullmatch(pattern, text.rpartition("\n")[2]) is not None
