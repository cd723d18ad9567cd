"""The pad of chapter 07: drawn on by mouse and by the keyboard alone, and never before a guess."""

import pytest
from browser import lab
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

SHOWN = "from course_utils.widgets import explore_noughts_and_crosses\n\nexplore_noughts_and_crosses()"


@pytest.fixture
def explorer(open_copy, learner):
    notebook = open_copy(learner.notebook("07_cnn_2d"))
    notebook.write("import numpy as np", SHOWN)
    return notebook.explorer("Nought or cross?")


def drag(page, pad, start, end):
    """Draw a line on the pad with the mouse, between two places in shares of its sides."""
    box = pad.bounding_box()
    for move, (x, y), steps in ((page.mouse.down, start, 1), (page.mouse.up, end, 8)):
        page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"], steps=steps)
        move()


def test_a_cross_is_drawn_by_mouse_and_a_plus_by_keyboard(page, explorer):
    pad, sentence = explorer.get_by_role("application", name="Drawing pad"), explorer.locator("p")
    pad.scroll_into_view_if_needed()
    drag(page, pad, (0.1, 0.1), (0.9, 0.9))
    expect(sentence).to_contain_text("Commit your guess first")
    with lab.next_picture(explorer):
        explorer.get_by_role("button", name="Commit my guess").click()
    explorer.get_by_role("button", name="Clear").click()
    expect(sentence).to_contain_text("cannot tell")

    explorer.scroll_into_view_if_needed()
    drag(page, pad, (0.25, 0.25), (0.75, 0.75))
    drag(page, pad, (0.75, 0.25), (0.25, 0.75))
    expect(sentence).to_contain_text("calls it a cross")

    explorer.get_by_role("button", name="Clear").click()
    expect(sentence).to_contain_text("cannot tell")
    pad.focus()  # the pen begins in the middle
    for strokes in ("ArrowUp", "ArrowDown"), ("ArrowLeft", "ArrowRight"):
        first, back = strokes
        for key in (*[first] * 8, "Space", *[back] * 16, "Space", *[first] * 8):
            page.keyboard.press(key)
    expect(sentence).to_contain_text("calls it a nought")
    expect(explorer.locator(".course-hint")).to_contain_text("Pen at column 15, row 15")
    page.keyboard.press("Tab")
    expect(explorer.locator(".course-hint")).to_contain_text("By keyboard")
