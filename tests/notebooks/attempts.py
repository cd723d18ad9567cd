"""Run a chapter once with its solutions, and on the way try what people answer to its exercises.

Each answer is tried in a process of its own, forked where the learner would type it.
"""

import functools
import json
import linecache
import os
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import nbformat
from IPython.core.displayhook import DisplayHook
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from nbgrader.utils import determine_grade, is_grade, is_solution
from notebooks.mutants import mutants
from seeds import SEEDS
from trainings import shared

from course_utils import chapters
from course_utils.checks import HANDED_OVER
from course_utils.classroom.check_cells import handing_over
from course_utils.classroom.judge import judges, work_out
from course_utils.errors import CourseError
from course_utils.saved import CHECK, COLOUR_CODE

ANSWERS = Path(__file__).parent / "answers"

BLANK = "____"


@dataclass(frozen=True)
class Outcome:
    """What a check gives for an answer on the spot, all that the learner reads under it, and what the judge says."""

    score: float
    text: str
    judged: str | None = None


class UnnumberedHook(DisplayHook):
    """What shows a cell's last value, as the page does: without a number before it."""

    def write_output_prompt(self):
        pass


class RecordingShell(InteractiveShell):
    """A shell that keeps what it would show of an error."""

    displayhook_class = UnnumberedHook
    shown = ""

    def _showtraceback(self, etype, evalue, stb):
        self.shown += "\n".join(stb)


def run(shell, source):
    shell.shown = ""
    with capture_output() as captured:
        shell.run_cell(source)
    return captured, shell.shown


def judged(shell, check, judge):
    """Run what a student's kernel runs of a check, and return what the judge says of what it hands over."""
    captured, error = run(shell, handing_over(check.source))
    assert not error, error
    (handed,) = [output.data[HANDED_OVER] for output in captured.outputs if HANDED_OVER in output.data]
    return judge.verdict(handed)


def grade(shell, check):
    """Run a check's cell and score it as nbgrader does, from its outputs."""
    captured, error = run(shell, check.source)
    cell = nbformat.v4.new_code_cell(check.source, metadata=check.metadata)
    if captured.stderr:
        cell.outputs.append(nbformat.v4.new_output("stream", name="stderr", text=captured.stderr))
    if error:
        cell.outputs.append(nbformat.v4.new_output("error", ename="", evalue="", traceback=[error]))
    score, _ = determine_grade(cell)
    return Outcome(score, f"{captured.stdout}{captured.stderr}{error}".strip())


def in_a_fork(work):
    """Return what `work()` returns, run in a forked process that cannot change anything here."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            with os.fdopen(writing, "w") as pipe:
                json.dump(work(), pipe)
            status = 0
        finally:
            os._exit(status)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        text = pipe.read()
    _, status = os.waitpid(child, 0)
    assert status == 0, "the forked process failed"
    return json.loads(text)


@dataclass(frozen=True)
class Exercise:
    """An answer's cell as the learner gets it, its check, and what people type: "right", "wrong", maybe "right_too"."""

    name: str
    answer: nbformat.NotebookNode
    check: nbformat.NotebookNode
    answers: dict

    def filled(self, attempt):
        """Return the answer's cell with the blanks filled in as `attempt` says."""
        if isinstance(attempt, str):
            return attempt
        parts = self.answer.source.split(BLANK)
        assert len(parts) == len(attempt) + 1, f"{self.name} has {len(parts) - 1} blanks, and {attempt} was typed"
        return "".join(part + typed for part, typed in zip(parts, [*attempt, ""], strict=True))

    @property
    def attempts(self):
        """What people type: the answers, the blanks as they were, and nothing."""
        blanks = [BLANK] * self.answer.source.count(BLANK)
        wrong = [wrong.get("cell") or wrong["typed"] for wrong in self.answers["wrong"]]
        return [*self.answers["right"], blanks, "", *wrong]

    @functools.cached_property
    def mutants(self):
        """The right answers with one slip, without those that are right answers themselves: answer as JSON → kind."""
        right = self.answers["right"]
        found = {json.dumps(slip): kind for answer in right for kind, slip in mutants(self.answer.source, answer)}
        return {slip: kind for slip, kind in found.items() if json.loads(slip) not in right}


