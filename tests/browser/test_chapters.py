"""Every chapter from its first cell to its last, as a learner who answers all of it."""

import pytest
from browser import lab
from browser.accessibility import assert_accessible, assert_nothing_is_wider_than_its_cell, show_all
from browser.layout import assert_pictures_follow_the_dark_theme, assert_usable_on_small_screens, choose_theme
from notebooks.attempts import Chapter
from playwright.sync_api import expect

from course_utils import chapters

pytestmark = pytest.mark.browser


@pytest.fixture(params=chapters.chapter_names())
def chapter(request):
    chapter = Chapter(request.param)
    without = [exercise.name for exercise in chapter.exercises if not exercise.answers["right"]]
    assert not without, f"There is no right answer to type into: {', '.join(without)}"
    return chapter


def test_a_chapter_can_be_read_moved_answered_and_used_by_everyone(page, learner, open_copy, chapter):
    path = learner.notebook(chapter.name)
    notebook = open_copy(path)
    choose_theme(page, "Light")
    notebook.run_all()
    expect(page.locator(".jp-Notebook")).not_to_contain_text(lab.STACK_TRACE)
    explorers = notebook.explorers(path)
    show_all(page, width=1280)
    assert_accessible(page)
    assert_nothing_is_wider_than_its_cell(page)
    assert_usable_on_small_screens(page, explorers)

    for explorer in explorers:
        with lab.next_picture(explorer):
            explorer.get_by_role("button", name="Commit my guess").click()
        picture, sentence = explorer.get_by_role("img"), explorer.locator("p")
        said, shown = sentence.inner_text(), picture.get_attribute("src")
        with lab.next_picture(explorer):
            explorer.get_by_role("slider").last.press("ArrowRight")
        expect(sentence).not_to_have_text(said)
        expect(picture).to_have_attribute("alt", sentence.inner_text())
        assert picture.get_attribute("src") != shown
    for quiz in page.locator(".course-quiz").all():
        verdicts, status = set(), quiz.get_by_role("status")
        for option in quiz.get_by_role("radio").all():
            said = status.inner_text()
            option.check()
            expect(status).not_to_have_text(said)
            expect(status).to_contain_text(lab.VERDICT)
            verdicts.add(status.inner_text()[0])
        assert verdicts == {"✓", "✗"}
    assert_usable_on_small_screens(page, explorers)

    for exercise in chapter.exercises:
        notebook.write(exercise.answer.source.splitlines()[0], exercise.filled(exercise.answers["right"][0]))
    notebook.run_what_stopped()
    assert notebook.errors() == []
    for number in range(1, len(chapter.exercises) + 1):
        expect(notebook.output(f"Check of exercise {number}")).to_contain_text("✓ Correct.")
    expect(page.locator(".jp-Notebook")).not_to_contain_text(lab.STACK_TRACE)

    assert_pictures_follow_the_dark_theme(page, explorers)
    show_all(page, width=900)
    assert_accessible(page)
    assert_nothing_is_wider_than_its_cell(page)
