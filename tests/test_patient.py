from dataclasses import replace

import pytest

from data_generators import CAST

BY_NAME = {patient.name: patient for patient in CAST}


def test_the_cast_are_six_different_people():
    assert len(BY_NAME) == len({patient.complaint for patient in CAST}) == 6
    assert {patient.sex for patient in CAST} == {"female", "male"}


def test_mr_osei_is_who_the_first_chapter_says():
    osei = BY_NAME["Mr Samuel Osei"]
    assert (osei.age, "128 bpm" in osei.complaint) == (74, True)


def test_diseases_are_what_guidelines_call_them():
    dilated, hypertrophic = BY_NAME["Mr George Papadakis"], BY_NAME["Mr Tom Becker"]
    assert dilated.ejection_fraction < 40
    assert dilated.lv_edv > 220
    assert hypertrophic.septal_thickness >= 15  # the ESC's limit
    assert hypertrophic.ejection_fraction >= 60
    amyloid = BY_NAME["Mrs Rosa Delgado"]
    assert min(amyloid.septal_thickness, amyloid.wall_thickness) >= 12
    assert BY_NAME["Mrs Amina Rahman"].rhythm == "atrial fibrillation"


def test_ejection_fraction_and_body_mass_index():
    patient = replace(CAST[0], lv_edv=200, lv_esv=80, height=200, weight=100)
    assert patient.ejection_fraction == pytest.approx(60)
    assert patient.body_mass_index == pytest.approx(25)


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("age", 7, "age is 7; it must be from 18 to 110"),
        ("congestion", 1.5, "congestion is 1.5; it must be from 0 to 1"),
        ("septal_thickness", -2, "septal_thickness is -2"),
        ("cholesterol", float("nan"), "cholesterol is nan"),
        ("lv_esv", 300, "lv_esv is 300; it must be below lv_edv, which is 146"),
        ("sex", "unknown", "sex is 'unknown'; allowed are 'female', 'male'"),
        ("rhythm", "flutter", "rhythm is 'flutter'; allowed are 'sinus rhythm'"),
    ],
)
def test_what_no_person_has_is_refused_by_name(field, value, says):
    with pytest.raises(ValueError, match=says):
        replace(CAST[0], **{field: value})
