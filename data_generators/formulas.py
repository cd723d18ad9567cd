"""Simulated people on whom a formula is computed exactly: one with an interaction and one without."""

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
)

BMI_CONSTANTS: dict[str, tuple[float, float]] = {"exact": (0.45359237, 0.0254), "paper": (0.453, 0.025)}
"""The constants of `make_bmi`: kilograms in a pound, and metres in an inch."""

GLASGOW_COMA_SCALE: dict[str, int] = {"eye opening": 4, "verbal response": 5, "motor response": 6}
"""The columns of `make_glasgow_coma_scale`, and the best score of each; the worst is 1."""

_FLUCTUATION = 0.12


def make_bmi(
    n_samples: int = 1000,
    *,
    constants: str = "exact",
    random_state: Seed = None,
    return_truth: bool = False,
) -> tuple[Any, ...]:
    """Make simulated adults measured in stones, pounds, feet and inches, with their body mass index.

    Stones from 7 to 22, pounds from 0 to 13, feet from 4 to 6 and inches from 0 to 11 are whole numbers, each equally
    likely: 44 to 146 kg and 1.22 to 2.11 m. Weight does not depend on height, so some are far thinner or heavier than
    patients are. Body mass index is weight over height squared: weight and height interact.

    Args:
        n_samples: number of people.
        constants: "exact" for 0.45359237 kg in a pound and 0.0254 m in an inch; "paper" for the review's 0.453 and
            0.025, which make every body mass index 3.09% too high.
        random_state: an int gives the same people each time, with either constants.
        return_truth: also return what the simulation knows.

    Returns:
        X: float32 (n_samples, 4), stones, pounds, feet and inches.
        y: float32 (n_samples,), body mass index in kg/m².
        truth: only with `return_truth`; a dict of "kg" and "metres", float64 (n_samples,), weight and height with the
            constants chosen; and "ceiling", the smallest root mean squared error that a model can reach: 0.0.

    Raises:
        ValueError: if an argument is outside what is allowed.

    Sources:
        The formula and the "paper" constants are those of Howard and Francis, Heart 2022;108:973-981. The "exact" ones
        define the international pound and inch since 1959. The ranges are choices of this course.

    Example:
        >>> X, y = make_bmi(5, random_state=0)
        >>> X.shape, y.shape
        ((5, 4), (5,))
    """
    n_samples = check_n_samples(n_samples)
    kg_in_pound, metres_in_inch = check_option("constants", constants, BMI_CONSTANTS)
    generator = check_random_state(random_state)
    return_truth = check_flag("return_truth", return_truth)
    lowest, highest = np.array([[7, 0, 4, 0], [22, 13, 6, 11]])[:, :, np.newaxis]

    def draw(some: np.ndarray) -> dict[str, np.ndarray]:
        stones, pounds, feet, inches = table = generator.integers(lowest, highest, (4, len(some)), endpoint=True)
        kg = (stones * 14 + pounds) * kg_in_pound
        metres = (feet * 12 + inches) * metres_in_inch
        return {
            "X": table.T.astype(np.float32),
            "y": (kg / metres**2).astype(np.float32),
            "kg": kg,
            "metres": metres,
        }

    return in_pieces(draw, n_samples, TABLE_ROWS, return_truth, lambda: 0.0)


def make_glasgow_coma_scale(
    n_samples: int = 1000,
    *,
    random_state: Seed = None,
    return_truth: bool = False,
) -> tuple[Any, ...]:
    """Make simulated patients scored on the Glasgow Coma Scale.

    The depth of coma is uniform from 0 (awake) to 1. Each response is graded by it, with a normally distributed
    fluctuation of its own of 0.12 of its range, rounded to a whole score. The total is their sum: nothing interacts.

    Args:
        n_samples: number of patients.
        random_state: an int gives the same patients each time.
        return_truth: also return what the simulation knows.

    Returns:
        X: float32 (n_samples, 3), eye opening from 1 to 4, verbal response from 1 to 5, motor response from 1 to 6.
        y: float32 (n_samples,), their sum, from 3 to 15.
        truth: only with `return_truth`; a dict of "coma_depth", float64 (n_samples,), from 0 to 1; and "ceiling", the
            smallest root mean squared error that a model can reach: 0.0.

    Raises:
        ValueError: if an argument is outside what is allowed.

    Sources:
        The scale is after Teasdale and Jennett, Lancet 1974;2:81-84, with the motor response from 1 to 6 as it is
        scored today. How depth leads to scores is a choice of this course.

    Example:
        >>> X, y = make_glasgow_coma_scale(5, random_state=0)
        >>> X.shape, y.shape
        ((5, 3), (5,))
    """
    n_samples = check_n_samples(n_samples)
    generator = check_random_state(random_state)
    return_truth = check_flag("return_truth", return_truth)
    steps = np.array(list(GLASGOW_COMA_SCALE.values())) - 1

    def draw(some: np.ndarray) -> dict[str, np.ndarray]:
        depth = generator.random(len(some))
        fluctuation = _FLUCTUATION * generator.standard_normal((len(some), len(steps)))
        X = (1 + np.clip(np.rint(steps * (1 - depth[:, np.newaxis] + fluctuation)), 0, steps)).astype(np.float32)
        return {"X": X, "y": X.sum(axis=1), "coma_depth": depth}

    return in_pieces(draw, n_samples, TABLE_ROWS, return_truth, lambda: 0.0)
