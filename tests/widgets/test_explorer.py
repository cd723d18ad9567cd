"""What every explorer does, whatever it shows."""

import io
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from course_utils import widgets
from course_utils.widgets import explore_max_heart_rate
from course_utils.widgets.explorer import Choice, Explorer, Slider, steps_controls

EXPLORERS = [getattr(widgets, name) for name in widgets.__all__]
TESTS = Path(__file__).parent
PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture(scope="module", params=EXPLORERS, ids=lambda explore: explore.__name__)
def explore(request):
    return request.param


@pytest.fixture(scope="module")
def unmoved(explore):
    """An explorer for tests that leave it as it is."""
    return explore()


@pytest.fixture
def explorer(explore):
    return explore()


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


@pytest.mark.parametrize("name", widgets.__all__)
def test_an_explorer_has_tests_of_its_own(name):
    file = TESTS / f"test_{name.removeprefix('explore_')}.py"
    assert file.exists(), f"Write tests/widgets/{file.name}."
    assert "\ndef test_" in file.read_text(encoding="utf-8"), f"There is no test in tests/widgets/{file.name} yet."


def test_it_begins_with_a_picture_a_sentence_and_no_guess(unmoved):
    assert unmoved.picture.startswith(PNG)
    assert unmoved.alt
    assert unmoved.state["guess"] is None
    assert unmoved.values == unmoved.state


def test_it_waits_for_the_guess_and_shows_it_to_the_page(explorer):
    guess = explorer.page["guess"]
    assert guess["label"].endswith("?")
    from_page(explorer, set={"guess": guess["maximum"]})
    assert explorer.values["guess"] == guess["maximum"]


def test_a_moved_control_changes_picture_sentence_and_revision_and_moved_back_gives_the_same(explorer):
    slider = [spec for spec in explorer.page["controls"] if spec["kind"] == "slider"][-1]
    picture, alt, revision = explorer.picture, explorer.alt, explorer.revision
    from_page(explorer, set={slider["name"]: slider["maximum"]})
    assert explorer.controls[slider["name"]].value == explorer.values[slider["name"]] == slider["maximum"]
    assert explorer.picture != picture
    assert explorer.alt != alt
    assert explorer.revision == revision + 1
    explorer.set(**{slider["name"]: slider["value"]})
    assert (explorer.picture, explorer.alt) == (picture, alt)


def test_every_control_has_a_label_and_sliders_a_range_that_holds_their_value(unmoved):
    for spec in unmoved.page["controls"]:
        assert spec["label"]
        if spec["kind"] == "slider":
            assert spec["minimum"] <= unmoved.values[spec["name"]] <= spec["maximum"]


def test_bad_values_are_refused_by_name_and_move_nothing(unmoved):
    before = dict(unmoved.state), unmoved.picture
    for bad in ({"nonsense": 1}, {"guess": 1e9}, {"guess": "many"}):
        with pytest.raises(ValueError, match=next(iter(bad))):
            unmoved.set(**bad)
        assert (dict(unmoved.state), unmoved.picture) == before


def test_an_error_is_shown_in_the_widget_and_does_not_stop_it(explorer):
    revision = explorer.revision
    from_page(explorer, press="no such button")
    assert explorer.alt.startswith("⚠ ")
    assert explorer.revision == revision + 1
    from_page(explorer, set={"guess": explorer.page["guess"]["maximum"]})
    assert not explorer.alt.startswith("⚠")


def test_the_page_gets_a_live_widget_and_every_other_reader_a_picture(unmoved, monkeypatch):
    bundle, _ = unmoved._repr_mimebundle_()
    assert bundle["application/vnd.jupyter.widget-view+json"]["model_id"] == unmoved.model_id
    assert bundle["image/png"]
    assert unmoved.alt in bundle["text/plain"]
    monkeypatch.setenv("COURSE_STATIC", "1")
    bundle, _ = unmoved._repr_mimebundle_()
    assert set(bundle) == {"text/plain", "image/png"}


def test_start_values_are_taken_and_checked():
    assert explore_max_heart_rate(at_50=180).state["at_50"] == 180
    with pytest.raises(ValueError, match="at_50 is 1000; it must be from 130 to 210"):
        explore_max_heart_rate(at_50=1000)


