"""What chapter 01 tells of its own runs."""

import pytest
from notebooks.replay import replay
from seeds import SEEDS


@pytest.fixture(scope="module", params=SEEDS)
def chapter(request):
    return replay("01_linear_regression", request.param)


def test_220_less_age_misses_more_than_the_best_line_and_both_more_than_people_differ_by(chapter):
    assert chapter.error_220 > 1.1 * chapter.errors[-1]
    assert chapter.errors[-1] == pytest.approx(100, rel=0.25)


def test_the_best_line_falls_less_steeply_than_220_less_age(chapter):
    assert chapter.per_decade == pytest.approx(-7, abs=0.8)


def test_in_older_patients_220_less_age_is_too_low(chapter):
    assert chapter.bias_above(70, chapter.age, chapter.heart_rate) < -4
    assert chapter.bias_above(70, chapter.age, chapter.heart_rate) < chapter.bias_above(
        18, chapter.age, chapter.heart_rate
    )


def test_mr_osei_passes_by_one_line_and_not_by_the_other(chapter):
    assert 0.85 * chapter.rule_220(chapter.osei) < 128 < 0.85 * chapter.best_line(chapter.osei)


def test_where_220_less_age_is_true_the_fit_finds_out(chapter):
    assert chapter.per_decade_other == pytest.approx(-10, abs=0.9)
