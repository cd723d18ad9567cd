import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.cluster import KMeans
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.metrics import adjusted_rand_score, roc_auc_score
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from data_generators import (
    BMI_CONSTANTS,
    GLASGOW_COMA_SCALE,
    HF_FEATURES,
    HF_PHENOTYPES,
    MARKERS,
    TEN_YEAR_MORTALITY_LAW,
    make_bmi,
    make_glasgow_coma_scale,
    make_hf_phenotypes,
    make_max_heart_rate,
    make_risk_markers,
    make_ten_year_mortality,
    ten_year_mortality_risk,
)

RISKS = {
    "ten-year mortality": make_ten_year_mortality,
    "markers": make_risk_markers,
    "markers that interact": lambda n, **how: make_risk_markers(n, interaction=True, **how),
}
each_risk = pytest.mark.parametrize("make", RISKS.values(), ids=RISKS)
few_passes_are_enough = pytest.mark.filterwarnings("ignore:Stochastic Optimizer")


def area(model, X, y):
    return roc_auc_score(y, model.predict_proba(X)[:, 1])


def logistic_fit(X, y):
    """Return the fitted intercept and coefficients, and their standard errors from the curvature of the likelihood."""
    model = LogisticRegression(C=1e9, tol=1e-8, max_iter=1000).fit(X, y)
    design = np.column_stack([np.ones(len(X)), X])
    probability = model.predict_proba(X)[:, 1]
    information = design.T @ (design * (probability * (1 - probability))[:, None])
    return np.concatenate([model.intercept_, model.coef_[0]]), np.sqrt(np.diag(np.linalg.inv(information)))


# Maximum heart rate


@given(seed=st.integers(0, 2**32 - 1), law=st.sampled_from(["tanaka", "220-age"]))
def test_ages_and_heart_rates_are_those_of_people(seed, law):
    X, y = make_max_heart_rate(300, law=law, random_state=seed)
    assert ((X >= 18) & (X <= 85)).all()
    assert ((y > 60) & (y < 280)).all()


@pytest.mark.parametrize(("law", "intercept", "slope"), [("tanaka", 208, -0.7), ("220-age", 220, -1.0)])
def test_a_fit_recovers_the_published_line(law, intercept, slope):
    # With 40,000 patients the standard errors are 0.14 bpm and 0.0026 bpm a year; five of them are allowed.
    X, y = make_max_heart_rate(40_000, law=law, random_state=3)
    found_slope, found_intercept = np.polyfit(X[:, 0].astype(float), y.astype(float), 1)
    assert found_slope == pytest.approx(slope, abs=0.013)
    assert found_intercept == pytest.approx(intercept, abs=0.7)


def test_the_smallest_error_is_that_of_the_law_itself():
    _, y, truth = make_max_heart_rate(40_000, random_state=4, return_truth=True)
    residual = y - truth["expected_heart_rate"]
    assert np.sqrt(np.mean(residual**2)) == pytest.approx(truth["ceiling"], rel=0.02)
    assert np.mean(residual) == pytest.approx(0, abs=0.25)


def test_expected_heart_rate_is_the_law_at_each_age():
    X, _, truth = make_max_heart_rate(50, law="220-age", random_state=5, return_truth=True)
    assert truth["expected_heart_rate"] == pytest.approx(220 - X[:, 0])


# Ten-year mortality and risk markers


@each_risk
def test_the_ceiling_is_the_area_of_the_true_risks(make):
    # Standard error of an area from 50,000 people with at least a quarter in either group: below 0.003.
    _, y, truth = make(50_000, random_state=1, return_truth=True)
    assert roc_auc_score(y, truth["risk"]) == pytest.approx(truth["ceiling"], abs=0.01)


@each_risk
def test_the_true_risks_are_calibrated(make):
    _, y, truth = make(50_000, random_state=2, return_truth=True)
    for tenth in np.array_split(np.argsort(truth["risk"]), 10):
        expected = truth["risk"][tenth].mean()
        assert abs(y[tenth].mean() - expected) < 4.5 * np.sqrt(expected * (1 - expected) / len(tenth))


@each_risk
def test_a_flexible_model_comes_near_the_ceiling_and_no_further(make):
    X, y, truth = make(30_000, random_state=3, return_truth=True)
    model = HistGradientBoostingClassifier(max_iter=80, max_leaf_nodes=8, random_state=0).fit(X[:10_000], y[:10_000])
    # 20,000 fresh people: the standard error is below 0.004.
    assert truth["ceiling"] - 0.03 < area(model, X[10_000:], y[10_000:]) < truth["ceiling"] + 0.012


