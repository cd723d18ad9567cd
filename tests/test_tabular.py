import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_generators import MAX_HEART_RATE_LAWS, make_max_heart_rate

SEEDS = st.integers(0, 2**32 - 1)
LAWS = st.sampled_from(sorted(MAX_HEART_RATE_LAWS))


@given(n_samples=st.integers(1, 300), seed=SEEDS, law=LAWS)
def test_shapes_types_and_ranges(n_samples, seed, law):
    X, y, truth = make_max_heart_rate(n_samples, law=law, random_state=seed, return_truth=True)
    assert X.shape == (n_samples, 1)
    assert y.shape == truth["expected_heart_rate"].shape == (n_samples,)
    assert X.dtype == y.dtype == np.float32
    assert ((X >= 18) & (X <= 85)).all()
    assert ((y > 60) & (y < 280)).all()


@given(n_samples=st.integers(1, 50), seed=SEEDS, law=LAWS)
def test_the_same_seed_gives_the_same_bytes(n_samples, seed, law):
    first = make_max_heart_rate(n_samples, law=law, random_state=seed)
    with_truth = make_max_heart_rate(n_samples, law=law, random_state=seed, return_truth=True)
    for one, other in zip(first, with_truth, strict=False):
        assert one.tobytes() == other.tobytes()


def test_another_seed_and_no_seed_give_other_patients():
    ages = [make_max_heart_rate(20, random_state=state)[0].tobytes() for state in (0, 1, None, None)]
    assert len(set(ages)) == 4


def test_a_generator_goes_on_where_it_was():
    generator = np.random.default_rng(0)
    first, second = (make_max_heart_rate(20, random_state=generator)[0] for _ in range(2))
    assert first.tobytes() == make_max_heart_rate(20, random_state=np.random.default_rng(0))[0].tobytes()
    assert first.tobytes() != second.tobytes()


@pytest.mark.parametrize(("law", "intercept", "slope"), [("tanaka", 208, -0.7), ("220-age", 220, -1.0)])
def test_a_fit_recovers_the_published_line(law, intercept, slope):
    # With 40,000 patients the standard errors are 0.14 bpm and 0.0026 bpm a year; five of them are allowed.
    X, y = make_max_heart_rate(40_000, law=law, random_state=3)
    found_slope, found_intercept = np.polyfit(X[:, 0].astype(float), y.astype(float), 1)
    assert found_slope == pytest.approx(slope, abs=0.013)
    assert found_intercept == pytest.approx(intercept, abs=0.7)


def test_the_ceiling_is_the_error_of_the_law_itself():
    _, y, truth = make_max_heart_rate(40_000, random_state=4, return_truth=True)
    residual = y - truth["expected_heart_rate"]
    assert np.sqrt(np.mean(residual**2)) == pytest.approx(truth["ceiling"], rel=0.02)
    assert np.mean(residual) == pytest.approx(0, abs=0.25)


def test_expected_heart_rate_is_the_law_at_each_age():
    X, _, truth = make_max_heart_rate(50, law="220-age", random_state=5, return_truth=True)
    assert truth["expected_heart_rate"] == pytest.approx(220 - X[:, 0])


@pytest.mark.parametrize("n_samples", [0, -1, 2.0, "ten", None, True])
def test_a_bad_number_of_samples_is_named(n_samples):
    with pytest.raises(ValueError, match=r"n_samples is .*; it must be a whole number of at least 1\."):
        make_max_heart_rate(n_samples)


@pytest.mark.parametrize("law", ["fox", "", None, 220, ["tanaka"]])
def test_a_bad_law_is_named_with_those_allowed(law):
    with pytest.raises(ValueError, match=r"law is .*; allowed are 'tanaka', '220-age'\."):
        make_max_heart_rate(3, law=law)


@pytest.mark.parametrize("random_state", [-1, 1.5, "seed", True])
def test_a_bad_random_state_is_named(random_state):
    with pytest.raises(ValueError, match=r"random_state is .*; allowed are None, an int from 0 upwards"):
        make_max_heart_rate(3, random_state=random_state)


def test_options_are_given_by_name():
    with pytest.raises(TypeError):
        make_max_heart_rate(3, "tanaka")
