"""Echocardiograms of beating hearts: views, diseases, quality, volumes, chambers."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from data_generators._sampling import check_n_samples, check_option, check_random_state, check_size
from data_generators.heart import anatomy, shapes
from data_generators.heart.chambers import Frames
from data_generators.heart.disease import HEART_CONDITIONS, draw_conditions, draw_hearts, heart_of, seen_by_echo
from data_generators.heart.motion import END_SYSTOLE, at_end_diastole, frames_at
from data_generators.heart.views import ECHO_VIEWS, PARTS_OF_VIEWS, Planes, echo_planes, moved
from data_generators.patient import Patient
from data_generators.render.ultrasound import Scatterers, Sector, shadow, ultrasound

ECHO_CARDIOMYOPATHIES = ("normal", "hypertrophic", "amyloid", "pulmonary hypertension", "dilated")
"""The classes of `make_echo_cardiomyopathies`, in the order of their numbers."""

ECHO_VOLUMES = ("EDV", "ESV", "EF")
"""The columns of `make_echo_lv_volumes`: ml, ml, percent."""

ECHO_CHAMBERS = ("background", "LV", "LV myocardium", "LA", "RV", "RA")
"""What a pixel of `make_echo_chambers` can belong to, in the order of their numbers."""

_SMALLEST = 24  # pixels, for a wall of 9 mm to be seen
_A4C = ECHO_VIEWS.index("apical four-chamber")
_FRAME_TIME = 0.05  # seconds
_ONE_SCALE = 195.0  # mm, the depth of every picture where sizes are to be read from it
_LABEL_NOISE = 5.0  # points, of a score of quality


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
    frames = check_size("frames", frames, 1)
    size = _side(size, frames)
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
    look = _draw_look(generator, condition, size)
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


def make_echo_cardiomyopathies(
    n_samples: int = 400,
    *,
    frames: int = 1,
    size: int | None = None,
    random_state: int | np.random.Generator | None = None,
    return_truth: bool = False,
) -> tuple[Any, ...]:
    """Make simulated apical four-chamber views of normal hearts and of four diseases of heart muscle and lung vessels.

    A third of the normal ones only look ill: the wall of 12 to 14 mm of high blood pressure, and the large heart of
    an athlete. Gain differs, and the probe is not always at the true apex, so that the ventricle is foreshortened.
    Hypertrophic hearts are thick in the septum, in the middle or at the apex; amyloid ones all around and bright, with
    large atria and some fluid; pulmonary hypertension gives a large right and a small left ventricle.

    Args:
        n_samples: number of recordings, each of another patient.
        frames: 1 gives stills at end-diastole; more give a clip over one beat.
        size: pixels along each side; 64 for stills and 32 for clips if not given.
        random_state: an int gives the same recordings each time.
        return_truth: also return what the simulation knows.

    Returns:
        X: float32 (n_samples, 1, size, size), 0 is black, 1 white; clips (n_samples, 1, frames, size, size), the depth
            axis is T.
        y: int64 (n_samples,), the disease's place in `ECHO_CARDIOMYOPATHIES`.
        truth: only with `return_truth`; a dict of "condition", int64 (n_samples,), places in `HEART_CONDITIONS`, which
            tells the athletes and the hypertensive; "is_male", bool (n_samples,); and float64 (n_samples,) arrays
            "lv_edv", "lv_esv", "rv_edv", "rv_esv" and "la_max" in ml, "ejection_fraction" in percent, "max_wall", the
            thickest wall at end-diastole in mm as echo sees it, "foreshortening" in degrees and "gain" in dB.

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
    frames = check_size("frames", frames, 1)
    size = _side(size, frames)
    generator = check_random_state(random_state)

    y = generator.integers(0, len(ECHO_CARDIOMYOPATHIES), n_samples)
    condition = np.array([HEART_CONDITIONS.index(name) for name in ECHO_CARDIOMYOPATHIES])[y]
    mimic = generator.choice(3, n_samples, p=(2 / 3, 1 / 6, 1 / 6))
    condition = np.where(condition == 0, mimic, condition)
    is_male = generator.random(n_samples) < 0.5
    hearts = seen_by_echo(draw_hearts(generator, condition, is_male))
    first = at_end_diastole(hearts)
    planes, foreshortening = _apical(generator, first, 4.0, 12.0)
    look = _draw_look(generator, condition, size)
    look = replace(look, gain=look.gain + generator.normal(0, 2, n_samples))
    beating = first if frames == 1 else frames_at(hearts, np.arange(frames) / frames)
    X = scan(generator, beating, planes, look, size)
    X = X if frames == 1 else X[:, None]
    if not return_truth:
        return X, y
    return (
        X,
        y,
        {
            "condition": condition,
            "is_male": is_male,
            "lv_edv": hearts.lv_edv,
            "lv_esv": hearts.lv_esv,
            "rv_edv": hearts.rv_edv,
            "rv_esv": hearts.rv_esv,
            "la_max": hearts.la_max,
            "ejection_fraction": hearts.ejection_fraction,
            "max_wall": (first.wall + np.maximum(first.bump_wall, 0))[:, 0, 0],
            "foreshortening": foreshortening,
            "gain": look.gain,
        },
    )


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
    size = check_size("size", size, _SMALLEST)
    generator = check_random_state(random_state)

    condition = draw_conditions(generator, n_samples, 0.6)
    hearts = seen_by_echo(draw_hearts(generator, condition, generator.random(n_samples) < 0.5))
    frames = frames_at(hearts, generator.random((n_samples, 1)))
    gain_error = generator.normal(0, 9, n_samples)
    share = generator.beta(0.8, 2.6, n_samples) * 0.6
    attenuation = generator.gamma(1.2, 9, n_samples)
    off_axis = generator.gamma(1.5, 8, n_samples) * generator.choice((-1, 1), n_samples)
    planes, foreshortening = _apical(generator, at_end_diastole(hearts), 9.0, 28.0)
    turn = np.zeros((n_samples, 3))
    turn[:, 1] = np.radians(off_axis)
    look = _draw_look(generator, condition, size)
    dark = _whole_shadow(generator, share, 26.0, size)
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


