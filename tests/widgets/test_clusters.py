import numpy as np
import pytest
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score, silhouette_score
from sklearn.preprocessing import StandardScaler

from course_utils.widgets import explore_clusters
from course_utils.widgets.clusters import nearest, tightest, walk
from data_generators import make_hf_phenotypes


@pytest.fixture(scope="module")
def explorer():
    return explore_clusters(seed=3)


def patients(scaled=True):
    X, y = make_hf_phenotypes(600, random_state=3)
    return (StandardScaler().fit_transform(X) if scaled else X).astype(float), y


def test_the_walk_ends_where_scikit_learns_does(explorer):
    Z, _ = patients()
    explorer.set(groups=4, first=2, steps=30, scaled=True)
    first = walk(Z, 4, 2, 0)[0]
    theirs = KMeans(4, init=first, n_init=1, max_iter=30, tol=0).fit(Z)
    assert adjusted_rand_score(theirs.labels_, explorer.result["group"]) == pytest.approx(1, abs=1e-9)


@pytest.mark.parametrize("scaled", [True, False])
def test_the_best_groups_are_as_tight_as_scikit_learns(explorer, scaled):
    table, y = patients(scaled)
    explorer.set(groups=3, scaled=scaled)
    for place, k in enumerate(range(2, 7)):
        theirs = KMeans(k, n_init=10, random_state=0).fit(table)
        centres = tightest(table, k, 8)
        group = nearest(table, centres)
        assert np.square(table - centres[group]).sum() == pytest.approx(theirs.inertia_, rel=0.02)
        assert explorer.result["silhouette"][place] == pytest.approx(silhouette_score(table, group))
        assert explorer.result["agreement"][place] == pytest.approx(adjusted_rand_score(y, group))


def test_the_agreement_told_is_that_of_the_groups_shown(explorer):
    _, y = patients()
    explorer.set(groups=5, first=3, steps=2, scaled=True)
    assert explorer.result["agreement_now"] == pytest.approx(adjusted_rand_score(y, explorer.result["group"]))


def test_centres_are_the_average_members_once_nothing_moves(explorer):
    X, _ = patients(scaled=False)
    explorer.set(groups=5, first=1, steps=30, scaled=True)
    assert explorer.result["still"]
    assert "another step changes nothing" in explorer.alt
    assert len(explorer.result["centres"]) == 5
    for number, centre in explorer.result["centres"].items():
        assert centre == pytest.approx(X[explorer.result["group"] == number].mean(axis=0), rel=1e-5)


def test_buttons_walk_to_the_end_and_start_again(explorer):
    explorer.set(groups=4, first=1, steps=0, scaled=True)
    assert "they still move" in explorer.alt
    explorer.press("step")
    assert explorer.alt.startswith("After 1 step: ")
    explorer.press("leap")
    assert explorer.state["steps"] == 30
    explorer.press("restart")
    assert explorer.state["steps"] == 0


def test_no_score_is_shown_before_the_guess():
    explorer = explore_clusters(groups=3)
    assert "silhouette" not in explorer.alt
    explorer.set(guess=2)
    best = 2 + int(np.argmax(explorer.result["silhouette"]))
    assert explorer.alt.endswith(f"with {best} groups.")


def test_the_truth_is_told_only_when_it_is_shown(explorer):
    explorer.set(groups=4, first=1, steps=30, scaled=True, guess=6, labels=False)
    assert "kinds" not in explorer.alt
    hidden = explorer.picture
    explorer.set(labels=True)
    assert "nobody could do better than 0.73. You guessed 6 kinds." in explorer.alt
    assert explorer.picture != hidden
