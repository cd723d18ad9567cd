"""What a learner's code gives back, as plain numbers or as a word for what it is, so that anybody can judge it.

Nothing here knows what a check expects. What was handed over can travel as text from a kernel that nobody trusts: there
it is read strictly, and whatever is not in its form counts as nothing.
"""

import contextlib
import json
import math
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, Self

import numpy as np

from course_utils.errors import why_no_value

MOST_NUMBERS = 100_000
"""Of an answer with more numbers than these only their count is handed over."""

_MOST_ANSWERS, _MOST_PARTS, _MOST_AXES = 200, 20, 64
_LONGEST_SENTENCE, _LONGEST = 2000, 8_000_000  # signs
_STOPPED = ("⚠ ", "○ ")

NOTHING = "nothing"
IN_PARTS = "parts of different lengths"
A_YES_OR_NO, YES_OR_NOS = "a yes or no", "a list of yes and no"
_TEXTS, _SEVERAL = "a list of texts", "a list of several things"
_RECIPE, _ELSE = "a recipe without its brackets", "something else"
_KINDS = {
    bool: A_YES_OR_NO,
    np.bool_: A_YES_OR_NO,
    str: "text, because of its quotes",
    complex: "a number with an imaginary part",
    set: "a set, because of its brackets { }",
    dict: "a collection with names, because of its brackets { }",
    type(...): "the three dots, which stand for what you write",
}
_WORDS = {"", NOTHING, IN_PARTS, YES_OR_NOS, _TEXTS, _SEVERAL, _RECIPE, _ELSE, *_KINDS.values()}


@dataclass(frozen=True)
class Answer:
    """What one call of a learner's code gave back.

    Attributes:
        shape: how the numbers are arranged, as NumPy says it; of parts of different lengths, how long the first are.
        numbers: all of them in a row; none where they are more than `MOST_NUMBERS`.
        word: what it is, if it is not numbers alone. Yes and no are numbers, and have a word too.
        because: why one of the numbers is not finite.
    """

    shape: tuple[int, ...] = ()
    numbers: tuple[float, ...] = ()
    word: str = ""
    because: str = ""

    @property
    def is_numbers(self) -> bool:
        """Whether it is numbers, or yes and no."""
        return self.word in ("", A_YES_OR_NO, YES_OR_NOS)

    @property
    def is_yes_or_no(self) -> bool:
        """Whether it is yes and no."""
        return self.word in (A_YES_OR_NO, YES_OR_NOS)

    @property
    def size(self) -> int:
        """How many numbers there are."""
        return math.prod(self.shape)

    @property
    def array(self) -> np.ndarray:
        """The numbers as NumPy's."""
        return np.array(self.numbers, dtype=float).reshape(self.shape)


def answer_of(got: Any, warned: Iterable[str] = ()) -> Answer:
    """Return what a learner's code gave back as an `Answer`; an object that only claims to be a number is none.

    Args:
        got: what it gave back.
        warned: of what NumPy warned on the way, the first first.
    """
    if got is None:
        return Answer(word=NOTHING)
    if type(got) is int:
        got = _as_float(got)
    if _is_plain(got):
        with contextlib.suppress(TypeError, ValueError):
            numbers = np.array(got)
            if numbers.dtype.kind in "iufb":
                several = isinstance(got, list | tuple | np.ndarray)
                yes_or_no = YES_OR_NOS if several else A_YES_OR_NO
                return numbers_of(numbers, word=yes_or_no if numbers.dtype.kind == "b" else "", warned=warned)
        with contextlib.suppress(TypeError, ValueError):  # its parts may have such parts themselves
            if type(got) in (list, tuple) and len({np.shape(each) for each in got}) > 1:
                return Answer((len(got), *(np.asarray(each).size for each in got[:_MOST_PARTS])), word=IN_PARTS)
    return Answer(word=_kind(got))