def make_echo_lv_volumes(
    n_samples: int = 400,
    *,
    frames: int = 2,
    size: int = 64,
    random_state: int | np.random.Generator | None = None,
    return_truth: bool = False,
) -> tuple[Any, ...]:
    """Make simulated apical four-chamber views with the volumes and ejection fraction of the left ventricle.

    All pictures have one scale, 195 mm from top to bottom, so that sizes can be read from them. What limits a reader:
    the plane is foreshortened by up to 20 degrees, and a part of the wall drops out.

    Args:
        n_samples: number of patients.
        frames: 2 gives end-diastole and end-systole as two channels; more give a clip over one beat.
        size: pixels along each side.
        random_state: an int gives the same pictures each time.
        return_truth: also return what the simulation knows.

    Returns:
        X: float32 (n_samples, 2, size, size), 0 is black, 1 white; clips (n_samples, 1, frames, size, size), the depth
            axis is T.
        y: float32 (n_samples, 3), the columns of `ECHO_VOLUMES`: EDV and ESV in ml, EF in percent.
        truth: only with `return_truth`; a dict of "condition", int64 (n_samples,), places in `HEART_CONDITIONS`;
            "phase", float64 (n_samples, frames); and float64 (n_samples,) arrays "foreshortening" in degrees,
            "pixel" in mm, and "shortening", the share of its length that the ventricle loses in systole.

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
    frames = check_size("frames", frames, 2)
    size = check_size("size", size, _SMALLEST)
    generator = check_random_state(random_state)

    condition = draw_conditions(generator, n_samples, 0.4)
    hearts = seen_by_echo(draw_hearts(generator, condition, generator.random(n_samples) < 0.5))
    phase = np.array((0.0, END_SYSTOLE)) if frames == 2 else np.arange(frames) / frames
    planes, foreshortening = _apical(generator, at_end_diastole(hearts), 8.0, 20.0)
    planes = replace(planes, depth=np.full(n_samples, _ONE_SCALE))
    look = _with_dropout(generator, _draw_look(generator, condition, size), size)
    X = scan(generator, frames_at(hearts, phase), planes, look, size)
    X = X if frames == 2 else X[:, None]
    y = np.stack((hearts.lv_edv, hearts.lv_esv, hearts.ejection_fraction), axis=1).astype(np.float32)
    if not return_truth:
        return X, y
    return (
        X,
        y,
        {
            "condition": condition,
            "phase": np.broadcast_to(phase, (n_samples, frames)),
            "foreshortening": foreshortening,
            "pixel": planes.depth / size,
            "shortening": hearts.shortening,
        },
    )


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
    size = check_size("size", size, _SMALLEST)
    generator = check_random_state(random_state)

    condition = draw_conditions(generator, n_samples, 0.5)
    hearts = seen_by_echo(draw_hearts(generator, condition, generator.random(n_samples) < 0.5))
    phase = generator.random((n_samples, 1))
    frames = frames_at(hearts, phase)
    planes, foreshortening = _apical(generator, at_end_diastole(hearts), 4.0, 12.0)
    look = _draw_look(generator, condition, size)
    share = generator.uniform(0.1, 0.3, n_samples)
    dark = _whole_shadow(generator, share, 18.0, size)
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


def record_echo(
    patient: Patient,
    *,
    view: str = "apical four-chamber",
    frames: int = 16,
    size: int = 128,
    random_state: int | np.random.Generator | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Record one beat of a patient's heart by echo, held still in the standard plane.

    Args:
        patient: whose heart beats.
        view: one of `ECHO_VIEWS`.
        frames: frames of the beat, from end-diastole.
        size: pixels along each side.
        random_state: an int gives the same recording each time.

    Returns:
        float32 and int64 (frames, size, size): the clip, 0 is black, 1 white, and what its pixels belong to, places in
        `ECHO_CHAMBERS`.

    Raises:
        ValueError: if an argument is outside what is allowed.
    """
    number = check_option("view", view, {name: place for place, name in enumerate(ECHO_VIEWS)})
    frames = check_size("frames", frames, 1)
    size = check_size("size", size, _SMALLEST)
    generator = check_random_state(random_state)
    hearts = heart_of(patient)
    beating = frames_at(hearts, np.arange(frames) / frames)
    look = replace(
        _draw_look(generator, np.zeros(1, dtype=np.int64), size),
        gain=np.zeros(1),
        granular=np.array([_GRANULAR * patient.infiltration]),
        around=np.array([-25.0 if view == "subcostal" else -32.0]),
    )
    planes = echo_planes(np.array([number]), beating)
    clip = scan(generator, beating, planes, look, size, np.array([number]))
    return clip[0], masks(beating, planes, look.half_angle, size, number)[0]


