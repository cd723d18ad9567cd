import numpy as np
import pytest

from course_utils.widgets import explore_gradient_descent
from data_generators import make_max_heart_rate


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
    explorer.press("step")
    assert "After 1 step " in explorer.alt
    for _ in range(8):
        explorer.press("leap")
    assert explorer.state["steps"] == 60
    explorer.press("restart")
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
