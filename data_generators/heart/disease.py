"""What hearts are like, healthy and ill, in women and men."""

import zlib
from dataclasses import replace

import numpy as np

from data_generators._sampling import truncated_normal
from data_generators.heart.chambers import Hearts
from data_generators.heart.motion import at_end_diastole, with_some_walls, with_wall
from data_generators.heart.outlines import draw_outlines
from data_generators.patient import Patient

HEART_CONDITIONS = (
    "normal",
    "athlete",
    "hypertensive",
    "hypertrophic",
    "dilated",
    "amyloid",
    "pulmonary hypertension",
    "infarct",
)
"""What `draw_hearts` can draw, in the order of its numbers."""

HYPERTROPHIC_VARIANTS = ("septal", "mid-ventricular", "apical")
"""Where hypertrophic hearts are thick."""

_LENGTH, _ROUND_LENGTH = 17.3, 15.3  # mm, of a left ventricle of 1 ml: it grows with the cube root; if it is dilated

TRABECULAE = 2.5  # mm, which echo counts to the wall and magnetic resonance to the cavity


def draw_hearts(
    generator: np.random.Generator, condition: np.ndarray, is_male: np.ndarray, variant: np.ndarray | None = None
) -> Hearts:
    """Draw hearts in these conditions.

    Args:
        generator: the source of randomness.
        condition: int (n,), places in `HEART_CONDITIONS`.
        is_male: bool (n,).
        variant: int (n,), places in `HYPERTROPHIC_VARIANTS`, for those that are hypertrophic; drawn if not given.

    Sources:
        Normal volumes, ejection fraction and mass index of men and women: Petersen and others, J Cardiovasc Magn Reson
        2017;19:18 (UK Biobank; EDV 166 +- 32 and 124 +- 21 ml, EF 58 +- 5 and 61 +- 5%, mass 53 +- 9 and 42 +- 7
        g/m2). Thickness of 15 mm and more in hypertrophic cardiomyopathy: European Society of Cardiology. All else is
        a choice of this course.
    """
    n_samples = len(condition)

    def normal(mean: np.ndarray | float, sd: np.ndarray | float) -> np.ndarray:
        return mean + sd * truncated_normal(generator, 0, 1, -2.2, 2.2, n_samples)

    def between(low: float, high: float) -> np.ndarray:
        return generator.uniform(low, high, n_samples)

    def is_(name: str) -> np.ndarray:
        return condition == HEART_CONDITIONS.index(name)

    if variant is None:
        variant = generator.choice(3, n_samples, p=(0.6, 0.15, 0.25))
    size = np.where(is_male, 1.0, 0.88)  # of a woman's heart, in length, where no source tells
    edv = np.where(is_male, normal(166, 32), normal(124, 21))
    edv = np.select(
        [is_(name) for name in HEART_CONDITIONS[1:]],
        [
            between(205, 260) * size**2,
            edv * 0.95,
            between(100, 160) * size,
            between(235, 350) * size,
            between(85, 130) * size,
            between(80, 125) * size,
            between(150, 230) * size,
        ],
        edv,
    )
    ejection = np.where(is_male, normal(58, 5), normal(61, 5))
    ejection = np.select(
        [is_(name) for name in HEART_CONDITIONS[1:]],
        [
            normal(56, 3),
            normal(62, 4),
            between(60, 76),
            between(15, 40),
            between(45, 60),
            normal(58, 4),
            between(30, 48),
        ],
        ejection,
    )
    esv = edv * (1 - ejection / 100)
    stroke = edv - esv
    shortening = np.select(
        [is_("dilated"), is_("amyloid"), is_("infarct"), is_("hypertrophic")],
        [0.17 * ejection / 58, normal(0.1, 0.01), normal(0.12, 0.01), normal(0.13, 0.012)],
        normal(0.17, 0.01),
    )
    roundness = np.where(is_("dilated"), _ROUND_LENGTH, _LENGTH) * normal(1, 0.02)
    surface = np.where(is_male, normal(2.0, 0.15), normal(1.72, 0.13))  # m2
    mass = surface * np.where(is_male, normal(53, 9), normal(42, 7))
    pressure = is_("pulmonary hypertension")
    rv_edv = np.where(pressure, between(210, 310) * size, edv * normal(1.08, 0.06))
    rv_edv = np.maximum(np.where(is_("dilated"), stroke * normal(2.2, 0.2), rv_edv), 1.4 * stroke)
    la_index = np.select(
        [is_("athlete"), is_("hypertensive"), is_("hypertrophic"), is_("dilated"), is_("amyloid"), is_("infarct")],
        [normal(42, 4), normal(40, 6), normal(48, 8), normal(58, 9), normal(56, 8), normal(40, 7)],
        normal(34, 6),
    )
    la_max = la_index * surface
    la_stiff = is_("dilated") | is_("amyloid")
    ra_max = np.where(pressure, between(100, 160), surface * normal(36, 6)) * np.where(is_("amyloid"), 1.3, 1)
    zero = np.zeros(n_samples)
    hearts = Hearts(
        lv_edv=edv,
        lv_esv=esv,
        lv_length=roundness * np.cbrt(edv),
        shortening=shortening,
        lv_mass=mass,
        bump_angle=zero,
        bump_focus=zero,
        bump_height=zero + 0.5,
        bump_spread=zero + 0.5,
        bump_wall=zero,
        bulge=zero,
        systolic_bulge=zero,
        rv_edv=rv_edv,
        rv_esv=rv_edv - stroke,
        rv_wall=np.select([pressure, is_("amyloid")], [between(6, 9), between(6, 8)], 3.5),
        la_max=la_max,
        la_min=la_max * np.where(la_stiff, between(0.6, 0.7), between(0.38, 0.46)),
        ra_max=ra_max,
        ra_min=ra_max * between(0.45, 0.6),
        effusion=np.where(is_("amyloid"), between(2, 7), np.where(pressure, between(0, 4), 0.0)),
        aorta=normal(12.5, 0.8) * size**0.5,
        has_atrial_kick=np.ones(n_samples, dtype=bool),
        outline=draw_outlines(generator, n_samples),
    )
    set_wall = np.select(
        [is_("athlete"), is_("hypertensive"), is_("hypertrophic"), is_("dilated"), is_("amyloid")],
        [between(7.5, 9.5), between(9.5, 11.5), between(7.5, 9.5), between(4.5, 6), between(11, 16)],
        0.0,
    )
    hearts = _with_bumps(generator, hearts, condition, variant, set_wall)
    some = np.flatnonzero(set_wall)
    return with_some_walls(hearts, some, set_wall[some])


