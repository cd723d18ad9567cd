"""Films of the chest: diagnoses, BNP, and the pacemakers of several makers."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import numpy as np

from data_generators._sampling import (
    Seed,
    check_flag,
    check_n_samples,
    check_option,
    check_random_state,
    check_size,
    truncated_normal,
)
from data_generators.heart.disease import draw_normal_hearts, heart_of
from data_generators.heart.motion import at_end_diastole
from data_generators.heart.projection import Ellipsoids
from data_generators.heart.shapes import norm, occupancy
from data_generators.heart.thorax import Thorax, half_width, heart_on_film, ways
from data_generators.patient import BNP_LAW, Patient, expected_bnp
from data_generators.render.xray import film

XRAY_DIAGNOSES = ("cardiomegaly", "effusion", "oedema", "consolidation", "pneumothorax")
"""The columns of `make_xray_diagnoses`."""

XRAY_PARTS = ("background", "lung", "heart")
"""What a pixel of `record_xray` can belong to, in the order of their numbers."""

PACEMAKER_MODELS = ("A1", "A2", "A3", "B1", "B2", "B3", "C1", "C2", "C3")
"""The classes of `make_xray_pacemakers`: a maker's letter and a model's number."""

BNP_CUT = 100.0
"""pg/ml, above which heart failure is likely."""

_SMALLEST = 32  # pixels, for ribs to be seen
_FIELD, _TOP = 340.0, -188.0  # mm, from edge to edge; where the upper edge is
_CHUNK = 120_000  # pixels that are worked on at a time: in the cache, and few times
_AP = 1.15  # by which a heart looks larger if the beam comes from the front
_SHALLOW = 0.06  # by which it looks larger in a shallow breath: the diaphragm pushes it up and across


def make_xray_diagnoses(
    n_samples: int = 600,
    *,
    portable: str = "none",
    size: int = 64,
    random_state: Seed = None,
    return_truth: bool = False,
) -> tuple[Any, ...]:
    """Make simulated films of the chest with five diagnoses, of which a patient may have several.

    In some patients a failing heart brings cardiomegaly, oedema and effusion together. A heart is large if it is wider
    than half the chest. It looks larger than it is on a film from front to back, which three in ten are, and in a
    shallow breath; obese patients have pale films, and some patients are not straight before the film.

    Args:
        n_samples: number of films, each of another patient.
        portable: "none"; "random" puts a marker into a corner of three films in ten, as some units do on films that are
            taken in bed; "shortcut" puts it on nine in ten films of those who have a diagnosis, and on one in twenty of
            the others: a model may learn the marker and no disease.
        size: pixels along each side, of a field of 340 mm.
        random_state: an int gives the same films each time.
        return_truth: also return what the simulation knows.

    Returns:
        X: float32 (n_samples, 1, size, size), 0 is black, 1 white; the patient's right is at the left.
        y: int64 (n_samples, 5), 1 where a patient has the diagnosis of `XRAY_DIAGNOSES`.
        truth: only with `return_truth`; a dict of float64 (n_samples,) arrays "cardiothoracic_ratio" of the patient and
            "ratio_on_film", which the film shows, "oedema" from 0 to 1, "breath", 1 for a deep one, "fat" and "turn" in
            mm; float64 (n_samples, 2) arrays, right and left, "effusion" in mm and "collapse", the share by which a
            pneumothorax shrinks a lung; and bool (n_samples,) arrays "is_front_to_back" and "is_portable".

    Raises:
        ValueError: if an argument is outside what is allowed.

    Sources:
        The task: Rajpurkar and others, arXiv 1711.05225, 2017, as in table 1 of Howard and Francis, Heart
        2022;108:973-981. A heart is large above 0.5: Danzer, Am J Med Sci 1919;157:513-521. How often what occurs is a
        choice of this course.

    Example:
        >>> X, y = make_xray_diagnoses(4, random_state=0)
        >>> X.shape, y.shape
        ((4, 1, 64, 64), (4, 5))
    """
    n_samples = check_n_samples(n_samples)
    of_ill, of_well = check_option(
        "portable", portable, {"none": (0.0, 0.0), "random": (0.3, 0.3), "shortcut": (0.9, 0.05)}
    )
    size = check_size("size", size, _SMALLEST)
    generator = check_random_state(random_state)
    return_truth = check_flag("return_truth", return_truth)

    def happens(probability: np.ndarray | float) -> np.ndarray:
        return generator.random(n_samples) < probability

    fails = happens(0.3)
    ratio = np.where(
        happens(np.where(fails, 0.7, 0.2)),
        truncated_normal(generator, 0.56, 0.035, 0.47, 0.68, n_samples),
        truncated_normal(generator, 0.45, 0.03, 0.36, 0.55, n_samples),
    )
    has_oedema, has_effusion = happens(np.where(fails, 0.5, 0.08)), happens(np.where(fails, 0.5, 0.1))
    has_consolidation, has_pneumothorax = happens(0.18), happens(0.14)
    sides = generator.random((n_samples, 2)) < 0.6
    sides[~sides.any(axis=1)] = True
    thorax = replace(
        _draw_thorax(generator, n_samples),
        oedema=np.where(has_oedema, generator.uniform(0.35, 1, n_samples), generator.uniform(0, 0.12, n_samples)),
        diversion=np.where(has_oedema, 0.8, generator.uniform(0, 0.3, n_samples)),
        effusion=generator.uniform(28, 90, (n_samples, 2)) * (sides & has_effusion[:, None]),
        consolidation=_draw_consolidation(generator, has_consolidation),
        collapse=_draw_collapse(generator, has_pneumothorax),
    )
    hearts = draw_normal_hearts(generator, n_samples)
    is_ap = happens(0.3)
    on_film = ratio * np.where(is_ap, _AP, 1.0) * (1 + _SHALLOW * (1 - thorax.breath))
    heart = _with_ratio(heart_on_film(at_end_diastole(hearts)), thorax, on_film)
    y = np.stack((ratio > 0.5, has_effusion, has_oedema, has_consolidation, has_pneumothorax), axis=1).astype(np.int64)
    is_portable = happens(np.where(y.any(axis=1), of_ill, of_well))
    X = _films(generator, thorax, heart, size)
    _mark(X, is_portable)
    if not return_truth:
        return X, y
    return (
        X,
        y,
        {
            "cardiothoracic_ratio": ratio,
            "ratio_on_film": on_film,
            "oedema": thorax.oedema,
            "breath": thorax.breath,
            "fat": thorax.fat,
            "turn": thorax.turn,
            "effusion": thorax.effusion,
            "collapse": thorax.collapse,
            "is_front_to_back": is_ap,
            "is_portable": is_portable,
        },
    )


def make_xray_bnp(
    n_samples: int = 600,
    *,
    size: int = 64,
    random_state: Seed = None,
    return_truth: bool = False,
) -> tuple[Any, ...]:
    """Make simulated films of the chest with the BNP in the blood of the same day.

    Congestion widens the heart, diverts blood to the upper lobes, and brings oedema and effusion. It also raises BNP,
    as do age and atrial fibrillation; obesity lowers it. Of these a film shows congestion and obesity.

    Args:
        n_samples: number of patients.
        size: pixels along each side, of a field of 340 mm.
        random_state: an int gives the same films each time.
        return_truth: also return what the simulation knows.

    Returns:
        X: float32 (n_samples, 1, size, size), 0 is black, 1 white; the patient's right is at the left.
        y: float32 (n_samples,), BNP in pg/ml; heart failure is likely above `BNP_CUT`.
        truth: only with `return_truth`; a dict of float64 (n_samples,) arrays "congestion" from 0 to 1,
            "cardiothoracic_ratio", "age" in years and "body_mass_index" in kg/m2; bool (n_samples,) "has_fibrillation";
            and "ceiling", the largest share of the variance of ln BNP that a film can explain.

    Raises:
        ValueError: if an argument is outside what is allowed.

    Sources:
        The task: Seah and others, Radiology 2019;290:514-522, as in table 1 of Howard and Francis, Heart
        2022;108:973-981. The cut: Maisel and others, N Engl J Med 2002;347:161-167. The law ln BNP = 3.2 + 4 c + 0.02
        (age - 60) - 0.03 (BMI - 27) + 0.3 AF + noise of 0.5 is a choice of this course.

    Example:
        >>> X, y = make_xray_bnp(4, random_state=0)
        >>> X.shape, y.shape
        ((4, 1, 64, 64), (4,))
    """
    n_samples = check_n_samples(n_samples)
    size = check_size("size", size, _SMALLEST)
    generator = check_random_state(random_state)
    return_truth = check_flag("return_truth", return_truth)

    congestion = generator.beta(*_CONGESTION, n_samples)
    age = generator.uniform(*_AGES, n_samples)
    has_fibrillation = generator.random(n_samples) < _FIBRILLATION
    thorax = _draw_thorax(generator, n_samples)
    body_mass_index = _LEAN + thorax.fat / _FAT_PER_BMI
    ratio = 0.44 + 0.16 * congestion + generator.normal(0, 0.02, n_samples)
    thorax = _congested(thorax, congestion, generator.uniform(0.4, 1.2, (n_samples, 2)))
    hearts = draw_normal_hearts(generator, n_samples)
    heart = _with_ratio(heart_on_film(at_end_diastole(hearts)), thorax, ratio)
    X = _films(generator, thorax, heart, size)
    expected = expected_bnp(congestion, age, body_mass_index, has_fibrillation)
    y = (expected * np.exp(generator.normal(0, _BNP_NOISE, n_samples))).astype(np.float32)
    if not return_truth:
        return X, y
    return (
        X,
        y,
        {
            "congestion": congestion,
            "cardiothoracic_ratio": ratio,
            "age": age,
            "body_mass_index": body_mass_index,
            "has_fibrillation": has_fibrillation,
            "ceiling": _bnp_ceiling(),
        },
    )


def make_xray_pacemakers(
    n_samples: int = 600,
    *,
    leave_out: str = "none",
    size: int = 64,
    random_state: Seed = None,
    return_truth: bool = False,
) -> tuple[Any, ...]:
    """Make simulated films of pacemakers by three makers, with three models of each.

    A maker has an outline of its own; its models differ by the number of leads, the battery, the capacitors, the coil
    and the pattern of the board. A device may lie at any angle, either way up and tilted by up to 40 degrees, with ribs
    behind it.

    Args:
        n_samples: number of films, each of another device.
        leave_out: a model of `PACEMAKER_MODELS` that no film shows, to be met later as an unknown one; "none" shows
            all.
        size: pixels along each side, of a field of 80 mm.
        random_state: an int gives the same films each time.
        return_truth: also return what the simulation knows.

    Returns:
        X: float32 (n_samples, 1, size, size), 0 is black, 1 white.
        y: int64 (n_samples,), the model's place in `PACEMAKER_MODELS`.
        truth: only with `return_truth`; a dict of "maker", int64 (n_samples,), 0 to 2; bool (n_samples,) "is_mirrored";
            and float64 (n_samples,) "angle" and "tilt" in degrees.

    Raises:
        ValueError: if an argument is outside what is allowed.

    Sources:
        The task: Howard and others, JACC Clin Electrophysiol 2019;5:576-586, as in table 1 of Howard and Francis, Heart
        2022;108:973-981 (45 models by 5 makers there). The devices are inventions of this course.

    Example:
        >>> X, y = make_xray_pacemakers(4, random_state=0)
        >>> X.shape, y.shape
        ((4, 1, 64, 64), (4,))
    """
    n_samples = check_n_samples(n_samples)
    places = {name: place for place, name in enumerate(PACEMAKER_MODELS)}
    left_out = check_option("leave_out", leave_out, {"none": -1, **places})
    size = check_size("size", size, _SMALLEST)
    generator = check_random_state(random_state)
    return_truth = check_flag("return_truth", return_truth)

    y = generator.choice([place for place in places.values() if place != left_out], n_samples)
    angle, tilt = generator.uniform(-180, 180, n_samples), generator.uniform(0, 40, n_samples)
    is_mirrored = generator.random(n_samples) < 0.5
    X = _devices(generator, y, np.radians(angle), np.radians(tilt), is_mirrored, size)
    if not return_truth:
        return X, y
    return X, y, {"maker": y // 3, "is_mirrored": is_mirrored, "angle": angle, "tilt": tilt}


def record_xray(patient: Patient, *, size: int = 128, random_state: Seed = None) -> tuple[np.ndarray, np.ndarray]:
    """Record a film of a patient's chest, from back to front in a deep breath.

    Args:
        patient: whose heart and lungs it shows.
        size: pixels along each side, of a field of 340 mm.
        random_state: an int gives the same film each time.

    Returns:
        float32 (size, size), 0 is black, 1 white, the patient's right at the left; and int64 (size, size), what its
        pixels belong to, places in `XRAY_PARTS`.

    Raises:
        ValueError: if an argument is outside what is allowed.
    """
    size = check_size("size", size, _SMALLEST)
    generator = check_random_state(random_state)
    congestion = np.array([patient.congestion])
    thorax = replace(
        _draw_thorax(generator, 1),
        size=np.array([_size_of_chest(patient)]),
        fat=np.array([max(_FAT_PER_BMI * (patient.body_mass_index - _LEAN), 3.0)]),
        breath=np.ones(1),
        turn=np.zeros(1),
    )
    thorax = _congested(thorax, congestion, np.full((1, 2), 0.8))
    heart = heart_on_film(at_end_diastole(heart_of(patient)))
    parts = np.empty((1, size, size), dtype=np.int64)
    X = _films(generator, thorax, heart, size, parts)
    return X[0, 0], parts[0]


def cardiothoracic_ratio(patient: Patient) -> float:
    """Return the width of a patient's heart by that of the chest, as `record_xray` shows it."""
    right, left = heart_on_film(at_end_diastole(heart_of(patient))).extent()
    return float((left - right)[0] / (2 * half_width(np.array([_size_of_chest(patient)]), np.ones(1))[0]))


