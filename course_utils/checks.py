"""The vocabulary of test cells: one plain sentence for the learner, marks for nbgrader.

    with check("Exercise 1", needs="rule_220") as c:
        c.close(lambda: rule_220(0), 170, hint="At 50 the formula gives 220 − 50.")

A check has four outcomes, told apart by their first sign: ✓ right, ✗ wrong, ⚠ the code stopped, ○ not attempted.
Whatever happens inside the block, nothing reaches the error stream, which nbgrader would take for a failure. What the
block names is gone when it ends, and the learner's recipe never sees it. The recipe is called last, once all that is
expected has been worked out, and gets copies.

In a notebook `check` judges on the spot. In grading `hand_over` takes its place in the student's kernel, and
course_utils/classroom/judge.py judges what was handed over.
"""

import contextlib
import functools
import hashlib
import inspect
import io
import linecache
import logging
import os
import warnings
from collections.abc import Callable, Iterator, Sequence
from types import FunctionType, ModuleType, TracebackType
from typing import Any, Self

import numpy as np

from course_utils.answers import trouble
from course_utils.errors import BLANK, explain, is_unattempted, number_slip
from course_utils.handed import Answer, HandedOver, answer_of
from course_utils.verdicts import Expectation, expectation, sentence_on

SECRET_VARIABLE = "COURSE_SECRET"
"""The environment variable from which checks draw their data when an instructor grades; absent for self-study."""

HANDED_OVER = "application/x-cardiac-ml-course-answers"
"""The MIME type under which a student's kernel displays what it hands over."""

Mistake = tuple[Any, str]


def random_state(exercise: str, secret: str) -> int:
    """Return from what the check of an exercise draws its data."""
    return int.from_bytes(hashlib.sha256(f"{secret}/{exercise}".encode()).digest()[:4])


class CheckFailed(AssertionError):  # noqa: N818 - the learner reads this name nowhere, and it is an assertion
    """A check that did not pass. In a notebook, in Validate and on a feedback page it shows as its sentence alone."""

    def _render_traceback_(self) -> list[str]:
        return [str(self)]


class AuthorsMistake(RuntimeError):  # noqa: N818 - it tells whose error it is
    """A check that is not written as checks are written."""


class Asked(contextlib.AbstractContextManager["Asked"]):
    """The block of a check, in which the learner's code is asked, whoever judges what it gives back.

    Args:
        exercise: the exercise's name as its heading in the chapter has it, such as "Exercise 1".
        needs: the name that the learner's cell defines. Where it is missing, the sentence says which cell to run.
        right: what to say when all is right, after "Correct".

    Attributes:
        random_state: an int for simulated data. It is fixed for an exercise, and differs with the environment variable
            `COURSE_SECRET`, so that an instructor grades on data that no learner has seen.
    """

    def __init__(self, exercise: str, *, needs: str, right: str) -> None:
        self.exercise = exercise
        self.needs = needs
        self.right = right
        self.random_state = random_state(exercise, os.environ.get(SECRET_VARIABLE, ""))
        self._warned: list[warnings.WarningMessage] = []
        self._names: dict[str, Any] = {}
        self._quiet = contextlib.ExitStack()

    def __enter__(self) -> Self:
        if sentence := trouble(self.exercise, self.needs):
            raise CheckFailed(sentence)
        frame = inspect.currentframe()
        cell = frame and frame.f_back
        if cell:
            self._names = cell.f_globals
            if cell.f_locals is cell.f_globals:  # in a cell of a notebook, not inside a function
                self._quiet.enter_context(_left_as_found(cell.f_globals, self.needs, type(self)))
        self._quiet.enter_context(contextlib.redirect_stderr(io.StringIO()))
        self._warned = self._quiet.enter_context(warnings.catch_warnings(record=True))
        warnings.simplefilter("ignore")
        warnings.simplefilter("always", RuntimeWarning)
        self._quiet.callback(logging.disable, logging.root.manager.disable)
        logging.disable(logging.CRITICAL)
        return self

    def _ask(self, call: Callable[[], Any]) -> Answer:
        """Call the learner's code, and return what it gives back."""
        before = len(self._warned)
        with _numpy_as_found():
            got = call()
        return answer_of(got, [str(each.message) for each in self._warned[before:]])

    def _slip(self) -> str:
        """Return a sentence if the answer may be wrong because of how a number is written in it."""
        code = getattr(self._names.get(self.needs), "__code__", None)
        typed = "".join(linecache.getlines(code.co_filename)) if code else ""
        return number_slip(typed, wrong=True) or ""

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


