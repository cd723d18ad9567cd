"""What README.md and TEACHING.md repeat of the chapters, and what is written there by hand."""

import re

import overview
import pytest
from notebooks.attempts import BLANK, Chapter

from course_utils.chapters import chapter_names
from course_utils.errors import CourseError

README, TEACHING = ((overview.ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "TEACHING.md"))
NEW = "03_supervised_and_unsupervised"


@pytest.fixture(scope="module")
def chapters():
    """The chapters that TEACHING.md tells of: how others are told of is no matter of one that is only begun."""
    return [Chapter(name) for name in chapter_names() if f"### {name} " in TEACHING]


@pytest.fixture(scope="module")
def readme(chapters):
    return overview.readme(README, chapters)


@pytest.fixture(scope="module")
def teaching(chapters):
    return overview.teaching(TEACHING, chapters)


def test_both_tell_of_the_chapters_as_they_are():
    stale = [path.name for path, text in overview.overviews().items() if path.read_text(encoding="utf-8") != text]
    assert not stale, f"Run make docs, which has something new to write into {' and '.join(stale)}."


@pytest.mark.parametrize("text", [README, TEACHING], ids=["README.md", "TEACHING.md"])
def test_no_blank_is_left_to_be_filled_in_by_hand(text):
    blanks = [f"line {number}: {line}" for number, line in enumerate(text.splitlines(), 1) if BLANK in line]
    assert not blanks, "Fill in by hand:\n" + "\n".join(blanks)


def test_a_chapter_that_is_new_gets_a_row_with_a_blank_in_its_place(chapters, readme):
    row = re.search(r"^\| 03 .*\n", readme, re.MULTILINE)[0]
    made = overview.readme(readme.replace(row, ""), chapters)
    assert made == readme.replace(row, f"| 03 Two kinds of learning | {BLANK} | 40 |\n")


def test_a_chapter_that_is_new_gets_a_section_with_blanks_in_its_place(chapters, teaching):
    before, section, after = re.split(rf"(^### {NEW}.*?)(?=^### )", teaching, flags=re.MULTILINE | re.DOTALL)
    made = overview.teaching(before + after, chapters)
    assert made.startswith(before)
    assert made.endswith(after)
    new = made.removeprefix(before).removesuffix(after)
    assert new.splitlines()[0] == section.splitlines()[0]
    rows = [line.rpartition(" | ")[0] for line in section.splitlines() if re.match(r"\| \d", line)]
    assert [line for line in new.splitlines() if line.startswith("| ") and BLANK in line] == [
        f"{row} | {BLANK} |" for row in rows
    ]
    assert new.count(BLANK) == len(rows) + 3


def test_what_stands_there_by_hand_is_kept_whatever_changes_in_the_chapter(chapters, readme, teaching):
    changed = re.sub(r"^\| (\d) .*? \| `.*` \|", r"| \1 another title | `another` |", teaching, flags=re.MULTILINE)
    changed = re.sub(r"\(\d+ minutes, \d+ points\)", "(1 minutes, 1 points)", changed)
    assert changed != teaching
    assert overview.teaching(changed, chapters) == teaching
    assert overview.readme(re.sub(r"^(\| \d\d).*? \|", r"\1 Other |", readme, flags=re.MULTILINE), chapters) == readme


def test_what_was_written_of_a_chapter_or_an_exercise_that_is_gone_is_not_lost(chapters):
    fewer = [chapter for chapter in chapters if chapter.name != NEW]
    with pytest.raises(SystemExit, match=r"No longer in the course: 03\. Move what is written there"):
        overview.readme(README, fewer)
    with pytest.raises(SystemExit, match=rf"No longer in the course: {NEW}\."):
        overview.teaching(TEACHING, fewer)
    with pytest.raises(SystemExit, match=r"No longer in the course: 6\."):
        overview.teaching(TEACHING.replace("\n\n*Misc", "\n| 6 gone | `1` | Words. |\n\n*Misc", 1), chapters)


def test_a_chapter_without_answers_gets_blanks_for_its_solutions(monkeypatch, tmp_path):
    monkeypatch.setattr("notebooks.attempts.ANSWERS", tmp_path)
    made = overview.teaching("## Chapter by chapter\n", [Chapter(NEW)])
    assert made.count(f" | `{BLANK}` | {BLANK} |\n") == 5


def test_a_chapter_that_does_not_say_its_time_is_named():
    chapter = Chapter(NEW)
    del chapter.source.cells[:]
    with pytest.raises(
        CourseError, match=rf"^{NEW}: write how long it takes into the first cell: \*\*Time:\*\* 40 minutes\.$"
    ):
        overview.readme(README, [chapter])


def test_a_stroke_in_a_title_or_a_solution_does_not_end_its_cell():
    table = "|---|---|---|\n| 1 old | `old` | by \\| hand |\n"
    made = overview.with_rows(table, [["1 |x|", "`a | b`", BLANK]])
    assert made == "|---|---|---|\n| 1 \\|x\\| | `a \\| b` | by \\| hand |\n"
    assert overview.with_rows(made, [["1 |x|", "`a | b`", BLANK]]) == made
