"""Make .venv beside this file and install the course into it: python3 bootstrap.py learn|test.

It runs before anything is installed: standard library only, in a syntax that Python 3.6 can still read.
"""

import contextlib
import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows, where README gives the plain pip lines
    fcntl = None

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
STAMP = VENV / "installed.txt"
LOCK = ROOT / ".venv.lock"
LOG = VENV / "install.log"
OLDEST = (3, 11)
NEEDED_GB = 3
TORCH_INDEX = "https://download.pytorch.org/whl/cpu"
DISK_FULL = re.compile(r"\[Errno 28\]|\[WinError 112\]|No space left on device")
NO_NETWORK = re.compile(r"connection broken|timed out|ConnectionResetError|IncompleteRead|ProxyError|SSLError")
NEWS = re.compile(r"\s*((?:Collecting|Downloading|Using cached|Building|Installing) .*?)(?: \(from .*)?$")
LONGEST = "Installing collected packages"


class SetupError(Exception):
    """A reason to stop, with the advice to print."""


@contextlib.contextmanager
def alone():
    """Keep a second install out: two at once would destroy each other's work."""
    with LOCK.open("w") as lock:
        if fcntl:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                message = "The course is being installed in another window. Wait for that, then run this again."
                raise SetupError(message) from None
        yield


def stamp(mode):
    """Return what a finished install notes in .venv: its place, its Python, its mode and the files it came from."""
    installed = (path for path in (ROOT / "course_utils/jupyter").rglob("*") if path.is_file())
    files = [ROOT / "pyproject.toml", ROOT / "lock.txt", *sorted(installed)]
    content = hashlib.sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()
    return [ascii(str(VENV)), f"Python {sys.version_info[0]}.{sys.version_info[1]}", f"{mode} {content}"]


def noted():
    """Return what the last finished install has noted in .venv, nothing if there is none."""
    if not (STAMP.exists() and PYTHON.exists()):
        return []
    return STAMP.read_text(encoding="ascii", errors="replace").splitlines()


def watch(news, done):
    """Show what pip is doing: one line that changes every second, or in a file a new line every 15 seconds."""
    live = sys.stdout.isatty()
    start = time.monotonic()
    while not done.wait(1 if live else 15):
        line = f"{time.monotonic() - start:7.0f} s  {news[-1]}"[:78]
        print(f"\r{line:<78}" if live else line, end="" if live else "\n", flush=True)
    if live:
        print("\r" + " " * 78, end="\r", flush=True)


def explain(title, lines):
    """Turn the output of a failed step into one line of advice."""
    output = "\n".join(lines)
    if DISK_FULL.search(output):
        return f"The disk is full. Free {NEEDED_GB} GB (the temporary folder counts too), then run this again."
    if NO_NETWORK.search(output):
        return (
            f"{title} failed: the server for Python packages could not be reached. Check the internet connection "
            "(in a hospital, ask IT for the proxy settings), then run this again."
        )
    errors = [line for line in lines if line.startswith("ERROR:") and line != "ERROR: Exception:"]
    return f"{title} failed: {(errors or lines or ['no output'])[-1]} (the whole output is in .venv/install.log)"


def run(title, command):
    """Run one step of the installation, with its output in the log and a sign of life on the screen."""
    news, lines, done = ["Starting"], [], threading.Event()
    # A daemon: Ctrl+C may come while it starts, and then nothing here can still tell it to end.
    watcher = threading.Thread(target=watch, args=(news, done), daemon=True)
    watcher.start()
    try:
        process = subprocess.Popen(
            [str(part) for part in command],
            cwd=str(ROOT),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
        )
        try:
            with LOG.open("a", encoding="utf-8") as log:
                for line in process.stdout:
                    log.write(line)
                    log.flush()
                    lines += [line.strip()] if line.strip() else []
                    news += [LONGEST + ", the longest step" if LONGEST in each else each for each in NEWS.findall(line)]
        finally:
            try:
                # After Ctrl+C, which reaches pip too, this is the time it needs to clear its temporary files.
                process.wait(timeout=5)
            except subprocess.TimeoutExpired:
                process.terminate()
                process.wait()
    finally:
        done.set()
        watcher.join()
    if process.returncode:
        raise SetupError(explain(title, lines))


