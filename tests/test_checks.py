import contextlib
import logging
import sys
import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_utils.checks import AuthorsMistake, CheckFailed, check

HINT = "Count again."


def outcome(capsys, work):
    """Return what the learner reads when `work(c)` runs inside a check, and whether it passed."""
    failure = None
    try:
        with check("Exercise 1", needs="answer", right="Well counted.") as c:
            work(c)
    except CheckFailed as error:
        failure = error
    captured = capsys.readouterr()
    assert captured.err == ""
    if failure is None:
        return True, captured.out.strip()
    assert failure.__suppress_context__
    (sentence,) = failure._render_traceback_()
    assert "\n" not in sentence
    return False, sentence


def test_right(capsys):
    assert outcome(capsys, lambda c: c.close(lambda: 3.00002, 3, hint=HINT)) == (True, "✓ Correct. Well counted.")


@pytest.mark.parametrize(
    "answer", [3, 3.0, np.float32(3), np.int64(3), np.array(3.0)], ids=["int", "float", "float32", "int64", "array"]
)
def test_any_kind_of_number_counts(capsys, answer):
    assert outcome(capsys, lambda c: c.close(lambda: answer, 3, hint=HINT))[0]


@pytest.mark.parametrize("answer", [[1, 2], (1.0, 2.0), np.array([1, 2])], ids=["list", "tuple", "array"])
def test_any_kind_of_sequence_counts(capsys, answer):
    assert outcome(capsys, lambda c: c.close(lambda: answer, [1, 2], hint=HINT))[0]


def test_wrong_gives_both_numbers_and_the_hint(capsys):
    assert outcome(capsys, lambda c: c.close(lambda: 2, 3, hint=HINT)) == (
        False,
        "✗ Not yet. Your answer is 2 where 3 was expected. Count again.",
    )


def test_wrong_in_one_of_many_names_the_first_that_is_wrong(capsys):
    _, sentence = outcome(capsys, lambda c: c.close(lambda: [1, 5, 9], [1, 2, 3], hint=HINT))
    assert sentence == "✗ Not yet. Your answer is 5 where 2 was expected. Count again."


def test_a_known_mistake_gets_its_own_sentence(capsys):
    mistakes = [(4, "You counted one twice."), ([4, 4], "You counted them all.")]
    _, sentence = outcome(capsys, lambda c: c.close(lambda: 4, 3, hint=HINT, mistakes=mistakes))
    assert sentence == "✗ Not yet. You counted one twice."
    _, sentence = outcome(capsys, lambda c: c.close(lambda: np.array([4, 4]), 3, hint=HINT, mistakes=mistakes))
    assert sentence == "✗ Not yet. You counted them all."


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (None, "gave nothing back"),
        ("3", "should be a number, and it is text, because of its quotes"),
        (True, "should be a number, and it is a yes or no"),
        ([True, False], "should be a number, and it is a list of yes and no"),
        ([[True], [False]], "should be a number, and it is a list of yes and no"),
        ([[1], [1, 2]], "has 2 parts of different lengths: 1 number, 2 numbers. Look for one that should be a single"),
        ({3}, "should be a number, and it is a set, because of its brackets { }"),
        (3j, "should be a number, and it is a number with an imaginary part"),
        (abs, "should be a number, and it is a recipe without its brackets"),
        ([1, 2, 3], "is 3 numbers where 1 number was expected"),
        (float("nan"), "not a finite number"),
        (float("inf"), "not a finite number"),
    ],
)
def test_what_is_not_a_number_is_said(capsys, answer, says):
    passed, sentence = outcome(capsys, lambda c: c.close(lambda: answer, 3, hint=HINT))
    assert not passed
    assert sentence.startswith("✗ Not yet. ")
    assert says in sentence
    assert sentence.endswith(HINT)


def test_too_few_numbers_are_counted(capsys):
    _, sentence = outcome(capsys, lambda c: c.close(lambda: 1, [1, 2], hint=HINT))
    assert "is 1 number where 2 numbers were expected" in sentence


class EqualToEverything:
    """An object that a plain `==` would let pass."""

    def __eq__(self, other):
        return True

    def __hash__(self):
        return 0

    def __float__(self):
        return 3.0


class ArrayThatLies(np.ndarray):
    """An array whose comparisons are all true."""

    def __le__(self, other):
        return np.ones(self.shape, dtype=bool)


@pytest.mark.parametrize("answer", [EqualToEverything(), np.zeros(1).view(ArrayThatLies)])
def test_an_answer_that_only_claims_to_be_equal_is_refused(capsys, answer):
    passed, sentence = outcome(capsys, lambda c: c.close(lambda: answer, 3, hint=HINT))
    assert not passed
    assert "should be a number" in sentence


def test_an_open_blank_and_a_stub_are_not_attempted(capsys):
    for work in (lambda c: ____, lambda c: (_ for _ in ()).throw(NotImplementedError())):  # noqa: F821
        _, sentence = outcome(capsys, work)
        assert sentence.startswith("○ Not attempted yet. In the cell of Exercise 1, replace every ____")


