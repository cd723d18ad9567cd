"""Computed tomography: the carotid bifurcation, calcium in coronary arteries, and fat around the heart."""

from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np

from data_generators._sampling import (
    Seed,
    check_flag,
    check_n_samples,
    check_number,
    check_random_state,
    check_size,
    in_pieces,
    truncated_normal,
)
from data_generators.cmr.whole_heart import WHOLE_HEART_PARTS
from data_generators.heart import chambers, chest
from data_generators.heart.anatomy import AORTIC_ROOT, GROOVES, Points, groove_fat
from data_generators.heart.chambers import LA_WIDTHS, TRICUSPID_OFFSET, Frames
from data_generators.heart.disease import draw_normal_hearts, heart_of
from data_generators.heart.motion import MUSCLE_DENSITY, at_end_diastole
from data_generators.heart.outlines import seen_at
from data_generators.heart.shapes import line_segment, norm, occupancy
from data_generators.heart.slices import Transaxial, paint_chest
from data_generators.patient import Patient
from data_generators.render.ct import HOUNSFIELD, ct

CAROTID_PATCHES = (
    "bifurcation",
    "off centre",
    "straight artery",
    "jugular vein",
    "vertebral foramen",
    "calcified plaque",
)
"""What a patch of `make_ct_carotid_bifurcation` shows; the first alone counts as a bifurcation."""

CT_CORONARIES = ("background", "LAD", "LCX", "RCA")
"""What a pixel of `make_ct_coronary_calcium` can belong to, in the order of their numbers."""

CALCIUM = 130.0
"""HU from which calcium counts."""

_SMALLEST = 32  # pixels, for a coronary artery to be seen
_FIELD, _MIDDLE = 170.0, (18.0, -18.0)  # mm: a slice of the chest from edge to edge, and its middle
_SPLIT = CAROTID_PATCHES.index("off centre")  # the last kind in which the artery parts
_VEIN, _FORAMEN, _PLAQUE = (CAROTID_PATCHES.index(name) for name in CAROTID_PATCHES[3:])
_MELT = 0.9  # mm, how softly arteries melt into each other
_BLOCKS = 16  # of voxels that are worked on at a time
_PATCH, _MARGIN = 16, 4  # voxels along each side of a patch, 1 mm each, and of what is cut off around it
_SLICES, _SIDE, _THICKNESS = 12, 48, 3.0  # of a stack: number, pixels of 1 mm, mm
_LONGEST_CHAIN = 6  # plaques at most
_STACKS = 16  # that are worked on at a time
_CHUNK = 120_000  # pixels of slices that are worked on at a time


