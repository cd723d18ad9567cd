"""What chapter 00 tells of its own runs."""

import numpy as np


def test_on_new_people_the_learned_rule_is_hardly_better_than_a_sensible_one_by_hand(run):
    assert abs(run.by_hand - run.learned) < 50  # of 1,000


def test_elsewhere_the_rule_errs_far_more(run):
    assert run.ours > 1.5 * run.learned


def test_a_missed_fibrillation_that_weighs_more_lowers_the_limit(run):
    assert run.limits[np.argmin(run.harm)] < run.limits[np.argmin(run.there_wrong)]
