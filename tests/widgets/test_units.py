import numpy as np
import pytest
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score

from course_utils.widgets import explore_units
from data_generators import make_hf_phenotypes


def two_measurements():
    X, _ = make_hf_phenotypes(600, random_state=5)
    return X[:, [0, 2]].astype(float)


@pytest.mark.parametrize(
    ("state", "units"),
    [
        ({}, (1, 1)),
        ({"fraction": True}, (1, 0.01)),
        ({"months": True}, (12, 1)),
        ({"scaled": True}, 1 / two_measurements().std(axis=0)),
        ({"scaled": True, "months": True}, 1 / two_measurements().std(axis=0)),
    ],
)
def test_the_groups_are_scikit_learns_in_these_units(state, units):
    explorer = explore_units(seed=5, **state)
    table = two_measurements() * units
    theirs = KMeans(2, n_init=10, random_state=0).fit_predict(table)
    assert adjusted_rand_score(theirs, explorer.result["group"]) > 0.97
    spread = np.cov(table.T).diagonal()
    assert explorer.result["share"] == pytest.approx(spread / spread.sum())


def test_nobody_has_moved_in_the_usual_units_and_many_have_when_the_heart_is_a_fraction():
    explorer = explore_units(seed=5)
    assert explorer.result["moved"] == 0
    usual = explorer.result["group"]
    explorer.set(fraction=True)
    other = explorer.result["group"]
    assert explorer.result["moved"] == min(np.sum(usual != other), np.sum(usual == other)) > 100


def test_the_guess_is_told_beside_the_question_that_it_answers():
    explorer = explore_units(guess=80)
    assert "guessed" not in explorer.alt
    explorer.set(fraction=True)
    assert f"{explorer.result['moved']} of 600 patients are elsewhere" in explorer.alt
    assert explorer.alt.endswith("You guessed 80.")
    explorer.set(months=True)
    assert "guessed" not in explorer.alt