def make_ct_carotid_bifurcation(
    n_samples: int = 600,
    *,
    random_state: Seed = None,
    return_truth: bool = False,
) -> tuple[Any, ...]:
    """Make simulated patches of CT angiograms of the neck, with and without the carotid bifurcation in the middle.

    Half of the patches have it within 2 mm of their middle. The others are what a search meets on its way: a
    bifurcation that is 5 to 9 mm off, a straight artery, the jugular vein across an artery, the vertebral artery in its
    foramen, and a straight artery with a calcified plaque.

    Args:
        n_samples: number of patches.
        random_state: an int gives the same patches each time.
        return_truth: also return what the simulation knows.

    Returns:
        X: float32 (n_samples, 1, 16, 16, 16), HU/1000, voxels of 1 mm; the depth axis is Z, towards the head.
        y: int64 (n_samples,), 1 where the bifurcation is in the middle.
        truth: only with `return_truth`; a dict of "kind", int64 (n_samples,), places in `CAROTID_PATCHES`; and float64
            (n_samples,) arrays "distance" of the bifurcation from the middle in mm, nan where there is none,
            "common_diameter" and "internal_diameter" of the arteries in mm, and "angle" of the branches in degrees.

    Raises:
        ValueError: if an argument is outside what is allowed.

    Sources:
        The task: Zheng and others, Springer 2015, pages 565-572, as in table 1 of Howard and Francis, Heart
        2022;108:973-981. Diameters of men and women: Krejza and others, Stroke 2006;37:1103-1105 (common 6.52 +- 0.98
        and 6.10 +- 0.80, internal 5.11 +- 0.87 and 4.66 +- 0.78 mm). All else is a choice of this course.

    Example:
        >>> X, y = make_ct_carotid_bifurcation(4, random_state=0)
        >>> X.shape, y.shape
        ((4, 1, 16, 16, 16), (4,))
    """
    n_samples = check_n_samples(n_samples)
    generator = check_random_state(random_state)
    return_truth = check_flag("return_truth", return_truth)

    kind = np.where(generator.random(n_samples) < 0.5, 0, generator.integers(1, len(CAROTID_PATCHES), n_samples))
    is_male = generator.random(n_samples) < 0.5

    def diameter(man: tuple[float, float], woman: tuple[float, float]) -> np.ndarray:
        z = truncated_normal(generator, 0, 1, -2, 2, n_samples)
        return np.where(is_male, man[0] + man[1] * z, woman[0] + woman[1] * z)

    common, internal = diameter((6.52, 0.98), (6.10, 0.80)), diameter((5.11, 0.87), (4.66, 0.78))
    angle = generator.uniform(40, 70, n_samples)
    away = generator.standard_normal((n_samples, 3))
    away /= np.linalg.norm(away, axis=1, keepdims=True)
    distance = np.where(kind == 0, 2 * np.cbrt(generator.random(n_samples)), generator.uniform(5, 9, n_samples))
    apex = away * distance[:, None]
    necks = _draw_necks(generator, kind, apex, common / 2, internal / 2, np.radians(angle))
    noise = generator.uniform(15, 25, n_samples)
    X = np.empty((n_samples, 1, _PATCH, _PATCH, _PATCH), dtype=np.float32)
    cut = slice(_MARGIN, _MARGIN + _PATCH)
    for first in range(0, n_samples, _BLOCKS):
        some = slice(first, first + _BLOCKS)
        scanned = ct(generator, _neck(necks[some], _PATCH + 2 * _MARGIN), pixel=1.0, noise=noise[some], blur=0.5)
        X[some, 0] = scanned[:, cut, cut, cut] / 1000
    y = (kind == 0).astype(np.int64)
    if not return_truth:
        return X, y
    truth = {
        "kind": kind,
        "distance": np.where(kind <= 1, distance, np.nan),
        "common_diameter": common,
        "internal_diameter": internal,
        "angle": angle,
    }
    return X, y, truth


def make_ct_agatston(
    n_samples: int = 300,
    *,
    random_state: Seed = None,
    return_truth: bool = False,
) -> tuple[Any, ...]:
    """Make simulated stacks of a coronary artery on CT without contrast medium, with its Agatston score.

    The score is the area of each lesion of 130 HU and more, in mm2, times a weight from 1 to 4 by its densest pixel,
    summed over slices of 3 mm. It is worked out before noise and motion come in: scans without a trigger by the ECG
    show less or more.

    Args:
        n_samples: number of patients.
        random_state: an int gives the same stacks each time.
        return_truth: also return what the simulation knows.

    Returns:
        X: float32 (n_samples, 1, 12, 48, 48), HU/1000, pixels of 1 mm; the depth axis is Z, slices of 3 mm.
        y: float32 (n_samples,), the Agatston score.
        truth: only with `return_truth`; a dict of float64 (n_samples,) arrays "score_as_scanned", which noise and
            motion have changed, "volume" of the calcium in mm3 and its "mass" in mg, "noise" in HU and "motion" in mm;
            int64 (n_samples,) "plaques"; and bool (n_samples,) "is_male".

    Raises:
        ValueError: if an argument is outside what is allowed.

    Sources:
        The task: Cano-Espinosa and others, Proc SPIE 2018;10574:105742K, as in table 1 of Howard and Francis, Heart
        2022;108:973-981. The score: Agatston and others, J Am Coll Cardiol 1990;15:827-832. How it is distributed in
        men and women: after Erbel and others, Eur Heart J 2014;35:2960-2969 (medians 41 and 1, 90th percentiles 557 and
        140). A mass of 0.75 mg for each ml and HU is a choice of this course.

    Example:
        >>> X, y = make_ct_agatston(4, random_state=0)
        >>> X.shape, y.shape
        ((4, 1, 12, 48, 48), (4,))
    """
    n_samples = check_n_samples(n_samples)
    generator = check_random_state(random_state)
    return_truth = check_flag("return_truth", return_truth)

    is_male = generator.random(n_samples) < 0.5
    has_none = generator.random(n_samples) < np.where(is_male, 0.18, 0.48)
    logarithm = np.where(is_male, 4.3, 3.15) + np.where(is_male, 1.8, 2.05) * generator.standard_normal(n_samples)
    wanted = np.where(has_none, 0, np.minimum(np.exp(logarithm), 2500))
    plaques = np.where(has_none, 0, np.minimum(1 + generator.poisson(np.minimum(wanted / 80, 2.5)), _LONGEST_CHAIN))
    noise, motion = generator.uniform(15, 25, n_samples), generator.gamma(1.5, 0.8, n_samples)

    def draw(some: np.ndarray) -> dict[str, np.ndarray]:
        hounsfield = _coronary(generator, wanted[some], plaques[some])
        scanned = ct(generator, hounsfield, pixel=1.0, noise=noise[some], motion=motion[some])
        dense = np.where(hounsfield >= CALCIUM, hounsfield, 0).sum(axis=(1, 2, 3), dtype=np.float64)
        return {
            "X": scanned[:, None] / np.float32(1000),
            "y": agatston_score(hounsfield).astype(np.float32),
            "score_as_scanned": agatston_score(scanned),
            "volume": (hounsfield >= CALCIUM).sum(axis=(1, 2, 3)) * _THICKNESS,
            "mass": 0.75 * dense * _THICKNESS / 1000,
            "noise": noise[some],
            "motion": motion[some],
            "plaques": plaques[some],
            "is_male": is_male[some],
        }

    return in_pieces(draw, n_samples, _STACKS, return_truth)


