"""What goes back to Canvas and Moodle: their own table with a chapter's points in it, and a page for each file."""

import io
import re
import zipfile
from pathlib import Path

from course_utils.classroom.collect import received
from course_utils.classroom.course import Classroom
from course_utils.classroom.gradebook import read_gradebook
from course_utils.classroom.marked import in_points, one_line
from course_utils.classroom.report import save_file
from course_utils.classroom.roster import Person, Table
from course_utils.errors import CourseError

FOLDER = "marked"
"""Where the archive of the pages is put."""


def fill_in(classroom: Classroom, path: Path, system: str, title: str | None = None) -> list[str]:
    """Write a copy of the table that Canvas or Moodle has exported, with the points of a chapter in it.

    Args:
        classroom: the course and the chapter.
        path: the exported table.
        system: "canvas" or "moodle".
        title: the heading of the column for the points in Canvas's table, where it does not name the chapter.

    Returns:
        What the instructor should know.

    Raises:
        CourseError: if the points would not be worth there what they are worth here, or there is no place for them.
    """
    table = Table(path)
    table.check(system)
    people = table.people()
    column = _points_column(table, classroom.chapter, title) if system == "canvas" else table.column("Grade")
    cells, _ = read_gradebook(classroom.folder, classroom.chapter, classroom.db_url)
    _check_most(table, column, system, sum(cell.points for cell in cells.values()))
    points, waiting = _points(classroom)
    students = _students(classroom, system, people)
    written, changed, kept = 0, [], []
    for person in people:
        student = students.get(person.row)
        if student not in points:
            continue
        new, old = in_points(points[student]), table.cell(person.row, column)
        if table.separator == ";":  # Canvas's table for those who write decimals with a comma
            new = new.replace(".", ",")
        if old and not re.fullmatch(r"-|\d+(?:[.,]\d+)?", old):  # such as EX, for excused
            kept.append(f"{person.name} ({one_line(old)})")
            continue
        if column >= len(table.rows[person.row]):
            raise CourseError(f"The row of {person.name} in {path} is too short. Export the table again.")
        if old not in ("", "-") and float(old.replace(",", ".")) != float(new.replace(",", ".")):
            changed.append(f"{person.name} ({one_line(old)} → {new})")
        table.put(person.row, column, new)
        written += 1
    copy = path.with_name(f"{path.stem}-{classroom.chapter}{path.suffix}")
    save_file(copy, table.content())
    without = [person.name for person in people if students.get(person.row) not in points.keys() | waiting]
    missing = (points.keys() | waiting) - set(students.values())
    lines = [f"{copy} has the points of {written} of {len(people)}. The table itself is as it was."]
    for words, names in (
        ("Other points stood there before", changed),
        ("Left as it was there", kept),
        (
            "Has no mark yet, and nothing was written",
            [person.name for person in people if students.get(person.row) in waiting],
        ),
        ("Has handed in nothing that is graded, and nothing was written", without),
        ("Has a mark, and is not in the table", sorted(map(one_line, missing))),
    ):
        if names:
            lines.append(f"{words}: {'; '.join(names)}.")
    return lines


def _points_column(table: Table, chapter: str, title: str | None) -> int:
    headers = [table.cell(0, place) for place in range(len(table.rows[0]))]
    found = {header: place for place, header in enumerate(headers) if re.fullmatch(r".* \(\d+\)", header, re.DOTALL)}
    number, _, topic = chapter.partition("_")
    if title is not None:
        fitting = [header for header in found if title in (header, re.sub(r" \(\d+\)$", "", header))]
    else:
        name = re.compile(rf"(?<!\d){number}(?!\d)")
        fitting = [header for header in found if name.search(re.sub(r" \(\d+\)$", "", header))] or [
            header for header in found if topic and re.sub(r"\W|_", "", topic) in re.sub(r"\W|_", "", header.lower())
        ]
    if len(fitting) != 1:
        there = ", ".join(map(one_line, found)) or "none"
        raise CourseError(
            f"It is not plain in which column of {table.path} the points belong. Add one of its assignments, as in "
            f'--column "{chapter}". There are: {there}.'
        )
    return found[fitting[0]]


