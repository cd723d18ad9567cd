"""Simulated electrocardiograms."""

from data_generators.ecg.leads import LEADS
from data_generators.ecg.noise import ECG_SITES
from data_generators.ecg.pathways import PATHWAY_SITES, make_accessory_pathways
from data_generators.ecg.rhythm import RHYTHMS
from data_generators.ecg.twelve_lead import (
    ECG_WAVES,
    make_arrhythmias,
    make_ecg,
    make_ecg_segmentation,
    record_ecg,
)
from data_generators.ecg.vcg import CONDUCTIONS

__all__ = [
    "CONDUCTIONS",
    "ECG_SITES",
    "ECG_WAVES",
    "LEADS",
    "PATHWAY_SITES",
    "RHYTHMS",
    "make_accessory_pathways",
    "make_arrhythmias",
    "make_ecg",
    "make_ecg_segmentation",
    "record_ecg",
]
