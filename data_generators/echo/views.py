"""Echocardiograms in eight standard views."""

from dataclasses import replace
from typing import Any

import numpy as np

from data_generators._sampling import (
    Seed,
    check_flag,
    check_n_samples,
    check_number,
    check_random_state,
    check_share,
    check_size,
)
from data_generators._streams import Streams
from data_generators.echo.hand import draw_depths, in_plane
from data_generators.echo.patients import draw_patients
from data_generators.echo.scanner import ECHO_MACHINES, check_machine, draw_look, draw_machines, scan, side
from data_generators.heart.motion import at_end_diastole, frames_at
from data_generators.heart.views import ECHO_VIEWS, echo_planes, moved
from data_generators.render.ultrasound import Sector, shadow

_FRAME_TIME = 0.05  # seconds
_MOST_SWAY, _MOST_NOISE = 20.0, 0.5  # mm, and of the way from black to white
_SWAYS = 0.5, 2.5  # Hz, of hands and of chests


def make_echo_views(
    n_samples: int = 400,
    *,
    frames: int = 16,
    machine: str | None = None,
    confounding: float = 0.0,
    standstill: float = 0.0,
    sway: float = 0.0,
    noise: float = 0.0,
    size: int | None = None,
    random_state: Seed = None,
    return_truth: bool = False,
) -> tuple[Any, ...]:
    """Make simulated echocardiograms in eight standard views, as clips or as stills.

    Half of the hearts are normal, the others have any disease. The hand that holds the probe turns it in its plane by 8
    degrees (standard deviation), moves it by 4.5% of the depth, tips it out of the plane by 5 degrees, and sets depth,
    gain and grey curve. Machines differ, and one of the three shows left and right exchanged. In a clip the contact of
    the probe comes and goes, so that frames lose a part of the sector that others show. The two- and the three-chamber
    view differ by the outflow tract and the aortic valve.

    Args:
        n_samples: number of recordings, each of another heart.
        frames: frames of each clip, 50 ms apart; 1 gives stills at any moment of the beat.
        machine: one of `ECHO_MACHINES`, which takes all pictures; any of them if not given.
        confounding: share of the recordings whose machine goes with the view, so that a network may learn the machine:
            0, it is any machine; 1, each view has its own. Without effect if one machine takes all.
        standstill: share of the recordings whose heart stands still, 0 to 1. It stands at the moment of the beat at
            which the clip would begin, which is any moment alike: so no single frame tells who stands still.
        sway: mm, typical extent (standard deviation) to which the hand or the chest moves the plane in itself, to and
            fro, while a clip is recorded, 0 to 20.
        noise: standard deviation of the receiver's own noise, another one in each frame, as a share of the way from
            black to white, 0 to 0.5; what is black stays black.
        size: pixels along each side; 32 for clips and 64 for stills if not given.
        random_state: an int gives the same recordings each time.
        return_truth: also return what the simulation knows.

    Returns:
        X: float32 (n_samples, 1, frames, size, size), the depth axis is T; stills (n_samples, 1, size, size); 0 is
            black, 1 white.
        y: int64 (n_samples,), the view's place in `ECHO_VIEWS`.
        truth: only with `return_truth`; a dict of "phase", float64 (n_samples, frames), place in the beat, 0 at
            end-diastole; "stands_still", bool (n_samples,); "condition" and "machine", int64 (n_samples,), places in
            `HEART_CONDITIONS` and `ECHO_MACHINES`; and float64 (n_samples,) arrays "heart_rate" in bpm, "lv_edv" and
            "lv_esv" in ml, "ejection_fraction" in percent, all of these of the heart as it beats, "depth" of the
            picture in mm, "off_axis" in degrees and "off_centre" in mm, how far the plane is from the standard one, and
            "turn" within the plane in degrees.

    Raises:
        ValueError: if an argument is outside what is allowed.

    Sources:
        The task: Howard and others, J Med Artif Intell 2020;3:4, as in table 1 of Howard and Francis, Heart
        2022;108:973-981. Hearts: see `data_generators.heart`; the jitter of planes, sway and noise are choices of this
        course.

    Example:
        >>> X, y = make_echo_views(4, random_state=0)
        >>> X.shape, y.shape
        ((4, 1, 16, 32, 32), (4,))
    """
    n_samples = check_n_samples(n_samples)
    return_truth = check_flag("return_truth", return_truth)
    frames = check_size("frames", frames, 1)
    one_machine = check_machine(machine)
    confounding = check_share("confounding", confounding)
    standstill = check_share("standstill", standstill)
    sway = check_number("sway", sway, 0, _MOST_SWAY)
    noise = check_number("noise", noise, 0, _MOST_NOISE)
    size = side(size, frames)
    streams = Streams(check_random_state(random_state))

    y = streams("view").integers(0, len(ECHO_VIEWS), n_samples)
    condition, hearts = draw_patients(streams, n_samples, 0.5)
    generator = streams("beat")
    heart_rate = generator.uniform(52, 96, n_samples)
    phase = (generator.random((n_samples, 1)) + np.arange(frames) * _FRAME_TIME * heart_rate[:, None] / 60) % 1
    stands_still = streams("standstill").random(n_samples) < standstill
    phase = np.where(stands_still[:, None], phase[:, :1], phase)
    planes = echo_planes(y, at_end_diastole(hearts))
    generator = streams("pose")
    turn = np.radians(np.clip(generator.normal(0, 5, (n_samples, 3)), -10, 10))
    shift = np.clip(generator.normal(0, 3.5, (n_samples, 3)), -8, 8)
    off_centre = np.abs(shift[:, 2])
    off_axis = np.linalg.norm(turn[:, :2], axis=1)
    shift[:, :2], turn[:, 2] = in_plane(generator, planes.depth)
    planes = moved(planes, shift, turn)
    planes = replace(planes, depth=planes.depth * draw_depths(generator, n_samples))
    machines = draw_machines(streams, n_samples, one_machine)
    if one_machine is None:
        is_confounded = streams("confounding").random(n_samples) < confounding
        machines = np.where(is_confounded, y % len(ECHO_MACHINES), machines)
    look = draw_look(streams, condition, machines, size)
    look = replace(look, around=np.where(y == ECHO_VIEWS.index("subcostal"), -25.0, look.around))
    generator = streams("shadow")
    lost = generator.random((n_samples, frames)) < (0.4 if frames > 1 else 0.2)
    passed = look.passed * shadow(
        Sector.n_beams(size),
        generator.random((n_samples, frames)),
        generator.uniform(0.12, 0.3, (n_samples, frames)),
        np.where(lost, 20.0, 0.0),
    )
    course = _draw_sway(streams("sway"), n_samples, frames, sway) if sway else None
    X = scan(streams("speckle"), frames_at(hearts, phase), planes, replace(look, passed=passed), size, y, course)
    if noise:
        X = _noisy(streams("noise"), X, noise)
    X = X if frames == 1 else X[:, None]
    if not return_truth:
        return X, y
    return (
        X,
        y,
        {
            "phase": phase,
            "stands_still": stands_still,
            "condition": condition,
            "machine": machines,
            "heart_rate": heart_rate,
            "lv_edv": hearts.lv_edv,
            "lv_esv": hearts.lv_esv,
            "ejection_fraction": hearts.ejection_fraction,
            "depth": planes.depth,
            "off_axis": np.degrees(off_axis),
            "off_centre": off_centre,
            "turn": np.degrees(turn[:, 2]),
        },
    )


def _draw_sway(generator: np.random.Generator, n_samples: int, frames: int, sway: float) -> np.ndarray:
    """Return where the plane is at each frame, mm to the right and down of where it began, (n, frames, 2)."""
    frequency = generator.uniform(*_SWAYS, (n_samples, 1, 2))
    extent = sway * generator.normal(size=(n_samples, 1, 2))
    begin = 2 * np.pi * generator.random((n_samples, 1, 2))
    cycle = 2 * np.pi * frequency * (np.arange(frames) * _FRAME_TIME)[:, None]
    return extent * (np.sin(cycle + begin) - np.sin(begin))


def _noisy(generator: np.random.Generator, X: np.ndarray, noise: float) -> np.ndarray:
    """Return pictures with a receiver's noise where they are not black."""
    heard = generator.standard_normal(X.shape, dtype=np.float32)
    heard *= np.float32(noise)
    heard *= X > 0
    heard += X
    return np.clip(heard, 0, 1, out=heard)
