"""What hearts are like, healthy and ill, in women and men."""

import zlib
from collections.abc import Callable
from statistics import NormalDist

import numpy as np

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

TRABECULAE = 2.5  # mm, which echo counts to the wall and magnetic resonance to the cavity

_LENGTH, _ROUND_LENGTH = 17.3, 15.3  # mm, of a left ventricle of 1 ml: it grows with the cube root; if it is dilated
_VARIANT_SHARES = 0.6, 0.15, 0.25
_WOMEN = 0.8  # volume of a woman's heart as a share of a man's, where no source tells
_MOST_EMPTIED = 1.4  # the right ventricle holds at least so many strokes

_DEVIATIONS = np.linspace(-2.2, 2.2, 221)  # standard deviations, to where normal distributions are cut
_BELOW = np.array([NormalDist().cdf(deviation) for deviation in _DEVIATIONS])
_BELOW = (_BELOW - _BELOW[0]) / (_BELOW[-1] - _BELOW[0])

_Distribution = Callable[[np.ndarray], np.ndarray]
"""What a quantity is worth in those patients of whom such a share of all have less: its quantile function."""


def _normal(mean: float, sd: float) -> _Distribution:
    return lambda share: mean + sd * np.interp(share, _BELOW, _DEVIATIONS)


def _between(low: float, high: float, skew: float = 1.0) -> _Distribution:
    """Return a uniform distribution; with a skew above 1 low values are more frequent."""
    return lambda share: low + (high - low) * share**skew


def _any_of(*values: float) -> _Distribution:
    return lambda share: np.array(values, dtype=float)[np.minimum(share * len(values), len(values) - 1).astype(int)]


_OF_MEN = {
    "surface": _normal(2.0, 0.15),  # of the body, m2
    "edv": _normal(166, 32),  # ml
    "ejection": _normal(58, 5),  # %
    "mass_index": _normal(53 / 166**0.5, 7 / 166**0.5),  # g per m2 around 1 ml: larger ventricles have more muscle
    "aorta": _normal(12.5, 0.8),  # radius, mm
}
_OF_WOMEN = {
    "surface": _normal(1.72, 0.13),
    "edv": _normal(124, 21),
    "ejection": _normal(61, 5),
    "mass_index": _normal(42 / 124**0.5, 5.5 / 124**0.5),
    "aorta": _normal(11.7, 0.75),
}
_OF_BOTH = {
    "length": _normal(_LENGTH, 0.35),  # of a left ventricle of 1 ml, mm
    "shortening": _normal(0.29, 0.017),  # share of the length that is lost, for a share of the volume that is ejected
    "wall": _any_of(0),  # mm; 0 where it follows from the mass
    "rv_share": _normal(1.08, 0.06),  # end-diastolic volume of the right ventricle by that of the left one
    "rv_wall": _any_of(3.5),  # mm
    "la_index": _normal(34, 6),  # largest volume, ml per m2
    "la_left": _between(0.38, 0.46),  # smallest volume, as a share of the largest
    "ra_index": _normal(36, 6),
    "ra_left": _between(0.45, 0.6),
    "effusion": _any_of(0),  # mm
    "bump_angle": _any_of(0),  # degrees from the septum towards the anterior wall
    "bump_focus": _any_of(0),
    "bump_height": _any_of(0.5),  # this and all below: see `Hearts`
    "bump_spread": _any_of(0.5),
    "bump_wall": _any_of(0),  # mm
    "bulge": _any_of(0),
    "systolic_bulge": _any_of(0),
}
_QUANTITIES = (*_OF_MEN, *_OF_BOTH)

