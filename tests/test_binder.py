"""Binder: its build and its start, run here as far as they are Python.

repo2docker prints the Dockerfile that Binder would build. All of it from the first file of the project on is run in a
fresh environment on a copy of the project, with the copy as its home. What comes before, Ubuntu and conda with a
JupyterLab of its own, is not run: a fresh environment of the same Python stands for it.
"""

import json
import os
import re
import secrets
import shlex
import shutil
import socket
import string
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

import psutil
import pytest
from jupyter_client import BlockingKernelClient
from packaging.utils import canonicalize_name

from course_utils import chapters

ROOT = Path(__file__).resolve().parents[1]
FOLDER = "my-cardiac-ml-course"
CHAPTER = "02_logistic_regression"
BUDGET_MB = 1200  # of Binder's 2 GB

pytestmark = [
    pytest.mark.install,
    pytest.mark.timeout(600),
    pytest.mark.skipif(sys.platform != "linux", reason="Binder's packages are built for Linux."),
]


def badge():
    """The page that README's badge opens."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (page,) = re.findall(r"\(https://mybinder\.org/v2/gh/[\w-]+/cardiac-ml-course/main\?urlpath=(\S+)\)", readme)
    return page


class Binder:
    """The project, built as Binder builds it, and its JupyterLab."""

    def __init__(self, folder):
        self.home, self.venv, self.token = folder / "home", folder / "venv", secrets.token_hex(16)
        self.home.mkdir()
        personal = ("COURSE_", "IPYTHON", "JUPYTER", "MPL", "NBGRADER", "PYTHON", "XDG_")
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(personal)},
            "HOME": str(self.home),
            "REPO_DIR": str(self.home),
            "KERNEL_PYTHON_PREFIX": str(self.venv),
            "PATH": os.pathsep.join([str(self.venv / "bin"), os.environ["PATH"]]),
            "PIP_COMPILE": "0",  # most of what pip would compile is never imported here
            "PIP_RETRIES": "1",  # torch's index is asked for each package, and some machines cannot reach it
        }
        self.build(folder / "src")

    def build(self, source):
        """Run the Dockerfile from the first file of the project on."""
        listed = self.run("git", "ls-files", "-coz", "--exclude-standard", cwd=ROOT).split("\0")
        for name in filter(lambda name: name and (ROOT / name).exists(), listed):
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, source / name)
        printed = self.run(sys.executable, "-m", "repo2docker", "--no-build", "--debug", ".", cwd=source)
        self.python = re.search(r"^Building conda environment for python=(\S+)$", printed, re.MULTILINE)[1]
        same = self.python == "{}.{}".format(*sys.version_info)
        interpreter = sys.executable if same else shutil.which(f"python{self.python}") or sys.executable
        self.run(interpreter, "-m", "venv", str(self.venv))

        lines = printed.replace("\\\n", " ").splitlines()
        first = next(i for i, line in enumerate(lines) if re.match(r"COPY \S+ src/", line))
        for line in lines[first:]:
            instruction, _, rest = line.partition(" ")
            if instruction == "RUN":
                self.run("/bin/sh", "-c", rest)
            elif instruction == "ENV":
                for name, value in (setting.split("=", 1) for setting in shlex.split(rest)):
                    self.environment[name] = string.Template(value).substitute(self.environment)
            elif instruction == "COPY" and "src/" in rest:
                _, origin, target = string.Template(rest).substitute(self.environment).split()
                origin, target = source.parent / origin, Path(target)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copytree(origin, target, dirs_exist_ok=True) if origin.is_dir() else shutil.copy(origin, target)

    def run(self, *command, cwd=None):
        start = time.monotonic()
        done = subprocess.run(
            command,
            cwd=cwd or self.home,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
        )
        print(f"{time.monotonic() - start:6.1f} s  {shlex.join(command)[:100]}")
        assert done.returncode == 0, f"{shlex.join(command)}\n{done.stdout}"
        return done.stdout

    def start(self, log):
        """Start JupyterLab, with the options that Binder gives it."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}/"
        command = [self.environment["R2D_ENTRYPOINT"], "jupyter-lab", "--ip=127.0.0.1", f"--port={port}"]
        command += [f"--ServerApp.token={self.token}", "--ServerApp.port_retries=0", "--no-browser"]
        command += ["--allow-root"] if os.geteuid() == 0 else []
        start = time.monotonic()
        with log.open("w") as output:
            self.process = subprocess.Popen(
                command, cwd=self.home, env=self.environment, stdout=output, stderr=subprocess.STDOUT
            )
        while self.status("api/status") != 200:
            running = self.process.poll() is None and time.monotonic() - start < 90
            assert running, f"JupyterLab did not start.\n{log.read_text()}"
            time.sleep(0.2)
        print(f"{time.monotonic() - start:6.1f} s  until JupyterLab answers")

    def stop(self):
        if self.process.poll() is not None:
            return
        for process in [*psutil.Process(self.process.pid).children(recursive=True), self.process]:
            process.terminate()
        self.process.wait(30)

    def ask(self, path, body=None):
        """Return what the server answers to a browser that knows the token."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, {"Authorization": f"token {self.token}"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.read().decode()

    def status(self, path):
        try:
            self.ask(path)
        except urllib.error.HTTPError as error:
            return error.code
        except urllib.error.URLError:
            return None
        return 200

    def memory(self):
        """Each process of the server with the most memory that it has held, in MB.

        The sum counts libraries that several share more than once: it is never less than what Binder would count.
        """
        server = psutil.Process(self.process.pid)
        peaks = {}
        for process in [server, *server.children(recursive=True)]:
            status = Path(f"/proc/{process.pid}/status").read_text()
            peaks[" ".join(process.cmdline()[1:4])] = int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) / 1000
            print(f"{process.memory_full_info().pss / 1e6:6.0f} MB PSS now")
        return peaks


class Kernel:
    """The kernel of a notebook, started by the server as JupyterLab asks for it."""

    def __init__(self, binder, path):
        body = {"path": path, "name": "", "type": "notebook", "kernel": {"name": "python3"}}
        session = json.loads(binder.ask("api/sessions", body))
        runtime = binder.home / ".local/share/jupyter/runtime"
        self.client = BlockingKernelClient(connection_file=str(runtime / f"kernel-{session['kernel']['id']}.json"))
        self.client.load_connection_file()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=60)

    def run(self, source):
        """Run a cell, and return what it prints."""
        printed = []

        def output(message):
            if message["msg_type"] == "stream":
                printed.append(message["content"]["text"])

        reply = self.client.execute_interactive(source, allow_stdin=False, timeout=60, output_hook=output)["content"]
        assert reply["status"] == "ok", f"{source}\n{reply}"
        return "".join(printed)


@pytest.fixture(scope="module")
def binder():
    with tempfile.TemporaryDirectory() as folder:  # not tmp_path: pytest would keep 1.5 GB
        binder = Binder(Path(folder))
        try:
            binder.start(Path(folder) / "server.log")
            yield binder
        finally:
            binder.stop()


def pinned():
    lines = (ROOT / "binder/requirements.txt").read_text(encoding="utf-8").splitlines()
    pins = (line.split("==") for line in lines if not line.startswith(("#", "--")))
    return {canonicalize_name(name): version for name, version in pins}


def test_requirements_are_those_of_the_lock():
    command = [sys.executable, ROOT / "binder/lock_requirements.py"]
    fresh = subprocess.run(command, capture_output=True, encoding="utf-8")
    assert fresh.returncode == 0, fresh.stderr
    committed = (ROOT / "binder/requirements.txt").read_text(encoding="utf-8")
    assert committed == fresh.stdout, "binder/requirements.txt is not what lock.txt says: run `make lock`."


def test_the_badge_opens_the_first_chapter():
    first = chapters.chapter_names()[0]
    assert badge() == f"lab/tree/{FOLDER}/{first}/{first}.ipynb"
    assert (ROOT / "notebooks" / first / f"{first}.ipynb").is_file()


@pytest.mark.parametrize("name", ["postBuild", "start"])
def test_binders_scripts_are_executable(name):
    assert os.access(ROOT / "binder" / name, os.X_OK)


def test_binder_installs_what_is_pinned_and_the_course_alone(binder):
    assert (ROOT / "binder/runtime.txt").read_text().strip() == f"python-{binder.python}"
    listed = json.loads(binder.run(str(binder.venv / "bin/pip"), "list", "--format=json"))
    installed = {canonicalize_name(package["name"]): package["version"] for package in listed}
    del installed["pip"], installed["cardiac-ml-course"]
    assert installed == pinned()


def test_binder_serves_the_learners_copies_where_the_badge_points(binder):
    assert binder.status(badge()) == 200
    for chapter in chapters.chapter_names():
        path = f"{FOLDER}/{chapter}/{chapter}.ipynb"
        assert binder.status(f"api/contents/{path}") == 200
        served = (binder.home / path).read_text(encoding="utf-8")
        assert served == chapters.released_notebook(chapter)
    assert json.loads(binder.ask(f"api/contents/{badge().removeprefix('lab/tree/')}"))["type"] == "notebook"
    assert "python3" in json.loads(binder.ask("api/kernelspecs"))["kernelspecs"]


def test_binder_shows_no_panel_of_the_instructors(binder):
    page = binder.ask(badge())
    settings = json.loads(re.search(r'id="jupyter-config-data"[^>]*>(.*?)</script>', page, re.DOTALL)[1])
    assert "@jupyter/nbgrader:formgrader" in json.dumps(settings["disabledExtensions"])
    assert binder.status("formgrader") == 404


def test_a_chapter_on_binder_leaves_memory_to_spare(binder):
    kernel = Kernel(binder, f"{FOLDER}/{CHAPTER}/{CHAPTER}.ipynb")
    assert kernel.run("import os; print(os.getcwd())").strip() == str(binder.home / FOLDER / CHAPTER)
    assert kernel.run("print(os.environ['OMP_NUM_THREADS'])").strip() == "1"
    assert kernel.run("print(os.environ['COURSE_FOLDER'])").strip() == str(binder.home / FOLDER)
    solved = json.loads((binder.home / "notebooks" / CHAPTER / f"{CHAPTER}.ipynb").read_text(encoding="utf-8"))
    for cell in solved["cells"]:
        if cell["cell_type"] == "code":
            kernel.run("".join(cell["source"]))
    kernel.run("import torch")
    peaks = binder.memory()
    print(peaks)
    assert len(peaks) >= 2
    assert sum(peaks.values()) < BUDGET_MB, peaks
