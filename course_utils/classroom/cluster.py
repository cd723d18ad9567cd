"""A Dask cluster as an executor, which says in plain words what is wrong with it."""

import asyncio
import contextlib
import functools
import hashlib
import logging
import socket
import time
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Executor, Future
from pathlib import Path
from typing import Any

from distributed import Client, KilledWorker
from distributed.core import rpc
from distributed.security import Security

import data_generators
from course_utils.errors import CourseError

ANSWER_SECONDS = 10
"""How long a scheduler may take to answer, and then a first worker to join it."""

PATIENCE_SECONDS = 60
"""How long a cluster may be without any worker: one that starts again takes some seconds."""

_SPARE = 2  # notebooks that are ready when others end
_OTHER_VERSION = "This machine needs the course in the same version as yours. Install it, then start Dask again."


class ClusterExecutor(Executor):
    """The workers of a Dask cluster. Work of one that dies goes to another one.

    Work that several workers have died of, and work that is lost with its scheduler, ends with a BrokenExecutor.

    Args:
        address: where the scheduler listens, such as "tcp://10.0.0.1:8786".

    Raises:
        CourseError: if no scheduler answers there, or no worker has joined it.
    """

    def __init__(self, address: str) -> None:
        _silence()
        self._address = address
        try:
            asyncio.run(asyncio.wait_for(_greet(address), ANSWER_SECONDS))
            self._client = Client(address, timeout=ANSWER_SECONDS, set_as_default=False)
        except Exception as error:
            raise CourseError(
                f"No Dask scheduler answers at {address} ({_reason(error)}). Start it, then try again."
            ) from None
        self._executor = self._client.get_executor(pure=False)
        try:
            self._look_over()
        except CourseError:
            self.shutdown(wait=False)
            raise
        self._seen = time.monotonic()

    def _look_over(self) -> None:
        """See that there are workers, and that all machines have this very course: others cannot read a job."""
        try:
            self._client.wait_for_workers(1, timeout=ANSWER_SECONDS)
        except Exception:
            raise CourseError(
                f"No worker has joined {self._address}. On each machine: dask worker {self._address}"
            ) from None
        versions: dict[str, Any] = self._client.run(_version, on_error="return")
        try:
            versions[self._address] = self._client.run_on_scheduler(_version)
        except Exception as error:
            versions[self._address] = error
        for address, version in versions.items():
            if version != _version() and not isinstance(version, OSError):  # a worker that has just gone
                raise CourseError(f"On {address}: {_OTHER_VERSION}")

    @property
    def at_once(self) -> int:
        """How many notebooks keep the cluster busy as it is now: one for each thread, and two that are ready.

        Raises:
            CourseError: if it has had no worker for a minute.
        """
        threads, now = self._threads(), time.monotonic()
        if threads:
            self._seen = now
        elif now - self._seen > PATIENCE_SECONDS:
            raise CourseError(
                f"All workers of {self._address} are gone. Start some, then run this again: it goes on where it was."
            )
        return threads + _SPARE

    def _threads(self) -> int:
        with contextlib.suppress(Exception):  # no answer from the scheduler: Dask ends what waits there
            return sum(self._client.nthreads().values())
        return 0

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Send work to the cluster.

        Raises:
            BrokenExecutor: if the scheduler is gone.
        """
        try:
            theirs = self._executor.submit(_on_worker, _version(), fn, *args, **kwargs)
        except Exception:
            raise BrokenExecutor("The scheduler is gone.") from None
        mine: Future[Any] = Future()
        theirs.add_done_callback(functools.partial(_hand_on, mine))
        return mine

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Leave the cluster; what it works on for nobody is dropped, unless `wait`."""
        with contextlib.suppress(Exception):
            self._executor.shutdown(wait=wait)
        with contextlib.suppress(Exception):
            self._client.close(timeout=ANSWER_SECONDS)


async def _greet(address: str) -> None:
    """See that a scheduler answers, before Dask's client tries: it leaves a mess behind where none does."""
    security = Security().get_connection_args("client")
    async with rpc(address, timeout=ANSWER_SECONDS, connection_args=security) as other:
        kind = (await other.identity())["type"]
    if kind != "Scheduler":
        raise ValueError(f"that is a Dask {kind.lower()}")


def _reason(error: Exception) -> str:
    if not isinstance(error, (OSError, TypeError, ValueError)):
        return "something else listens there"  # and its answer made no sense, in one of many ways
    return " ".join(str(error).split()) or f"nothing for {ANSWER_SECONDS} seconds"


def _silence() -> None:
    """Keep what Dask reports of lost machines from the instructor, who is told what matters of it."""
    for name in list(logging.root.manager.loggerDict):
        if name.partition(".")[0] in ("asyncio", "distributed", "tornado"):
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)


def _on_worker(version: str, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Do work on a worker; return what comes out, or an error that can travel, which not every one can."""
    try:
        if version != _version():
            raise CourseError(_OTHER_VERSION)
        return fn(*args, **kwargs)
    except Exception as error:
        said = str(error) if isinstance(error, CourseError) else f"{type(error).__name__}: {error}"
        return CourseError(f"On {socket.gethostname()}: {said}"[:1000])


@functools.cache
def _version() -> str:
    """Return a name for all code of the course that runs here."""
    digest = hashlib.sha256()
    for package in (Path(__file__).parents[1], Path(data_generators.__file__).parent):
        for path in sorted(package.rglob("*.py")):
            digest.update(f"{path.relative_to(package)}\0{path.read_text(encoding='utf-8')}\0".encode())
    return digest.hexdigest()


def _hand_on(mine: Future[Any], theirs: Future[Any]) -> None:
    if theirs.cancelled():
        mine.set_exception(BrokenExecutor("The scheduler is gone."))
    elif isinstance(error := theirs.exception(), KilledWorker):
        mine.set_exception(BrokenExecutor("Each worker that tried to run this notebook died."))
    elif error is not None:
        mine.set_exception(error)
    elif isinstance(result := theirs.result(), CourseError):
        mine.set_exception(result)
    else:
        mine.set_result(result)
