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
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
import nbgrader.api

from course_utils.checks import SECRET_VARIABLE
from course_utils.classroom.course import Classroom, why_no_folder
from course_utils.classroom.execute import cells_of_release
from course_utils.classroom.gradebook import read_gradebook
from course_utils.classroom.journal import Journal, key_of
from course_utils.classroom.judge import secret_for, work_out
from course_utils.classroom.marked import grading_of, one_line
from course_utils.classroom.sandbox import sweep, why_not
from course_utils.classroom.submission import read_handed_in, why_refused
from course_utils.classroom.workers import Job, cluster_executor, local_executor, run_all
from course_utils.errors import CourseError, reason
from course_utils.files import is_full

_GO_ON = "Run this again, and it goes on where it was."
_EVERY = 5.0  # seconds between two lines of progress where the output is not a terminal


@dataclass(frozen=True)
class Options:
    """How to grade.

    Attributes:
        students: whom to grade; all who have handed in where it is empty.
        workers: notebooks that run at once; by default one for each core of this machine, or thread of the cluster.
        timeout: seconds for a cell; None leaves nbgrader's configuration as it is.
        memory_mb: memory of each process of a student's code, in MB; None as above.
        secret: what checks draw their data from; by default the environment's `COURSE_SECRET`.
        sandbox: whether students' code is kept away from this machine.
        force: whether to grade again what is graded already.
        cluster: the address of a Dask scheduler, such as "tcp://10.0.0.1:8786"; None grades on this machine.
    """

    students: tuple[str, ...] = ()
    workers: int | None = None
    timeout: int | None = None
    memory_mb: int | None = None
    secret: str | None = None
    sandbox: bool = True
    force: bool = False
    cluster: str | None = None


@dataclass
class GradingRun:
    """What a run did: whom it graded, whom not and why, who had been graded before, and who needs a look."""

    graded: list[str] = field(default_factory=list)
    before: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    looks: dict[str, list[str]] = field(default_factory=dict)
    seconds: float = 0.0
    stopped: str = ""

    def __str__(self) -> str:
        """Return what the instructor should know at the end."""
        lines = [f"{len(self.graded)} graded in {self.seconds:.0f} seconds, {len(self.before)} graded before."]
        for title, students in (("Could not be graded", self.failed), ("Needs a look", self.looks)):
            for student, said in students.items():
                lines += [f"{title}: {student}: {sentence}" for sentence in ([said] if isinstance(said, str) else said)]
        return "\n".join(lines)


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
    modules, release, checks = classroom.release()
    students = _chosen(classroom, options.students)
    journal = Journal(folder, classroom.chapter)
    nbgrader.api.app_log.disabled = True  # it would print the traces of what is said in one line
    gc.freeze()  # what has been imported stays, and need not be looked at again
    with journal.alone(), warnings.catch_warnings(), _one_engine():
        warnings.simplefilter("ignore")  # SQLAlchemy has much to say of nbgrader's ways
        try:
            sweep()
            return _Grader(classroom, journal, options, tuple(modules), release, checks).grade(students, say)
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

    def __init__(
        self,
        classroom: Classroom,
        journal: Journal,
        options: Options,
        modules: tuple[str, ...],
        release: str,
        checks: dict[str, str],
    ) -> None:
        self._classroom, self._journal, self._options = classroom, journal, options
        self._modules, self._checks = modules, checks
        self._workers = options.workers or os.cpu_count() or 1
        self._secret = options.secret if options.secret is not None else os.environ.get(SECRET_VARIABLE, "")
        self._release = key_of(release, self._secret)
        self._keys: dict[str, str] = {}
        self.run = GradingRun()

    @functools.cached_property
    def _settings(self) -> dict[str, dict[str, Any]]:
        """What the step that runs a notebook needs to know, with what the checks expect: once for all."""
        config, options, chapter = self._classroom.config, self._options, self._classroom.chapter
        own = {
            "secret": self._secret,
            "sandbox": options.sandbox,
            "release": cells_of_release(self._classroom.path("release", "."), self._checks),
            "expected": work_out(self._checks, secret_for(chapter, self._secret)),
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
        waiting = self._without_mark(students)
        countdown = _Countdown(len(students), len(self.run.before), say)
        at_once = self._options.workers if self._options.cluster else self._workers + 1  # one is in reserve
        results = run_all(self._jobs(waiting, countdown), self._executor, at_once)
        try:
            for job, result in results:
                if isinstance(result, BaseException):
                    self._fail(job.student, result)
                else:
                    self._journal.keep(job.student, self._keys[job.student], result)
                    self._save(job.student, result)
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

    def _without_mark(self, students: list[str]) -> list[str]:
        """Return those of `students` who are still to be graded, and remember the others."""
        _, marks = read_gradebook(self._classroom.folder, self._classroom.chapter, self._classroom.db_url)
        marked = {
            student for student, cells in marks.items() if any(mark.points is not None for mark in cells.values())
        }
        waiting = []
        for student in students:
            path = self._classroom.path("submitted", student)
            if problem := why_no_folder(student):
                self.run.failed[student] = f"{problem[0].upper()}{problem[1:]}."
                continue
            if problem := why_refused(path):
                self.run.failed[student] = one_line(problem)
                continue
            stamp = path.parent / "timestamp.txt"
            try:
                parts = [read_handed_in(each) for each in (path, stamp) if each.is_file()]
            except OSError as error:
                self.run.failed[student] = one_line(f"{path} cannot be read ({reason(error)}). Make it readable.")
                continue
            self._keys[student] = key = key_of(self._release, *parts, *[b""] * (2 - len(parts)))
            graded = self._classroom.path("autograded", student)
            if not self._options.force and student in marked and self._journal.is_saved(student, key, graded):
                self.run.before.append(student)
                self._look(student, nbformat.read(graded, as_version=4))
            else:
                waiting.append(student)
        return waiting

    def _jobs(self, students: list[str], countdown: "_Countdown") -> Iterator[Job]:
        """Prepare submissions as workers become free; one that has been run before a stop is only saved."""
        for student in students:
            try:
                kept = None if self._options.force else self._journal.executed(student, self._keys[student])
                if kept is not None:
                    self._save(student, kept)
                    countdown.show(self.run)
                    continue
                notebook = self._classroom.prepare(student)
            except Exception as error:
                self._fail(student, error)
                continue
            yield Job(student, self._classroom.chapter, notebook, self._modules, self._settings)

    def _executor(self) -> Executor:
        if self._options.cluster:
            return cluster_executor(self._options.cluster)
        return local_executor(self._workers)

    def _save(self, student: str, executed: str) -> None:
        notebook = nbformat.reads(executed, as_version=4)
        try:
            self._classroom.save(student, notebook)
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
