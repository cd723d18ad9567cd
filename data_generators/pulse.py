"""Simulated pulses: the times from each beat to the next."""

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
    truncated_normal,
)
from data_generators.ecg.rhythm import draw_breathing, ectopic_factors, fibrillation_intervals, sinus_intervals
from data_generators.patient import Patient

PULSE_RHYTHMS = ("sinus rhythm", "atrial fibrillation")
"""The classes of `make_pulses`, in the order of their numbers."""

_BEATS = 20


def make_pulses(
    n_samples: int = 200,
    *,
    ectopy: float = 0.15,
    random_state: Seed = None,
    return_truth: bool = False,
) -> tuple[Any, ...]:
    """Make simulated pulses of 20 intervals, half of the people on average in atrial fibrillation.

    Sinus rhythm changes with breathing and a little at random; some people in sinus rhythm have frequent ectopic
    beats, each early and followed by a pause. In atrial fibrillation no interval depends on the one before. The mean
    rate is drawn alike for both, so that it tells nothing about the rhythm.

    Args:
        n_samples: number of people.
        ectopy: share of the people in sinus rhythm who have frequent ectopic beats, from 0 to 1.
        random_state: an int gives the same people each time.
        return_truth: also return what the simulation knows.

    Returns:
        X: float32 (n_samples, 20), intervals from beat to beat in milliseconds.
        y: int64 (n_samples,), 0 for sinus rhythm and 1 for atrial fibrillation, as in `PULSE_RHYTHMS`.
        truth: only with `return_truth`; a dict of "heart_rate", float64 (n_samples,), the rate in bpm about which the
            intervals vary; and "ectopy", bool (n_samples,), who has frequent ectopic beats.

    Raises:
        ValueError: if an argument is outside what is allowed.

    Sources:
        Intervals in atrial fibrillation are a shortest time plus an exponential one, after Hennig and others, arXiv
        cond-mat/0605295 (2006); their coefficient of variation, 0.12 to 0.28, and all other numbers are choices of this
        course.

    Example:
        >>> X, y = make_pulses(5, random_state=0)
        >>> X.shape, y.shape
        ((5, 20), (5,))
    """
    n_samples = check_n_samples(n_samples)
    ectopy = check_share("ectopy", ectopy)
    generator = check_random_state(random_state)
    return_truth = check_flag("return_truth", return_truth)

    def draw(some: np.ndarray) -> dict[str, np.ndarray]:
        heart_rate = truncated_normal(generator, 78.0, 12.0, 50.0, 120.0, len(some))
        fibrillates = generator.random(len(some)) < 0.5
        has_ectopy = ~fibrillates & (generator.random(len(some)) < ectopy)
        X = _intervals(generator, heart_rate, fibrillates, has_ectopy)
        return {"X": X, "y": fibrillates.astype(np.int64), "heart_rate": heart_rate, "ectopy": has_ectopy}

    return in_pieces(draw, n_samples, TABLE_ROWS, return_truth)


def take_pulse(patient: Patient, *, random_state: Seed = None) -> np.ndarray:
    """Take the pulse of one patient.

    Args:
        patient: their rhythm and heart rate are what the pulse shows.
        random_state: an int gives the same 20 beats each time.

    Returns:
        float32 (20,), intervals from beat to beat in milliseconds, simulated as by `make_pulses`.

    Raises:
        ValueError: if `random_state` is not allowed.
    """
    fibrillates, has_ectopy = (
        np.array([patient.rhythm == rhythm]) for rhythm in ("atrial fibrillation", "sinus rhythm with ectopic beats")
    )
    (intervals,) = _intervals(check_random_state(random_state), np.array([patient.heart_rate]), fibrillates, has_ectopy)
    return intervals


def _intervals(
    generator: np.random.Generator, heart_rate: np.ndarray, fibrillates: np.ndarray, has_ectopy: np.ndarray
) -> np.ndarray:
    n_samples, interval = len(heart_rate), 60 / heart_rate
    breath = draw_breathing(generator, n_samples).at(interval[:, None] * np.arange(_BEATS))
    fibrillation = fibrillation_intervals(generator, n_samples, _BEATS)
    variation = np.where(fibrillates[:, None], fibrillation, sinus_intervals(generator, interval, breath))
    variation[has_ectopy] *= ectopic_factors(generator, int(has_ectopy.sum()), _BEATS)
    return (1000 * interval[:, None] * variation).astype(np.float32)
