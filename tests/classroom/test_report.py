"""The class report: what it counts, what it puts together, whom it names, and what it does not trip over."""

import csv
import json
import re

import nbformat
import pytest
from classroom.graded import ESSAY, QUIET, Graded, cell_of, says
from nbformat.v4 import new_output
from PIL import Image

from course_utils.classroom.picture import plot_report, save_picture
from course_utils.classroom.report import read_report
from course_utils.errors import CourseError

pytestmark = QUIET

RULE, ERROR, STEP, FIT, BIAS = Graded.right

WRONG_RULES = (
    ["220", "-1"],
    ["220", "-1"],
    ["220", "-10"],
    ["170", "-1"],
    ["170", "10"],
    ["160", "-10"],
    ["150", "-10"],
)
"""Two students have one misconception, two others miss by different numbers, and three err each in their own way."""

LOOKED_AT = "The notebook was stopped after 600 seconds."
NAMES = [*(f"student_{letter}" for letter in "abcdefg"), "chidi", "dana", "eve", "fay", "gus", "ivy", "zoe", "nobody"]


def wrong_rules(graded):
    for letter, rule in zip("abcdefg", WRONG_RULES, strict=True):
        graded.hand_in(f"student_{letter}", {RULE: rule, ESSAY: None}, grading={"seconds": 2.0, "notes": []})


def chidi(graded):
    """One exercise does not run, one has a bracket too many, one is open, one names its author."""
    graded.hand_in(
        "chidi",
        {
            RULE: "def rule_220(decades):\n    raise ValueError('chidi was here')",
            ERROR: ["np.mean(misses**2))"],
            STEP: None,
        },
        grading={"seconds": 9.04, "notes": [{"student": "It was slow.", "instructor": LOOKED_AT, "look": True}]},
    )


def dana(graded):
    """Another bracket is too many; a note says nothing that asks for a look."""
    note = {"student": "A cell was put back.", "instructor": "A deleted cell was put back.", "look": False}
    graded.hand_in("dana", {ERROR: ["(misses**2).mean())"]}, grading={"seconds": 3, "notes": [note]})


def eve(graded):
    """All is right; one check lost its points by noise, and one passed without a word."""

    def spoil(notebook):
        cell_of(notebook, f"{FIT}_check").outputs.append(new_output("stream", name="stderr", text="ld.so: warning"))
        cell_of(notebook, f"{BIAS}_check").outputs = []

    graded.hand_in("eve", spoil=spoil, grading={"seconds": float("nan"), "notes": "none"})


def fay(graded):
    """All is right, and one exercise was marked up and one down by hand; the essay is marked."""
    graded.hand_in("fay", {STEP: ["per_decade + learning_rate * gradient_per_decade"]}, grading=["odd"])
    graded.mark_by_hand("fay", f"{STEP}_check", 2)
    graded.mark_by_hand("fay", f"{BIAS}_check", 1)
    graded.mark_by_hand("fay", ESSAY, 3)


def spoiled_files(graded):
    """Marked notebooks that are none."""
    for student in ("gus", "ivy", "zoe"):
        graded.hand_in(student)
        graded.path("autograded", student).unlink()
    graded.path("autograded", "gus").write_text('{"cells": [')
    odd = json.loads(nbformat.writes(graded.release)) | {"metadata": {"cardiac_ml_course": [1]}}
    odd["cells"][17]["outputs"] = [{"output_type": "stream"}]
    graded.path("autograded", "ivy").write_text(json.dumps(odd))


@pytest.fixture(scope="module")
def graded(set_up, tmp_path_factory):
    graded = set_up.copy(tmp_path_factory.mktemp("graded"))
    for add in (wrong_rules, chidi, dana, eve, fay, spoiled_files):
        add(graded)
    graded.path("submitted", "nobody").parent.mkdir(parents=True)
    return graded


@pytest.fixture(scope="module")
def report(graded):
    return read_report(graded.folder, graded.chapter, graded.db_url)


def rows(text):
    return list(csv.DictReader(text.splitlines()))


def section(text, number):
    """What the report says of one exercise."""
    return text.partition(f"Exercise {number}: ")[2].split("\n\n")[0]


def test_each_exercise_counts_passed_wrong_stopped_and_not_tried(report):
    tallies = re.findall(r"^Exercise (\d): .*\n +(.*)$", str(report), re.MULTILINE)
    assert tallies == [
        ("1", "✓ 6 passed   ✗ 7 wrong   ⚠ 1 stopped   ○ 0 not tried   – 1 without a mark"),
        ("2", "✓ 12 passed   ✗ 0 wrong   ⚠ 2 stopped   ○ 0 not tried   – 1 without a mark"),
        ("3", "✓ 13 passed   ✗ 0 wrong   ⚠ 0 stopped   ○ 1 not tried   – 1 without a mark"),
        ("4", "✓ 13 passed   ✗ 0 wrong   ⚠ 1 stopped   ○ 0 not tried   – 1 without a mark"),
        ("5", "✓ 13 passed   ✗ 1 wrong   ⚠ 0 stopped   ○ 0 not tried   – 1 without a mark"),
        ("6", "◐ 4 handed in   ○ 7 not tried   – 4 without a mark"),
    ]


