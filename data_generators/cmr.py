"""Magnetic resonance of beating hearts: hypertrophy, ventricles in short axis, and the whole heart in the chest."""

from dataclasses import replace
from typing import Any

import numpy as np

from data_generators._sampling import check_n_samples, check_option, check_random_state, check_size
from data_generators.heart import chest
from data_generators.heart.chambers import Frames, Hearts
from data_generators.heart.disease import HEART_CONDITIONS, draw_conditions, draw_hearts, heart_of
from data_generators.heart.motion import END_SYSTOLE, at_end_diastole, frames_at, with_some_walls
from data_generators.heart.slices import Transaxial, paint_chest
from data_generators.heart.views import short_axis_planes
from data_generators.patient import Patient
from data_generators.render.mri import mri, mri_signals

CMR_VENTRICLES = ("background", "LV", "LV myocardium", "RV")
"""What a pixel of `make_cmr_ventricles` can belong to, in the order of their numbers."""

CMR_WHOLE_HEART = (
    "background",
    "LV",
    "LV myocardium",
    "RV",
    "LA",
    "RA",
    "aorta",
    "pulmonary artery",
    "superior vena cava",
    "lung",
    "fat",
)
"""What a pixel of `make_cmr_whole_heart` can belong to, in the order of their numbers."""

CMR_SLICES = 12
"""Slices of a short-axis stack, from the apex to the base."""

CMR_SLICE_DISTANCE = 8.0
"""mm, from slice to slice of a short-axis stack."""

_SMALLEST = 24  # pixels, for a wall to be seen
_THICK = 15.0  # mm
_FIELD, _CHEST_FIELD = 115.2, 260.0  # mm, from edge to edge of a picture
_ENDS = np.array((0.0, END_SYSTOLE))


