"""Trainings that tests share: what a page or another test has trained, to the bit, nobody trains again.

`make check` keeps them from one run to the next. `make test` begins with none.
"""

import fcntl
import hashlib
import os
import time
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

import course_utils

_PATIENCE = 60  # seconds for another process that trains the same network
_KEPT = 3 * 24 * 60 * 60  # seconds that a training is kept when nobody asks for it


class Shelf:
    """What trainings gave, by key, each in a file of its own, for all processes.

    Who asks for one that is not there is about to train it; others who ask meanwhile wait.

    Args:
        folder: where all of them are; what another `fit` or another torch has trained is not looked at.
    """

    def __init__(self, folder: str) -> None:
        training = Path(course_utils.__file__).with_name("training.py")
        made_by = hashlib.sha256(training.read_bytes() + version("torch").encode()).hexdigest()
        self._folder = Path(folder, made_by[:16])
        self._folder.mkdir(parents=True, exist_ok=True)
        self._begun = {}

    def __contains__(self, key: str) -> bool:
        file = self._file(key)
        if not file.exists() and key not in self._begun:
            lock = (self._folder / f"{key}.lock").open("w")
            deadline = time.monotonic() + _PATIENCE
            while not _locked(lock) and not file.exists() and time.monotonic() < deadline:
                time.sleep(0.05)
            if file.exists():
                lock.close()
            else:
                self._begun[key] = lock
        return file.exists()

    def __getitem__(self, key: str) -> str:
        os.utime(self._file(key))
        return self._file(key).read_text()

    def __setitem__(self, key: str, trained: str) -> None:
        unfinished = self._folder / f"{key}.{os.getpid()}"
        unfinished.write_text(trained)
        unfinished.rename(self._file(key))
        if key in self._begun:
            self._begun.pop(key).close()

    def _file(self, key: str) -> Path:
        return self._folder / f"{key}.json"


def _locked(file) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def tidy(folder: Path) -> None:
    """Remove what nobody has asked for of late."""
    for file in folder.glob("*/*"):
        if file.stat().st_mtime < time.time() - _KEPT:
            file.unlink(missing_ok=True)


def share(folder: str) -> None:
    """Take trainings from there, and put them there, from now on."""
    from course_utils import rehearsed  # it imports torch, which few tests need

    shelf = Shelf(folder)
    rehearsed.give(shelf)
    rehearsed.keep_with(shelf.__setitem__)


@contextmanager
def shared(folder: str):
    """Share trainings for a while."""
    from course_utils import rehearsed

    share(folder)
    try:
        yield
    finally:
        rehearsed.give({})
        rehearsed.keep_with(None)


def sharing(folder: str) -> str:
    """Return the code that lets a kernel share trainings; it names nothing there."""
    return f"__import__('runpy').run_path({__file__!r})['share']({folder!r})"
