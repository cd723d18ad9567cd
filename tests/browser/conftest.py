"""A browser on a learner's JupyterLab: any error in the page, or any request off this machine, fails the test."""

import os
import re
import tempfile
from pathlib import Path

import pytest
from browser import lab

_FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item):
    report = yield
    if report.failed and report.when != "teardown" and "page" in item.funcargs:
        keep_screenshot(item.funcargs["page"], item)
        item.stash[_FAILED] = True
    return report


def keep_screenshot(page, item):
    name = re.sub(r"\W+", "-", item.name).strip("-")
    page.screenshot(path=item.config.rootpath / "test-artifacts" / f"{name}.png")


@pytest.fixture(scope="module")  # a browser that stayed open would leave its event loop to the tests of other files
def browser():
    if lab.find_chromium() is None:
        reason = "There is no Chromium here; install the package chromium to run the browser tests."
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    with lab.headless_browser() as browser:
        yield browser


@pytest.fixture(scope="module")
def window(browser):
    """A page and its problems, for all the tests of a file, since JupyterLab takes seconds to load."""
    context = browser.new_context()
    problems = lab.watch(context)
    yield context.new_page(), problems
    context.close()


@pytest.fixture
def page(window, request):
    page, problems = window
    page.set_viewport_size({"width": 1280, "height": 900})
    yield page
    if problems:
        keep_screenshot(page, request.node)
    if problems or request.node.stash.get(_FAILED, False):
        page.goto("about:blank")  # so that the next test does not start in the middle of this one
    found, problems[:] = "\n".join(problems), []
    assert not found, found


@pytest.fixture(scope="module")
def learner(browser, tmp_path_factory):
    """A learner's JupyterLab. Its tests work in copies of the chapter, so the chapter itself stays as it came."""
    with lab.Learner(tmp_path_factory.mktemp("learner")) as server:
        yield server


@pytest.fixture
def open_copy(page, learner):
    """Return a function that opens a notebook in a folder and with a kernel of its own."""
    opened = []

    def open_copy(notebook: Path) -> lab.Notebook:
        copy = Path(tempfile.mkdtemp(dir=learner.folder)) / notebook.name
        copy.write_bytes(notebook.read_bytes())
        opened.append(lab.open_notebook(page, learner, copy))
        opened[-1].share_trainings()
        return opened[-1]

    yield open_copy
    for notebook in opened:
        notebook.shut_down()


@pytest.fixture
def notebook(open_copy, learner):
    """Chapter 01 as a learner gets it, open in the page."""
    return open_copy(learner.notebook(lab.CHAPTER))
