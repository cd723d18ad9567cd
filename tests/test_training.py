"""Networks and their training, against scikit-learn where both can learn the same thing."""

import io
import signal
import threading
import time
from contextlib import redirect_stderr

import numpy as np
import pytest
import torch
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from sklearn.linear_model import LinearRegression, LogisticRegression
from torch import nn

from course_utils.models import cnn, feature_maps, mlp, n_weights, silenced
from course_utils.training import fit
from data_generators import ORIENTED_LINES, make_oriented_lines, make_risk_markers


@pytest.fixture(scope="module")
def markers():
    X, y = make_risk_markers(400, random_state=0)
    return ((X - X.mean(axis=0)) / X.std(axis=0)).astype(np.float32), y


def weights(model):
    return [parameter.detach().numpy().copy() for parameter in model.parameters()]


def same(first, second):
    return all(np.array_equal(a, b) for a, b in zip(weights(first), weights(second), strict=True))


# models


def test_a_network_without_hidden_layers_is_one_weighted_sum():
    model = mlp(5, (), 1, random_state=0)
    x = torch.randn(3, 5, generator=torch.Generator().manual_seed(1))
    weight, bias = model.parameters()
    assert torch.allclose(model(x), x @ weight.T + bias)
    assert n_weights(model) == 6


def test_an_mlp_has_a_weight_for_each_pair_and_a_bias_for_each_neuron():
    assert n_weights(mlp(5, (4, 3), 2, random_state=0)) == (5 * 4 + 4) + (4 * 3 + 3) + (3 * 2 + 2)
    assert [type(layer) for layer in mlp(5, (4, 3), 2, random_state=0)] == [nn.Linear, nn.ReLU] * 2 + [nn.Linear]


@pytest.mark.parametrize(("dimensions", "shape"), [(1, (64,)), (2, (16, 24)), (3, (8, 16, 16))])
def test_a_cnn_takes_traces_pictures_and_volumes(dimensions, shape):
    model = cnn(dimensions, 3, (4, 8), 5, kernel_size=5, random_state=0)
    assert model(torch.zeros(2, 3, *shape)).shape == (2, 5)
    assert n_weights(model) == (3 * 4 * 5**dimensions + 4) + (4 * 8 * 5**dimensions + 8) + (8 * 5 + 5)


def test_a_cnn_hardly_sees_where_a_shape_stands():
    model = cnn(1, 1, (4,), 2, kernel_size=3, pool=1, random_state=0)
    trace = torch.zeros(1, 1, 40)
    trace[0, 0, 10:13] = torch.tensor([1.0, 3.0, 2.0])
    assert torch.allclose(model(trace), model(trace.roll(7, dims=2)), atol=1e-6)


@pytest.mark.parametrize(
    "make", [lambda seed: mlp(5, (4,), 1, random_state=seed), lambda seed: cnn(2, 1, (4,), 2, random_state=seed)]
)
def test_the_same_random_state_gives_the_same_weights_and_disturbs_nobody(make):
    torch.manual_seed(3)
    expected = torch.rand(1)
    torch.manual_seed(3)
    first = make(0)
    assert torch.rand(1) == expected
    assert same(first, make(0))
    assert not same(first, make(1))


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: mlp(5, (0,), 1, random_state=0), "hidden is 0; it must be a whole number"),
        (lambda: mlp(0, (), 1, random_state=0), "n_inputs is 0"),
        (lambda: mlp(5, (), True, random_state=0), "n_outputs is True"),
        (lambda: cnn(4, 1, (4,), 2, random_state=0), "dimensions is 4; it must be 1, 2 or 3"),
        (lambda: cnn(1, 1, (), 2, random_state=0), "filters is empty"),
        (lambda: cnn(1, 1, (2.5,), 2, random_state=0), "filters is 2.5"),
        (lambda: cnn(1, 1, (4,), 2, kernel_size=4, random_state=0), "kernel_size is 4; it must be odd"),
        (lambda: cnn(1, 1, (4,), 2, pool=0, random_state=0), "pool is 0"),
    ],
)
def test_a_network_that_cannot_be_is_refused_in_one_line(make, says):
    with pytest.raises(ValueError, match=says):
        make()


# looking into a network


