"""Workers that run prepared notebooks: processes of this machine, or of a Dask cluster. Notebook in, notebook out."""

import contextlib
import gc
import logging
import multiprocessing
import os
import resource
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass
from multiprocessing import forkserver
from typing import Any

from course_utils.errors import CourseError

WORKER_MB = 4096
"""What a worker itself may use, so that no kernel's output can fill the machine's memory."""

_LOOK_EVERY = 10.0  # seconds after which a cluster that is silent is looked at


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

    logging.getLogger("asyncio").disabled = True  # it reports what a broken kernel leaves behind, with its traces

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
        executed = run(warm)
    except RuntimeError:
        warm.close()
        _mine.warm = None
        if _mine.served:  # it had worked: the next job gets a new one
            _mine.modules = None
        return run(None)
    _mine.served += 1
    return executed


def _warm_sandbox(job: Job) -> Any:
    """Return this worker's warm sandbox; None where no kernel can be forked, and each needs its own sandbox."""
    from course_utils.classroom.sandbox import Sandbox

    if getattr(_mine, "modules", None) != job.modules:
        if getattr(_mine, "warm", None):
            _mine.warm.close()
        _mine.warm, _mine.modules, _mine.served = None, job.modules, 0
        with contextlib.suppress(OSError):  # there is no bubblewrap, as the step that needs it will say
            _mine.warm = Sandbox(list(job.modules))
    return _mine.warm


def begin_imports() -> None:
    """Let the process from which local workers are forked begin its imports, which take seconds, while others go on."""
    multiprocessing.get_context("forkserver").set_forkserver_preload(["course_utils.classroom.execute"])
    forkserver.ensure_running()


def local_executor(workers: int) -> Executor:
    """Return `workers` processes of this machine, which end when this one does."""
    begin_imports()
    context = multiprocessing.get_context("forkserver")
    return ProcessPoolExecutor(workers, mp_context=context, initializer=_begin_worker)


def _begin_worker() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the process that talks to the instructor
    threading.Thread(target=_end_with_parent, daemon=True).start()
    resource.setrlimit(resource.RLIMIT_DATA, (WORKER_MB * 2**20, WORKER_MB * 2**20))
    gc.freeze()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def cluster_executor(address: str) -> Executor:
    """Return the workers of a Dask cluster; work of a worker that dies goes to another one.

    Raises:
        CourseError: if Dask is not installed, no scheduler answers, or no worker has joined it.
    """
    try:
        from course_utils.classroom.cluster import ClusterExecutor  # here: Dask is an extra
    except ImportError:
        raise CourseError("A cluster needs Dask: .venv/bin/pip install -c lock.txt -e '.[cluster]'") from None
    return ClusterExecutor(address)


def run_all(
    jobs: Iterator[Job], make_executor: Callable[[], Executor], at_once: int | None
) -> Iterator[tuple[Job, str | BaseException]]:
    """Run jobs, `at_once` of them at a time, and yield each with its notebook, or with the error that it met.

    A worker that dies takes its whole pool along. Those that were under way are then run again, one at a time, so that
    only the one that kills its worker is lost.

    Args:
        jobs: what to run.
        make_executor: returns the workers, and new ones in place of broken ones.
        at_once: how many jobs are sent out at a time; None asks the executor, since a cluster grows and shrinks.
    """
    executor = make_executor()
    running: dict[Future[str], Job] = {}
    again: list[Job] = []
    alone: Future[str] | None = None
    broken = False
    try:
        while True:
            if broken and not running:
                executor.shutdown(wait=False, cancel_futures=True)
                executor, broken = make_executor(), False
            suspects = bool(again)
            most = int(not running) if suspects else at_once or executor.at_once  # type: ignore[attr-defined]
            while not broken and len(running) < most and (job := again.pop() if suspects else next(jobs, None)):
                try:
                    future = executor.submit(run_notebook, job)
                except BrokenExecutor:  # its worker died while somebody else's marks were saved
                    again.append(job)
                    broken = True
                else:
                    running[future] = job
                    alone = future if suspects else None
            if not running and not broken:
                return
            for future in wait(running, _LOOK_EVERY, FIRST_COMPLETED).done:
                job, error = running.pop(future), future.exception()
                broken = broken or isinstance(error, BrokenExecutor)
                if isinstance(error, BrokenExecutor) and future is not alone:
                    again.append(job)
                else:
                    yield job, error or future.result()
    finally:
        executor.shutdown(wait=False, cancel_futures=True)
        for process in multiprocessing.active_children():
            process.kill()
