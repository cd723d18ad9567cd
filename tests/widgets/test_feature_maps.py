"""The explorer of chapter 08 that shows feature maps, against the network that it was given."""

import numpy as np
import pytest

from course_utils.models import feature_maps
from course_utils.widgets import explore_feature_maps
from course_utils.widgets._view_network import view_network
from data_generators import ECHO_VIEWS


@pytest.fixture(scope="module")
def explorer():
    return explore_feature_maps()


@pytest.fixture(scope="module")
def maps():
    network, X, _ = view_network(0)
    return {block: each.numpy() for block, each in feature_maps(network, X).items()}


@pytest.mark.parametrize("block", [1, 2, 3, 4])
def test_it_shows_the_map_of_the_chosen_channel(explorer, maps, block):
    seen = set()
    for channel in range(1, 9):
        explorer.set(picture=5, block=block, channel=channel)
        number = explorer.result["channel"]
        seen.add(number)
        assert np.array_equal(explorer.result["map"], maps[block][4, number])
    assert len(seen) == 8


@pytest.mark.parametrize(("block", "sees"), [(1, 3), (2, 8), (3, 18), (4, 38)])
def test_a_patch_is_what_the_strongest_answer_comes_from(explorer, maps, block, sees):
    _, X, view = view_network(0)
    explorer.set(block=block, channel=2)
    result = explorer.result
    answered = maps[block][:, result["channel"]]
    first = int(answered.max(axis=(1, 2)).argmax())
    row, column = np.unravel_index(answered[first].argmax(), answered[first].shape)
    padded = np.pad(X[first, 0], 40)
    step = 2 ** (block - 1)
    middle = [40 + place * step + step // 2 for place in (row, column)]
    around = padded[middle[0] - sees : middle[0] + sees, middle[1] - sees : middle[1] + sees]
    windows = np.lib.stride_tricks.sliding_window_view(around, (sees, sees))
    assert result["sees"] == sees
    assert (windows == result["patches"][0]).all(axis=(2, 3)).any()
    assert result["views"][0] == ECHO_VIEWS[view[first]]


def test_only_what_a_patch_covers_changes_the_strongest_answer(explorer):
    network, X, _ = view_network(0)
    for block in (1, 2, 3):
        explorer.set(picture=1, block=block, channel=1)
        heat, number, sees = explorer.result["map"], explorer.result["channel"], explorer.result["sees"]
        row, column = np.unravel_index(heat.argmax(), heat.shape)
        step = 2 ** (block - 1)
        corner = [round((place + 0.5) * step - sees / 2) for place in (row, column)]
        changed = np.random.default_rng(0).random(X[:1].shape).astype(np.float32)
        (top, left), (bottom, right) = [max(each, 0) for each in corner], [each + sees for each in corner]
        changed[0, 0, top:bottom, left:right] = X[0, 0, top:bottom, left:right]
        assert feature_maps(network, changed)[block][0, number, row, column] == pytest.approx(heat.max(), abs=1e-5)


def test_the_sentence_says_how_alike_the_strongest_pictures_are(explorer):
    explorer.set(picture=3, block=4, channel=1)
    views = explorer.result["views"]
    most = max(views.count(view) for view in views)
    assert f"Of the eight pictures that excite it most, {most} show the same view" in explorer.alt
    assert "guessed" not in explorer.alt
    guessed = explore_feature_maps(guess=3)
    assert f"it is {guessed.result['alike'][4]:.1f} of 8; you guessed 3." in guessed.alt
