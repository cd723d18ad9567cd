"""The slips that `make mutate` makes in right answers; what checks say of them is counted there."""

import pytest
from notebooks.mutants import mutants

CELL = """
def harm(risk, died, threshold):
    treated = risk >= threshold
    return ____
"""


@pytest.mark.parametrize(
    ("kind", "slip"),
    [
        ("sign", "np.sum(died[treated] == 0) - 1"),
        ("operator", "np.sum(died[treated] != 0) + 1"),
        ("neighbouring name", "np.sum(risk[treated] == 0) + 1"),
        ("missing call", "(died[treated] == 0) + 1"),
        ("off by one", "np.sum(died[treated] == 1) + 1"),
        ("another call", "np.mean(died[treated] == 0) + 1"),
        ("constant", "np.sum(died[treated] == 0) + 10"),
        ("dropped operand", "np.sum(died[treated] == 0)"),
        ("dropped index or argument", "np.sum(died == 0) + 1"),
    ],
)
def test_a_slip_of_each_kind_is_made(kind, slip):
    assert (kind, [slip]) in mutants(CELL, ["np.sum(died[treated] == 0) + 1"])


def test_what_stands_in_two_blanks_changes_places():
    assert ("swapped", ["-10", "170"]) in mutants("at_50 = ____\nper_decade = ____", ["170", "-10"])


def test_no_slip_is_the_answer_itself():
    answer = ["np.mean(misses**2)"]
    assert all(slip != answer for _, slip in mutants("def f(misses):\n    return ____", answer))
