"""How long a learner waits between a key on a slider and the changed picture, in a real page on this machine."""

import tempfile
from pathlib import Path

from browser import lab
from playwright.sync_api import Page

SLIDERS = {
    "explore_max_heart_rate": (lab.FIT_BY_HAND, "Heart rate at age 50"),
    "explore_gradient_descent": (lab.GRADIENT_DESCENT, "Steps taken"),
}

_WATCH = """explorer => {
  let pressed;
  window.milliseconds = [];
  explorer.addEventListener("keydown", () => { pressed = performance.now(); }, true);
  new MutationObserver(() => window.milliseconds.push(performance.now() - pressed))
    .observe(explorer, { attributeFilter: ["data-revision"] });
}"""


def measure(n: int = 25) -> dict[str, list[float]]:
    """Press an arrow key `n` times (60 at most) on a slider of each explorer.

    Returns:
        For each explorer the milliseconds from each key press until its picture had loaded.
    """
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home,
        lab.headless_browser() as browser,
        lab.Learner(Path(home)) as learner,
    ):
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.goto(learner.url)
        notebook = lab.Notebook(page)
        found = {name: _measure(page, notebook, name, n) for name in SLIDERS}
        page.close()
    return found


def _measure(page: Page, notebook: lab.Notebook, name: str, n: int) -> list[float]:
    title, label = SLIDERS[name]
    notebook.run(f"{name}()")
    explorer = notebook.explorer(title)
    with lab.next_picture(explorer):
        explorer.get_by_role("button", name="Commit my guess").click()
    explorer.evaluate(_WATCH)
    explorer.get_by_label(label).focus()
    for _ in range(n):
        with lab.next_picture(explorer):
            page.keyboard.press("ArrowRight")
    return page.evaluate("() => window.milliseconds")
