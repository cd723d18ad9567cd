"""What chapter 08 tells of its own runs."""

import numpy as np

from data_generators import CAST, ECHO_CARDIOMYOPATHIES, ECHO_VIEWS

APICAL = slice(4, 7)
DISEASES = ECHO_CARDIOMYOPATHIES[1:]


def test_the_network_beats_the_thumbnail_by_far(run):
    assert 0.4 < run.rival_right < 0.65
    assert run.network_right > run.rival_right + 0.2
    assert run.network_right > 0.78


def test_only_the_last_block_prefers_views(run):
    for block in (1, 2, 3):
        assert 2.6 < run.alike[block] < run.alike[4] - 0.2
    assert 4.4 < run.alike[4] < 6.5


def test_a_late_lesion_takes_one_view_and_an_early_one_harms_all(run):
    assert run.own[4] > 0.7
    assert run.others[4] < 0.3
    assert run.others[1] > run.others[4] + 0.1
    assert run.own[4] - run.others[4] > run.own[1] - run.others[1] + 0.15


def test_of_many_channels_one_is_not_missed(run):
    assert run.one_channel[4] < 0.03
    assert run.one_channel[1] > 0.1


def test_without_a_block_one_view_is_called_for_all(run):
    for block in (1, 2, 3, 4):
        with run.silenced(run.network, block):
            assert len(np.unique(run.called(run.network, run.few))) == 1


def test_most_errors_stay_in_their_group_and_most_are_apical(run):
    assert run.forgiven > 0.5
    right = np.diag(run.counts) / run.counts.sum(axis=1)
    assert right[APICAL].mean() < np.delete(right, APICAL).mean() - 0.03
    assert np.mean(run.window[run.calls] == run.window[run.view_new]) > run.network_right + 0.03


def test_reused_layers_gain_and_grey_and_grain_is_no_worse_than_nothing_with_few_cases(run):
    reused, nothing, rival = (np.array(run.shares[name]) for name in run.shares)
    assert 1 < (reused - nothing).mean() < 25
    assert reused[-1] > rival[-1]
    assert (rival - nothing)[:3].mean() > -5
    for shares in (reused, nothing, rival):
        assert shares[-1] > shares[0] + 10


def test_with_enough_cases_it_is_worse_to_reuse_all_blocks(run):
    assert 100 * run.all_reused[200] < run.shares["early layers reused"][-1] - 4


def test_the_maps_are_no_better_than_a_stencil(run):
    assert 0.6 < run.diagnosis_right < 0.9
    for name in DISEASES:
        on = run.on[name]
        assert on["gradient"] < on["even"] + 0.08
        assert on["occlusion"] > on["even"]
        assert on["occlusion"] < on["stencil"] + 0.15
    assert run.on["hypertrophic"]["occlusion"] < run.on["hypertrophic"]["stencil"]


def test_drawn_smaller_some_of_the_cast_are_called_otherwise(run):
    called = {name: (as_it_is, smaller) for name, as_it_is, smaller in run.rows}
    assert len(called) == len(CAST)
    assert any(as_it_is != smaller for as_it_is, smaller in called.values())
    assert called["Mr Tom Becker"][1] != "normal"


def test_errors_on_mr_becker_are_apical_views(run):
    assert run.becker is CAST[4]
    wrong = np.flatnonzero(run.sorted_as != np.arange(len(ECHO_VIEWS)))
    assert len(wrong) <= 4
