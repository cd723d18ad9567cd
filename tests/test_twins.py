"""The same patients twice: what a change must leave alone, to the bit, and what it may touch."""

import inspect

import numpy as np
import pytest
from networks import learned
from scipy import ndimage, stats
from torch import nn

from data_generators import (
    ECHO_CARDIOMYOPATHIES,
    HEART_CONDITIONS,
    make_bmi,
    make_echo_cardiomyopathies,
    make_echo_chambers,
    make_echo_lv_volumes,
    make_echo_views,
    twins,
)
from data_generators._sampling import check_random_state
from data_generators._streams import Streams
from data_generators.echo.hand import hold_apical
from data_generators.echo.patients import hearts_in
from data_generators.echo.scanner import draw_look, draw_machines, scan
from data_generators.heart import anatomy, shapes
from data_generators.heart.motion import at_end_diastole
from data_generators.heart.outlines import irregular
from data_generators.twins import TWIN_CHANGES


def make_noisy(n_samples, *, level=0.0, random_state=None, return_truth=False):
    """Make numbers with noise: `level` shifts them, and draws from a stream of its own."""
    streams = Streams(check_random_state(random_state))
    shift = level * streams("level").random((n_samples, 1))
    X = streams("noise").normal(size=(n_samples, 3)) + shift
    return (X, shift, {"shift": shift}) if return_truth else (X, shift)


@pytest.fixture
def noisy(monkeypatch):
    monkeypatch.setitem(TWIN_CHANGES, make_noisy, ("level",))


def test_a_stream_is_the_same_whatever_else_was_drawn():
    streams, same = (Streams(np.random.default_rng(0)) for _ in range(2))
    streams("heart").random(10)
    expected = same("noise").random(5)
    assert (streams("noise").random(5) == expected).all()
    assert (streams("noise").random(5) == expected).all()  # from its beginning each time
    others = streams("heart"), streams("noise", 1), Streams(np.random.default_rng(1))("noise")
    assert all((other.random(5) != expected).all() for other in others)


@pytest.mark.usefixtures("noisy")
def test_twins_differ_by_the_change_alone():
    (X, y), (changed, shift) = twins(make_noisy, 4, change={"level": 2.0}, random_state=0)
    assert (y == 0).all()
    np.testing.assert_allclose(changed - X, np.repeat(shift, 3, axis=1))
    again = twins(make_noisy, 4, change={"level": 2.0}, random_state=0, return_truth=True)
    assert (again[1][0] == changed).all()
    assert len(again[0]) == len(again[1]) == 3


@pytest.mark.usefixtures("noisy")
@pytest.mark.parametrize("change", [{"noise": 1}, {"level": 1, "n_samples": 3}, {}, None, "level"])
def test_what_twins_cannot_change_is_refused_with_what_they_can(change):
    with pytest.raises(ValueError, match=r"^change is .*; allowed are values of 'level' in a dict\.$"):
        twins(make_noisy, 3, change=change)


@pytest.mark.usefixtures("noisy")
def test_a_generator_without_streams_is_refused_with_those_that_have_them():
    with pytest.raises(ValueError, match=r"^make is 'make_bmi'; allowed are .*make_noisy\.$"):
        twins(make_bmi, 3, change={"units": "metric"})


def test_the_table_names_options_that_there_are():
    for make, names in TWIN_CHANGES.items():
        assert set(names) <= set(inspect.signature(make).parameters)


ECHOES = [make for make in TWIN_CHANGES if make.__name__.startswith("make_echo")]


@pytest.mark.parametrize("make", ECHOES, ids=lambda make: make.__name__)
def test_machine_twins_have_the_same_hearts_and_pose(make):
    options = {"frames": 1} if make is make_echo_views else {}
    one, other = twins(
        make, 8, change={"machine": "Corona"}, machine="Alba", size=32, random_state=0, return_truth=True, **options
    )
    for name in set(one[2]) - {"machine", "ceiling"}:
        np.testing.assert_array_equal(one[2][name], other[2][name])
    if make is not make_echo_chambers:  # masks are shown the other way round, as the pictures are
        np.testing.assert_array_equal(one[1], other[1])
    assert set(one[2]["machine"]) == {0}
    assert set(other[2]["machine"]) == {2}
    assert (one[0] != other[0]).mean() > 0.3


