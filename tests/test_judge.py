"""What a check hands over, what of its cell asks for it, and the judge who works out what is expected elsewhere."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_utils.checks import HANDED_OVER, random_state
from course_utils.classroom.check_cells import handing_over, subject_of
from course_utils.classroom.judge import judges, work_out
from course_utils.classroom.secret import chapter_secret
from course_utils.errors import CourseError
from course_utils.handed import MOST_NUMBERS, Answer, HandedOver, answer_of

CHECK = """\
# Check of exercise 1: run me
from course_utils.checks import check

with check("Exercise 1", needs="half", right="Well halved.") as c:
    import numpy as np
    from math import tau

    draw = np.random.default_rng(c.random_state)
    numbers, unused = draw.uniform(1, 9, 4), "ü"
    between = draw.normal()  # it moves the stream on
    later = draw.normal(size=2)
    later[0] += 1
    right = {"halves": numbers / 2}
    right |= {"tau": tau}

    def expected(values):
        return values / 2

    for each in numbers:
        wrong = each * 2
        if wrong > 3:
            wrong = 3
        c.close(lambda: half(each), each / 2, hint="Halve it.", mistakes=[(wrong, "You double it.")])
    c.close(
        lambda: half(later),  # both
        expected(later),
        hint="Halve it.",
    )
    ### BEGIN HIDDEN TESTS
    zero = 0
    c.close(lambda: half(zero), 0, hint="Half of nothing.")
    ### END HIDDEN TESTS
"""

ASKING = """\
# Check of exercise 1: run me
from course_utils.checks import hand_over as check

with check("Exercise 1", needs="half", right="Well halved.") as c:
    import numpy as np

    draw = np.random.default_rng(c.random_state)
    numbers, unused = draw.uniform(1, 9, 4), "ü"
    between = draw.normal()  # it moves the stream on
    later = draw.normal(size=2)
    later[0] += 1


    for each in numbers:
        c.close(lambda: half(each))
    c.close(
        lambda: half(later))
    ### BEGIN HIDDEN TESTS
    zero = 0
    c.close(lambda: half(zero))
    ### END HIDDEN TESTS
