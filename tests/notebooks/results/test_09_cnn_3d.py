"""What chapter 09 tells of its own runs."""

import numpy as np
import pytest


def test_one_frame_is_chance_and_the_film_answers(run):
    assert 40 < run.by_one_frame < 60
    assert run.by_film > 94
    assert run.by_film > run.by_thumbnail + 4


def test_one_number_does_a_good_part_and_64_do_more(run):
    assert 70 < run.by_one_number < 87
    assert run.by_one_number + 5 < run.by_thumbnail < 95


def test_standing_and_beating_hearts_are_alike_in_one_frame(run):
    standing, beating = (run.X_new[run.still_new == each][:, 0, 3].mean(axis=(1, 2)) for each in (True, False))
    spread = np.sqrt(standing.var() / len(standing) + beating.var() / len(beating))
    assert abs(standing.mean() - beating.mean()) < 4 * spread


def test_without_motion_nothing_is_left_and_the_order_does_not_matter(run):
    assert 40 < run.by_frozen < 60
    assert run.by_shuffled > run.by_film - 4
    assert abs(run.by_backwards - run.by_film) < 4


def test_on_a_bed_that_moves_standing_hearts_are_called_beating(run):
    (quiet, called), (a_little, called_a_little), (more, called_more) = (run.share[sway] for sway in (0, 1, 3))
    assert quiet > a_little + 8
    assert a_little > more + 5
    assert called_a_little < called - 0.15
    assert called_more < 0.3
    assert 70 < a_little < 92


def test_of_the_cast_the_collapsed_heart_is_seen_to_stand_and_the_others_to_beat(run):
    assert run.called["Ms Lindqvist"] < 0.5
    assert run.called["Mr Papadakis, collapsed"] > 0.5
    assert run.called["Mr Papadakis, awake"] < 0.5
    assert run.called["Mr Papadakis, collapsed, the bed moves"] < run.called["Mr Papadakis, collapsed"]


def test_more_stills_of_a_clip_help_and_the_film_network_is_the_worst(run):
    still, average, film = run.wrong.values()
    assert average < still - 0.01
    assert film > still
    assert film < 0.7


def test_the_stack_network_is_no_worse_than_slices_and_mostly_better(run):
    assert 65 < run.by_vote < 92
    assert run.by_slice > run.by_vote - 3
    assert run.by_stack > 77
    assert run.by_stack > max(run.by_vote, run.by_slice) - 5
    assert run.by_stack > run.by_blocks + 2


def test_mr_becker_has_the_thicker_wall_than_mr_osei(run):
    assert run.read["Mr Tom Becker"] > 0.5
    assert run.read["Mr Samuel Osei"] < 0.2


def test_a_deep_kernel_has_three_times_the_weights_and_the_stack_less_than_twice_the_work(run):
    assert run.deep_work / run.flat_work == pytest.approx(1.4, abs=0.05)
    assert run.n_weights(run.stack) > 2.8 * run.n_weights(run.slices)
    first = run.stack[0]
    assert run.weights(first.out_channels, first.in_channels) == run.n_weights(first)