def make_cmr_hcm(
    n_samples: int = 200,
    *,
    frames: int = 2,
    size: int = 32,
    random_state: int | np.random.Generator | None = None,
    return_truth: bool = False,
) -> tuple[Any, ...]:
    """Make simulated short-axis stacks of hearts with and without hypertrophic cardiomyopathy.

    Half of the hearts are hypertrophic: in the septum, in the middle or at the apex. Among the others are walls of up
    to 15 mm of high blood pressure, athletes, and small hearts, whose walls look thick around so little blood. Slices
    are up to 12 degrees oblique, which makes a wall look thicker than it is. Whether a heart is hypertrophic is asked
    of its geometry: 15 mm somewhere at end-diastole.

    Args:
        n_samples: number of patients.
        frames: 2 gives the whole stack at end-diastole and end-systole; more give a cine of the slice in the middle.
        size: pixels along each side, of a field of 115 mm.
        random_state: an int gives the same pictures each time.
        return_truth: also return what the simulation knows.

    Returns:
        X: float32 (n_samples, 2, 12, size, size): end-diastole and end-systole are channels, and the depth axis is Z,
            the slices, 8 mm apart, from the apex to the base; a cine (n_samples, 1, frames, size, size), its depth axis
            is T. Blood at its brightest is about 1.
        y: int64 (n_samples,), 1 where a wall has 15 mm or more.
        truth: only with `return_truth`; a dict of "condition", int64 (n_samples,), places in `HEART_CONDITIONS`;
            "variant", int64 (n_samples,), places in `HYPERTROPHIC_VARIANTS`, -1 for other hearts; and float64
            (n_samples,) arrays "max_wall" in mm, "measured_wall" as a reader measures it (standard deviation 1 mm),
            "lv_mass" in g, "lv_edv" and "lv_esv" in ml, "ejection_fraction" in percent, and "tilt" in degrees.

    Raises:
        ValueError: if an argument is outside what is allowed.

    Sources:
        The task: Biffi and others, as in table 1 of Howard and Francis, Heart 2022;108:973-981. 15 mm: European Society
        of Cardiology. Hearts: see `data_generators.heart.disease`; mixture and obliqueness are choices of this course.

    Example:
        >>> X, y = make_cmr_hcm(3, random_state=0)
        >>> X.shape, y.shape
        ((3, 2, 12, 32, 32), (3,))
    """
    n_samples = check_n_samples(n_samples)
    frames = check_size("frames", frames, 2)
    size = check_size("size", size, _SMALLEST)
    generator = check_random_state(random_state)

    names = "normal", "athlete", "hypertensive", "hypertrophic"
    kind = generator.choice(4, n_samples, p=(0.15, 0.12, 0.23, 0.5))
    condition = np.array([HEART_CONDITIONS.index(name) for name in names])[kind]
    variant = generator.choice(3, n_samples, p=(0.6, 0.15, 0.25))
    hearts = draw_hearts(generator, condition, generator.random(n_samples) < 0.55, variant)
    thick = np.flatnonzero(kind == names.index("hypertensive"))
    hearts = with_some_walls(hearts, thick, generator.uniform(11.5, 14.8, len(thick)))
    is_small = (kind == names.index("normal")) & (generator.random(n_samples) < 0.5)
    hearts = _shrunk(hearts, np.where(is_small, 0.6, 1.0))
    first = at_end_diastole(hearts)
    max_wall = (first.wall + np.maximum(first.bump_wall, 0))[:, 0, 0]
    y = (max_wall >= _THICK).astype(np.int64)
    measured_wall = max_wall + generator.normal(0, 1, n_samples)

    tilt = np.radians(np.clip(generator.normal(0, 5, (n_samples, 2)), -8.5, 8.5))
    if frames == 2:
        beating, heights = frames_at(hearts, _ENDS), _heights(generator, hearts)
    else:
        beating, heights = frames_at(hearts, np.arange(frames) / frames), 0.5 * hearts.lv_length[:, None]
    signal = _short_axis(beating, heights, tilt, *_draw_chests(generator, n_samples), size)[0]
    X = _pictures(generator, signal, "bssfp")
    X = X if frames == 2 else X.swapaxes(1, 2)
    if not return_truth:
        return X, y
    return (
        X,
        y,
        {
            "condition": condition,
            "variant": np.where(kind == names.index("hypertrophic"), variant, -1),
            "max_wall": max_wall,
            "measured_wall": measured_wall,
            "lv_mass": hearts.lv_mass,
            "lv_edv": hearts.lv_edv,
            "lv_esv": hearts.lv_esv,
            "ejection_fraction": hearts.ejection_fraction,
            "tilt": np.degrees(np.hypot(*tilt.T)),
        },
    )


