"""The blank of an exercise: what stands for it, and whether it is still open."""

from types import CodeType, FunctionType
from typing import Any

BLANK = "____"
"""What a learner replaces. Four underscores: IPython gives three a value of its own."""


def is_unattempted(error: BaseException) -> bool:
    """Tell whether `error` arose because a blank, or a whole exercise, has not been filled in."""
    is_stub = type(error) is NotImplementedError and not error.args  # torch's own says what it cannot do
    return is_stub or (isinstance(error, NameError) and error.name == BLANK)


def has_blank(recipe: Any) -> bool:
    """Tell whether a function still has an open blank, without calling it."""
    own = getattr(recipe, "__wrapped__", recipe) if isinstance(recipe, FunctionType) else recipe
    return _reads_blank(getattr(own, "__code__", None))


def _reads_blank(code: Any) -> bool:
    return isinstance(code, CodeType) and (BLANK in code.co_names or any(map(_reads_blank, code.co_consts)))