def agatston_score(hounsfield: np.ndarray) -> np.ndarray:
    """Return the Agatston score of stacks with pixels of 1 mm and slices of 3 mm, float64 (n,).

    A lesion is what hangs together in one slice at 130 HU and more, corners included.

    Args:
        hounsfield: HU, (n, slices, rows, columns).
    """
    is_calcium = hounsfield >= CALCIUM
    stacks, slices = np.nonzero(is_calcium.any(axis=(2, 3)))
    inside = is_calcium[stacks, slices]
    peak = np.where(inside, hounsfield[stacks, slices], 0)
    while True:  # the densest pixel of a lesion spreads over it
        wide = np.pad(peak, ((0, 0), (1, 1), (1, 1)))
        across = np.maximum(np.maximum(wide[:, :, :-2], wide[:, :, 2:]), wide[:, :, 1:-1])
        spread = np.maximum(np.maximum(across[:, :-2], across[:, 2:]), across[:, 1:-1]) * inside
        if (spread == peak).all():
            break
        peak = spread
    weight = (np.digitize(peak, (CALCIUM, 200, 300, 400)) * inside).sum(axis=(1, 2))
    return np.bincount(stacks, weight, minlength=len(hounsfield)) * _THICKNESS / 3


def make_ct_epicardial_fat(
    n_samples: int = 300,
    *,
    size: int = 64,
    random_state: Seed = None,
    return_truth: bool = False,
) -> tuple[Any, ...]:
    """Make simulated slices of the chest on CT without contrast medium, with the fat inside the pericardium.

    Outside the pericardium, a line of 1.6 mm, there is fat of the same HU, so that no threshold finds what counts.

    Args:
        n_samples: number of slices, each of another patient.
        size: pixels along each side, of a field of 170 mm.
        random_state: an int gives the same slices each time.
        return_truth: also return what the simulation knows.

    Returns:
        X: float32 (n_samples, 1, size, size), HU/1000; seen from the feet.
        y: int64 (n_samples, size, size), 1 where there is epicardial fat.
        truth: only with `return_truth`; a dict of float64 (n_samples,) arrays "volume" of the epicardial fat of the
            whole heart in ml and its "thickness" in mm, "paracardial", the fat outside in mm, "level" of the slice over
            the middle of the heart and "pixel" in mm, and "noise" in HU.

    Raises:
        ValueError: if an argument is outside what is allowed.

    Sources:
        The task: Commandeur and others, Radiol Artif Intell 2019;1:e190045, as in table 1 of Howard and Francis, Heart
        2022;108:973-981. Volume 104 +- 51 ml: after studies of volunteers; that it is an even layer is a choice of this
        course.

    Example:
        >>> X, y = make_ct_epicardial_fat(4, random_state=0)
        >>> X.shape, y.shape
        ((4, 1, 64, 64), (4, 64, 64))
    """
    n_samples = check_n_samples(n_samples)
    size = check_size("size", size, _SMALLEST)
    generator = check_random_state(random_state)
    return_truth = check_flag("return_truth", return_truth)

    def draw(some: np.ndarray) -> dict[str, np.ndarray]:
        n_here = len(some)
        hearts = draw_normal_hearts(generator, n_here)
        volume = np.clip(np.exp(generator.normal(4.53, 0.47, n_here)), 25, 320)  # a mean of 104 and an SD of 51 ml
        filled = hearts.lv_edv + hearts.lv_mass / MUSCLE_DENSITY + hearts.rv_edv + hearts.la_min + hearts.ra_min
        radius = np.cbrt(3000 * 1.12 * filled / (4 * np.pi))  # of a ball as large as the heart with its walls
        thickness = np.cbrt(radius**3 + 3000 * volume / (4 * np.pi)) - radius
        frames = at_end_diastole(replace(hearts, effusion=thickness))
        level, paracardial = generator.uniform(-28, 26, n_here), generator.gamma(4, 2.2, n_here)
        noise = generator.uniform(15, 25, n_here)
        hounsfield, mask = _chest(generator, frames, level, size, {"effusion": 1}, paracardial)
        return {
            "X": ct(generator, hounsfield, pixel=_FIELD / size, noise=noise) / np.float32(1000),
            "y": mask[:, 0].astype(np.int64),
            "volume": volume,
            "thickness": thickness,
            "paracardial": paracardial,
            "level": level,
            "pixel": np.full(n_here, _FIELD / size),
            "noise": noise,
        }

    return in_pieces(draw, n_samples, max(_CHUNK // size**2, 1), return_truth)


def make_ct_coronary_calcium(
    n_samples: int = 400,
    *,
    size: int = 64,
    random_state: Seed = None,
    return_truth: bool = False,
) -> tuple[Any, ...]:
    """Make simulated slices of the chest on CT without contrast medium, with calcium in three coronary arteries.

    Calcium of the aortic and of the mitral valve, ribs and spine are as dense: where it is, and not how many HU it has,
    says whose it is. Dense calcium looks larger than it is, and some noise exceeds 130 HU.

    Args:
        n_samples: number of slices, each of another patient.
        size: pixels along each side, of a field of 170 mm.
        random_state: an int gives the same slices each time.
        return_truth: also return what the simulation knows.

    Returns:
        X: float32 (n_samples, 1, size, size), HU/1000; seen from the feet.
        y: int64 (n_samples, size, size), places in `CT_CORONARIES`.
        truth: only with `return_truth`; a dict of float64 (n_samples, 5) arrays "radius" in mm and "peak" in HU of the
            plaques of LAD, LCX, RCA, aortic valve and mitral valve, radius 0 where there is none in the slice; and
            float64 (n_samples,) "level" of the slice over the middle of the heart and "pixel" in mm.

    Raises:
        ValueError: if an argument is outside what is allowed.

    Sources:
        The task: Zeleznik and others, Nat Commun 2021;12:715, as in table 1 of Howard and Francis, Heart
        2022;108:973-981. Courses of the arteries, along the grooves of the heart, are choices of this course.

    Example:
        >>> X, y = make_ct_coronary_calcium(4, random_state=0)
        >>> X.shape, y.shape
        ((4, 1, 64, 64), (4, 64, 64))
    """
    n_samples = check_n_samples(n_samples)
    size = check_size("size", size, _SMALLEST)
    generator = check_random_state(random_state)
    return_truth = check_flag("return_truth", return_truth)

    pixel = _FIELD / size
    place = ((np.arange(size, dtype=np.float32) + 0.5) / size - 0.5) * np.float32(_FIELD)
    right, down = np.meshgrid(place + _MIDDLE[0], place + _MIDDLE[1])

    def draw(some: np.ndarray) -> dict[str, np.ndarray]:
        n_here = len(some)
        hearts = draw_normal_hearts(generator, n_here)
        hearts = replace(hearts, effusion=generator.uniform(3, 7, n_here))
        frames = at_end_diastole(hearts)
        courses = _courses(frames)
        # The slice goes through the plaque of one artery; what else lies near it comes into the picture.
        first = generator.integers(0, 5, n_here)
        rows, steps = np.arange(n_here), courses[0].shape[2]
        level = courses[2][rows, first, generator.integers(0, steps, n_here)]
        miss = np.abs(courses[2] - level[:, None, None])
        nearest = miss.argmin(axis=2)
        x, y, miss = (
            np.take_along_axis(part, nearest[..., None], axis=2)[..., 0] for part in (courses[0], courses[1], miss)
        )
        is_there = (generator.random((n_here, 5)) < 0.45) | (np.arange(5) == first[:, None])
        radius = generator.uniform(1.8, 4.2, (n_here, 5)) * (is_there & (miss < 2))
        peak = generator.uniform(220, 900, (n_here, 5))

        hounsfield, _ = _chest(generator, frames, level, size, {}, generator.gamma(3, 2, n_here))
        mask = np.zeros((n_here, size, size), dtype=np.int64)
        for number in range(5):
            these = np.flatnonzero(radius[:, number])
            away = norm(*(part - middle[these, number, None, None] for part, middle in ((right, x), (down, y))))
            filled = occupancy(away - radius[these, number, None, None], pixel).astype(np.float32)
            hounsfield[these, 0] += filled * (peak[these, number, None, None].astype(np.float32) - hounsfield[these, 0])
            mask[these] = np.where(filled > 0.5, number + 1 if number < 3 else 0, mask[these])
        noise = generator.uniform(18, 30, n_here)
        return {
            "X": ct(generator, hounsfield, pixel=pixel, noise=noise, blur=1.2) / np.float32(1000),
            "y": mask,
            "radius": radius,
            "peak": peak,
            "level": level,
            "pixel": np.full(n_here, pixel),
        }

    return in_pieces(draw, n_samples, max(_CHUNK // size**2, 1), return_truth)


def record_ct(
    patient: Patient,
    *,
    level: float = 0.0,
    size: int = 128,
    random_state: Seed = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Record a slice of a patient's chest on CT without contrast medium, at end-diastole.

    Args:
        patient: whose heart it shows.
        level: of the slice, over the middle of the heart, mm; from -60 to 60.
        size: pixels along each side, of a field of 170 mm.
        random_state: an int gives the same slice each time.

    Returns:
        float32 (size, size), HU, seen from the feet; and int64 (size, size), what its pixels belong to, places in
        `CMR_WHOLE_HEART`, as in magnetic resonance.

    Raises:
        ValueError: if an argument is outside what is allowed.
    """
    level = check_number("level", level, -60, 60)
    size = check_size("size", size, _SMALLEST)
    generator = check_random_state(random_state)
    hearts = heart_of(patient)
    frames = at_end_diastole(replace(hearts, effusion=hearts.effusion + 4))
    hounsfield, parts = _chest(generator, frames, np.array([level]), size, WHOLE_HEART_PARTS, np.array([8.0]))
    picture = ct(generator, hounsfield, pixel=_FIELD / size, noise=np.array([20.0]))
    return picture[0, 0], parts[0, 0].astype(np.int64)


_UNITS = {
    **dict.fromkeys(("fat", "effusion", "mediastinum"), HOUNSFIELD["fat"]),
    **dict.fromkeys(("muscle", "pericardium", "wall", "myocardium", "papillary muscle", "valve"), HOUNSFIELD["muscle"]),
    **dict.fromkeys(("pulmonary artery", "left atrium", "right atrium", "right ventricle"), HOUNSFIELD["blood"]),
    "coronary artery": HOUNSFIELD["blood"],
    **dict.fromkeys(("left ventricle", "aorta", "descending aorta", "superior vena cava"), HOUNSFIELD["blood"]),
    "lung": HOUNSFIELD["lung"],
    "lung vessel": HOUNSFIELD["blood"],
    "liver": HOUNSFIELD["liver"],
    "bone": HOUNSFIELD["bone"],
    "cortex": HOUNSFIELD["bone"],
    "stomach": HOUNSFIELD["muscle"],
}
"""HU of each part of the heart and of the chest. What lies within the pericardium is fat here."""


def _chest(
    generator: np.random.Generator,
    frames: Frames,
    level: np.ndarray,
    size: int,
    numbers: dict[str, int],
    paracardial: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """Return HU and masks of slices at these levels, (n, 1, size, size)."""
    n_samples = len(level)
    slices = Transaxial(level, _MIDDLE, _FIELD, size)
    painted, mask = paint_chest(
        frames,
        slices.body,
        chest.to_heart(frames, slices.body),
        generator.uniform(0.9, 1.08, n_samples),
        6 + generator.gamma(2.0, 6.0, n_samples),
        _FIELD / size,
        _UNITS,
        dict.fromkeys(_UNITS, 0) | numbers,
        background=HOUNSFIELD["air"],
        paracardial=paracardial,
        blocks=-(-(size**2) // _CHUNK),
    )
    return slices.pictures(painted), slices.pictures(mask)


def _courses(frames: Frames) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return places along LAD, LCX, RCA, aortic and mitral valve in the body's axes, each (n, 5, steps), mm."""
    steps = np.linspace(0, 1, 60)
    length, fat = frames.length, frames.hearts.effusion[:, None, None]

    def around(angle: np.ndarray, height: np.ndarray, with_rv: bool) -> np.ndarray:
        """Return the middle of the fat on the outside of the ventricles."""
        cos, sin = np.cos(angle)[None, None], np.sin(angle)[None, None]
        across, along = chambers.epicardium(frames, chambers.bump(frames.hearts, cos, sin, height))
        radius = chambers.epicardial_radius(frames, across, along, height) + groove_fat(fat) / 2
        if with_rv:
            top = chambers.rv_top(frames, cos, sin)
            radius = radius + frames.rv_width * chambers.rv_crescent(frames, cos, sin, height, top)
            radius = radius + frames.hearts.rv_wall[:, None, None]
        return np.stack(np.broadcast_arrays(radius * cos, radius * sin, height), axis=0)

    turn = 2 * np.pi * steps
    ring = 0.85 * frames.la_radius
    leaning = length + 4 + 4 * np.cos(3 * turn)
    lad = around(GROOVES[0] + 0 * steps, length * (1.0 - 0.7 * steps), False)
    lcx = around(np.radians(125 + 125 * steps), length - TRICUSPID_OFFSET / 2 + 0 * steps, False)
    rca = around(np.radians(75 - 135 * steps), length - TRICUSPID_OFFSET / 2 + 0 * steps, True)
    root = np.stack(np.broadcast_arrays(AORTIC_ROOT[0] + 9 * np.cos(turn), AORTIC_ROOT[1] + 9 * np.sin(turn), leaning))
    mitral = np.stack(
        np.broadcast_arrays(
            LA_WIDTHS[0] * ring * np.cos(turn), frames.la_y + LA_WIDTHS[1] * ring * np.sin(turn), length + 0 * steps
        )
    )
    x, y, z = np.concatenate((lad, lcx, rca, root, mitral), axis=2)
    n_samples = len(length)
    points = (part.reshape(n_samples, 1, -1).astype(np.float32) for part in (x, y, z))
    body = chest.to_body(frames, seen_at(frames, Points(*points)))
    x, y, z = (part.reshape(n_samples, 5, -1) for part in (body.x, body.y, body.z))
    return x, y, z


@dataclass(frozen=True)
class _Necks:
    """Arteries and what lies beside them, mm from the middle of each patch; (n,) or (n, 3).

    Attributes:
        kind: places in `CAROTID_PATCHES`.
        through: where the arteries part, or the artery goes through.
        up, internal_way, external_way: directions of the common, the internal and the external carotid artery.
        common, internal, straight: radii; of the artery that does not part, the last.
        vein, across, vein_radius: where the jugular vein goes through, in which direction, and its radius.
        plaque, plaque_radius: where the plaque is, and its radius.
        lumen, in_vein, plaque_peak: HU.
    """

    kind: np.ndarray
    through: np.ndarray
    up: np.ndarray
    internal_way: np.ndarray
    external_way: np.ndarray
    common: np.ndarray
    internal: np.ndarray
    straight: np.ndarray
    vein: np.ndarray
    across: np.ndarray
    vein_radius: np.ndarray
    plaque: np.ndarray
    plaque_radius: np.ndarray
    plaque_peak: np.ndarray
    lumen: np.ndarray
    in_vein: np.ndarray

    def __getitem__(self, some: slice) -> "_Necks":
        return _Necks(*(getattr(self, field.name)[some] for field in fields(self)))


def _draw_necks(
    generator: np.random.Generator,
    kind: np.ndarray,
    apex: np.ndarray,
    common: np.ndarray,
    internal: np.ndarray,
    angle: np.ndarray,
) -> _Necks:
    n_samples = len(kind)
    turn, tilt = generator.uniform(0, 2 * np.pi, n_samples), generator.uniform(0, np.radians(18), (2, n_samples))
    up = np.stack((np.sin(tilt[0]), np.sin(tilt[1]), np.cos(tilt[0]) * np.cos(tilt[1])), axis=1)
    side = np.stack((np.cos(turn), np.sin(turn), 0 * turn), axis=1)

    def way(by: np.ndarray) -> np.ndarray:
        return np.cos(by)[:, None] * up + np.sin(by)[:, None] * side

    through = np.where(kind[:, None] <= _SPLIT, apex, generator.uniform(-3, 3, (n_samples, 3)) * (1, 1, 0))
    straight = np.where(kind == _FORAMEN, 1.7, np.where(generator.random(n_samples) < 0.5, common, internal))
    aside = generator.uniform(0, 2 * np.pi, n_samples)
    beside = np.stack((np.cos(aside), np.sin(aside), 0 * aside), axis=1)
    return _Necks(
        kind=kind,
        through=through,
        up=up,
        internal_way=way(-0.4 * angle),
        external_way=way(0.6 * angle),
        common=common,
        internal=internal,
        straight=straight,
        vein=through + beside * (straight + 6.5)[:, None],
        across=up + generator.uniform(-0.8, 0.8, (n_samples, 3)) * (1, 1, 0),
        vein_radius=generator.uniform(4, 6.5, n_samples),
        plaque=through + beside * straight[:, None] + up * generator.uniform(-4, 4, (n_samples, 1)),
        plaque_radius=generator.uniform(1.4, 2.6, n_samples),
        plaque_peak=generator.uniform(500, 1000, n_samples),
        lumen=generator.uniform(300, 450, n_samples),
        in_vein=generator.uniform(120, 240, n_samples),
    )


def _neck(necks: _Necks, side: int) -> np.ndarray:
    """Return HU of blocks of voxels of 1 mm, float32 (n, side, side, side): arteries are capsules that melt."""
    place = np.arange(side, dtype=np.float32) - (side - 1) / 2
    z, y, x = (part.ravel() for part in np.meshgrid(place, place, place, indexing="ij"))

    def column(value: np.ndarray) -> np.ndarray:
        return value.astype(np.float32)[:, None]

    def capsule(start: np.ndarray, end: np.ndarray, radius: np.ndarray) -> np.ndarray:
        begin, finish = (tuple(column(part) for part in each.T) for each in (start, end))
        return line_segment((x, y, z), begin, finish) - column(radius)

    through, far = necks.through, 30 * necks.up
    pieces = (
        capsule(through - far, through, necks.common),
        capsule(through, through + 30 * necks.internal_way, necks.internal),
        capsule(through, through + 4 * necks.internal_way, 1.08 * necks.common),  # the bulb
        capsule(through, through + 30 * necks.external_way, np.full_like(necks.common, 2.0)),
    )
    parted = -_MELT * np.log(sum(np.exp(-piece / _MELT) for piece in pieces) + 1e-30)
    artery = np.where(necks.kind[:, None] <= _SPLIT, parted, capsule(through - far, through + far, necks.straight))

    far = 30 * necks.across
    everywhere, is_foramen = np.full(necks.kind.shape, True), necks.kind == _FORAMEN
    hounsfield = np.full(artery.shape, HOUNSFIELD["muscle"], dtype=np.float32)
    for distance, value, is_there in (
        (artery - 4.2, np.full_like(necks.lumen, HOUNSFIELD["bone"] + 200), is_foramen),
        (artery - 1.6, np.full_like(necks.lumen, HOUNSFIELD["fat"]), is_foramen),
        (capsule(necks.vein - far, necks.vein + far, necks.vein_radius), necks.in_vein, necks.kind == _VEIN),
        (artery.copy(), necks.lumen, everywhere),
        (capsule(necks.plaque, necks.plaque + 1e-3, necks.plaque_radius), necks.plaque_peak, necks.kind == _PLAQUE),
    ):
        hounsfield += occupancy(distance, 1.0) * is_there[:, None] * (column(value) - hounsfield)
    return hounsfield.reshape(-1, side, side, side)


def _coronary(generator: np.random.Generator, wanted: np.ndarray, plaques: np.ndarray) -> np.ndarray:
    """Return HU of stacks, float32 (n, 12, 48, 48): an artery on the surface of the heart with its calcium.

    Args:
        generator: draws.
        wanted: about which score each is to have, (n,).
        plaques: among how many plaques it is divided, (n,).
    """
    n_samples = len(wanted)
    shares = generator.dirichlet(np.full(_LONGEST_CHAIN, 1.5), n_samples) * (
        np.arange(_LONGEST_CHAIN) < plaques[:, None]
    )
    scores = wanted[:, None] * shares / np.maximum(shares.sum(axis=1, keepdims=True), 1e-9)
    peak = np.clip(150 + 80 * np.log1p(scores) * generator.uniform(0.6, 1.3, scores.shape), 140, 1100)
    weight = np.digitize(peak, (CALCIUM, 200, 300, 400))
    slices = 1 + (scores > 15) + (scores > 60) + (scores > 150) + (scores > 300) + (scores > 500)
    radius = np.sqrt(scores / (np.pi * weight * slices))
    radius += CALCIUM / peak - 0.5  # where its soft edge falls below what counts
    # Along the artery, which goes down through the stack on the surface of a ball of muscle.
    along = (np.arange(_LONGEST_CHAIN) + generator.uniform(0.2, 0.8, scores.shape)) / _LONGEST_CHAIN
    along = generator.permuted(along, axis=1)
    start, slope = generator.uniform(14, 20, (n_samples, 1)), generator.uniform(10, 18, (n_samples, 1))
    bend = generator.uniform(-5, 5, (n_samples, 1))

    def course(t: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return start + slope * t, 17 + 4 * np.sin(2.5 * t) + bend * t

    column, row = course(along)
    deep = 0.5 + along * (_SLICES - 1)

    place = np.arange(_SIDE, dtype=np.float32)
    height = np.arange(_SLICES, dtype=np.float32)[:, None, None]
    hounsfield = np.empty((n_samples, _SLICES, _SIDE, _SIDE), dtype=np.float32)
    x_artery, y_artery = (
        part.astype(np.float32)[..., None, None] for part in course(np.arange(_SLICES) / (_SLICES - 1))
    )
    hounsfield[:] = HOUNSFIELD["fat"]
    muscle = norm(place[None, :] - 24, place[:, None] - 78) - 55 - 0.5 * (height - 6)
    hounsfield += occupancy(muscle, 1.0) * (HOUNSFIELD["muscle"] - HOUNSFIELD["fat"])
    for one in range(n_samples):
        lumen = norm(place[None, :] - x_artery[one], place[:, None] - y_artery[one]) - 2.0
        hounsfield[one] += occupancy(lumen, 1.0) * (HOUNSFIELD["blood"] - hounsfield[one])
        for k in range(plaques[one]):
            first = int(np.clip(round(deep[one, k] - slices[one, k] / 2), 0, _SLICES - slices[one, k]))
            some = slice(first, first + int(slices[one, k]))
            disc = norm(place[None, :] - column[one, k], place[:, None] - row[one, k]) - radius[one, k]
            filled = occupancy(disc, 1.0)
            hounsfield[one, some] += filled * (peak[one, k] - hounsfield[one, some])
    return hounsfield
