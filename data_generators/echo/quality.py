"""Four-chamber views with a score of their quality."""

from dataclasses import replace
from typing import Any

import numpy as np

from data_generators._sampling import Seed, check_flag, check_n_samples, check_random_state, check_size
from data_generators._streams import Streams
from data_generators.echo.hand import hold_apical
from data_generators.echo.patients import draw_patients
from data_generators.echo.scanner import SMALLEST, check_machine, draw_look, draw_machines, scan, whole_shadow
from data_generators.heart.motion import at_end_diastole, frames_at

_LABEL_NOISE = 5.0  # points, of a score of quality
_GAIN = 6.0  # dB, standard deviation
_TURN = 12.0  # degrees, standard deviation
_DEPTHS = 0.92, 1.8  # times as deep as the heart needs
_BEST_DEPTH = 1.08


def make_echo_quality(
    n_samples: int = 400,
    *,
    machine: str | None = None,
    size: int = 64,
    random_state: Seed = None,
    return_truth: bool = False,
) -> tuple[Any, ...]:
    """Make simulated apical four-chamber views with a score of their quality.

    The score is 100 times the product of five terms, each from 0 (spoilt) to 1 (perfect): gain, how much of the sector
    a shadow takes, depth (too small a heart, or one that is cut off), how far the ventricle is foreshortened, and how
    far the heart leans from the upright. A reader's score has an error of 5 points (standard deviation) on top.

    Args:
        n_samples: number of pictures, each of another patient.
        machine: one of `ECHO_MACHINES`, which takes all pictures; any of them if not given.
        size: pixels along each side.
        random_state: an int gives the same pictures each time.
        return_truth: also return what the simulation knows.

    Returns:
        X: float32 (n_samples, 1, size, size), 0 is black, 1 white.
        y: float32 (n_samples,), the score as read, about 0 to 100.
        truth: only with `return_truth`; a dict of "machine", int64 (n_samples,), places in `ECHO_MACHINES`; and float64
            (n_samples,) arrays "score" without the reader's error; the terms "gain", "shadow", "depth",
            "foreshortening" and "off_axis", 0 to 1; what they come from: "gain_error" in dB, "shadow_share" of the
            sector, "deeper", how many times as deep as the heart needs, "foreshortening_angle" and "off_axis_angle" in
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
    one_machine = check_machine(machine)
    streams = Streams(check_random_state(random_state))

    condition, hearts = draw_patients(streams, n_samples, 0.6)
    frames = frames_at(hearts, streams("beat").random((n_samples, 1)))
    share = 0.6 * streams("shadow").beta(0.8, 2.6, n_samples)
    pose = hold_apical(streams("pose"), at_end_diastole(hearts), foreshortening=(7.0, 24.0), turn=_TURN, depths=_DEPTHS)
    machines = draw_machines(streams, n_samples, one_machine)
    look = draw_look(streams, condition, machines, size)
    gain_error = streams("gain").normal(0, _GAIN, n_samples)
    dark = whole_shadow(streams("shadow", 1), share, 26.0, size)
    X = scan(streams("speckle"), frames, pose.planes, replace(look, gain=gain_error, passed=dark), size)

    worst = {
        "gain": (gain_error, 14.0),
        "shadow": (share, 0.4),
        "depth": (np.log(pose.deeper / _BEST_DEPTH), 0.35),
        "foreshortening": (pose.foreshortening, 26.0),
        "off_axis": (pose.turn, 24.0),
    }
    terms = {name: np.exp(-((value / scale) ** 2)) for name, (value, scale) in worst.items()}
    score = 100 * np.prod(list(terms.values()), axis=0)
    y = (score + streams("reader").normal(0, _LABEL_NOISE, n_samples)).astype(np.float32)
    if not return_truth:
        return X, y
    return (
        X,
        y,
        {
            "machine": machines,
            "score": score,
            **terms,
            "gain_error": gain_error,
            "shadow_share": share,
            "deeper": pose.deeper,
            "foreshortening_angle": pose.foreshortening,
            "off_axis_angle": pose.turn,
            "ceiling": _LABEL_NOISE,
        },
    )
