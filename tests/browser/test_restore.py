"""A learner has a broken exercise put back in the notebook that is open before them."""

import json

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

WELCOME = "00_welcome"
TYPED = "def heart_rate(interval):\n    return 60_000 interval"


@pytest.fixture
def welcome(open_copy, learner):
    """The welcome chapter with a question that was run, and an answer and a note that are typed and not saved."""
    notebook = open_copy(learner.notebook(WELCOME))
    notebook.run("# Question A")
    expect(notebook.quiz("irregularly irregular")).to_be_visible()
    notebook.write("def heart_rate", TYPED)
    notebook.write("def irregularity(", "def irregularity(x): typed and not saved")
    notebook.write("restore_exercise(1)", notebook.source("restore_exercise(1)").replace("1", "2"))
    return notebook


def saved(page, learner):
    """Return the cells of the open notebook as they are saved, each as one text."""
    path = page.evaluate("() => jupyterapp.shell.currentWidget.context.path")
    notebook = json.loads((learner.folder / path).read_text(encoding="utf-8"))
    return ["".join(cell["source"]) for cell in notebook["cells"]]


def panel(page):
    return page.locator(".course-restore")


def expect_exercise_2_put_back(page, notebook):
    expect(page.locator(".jp-MarkdownOutput").filter(has_text="What stood here before")).to_contain_text(TYPED)
    expect(notebook.cell("def heart_rate")).to_contain_text("return ____ / interval")
    expect(notebook.cell("def irregularity(")).to_contain_text("def irregularity(x): typed and not saved")
    expect(notebook.quiz("irregularly irregular")).to_be_visible()
    expect(panel(page).get_by_role("status")).to_contain_text("Exercise 2: from interval to heart rate is as it was")


def expect_the_next_save_keeps_it(page, notebook, learner):
    notebook.save()
    expect(page.locator(".jp-Dialog")).to_have_count(0)
    cells = saved(page, learner)
    assert sum("return ____ / interval" in cell for cell in cells) == 1
    assert sum(TYPED in cell for cell in cells) == 1
    assert sum("typed and not saved" in cell for cell in cells) == 1


def test_one_button_puts_it_back_in_the_open_page_and_loses_nothing(page, welcome, learner):
    panel(page).get_by_role("button", name="Put exercise 2 back").press("Enter")
    expect(welcome.cell("def heart_rate")).to_be_in_viewport()
    expect_exercise_2_put_back(page, welcome)
    expect(welcome.cell("def heart_rate")).to_be_in_viewport()
    expect_the_next_save_keeps_it(page, welcome, learner)
    welcome.write("def heart_rate", welcome.source("def heart_rate").replace("____", "60_000"))
    welcome.run("Check of exercise 2")
    expect(welcome.output("Check of exercise 2")).to_contain_text("✓ Correct.")


@pytest.fixture
def without_the_courses_part(page, welcome):
    """The page as it is where nobody answers a widget that asks for its notebook."""
    page.evaluate("() => { window.silence = event => event.stopImmediatePropagation(); }")
    page.evaluate("() => document.addEventListener('course-notebook', silence, true)")
    yield
    page.evaluate("() => document.removeEventListener('course-notebook', silence, true)")


@pytest.mark.usefixtures("without_the_courses_part")
def test_a_page_without_the_courses_part_is_told_what_to_do(page, welcome, learner):
    button, status = panel(page).get_by_role("button", name="Put exercise 2 back"), panel(page).get_by_role("status")
    button.click()
    expect(status).to_contain_text("⚠ Save first: Ctrl+S")
    welcome.save()
    button.click()
    expect(status).to_contain_text("Now choose Reload Notebook from Disk in the menu File, before you go on.")
    page.keyboard.press("Control+s")  # JupyterLab asks before it would undo what is on the disk
    expect(page.locator(".jp-Dialog")).to_contain_text("has changed on disk")
    page.get_by_role("button", name="Cancel").click()
    page.get_by_role("menuitem", name="File").click()
    page.get_by_role("menuitem", name="Reload Notebook from Disk").click()
    page.locator(".jp-Dialog").get_by_role("button", name="Reload").click()
    expect_exercise_2_put_back(page, welcome)
    expect_the_next_save_keeps_it(page, welcome, learner)


def test_a_number_that_no_exercise_has_is_told_on_the_panel(page, welcome, learner):
    welcome.write("restore_exercise(2)", welcome.source("restore_exercise(2)").replace("2", "9"))
    panel(page).get_by_role("button", name="Put exercise 9 back").click()
    expect(panel(page).get_by_role("status")).to_contain_text("⚠ Exercise 9: there are 1 to 5 in 00 Welcome.")
    assert TYPED in saved(page, learner)
