"""Hypertrophic cardiomyopathy, and the hearts that look like it."""

from dataclasses import replace
from typing import Any

import numpy as np

from data_generators._sampling import check_n_samples, check_random_state, check_size
from data_generators.cmr.scanner import ENDS, SMALLEST, draw_chests, draw_heights, pictures, short_axis
from data_generators.heart.chambers import Hearts
from data_generators.heart.disease import HEART_CONDITIONS, draw_hearts
from data_generators.heart.motion import at_end_diastole, frames_at, with_some_walls

_THICK = 15.0  # mm


def make_cmr_hcm(
    n_samples: int = 200,
    *,
    frames: int = 2,
    size: int = 32,
    random_state: int | np.random.Generator | None = None,
    return_truth: bool = False,
) -> tuple[Any, ...]:
    """Make simulated short-axis stacks of hearts with and without hypertrophic cardiomyopathy.

    Half of the hearts are hypertrophic: in the septum, in the middle or at the apex. Among the others are walls of up
    to 15 mm of high blood pressure, athletes, and small hearts, whose walls look thick around so little blood. Slices
    are up to 12 degrees oblique, which makes a wall look thicker than it is. Whether a heart is hypertrophic is asked
    of its geometry: 15 mm somewhere at end-diastole.

    Args:
        n_samples: number of patients.
        frames: 2 gives the whole stack at end-diastole and end-systole; more give a cine of the slice in the middle.
        size: pixels along each side, of a field of 115 mm.
        random_state: an int gives the same pictures each time.
        return_truth: also return what the simulation knows.

    Returns:
        X: float32 (n_samples, 2, 12, size, size): end-diastole and end-systole are channels, and the depth axis is Z,
            the slices, 8 mm apart, from the apex to the base; a cine (n_samples, 1, frames, size, size), its depth axis
            is T. Blood at its brightest is about 1.
        y: int64 (n_samples,), 1 where a wall has 15 mm or more.
        truth: only with `return_truth`; a dict of "condition", int64 (n_samples,), places in `HEART_CONDITIONS`;
            "variant", int64 (n_samples,), places in `HYPERTROPHIC_VARIANTS`, -1 for other hearts; and float64
            (n_samples,) arrays "max_wall" in mm, "measured_wall" as a reader measures it (standard deviation 1 mm),
            "lv_mass" in g, "lv_edv" and "lv_esv" in ml, "ejection_fraction" in percent, and "tilt" in degrees.

    Raises:
        ValueError: if an argument is outside what is allowed.

    Sources:
        The task: Biffi and others, as in table 1 of Howard and Francis, Heart 2022;108:973-981. 15 mm: European Society
        of Cardiology. Hearts: see `data_generators.heart.disease`; mixture and obliqueness are choices of this course.

    Example:
        >>> X, y = make_cmr_hcm(3, random_state=0)
        >>> X.shape, y.shape
        ((3, 2, 12, 32, 32), (3,))
    """
    n_samples = check_n_samples(n_samples)
    frames = check_size("frames", frames, 2)
    size = check_size("size", size, SMALLEST)
    generator = check_random_state(random_state)

    names = "normal", "athlete", "hypertensive", "hypertrophic"
    kind = generator.choice(4, n_samples, p=(0.15, 0.12, 0.23, 0.5))
    condition = np.array([HEART_CONDITIONS.index(name) for name in names])[kind]
    variant = generator.choice(3, n_samples, p=(0.6, 0.15, 0.25))
    hearts = draw_hearts(generator, condition, generator.random(n_samples) < 0.55, variant)
    thick = np.flatnonzero(kind == names.index("hypertensive"))
    hearts = with_some_walls(hearts, thick, generator.uniform(11.5, 14.8, len(thick)))
    is_small = (kind == names.index("normal")) & (generator.random(n_samples) < 0.5)
    hearts = _shrunk(hearts, np.where(is_small, 0.6, 1.0))
    first = at_end_diastole(hearts)
    max_wall = (first.wall + np.maximum(first.bump_wall, 0))[:, 0, 0]
    y = (max_wall >= _THICK).astype(np.int64)
    measured_wall = max_wall + generator.normal(0, 1, n_samples)

    tilt = np.radians(np.clip(generator.normal(0, 5, (n_samples, 2)), -8.5, 8.5))
    if frames == 2:
        beating, heights = frames_at(hearts, ENDS), draw_heights(generator, hearts)
    else:
        beating, heights = frames_at(hearts, np.arange(frames) / frames), 0.5 * hearts.lv_length[:, None]
    signal = short_axis(beating, heights, tilt, *draw_chests(generator, n_samples), size)[0]
    X = pictures(generator, signal, "bssfp")
    X = X if frames == 2 else X.swapaxes(1, 2)
    if not return_truth:
        return X, y
    return (
        X,
        y,
        {
            "condition": condition,
            "variant": np.where(kind == names.index("hypertrophic"), variant, -1),
            "max_wall": max_wall,
            "measured_wall": measured_wall,
            "lv_mass": hearts.lv_mass,
            "lv_edv": hearts.lv_edv,
            "lv_esv": hearts.lv_esv,
            "ejection_fraction": hearts.ejection_fraction,
            "tilt": np.degrees(np.hypot(*tilt.T)),
        },
    )


def _shrunk(hearts: Hearts, share: np.ndarray) -> Hearts:
    """Return hearts whose volumes are so much smaller, with the muscle that they had."""
    names = "lv_edv", "lv_esv", "rv_edv", "rv_esv", "la_max", "la_min", "ra_max", "ra_min"
    volumes = {name: getattr(hearts, name) * share for name in names}
    return replace(hearts, lv_length=hearts.lv_length * np.cbrt(share), **volumes)
