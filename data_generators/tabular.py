"""Simulated patients as tables: a few numbers for each."""

from functools import cache
from typing import Any

import numpy as np

from data_generators._sampling import (
    TABLE_ROWS,
    Seed,
    check_flag,
    check_n_samples,
    check_option,
    check_random_state,
    in_pieces,
    logistic,
    truncated_normal,
)
from data_generators._scores import expected_auc

MAX_HEART_RATE_LAWS: dict[str, tuple[float, float]] = {"tanaka": (208.0, -0.7), "220-age": (220.0, -1.0)}
"""The laws of `make_max_heart_rate`: intercept (bpm) and slope (bpm per year of age)."""

TEN_YEAR_MORTALITY_LAW: dict[str, float] = {"at_65": -1.2, "per_year": 0.14, "per_mmol": 0.25}
"""The law of `make_ten_year_mortality`, in log-odds: at 65 years and 5.5 mmol/L, for each year of age, and for each
mmol/L of cholesterol."""

_MAX_HEART_RATE_SD = 10.0
_AGE_RANGE = (18.0, 85.0)


def make_max_heart_rate(
    n_samples: int = 200,
    *,
    law: str = "tanaka",
    random_state: Seed = None,
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
    return_truth = check_flag("return_truth", return_truth)

    def draw(some: np.ndarray) -> dict[str, np.ndarray]:
        age = generator.uniform(*_AGE_RANGE, size=len(some)).astype(np.float32)
        expected = intercept + slope * age.astype(np.float64)
        heart_rate = (expected + generator.normal(0.0, _MAX_HEART_RATE_SD, size=len(some))).astype(np.float32)
        return {"X": age[:, np.newaxis], "y": heart_rate, "expected_heart_rate": expected}

    return in_pieces(draw, n_samples, TABLE_ROWS, return_truth, lambda: _MAX_HEART_RATE_SD)


def ten_year_mortality_risk(age: Any, cholesterol: Any) -> Any:
    """Return the true risk (0 to 1) of `make_ten_year_mortality` from age (years) and total cholesterol (mmol/L)."""
    law = TEN_YEAR_MORTALITY_LAW
    years, excess = np.asarray(age, dtype=float) - 65, np.asarray(cholesterol, dtype=float) - 5.5
    return logistic(law["at_65"] + law["per_year"] * years + law["per_mmol"] * excess)


def make_ten_year_mortality(
    n_samples: int = 1000,
    *,
    random_state: Seed = None,
    return_truth: bool = False,
) -> tuple[Any, ...]:
    """Make simulated people who were followed for ten years: age, cholesterol, and who died.

    Ages are uniform from 40 to 90 years. Total cholesterol is normal with mean 5.5 and standard deviation 1.2 mmol/L,
    within 2.5 to 9.5. The log-odds of death are a sum of both, so cholesterol changes the risk most in middle age.

    Args:
        n_samples: number of people.
        random_state: an int gives the same people each time.
        return_truth: also return what the simulation knows.

    Returns:
        X: float32 (n_samples, 2), age in years and total cholesterol in mmol/L (x 38.67 for mg/dL).
        y: int64 (n_samples,), 1 for death within ten years, else 0.
        truth: only with `return_truth`; a dict of "risk", float64 (n_samples,), each person's true probability of
            death; and "ceiling", the area under the ROC curve that these true risks reach on average.

    Raises:
        ValueError: if an argument is outside what is allowed.

    Sources:
        The shape follows figure 1 of Howard and Francis, Heart 2022;108:973-981. All numbers are choices of this
        course. In real people the effect of cholesterol flattens or turns round in old age; here it does not.

    Example:
        >>> X, y = make_ten_year_mortality(5, random_state=0)
        >>> X.shape, y.shape
        ((5, 2), (5,))
    """
    n_samples = check_n_samples(n_samples)
    generator = check_random_state(random_state)
    return_truth = check_flag("return_truth", return_truth)

    def draw(some: np.ndarray) -> dict[str, np.ndarray]:
        X = _people(generator, len(some))
        risk = ten_year_mortality_risk(X[:, 0], X[:, 1])
        died = (generator.random(len(some)) < risk).astype(np.int64)
        return {"X": X, "y": died, "risk": risk}

    return in_pieces(draw, n_samples, TABLE_ROWS, return_truth, _mortality_ceiling)


def _people(generator: np.random.Generator, n_samples: int) -> np.ndarray:
    age = generator.uniform(40.0, 90.0, n_samples)
    cholesterol = truncated_normal(generator, 5.5, 1.2, 2.5, 9.5, n_samples)
    return np.stack([age, cholesterol], axis=1).astype(np.float32)


@cache
def _mortality_ceiling() -> float:
    X = _people(np.random.default_rng(0), 100_000)
    return expected_auc(ten_year_mortality_risk(X[:, 0], X[:, 1]))
