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


def _twelve_from_electrodes() -> np.ndarray:
    right, left, leg, *chest = np.eye(9)
    limb = [left - right, leg - right, leg - left]
    limb += [right - (left + leg) / 2, left - (right + leg) / 2, leg - (right + left) / 2]
    return np.stack([*limb, *(each - (right + left + leg) / 3 for each in chest)])


TWELVE_FROM_EIGHT = _twelve_from_eight()
"""(12, 8): Einthoven's and Goldberger's laws; I, II and V1 to V6 say all."""

TWELVE_FROM_ELECTRODES = _twelve_from_electrodes()
"""(12, 9): each lead is a difference between electrodes."""


def _arms_swapped() -> np.ndarray:
    swap = np.eye(12)
    swap[0, 0] = -1
    swap[[1, 2, 3, 4]] = swap[[2, 1, 4, 3]]
    return swap


ARMS_SWAPPED = _arms_swapped()
"""(12, 12): what the leads show when the electrodes of the two arms have been mixed up."""


def draw_lead_matrix(generator: np.random.Generator, n_samples: int) -> np.ndarray:
    """Return I, II and V1 to V6 from the dipole, (n_samples, 8, 3), a little different in each patient's chest."""
    return np.array(INDEPENDENT) * (1 + _JITTER * generator.standard_normal((n_samples, 8, 3)))
