"""How long a learner waits between a key on a slider and the changed picture, in a real page on this machine."""

import tempfile
from pathlib import Path

from browser import lab
from playwright.sync_api import Page

SLIDERS = {
    "explore_irregular_pulse": ("00_welcome", "A rule for an irregular pulse", "Call it irregular above"),
    "explore_max_heart_rate": (lab.CHAPTER, lab.FIT_BY_HAND, "Heart rate at age 50"),
    "explore_gradient_descent": (lab.CHAPTER, lab.GRADIENT_DESCENT, "Steps taken"),
    "explore_risk_surface": ("02_logistic_regression", "Where does cholesterol matter?", "Age"),
    "explore_treatment_threshold": (
        "02_logistic_regression",
        "From which risk would you treat?",
        "Treat above a risk of",
    ),
}

_WATCH = """explorer => {
  let pressed;
  window.milliseconds = [];
  explorer.addEventListener("keydown", () => { pressed = performance.now(); }, true);
  new MutationObserver(() => window.milliseconds.push(performance.now() - pressed))
    .observe(explorer, { attributeFilter: ["data-revision"] });
}"""


def measure(n: int = 25) -> dict[str, list[float]]:
    """Press an arrow key `n` times on a slider of each explorer.

    Returns:
        For each explorer the milliseconds from each key press until its picture had loaded.
    """
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home,
        lab.headless_browser() as browser,
        lab.Learner(Path(home)) as learner,
    ):
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        found = {name: _measure(page, learner, name, n) for name in SLIDERS}
        page.close()
    return found


def _measure(page: Page, learner: lab.Learner, name: str, n: int) -> list[float]:
    chapter, title, label = SLIDERS[name]
    notebook = lab.open_notebook(page, learner, learner.notebook(chapter))
    notebook.run(f"{name}()")
    explorer = notebook.explorer(title)
    with lab.next_picture(explorer):
        explorer.get_by_role("button", name="Commit my guess").click()
    explorer.evaluate(_WATCH)
    explorer.get_by_label(label, exact=True).focus()
    for number in range(n):  # to and fro, since a slider has an end
        with lab.next_picture(explorer):
            page.keyboard.press("ArrowLeft" if number % 2 else "ArrowRight")
    return page.evaluate("() => window.milliseconds")