def draw_normal_hearts(generator: np.random.Generator, n_samples: int) -> Hearts:
    """Draw hearts without disease, of women and of men."""
    return draw_hearts(generator, np.zeros(n_samples, dtype=np.int64), generator.random(n_samples) < 0.5)


def draw_conditions(generator: np.random.Generator, n_samples: int, normal: float) -> np.ndarray:
    """Return conditions, int (n,): normal in this share, and any of `HEART_CONDITIONS` in the rest."""
    return np.where(generator.random(n_samples) < normal, 0, generator.integers(0, len(HEART_CONDITIONS), n_samples))


def _with_bumps(
    generator: np.random.Generator, hearts: Hearts, condition: np.ndarray, variant: np.ndarray, wall: np.ndarray
) -> Hearts:
    """Return hearts with what disease does to one part of the wall."""
    n_samples = len(condition)

    def between(low: float, high: float) -> np.ndarray:
        return generator.uniform(low, high, n_samples)

    kind = np.select(
        [
            *((condition == HEART_CONDITIONS.index("hypertrophic")) & (variant == number) for number in range(3)),
            condition == HEART_CONDITIONS.index("pulmonary hypertension"),
            condition == HEART_CONDITIONS.index("amyloid"),
            condition == HEART_CONDITIONS.index("infarct"),
        ],
        np.arange(1, 7),
        0,
    )
    thickest = between(15.2, 27) - wall
    territory = np.radians(np.array((35, -110, 180)))[generator.integers(0, 3, n_samples)]  # LAD, RCA, LCX
    nothing = np.zeros(n_samples)
    names = "bump_angle", "bump_focus", "bump_height", "bump_spread", "bump_wall", "bulge", "systolic_bulge"
    rows = (
        (nothing, nothing, nothing + 0.5, nothing + 0.5, nothing, nothing, nothing),
        (between(0, 0.6), between(0.9, 1.8), between(0.6, 0.75), between(0.3, 0.4), thickest, nothing, nothing),
        (nothing, between(0.1, 0.4), between(0.4, 0.5), between(0.15, 0.2), thickest, nothing, nothing - 0.1),
        (nothing, nothing, nothing, between(0.18, 0.26), thickest, nothing, nothing - 0.1),
        (
            nothing,
            nothing + 2.5,
            nothing + 0.55,
            nothing + 0.5,
            nothing,
            *np.sort((-between(0.15, 0.25), -between(0.3, 0.42)), axis=0)[::-1],
        ),
        (nothing, nothing, nothing + 0.95, nothing + 0.35, nothing, nothing, between(0.08, 0.16)),
        (
            territory,
            between(1.2, 2),
            between(0.25, 0.5),
            between(0.25, 0.35),
            -between(0.5, 2),
            nothing,
            between(0.25, 0.45),
        ),
    )
    chosen = np.array(rows)[kind, :, np.arange(n_samples)].T
    return replace(hearts, **dict(zip(names, chosen, strict=True)))


