"""Simulated cardiology data with exact truth, for learning only: no number here comes from a patient.

Every function is called `make_<task>` and returns `(X, y)`, or `(X, y, truth)` with `return_truth=True`. X and y are
arrays of their own, in the order of C, to be written to. While they are made, memory holds at most as much again, and
some megabytes. A seed gives the same bytes on one thread as on two; but magnetic resonance pictures may differ in their
last digits then, by at most 1e-5, and labels never do.
"""

from data_generators.cmr import (
    CMR_SCANNERS,
    CMR_SLICE_DISTANCE,
    CMR_SLICES,
    CMR_VENTRICLES,
    CMR_WHOLE_HEART,
    make_cmr_hcm,
    make_cmr_ventricles,
    make_cmr_whole_heart,
    record_cmr,
)
from data_generators.ct import (
    CALCIUM,
    CAROTID_PATCHES,
    CT_CORONARIES,
    agatston_score,
    make_ct_agatston,
    make_ct_carotid_bifurcation,
    make_ct_coronary_calcium,
    make_ct_epicardial_fat,
    record_ct,
)
from data_generators.ecg import (
    CONDUCTIONS,
    ECG_SITES,
    ECG_WAVES,
    LEADS,
    PATHWAY_SITES,
    RHYTHMS,
    make_accessory_pathways,
    make_arrhythmias,
    make_ecg,
    make_ecg_segmentation,
    record_ecg,
)
from data_generators.echo import (
    ECHO_CARDIOMYOPATHIES,
    ECHO_CHAMBERS,
    ECHO_MACHINES,
    ECHO_VOLUMES,
    make_echo_cardiomyopathies,
    make_echo_chambers,
    make_echo_lv_volumes,
    make_echo_quality,
    make_echo_views,
    record_echo,
)
from data_generators.formulas import BMI_CONSTANTS, GLASGOW_COMA_SCALE, make_bmi, make_glasgow_coma_scale
from data_generators.heart.disease import HEART_CONDITIONS, HYPERTROPHIC_VARIANTS
from data_generators.heart.views import ECHO_VIEWS
from data_generators.histology import PATCHES_PER_PATIENT, make_biopsy_heart_failure
from data_generators.markers import MARKERS, make_risk_markers, marker_risk
from data_generators.patient import CAST, Patient
from data_generators.patterns import (
    LINE_KERNELS,
    NOUGHTS_AND_CROSSES,
    ORIENTED_LINES,
    make_noughts_and_crosses,
    make_oriented_lines,
)
from data_generators.phenotypes import HF_FEATURES, HF_PHENOTYPES, make_hf_phenotypes
from data_generators.pressure import PRESSURE_TRACES, make_pressure_damping
from data_generators.pulse import PULSE_RHYTHMS, make_pulses, take_pulse
from data_generators.spect import CORONARY_SEGMENTS, SPECT_SIZE, make_spect_cad, polar_segments
from data_generators.table1 import TABLE_1, System
from data_generators.tabular import (
    MAX_HEART_RATE_LAWS,
    TEN_YEAR_MORTALITY_LAW,
    make_max_heart_rate,
    make_ten_year_mortality,
    ten_year_mortality_risk,
)
from data_generators.twins import TWIN_CHANGES, twins
from data_generators.xray import (
    BNP_CUT,
    PACEMAKER_MODELS,
    XRAY_DIAGNOSES,
    XRAY_PARTS,
    cardiothoracic_ratio,
    make_xray_bnp,
    make_xray_diagnoses,
    make_xray_pacemakers,
    record_xray,
)

__all__ = [
    "BMI_CONSTANTS",
    "BNP_CUT",
    "CALCIUM",
    "CAROTID_PATCHES",
    "CAST",
    "CMR_SCANNERS",
    "CMR_SLICES",
    "CMR_SLICE_DISTANCE",
    "CMR_VENTRICLES",
    "CMR_WHOLE_HEART",
    "CONDUCTIONS",
    "CORONARY_SEGMENTS",
    "CT_CORONARIES",
    "ECG_SITES",
    "ECG_WAVES",
    "ECHO_CARDIOMYOPATHIES",
    "ECHO_CHAMBERS",
    "ECHO_MACHINES",
    "ECHO_VIEWS",
    "ECHO_VOLUMES",
    "GLASGOW_COMA_SCALE",
    "HEART_CONDITIONS",
    "HF_FEATURES",
    "HF_PHENOTYPES",
    "HYPERTROPHIC_VARIANTS",
    "LEADS",
    "LINE_KERNELS",
    "MARKERS",
    "MAX_HEART_RATE_LAWS",
    "NOUGHTS_AND_CROSSES",
    "ORIENTED_LINES",
    "PACEMAKER_MODELS",
    "PATCHES_PER_PATIENT",
    "PATHWAY_SITES",
    "PRESSURE_TRACES",
    "PULSE_RHYTHMS",
    "RHYTHMS",
    "SPECT_SIZE",
    "TABLE_1",
    "TEN_YEAR_MORTALITY_LAW",
    "TWIN_CHANGES",
    "XRAY_DIAGNOSES",
    "XRAY_PARTS",
    "Patient",
    "System",
    "agatston_score",
    "cardiothoracic_ratio",
    "make_accessory_pathways",
    "make_arrhythmias",
    "make_biopsy_heart_failure",
    "make_bmi",
    "make_cmr_hcm",
    "make_cmr_ventricles",
    "make_cmr_whole_heart",
    "make_ct_agatston",
    "make_ct_carotid_bifurcation",
    "make_ct_coronary_calcium",
    "make_ct_epicardial_fat",
    "make_ecg",
    "make_ecg_segmentation",
    "make_echo_cardiomyopathies",
    "make_echo_chambers",
    "make_echo_lv_volumes",
    "make_echo_quality",
    "make_echo_views",
    "make_glasgow_coma_scale",
    "make_hf_phenotypes",
    "make_max_heart_rate",
    "make_noughts_and_crosses",
    "make_oriented_lines",
    "make_pressure_damping",
    "make_pulses",
    "make_risk_markers",
    "make_spect_cad",
    "make_ten_year_mortality",
    "make_xray_bnp",
    "make_xray_diagnoses",
    "make_xray_pacemakers",
    "marker_risk",
    "polar_segments",
    "record_cmr",
    "record_ct",
    "record_ecg",
    "record_echo",
    "record_xray",
    "take_pulse",
    "ten_year_mortality_risk",
    "twins",
]
