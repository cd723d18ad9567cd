"""The class report: what a class knows of a chapter, what it misunderstands, and who needs a look."""

import contextlib
import csv
import hashlib
import io
import re
import statistics
import textwrap
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from course_utils.chapters import notebook_path, source_folder
from course_utils.classroom.gradebook import GradedCell, Mark, read_gradebook
from course_utils.classroom.marked import (
    VERDICT_SIGNS,
    Grading,
    Verdict,
    as_cell,
    chapter_tasks,
    grading_of,
    in_points,
    judge_check,
    judge_written,
    one_line,
)
from course_utils.classroom.similar import alike, own_words
from course_utils.errors import CourseError, reason
from course_utils.files import write_whole
from course_utils.saved import CHECK, Task, grade_id, read_saved

WORDS = {
    "passed": "passed",
    "handed in": "handed in",
    "failed": "wrong",
    "erred": "stopped",
    "not tried": "not tried",
    "none": "without a mark",
}
"""What the report calls the verdicts."""

_MOST = 5  # misconceptions that are shown of an exercise
_WIDTH = 110

_CHANGING = re.compile(r"`[^`]*`|[-−+]?\d(?:[\d,]*\d)?(?:\.\d+)?(?:e[-+]?\d+)?")
"""Where two sentences about one mistake may differ: in the learner's code, and in numbers."""


def save_file(path: Path, content: bytes) -> None:
    """Write a file that an instructor asked for.

    Raises:
        CourseError: if it cannot be written.
    """
    try:
        write_whole(path, content)
    except OSError as error:
        raise CourseError(f"{path} cannot be written ({reason(error)}). Choose another place.") from None


@dataclass(frozen=True)
class ReportedExercise:
    """An exercise as the report tells of it: also the cell that earns its points, and how many those are."""

    name: str
    cell: str
    title: str
    points: float
    by_hand: bool

    @property
    def verdicts(self) -> tuple[str, ...]:
        """What the exercise can come to, in the order in which the report tells it."""
        return ("handed in", "not tried") if self.by_hand else ("passed", "failed", "erred", "not tried")


@dataclass(frozen=True)
class Answer:
    """What a student has in one exercise; the points are None before it is marked."""

    verdict: Verdict
    points: float | None


@dataclass(frozen=True)
class Submission:
    """What a student has handed in: an answer to each exercise, and the reasons to look at it.

    Where no names are shown, `number` stands for the student. It does not follow the alphabet.
    """

    student: str
    number: int
    answers: tuple[Answer, ...]
    seconds: float | None
    reasons: tuple[str, ...]
    own: frozenset[str] = frozenset()

    def called(self, names: bool) -> str:
        """Return what the report calls the student."""
        return one_line(self.student) if names else f"student {self.number}"


@dataclass(frozen=True)
class Misconception:
    """What several students were told, up to numbers and their own code, and how many they are."""

    count: int
    sentence: str


