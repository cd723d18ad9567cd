from functools import partial

import numpy as np
import pytest
from sklearn.cluster import KMeans
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import adjusted_rand_score, roc_auc_score
from sklearn.preprocessing import StandardScaler

from data_generators import (
    TEN_YEAR_MORTALITY_LAW,
    make_bmi,
    make_glasgow_coma_scale,
    make_hf_phenotypes,
    make_max_heart_rate,
    make_risk_markers,
    make_ten_year_mortality,
    ten_year_mortality_risk,
)


@pytest.mark.parametrize(("law", "intercept", "slope"), [("tanaka", 208, -0.7), ("220-age", 220, -1.0)])
def test_a_fit_recovers_the_published_line(law, intercept, slope):
    # With 40,000 patients the standard errors are 0.14 bpm and 0.0026 bpm a year; five of them are allowed.
    X, y = make_max_heart_rate(40_000, law=law, random_state=3)
    found_slope, found_intercept = np.polyfit(X[:, 0].astype(float), y.astype(float), 1)
    assert found_slope == pytest.approx(slope, abs=0.013)
    assert found_intercept == pytest.approx(intercept, abs=0.7)


def test_the_ceiling_is_the_error_of_the_law_itself():
    _, y, truth = make_max_heart_rate(40_000, random_state=4, return_truth=True)
    residual = y - truth["expected_heart_rate"]
    assert np.sqrt(np.mean(residual**2)) == pytest.approx(truth["ceiling"], rel=0.02)
    assert np.mean(residual) == pytest.approx(0, abs=0.25)


def test_expected_heart_rate_is_the_law_at_each_age():
    X, _, truth = make_max_heart_rate(50, law="220-age", random_state=5, return_truth=True)
    assert truth["expected_heart_rate"] == pytest.approx(220 - X[:, 0])


def test_cholesterol_matters_most_in_the_middle():
    # The figures of the design: 2 mmol/L more, from 4.5 to 6.5, add 0.4, 8.9 and 4.1 points at 40, 65 and 90 years.
    ages = np.array([40, 65, 90])
    points = 100 * (ten_year_mortality_risk(ages, 6.5) - ten_year_mortality_risk(ages, 4.5))
    assert points == pytest.approx([0.4, 8.9, 4.1], abs=0.1)
    assert ten_year_mortality_risk(ages, 5.5) == pytest.approx([0.009, 0.23, 0.91], abs=0.005)


def test_a_fit_recovers_the_law_of_mortality():
    # With 60,000 people the standard errors are about 0.013, 0.001 and 0.010; five of them are allowed.
    X, died = make_ten_year_mortality(60_000, random_state=2)
    model = LogisticRegression(C=np.inf).fit(X - [65, 5.5], died)
    law = TEN_YEAR_MORTALITY_LAW
    assert model.intercept_[0] == pytest.approx(law["at_65"], abs=0.065)
    assert model.coef_[0] == pytest.approx([law["per_year"], law["per_mmol"]], abs=0.05)


@pytest.mark.parametrize(
    "make",
    [make_ten_year_mortality, make_risk_markers, partial(make_risk_markers, interaction=True)],
    ids=["mortality", "markers", "interacting markers"],
)
def test_the_true_risks_reach_the_ceiling_and_are_calibrated(make):
    # The standard error of an AUC from 40,000 people is below 0.003.
    _, y, truth = make(40_000, random_state=8, return_truth=True)
    assert roc_auc_score(y, truth["risk"]) == pytest.approx(truth["ceiling"], abs=0.01)
    for low, high in ((0, 0.2), (0.2, 0.5), (0.5, 1)):
        band = (truth["risk"] >= low) & (truth["risk"] < high)
        assert y[band].mean() == pytest.approx(truth["risk"][band].mean(), abs=0.02)


@pytest.mark.parametrize(("interaction", "below"), [(False, (-0.01, 0.015)), (True, (0.05, 0.2))])
def test_a_sum_of_markers_is_enough_unless_they_interact(interaction, below):
    X, y, _ = make_risk_markers(20_000, interaction=interaction, random_state=3, return_truth=True)
    X_new, y_new, truth = make_risk_markers(20_000, interaction=interaction, random_state=4, return_truth=True)
    scaler = StandardScaler().fit(X)
    model = LogisticRegression().fit(scaler.transform(X), y)
    auc = roc_auc_score(y_new, model.predict_proba(scaler.transform(X_new))[:, 1])
    assert below[0] < truth["ceiling"] - auc < below[1]


def test_the_true_posterior_reaches_the_ceiling_of_clustering_and_scaling_helps():
    X, y, truth = make_hf_phenotypes(4000, random_state=6, return_truth=True)
    assert truth["posterior"].sum(axis=1) == pytest.approx(np.ones(4000))
    assert adjusted_rand_score(y, truth["posterior"].argmax(axis=1)) == pytest.approx(truth["ceiling"], abs=0.04)
    raw, scaled = (
        adjusted_rand_score(y, KMeans(4, n_init=3, random_state=0).fit_predict(table))
        for table in (X, StandardScaler().fit_transform(X))
    )
    assert raw + 0.1 < scaled < truth["ceiling"] - 0.05


def test_missing_values_are_as_many_as_asked():
    X, _ = make_hf_phenotypes(3000, missing=0.2, random_state=0)
    assert np.isnan(X).mean() == pytest.approx(0.2, abs=0.02)


def test_bmi_is_weight_over_height_squared_and_the_papers_constants_give_too_much():
    X, y, truth = make_bmi(500, random_state=0, return_truth=True)
    kg, metres = (14 * X[:, 0] + X[:, 1]) * 0.45359237, (12 * X[:, 2] + X[:, 3]) * 0.0254
    assert truth["kg"] == pytest.approx(kg, rel=1e-5)
    assert y == pytest.approx(kg / metres**2, rel=1e-4)
    same, rounded = make_bmi(500, constants="paper", random_state=0)
    assert (same == X).all()
    assert rounded / y == pytest.approx(np.full(500, 1.0309), abs=2e-4)


def test_the_coma_scale_is_the_sum_of_its_parts():
    X, y, truth = make_glasgow_coma_scale(2000, random_state=0, return_truth=True)
    assert (y == X.sum(axis=1)).all()
    assert X.min(axis=0).tolist() == [1, 1, 1]
    assert X.max(axis=0).tolist() == [4, 5, 6]
    assert abs(np.corrcoef(truth["coma_depth"], y)[0, 1]) > 0.7
