"""Whether the course's own parts of a page can be used by everyone: by axe's rules, and in a narrow window."""

import re

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

PARTS = ".course-explorer, .course-quiz, .course-take-home, .course-progress, figure:has(img)"
WCAG = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}}

ALL_IN_SIGHT = """parts => {
  document.querySelector(".jp-WindowedPanel-outer").scrollTo(0, 0);
  const boxes = [...document.querySelectorAll(parts)].map(part => part.getBoundingClientRect());
  const [before, now] = [window.whereTheyWere, JSON.stringify(boxes)];
  window.whereTheyWere = now;
  return now === before && document.querySelector(".jp-NotebookPanel").getBoundingClientRect().right <= innerWidth
    && boxes.every(box => box.top > 0 && box.bottom < innerHeight);
}"""


def show_all(page: Page, width: int) -> None:
    """Make the window so high that nothing of the notebook is out of sight, which axe would take for invisible."""
    page.set_viewport_size({"width": width, "height": 900})
    height = page.evaluate("() => document.querySelector('.jp-WindowedPanel-outer').scrollHeight")
    page.set_viewport_size({"width": width, "height": height + 1000})
    # axe also takes for invisible all that overflows <body>, which has no height in JupyterLab.
    page.add_style_tag(content="body { height: 100vh }")
    wait_until_in_sight(page, PARTS)
    page.evaluate(Axe().axe_script)


def wait_until_in_sight(page: Page, parts: str) -> None:
    """Wait until the page stands still with all of these in the window: after a change of theme it moves once more."""
    page.wait_for_function(ALL_IN_SIGHT, arg=parts, polling=250)


def assert_accessible(page: Page) -> None:
    """Hold every part to WCAG 2.1, and every control and picture to a name."""
    parts = page.locator(PARTS)
    assert parts.count(), "There is nothing to judge here: no explorer, no question and no picture."
    result = page.evaluate("([parts, options]) => axe.run(parts, options)", [PARTS, WCAG])
    assert not [(each["id"], [node["html"] for node in each["nodes"]]) for each in result["violations"]]
    judged = {each["id"]: len(each["nodes"]) for each in result["passes"]}
    assert judged["color-contrast"] > parts.count(), judged  # axe leaves out, without a word, what it takes for hidden
    for control in parts.locator("input, button").all():
        expect(control).to_have_accessible_name(re.compile(r"\w"))
    for picture in parts.locator("img").all():
        expect(picture).to_have_attribute("alt", re.compile(r"\w"))


def assert_nothing_is_wider_than_its_cell(page: Page) -> None:
    """Hold every part to the width of the window."""
    outputs = page.locator(".jp-OutputArea-output").filter(has=page.locator(PARTS))
    assert outputs.count() == page.locator(PARTS).count()
    for output in outputs.all():
        assert output.evaluate("output => output.scrollWidth <= output.clientWidth"), output.inner_text()
