from dataclasses import FrozenInstanceError, fields, replace

import numpy as np
import pytest
from scipy import stats

from data_generators import (
    BNP_CUT,
    CAST,
    CMR_VENTRICLES,
    CMR_WHOLE_HEART,
    ECHO_CHAMBERS,
    LEADS,
    XRAY_PARTS,
    Patient,
    record_cmr,
    record_ct,
    record_ecg,
    record_echo,
    record_xray,
)

OSEI, LINDQVIST, RAHMAN, PAPADAKIS, BECKER, DELGADO = CAST


def test_the_cast_are_six_people():
    assert len({patient.name for patient in CAST}) == 6
    assert len({patient.complaint for patient in CAST}) == 6
    assert {patient.sex for patient in CAST} == {"female", "male"}


@pytest.mark.parametrize(
    ("patient", "surname", "age"),
    [
        (OSEI, "Osei", 74),
        (LINDQVIST, "Lindqvist", 41),
        (RAHMAN, "Rahman", 67),
        (PAPADAKIS, "Papadakis", 58),
        (BECKER, "Becker", 29),
        (DELGADO, "Delgado", 86),
    ],
)
def test_the_notebooks_meet_them_at_these_ages(patient, surname, age):
    assert patient.name.endswith(surname)
    assert patient.age == age


def test_ejection_fraction_and_body_mass_index_are_worked_out():
    patient = replace(OSEI, lv_edv=150, lv_esv=60, weight=81, height=180)
    assert patient.ejection_fraction == pytest.approx(60)
    assert patient.body_mass_index == pytest.approx(25)


def test_each_disease_shows_in_the_heart():
    assert BECKER.septal_thickness >= 15  # the diagnostic threshold of hypertrophic cardiomyopathy, mm
    assert BECKER.septal_thickness > 1.3 * BECKER.wall_thickness  # asymmetric
    assert BECKER.ejection_fraction >= 60
    assert PAPADAKIS.lv_edv > 220
    assert PAPADAKIS.ejection_fraction < 40
    assert PAPADAKIS.septal_thickness < 10
    assert PAPADAKIS.congestion > 0.5
    assert min(DELGADO.septal_thickness, DELGADO.wall_thickness) >= 12  # amyloid is concentric
    assert 45 <= DELGADO.ejection_fraction <= 60
    assert RAHMAN.la_volume > 60
    assert [patient.rhythm for patient in CAST].count("atrial fibrillation") == 1
    assert RAHMAN.rhythm == "atrial fibrillation"
    assert max(CAST, key=lambda patient: patient.cholesterol) is LINDQVIST


def test_the_healthy_hearts_are_normal():
    # Within two standard deviations of UK Biobank's healthy hearts (Petersen and others 2017): left ventricular
    # end-diastolic volume 166 +- 32 ml in men and 124 +- 21 ml in women, ejection fraction 58 +- 5 and 61 +- 5%.
    for patient, edv, edv_sd, ejection, sd in ((OSEI, 166, 32, 58, 5), (LINDQVIST, 124, 21, 61, 5)):
        assert abs(patient.lv_edv - edv) < 2 * edv_sd
        assert abs(patient.ejection_fraction - ejection) < 2 * sd
        assert max(patient.septal_thickness, patient.wall_thickness) < 12


def test_a_patient_cannot_be_changed():
    with pytest.raises(FrozenInstanceError):
        OSEI.age = 75


NUMBERS = [field.name for field in fields(Patient) if field.type in (float, "float")]


@pytest.mark.parametrize("field", NUMBERS)
@pytest.mark.parametrize("value", [-5, 10_000, float("nan")])
def test_a_number_that_no_person_has_is_named_with_the_limits(field, value):
    with pytest.raises(ValueError, match=rf"^{field} is {value!r}; it must be from [\d.]+ to [\d.]+\.$"):
        replace(OSEI, **{field: value})


def test_every_number_has_limits():
    assert len(NUMBERS) == 17


@pytest.mark.parametrize(("field", "value"), [("sex", "unknown"), ("rhythm", "AF"), ("rhythm", "")])
def test_another_word_is_named_with_those_allowed(field, value):
    with pytest.raises(ValueError, match=rf"^{field} is {value!r}; allowed are '.*', '.*'\.$"):
        replace(OSEI, **{field: value})


@pytest.mark.parametrize("lv_esv", [OSEI.lv_edv, OSEI.lv_edv + 1])
def test_a_ventricle_ejects_something(lv_esv):
    with pytest.raises(ValueError, match=r"^lv_esv is .*; it must be below lv_edv, which is 146\.$"):
        replace(OSEI, lv_esv=lv_esv)


def test_one_heart_beats_in_every_modality():
    lv = {"echo": [], "magnetic resonance": [], "CT": [], "film": []}
    for patient in CAST:
        _, by_echo = record_echo(patient, frames=1, size=128, random_state=0)
        _, by_cmr = record_cmr(patient, random_state=0)
        slices = [record_ct(patient, level=level, random_state=0)[1] for level in (-20, -10, 0, 10)]
        _, film = record_xray(patient, random_state=0)
        depth = (by_echo > 0).any(axis=2).sum()  # each echo has a scale of its own: compare shapes
        lv["echo"].append((by_echo == ECHO_CHAMBERS.index("LV")).sum() / depth**2)
        lv["magnetic resonance"].append((by_cmr[0] == CMR_VENTRICLES.index("LV")).sum())
        lv["CT"].append(sum((each == CMR_WHOLE_HEART.index("LV")).sum() for each in slices))
        lv["film"].append((film == XRAY_PARTS.index("heart")).sum())
    volume = [patient.lv_edv for patient in CAST]
    for name, least in (("magnetic resonance", 0.93), ("CT", 0.9)):
        assert stats.spearmanr(lv[name], volume).statistic > least
    assert np.argmax(lv["film"]) == np.argmax(lv["magnetic resonance"]) == np.argmax(volume)
    assert CAST[int(np.argmin(lv["echo"]))] in (BECKER, DELGADO)  # thick walls leave little room


def test_hypertrophy_is_in_the_voltage_and_in_the_wall():
    thick = {}
    for patient in (BECKER, LINDQVIST):
        leads = record_ecg(replace(patient, rhythm="sinus rhythm"), random_state=0)
        v1, v5 = (leads[LEADS.index(name)] for name in ("V1", "V5"))
        _, by_cmr = record_cmr(patient, size=128, random_state=0)
        _, by_ct = record_ct(patient, random_state=0)
        walls = [
            (parts == label).sum() / (parts == cavity).sum()
            for parts, cavity, label in (
                (by_cmr[0], CMR_VENTRICLES.index("LV"), CMR_VENTRICLES.index("LV myocardium")),
                (by_ct, CMR_WHOLE_HEART.index("LV"), CMR_WHOLE_HEART.index("LV myocardium")),
            )
        ]
        thick[patient] = (v5.max() - v1.min(), *walls)
    voltage, *walls = (ill / well for ill, well in zip(thick[BECKER], thick[LINDQVIST], strict=True))
    assert voltage > 1.1
    assert min(walls) > 1.4


def test_congestion_is_in_the_film_and_in_the_blood():
    white, bnp = [], []
    for congestion in (0.0, 0.4, 0.6, 0.8):
        patient = replace(PAPADAKIS, congestion=congestion)
        film, parts = record_xray(patient, random_state=0)
        white.append(film[parts == XRAY_PARTS.index("lung")].mean())
        bnp.append(patient.bnp)
    assert white == sorted(white)
    assert bnp == sorted(bnp)
    assert bnp[0] < BNP_CUT < bnp[-1]
