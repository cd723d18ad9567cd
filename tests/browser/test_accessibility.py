"""The course's own parts of the page, for people with a keyboard, a screen reader, a dark theme or a small screen."""

import re

import pytest
from browser import lab
from browser.accessibility import assert_accessible, assert_nothing_is_wider_than_its_cell, show_all
from playwright.sync_api import expect

from course_utils import chapters

pytestmark = pytest.mark.browser


@pytest.fixture
def whole_chapter(open_copy, chapter):
    """The explorers of a chapter that has run to its end with its solutions: all its parts are on the page."""
    path = chapters.notebook_path(chapters.source_folder(), chapter)
    notebook = open_copy(path)
    notebook.run_all()
    return notebook.explorers(path)


def wake(page, explorers):
    """Commit a guess in each explorer, and choose an option in each question."""
    for explorer in explorers:
        with lab.next_picture(explorer):
            explorer.get_by_role("button", name="Commit my guess").click()
    for quiz in page.locator(".course-quiz").all():
        quiz.get_by_role("radio").first.check()
        expect(quiz.get_by_role("status")).to_have_text(re.compile(r"\w"))


@pytest.mark.parametrize(
    ("chapter", "theme", "width"),
    [
        ("00_welcome", "Light", 1280),
        ("00_welcome", "Dark", 900),
        (lab.CHAPTER, "Light", 900),
        (lab.CHAPTER, "Dark", 1280),
    ],
)
def test_every_part_is_accessible_and_fits(page, whole_chapter, theme, width):
    page.evaluate(
        "theme => jupyterapp.commands.execute('apputils:change-theme', {theme}).then(() => true)", f"JupyterLab {theme}"
    )
    expect(page.locator("body")).to_have_attribute("data-jp-theme-light", str(theme == "Light").lower())
    show_all(page, width)
    assert_accessible(page)
    wake(page, whole_chapter)
    assert_accessible(page)
    assert_nothing_is_wider_than_its_cell(page)


def test_the_keyboard_alone_reaches_every_control(page, notebook):
    for _ in range(15):  # from the title to the first explorer
        page.keyboard.press("Shift+Enter")
    explorer = notebook.explorer(lab.FIT_BY_HAND)
    expect(notebook.cell("explore_max_heart_rate()").locator(".jp-InputPrompt")).to_have_text(re.compile(r"\[\d+\]:"))
    page.keyboard.press("ArrowUp")
    guess = explorer.get_by_role("slider", name="Your guess")
    for _ in range(12):  # JupyterLab's buttons on the active cell may come first
        if guess.evaluate("guess => guess === document.activeElement"):
            break
        page.keyboard.press("Tab")
    expect(guess).to_be_focused()
    page.keyboard.press("Tab")
    with lab.next_picture(explorer):
        page.keyboard.press("Enter")
    expect(explorer.get_by_label("Heart rate at age 50")).to_be_focused()
    for label in ("Change with each ten years", "Show the best line"):
        page.keyboard.press("Tab")
        expect(explorer.get_by_label(label)).to_be_focused()
    with lab.next_picture(explorer):
        page.keyboard.press("Space")
    expect(explorer.locator("p")).to_contain_text("The best line has")
