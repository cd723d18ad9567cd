"""What chapter 04 tells of its own runs."""

import itertools

import numpy as np
import pytest
import torch
from notebooks.attempts import Chapter

from course_utils.models import mlp


def test_the_forward_pass_by_hand_is_the_librarys(run):
    assert run.at_random == pytest.approx(run.by_library, abs=1e-5)


def test_random_networks_toss_coins_on_average_and_differ_from_each_other(run):
    assert np.mean(run.random_aucs) == pytest.approx(0.5, abs=0.08)
    assert min(run.random_aucs) < 0.42
    assert max(run.random_aucs) > 0.58


def test_the_loss_falls_to_that_of_the_classical_regression_and_not_below(run):
    assert run.losses[0] > run.lowest + 0.05
    assert run.losses[39] == pytest.approx(run.lowest, abs=0.005)
    assert min(run.losses) > run.lowest - 1e-4


def test_a_network_without_hidden_layers_finds_the_weights_of_logistic_regression(run):
    assert run.learned == pytest.approx(run.classic.coef_[0], abs=0.005)
    assert (np.sign(run.learned) == [1, 1, 1, -1, -1]).all()


def test_both_come_close_to_the_ceiling_and_hidden_layers_gain_nothing(run):
    with_layers, without = run.auc(run.network), run.auc(run.regression)
    assert run.history.training[-1] < run.history.training[0]
    assert abs(without - run.truth["ceiling"]) < 0.025
    assert abs(with_layers - run.truth["ceiling"]) < 0.04
    assert with_layers < without + 0.01


def test_the_true_risk_of_mr_papadakis_is_55_percent():
    heights = np.array([(58 - 68) / 12, (np.log(9) - 1.4) / 1.1, (np.log(131) - 4.5) / 0.35, -1.4 / 1.8, -26 / 13])
    log_odds = -1.1 + heights @ [0.8, 0.35, 0.45, -0.3, -0.5]  # the law in the docstring of make_risk_markers
    assert 1 / (1 + np.exp(-log_odds)) == pytest.approx(0.55, abs=0.005)


def test_shown_the_ejection_fraction_neither_model_calls_mr_papadakis_safe(run):
    for model in (run.regression, run.network):
        assert run.risk_by(model, [run.as_he_is])[0] > 0.3
    assert float(run.shown - run.at_50) > 0.12


def test_mr_becker_gets_almost_nothing(run):
    names = [patient.name for patient in run.CAST]
    for model in (run.regression, run.network):
        assert run.risk_by(model, run.people)[names.index("Mr Tom Becker")] < 0.12


def test_backward_gives_misses_times_inputs(run):
    by_hand = run.misses @ run.standardise(run.X) / 2000
    assert run.fresh[0].weight.grad.numpy()[0] == pytest.approx(by_hand, abs=1e-5)


LINES = {
    1: "loss = loss_function(predictions, died)",
    2: "optimizer.step()",
    3: "predictions = model(markers)[:, 0]",
    4: "loss.backward()",
    5: "optimizer.zero_grad()",
}


def learns(order):
    """Run the five lines in `order`, four rounds of them, and tell whether they do what gradient descent does."""
    generator = torch.Generator().manual_seed(1)
    markers = torch.randn(30, 5, generator=generator)
    names = {"markers": markers, "died": (markers[:, 0] > 0).float(), "loss_function": torch.nn.BCEWithLogitsLoss()}
    names["model"] = mlp(5, (4,), 1, random_state=1)
    names["optimizer"] = torch.optim.SGD(names["model"].parameters(), lr=0.5)
    try:
        for _ in range(4):
            exec("\n".join(LINES[line] for line in order), names)
    except (NameError, RuntimeError):
        return None
    return torch.cat([each.detach().ravel() for each in names["model"].parameters()])


def test_the_orders_that_the_check_takes_are_those_that_learn():
    check = next(each.check for each in Chapter("04_neural_networks").exercises if each.name == "04_order")
    expected = learns((3, 1, 5, 4, 2))
    taken = set()
    for order in itertools.permutations(LINES):
        weights = learns(order)
        works = weights is not None and torch.allclose(weights, expected)
        try:
            exec(check.source, {"order_of_the_lines": lambda order=order: list(order)})
        except AssertionError:
            assert not works, order
        else:
            assert works, order
            taken.add(order)
    assert taken == {(3, 1, 5, 4, 2), (5, 3, 1, 4, 2), (3, 5, 1, 4, 2), (3, 1, 4, 2, 5)}
