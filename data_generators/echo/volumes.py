"""Four-chamber views with the volumes of the left ventricle."""

from dataclasses import replace
from typing import Any

import numpy as np

from data_generators._sampling import Seed, check_flag, check_n_samples, check_random_state, check_size
from data_generators._streams import Streams
from data_generators.echo.hand import hold_apical
from data_generators.echo.patients import draw_patients
from data_generators.echo.scanner import SMALLEST, Look, check_machine, draw_look, draw_machines, scan
from data_generators.heart.motion import END_SYSTOLE, at_end_diastole, frames_at
from data_generators.render.ultrasound import Sector, shadow

ECHO_VOLUMES = ("EDV", "ESV", "EF")
"""The columns of `make_echo_lv_volumes`: ml, ml, percent."""

_ONE_SCALE = 195.0  # mm, the depth of every picture where sizes are to be read from it


def make_echo_lv_volumes(
    n_samples: int = 400,
    *,
    frames: int = 2,
    recording: int = 0,
    machine: str | None = None,
    size: int = 64,
    random_state: Seed = None,
    return_truth: bool = False,
) -> tuple[Any, ...]:
    """Make simulated apical four-chamber views with the volumes and ejection fraction of the left ventricle.

    All pictures have one scale, 195 mm from top to bottom, so that sizes can be read from them. What limits a reader:
    the plane is foreshortened by up to 20 degrees, and a part of the wall drops out.

    Args:
        n_samples: number of patients.
        frames: 2 gives end-diastole and end-systole as two channels; more give a clip over one beat.
        recording: 0 or more; another number records the same patients again, with another hand, look and noise.
        machine: one of `ECHO_MACHINES`, which takes all pictures; any of them if not given.
        size: pixels along each side.
        random_state: an int gives the same pictures each time.
        return_truth: also return what the simulation knows.

    Returns:
        X: float32 (n_samples, 2, size, size), 0 is black, 1 white; clips (n_samples, 1, frames, size, size), the depth
            axis is T.
        y: float32 (n_samples, 3), the columns of `ECHO_VOLUMES`: EDV and ESV in ml, EF in percent.
        truth: only with `return_truth`; a dict of "condition" and "machine", int64 (n_samples,), places in
            `HEART_CONDITIONS` and `ECHO_MACHINES`; "phase", float64 (n_samples, frames); and float64 (n_samples,)
            arrays "foreshortening" and "turn" within the plane in degrees, "pixel" in mm, and "shortening", the share
            of its length that the ventricle loses in systole.

    Raises:
        ValueError: if an argument is outside what is allowed.

    Sources:
        The task: Ghorbani and others, npj Digital Medicine 2020;3:10, as in table 1 of Howard and Francis, Heart
        2022;108:973-981. Hearts: see `data_generators.heart.disease`.

    Example:
        >>> X, y = make_echo_lv_volumes(4, random_state=0)
        >>> X.shape, y.shape
        ((4, 2, 64, 64), (4, 3))
    """
    n_samples = check_n_samples(n_samples)
    return_truth = check_flag("return_truth", return_truth)
    frames = check_size("frames", frames, 2)
    size = check_size("size", size, SMALLEST)
    recording = check_size("recording", recording, 0)
    one_machine = check_machine(machine)
    streams = Streams(check_random_state(random_state))

    condition, hearts = draw_patients(streams, n_samples, 0.4)
    phase = np.array((0.0, END_SYSTOLE)) if frames == 2 else np.arange(frames) / frames
    pose = hold_apical(streams("pose", recording), at_end_diastole(hearts), foreshortening=(6.0, 20.0))
    machines = draw_machines(streams, n_samples, one_machine)
    look = draw_look(streams, condition, machines, size, recording)
    look = _with_dropout(streams("shadow", recording), look, size)
    planes = replace(pose.planes, depth=_ONE_SCALE * look.reach)
    X = scan(streams("speckle", recording), frames_at(hearts, phase), planes, look, size)
    X = X if frames == 2 else X[:, None]
    y = np.stack((hearts.lv_edv, hearts.lv_esv, hearts.ejection_fraction), axis=1).astype(np.float32)
    if not return_truth:
        return X, y
    return (
        X,
        y,
        {
            "condition": condition,
            "machine": machines,
            "phase": np.tile(phase, (n_samples, 1)),
            "foreshortening": pose.foreshortening,
            "turn": pose.turn,
            "pixel": look.sector(size, planes).pixel,
            "shortening": hearts.shortening,
        },
    )


def _with_dropout(generator: np.random.Generator, look: Look, size: int) -> Look:
    """Return a look in which a beam or some are weak."""
    n_samples = len(look.gain)
    width = generator.uniform(0.05, 0.2, (n_samples, 1))
    weak = shadow(
        Sector.n_beams(size), generator.random((n_samples, 1)), width, generator.uniform(0, 20, (n_samples, 1))
    )
    return replace(look, passed=look.passed * weak)
