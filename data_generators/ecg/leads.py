"""From the dipole to the twelve leads."""

import numpy as np

LEADS = ("I", "II", "III", "aVR", "aVL", "aVF", "V1", "V2", "V3", "V4", "V5", "V6")
"""The leads of an ECG, in the order of its channels."""

ELECTRODES = ("RA", "LA", "LL", "V1", "V2", "V3", "V4", "V5", "V6")

INDEPENDENT = (
    (0.632, -0.235, 0.059),
    (0.235, 1.066, -0.132),
    (-0.515, 0.157, -0.917),
    (0.044, 0.164, -1.387),
    (0.882, 0.098, -1.277),
    (1.213, 0.127, -0.601),
    (1.125, 0.127, -0.086),
    (0.831, 0.076, 0.230),
)
"""I, II and V1 to V6 from Frank's X, Y and Z: Dower and others, J Electrocardiol 1980;13:361-368."""

_JITTER = 0.10  # of each number of the matrix, from patient to patient


def _twelve_from_eight() -> np.ndarray:
    one, two = np.eye(8)[:2]
    limb = [one, two, two - one, -(one + two) / 2, one - two / 2, two - one / 2]
    return np.stack([*limb, *np.eye(8)[2:]])


def _eight_from_electrodes() -> np.ndarray:
    right, left, leg, *chest = np.eye(9)
    return np.stack([left - right, leg - right, *(each - (right + left + leg) / 3 for each in chest)])


TWELVE_FROM_EIGHT = _twelve_from_eight()
"""(12, 8): Einthoven's and Goldberger's laws; I, II and V1 to V6 say all."""

EIGHT_FROM_ELECTRODES = _eight_from_electrodes()
"""(8, 9): each lead is a difference between electrodes."""


def fill_limb_leads(X: np.ndarray) -> None:
    """Write the six limb leads of records, (n, 12, length), that hold I and II in the places of aVL and aVF."""
    one, two = X[:, 4].copy(), X[:, 5].copy()
    X[:, 0], X[:, 1] = one, two
    np.subtract(two, one, out=X[:, 2])
    np.add(one, two, out=X[:, 3])
    X[:, 3] *= -0.5
    X[:, 4] -= 0.5 * two
    X[:, 5] -= 0.5 * one


def swap_arms(X: np.ndarray) -> np.ndarray:
    """Turn records, (n, 12, length), into what the leads show when the arms' electrodes are mixed up; return them."""
    X[:, 0] *= -1
    for one, other in ((1, 2), (3, 4)):
        X[:, one], X[:, other] = X[:, other].copy(), X[:, one].copy()
    return X


def draw_lead_matrix(generator: np.random.Generator, n_samples: int) -> np.ndarray:
    """Return I, II and V1 to V6 from the dipole, (n_samples, 8, 3), a little different in each patient's chest."""
    return np.array(INDEPENDENT) * (1 + _JITTER * generator.standard_normal((n_samples, 8, 3)))
