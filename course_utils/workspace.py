"""The learner's folder: their own copy of each chapter, never written over, and JupyterLab opened on it."""

import contextlib
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import nbformat
from nbconvert.exporters import NotebookExporter
from nbgrader.preprocessors import SaveCells

from course_utils.release import release_preprocessors

_HERE = Path(__file__).parent
_FIRST_PORT = 8888


class WorkspaceError(Exception):
    """Something the person at the keyboard can put right; the message says how, in one line."""


def default_folder() -> Path:
    """Return the folder that holds the learner's copies unless they name another."""
    return Path.home() / "my-cardiac-ml-course"


def source_folder() -> Path:
    """Return the folder of the chapters with their solutions: inside an installed package, or beside it in a clone."""
    installed = _HERE / "notebooks"
    return installed if installed.is_dir() else _HERE.parent / "notebooks"


def chapter_names() -> list[str]:
    """Return the names of all chapters, in their order."""
    return sorted(path.stem for path in source_folder().glob("*/*.ipynb") if path.stem == path.parent.name)


def find_chapter(name: str) -> str:
    """Return the chapter that `name` stands for: its whole name or the beginning of it, such as "01".

    Raises:
        WorkspaceError: if none or several begin so.
    """
    names = chapter_names()
    matches = [each for each in names if name and each.startswith(name)]
    if name in names or len(matches) == 1:
        return name if name in names else matches[0]
    raise WorkspaceError(f"There is no chapter {name!r}. Choose one of: {', '.join(names)}.")


def notebook_path(folder: Path, chapter: str) -> Path:
    """Return where a chapter's notebook lies in a folder of chapters."""
    return folder / chapter / f"{chapter}.ipynb"


def released_notebook(chapter: str) -> str:
    """Return a chapter as learners get it, as the text of an .ipynb file: no solution, no hidden test, no output."""
    exporter = NotebookExporter()
    for preprocessor in release_preprocessors():
        if preprocessor is not SaveCells:  # it writes to a gradebook, and a learner has none
            exporter.register_preprocessor(preprocessor, enabled=True)
    text, _ = exporter.from_filename(str(notebook_path(source_folder(), chapter)))
    return text


def prepare_folder(folder: Path, chapter: str) -> None:
    """Make sure that `folder` can be the learner's and that `chapter` will open, then add the copies it lacks.

    Each file appears whole or not at all, also when the computer stops in between. Nothing that is there is touched.

    Raises:
        WorkspaceError: if it is a file, the course's own chapters or a folder of other things, if `chapter` is broken
            there, or if it cannot be read or written. Unless the disk fills up on the way, nothing has changed then.
    """
    try:
        _check_folder(folder, chapter)
        for each in chapter_names():
            _add_chapter(folder, each)
    except OSError as error:
        raise WorkspaceError(
            f"{folder} cannot be used: {(error.strerror or str(error)).lower()}. "
            f"Choose another folder, for example: {_command(default_folder())}"
        ) from None


def _command(folder: Path) -> str:
    """Return the command that opens `folder`, in the form in which this one was typed."""
    return f'make learn ARGS="{folder}"' if "MAKELEVEL" in os.environ else f'course learn "{folder}"'


def _check_folder(folder: Path, chapter: str) -> None:
    if folder.exists() and not folder.is_dir():
        raise WorkspaceError(f"{folder} is a file. Name a folder, for example: {_command(default_folder())}")
    if folder.resolve().is_relative_to(source_folder().resolve()):
        raise WorkspaceError(
            f"{folder} holds the course's own chapters. Work in a copy, for example: {_command(default_folder())}"
        )
    if any((parent / "nbgrader_config.py").exists() for parent in (folder, *folder.parents)):
        raise WorkspaceError(
            f"{folder} is part of an instructor's course. Work elsewhere, for example: {_command(default_folder())}"
        )
    if folder.is_dir():
        present = {entry.name for entry in folder.iterdir() if not entry.name.startswith(".")}
        if present and not present & set(chapter_names()):
            raise WorkspaceError(
                f"{folder} already holds other files, and they are left as they are. "
                f"Name a new folder, for example: {_command(folder / 'my-cardiac-ml-course')}"
            )
    notebook = notebook_path(folder, chapter)
    if notebook.parent.exists() and not notebook.parent.is_dir():
        raise WorkspaceError(f"{notebook.parent} is a file where a folder should be. Rename it, then try again.")
    if notebook.exists():
        _check_notebook(notebook)


