"""How long a learner waits between a key on a slider and the changed picture, in a real page on this machine."""

import tempfile
from pathlib import Path

import nbformat
from browser import lab
from playwright.sync_api import Page

from course_utils import widgets

_WATCH = """explorer => {
  let pressed;
  window.milliseconds = [];
  explorer.addEventListener("keydown", () => { pressed = performance.now(); }, true);
  new MutationObserver(() => window.milliseconds.push(performance.now() - pressed))
    .observe(explorer, { attributeFilter: ["data-revision"] });
}"""


def measure(n: int = 25) -> dict[str, list[float]]:
    """Press an arrow key `n` times on the last slider of each explorer.

    Returns:
        For each explorer the milliseconds from each key press until its picture had loaded.
    """
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home,
        lab.headless_browser() as browser,
        lab.Learner(Path(home)) as learner,
    ):
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        found = {name: _measure(page, learner, name, n) for name in widgets.__all__}
        page.close()
    return found


def _measure(page: Page, learner: lab.Learner, name: str, n: int) -> list[float]:
    path = learner.folder / f"{name}.ipynb"
    source = f"from course_utils.widgets import {name}\n\n{name}()"
    notebook_file = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)])
    notebook_file.metadata.kernelspec = {
        "name": "python3",
        "display_name": "Python 3 (ipykernel)",
        "language": "python",
    }
    nbformat.write(notebook_file, path)
    notebook = lab.open_notebook(page, learner, path)
    notebook.run(f"{name}()")
    explorer = notebook.explorers(path)[0]
    with lab.next_picture(explorer):
        explorer.get_by_role("button", name="Commit my guess").click()
    explorer.evaluate(_WATCH)
    explorer.get_by_role("slider").last.focus()
    for number in range(n):  # to and fro, since a slider has an end
        with lab.next_picture(explorer):
            page.keyboard.press("ArrowLeft" if number % 2 else "ArrowRight")
    return page.evaluate("() => window.milliseconds")
