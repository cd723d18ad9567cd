import numpy as np
import pytest
import torch

from course_utils.widgets import explore_relu_curves
from course_utils.widgets.relu_curves import compute, describe


def test_the_sum_is_that_of_a_network_of_torch():
    explorer = explore_relu_curves(left=True, bend_1=-0.7, slope_1=1.3, bend_2=1.1, slope_2=-0.6)
    hidden, out = torch.nn.Linear(1, 2), torch.nn.Linear(2, 1, bias=False)
    with torch.no_grad():
        hidden.weight[:], hidden.bias[:] = torch.tensor([[-1.0], [1.0]]), torch.tensor([-0.7, -1.1])
        out.weight[:] = torch.tensor([[1.3, -0.6]])
        expected = out(torch.relu(hidden(torch.linspace(-3, 3, 121)[:, None])))[:, 0].numpy()
    assert np.allclose(explorer.result["total"], expected, atol=1e-5)
    assert explorer.result["miss"] == pytest.approx(np.sqrt(np.mean((expected - explorer.result["target"]) ** 2)))


@pytest.mark.parametrize(("target", "miss"), [("|x|", 0), ("a ramp", 0), ("a risk by haemoglobin", 0.14)])
def test_the_solution_hits_what_two_neurons_can_hit(target, miss):
    explorer = explore_relu_curves(target=target, guess=4)
    explorer.press("solve")
    assert explorer.result["miss"] == pytest.approx(miss, abs=0.005)
    assert ("That is a hit." in explorer.alt) == (miss == 0)
    assert ("You guessed 4 neurons." in explorer.alt) == (target == "|x|")


def test_no_single_neuron_hits_the_absolute_value():
    state = explore_relu_curves().state  # the second neuron is silent
    for left in (True, False):
        for bend in (-3, -1, 0, 1, 3):
            for slope in np.linspace(-3, 3, 25):
                one = {**state, "left": left, "bend_1": bend, "slope_1": float(slope)}
                result = compute(**one)
                assert result["miss"] > 0.5
                assert "hit" not in describe(one, result)


def test_no_two_neurons_come_nearer_to_the_haemoglobin_curve():
    explorer = explore_relu_curves(target="a risk by haemoglobin", left=True)
    misses = []
    for bend in np.arange(0, 2, 0.1):
        basis = np.maximum(0, np.abs(np.linspace(-3, 3, 121)) - bend)
        slope = basis @ explorer.result["target"] / (basis @ basis)
        misses.append(np.sqrt(np.mean((slope * basis - explorer.result["target"]) ** 2)))
    assert min(misses) == pytest.approx(0.14, abs=0.005)


def test_silence_takes_both_neurons_away_and_keeps_the_target():
    explorer = explore_relu_curves(target="a ramp")
    explorer.press("solve")
    explorer.press("silence")
    assert explorer.state["target"] == "a ramp"
    assert not explorer.result["total"].any()
