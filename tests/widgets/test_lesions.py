"""The explorer of chapter 08 that silences channels, against the same lesion by a hook."""

import numpy as np
import pytest
import torch

from course_utils.models import feature_maps, silenced
from course_utils.plots.pictures import SHORT_VIEWS
from course_utils.widgets import explore_lesions
from course_utils.widgets._view_network import view_network


@pytest.fixture(scope="module")
def explorer():
    return explore_lesions()


@pytest.fixture(scope="module")
def shown():
    network, X, view = view_network(0)
    some = np.concatenate([np.flatnonzero(view == number)[:20] for number in range(8)])
    return network, torch.as_tensor(X[some]), view[some]


def recognised(shown):
    network, X, view = shown
    with torch.no_grad():
        right = network(X).argmax(dim=1).numpy() == view
    return np.array([right[view == number].mean() for number in range(8)])


@pytest.mark.parametrize("block", [1, 2, 3, 4])
@pytest.mark.parametrize("silent", [0, 12.5, 50, 100])
def test_a_lesion_is_the_same_as_by_a_hook(explorer, shown, block, silent):
    explorer.set(block=block, silent=silent)
    assert len(explorer.result["channels"]) == silent / 100 * 8 * 2 ** (block - 1)
    with silenced(shown[0], block, explorer.result["channels"]):
        assert explorer.result["after"] == pytest.approx(recognised(shown))
    assert explorer.result["before"] == pytest.approx(recognised(shown))


def test_those_fall_silent_first_that_prefer_the_view(explorer, shown):
    network, X, view = shown
    active = feature_maps(network, X)[4].mean(dim=(2, 3)).numpy()
    for number, name in enumerate(SHORT_VIEWS):
        explorer.set(block=4, prefers=name, silent=12.5)
        more = (active[view == number].mean(axis=0) - active[view != number].mean(axis=0)) / active.std(axis=0)
        chosen = explorer.result["channels"]
        assert more[chosen].min() >= np.delete(more, chosen).max() - 1e-5


def test_a_whole_block_is_the_only_road(explorer):
    for block in range(1, 5):
        explorer.set(block=block, silent=100)
        assert len(explorer.result["called"]) == 1
        assert f"Whatever it is shown, it calls {explorer.result['called'][0]}." in explorer.alt


def test_the_sentence_compares_with_the_guess():
    explorer = explore_lesions(block=2, silent=12.5)
    assert "With 2 channels of block 2 silent" in explorer.alt
    assert "guessed" not in explorer.alt
    explorer.set(guess=30)
    assert f"{explorer.result['others']:.0%} of the others are called rightly; you guessed 30." in explorer.alt
    explorer.set(block=4, silent=25, prefers="A4C")
    assert np.delete(explorer.result["after"], 4).mean() == pytest.approx(explorer.result["others"])
