"""JupyterLab as people start it, and a browser on it: what the browser tests and `latency.py` share."""

import contextlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Self, TypeVar
from urllib.parse import urlsplit, urlunsplit

from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect, sync_playwright
from trainings import sharing

import course_utils
from course_utils import chapters

CHAPTER = "01_linear_regression"
FIT_BY_HAND = "Fit a line by hand: maximum heart rate against age"
GRADIENT_DESCENT = "Gradient descent, one step at a time"

STACK_TRACE = re.compile(r"Traceback|Cell In\[")
VERDICT = re.compile("^[✓✗]")

_SETTINGS = Path(course_utils.__file__).parent / "jupyter"
_START = 60  # seconds that a cold start may take on a busy machine
_RUN = 150  # seconds that the cells of a chapter may take, with training in them, beside two other tests
_ANSWER = 20  # seconds for anything else
_PRESSES = 3  # of Ctrl+C, until a person would close the window
_ON_THIS_MACHINE = re.compile(r"(http|ws)://127\.0\.0\.1:|blob:|data:")
_READY = """() => {
  const panel = window.jupyterapp?.shell.currentWidget;
  return Boolean(panel?.context?.isReady && panel.sessionContext?.isReady
    && panel.sessionContext.session?.kernel?.status === "idle"
    && panel.node.querySelectorAll(".jp-Cell").length === panel.content.widgets.length);
}"""

_OPEN = """async path => {
  await jupyterapp.restored;
  for (const tab of [...jupyterapp.shell.widgets("main")]) tab.dispose();
  await jupyterapp.commands.execute("docmanager:open", { path });
}"""

_ERRORS = """() => jupyterapp.shell.currentWidget.content.widgets.flatMap((cell, index) =>
  cell.model.sharedModel.outputs?.some(output => output.output_type === "error") ? [index] : [])"""

_RUN_AGAIN = """async cells => {
  for (const index of cells) {
    jupyterapp.shell.currentWidget.content.activeCellIndex = index;
    await jupyterapp.commands.execute("notebook:run-cell");
  }
}"""

# The kernel answers in turn. After the first error the page marks no cell as running, though all of them run.
_FINISHED = """async limit => {
  const kernel = jupyterapp.shell.currentWidget.sessionContext.session.kernel;
  const late = new Promise((_, reject) => setTimeout(() => reject(new Error("The cells still run.")), limit));
  await Promise.race([kernel.requestKernelInfo(), late]);
}"""

_TELL = """code => jupyterapp.shell.currentWidget.sessionContext.session.kernel.requestExecute(
  { code, silent: true, store_history: false }).done"""

T = TypeVar("T")

expect.set_options(timeout=1000 * _ANSWER)


def find_chromium() -> str | None:
    """Return the path of this machine's Chromium, None where there is none."""
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


@contextlib.contextmanager
def headless_browser() -> Iterator[Browser]:
    """Run Chromium without a window."""
    arguments = ["--no-sandbox"] if _is_root() else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=arguments)
        yield browser
        browser.close()


def watch(context: BrowserContext) -> list[str]:
    """Return a list that will hold each error in the context's pages, and each request that leaves this machine."""
    problems: list[str] = []

    def request(url: str) -> None:
        if not _ON_THIS_MACHINE.match(url):
            problems.append(f"request: {url}")

    def console(message: object) -> None:
        if message.type == "error":
            problems.append(f"console: {message.text} ({message.location.get('url')})")

    context.on("weberror", lambda error: problems.append(f"page: {error.error}"))
    context.on("console", console)
    context.on("request", lambda each: request(each.url))
    context.on("page", lambda page: page.on("websocket", lambda socket: request(socket.url)))
    return problems


