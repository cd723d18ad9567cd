"""The explorer of chapter 07 that calls a drawing a nought or a cross, against torch."""

import numpy as np
import pytest

from course_utils.widgets import explore_noughts_and_crosses
from course_utils.widgets._drawings import PLACES, READY, SIDE, draw_shape, ink_of
from data_generators import LINE_KERNELS

SHAPES = ("Nought", "Cross", "Plus", "Diamond")


@pytest.mark.training
@pytest.mark.parametrize("shape", SHAPES)
def test_scores_are_those_of_a_network_with_these_44_weights(shape):
    import torch
    from torch import nn

    result = explore_noughts_and_crosses(drawing=READY[shape], inhibition=-0.5).result
    network = nn.Sequential(
        nn.Conv2d(1, 4, 3, bias=False),
        nn.ReLU(),
        nn.AdaptiveMaxPool2d(1),
        nn.Flatten(),
        nn.Linear(4, 2, bias=False),
    )
    with torch.no_grad():
        network[0].weight[:, 0] = torch.tensor(list(LINE_KERNELS.values()))
        network[4].weight[:] = torch.as_tensor(result["weights"])
        scores = network(torch.as_tensor(ink_of(READY[shape]), dtype=torch.float32)[None, None])[0]
    assert result["scores"] == pytest.approx(scores.numpy(), abs=1e-4)


@pytest.mark.parametrize("stroke", [1.2, 1.5, 1.8])
@pytest.mark.parametrize(("shape", "called"), [*zip(SHAPES, ("nought", "cross", "nought", "cross"), strict=True)])
def test_what_is_drawn_is_called_by_the_direction_of_its_strokes(shape, called, stroke):
    drawing = draw_shape(shape, radius=7.5, stroke=stroke)
    explorer = explore_noughts_and_crosses(drawing=drawing)
    assert f"calls it a {called}." in explorer.alt


@pytest.mark.parametrize("shape", SHAPES)
def test_moving_a_drawing_changes_no_score_and_moves_its_maps(shape):
    explorer = explore_noughts_and_crosses(drawing=READY[shape])
    before, maps = explorer.result["scores"], explorer.result["maps"]
    for right in range(-4, 5):
        explorer.set(right=right)
        assert explorer.result["moved"] == right
        assert explorer.result["scores"] == pytest.approx(before)
        kept = slice(max(right, 0), PLACES + min(right, 0)), slice(max(-right, 0), PLACES + min(-right, 0))
        assert np.array_equal(explorer.result["maps"][..., kept[0]], maps[..., kept[1]])
    assert "The network sees it 4 pixels further right than it is on the pad." in explorer.alt


def test_a_drawing_is_moved_no_further_than_the_edge_of_the_sheet():
    explorer = explore_noughts_and_crosses(drawing=draw_shape("Nought", radius=5, centre=(20.5, 13.5)))
    inked = np.flatnonzero(ink_of(explorer.state["drawing"]).any(axis=0))
    before = explorer.result["pooled"].copy()
    explorer.set(right=4)
    assert explorer.result["moved"] == SIDE - 1 - inked[-1] < 4
    assert explorer.result["pooled"] == pytest.approx(before)
    explorer.press("clear")
    assert explorer.result["moved"] == 0


@pytest.mark.parametrize("inhibition", [-2, -1, 0])
def test_no_plus_is_called_a_cross_and_the_guess_is_compared_at_a_plus_alone(inhibition):
    explorer = explore_noughts_and_crosses(guess=7, inhibition=inhibition)
    assert explorer.result["pluses"] == 0
    assert "guessed" not in explorer.alt
    explorer.press("plus")
    assert "it calls 0 a cross; you guessed 7." in explorer.alt


def test_of_an_empty_sheet_the_network_cannot_tell():
    explorer = explore_noughts_and_crosses()
    explorer.press("clear")
    assert "cannot tell" in explorer.alt
