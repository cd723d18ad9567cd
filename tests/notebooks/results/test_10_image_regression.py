"""What chapter 10 tells of its own runs."""

import numpy as np

from data_generators import CAST


def test_the_network_misses_by_far_less_than_the_thumbnail(run):
    for network, thumbnail in zip(run.misses["network"], run.misses["thumbnail"], strict=True):
        assert network < 0.8 * thumbnail
    edv, esv, ef = run.misses["network"]
    assert edv < 18
    assert esv < 13.5
    assert ef < 4.4


def test_whatever_the_loss_the_largest_hearts_pay_most(run):
    for name in run.readers:
        smallest, middle, largest = run.pays[name]
        assert largest > 1.4 * middle
        assert largest > 1.4 * smallest
    for one, other in zip(run.pays["squared"], run.pays["absolute"], strict=True):
        assert abs(one - other) < 12
    assert np.mean(run.y[:, 0]) > np.median(run.y[:, 0]) + 5


def test_the_ratio_is_saved_by_errors_that_go_together(run):
    assert run.together > 0.75
    assert run.ef_miss["errors dealt out"] > 1.7 * run.ef_miss["from volumes"]
    assert run.ef_miss["directly"] < run.ef_miss["from volumes"] + 0.3


def test_the_ef_is_explained_least_and_the_thumbnails_ratio_hardly_at_all(run):
    assert run.r2["EF"] < run.r2["ESV"] + 0.01
    assert run.r2["EF"] < run.r2["EDV"] + 0.01
    assert run.r2["EF from volumes"] < run.r2["ESV"]
    assert run.r2["EF from the thumbnail's volumes"] < 0.4
    assert run.r2["EF"] > 0.73


def test_low_ejection_fractions_are_read_too_high_and_high_ones_too_low(run):
    for said, least in ((run.by_rival, 4), (run.by_network, 2)):
        off = said[:, 2] - run.ef_new
        assert np.mean(off[run.ef_new > np.quantile(run.ef_new, 0.9)]) < -least
        assert np.polyfit(run.ef_new, said[:, 2], 1)[0] < 0.93
    low = run.ef_new < np.quantile(run.ef_new, 0.1)
    network, thumbnail = (np.mean((said[:, 2] - run.ef_new)[low]) for said in (run.by_network, run.by_rival))
    assert thumbnail > 10
    assert 0 < network < thumbnail - 5


def test_the_thumbnail_misses_most_whom_one_would_treat_and_the_network_a_quarter(run):
    direct, volumes = "network, directly", "network, from its volumes"
    assert run.not_found["thumbnail"] > 0.7
    assert 0.08 < run.not_found[direct] < 0.45
    assert run.not_found[volumes] < run.not_found[direct] + 0.04
    assert run.falsely[volumes] > run.falsely[direct] - 0.005


def test_mr_papadakis_two_readings_are_those_of_an_unchanged_heart(run):
    assert run.papadakis is CAST[3]
    assert 6.5 < run.half_width(run.again) < 12
    assert 8.5 < run.half_width(run.again[run.weak]) < 19
    assert run.six > 0.2
    assert 4 < run.variation < 8
    assert run.twice > run.once - 1


def test_two_readings_are_better_than_one_and_no_cure(run):
    for one, two in zip(run.one_reading, run.mean_of_two, strict=True):
        assert one / np.sqrt(2) < two < 0.95 * one


def test_a_few_hold_most_of_the_calcium(run):
    assert 0.28 < np.mean(run.zero) < 0.42
    assert np.median(run.score_new) < 30 < 90 < np.mean(run.score_new)
    assert run.tail > 0.6


def test_logarithms_put_fewer_into_another_category_and_miss_by_more_points(run):
    logs = "network of logarithms"
    for other in run.score_readers.keys() - {logs}:
        assert run.moved[logs] < run.moved[other] - 0.04
    assert run.moved[logs] < 0.2
    assert run.score_miss[logs] > run.score_miss["rule on the scan"]
    most = run.score_new >= 400
    off = {name: np.mean(np.abs(said - run.score_new)[most]) for name, said in run.score_readers.items()}
    assert off[logs] > 1.3 * off["rule on the scan"]


def test_zeros_are_zeros_for_logarithms_more_often_than_for_the_rule(run):
    logs, rule = "network of logarithms", "rule on the scan"
    assert run.invented[logs] < run.invented[rule] - 0.05
    assert run.overlooked[logs] < 0.14
    called = run.by_log < 1
    assert np.mean(run.score_new[called] > 0) < 0.22
    assert np.median(run.score_new[called & ~run.zero]) <= 4
    assert run.score_new[called].max() < 100


def test_stretching_finds_more_and_misses_by_more(run):
    assert run.stretched_miss > run.shrunk_miss + 1
    assert run.stretched_missed < run.not_found["thumbnail"] - 0.2
    assert run.stretched_falsely > run.falsely["thumbnail"]
