"""What every generator does with its arguments: one source of randomness, one kind of error."""

import numbers
from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np

Option = TypeVar("Option")

_SAMPLING_RATES = 100, 2000  # Hz

TABLE_ROWS = 10_000
"""Rows of a table that are made at a time: few enough for memory, and more than a chapter asks for."""

Seed = int | np.random.Generator | np.random.RandomState | None
"""What `random_state` may be."""


def check_random_state(random_state: Seed) -> np.random.Generator:
    """Return the generator of random numbers that `random_state` stands for.

    An int gives the same stream each time, None a fresh one, and a `numpy.random.Generator` is used as it is. A
    `numpy.random.RandomState`, which scikit-learn takes, goes on where it was too.

    Raises:
        ValueError: if `random_state` is anything else, or a negative int.
    """
    if isinstance(random_state, np.random.Generator):
        return random_state
    if isinstance(random_state, np.random.RandomState):
        return np.random.Generator(random_state._bit_generator)  # no public name leads to what they then share
    if random_state is None:
        return np.random.default_rng()
    if isinstance(random_state, numbers.Integral) and not isinstance(random_state, bool) and random_state >= 0:
        return np.random.default_rng(int(random_state))
    raise ValueError(
        f"random_state is {random_state!r}; allowed are None, an int from 0 upwards, a numpy.random.Generator, or a "
        "numpy.random.RandomState."
    )


def check_n_samples(n_samples: int) -> int:
    """Return `n_samples` as an int.

    Raises:
        ValueError: if it is not a whole number of at least 1.
    """
    return check_size("n_samples", n_samples, 1)


def check_option(name: str, value: object, allowed: dict[str, Option]) -> Option:
    """Return what the table `allowed` holds under `value`.

    Raises:
        ValueError: if `value` is not one of its keys.
    """
    if isinstance(value, str) and value in allowed:
        return allowed[value]
    raise ValueError(f"{name} is {value!r}; allowed are {', '.join(map(repr, allowed))}.")


def check_number(name: str, value: object, low: float, high: float) -> float:
    """Return `value` as a float.

    Raises:
        ValueError: if it is not a number from `low` to `high`.
    """
    if isinstance(value, bool) or not isinstance(value, numbers.Real) or not low <= float(value) <= high:
        raise ValueError(f"{name} is {value!r}; it must be a number from {low:g} to {high:g}.")
    return float(value)


def check_share(name: str, value: object) -> float:
    """Return `value` as a float.

    Raises:
        ValueError: if it is not a number from 0 to 1.
    """
    return check_number(name, value, 0, 1)


def check_flag(name: str, value: object) -> bool:
    """Return `value` as a bool.

    Raises:
        ValueError: if it is neither True nor False.
    """
    if isinstance(value, bool | np.bool_):
        return bool(value)
    raise ValueError(f"{name} is {value!r}; allowed are True, False.")


def check_size(name: str, value: Any, smallest: int) -> int:
    """Return the number (of pixels, say) `value` as an int.

    Raises:
        ValueError: if it is not a whole number of at least `smallest`.
    """
    if isinstance(value, bool) or not isinstance(value, numbers.Integral) or value < smallest:
        raise ValueError(f"{name} is {value!r}; it must be a whole number of at least {smallest}.")
    return int(value)


def check_sampling_rate(value: Any) -> int:
    """Return the samples per second `value` as an int.

    Raises:
        ValueError: if it is not a whole number from 100 to 2000: waves of a heart need no more.
    """
    low, high = _SAMPLING_RATES
    if isinstance(value, bool) or not isinstance(value, numbers.Integral) or not low <= int(value) <= high:
        raise ValueError(f"sampling_rate is {value!r}; it must be a whole number from {low} to {high}.")
    return int(value)


def in_pieces(
    draw: Callable[[np.ndarray], dict[str, Any]],
    n_samples: int,
    at_once: int,
    return_truth: bool,
    ceiling: Callable[[], float] | None = None,
    X: np.ndarray | None = None,
) -> tuple[Any, ...]:
    """Return what a maker returns, made some samples at a time, so that memory holds little besides.

    Args:
        draw: returns "X", "y" and all of the truth, by name, of the samples at these places; no "X" if `X` is given.
        n_samples: number of samples.
        at_once: how many are made at a time.
        return_truth: whether to return the truth too.
        ceiling: works out the truth's "ceiling", if it has one.
        X: where `draw` writes the samples itself, to spare a copy.
    """
    whole: dict[str, Any] = {} if X is None else {"X": X}
    for first in range(0, n_samples, at_once):
        some = np.arange(first, min(first + at_once, n_samples))
        for name, values in draw(some).items():
            if not return_truth and name not in ("X", "y"):
                continue
            if isinstance(values, list):
                whole.setdefault(name, []).extend(values)
            else:
                if name not in whole:
                    whole[name] = np.empty((n_samples, *values.shape[1:]), dtype=values.dtype)
                whole[name][some[0] : some[-1] + 1] = values
    X, y = whole.pop("X"), whole.pop("y")
    if not return_truth:
        return X, y
    return X, y, whole if ceiling is None else {**whole, "ceiling": ceiling()}


def truncated_normal(
    generator: np.random.Generator, mean: float, sd: float, low: float, high: float, size: int
) -> np.ndarray:
    """Draw `size` normally distributed numbers, each drawn again until it lies from `low` to `high`."""
    values = generator.normal(mean, sd, size)
    while (outside := (values < low) | (values > high)).any():
        values[outside] = generator.normal(mean, sd, int(outside.sum()))
    return values


def logistic(log_odds: np.ndarray) -> np.ndarray:
    """Return the probability that each of `log_odds` stands for."""
    return 1.0 / (1.0 + np.exp(-log_odds))