def seen_by_echo(hearts: Hearts) -> Hearts:
    """Return hearts whose walls are thicker by the trabeculae, which echo counts to the wall."""
    return with_wall(hearts, at_end_diastole(hearts).wall[:, 0, 0] + TRABECULAE)


def heart_of(patient: Patient) -> Hearts:
    """Return the heart of one patient, n = 1, with the walls that echo sees.

    What a `Patient` does not tell follows from what it does: the right ventricle ejects what the left one does, the
    right atrium is nearly as large as the left, and amyloid stiffens the base and leaves fluid around the heart. How
    its outlines are irregular follows from the name alone: a change of anything else leaves it as it is.
    """

    def one(value: float) -> np.ndarray:
        return np.array([float(value)])

    stroke = patient.lv_edv - patient.lv_esv
    is_round = patient.ejection_fraction < 40
    rv_edv = max(1.08 * patient.lv_edv if not is_round else 2.3 * stroke, 1.6 * stroke)
    contracts = patient.rhythm != "atrial fibrillation"
    emptied = 0.4 if contracts and not is_round and not patient.infiltration else 0.66
    hearts = Hearts(
        lv_edv=one(patient.lv_edv),
        lv_esv=one(patient.lv_esv),
        lv_length=one((_ROUND_LENGTH if is_round else _LENGTH) * np.cbrt(patient.lv_edv)),
        shortening=one(min(0.17, 0.17 * patient.ejection_fraction / 58) * (1 - 0.4 * patient.infiltration)),
        lv_mass=one(1),
        bump_angle=one(0.3),
        bump_focus=one(0 if patient.infiltration else 1.3),
        bump_height=one(0.95 if patient.infiltration else 0.65),
        bump_spread=one(0.35),
        bump_wall=one(patient.septal_thickness - patient.wall_thickness),
        bulge=one(0),
        systolic_bulge=one(0.14 * patient.infiltration),
        rv_edv=one(rv_edv),
        rv_esv=one(rv_edv - stroke),
        rv_wall=one(3.5 + 3.5 * patient.infiltration),
        la_max=one(patient.la_volume),
        la_min=one(patient.la_volume * emptied),
        ra_max=one(0.9 * patient.la_volume),
        ra_min=one(0.9 * patient.la_volume * max(emptied, 0.5)),
        effusion=one(4 * patient.infiltration),
        aorta=one(12.5 if patient.sex == "male" else 11.7),
        has_atrial_kick=np.array([contracts]),
        outline=draw_outlines(np.random.default_rng(zlib.crc32(patient.name.encode())), 1),
    )
    return with_wall(hearts, one(patient.wall_thickness))
