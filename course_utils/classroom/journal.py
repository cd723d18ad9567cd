"""What a grading run has done already, so that it can be stopped at any moment and go on."""

import contextlib
import fcntl
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from course_utils.errors import CourseError
from course_utils.files import write_whole

FOLDER = ".course-grading"

Key = dict[str, Any]
"""All that a result depends on, by what each part is called."""


class Journal:
    """The results of one chapter, each kept from its execution on, by a key that names all it depends on.

    Args:
        course: the folder of the nbgrader course.
        chapter: the chapter.
    """

    def __init__(self, course: Path, chapter: str) -> None:
        self._folder = course / FOLDER / chapter
        self._folder.mkdir(parents=True, exist_ok=True)

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """Keep a second run of the same chapter out.

        Raises:
            CourseError: if there is one.
        """
        with open(self._folder / "lock", "w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise CourseError(
                    "This chapter is being graded in another window. Wait for it, then try again."
                ) from None
            yield

    def executed(self, student: str, key: Key) -> str | None:
        """Return the executed notebook that was kept under `key`, if there is one."""
        return self._read(f"{student}.executed", key)

    def keep(self, student: str, key: Key, notebook: str) -> None:
        """Keep an executed notebook."""
        self._write(f"{student}.executed", key, notebook)

    def is_saved(self, student: str, key: Key, graded: Path) -> bool:
        """Tell whether the marks under `key` are in the gradebook, and `graded` is the file that belongs to them."""
        return graded.is_file() and self._read(f"{student}.saved", key) == _digest(graded.read_bytes())

    def mark_saved(self, student: str, key: Key, graded: Path) -> None:
        """Note that the marks under `key` are in the gradebook, with the file that belongs to them."""
        self._write(f"{student}.saved", key, _digest(graded.read_bytes()))

    def saved_key(self, student: str) -> Key | None:
        """Return what a student's marks in the gradebook depend on, as far as it was noted."""
        with contextlib.suppress(OSError, ValueError, KeyError):
            key = json.loads((self._folder / f"{student}.saved.json").read_text(encoding="utf-8"))["key"]
            return key if isinstance(key, dict) else None
        return None

    def _read(self, name: str, key: Key) -> str | None:
        with contextlib.suppress(OSError, ValueError, KeyError):
            entry = json.loads((self._folder / f"{name}.json").read_text(encoding="utf-8"))
            return entry["value"] if entry["key"] == key else None
        return None

    def _write(self, name: str, key: Key, value: str) -> None:
        write_whole(self._folder / f"{name}.json", json.dumps({"key": key, "value": value}).encode())


def graded_with_a_secret(course: Path) -> bool:
    """Tell whether marks of a class, in any chapter, were made on data of its own."""
    for path in (course / FOLDER).glob("*/*.saved.json"):
        key = Journal(course, path.parent.name).saved_key(path.name.removesuffix(".saved.json"))
        if key and key.get("secret"):
            return True
    return False


def key_of(*parts: bytes | str) -> str:
    """Return a name for all that a result depends on."""
    return _digest(
        b"".join(hashlib.sha256(part if isinstance(part, bytes) else part.encode()).digest() for part in parts)
    )


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