_BACKSCATTER = {
    "descending aorta": -52.0,
    "pericardium": -13.0,
    "effusion": -56.0,
    "wall": -19.0,
    "pulmonary artery": -52.0,
    "left atrium": -52.0,
    "right atrium": -52.0,
    "right ventricle": -52.0,
    "myocardium": -20.0,
    "left ventricle": -52.0,
    "papillary muscle": -17.0,
    "aorta": -52.0,
    "valve": -11.0,
}
"""dB, of each part of the heart: blood is dark, muscle grey, pericardium and leaflets bright."""

_GRANULAR = 6.0  # dB by which amyloid muscle is brighter
_CHUNK = 120_000  # samples of beams that are worked on at a time: in the cache, and few times


@dataclass(frozen=True)
class Look:
    """How pictures are taken, each (n,).

    Attributes:
        half_angle: radians, of the sector.
        gain: dB.
        attenuation: dB that are lost from the probe to the depth.
        around: dB, what lies around the heart.
        granular: dB by which muscle is brighter.
        passed: float32 (n, 1 or frames, beams), share of the energy that each beam keeps.
    """

    half_angle: np.ndarray
    gain: np.ndarray
    attenuation: np.ndarray
    around: np.ndarray
    granular: np.ndarray
    passed: np.ndarray

    def __getitem__(self, some: np.ndarray) -> "Look":
        return Look(**{name: value[some] for name, value in vars(self).items()})


