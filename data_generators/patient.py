"""The latent patient: what is true of a simulated person, from which every picture and measurement of them is drawn."""

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

Sex = Literal["female", "male"]
Rhythm = Literal["sinus rhythm", "sinus rhythm with ectopic beats", "atrial fibrillation"]
Conduction = Literal["normal conduction", "left bundle branch block", "right bundle branch block"]

_LIMITS: dict[str, tuple[float, float]] = {
    "age": (18, 110),
    "height": (120, 220),
    "weight": (30, 250),
    "cholesterol": (1, 20),
    "systolic_pressure": (60, 260),
    "heart_rate": (25, 250),
    "pr_interval": (90, 400),
    "lv_edv": (30, 500),
    "lv_esv": (5, 450),
    "septal_thickness": (4, 40),
    "wall_thickness": (4, 40),
    "infiltration": (0, 1),
    "la_volume": (10, 400),
    "congestion": (0, 1),
    "crp": (0.1, 500),
    "haemoglobin": (3, 25),
    "creatinine": (20, 1500),
}
"""What a heart and a person can be, field by field, in the units of `Patient`."""


@dataclass(frozen=True, kw_only=True)
class Patient:
    """A simulated person.

    Args:
        name: as a doctor would greet them.
        sex: "female" or "male".
        age: years.
        complaint: why they come, in one sentence.
        height: cm.
        weight: kg.
        cholesterol: total cholesterol, mmol/L (x 38.67 for mg/dL).
        systolic_pressure: mmHg.
        rhythm: "sinus rhythm", "sinus rhythm with ectopic beats" or "atrial fibrillation".
        heart_rate: bpm at rest.
        pr_interval: ms, while the rhythm is sinus rhythm.
        conduction: "normal conduction", "left bundle branch block" or "right bundle branch block".
        lv_edv: end-diastolic volume of the left ventricle, ml.
        lv_esv: its end-systolic volume, ml.
        septal_thickness: thickest part of the septum at end-diastole, mm.
        wall_thickness: the other walls of the left ventricle at end-diastole, mm.
        infiltration: 0 for a wall of muscle alone to 1 for one full of amyloid, which conducts nothing.
        la_volume: largest volume of the left atrium, ml.
        congestion: 0 for dry lungs to 1 for pulmonary oedema.
        crp: C-reactive protein, mg/L.
        haemoglobin: g/dL (x 10 for g/L).
        creatinine: micromol/L (/ 88.4 for mg/dL).

    Raises:
        ValueError: for a number that no person has, another sex, rhythm or conduction, or an end-systolic volume that
            is not below the end-diastolic one.
    """

    name: str
    sex: Sex
    age: float
    complaint: str
    height: float
    weight: float
    cholesterol: float
    systolic_pressure: float
    rhythm: Rhythm
    heart_rate: float
    pr_interval: float
    conduction: Conduction
    lv_edv: float
    lv_esv: float
    septal_thickness: float
    wall_thickness: float
    infiltration: float
    la_volume: float
    congestion: float
    crp: float
    haemoglobin: float
    creatinine: float

    def __post_init__(self) -> None:
        for name, (low, high) in _LIMITS.items():
            if not low <= (value := getattr(self, name)) <= high:
                raise ValueError(f"{name} is {value!r}; it must be from {low:g} to {high:g}.")
        for name, kind in (("sex", Sex), ("rhythm", Rhythm), ("conduction", Conduction)):
            if (value := getattr(self, name)) not in get_args(kind):
                raise ValueError(f"{name} is {value!r}; allowed are {', '.join(map(repr, get_args(kind)))}.")
        if self.lv_esv >= self.lv_edv:
            raise ValueError(f"lv_esv is {self.lv_esv!r}; it must be below lv_edv, which is {self.lv_edv!r}.")

    @property
    def ejection_fraction(self) -> float:
        """Share of the end-diastolic volume that the left ventricle ejects, in percent."""
        return 100 * (self.lv_edv - self.lv_esv) / self.lv_edv

    @property
    def bnp(self) -> float:
        """B-type natriuretic peptide, pg/ml, as `expected_bnp` has it."""
        has_fibrillation = self.rhythm == "atrial fibrillation"
        return float(expected_bnp(self.congestion, self.age, self.body_mass_index, has_fibrillation))

    @property
    def body_mass_index(self) -> float:
        """Weight over height squared, kg/m2."""
        return self.weight / (self.height / 100) ** 2


BNP_LAW = {"congestion": 4.0, "age": 0.02, "body_mass_index": -0.03, "has_fibrillation": 0.3}
"""By how much ln BNP rises: with all congestion, with each year, with each kg/m2, and with atrial fibrillation."""