@dataclass(frozen=True)
class Report:
    """How a class did in one chapter. As a string it is `text()`, which holds no names."""

    chapter: str
    title: str
    exercises: tuple[ReportedExercise, ...]
    submissions: tuple[Submission, ...]

    def __str__(self) -> str:
        return self.text()

    def counts(self, index: int) -> dict[str, int]:
        """Return how many students have each verdict in the exercise at `index`."""
        found = Counter(each.answers[index].verdict.kind for each in self.submissions)
        return {kind: found[kind] for kind in VERDICT_SIGNS}

    def misconceptions(self, index: int, *, names: bool = False) -> list[Misconception]:
        """Return what those who did not pass the exercise at `index` were told, the most frequent first."""
        told = defaultdict(list)
        for each in self.submissions:
            verdict = each.answers[index].verdict
            if verdict.kind in ("failed", "erred"):
                told[_CHANGING.sub("\0", verdict.sentence)].append((verdict.sentence, each.student))
        groups = []
        for some in told.values():
            sentence = _common([sentence for sentence, _ in some])
            groups.append(
                Misconception(len(some), sentence if names else _without((name for _, name in some), sentence))
            )
        return sorted(groups, key=lambda each: (-each.count, each.sentence))

    def text(self, *, names: bool = False) -> str:
        """Return the report as plain text; with `names`, it says who needs a look."""
        lines = [f"{self.title}: {self._overview()}"]
        for index, exercise in enumerate(self.exercises):
            lines += ["", exercise.title, f"   {self._tally(index)}", *self._told(index, names)]
        return "\n".join([*lines, "", self._duration(), *self._looks(names), *self._alike(names)])

    def _overview(self) -> str:
        marked = [one for one in self.submissions if any(each.points is not None for each in one.answers)]
        overview = _count(len(self.submissions), "submission")
        if not marked:
            return f"{overview}, none marked yet"
        most = sum(each.points for each in self.exercises)
        middle = statistics.median(sum(each.points or 0 for each in one.answers) for one in marked)
        return f"{overview}, half of them with {in_points(middle)} of {in_points(most)} points or more"

    def _tally(self, index: int) -> str:
        counts = self.counts(index)
        kinds = [*self.exercises[index].verdicts, *(["none"] if counts["none"] else [])]
        return "   ".join(f"{VERDICT_SIGNS[kind]} {counts[kind]} {WORDS[kind]}" for kind in kinds)

    def _told(self, index: int, names: bool) -> list[str]:
        groups = self.misconceptions(index, names=names)
        width = len(str(groups[0].count)) if groups else 0
        lines = []
        for each in groups[:_MOST]:
            sentence = each.sentence.replace(" Not yet.", "", 1)
            lines += _wrapped(f"      {each.count:>{width}}  {sentence}", 10 + width)
        if rest := sum(each.count for each in groups[_MOST:]):
            lines.append(f"      and {_count(rest, 'other')}")
        return lines

    def _duration(self) -> str:
        seconds = [each.seconds for each in self.submissions if each.seconds is not None]
        if not seconds:
            return "How long the grading took was not noted."
        median, longest = statistics.median(seconds), max(seconds)
        return f"Grading took {median:.1f} s a submission (median), {longest:.1f} s at the longest."

    def _looks(self, names: bool) -> list[str]:
        found: dict[str, list[Submission]] = defaultdict(list)
        for each in self._in_order(names):
            for sentence in each.reasons:
                found[sentence if names else _without([each.student], sentence)].append(each)
        if not found:
            return ["Nobody needs a look."]
        number = sum(bool(each.reasons) for each in self.submissions)
        lines = [f"{_count(number, 'submission')} to look at:"]
        for sentence, some in found.items():
            lines += _wrapped(f"   {', '.join(each.called(names) for each in some)}: {sentence}", 6)
        return lines

    def _alike(self, names: bool) -> list[str]:
        called = {each.student: each.called(names) for each in self.submissions}
        pairs = alike({each.student: each.own for each in self.submissions})
        if not pairs:
            return []
        lines = ["Much alike. This is a hint and no verdict: people learn together. Read both, and ask them:"]
        for pair in pairs:
            first, second = sorted((called[pair.first], called[pair.second]))
            what = f"{pair.common} of {pair.of} names, comments and texts of their own"
            lines.append(f"   {first} and {second} have in common {what}.")
        return lines

    def csv(self, *, names: bool = False) -> str:
        """Return a table with one row for each student and exercise, fit for a spreadsheet."""
        buffer = io.StringIO()
        writer = csv.writer(buffer, lineterminator="\n")
        writer.writerow(("student", "exercise", "title", "verdict", "points", "max_points", "sentence", "seconds"))
        for one in self._in_order(names):
            student = as_cell(one.student) if names else one.number
            seconds = "" if one.seconds is None else round(one.seconds, 1)
            for exercise, answer in zip(self.exercises, one.answers, strict=True):
                points = "" if answer.points is None else in_points(answer.points)
                kind, sentence = answer.verdict.kind, answer.verdict.sentence
                sentence = as_cell(sentence if names else _without([one.student], sentence))
                about = (as_cell(exercise.name), as_cell(exercise.title))
                writer.writerow((student, *about, kind, points, in_points(exercise.points), sentence, seconds))
        return buffer.getvalue()

    def _in_order(self, names: bool) -> list[Submission]:
        if names:
            return sorted(self.submissions, key=lambda each: each.student)
        return sorted(self.submissions, key=lambda each: each.number)


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def _wrapped(line: str, indent: int) -> list[str]:
    return textwrap.wrap(line, _WIDTH, subsequent_indent=" " * indent, break_long_words=False, break_on_hyphens=False)


def _common(sentences: list[str]) -> str:
    """Return the sentence that all `sentences` are, with … where they differ in a number or in code."""
    places = zip(*(_CHANGING.findall(each) for each in sentences), strict=True)
    kept = iter([found[0] if len(set(found)) == 1 else "`…`" if found[0][0] == "`" else "…" for found in places])
    return _CHANGING.sub(lambda _: next(kept), sentences[0])


def _without(students: Iterable[str], sentence: str) -> str:
    """Return `sentence` with … in place of the students' names: a learner's code may hold them."""
    for student in students:
        name = rf"(?<![^\W_]){re.escape(one_line(student))}(?![^\W_])"
        sentence = re.sub(name, "…", sentence, flags=re.IGNORECASE)
    return sentence


