"""Simulated patients with heart failure, of four kinds that overlap."""

from functools import cache
from typing import Any

import numpy as np

from data_generators._sampling import (
    TABLE_ROWS,
    Seed,
    check_flag,
    check_n_samples,
    check_random_state,
    check_share,
    in_pieces,
)
from data_generators._scores import adjusted_rand_index

HF_PHENOTYPES = ("younger and dilated", "ischaemic and cardiorenal", "obese and metabolic", "elderly with AF")
"""The classes of `make_hf_phenotypes`, in the order of their numbers; the first two have a low ejection fraction."""

HF_FEATURES = (
    "age (years)",
    "body mass index (kg/m²)",
    "ejection fraction (%)",
    "ln NT-proBNP (pg/ml)",
    "eGFR (ml/min/1.73 m²)",
    "systolic pressure (mmHg)",
    "left atrial volume (ml)",
    "atrial fibrillation (0 or 1)",
)
"""The columns of `make_hf_phenotypes`."""

# Rows are the phenotypes, columns the first seven features.
_SHARE = np.array([0.28, 0.24, 0.26, 0.22])
_MEAN = np.array(
    [
        [52.0, 28.0, 27.0, 7.3, 76.0, 113.0, 108.0],
        [70.0, 28.0, 36.0, 8.2, 42.0, 122.0, 112.0],
        [64.0, 37.0, 60.0, 5.9, 66.0, 142.0, 88.0],
        [78.0, 26.5, 57.0, 7.4, 56.0, 132.0, 132.0],
    ]
)
_SD = np.array(
    [
        [12.0, 5.5, 9.0, 1.0, 20.0, 17.0, 33.0],
        [10.0, 5.0, 10.0, 1.0, 15.0, 21.0, 33.0],
        [10.0, 6.5, 8.0, 1.0, 21.0, 19.0, 29.0],
        [8.0, 4.5, 8.0, 0.9, 18.0, 20.0, 40.0],
    ]
)
_LOW = np.array([18.0, 15.0, 8.0, 2.5, 5.0, 70.0, 20.0])
_HIGH = np.array([100.0, 65.0, 80.0, 11.5, 140.0, 230.0, 320.0])
_FIBRILLATION = np.array([0.15, 0.35, 0.2, 0.8])
_CORRELATION = np.array(
    [
        [1.0, -0.2, 0.0, 0.2, -0.4, 0.2, 0.0],
        [-0.2, 1.0, 0.0, -0.3, 0.0, 0.0, 0.2],
        [0.0, 0.0, 1.0, -0.3, 0.0, 0.0, 0.0],
        [0.2, -0.3, -0.3, 1.0, -0.3, 0.0, 0.3],
        [-0.4, 0.0, 0.0, -0.3, 1.0, 0.0, 0.0],
        [0.2, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0],
        [0.0, 0.2, 0.0, 0.3, 0.0, 0.0, 1.0],
    ]
)
_FACTOR = np.linalg.cholesky(_CORRELATION)


def make_hf_phenotypes(
    n_samples: int = 600,
    *,
    missing: float = 0.0,
    random_state: Seed = None,
    return_truth: bool = False,
) -> tuple[Any, ...]:
    """Make simulated patients with heart failure, of four phenotypes that overlap.

    Within a phenotype seven features are normally distributed and correlated, within what a body allows, and atrial
    fibrillation comes with the phenotype's own chance. A younger heart is dilated; an ischaemic one comes with failing
    kidneys; the obese have a preserved ejection fraction and a low NT-proBNP; the elderly with atrial fibrillation have
    a preserved one too, and a large left atrium. The features' units differ, so groups are found far better after
    scaling.

    Args:
        n_samples: number of patients.
        missing: chance of each value in X to be missing (NaN), from 0 to 1, whatever it would have been.
        random_state: an int gives the same patients each time, whatever is missing.
        return_truth: also return what the simulation knows.

    Returns:
        X: float32 (n_samples, 8), the features in the order and units of `HF_FEATURES`.
        y: int64 (n_samples,), phenotype, a number into `HF_PHENOTYPES`.
        truth: only with `return_truth`; a dict of "posterior", float64 (n_samples, 4), the true probability of each
            phenotype given all eight values; and "ceiling", the adjusted Rand index between the phenotypes and the most
            probable ones. Both are those of patients of whom nothing is missing.

    Raises:
        ValueError: if an argument is outside what is allowed.

    Sources:
        That there are four groups is after Ahmad and others, J Am Heart Assoc 2018;7:e008081. What they are, and all
        means, standard deviations and correlations, are choices of this course.

    Example:
        >>> X, y = make_hf_phenotypes(5, random_state=0)
        >>> X.shape, y.shape
        ((5, 8), (5,))
    """
    n_samples = check_n_samples(n_samples)
    missing = check_share("missing", missing)
    generator = check_random_state(random_state)
    return_truth = check_flag("return_truth", return_truth)

    def draw(some: np.ndarray) -> dict[str, np.ndarray]:
        X, y = _patients(generator, len(some))
        shown = np.where(generator.random(X.shape) < missing, np.float32(np.nan), X)
        return {"X": shown, "y": y, "posterior": _posterior(X)}

    return in_pieces(draw, n_samples, TABLE_ROWS, return_truth, _ceiling)


def _patients(generator: np.random.Generator, n_samples: int) -> tuple[np.ndarray, np.ndarray]:
    """Draw patients; one beyond the limits is drawn again with a new phenotype, which leaves the posterior as it is."""
    y = np.empty(n_samples, dtype=np.int64)
    values = np.empty((n_samples, len(HF_FEATURES) - 1))
    again = np.arange(n_samples)
    while len(again):
        y[again] = phenotype = np.searchsorted(np.cumsum(_SHARE)[:-1], generator.random(len(again)), side="right")
        noise = generator.standard_normal((len(again), values.shape[1])) @ _FACTOR.T
        values[again] = drawn = _MEAN[phenotype] + _SD[phenotype] * noise
        again = again[((drawn < _LOW) | (drawn > _HIGH)).any(axis=1)]
    fibrillates = generator.random(n_samples) < _FIBRILLATION[y]
    return np.column_stack([values, fibrillates]).astype(np.float32), y


def _posterior(X: np.ndarray) -> np.ndarray:
    z = (X[:, np.newaxis, :7].astype(np.float64) - _MEAN) / _SD
    distance = np.square(z @ np.linalg.inv(_FACTOR).T).sum(axis=2)
    rhythm = np.where(X[:, 7:] > 0, _FIBRILLATION, 1 - _FIBRILLATION)
    log_density = np.log(_SHARE * rhythm / _SD.prod(axis=1)) - distance / 2
    density = np.exp(log_density - log_density.max(axis=1, keepdims=True))
    return density / density.sum(axis=1, keepdims=True)


@cache
def _ceiling() -> float:
    X, y = _patients(np.random.default_rng(0), 100_000)
    return adjusted_rand_index(y, _posterior(X).argmax(axis=1))
