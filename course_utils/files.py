"""Files of the learner's folder: listed without the hidden ones, and written whole or not at all."""

import contextlib
import errno
import os
import re
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

_DRAFT = ".course-draft-"
_OLD = 3600  # seconds after which a draft is a stopped run's, and not that of another window


def visible(folder: Path, on_error: Callable[[OSError], None] | None = None) -> Iterator[Path]:
    """Yield all that lies in `folder` and below and is not a plain folder, in the order of the names.

    Hidden files and folders are left out, links to folders are not followed, and a folder that is named like a
    notebook is yielded too.

    Args:
        folder: where to look.
        on_error: called with the error for each folder that cannot be read, which is left out.
    """
    for parent, folders, files in os.walk(folder, onerror=on_error):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        named_like_notebooks = [name for name in folders if name.endswith(".ipynb")]
        for name in sorted([*files, *named_like_notebooks]):
            if not name.startswith("."):
                yield Path(parent, name)


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that it appears whole or not at all, also when the computer stops in between."""
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=_DRAFT)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(draft, 0o644)
        os.replace(draft, path)
    except BaseException:
        os.unlink(draft)
        raise


def is_full(error: BaseException) -> bool:
    """Tell whether an error comes from a full disk, also where a library has put it into words of its own."""
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return True
    return bool(
        re.search(r"(OS|Operational)Error\b.*(No space left on device|disk is full|quota exceeded)", str(error))
    )


def sweep(folder: Path) -> None:
    """Remove the drafts that a stopped run left in `folder` itself an hour ago or longer."""
    for path in folder.glob(f"{_DRAFT}*"):
        with contextlib.suppress(OSError):  # another window may have swept it just now
            if time.time() - path.stat().st_mtime > _OLD:
                path.unlink()