_CONGESTION, _AGES, _FIBRILLATION, _BNP_NOISE = (1.2, 2.0), (40.0, 92.0), 0.25, 0.5
_LEAN, _FAT_PER_BMI = 21.0, 2.6  # kg/m2 without fat around the chest; mm of it for each kg/m2 more
_FAT = 2.0, 7.0  # shape and scale of its gamma distribution, mm


def _size_of_chest(patient: Patient) -> float:
    return patient.height / 176 * (1.0 if patient.sex == "male" else 0.96)


def _bnp_ceiling() -> float:
    """Return the share of the variance of ln BNP that congestion and body mass make."""
    one, other = _CONGESTION
    of_congestion = BNP_LAW["congestion"] ** 2 * one * other / ((one + other) ** 2 * (one + other + 1))
    of_mass = (BNP_LAW["body_mass_index"] * _FAT[1] / _FAT_PER_BMI) ** 2 * _FAT[0]
    of_age = (BNP_LAW["age"] * (_AGES[1] - _AGES[0])) ** 2 / 12
    of_rhythm = BNP_LAW["has_fibrillation"] ** 2 * _FIBRILLATION * (1 - _FIBRILLATION)
    seen = of_congestion + of_mass
    return float(seen / (seen + of_age + of_rhythm + _BNP_NOISE**2))


