"""Workers that run prepared notebooks: processes of this machine, or of a Dask cluster. Notebook in, notebook out."""

import ctypes
import multiprocessing
import resource
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass
from typing import Any

from course_utils.workspace import WorkspaceError

WORKER_MB = 4096
"""What a worker itself may use, so that no kernel's output can fill the machine's memory."""

_PR_SET_PDEATHSIG = 1


@dataclass(frozen=True)
class Job:
    """One notebook to run.

    Attributes:
        student: whose it is.
        chapter: the chapter.
        notebook: the prepared notebook, as the text of an .ipynb file.
        modules: what the chapter imports; a warm sandbox does so once.
        settings: for the step that runs it, the sections `Execute` and `IsolatedExecute` of nbgrader's configuration.
    """

    student: str
    chapter: str
    notebook: str
    modules: tuple[str, ...]
    settings: dict[str, dict[str, Any]]


_mine = threading.local()  # a sandbox serves one kernel after the other


def run_notebook(job: Job) -> str:
    """Run a prepared notebook; return it with its outputs and notes, as the text of an .ipynb file."""
    import nbformat
    from traitlets.config import Config

    from course_utils.classroom.execute import IsolatedExecute

    def run(warm: Any) -> str:
        notebook = nbformat.reads(job.notebook, as_version=4)
        step = IsolatedExecute(config=Config(job.settings), warm=warm)
        step.log.disabled = True
        step.preprocess(notebook, {"nbgrader": {"assignment": job.chapter}})
        return nbformat.writes(notebook)

    warm = _warm_sandbox(job) if job.settings["IsolatedExecute"].get("sandbox", True) else None
    if warm is None:
        return run(None)
    try:
        return run(warm)
    except RuntimeError:  # no kernel could be forked here: each gets a sandbox of its own, which takes longer
        warm.close()
        _mine.warm = None
        return run(None)


def _warm_sandbox(job: Job) -> Any:
    from course_utils.classroom.sandbox import Sandbox

    if getattr(_mine, "modules", None) != job.modules:
        if getattr(_mine, "warm", None):
            _mine.warm.close()
        _mine.warm, _mine.modules = Sandbox(list(job.modules)), job.modules
    return _mine.warm


def local_executor(workers: int) -> Executor:
    """Return `workers` processes of this machine, which end when this one does."""
    return ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn"), initializer=_begin_worker)


def _begin_worker() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the process that talks to the instructor
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    resource.setrlimit(resource.RLIMIT_DATA, (WORKER_MB * 2**20, WORKER_MB * 2**20))


def cluster_executor(address: str) -> Executor:
    """Return the workers of a Dask cluster; work of a worker that dies goes to another one.

    Raises:
        WorkspaceError: if Dask is not installed, or no scheduler answers.
    """
    try:
        from distributed import Client
    except ImportError:
        raise WorkspaceError("A cluster needs Dask: .venv/bin/pip install -c lock.txt -e '.[cluster]'") from None
    try:
        client = Client(address, timeout=10, set_as_default=False)
    except (OSError, ValueError) as error:
        raise WorkspaceError(f"No Dask scheduler answers at {address} ({error}). Start it, then try again.") from None
    return client.get_executor(pure=False, retries=1)


def run_all(
    jobs: Iterator[Job], make_executor: Callable[[], Executor], at_once: int
) -> Iterator[tuple[Job, str | BaseException]]:
    """Run jobs, `at_once` of them at a time, and yield each with its notebook, or with the error that it met.

    A worker that dies takes its whole pool along. Those that were under way are then run again, one at a time, so that
    only the one that kills its worker is lost.
    """
    executor = make_executor()
    running: dict[Future[str], Job] = {}
    again: list[Job] = []
    try:
        while True:
            while not again and len(running) < at_once and (job := next(jobs, None)):
                running[executor.submit(run_notebook, job)] = job
            if again and not running:
                job = again.pop()
                future = executor.submit(run_notebook, job)
                error = future.exception()
                yield job, error or future.result()
                if isinstance(error, BrokenExecutor):
                    executor = make_executor()
                continue
            if not running:
                return
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                job, error = running.pop(future), future.exception()
                if isinstance(error, BrokenExecutor):
                    again.append(job)
                else:
                    yield job, error or future.result()
            if again and not running:
                executor = make_executor()
    finally:
        executor.shutdown(wait=False, cancel_futures=True)
        for process in multiprocessing.active_children():
            process.kill()
