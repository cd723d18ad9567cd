"""A learner looks at their progress, takes their work home, and brings it back on another computer."""

import re

import pytest
from browser import lab
from notebooks.attempts import Chapter
from playwright.sync_api import expect

from course_utils import chapters

pytestmark = pytest.mark.browser

WELCOME = "00_welcome"
FIRST = Chapter(WELCOME).exercises[0]


def progress(notebook, title):
    """Run the cell with the progress, and return the row of an exercise."""
    notebook.run("show_progress()")
    return notebook.page.locator(".course-progress tr").filter(has_text=title)


def answer_the_first_exercise(notebook):
    notebook.write(FIRST.answer.source, FIRST.filled(FIRST.answers["right"][0]))
    notebook.page.keyboard.press("Shift+Enter")
    expect(notebook.output("Check of exercise 1")).to_contain_text("✓ Correct.")
    notebook.save()


def test_work_goes_home_in_one_archive_and_comes_back(page, learner, tmp_path):
    here, there = (tmp_path / name for name in ("here", "there"))
    for home in (here, there):
        home.mkdir()
    archive = tmp_path / "from the hospital.zip"
    with lab.Learner(here) as at_work:
        page.goto(at_work.url)
        notebook = lab.Notebook(page)
        expect(progress(notebook, "mend a slip")).to_contain_text("not attempted")
        answer_the_first_exercise(notebook)
        expect(progress(notebook, "mend a slip")).to_contain_text("✓ passed")
        expect(page.locator(".course-progress")).to_contain_text("00 Welcome: 1 of 5 passed, 2 of 10 points")

        notebook.run("take_home()")
        panel = page.locator(".course-take-home")
        with page.expect_download() as download:
            panel.get_by_role("button", name="Pack my work").press("Enter")
        download.value.save_as(archive)
        assert re.fullmatch(r"course-\d{4}-\d\d-\d\d\.zip", download.value.suggested_filename)
        packed = f"Packed {len(chapters.chapter_names())} notebooks. The latest, 00_welcome, was saved "
        expect(panel.get_by_role("status")).to_contain_text(packed)
        work = at_work.notebook(WELCOME).read_bytes()
        page.goto("about:blank")

    with lab.Learner(there, "--from", str(archive)) as at_home:  # on another computer, from the terminal
        assert at_home.notebook(WELCOME).read_bytes() == work
        page.goto(at_home.url)
        expect(lab.Notebook(page).output("Check of exercise 1")).to_contain_text("✓ Correct.")
        page.goto("about:blank")

    page.goto(learner.url)  # on a third one, from the notebook
    notebook = lab.Notebook(page)
    notebook.run("take_home()")
    notebook.save()
    panel = page.locator(".course-take-home")
    panel.get_by_label("Bring back an archive").set_input_files(archive)
    beside = "00_welcome (brought back).ipynb"
    expect(panel.get_by_role("status")).to_contain_text(beside)
    brought = learner.notebook(WELCOME).with_name(beside)
    assert brought.read_bytes() == work
    notebook = lab.open_notebook(page, learner, brought)
    expect(notebook.output("Check of exercise 1")).to_contain_text("✓ Correct.")
    expect(progress(notebook, "mend a slip")).to_contain_text("✓ passed")


def test_what_is_no_archive_changes_nothing(page, learner, open_copy, tmp_path):
    notebook = open_copy(learner.notebook(WELCOME))
    letter = tmp_path / "letter.zip"
    letter.write_text("no archive")
    before = sorted(path.relative_to(learner.folder) for path in learner.folder.rglob("*.ipynb"))
    notebook.run("take_home()")
    panel = page.locator(".course-take-home")
    panel.get_by_label("Bring back an archive").set_input_files(letter)
    expect(panel.get_by_role("status")).to_contain_text("⚠ The archive cannot be read: it is damaged or no .zip file.")
    assert sorted(path.relative_to(learner.folder) for path in learner.folder.rglob("*.ipynb")) == before
