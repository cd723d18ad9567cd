"""Grade a class: prepare and save one by one with nbgrader's own steps, run the notebooks in workers."""

import contextlib
import errno
import functools
import gc
import multiprocessing
import os
import sys
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
import nbgrader.api

from course_utils.classroom.course import Classroom, why_no_folder
from course_utils.classroom.execute import cells_of_release
from course_utils.classroom.exercise import exercise_cells, take_over
from course_utils.classroom.gradebook import read_gradebook
from course_utils.classroom.journal import Journal, Key, key_of
from course_utils.classroom.judge import work_out
from course_utils.classroom.marked import grading_of, one_line
from course_utils.classroom.rehearsal import TRAINS, Rehearsal
from course_utils.classroom.sandbox import sweep, why_not
from course_utils.classroom.secret import chapter_secret, is_guessable, refuse_forgotten, secret_of
from course_utils.classroom.submission import read_handed_in, why_refused
from course_utils.classroom.workers import Job, cluster_executor, local_executor, run_all
from course_utils.errors import CourseError, reason
from course_utils.files import is_full

_PUBLIC = "No secret: checks draw the data that every learner sees. `course secret` makes one for your class."
_GUESSABLE = "This secret could be guessed. `course secret` makes a long one, with which all are graded again."
_CHANGED = {
    "release": "the chapter was released anew",
    "secret": "the secret is another one",
    "submission": "handed in anew",
    "late": "another due date, penalty, or time of handing in",
}
_UNKNOWN = "the graded notebook was lost, changed, or made in another way"
_GO_ON = "Run this again, and it goes on where it was."
_REHEARSAL = 300.0  # seconds that a rehearsal is waited for
_EVERY = 5.0  # seconds between two lines of progress where the output is not a terminal


@dataclass(frozen=True)
class Options:
    """How to grade.

    Attributes:
        students: whom to grade; all who have handed in where it is empty.
        workers: notebooks that run at once; by default one for each core of this machine, or thread of the cluster.
        timeout: seconds for a cell; None leaves nbgrader's configuration as it is.
        memory_mb: memory of each process of a student's code, in MB; None as above.
        secret: what checks draw their data from; by default `COURSE_SECRET`, or else what `course secret` has made.
        sandbox: whether students' code is kept away from this machine.
        force: whether to grade again what is graded already.
        exercise: the number of an exercise to grade again, and no other, for those who are graded; None grades all.
        cluster: the address of a Dask scheduler, such as "tcp://10.0.0.1:8786"; None grades on this machine.
    """

    students: tuple[str, ...] = ()
    workers: int | None = None
    timeout: int | None = None
    memory_mb: int | None = None
    secret: str | None = None
    sandbox: bool = True
    force: bool = False
    exercise: int | None = None
    cluster: str | None = None


@dataclass
class GradingRun:
    """What a run did: whom it graded, whom not and why, who had been graded before, who needs a look, and a warning."""

    graded: list[str] = field(default_factory=list)
    before: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    looks: dict[str, list[str]] = field(default_factory=dict)
    seconds: float = 0.0
    warning: str = ""
    stopped: str = ""

    def __str__(self) -> str:
        """Return what the instructor should know at the end."""
        lines = [f"{len(self.graded)} graded in {self.seconds:.0f} seconds, {len(self.before)} graded before."]
        for title, students in (("Could not be graded", self.failed), ("Needs a look", self.looks)):
            for student, said in students.items():
                lines += [f"{title}: {student}: {sentence}" for sentence in ([said] if isinstance(said, str) else said)]
        return "\n".join([*lines, self.warning] if self.warning else lines)


def grade(folder: Path, chapter: str, options: Options, say: Callable[[str], None] = print) -> GradingRun:
    """Grade the submissions of a chapter that have no mark yet, or have changed since they got it.

    Args:
        folder: the folder of the nbgrader course.
        chapter: the chapter's name or the beginning of it, such as "02".
        options: how to grade.
        say: where lines for the instructor go.

    Returns:
        What was done.

    Raises:
        CourseError: if nothing can be graded; the message says why, and what to do.
    """
    if options.sandbox and not options.cluster and (reason := why_not()):
        raise CourseError(reason)
    classroom = Classroom(folder, chapter)
    release = classroom.release()
    students = _chosen(classroom, options.students)
    journal = Journal(folder, classroom.chapter)
    nbgrader.api.app_log.disabled = True  # it would print the traces of what is said in one line
    gc.freeze()  # what has been imported stays, and need not be looked at again
    with journal.alone(), warnings.catch_warnings(), _one_engine():
        warnings.simplefilter("ignore")  # SQLAlchemy has much to say of nbgrader's ways
        try:
            sweep()
            return _Grader(classroom, journal, options, release).grade(students, say)
        finally:
            for process in multiprocessing.active_children():  # they have been killed, and hold their folders till then
                process.join(5)
            sweep()


@contextlib.contextmanager
def _one_engine() -> Iterator[None]:
    """Let the gradebooks that nbgrader opens, ten for a submission, share the queries that SQLAlchemy has compiled."""
    create_engine = nbgrader.api.create_engine
    nbgrader.api.create_engine = functools.cache(create_engine)
    try:
        yield
    finally:
        nbgrader.api.create_engine = create_engine