_SEPTAL = {
    "bump_angle": _between(0, 34),
    "bump_focus": _between(0.9, 1.8),
    "bump_height": _between(0.6, 0.75),
    "bump_spread": _between(0.3, 0.4),
}
_OF_CONDITIONS: dict[str, dict[str, _Distribution]] = {
    "normal": {},
    "athlete": {
        "edv": _between(205, 260),
        "ejection": _normal(56, 3),
        "wall": _between(7.5, 13, skew=2),
        "la_index": _normal(42, 4),
    },
    "hypertensive": _SEPTAL
    | {
        "wall": _between(9.5, 13),
        "bump_wall": _between(0, 3, skew=2),
        "la_index": _normal(40, 6),
    },
    "hypertrophic": {
        "edv": _between(100, 160),
        "ejection": _between(55, 76),
        "shortening": _normal(0.21, 0.02),
        "wall": _between(8, 9.5),
        "bump_wall": _between(5.5, 17.5, skew=1.5),
        "rv_share": _normal(1.15, 0.05),
        "la_index": _normal(48, 8),
    },
    "dilated": {
        "edv": _between(235, 350),
        "ejection": _between(15, 40),
        "length": _normal(_ROUND_LENGTH, 0.31),
        "wall": _between(4.5, 6),
        "rv_share": _between(0.5, 0.85),
        "la_index": _normal(58, 9),
        "la_left": _between(0.6, 0.7),
    },
    "amyloid": {
        "edv": _between(85, 130),
        "ejection": _between(45, 60),
        "shortening": _normal(0.19, 0.018),
        "wall": _between(11, 16),
        "rv_wall": _between(6, 8),
        "la_index": _normal(56, 8),
        "la_left": _between(0.6, 0.7),
        "ra_index": _normal(47, 8),
        "effusion": _between(2, 7),
        "bump_height": _any_of(0.95),
        "bump_spread": _any_of(0.35),
        "systolic_bulge": _between(0.08, 0.16),
    },
    "pulmonary hypertension": {
        "edv": _between(80, 125),
        "ejection": _normal(58, 4),
        "rv_share": _between(1.9, 3),
        "rv_wall": _between(6, 9),
        "ra_index": _between(52, 84),
        "effusion": _between(0, 4),
        "bump_focus": _any_of(2.5),
        "bump_height": _any_of(0.55),
        "bulge": _between(-0.25, -0.15),
        "systolic_bulge": _between(-0.42, -0.3),
    },
    "infarct": {
        "edv": _between(150, 230),
        "ejection": _between(30, 48),
        "shortening": _normal(0.31, 0.026),
        "rv_share": _between(0.75, 0.95),
        "la_index": _normal(40, 7),
        "bump_angle": _any_of(35, -110, 180),  # LAD, RCA, LCX
        "bump_focus": _between(1.2, 2),
        "bump_height": _between(0.25, 0.5),
        "bump_spread": _between(0.25, 0.35),
        "bump_wall": _between(-2, -0.5),
        "systolic_bulge": _between(0.25, 0.45),
    },
}
"""In what the hearts of each condition differ from normal ones; `edv` is a man's."""

_OF_VARIANTS: dict[str, dict[str, _Distribution]] = {
    "septal": _SEPTAL,
    "mid-ventricular": {
        "bump_focus": _between(0.1, 0.4),
        "bump_height": _between(0.4, 0.5),
        "bump_spread": _between(0.15, 0.2),
        "systolic_bulge": _any_of(-0.1),
    },
    "apical": {
        "bump_height": _any_of(0),
        "bump_spread": _between(0.18, 0.26),
        "systolic_bulge": _any_of(-0.1),
    },
}


def draw_hearts(
    generator: np.random.Generator, condition: np.ndarray, is_male: np.ndarray, variant: np.ndarray | None = None
) -> Hearts:
    """Draw hearts in these conditions.

    The same numbers are drawn in whatever condition, sex and variant: one for each patient and quantity, the share of
    all patients who have less. So one stream gives twins, the same patients in another condition. A quantity that the
    tables above do not tell of both conditions is the same in both, and its rank is the same in any case; outlines and
    the right ventricle's share are an example of each. A hypertensive heart has the cavity, the length and the stroke
    of its normal twin, with a thicker wall and a larger atrium around them.

    Args:
        generator: the source of randomness.
        condition: int (n,), places in `HEART_CONDITIONS`.
        is_male: bool (n,).
        variant: int (n,), places in `HYPERTROPHIC_VARIANTS`, for those that are hypertrophic; drawn if not given.

    Sources:
        Normal volumes, ejection fraction and mass index of men and women: Petersen and others, J Cardiovasc Magn Reson
        2017;19:18 (UK Biobank; EDV 166 +- 32 and 124 +- 21 ml, EF 58 +- 5 and 61 +- 5%, mass 53 +- 9 and 42 +- 7
        g/m2). Thickness of 15 mm and more in hypertrophic cardiomyopathy, and of 13 mm in relatives: European Society
        of Cardiology. All else is a choice of this course: walls of 13 to 16 mm are found in hypertrophic, in
        hypertensive and in amyloid hearts, and athletes have up to 13 mm.
    """
    n_samples = len(condition)
    drawn = np.searchsorted(np.cumsum(_VARIANT_SHARES)[:-1], generator.random(n_samples), side="right")
    shares = dict(zip(_QUANTITIES, generator.random((len(_QUANTITIES), n_samples)), strict=True))
    of = _quantities(shares, condition, is_male, drawn if variant is None else variant)
    stroke = of["edv"] * of["ejection"] / 100
    rv_edv = np.maximum(of["rv_share"] * of["edv"], _MOST_EMPTIED * stroke)
    la_max, ra_max = of["la_index"] * of["surface"], of["ra_index"] * of["surface"]
    same = "rv_wall", "effusion", "aorta", "bump_focus", "bump_height", "bump_spread", "bump_wall"
    hearts = Hearts(
        lv_edv=of["edv"],
        lv_esv=of["edv"] - stroke,
        lv_length=of["length"] * np.cbrt(of["edv"]),
        shortening=of["shortening"] * of["ejection"] / 100,
        lv_mass=of["mass_index"] * np.sqrt(of["edv"]) * of["surface"],
        bump_angle=np.radians(of["bump_angle"]),
        bulge=of["bulge"],
        systolic_bulge=of["systolic_bulge"],
        rv_edv=rv_edv,
        rv_esv=rv_edv - stroke,
        la_max=la_max,
        la_min=la_max * of["la_left"],
        ra_max=ra_max,
        ra_min=ra_max * of["ra_left"],
        has_atrial_kick=np.ones(n_samples, dtype=bool),
        papillary=_draw_papillary_muscles(generator, n_samples),
        outline=draw_outlines(generator, n_samples),
        **{name: of[name] for name in same},
    )
    some = np.flatnonzero(of["wall"])
    return with_some_walls(hearts, some, of["wall"][some])