def test_a_missing_answer_names_the_cell_to_run(capsys):
    _, sentence = outcome(capsys, lambda c: answer)  # noqa: F821
    assert sentence == (
        "⚠ `answer` does not exist yet. Run the cell of Exercise 1 above first, then this one. "
        "If that cell shows a ⚠, mend it before."
    )


def test_another_missing_name_is_explained(capsys):
    _, sentence = outcome(capsys, lambda c: heart_rates)  # noqa: F821
    assert sentence.startswith(
        "⚠ Your code in Exercise 1 stopped before it gave an answer. `heart_rates` does not exist"
    )


@pytest.mark.parametrize(
    "error", [ZeroDivisionError("division by zero"), SystemExit(), RecursionError(), KeyError("age")]
)
def test_an_error_becomes_one_sentence(capsys, error):
    def work(c):
        raise error

    _, sentence = outcome(capsys, work)
    assert sentence.startswith("⚠ Your code in Exercise 1 stopped before it gave an answer. ")


def test_a_check_that_is_interrupted_says_so(capsys):
    def work(c):
        raise KeyboardInterrupt

    _, sentence = outcome(capsys, work)
    assert sentence.startswith("⚠ Your code in Exercise 1 did not finish and was stopped.")


def test_nothing_reaches_the_error_stream(capsys):
    # This handler holds the real error stream, as one that an earlier cell has made does.
    logging.getLogger().addHandler(handler := logging.StreamHandler())

    def work(c):
        print("progress: 10%", file=sys.stderr)
        warnings.warn("a warning of the learner's code", stacklevel=1)
        logging.getLogger().warning("a message of the learner's code")
        np.array([1.0]) / np.array([0.0])
        c.close(lambda: 1, 1, hint=HINT)

    try:
        assert outcome(capsys, work)[0]
    finally:
        logging.getLogger().removeHandler(handler)


def test_a_check_that_compares_nothing_is_the_authors_mistake():
    with (
        pytest.raises(RuntimeError, match="The check of Exercise 1 compares nothing"),
        check("Exercise 1", needs="a", right=""),
    ):
        pass


def test_random_state_is_fixed_and_differs_by_exercise_and_secret(monkeypatch):
    def state(exercise):
        return check(exercise, needs="a", right="").random_state

    monkeypatch.delenv("COURSE_SECRET", raising=False)
    public = state("Exercise 1"), state("Exercise 2")
    assert public == (state("Exercise 1"), state("Exercise 2"))
    monkeypatch.setenv("COURSE_SECRET", "a class of 2026")
    secret = state("Exercise 1"), state("Exercise 2")
    assert len({*public, *secret}) == 4
    np.random.default_rng(secret[0])


@given(
    expected=st.lists(st.floats(-1e6, 1e6).filter(lambda number: number == 0 or abs(number) > 1e-3), min_size=1),
    place=st.integers(0, 100),
    factor=st.floats(-3, 3).filter(lambda factor: abs(abs(factor) - 1) > 1e-3),
    tolerance=st.sampled_from([1e-5, 1e-3]),
)
def test_each_number_is_compared_with_its_own_margin(expected, place, factor, tolerance):
    place %= len(expected)
    answer = list(expected)
    answer[place] += factor * (tolerance * abs(expected[place]) + 1e-9)
    c = check("Exercise 1", needs="a", right="")
    if abs(factor) < 1:
        c.close(lambda: answer, expected, hint=HINT, tolerance=tolerance)
    else:
        with pytest.raises(CheckFailed):
            c.close(lambda: answer, expected, hint=HINT, tolerance=tolerance)


@pytest.mark.parametrize(("wrong", "expected"), [([1000, 0.5], [1000, 0]), (0, 0.0009), (60_001, 60_000)])
def test_a_large_number_gives_a_small_one_no_room(wrong, expected):
    with pytest.raises(CheckFailed):
        check("Exercise 1", needs="a", right="").close(lambda: wrong, expected, hint=HINT)


def test_an_exercise_says_how_close_to_nothing_counts_as_nothing():
    c = check("Exercise 1", needs="a", right="")
    c.close(lambda: [1000, 0.0004], [1000, 0], hint=HINT, floor=0.0005)
    with pytest.raises(CheckFailed):
        c.close(lambda: [1000, 0.0006], [1000, 0], hint=HINT, floor=0.0005)


@pytest.mark.parametrize(
    ("wrong", "expected", "says"),
    [
        (0.12346, 0.12345, "0.12346 where 0.12345 was"),
        (1000.02, 1000, "1,000.02 where 1,000.00 was"),
        (61_000, 60_000, "61,000 where 60,000 was"),
    ],
)
def test_two_numbers_that_differ_are_written_so_that_one_sees_it(wrong, expected, says):
    with pytest.raises(CheckFailed, match=says):
        check("Exercise 1", needs="a", right="").close(lambda: wrong, expected, hint=HINT)


