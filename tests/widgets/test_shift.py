"""The explorer of chapter 06 that shifts a trace: what it says of its networks must hold however they begin."""

import numpy as np
import pytest
from seeds import SEEDS

from course_utils.widgets import explore_shift

SHIFTS = np.arange(-300, 301, 10)


@pytest.fixture(scope="module", params=SEEDS)
def explorer(request):
    return explore_shift(seed=1000 * request.param)


def test_the_plain_network_breaks_and_the_convolutional_one_holds(explorer):
    right = explorer.result["right"]
    middle = np.abs(SHIFTS) <= 10
    far = np.abs(SHIFTS) >= 200
    assert right["plain"][middle].min() > 0.9
    assert right["plain"][far].mean() < 0.65
    assert right["convolutional"].min() > 0.8
    assert 20 <= explorer.result["breaks_at"]["plain"] <= 60
    assert explorer.result["breaks_at"]["convolutional"] is None


def test_both_were_trained_alike_when_the_picture_was_made():
    first, again = explore_shift(seed=3).result["right"], explore_shift(seed=3).result["right"]
    assert np.array_equal(first["plain"], again["plain"])


def test_the_sentence_says_what_each_network_calls_the_beat():
    explorer = explore_shift(guess=150)
    assert "guessed" not in explorer.alt
    explorer.set(shift=100, beat=2)
    called = {
        name: "left bundle branch block" if k else "normal conduction" for name, k in explorer.result["called"].items()
    }
    assert f"is called {called['plain']} by the plain network" in explorer.alt
    assert f"and {called['convolutional']} by the convolutional one" in explorer.alt
    assert f"at {explorer.result['breaks_at']['plain']} ms; you guessed 150." in explorer.alt
    share = explorer.result["right"]["plain"][SHIFTS.tolist().index(100)]
    assert f"they call {share:.0%} and" in explorer.alt
