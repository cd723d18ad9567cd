"""What a learner does in a chapter, with mouse and keyboard in a real page."""

import re

import pytest
from browser import lab
from notebooks.attempts import BLANK, Chapter
from playwright.sync_api import expect

from course_utils import workspace

pytestmark = pytest.mark.browser

ANSWERS = {
    exercise.answer.source.partition("(")[0]: exercise.answers["right"][0]
    for exercise in Chapter(lab.CHAPTER).exercises
}


def filled_in(source, *answers):
    for answer in answers:
        source = source.replace(BLANK, answer, 1)
    return source


def test_one_command_opens_the_chapter_and_run_all_goes_past_open_exercises(page, learner):
    page.goto(learner.url)
    notebook = lab.Notebook(page)
    expect(page.get_by_role("heading", name="0. Welcome: can a rule feel an irregular pulse?")).to_be_visible()
    expect(page.get_by_role("button", name="Validate")).to_be_visible()
    expect(page.get_by_role("menuitem", name="Kernel")).to_be_visible()
    for instructors in ("Nbgrader", "Formgrader", "Assignment"):
        expect(page.get_by_role("menuitem", name=instructors)).to_have_count(0)
        expect(page.get_by_role("tab", name=instructors)).to_have_count(0)

    notebook.run_all()
    never_run = page.locator(".jp-CodeCell .jp-InputArea-prompt").filter(has_not_text=re.compile(r"\[\d+\]:"))
    expect(never_run).to_have_count(0)
    expect(notebook.output("Check of exercise 1")).to_contain_text("✗ Not yet. 21 × 3 would be right for 20 seconds.")
    for number in range(2, 6):
        expect(notebook.output(f"Check of exercise {number}")).to_have_text(
            f"○ Not attempted yet. In the cell of Exercise {number}, replace every {BLANK} with your answer. "
            "Run that cell, then this one."
        )
    expect(page.locator(".jp-Notebook")).not_to_contain_text(lab.STACK_TRACE)
    expect(page.locator(".Toastify__toast")).to_have_count(0)  # no offer of JupyterLab's news


def test_a_guess_wakes_the_sliders_and_keys_stay_with_them(page, notebook):
    notebook.run("explore_max_heart_rate()")
    explorer = notebook.explorer(lab.FIT_BY_HAND)
    level, best = explorer.get_by_label("Heart rate at age 50"), explorer.get_by_label("Show the best line")
    expect(level).to_be_disabled()
    expect(best).to_be_disabled()

    explorer.get_by_role("slider", name="Your guess").focus()
    for _ in range(16):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Tab")
    with lab.next_picture(explorer):
        page.keyboard.press("Enter")
    expect(explorer).to_contain_text("Your guess: 8.0 bpm")
    expect(level).to_be_focused()

    picture, status = explorer.get_by_role("img"), explorer.locator("p")
    said = status.inner_text()
    cells = page.locator(".jp-Notebook .jp-Cell")
    number_of_cells = cells.count()
    for key in "bdd":  # in a notebook these insert a cell and delete one
        page.keyboard.press(key)
    with lab.next_picture(explorer):
        page.keyboard.press("ArrowRight")
    expect(cells).to_have_count(number_of_cells)
    expect(explorer).to_contain_text("151 bpm")
    expect(level).to_have_attribute("aria-valuetext", "151 bpm")
    expect(status).not_to_have_text(said)
    expect(picture).to_have_attribute("alt", status.inner_text())

    best.check()
    expect(status).to_contain_text("The best line has 172.3 bpm at age 50")
    expect(status).to_contain_text("You guessed a fall of 8.0 bpm.")


def test_gradient_descent_walks_and_runs_away(page, notebook):
    notebook.run("explore_max_heart_rate()")
    notebook.run("explore_gradient_descent()")
    explorer = notebook.explorer(lab.GRADIENT_DESCENT)
    one_step = explorer.get_by_role("button", name="Take one step")
    expect(one_step).to_be_disabled()
    explorer.get_by_role("slider", name="Your guess").press("ArrowRight")
    with lab.next_picture(explorer):
        explorer.get_by_role("button", name="Commit my guess").click()
    expect(explorer).to_contain_text("Your guess: 2")

    with lab.next_picture(explorer):
        one_step.click()
    expect(explorer.locator("p")).to_contain_text("After 1 step your line misses by")
    with lab.next_picture(explorer):
        explorer.get_by_role("slider", name="Learning rate").press("End")
    with lab.next_picture(explorer):
        explorer.get_by_role("button", name="Take ten steps").click()
    expect(explorer.locator("p")).to_contain_text("After 11 steps the mean squared error is")
    expect(explorer.locator("p")).to_contain_text("it grows: each step jumps across the valley")