def test_disease_twins_share_pose_look_and_noise():
    one, other = twins(
        make_echo_cardiomyopathies,
        20,
        change={"disease": "dilated"},
        disease="normal",
        size=48,
        random_state=0,
        return_truth=True,
    )
    for name in ("machine", "is_male", "foreshortening", "turn", "depth", "gain"):
        np.testing.assert_array_equal(one[2][name], other[2][name])
    assert set(one[1]) == {0}
    assert set(other[1]) == {ECHO_CARDIOMYOPATHIES.index("dilated")}
    assert (other[2]["lv_edv"] > one[2]["lv_edv"]).mean() > 0.9
    same = (one[0] == other[0]).mean(axis=(1, 2, 3))
    assert (same > 0.3).all()


@pytest.mark.parametrize("disease", ["hypertrophic", "amyloid", "pulmonary hypertension", "dilated"])
def test_a_disease_changes_pixels_only_where_it_acts(disease):
    n_samples, size = 6, 64
    streams = Streams(np.random.default_rng(1))
    well = np.zeros(n_samples, dtype=np.int64)
    conditions = well, well + HEART_CONDITIONS.index(disease)
    both = [at_end_diastole(hearts_in(streams, condition)) for condition in conditions]
    planes = hold_apical(streams("pose"), both[0], foreshortening=(4.0, 12.0), room=12.0).planes
    pictures, parts = [], []
    for frames, condition in zip(both, conditions, strict=True):
        look = draw_look(streams, condition, draw_machines(streams, n_samples, None), size)
        sector = look.sector(size, planes)
        pictures.append(scan(streams("speckle"), frames, planes, look, size)[:, 0])
        points = irregular(frames, planes.points(*sector.pixels()))
        pixel = sector.pixel[:, None, None]
        heart = np.zeros((n_samples, 1, size * size), dtype=np.float32)
        numbers = dict.fromkeys(anatomy.ALL, 1.0)
        parts.append(shapes.paint(anatomy.layers(frames, points, pixel), numbers, heart) > 0)
    is_heart = (parts[0] | parts[1]).reshape(n_samples, size, size)
    near = ndimage.binary_dilation(is_heart, np.ones((1, 3, 3)), iterations=4)
    is_inside = sector.contains().reshape(n_samples, size, size)
    away = is_inside & ~near
    assert away.mean() > 0.05
    assert (pictures[0] == pictures[1])[away].all()
    assert (pictures[0] != pictures[1])[is_heart & is_inside].mean() > 0.3


def test_another_recording_is_of_the_same_patients_by_another_hand():
    one, other = twins(make_echo_lv_volumes, 12, change={"recording": 1}, size=32, random_state=0, return_truth=True)
    np.testing.assert_array_equal(one[1], other[1])
    np.testing.assert_array_equal(one[2]["condition"], other[2]["condition"])
    np.testing.assert_array_equal(one[2]["machine"], other[2]["machine"])
    assert (one[2]["turn"] != other[2]["turn"]).all()
    assert (one[0] != other[0]).mean() > 0.3
    same = twins(make_echo_lv_volumes, 12, change={"recording": 0}, size=32, random_state=0)
    np.testing.assert_array_equal(same[0][0], same[1][0])


def test_confounding_ties_the_machine_to_the_view():
    options = {"frames": 1, "size": 24, "random_state": 0, "return_truth": True}
    (X, y, free), (tied_X, tied_y, tied) = twins(make_echo_views, 600, change={"confounding": 1.0}, **options)
    np.testing.assert_array_equal(y, tied_y)
    np.testing.assert_array_equal(free["turn"], tied["turn"])
    assert stats.chi2_contingency(np.histogram2d(y, free["machine"], (8, 3))[0]).pvalue > 0.01
    assert all(len(set(tied["machine"][y == view])) == 1 for view in range(8))
    assert set(tied["machine"]) == {0, 1, 2}
    unchanged = free["machine"] == tied["machine"]
    np.testing.assert_array_equal(X[unchanged], tied_X[unchanged])
    its_own = dict(zip(y, tied["machine"], strict=True))
    _, other_y, half = make_echo_views(600, confounding=0.5, **options)
    assert np.mean(
        [its_own[view] == each for view, each in zip(other_y, half["machine"], strict=True)]
    ) == pytest.approx(2 / 3, abs=0.06)


@pytest.mark.training
def test_a_network_that_learned_the_machine_falls_when_the_machine_no_longer_goes_with_the_view():
    options = {"frames": 1, "size": 32}
    X, y = make_echo_views(900, confounding=1.0, random_state=0, **options)
    (tied, truth), (free, _) = twins(
        make_echo_views, 300, change={"confounding": 0.0}, confounding=1.0, random_state=1, **options
    )
    said = learned(X, y, 8, nn.CrossEntropyLoss(), np.concatenate((tied, free)), epochs=14).argmax(axis=1)
    with_it, without = (said[:300] == truth).mean(), (said[300:] == truth).mean()
    assert with_it > without + 0.1