def remove_environment():
    """Remove .venv, which holds nothing but installed packages."""
    # pyvenv.cfg goes last: it tells the next run that the rest may be removed, should this one be stopped on the way.
    for entry in VENV.iterdir():
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(str(entry))
        elif entry.name != "pyvenv.cfg":
            entry.unlink()
    shutil.rmtree(str(VENV))


def prepare():
    """Check what can be checked before a fresh install, and claim an empty .venv for it."""
    if not (importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip")):
        package = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
        raise SetupError(f"This Python lacks its venv module. On Debian or Ubuntu: sudo apt install {package}")
    if os.path.lexists(str(VENV)):
        if not (VENV / "pyvenv.cfg").exists():
            raise SetupError(f"{VENV} exists but is not a Python environment. Move it away, then run this again.")
        print("The environment in .venv is unfinished or was made elsewhere: making it anew.", flush=True)
        remove_environment()
    free = shutil.disk_usage(str(ROOT)).free // 10**8 / 10
    if free < NEEDED_GB:
        raise SetupError(
            f"Only {free} GB of disk is free, and {NEEDED_GB} GB are needed. Free some, then run this again."
        )
    VENV.mkdir()
    (VENV / "pyvenv.cfg").touch()


def install(mode):
    """Bring .venv to what pyproject.toml and lock.txt ask for."""
    wanted, found = stamp(mode), noted()
    torch = re.search(r"^torch==\S+", (ROOT / "lock.txt").read_text(encoding="utf-8"), re.MULTILINE)
    pip = [PYTHON, "-m", "pip", "--disable-pip-version-check", "install"]
    steps = []
    if found[:2] == wanted[:2]:
        print("The list of packages has changed: updating .venv.", flush=True)
        # Without its stamp an environment counts as unfinished, so a broken update is never taken for a good one.
        STAMP.unlink()
    else:
        prepare()
        print("Installing the course, once: it takes about two minutes and 2 GB of disk.", flush=True)
        # Not sys.executable: in an activated .venv that one has just been removed.
        steps.append(("Making the environment in .venv", [sys._base_executable, "-m", "venv", VENV]))
    if sys.platform.startswith("linux"):
        # The CPU build, or pip fetches gigabytes of CUDA. One retry: with none, pip says nothing about a lost network.
        options = ["--no-deps", "--index-url", TORCH_INDEX, "--retries", "1"]
        steps.append(("Installing PyTorch", [*pip, *options, torch.group() if torch else "torch"]))
    project = ".[test]" if mode == "test" else "."
    steps.append(("Installing the other packages", [*pip, "-c", "lock.txt", "-e", project]))
    for number, (title, command) in enumerate(steps, 1):
        print(f"[{number}/{len(steps)}] {title} ...", flush=True)
        run(title, command)
    STAMP.write_text("\n".join(wanted), encoding="ascii")


def main(argv):
    """Install for `learn` or `test`; return the exit status."""
    try:
        if argv not in (["learn"], ["test"]):
            raise SetupError("Usage: python3 bootstrap.py learn, or: python3 bootstrap.py test")
        if sys.version_info < OLDEST:
            found = f"{sys.version_info[0]}.{sys.version_info[1]}"
            raise SetupError(
                f"The course needs Python 3.11 or newer, and this is {found}. "
                f"Name a newer one: make {argv[0]} PYTHON=python3.12"
            )
        if noted() not in (stamp(argv[0]), stamp("test")):
            with alone():
                install(argv[0])
        return 0
    except SetupError as error:
        message = str(error)
    except KeyboardInterrupt:
        message = "Stopped before the end. Run this again to install the course."
    except OSError as error:
        message = f"Cannot write in {ROOT}: {error}. Move the course to a folder of your own, then run this again."
        if DISK_FULL.search(str(error)):
            message = explain("", [str(error)])
    print(" ".join(message.split()), file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
