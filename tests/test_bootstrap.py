"""bootstrap.py as people meet it: run as a program, in a project of its own.

`python -m venv` is replaced by a stand-in on PYTHONPATH, whose `pip` is a shell script that says what a test wants it
to say. Conditions of the machine (an old Python, a full disk) are set in a `sitecustomize` that Python reads on start.
"""

import ast
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

pytestmark = pytest.mark.install

REPOSITORY = Path(__file__).resolve().parents[1]

FAKE_VENV = '''
import os, pathlib, sys

PIP = """#!/bin/sh
echo "$*" >> "$FAKE_CALLS"
printf '%s\\\\n' "$FAKE_SAYS"
sleep "${FAKE_SECONDS:-0}"
while test -n "$FAKE_HELD_BY" && test -e "$FAKE_HELD_BY"; do sleep 0.05; done
exit "${FAKE_STATUS:-0}"
"""
home = pathlib.Path(sys.argv[1])
(home / "bin").mkdir(exist_ok=True)
(home / "pyvenv.cfg").write_text("home = elsewhere")
(home / "bin/python").write_text(PIP)
(home / "bin/python").chmod(0o755)
with open(os.environ["FAKE_CALLS"], "a") as calls:
    calls.write("venv\\n")
'''


class Project:
    def __init__(self, folder):
        self.folder = folder / "project"
        self.folder.mkdir()
        shutil.copy(REPOSITORY / "bootstrap.py", self.folder)
        (self.folder / "pyproject.toml").write_text('[project]\nname = "a-course"\n')
        (self.folder / "lock.txt").write_text("numpy==2.0\ntorch==2.13.0\n")
        self.fakes = folder / "fakes"
        self.fakes.mkdir()
        (self.fakes / "venv.py").write_text(FAKE_VENV)
        self.log = folder / "calls.txt"
        self.environment = {**os.environ, "PYTHONPATH": str(self.fakes), "FAKE_CALLS": str(self.log), "FAKE_SAYS": ""}

    @property
    def venv(self):
        return self.folder / ".venv"

    def machine(self, code):
        (self.fakes / "sitecustomize.py").write_text(code)

    def command(self, *arguments):
        return [sys.executable, str(self.folder / "bootstrap.py"), *arguments]

    def run(self, *arguments, **environment):
        return subprocess.run(
            self.command(*arguments), capture_output=True, text=True, env={**self.environment, **environment}
        )

    def calls(self):
        """What was asked of venv and pip since the last time."""
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        self.log.unlink(missing_ok=True)
        return lines


@pytest.fixture
def project(tmp_path):
    return Project(tmp_path)


@pytest.fixture
def installed(project):
    assert project.run("learn").returncode == 0
    project.calls()
    return project


def only_line(result):
    """The message of a run that must have failed in the agreed way."""
    assert result.returncode == 2, result.stdout + result.stderr
    assert result.stderr.count("\n") == 1, result.stderr
    assert result.stderr.endswith("\n")
    return result.stderr


# what it does


def test_first_run_numbers_its_steps_and_installs_the_locked_versions(project):
    result = project.run("learn")
    assert result.returncode == 0
    assert result.stderr == ""
    assert "two minutes and 2 GB" in result.stdout
    steps = re.findall(r"^\[(\d)/(\d)\] (.*) \.\.\.$", result.stdout, re.MULTILINE)
    assert [int(number) for number, _, _ in steps] == list(range(1, len(steps) + 1))
    assert {int(total) for _, total, _ in steps} == {len(steps)}
    assert steps[0][2] == "Making the environment in .venv"
    made, *pip = project.calls()
    assert made == "venv"
    assert pip[-1].endswith("install -c lock.txt -e .")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere the ordinary torch is the CPU build")
def test_linux_gets_the_cpu_build_of_the_locked_torch(project):
    project.run("learn")
    torch = project.calls()[1]
    assert "--no-deps" in torch
    assert "--index-url https://download.pytorch.org/whl/cpu" in torch
    assert torch.endswith(" torch==2.13.0")


def test_output_of_pip_goes_to_the_log_and_not_to_the_screen(project):
    result = project.run("learn", FAKE_SAYS="Requirement already satisfied: something")
    assert "already satisfied" not in result.stdout
    assert "already satisfied" in (project.venv / "install.log").read_text()


def test_terminal_shows_what_pip_is_at(project):
    main, terminal = os.openpty()
    environment = {**project.environment, "FAKE_SAYS": "Collecting numpy==2.0 (from a-course)", "FAKE_SECONDS": "1.3"}
    process = subprocess.Popen(project.command("learn"), stdout=terminal, stderr=terminal, env=environment)
    assert process.wait(timeout=20) == 0
    os.close(terminal)
    shown = os.read(main, 100_000).decode()
    os.close(main)
    assert re.search(r"\r +1 s  Collecting numpy==2.0 +", shown)