@pytest.mark.parametrize("right", [True, np.True_, [True, False], np.array([True, False]), (1, 0)])
def test_yes_and_no_are_compared_where_they_are_asked(capsys, right):
    expected = np.array([True, False])[: np.size(right)].reshape(np.shape(right))
    assert outcome(capsys, lambda c: c.close(lambda: right, expected, hint=HINT))[0]


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (np.array([True, True]), "Your answer is yes where no was expected."),
        (np.array([False, False]), "Your answer is no where yes was expected."),
        (True, "Your answer is 1 number where 2 numbers were expected."),
        (["yes", "no"], "Your answer should be yes or no, True or False, and it is a list of texts"),
    ],
)
def test_a_wrong_yes_or_no_is_said_in_words(capsys, wrong, says):
    passed, text = outcome(capsys, lambda c: c.close(lambda: wrong, np.array([True, False]), hint=HINT))
    assert not passed
    assert says in text


IN_A_CELL = """
from course_utils.checks import check

with check("Exercise 1", needs="half", right="Well halved.") as c:
    import math as numbers
    loss = [4, 6]
    amount = 100
    for each in loss:
        c.close(lambda: half(each), each / 2, hint="Count again.")
"""


@pytest.mark.parametrize("answer", ["number / 2", "amount", "loss", "____"])
def test_a_check_leaves_the_names_of_a_notebook_as_it_found_them(capsys, answer):
    names = {"each": "mine", "c": 3}
    exec(f"def half(number):\n    return {answer}", names)
    before = dict(names)
    with contextlib.suppress(CheckFailed):
        exec(IN_A_CELL, names)
    assert names == before
    assert all(names[name] is before[name] for name in before)


def test_a_recipe_does_not_see_the_names_of_its_check():
    names = {}
    exec("def half(value):\n    return amount / 25 if value == 4 else loss[1] / 2", names)
    with pytest.raises(CheckFailed, match="`amount` does not exist"):
        exec(IN_A_CELL, names)


def test_a_recipe_keeps_its_defaults_and_what_it_closes_over():
    names = {}
    exec("def maker(two):\n    def half(value, *, by=2):\n        return value / two * 2 / by\n    return half", names)
    exec("half = maker(2)", names)
    exec(IN_A_CELL, names)


@pytest.mark.parametrize(
    "answer",
    [
        "number[:] = 0\n    return 0 * number",
        "number *= 0\n    return number",
        "np.multiply(number, 0, out=number)\n    return number",
    ],
)
def test_what_is_expected_does_not_depend_on_what_a_recipe_writes_into(answer):
    names = {"np": np}
    exec(f"def half(number):\n    {answer}", names)
    cell = """
from course_utils.checks import check

with check("Exercise 1", needs="half", right="Well halved.") as c:
    import numpy as np
    numbers = np.array([4.0, 6.0])
    c.close(lambda: half(numbers), numbers / 2, hint="Count again.")
"""
    with pytest.raises(CheckFailed, match="Your answer is 0 where 2 was expected"):
        exec(cell, names)


def test_a_recipe_may_write_into_what_it_is_given_and_is_given_the_same_again():
    names = {}
    exec("def half(numbers, *, more):\n    more[0] /= 2\n    numbers[0][:] /= 2\n    return numbers[0] + more", names)
    cell = """
from course_utils.checks import check

with check("Exercise 1", needs="half", right="Well halved.") as c:
    import numpy as np
    numbers, more = np.array([4.0, 6.0]), [2.0]
    for _ in range(2):
        c.close(lambda: half([numbers], more=more), [3, 4], hint="Count again.")
    assert (numbers == [4, 6]).all() and more == [2]
"""
    exec(cell, names)


def test_numpy_is_what_it_was_whatever_a_recipe_makes_of_it():
    mean, norm = np.mean, np.linalg.norm

    def recipe():
        np.mean = np.linalg.norm = lambda _: 0
        del np.median
        return np.mean([1])

    with pytest.raises(CheckFailed, match="Your answer is 0 where 1 was expected"):
        check("Exercise 1", needs="a", right="").close(lambda: recipe(), np.mean([1]), hint=HINT)
    assert (np.mean, np.linalg.norm) == (mean, norm)
    assert np.median([1, 2, 3]) == 2


@pytest.mark.parametrize("value", [3, np.array([3]), abs, outcome])
def test_a_check_that_calls_the_answer_too_early_is_the_authors_mistake(value):
    with (
        pytest.raises(
            AuthorsMistake, match=r"The check of Exercise 1 calls the answer too early. Write c.close\(lambda"
        ),
        check("Exercise 1", needs="a", right="") as c,
    ):
        c.close(value, 3, hint=HINT)


def test_an_error_of_a_recipe_is_told_as_without_the_copies():
    names = {}
    exec("def half(number, by):\n    return number / by", names)
    with pytest.raises(CheckFailed, match="stopped before it gave an answer") as caught:
        exec(IN_A_CELL, names)
    assert "called" not in str(caught.value)
