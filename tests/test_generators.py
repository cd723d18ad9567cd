"""What every simulated data set keeps to, whatever it is about."""

import inspect

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import data_generators

MAKERS = [getattr(data_generators, name) for name in data_generators.__all__ if name.startswith("make_")]


@pytest.fixture(params=MAKERS, ids=lambda make: make.__name__)
def make(request):
    return request.param


def arrays(made):
    return [part.tobytes() for part in made[:2]]


def test_arguments_are_in_the_manner_of_scikit_learn(make):
    n_samples, *options = inspect.signature(make).parameters.values()
    assert n_samples.name == "n_samples"
    assert n_samples.default >= 1
    assert all(option.kind is option.KEYWORD_ONLY for option in options)
    defaults = {option.name: option.default for option in options}
    assert (defaults["random_state"], defaults["return_truth"]) == (None, False)


def test_the_docstring_says_all_that_a_user_needs(make):
    for heading in ("Args:", "Returns:", "Raises:", "Sources:", "Example:"):
        assert f"    {heading}\n" in make.__doc__
    for option in inspect.signature(make).parameters:
        assert f"        {option}: " in make.__doc__


@settings(max_examples=15, deadline=None)
@given(n_samples=st.integers(1, 60), seed=st.integers(0, 2**32 - 1))
@pytest.mark.parametrize("make", MAKERS, ids=lambda make: make.__name__)
def test_shapes_and_types(make, n_samples, seed):
    X, y, truth = make(n_samples, random_state=seed, return_truth=True)
    assert X.dtype == np.float32
    assert y.dtype in (np.int64, np.float32)
    assert len(X) == len(y) == n_samples
    assert np.isfinite(X).all()
    for name, value in truth.items():
        if name == "ceiling":
            assert isinstance(value, float)
        else:
            assert len(value) == n_samples, name


def test_the_same_seed_gives_the_same_bytes_and_truth_changes_nothing(make):
    first = make(30, random_state=5)
    assert len(first) == 2
    assert arrays(first) == arrays(make(30, random_state=5, return_truth=True))
    others = [arrays(make(30, random_state=state)) for state in (6, None, None)]
    assert len({str(each) for each in [arrays(first), *others]}) == 4


def test_a_generator_goes_on_where_it_was(make):
    generator = np.random.default_rng(0)
    first, second = (arrays(make(20, random_state=generator)) for _ in range(2))
    assert first == arrays(make(20, random_state=np.random.default_rng(0)))
    assert first != second


@pytest.mark.parametrize("n_samples", [0, -1, 2.0, "ten", None, True])
def test_a_bad_number_of_samples_is_named(make, n_samples):
    with pytest.raises(ValueError, match=r"n_samples is .*; it must be a whole number of at least 1\."):
        make(n_samples)


@pytest.mark.parametrize("random_state", [-1, 1.5, "seed", True])
def test_a_bad_random_state_is_named(make, random_state):
    with pytest.raises(ValueError, match=r"random_state is .*; allowed are None, an int from 0 upwards"):
        make(3, random_state=random_state)


@pytest.mark.parametrize(
    ("name", "option", "bad"),
    [
        ("make_max_heart_rate", "law", "fox"),
        ("make_pulses", "ectopy", 1.5),
        ("make_pulses", "ectopy", "some"),
        ("make_hf_phenotypes", "missing", -0.1),
        ("make_bmi", "constants", "rounded"),
        ("make_noughts_and_crosses", "label_noise", 2),
        ("make_noughts_and_crosses", "size", 3),
        ("make_oriented_lines", "reared", "diagonal"),
        ("make_oriented_lines", "size", 2),
    ],
)
def test_a_bad_option_is_named_with_what_is_allowed(name, option, bad):
    with pytest.raises(ValueError, match=rf"{option} is .*; (it must be|allowed are|the smallest)"):
        getattr(data_generators, name)(3, **{option: bad})
