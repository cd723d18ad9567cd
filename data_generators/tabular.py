"""Simulated patients as tables: a few numbers for each."""

from typing import Any

import numpy as np

from data_generators._sampling import check_n_samples, check_option, check_random_state

MAX_HEART_RATE_LAWS: dict[str, tuple[float, float]] = {"tanaka": (208.0, -0.7), "220-age": (220.0, -1.0)}
"""The laws of `make_max_heart_rate`: intercept (bpm) and slope (bpm per year of age)."""

_MAX_HEART_RATE_SD = 10.0
_AGE_RANGE = (18.0, 85.0)


def make_max_heart_rate(
    n_samples: int = 200,
    *,
    law: str = "tanaka",
    random_state: int | np.random.Generator | None = None,
    return_truth: bool = False,
) -> tuple[Any, ...]:
    """Make simulated exercise tests: each patient's age and maximum heart rate.

    Ages are uniform from 18 to 85 years. The maximum heart rate is a straight line in age plus normally distributed
    differences between people with a standard deviation of 10 bpm.

    Args:
        n_samples: number of patients.
        law: the line the patients follow. "tanaka" is 208 - 0.7 x age; "220-age" is the textbook formula.
        random_state: an int gives the same patients each time.
        return_truth: also return what the simulation knows.

    Returns:
        X: float32 (n_samples, 1), age in years.
        y: float32 (n_samples,), maximum heart rate in beats per minute (bpm).
        truth: only with `return_truth`; a dict of "expected_heart_rate", float64 (n_samples,), the law's value at each
            age in bpm; and "ceiling", the smallest root mean squared error (bpm) that any model can reach: 10.0.

    Raises:
        ValueError: if an argument is outside what is allowed.

    Sources:
        The "tanaka" law after Tanaka, Monahan and Seals, J Am Coll Cardiol 2001;37:153-6. "220-age" was read off by
        Fox, Naughton and Haskell, Ann Clin Res 1971;3:404-32, from about eleven earlier data sets (Robergs and
        Landwehr, JEPonline 2002;5(2):1-10). The age range and the spread of 10 bpm are choices of this course; studies
        report 7 to 12 bpm.

    Example:
        >>> X, y = make_max_heart_rate(5, random_state=0)
        >>> X.shape, y.shape
        ((5, 1), (5,))
    """
    n_samples = check_n_samples(n_samples)
    intercept, slope = check_option("law", law, MAX_HEART_RATE_LAWS)
    generator = check_random_state(random_state)

    age = generator.uniform(*_AGE_RANGE, size=n_samples).astype(np.float32)
    expected = intercept + slope * age.astype(np.float64)
    heart_rate = (expected + generator.normal(0.0, _MAX_HEART_RATE_SD, size=n_samples)).astype(np.float32)

    X = age[:, np.newaxis]
    if return_truth:
        return X, heart_rate, {"expected_heart_rate": expected, "ceiling": _MAX_HEART_RATE_SD}
    return X, heart_rate