def scan(
    generator: np.random.Generator,
    frames: Frames,
    planes: Planes,
    look: Look,
    size: int,
    view: np.ndarray | None = None,
) -> np.ndarray:
    """Return pictures of hearts, float32 (n, frames, size, size).

    Args:
        generator: the source of randomness.
        frames: n hearts at moments of the beat.
        planes: where each is cut.
        look: how the pictures are taken.
        size: pixels along each side.
        view: int (n,), places in `ECHO_VIEWS`; apical four-chamber if not given. What a view cannot show is left out.
    """
    scatterers = Scatterers(generator)
    n_samples, n_frames = frames.length.shape[:2]
    view = np.full(n_samples, _A4C) if view is None else view
    start = generator.uniform(0, 1000, (3, n_samples, 1, 1)).astype(np.float32)
    pictures = np.empty((n_samples, n_frames, size, size), dtype=np.float32)
    step = max(_CHUNK // (Sector.n_along(size) * Sector.n_beams(size) * n_frames), 1)
    for number, name in enumerate(ECHO_VIEWS):
        of_view = np.flatnonzero(view == number)
        for first in range(0, len(of_view), step):
            some = of_view[first : first + step]
            pictures[some] = _scan(
                scatterers, frames[some], planes[some], look[some], size, start[:, some], PARTS_OF_VIEWS[name]
            )
    return pictures


def masks(frames: Frames, planes: Planes, half_angle: np.ndarray, size: int, view: int = _A4C) -> np.ndarray:
    """Return what each pixel belongs to, int64 (n, frames, size, size), places in `ECHO_CHAMBERS`."""
    vessels = {"aorta", "pulmonary artery"}.intersection(PARTS_OF_VIEWS[ECHO_VIEWS[view]])
    numbers = {"left ventricle": 1, "myocardium": 2, "left atrium": 3, "right ventricle": 4, "right atrium": 5}
    numbers |= dict.fromkeys(vessels, 0)
    n_samples, n_frames = frames.length.shape[:2]
    mask = np.zeros((n_samples, n_frames, size * size), dtype=np.uint8)
    step = max(_CHUNK // (size * size * n_frames), 1)
    for first in range(0, n_samples, step):
        some = slice(first, first + step)
        sector = Sector(size, planes.depth[some], half_angle[some])
        is_inside = sector.contains()
        here = np.flatnonzero(is_inside.any(axis=0))
        right, down = (part[:, here] for part in sector.pixels())
        pixel = (planes.depth[some] / size)[:, None, None]
        painted = anatomy.layers(frames[some], planes[some].points(right, down), pixel, tuple(numbers))
        labelled = np.zeros((*mask[some].shape[:2], len(here)), dtype=np.uint8)
        mask[some][..., here] = shapes.label(painted, numbers, labelled) * is_inside[:, None, here]
    return mask.reshape(n_samples, n_frames, size, size).astype(np.int64)


def _scan(
    scatterers: Scatterers,
    frames: Frames,
    planes: Planes,
    look: Look,
    size: int,
    start: np.ndarray,
    parts: tuple[str, ...],
) -> np.ndarray:
    sector = Sector(size, planes.depth, look.half_angle)
    right, down = sector.samples()
    points = planes.points(right, down)
    shape = (*frames.length.shape[:2], *sector.shape)
    pixel = (planes.depth / sector.shape[0])[:, None, None]
    energy = np.broadcast_to(_around(look, sector, start)[:, None], shape).copy().reshape(*shape[:2], -1)
    shapes.paint(anatomy.layers(frames, points, pixel, parts), _energies(look), energy)
    places = anatomy.material(frames, points)
    moving = tuple(
        (place + begin).reshape(shape) for place, begin in zip((places.x, places.y, places.z), start, strict=True)
    )
    beams = ultrasound(
        energy.reshape(shape),
        scatterers.at(moving),
        gain=look.gain,
        attenuation=look.attenuation,
        passed=look.passed[:, :, None],
    )
    return sector.convert(beams)


def _around(look: Look, sector: Sector, start: np.ndarray) -> np.ndarray:
    """Return the energy from around the heart: uneven tissue, and near the probe the bright wall of the chest.

    Returns:
        float32 (n, samples, beams).
    """
    along, beams = sector.shape
    depth = (np.arange(along, dtype=np.float32) + 0.5) / along * sector.depth[:, None].astype(np.float32)
    uneven = np.exp(0.6 * np.sin(depth / 13 + start[0, :, 0]))
    across = np.exp(0.6 * np.sin(np.linspace(0, 9, beams, dtype=np.float32) + start[1, :, 0]))
    level = _energy(look.around)[:, None, None]
    return level * (uneven[:, :, None] * across[:, None] + 40 * np.exp(-((depth / 11) ** 2))[:, :, None])


def _energy(decibels: np.ndarray | float) -> np.ndarray:
    return np.asarray(10 ** (np.asarray(decibels) / 10), dtype=np.float32)


def _energies(look: Look) -> dict[str, np.ndarray]:
    """Return how strongly each part scatters in each picture."""
    brighter = _energy(look.granular)[:, None, None]
    muscle = {"wall", "myocardium", "papillary muscle"}
    return {part: _energy(level) * (brighter if part in muscle else 1) for part, level in _BACKSCATTER.items()}


def _apical(generator: np.random.Generator, first: Frames, typical: float, most: float) -> tuple[Planes, np.ndarray]:
    """Return four-chamber planes held by a hand, and by how many degrees they miss the true apex.

    Args:
        generator: the source of randomness.
        first: the hearts at end-diastole.
        typical: standard deviation of the foreshortening, degrees.
        most: its largest value.
    """
    n_samples = len(first.length)
    planes = echo_planes(np.full(n_samples, _A4C), first)
    foreshortening = np.minimum(np.abs(generator.normal(0, typical, n_samples)), most)
    turn = np.radians(np.clip(generator.normal(0, 4, (n_samples, 3)), -9, 9))
    turn[:, 0] = np.radians(foreshortening)
    shift = np.clip(generator.normal(0, 3, (n_samples, 3)), -7, 7) * (1, 0.5, 0.5)
    # A foreshortened plane misses the apex and not the mitral valve, so it tips about the valve.
    valve = first.length[:, 0, 0] + first.wall[:, 0, 0] + 16
    shift[:, 2] -= np.sin(turn[:, 0]) * (valve - planes.depth / 2)
    depth = planes.depth * generator.uniform(0.97, 1.1, n_samples)
    return replace(moved(planes, shift, turn), depth=depth), foreshortening


def _side(size: int | None, frames: int) -> int:
    """Return the pixels along each side of a picture: if not given, stills are larger than clips."""
    if size is None:
        return 64 if frames == 1 else 32
    return check_size("size", size, _SMALLEST)


def _draw_look(generator: np.random.Generator, condition: np.ndarray, size: int) -> Look:
    n_samples = len(condition)
    return Look(
        half_angle=np.radians(generator.uniform(36, 42, n_samples)),
        gain=generator.normal(0, 2, n_samples),
        attenuation=generator.uniform(0, 6, n_samples),
        around=generator.normal(-32, 1.5, n_samples),
        granular=np.where(condition == HEART_CONDITIONS.index("amyloid"), _GRANULAR, 0.0),
        passed=np.ones((n_samples, 1, Sector.n_beams(size)), dtype=np.float32),
    )


def _whole_shadow(generator: np.random.Generator, share: np.ndarray, decibels: float, size: int) -> np.ndarray:
    """Return what each beam keeps behind a rib that hides this share of the sector, float32 (n, 1, beams)."""
    middle = share / 2 + (1 - share) * generator.random(len(share))
    return shadow(Sector.n_beams(size), middle[:, None], share[:, None], np.full((len(share), 1), decibels))


def _with_dropout(generator: np.random.Generator, look: Look, size: int) -> Look:
    """Return a look in which a beam or some are weak."""
    n_samples = len(look.gain)
    width = generator.uniform(0.05, 0.2, (n_samples, 1))
    weak = shadow(
        Sector.n_beams(size), generator.random((n_samples, 1)), width, generator.uniform(0, 20, (n_samples, 1))
    )
    return replace(look, passed=look.passed * weak)
