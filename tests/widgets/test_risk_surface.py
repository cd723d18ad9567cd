import pytest

from course_utils.widgets import explore_risk_surface
from data_generators import ten_year_mortality_risk


def test_the_risk_surface_shows_the_simulations_own_risk():
    explorer = explore_risk_surface(age=71, cholesterol=7.5)
    assert explorer.result["risk"] == pytest.approx(ten_year_mortality_risk(71, 7.5))
    assert explorer.result["lowered"] == pytest.approx(ten_year_mortality_risk(71, 5.5))
    assert "7.5 mmol/L (290 mg/dL)" in explorer.alt


def test_cholesterol_matters_most_in_the_middle():
    explorer = explore_risk_surface(cholesterol=6.5, widest=True, guess=50)
    gap = {}
    for age in range(40, 91):
        explorer.set(age=age)
        gap[age] = explorer.result["risk"] - explorer.result["lowered"]
    widest = max(gap, key=gap.get)
    assert explorer.result["widest_age"] == pytest.approx(widest, abs=0.5)
    assert 60 < widest < 80
    assert gap[widest] > 2 * max(gap[40], gap[90])
    assert f"The gap is widest at {widest} years" in explorer.alt
    assert "You guessed 50 years." in explorer.alt


def test_drawing_log_odds_changes_the_picture_and_not_the_risk():
    explorer = explore_risk_surface(age=60)
    risk, picture = explorer.result["risk"], explorer.picture
    explorer.set(log_odds=True)
    assert explorer.picture != picture
    assert explorer.result["risk"] == risk


def test_without_an_effect_less_cholesterol_changes_nothing():
    explorer = explore_risk_surface(effect=0)
    assert explorer.result["risk"] == explorer.result["lowered"]
    assert "0.0 points fewer" in explorer.alt
