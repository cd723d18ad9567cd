"""Echocardiograms in eight standard views."""

from dataclasses import replace
from typing import Any

import numpy as np

from data_generators._sampling import check_flag, check_n_samples, check_random_state, check_size
from data_generators.echo.scanner import draw_look, scan, side
from data_generators.heart.disease import draw_conditions, draw_hearts, seen_by_echo
from data_generators.heart.motion import at_end_diastole, frames_at
from data_generators.heart.views import ECHO_VIEWS, echo_planes, moved
from data_generators.render.ultrasound import Sector, shadow

_FRAME_TIME = 0.05  # seconds


def make_echo_views(
    n_samples: int = 400,
    *,
    frames: int = 16,
    size: int | None = None,
    random_state: int | np.random.Generator | None = None,
    return_truth: bool = False,
) -> tuple[Any, ...]:
    """Make simulated echocardiograms in eight standard views, as clips or as stills.

    Half of the hearts are normal, the others have any disease. The hand that holds the probe errs by some degrees and
    millimetres, gain and sector differ. In a clip the contact of the probe comes and goes, so that frames lose a part
    of the sector that others show. The two- and the three-chamber view differ by the outflow tract and the aortic
    valve.

    Args:
        n_samples: number of recordings, each of another heart.
        frames: frames of each clip, 50 ms apart; 1 gives stills at any moment of the beat.
        size: pixels along each side; 32 for clips and 64 for stills if not given.
        random_state: an int gives the same recordings each time.
        return_truth: also return what the simulation knows.

    Returns:
        X: float32 (n_samples, 1, frames, size, size), the depth axis is T; stills (n_samples, 1, size, size); 0 is
            black, 1 white.
        y: int64 (n_samples,), the view's place in `ECHO_VIEWS`.
        truth: only with `return_truth`; a dict of "phase", float64 (n_samples, frames), place in the beat, 0 at
            end-diastole; "condition", int64 (n_samples,), places in `HEART_CONDITIONS`; and float64 (n_samples,) arrays
            "heart_rate" in bpm, "lv_edv" and "lv_esv" in ml, "ejection_fraction" in percent, "depth" of the picture in
            mm, "off_axis", the angle from the standard plane in degrees, and "off_centre", the distance in mm.

    Raises:
        ValueError: if an argument is outside what is allowed.

    Sources:
        The task: Howard and others, J Med Artif Intell 2020;3:4, as in table 1 of Howard and Francis, Heart
        2022;108:973-981. Hearts: see `data_generators.heart`; the jitter of planes is a choice of this course.

    Example:
        >>> X, y = make_echo_views(4, random_state=0)
        >>> X.shape, y.shape
        ((4, 1, 16, 32, 32), (4,))
    """
    n_samples = check_n_samples(n_samples)
    return_truth = check_flag("return_truth", return_truth)
    frames = check_size("frames", frames, 1)
    size = side(size, frames)
    generator = check_random_state(random_state)

    y = generator.integers(0, len(ECHO_VIEWS), n_samples)
    condition = draw_conditions(generator, n_samples, 0.5)
    hearts = seen_by_echo(draw_hearts(generator, condition, generator.random(n_samples) < 0.5))
    heart_rate = generator.uniform(52, 96, n_samples)
    phase = (generator.random((n_samples, 1)) + np.arange(frames) * _FRAME_TIME * heart_rate[:, None] / 60) % 1
    planes = echo_planes(y, at_end_diastole(hearts))
    turn = np.radians(np.clip(generator.normal(0, 5, (n_samples, 3)), -10, 10))
    shift = np.clip(generator.normal(0, 3.5, (n_samples, 3)), -8, 8) * (1, 0.5, 1)
    planes = replace(moved(planes, shift, turn), depth=planes.depth * generator.uniform(0.97, 1.12, n_samples))
    look = draw_look(generator, condition, size)
    look = replace(look, around=np.where(y == ECHO_VIEWS.index("subcostal"), -25.0, look.around))
    lost = generator.random((n_samples, frames)) < (0.4 if frames > 1 else 0.2)
    passed = look.passed * shadow(
        Sector.n_beams(size),
        generator.random((n_samples, frames)),
        generator.uniform(0.12, 0.3, (n_samples, frames)),
        np.where(lost, 20.0, 0.0),
    )
    X = scan(generator, frames_at(hearts, phase), planes, replace(look, passed=passed), size, y)
    X = X if frames == 1 else X[:, None]
    if not return_truth:
        return X, y
    return (
        X,
        y,
        {
            "phase": phase,
            "condition": condition,
            "heart_rate": heart_rate,
            "lv_edv": hearts.lv_edv,
            "lv_esv": hearts.lv_esv,
            "ejection_fraction": hearts.ejection_fraction,
            "depth": planes.depth,
            "off_axis": np.degrees(np.linalg.norm(turn, axis=1)),
            "off_centre": np.linalg.norm(shift, axis=1),
        },
    )
