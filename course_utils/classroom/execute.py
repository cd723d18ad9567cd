"""A student's notebook run in the sandbox: nbgrader's own step, with limits, and with verdicts made outside."""

import asyncio
import contextlib
import json
import os
import signal
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from jupyter_client.manager import AsyncKernelManager
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat.v4 import new_output
from nbformat.validator import isvalid
from nbgrader.preprocessors import Execute
from nbgrader.utils import determine_grade, is_grade, is_solution
from traitlets import Bool, Instance, Integer, Unicode, default

from course_utils.checks import HANDED_OVER, SECRET_VARIABLE
from course_utils.classroom.check_cells import handing_over
from course_utils.classroom.judge import judges, work_out
from course_utils.classroom.marked import said_of_answer
from course_utils.classroom.notes import Note, add_notes, handed_in
from course_utils.classroom.sandbox import Limits, Sandbox, SandboxManager, why_not
from course_utils.classroom.secret import chapter_secret, course_folder, secret_of
from course_utils.classroom.submission import is_deep
from course_utils.errors import CourseError
from course_utils.saved import CHECK, grade_id

NOT_HANDED_OVER = Note(
    "A check got nothing that it could judge, so it earns no points. Ask your instructor.",
    "Handed over nothing that can be judged: {names}. Code in this notebook interferes with the checks.",
    look=True,
)
_KINDS = ("grade", "solution")
_LEAST = 1000  # bytes that each message counts at least: a million empty ones would hold up the class as well

_GIVE_CELLS = '__import__("course_utils.errors.lesson").errors.lesson.give_cells(__import__("json").loads({!r}))'
"""What a kernel runs before the notebook. It names nothing, and shows nothing."""

_GIVE_TRAININGS = '__import__("course_utils.rehearsed").rehearsed.give(__import__("json").loads({!r}))'

STOPPED = "The notebook was stopped: {reason}. Checks before that keep their points, the rest has none."


class _OverTime(Exception):  # noqa: N818 - no error, but the end of a notebook
    """The notebook as a whole took too long."""


class _Unreadable(Exception):  # noqa: N818 - no error, but the end of a notebook
    """The kernel sent something that Jupyter cannot make sense of."""


def cells_of_release(path: Path, checks: Mapping[str, str]) -> str:
    """Return what a kernel is to know of a chapter, as learners have it: the cells of its release, as JSON.

    Args:
        path: the release.
        checks: the sources of the checks that are judged, by their names. They stand there as the kernel runs them.

    Returns:
        Sources, headings and which cells are answers and checks; nothing where no release lies at `path`.
    """
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        kept = [
            {
                "cell_type": cell["cell_type"],
                "source": handing_over(checks.get(grade_id(cell) or "", "")) or "".join(cell["source"]),
                "metadata": {"nbgrader": {key: cell["metadata"].get("nbgrader", {}).get(key) for key in _KINDS}},
            }
            for cell in cells
        ]
    except (OSError, ValueError, KeyError, TypeError, AttributeError):  # sentences name no cell then, and that is all
        return ""
    return json.dumps(kept)