def expected_bnp(
    congestion: np.ndarray | float,
    age: np.ndarray | float,
    body_mass_index: np.ndarray | float,
    has_fibrillation: np.ndarray | bool,
) -> np.ndarray:
    """Return B-type natriuretic peptide, pg/ml: 25 without congestion at 60 years and 27 kg/m2, and more by `BNP_LAW`.

    The law is a choice of this course.
    """
    logarithm = 3.2 + BNP_LAW["congestion"] * congestion + BNP_LAW["age"] * (age - 60)
    logarithm = logarithm + BNP_LAW["body_mass_index"] * (body_mass_index - 27)
    return np.exp(logarithm + BNP_LAW["has_fibrillation"] * has_fibrillation)


CAST: tuple[Patient, ...] = (
    Patient(
        name="Mr Samuel Osei",
        sex="male",
        age=74,
        complaint="His legs gave up on the treadmill at 128 bpm.",
        height=176,
        weight=84,
        cholesterol=6.1,
        systolic_pressure=142,
        rhythm="sinus rhythm",
        heart_rate=68,
        pr_interval=168,
        conduction="normal conduction",
        lv_edv=146,
        lv_esv=58,
        septal_thickness=10,
        wall_thickness=9,
        infiltration=0,
        la_volume=58,
        congestion=0.05,
        crp=3,
        haemoglobin=14.1,
        creatinine=92,
    ),
    Patient(
        name="Ms Maria Lindqvist",
        sex="female",
        age=41,
        complaint="Her mother died of a heart attack at 60. She feels well.",
        height=168,
        weight=63,
        cholesterol=8.2,
        systolic_pressure=118,
        rhythm="sinus rhythm",
        heart_rate=64,
        pr_interval=152,
        conduction="normal conduction",
        lv_edv=122,
        lv_esv=46,
        septal_thickness=8,
        wall_thickness=8,
        infiltration=0,
        la_volume=44,
        congestion=0.0,
        crp=1,
        haemoglobin=13.4,
        creatinine=66,
    ),
    Patient(
        name="Mrs Amina Rahman",
        sex="female",
        age=67,
        complaint="Her heart flutters at night.",
        height=160,
        weight=71,
        cholesterol=5.0,
        systolic_pressure=136,
        rhythm="atrial fibrillation",
        heart_rate=92,
        pr_interval=160,
        conduction="normal conduction",
        lv_edv=112,
        lv_esv=50,
        septal_thickness=10,
        wall_thickness=9,
        infiltration=0,
        la_volume=96,
        congestion=0.15,
        crp=4,
        haemoglobin=12.9,
        creatinine=78,
    ),
    Patient(
        name="Mr George Papadakis",
        sex="male",
        age=58,
        complaint="He sleeps on three pillows, and his ankles swell.",
        height=174,
        weight=92,
        cholesterol=5.6,
        systolic_pressure=104,
        rhythm="sinus rhythm with ectopic beats",
        heart_rate=88,
        pr_interval=176,
        conduction="left bundle branch block",
        lv_edv=284,
        lv_esv=216,
        septal_thickness=8,
        wall_thickness=8,
        infiltration=0,
        la_volume=118,
        congestion=0.8,
        crp=9,
        haemoglobin=11.9,
        creatinine=131,
    ),
    Patient(
        name="Mr Tom Becker",
        sex="male",
        age=29,
        complaint="He fainted while playing football.",
        height=183,
        weight=79,
        cholesterol=4.4,
        systolic_pressure=121,
        rhythm="sinus rhythm",
        heart_rate=58,
        pr_interval=148,
        conduction="normal conduction",
        lv_edv=128,
        lv_esv=38,
        septal_thickness=22,
        wall_thickness=11,
        infiltration=0,
        la_volume=72,
        congestion=0.05,
        crp=1,
        haemoglobin=15.2,
        creatinine=84,
    ),
    Patient(
        name="Mrs Rosa Delgado",
        sex="female",
        age=86,
        complaint="She has to rest on each landing of the stairs.",
        height=157,
        weight=58,
        cholesterol=4.4,
        systolic_pressure=112,
        rhythm="sinus rhythm",
        heart_rate=78,
        pr_interval=218,
        conduction="normal conduction",
        lv_edv=92,
        lv_esv=44,
        septal_thickness=17,
        wall_thickness=16,
        infiltration=0.9,
        la_volume=94,
        congestion=0.45,
        crp=5,
        haemoglobin=11.6,
        creatinine=104,
    ),
)
"""Six people who come back from chapter to chapter. Behind their complaints are, in this order: coronary disease to be
looked for; a high cholesterol; atrial fibrillation; dilated, hypertrophic and amyloid cardiomyopathy."""
