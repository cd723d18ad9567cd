"""Short reference networks of torch, to be read, and ways to look into them and to silence a part."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from typing import Any

import torch
from torch import nn

_CONVOLUTION = {1: nn.Conv1d, 2: nn.Conv2d, 3: nn.Conv3d}
_POOL = {1: nn.MaxPool1d, 2: nn.MaxPool2d, 3: nn.MaxPool3d}
_NORMALISE = {1: nn.BatchNorm1d, 2: nn.BatchNorm2d, 3: nn.BatchNorm3d}
_AVERAGE = {1: nn.AdaptiveAvgPool1d, 2: nn.AdaptiveAvgPool2d, 3: nn.AdaptiveAvgPool3d}
_STRONGEST = {1: nn.AdaptiveMaxPool1d, 2: nn.AdaptiveMaxPool2d, 3: nn.AdaptiveMaxPool3d}
_LAYOUT = {2: torch.channels_last, 3: torch.channels_last_3d}


def mlp(n_inputs: int, hidden: Sequence[int], n_outputs: int, *, random_state: int) -> nn.Sequential:
    """Make a multilayer perceptron: weighted sums with a ReLU after each hidden layer.

    Args:
        n_inputs: numbers that describe one patient.
        hidden: neurons of each hidden layer; `()` makes a regression.
        n_outputs: numbers that come out; there is nothing after the last weighted sum.
        random_state: the same int gives the same weights to begin with.

    Raises:
        ValueError: if a layer has no neuron.

    Example:
        >>> mlp(5, (4, 3), 1, random_state=0)(torch.zeros(2, 5)).shape
        torch.Size([2, 1])
    """
    sizes = [_at_least_one("n_inputs", n_inputs), *(_at_least_one("hidden", size) for size in hidden)]
    _at_least_one("n_outputs", n_outputs)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(random_state)
        layers: list[nn.Module] = []
        for before, after in pairwise(sizes):
            layers += [nn.Linear(before, after), nn.ReLU()]
        return nn.Sequential(*layers, nn.Linear(sizes[-1], n_outputs))


def cnn(
    dimensions: int,
    n_channels: int,
    filters: Sequence[int],
    n_outputs: int,
    *,
    kernel_size: int = 3,
    pool: int = 2,
    normalise: bool = False,
    strongest: bool = False,
    random_state: int,
) -> nn.Sequential:
    """Make a convolutional network: convolve, ReLU and pool in each block; then average over all places, and weigh.

    Args:
        dimensions: 1 for traces (n, channels, time), 2 for pictures (n, channels, height, width), 3 for films and
            volumes (n, channels, depth, height, width).
        n_channels: channels of the input, such as leads.
        filters: kernels of each block.
        n_outputs: numbers that come out, such as one score a class.
        kernel_size: side of a kernel, odd, in samples, pixels or voxels.
        pool: side of the window of which only the largest value is kept.
        normalise: whether each match is brought to one scale before the ReLU (batch normalisation): several blocks
            learn much faster so.
        strongest: whether the largest answer of all places is weighed, in place of their average: for what is in one
            place only.
        random_state: the same int gives the same weights to begin with.

    Raises:
        ValueError: for other dimensions than 1, 2 and 3, an even kernel, or a layer of nothing.

    Example:
        >>> cnn(1, 12, (8, 16), 10, kernel_size=7, random_state=0)(torch.zeros(2, 12, 1000)).shape
        torch.Size([2, 10])
    """
    if dimensions not in _CONVOLUTION:
        raise ValueError(f"dimensions is {dimensions!r}; it must be 1, 2 or 3.")
    if _at_least_one("kernel_size", kernel_size) % 2 == 0:
        raise ValueError(f"kernel_size is {kernel_size!r}; it must be odd, so that a kernel has a middle.")
    if not filters:
        raise ValueError("filters is empty; it must name the kernels of one block or more.")
    sizes = [_at_least_one("n_channels", n_channels), *(_at_least_one("filters", size) for size in filters)]
    for name, value in (("pool", pool), ("n_outputs", n_outputs)):
        _at_least_one(name, value)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(random_state)
        layers: list[nn.Module] = []
        for before, after in pairwise(sizes):
            convolution = _CONVOLUTION[dimensions](before, after, kernel_size, padding=kernel_size // 2)
            scale = [_NORMALISE[dimensions](after)] if normalise else []
            layers += [convolution, *scale, nn.ReLU(), _POOL[dimensions](pool)]
        over_all = (_STRONGEST if strongest else _AVERAGE)[dimensions](1)
        model = nn.Sequential(*layers, over_all, nn.Flatten(), nn.Linear(sizes[-1], n_outputs))
    # With the channels of each pixel beside each other in memory, both are learned in two thirds of the time.
    if dimensions in _LAYOUT:
        model.to(memory_format=_LAYOUT[dimensions])  # type: ignore[call-overload]
    return model


def feature_maps(model: nn.Sequential, X: Any) -> dict[int, torch.Tensor]:
    """Return what each block of a network answers, after its ReLU.

    Args:
        model: a network of `cnn`.
        X: inputs, (n, …), an array or a tensor of float32.

    Returns:
        By the block's number, from 1: the feature maps (n, channels, …).

    Example:
        >>> maps = feature_maps(cnn(2, 1, (4, 8), 3, random_state=0), torch.zeros(2, 1, 16, 16))
        >>> maps[2].shape
        torch.Size([2, 8, 8, 8])
    """
    found: list[torch.Tensor] = []
    # What a hook of torch returns takes the place of what was answered; `append` returns None, and all stays as it is.
    hooks = [relu.register_forward_hook(lambda _, __, answered: found.append(answered)) for relu in _blocks(model)]
    try:
        with torch.no_grad():
            model(torch.as_tensor(X))
    finally:
        for hook in hooks:
            hook.remove()
    return dict(enumerate(found, 1))


@contextmanager
def silenced(model: nn.Sequential, block: int, channels: Any = None) -> Iterator[None]:
    """Silence channels of one block as long as this lasts: `with silenced(model, 2, [5]): …`.

    Args:
        model: a network of `cnn`.
        block: its number, from 1.
        channels: numbers of its channels, from 0; all of them if not given.

    Raises:
        ValueError: if there is no such block.
        IndexError: if there is no such channel.
    """
    blocks = _blocks(model)
    if block not in range(1, len(blocks) + 1):
        raise ValueError(f"block is {block!r}; this network has the blocks 1 to {len(blocks)}.")

    def silence(_: nn.Module, __: Any, answered: torch.Tensor) -> torch.Tensor:
        kept = torch.ones(answered.shape[1])
        kept[slice(None) if channels is None else torch.as_tensor(channels, dtype=torch.long)] = 0
        return answered * kept.reshape(-1, *[1] * (answered.ndim - 2))

    hook = blocks[block - 1].register_forward_hook(silence)
    try:
        yield
    finally:
        hook.remove()


def n_weights(model: nn.Module) -> int:
    """Count the numbers that a network learns, biases included.

    Example:
        >>> n_weights(mlp(5, (), 1, random_state=0))
        6
    """
    return sum(parameter.numel() for parameter in model.parameters() if parameter.requires_grad)


def _blocks(model: nn.Sequential) -> list[nn.Module]:
    return [layer for layer in model if isinstance(layer, nn.ReLU)]


def _at_least_one(name: str, value: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise ValueError(f"{name} is {value!r}; it must be a whole number, 1 or more.")
    return value
