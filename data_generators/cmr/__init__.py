"""Magnetic resonance of beating hearts: hypertrophy, ventricles in short axis, and the whole heart in the chest."""

from data_generators.cmr.hcm import make_cmr_hcm
from data_generators.cmr.recording import record_cmr
from data_generators.cmr.scanner import CMR_SCANNERS, CMR_SLICE_DISTANCE, CMR_SLICES, CMR_VENTRICLES
from data_generators.cmr.ventricles import make_cmr_ventricles
from data_generators.cmr.whole_heart import CMR_WHOLE_HEART, WHOLE_HEART_PARTS, make_cmr_whole_heart

__all__ = [
    "CMR_SCANNERS",
    "CMR_SLICES",
    "CMR_SLICE_DISTANCE",
    "CMR_VENTRICLES",
    "CMR_WHOLE_HEART",
    "WHOLE_HEART_PARTS",
    "make_cmr_hcm",
    "make_cmr_ventricles",
    "make_cmr_whole_heart",
    "record_cmr",
]
