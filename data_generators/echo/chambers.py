"""Four-chamber views with what each pixel belongs to."""

from dataclasses import replace
from typing import Any

from data_generators._sampling import Seed, check_flag, check_n_samples, check_random_state, check_size
from data_generators._streams import Streams
from data_generators.echo.hand import hold_apical
from data_generators.echo.patients import draw_patients
from data_generators.echo.scanner import SMALLEST, check_machine, draw_look, draw_machines, masks, scan, whole_shadow
from data_generators.heart.motion import at_end_diastole, frames_at


def make_echo_chambers(
    n_samples: int = 300,
    *,
    machine: str | None = None,
    size: int = 64,
    random_state: Seed = None,
    return_truth: bool = False,
) -> tuple[Any, ...]:
    """Make simulated apical four-chamber views with what each pixel belongs to.

    Shadows hide 10 to 30% of the sector, and the wall of the left ventricle with it; the truth keeps what they hide.

    Args:
        n_samples: number of pictures, each of another patient, at any moment of the beat.
        machine: one of `ECHO_MACHINES`, which takes all pictures; any of them if not given.
        size: pixels along each side.
        random_state: an int gives the same pictures each time.
        return_truth: also return what the simulation knows.

    Returns:
        X: float32 (n_samples, 1, size, size), 0 is black, 1 white.
        y: int64 (n_samples, size, size), places in `ECHO_CHAMBERS`; 0 outside the sector too.
        truth: only with `return_truth`; a dict of "condition" and "machine", int64 (n_samples,), places in
            `HEART_CONDITIONS` and `ECHO_MACHINES`; and
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
    one_machine = check_machine(machine)
    streams = Streams(check_random_state(random_state))

    condition, hearts = draw_patients(streams, n_samples, 0.5)
    phase = streams("beat").random((n_samples, 1))
    frames = frames_at(hearts, phase)
    pose = hold_apical(streams("pose"), at_end_diastole(hearts), foreshortening=(4.0, 12.0))
    machines = draw_machines(streams, n_samples, one_machine)
    look = draw_look(streams, condition, machines, size)
    generator = streams("shadow")
    share = generator.uniform(0.1, 0.3, n_samples)
    dark = whole_shadow(generator, share, 18.0, size)
    sector = look.sector(size, pose.planes)
    X = scan(streams("speckle"), frames, pose.planes, replace(look, passed=look.passed * dark), size)
    y = masks(frames, pose.planes, sector)[:, 0]
    if not return_truth:
        return X, y
    return (
        X,
        y,
        {
            "condition": condition,
            "machine": machines,
            "phase": phase[:, 0],
            "lv_volume": frames.volume[:, 0, 0],
            "rv_volume": frames.rv_volume[:, 0, 0],
            "pixel": sector.pixel,
            "foreshortening": pose.foreshortening,
            "shadow_share": share,
        },
    )
