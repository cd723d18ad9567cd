"""What became of an exercise can be seen at a glance: in the notebook, and in the list that Validate shows."""

import re

import nbformat
import pytest
from browser import lab
from browser.accessibility import WCAG, show_all, wait_until_in_sight
from browser.layout import choose_theme
from notebooks.attempts import BLANK, Chapter
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

EXERCISES = {exercise.name.removeprefix("01_"): exercise for exercise in Chapter(lab.CHAPTER).exercises}
EDGES = {
    "passed": "rgb(0, 158, 115)",
    "failed": "rgb(213, 94, 0)",
    "erred": "rgb(230, 159, 0)",
    "not-tried": "rgb(86, 180, 233)",
}
MARKED = "[data-course-outcome]"

BROKEN_WORDS = """shown => {
  const broken = [], texts = document.createTreeWalker(shown, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    for (const { 0: word, index } of texts.currentNode.data.matchAll(/\\S+/g)) {
      const range = document.createRange();
      range.setStart(texts.currentNode, index);
      range.setEnd(texts.currentNode, index + word.length);
      if (new Set([...range.getClientRects()].map(box => box.top)).size > 1) broken.push(word);
    }
  }
  return broken;
}"""

LOOK = """shown => {
  const style = getComputedStyle(shown);
  return [style.borderLeftColor, style.borderLeftWidth, style.backgroundColor];
}"""


def answer(notebook, name, value):
    """Fill in an exercise, and run it and its check."""
    exercise = EXERCISES[name]
    notebook.write(f"def {name}", exercise.filled(value) if isinstance(value, list) else value)
    notebook.page.keyboard.press("Shift+Enter")


def answer_in_four_ways(notebook):
    notebook.run("# arithmetic on many numbers")
    answer(notebook, "rule_220", EXERCISES["rule_220"].answers["right"][0])
    answer(notebook, "mean_squared_error", ["np.mean(misses)"])
    answer(notebook, "gradient_step", "def gradient_step(*_):\n    return 1 / 0")
    notebook.run("def fit_line")
    notebook.page.keyboard.press("Shift+Enter")


def outcomes(shown):
    return shown.evaluate_all("all => all.map(each => each.dataset.courseOutcome)")


def assert_calm_and_readable(shown):
    """Hold all that is marked to its colours, whole words and contrast."""
    grounds = set()
    for each in shown.all():
        edge, width, ground = each.evaluate(LOOK)
        assert (edge, width) == (EDGES[each.get_attribute("data-course-outcome")], "6px")
        grounds.add(ground)
        assert each.evaluate(BROKEN_WORDS) == []
    assert len(grounds) == len(set(outcomes(shown)))
    result = shown.evaluate_all("(all, options) => axe.run({ include: all }, options)", WCAG)
    assert not [(each["id"], [node["html"] for node in each["nodes"]]) for each in result["violations"]]
    assert any(each["id"] == "color-contrast" for each in result["passes"])
    assert "color-contrast" not in {each["id"] for each in result["incomplete"]}


def test_each_outcome_has_a_look_of_its_own_in_both_themes(page, notebook):
    answer_in_four_ways(notebook)
    checks = page.locator(f".jp-CodeCell:has-text('# Check of exercise') {MARKED}")
    expect(checks).to_have_count(4)
    assert outcomes(checks) == ["passed", "failed", "erred", "not-tried"]
    for width in (1280, 900):
        show_all(page, width)
        for theme in ("Dark", "Light"):
            choose_theme(page, theme)
            wait_until_in_sight(page, MARKED)
            assert_calm_and_readable(checks)


def test_the_look_goes_with_the_outcome(page, notebook):
    notebook.run("Check of exercise 1")
    verdict = notebook.output("Check of exercise 1")
    expect(verdict).to_have_attribute("data-course-outcome", "erred")
    notebook.write("# arithmetic on many numbers", "import numpy as np\nprint('plain words')")
    expect(notebook.output("plain words")).to_have_text("plain words\n")
    expect(notebook.output("plain words")).not_to_have_attribute("data-course-outcome", re.compile(""))
    answer(notebook, "rule_220", ["170", "-1"])
    expect(verdict).to_have_attribute("data-course-outcome", "failed")
    answer(notebook, "rule_220", EXERCISES["rule_220"].filled(["170", "-10"]))
    expect(verdict).to_have_attribute("data-course-outcome", "passed")


