"""The course's own parts of the page, for people with a keyboard alone; `test_chapters.py` holds each to WCAG."""

import re

import pytest
from browser import lab
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


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
