"""Take in what a class has handed in, as Canvas and Moodle give it away, or as a folder of files named by hand."""

import functools
import json
import os
import re
import stat
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Collection, Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC
from pathlib import Path
from typing import Any

from dateutil import parser as dates
from nbgrader.api import Gradebook

from course_utils.classroom.course import Classroom, why_no_folder
from course_utils.classroom.gradebook import read_gradebook
from course_utils.classroom.marked import one_line
from course_utils.classroom.roster import Person, Table
from course_utils.classroom.submission import LARGEST_MB
from course_utils.errors import CourseError, reason
from course_utils.files import write_whole

FOLDER = "collected"
"""Where it is noted which file of the download is whose, and where replaced notebooks are kept."""

_CANVAS = re.compile(
    r"(?!(?:LATE_)?anon_(?!\d+_|LATE_)[^_]+_\d+_)"  # of nobody knows whom
    r"(?P<name>.*?)_(?P<late>LATE_)?(?P<number>\d+)_(?P<file>(?P<order>\d+)_.+)",
    re.DOTALL,
)
_MOODLE = re.compile(
    r"(?:.*/)?(?P<name>[^/_]+)_(?P<number>\d+)_assignsubmission_file(?:_?/(?:.*/)?|_)(?P<file>[^/]+)", re.DOTALL
)
_BY_HAND = re.compile(r"(?:.*/)?(?P<name>[^/]*)\.ipynb", re.DOTALL | re.IGNORECASE)
_ARCHIVES = (".zip", ".gz", ".tgz", ".tar", ".7z", ".rar", ".bz2", ".xz")


@dataclass(frozen=True)
class Received:
    """Which file of a download a student's submission came in, for all that goes back.

    Attributes:
        system: "canvas", "moodle", or "" where the file was named by hand.
        number: what the system calls the student in this assignment.
        file: the name that a page for this student needs on its way back, without its ending.
        order: grows from one file of the student to the next, within one kind of download.
    """

    system: str
    number: str
    file: str
    order: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class _Member:
    """A file of a download, which nobody has read yet."""

    path: str
    time: tuple[int, ...]
    problem: str
    read: Callable[[], bytes]


@dataclass
class Collected:
    """What came in, and what did not."""

    new: list[str] = field(default_factory=list)
    same: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        """Return what the instructor should know."""
        return "\n".join([f"{len(self.new)} collected, {len(self.same)} there already.", *self.said])


def received(classroom: Classroom) -> dict[str, Received]:
    """Return, for each student, which file of a download the submission of the chapter came in."""
    try:
        noted = json.loads(_note(classroom).read_text(encoding="utf-8"))
        return {student: Received(**about) for student, about in noted.items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, TypeError, AttributeError):
        raise CourseError(f"{_note(classroom)} cannot be read. Delete it, and collect the chapter again.") from None


def _note(classroom: Classroom) -> Path:
    return classroom.folder / FOLDER / f"{classroom.chapter}.json"


def collect(classroom: Classroom, source: Path, roster: Path | None = None) -> Collected:
    """Put the newest notebook of each student to where nbgrader looks for it.

    Args:
        classroom: the course and the chapter.
        source: what Canvas or Moodle gives away, packed or unpacked, or a folder of notebooks that are named after
            their students.
        roster: Canvas's gradebook, Moodle's grading worksheet, or a table of one's own, see `Table.people`.

    Raises:
        CourseError: if nothing can be collected.
    """
    read_gradebook(classroom.folder, classroom.chapter, classroom.db_url)  # says what is wrong, if anything is
    members = list(_members(source))
    for system, pattern in (("canvas", _CANVAS), ("moodle", _MOODLE)):
        if any(_match(pattern, system, each.path) for each in members):
            break
    else:
        system, pattern = "", _BY_HAND
    people = _people(roster, system)
    if system == "moodle" and not people:
        raise CourseError(
            "Moodle numbers people anew for each assignment. Download its grading worksheet too, then add: "
            "--roster WORKSHEET.csv"
        )
    return _Collector(classroom, people, system, pattern).collect(members)


def _people(roster: Path | None, system: str) -> list[Person]:
    if roster is None:
        return []
    table = Table(roster)
    people = table.people()
    if table.kind != system and (table.kind != "nbgrader" or system == "moodle"):
        names = {"canvas": "Canvas", "moodle": "Moodle", "": "files named by hand"}
        raise CourseError(f"{roster} comes from {names[table.kind]}, and the notebooks from {names[system]}.")
    return people


def _match(pattern: re.Pattern[str], system: str, path: str) -> re.Match[str] | None:
    return pattern.fullmatch(path.rpartition("/")[2] if system == "canvas" else path)


def _members(source: Path) -> Iterator[_Member]:
    try:
        if source.is_dir():
            yield from _in_folder(source)
        elif zipfile.is_zipfile(source):
            yield from _in_archive(source)
        else:
            with open(source, "rb"):
                raise CourseError(f"{source} is no zip archive and no folder. Give the download as it came.")
    except OSError as error:
        raise CourseError(f"{source} cannot be read ({reason(error)}). Give the download as it came.") from None
    except (zipfile.BadZipFile, NotImplementedError):
        raise CourseError(f"{source} is damaged. Download it again.") from None