def test_a_fit_recovers_the_law_of_mortality():
    X, y = make_ten_year_mortality(40_000, random_state=4)
    found, error = logistic_fit(X - np.array([65, 5.5]), y)
    law = [TEN_YEAR_MORTALITY_LAW[name] for name in ("at_65", "per_year", "per_mmol")]
    assert law == [-1.2, 0.14, 0.25]
    assert (np.abs(found - law) < 4 * error).all()


def test_cholesterol_matters_most_in_the_middle():
    added = {age: 100 * (ten_year_mortality_risk(age, 6.5) - ten_year_mortality_risk(age, 4.5)) for age in (40, 65, 90)}
    assert added == pytest.approx({40: 0.4, 65: 8.9, 90: 4.1}, abs=0.1)
    assert 100 * ten_year_mortality_risk(np.array([40, 65, 90]), 5.5) == pytest.approx([0.9, 23, 91], abs=0.2)


def test_people_of_all_ages_and_cholesterols():
    X, _ = make_ten_year_mortality(20_000, random_state=5)
    assert X.min(axis=0) == pytest.approx([40, 2.5], abs=0.3)
    assert X.max(axis=0) == pytest.approx([90, 9.5], abs=0.3)
    assert X.mean(axis=0) == pytest.approx([65, 5.5], abs=0.5)
    # Cut 2.5 SD below and 3.33 above, a normal distribution keeps 0.975 of its own SD; standard error 0.006.
    assert X[:, 1].std() == pytest.approx(0.975 * 1.2, abs=0.024)


def test_a_fit_recovers_the_law_of_the_markers():
    X, y = make_risk_markers(40_000, random_state=6)
    age, crp, creatinine, haemoglobin, ejection_fraction = X.T.astype(float)
    z = [
        (age - 68) / 12,
        (np.log(crp) - 1.4) / 1.1,
        (np.log(creatinine) - 4.5) / 0.35,
        (haemoglobin - 13.3) / 1.8,
        (ejection_fraction - 50) / 13,
    ]
    assert len(MARKERS) == len(z)
    found, error = logistic_fit(np.stack(z, axis=1), y)
    assert (np.abs(found - [-1.1, 0.8, 0.35, 0.45, -0.3, -0.5]) < 4 * error).all()


def test_markers_go_together_only_if_asked_to():
    alone, _ = make_risk_markers(20_000, random_state=6)
    together, _, truth = make_risk_markers(20_000, correlated=True, random_state=6, return_truth=True)
    age, crp, creatinine, haemoglobin, ejection = range(5)
    for X in (alone, together):
        X[:, [crp, creatinine]] = np.log(X[:, [crp, creatinine]])
    assert np.abs(np.corrcoef(alone.T) - np.eye(5)).max() < 0.03
    r = np.corrcoef(together.T)
    assert r[crp, haemoglobin] == pytest.approx(-0.3, abs=0.03)  # published: -0.42 and -0.09
    assert 0.12 < r[age, crp] < 0.22  # published: 0.15 and 0.19, with a standard error of 0.01 of our own
    assert r[age, creatinine] == pytest.approx(0.25, abs=0.03)
    assert r[age, haemoglobin] == pytest.approx(-0.2, abs=0.03)
    assert r[ejection, creatinine] < -0.1
    np.testing.assert_allclose(together.mean(axis=0), alone.mean(axis=0), rtol=0.02)
    np.testing.assert_allclose(together.std(axis=0), alone.std(axis=0), rtol=0.04)
    assert truth["ceiling"] > 0.75


@pytest.mark.parametrize("interaction", [False, True])
def test_about_three_in_ten_die(interaction):
    _, y = make_risk_markers(20_000, interaction=interaction, random_state=7)
    assert 0.25 < y.mean() < 0.35


@few_passes_are_enough
def test_hidden_layers_win_only_where_markers_interact():
    for interaction in (False, True):
        X, y, truth = make_risk_markers(30_000, interaction=interaction, random_state=8, return_truth=True)
        X = StandardScaler().fit_transform(X)
        network = MLPClassifier((16, 8), learning_rate_init=0.01, max_iter=15, random_state=0)
        plain, deep = (
            area(model.fit(X[:5000], y[:5000]), X[5000:], y[5000:]) for model in (LogisticRegression(), network)
        )
        # 25,000 fresh patients: a standard error below 0.0035, of the difference between two models far less.
        if interaction:
            assert plain < truth["ceiling"] - 0.05
            assert deep > plain + 0.05
        else:
            assert plain > truth["ceiling"] - 0.01 - 0.0035
            assert deep < plain + 0.01


