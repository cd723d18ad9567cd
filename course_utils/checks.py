"""The vocabulary of test cells: one plain sentence for the learner, marks for nbgrader.

    with check("Exercise 1", needs="rule_220") as c:
        c.close(rule_220(0), 170, hint="At 50 the formula gives 220 − 50.")

A check has four outcomes, told apart by their first sign: ✓ right, ✗ wrong, ⚠ the code stopped, ○ not attempted.
Whatever happens inside the block, nothing reaches the error stream, which nbgrader would take for a failure. What the
block names is gone when it ends, and the learner's recipe never sees it.
"""

import contextlib
import hashlib
import inspect
import io
import linecache
import logging
import math
import os
import warnings
from collections.abc import Iterator, Sequence
from types import FunctionType, TracebackType
from typing import Any, Literal, Self

import numpy as np

from course_utils.answers import trouble
from course_utils.errors import BLANK, explain, in_words, is_unattempted, number_slip, readable, why_no_value

SECRET_VARIABLE = "COURSE_SECRET"
"""The environment variable from which checks draw their data when an instructor grades; absent for self-study."""

Mistake = tuple[Any, str]


def random_state(exercise: str, secret: str) -> int:
    """Return from what the check of an exercise draws its data."""
    return int.from_bytes(hashlib.sha256(f"{secret}/{exercise}".encode()).digest()[:4])


class CheckFailed(AssertionError):  # noqa: N818 - the learner reads this name nowhere, and it is an assertion
    """A check that did not pass. In a notebook, in Validate and on a feedback page it shows as its sentence alone."""

    def _render_traceback_(self) -> list[str]:
        return [str(self)]


class check(contextlib.AbstractContextManager["check"]):  # noqa: N801 - reads as a verb, like numpy.errstate
    """Check one exercise: the context manager that a test cell opens.

    Args:
        exercise: the exercise's name as its heading in the chapter has it, such as "Exercise 1".
        needs: the name that the learner's cell defines. Where it is missing, the sentence says which cell to run.
        right: what to say when all is right, after "Correct".

    Attributes:
        random_state: an int for simulated data. It is fixed for an exercise, and differs with the environment variable
            `COURSE_SECRET`, so that an instructor grades on data that no learner has seen.

    Raises:
        CheckFailed: at the end of the block, unless all in it was right; at its beginning, if the answer's cell was
            changed and not run.
    """

    latest: "check | None" = None
    """The check that was opened last; its cell keeps no name for it."""

    def __init__(self, exercise: str, *, needs: str, right: str) -> None:
        self.exercise = exercise
        self.needs = needs
        self.right = right
        self.random_state = random_state(exercise, os.environ.get(SECRET_VARIABLE, ""))
        self._compared = False
        self._warned: list[warnings.WarningMessage] | None = None
        self._cell_file = ""
        self._quiet = contextlib.ExitStack()

    def __enter__(self) -> Self:
        if sentence := trouble(self.exercise, self.needs):
            raise CheckFailed(sentence)
        check.latest = self
        frame = inspect.currentframe()
        cell = frame and frame.f_back
        if cell and cell.f_locals is cell.f_globals:  # in a cell of a notebook, not inside a function
            self._quiet.enter_context(_left_as_found(cell.f_globals, self.needs))
        self._quiet.enter_context(contextlib.redirect_stderr(io.StringIO()))
        self._warned = self._quiet.enter_context(warnings.catch_warnings(record=True))
        warnings.simplefilter("ignore")
        warnings.simplefilter("always", RuntimeWarning)
        self._cell_file = cell.f_code.co_filename if cell else ""
        self._quiet.callback(logging.disable, logging.root.manager.disable)
        logging.disable(logging.CRITICAL)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> Literal[False]:
        self._quiet.close()
        if error is None:
            if not self._compared:
                raise RuntimeError(f"The check of {self.exercise} compares nothing.")
            print(f"✓ Correct. {self.right}")
            return False
        if isinstance(error, CheckFailed):
            slip = self._slip_in_answer(trace)
            raise (CheckFailed(f"✗ Not yet. {slip}") if slip else error.with_traceback(None)) from None
        raise CheckFailed(self._sentence(error)) from None

    def _slip_in_answer(self, trace: TracebackType | None) -> str | None:
        """Return a sentence if the answer is wrong because of how a number is written in it."""
        answer = trace.tb_frame.f_globals.get(self.needs) if trace else None
        code = getattr(answer, "__code__", None)
        typed = "".join(linecache.getlines(code.co_filename)) if code else ""
        return number_slip(typed, wrong=True)

    def _sentence(self, error: BaseException) -> str:
        if is_unattempted(error):
            return (
                f"○ Not attempted yet. In the cell of {self.exercise}, replace every {BLANK} with your answer. "
                "Run that cell, then this one."
            )
        if isinstance(error, NameError) and error.name == self.needs:
            return (
                f"⚠ `{self.needs}` does not exist yet. Run the cell of {self.exercise} above first, then this one. "
                "If that cell shows a ⚠, mend it before."
            )
        if isinstance(error, KeyboardInterrupt):
            return (
                f"⚠ Your code in {self.exercise} did not finish and was stopped. "
                "Look for a loop that never ends; Kernel, Restart Kernel helps if the notebook no longer answers."
            )
        return f"⚠ Your code in {self.exercise} stopped before it gave an answer. {explain(error, self.exercise)}"

    def close(
        self,
        got: Any,
        expected: Any,
        *,
        hint: str,
        mistakes: Sequence[Mistake] = (),
        tolerance: float = 1e-5,
        floor: float = 1e-9,
    ) -> None:
        """Compare numbers, or yes and no, and answer a known mistake with its own sentence.

        Args:
            got: the learner's number or numbers.
            expected: the right number or array of numbers, or of True and False where yes or no is asked.
            hint: one sentence that helps with any other wrong answer.
            mistakes: pairs of a wrong value that people really give and the sentence that answers it.
            tolerance: the largest difference that still passes, for each number as a share of the one expected.
            floor: a difference that passes in any case, in the unit of the answer: an exercise whose numbers may come
                close to 0 by rounding says how close.

        Raises:
            CheckFailed: if `got` is not a number, has another shape, or differs.
        """
        self._compared = True
        yes_no = np.asarray(expected).dtype == bool
        target = np.asarray(expected, dtype=float)
        answer = self._numbers(got, hint, yes_no)

        def is_close_to(value: np.ndarray) -> np.ndarray:
            return np.isclose(answer, value, rtol=tolerance, atol=floor)

        if answer.shape == target.shape and is_close_to(target).all():
            return
        for wrong, sentence in mistakes:
            wrong = np.asarray(wrong, dtype=float)
            if answer.shape == wrong.shape and is_close_to(wrong).all():
                raise CheckFailed(f"✗ Not yet. {sentence}")
        if answer.shape != target.shape:
            raise CheckFailed(f"✗ Not yet. Your answer is {_as_against(answer, target)} expected. {hint}")
        if not np.isfinite(answer).all():
            own = [each for each in self._warned or [] if each.filename != self._cell_file]  # the check divides too
            because = why_no_value(str(each.message) for each in own)
            raise CheckFailed(f"✗ Not yet. Your answer is not a finite number: {because}. {hint}")
        first = int(np.argmin(is_close_to(target)))
        found, wanted = _told_apart(answer.ravel()[first], target.ravel()[first], yes_no)
        raise CheckFailed(f"✗ Not yet. Your answer is {found} where {wanted} was expected. {hint}")

    def _numbers(self, got: Any, hint: str, yes_no: bool) -> np.ndarray:
        """Return the learner's answer as plain numbers; an object that only claims to be equal is refused here."""
        if got is None:
            raise CheckFailed(f"✗ Not yet. Your function gave nothing back: keep its last line, `return …`. {hint}")
        if type(got) is int:
            return np.array(_as_float(got))
        if _is_plain(got):
            with contextlib.suppress(TypeError, ValueError):
                numbers = np.array(got)
                if numbers.dtype.kind in "iuf" or (yes_no and numbers.dtype.kind == "b"):
                    return numbers.astype(float)
        if type(got) in (list, tuple) and _is_plain(got) and len({np.shape(each) for each in got}) > 1:
            sizes = ", ".join(map(_count, map(np.asarray, got)))
            raise CheckFailed(
                f"✗ Not yet. Your answer has {len(got)} parts of different lengths: {sizes}. "
                f"Look for one that should be a single number. {hint}"
            )
        wanted = "yes or no, True or False" if yes_no else "a number"
        raise CheckFailed(f"✗ Not yet. Your answer should be {wanted}, and it is {_kind(got)}. {hint}")


