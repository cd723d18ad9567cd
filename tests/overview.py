"""Write into README.md and TEACHING.md what they repeat of the chapters: `make docs`.

Names, minutes, points, exercises and solutions are written anew, from the notebooks and the answers to try. Words that
stand between them are written by hand, and kept. Where a new chapter needs some, it gets a blank.
"""

import re
import sys
from pathlib import Path

from notebooks.attempts import BLANK, Chapter

from course_utils.chapters import chapter_names
from course_utils.errors import CourseError
from course_utils.saved import chapter_title, tasks_in

ROOT = Path(__file__).parent.parent

ROWS = re.compile(r"(?<=^\|---\|---\|---\|\n)(?:\|.*\n)*", re.MULTILINE)
"""The rows of a table of three columns. Each begins with the number of a chapter or an exercise."""

NEW_SECTION = f"""
Needs {BLANK}.

| exercise | solution | where people stumble |
|---|---|---|

*Misconceptions.* {BLANK}

*To discuss.* {BLANK}

"""


def minutes(chapter):
    """Return the minutes that a chapter's first cell asks for.

    Raises:
        CourseError: if it says none.
    """
    first = "".join(cell.source for cell in chapter.source.cells[:1])
    if found := re.search(r"\*\*Time:\*\* (\d+) minutes", first):
        return found[1]
    raise CourseError(f"{chapter.name}: write how long it takes into the first cell: **Time:** 40 minutes.")


def with_rows(text, rows):
    """Return `text` with the rows of its table written anew.

    Each of `rows` is a list of cells, and a blank one keeps what stands now in the row of the same number.
    """
    kept = {}
    for line in ROWS.search(text)[0].splitlines():
        cells = re.split(r" ?(?<!\\)\| ?", line)[1:-1]
        kept[cells[0].split()[0]] = cells
    written = ""
    for row in rows:
        old = kept.pop(row[0].split()[0], row)
        new = [was if cell == BLANK else cell.replace("|", r"\|") for cell, was in zip(row, old, strict=True)]
        written += f"| {' | '.join(new)} |\n"
    nothing_is_left(kept)
    return ROWS.sub(lambda _: written, text, count=1)


def nothing_is_left(kept):
    """Stop where somebody's words belong to a chapter or an exercise that is no longer there."""
    if kept:
        raise SystemExit(f"No longer in the course: {', '.join(kept)}. Move what is written there, or delete it.")


def readme(text, chapters):
    """Return the README with a row for each chapter."""
    return with_rows(text, [[chapter_title(each.name, each.source.cells), BLANK, minutes(each)] for each in chapters])


def teaching(text, chapters):
    """Return TEACHING.md with a section for each chapter."""
    before, heading, sections = text.partition("## Chapter by chapter\n")
    first, *sections = re.split(r"^### ", sections, flags=re.MULTILINE)
    kept = dict(re.fullmatch(r"(\w+).*?\n(.*)", each, re.DOTALL).groups() for each in sections)
    written = [(before + heading + first).rstrip("\n") + "\n"]
    for chapter in chapters:
        tasks = tasks_in(chapter.source.cells)
        points = sum(task.points for task in tasks)
        rows = [
            [task.title.removeprefix("Exercise ").replace(":", "", 1), solution(exercise), BLANK]
            for task, exercise in zip(tasks, chapter.exercises, strict=True)
        ]
        section = with_rows(kept.pop(chapter.name, NEW_SECTION).strip("\n") + "\n", rows)
        written.append(f"### {chapter.name} ({minutes(chapter)} minutes, {points:g} points)\n\n{section}")
    nothing_is_left(kept)
    return "\n".join(written)


def solution(exercise):
    """Return the first right answer to an exercise, as it is typed into its blanks."""
    right = [*exercise.answers["right"], BLANK][0]
    return " and ".join(f"`{typed}`" for typed in ([right] if isinstance(right, str) else right))


def overviews():
    """Return both files as the chapters want them, by their paths."""
    chapters = [Chapter(name) for name in chapter_names()]
    return {
        ROOT / name: write((ROOT / name).read_text(encoding="utf-8"), chapters)
        for name, write in (("README.md", readme), ("TEACHING.md", teaching))
    }


if __name__ == "__main__":
    try:
        written = overviews()
    except CourseError as fault:
        sys.exit(str(fault))
    for path, text in written.items():
        path.write_text(text, encoding="utf-8")