def test_each_answer_gets_one_plain_sentence(page, notebook):
    notebook.run("Check of exercise 1")  # the first cell to run in this kernel
    expect(notebook.output("Check of exercise 1")).to_have_text(
        "⚠ `rule_220` does not exist yet. Run the cell of Exercise 1 above first, then this one. "
        "If that cell shows a ⚠, mend it before."
    )
    notebook.run("# arithmetic on many numbers")
    exercise, verdict = "def mean_squared_error", notebook.output("Check of exercise 2")
    recipe = notebook.source(exercise)

    def try_answer(answer):
        notebook.write(exercise, filled_in(recipe, answer))
        page.keyboard.press("Shift+Enter")  # the check is the next cell

    try_answer("np.mean(misses)")
    expect(verdict).to_have_text(
        "✗ Not yet. Misses above and below the line cancel out in your average. Square them first."
    )
    try_answer("np.mean(mises**2)")
    expect(verdict).to_have_text(
        "⚠ Your code in Exercise 2 stopped before it gave an answer. "
        "`mises` does not exist. Did you mean `misses`? Names must match to the letter."
    )
    try_answer("np.mean(misses**2")
    expect(notebook.output(exercise)).to_contain_text("⚠ Python cannot read `return np.mean(misses**2`")
    expect(page.locator(".jp-Notebook")).not_to_contain_text(lab.STACK_TRACE)
    try_answer(*ANSWERS[exercise])
    expect(verdict).to_have_text("✓ Correct. Squares cannot cancel, so only a good line gets a small number.")
    expect(notebook.output(exercise)).to_have_count(0)


def test_a_quiz_explains_each_choice(page, notebook):
    notebook.run("Question A: run me")
    notebook.run("Question B: run me")
    first = notebook.quiz("Who is doing machine learning?")
    right = first.get_by_label("A computer sees 500 pulses")
    first.get_by_label("A doctor writes down a rule").check()
    expect(first.get_by_role("status")).to_have_text(
        "✗ Not this one. The rule may be good, but the doctor made it. Nothing was learned from data."
    )
    page.keyboard.press("ArrowDown")
    expect(right).to_be_checked()
    expect(first.get_by_role("status")).to_contain_text("✓ Right.")

    second = notebook.quiz("It says: Not attempted yet. What do you do?")
    second.get_by_label("I change the check").check()
    expect(second.get_by_role("status")).to_contain_text("✗ Not this one.")
    expect(right).to_be_checked()


def test_shift_enter_and_saving_work_from_inside_a_control(page, notebook):
    notebook.run("Question A: run me")
    notebook.run("explore_max_heart_rate()")
    explorer = notebook.explorer(lab.FIT_BY_HAND)
    controls = {
        "explore_max_heart_rate()": explorer.get_by_role("slider", name="Your guess"),
        "Question A: run me": notebook.quiz("Who is doing machine learning?").get_by_label("A doctor writes"),
    }
    for cell, control in controls.items():
        control.click()
        number = notebook.cell(cell).locator(".jp-InputArea-prompt")
        before = number.inner_text()
        page.keyboard.press("Shift+Enter")
        expect(number).not_to_have_text(before)
        expect(number).to_have_text(re.compile(r"\[\d+\]:"))

    notebook.quiz("Who is doing machine learning?").get_by_label("A doctor writes").click()
    unsaved = page.locator(".jp-mod-current.jp-mod-dirty")
    expect(unsaved).to_have_count(1)
    page.keyboard.press("Control+s")
    expect(unsaved).to_have_count(0)


