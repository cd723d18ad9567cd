import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from course_utils.widgets import explore_interactions
from data_generators import make_risk_markers, marker_risk


def test_the_truth_is_the_simulations_own_risk():
    X, _, truth = make_risk_markers(50, interaction=True, random_state=0, return_truth=True)
    assert np.allclose(marker_risk(X, interaction=True), truth["risk"])
    explorer = explore_interactions(ejection_fraction=25, truth=True)
    low, high = marker_risk([[68, 4, 80, 13.3, 25], [68, 4, 160, 13.3, 25]], interaction=True)
    assert explorer.result["rise"]["truth"] == pytest.approx(100 * (high - low))


def test_the_sum_is_scikit_learns_regression():
    X, died = make_risk_markers(3000, interaction=True, random_state=0)
    inputs = X.astype(float)
    inputs[:, 1:3] = np.log(inputs[:, 1:3])
    mean, sd = inputs.mean(axis=0), inputs.std(axis=0)
    place = (np.array([[68, np.log(4), np.log(200), 13.3, 40]]) - mean) / sd
    expected = LogisticRegression().fit((inputs - mean) / sd, died).predict_proba(place)[0, 1]
    assert explore_interactions(ejection_fraction=40).result["sum"][-1] == pytest.approx(expected, rel=1e-6)


def test_a_sum_adds_the_same_log_odds_at_every_ejection_fraction():
    explorer, slopes = explore_interactions(), []
    for fraction in (20, 45, 70):
        explorer.set(ejection_fraction=fraction)
        log_odds = np.log(explorer.result["sum"] / (1 - explorer.result["sum"]))
        slopes.append(log_odds[-1] - log_odds[0])
    assert slopes == pytest.approx([slopes[0]] * 3)


def off(explorer, **state):
    misses = []
    for fraction in range(15, 76, 5):
        explorer.set(ejection_fraction=fraction, **state)
        result = explorer.result
        misses.append((result["network"] - result["truth"], result["sum"] - result["truth"]))
    return np.sqrt(np.mean(np.square(misses), axis=(0, 2)))


@pytest.mark.parametrize("seed", range(3))
def test_one_hidden_neuron_does_not_help_and_eight_do(seed):
    explorer = explore_interactions(seed=seed)
    one, by_sum = off(explorer, neurons=1)
    eight, _ = off(explorer, neurons=8)
    assert one > 0.8 * by_sum
    assert eight < 0.5 * by_sum


def test_the_sentence_tells_the_truth_beside_the_guess():
    explorer = explore_interactions(guess=20, ejection_fraction=60)
    assert "guessed" not in explorer.alt
    explorer.set(truth=True, network=True, neurons=8)
    assert "The truth is 0. For an ejection fraction of 60% you guessed 20 points." in explorer.alt
    assert "The network of 8 hidden neurons says" in explorer.alt
