"""What a check expects, and the sentence on an answer that is something else. No learner's code runs in here."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from course_utils.errors import in_words, readable
from course_utils.handed import IN_PARTS, MOST_NUMBERS, NOTHING, YES_OR_NOS, Answer, HandedOver, answer_from, numbers_of


@dataclass(frozen=True)
class Expectation:
    """What one comparison of a check expects: see `course_utils.checks.check.close`."""

    expected: Answer
    mistakes: tuple[tuple[Answer, str], ...]
    hint: str
    tolerance: float
    floor: float


def expectation(
    expected: Any, hint: str, mistakes: Iterable[tuple[Any, str]], tolerance: float, floor: float
) -> Expectation:
    """Return what an author wrote as an `Expectation`.

    Raises:
        ValueError: if it is not made of numbers, or of more than can be handed over.
    """
    right = np.asarray(expected)
    if right.size > MOST_NUMBERS:
        raise ValueError(f"A check expects {right.size} numbers, and at most {MOST_NUMBERS} can be handed over.")
    known = tuple((numbers_of(np.asarray(wrong, dtype=float)), sentence) for wrong, sentence in mistakes)
    word = YES_OR_NOS if right.dtype == bool else ""
    return Expectation(numbers_of(right, word=word), known, hint, float(tolerance), float(floor))


def expectation_from(content: dict[str, Any]) -> Expectation:
    """Return an `Expectation` from its form in JSON."""
    known = tuple((answer_from(wrong), sentence) for wrong, sentence in content["mistakes"])
    return Expectation(**{**content, "expected": answer_from(content["expected"]), "mistakes": known})


def sentence_on(answer: Answer, wanted: Expectation) -> str | None:
    """Return the sentence on a wrong answer; None if it is right."""
    asks_yes_or_no = wanted.expected.is_yes_or_no
    if answer.word == NOTHING:
        return f"✗ Not yet. Your function gave nothing back: keep its last line, `return …`. {wanted.hint}"
    if answer.word == IN_PARTS:
        parts, *sizes = answer.shape
        more = ", …" if parts > len(sizes) else ""
        return (
            f"✗ Not yet. Your answer has {parts} parts of different lengths: {', '.join(map(_count, sizes))}{more}. "
            f"Look for one that should be a single number. {wanted.hint}"
        )
    if not answer.is_numbers or (answer.is_yes_or_no and not asks_yes_or_no):
        kind = "yes or no, True or False" if asks_yes_or_no else "a number"
        return f"✗ Not yet. Your answer should be {kind}, and it is {answer.word}. {wanted.hint}"
    if _same(answer, wanted.expected, wanted):
        return None
    for wrong, sentence in wanted.mistakes:
        if _same(answer, wrong, wanted):
            return f"✗ Not yet. {sentence}"
    if answer.shape != wanted.expected.shape:
        return f"✗ Not yet. Your answer is {_as_against(answer, wanted.expected)} expected. {wanted.hint}"
    if not np.isfinite(answer.array).all():
        return f"✗ Not yet. Your answer is not a finite number: {answer.because}. {wanted.hint}"
    first = int(np.argmin(_close(answer, wanted.expected, wanted)))
    found, right = _told_apart(answer.numbers[first], wanted.expected.numbers[first], asks_yes_or_no)
    return f"✗ Not yet. Your answer is {found} where {right} was expected. {wanted.hint}"


def verdict_on(handed: HandedOver, wanted: Sequence[Expectation]) -> str | None:
    """Return the sentence on all that was handed over in a check: empty if it passes, None if it cannot be judged."""
    for answer, each in zip(handed.answers, wanted, strict=False):
        if sentence := sentence_on(answer, each):
            return f"✗ Not yet. {handed.slip}" if handed.slip else sentence
    if handed.stopped:
        return handed.stopped
    return "" if wanted and len(handed.answers) == len(wanted) else None


def _same(one: Answer, other: Answer, wanted: Expectation) -> bool:
    if one.shape != other.shape or one.size > MOST_NUMBERS:
        return False
    return bool(_close(one, other, wanted).all())


def _close(one: Answer, other: Answer, wanted: Expectation) -> np.ndarray:
    return np.isclose(one.array, other.array, rtol=wanted.tolerance, atol=wanted.floor)


def _as_against(answer: Answer, target: Answer) -> str:
    """Say how much an answer holds and how much was asked for; where that is the same, how it is arranged."""
    if answer.size != target.size:
        return f"{_count(answer.size)} where {_count(target.size)} {'was' if target.size == 1 else 'were'}"
    return f"{in_words(answer.shape)} where {in_words(target.shape)} was"


def _count(size: int) -> str:
    return "1 number" if size == 1 else f"{size} numbers"


def _told_apart(one: float, other: float, yes_no: bool) -> tuple[str, str]:
    """Write two numbers with as many digits as it takes to see that they differ, and four at least."""
    if yes_no:
        return ("yes" if one else "no"), ("yes" if other else "no")
    for digits in range(4, 18):
        texts = readable(one, digits), readable(other, digits)
        if texts[0] != texts[1]:
            break
    return texts