def _check_notebook(notebook: Path) -> None:
    try:
        nbformat.validate(nbformat.read(notebook, as_version=4))
    except (nbformat.ValidationError, ValueError, AttributeError, KeyError, TypeError) as error:
        reason = str(error).splitlines()[0][:80] if str(error) else type(error).__name__
        raise WorkspaceError(
            f"{notebook} cannot be read as a notebook ({reason}). Nothing was changed. "
            "Rename it to keep it; the same command then puts a fresh copy in its place."
        ) from None


def _add_chapter(folder: Path, chapter: str) -> None:
    target = notebook_path(folder, chapter)
    target.parent.mkdir(parents=True, exist_ok=True)
    if not target.exists():
        _write_whole(target, released_notebook(chapter).encode())


def _write_whole(path: Path, content: bytes) -> None:
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
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


def choose_port(port: int | None) -> int:
    """Return `port` if it is free, or without one the first free port from 8888 on.

    Raises:
        WorkspaceError: if `port` is taken.
    """
    if port is None:
        return next(candidate for candidate in range(_FIRST_PORT, 65536) if _is_free(candidate))
    if not _is_free(port):
        other = next(candidate for candidate in range(min(port + 1, 65000), 65536) if _is_free(candidate))
        raise WorkspaceError(f"Port {port} is taken by another program. Leave out --port, or try --port {other}.")
    return port


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        if os.name == "posix":  # so that a port whose last server has just closed counts as free
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def open_lab(folder: Path, chapter: str, *, port: int, browser: bool) -> int:
    """Run JupyterLab on `folder`, open at `chapter`, until it is stopped.

    Args:
        folder: the learner's folder.
        chapter: the chapter to open first.
        port: where to listen, on this machine alone.
        browser: whether to open a browser; the address is printed in any case.

    Returns:
        JupyterLab's exit status.
    """
    token = secrets.token_hex(16)
    page = f"/lab/tree/{chapter}/{chapter}.ipynb"
    print(f"Your copies are in {folder}. They stay there, and no later start writes over them.")
    print("JupyterLab opens in a few seconds. If no page appears, open this address:")
    print(f"http://127.0.0.1:{port}{page}?token={token}")
    print("Keep this window open while you learn. To stop, save your notebook and press Ctrl+C here.", flush=True)
    command = [
        *(sys.executable, "-m", "jupyterlab", "-y"),
        *("--ip=127.0.0.1", f"--port={port}", "--ServerApp.port_retries=0", "--Application.log_level=ERROR"),
        *(f"--ServerApp.root_dir={folder}", f"--LabApp.default_url={page}"),
        "--KernelManager.transport_encryption=auto",
    ]
    if not browser:
        command.append("--no-browser")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--allow-root")
    process = subprocess.Popen(command, env=_lab_environment(token))
    signal.signal(signal.SIGTERM, lambda *_: process.terminate())
    while process.returncode is None:
        with contextlib.suppress(KeyboardInterrupt):  # JupyterLab got it too, and closes its kernels first
            process.wait()
    print(f"JupyterLab has stopped. What you saved is in {folder}.")
    return process.returncode


def _lab_environment(token: str) -> dict[str, str]:
    """Return the environment for JupyterLab: this installation's own tools, and no instructor's panels."""
    environment = dict(os.environ)
    environment["JUPYTER_TOKEN"] = token
    environment["JUPYTER_PREFER_ENV_PATH"] = "1"
    for variable, folder in (("PATH", Path(sys.executable).parent), ("JUPYTER_CONFIG_PATH", _HERE / "jupyter")):
        environment[variable] = os.pathsep.join(filter(None, [str(folder), environment.get(variable)]))
    return environment
