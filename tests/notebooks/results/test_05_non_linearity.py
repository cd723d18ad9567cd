"""What chapter 05 tells of its own runs."""

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score


def test_two_neurons_fail_from_many_of_16_starts_and_sixteen_hardly_ever(run):
    assert run.reached["|x|", 2] + run.reached["ramp", 2] <= 12
    assert run.reached["|x|", 16] + run.reached["ramp", 16] >= 14


def test_a_straight_model_finds_the_glasgow_coma_scale(run):
    assert np.allclose(run.model.coef_, 1, atol=1e-3)


def test_the_rounded_constants_make_every_bmi_three_percent_too_high(run):
    assert run.rounded / run.exact - 1 == pytest.approx(0.0309, abs=0.0001)


def test_a_sum_misses_bmi_by_nearly_five_and_a_hidden_layer_by_less_than_one(run):
    assert 4.3 < run.bmi_miss["a sum"] < 5.2
    assert run.bmi_miss["16 hidden neurons"] < 1


def test_the_sum_misses_bmi_most_at_both_ends(run):
    actual = run.true_bmi[2000:]
    misses = run.by_sum - actual
    low, high = actual < np.quantile(actual, 0.05), actual > np.quantile(actual, 0.95)
    middle = ~(actual < np.quantile(actual, 0.25)) & (actual < np.quantile(actual, 0.75))
    assert np.sqrt(np.mean(misses[low] ** 2)) > 1.3 * np.sqrt(np.mean(misses[middle] ** 2))
    assert np.sqrt(np.mean(misses[high] ** 2)) > 1.3 * np.sqrt(np.mean(misses[middle] ** 2))
    assert misses[low].mean() < 0
    assert misses[high].mean() < 0


def test_deaths_rise_with_creatinine_where_the_ejection_fraction_is_low(run):
    few, many = (np.quantile(run.creatinine, share) for share in (0.2, 0.8))

    def rise(group):
        died, creatinine = run.died[group], run.creatinine[group]
        return died[creatinine > many].mean() - died[creatinine < few].mean()

    assert rise(run.ejection_fraction < 40) > 0.3
    assert abs(rise(run.ejection_fraction >= 40)) < 0.15


def test_the_hidden_layer_brings_most_of_what_was_possible(run):
    assert 0.66 < run.auc_regression < 0.74
    assert 0.78 < run.auc_network < run.truth["ceiling"] + 0.02
    assert run.share > 0.75
    by_truth = roc_auc_score(run.died_new, run.truth["risk"])
    assert run.auc_network < by_truth


def test_the_sum_gives_both_men_about_the_same_and_the_network_tells_them_apart(run):
    papadakis, osei = run.rise_by_name["Mr George Papadakis"], run.rise_by_name["Mr Samuel Osei"]
    assert abs(papadakis[0] - osei[0]) < 0.04
    assert papadakis[1] > osei[1] + 0.15
    assert abs(osei[1]) < 0.12


def test_where_markers_add_up_the_regression_reaches_the_ceiling(run):
    assert run.auc_plain == pytest.approx(run.plain["ceiling"], abs=0.025)
