"""The explorer of chapter 09 that plays clips, against what is known of the patients that it shows."""

import numpy as np
import pytest

from course_utils.widgets import explore_cine
from course_utils.widgets.cine import CLIPS
from data_generators import CAST, ECHO_CHAMBERS, record_cmr, record_echo


def test_the_frame_is_that_of_the_recording():
    explorer = explore_cine()
    clip, _ = record_echo(CAST[1], random_state=0)
    for number in (1, 7, 16):
        explorer.set(frame=number)
        np.testing.assert_array_equal(explorer.result["picture"], clip[number - 1])
        assert f"frame {number} of 16" in explorer.alt


def test_the_area_is_that_of_the_left_ventricle():
    explorer = explore_cine(clip="dilated, echo")
    _, masks = record_echo(CAST[3], random_state=0)
    cavity = (masks == ECHO_CHAMBERS.index("LV")).sum(axis=(1, 2))
    assert explorer.result["area"] == pytest.approx(100 * cavity / cavity[0])
    assert explorer.result["smallest"] == pytest.approx(100 * cavity.min() / cavity[0])


def test_a_dilated_heart_hardly_gets_smaller_a_healthy_one_does_and_one_that_stands_not_at_all():
    least = {clip: explore_cine(clip=clip).result["area"].min() for clip in CLIPS}
    assert least["stands still, echo"] == 100
    assert least["dilated, echo"] > 78
    assert least["healthy, echo"] < 65
    assert least["healthy, MRI"] < 60


def test_the_slice_is_one_in_the_middle_of_the_stack():
    explorer = explore_cine(clip="healthy, MRI", frame=4)
    stack, _ = record_cmr(CAST[1], frames=16, size=96, random_state=0)
    alike = [np.corrcoef(explorer.result["picture"].ravel(), each.ravel())[0, 1] for each in stack[3]]
    assert 3 <= int(np.argmax(alike)) <= 8
    assert 0 <= explorer.result["picture"].min() < explorer.result["picture"].max() <= 1


@pytest.mark.parametrize(
    ("clip", "frame", "words"),
    [
        ("healthy, echo", 4, "is getting smaller"),
        ("healthy, echo", 9, "is getting larger"),
        ("stands still, echo", 9, "hardly changes"),
    ],
)
def test_the_sentence_says_where_the_ventricle_goes(clip, frame, words):
    assert words in explore_cine(clip=clip, frame=frame).alt


def test_the_frame_can_be_played_and_the_guess_is_compared():
    explorer = explore_cine()
    (slider,) = (spec for spec in explorer.page["controls"] if spec["kind"] == "slider")
    assert slider["plays"] >= 100  # ms, so that a kernel far away keeps up
    assert "guessed" not in explorer.alt
    explorer.set(guess=45)
    assert f"{explorer.result['smallest']:.0f}% of that at end-diastole; you guessed 45%." in explorer.alt