def _quantities(
    shares: dict[str, np.ndarray], condition: np.ndarray, is_male: np.ndarray, variant: np.ndarray
) -> dict[str, np.ndarray]:
    """Return what the tables make of the share of patients who have less of each quantity, each (n,)."""
    of = {name: np.empty(len(condition)) for name in _QUANTITIES}
    for number, name in enumerate(HEART_CONDITIONS):
        is_hypertrophic = name == "hypertrophic"
        for place, of_variant in enumerate(_OF_VARIANTS.values() if is_hypertrophic else [{}]):
            for male, of_sex in ((True, _OF_MEN), (False, _OF_WOMEN)):
                is_here = (condition == number) & (is_male == male)
                some = np.flatnonzero(is_here & (variant == place) if is_hypertrophic else is_here)
                row = _OF_BOTH | of_sex | _OF_CONDITIONS[name] | of_variant
                for quantity, distribution in row.items():
                    of[quantity][some] = distribution(shares[quantity][some])
                if not male and "edv" in _OF_CONDITIONS[name]:
                    of["edv"][some] *= _WOMEN
    return of


def _draw_papillary_muscles(generator: np.random.Generator, n_samples: int) -> np.ndarray:
    """Draw how the papillary muscles stand, as `Hearts` has it: one below the side, one below the back of the base."""
    angle = np.radians((155, -80)) + generator.uniform(-0.25, 0.25, (n_samples, 2))
    thickness = generator.uniform(0.12, 0.2, (n_samples, 2))
    tip = generator.uniform(0.53, 0.63, (n_samples, 2))
    return np.stack((angle, thickness, tip), axis=-1)


def draw_normal_hearts(generator: np.random.Generator, n_samples: int) -> Hearts:
    """Draw hearts without disease, of women and of men."""
    return draw_hearts(generator, np.zeros(n_samples, dtype=np.int64), generator.random(n_samples) < 0.5)


def draw_conditions(generator: np.random.Generator, n_samples: int, normal: float) -> np.ndarray:
    """Return conditions, int (n,): normal in this share, and any of `HEART_CONDITIONS` in the rest."""
    return np.where(generator.random(n_samples) < normal, 0, generator.integers(0, len(HEART_CONDITIONS), n_samples))


def seen_by_echo(hearts: Hearts) -> Hearts:
    """Return hearts whose walls are thicker by the trabeculae, which echo counts to the wall."""
    return with_wall(hearts, at_end_diastole(hearts).wall[:, 0, 0] + TRABECULAE)


def heart_of(patient: Patient) -> Hearts:
    """Return the heart of one patient, n = 1, with the walls that echo sees.

    What a `Patient` does not tell follows from what it does: the right ventricle ejects what the left one does, the
    right atrium is nearly as large as the left, and amyloid stiffens the base and leaves fluid around the heart. How
    its outlines are irregular and where its papillary muscles stand follows from the name alone: a change of anything
    else leaves them as they are.
    """

    def one(value: float) -> np.ndarray:
        return np.array([float(value)])

    by_name = np.random.default_rng(zlib.crc32(patient.name.encode()))
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
        papillary=_draw_papillary_muscles(by_name, 1),
        outline=draw_outlines(by_name, 1),
    )
    return with_wall(hearts, one(patient.wall_thickness))