def _chosen(classroom: Classroom, students: tuple[str, ...]) -> list[str]:
    present = classroom.students()
    if not present:
        raise CourseError(
            f"Nobody has handed in {classroom.chapter}. Put notebooks into "
            f"submitted/NAME/{classroom.chapter}/{classroom.chapter}.ipynb, then run this again."
        )
    if unknown := set(students) - set(present):
        raise CourseError(f"There is no submission of {', '.join(sorted(unknown))}. There are: {', '.join(present)}.")
    return [student for student in present if not students or student in students]


class _Grader:
    """Grades the submissions of a chapter in one run."""

    def __init__(self, classroom: Classroom, journal: Journal, options: Options, release: dict[str, str]) -> None:
        self._classroom, self._journal, self._options = classroom, journal, options
        self._modules, self._checks = tuple(classroom.modules()), classroom.checks()
        self._workers = options.workers or os.cpu_count() or 1
        if options.secret is None:
            self._secret = secret_of(classroom.folder)
            refuse_forgotten(classroom.folder, self._secret)
        else:
            self._secret = options.secret
        self._chapter_secret = chapter_secret(
            self._secret, classroom.chapter
        )  # made once, here: no worker gets the class's own
        self._common: Key = {
            "release": {name: key_of(source) for name, source in release.items()},
            "secret": key_of(self._chapter_secret) if self._chapter_secret else "",
        }
        self._only = None if options.exercise is None else exercise_cells(release, options.exercise)
        self._keys: dict[str, Key] = {}
        self.run = GradingRun()

    @functools.cached_property
    def _settings(self) -> dict[str, dict[str, Any]]:
        """What the step that runs a notebook needs to know, with what the checks expect: once for all."""
        config, options = self._classroom.config, self._options
        own = {
            "secret": self._chapter_secret,
            "sandbox": options.sandbox,
            "release": cells_of_release(self._classroom.path("release", "."), self._checks),
            "expected": work_out(self._checks, self._chapter_secret),
        }
        if options.memory_mb is not None:
            own["memory_mb"] = options.memory_mb
        general = {} if options.timeout is None else {"timeout": options.timeout}
        return {
            "Execute": {**config.get("Execute", {}), **general},
            "IsolatedExecute": {**config.get("IsolatedExecute", {}), **own},
        }

    def grade(self, students: list[str], say: Callable[[str], None]) -> GradingRun:
        """Grade `students`, as far as they have no mark for what they handed in."""
        if not self._secret:
            self.run.warning = _PUBLIC
        elif is_guessable(self._secret):
            self.run.warning = _GUESSABLE
        waiting = self._waiting(students, say)
        countdown = _Countdown(len(students), len(self.run.before), say)
        at_once = self._options.workers if self._options.cluster else self._workers + 1  # one is in reserve
        with self._rehearsal(len(waiting)) as rehearsal:
            results = run_all(self._jobs(waiting, countdown, rehearsal), self._executor, at_once)
            try:
                for job, result in results:
                    if isinstance(result, BaseException):
                        self._fail(job.student, result)
                    else:
                        executed = result if self._only is None else self._beside_the_rest(job.student, result)
                        self._journal.keep(job.student, _of_the_run(self._keys[job.student]), executed)
                        self._save(job.student, executed)
                    countdown.show(self.run)
            except KeyboardInterrupt:
                self.run.stopped = f"It was stopped. {_GO_ON}"
            except OSError as error:
                if not is_full(error):
                    raise
                self.run.stopped = f"The disk is full. Make room first. {_GO_ON}"
            finally:
                del results  # which ends the workers
                countdown.end()
        self.run.seconds = countdown.seconds()
        return self.run

    def _waiting(self, students: list[str], say: Callable[[str], None]) -> list[str]:
        """Return those of `students` who are to be graded, remember the others, and say why anybody is graded again."""
        _, marks = read_gradebook(self._classroom.folder, self._classroom.chapter, self._classroom.db_url)
        marked = {
            student for student, cells in marks.items() if any(mark.points is not None for mark in cells.values())
        }
        lateness = self._classroom.lateness(students)
        waiting, left = [], []
        reasons: Counter[str] = Counter()
        for student in students:
            path = self._classroom.path("submitted", student)
            if problem := why_no_folder(student):
                self.run.failed[student] = f"{problem[0].upper()}{problem[1:]}."
                continue
            if problem := why_refused(path):
                self.run.failed[student] = one_line(problem)
                continue
            try:
                content = read_handed_in(path)
            except OSError as error:
                self.run.failed[student] = one_line(f"{path} cannot be read ({reason(error)}). Make it readable.")
                continue
            key = {**self._common, "submission": key_of(content), "late": lateness[student]}
            graded = self._classroom.path("autograded", student)
            before = self._journal.saved_key(student) if student in marked else None
            intact = before is not None and self._journal.is_saved(student, before, graded)
            if self._only is not None:
                if before and intact and all(before.get(part) == key[part] for part in ("submission", "secret")):
                    new = {name: key["release"][name] for name in self._only}
                    key["release"] = {**before.get("release", {}), **new}  # other marks are as old as they were
                    waiting.append(student)
                else:
                    left.append(student)
            elif intact and before == key and not self._options.force:
                self.run.before.append(student)
                self._look(student, nbformat.read(graded, as_version=4))
            else:
                waiting.append(student)
                if student in marked and not self._options.force:
                    changed = [_CHANGED[part] for part in key if before.get(part) != key[part]] if before else []
                    reasons.update(changed or [_UNKNOWN])
            self._keys[student] = key
        for changed_part, count in reasons.items():
            say(f"{count} to grade again: {changed_part}.")
        if self._only is not None:
            say(f"Exercise {self._options.exercise} is graded again for {len(waiting)}. All other marks stay.")
        if left:
            say(f"Left to `course grade {self._classroom.chapter}`, since more has changed: {', '.join(left)}.")
        return waiting

    def _beside_the_rest(self, student: str, executed: str) -> str:
        """Return the notebook that was graded before, with the one exercise as it was just run."""
        before = nbformat.read(self._classroom.path("autograded", student), as_version=4)
        after = nbformat.reads(executed, as_version=4)
        take_over(before, after, self._only or (), self._common["release"])
        return nbformat.writes(before)

    def _rehearsal(self, number: int) -> AbstractContextManager[Rehearsal | None]:
        """Rehearse the chapter while it is graded, if its networks learn and more wait than are served at once."""
        if TRAINS in self._modules and number > self._workers:
            return Rehearsal(self._classroom.path("release", "."))
        return contextlib.nullcontext()

    def _jobs(self, students: list[str], countdown: "_Countdown", rehearsal: Rehearsal | None) -> Iterator[Job]:
        """Prepare submissions as workers become free; one that has been run before a stop is only saved."""
        begun = 0
        for student in students:
            try:
                anew = self._options.force or self._only is not None
                kept = None if anew else self._journal.executed(student, _of_the_run(self._keys[student]))
                if kept is not None:
                    self._save(student, kept)
                    countdown.show(self.run)
                    continue
                notebook = self._classroom.prepare(student)
            except Exception as error:
                self._fail(student, error)
                continue
            settings = self._settings
            if rehearsal:  # it has one of the processors, and those on the others need not wait for it
                known = rehearsal.known(_REHEARSAL if begun == self._workers - 1 else 0)
                settings = {**settings, "IsolatedExecute": {**settings["IsolatedExecute"], "trainings": known}}
            begun += 1
            yield Job(student, self._classroom.chapter, notebook, self._modules, settings)

    def _executor(self) -> Executor:
        if self._options.cluster:
            return cluster_executor(self._options.cluster)
        return local_executor(self._workers)

    def _save(self, student: str, executed: str) -> None:
        notebook = nbformat.reads(executed, as_version=4)
        try:
            self._classroom.save(student, notebook, self._only)
        except RuntimeError as error:
            self._fail(student, error)
            return
        self._journal.mark_saved(student, self._keys[student], self._classroom.path("autograded", student))
        self.run.graded.append(student)
        self._look(student, notebook)

    def _look(self, student: str, notebook: Any) -> None:
        notes = [note for note in grading_of(notebook).notes if note.look]
        if notes:
            self.run.looks[student] = [note.instructor for note in notes]

    def _fail(self, student: str, error: BaseException) -> None:
        if is_full(error):  # so it would be with everybody who comes next
            raise OSError(errno.ENOSPC, str(error))
        said = str(error) if isinstance(error, CourseError) else f"{type(error).__name__}: {error}"
        self.run.failed[student] = one_line(said)


