"""Table 1 of the review as data: 21 systems, each with the generator that simulates its data."""

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any, Literal

from data_generators.cmr import make_cmr_hcm, make_cmr_ventricles, make_cmr_whole_heart
from data_generators.ct import (
    make_ct_agatston,
    make_ct_carotid_bifurcation,
    make_ct_coronary_calcium,
    make_ct_epicardial_fat,
)
from data_generators.ecg import make_accessory_pathways, make_arrhythmias, make_ecg_segmentation
from data_generators.echo import (
    make_echo_cardiomyopathies,
    make_echo_chambers,
    make_echo_lv_volumes,
    make_echo_quality,
    make_echo_views,
)
from data_generators.histology import make_biopsy_heart_failure
from data_generators.pressure import make_pressure_damping
from data_generators.spect import make_spect_cad
from data_generators.xray import make_xray_bnp, make_xray_diagnoses, make_xray_pacemakers

Problem = Literal["classification", "regression", "segmentation"]


@dataclasses.dataclass(frozen=True, kw_only=True)
class System:
    """A system of machine learning in cardiology, as the review tabulates it.

    Attributes:
        field: such as "ECG".
        task: what it does.
        problem: "classification", "regression" or "segmentation".
        network: the kind of network, as tabulated.
        published: the kind that the publication names, where it differs; else None.
        reference: number in the review's list.
        citation: of the publication.
        make: the generator that simulates its data.
        options: for the generator, where its defaults suit another network.
        metric: what its results are told in.
        ceiling: the best value that a model can reach, where the simulation knows it; else None.
    """

    field: str
    task: str
    problem: Problem
    network: str
    published: str | None = None
    reference: int
    citation: str
    make: Callable[..., tuple[Any, ...]]
    options: Mapping[str, object] = dataclasses.field(default_factory=dict)
    metric: str
    ceiling: float | None = None


