import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import adjusted_rand_score

from data_generators._scores import adjusted_rand_index, expected_auc


@given(st.lists(st.floats(0.01, 0.99), min_size=2, max_size=60, unique=True))
def test_the_expected_area_counts_pairs(probabilities):
    # Person i has the event and person j does not; the pair counts if i was given the higher probability.
    weight = higher = 0.0
    for i, p in enumerate(probabilities):
        for j, q in enumerate(probabilities):
            weight += p * (1 - q) * (i != j)
            higher += p * (1 - q) * (p > q)
    assert expected_auc(np.array(probabilities)) == pytest.approx(higher / weight)


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 6)), min_size=1, max_size=80))
def test_the_adjusted_rand_index_is_scikit_learns(groups):
    one, other = np.array(groups).T
    assert adjusted_rand_index(one, other) == pytest.approx(adjusted_rand_score(one, other), abs=1e-12)