def _of_the_run(key: Key) -> Key:
    """Return what a notebook's run depends on, of all that its marks depend on."""
    return {part: value for part, value in key.items() if part != "late"}


class _Countdown:
    """How far a run is: one line that changes on a terminal, and a line now and then elsewhere."""

    def __init__(self, total: int, before: int, say: Callable[[str], None]) -> None:
        self._total, self._before, self._say = total, before, say
        self._begin = self._shown = time.monotonic()
        self._live = sys.stdout.isatty() and say is print
        if before:
            say(f"{before} of {total} have been graded already.")

    def show(self, run: GradingRun) -> None:
        """Say how many are graded, how many failed, and how long the rest will take."""
        now = time.monotonic()
        done = len(run.graded) + len(run.failed)
        left = (now - self._begin) / max(done, 1) * (self._total - self._before - done)
        line = (
            f"{self._before + done} of {self._total} graded, {len(run.looks)} to look at, "
            f"{len(run.failed)} failed, {int(left // 60)}:{int(left % 60):02} left"
        )
        if self._live:
            print(f"\r{line:<79}", end="", flush=True)
        elif now - self._shown > _EVERY:
            self._shown = now
            self._say(line)

    def seconds(self) -> float:
        """Return how long the run has taken."""
        return time.monotonic() - self._begin

    def end(self) -> None:
        """Clear the line that changes."""
        if self._live:
            print("\r" + " " * 79, end="\r", flush=True)
