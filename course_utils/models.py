"""Short reference networks of torch, to be read: a plain network, and one that looks for shapes."""

from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import nn

_CONVOLUTION = {1: nn.Conv1d, 2: nn.Conv2d, 3: nn.Conv3d}
_POOL = {1: nn.MaxPool1d, 2: nn.MaxPool2d, 3: nn.MaxPool3d}
_AVERAGE = {1: nn.AdaptiveAvgPool1d, 2: nn.AdaptiveAvgPool2d, 3: nn.AdaptiveAvgPool3d}


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
            layers += [convolution, nn.ReLU(), _POOL[dimensions](pool)]
        return nn.Sequential(*layers, _AVERAGE[dimensions](1), nn.Flatten(), nn.Linear(sizes[-1], n_outputs))


def n_weights(model: nn.Module) -> int:
    """Count the numbers that a network learns, biases included.

    Example:
        >>> n_weights(mlp(5, (), 1, random_state=0))
        6
    """
    return sum(parameter.numel() for parameter in model.parameters() if parameter.requires_grad)


def _at_least_one(name: str, value: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise ValueError(f"{name} is {value!r}; it must be a whole number, 1 or more.")
    return value
