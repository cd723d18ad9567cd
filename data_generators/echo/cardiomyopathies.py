"""Four-chamber views of normal hearts and of diseases that one sees in them."""

from typing import Any

import numpy as np

from data_generators._sampling import Seed, check_flag, check_n_samples, check_option, check_random_state, check_size
from data_generators._streams import Streams
from data_generators.echo.hand import hold_apical
from data_generators.echo.patients import draw_sex, hearts_in
from data_generators.echo.scanner import check_machine, draw_look, draw_machines, scan, side
from data_generators.heart.disease import HEART_CONDITIONS
from data_generators.heart.motion import at_end_diastole, frames_at

ECHO_CARDIOMYOPATHIES = ("normal", "hypertrophic", "amyloid", "pulmonary hypertension", "dilated")
"""The classes of `make_echo_cardiomyopathies`, in the order of their numbers."""

_PLACES = {name: place for place, name in enumerate(ECHO_CARDIOMYOPATHIES)}
_ROOM = 12.0  # mm more above and below a healthy heart, for a large or a thick one


def make_echo_cardiomyopathies(
    n_samples: int = 400,
    *,
    frames: int = 1,
    disease: str | None = None,
    machine: str | None = None,
    size: int | None = None,
    random_state: Seed = None,
    return_truth: bool = False,
) -> tuple[Any, ...]:
    """Make simulated apical four-chamber views of normal hearts and of four diseases of heart muscle and lung vessels.

    A third of the normal ones only look ill: the wall of 12 to 18.5 mm of high blood pressure (half of them have 14 to
    16), and the large heart of an athlete. Machines, gain and depth differ, the hand turns and moves the probe, and it
    is not always at the true apex, so that the ventricle is foreshortened. It stands where the same patient's healthy
    heart would want it. Hypertrophic hearts are thick in the septum, in the middle or at the apex; amyloid ones all
    around and bright, with large atria and some fluid; pulmonary hypertension gives a large right and a small left
    ventricle.

    Args:
        n_samples: number of recordings, each of another patient.
        frames: 1 gives stills at end-diastole; more give a clip over one beat.
        disease: one of `ECHO_CARDIOMYOPATHIES`, which all patients have; any of them if not given.
        machine: one of `ECHO_MACHINES`, which takes all pictures; any of them if not given.
        size: pixels along each side; 64 for stills and 32 for clips if not given.
        random_state: an int gives the same recordings each time.
        return_truth: also return what the simulation knows.

    Returns:
        X: float32 (n_samples, 1, size, size), 0 is black, 1 white; clips (n_samples, 1, frames, size, size), the depth
            axis is T.
        y: int64 (n_samples,), the disease's place in `ECHO_CARDIOMYOPATHIES`.
        truth: only with `return_truth`; a dict of "condition" and "machine", int64 (n_samples,), places in
            `HEART_CONDITIONS`, which tells the athletes and the hypertensive, and in `ECHO_MACHINES`; "is_male", bool
            (n_samples,); and float64 (n_samples,) arrays "lv_edv", "lv_esv", "rv_edv", "rv_esv" and "la_max" in ml,
            "ejection_fraction" in percent, "max_wall", the thickest wall at end-diastole in mm as echo sees it,
            "foreshortening" and "turn" within the plane in degrees, "depth" in mm and "gain" in dB.

    Raises:
        ValueError: if an argument is outside what is allowed.

    Sources:
        The task: Zhang and others, Circulation 2018;138:1623-1635, as in table 1 of Howard and Francis, Heart
        2022;108:973-981, with dilated hearts added. Hearts: see `data_generators.heart.disease`.

    Example:
        >>> X, y = make_echo_cardiomyopathies(4, random_state=0)
        >>> X.shape, y.shape
        ((4, 1, 64, 64), (4,))
    """
    n_samples = check_n_samples(n_samples)
    return_truth = check_flag("return_truth", return_truth)
    frames = check_size("frames", frames, 1)
    only = None if disease is None else check_option("disease", disease, _PLACES)
    one_machine = check_machine(machine)
    size = side(size, frames)
    streams = Streams(check_random_state(random_state))

    generator = streams("disease")
    y = generator.integers(0, len(ECHO_CARDIOMYOPATHIES), n_samples)
    mimic = generator.choice(3, n_samples, p=(2 / 3, 1 / 6, 1 / 6))
    y = y if only is None else np.full(n_samples, only)
    condition = np.array([HEART_CONDITIONS.index(name) for name in ECHO_CARDIOMYOPATHIES])[y]
    condition = np.where(condition == 0, mimic, condition)
    hearts = hearts_in(streams, condition)
    first = at_end_diastole(hearts)
    # The probe stands where the same patient's healthy heart wants it, so that disease does not show by the plane.
    healthy = at_end_diastole(hearts_in(streams, np.zeros(n_samples, dtype=np.int64)))
    pose = hold_apical(streams("pose"), healthy, foreshortening=(4.0, 12.0), room=_ROOM)
    machines = draw_machines(streams, n_samples, one_machine)
    look = draw_look(streams, condition, machines, size)
    beating = first if frames == 1 else frames_at(hearts, np.arange(frames) / frames)
    X = scan(streams("speckle"), beating, pose.planes, look, size)
    X = X if frames == 1 else X[:, None]
    if not return_truth:
        return X, y
    return (
        X,
        y,
        {
            "condition": condition,
            "machine": machines,
            "is_male": draw_sex(streams, n_samples),
            "lv_edv": hearts.lv_edv,
            "lv_esv": hearts.lv_esv,
            "rv_edv": hearts.rv_edv,
            "rv_esv": hearts.rv_esv,
            "la_max": hearts.la_max,
            "ejection_fraction": hearts.ejection_fraction,
            "max_wall": (first.wall + np.maximum(first.bump_wall, 0))[:, 0, 0],
            "foreshortening": pose.foreshortening,
            "turn": pose.turn,
            "depth": pose.planes.depth,
            "gain": look.gain,
        },
    )
