"""Which tests run, in which order, and which of them one process runs together."""

import os
import shutil
import tempfile
from pathlib import Path

import pytest
from trainings import tidy

from course_utils.chapters import find_chapter
from course_utils.errors import CourseError

# One thread for torch: its threads do not survive a fork, and tests fork.
os.environ["OMP_NUM_THREADS"] = "1"

TESTS = Path(__file__).parent

LONGEST_FIRST = ("browser", "notebooks", "test_tasks.py", "classroom", "generators", "test_binder.py")
"""What begins first, so that short files are left to keep all processes busy to the end."""


@pytest.fixture(autouse=True)
def started_without_make(monkeypatch):
    """Give advice as to someone who typed `course`: the tests themselves are started by make."""
    monkeypatch.delenv("MAKELEVEL", raising=False)


def pytest_addoption(parser):
    parser.addoption("--chapter", help="of the tests that run a chapter, only this one's; with an empty name none")


def pytest_itemcollected(item):
    if place_of(item) == "generators":
        item.add_marker("generators")
    if chapter := chapter_of(item):
        item.add_marker("chapter")
        item.add_marker(pytest.mark.xdist_group(f"{place_of(item)} {chapter}"))  # they share one run of it
    elif not item.get_closest_marker("xdist_group"):
        item.add_marker(pytest.mark.xdist_group(item.nodeid.partition("::")[0]))


def pytest_collection_modifyitems(config, items):
    if config.option.chapter is not None:
        left_out = [item for item in items if (name := chapter_of(item)) and name != config.option.chapter]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]
    items.sort(key=order)


def pytest_configure(config):
    if "COURSE_TRAININGS" not in os.environ:  # the processes of pytest-xdist have it from the one that starts them
        os.environ["COURSE_TRAININGS"] = folder = tempfile.mkdtemp()
        config.add_cleanup(lambda: shutil.rmtree(folder))
    elif not hasattr(config, "workerinput"):
        tidy(Path(os.environ["COURSE_TRAININGS"]))
    if config.option.chapter:
        try:
            config.option.chapter = find_chapter(config.option.chapter)
        except CourseError as error:
            raise pytest.UsageError(str(error)) from None


def pytest_collection_finish(session):
    grouped = [item for item in session.items if item.get_closest_marker("xdist_group")]  # doctests have no group
    if getattr(session.config.option, "loadgroup", False) and not all("@" in item.nodeid for item in grouped):
        # Not an exception: in a process of pytest-xdist it would end in an internal error, without this sentence.
        session.shouldfail = "This pytest-xdist keeps no group of tests together: see its versions in lock.txt."


def chapter_of(item):
    """Return the name of the chapter that a test runs, None if it runs none."""
    if item.path.parent.name == "results":
        return item.path.stem.removeprefix("test_")
    if "chapter" in getattr(item, "fixturenames", ()):
        return item.callspec.params["chapter"]
    return None


def place_of(item):
    """Return the folder or the file of `tests` that a test is in; of a doctest, which is in neither, nothing."""
    return item.path.relative_to(TESTS).parts[0] if item.path.is_relative_to(TESTS) else ""


def order(item):
    """Return the place of a test in the order: late chapters, which take longest, before early ones."""
    place = place_of(item)
    return (
        LONGEST_FIRST.index(place) if place in LONGEST_FIRST else len(LONGEST_FIRST),
        [-ord(letter) for letter in (chapter_of(item) or "")],
    )
