"""Trainings that a rehearsal has done: the same to the bit where they are asked for, and no other."""

import json
from pathlib import Path

import nbformat
import numpy as np
import pytest
import torch
from nbformat.v4 import new_code_cell, new_notebook
from torch import nn

from course_utils import rehearsed
from course_utils.classroom.rehearsal import Rehearsal
from course_utils.models import cnn, mlp
from course_utils.training import fit

X = np.random.default_rng(0).normal(size=(96, 1, 32)).astype(np.float32)
Y = (X.mean(axis=(1, 2)) > 0).astype(np.int64)
FRESH = torch.Generator().manual_seed(0).get_state()


def network(**options):
    return cnn(1, 1, (4, 4), 2, **{"kernel_size": 5, "random_state": 0, **options})


def dropping(share=0.5):
    return nn.Sequential(nn.Flatten(), nn.Dropout(share), mlp(32, (4,), 2, random_state=0))


def frozen():
    model = network()
    next(model.parameters()).requires_grad = False
    return model


class Twice(nn.Module):
    """Looks like nothing of torch's own: what it does, no weight tells."""

    def forward(self, x):
        return 2 * x


def trained(model, X=X, y=Y, loss=None, **options):
    """All that a training leaves behind."""
    torch.set_rng_state(FRESH)
    options = {"epochs": 2, "batch_size": 16, "learning_rate": 0.01, "show": False, **options}
    history = fit(model, X, y, loss=loss or nn.CrossEntropyLoss(), **options)
    state = [value.numpy().tobytes() for value in model.state_dict().values()]
    return state, history.training, history.validation, model.training, torch.rand(1).item()


def also(number):
    changed = X.copy()
    changed[number] += 1e-6
    return changed


CALLS = {
    "as it was": (network, {}),
    "dropout": (dropping, {}),
    "validation": (network, {"validation": (X[:20], Y[:20])}),
    "fewer epochs": (network, {"epochs": 1}),
    "other steps": (network, {"learning_rate": 0.02}),
    "larger batches": (network, {"batch_size": 32}),
    "another order": (network, {"random_state": 1}),
    "other weights": (lambda: network(random_state=1), {}),
    "another step between places": (lambda: network(pool=4), {}),
    "less dropped": (lambda: dropping(0.2), {}),
    "fixed weights": (frozen, {}),
    "one case": (network, {"X": also(0)}),
    "one answer": (network, {"y": 1 - Y}),
    "another loss": (network, {"loss": nn.CrossEntropyLoss(label_smoothing=0.1)}),
    "rare ones weigh more": (network, {"loss": nn.CrossEntropyLoss(weight=torch.tensor([1.0, 2.0]))}),
    "code of one's own": (lambda: nn.Sequential(Twice(), network()), {}),
}


NEVER = {"dropout", "less dropped", "code of one's own"}
"""What depends on more than a key can tell."""


@pytest.fixture
def alone(monkeypatch):
    """A process in which nothing is known or kept, as on a learner's machine."""
    monkeypatch.setattr(rehearsed, "_given", {})
    monkeypatch.setattr(rehearsed, "_keep", None)


@pytest.fixture
def kept(alone):
    """What is kept of all trainings from now on."""
    found = {}
    rehearsed.keep_with(found.__setitem__)
    return found


@pytest.mark.parametrize("name", CALLS)
def test_what_was_rehearsed_is_what_would_have_been_learned(name, kept, monkeypatch):
    build, options = CALLS[name]
    expected = trained(build(), **options)
    rehearsed.keep_with(None)
    rehearsed.give(kept)
    assert (name in NEVER) == (not kept)
    if name not in NEVER:
        monkeypatch.setattr(torch.Tensor, "backward", lambda self: pytest.fail("it learned again"))
    assert trained(build(), **options) == expected


def test_what_differs_in_anything_is_another_training(kept):
    for build, options in CALLS.values():
        trained(build(), **options)
    assert len(kept) == len(CALLS) - len(NEVER)


def test_a_hook_is_code_of_ones_own(kept):
    model = network()
    model[0].register_forward_hook(lambda layer, given, answer: 0 * answer)
    trained(network())
    first = dict(kept)
    trained(model)
    assert len(kept) == 2
    kept.clear()
    trained(network())
    assert kept.keys() == first.keys()


def test_where_nobody_asks_nothing_is_kept(alone):
    assert rehearsed.key_of(network(), nn.CrossEntropyLoss(), [], ()) == ""
    assert rehearsed.recall("") is None


CELLS = [
    "import numpy as np\nfrom torch import nn",
    "from course_utils.models import mlp\nfrom course_utils.training import fit",
    "X = np.eye(8, dtype=np.float32)\nmodel = mlp(8, (4,), 1, random_state=0)",
    "raise RuntimeError('an exercise that is still open')",
    "fit(model, X, X[:, :1], loss=nn.MSELoss(), epochs=3)",
    "fit(nobody_has_made_this, X, X[:, :1], loss=nn.MSELoss(), epochs=3)",
]


def known_of(release):
    """What a rehearsal of a notebook comes to know, until it has ended by itself."""
    with Rehearsal(release) as rehearsal:
        return json.loads(rehearsal.known(120) or "{}")


@pytest.mark.exhaustive
def test_a_rehearsal_goes_past_open_exercises_and_keeps_what_was_learned(tmp_path, alone, monkeypatch):
    path = Path(tmp_path, "chapter.ipynb")
    nbformat.write(new_notebook(cells=[new_code_cell(source) for source in CELLS]), path)
    ((key, result),) = known_of(path).items()
    rehearsed.give({key: result})
    monkeypatch.setattr(torch.Tensor, "backward", lambda self: pytest.fail("it learned again"))
    model = mlp(8, (4,), 1, random_state=0)
    assert len(fit(model, np.eye(8, dtype=np.float32), np.eye(8)[:, :1], loss=nn.MSELoss(), epochs=3).training) == 3


@pytest.mark.exhaustive
def test_a_release_that_cannot_be_read_costs_nothing_but_time(tmp_path):
    assert known_of(tmp_path / "nothing.ipynb") == {}
