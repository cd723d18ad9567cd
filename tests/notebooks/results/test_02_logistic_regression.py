"""What chapter 02 tells of its own runs."""

import numpy as np
from sklearn.metrics import roc_auc_score


def test_the_walk_comes_close_to_the_numbers_of_the_simulation(run):
    assert np.allclose(run.parameters, (-1.2, 1.4, 0.25), atol=0.4)


def test_the_straight_line_promises_an_impossible_risk(run):
    assert run.straight_line(40) < 0


def test_the_learned_risk_nearly_reaches_the_ceiling(run):
    auc = roc_auc_score(run.died_new, run.risk_new)
    assert run.truth["ceiling"] - 0.02 < auc < run.truth["ceiling"] + 0.02


def test_cholesterol_matters_most_in_the_middle(run):
    gain = {age: run.learned_risk(age, 6.5) - run.learned_risk(age, 4.5) for age in (41, 74, 95)}
    assert gain[74] > 2 * gain[41]
    assert gain[74] > gain[95]
