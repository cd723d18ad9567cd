"""Questions to oneself: multiple choice, with an explanation for every option. Nothing here counts for a mark."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import traitlets

from course_utils.page import PageWidget, page_side

_HERE = Path(__file__).parent


class MultipleChoice(PageWidget):
    """A question on the page; `chosen` is the option that the learner picked last, None before that."""

    _esm = page_side(_HERE / "quiz.js")
    _css = page_side(_HERE / "quiz.css")

    question = traitlets.Unicode().tag(sync=True)
    options = traitlets.List(traitlets.Unicode()).tag(sync=True)
    chosen = traitlets.Unicode(None, allow_none=True).tag(sync=True)
    feedback = traitlets.Unicode().tag(sync=True)

    def __init__(self, question: str, explanations: Mapping[str, str], answer: str) -> None:
        self._explanations, self._answer = dict(explanations), answer
        super().__init__(question=question, options=list(explanations))

    @property
    def right(self) -> bool:
        """Whether the option picked last is the answer."""
        return self.chosen == self._answer

    @traitlets.observe("chosen")
    def _explain(self, change: Mapping[str, Any]) -> None:
        verdict = "✓ Right." if self.right else "✗ Not this one."
        self.feedback = f"{verdict} {self._explanations[self.chosen]}"

    @traitlets.validate("chosen")
    def _only_options(self, proposal: Mapping[str, Any]) -> str:
        if proposal["value"] not in self._explanations:
            raise traitlets.TraitError(f"chosen is {proposal['value']!r}; it must be one of the options.")
        return proposal["value"]

    def still(self) -> dict[str, str]:
        """Return the question and its options as text."""
        return {"text/plain": "\n".join([self.question, *(f"  ( ) {option}" for option in self.options)])}


def mcq(question: str, explanations: Mapping[str, str], *, answer: str) -> MultipleChoice:
    """Ask a multiple-choice question.

    Args:
        question: one sentence.
        explanations: for each option, in the order of the page, why it is right or wrong.
        answer: the option that is right.

    Raises:
        ValueError: if `answer` is not one of the options, or there are fewer than two.
    """
    if len(explanations) < 2:
        raise ValueError(f"explanations has {len(explanations)} options; a question needs two or more.")
    if answer not in explanations:
        raise ValueError(f"answer is {answer!r}; it must be one of the options {', '.join(map(repr, explanations))}.")
    return MultipleChoice(question, explanations, answer)