class Chapter:
    """A chapter with its solutions, its release, and the answers to try. It may be one that is only begun.

    Raises:
        CourseError: if an exercise has no check.
    """

    def __init__(self, name):
        self.name = name
        path = chapters.notebook_path(chapters.source_folder(), name)
        self.source = nbformat.read(path, as_version=4)
        self.release = nbformat.reads(chapters.released_notebook(name), as_version=4)
        listed = ANSWERS / f"{name}.toml"
        answers = tomllib.loads(listed.read_text(encoding="utf-8")) if listed.exists() else {}
        cells = {cell.metadata.nbgrader.grade_id: cell for cell in self.source.cells if "nbgrader" in cell.metadata}
        released = {cell.metadata.nbgrader.grade_id: cell for cell in self.release.cells if "nbgrader" in cell.metadata}
        exercises = [key for key, cell in cells.items() if is_solution(cell) and not is_grade(cell)]
        for key in exercises:
            if key + CHECK not in cells:
                raise CourseError(f"{name}: the exercise {key} needs a check, with the grade_id {key + CHECK}.")
        self.exercises = [
            Exercise(key, released[key], cells[key + CHECK], {"right": [], "wrong": [], **answers.get(key, {})})
            for key in exercises
        ]
        self.unused_answers = answers.keys() - {exercise.name for exercise in self.exercises}

    def judges(self, secret):
        """Return the judge of each exercise."""
        return judges(work_out({exercise.name: exercise.check.source for exercise in self.exercises}, secret))

    def try_all(self, shell, exercise, attempts, judges_by_secret):
        """Type each attempt at an exercise, with each secret: (exercise, attempt as JSON, secret, *Outcome)."""

        def one(attempt, secret):
            os.environ["COURSE_SECRET"] = secret
            run(shell, exercise.filled(attempt))
            outcome = grade(shell, exercise.check)
            said = judged(shell, exercise.check, judges_by_secret[secret][exercise.name])
            return [exercise.name, json.dumps(attempt), secret, outcome.score, outcome.text, said]

        found = []
        for attempt in attempts:  # the answer is typed anew for each secret, so one process will do for all of them
            found += in_a_fork(lambda attempt=attempt: [one(attempt, secret) for secret in judges_by_secret])
        return found


def named_by_cells(shell):
    """Return what each name of a cell stands for, by its identity."""
    return {name: id(value) for name, value in shell.user_ns.items() if not name.startswith("_")}


@dataclass(frozen=True)
class Played:
    """A chapter that has been run from its first cell to its last.

    Attributes:
        names: what its cells have named.
        outcomes: (exercise, attempt as JSON, secret) → Outcome.
        printed: by the id of a cell, what it showed as text.
    """

    names: SimpleNamespace
    outcomes: dict
    printed: dict


def played(name, slips=False, secrets=tuple(f"seed {seed}" for seed in SEEDS)):
    """Run a chapter as it stands, explorers, questions and checks too, and try every answer with every secret.

    With `slips` the right answers with one slip in them are tried in place of the listed ones.

    Raises:
        AssertionError: if a cell stops, complains or leaves names behind. To find that twice, nothing is run again.
    """
    found = _played(name, slips, secrets)
    if isinstance(found, str):
        raise AssertionError(found)
    return found


@functools.lru_cache(maxsize=1)
def _played(name, slips, secrets):
    """Return what `played` does, or the words of its error."""
    RecordingShell.clear_instance()
    linecache.clearcache()  # or cells of a chapter that this process ran before would pass for cells of this one
    try:
        with shared(os.environ["COURSE_TRAININGS"]):
            return _play(RecordingShell.instance(), name, slips, secrets)
    except AssertionError as fault:
        return str(fault)
    finally:
        RecordingShell.clear_instance()  # or other tests would take themselves to be in a notebook


def _play(shell, name, slips, secrets):
    chapter = Chapter(name)
    exercises = {exercise.name: exercise for exercise in chapter.exercises}
    judges_by_secret = {secret: chapter.judges(secret) for secret in secrets}
    tried, printed = [], {}
    for cell in chapter.source.cells:
        if cell.cell_type == "code":
            if is_solution(cell) and not is_grade(cell):
                exercise = exercises[cell.metadata.nbgrader.grade_id]
                attempts = map(json.loads, exercise.mutants) if slips else exercise.attempts
                tried += chapter.try_all(shell, exercise, attempts, judges_by_secret)
            before = named_by_cells(shell)
            captured, error = run(shell, cell.source)
            here = f"{name}, the cell that begins with `{cell.source.partition(chr(10))[0]}`"
            trace = COLOUR_CODE.sub("", error).strip()
            print(trace, end="")  # pytest shows it once, with the first of the tests that this run is for
            assert not error, f"{here}, stopped: {trace.splitlines()[-1]}"
            assert not is_grade(cell) or named_by_cells(shell) == before, f"{here}, leaves names behind"
            assert not captured.stderr, f"{here}, complains, which would cost its points: {captured.stderr}"
            shown = [output.data.get("text/plain", "") for output in captured.outputs]
            printed[cell.id] = "\n".join([captured.stdout.rstrip("\n"), *shown])
    outcomes = {(exercise, attempt, secret): Outcome(*outcome) for exercise, attempt, secret, *outcome in tried}
    return Played(SimpleNamespace(**shell.user_ns), outcomes, printed)


def chapters_with_answers():
    return sorted(path.stem for path in ANSWERS.glob("*.toml"))


def one_sentence(text):
    """Tell whether `text` is what a learner should read: one line, of one or two sentences, and no stack trace."""
    return "\n" not in text and not re.search(r"Traceback|Cell In\[|AssertionError|CheckFailed", text)
