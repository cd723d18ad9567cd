"""The cine player of chapter 09: played, stepped and looped by keyboard, and paused for who wants less motion."""

import pytest
from browser import lab
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

SHOWN = "from course_utils.widgets import explore_cine\n\nexplore_cine(frame=15)"


@pytest.fixture
def explorer(open_copy, learner):
    notebook = open_copy(learner.notebook("09_cnn_3d"))
    notebook.write("import numpy as np", SHOWN)
    explorer = notebook.explorer("A clip, frame by frame")
    with lab.next_picture(explorer):
        explorer.get_by_role("button", name="Commit my guess").click()
    return explorer


def test_a_clip_is_stepped_played_looped_and_paused_by_the_keyboard(page, explorer):
    slider, sentence = explorer.get_by_role("slider", name="Frame"), explorer.locator("p")
    play, back, forth = (explorer.get_by_role("button", name=name) for name in ("Play", "Back", "Next"))
    again = explorer.get_by_role("checkbox", name="Over and over")
    expect(again).to_be_checked()
    for button, frame in ((forth, 16), (forth, 1), (back, 16), (back, 15)):
        button.press("Enter")
        expect(sentence).to_contain_text(f"frame {frame} of 16")
    expect(sentence).to_have_attribute("aria-live", "polite")

    play.press("Enter")
    pause = explorer.get_by_role("button", name="Pause")
    expect(sentence).to_contain_text("frame 3 of 16")  # beyond the end, and round again
    expect(sentence).to_have_attribute("aria-live", "off")
    pause.press("Enter")
    expect(play).to_be_visible()
    page.wait_for_timeout(400)  # what is under way arrives
    frame = slider.input_value()
    page.wait_for_timeout(400)
    assert slider.input_value() == frame

    again.press("Space")
    play.press("Enter")
    expect(sentence).to_contain_text("frame 16 of 16")
    expect(play).to_be_visible()  # it stops at the end


def test_it_never_begins_by_itself_and_stops_when_the_reader_asks_for_less_motion(page, explorer):
    expect(explorer.locator("p")).to_contain_text("frame 15 of 16")
    page.wait_for_timeout(400)
    expect(explorer.locator("p")).to_contain_text("frame 15 of 16")
    explorer.get_by_role("button", name="Play").press("Enter")
    expect(explorer.get_by_role("button", name="Pause")).to_be_visible()
    page.emulate_media(reduced_motion="reduce")
    expect(explorer.get_by_role("button", name="Play")).to_be_visible()
