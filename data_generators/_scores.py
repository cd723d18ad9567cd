"""What the best model could reach, and how alike two groupings are."""

import numpy as np


def expected_auc(probability: np.ndarray) -> float:
    """Return the area under the ROC curve that the true probabilities reach on average: no model does better.

    Each person has the event with their own probability, so the share of pairs (one with the event, one without) in
    the right order is a sum over all pairs of people, which sorting makes short.

    Args:
        probability: (n,), a large sample of people.
    """
    ordered = np.sort(probability)
    without = 1.0 - ordered
    below = np.cumsum(without) - without  # how many without the event have a lower probability
    return float((ordered * below).sum() / (ordered.sum() * without.sum() - (ordered * without).sum()))


def adjusted_rand_index(one: np.ndarray, other: np.ndarray) -> float:
    """Return how alike two groupings of the same people are: 1 if equal, 0 on average for groups drawn at random.

    Pairs of people are counted that are together in both groupings, less what chance would give (Hubert and Arabie, J
    Classification 1985;2:193-218).

    Args:
        one: int (n,), each person's group, from 0.
        other: int (n,), the same in the other grouping.
    """

    def pairs(counts: np.ndarray) -> float:
        return float((counts * (counts - 1) // 2).sum())

    width = int(other.max()) + 1
    both = pairs(np.bincount(one * width + other))
    in_one, in_other = pairs(np.bincount(one)), pairs(np.bincount(other))
    highest = (in_one + in_other) / 2
    if both == highest:
        return 1.0
    by_chance = in_one * in_other / pairs(np.array([len(one)]))
    return (both - by_chance) / (highest - by_chance)
