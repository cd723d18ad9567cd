import numpy as np
import pytest
from sklearn.linear_model import LinearRegression

from course_utils.widgets import explore_max_heart_rate
from data_generators import make_max_heart_rate


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
