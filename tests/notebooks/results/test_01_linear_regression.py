"""What chapter 01 tells of its own runs."""

import pytest


def test_220_less_age_misses_more_than_the_best_line_and_both_more_than_people_differ_by(run):
    assert run.error_220 > 1.1 * run.errors[-1]
    assert run.errors[-1] == pytest.approx(100, rel=0.25)


def test_the_best_line_falls_less_steeply_than_220_less_age(run):
    assert run.per_decade == pytest.approx(-7, abs=0.8)


def test_in_older_patients_220_less_age_is_too_low(run):
    assert run.bias_above(70, run.age, run.heart_rate) < -4
    assert run.bias_above(70, run.age, run.heart_rate) < run.bias_above(18, run.age, run.heart_rate)


def test_mr_osei_passes_by_one_line_and_not_by_the_other(run):
    assert 0.85 * run.rule_220(run.osei) < 128 < 0.85 * run.best_line(run.osei)


def test_where_220_less_age_is_true_the_fit_finds_out(run):
    assert run.per_decade_other == pytest.approx(-10, abs=0.9)