@pytest.fixture
def pictures():
    return torch.rand(3, 1, 16, 16, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize("normalise", [False, True])
def test_feature_maps_are_what_each_relu_answers(pictures, normalise):
    model = cnn(2, 1, (4, 8), 5, normalise=normalise, random_state=0).eval()
    maps = feature_maps(model, pictures)
    block = 4 if normalise else 3  # layers
    assert torch.equal(maps[1], model[: block - 1](pictures))
    assert torch.equal(maps[2], model[: 2 * block - 1](pictures))
    assert {number: tuple(each.shape) for number, each in maps.items()} == {1: (3, 4, 16, 16), 2: (3, 8, 8, 8)}
    assert feature_maps(model, pictures.numpy())[2].requires_grad is False


def test_silenced_channels_answer_0_as_long_as_it_lasts(pictures):
    model = cnn(2, 1, (4, 8), 5, random_state=0).eval()
    before, maps = model(pictures), feature_maps(model, pictures)
    with silenced(model, 1, [1, 3]):
        answered = feature_maps(model, pictures)[1]
        assert torch.equal(answered[:, [0, 2]], maps[1][:, [0, 2]])
        assert not answered[:, [1, 3]].any()
        assert not torch.allclose(model(pictures), before)
    with silenced(model, 2, []):
        assert torch.equal(model(pictures), before)
    with pytest.raises(IndexError), silenced(model, 1, [4]):
        model(pictures)
    assert torch.equal(model(pictures), before)


@pytest.mark.parametrize("dimensions", [1, 2, 3])
def test_the_strongest_answer_of_all_places_is_weighed_if_asked_for(dimensions):
    usual, strongest = (cnn(dimensions, 1, (4,), 1, strongest=each, random_state=0) for each in (False, True))
    X = torch.rand(6, 1, *[8] * dimensions, generator=torch.Generator().manual_seed(0))
    places = tuple(range(2, dimensions + 2))
    with torch.no_grad():
        pooled = usual[:-3](X)
        torch.testing.assert_close(usual(X), usual[-1](pooled.mean(dim=places)))
        torch.testing.assert_close(strongest(X), strongest[-1](pooled.amax(dim=places)))


@pytest.mark.parametrize("dimensions", [1, 2, 3])
def test_with_a_whole_block_silent_every_case_gets_the_same_scores(dimensions):
    model = cnn(dimensions, 1, (4, 8), 5, normalise=True, random_state=0).eval()
    X = torch.rand(6, 1, *[16] * dimensions, generator=torch.Generator().manual_seed(1))
    for block in (1, 2):
        with silenced(model, block):
            assert torch.allclose(model(X), model(X[:1]).expand(6, 5))


def test_a_block_that_is_not_there_is_refused():
    model = cnn(2, 1, (4, 8), 5, random_state=0)
    for block in (0, 3):
        with (
            pytest.raises(ValueError, match=f"block is {block}; this network has the blocks 1 to 2"),
            silenced(model, block),
        ):
            pass


# fit


def test_without_hidden_layers_it_finds_scikit_learns_logistic_regression(markers):
    X, y = markers
    model = mlp(5, (), 1, random_state=0)
    fit(model, X, y, loss=nn.BCEWithLogitsLoss(), epochs=300, batch_size=400, learning_rate=0.03)
    expected = LogisticRegression(C=np.inf).fit(X, y)
    weight, bias = weights(model)
    assert weight == pytest.approx(expected.coef_, abs=0.01)
    assert bias == pytest.approx(expected.intercept_, abs=0.01)


def test_it_finds_least_squares_whatever_the_shape_of_the_targets(markers):
    X, _ = markers
    y = X @ np.array([1, -2, 0.5, 0, 3], dtype=np.float32) + 4
    expected = LinearRegression().fit(X, y)
    for targets in (y, y[:, np.newaxis], torch.tensor(y)):
        model = mlp(5, (), 1, random_state=0)
        fit(model, X, targets, loss=nn.MSELoss(), epochs=80, learning_rate=0.05)
        assert weights(model)[0] == pytest.approx(expected.coef_[np.newaxis], abs=0.01)


def test_a_cnn_tells_oriented_lines_apart_in_new_pictures():
    X, y = make_oriented_lines(200, random_state=0)
    X_new, y_new = make_oriented_lines(200, random_state=1)
    model = cnn(2, 1, (8,), len(ORIENTED_LINES), random_state=0)
    fit(model, X, y, loss=nn.CrossEntropyLoss(), epochs=20)
    assert (model(torch.tensor(X_new)).argmax(dim=1).numpy() == y_new).mean() > 0.9


def test_the_history_holds_the_mean_loss_of_each_epoch(markers):
    X, y = markers
    loss = nn.BCEWithLogitsLoss()
    model = mlp(5, (), 1, random_state=0)
    with torch.no_grad():
        before = loss(model(torch.tensor(X))[:, 0], torch.tensor(y).float()).item()
    history = fit(model, X, y, loss=loss, epochs=3, learning_rate=1e-9, batch_size=150, validation=(X[:50], y[:50]))
    assert history.training == pytest.approx([before] * 3, rel=1e-4)
    with torch.no_grad():
        after = loss(model(torch.tensor(X[:50]))[:, 0], torch.tensor(y[:50]).float()).item()
    assert history.validation[-1] == pytest.approx(after, rel=1e-6)
    assert len(history.validation) == 3
    assert not history.stopped


def test_the_same_call_gives_the_same_network_and_another_seed_another(markers):
    X, y = markers

    def trained(seed):
        model = mlp(5, (8,), 1, random_state=0)
        fit(model, X, y, loss=nn.BCEWithLogitsLoss(), epochs=3, random_state=seed)
        return model

    assert same(trained(0), trained(0))
    assert not same(trained(0), trained(1))


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"epochs": 0}, "epochs is 0; it must be a whole number, 1 or more"),
        ({"epochs": 1.5}, "epochs is 1.5"),
        ({"batch_size": 0}, "batch_size is 0"),
        ({"learning_rate": 0}, "learning_rate is 0; it must be larger than 0"),
        ({"y": np.zeros(7)}, "X and y have 400 and 7 cases"),
        ({"validation": (np.zeros((3, 5)), np.zeros(2))}, "validation have 3 and 2 cases"),
        ({"y": np.zeros((400, 2))}, r"gives \(32, 1\) numbers where y has \(32, 2\)"),
    ],
)
def test_what_cannot_be_trained_is_refused_in_one_line(markers, changes, says):
    X, y = markers
    arguments = {"X": X, "y": y, "loss": nn.BCEWithLogitsLoss(), "epochs": 2, **changes}
    with pytest.raises(ValueError, match=says):
        fit(mlp(5, (), 1, random_state=0), **arguments)