# when it has nothing to do, and when it has


def test_second_run_returns_at_once(installed):
    start = time.perf_counter()
    result = installed.run("learn")
    assert time.perf_counter() - start < 2  # 0.15 s on an idle machine
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
    assert installed.calls() == []


def test_environment_for_tests_serves_learners_too_and_not_the_other_way_round(installed):
    assert installed.run("test").returncode == 0
    assert installed.calls()[-1].endswith("-e .[test]")
    assert installed.run("learn").returncode == 0
    assert installed.calls() == []


@pytest.mark.parametrize("name", ["lock.txt", "pyproject.toml", "course_utils/jupyter/overrides.json"])
def test_changed_file_updates_the_environment_in_place(installed, name):
    path = installed.folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        file.write("\n# changed\n")
    assert installed.run("learn").returncode == 0
    calls = installed.calls()
    assert calls
    assert "venv" not in calls
    installed.run("learn")
    assert installed.calls() == []


def break_interpreter(project):
    (project.venv / "bin/python").unlink()
    (project.venv / "bin/python").symlink_to("/nowhere/python3")


def move_folder(project):
    project.folder = project.folder.rename(project.folder.with_name("moved"))


def change_python(project):
    project.machine("import sys; sys.version_info = (3, 99, 0)")


def lose_stamp(project):
    (project.venv / "installed.txt").unlink()


@pytest.mark.parametrize("harm", [break_interpreter, move_folder, change_python, lose_stamp])
def test_unusable_environment_is_made_anew(installed, harm):
    harm(installed)
    leftover = installed.venv / "lib" / "half-installed.py"
    leftover.parent.mkdir()
    leftover.touch()
    result = installed.run("learn")
    assert result.returncode == 0, result.stderr
    assert "making it anew" in result.stdout
    assert installed.calls()[0] == "venv"
    assert not leftover.exists()


# how it fails


def test_wrong_argument(project):
    assert "Usage" in only_line(project.run("teach"))
    assert "Usage" in only_line(project.run())


def test_old_python(project):
    project.machine("import sys; sys.version_info = (3, 10, 2)")
    message = only_line(project.run("learn"))
    assert "3.10" in message
    assert "make learn PYTHON=python3.12" in message
    assert not project.venv.exists()


def test_file_is_readable_by_old_pythons():
    ast.parse((REPOSITORY / "bootstrap.py").read_text(), feature_version=(3, 6))


@pytest.mark.parametrize("module", ["venv", "ensurepip"])
def test_venv_module_is_missing(installed, module):
    lose_stamp(installed)
    installed.machine(f"import sys; sys.modules[{module!r}] = None")
    message = only_line(installed.run("learn"))
    assert f"sudo apt install python3.{sys.version_info[1]}-venv" in message
    assert (installed.venv / "bin/python").exists()


def test_too_little_disk_before_the_start(project):
    project.machine("import shutil; shutil.disk_usage = lambda path: shutil._ntuple_diskusage(9e10, 8.8e10, 1.26e9)")
    message = only_line(project.run("learn"))
    assert "Only 1.2 GB" in message
    assert "3 GB" in message
    assert not project.venv.exists()


def test_disk_fills_up_on_the_way(project):
    says = "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device\n"
    assert "disk is full" in only_line(project.run("learn", FAKE_SAYS=says, FAKE_STATUS="1"))


def test_disk_fills_up_under_bootstrap_itself(project):
    project.machine("import os\ndef mkdir(path, *rest): raise OSError(28, 'Kein Platz', path)\nos.mkdir = mkdir")
    assert "disk is full" in only_line(project.run("learn"))


def test_folder_is_not_writable(project):
    project.machine("import os\ndef mkdir(path, *rest): raise PermissionError(13, 'No', path)\nos.mkdir = mkdir")
    message = only_line(project.run("learn"))
    assert "Cannot write" in message
    assert str(project.folder) in message


@pytest.mark.parametrize("kind", ["folder", "file"])
def test_foreign_thing_named_venv_is_left_alone(project, kind):
    thesis = project.venv / "thesis.txt" if kind == "folder" else project.venv
    thesis.parent.mkdir(exist_ok=True)
    thesis.write_text("three years of work")
    assert "not a Python environment" in only_line(project.run("learn"))
    assert thesis.read_text() == "three years of work"
    assert project.calls() == []