def test_misconceptions_are_counted_the_most_frequent_first_and_no_more_than_five(report):
    told = section(str(report), 1).splitlines()[2:]
    assert (
        told[0].strip()
        == "2  ✗ 220 and −1 belong to age 0 and to one year. Here we start at 50 and count in tens of years."
    )
    assert told[1].strip().startswith("2  ✗ Your answer is … where ")
    assert told[-1].strip() == "and 1 other"
    assert sum(line.split()[0].isdecimal() and line[6].isdecimal() for line in told if line.strip()) == 5


def test_answers_that_differ_in_numbers_only_are_one_misconception_and_shared_numbers_stay(report):
    (together,) = [each.sentence for each in report.misconceptions(0) if "Your answer is" in each.sentence]
    assert re.fullmatch(
        r"✗ Not yet\. Your answer is … where [\d.]+ was expected\. First number: .* at 50\? .*", together
    )


def test_code_that_does_not_run_counts_by_its_own_error_whatever_the_line(report):
    (together,) = report.misconceptions(1)
    assert together.count == 2
    assert together.sentence == "⚠ There is one ) too many in `…`: take it away."


def test_points_given_by_hand_count(report, graded):
    verdicts = {row["exercise"]: row for row in rows(report.csv(names=True)) if row["student"] == "fay"}
    assert (verdicts[STEP]["verdict"], verdicts[STEP]["points"]) == ("passed", "2")
    assert (verdicts[BIAS]["verdict"], verdicts[BIAS]["points"]) == ("failed", "1")
    assert verdicts[BIAS]["sentence"] == "✗ The points were changed by hand."
    assert (verdicts[ESSAY]["verdict"], verdicts[ESSAY]["points"], verdicts[ESSAY]["max_points"]) == (
        "handed in",
        "3",
        "4",
    )


def test_the_time_is_told_for_those_whose_it_is_known(report):
    assert "Grading took 2.0 s a submission (median), 9.0 s at the longest." in str(report)


def test_who_needs_a_look_and_why(report):
    looks = report.text(names=True).partition("to look at:")[2]
    for student, reason in {
        "chidi": LOOKED_AT,
        "eve": "Exercise 5 has full points, but its check never said ✓.",
        "gus": "The marked notebook cannot be read.",
        "ivy": "The marked notebook cannot be read.",
        "nobody": "It has no mark. To see why, grade it again: course grade",
        "zoe": "It has marks, but the marked notebook is missing.",
    }.items():
        assert re.search(rf"^   (.*, )?{student}(, .*)?: {re.escape(reason)}", looks, re.MULTILINE), student
    assert re.search(r"^   chidi, dana, eve: Exercise 6 waits to be marked by hand\.", looks, re.MULTILINE)
    assert "A deleted cell" not in looks
    assert "fay" not in looks
    assert "student_a" not in looks


def test_without_names_there_is_none(report):
    figure = plot_report(report)
    for text in (str(report), report.csv(), figure.alt, figure.caption):
        assert not [name for name in NAMES if re.search(rf"(?<![a-z]){name}(?![a-z])", text, re.IGNORECASE)]
    assert "(… was here)" in str(report)
    assert "chidi" in report.text(names=True)


def test_a_number_is_one_student_in_the_text_and_in_the_table(report):
    (number,) = {row["student"] for row in rows(report.csv()) if row["exercise"] == RULE and row["verdict"] == "none"}
    assert f"student {number}: It has no mark." in str(report)


def test_the_table_has_a_row_for_each_student_and_exercise(report):
    table = rows(report.csv(names=True))
    assert ",".join(table[0]) == "student,exercise,title,verdict,points,max_points,sentence,seconds"
    assert [row["student"] for row in table] == [name for name in sorted(NAMES) for _ in range(6)]
    (row,) = [row for row in table if (row["student"], row["exercise"]) == ("student_a", RULE)]
    assert row["title"] == "Exercise 1: write 220 − age as such a line"
    assert (row["verdict"], row["points"], row["max_points"], row["seconds"]) == ("failed", "0", "2", "2.0")
    assert row["sentence"].startswith("✗ Not yet. 220 and −1 belong to age 0")
    noise = {row["sentence"] for row in table if (row["student"], row["exercise"]) == ("eve", FIT)}
    assert "something wrote a warning or an error" in noise.pop()


def test_it_has_the_gradebook_to_itself(report, graded):
    with graded.gradebook() as gradebook:
        assert {student.id for student in gradebook.students} == set(NAMES) - {"nobody"}