def _draw_thorax(generator: np.random.Generator, n_samples: int) -> Thorax:
    """Return chests with healthy lungs."""
    zero = np.zeros(n_samples)
    return Thorax(
        size=generator.uniform(0.88, 1.06, n_samples),
        fat=generator.gamma(*_FAT, n_samples),
        breath=generator.beta(3, 1, n_samples),
        turn=np.clip(generator.normal(0, 4, n_samples), -10, 10),
        oedema=zero,
        diversion=zero,
        effusion=np.zeros((n_samples, 2)),
        consolidation=np.tile((0.0, 0.0, 30.0, 0.0), (n_samples, 1)),
        collapse=np.zeros((n_samples, 2)),
        phases=generator.uniform(0, 2 * np.pi, (n_samples, 8)),
    )


def _congested(thorax: Thorax, congestion: np.ndarray, effusion: np.ndarray) -> Thorax:
    """Return chests with what congestion (n,) does to lungs; `effusion` (n, 2) is what falls to each side."""
    return replace(
        thorax,
        oedema=np.clip((congestion - 0.35) / 0.5, 0, 1),
        diversion=congestion,
        effusion=np.maximum(congestion - 0.55, 0)[:, None] * 150 * effusion,
    )


def _draw_consolidation(generator: np.random.Generator, is_there: np.ndarray) -> np.ndarray:
    n_samples = len(is_there)
    left = generator.uniform(52, 100, n_samples) * generator.choice((-1, 1), n_samples)
    down, radius = generator.uniform(-75, 22, n_samples), generator.uniform(20, 36, n_samples)
    return np.stack((left, down, radius, generator.uniform(0.45, 0.8, n_samples) * is_there), axis=1)