@pytest.mark.parametrize(
    "says",
    [
        "WARNING: Retrying (Retry(total=0)) after connection broken by 'NewConnectionError'\nERROR: No matching",
        "    raise ReadTimeoutError(pool, None, 'Read timed out.')\nReadTimeoutError: Read timed out.",
        "ERROR: Could not fetch: SSLError(SSLCertVerificationError(1, 'CERTIFICATE_VERIFY_FAILED'))",
    ],
)
def test_index_is_unreachable(project, says):
    message = only_line(project.run("learn", FAKE_SAYS=says, FAKE_STATUS="1"))
    assert "could not be reached" in message
    assert "internet connection" in message


def test_index_is_unreachable_for_the_real_pip(project):
    (project.fakes / "venv.py").unlink()
    nowhere = "http://127.0.0.1:9"
    proxies = {"HTTPS_PROXY": nowhere, "https_proxy": nowhere, "NO_PROXY": "", "no_proxy": ""}
    pip = {"PIP_CONFIG_FILE": os.devnull, "PIP_FIND_LINKS": "", "PIP_EXTRA_INDEX_URL": "", "PIP_RETRIES": "1"}
    assert "could not be reached" in only_line(project.run("learn", **proxies, **pip))


def test_any_other_failure_quotes_pip_and_names_the_log(project):
    says = "ERROR: first thing\nERROR: No matching distribution found for numpy==2.0\nInformation about nothing"
    message = only_line(project.run("learn", FAKE_SAYS=says, FAKE_STATUS="1"))
    assert "ERROR: No matching distribution found for numpy==2.0" in message
    assert ".venv/install.log" in message
    assert "Information" not in message


def test_failure_without_a_word_is_one_line_too(project):
    assert "no output" in only_line(project.run("learn", FAKE_STATUS="1"))


def test_failed_update_is_not_taken_for_an_installation(installed):
    (installed.folder / "lock.txt").write_text("torch==2.14.0\n")
    only_line(installed.run("learn", FAKE_STATUS="1"))
    (installed.folder / "lock.txt").write_text("numpy==2.0\ntorch==2.13.0\n")
    installed.calls()
    assert installed.run("learn").returncode == 0
    assert installed.calls()[0] == "venv"


def test_ctrl_c_stops_with_one_line_and_the_next_run_starts_afresh(project):
    process = subprocess.Popen(
        project.command("learn"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**project.environment, "FAKE_SECONDS": "60"},
        start_new_session=True,
    )
    while len(project.log.read_text().splitlines() if project.log.exists() else []) < 2:
        assert process.poll() is None
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to bootstrap and to pip
    stdout, stderr = process.communicate(timeout=20)
    assert "Stopped" in only_line(subprocess.CompletedProcess([], process.returncode, stdout, stderr))
    project.calls()
    assert project.run("learn").returncode == 0
    assert project.calls()[0] == "venv"


INTERRUPTED = """
import threading
start = threading.Thread.start
def interrupted(thread):
    start(thread)
    raise KeyboardInterrupt
threading.Thread.start = interrupted
"""


def test_ctrl_c_while_the_sign_of_life_begins_stops_too(project):
    project.machine(INTERRUPTED)
    result = subprocess.run(
        project.command("learn"), capture_output=True, text=True, env=project.environment, timeout=60
    )
    assert "Stopped" in only_line(result)


def test_a_second_install_at_once_is_refused_and_harms_nothing(project):
    held = project.fakes / "held"
    held.touch()
    first = subprocess.Popen(project.command("learn"), env={**project.environment, "FAKE_HELD_BY": str(held)})
    try:
        while not project.venv.exists():
            assert first.poll() is None
            time.sleep(0.02)
        assert "being installed in another window" in only_line(project.run("learn"))
    finally:
        held.unlink()
    assert first.wait(timeout=30) == 0
    project.calls()
    assert project.run("learn").returncode == 0
    assert project.calls() == []


# the lock


def locked():
    lines = (REPOSITORY / "lock.txt").read_text().splitlines()
    return dict(line.split("==") for line in lines if not line.startswith("#"))


def test_lock_holds_plain_pins_only():
    for name, version in locked().items():
        assert re.fullmatch(r"[A-Za-z0-9._-]+", name)
        assert re.fullmatch(r"[0-9][A-Za-z0-9.]*", version), f"{name}: neither local versions nor addresses"


def test_lock_pins_every_package_that_the_project_names():
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
    versions = {canonicalize_name(name): version for name, version in locked().items()}
    for text in project["dependencies"] + project["optional-dependencies"]["test"]:
        requirement = Requirement(text)
        assert requirement.specifier.contains(versions[canonicalize_name(requirement.name)]), text
