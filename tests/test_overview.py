"""What README.md and TEACHING.md repeat of the chapters, and what is written there by hand."""

import re

import overview
import pytest
from notebooks.attempts import BLANK, Chapter

from course_utils.chapters import chapter_names

README, TEACHING = ((overview.ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "TEACHING.md"))
NEW = "03_supervised_and_unsupervised"


@pytest.fixture(scope="module")
def chapters():
    return [Chapter(name) for name in chapter_names()]


def test_both_tell_of_the_chapters_as_they_are():
    for path, text in overview.overviews().items():
        assert path.read_text(encoding="utf-8") == text, "Run make docs."


@pytest.mark.parametrize("text", [README, TEACHING], ids=["README.md", "TEACHING.md"])
def test_no_blank_is_left_to_be_filled_in_by_hand(text):
    assert BLANK not in text


def test_a_chapter_that_is_new_gets_a_row_with_a_blank_in_its_place(chapters):
    row = re.search(r"^\| 03 .*\n", README, re.MULTILINE)[0]
    made = overview.readme(README.replace(row, ""), chapters)
    assert made == README.replace(row, f"| 03 Two kinds of learning | {BLANK} | 40 |\n")


def test_a_chapter_that_is_new_gets_a_section_with_blanks_in_its_place(chapters):
    before, section, after = re.split(rf"(^### {NEW}.*?)(?=^### )", TEACHING, flags=re.MULTILINE | re.DOTALL)
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


def test_what_stands_there_by_hand_is_kept_whatever_changes_in_the_chapter(chapters):
    changed = re.sub(r"^\| (\d) .*? \| `.*` \|", r"| \1 another title | `another` |", TEACHING, flags=re.MULTILINE)
    changed = re.sub(r"\(\d+ minutes, \d+ points\)", "(1 minutes, 1 points)", changed)
    assert changed != TEACHING
    assert overview.teaching(changed, chapters) == TEACHING
    assert overview.readme(re.sub(r"^(\| \d\d).*? \|", r"\1 Other |", README, flags=re.MULTILINE), chapters) == README


def test_what_was_written_of_a_chapter_or_an_exercise_that_is_gone_is_not_lost(chapters):
    fewer = [chapter for chapter in chapters if chapter.name != NEW]
    with pytest.raises(SystemExit, match=r"No longer in the course: 03\. Move what is written there"):
        overview.readme(README, fewer)
    with pytest.raises(SystemExit, match=rf"No longer in the course: {NEW}\."):
        overview.teaching(TEACHING, fewer)
    with pytest.raises(SystemExit, match=r"No longer in the course: 6\."):
        overview.teaching(TEACHING.replace("\n\n*Misc", "\n| 6 gone | `1` | Words. |\n\n*Misc", 1), chapters)


def test_a_stroke_in_a_title_or_a_solution_does_not_end_its_cell():
    table = "|---|---|---|\n| 1 old | `old` | by \\| hand |\n"
    made = overview.with_rows(table, [["1 |x|", "`a | b`", BLANK]])
    assert made == "|---|---|---|\n| 1 \\|x\\| | `a \\| b` | by \\| hand |\n"
    assert overview.with_rows(made, [["1 |x|", "`a | b`", BLANK]]) == made
