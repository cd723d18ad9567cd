"""What every explorer does, whatever it shows."""

import subprocess
import sys

import pytest

from course_utils import widgets
from course_utils.widgets import (
    explore_max_heart_rate,
)

EXPLORERS = [getattr(widgets, name) for name in widgets.__all__]
PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture(params=EXPLORERS, ids=lambda explore: explore.__name__)
def explorer(request):
    return request.param()


def from_page(explorer, **content):
    """Deliver a message as the page sends it."""
    explorer._handle_custom_msg(content, [])


def test_an_explorer_is_found_by_its_name_and_no_other_is_imported_with_it():
    program = (
        "import sys; from course_utils.widgets import explore_irregular_pulse; "
        "print(*sorted(name for name in sys.modules if name.startswith('course_utils.widgets.')))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["course_utils.widgets.explorer", "course_utils.widgets.irregular_pulse"]


def test_a_name_that_no_file_stands_for_is_an_error():
    with pytest.raises(AttributeError, match=r"'course_utils\.widgets' has no attribute 'explore_nothing'"):
        _ = widgets.explore_nothing


def test_it_begins_with_a_picture_a_sentence_and_no_guess(explorer):
    assert explorer.picture.startswith(PNG)
    assert explorer.alt
    assert explorer.state["guess"] is None
    assert explorer.values == explorer.state


def test_it_waits_for_the_guess_and_shows_it_to_the_page(explorer):
    guess = explorer.page["guess"]
    assert guess["label"].endswith("?")
    from_page(explorer, set={"guess": guess["maximum"]})
    assert explorer.values["guess"] == guess["maximum"]


def test_a_moved_control_changes_picture_sentence_and_revision(explorer):
    slider = [spec for spec in explorer.page["controls"] if spec["kind"] == "slider"][-1]
    picture, alt, revision = explorer.picture, explorer.alt, explorer.revision
    from_page(explorer, set={slider["name"]: slider["maximum"]})
    assert explorer.controls[slider["name"]].value == explorer.values[slider["name"]] == slider["maximum"]
    assert explorer.picture != picture
    assert explorer.alt != alt
    assert explorer.revision == revision + 1


def test_a_control_moved_back_gives_the_same_picture(explorer):
    slider = [spec for spec in explorer.page["controls"] if spec["kind"] == "slider"][-1]
    picture, alt = explorer.picture, explorer.alt
    for value in (slider["maximum"], slider["value"]):
        explorer.set(**{slider["name"]: value})
    assert (explorer.picture, explorer.alt) == (picture, alt)


def test_every_control_has_a_label_and_sliders_a_range_that_holds_their_value(explorer):
    for spec in explorer.page["controls"]:
        assert spec["label"]
        if spec["kind"] == "slider":
            assert spec["minimum"] <= explorer.values[spec["name"]] <= spec["maximum"]


@pytest.mark.parametrize("bad", [{"nonsense": 1}, {"guess": 1e9}, {"guess": "many"}])
def test_bad_values_are_refused_by_name_and_move_nothing(explorer, bad):
    before = dict(explorer.state), explorer.picture
    with pytest.raises(ValueError, match=next(iter(bad))):
        explorer.set(**bad)
    assert (dict(explorer.state), explorer.picture) == before


def test_an_error_is_shown_in_the_widget_and_does_not_stop_it(explorer):
    revision = explorer.revision
    from_page(explorer, press="no such button")
    assert explorer.alt.startswith("⚠ ")
    assert explorer.revision == revision + 1
    from_page(explorer, set={"guess": explorer.page["guess"]["maximum"]})
    assert not explorer.alt.startswith("⚠")


def test_the_page_gets_a_live_widget_and_every_other_reader_a_picture(explorer, monkeypatch):
    bundle, _ = explorer._repr_mimebundle_()
    assert bundle["application/vnd.jupyter.widget-view+json"]["model_id"] == explorer.model_id
    assert bundle["image/png"]
    assert explorer.alt in bundle["text/plain"]
    monkeypatch.setenv("COURSE_STATIC", "1")
    bundle, _ = explorer._repr_mimebundle_()
    assert set(bundle) == {"text/plain", "image/png"}


def test_start_values_are_taken_and_checked():
    assert explore_max_heart_rate(at_50=180).state["at_50"] == 180
    with pytest.raises(ValueError, match="at_50 is 1000; it must be from 130 to 210"):
        explore_max_heart_rate(at_50=1000)
