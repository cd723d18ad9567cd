"""The course's own parts of the page, for people with a keyboard, a screen reader, a dark theme or a small screen."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from browser import lab
from playwright.sync_api import expect

from course_utils import workspace

pytestmark = pytest.mark.browser

PARTS = ".course-explorer, .course-quiz, .jp-OutputArea-output figure"
WCAG = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}}

ALL_IN_SIGHT = """parts => {
  document.querySelector(".jp-WindowedPanel-outer").scrollTo(0, 0);
  const boxes = [...document.querySelectorAll(parts)].map(part => part.getBoundingClientRect());
  return document.querySelector(".jp-NotebookPanel").getBoundingClientRect().right <= innerWidth
    && boxes.every(box => box.top > 0 && box.bottom < innerHeight);
}"""


@pytest.fixture
def whole_chapter(open_copy):
    """The chapter with its solutions, run to its end, so that every picture and question is on the page."""
    notebook = open_copy(workspace.notebook_path(workspace.source_folder(), lab.CHAPTER))
    notebook.run_all()
    for title in (lab.FIT_BY_HAND, lab.GRADIENT_DESCENT):
        notebook.explorer(title)
    return notebook


def wake(notebook):
    """Commit a guess in each explorer, and choose an option in each question."""
    for title in (lab.FIT_BY_HAND, lab.GRADIENT_DESCENT):
        explorer = notebook.explorer(title)
        with lab.next_picture(explorer):
            explorer.get_by_role("button", name="Commit my guess").click()
    for quiz in notebook.page.locator(".course-quiz").all():
        quiz.get_by_role("radio").first.check()
        expect(quiz.get_by_role("status")).to_have_text(re.compile(r"\w"))


def assert_accessible(page):
    parts = page.locator(PARTS)
    result = page.evaluate("([parts, options]) => axe.run(parts, options)", [PARTS, WCAG])
    assert not [(each["id"], [node["html"] for node in each["nodes"]]) for each in result["violations"]]
    judged = {each["id"]: len(each["nodes"]) for each in result["passes"]}
    assert judged["color-contrast"] > parts.count()  # axe leaves out, without a word, what it takes for invisible
    for control in parts.locator("input, button").all():
        expect(control).to_have_accessible_name(re.compile(r"\w"))
    for picture in parts.locator("img").all():
        expect(picture).to_have_attribute("alt", re.compile(r"\w"))


def assert_nothing_is_wider_than_its_cell(page):
    outputs = page.locator(".jp-OutputArea-output").filter(has=page.locator(".course-explorer, .course-quiz, figure"))
    assert outputs.count() == page.locator(PARTS).count()
    for output in outputs.all():
        assert output.evaluate("output => output.scrollWidth <= output.clientWidth"), output.inner_text()


@pytest.mark.parametrize(("theme", "width"), [("Light", 900), ("Dark", 1280)])
def test_every_part_is_accessible_and_fits(page, whole_chapter, theme, width):
    page.evaluate(
        "theme => jupyterapp.commands.execute('apputils:change-theme', {theme}).then(() => true)", f"JupyterLab {theme}"
    )
    expect(page.locator("body")).to_have_attribute("data-jp-theme-light", str(theme == "Light").lower())
    # axe takes for invisible what is out of sight, and all that overflows <body>, which has no height in JupyterLab.
    page.set_viewport_size({"width": width, "height": 15_000})
    page.add_style_tag(content="body { height: 100vh }")
    page.wait_for_function(ALL_IN_SIGHT, arg=PARTS)
    page.evaluate(Axe().axe_script)
    assert_accessible(page)
    wake(whole_chapter)
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