@pytest.fixture
def small():
    """An explorer of a line through one slider, a choice and steps, which can be touched, and can be made to fail."""

    def draw(axes, state, result):
        if state["colour"] == "film":
            return [axes.imshow([[0, 1]], cmap="gray", extent=(0, 10, 0, 10))]
        artists = axes.plot([0, state["level"]], color=state["colour"])
        if state["level"] == 7:
            raise RuntimeError("seven cannot be drawn")
        return artists

    def frame(figure):
        axes = figure.add_axes((0.25, 0.25, 0.5, 0.5))
        axes.set(xlim=(0, 10), ylim=(0, 10))
        return axes

    return Explorer(
        title="A line",
        controls=[
            Slider(name="level", label="Level", minimum=0, maximum=10, step=0.5, value=1, unit="mm"),
            Choice(name="colour", label="Colour", options=("black", "grey", "film"), value="black"),
            *steps_controls(12),
        ],
        compute=lambda **state: {"level": state["level"]},
        frame=frame,
        draw=draw,
        describe=lambda state, result: f"The level is {state['level']}." if state["level"] != 8 else 1 / 0,
        size=(8.0, 4.0),
        touch=lambda state, axes, x, y: {"level": y, "colour": "grey"},
        start={},
    )


@pytest.mark.parametrize("broken", [7, 8])
def test_after_a_drawing_or_a_sentence_that_failed_it_stands_where_it_was_and_goes_on(small, broken):
    before = small.picture, dict(small.state), small.alt
    for _ in range(2):
        from_page(small, set={"level": broken})
        assert small.alt.startswith("⚠ ")
        assert "list.remove" not in small.alt
        assert (small.picture, dict(small.state), dict(small.values)) == (before[0], before[1], before[1])
    from_page(small, set={"level": 2})
    assert small.alt == "The level is 2."
    assert len(small.figure.axes[0].lines) == 1
    from_page(small, set={"level": 1})
    assert (small.picture, dict(small.state), small.alt) == before


def test_it_is_drawn_as_large_as_the_page_shows_it(small):
    letters = [text.get_size() for text in small.figure.axes[0].get_xticklabels()]
    from_page(small, size=[468, 250])
    assert Image.open(io.BytesIO(small.picture)).size == (468, 250) == tuple(small.size)
    assert [text.get_size() for text in small.figure.axes[0].get_xticklabels()] == letters
    from_page(small, set={"level": 3})
    assert Image.open(io.BytesIO(small.picture)).size == (468, 250)
    from_page(small, size=[10, 100_000])
    assert tuple(small.size) == (200, 2000)


def test_a_touch_tells_the_data_under_it_and_moves_the_nearest_step(small):
    from_page(small, touch=[0.5, 0.5])
    assert small.state["level"] == pytest.approx(5)
    assert small.state["colour"] == "grey"
    from_page(small, touch=[0.3, 0.25 + 0.5 * 0.667])
    assert small.state["level"] == pytest.approx(3.5)
    state, revision = dict(small.state), small.revision
    from_page(small, touch=[0.9, 0.1])  # beside the axes
    assert small.state == state
    assert small.revision == revision + 1


def test_what_cannot_be_touched_says_so():
    explorer = explore_max_heart_rate()
    with pytest.raises(ValueError, match="cannot be touched"):
        explorer.touch(0.5, 0.5)


def test_a_dark_page_turns_lines_dark_and_no_film_into_its_negative(small):
    assert small.follows_theme
    small.set(colour="film")
    assert not small.follows_theme
    small.set(colour="grey")
    assert small.follows_theme


def test_a_choice_takes_its_options_alone(small):
    small.set(colour="grey")
    with pytest.raises(ValueError, match="colour is 'red'; it must be one of 'black', 'grey'"):
        small.set(colour="red")


def test_steps_go_on_to_the_last_and_begin_again(small):
    for name, steps in (("step", 1), ("leap", 11), ("leap", 12), ("restart", 0)):
        small.press(name)
        assert small.state["steps"] == steps