def test_after_a_restart_one_click_or_key_wakes_what_sleeps(page, notebook):
    notebook.run("explore_max_heart_rate()")
    notebook.run("Question A: run me")
    explorer, quiz = notebook.explorer(lab.FIT_BY_HAND), notebook.quiz("Who is doing machine learning?")
    with lab.next_picture(explorer):
        explorer.get_by_role("button", name="Commit my guess").click()
    quiz.get_by_label("A computer sees 500 pulses").check()
    expect(quiz.get_by_role("status")).to_contain_text("✓ Right.")

    notebook.restart()
    notebook.run("85% of the best line")
    expect(notebook.output("85% of the best line")).to_contain_text(
        "⚠ `rule_220` is made in the cell under “Exercise 1"
    )
    expect(page.locator(".jp-Notebook")).not_to_contain_text(lab.STACK_TRACE)
    for sleeper in (explorer, quiz):
        top = sleeper.locator("> *").first
        expect(top).to_contain_text("Asleep: the notebook was reopened or restarted. Press here to wake this up.")

    explorer.get_by_role("button", name="Asleep").click()
    expect(explorer.get_by_role("button", name="Asleep")).to_have_count(0)
    expect(explorer).to_contain_text("Commit your guess first")
    with lab.next_picture(explorer):
        explorer.get_by_role("button", name="Commit my guess").click()

    quiz.get_by_label("A doctor writes down a rule").press("Space")
    expect(quiz.get_by_role("button", name="Asleep")).to_have_count(0)
    expect(quiz.get_by_role("status")).to_have_text("")
    quiz.get_by_label("A doctor writes down a rule").check()
    expect(quiz.get_by_role("status")).to_contain_text("✗ Not this one.")


def test_no_verdict_on_another_answer_stands_while_the_kernel_is_busy(page, notebook):
    notebook.run("Question A: run me")
    quiz = notebook.quiz("Who is doing machine learning?")
    quiz.get_by_label("A computer sees 500 pulses").check()
    expect(quiz.get_by_role("status")).to_contain_text("✓ Right.")
    notebook.write("# arithmetic on many numbers", "import time\ntime.sleep(8)")
    quiz.get_by_label("A doctor writes down a rule").check()
    expect(quiz.get_by_role("status")).to_have_text("…")
    expect(quiz.get_by_role("status")).to_contain_text("No answer yet: another cell is running.")
    expect(quiz.get_by_role("status")).to_contain_text("✗ Not this one.")


def test_a_check_never_judges_the_answer_of_before(page, notebook):
    notebook.run("# arithmetic on many numbers")
    exercise, verdict = "def rule_220", notebook.output("Check of exercise 1")
    recipe = notebook.source(exercise)
    for answers, says in ((["170", "-10"], "✓ Correct."), (["170 bpm", "-10"], "⚠ `rule_220` does not exist yet.")):
        notebook.write(exercise, filled_in(recipe, *answers))
        page.keyboard.press("Shift+Enter")
        expect(verdict).to_contain_text(says)


def test_a_check_judges_what_stands_on_the_page(page, notebook, learner):
    notebook.run("# arithmetic on many numbers")
    exercise, check = "Maximum heart rate (bpm) by 220 − age", "Check of exercise 1"
    verdict = notebook.output(check)
    right = filled_in(notebook.source("def rule_220"), *ANSWERS["def rule_220"])
    notebook.write("def rule_220", right)
    page.keyboard.press("Shift+Enter")
    expect(verdict).to_contain_text("✓ Correct.")

    cell = notebook.cell(exercise)
    answer = cell.locator(".cm-content")

    def write(source, run):
        answer.click()
        page.keyboard.press("Control+A")
        page.keyboard.insert_text(source)
        if run:
            page.keyboard.press("Control+Enter")
        page.keyboard.press("Escape")
        notebook.run(check)

    wrong = right.replace("170", "171").replace("def rule_220", "def rule_221")
    for source, run, says in (
        (right.replace("170", "1"), False, "⚠ You have changed the cell of Exercise 1 since it last ran."),
        (right, False, "✓ Correct."),
        (wrong, True, "⚠ The cell of Exercise 1 makes no `rule_220`."),
        (right, True, "✓ Correct."),
        (
            "# " + right.replace("\n", "\n# "),
            True,
            "○ Not attempted yet. The cell of Exercise 1 is empty: type restore_exercise(1)",
        ),
        (right, True, "✓ Correct."),
    ):
        write(source, run)
        expect(verdict).to_contain_text(says)

    answer.click()
    page.keyboard.press("Control+A")
    page.keyboard.insert_text(right.replace("170", "1"))
    notebook.save()
    (status,) = (
        each.status
        for chapter in workspace.read_progress(learner.folder).chapters
        for each in chapter.exercises
        if each.name == "01_rule_220"
    )
    assert status == "submitted"