# what the learner sees


@pytest.fixture
def shell():
    yield InteractiveShell.instance()
    InteractiveShell.clear_instance()


def test_the_curve_says_how_far_it_is_and_nothing_goes_to_the_error_stream(shell, markers):
    X, y = markers
    with capture_output() as captured, redirect_stderr(io.StringIO()) as errors:
        fit(mlp(5, (4,), 1, random_state=0), X, y, loss=nn.BCEWithLogitsLoss(), epochs=30, validation=(X, y))
    assert errors.getvalue() == ""
    first, last = (captured.outputs[place].data["text/plain"] for place in (0, -1))
    assert "Epoch 1 of 30" in first
    assert "s left" in first
    assert "30 epochs in" in last
    assert "validation loss" in last
    ids = {output.transient["display_id"] for output in captured.outputs}
    assert len(ids) == 1
    assert [output.update for output in captured.outputs] == [False] + [True] * (len(captured.outputs) - 1)


def test_the_stop_button_keeps_what_has_been_learned(shell, markers):
    X, y = markers
    model = mlp(5, (4,), 1, random_state=0)
    start = weights(model)
    press = threading.Timer(1.0, signal.raise_signal, [signal.SIGINT])
    press.start()
    begin = time.monotonic()
    with capture_output() as captured:
        history = fit(model, X, y, loss=nn.BCEWithLogitsLoss(), epochs=100_000, validation=(X, y))
    assert time.monotonic() - begin < 10
    assert history.stopped
    assert len(history.training) == len(history.validation) < 100_000
    assert not np.array_equal(start[0], weights(model)[0])
    assert f"Stopped by ■ after {len(history.training)} of 100000 epochs" in captured.outputs[-1].data["text/plain"]


class PressesStop:
    """Has ■ pressed in its finaliser, where Python reports an exception and goes on."""

    def __del__(self):
        signal.raise_signal(signal.SIGINT)
        time.sleep(0)


def test_the_stop_button_is_heard_wherever_it_is_pressed(shell, markers):
    X, y = markers
    pressed = [PressesStop()]

    def loss(predictions, targets):
        pressed.clear()
        return nn.functional.mse_loss(predictions, targets)

    with capture_output() as captured:
        history = fit(mlp(5, (4,), 1, random_state=0), X, y, loss=loss, epochs=40)
    assert history.stopped
    assert history.training == []
    assert "Stopped before the first epoch was over" in captured.stdout
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_second_press_stops_a_loss_that_never_ends(shell, markers):
    X, y = markers

    def endless(predictions, targets):
        while True:
            signal.raise_signal(signal.SIGINT)

    with capture_output():
        assert fit(mlp(5, (4,), 1, random_state=0), X, y, loss=endless, epochs=1).stopped


def test_outside_a_notebook_it_is_silent(markers, capsys):
    X, y = markers
    fit(mlp(5, (), 1, random_state=0), X, y, loss=nn.BCEWithLogitsLoss(), epochs=2)
    assert capsys.readouterr() == ("", "")