def test_the_picture_shows_each_number(report, tmp_path):
    shown = plot_report(report)
    (axes,) = shown.figure.axes
    numbers = [text.get_text() for text in axes.texts if text.get_text()]
    assert " ".join(numbers) == "6 7 1 12 2 13 1 13 1 13 1 4 7"
    assert axes.get_xlabel() == "Number of students"
    assert shown.figure.texts[0].get_text() == "01 Linear regression: 15 submissions, 4 without a mark"
    legend = [text.get_text() for text in shown.figure.legends[0].get_texts()]
    assert legend == ["✓ passed", "◐ handed in", "✗ wrong", "⚠ stopped", "○ not tried"]
    assert "Exercise 2: the mean squared error: 12 passed, 0 wrong, 2 stopped, 0 not tried." in shown.alt
    save_picture(report, tmp_path / "class.png")
    with Image.open(tmp_path / "class.png") as picture:
        assert picture.width == 900


def test_a_picture_that_cannot_be_saved_is_one_line(report, tmp_path):
    with pytest.raises(CourseError, match=r"cannot be written \(no such file or directory\)\. Choose another place"):
        save_picture(report, tmp_path / "nowhere" / "class.png")


@pytest.fixture
def empty(set_up, tmp_path):
    return set_up.copy(tmp_path)


def test_a_notebook_of_stock_nbgrader_will_do_and_nobody_needs_a_look(empty):
    empty.hand_in("ana", {ESSAY: None})
    text = str(read_report(empty.folder, empty.chapter, empty.db_url))
    assert text.startswith("01 Linear regression: 1 submission, half of them with 10 of 14 points or more\n")
    assert text.endswith("How long the grading took was not noted.\nNobody needs a look.")


def test_no_cell_of_the_table_is_a_formula_and_no_line_steers_the_terminal(empty):
    formula = '=HYPERLINK("http://elsewhere","x")'
    steering = "⚠ \x1b]0;title\x07\x1b[2J⚠\u202egnp\rmiddle\nend"

    def spoil(notebook):
        cell_of(notebook, f"{RULE}_check").outputs = [says(formula)]
        cell_of(notebook, f"{ERROR}_check").outputs = [says(steering)]

    note = {"student": "", "instructor": f"{steering} {'long ' * 500}", "look": True}
    for student in ("=1+1", "@ana", "-2", "+3", "＝4"):
        empty.hand_in(student, spoil=spoil, grading={"notes": [note]})
    report = read_report(empty.folder, empty.chapter, empty.db_url)
    for names in (False, True):
        cells = [cell for row in rows(report.csv(names=names)) for cell in row.values()]
        assert not [cell for cell in cells if cell.startswith(tuple("=+-@＝"))]
        assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f\u202e]", report.text(names=names) + report.csv(names=names))
        assert len(report.text(names=names)) < 6000
    assert "'=1+1" in report.csv(names=True)


def test_nothing_handed_in_is_one_line_that_says_where_to_put_it(empty):
    with pytest.raises(
        CourseError, match=rf"^Nobody has handed in {empty.chapter}\. Put each notebook at .*NAME.*: course"
    ):
        read_report(empty.folder, empty.chapter, empty.db_url)


def test_a_class_that_is_not_graded_yet_is_one_without_marks(empty):
    for student in ("ana", "ben"):
        empty.write("submitted", student, empty.release)
    text = str(read_report(empty.folder, empty.chapter, empty.db_url))
    assert "2 submissions, none marked yet" in text
    assert "   student 1, student 2: It has no mark." in text


def test_a_chapter_that_was_never_released_is_one_line_that_says_how(empty):
    with pytest.raises(CourseError, match=r"Release it first: course release 02_logistic_regression$"):
        read_report(empty.folder, "02_logistic_regression", empty.db_url)


def test_a_gradebook_that_is_not_there_is_not_made(tmp_path):
    with pytest.raises(CourseError, match=r"is in no gradebook of .* yet"):
        read_report(tmp_path, Graded.chapter, f"sqlite:///{tmp_path / 'gradebook.db'}")
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "gradebook.db").touch()
    with pytest.raises(CourseError, match=r"is in no gradebook of .* yet"):
        read_report(tmp_path, Graded.chapter, f"sqlite:///{tmp_path / 'gradebook.db'}")


@pytest.mark.parametrize(
    ("address", "advice"),
    [("sqlite:///{}/gradebook.db", "Try again when no grading runs."), ("no address", "See that its server runs.")],
)
def test_a_gradebook_that_is_none_is_one_line(tmp_path, address, advice):
    (tmp_path / "gradebook.db").write_text(
        "my shopping list, which is long enough to be taken for a page of a database"
    )
    with pytest.raises(CourseError, match=rf"^The gradebook cannot be read \(.*\)\. {advice}$") as raised:
        read_report(tmp_path, Graded.chapter, address.format(tmp_path))
    assert "\n" not in str(raised.value)
