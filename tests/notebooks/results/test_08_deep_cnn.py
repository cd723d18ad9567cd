"""What chapter 08 tells of its own runs."""

import numpy as np

from data_generators import CAST, ECHO_CARDIOMYOPATHIES, ECHO_VIEWS

APICAL = slice(4, 7)
DISEASES = ECHO_CARDIOMYOPATHIES[1:]


def test_the_network_beats_the_thumbnail_by_far(run):
    assert 0.4 < run.rival_right < 0.65
    assert run.network_right > run.rival_right + 0.2
    assert run.network_right > 0.78


def test_strongest_pictures_of_the_first_block_are_as_much_alike_as_those_of_the_last(run):
    for end in (1, 4):
        assert 4.2 < run.alike[end] < 7
        for middle in (2, 3):
            assert 2.8 < run.alike[middle] < run.alike[end] + 0.3


def test_but_channels_of_the_first_block_share_a_favourite_and_those_of_the_last_have_all(run):
    commonest = {block: share.max() for block, share in run.favourite.items()}
    assert ECHO_VIEWS[run.favourite[1].argmax()] == "subcostal"
    assert commonest[1] > commonest[2] + 0.1
    assert commonest[2] > commonest[4] + 0.03
    assert commonest[3] < commonest[2] + 0.1
    assert commonest[4] < 0.35
    assert np.sum(run.favourite[4] > 0) >= 7


def test_subcostal_pictures_hold_the_steepest_edges(run):
    steepest = np.maximum(*(np.abs(np.diff(run.X_new[:, 0], axis=axis)).max(axis=(1, 2)) for axis in (1, 2)))
    by_view = [steepest[run.view_new == number].mean() for number in range(8)]
    assert by_view[7] > max(by_view[:7]) + 0.05


def test_a_late_lesion_takes_one_view_and_an_early_one_harms_all(run):
    assert run.own[4] > 0.7
    assert run.others[4] < 0.3
    assert run.others[1] > run.others[4] + 0.1
    assert run.own[4] - run.others[4] > run.own[1] - run.others[1] + 0.15


def test_of_many_channels_one_is_not_missed(run):
    assert run.one_channel[4] < 0.03
    assert run.one_channel[1] > 0.06  # its last digits differ between processors


def test_no_channel_of_the_last_block_is_a_cell_for_one_view(run):
    lost = run.unharmed - np.array(run.after)
    assert lost.shape == (64, len(ECHO_VIEWS))
    assert lost[:, ECHO_VIEWS.index("apical four-chamber")].max() < 0.45
    assert lost.max() < 0.65


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
    assert 0 < (reused - nothing).mean() < 15
    assert reused[-1] > rival[-1]
    assert (rival - nothing)[:3].mean() > -7
    for shares in (reused, nothing, rival):
        assert shares[-1] > shares[0] + 10


def test_with_enough_cases_it_is_worse_to_reuse_all_blocks(run):
    assert 100 * run.all_reused[200] < run.shares["early layers reused"][-1] - 4


def test_the_maps_are_no_better_than_a_stencil(run):
    assert 0.72 < run.diagnosis_right < 0.88
    for name in DISEASES:
        on = run.on[name]
        assert on["gradient"] < on["even"] + 0.08
        assert on["occlusion"] > on["even"]
        assert on["occlusion"] < on["stencil"] + 0.12
    assert run.on["hypertrophic"]["occlusion"] < run.on["hypertrophic"]["stencil"]


def test_drawn_smaller_many_are_called_otherwise_and_fewer_rightly(run):
    assert run.smaller_right < run.diagnosis_right - 0.1
    assert run.changed > 0.3
    normal = ECHO_CARDIOMYOPATHIES.index("normal")
    thick = [ECHO_CARDIOMYOPATHIES.index(name) for name in ("hypertrophic", "amyloid")]
    assert np.isin(run.smaller_calls[run.disease_new == normal], thick).mean() > 0.25


def test_of_the_cast_mr_papadakis_stays_dilated_and_mr_becker_gets_his_thick_wall_when_drawn_smaller(run):
    called = {name: (as_it_is, smaller) for name, as_it_is, smaller in run.rows}
    assert len(called) == len(CAST)
    assert called["Mr George Papadakis"] == ("dilated", "dilated")
    assert called["Mr Tom Becker"][1] in ("hypertrophic", "amyloid")
    assert called["Mrs Rosa Delgado"][1] in ("hypertrophic", "amyloid")


def test_most_of_mr_beckers_views_are_sorted_rightly(run):
    assert run.becker is CAST[4]
    assert np.sum(run.sorted_as != np.arange(len(ECHO_VIEWS))) <= 4