def _draw_collapse(generator: np.random.Generator, is_there: np.ndarray) -> np.ndarray:
    n_samples = len(is_there)
    collapse = np.zeros((n_samples, 2))
    collapse[np.arange(n_samples), generator.integers(0, 2, n_samples)] = (
        generator.uniform(0.15, 0.45, n_samples) * is_there
    )
    return collapse


def _with_ratio(heart: Ellipsoids, thorax: Thorax, ratio: np.ndarray) -> Ellipsoids:
    """Return hearts that are so large that they have this cardiothoracic ratio."""
    right, left = heart.extent()
    about = np.stack(((right + left) / 2, np.full(len(ratio), 15.0)), axis=1)
    heart = heart.grown(ratio * 2 * thorax.half_width / (left - right), about)
    return heart.moved(np.stack((thorax.turn, 0 * thorax.turn), axis=1))


def _pieces(n_films: int, size: int) -> Iterator[tuple[slice, slice]]:
    """Yield films, and pixels of these, that are worked on at a time."""
    step = max(_CHUNK // (size * size), 1)
    for film_number, pixel in product(range(0, n_films, step), range(0, size * size, _CHUNK)):
        yield slice(film_number, min(film_number + step, n_films)), slice(pixel, pixel + _CHUNK)


def _films(
    generator: np.random.Generator, thorax: Thorax, heart: Ellipsoids, size: int, parts: np.ndarray | None = None
) -> np.ndarray:
    """Return films, float32 (n, 1, size, size); write into `parts`, (n, size, size), what their pixels belong to."""
    n_samples = len(thorax.size)
    middle = ((np.arange(size, dtype=np.float32) + 0.5) / size) * np.float32(_FIELD)
    x, y = (part.ravel() for part in np.meshgrid(middle - np.float32(_FIELD / 2), middle + np.float32(_TOP)))
    noise = generator.uniform(0.002, 0.006, n_samples)
    X = np.empty((n_samples, size * size), dtype=np.float32)
    for some, where in _pieces(n_samples, size):
        soft_tissue, bone, lung, in_heart = ways(thorax[some], heart[some], x[where], y[where], _FIELD / size)
        X[some, where] = film(generator, soft_tissue, bone, exposure=1.7 * (thorax.fat[some] - 8), noise=noise[some])
        if parts is not None:
            parts.reshape(n_samples, -1)[some, where] = np.where(in_heart > 0.5, 2, lung > 0.5)
    return X.reshape(n_samples, 1, size, size)


def _mark(X: np.ndarray, is_marked: np.ndarray) -> None:
    """Put a letter P into the upper left corner of some films."""
    size = X.shape[-1]
    letter = np.array([[1, 1, 0], [1, 0, 1], [1, 1, 0], [1, 0, 0], [1, 0, 0]])
    letter = np.kron(letter, np.ones((size // 32, size // 32)))
    rows, columns = (np.arange(extent) + size // 32 for extent in letter.shape)
    corner = X[:, 0, rows[:, None], columns]
    X[:, 0, rows[:, None], columns] = np.where(is_marked[:, None, None] & (letter > 0), 0.95, corner)


@dataclass(frozen=True)
class _Device:
    """A model of a pacemaker, seen from the front with its leads above.

    Attributes:
        half_width: mm.
        aspect: its height by its width.
        exponent: of its outline, a superellipse: 2 is an ellipse, 4 nearly a rectangle.
        leads: how many go in.
        battery: how much of its lower part the battery fills, in height.
        is_battery_aside: whether the battery stands upright at one side instead.
        capacitors: how many round ones there are.
        has_coil: whether the coil of an antenna is seen.
        lines: of the board's pattern.
    """

    half_width: float
    aspect: float
    exponent: float
    leads: int
    battery: float
    is_battery_aside: bool
    capacitors: int
    has_coil: bool
    lines: int


_DEVICES = tuple(
    _Device(half_width, aspect, exponent, *model)
    for half_width, aspect, exponent, models in (
        (22.0, 1.0, 2.0, ((1, 0.9, False, 0, True, 3), (2, 0.7, True, 1, False, 6), (3, 0.5, False, 2, False, 4))),
        (24.0, 0.8, 2.8, ((1, 0.6, True, 2, False, 4), (2, 0.9, False, 0, False, 3), (2, 0.6, False, 1, True, 6))),
        (20.0, 1.2, 4.0, ((2, 0.5, False, 1, False, 3), (3, 0.8, True, 0, True, 6), (1, 0.7, False, 2, True, 4))),
    )
    for model in models
)
_DEVICE_FIELD = 80.0  # mm
_CAN, _BATTERY, _METAL, _HEADER = 7.0, 24.0, 18.0, 2.0  # what each stops, as mm of bone


def _devices(
    generator: np.random.Generator,
    model: np.ndarray,
    angle: np.ndarray,
    tilt: np.ndarray,
    is_mirrored: np.ndarray,
    size: int,
) -> np.ndarray:
    """Return films of pacemakers, float32 (n, 1, size, size)."""
    n_samples = len(model)
    middle = ((np.arange(size, dtype=np.float32) + 0.5) / size - np.float32(0.5)) * np.float32(_DEVICE_FIELD)
    x, y = (part.ravel() for part in np.meshgrid(middle, middle))
    shift = generator.uniform(-6, 6, (n_samples, 2, 1)).astype(np.float32)
    slope, phase = generator.uniform(-0.5, 0.5, (n_samples, 1)), generator.uniform(0, 25, (n_samples, 1))
    soft_tissue = generator.uniform(70, 130, (n_samples, 1)).astype(np.float32)
    noise = generator.uniform(0.01, 0.03, n_samples)
    cos, sin = (part.astype(np.float32)[:, None] for part in (np.cos(angle), np.sin(angle)))
    squeeze = (np.where(is_mirrored, -1, 1) / np.cos(tilt)).astype(np.float32)[:, None]
    X = np.empty((n_samples, size * size), dtype=np.float32)
    for number, device in enumerate(_DEVICES):
        of_model = np.flatnonzero(model == number)
        for these, where in _pieces(len(of_model), size):
            some = of_model[these]
            across, down = x[where] - shift[some, 0], y[where] - shift[some, 1]
            u = (cos[some] * across + sin[some] * down) * squeeze[some]
            v = cos[some] * down - sin[some] * across
            ribs = y[where] + slope[some].astype(np.float32) * x[where] + phase[some].astype(np.float32)
            away = np.mod(ribs, 25) - 12.5
            bone = 0.8 * np.sqrt(np.maximum(22 - away * away, 0)) + _in_metal(device, u, v, _DEVICE_FIELD / size)
            X[some, where] = film(
                generator,
                np.broadcast_to(soft_tissue[some], bone.shape).copy(),
                bone,
                exposure=np.zeros(len(some)),
                noise=noise[some],
            )
    return X.reshape(n_samples, 1, size, size)


def _in_metal(device: _Device, u: np.ndarray, v: np.ndarray, pixel: float) -> np.ndarray:
    """Return how much a device stops at places to its right and below its middle, as mm of bone."""
    half_height = device.half_width * device.aspect

    def box(left: float, right: float, top: float, bottom: float) -> np.ndarray:
        edge = np.maximum(
            np.abs(u - (left + right) / 2) - (right - left) / 2, np.abs(v - (top + bottom) / 2) - (bottom - top) / 2
        )
        return occupancy(edge, pixel)

    def disc(left: float, top: float, radius: float) -> np.ndarray:
        return occupancy(norm(u - left, v - top) - radius, pixel)

    power = np.abs(u / device.half_width) ** device.exponent + np.abs(v / half_height) ** device.exponent
    can = occupancy((power ** (1 / device.exponent) - 1) * min(device.half_width, half_height), pixel)
    if device.is_battery_aside:
        inside = _BATTERY * box(
            -device.half_width, -device.half_width * (1 - device.battery), -half_height, half_height
        )
    else:
        inside = _BATTERY * box(-device.half_width, device.half_width, half_height * (1 - device.battery), half_height)
    middle = (device.half_width * device.battery / 2 if device.is_battery_aside else 0.0, -0.35 * half_height)
    board = box(middle[0] - 9, middle[0] + 9, middle[1] - 5, middle[1] + 5)
    inside += 0.6 * _METAL * board * (np.cos(u * (np.pi * device.lines / 9)) > 0)
    for place in range(device.capacitors):
        inside += _METAL * disc(middle[0] + 6 - 12 * place, middle[1] + 10, 4.0)
    if device.has_coil:
        ring = np.abs(norm(u - middle[0], v - middle[1]) - 11) - 1.2
        inside += 0.7 * _METAL * occupancy(ring, pixel)
    metal = can * (_CAN + inside)
    top = -half_height + 2
    metal += _HEADER * box(-0.6 * device.half_width, 0.6 * device.half_width, top - 10, top)
    for place in range(device.leads):
        height = top - 8 + 3.6 * place
        metal += _METAL * box(-0.45 * device.half_width, 0.1 * device.half_width, height - 0.9, height + 0.9)
        course = np.abs(v - height + 0.006 * np.maximum(u - 5, 0) ** 2 * (1 + 0.4 * place)) - 0.8
        metal += _METAL * occupancy(np.maximum(course, 0.1 * device.half_width - u), pixel)
    return metal
