"""The course's own parts of the page, for people with a keyboard, a screen reader, a dark theme or a small screen."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from browser import lab
from playwright.sync_api import expect

from course_utils import workspace

pytestmark = pytest.mark.browser

PARTS = ".course-explorer, .course-quiz, .course-take-home, .course-progress, figure:has(img)"
WCAG = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}}

ALL_IN_SIGHT = """parts => {
  document.querySelector(".jp-WindowedPanel-outer").scrollTo(0, 0);
  const boxes = [...document.querySelectorAll(parts)].map(part => part.getBoundingClientRect());
  return document.querySelector(".jp-NotebookPanel").getBoundingClientRect().right <= innerWidth
    && boxes.every(box => box.top > 0 && box.bottom < innerHeight);
}"""


@pytest.fixture
def whole_chapter(open_copy, chapter):
    """The explorers of a chapter that has run to its end with its solutions: all its parts are on the page."""
    path = workspace.notebook_path(workspace.source_folder(), chapter)
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
    outputs = page.locator(".jp-OutputArea-output").filter(has=page.locator(PARTS))
    assert outputs.count() == page.locator(PARTS).count()
    for output in outputs.all():
        assert output.evaluate("output => output.scrollWidth <= output.clientWidth"), output.inner_text()


@pytest.mark.parametrize(
    ("chapter", "theme", "width"),
    [
        ("00_welcome", "Light", 1280),
        ("00_welcome", "Dark", 900),
        (lab.CHAPTER, "Light", 900),
        (lab.CHAPTER, "Dark", 1280),
        ("02_logistic_regression", "Dark", 900),
        ("03_supervised_and_unsupervised", "Light", 900),
        ("04_neural_networks", "Dark", 900),
        ("05_non_linearity", "Light", 900),
        ("06_cnn_1d", "Dark", 900),
    ],
)
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
