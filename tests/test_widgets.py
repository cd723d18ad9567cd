import numpy as np
import pytest
from sklearn.linear_model import LinearRegression

from course_utils.widgets import explore_gradient_descent, explore_max_heart_rate
from data_generators import make_max_heart_rate

EXPLORERS = [explore_max_heart_rate, explore_gradient_descent]
PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture(params=EXPLORERS, ids=lambda explore: explore.__name__)
def explorer(request):
    return request.param()


def from_page(explorer, **content):
    """Deliver a message as the page sends it."""
    explorer._handle_custom_msg(content, [])


def test_it_begins_with_a_picture_a_sentence_and_no_guess(explorer):
    assert explorer.picture.startswith(PNG)
    assert explorer.alt
    assert explorer.state["guess"] is None
    assert explorer.values == explorer.state


def test_it_waits_for_the_guess_and_shows_it_to_the_page(explorer):
    assert explorer.page["guess"]["label"].endswith("?")
    from_page(explorer, set={"guess": 9})
    assert explorer.values["guess"] == 9


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
    from_page(explorer, set={"guess": 5})
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


def test_the_best_line_is_scikit_learns():
    X, heart_rate = make_max_heart_rate(200, random_state=7)
    model = LinearRegression().fit((X - 50) / 10, heart_rate)
    explorer = explore_max_heart_rate(seed=7, best=True)
    assert explorer.result["best_line"] == pytest.approx((model.intercept_, model.coef_[0]), rel=1e-4)


def test_the_typical_miss_is_the_root_mean_squared_error():
    X, heart_rate = make_max_heart_rate(200, random_state=0)
    explorer = explore_max_heart_rate(at_50=170, per_decade=-10)
    assert explorer.result["miss"] == pytest.approx(np.sqrt(np.mean((220 - X[:, 0] - heart_rate) ** 2)), rel=1e-4)
    assert "220 − 1.00 × age" in explorer.alt


def test_the_sentence_shows_the_guess_beside_the_best_line():
    explorer = explore_max_heart_rate(guess=10, best=True)
    assert "You guessed a fall of 10.0 bpm." in explorer.alt
    explorer.controls["best"].value = False
    assert "guessed" not in explorer.alt


def test_gradient_descent_walks_down_to_the_best_line():
    explorer = explore_gradient_descent(learning_rate=0.1, steps=60)
    errors = explorer.result["errors"]
    assert (np.diff(errors) < 0).all()
    assert errors[-1] == pytest.approx(explorer.result["best_error"], rel=1e-3)


def test_the_gradient_is_the_slope_of_the_error():
    X, heart_rate = make_max_heart_rate(200, random_state=0)
    decades = (X[:, 0].astype(float) - 50) / 10

    def error(line):
        return np.mean((line[0] + line[1] * decades - heart_rate) ** 2)

    explorer = explore_gradient_descent(steps=3)
    line = explorer.result["path"][-1]
    for axis, gradient in enumerate(explorer.result["gradient"]):
        shift = np.eye(2)[axis] * 1e-4
        assert (error(line + shift) - error(line - shift)) / 2e-4 == pytest.approx(gradient, rel=1e-4)


def test_the_step_that_the_sentence_announces_is_the_step_that_is_taken():
    explorer = explore_gradient_descent(steps=4)
    announced = explorer.alt
    explorer.press("step")
    level, slope = np.diff(explorer.result["path"], axis=0)[-1]
    assert f"heart rate at 50 by {level:+.2f} bpm".replace("-", "−") in announced
    assert f"ten years by {slope:+.2f} bpm".replace("-", "−") in announced


def test_buttons_walk_stop_at_the_end_and_start_again():
    explorer = explore_gradient_descent()
    from_page(explorer, press="step")
    assert "After 1 step " in explorer.alt
    for _ in range(8):
        from_page(explorer, press="ten_steps")
    assert explorer.state["steps"] == 60
    from_page(explorer, press="restart")
    assert explorer.state["steps"] == 0


def test_too_large_a_learning_rate_is_said_to_diverge():
    explorer = explore_gradient_descent(learning_rate=0.3, steps=10)
    assert explorer.result["errors"][-1] > explorer.result["errors"][0]
    assert "it grows" in explorer.alt


def test_no_walk_that_has_arrived_is_said_to_grow():
    explorer = explore_gradient_descent()
    seen = set()
    for rate in np.arange(1, 31) / 100:
        explorer.set(learning_rate=float(rate), steps=60)
        before, now = explorer.result["errors"][-2:]
        grows = now > before and now > 1.01 * explorer.result["best_error"]
        assert ("it grows" in explorer.alt) == grows, (rate, explorer.alt)
        seen.add(bool(grows))
    assert seen == {True, False}


def test_the_guess_is_compared_with_the_step_that_answers_it():
    explorer = explore_gradient_descent(guess=12, steps=60, learning_rate=0.05)
    first = int(np.argmax(explorer.result["errors"] < 11**2))
    assert f"It fell below 11 bpm at step {first}" in explorer.alt.replace("With this learning rate it", "It")
    assert "you guessed 12" in explorer.alt
