"""Tables that a learning management system exports: who is in a class, and where a chapter's points go."""

import re
from dataclasses import dataclass
from pathlib import Path

from course_utils.classroom.marked import one_line
from course_utils.errors import CourseError, reason

_LARGEST_MB = 50

_GET = {
    "canvas": "Download it from Canvas: Grades, Export.",
    "moodle": "Download it from Moodle, in English: the assignment, View all submissions, Download grading worksheet.",
}


@dataclass(frozen=True)
class Person:
    """Somebody in a class.

    Attributes:
        keys: what the system calls this person anywhere; the first of them is the same in every assignment.
        number: what the system puts into the names of this assignment's files; empty where it is not known.
        last_name: the family name, or all of the name where it is in one piece.
        first_name: the given name.
        email: the address.
        own: the name of the folder, where the table says so.
        handed_in: when, in the system's words.
        row: which row of the table this is.
    """

    keys: tuple[str, ...]
    number: str
    last_name: str = ""
    first_name: str = ""
    email: str = ""
    own: str = ""
    handed_in: str = ""
    row: int = -1

    @property
    def name(self) -> str:
        """The name as lists have it, or else what the system calls the person."""
        return one_line(", ".join(filter(None, (self.last_name, self.first_name))) or self.keys[0])


class Table:
    """A table of comma-separated values, in which cells can be changed and all else stays byte for byte as it was.

    Raises:
        CourseError: if the file cannot be read, or is no table.
    """

    def __init__(self, path: Path) -> None:
        try:
            with open(path, "rb") as file:
                content = file.read(_LARGEST_MB * 2**20 + 1)
        except OSError as error:
            raise CourseError(f"{path} cannot be read ({reason(error)}). Give the file's right name.") from None
        wide = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}.get(content[:2])
        self._coding = (wide, "strict") if wide else ("utf-8", "surrogateescape")
        try:
            text = content.decode(*self._coding)
        except UnicodeDecodeError:
            text = "\0"
        if len(content) > _LARGEST_MB * 2**20 or "\0" in text:
            raise CourseError(f"{path} is not a table. Save it as CSV, and not as an Excel file.")
        self.path = path
        head = text.partition("\n")[0]
        self.separator = max(",;\t", key=head.count)
        self._pieces: list[str] = []
        self.rows: list[list[int]] = []
        self._split(text)

    def _split(self, text: str) -> None:
        own = re.escape(self.separator)
        cell = re.compile(rf'(\ufeff?(?:"(?:[^"]|"")*"[^{own}\r\n]*|[^{own}\r\n]*))({own}|\r\n|\n|\r|\Z)')
        row: list[int] = []
        place = 0
        while place < len(text) or row:
            found = cell.match(text, place)
            assert found is not None  # a cell may be empty, and ends at the latest where the text does
            row.append(len(self._pieces))
            self._pieces += found.groups()
            place = found.end()
            if found[2] != self.separator:
                self.rows.append(row)
                row = []

    def cell(self, row: int, column: int) -> str:
        """Return what stands in a cell; nothing where the row is shorter."""
        if not 0 <= column < len(self.rows[row]):
            return ""
        text = self._pieces[self.rows[row][column]].lstrip("\ufeff").strip()
        return text[1:-1].replace('""', '"') if len(text) > 1 and text[0] == text[-1] == '"' else text

    def put(self, row: int, column: int, number: str) -> None:
        """Put a number into a cell, between quotation marks if it had them."""
        place = self.rows[row][column]
        quoted = self._pieces[place].startswith('"') or self.separator in number
        self._pieces[place] = f'"{number}"' if quoted else number

    def column(self, *names: str) -> int:
        """Return where the column with one of `names` is, and −1 where there is none."""
        header = [self.cell(0, place).casefold() for place in range(len(self.rows[0]))] if self.rows else []
        return next((header.index(name.casefold()) for name in names if name.casefold() in header), -1)

    def content(self) -> bytes:
        """Return the file with all that was put into it."""
        return "".join(self._pieces).encode(*self._coding)

    @property
    def kind(self) -> str:
        """Whose table it is: "canvas", "moodle", "nbgrader", or "" where nobody knows."""
        if self.column("ID") >= 0 and self.column("Section") >= 0:
            return "canvas"
        if self.column("Identifier") >= 0 and self.column("Grade") >= 0:
            return "moodle"
        return "nbgrader" if self.column("id") >= 0 else ""

    def check(self, kind: str) -> None:
        """Make sure that the table is Canvas's or Moodle's.

        Raises:
            CourseError: if it is not.
        """
        if self.kind != kind:
            what = {"canvas": "Canvas's gradebook", "moodle": "Moodle's grading worksheet"}[kind]
            raise CourseError(f"{self.path} is not {what}. {_GET[kind]}")

    def people(self) -> list[Person]:
        """Return who is in the table.

        Raises:
            CourseError: if it is in none of the forms that are known.
        """
        if not self.kind:
            columns = "id, last_name, first_name, email, lms_user_id"
            raise CourseError(
                f"{self.path} is no list of a class. Give Canvas's gradebook, Moodle's grading worksheet, "
                f"or a CSV file with the columns {columns} (of which only the first is needed)."
            )
        read = {"canvas": self._in_canvas, "moodle": self._in_moodle, "nbgrader": self._in_nbgrader}[self.kind]
        return [person for row in range(1, len(self.rows)) if (person := read(row))]

    def _in_canvas(self, row: int) -> Person | None:
        number = self.cell(row, self.column("ID"))
        if not number.isdecimal():  # the rows for points and for hidden columns
            return None
        last, _, first = self.cell(row, self.column("Student")).partition(",")
        first = first or self.cell(row, self.column("FirstName"))
        last = last or self.cell(row, self.column("LastName"))
        others = [self.cell(row, self.column(name)) for name in ("SIS User ID", "SIS Login ID")]
        return Person((number, *filter(None, others)), number, last.strip(), first.strip(), row=row)

    def _in_moodle(self, row: int) -> Person | None:
        number = re.search(r"\d+$", self.cell(row, self.column("Identifier")))
        if not number:
            return None
        email, name = self.cell(row, self.column("Email address")), self.cell(row, self.column("Full name"))
        others = [self.cell(row, self.column(column)) for column in ("Username", "ID number")]
        keys = tuple(filter(None, (email, *others))) or (name,)  # Moodle counts people anew for each assignment
        when = self.cell(row, self.column("Last modified (submission)"))
        return Person(keys, number[0], name, "", email, handed_in=when, row=row) if keys[0] else None

    def _in_nbgrader(self, row: int) -> Person | None:
        names = ("id", "lms_user_id", "last_name", "first_name", "email")
        own, number, last, first, email = (self.cell(row, self.column(name)) for name in names)
        if not own:
            return None
        return Person((*filter(None, (number, email)), own), number, last, first, email, own, row=row)
