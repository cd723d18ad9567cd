"""The live forward pass, against torch."""

import numpy as np
import pytest
import torch
from torch import nn

from course_utils.widgets import explore_forward_pass
from data_generators import make_risk_markers


def in_torch(layers):
    """Return the same network in torch."""
    modules = []
    for weights, bias in layers:
        module = nn.Linear(weights.shape[1], weights.shape[0]).double()
        module.weight.data, module.bias.data = torch.tensor(weights), torch.tensor(bias)
        modules += [module, nn.ReLU()]
    return nn.Sequential(*modules[:-1])


@pytest.mark.parametrize("trained", [True, False])
def test_what_comes_out_is_what_torch_gives(trained):
    result = explore_forward_pass(trained=trained).result
    model = in_torch(result["layers"])
    with torch.no_grad():
        assert torch.sigmoid(model(torch.tensor(result["markers"]))).item() == pytest.approx(result["risk"], abs=1e-9)
        assert model[:2](torch.tensor(result["markers"])).numpy() == pytest.approx(result["values"][1])


def test_markers_are_counted_in_standard_deviations():
    X, _ = make_risk_markers(2000, random_state=3)
    explorer = explore_forward_pass(seed=3, age=70, ejection_fraction=40)
    assert explorer.result["markers"][0] == pytest.approx((70 - X[:, 0].mean()) / X[:, 0].std(), abs=1e-4)
    assert explorer.result["markers"][4] == pytest.approx((40 - X[:, 4].mean()) / X[:, 4].std(), abs=1e-4)


@pytest.mark.parametrize("seed", range(3))
def test_the_trained_network_knows_which_way_each_marker_goes_and_the_true_risk(seed):
    explorer = explore_forward_pass(seed=seed, trained=True)
    assert (np.sign(explorer.result["pull"]) == [1, 1, 1, -1, -1]).all()
    assert explorer.result["risk"] == pytest.approx(0.55, abs=0.12)  # by the law of make_risk_markers


def test_random_weights_are_said_to_know_nothing_and_the_button_draws_others():
    explorer = explore_forward_pass(trained=True, network=20)
    assert "knows nothing" not in explorer.alt
    explorer.press("draw")
    assert (explorer.state["network"], explorer.state["trained"]) == (1, False)
    assert "Set 1 was drawn by chance and knows nothing of patients." in explorer.alt


def test_the_guess_is_shown_beside_the_trained_networks_risk():
    explorer = explore_forward_pass(guess=11)
    assert "guessed" not in explorer.alt
    explorer.set(trained=True)
    assert f"a risk of {100 * explorer.result['risk']:.0f}%" in explorer.alt
    assert "For Mr Papadakis you guessed 11%." in explorer.alt
