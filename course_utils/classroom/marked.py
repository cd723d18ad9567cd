"""What a notebook that was run says of each exercise: one verdict and one sentence, for all who show or count them."""

import contextlib
import html
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from course_utils.answers import makes_no, not_one_answer
from course_utils.chapters import notebook_path, source_folder
from course_utils.classroom.check_cells import subject_of
from course_utils.classroom.notes import Note
from course_utils.errors.lesson import names_in
from course_utils.saved import Task, chapter_title, read_saved, tasks_in, what_it_says

VERDICT_SIGNS = {"passed": "✓", "handed in": "◐", "failed": "✗", "erred": "⚠", "not tried": "○", "none": "–"}
"""What an exercise can come to, with the sign of each; none is for one that nobody has marked."""

_LONGEST = 400  # signs; the checks' own sentences have half of it

_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
"""How a cell begins that a spreadsheet would calculate."""

_NOT_RUN = "does not exist yet. Run the cell of"

_NOISE = (
    "⚠ The answer is right, but something wrote a warning or an error while it was checked, and that costs the points."
)


@dataclass(frozen=True)
class Verdict:
    """What an exercise came to: one of `VERDICT_SIGNS`, and the sentence that says why, which begins with the sign."""

    kind: str
    sentence: str

    @property
    def sign(self) -> str:
        """The sign of its kind."""
        return VERDICT_SIGNS[self.kind]

    @property
    def words(self) -> str:
        """The sentence without the sign."""
        return self.sentence.removeprefix(self.sign).strip()

    @property
    def look(self) -> str:
        """What `outcomes.css` in the labextension calls its kind."""
        return self.kind.replace(" ", "-")


def look_of(sentence: str) -> str:
    """Return what `outcomes.css` calls what a sentence tells of by its first sign."""
    kinds = (kind for kind, sign in VERDICT_SIGNS.items() if sentence.startswith(sign))
    return Verdict(next(kinds, "none"), sentence).look


@dataclass(frozen=True)
class Grading:
    """How a submission was graded: the seconds that it took, where they are known, and the notes."""

    seconds: float | None = None
    notes: tuple[Note, ...] = ()


def one_line(text: str) -> str:
    """Return `text` in one line of moderate length, without signs that steer a terminal."""
    line = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"


def as_cell(text: str) -> str:
    """Return `text` as a cell of a table: in one line, and behind an apostrophe if a spreadsheet would calculate it."""
    line = one_line(text)
    return f"'{line}" if line.startswith(_FORMULA) else line


def in_words(sentence: str) -> str:
    """Return a sentence as HTML, with what stands in back-quotes as code."""
    return re.sub("`([^`]+)`", r"<code>\1</code>", html.escape(sentence))


def in_points(points: float) -> str:
    """Return a number of points with at most two decimals."""
    return f"{round(points, 2):g}"


def chapter_tasks(course_folder: Path, chapter: str) -> tuple[str, list[Task]]:
    """Return a chapter's title and exercises: from the course's own folder, or else from the installed course."""
    for folder in (course_folder / "notebooks", course_folder / "release", source_folder()):
        with contextlib.suppress(Exception):  # a chapter that cannot be read has its plain name and none to show
            cells = read_saved(notebook_path(folder, chapter)).cells
            return chapter_title(chapter, cells), tasks_in(cells)
    return chapter_title(chapter, []), []


def said_of_answer(check: str, standing: Sequence[str], ran: Any) -> str | None:
    """Return what a check that fails says in JupyterLab, which tells it what stands in the cells of its answer.

    Args:
        check: the code of the check.
        standing: what stands in each cell of its answer.
        ran: the answer's cell, if it has run before the check.

    Returns:
        The sentence; None if there is one cell with an answer, and it makes what the check needs or has stopped.
    """
    subject = subject_of(check)
    if subject is None:
        return None
    if sentence := not_one_answer(subject[0], standing):
        return sentence
    if ran is None or subject[1] in names_in(ran.source)[0]:
        return None
    stopped = any(output.output_type == "error" for output in ran.outputs)
    return None if stopped else makes_no(*subject)


def judge_check(check: Any, score: float, most: float, *, by_hand: bool, answer: Any = None) -> Verdict:
    """Return what a graded check came to. The mark decides whether it is passed, and the saved output says why not.

    Args:
        check: the check's cell in the marked notebook.
        score: the points that it has.
        most: the points that it could have.
        by_hand: whether the instructor has set the points.
        answer: the cell that the check judges. Where it stopped itself, its own sentence tells more.
    """
    text, stopped = what_it_says(check)
    tick = None if stopped else re.search("^✓.*", text, re.MULTILINE)
    if score >= most:
        given = "✓ The points were given by hand." if by_hand else "✓ Full points."
        return Verdict("passed", one_line(tick[0]) if tick else given)
    if tick:
        return Verdict("failed", "✗ The points were changed by hand.") if by_hand else Verdict("erred", _NOISE)
    if answer is not None and _NOT_RUN in text:
        cause, _ = what_it_says(answer)
        text = cause if cause.startswith(VERDICT_SIGNS["erred"]) else text
    for kind in ("failed", "erred", "not tried"):
        if text.startswith(VERDICT_SIGNS[kind]):
            return Verdict(kind, one_line(text))
    if text and not stopped:
        return Verdict("failed", one_line(f"✗ Not yet. {text}"))
    cause = text.splitlines()[-1] if text else "it did not come to an end"
    return Verdict("erred", one_line(f"⚠ The check could not judge the answer: {cause}"))


def judge_written(answer: Any) -> Verdict:
    """Return whether an answer that is marked by hand was handed in: by nbgrader's rule, if it is not as released."""
    from nbgrader.utils import compute_checksum

    untouched = not answer.source.strip() or compute_checksum(answer) == answer.metadata.nbgrader.get("checksum")
    if untouched and not answer.metadata.nbgrader.get("task"):
        return Verdict("not tried", "○ Not attempted yet.")
    return Verdict("handed in", "◐ Handed in.")


def grading_of(notebook: Any) -> Grading:
    """Return what the grader has noted in a marked notebook; whatever is not in its form counts as absent."""
    content: Any = notebook.get("metadata")
    for key in ("cardiac_ml_course", "grading"):
        content = content.get(key) if isinstance(content, dict) else None
    if not isinstance(content, dict):
        return Grading()
    seconds, notes = content.get("seconds"), content.get("notes")
    timed = isinstance(seconds, int | float) and not isinstance(seconds, bool) and 0 <= seconds < math.inf
    return Grading(
        seconds if timed else None,
        tuple(
            Note(one_line(each["student"]), one_line(each["instructor"]), each.get("look") is True)
            for each in (notes if isinstance(notes, list) else ())
            if isinstance(each, dict)
            and isinstance(each.get("student"), str)
            and isinstance(each.get("instructor"), str)
        ),
    )