def lines(dialog):
    """The sign and the exercise of each line, and what it says."""
    return [each.inner_text().split("\n", 1) for each in dialog.get_by_role("listitem").all()]


def test_validate_shows_a_list_of_all_exercises_and_nothing_else(page, notebook):
    answer_in_four_ways(notebook)
    show_all(page, 1280)
    page.get_by_role("button", name="Validate").click()
    dialog = page.get_by_role("dialog")
    items = dialog.get_by_role("listitem")
    expect(items).to_have_count(5, timeout=60_000)
    assert outcomes(items) == ["passed", "failed", "erred", "not-tried", "not-tried"]
    for (heading, sentence), begins in zip(
        lines(dialog),
        (
            ("✓ Exercise 1: write 220 − age as such a line", "Correct. Each ten years cost 10 bpm"),
            ("✗ Exercise 2: the mean squared error", "Not yet. Misses above and below the line cancel out"),
            ("⚠ Exercise 3: take the step", "Your code in Exercise 3 stopped before it gave an answer."),
            ("○ Exercise 4: finish the fit", f"Not attempted yet. In the cell of Exercise 4, replace every {BLANK} "),
            ("○ Exercise 5: the bias in older patients", "Not attempted yet. In the cell of Exercise 5"),
        ),
        strict=True,
    ):
        assert heading == begins[0]
        assert sentence.strip().startswith(begins[1])
    assert dialog.locator(".jp-Dialog-body").inner_text().strip().startswith("✓ Exercise 1")
    expect(dialog).not_to_contain_text("cell failed")
    expect(dialog).not_to_contain_text("c.close(")
    for theme in ("Dark", "Light"):
        choose_theme(page, theme)
        assert_calm_and_readable(items)
    page.keyboard.press("Enter")
    expect(dialog).to_have_count(0)


def command(notebook, text, *names):
    """Choose the cell that holds `text`, and give JupyterLab commands for it, as its menu Edit does."""
    notebook.cell(text).locator(".jp-InputPrompt").click()
    for name in names:
        notebook.page.evaluate("name => jupyterapp.commands.execute(name).then(() => true)", f"notebook:{name}")


def test_validate_says_how_to_restore_what_was_copied_split_deleted_or_turned_into_text(
    page, learner, open_copy, tmp_path
):
    released = nbformat.read(learner.notebook(lab.CHAPTER), as_version=4)  # JupyterLab itself deletes no answer's cell
    released.cells = [cell for cell in released.cells if "def fit_line" not in cell.source]
    nbformat.write(released, tmp_path / "mine.ipynb")
    notebook = open_copy(tmp_path / "mine.ipynb")
    notebook.run("# arithmetic on many numbers")
    answer(notebook, "rule_220", EXERCISES["rule_220"].answers["right"][0])
    command(notebook, "def mean_squared_error", "copy-cell", "paste-cell-below")
    notebook.cell("def gradient_step").locator(".cm-line").last.click()
    page.keyboard.press("Home")
    page.keyboard.press("Control+Shift+Minus")
    command(notebook, "def bias_above", "change-cell-to-markdown")

    page.get_by_role("button", name="Validate").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("listitem")).to_have_count(5, timeout=60_000)
    (first, _), *broken = lines(dialog)
    assert first.startswith("✓ Exercise 1")
    for number, ((heading, sentence), says) in enumerate(
        zip(
            broken,
            (
                "The cell of Exercise 2 stands here more than once, since it was split or copied",
                "The cell of Exercise 3 stands here more than once, since it was split or copied",
                "The cell of Exercise 4 is missing",
                "The cell of Exercise 5 holds text now, and no code that runs",
            ),
            strict=True,
        ),
        start=2,
    ):
        assert heading.startswith(f"⚠ Exercise {number}: ")
        assert sentence.strip() == (
            f"{says}: course restore 01 {number} in a terminal (File, New, Terminal), or restore_exercise({number}) "
            "in a new cell, puts it back as it came."
        )
    expect(dialog).not_to_contain_text(lab.STACK_TRACE)
    page.keyboard.press("Enter")
    expect(dialog).to_have_count(0)
