"""What chapter 07 tells of its own runs."""

import numpy as np
import pytest
import torch

from data_generators import make_noughts_and_crosses

VERTICAL, HORIZONTAL, FALLING, RISING = range(4)


@pytest.fixture(scope="module")
def many():
    """More new drawings than the chapter asks about."""
    return make_noughts_and_crosses(4000, random_state=900_000)


def test_by_hand_a_nought_is_told_by_upright_and_level_lines_and_a_cross_by_slanting_ones(run, many):
    X, y = many
    with torch.no_grad():
        best = run.by_hand[:4](torch.as_tensor(X)).numpy()
    for kernel in (VERTICAL, HORIZONTAL):
        assert best[y == 0, kernel].mean() > best[y == 1, kernel].mean() + 0.5
    slanting = best[y == 1][:, [FALLING, RISING]].mean()
    upright = best[y == 1][:, [VERTICAL, HORIZONTAL]].mean()
    assert slanting > upright > 1  # the maps of a cross are not empty
    assert 0.96 < np.mean(run.called(run.by_hand, X) == y) < 0.99


def test_the_notebooks_recipes_and_torch_work_out_the_same(run):
    with torch.no_grad():
        of_torch = run.by_hand(torch.as_tensor(run.nought_picture.reshape(1, 1, 28, 28))).numpy()[0]
    assert run.scores(run.best["nought"], run.weights) == pytest.approx(of_torch, abs=1e-4)


def test_the_44_learned_weights_make_hardly_an_error(run, many):
    X, y = many
    right = [np.mean(run.called(network, X) == y) for network in run.rivals]
    assert right[0] > 0.985
    assert np.median(right) > 0.985
    assert right[0] > np.mean(run.called(run.by_hand, X) == y)


def test_pixels_alone_are_a_strong_rival_and_ink_alone_a_weak_one(run):
    assert 0.97 < run.right["plain, 1,568"] < 1
    assert 0.6 < run.right["ink alone"] < 0.78


def test_few_drawings_are_enough_for_few_weights(run, many):
    X, y = many
    small, plain = (np.mean(run.called(network, X) == y) for network in (run.small_50, run.plain_50))
    assert small > 0.95
    assert 0.78 < plain < 0.965
    assert small > plain + 0.025


def test_a_kernel_that_speaks_for_one_class_speaks_against_the_other(run):
    kernels = np.linalg.norm([each[0].weight.detach().numpy().reshape(4, 9) for each in run.rivals], axis=2)
    pairs = np.array([each[4].weight.detach().numpy() for each in run.rivals])  # (networks, classes, kernels)
    counts = (kernels[:, np.newaxis] * np.abs(pairs)).min(axis=1) > 1
    assert counts.any(axis=1).all()
    assert (pairs[:, 0] * pairs[:, 1] < 0)[counts].all()


def test_learned_kernels_are_not_the_four_of_the_figure(run):
    lines = np.array([np.ravel(each) for each in run.LINE_KERNELS.values()], dtype=float)
    lines /= np.linalg.norm(lines, axis=1, keepdims=True)
    for network in run.rivals:
        kernels = network[0].weight.detach().numpy().reshape(4, 9)
        alike = kernels / np.linalg.norm(kernels, axis=1, keepdims=True) @ lines.T
        assert alike.max(axis=0).min() < 0.7  # of at least one of the four there is nothing like it


def test_a_shift_turns_a_plain_networks_calls_round_and_leaves_a_convolutional_one_alone(run):
    for name in ("plain", "plain with a hidden layer"):
        assert min(run.shares[name][:2]) > 97
        assert 45 < run.shares[name][2] < 85
        assert max(run.shares[name][4:6]) < 8
    assert min(run.shares["convolutional"]) > 97


def test_reared_networks_see_their_own_lines_and_miss_those_at_right_angles(run):
    for name, own in (("vertical", 90), ("horizontal", 0)):
        assert run.lines_seen(run.kittens[name], own) > 0.95
        assert run.lines_seen(run.kittens[name], 90 - own) < 0.1
        assert 0.1 < run.lines_seen(run.kittens[name], 45) < 0.9
    assert min(run.lines_seen(run.kittens["all"], middle) for middle in range(0, 180, 15)) > 0.9


def test_strong_answers_go_to_the_lines_of_their_world(run):
    middles = np.arange(7.5, 180, 15)
    for name, own in (("vertical", 90), ("horizontal", 0)):
        curves = run.curves[f"Reared on {name}"]
        strong = curves[np.ptp(curves, axis=1) > np.ptp(curves, axis=1).max() / 2]
        away = np.abs((middles[strong.argmax(axis=1)] - own + 90) % 180 - 90)
        assert away.max() < 30


def test_the_reared_network_recovers_without_a_head_start(run):
    assert run.lines_seen(run.opened, 0) > 0.88
    assert run.lines_seen(run.opened, 90) > 0.95
    assert run.lines_seen(run.newborn, 0) > 0.8


def test_equally_right_networks_disagree_on_plus_signs(run):
    """Over more trainings than the chapter's five: some call every plus a cross, others none."""
    networks = [*run.rivals, *run.train_small(run.X, run.y, n=10, epochs=30, random_state=400)]
    good = [each for each in networks if np.mean(run.called(each, run.X_new) == run.y_new) > 0.98]
    crosses = [int(np.sum(run.called(each, run.pluses))) for each in good]
    assert len(good) > 10
    assert (min(crosses), max(crosses)) == (0, len(run.pluses))