TABLE_1: tuple[System, ...] = (
    System(
        field="ECG",
        task="Accessory pathway localisation",
        problem="classification",
        network="classic neural network",
        reference=8,
        citation="Huang and others, Med Inform Internet Med 2005;30:277-286",
        make=make_accessory_pathways,
        options={"form": "features"},
        metric="accuracy",
        ceiling=0.906,
    ),
    System(
        field="ECG",
        task="Arrhythmia detection and classification",
        problem="classification",
        network="1D CNN",
        reference=2,
        citation="Hannun and others, Nat Med 2019;25:65-69",
        make=make_arrhythmias,
        metric="F1 score, mean over the rhythms",
    ),
    System(
        field="ECG",
        task="ECG segmentation",
        problem="segmentation",
        network="1D CNN",
        reference=26,
        citation="Sereda and others, arXiv 1812.10386",
        make=make_ecg_segmentation,
        metric="Dice coefficient",
    ),
    System(
        field="Echocardiography",
        task="Cardiomyopathy diagnosis from images",
        problem="classification",
        network="2D CNN",
        reference=19,
        citation="Zhang and others, Circulation 2018;138:1623-1635",
        make=make_echo_cardiomyopathies,
        metric="accuracy",
    ),
    System(
        field="Echocardiography",
        task="View classification from videos",
        problem="classification",
        network="3D CNN",
        reference=27,
        citation="Howard and others, J Med Artif Intell 2020;3:4",
        make=make_echo_views,
        metric="accuracy",
    ),
    System(
        field="Echocardiography",
        task="Image quality assessment",
        problem="regression",
        network="2D CNN",
        published="2D CNN and a recurrent network",
        reference=28,
        citation="Abdi and others, Springer 2017, pages 302-310",
        make=make_echo_quality,
        metric="root mean squared error, points",
        ceiling=5.0,
    ),
    System(
        field="Echocardiography",
        task="Left ventricular volume and ejection fraction calculation",
        problem="regression",
        network="2D CNN",
        reference=18,
        citation="Ghorbani and others, npj Digital Medicine 2020;3:10",
        make=make_echo_lv_volumes,
        metric="mean absolute error, ml and points of EF",
    ),
    System(
        field="Echocardiography",
        task="Echo chamber segmentation",
        problem="segmentation",
        network="2D CNN",
        reference=19,
        citation="Zhang and others, Circulation 2018;138:1623-1635",
        make=make_echo_chambers,
        metric="Dice coefficient",
    ),
    System(
        field="Cardiac MRI",
        task="Diagnosis of hypertrophic cardiomyopathy",
        problem="classification",
        network="3D CNN",
        published="a deep generative model",
        reference=29,
        citation="Biffi and others, arXiv 1807.06843",
        make=make_cmr_hcm,
        metric="area under the ROC curve",
        ceiling=0.986,
    ),
    System(
        field="Cardiac MRI",
        task="Left ventricular segmentation",
        problem="segmentation",
        network="2D CNN",
        reference=1,
        citation="Bhuva and others, Circ Cardiovasc Imaging 2019;12:e009214",
        make=make_cmr_ventricles,
        metric="Dice coefficient",
    ),
    System(
        field="Cardiac MRI",
        task="Whole heart segmentation",
        problem="segmentation",
        network="2D CNN",
        reference=30,
        citation="Howard and others, Int J Cardiovasc Imaging 2021;37:1-10",
        make=make_cmr_whole_heart,
        metric="Dice coefficient",
    ),
    System(
        field="Cardiac CT",
        task="Carotid artery bifurcation detection",
        problem="classification",
        network="classic neural network",
        reference=9,
        citation="Zheng and others, Springer 2015, pages 565-572",
        make=make_ct_carotid_bifurcation,
        metric="area under the ROC curve",
    ),
    System(
        field="Cardiac CT",
        task="Agatston score calculation",
        problem="regression",
        network="3D CNN",
        reference=31,
        citation="Cano-Espinosa and others, Proc SPIE 2018;10574:105742K",
        make=make_ct_agatston,
        metric="correlation of the logarithm of the score and one",
    ),
    System(
        field="Cardiac CT",
        task="Epicardial adipose tissue quantification",
        problem="segmentation",
        network="2D CNN",
        reference=20,
        citation="Commandeur and others, Radiol Artif Intell 2019;1:e190045",
        make=make_ct_epicardial_fat,
        metric="Dice coefficient",
    ),
    System(
        field="Cardiac CT",
        task="Coronary calcium quantification",
        problem="segmentation",
        network="2D CNN",
        reference=21,
        citation="Zeleznik and others, Nat Commun 2021;12:715",
        make=make_ct_coronary_calcium,
        metric="Dice coefficient",
    ),
    System(
        field="X-ray",
        task="Diagnoses from chest X-rays",
        problem="classification",
        network="2D CNN",
        reference=14,
        citation="Rajpurkar and others, arXiv 1711.05225",
        make=make_xray_diagnoses,
        metric="area under the ROC curve, mean over the diagnoses",
    ),
    System(
        field="X-ray",
        task="Pacemaker model identification",
        problem="classification",
        network="2D CNN",
        reference=22,
        citation="Howard and others, JACC Clin Electrophysiol 2019;5:576-586",
        make=make_xray_pacemakers,
        metric="accuracy",
    ),
    System(
        field="X-ray",
        task="BNP estimation from chest X-ray",
        problem="regression",
        network="2D CNN",
        reference=32,
        citation="Seah and others, Radiology 2019;290:514-522",
        make=make_xray_bnp,
        metric="explained share of the variance of ln BNP",
        ceiling=0.717,
    ),
    System(
        field="Other",
        task="Identification of pressure damping in coronary angiography",
        problem="classification",
        network="1D CNN",
        reference=15,
        citation="Howard and others, JACC Cardiovasc Interv 2019;12:2093-2101",
        make=make_pressure_damping,
        metric="accuracy",
    ),
    System(
        field="Other",
        task="Identifying obstructive coronary artery disease in MPS",
        problem="classification",
        network="2D CNN",
        reference=33,
        citation="Betancur and others, JACC Cardiovasc Imaging 2018;11:1654-1663",
        make=make_spect_cad,
        metric="area under the ROC curve",
        ceiling=0.834,
    ),
    System(
        field="Other",
        task="Identifying heart failure from cardiac biopsy",
        problem="classification",
        network="2D CNN",
        reference=34,
        citation="Nirschl and others, PLoS One 2018;13:e0192726",
        make=make_biopsy_heart_failure,
        metric="area under the ROC curve, by patient",
    ),
)
"""The systems in the order of the table. Howard and Francis, Heart 2022;108:973-981."""