def make_cmr_ventricles(
    n_samples: int = 480,
    *,
    size: int = 64,
    random_state: int | np.random.Generator | None = None,
    return_truth: bool = False,
) -> tuple[Any, ...]:
    """Make simulated short-axis slices with what each pixel belongs to: cavity, wall or right ventricle.

    Each patient gives 24 rows, one after the other: 12 slices from the apex to the base at end-diastole, then the same
    at end-systole, when the highest of them show the atria. Papillary muscles are dark, and count as cavity. Where the
    stack begins is random, as at the scanner: a sum of 8 mm discs misses the volume of the left ventricle by 2 to 3 ml
    (standard deviation) for this alone, and the basal slice is a tenth of the volume. The stack of a ventricle
    longer than 96 mm begins above its apex.

    Args:
        n_samples: number of slices.
        size: pixels along each side, of a field of 115 mm: 1.8 mm each if there are 64.
        random_state: an int gives the same pictures each time.
        return_truth: also return what the simulation knows.

    Returns:
        X: float32 (n_samples, 1, size, size); blood at its brightest is about 1.
        y: int64 (n_samples, size, size), places in `CMR_VENTRICLES`.
        truth: only with `return_truth`; a dict of int64 (n_samples,) arrays "patient_id", "slice" from 0 at the apex,
            and "condition", places in `HEART_CONDITIONS`; bool (n_samples,) arrays "is_systole" and "is_basal", the
            highest slice below the mitral valve, whose choice is the largest error that readers make; and float64
            (n_samples,) arrays "height" over the apex and "pixel" in mm, "lv_volume" and "rv_volume" at that moment and
            "lv_edv", "lv_esv", "rv_edv" and "rv_esv" of the patient in ml, and "ejection_fraction" in percent.

    Raises:
        ValueError: if an argument is outside what is allowed.

    Sources:
        The task: Bhuva and others, Circ Cardiovasc Imaging 2019;12:e009214, as in table 1 of Howard and Francis, Heart
        2022;108:973-981. That papillary muscles count as cavity: Petersen and others, J Cardiovasc Magn Reson
        2017;19:18.

    Example:
        >>> X, y = make_cmr_ventricles(24, random_state=0)
        >>> X.shape, y.shape
        ((24, 1, 64, 64), (24, 64, 64))
    """
    n_samples = check_n_samples(n_samples)
    size = check_size("size", size, _SMALLEST)
    generator = check_random_state(random_state)

    a_stack = len(_ENDS) * CMR_SLICES
    n_patients = -(-n_samples // a_stack)
    condition = draw_conditions(generator, n_patients, 0.5)
    hearts = draw_hearts(generator, condition, generator.random(n_patients) < 0.5)
    frames = frames_at(hearts, _ENDS)
    heights = _heights(generator, hearts)
    tilt = np.radians(np.clip(generator.normal(0, 3, (n_patients, 2)), -7, 7))
    signal, mask = _short_axis(frames, heights, tilt, *_draw_chests(generator, n_patients), size)
    X = _pictures(generator, signal, "bssfp").reshape(-1, 1, size, size)[:n_samples]
    y = mask.reshape(-1, size, size)[:n_samples]
    if not return_truth:
        return X, y

    shape = n_patients, len(_ENDS), CMR_SLICES
    below = heights[:, None] < frames.length
    is_basal = below & (np.arange(CMR_SLICES) == below.sum(axis=2, keepdims=True) - 1)
    of_rows: dict[str, np.ndarray] = {
        "patient_id": np.arange(n_patients)[:, None, None],
        "slice": np.arange(CMR_SLICES),
        "condition": condition[:, None, None],
        "is_systole": (_ENDS > 0)[:, None],
        "is_basal": is_basal,
        "height": heights[:, None],
        "pixel": np.array(_FIELD / size),
        "lv_volume": frames.volume,
        "rv_volume": frames.rv_volume,
        **{name: getattr(hearts, name)[:, None, None] for name in ("lv_edv", "lv_esv", "rv_edv", "rv_esv")},
        "ejection_fraction": hearts.ejection_fraction[:, None, None],
    }
    return X, y, {name: np.broadcast_to(value, shape).reshape(-1)[:n_samples] for name, value in of_rows.items()}


def make_cmr_whole_heart(
    n_samples: int = 200,
    *,
    blood: str = "bright",
    size: int = 64,
    random_state: int | np.random.Generator | None = None,
    return_truth: bool = False,
) -> tuple[Any, ...]:
    """Make simulated transaxial slices of the chest with what each pixel belongs to.

    Seen from the feet: the patient's right is at the left of the picture, the spine below.

    Args:
        n_samples: number of pictures, each of another patient at another level.
        blood: "bright" for a cine sequence, "black" for a spin echo.
        size: pixels along each side, of a field of 260 mm.
        random_state: an int gives the same pictures each time.
        return_truth: also return what the simulation knows.

    Returns:
        X: float32 (n_samples, 1, size, size); blood, or muscle where blood is black, is about 1.
        y: int64 (n_samples, size, size), places in `CMR_WHOLE_HEART`; the descending aorta counts as aorta.
        truth: only with `return_truth`; a dict of "condition", int64 (n_samples,), places in `HEART_CONDITIONS`; and
            float64 (n_samples,) arrays "level" of the slice over the middle of the heart, mm, "respiratory_shift" of
            the heart against the level that was asked for, mm, "phase" of the beat, "habitus", the size of the chest, 1
            for a man of average size, "subcutaneous_fat" and "pixel" in mm.

    Raises:
        ValueError: if an argument is outside what is allowed.

    Sources:
        The task: Howard and others, as in table 1 of Howard and Francis, Heart 2022;108:973-981. The chest is a choice
        of this course.

    Example:
        >>> X, y = make_cmr_whole_heart(3, random_state=0)
        >>> X.shape, y.shape
        ((3, 1, 64, 64), (3, 64, 64))
    """
    n_samples = check_n_samples(n_samples)
    sequence = check_option("blood", blood, {"bright": "bssfp", "black": "black blood"})
    size = check_size("size", size, _SMALLEST)
    generator = check_random_state(random_state)

    condition = draw_conditions(generator, n_samples, 0.5)
    hearts = draw_hearts(generator, condition, generator.random(n_samples) < 0.5)
    phase = generator.random((n_samples, 1))
    frames = frames_at(hearts, phase)
    level = generator.uniform(-45, 50, n_samples)
    shift = np.clip(generator.normal(0, 6, n_samples), -15, 15)
    habitus, fat = _draw_chests(generator, n_samples)
    slices = Transaxial(level + shift, (12.0, 0.0), _CHEST_FIELD, size)
    signal, mask = paint_chest(
        _with_fat(frames),
        slices.body,
        chest.to_heart(frames, slices.body),
        habitus,
        fat,
        _CHEST_FIELD / size,
        _values(sequence),
        WHOLE_HEART_PARTS,
    )
    X = _pictures(generator, slices.pictures(signal), sequence)
    y = slices.pictures(mask)[:, 0].astype(np.int64)
    if not return_truth:
        return X, y
    return (
        X,
        y,
        {
            "condition": condition,
            "level": level + shift,
            "respiratory_shift": shift,
            "phase": phase[:, 0],
            "habitus": habitus,
            "subcutaneous_fat": fat,
            "pixel": np.full(n_samples, _CHEST_FIELD / size),
        },
    )


def record_cmr(
    patient: Patient,
    *,
    frames: int = 2,
    size: int = 64,
    random_state: int | np.random.Generator | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Record the short-axis stack of a patient's heart.

    Args:
        patient: whose heart beats.
        frames: 2 gives end-diastole and end-systole; more the whole beat from end-diastole.
        size: pixels along each side, of a field of 115 mm.
        random_state: an int gives the same recording each time.

    Returns:
        float32 and int64 (frames, 12, size, size): the pictures, from the apex to the base, 8 mm apart, and what their
        pixels belong to, places in `CMR_VENTRICLES`.

    Raises:
        ValueError: if an argument is outside what is allowed.
    """
    frames = check_size("frames", frames, 2)
    size = check_size("size", size, _SMALLEST)
    generator = check_random_state(random_state)
    hearts = heart_of(patient)
    beating = frames_at(hearts, _ENDS if frames == 2 else np.arange(frames) / frames)
    heights = _heights(generator, hearts)
    chests = _draw_chests(generator, 1)
    signal, mask = _short_axis(beating, heights, np.zeros((1, 2)), *chests, size)
    return _pictures(generator, signal, "bssfp")[0], mask[0]


_TISSUES = {
    "pericardium": "bone",
    "effusion": "fat",
    "wall": "muscle",
    "pulmonary artery": "blood",
    "left atrium": "blood",
    "right atrium": "blood",
    "right ventricle": "blood",
    "myocardium": "muscle",
    "left ventricle": "blood",
    "papillary muscle": "muscle",
    "aorta": "blood",
    "valve": "muscle",
    "fat": "fat",
    "muscle": "muscle",
    "lung": "lung",
    "mediastinum": "fat",
    "liver": "liver",
    "bone": "muscle",
    "descending aorta": "blood",
    "superior vena cava": "blood",
}
"""What each part of the heart and the chest is made of. What lies within the pericardium is fat here."""

_EPICARDIAL_FAT = 5.0  # mm
_VENTRICLES = {"left ventricle": 1, "myocardium": 2, "right ventricle": 3}
WHOLE_HEART_PARTS = {
    **dict.fromkeys(_TISSUES, 0),
    **_VENTRICLES,
    "left atrium": 4,
    "right atrium": 5,
    "aorta": 6,
    "descending aorta": 6,
    "pulmonary artery": 7,
    "superior vena cava": 8,
    "lung": 9,
    "fat": 10,
    "mediastinum": 10,
    "effusion": 10,
    "papillary muscle": 1,
}


def _shrunk(hearts: Hearts, share: np.ndarray) -> Hearts:
    """Return hearts whose volumes are so much smaller, with the muscle that they had."""
    names = "lv_edv", "lv_esv", "rv_edv", "rv_esv", "la_max", "la_min", "ra_max", "ra_min"
    volumes = {name: getattr(hearts, name) * share for name in names}
    return replace(hearts, lv_length=hearts.lv_length * np.cbrt(share), **volumes)


def _heights(generator: np.random.Generator, hearts: Hearts) -> np.ndarray:
    """Return the heights of a stack's slices over the apex, (n, slices), mm: the highest is near the mitral valve."""
    highest = hearts.lv_length + generator.uniform(-4, 4, len(hearts.lv_length))
    return highest[:, None] - CMR_SLICE_DISTANCE * np.arange(CMR_SLICES - 1, -1, -1)


def _draw_chests(generator: np.random.Generator, n_samples: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the sizes of chests, and the fat under the skin in mm."""
    return generator.uniform(0.86, 1.08, n_samples), 6 + generator.gamma(2.0, 6.0, n_samples)


def _short_axis(
    frames: Frames, heights: np.ndarray, tilt: np.ndarray, habitus: np.ndarray, fat: np.ndarray, size: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return signals and masks of slices at these heights (n, slices), each (n, frames, slices, size, size)."""
    n_slices = heights.shape[1]
    middle = ((np.arange(size) + 0.5) / size - 0.5) * _FIELD
    right, down = (np.tile(part.ravel(), n_slices) for part in np.meshgrid(middle, middle))
    points = short_axis_planes(frames, tilt).points(right, down, np.repeat(heights, size * size, axis=1))
    body = chest.to_body(frames, points)
    signal, mask = paint_chest(
        _with_fat(frames),
        body,
        points,
        habitus,
        fat,
        _FIELD / size,
        _values("bssfp"),
        _VENTRICLES,
        blocks=-(-n_slices // 4),  # slices of about the same height together
    )
    shape = *frames.length.shape[:2], n_slices, size, size
    return signal.reshape(shape), mask.reshape(shape).astype(np.int64)


def _values(sequence: str) -> dict[str, float]:
    signals = mri_signals(sequence)
    return {part: signals[tissue] for part, tissue in _TISSUES.items()}


def _with_fat(frames: Frames) -> Frames:
    """Return hearts that lie in fat, and not in a fluid alone."""
    return replace(frames, hearts=replace(frames.hearts, effusion=frames.hearts.effusion + _EPICARDIAL_FAT))


def _pictures(generator: np.random.Generator, signal: np.ndarray, sequence: str) -> np.ndarray:
    """Return what a scanner makes of signals, its noise and its coil drawn for each patient."""
    n_samples = len(signal)
    noise = mri_signals(sequence)["muscle"] / generator.uniform(14, 26, n_samples)
    return mri(generator, signal, noise=noise, bias=generator.uniform(0.1, 0.3, n_samples))