class IsolatedExecute(Execute):
    """Nbgrader's Execute, for code that nobody has read yet.

    The kernel runs in a sandbox, in an empty folder. A cell over its time loses its own points. When the kernel must be
    stopped, all points earned before stay. In the place of a check's cell the kernel runs one that hands the answers
    over. What was expected, and the verdict, the judge works out here, and nothing else that the kernel shows below the
    check stays. A check for which nothing was handed over earns nothing, and the instructor is told.

    Sentences name the same cells as in the learner's own notebook: the kernel is told of the chapter's release before
    anything else runs, and a check that fails says what became of its answer's cell. None of this earns a point.

    Raises:
        CourseError: if the sandbox cannot run here.
    """

    sandbox = Bool(True, help="Run students' code in the sandbox.").tag(config=True)
    iopub_timeout = Integer(10, help="Seconds to wait for a cell's last output.").tag(config=True)
    total_timeout = Integer(600, help="Seconds that a whole notebook may take.").tag(config=True)
    memory_mb = Integer(2048, help="Memory of each process, in MB.").tag(config=True)
    processes = Integer(128, help="Processes and threads at once.").tag(config=True)
    disk_mb = Integer(256, help="Files that the code may write, in MB.").tag(config=True)
    output_mb = Integer(20, help="All output of a notebook, in MB.").tag(config=True)
    secret = Unicode(help="What this chapter's checks draw from; by default made from the class's secret.").tag(
        config=True
    )
    release = Unicode(help="What `cells_of_release` returns; by default of the release in the course's folder.").tag(
        config=True
    )
    expected = Unicode(
        help="What `work_out` returns for the chapter's checks; by default for those in the notebook."
    ).tag(config=True)
    trainings = Unicode(help="What a rehearsal of the chapter has learned, and no kernel need learn again.").tag(
        config=True
    )
    warm = Instance(Sandbox, allow_none=True, help="A sandbox that has done the imports; None starts a new one.")

    @default("secret")
    def _secret_of_the_chapter(self) -> str:
        return chapter_secret(secret_of(course_folder(self)), self._assignment)

    @default("release")
    def _release_in_the_folder(self) -> str:
        course = getattr(getattr(self.parent, "parent", None), "coursedir", None)  # of nbgrader's own command
        if course is None:
            return ""
        folder = course.format_path(course.release_directory, ".", self._assignment)
        return cells_of_release(Path(folder, f"{self._assignment}.ipynb"), self._checks)

    def preprocess(self, nb: Any, resources: Any, km: Any = None) -> tuple[Any, Any]:
        """Run the notebook, as far as it goes, and note in it what the student and the instructor should know."""
        if self.sandbox and (reason := why_not()):
            raise CourseError(reason)
        self.shutdown_kernel = "immediate"
        self.skip_cells_with_tag = "\0"  # or a check that a student has tagged would pass without being run
        self._notes: list[Note] = []
        self._manager: SandboxManager | None = None
        self._distrusted: list[str] = []
        self._reached, self._written, self._overdue = 0, 0, False
        self._begin = time.monotonic()
        self._assignment = resources.get("nbgrader", {}).get("assignment", "")
        self._checks = {cell.metadata.nbgrader.grade_id: cell.source for cell in nb.cells if _is_judged(cell)}
        self._judges = judges(self.expected or work_out(self._checks, self.secret))
        place = resources.setdefault("metadata", {}).get("path", "")
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as empty:
            resources["metadata"]["path"] = empty
            try:
                super().preprocess(nb, resources, km)
            except (DeadKernelError, CellTimeoutError, _OverTime, _Unreadable) as error:
                self._lose_the_rest(error)
            resources["metadata"]["path"] = place
        _replace_what_is_invalid(nb)
        if self._distrusted:
            told = NOT_HANDED_OVER.instructor.format(names=", ".join(self._distrusted))
            self._notes.append(replace(NOT_HANDED_OVER, instructor=told))
        add_notes(nb, self._notes, time.monotonic() - self._begin)
        return nb, resources

    def create_kernel_manager(self) -> AsyncKernelManager:
        """Return the manager of a kernel in the sandbox, or of a plain one where the sandbox is switched off."""
        if not self.sandbox:
            return super().create_kernel_manager()
        limits = Limits(self.total_timeout, self.memory_mb, self.processes, self.disk_mb)
        self.km = self._manager = SandboxManager(config=self.config, limits=limits, warm=self.warm)
        return self.km

    def start_new_kernel(self, **kwargs: Any) -> None:
        """Start the kernel with a secret that is good for this chapter alone, should it be read."""
        environment = {**os.environ, "NBGRADER_EXECUTION": "autograde", SECRET_VARIABLE: self.secret}
        super().start_new_kernel(env=environment, **kwargs)

    def start_new_kernel_client(self, **kwargs: Any) -> Any:
        """Tell the kernel of the release and of what was rehearsed, before it gets anything of the student's."""
        client = super().start_new_kernel_client(**kwargs)
        for code, given in ((_GIVE_CELLS, self.release), (_GIVE_TRAININGS, self.trainings)):
            if given:
                client.execute(code.format(given), silent=True, store_history=False, stop_on_error=False)
        return client

    def preprocess_cell(self, cell: Any, resources: Any, index: int) -> tuple[Any, Any]:
        """Run a cell; in the place of a check's, one that hands over the answers to be judged here."""
        self._reached, self._overdue = index, False
        if time.monotonic() - self._begin > self.total_timeout:
            raise _OverTime
        source, is_judged = cell.source, _is_judged(cell)
        if is_judged:
            cell.source = handing_over(source)
        try:
            with _expecting_anything():
                cell, resources = super().preprocess_cell(cell, resources, index)
        finally:
            cell.source = source
        if is_judged:
            self._judge(cell)
            self._say_what_became_of_the_answer(cell, index)
        return cell, resources

    def _judge(self, check: Any) -> None:
        """Put the verdict in the place of all that the kernel has shown below a check."""
        name = check.metadata.nbgrader.grade_id
        shown = [output.get("data") for output in check.outputs if output.output_type == "display_data"]
        handed = [data[HANDED_OVER] for data in shown if isinstance(data, dict) and HANDED_OVER in data]
        verdict = self._judges[name].verdict(handed[0]) if len(handed) == 1 else None
        if verdict is None and not handed and self._overdue:
            check.outputs = [new_output("error", **self.error_on_timeout)]
        elif verdict is None:
            check.outputs = [_sentence(f"⚠ {NOT_HANDED_OVER.student}")]
            self._distrusted.append(name)
            self.log.warning("The check %s got nothing that it could judge", name)
        elif verdict.startswith("✓"):
            check.outputs = [new_output("stream", name="stdout", text=f"{verdict}\n")]
        else:
            check.outputs = [_sentence(verdict)]

    def _say_what_became_of_the_answer(self, check: Any, index: int) -> None:
        """Let a check that has failed say what it says in JupyterLab, which tells it of its answer's cell."""
        name = str(grade_id(check))
        if determine_grade(check)[0] or name in self._distrusted:
            return
        name = name.removesuffix(CHECK)
        answer = next((each for each in self.nb.cells if grade_id(each) == name), None)
        above = answer if answer in self.nb.cells[:index] else None
        count = handed_in(self.nb, name)
        standing = [answer.source] if answer and count == 1 else [""] * count
        if sentence := said_of_answer(check.source, standing, above):
            check.outputs = [_sentence(sentence)]

    async def _async_handle_timeout(self, timeout: int, cell: Any = None) -> Any:
        self._overdue = True
        reply = await super()._async_handle_timeout(timeout, cell)
        self._notes.append(
            Note(
                f"A cell took longer than {timeout} seconds and was stopped.",
                f"Cell {self._reached + 1} took longer than {timeout} seconds and was stopped.",
                look=True,
            )
        )
        return reply

    async def _async_check_alive(self) -> None:
        if self.sandbox and await self.kc.has_hung_up():
            self._written = (self.output_mb + 1) * 2**20  # one message was too large, and none arrives after it
            raise DeadKernelError("The client has hung up.")
        await super()._async_check_alive()

    def process_message(self, msg: Any, cell: Any, cell_index: int) -> Any:
        """Take what the kernel sends, until it is too much."""
        content = msg["content"]
        self._written += _LEAST + sum(map(len, map(str, content.values()))) + sum(map(len, msg.get("buffers", [])))
        if self._flooded and msg["msg_type"] != "status":
            asyncio.ensure_future(self.km.signal_kernel(signal.SIGKILL))  # noqa: RUF006 - nothing waits for it but its effect
            return None
        return super().process_message(msg, cell, cell_index)

    @property
    def _flooded(self) -> bool:
        return self._written > self.output_mb * 2**20

    def _lose_the_rest(self, error: Exception) -> None:
        reached = self.nb.cells[self._reached]
        if self._flooded:
            reached.outputs = []
        if self._manager and getattr(self._manager.provisioner, "used_up_memory", False):
            reason = f"it used more than {self.memory_mb} MB of memory"
        elif self._flooded:
            reason = f"it wrote more than {self.output_mb} MB of output"
        elif isinstance(error, _OverTime):
            reason = f"it took longer than {self.total_timeout} seconds in all"
        elif self._overdue:
            reason = "a cell did not end when its time was up"
        elif isinstance(error, CellTimeoutError):
            reason = "its output did not end"
        elif isinstance(error, DeadKernelError):
            reason = "the code ended Python itself, or used it up"
        else:
            reason = "the code sent what no notebook sends"
        sentence = STOPPED.format(reason=reason)
        self._notes.append(Note(sentence, f"Cell {self._reached + 1}: {sentence}", look=True))
        for index, cell in enumerate(self.nb.cells[self._reached :]):
            if cell.cell_type == "code":
                kept = cell.outputs if index == 0 and not _is_judged(cell) else []
                said = f"⚠ {sentence}" if index == 0 else "⚠ This cell was not run: the notebook was stopped above."
                cell.outputs = [*kept, _sentence(said)]


@contextlib.contextmanager
def _expecting_anything() -> Iterator[None]:
    """Run a cell. A kernel can send anything, and Jupyter expects nothing ill of it."""
    try:
        yield
    except (DeadKernelError, CellTimeoutError):
        raise
    except Exception as error:
        raise _Unreadable from error


def _is_judged(cell: Any) -> bool:
    """Tell whether a cell is a check of the course's kind; others are run as nbgrader runs them."""
    is_check = cell.cell_type == "code" and is_grade(cell) and not is_solution(cell)
    return is_check and handing_over(cell.source) is not None


def _replace_what_is_invalid(notebook: Any) -> None:
    """Put a sentence in the place of each output that could not be saved."""
    for cell in notebook.cells:
        for index, output in enumerate(cell.get("outputs", [])):
            if is_deep(output) or not isvalid(output, ref="output", version=4, version_minor=5):
                cell.outputs[index] = _sentence("⚠ This output cannot be read.")


def _sentence(text: str) -> Any:
    return new_output("error", ename="CheckFailed", evalue=text, traceback=[text])