def test_how_markers_interact():
    X, _, truth = make_risk_markers(50_000, interaction=True, random_state=9, return_truth=True)
    plain = make_risk_markers(50_000, random_state=9)[0]
    assert X.tobytes() == plain.tobytes()
    log_odds = np.log(truth["risk"] / (1 - truth["risk"]))
    _, _, creatinine, haemoglobin, ejection_fraction = X.T
    low, middle, high = (log_odds[part].mean() for part in np.array_split(np.argsort(haemoglobin), 3))
    assert min(low, high) > middle + 0.5
    failing, preserved = (
        np.corrcoef(np.log(creatinine[part]), log_odds[part])[0, 1]
        for part in (ejection_fraction < 35, ejection_fraction > 55)
    )
    assert failing > 0.5
    assert abs(preserved) < 0.05  # standard error about 0.008


def test_markers_are_those_of_patients():
    X, _ = make_risk_markers(50_000, random_state=10)
    assert (X.min(axis=0) >= np.array([18, 0.1, 20, 3, 5])).all()
    assert (X.max(axis=0) <= np.array([110, 500, 1500, 25, 85])).all()
    # Five standard errors of a mean or (of the skewed two) a median are below 1% of it, of C-reactive protein 3%.
    assert X.mean(axis=0)[[0, 3, 4]] == pytest.approx([68, 13.3, 50], rel=0.01)
    assert np.median(X[:, 1:3], axis=0) == pytest.approx([np.exp(1.4), np.exp(4.5)], rel=0.03)


# Phenotypes of heart failure


def test_the_most_probable_phenotypes_reach_the_ceiling():
    _, y, truth = make_hf_phenotypes(40_000, random_state=11, return_truth=True)
    found = adjusted_rand_score(y, truth["posterior"].argmax(axis=1))
    # Over samples of 600 it varies by 0.03, so of 40,000 by 0.004.
    assert found == pytest.approx(truth["ceiling"], abs=0.015)
    assert 0.6 < truth["ceiling"] < 0.8


def test_the_posterior_is_calibrated():
    _, y, truth = make_hf_phenotypes(40_000, random_state=12, return_truth=True)
    posterior = truth["posterior"]
    assert posterior.sum(axis=1) == pytest.approx(np.ones(len(y)))
    for phenotype, probability in enumerate(posterior.T):
        for tenth in np.array_split(np.argsort(probability), 10):
            expected = probability[tenth].mean()
            tolerance = 4.5 * np.sqrt(expected * (1 - expected) / len(tenth)) + 1 / len(tenth)
            assert abs((y[tenth] == phenotype).mean() - expected) < tolerance


@few_passes_are_enough
def test_a_flexible_classifier_is_no_surer_than_the_posterior():
    X, y, truth = make_hf_phenotypes(25_000, random_state=13, return_truth=True)
    model = make_pipeline(StandardScaler(), MLPClassifier((32,), max_iter=15, random_state=0))
    found = model.fit(X[:10_000], y[:10_000]).score(X[10_000:], y[10_000:])
    best = (truth["posterior"].argmax(axis=1) == y)[10_000:].mean()
    # The difference between two classifiers that mostly agree has a standard error of about 0.0015.
    assert best - 0.03 < found < best + 0.006


def test_groups_are_found_better_after_scaling():
    scaled, unscaled = [], []
    for seed in range(4):
        X, y, truth = make_hf_phenotypes(600, random_state=seed, return_truth=True)
        for scores, table in ((scaled, StandardScaler().fit_transform(X)), (unscaled, X)):
            clusters = KMeans(4, n_init=5, random_state=0).fit_predict(table)
            scores.append(adjusted_rand_score(y, clusters))
    # One sample varies by about 0.05, the mean of four by half of that.
    assert np.mean(scaled) > np.mean(unscaled) + 0.15
    assert np.mean(scaled) < truth["ceiling"] - 0.08


