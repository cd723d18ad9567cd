"""Simulated patients of whom five markers are known, and who died: the network of the review's figure 2."""

from functools import cache
from typing import Any

import numpy as np

from data_generators._sampling import (
    TABLE_ROWS,
    Seed,
    check_flag,
    check_n_samples,
    check_random_state,
    in_pieces,
    logistic,
    truncated_normal,
)
from data_generators._scores import expected_auc

MARKERS = (
    "age (years)",
    "C-reactive protein (mg/L)",
    "creatinine (µmol/L)",
    "haemoglobin (g/dL)",
    "ejection fraction (%)",
)
"""The columns of `make_risk_markers`."""

# Mean, standard deviation and limits of each marker; of C-reactive protein and creatinine, those of the logarithm.
_MEAN = np.array([68.0, 1.4, 4.5, 13.3, 50.0])
_SD = np.array([12.0, 1.1, 0.35, 1.8, 13.0])
_LOW = np.array([20.0, np.log(0.2), np.log(30.0), 6.0, 10.0])
_HIGH = np.array([100.0, np.log(300.0), np.log(900.0), 20.0, 80.0])
_CORRELATION = np.array(
    [
        [1.0, 0.15, 0.25, -0.2, -0.1],
        [0.15, 1.0, 0.1, -0.3, -0.1],
        [0.25, 0.1, 1.0, -0.25, -0.15],
        [-0.2, -0.3, -0.25, 1.0, 0.1],
        [-0.1, -0.1, -0.15, 0.1, 1.0],
    ]
)
_LOGARITHMIC = np.array([False, True, True, False, False])


def make_risk_markers(
    n_samples: int = 1000,
    *,
    interaction: bool = False,
    correlated: bool = False,
    random_state: Seed = None,
    return_truth: bool = False,
) -> tuple[Any, ...]:
    """Make simulated patients with five markers of risk, and who died.

    Each marker is drawn by itself, or as in real patients they go together: with age, creatinine rises and haemoglobin
    falls; inflammation and failing kidneys go with anaemia. Write z for a marker less its mean, over its
    standard deviation. Without interaction the log-odds of death are a plain sum, -1.1 + 0.8 z(age) + 0.35 z(ln
    C-reactive protein) + 0.45 z(ln creatinine) - 0.3 z(haemoglobin) - 0.5 z(ejection fraction), so that no hidden layer
    is needed. With it, creatinine matters only where the ejection fraction is low, and haemoglobin is worst at both
    ends: -1.2 + 0.8 z(age) + 0.35 z(ln C-reactive protein) - 0.5 z(ejection fraction) + 0.8 (z(haemoglobin)² - 1) + 1.5
    g z(ln creatinine), where g falls from 1 to 0 around an ejection fraction of 40% (a logistic curve with a scale of
    3%).

    Args:
        n_samples: number of patients.
        interaction: whether markers act together as above, which a weighted sum of them cannot follow.
        correlated: whether markers go together.
        random_state: an int gives the same markers each time, with and without interaction.
        return_truth: also return what the simulation knows.

    Returns:
        X: float32 (n_samples, 5), the markers in the order and units of `MARKERS` (creatinine / 88.4 for mg/dL).
        y: int64 (n_samples,), 1 for death, else 0; about 3 in 10 die.
        truth: only with `return_truth`; a dict of "risk", float64 (n_samples,), each patient's true probability of
            death; and "ceiling", the area under the ROC curve that these true risks reach on average.

    Raises:
        ValueError: if an argument is outside what is allowed.

    Sources:
        The markers and their directions follow figure 2 of Howard and Francis, Heart 2022;108:973-981. Means and
        standard deviations are choices of this course: 68 and 12 years; 1.4 and 1.1 for ln C-reactive protein, a median
        of 4 mg/L; 4.5 and 0.35 for ln creatinine, a median of 90 µmol/L; 13.3 and 1.8 g/dL; 50 and 13%; and so are the
        laws of death.

        Where they are correlated, age and C-reactive protein have 0.15, as in 8,389 adults (Int J Environ Res Public
        Health 2016;13:872; 0.19 in another cohort, Int J Hypertens 2021;3326349). C-reactive protein and haemoglobin
        have -0.3: in emergency departments -0.42 was found in 125 patients (Santos-Silva and others, J Clin Med
        2021;10:5411) and -0.09 in 609 (doi:10.3126/jgmc-n.v19i1.87245). For the others we found a direction, but no
        size: 0.25 for age and creatinine, -0.25 for creatinine and haemoglobin, -0.2 for age and haemoglobin, and up to
        0.15 elsewhere are choices of this course.

    Example:
        >>> X, y = make_risk_markers(5, random_state=0)
        >>> X.shape, y.shape
        ((5, 5), (5,))
    """
    n_samples = check_n_samples(n_samples)
    interaction = check_flag("interaction", interaction)
    correlated = check_flag("correlated", correlated)
    generator = check_random_state(random_state)
    return_truth = check_flag("return_truth", return_truth)

    def draw(some: np.ndarray) -> dict[str, np.ndarray]:
        X = _markers(generator, len(some), correlated)
        risk = marker_risk(X, interaction=interaction)
        died = (generator.random(len(some)) < risk).astype(np.int64)
        return {"X": X, "y": died, "risk": risk}

    return in_pieces(draw, n_samples, TABLE_ROWS, return_truth, lambda: _ceiling(interaction, correlated))


def _markers(generator: np.random.Generator, n_samples: int, correlated: bool) -> np.ndarray:
    if correlated:
        covariance = _CORRELATION * np.outer(_SD, _SD)
        values = generator.multivariate_normal(_MEAN, covariance, n_samples)
        while (outside := ((values < _LOW) | (values > _HIGH)).any(axis=1)).any():
            values[outside] = generator.multivariate_normal(_MEAN, covariance, int(outside.sum()))
    else:
        limits = zip(_MEAN, _SD, _LOW, _HIGH, strict=True)
        values = np.stack([truncated_normal(generator, *numbers, n_samples) for numbers in limits], axis=1)
    values[:, _LOGARITHMIC] = np.exp(values[:, _LOGARITHMIC])
    return values.astype(np.float32)


def marker_risk(X: Any, *, interaction: bool = False) -> np.ndarray:
    """Return the true risk of death (0 to 1) of `make_risk_markers` from markers (n, 5) in the units of `MARKERS`."""
    interaction = check_flag("interaction", interaction)
    values = np.array(X, dtype=np.float64)
    ejection_fraction = values[:, 4]
    values[:, _LOGARITHMIC] = np.log(values[:, _LOGARITHMIC])
    z_age, z_crp, z_creatinine, z_haemoglobin, z_ejection = ((values - _MEAN) / _SD).T
    both = 0.8 * z_age + 0.35 * z_crp - 0.5 * z_ejection
    if not interaction:
        return logistic(both - 1.1 + 0.45 * z_creatinine - 0.3 * z_haemoglobin)
    gate = logistic((40 - ejection_fraction) / 3)
    return logistic(both - 1.2 + 0.8 * (z_haemoglobin**2 - 1) + 1.5 * gate * z_creatinine)


@cache
def _ceiling(interaction: bool, correlated: bool) -> float:
    X = _markers(np.random.default_rng(0), 100_000, correlated)
    return expected_auc(marker_risk(X, interaction=interaction))