"""


def test_a_kernel_runs_as_much_of_a_check_as_it_takes_to_ask():
    assert handing_over(CHECK) == ASKING
    assert subject_of(CHECK) == subject_of(ASKING) == ("Exercise 1", "half")


@pytest.mark.parametrize(
    "source",
    [
        "assert half(4) == 2",
        "%time half(4)",
        'import course_utils.checks as k\nwith k.check("Exercise 1", needs="half", right="") as c:\n    pass',
        'with check("Exercise 1", needs="half", right="") as c:\n    c.close(lambda: half(4), 2, hint="")',
    ],
)
def test_other_cells_are_left_to_nbgrader(source):
    assert handing_over(source) is None


def hand_over(monkeypatch, answer, secret=""):
    """Return what a kernel hands over for a recipe."""
    shown = []
    monkeypatch.setattr("IPython.display.display", lambda data, raw: shown.append(data[HANDED_OVER]))
    monkeypatch.setenv("COURSE_SECRET", secret)
    names = {"np": np}
    exec(f"def half(number):\n    return {answer}", names)
    exec(ASKING, names)
    (text,) = shown
    return text


@pytest.fixture(scope="module", params=["", "a word of your own"])
def secret(request):
    return chapter_secret(request.param, "07")


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        ("number / 2", "✓ Correct. Well halved."),
        ("np.multiply(number, 0.5)", "✓ Correct. Well halved."),
        ("number * 3 if np.size(number) == 1 else 0", "✗ Not yet. Your answer is "),
        ("min(number * 2, 3) if np.size(number) == 1 else 0", "✗ Not yet. You double it."),
        (
            "number / 2 if np.size(number) == 1 else 0",
            "✗ Not yet. Your answer is 1 number where 2 numbers were expected.",
        ),
        ("None", "✗ Not yet. Your function gave nothing back"),
        ("____", "○ Not attempted yet."),
        ("number / 2 if np.size(number) == 1 else halves", "⚠ Your code in Exercise 1 stopped"),
    ],
)
def test_the_judge_says_what_a_check_says(monkeypatch, secret, answer, says):
    judge = judges(work_out({"half": CHECK}, secret))["half"]
    assert judge.verdict(hand_over(monkeypatch, answer, secret)).startswith(says)


def test_answers_to_other_data_are_wrong(monkeypatch):
    judge = judges(work_out({"half": CHECK}, chapter_secret("a word of your own", "07")))["half"]
    assert judge.verdict(hand_over(monkeypatch, "number / 2")).startswith("✗ Not yet. Your answer is ")


def test_too_few_and_too_many_answers_are_no_answers(monkeypatch):
    judge = judges(work_out({"half": CHECK}, ""))["half"]
    content = json.loads(hand_over(monkeypatch, "number / 2"))
    assert judge.verdict(json.dumps(content)).startswith("✓")
    for answers in (content["answers"][:-1], [*content["answers"], content["answers"][0]], []):
        assert judge.verdict(json.dumps({**content, "answers": answers})) is None
    stopped = {**content, "stopped": "⚠ It stopped."}
    assert judge.verdict(json.dumps(stopped)) == "⚠ It stopped."


def test_a_chapters_secret_is_its_own():
    assert chapter_secret("", "07") == ""
    assert len({chapter_secret("a", "07"), chapter_secret("b", "07"), chapter_secret("a", "08"), "a"}) == 4
    assert random_state("Exercise 1", "a") != random_state("Exercise 1", "b")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("expected(later)", "halves_of_the_notebook"),
        ("lambda: half(later)", "half(later)"),
        ("draw.normal(size=2)", "1 / 0"),
    ],
)
def test_a_check_that_does_not_run_by_itself_is_named_in_one_line(old, new):
    with pytest.raises(CourseError, match=r"The check half does not run by itself .* Mend it") as caught:
        work_out({"half": CHECK.replace(old, new)}, "")
    assert "\n" not in str(caught.value)


def test_nothing_is_worked_out_where_there_are_no_checks():
    assert judges(work_out({}, "")) == {}


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3) | st.complex_numbers(),
        lambda inside: st.lists(inside, max_size=4) | st.dictionaries(st.integers(), inside, max_size=2),
        max_leaves=10,
    )
)
def test_whatever_is_handed_over_arrives(got):
    text = HandedOver((answer_of(got), answer_of(got)), "⚠ It stopped.").as_text()
    read = HandedOver.read(text)
    assert read is not None
    assert read.as_text() == text  # not ==: nan is not nan


@given(st.text(st.characters(), max_size=5))
def test_any_sentence_arrives_in_one_line_that_can_be_written(text):
    read = HandedOver.read(HandedOver((), f"⚠ {text * 1000}", text).as_text())
    assert read.stopped.startswith("⚠ ")
    assert "\n" not in read.stopped + read.slip
    (read.stopped + read.slip).encode()


def test_of_too_many_numbers_their_count_arrives():
    read = HandedOver.read(HandedOver((answer_of(np.ones((MOST_NUMBERS, 2))),)).as_text())
    assert read.answers == (Answer((MOST_NUMBERS, 2)),)


ANSWER = {"shape": [2], "numbers": [1.0, 2.0], "word": "", "because": ""}
HANDED = {"answers": [ANSWER], "stopped": "", "slip": ""}


def test_what_is_in_its_form_is_read():
    assert HandedOver.read(json.dumps(HANDED)) == HandedOver((Answer((2,), (1.0, 2.0)),))


@pytest.mark.parametrize(
    "text",
    [
        None,
        HANDED,
        b"{}",
        "",
        "[]",
        "{}",
        "1" * 10_000,
        "[" * 100_000,
        '{"answers": ' * 2000,
        *map(
            json.dumps,
            [
                {**HANDED, "passed": True},
                {**HANDED, "answers": {}},
                {**HANDED, "answers": [[]]},
                {**HANDED, "answers": [ANSWER] * 1000},
                {**HANDED, "stopped": None},
                {**HANDED, "stopped": "✓ Correct."},
                {**HANDED, "stopped": "⚠ Two\nlines."},
                {**HANDED, "stopped": "⚠ Half a character: \ud800"},
                {**HANDED, "slip": "x" * 10_000},
            ],
        ),
        *(
            json.dumps({**HANDED, "answers": [{**ANSWER, **change}]})
            for change in (
                {"shape": [3]},
                {"shape": [-1, -2]},
                {"shape": [2.0]},
                {"shape": [True, 2]},
                {"shape": None},
                {"shape": [10**30]},
                {"shape": [1] * 99 + [2]},
                {"shape": [MOST_NUMBERS, MOST_NUMBERS]},
                {"numbers": [1.0]},
                {"numbers": [1, 2]},
                {"numbers": [True, False]},
                {"numbers": ["1", "2"]},
                {"numbers": [[1.0], [2.0]]},
                {"numbers": "12"},
                {"word": "✓ Correct."},
                {"word": "nothing"},
                {"word": 1},
                {"because": 5},
                {"more": 1},
            )
        ),
    ],
    ids=lambda text: str(text)[:60],
)
def test_what_is_not_in_its_form_is_not_read(text):
    assert HandedOver.read(text) is None