class check(Asked):  # noqa: N801 - reads as a verb, like numpy.errstate
    """Check one exercise: the context manager that a test cell opens. See `Asked` for its arguments.

    Raises:
        CheckFailed: at the end of the block, unless all in it was right; at its beginning, if the answer's cell was
            changed and not run.
        AuthorsMistake: if the check is not written as it should be.
    """

    _compared = False

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._quiet.close()
        if error is None:
            if not self._compared:
                raise AuthorsMistake(f"The check of {self.exercise} compares nothing.")
            print(f"✓ Correct. {self.right}")
        elif isinstance(error, CheckFailed):
            slip = self._slip()
            raise (CheckFailed(f"✗ Not yet. {slip}") if slip else error.with_traceback(None)) from None
        elif not isinstance(error, AuthorsMistake):
            raise CheckFailed(self._sentence(error)) from None

    def close(
        self,
        call: Callable[[], Any],
        expected: Any,
        *,
        hint: str,
        mistakes: Sequence[Mistake] = (),
        tolerance: float = 1e-5,
        floor: float = 1e-9,
    ) -> None:
        """Compare numbers, or yes and no, and answer a known mistake with its own sentence.

        Args:
            call: a lambda that gives the learner's number or numbers. It is called last, so that nothing else depends
                on what the learner's code does.
            expected: the right number or array of numbers, or of True and False where yes or no is asked.
            hint: one sentence that helps with any other wrong answer.
            mistakes: pairs of a wrong value that people really give and the sentence that answers it.
            tolerance: the largest difference that still passes, for each number as a share of the one expected.
            floor: a difference that passes in any case, in the unit of the answer: an exercise whose numbers may come
                close to 0 by rounding says how close.

        Raises:
            CheckFailed: if what `call` gives is not a number, has another shape, or differs.
            AuthorsMistake: if `call` is no lambda.
        """
        if not (isinstance(call, FunctionType) and call.__name__ == "<lambda>"):
            raise AuthorsMistake(
                f"The check of {self.exercise} calls the answer too early. Write c.close(lambda: …, expected, …), "
                "so that all else is worked out before."
            )
        self._compared = True
        self._compare(call, expectation(expected, hint, mistakes, tolerance, floor))

    def _compare(self, call: Callable[[], Any], wanted: Expectation) -> None:
        if sentence := sentence_on(self._ask(call), wanted):
            raise CheckFailed(sentence)


class hand_over(Asked):  # noqa: N801 - stands where `check` stands
    """What stands in the place of `check` in a student's kernel: it hands the answers over, and knows nothing else."""

    def __init__(self, exercise: str, *, needs: str, right: str) -> None:
        super().__init__(exercise, needs=needs, right=right)
        self._answers: list[Answer] = []

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        from IPython.display import display  # here: whoever judges on the spot does not wait for it

        self._quiet.close()
        stopped = self._sentence(error) if error else ""
        display({HANDED_OVER: HandedOver(tuple(self._answers), stopped, self._slip()).as_text()}, raw=True)
        return True

    def close(self, call: Callable[[], Any]) -> None:
        """Hand over what `call` gives."""
        self._answers.append(self._ask(call))


@contextlib.contextmanager
def _left_as_found(names: dict[str, Any], needs: str, kind: type) -> Iterator[None]:
    """Put back at the end all that `names` holds now, and until then keep what is added from the recipe `needs`.

    Until then the recipe also gets copies of what it is given: it may write into them, as into its own.
    """
    found = dict(names)
    if found.get("check") is kind:
        del found["check"]  # the cell has just imported it
    recipe = names.get(needs)
    if isinstance(recipe, FunctionType) and recipe.__globals__ is names:
        recipe = _with_globals(recipe, dict(found))
    if callable(recipe):
        names[needs] = _with_copies(recipe)
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


def _with_copies(recipe: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(recipe)
    def called(*given: Any, **named: Any) -> Any:
        __tracebackhide__ = True  # this step is nobody's code: sentences pass over it
        return recipe(*map(_copied, given), **{name: _copied(value) for name, value in named.items()})

    return called


def _copied(value: Any) -> Any:
    """Return a copy of what code can write into by accident; networks and their like are meant to be changed."""
    if isinstance(value, np.ndarray):
        return value.copy()
    if type(value) in (list, tuple, set):
        return type(value)(map(_copied, value))
    if type(value) is dict:
        return {key: _copied(each) for key, each in value.items()}
    return value


@contextlib.contextmanager
def _numpy_as_found() -> Iterator[None]:
    """Let NumPy's names stand at the end for what they stand for now."""
    public = (each for name, each in vars(np).items() if isinstance(each, ModuleType) and not name.startswith("_"))
    found = [(vars(module), dict(vars(module))) for module in (np, *public)]
    try:
        yield
    finally:
        for names, before in found:
            names.update(before)
