import numpy as np
import pytest
from sklearn.metrics import confusion_matrix

from course_utils.widgets import explore_treatment_threshold
from data_generators import make_ten_year_mortality


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