def numbers_of(numbers: np.ndarray, *, word: str = "", warned: Iterable[str] = ()) -> Answer:
    """Return an array as an `Answer`."""
    flat = numbers.astype(float).ravel()
    because = "" if np.isfinite(flat).all() else why_no_value(warned)
    return Answer(numbers.shape, tuple(flat.tolist()) if flat.size <= MOST_NUMBERS else (), word, because)


def _as_float(number: int) -> float:
    """Return a whole number of any size as NumPy can hold it."""
    try:
        return float(number)
    except OverflowError:
        return math.copysign(math.inf, number)


def _is_plain(got: Any) -> bool:
    if type(got) in (list, tuple):
        return all(map(_is_plain, got))
    return type(got) in (bool, int, float, np.ndarray) or type(got) in np.sctypeDict.values()


def _kind(got: Any) -> str:
    """Say what an answer is that is no number."""
    if isinstance(got, list | tuple | np.ndarray):
        parts = got.ravel().tolist() if isinstance(got, np.ndarray) else got
        if all(isinstance(each, bool | np.bool_) for each in parts):
            return YES_OR_NOS
        return _TEXTS if all(isinstance(each, str) for each in parts) else _SEVERAL
    for kind, words in _KINDS.items():
        if isinstance(got, kind):
            return words
    return _RECIPE if callable(got) else _ELSE


@dataclass(frozen=True)
class HandedOver:
    """What a learner's code gave back in the whole of a check.

    Attributes:
        answers: what each call gave back.
        stopped: where the code stopped before the end, the sentence that says why.
        slip: a sentence on how a number is typed in the code. It explains a wrong answer.
    """

    answers: tuple[Answer, ...] = ()
    stopped: str = ""
    slip: str = ""

    def as_text(self) -> str:
        """Return what `read` reads."""
        said = {"stopped": _in_one_line(self.stopped), "slip": _in_one_line(self.slip)}
        return json.dumps({**asdict(self), **said}, separators=(",", ":"))

    @classmethod
    def read(cls, text: Any) -> Self | None:
        """Return what a kernel has handed over; None if that is not exactly in this form."""
        if not isinstance(text, str) or len(text) > _LONGEST:
            return None
        try:
            content = json.loads(text)
        except (ValueError, RecursionError):
            return None
        if type(content) is not dict or content.keys() != {"answers", "stopped", "slip"}:
            return None
        answers, stopped, slip = content["answers"], content["stopped"], content["slip"]
        if type(answers) is not list or len(answers) > _MOST_ANSWERS or not all(map(_is_an_answer, answers)):
            return None
        if not (_is_a_sentence(stopped) and _is_a_sentence(slip)) or (stopped and not stopped.startswith(_STOPPED)):
            return None
        return cls(tuple(map(answer_from, answers)), stopped, slip)


def answer_from(content: dict[str, Any]) -> Answer:
    """Return an `Answer` from its form in JSON."""
    return Answer(tuple(content["shape"]), tuple(content["numbers"]), content["word"], content["because"])


def _is_an_answer(content: Any) -> bool:
    if type(content) is not dict or content.keys() != {"shape", "numbers", "word", "because"}:
        return False
    shape, numbers, word = content["shape"], content["numbers"], content["word"]
    if not (type(word) is str and word in _WORDS and _is_a_sentence(content["because"])):
        return False
    if type(shape) is not list or not all(type(each) is int and 0 <= each < 2**40 for each in shape):
        return False
    if type(numbers) is not list or not all(type(each) is float for each in numbers):
        return False
    if not Answer(word=word).is_numbers:
        return not numbers and (2 <= len(shape) <= _MOST_PARTS + 1 if word == IN_PARTS else not shape)
    size = math.prod(shape)
    return len(shape) <= _MOST_AXES and len(numbers) == (size if size <= MOST_NUMBERS else 0)


def _is_a_sentence(text: Any) -> bool:
    return type(text) is str and text == _in_one_line(text)


def _in_one_line(text: str) -> str:
    """Return a sentence as it may arrive: in one line of moderate length, without halves of characters."""
    return text[:_LONGEST_SENTENCE].replace("\n", " ").encode(errors="replace").decode()