def _in_folder(source: Path) -> Iterator[_Member]:
    for parent, folders, files in os.walk(source):
        linked = [name for name in folders if os.path.islink(os.path.join(parent, name))]
        folders[:] = sorted(name for name in folders if not _is_hidden(name))
        for name in sorted([*files, *linked]):
            path = Path(parent, name)
            status = os.lstat(path)
            if not _is_hidden(name):
                kind = "" if stat.S_ISREG(status.st_mode) else "a link" if path.is_symlink() else "no ordinary file"
                problem = kind or _too_large(status.st_size)
                yield _Member(path.relative_to(source).as_posix(), (status.st_mtime_ns,), problem, path.read_bytes)


def _in_archive(source: Path) -> Iterator[_Member]:
    with zipfile.ZipFile(source) as archive:
        for entry in archive.infolist():
            parts = entry.filename.split("/")
            if entry.is_dir() or any(_is_hidden(part) for part in parts if part != ".."):
                continue
            problem = _too_large(entry.file_size)
            if stat.S_ISLNK(entry.external_attr >> 16):
                problem = "a link"
            elif ".." in parts or parts[0] == "":
                problem = "it leads out of the archive"
            yield _Member(entry.filename, entry.date_time, problem, functools.partial(_unpacked, source, entry))


def _is_hidden(name: str) -> bool:
    return name.startswith(".") or name == "__MACOSX"


def _too_large(size: int) -> str:
    return f"larger than {LARGEST_MB} MB" if size > LARGEST_MB * 2**20 else ""


def _unpacked(source: Path, entry: zipfile.ZipInfo) -> bytes:
    with zipfile.ZipFile(source) as archive, archive.open(entry) as file:
        return file.read(LARGEST_MB * 2**20 + 1)


