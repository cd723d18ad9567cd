"""The training loop, step by step, against torch's own five lines."""

import numpy as np
import pytest
import torch
from sklearn.metrics import roc_auc_score
from torch import nn
from widgets.test_forward_pass import in_torch

from course_utils.widgets import explore_training
from course_utils.widgets._risk_network import gradients, random_layers
from data_generators import make_risk_markers


def standardised(seed):
    X, died = make_risk_markers(500, random_state=seed)
    return torch.tensor((X.astype(float) - X.mean(axis=0, dtype=float)) / X.std(axis=0, dtype=float)), died


@pytest.mark.parametrize("forget", [False, True])
def test_the_losses_are_those_of_torchs_loop_with_and_without_zero_grad(forget):
    markers, died = standardised(2)
    model, outcome = in_torch(random_layers(1)), torch.tensor(died).double()
    optimizer, loss_function = torch.optim.SGD(model.parameters(), lr=0.4), nn.BCEWithLogitsLoss()
    losses = []
    for _ in range(21):
        loss = loss_function(model(markers)[:, 0], outcome)
        if not forget:
            optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    explorer = explore_training(seed=2, learning_rate=0.4, steps=20, forget=forget)
    assert explorer.result["losses"] == pytest.approx(losses, abs=1e-5)


def test_the_gradients_are_autograds():
    markers, died = standardised(0)
    model = in_torch(random_layers(3))
    nn.BCEWithLogitsLoss()(model(markers)[:, 0], torch.tensor(died).double()).backward()
    found = gradients(random_layers(3), markers.numpy(), died)
    for module, (weights, bias) in zip(model[::2], found, strict=True):
        assert module.weight.grad.numpy() == pytest.approx(weights, abs=1e-9)
        assert module.bias.grad.numpy() == pytest.approx(bias, abs=1e-9)


def test_pairs_are_an_area_under_the_roc_curve():
    explorer = explore_training(steps=100)
    assert explorer.result["pairs"] / 25 == pytest.approx(
        roc_auc_score([1] * 5 + [0] * 5, explorer.result["risks"][-1])
    )


def test_from_coin_tosses_to_more_pairs_than_not():
    explorer = explore_training(guess=25)
    assert explorer.result["pairs"] == 12
    assert np.ptp(explorer.result["risks"]) < 0.1
    explorer.set(steps=100)
    assert explorer.result["pairs"] == 19
    assert "You guessed 25 for the end of the training." in explorer.alt


def test_without_zero_grad_everyone_gets_the_same_risk_in_the_end_and_the_sentence_says_so():
    explorer = explore_training(steps=100)
    assert "same risk" not in explorer.alt
    explorer.set(forget=True)
    assert np.ptp(explorer.result["risks"][-1]) < 0.005
    assert "It gives all ten the same risk." in explorer.alt


def test_buttons_go_on_stop_at_the_end_and_start_again():
    explorer = explore_training(steps=95)
    explorer.press("step")
    assert explorer.state["steps"] == 96
    explorer.press("leap")
    assert explorer.state["steps"] == 100
    explorer.press("restart")
    assert explorer.alt.startswith("Before the first step")