class Server:
    """A JupyterLab that this object started and will stop.

    Args:
        command: what to run; it prints the address to open, or JupyterLab does.
        home: a folder for everything that JupyterLab keeps for a person.
        cwd: where to run it.

    Attributes:
        url: the address to open.
    """

    def __init__(self, command: Sequence[str], home: Path, cwd: Path) -> None:
        self._log = home / "server.log"
        with self._log.open("w") as log:
            self._process = subprocess.Popen(
                command,
                env=_environment(home),
                cwd=cwd,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # so that Ctrl+C reaches the command and all that it started, and nothing else
            )
        try:
            self.url = self._until(self._printed_address)
            self._until(self._answers)
        except BaseException:
            self.stop()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def at(self, path: str) -> str:
        """Return the address of another page of this server; JupyterLab opens there without the tabs of before."""
        address = urlsplit(self.url)
        return urlunsplit(address._replace(path=path, query=f"reset&{address.query}"))

    def stop(self) -> int:
        """Press Ctrl+C where the command runs, again where that did nothing for a while, and return its exit status.

        Raises:
            RuntimeError: if the command has not stopped after three presses. What it printed is told.
        """
        presses = 0
        while self._process.poll() is None:
            if presses == _PRESSES:
                os.killpg(self._process.pid, signal.SIGKILL)
                self._process.wait()
                raise RuntimeError(f"JupyterLab did not stop.\n{self._log.read_text()}")
            presses += 1
            os.killpg(self._process.pid, signal.SIGINT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(_ANSWER)
        return self._process.returncode

    def _until(self, condition: Callable[[], T | None]) -> T:
        deadline = time.monotonic() + _START
        while not (found := condition()):
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"JupyterLab did not start.\n{self._log.read_text()}")
            time.sleep(0.05)
        return found

    def _printed_address(self) -> str | None:
        found = re.search(r"http://127\.0\.0\.1:\S+token=\w+", self._log.read_text())
        return found.group() if found else None

    def _answers(self) -> bool:
        with contextlib.suppress(urllib.error.URLError):
            urllib.request.urlopen(self.at("/api/status"), timeout=_ANSWER).close()
            return True
        return False


class Learner(Server):
    """JupyterLab as `course learn` starts it with `options`, on the copies in `folder`."""

    def __init__(self, home: Path, *options: str) -> None:
        self.folder = home / "course"
        course = Path(sys.executable).with_name("course")
        command = [str(course), "learn", str(self.folder), "--no-browser", f"--port={_free_port()}"]
        super().__init__([*command, *options], home, home)

    def notebook(self, chapter: str) -> Path:
        """Return the learner's copy of a chapter."""
        return chapters.notebook_path(self.folder, chapter)


class Instructor(Server):
    """JupyterLab as an instructor starts it in the root of a course, without the command `course`."""

    def __init__(self, home: Path, course_root: Path) -> None:
        command = [sys.executable, "-m", "jupyterlab", "--no-browser", f"--port={_free_port()}"]
        super().__init__([*command, *(["--allow-root"] if _is_root() else [])], home, course_root)


def _is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _environment(home: Path) -> dict[str, str]:
    """Return an environment without the settings of this machine's user, in which the page can be asked for its app."""
    jupyter = home / "jupyter"
    (jupyter / "config").mkdir(parents=True, exist_ok=True)
    settings = {"LabApp": {"expose_app_in_browser": True}}
    (jupyter / "config" / "jupyter_lab_config.json").write_text(json.dumps(settings))
    extension = jupyter / "share" / "labextensions" / "cardiac-ml-course"  # this code's, not what was installed last
    shutil.copytree(_SETTINGS / "labextension", extension, dirs_exist_ok=True)
    personal = ("COURSE_", "IPYTHON", "JUPYTER", "XDG_")
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith(personal)},
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
        "HOME": str(home),
        "IPYTHONDIR": str(home / "ipython"),
        "JUPYTER_CONFIG_DIR": str(jupyter / "config"),
        "JUPYTER_CONFIG_PATH": str(_SETTINGS / "instructor"),  # this code's too
        "JUPYTER_DATA_DIR": str(jupyter / "data"),
        "JUPYTER_PATH": str(jupyter / "share"),
        "JUPYTER_RUNTIME_DIR": str(jupyter / "runtime"),
        "MPLCONFIGDIR": str(home / "matplotlib"),
    }


@contextlib.contextmanager
def next_picture(explorer: Locator) -> Iterator[None]:
    """Wait, after what the block does to an explorer, until its next picture is there."""
    before = explorer.get_attribute("data-revision") or ""
    yield
    expect(explorer).not_to_have_attribute("data-revision", before)


