"""JupyterLab, opened on the learner's folder."""

import contextlib
import os
import secrets
import signal
import socket
import subprocess
import sys
from pathlib import Path

from course_utils.errors import CourseError
from course_utils.workspace.folder import FOLDER_VARIABLE

_PACKAGE = Path(__file__).parent.parent
_FIRST_PORT = 8888


def choose_port(port: int | None) -> int:
    """Return `port` if it is free, or without one the first free port from 8888 on.

    Raises:
        CourseError: if `port` is taken.
    """
    if port is None:
        return next(candidate for candidate in range(_FIRST_PORT, 65536) if _is_free(candidate))
    if not _is_free(port):
        other = next(candidate for candidate in range(min(port + 1, 65000), 65536) if _is_free(candidate))
        raise CourseError(f"Port {port} is taken by another program. Leave out --port, or try --port {other}.")
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
    process = subprocess.Popen(command, env=_lab_environment(token, folder))
    signal.signal(signal.SIGTERM, lambda *_: process.terminate())
    while process.returncode is None:
        with contextlib.suppress(KeyboardInterrupt):  # JupyterLab got it too, and closes its kernels first
            process.wait()
    print(f"JupyterLab has stopped. What you saved is in {folder}.")
    return process.returncode


def _lab_environment(token: str, folder: Path) -> dict[str, str]:
    """Return the environment for JupyterLab: this installation's own tools, and no instructor's panels."""
    environment = dict(os.environ)
    environment[FOLDER_VARIABLE] = str(folder)
    environment["JUPYTER_TOKEN"] = token
    environment["JUPYTER_PREFER_ENV_PATH"] = "1"
    for variable, first in (("PATH", Path(sys.executable).parent), ("JUPYTER_CONFIG_PATH", _PACKAGE / "jupyter")):
        environment[variable] = os.pathsep.join(filter(None, [str(first), environment.get(variable)]))
    return environment
