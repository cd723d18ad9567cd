"""Simulated cardiology data with exact truth, for learning only: no number here comes from a patient.

Every function is called `make_<task>` and returns `(X, y)`, or `(X, y, truth)` with `return_truth=True`.
"""

from data_generators.patient import CAST, Patient
from data_generators.pulse import PULSE_RHYTHMS, make_pulses, take_pulse
from data_generators.tabular import (
    MAX_HEART_RATE_LAWS,
    TEN_YEAR_MORTALITY_LAW,
    make_max_heart_rate,
    make_ten_year_mortality,
    ten_year_mortality_risk,
)

__all__ = [
    "CAST",
    "MAX_HEART_RATE_LAWS",
    "PULSE_RHYTHMS",
    "TEN_YEAR_MORTALITY_LAW",
    "Patient",
    "make_max_heart_rate",
    "make_pulses",
    "make_ten_year_mortality",
    "take_pulse",
    "ten_year_mortality_risk",
]
