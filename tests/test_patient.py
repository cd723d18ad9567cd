from dataclasses import FrozenInstanceError, fields, replace

import pytest

from data_generators import CAST, Patient

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
