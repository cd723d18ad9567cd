"""The same patients twice: what a change must leave alone, to the bit, and what it may touch."""

import numpy as np
import pytest

from data_generators import make_bmi, twins
from data_generators._sampling import check_random_state
from data_generators._streams import Streams
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