def _check_most(table: Table, column: int, system: str, most: float) -> None:
    """Make sure that full points here are full points there."""
    if system == "canvas":
        rows = [row for row in range(1, len(table.rows)) if table.cell(row, 0) == "Points Possible"]
        theirs = {table.cell(row, column) for row in rows}
    else:
        place = table.column("Maximum Grade")
        theirs = {table.cell(row, place) for row in range(1, len(table.rows))} - {""}
    for each in theirs:
        if not re.fullmatch(r"\d+(?:[.,]\d+)?", each) or float(each.replace(",", ".")) != most:
            raise CourseError(
                f"The chapter has {in_points(most)} points, and the assignment in {table.path} has "
                f"{one_line(each) or 'none'}. Change it there to {in_points(most)}, and export the table again."
            )


def _points(classroom: Classroom) -> tuple[dict[str, float], set[str]]:
    """Return the points of those who are marked, without the penalty for being late, and who still waits for a mark."""
    from nbgrader.api import Gradebook

    _, marks = read_gradebook(classroom.folder, classroom.chapter, classroom.db_url)
    waiting = {
        student for student, cells in marks.items() if any(each.points is None or each.waits for each in cells.values())
    }
    with Gradebook(classroom.db_url, course_id="") as gradebook:
        submissions = gradebook.find_assignment(classroom.chapter).submissions
        penalties = {each.student_id: each.late_submission_penalty or 0 for each in submissions}
    points = {
        student: max(0.0, sum(each.points or 0 for each in cells.values()) - penalties.get(student, 0))
        for student, cells in marks.items()
        if student not in waiting
    }
    return points, waiting | (set(classroom.students()) - points.keys())


def _students(classroom: Classroom, system: str, people: list[Person]) -> dict[int, str]:
    """Return which student of this course each row of the table is.

    Raises:
        CourseError: if a row could be two of them, or two rows are the same one.
    """
    from nbgrader.api import Gradebook

    numbers = {one.number: student for student, one in received(classroom).items() if one.system == system}
    with Gradebook(classroom.db_url, course_id="") as gradebook:
        ids = {each.id for each in gradebook.students}
        known = {key: each.id for each in gradebook.students for key in (each.lms_user_id, each.email) if key}
    known = {**{student: student for student in ids}, **known}
    rows: dict[int, str] = {}
    for person in people:
        found = (
            {numbers[person.number]}
            if person.number in numbers
            else {known[key] for key in person.keys if key in known}
        )
        if len(found) > 1 or found & set(rows.values()):
            names = ", ".join(sorted(map(one_line, found)))
            raise CourseError(f"It is not plain who {person.name} in the table is: {names}. See the students' numbers.")
        if found:
            rows[person.row] = found.pop()
    return rows


def pack_feedback(classroom: Classroom) -> list[str]:
    """Make the feedback pages, and put them into one archive, under the names that Canvas and Moodle expect.

    Returns:
        What the instructor should know.

    Raises:
        CourseError: if there is nothing to give back.
    """
    done = classroom.api.generate_feedback(classroom.chapter, force=True)
    back = received(classroom)
    archive = io.BytesIO()
    packed, missing = 0, []
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        for student in classroom.students():
            page = classroom.path("feedback", student).with_suffix(".html")
            graded = classroom.path("autograded", student)
            if not graded.is_file() or not page.is_file() or page.stat().st_mtime < graded.stat().st_mtime:
                missing.append(one_line(student))
                continue
            file.write(page, f"{back[student].file if student in back else student}.html")
            packed += 1
    if not packed:
        raise CourseError(f"No page can be made. Grade first: course grade {classroom.chapter}")
    path = classroom.folder / FOLDER / f"{classroom.chapter}-feedback.zip"
    path.parent.mkdir(exist_ok=True)
    save_file(path, archive.getvalue())
    lines = [f"{path} has {packed} pages, named as the system that the notebooks came from wants them."]
    if missing:
        lines.append(f"Has no page, since it is not graded: {'; '.join(missing)}.")
    if not done["success"]:
        lines.append(
            "Nbgrader could not make every page. To see why: nbgrader generate_feedback --force " + classroom.chapter
        )
    return lines