def read_report(course_folder: Path, chapter: str, db_url: str) -> Report:
    """Read how a class did in a chapter, from the gradebook and the marked notebooks.

    Args:
        course_folder: the root of the nbgrader course.
        chapter: the whole name of the chapter.
        db_url: the gradebook's address as nbgrader has it, such as `sqlite:////home/me/course/gradebook.db`.

    Raises:
        CourseError: if there is nothing to report yet, or the gradebook cannot be read.
    """
    cells, marks = read_gradebook(course_folder, chapter, db_url)
    title, tasks = chapter_tasks(course_folder, chapter)
    source = _source(course_folder, chapter)
    exercises = _exercises(cells, tasks)
    folders = [each for each in course_folder.glob(f"submitted/*/{chapter}") if each.is_dir()]
    students = marks.keys() | {each.parent.name for each in folders if not each.parent.name.startswith(".")}
    if not students:
        place = notebook_path(course_folder / "submitted" / "NAME", chapter)
        raise CourseError(f"Nobody has handed in {chapter}. Put each notebook at {place}, then: course grade {chapter}")
    ordered = sorted(students, key=lambda each: hashlib.sha256(each.encode()).digest())  # the alphabet would tell names
    submissions = (
        _submission(course_folder, chapter, student, number, exercises, marks.get(student, {}), source)
        for number, student in enumerate(ordered, start=1)
    )
    return Report(chapter, title, exercises, tuple(submissions))


def _source(course_folder: Path, chapter: str) -> Any:
    """Return the chapter with its solutions, which nobody has from anybody; nothing where it cannot be read."""
    for folder in (course_folder / "notebooks", source_folder()):
        with contextlib.suppress(Exception):
            return read_saved(notebook_path(folder, chapter))
    return None


def _exercises(cells: dict[str, GradedCell], tasks: list[Task]) -> tuple[ReportedExercise, ...]:
    """Return the chapter's exercises in their order; a graded cell that belongs to none comes last, by its own name."""
    titles = {task.name: one_line(task.title) for task in tasks}
    order = [name for title in titles for name in (title, title + CHECK) if name in cells]
    exercises = []
    for cell in [*order, *sorted(cells.keys() - set(order))]:
        name = cell.removesuffix(CHECK)
        exercises.append(ReportedExercise(name, cell, titles.get(name, name), cells[cell].points, cells[cell].by_hand))
    return tuple(exercises)


def _submission(
    course_folder: Path,
    chapter: str,
    student: str,
    number: int,
    exercises: tuple[ReportedExercise, ...],
    marks: dict[str, Mark],
    source: Any,
) -> Submission:
    grading, own = Grading(), frozenset[str]()
    reasons = []
    answers = [_answer(each, {}, marks.get(each.cell)) for each in exercises]
    marked = any(each.points is not None for each in answers)
    try:
        notebook = read_saved(notebook_path(course_folder / "autograded" / student, chapter))
        cells = {grade_id(cell): cell for cell in notebook.cells}
        answers = [_answer(each, cells, marks.get(each.cell)) for each in exercises]
        grading = grading_of(notebook)
        own = own_words(notebook, source) if source is not None else own
    except FileNotFoundError:
        if marked:
            reasons.append("It has marks, but the marked notebook is missing.")
    except Exception as error:  # a file may hold anything, and none may stop the report
        cause = f" ({reason(error)})" if isinstance(error, OSError) else ""
        reasons.append(f"The marked notebook cannot be read{cause}.")
    if not marked:
        reasons.append(f"It has no mark. To see why, grade it again: course grade {chapter}")
    reasons += [note.instructor for note in grading.notes if note.look]
    for exercise, answer in zip(exercises, answers, strict=True):
        if marked:
            reasons += _doubts(exercise, answer, marks.get(exercise.cell))
    return Submission(student, number, tuple(answers), grading.seconds, tuple(reasons), own)


def _answer(exercise: ReportedExercise, cells: dict[str | None, Any], mark: Mark | None) -> Answer:
    cell, points = cells.get(exercise.cell), mark.points if mark else None
    if cell is not None and exercise.by_hand:
        return Answer(judge_written(cell), points)
    if mark is None or points is None:
        return Answer(Verdict("none", ""), None)
    if cell is not None:
        answer = cells.get(exercise.name)
        return Answer(judge_check(cell, points, exercise.points, by_hand=mark.by_hand, answer=answer), points)
    if points >= exercise.points:
        return Answer(Verdict("passed", "✓ Full points."), points)
    return Answer(Verdict("failed", "✗ Why is not known: the marked notebook does not hold this check."), points)


def _doubts(exercise: ReportedExercise, answer: Answer, mark: Mark | None) -> list[str]:
    """Return why a person should look at an answer that the gradebook has a mark for, or should have."""
    name = exercise.title.partition(":")[0]
    if answer.verdict.kind == "handed in" and (mark is None or mark.waits):
        return [f"{name} waits to be marked by hand. Open the formgrader."]
    if answer.verdict.kind == "none":
        return [f"{name} has no mark."]
    if mark is None:
        return []
    if mark.by_hand and mark.waits:
        return [f"{name} was graded again after points were given by hand. Do they still hold? Open the formgrader."]
    if answer.verdict.kind == "passed" and not mark.by_hand and not answer.verdict.sentence.startswith("✓ Correct."):
        return [f"{name} has full points, but its check never said ✓."]
    return []
