"""Four-chamber views with what each pixel belongs to."""

from dataclasses import replace
from typing import Any

import numpy as np

from data_generators._sampling import check_flag, check_n_samples, check_random_state, check_size
from data_generators.echo.hand import apical
from data_generators.echo.scanner import SMALLEST, draw_look, masks, scan, whole_shadow
from data_generators.heart.disease import draw_conditions, draw_hearts, seen_by_echo
from data_generators.heart.motion import at_end_diastole, frames_at


def make_echo_chambers(
    n_samples: int = 300,
    *,
    size: int = 64,
    random_state: int | np.random.Generator | None = None,
    return_truth: bool = False,
) -> tuple[Any, ...]:
    """Make simulated apical four-chamber views with what each pixel belongs to.

    Shadows hide 10 to 30% of the sector, and the wall of the left ventricle with it; the truth keeps what they hide.

    Args:
        n_samples: number of pictures, each of another patient, at any moment of the beat.
        size: pixels along each side.
        random_state: an int gives the same pictures each time.
        return_truth: also return what the simulation knows.

    Returns:
        X: float32 (n_samples, 1, size, size), 0 is black, 1 white.
        y: int64 (n_samples, size, size), places in `ECHO_CHAMBERS`; 0 outside the sector too.
        truth: only with `return_truth`; a dict of "condition", int64 (n_samples,), places in `HEART_CONDITIONS`; and
            float64 (n_samples,) arrays "phase" of the beat, "lv_volume" and "rv_volume" at that moment in ml, "pixel"
            in mm, "foreshortening" in degrees, and "shadow_share" of the sector.

    Raises:
        ValueError: if an argument is outside what is allowed.

    Sources:
        The task: Zhang and others, Circulation 2018;138:1623-1635, as in table 1 of Howard and Francis, Heart
        2022;108:973-981. Hearts: see `data_generators.heart.disease`.

    Example:
        >>> X, y = make_echo_chambers(4, random_state=0)
        >>> X.shape, y.shape
        ((4, 1, 64, 64), (4, 64, 64))
    """
    n_samples = check_n_samples(n_samples)
    return_truth = check_flag("return_truth", return_truth)
    size = check_size("size", size, SMALLEST)
    generator = check_random_state(random_state)

    condition = draw_conditions(generator, n_samples, 0.5)
    hearts = seen_by_echo(draw_hearts(generator, condition, generator.random(n_samples) < 0.5))
    phase = generator.random((n_samples, 1))
    frames = frames_at(hearts, phase)
    planes, foreshortening = apical(generator, at_end_diastole(hearts), 4.0, 12.0)
    look = draw_look(generator, condition, size)
    share = generator.uniform(0.1, 0.3, n_samples)
    dark = whole_shadow(generator, share, 18.0, size)
    X = scan(generator, frames, planes, replace(look, passed=look.passed * dark), size)
    y = masks(frames, planes, look.half_angle, size)[:, 0]
    if not return_truth:
        return X, y
    return (
        X,
        y,
        {
            "condition": condition,
            "phase": phase[:, 0],
            "lv_volume": frames.volume[:, 0, 0],
            "rv_volume": frames.rv_volume[:, 0, 0],
            "pixel": planes.depth / size,
            "foreshortening": foreshortening,
            "shadow_share": share,
        },
    )
