"""A learner stops for the day, and starts again."""

import re

import pytest
from browser import lab
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def test_work_is_there_after_a_new_start(page, tmp_path):
    exercise, check = "def rule_220", "Check of exercise 1"
    with lab.Learner(tmp_path) as first:
        notebook = lab.open_notebook(page, first, first.notebook(lab.CHAPTER))
        notebook.run("explore_max_heart_rate()")
        explorer = notebook.explorer(lab.FIT_BY_HAND)
        with lab.next_picture(explorer):
            explorer.get_by_role("button", name="Commit my guess").click()
        notebook.write(exercise, notebook.source(exercise).replace("____", "170", 1).replace("____", "-10", 1))
        page.keyboard.press("Shift+Enter")
        expect(notebook.output(check)).to_contain_text("✓ Correct.")
        notebook.save()
        saved = first.notebook(lab.CHAPTER).read_text()
        page.goto("about:blank")
        assert first.stop() == 0

    with lab.Learner(tmp_path) as second:
        assert second.notebook(lab.CHAPTER).read_text() == saved
        notebook = lab.open_notebook(page, second, second.notebook(lab.CHAPTER))
        assert "at_50 = 170" in notebook.source(exercise)
        expect(notebook.output(check)).to_contain_text("✓ Correct.")
        # The new kernel knows nothing of this picture: it comes out of the saved notebook.
        explorer = notebook.explorer(lab.FIT_BY_HAND)
        expect(explorer.get_by_role("img")).to_be_visible()
        expect(explorer).to_contain_text("Your guess: 0.0 bpm")
        expect(page.locator(".jp-Notebook")).not_to_contain_text(re.compile("model not found|Error displaying widget"))
        explorer.get_by_role("button", name="Asleep").click()
        expect(notebook.explorer(lab.FIT_BY_HAND)).to_contain_text("Commit your guess first")
        page.goto("about:blank")
