import numpy as np
import pytest
from sklearn.linear_model import LinearRegression
from sklearn.metrics import confusion_matrix

from course_utils import widgets
from course_utils.widgets import (
    explore_gradient_descent,
    explore_irregular_pulse,
    explore_max_heart_rate,
    explore_risk_surface,
    explore_treatment_threshold,
)
from data_generators import make_max_heart_rate, make_pulses, make_ten_year_mortality, ten_year_mortality_risk

EXPLORERS = [getattr(widgets, name) for name in widgets.__all__]
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


def irregularity_of_each(intervals):
    return np.array([100 * np.mean(np.abs(each[1:] - each[:-1])) / np.mean(each) for each in intervals.astype(float)])


def test_a_limit_misses_and_alarms_as_a_confusion_matrix_counts():
    intervals, y = make_pulses(200, random_state=3)
    called = irregularity_of_each(intervals) > 12
    (_, false_alarms), (missed, _) = confusion_matrix(y, called)
    explorer = explore_irregular_pulse(seed=3, limit=12)
    assert (explorer.result["missed"], explorer.result["false_alarms"]) == (missed, false_alarms)
    assert f"{missed} people in atrial fibrillation are missed" in explorer.alt
    assert f"{false_alarms} in sinus rhythm get a false alarm" in explorer.alt


def test_no_limit_is_better_than_the_best_one():
    explorer = explore_irregular_pulse(guess=20, best=True)
    best = explorer.result["best_wrong"]
    wrong = {}
    for limit in range(1, 41):
        explorer.set(limit=limit)
        wrong[limit] = explorer.result["missed"] + explorer.result["false_alarms"]
    assert min(wrong.values()) == wrong[explorer.result["best_limit"]] == best
    assert f"still calls {best} people wrongly. You guessed 20." in explorer.alt


def test_the_risk_surface_shows_the_simulations_own_risk():
    explorer = explore_risk_surface(age=71, cholesterol=7.5)
    assert explorer.result["risk"] == pytest.approx(ten_year_mortality_risk(71, 7.5))
    assert explorer.result["lowered"] == pytest.approx(ten_year_mortality_risk(71, 5.5))
    assert "7.5 mmol/L (290 mg/dL)" in explorer.alt


def test_cholesterol_matters_most_in_the_middle():
    explorer = explore_risk_surface(cholesterol=6.5, widest=True, guess=50)
    gap = {}
    for age in range(40, 91):
        explorer.set(age=age)
        gap[age] = explorer.result["risk"] - explorer.result["lowered"]
    widest = max(gap, key=gap.get)
    assert explorer.result["widest_age"] == pytest.approx(widest, abs=0.5)
    assert 60 < widest < 80
    assert gap[widest] > 2 * max(gap[40], gap[90])
    assert f"The gap is widest at {widest} years" in explorer.alt
    assert "You guessed 50 years." in explorer.alt


def test_drawing_log_odds_changes_the_picture_and_not_the_risk():
    explorer = explore_risk_surface(age=60)
    risk, picture = explorer.result["risk"], explorer.picture
    explorer.set(log_odds=True)
    assert explorer.picture != picture
    assert explorer.result["risk"] == risk


def test_without_an_effect_less_cholesterol_changes_nothing():
    explorer = explore_risk_surface(effect=0)
    assert explorer.result["risk"] == explorer.result["lowered"]
    assert "0.0 points fewer" in explorer.alt


def test_a_threshold_is_counted_as_a_confusion_matrix_counts():
    _, died, truth = make_ten_year_mortality(1000, random_state=4, return_truth=True)
    (_, needless), (missed, rightly) = confusion_matrix(died, truth["risk"] >= 0.3)
    explorer = explore_treatment_threshold(seed=4, threshold=30, weight=7)
    result = explorer.result
    assert (result["needless"], result["missed"], result["treated"]) == (needless, missed, needless + rightly)
    assert result["harm"] == needless + 7 * missed


@pytest.mark.parametrize("weight", [1, 4, 9])
def test_the_least_harm_is_done_near_one_in_one_plus_weight(weight):
    best = [explore_treatment_threshold(seed=seed, weight=weight).result["best_threshold"] for seed in range(5)]
    # The harm is flat about its minimum: one study of 1,000 people finds it within some points, five on average.
    assert np.mean(best) == pytest.approx(1 / (1 + weight), abs=0.06)


def test_a_threshold_names_those_of_the_cast_who_are_treated():
    explorer = explore_treatment_threshold(threshold=20)
    assert "Of the six patients, Mr Samuel Osei, Mrs Amina Rahman, Mrs Rosa Delgado would be treated." in explorer.alt
    explorer.set(threshold=95)
    assert "Of the six patients, nobody would be treated." in explorer.alt


def test_the_least_harm_is_told_beside_the_guess():
    explorer = explore_treatment_threshold(guess=50, best=True)
    least = 100 * explorer.result["best_threshold"]
    assert f"The least harm is done at {least:.0f}%. For a weight of 4 you guessed 50%." in explorer.alt