@contextlib.contextmanager
def _left_as_found(names: dict[str, Any], needs: str) -> Iterator[None]:
    """Put back at the end all that `names` holds now, and until then keep what is added from the recipe `needs`."""
    found = dict(names)
    if found.get("check") is check:
        del found["check"]  # the cell has just imported it
    recipe = names.get(needs)
    if isinstance(recipe, FunctionType) and recipe.__globals__ is names:
        names[needs] = _with_globals(recipe, dict(found))
    try:
        yield
    finally:
        for name in names.keys() - found.keys():
            del names[name]
        for name, value in found.items():
            if names.get(name) is not value:
                names[name] = value


def _with_globals(recipe: FunctionType, names: dict[str, Any]) -> FunctionType:
    twin = FunctionType(recipe.__code__, names, recipe.__name__, recipe.__defaults__, recipe.__closure__)
    twin.__kwdefaults__ = recipe.__kwdefaults__
    return twin


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
            return "a list of yes and no"
        return "a list of texts" if all(isinstance(each, str) for each in parts) else "a list of several things"
    for kind, words in _KINDS.items():
        if isinstance(got, kind):
            return words
    return "a recipe without its brackets" if callable(got) else "something else"


_KINDS = {
    bool: "a yes or no",
    np.bool_: "a yes or no",
    str: "text, because of its quotes",
    complex: "a number with an imaginary part",
    set: "a set, because of its brackets { }",
    dict: "a collection with names, because of its brackets { }",
    type(...): "the three dots, which stand for what you write",
}


def _as_against(answer: np.ndarray, target: np.ndarray) -> str:
    """Say how much an answer holds and how much was asked for; where that is the same, how it is arranged."""
    if answer.size != target.size:
        return f"{_count(answer)} where {_count(target)} {'was' if target.size == 1 else 'were'}"
    return f"{in_words(answer.shape)} where {in_words(target.shape)} was"


def _count(numbers: np.ndarray) -> str:
    return "1 number" if numbers.size == 1 else f"{numbers.size} numbers"


def _told_apart(one: float, other: float, yes_no: bool) -> tuple[str, str]:
    """Write two numbers with as many digits as it takes to see that they differ, and four at least."""
    if yes_no:
        return ("yes" if one else "no"), ("yes" if other else "no")
    for digits in range(4, 18):
        texts = readable(one, digits), readable(other, digits)
        if texts[0] != texts[1]:
            break
    return texts