class _Collector:
    """Puts the members of one download in their places."""

    def __init__(self, classroom: Classroom, people: list[Person], system: str, pattern: re.Pattern[str]) -> None:
        self._classroom, self._people, self._system, self._pattern = classroom, people, system, pattern
        self._numbered = {each.number: each for each in people if each.number}
        with Gradebook(classroom.db_url, course_id="") as gradebook:
            self._known = {key: each.id for each in gradebook.students for key in (each.lms_user_id, each.email) if key}
        self._received = received(classroom)
        self.collection = Collected()

    def collect(self, members: list[_Member]) -> Collected:
        """Put the newest notebook of each student in its place."""
        self._name_people()
        found: dict[str, list[tuple[list[int], Received, _Member]]] = {}
        late = set()
        for member in members:
            match = _match(self._pattern, self._system, member.path)
            student = self._whose(match) if match else ""
            if problem := member.problem or self._unfit(member.path) or self._no_place(student, match):
                self._say(f"Left out: {one_line(member.path)}: {problem}.")
            elif match:
                order = self._order(match, member)
                one = Received(self._system, match.groupdict().get("number") or "", self._way_back(match), order)
                found.setdefault(student, []).append((order, one, member))
                late |= {student} if match.groupdict().get("late") else set()
        if not found:
            where = "named after their students, such as ana.ipynb, or give Canvas's or Moodle's download as it came"
            said = " ".join(self.collection.said)
            raise CourseError(f"There is nothing to collect. Put notebooks there, {where}. {said}".rstrip())
        for student in sorted(found):
            *older, (_, one, newest) = sorted(found[student], key=lambda each: each[0])
            for _, _, member in older:
                self._say(f"Left out: {one_line(member.path)}: {one_line(student)} has a newer one.")
            self._take(student, one, newest)
        self._keep_names(found)
        self._say_names("Late, says Canvas", late)
        there = set(self._classroom.students())
        self._say_names("Has not handed in", {each.name for each in self._people if self._id(each) not in there})
        return self.collection

    def _say(self, line: str) -> None:
        self.collection.said.append(line)

    def _say_names(self, title: str, names: set[str]) -> None:
        if names:
            self._say(f"{title}: {'; '.join(map(one_line, sorted(names)))}.")

    def _name_people(self) -> None:
        """Make sure that everybody in the roster has a folder of their own.

        Raises:
            CourseError: if two would share one.
        """
        self._ids: dict[int, str] = {}
        rows: dict[str, Person] = {}
        for each in self._people:
            known = next((self._known[key] for key in each.keys if key in self._known), "")
            student = (
                each.own or known or self._new_folder(each.number, f"{each.last_name}{each.first_name}", each.keys)
            )
            if student in rows:
                raise CourseError(
                    f"The roster has {rows[student].name} and {each.name} under one name ({one_line(student)}). "
                    "Give one of them another."
                )
            rows[student], self._ids[each.row] = each, student

    def _id(self, person: Person) -> str:
        return self._ids[person.row]

    def _new_folder(self, number: str, name: str, keys: tuple[str, ...] = ()) -> str:
        """Return a name for the folder of somebody new, which stays the same in all chapters."""
        if self._system == "moodle":
            return re.sub(r"[^\w.@-]", "-", unicodedata.normalize("NFC", keys[0]))[:100].lstrip(".-")
        letters = re.sub(r"\W", "", unicodedata.normalize("NFC", name).lower())
        return f"{letters[:60]}_{number}"  # as Canvas names files

    def _unfit(self, path: str) -> str:
        if path.lower().endswith(_ARCHIVES):
            return "an archive; unpack it, and put the notebook in its place"
        return "" if path.lower().endswith(".ipynb") else "no notebook"

    def _whose(self, match: re.Match[str]) -> str:
        """Return whose a file is; nothing where nobody knows."""
        if not self._system:
            return match["name"]
        number = match["number"]
        if person := self._numbered.get(number):
            return self._id(person)
        return "" if self._system == "moodle" else self._known.get(number) or self._new_folder(number, match["name"])

    def _no_place(self, student: str, match: re.Match[str] | None) -> str:
        if match is None:
            return f"not named as {self._system.title()} names files"
        if not student and self._system:
            return f"nobody in the roster has the number {match['number']}"
        folder = self._classroom.path("submitted", student).parent
        if any(path.is_symlink() for path in (folder.parent, folder)):
            return f"{one_line(str(folder))} is a link; delete it"
        return why_no_folder(student)

    def _way_back(self, match: re.Match[str]) -> str:
        if self._system == "canvas":
            return match[0].rpartition(".")[0]
        if self._system == "moodle":  # the flat form, which every Moodle takes
            return f"{match['name']}_{match['number']}_assignsubmission_file_{self._classroom.chapter}"
        return match["name"]

    def _order(self, match: re.Match[str], member: _Member) -> list[int]:
        return [int(match["order"])] if self._system == "canvas" else list(member.time)

    def _take(self, student: str, one: Received, member: _Member) -> None:
        try:
            content = member.read()
        except (OSError, EOFError, RuntimeError, NotImplementedError, zipfile.BadZipFile, zlib.error):
            self._say(f"Left out: {one_line(member.path)}: it cannot be read. Download it again.")
            return
        if len(content) > LARGEST_MB * 2**20:
            self._say(f"Left out: {one_line(member.path)}: larger than {LARGEST_MB} MB.")
            return
        path, before = self._classroom.path("submitted", student), self._received.get(student)
        called = one_line(student)
        if before and before.system == one.system == "canvas" and before.order > one.order:  # Canvas counts its files
            self._say(f"Left out: {one_line(member.path)}: the one of {called} that was collected before is newer.")
            return
        try:
            old = path.read_bytes() if path.is_file() and not path.is_symlink() else None
            if old == content:
                self.collection.same.append(student)
            else:
                if old is not None:
                    self._say(f"Replaced: {called}; the one before is now {self._put_aside(student, old)}.")
                path.parent.mkdir(parents=True, exist_ok=True)
                write_whole(path, content)
                self.collection.new.append(student)
            self._note_time(student, one.number)
            self._received[student] = one
            _note(self._classroom).parent.mkdir(exist_ok=True)
            noted = {name: asdict(about) for name, about in sorted(self._received.items())}
            write_whole(_note(self._classroom), json.dumps(noted, indent=1, ensure_ascii=False).encode())
        except OSError as error:
            raise CourseError(f"{path} cannot be written ({reason(error)}). Then run this again.") from None

    def _put_aside(self, student: str, old: bytes) -> Path:
        folder = self._classroom.folder / FOLDER / self._classroom.chapter
        folder.mkdir(parents=True, exist_ok=True)
        number = 1
        while (path := folder / f"{student}.{number}.ipynb").exists():
            number += 1
        write_whole(path, old)
        return path.relative_to(self._classroom.folder)

    def _note_time(self, student: str, number: str) -> None:
        """Write down when it was handed in, where the roster says so: nbgrader's penalties for lateness ask for it."""
        person = self._numbered.get(number)
        if person is None or not re.search(r"\d{4}", person.handed_in):
            return
        try:
            when = dates.parse(person.handed_in).astimezone(UTC)
        except (ValueError, OverflowError):
            self._say(f"When {one_line(student)} handed in is not known ({one_line(person.handed_in)}).")
            return
        stamp = self._classroom.path("submitted", student).with_name("timestamp.txt")
        write_whole(stamp, when.strftime("%Y-%m-%d %H:%M:%S UTC\n").encode())

    def _keep_names(self, students: Collection[str]) -> None:
        """Put into the gradebook who is in the class, so that nbgrader's pages and tables have names."""
        with Gradebook(self._classroom.db_url, course_id="") as gradebook:
            for person in self._people:
                about: dict[str, Any] = {"first_name": person.first_name, "last_name": person.last_name}
                about |= {"email": person.email, "lms_user_id": person.number if person.own else person.keys[0]}
                if not why_no_folder(self._id(person)):
                    kept = {key: value for key, value in about.items() if value}
                    gradebook.update_or_create_student(self._id(person), **kept)
            for student in students:
                one = self._received.get(student)
                if one and one.number and one.number not in self._numbered:
                    gradebook.update_or_create_student(student, lms_user_id=one.number)
