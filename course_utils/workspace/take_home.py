"""All of the learner's folder in one archive, and back."""

import contextlib
import io
import itertools
import os
import re
import stat
import time
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path, PurePosixPath
from typing import IO

from course_utils.chapters import chapter_names, fresh_copy
from course_utils.errors import CourseError, reason
from course_utils.files import sweep, visible, write_whole
from course_utils.workspace.copies import check_folder
from course_utils.workspace.folder import default_folder, typed_command, unusable

MOST_BYTES, MOST_FILES = 500_000_000, 10_000
"""What an archive may hold, unpacked."""

_TOO_MUCH = f"more than {MOST_BYTES // 1_000_000} MB or {MOST_FILES:,} files"
_PIECE = 1_000_000


@dataclass(frozen=True)
class Packed:
    """An archive: its bytes, how many notebooks it holds, and which was saved last and when."""

    content: bytes
    notebooks: int
    latest: str
    saved: float

    def __str__(self) -> str:
        """Return what is in it, as two sentences."""
        count = "1 notebook" if self.notebooks == 1 else f"{self.notebooks} notebooks"
        return f"Packed {count}. The latest, {self.latest}, was saved {_ago(time.time() - self.saved)}."


def _ago(seconds: float) -> str:
    for length, unit in ((86400, "day"), (3600, "hour"), (60, "minute"), (1, "second")):
        if seconds >= length:
            number = int(seconds // length)
            return f"{number} {unit}{'s' if number > 1 else ''} ago"
    return "just now"


def archive_name(folder: Path, number: int = 1) -> str:
    """Return what an archive made today is called."""
    return f"{folder.name}-{date.today().isoformat()}{f'-{number}' if number > 1 else ''}.zip"


def pack(folder: Path) -> list[str]:
    """Put all that is saved in `folder` into one new archive beside it. No file that is there is touched.

    Args:
        folder: the learner's folder. Hidden files in it are left out, and so are links that lead out of it.

    Returns:
        What the learner should know, in one line each: where the archive is, what it holds, how to bring it back.

    Raises:
        CourseError: if there is nothing to pack, or it cannot be read, or the archive cannot be written.
    """
    packed = packed_folder(folder)
    try:
        sweep(folder.parent)
        number = 1
        while os.path.lexists(path := folder.parent / archive_name(folder, number)):
            number += 1
        write_whole(path, packed.content)
    except OSError as error:
        raise CourseError(
            f"No archive can be written in {folder.parent}: {reason(error)}. "
            "Free some space there, or move your folder elsewhere, then try again."
        ) from None
    target = [] if folder == default_folder() else [folder]
    return [
        f"{packed} Only what is saved is packed.",
        f"Your work is in {path}. Keep it, or take it to another computer.",
        f"To bring it back: {typed_command('--from', path, *target)}",
    ]


def packed_folder(folder: Path) -> Packed:
    """Return the archive of `folder`. Writes nothing.

    Raises:
        CourseError: if there is nothing to pack, or it cannot be read.
    """
    if not folder.is_dir():
        raise CourseError(f"There is no folder {folder}. Name the folder that holds your copies.")
    paths = {path.relative_to(folder).as_posix(): path for path in _to_pack(folder)}
    if not _holds_chapters(map(PurePosixPath, paths)):
        raise CourseError(f"There is no chapter in {folder}, so nothing to pack. To begin: {typed_command(folder)}")
    size = 0
    saved: dict[str, float] = {}
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, path in paths.items():
            if problem := _name_problem(name):
                raise CourseError(f"{path} has a name that {problem}. Rename it, then try again.")
            try:
                details = path.stat()
                size += details.st_size
                if size > MOST_BYTES or len(paths) > MOST_FILES:
                    raise CourseError(f"{folder} holds {_TOO_MUCH}. Move elsewhere what is not the course's.")
                entry = zipfile.ZipInfo.from_file(path, name, strict_timestamps=False)
                archive.writestr(entry, path.read_bytes(), zipfile.ZIP_DEFLATED)
            except OSError as error:
                raise _cannot_pack(path, error) from None
            if path.suffix == ".ipynb":
                saved[path.stem] = max(details.st_mtime, saved.get(path.stem, 0))
    latest = max(saved, key=saved.__getitem__)
    return Packed(file.getvalue(), sum(name.endswith(".ipynb") for name in paths), latest, saved[latest])


def _cannot_pack(place: object, error: OSError) -> CourseError:
    return CourseError(f"{place} cannot be packed: {reason(error)}. Move it elsewhere, then try again.")


def _to_pack(folder: Path) -> list[Path]:
    def stop(error: OSError) -> None:
        raise _cannot_pack(error.filename, error)

    inside = folder.resolve()
    return [path for path in visible(folder, stop) if path.is_file() and path.resolve().is_relative_to(inside)]


def _holds_chapters(names: Iterable[PurePosixPath]) -> bool:
    return any(len(name.parts) > 1 and name.suffix == ".ipynb" and name.parts[0] in chapter_names() for name in names)


def _name_problem(name: str) -> str | None:
    if "\\" in name:
        return "holds the sign \\"
    if name.startswith("/") or re.match("[A-Za-z]:", name):
        return "is a place on a disk"
    return "leads out of the folder" if ".." in PurePosixPath(name).parts else None


def bring_back(archive: Path | IO[bytes], folder: Path, chapter: str | None = None) -> list[str]:
    """Put what an archive holds into the learner's folder, beside what differs there and never over it.

    A notebook that is just as it was released counts as no work: it gives way here, and is not brought back over work.

    Args:
        archive: the archive that `pack` made, or an open file with its bytes.
        folder: the learner's folder, new or not.
        chapter: the chapter to be opened afterwards, if one is.

    Returns:
        What was done, in one line a file.

    Raises:
        CourseError: if the archive or the folder will not do. Nothing has changed then, unless the disk is full.
    """
    check_folder(folder, chapter)
    if isinstance(archive, Path) and not archive.is_file():
        raise CourseError(f"There is no archive {archive}. Name the .zip file that was packed.")
    with contextlib.ExitStack() as stack:
        try:
            opened = stack.enter_context(zipfile.ZipFile(archive))
            entries = _checked_entries(opened)
        except CourseError:
            raise
        except Exception as error:  # a damaged archive can make zipfile stop in many ways
            cause = reason(error) if isinstance(error, OSError) and error.strerror else "it is damaged or no .zip file"
            raise CourseError(
                f"The archive cannot be read: {cause}. Nothing was changed. Choose the .zip file that was packed."
            ) from None
        try:
            _check_targets(folder, [path for path, _ in entries])
            lines = [_add(opened.read(entry), folder, path) for path, entry in entries]
        except OSError as error:
            raise unusable(folder, error) from None
    return [line for line in lines if line] or ["All that is in the archive was here already."]


def _checked_entries(opened: zipfile.ZipFile) -> list[tuple[PurePosixPath, zipfile.ZipInfo]]:
    """Return the files of an archive with their places in the learner's folder, after every byte has been read once."""
    if len(opened.infolist()) > MOST_FILES:
        raise _refused(f"holds {_TOO_MUCH}")
    found, size = [], 0
    for entry in opened.infolist():
        if entry.flag_bits & 1:
            raise _refused("is locked with a password")
        kind = stat.S_IFMT(entry.external_attr >> 16)
        problem = _name_problem(entry.orig_filename) or ("is a link" if kind == stat.S_IFLNK else None)
        if problem:
            raise _refused(f"holds {entry.orig_filename!r}, which {problem}")
        if entry.is_dir():
            continue
        with opened.open(entry) as file:
            while piece := file.read(_PIECE):
                size += len(piece)
                if size > MOST_BYTES:  # counted here: what an archive says of its own size may be wrong
                    raise _refused(f"holds {_TOO_MUCH}")
        path = PurePosixPath(entry.filename)
        if path.parts and path.parts[0] != "__MACOSX" and not any(part.startswith(".") for part in path.parts):
            found.append((path, entry))
    below = [(PurePosixPath(*path.parts[1:]), entry) for path, entry in found]
    if len({path.parts[0] for path, _ in found}) == 1 and _holds_chapters(path for path, _ in below):
        found = below
    paths = {path for path, _ in found}
    if not _holds_chapters(paths):
        raise _refused("holds no chapter of this course")
    if any(paths.intersection(path.parents) for path in paths):
        raise _refused("holds a file and a folder of the same name")
    return found


def _refused(problem: str) -> CourseError:
    return CourseError(f"The archive {problem}. Nothing was changed. Choose the .zip file that was packed.")


def _check_targets(folder: Path, paths: list[PurePosixPath]) -> None:
    for parent in {parent for path in paths for parent in path.parents}:
        place = folder / parent
        if place.exists() and not place.is_dir():
            raise CourseError(f"{place} is a file where a folder should be. Rename it, then try again.")
        if not place.resolve().is_relative_to(folder.resolve()):
            raise CourseError(f"{place} is a link that leads out of {folder}. Rename it, then try again.")


def _add(content: bytes, folder: Path, path: PurePosixPath) -> str | None:
    target = folder / path
    target.parent.mkdir(parents=True, exist_ok=True)
    if not os.path.lexists(target):
        write_whole(target, content)
        return f"Added {path}."
    fresh = fresh_copy(path.parts[0]).encode() if _holds_chapters([path]) else None
    if content in (fresh, _content(target)):
        return None
    if fresh is not None and _content(target) == fresh:
        write_whole(target, content)
        return f"Brought back {path}. The copy that was there was as new."
    for number in itertools.count(1):
        beside = target.with_name(f"{path.stem} (brought back{f' {number}' if number > 1 else ''}){path.suffix}")
        if not os.path.lexists(beside):
            write_whole(beside, content)
            return f"Put {path} beside your own, which is as you left it: {beside.name}."
        if _content(beside) == content:
            break
    return None


def _content(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None
