"""Four-chamber views with a score of their quality."""

from dataclasses import replace
from typing import Any

import numpy as np

from data_generators._sampling import check_flag, check_n_samples, check_random_state, check_size
from data_generators.echo.hand import apical
from data_generators.echo.scanner import SMALLEST, draw_look, scan, whole_shadow
from data_generators.heart.disease import draw_conditions, draw_hearts, seen_by_echo
from data_generators.heart.motion import at_end_diastole, frames_at
from data_generators.heart.views import moved

_LABEL_NOISE = 5.0  # points, of a score of quality


def make_echo_quality(
    n_samples: int = 400,
    *,
    size: int = 64,
    random_state: int | np.random.Generator | None = None,
    return_truth: bool = False,
) -> tuple[Any, ...]:
    """Make simulated apical four-chamber views with a score of their quality.

    The score is 100 times the product of five terms, each from 0 (spoilt) to 1 (perfect): gain, shadow, depth, how far
    the ventricle is foreshortened, and how far the plane is turned off its axis. A reader's score has an error of 5
    points (standard deviation) on top.

    Args:
        n_samples: number of pictures, each of another patient.
        size: pixels along each side.
        random_state: an int gives the same pictures each time.
        return_truth: also return what the simulation knows.

    Returns:
        X: float32 (n_samples, 1, size, size), 0 is black, 1 white.
        y: float32 (n_samples,), the score as read, about 0 to 100.
        truth: only with `return_truth`; a dict of float64 (n_samples,) arrays "score" without the reader's error; the
            terms "gain", "shadow", "depth", "foreshortening" and "off_axis", 0 to 1; what they come from: "gain_error"
            and "attenuation" in dB, "shadow_share" of the sector, "foreshortening_angle" and "off_axis_angle" in
            degrees; and "ceiling", the root mean squared error of the true scores: no model can do better.

    Raises:
        ValueError: if an argument is outside what is allowed.

    Sources:
        The task: Abdi and others, 2017 (Springer, pages 302-310), as in table 1 of Howard and Francis, Heart
        2022;108:973-981. The terms are choices of this course.

    Example:
        >>> X, y = make_echo_quality(4, random_state=0)
        >>> X.shape, y.dtype
        ((4, 1, 64, 64), dtype('float32'))
    """
    n_samples = check_n_samples(n_samples)
    return_truth = check_flag("return_truth", return_truth)
    size = check_size("size", size, SMALLEST)
    generator = check_random_state(random_state)

    condition = draw_conditions(generator, n_samples, 0.6)
    hearts = seen_by_echo(draw_hearts(generator, condition, generator.random(n_samples) < 0.5))
    frames = frames_at(hearts, generator.random((n_samples, 1)))
    gain_error = generator.normal(0, 9, n_samples)
    share = generator.beta(0.8, 2.6, n_samples) * 0.6
    attenuation = generator.gamma(1.2, 9, n_samples)
    off_axis = generator.gamma(1.5, 8, n_samples) * generator.choice((-1, 1), n_samples)
    planes, foreshortening = apical(generator, at_end_diastole(hearts), 9.0, 28.0)
    turn = np.zeros((n_samples, 3))
    turn[:, 1] = np.radians(off_axis)
    look = draw_look(generator, condition, size)
    dark = whole_shadow(generator, share, 26.0, size)
    look = replace(look, gain=gain_error, attenuation=attenuation, passed=dark)
    X = scan(generator, frames, moved(planes, np.zeros((n_samples, 3)), turn), look, size)

    worst = {
        "gain": (gain_error, 16.0),
        "shadow": (share, 0.4),
        "depth": (attenuation, 30.0),
        "foreshortening": (foreshortening, 24.0),
        "off_axis": (off_axis, 32.0),
    }
    terms = {name: np.exp(-((value / scale) ** 2)) for name, (value, scale) in worst.items()}
    score = 100 * np.prod(list(terms.values()), axis=0)
    y = (score + generator.normal(0, _LABEL_NOISE, n_samples)).astype(np.float32)
    if not return_truth:
        return X, y
    return (
        X,
        y,
        {
            "score": score,
            **terms,
            "gain_error": gain_error,
            "attenuation": attenuation,
            "shadow_share": share,
            "foreshortening_angle": foreshortening,
            "off_axis_angle": off_axis,
            "ceiling": _LABEL_NOISE,
        },
    )