def test_phenotypes_are_what_their_names_say():
    X, y = make_hf_phenotypes(8000, random_state=14)
    middle = np.array([np.median(X[y == phenotype], axis=0) for phenotype in range(len(HF_PHENOTYPES))])
    share_fibrillating = [X[y == phenotype, 7].mean() for phenotype in range(len(HF_PHENOTYPES))]
    age, bmi, ejection_fraction, bnp, egfr, _, la_volume, _ = middle.T
    assert len(HF_FEATURES) == X.shape[1]
    dilated, cardiorenal, obese, elderly = range(4)
    assert age.argmin() == ejection_fraction.argmin() == dilated
    assert egfr.argmin() == bnp.argmax() == cardiorenal
    assert bmi.argmax() == bnp.argmin() == obese
    assert age.argmax() == la_volume.argmax() == np.argmax(share_fibrillating) == elderly
    assert max(ejection_fraction[[dilated, cardiorenal]]) < 40 < 50 < min(ejection_fraction[[obese, elderly]])
    assert bmi[obese] > 30
    assert egfr[cardiorenal] < 60
    assert (np.bincount(y) > len(y) / 6).all()
    assert set(np.unique(X[:, 7])) == {0, 1}
    assert (X.min(axis=0) >= np.array([18, 12, 5, 2, 3, 60, 10, 0])).all()
    assert (X.max(axis=0) <= np.array([110, 80, 85, 12, 150, 260, 400, 1])).all()


def test_features_go_together_within_a_phenotype():
    X, y = make_hf_phenotypes(20_000, random_state=15)
    age, bmi, ejection_fraction, bnp, egfr, _, la_volume, _ = range(8)
    for phenotype in range(4):
        together = np.corrcoef(X[y == phenotype].T)
        for one, other, sign in ((age, egfr, -1), (bmi, bnp, -1), (ejection_fraction, bnp, -1), (la_volume, bnp, 1)):
            assert 0.15 < sign * together[one, other] < 0.5


def test_missing_values_are_missing_at_random():
    complete, label = make_hf_phenotypes(5000, random_state=16)
    X, y, truth = make_hf_phenotypes(5000, missing=0.2, random_state=16, return_truth=True)
    is_missing = np.isnan(X)
    assert (X[~is_missing] == complete[~is_missing]).all()
    assert (y == label).all()
    assert np.isfinite(truth["posterior"]).all()
    assert is_missing.mean(axis=0) == pytest.approx(np.full(8, 0.2), abs=0.025)  # four standard errors
    assert [is_missing[y == phenotype].mean() for phenotype in range(4)] == pytest.approx([0.2] * 4, abs=0.02)
    assert np.isnan(make_hf_phenotypes(5, missing=1.0)[0]).all()


# Formulas


def test_body_mass_index_from_other_units():
    X, y, truth = make_bmi(2000, random_state=17, return_truth=True)
    stones, pounds, feet, inches = X.T.astype(float)
    kg, metres = stones * 6.35029318 + pounds * 0.45359237, feet * 0.3048 + inches * 0.0254
    assert truth["kg"] == pytest.approx(kg)
    assert truth["metres"] == pytest.approx(metres)
    assert y == pytest.approx(kg / metres**2)


def test_the_reviews_constants_overestimate_by_three_percent():
    (X, exact), (same, rounded) = (make_bmi(500, constants=constants, random_state=18) for constants in BMI_CONSTANTS)
    assert X.tobytes() == same.tobytes()
    assert 100 * (rounded / exact - 1) == pytest.approx(np.full(500, 3.09), abs=0.01)


def test_stones_pounds_feet_and_inches_take_every_value():
    X, _ = make_bmi(5000, random_state=19)
    ranges = [(7, 22), (0, 13), (4, 6), (0, 11)]
    for column, (low, high) in zip(X.T, ranges, strict=True):
        assert sorted(set(column)) == list(range(low, high + 1))


def test_a_sum_follows_the_coma_scale_but_not_the_body_mass_index():
    X, y = make_glasgow_coma_scale(1000, random_state=20)
    model = LinearRegression().fit(X, y)
    assert model.coef_ == pytest.approx([1, 1, 1], abs=1e-4)
    assert np.abs(model.predict(X) - y).max() < 1e-3
    X, y = make_bmi(1000, random_state=20)
    assert np.std(y - LinearRegression().fit(X, y).predict(X)) > 1


def test_responses_follow_the_depth_of_coma():
    X, y, truth = make_glasgow_coma_scale(5000, random_state=21, return_truth=True)
    for column, best in zip(X.T, GLASGOW_COMA_SCALE.values(), strict=True):
        assert sorted(set(column)) == list(range(1, best + 1))
    assert sorted(set(y)) == list(range(3, 16))
    depth = truth["coma_depth"]
    assert depth.min() >= 0
    assert depth.max() <= 1
    assert np.corrcoef(depth, y)[0, 1] < -0.9
    together = np.corrcoef(X.T)
    assert together.min() > 0.6
    assert together[~np.eye(3, dtype=bool)].max() < 0.97  # each fluctuates by itself
    assert y[depth < 0.05].mean() > 13
    assert y[depth > 0.95].mean() < 5