def open_notebook(page: Page, learner: "Learner", path: Path) -> "Notebook":
    """Open a notebook of the learner's folder, in the JupyterLab that the page already shows where it does."""
    if not page.url.startswith(learner.at("/lab").partition("?")[0]):
        page.goto(learner.at("/lab"))
        page.wait_for_function("() => window.jupyterapp", timeout=1000 * _START)
    page.evaluate(_OPEN, str(path.relative_to(learner.folder)))
    return Notebook(page)


class Notebook:
    """A notebook that is open in a page, used with mouse and keyboard.

    A cell is known by something that is written in it.
    """

    def __init__(self, page: Page) -> None:
        self.page = page
        page.wait_for_function(_READY, timeout=1000 * _START)

    def share_trainings(self) -> None:
        """Let the kernel take over what other tests have trained, until it is started again."""
        self.page.evaluate(_TELL, sharing(os.environ["COURSE_TRAININGS"]))

    def run_all(self) -> None:
        """Run all cells, as the menu Run does, and wait for the last one."""
        self._command("notebook:run-all-cells")
        self._wait()

    def run_what_stopped(self) -> None:
        """Run each cell again that shows an error, from the first to the last, and wait for them."""
        self.page.evaluate(_RUN_AGAIN, self.errors())
        self._wait()

    def errors(self) -> list[int]:
        """Return the places of the cells that show an error."""
        return self.page.evaluate(_ERRORS)

    def save(self) -> None:
        """Save the notebook, as the menu File does."""
        self._command("docmanager:save")

    def restart(self) -> None:
        """Restart the kernel, as the menu Kernel does once the question is answered."""
        self.page.evaluate("() => jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()")
        self.page.wait_for_function(_READY, timeout=1000 * _START)

    def shut_down(self) -> None:
        """Stop the kernel."""
        self.page.evaluate("() => jupyterapp.shell.currentWidget.sessionContext.shutdown()")

    def cell(self, text: str) -> Locator:
        """Return the code cell that holds `text`."""
        return self.page.locator(".jp-Notebook .jp-CodeCell").filter(has_text=text)

    def output(self, text: str) -> Locator:
        """Return what the code cell that holds `text` shows below itself."""
        return self.cell(text).locator(".jp-OutputArea-output")

    def source(self, text: str) -> str:
        """Return the code of the cell that holds `text`."""
        return "\n".join(self.cell(text).locator(".cm-line").all_inner_texts())

    def write(self, text: str, source: str) -> None:
        """Replace the code of the cell that holds `text`, and run it with Shift+Enter."""
        self.cell(text).locator(".cm-content").click()
        self.page.keyboard.press("Control+A")
        self.page.keyboard.insert_text(source)
        self.page.keyboard.press("Shift+Enter")

    def run(self, text: str) -> None:
        """Click beside the cell that holds `text`, and run it with Shift+Enter."""
        self.cell(text).locator(".jp-InputPrompt").click()
        self.page.keyboard.press("Shift+Enter")

    def explorer(self, title: str) -> Locator:
        """Return the interactive picture with this title, once it is drawn."""
        explorer = self.page.get_by_role("group", name=title)
        expect(explorer).to_have_attribute("data-revision", re.compile(r"\d"))
        return explorer

    def explorers(self, path: Path) -> list[Locator]:
        """Return all interactive pictures of the notebook in `path`, once they are drawn."""
        explorers = self.page.locator(".course-explorer")
        expect(explorers).to_have_count(len(re.findall(r'"explore_\w+\(', path.read_text(encoding="utf-8"))))
        for explorer in explorers.all():
            expect(explorer).to_have_attribute("data-revision", re.compile(r"\d"))
        return explorers.all()

    def quiz(self, question: str) -> Locator:
        """Return the question with its options and its explanation."""
        return self.page.locator(".course-quiz").filter(has_text=question)

    def _wait(self) -> None:
        self.page.evaluate(_FINISHED, 1000 * _RUN)
        expect(self.page.locator(".jp-InputPrompt").filter(has_text="[*]")).to_have_count(0, timeout=1000 * _RUN)

    def _command(self, name: str) -> None:
        self.page.evaluate("name => jupyterapp.commands.execute(name).then(() => true)", name)
