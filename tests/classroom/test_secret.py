"""The secret of a class: where it comes from and stays, and what a student's code gets of it."""

import hashlib
import shutil
import time

import nbformat
import pytest
from classroom import tiny
from classroom.conftest import REPOSITORY

from course_utils import cli
from course_utils.classroom.secret import FILE, chapter_secret, secret_of
from course_utils.errors import CourseError

WORD = "arrhythmia"
SPY = "2 * number\nimport os\nprint('seen', os.environ.get('COURSE_SECRET'), os.path.exists({!r}))"


@pytest.fixture
def course(with_tiny_chapter, tmp_path, monkeypatch):
    return tiny.copy_of(with_tiny_chapter, tmp_path, monkeypatch)


def seen(course):
    """What the spy's code has printed of the secret."""
    notebook = nbformat.read(course.path("autograded", "spy"), as_version=4)
    (text,) = (output.text for cell in notebook.cells for output in cell.outputs if "seen" in output.get("text", ""))
    return text.splitlines()[0].split()[1:]


def test_the_command_makes_a_long_random_secret_that_only_its_owner_reads(course, capsys):
    assert cli.main(["secret"]) == 0
    assert FILE in capsys.readouterr().out
    path = course.folder / FILE
    assert path.stat().st_mode & 0o777 == 0o600
    assert len(bytes.fromhex(secret_of(course.folder))) == 32
    first = path.read_text()
    assert cli.main(["secret"]) == 0  # as for the next chapter
    assert "This class has a secret already" in capsys.readouterr().out
    assert path.read_text() == first
    assert cli.main(["secret", "--new"]) == 0
    assert path.read_text() != first
    kept = path.with_name(f"{FILE}.old")
    assert (kept.read_text(), kept.stat().st_mode & 0o777) == (first, 0o600)
    ignored = (REPOSITORY / ".gitignore").read_text().splitlines()
    assert f"/{FILE}*" in ignored


def test_a_secret_is_made_in_a_course_alone(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert cli.main(["secret"]) == 2
    assert "is not the folder of a course" in capsys.readouterr().err
    assert not (tmp_path / FILE).exists()


def test_the_environment_wins_and_a_secret_that_lies_open_is_refused(course, monkeypatch):
    assert secret_of(course.folder) == ""
    cli.main(["secret"])
    (course.folder / FILE).chmod(0o644)
    with pytest.raises(CourseError, match=f"chmod 600 {FILE}"):
        secret_of(course.folder)
    (course.folder / FILE).chmod(0o600)
    monkeypatch.setenv("COURSE_SECRET", WORD)
    assert secret_of(course.folder) == WORD


def test_what_a_chapter_gets_is_its_own_and_slow_to_try():
    begin = time.perf_counter()
    given = chapter_secret("a secret of this test alone", "01")
    took = time.perf_counter() - begin
    assert 0.03 < took < 3
    assert given == chapter_secret("a secret of this test alone", "01")
    assert given != chapter_secret("a secret of this test alone", "02")
    assert chapter_secret("", "01") == ""


def test_every_way_of_grading_takes_the_secret_and_shows_students_only_what_is_made_from_it(course):
    shutil.rmtree(course.folder / "submitted")
    tiny.hand_in(course, {"spy": SPY.format(str(course.folder / FILE))})
    cli.main(["secret"])
    secret = secret_of(course.folder)
    assert tiny.graded(course)[0].warning == ""
    shown = [chapter_secret(secret, tiny.CHAPTER), "False"]
    assert seen(course) == shown
    stock = course.nbgrader("autograde", tiny.CHAPTER, "--force")
    assert stock.returncode == 0, stock.stderr
    assert seen(course) == shown
    assert tiny.marks(course) == {"spy": 2}
    written = [path for path in course.folder.rglob("*") if path.is_file() and path.name != FILE]
    assert [path for path in written if secret.encode() in path.read_bytes()] == []


def test_a_word_does_not_come_back_from_what_a_student_has_printed(course, monkeypatch):
    shutil.rmtree(course.folder / "submitted")
    tiny.hand_in(course, {"spy": SPY.format("")})
    monkeypatch.setenv("COURSE_SECRET", WORD)
    run, _ = tiny.graded(course)
    assert str(run).splitlines()[-1] == (
        "This secret could be guessed. `course secret` makes a long one, with which all are graded again."
    )
    printed, _ = seen(course)
    assert printed != hashlib.sha256(f"{WORD}/{tiny.CHAPTER}".encode()).hexdigest()


def test_public_data_is_said_to_be_public(course):
    run, _ = tiny.graded(course)
    assert str(run).splitlines()[-1] == (
        "No secret: checks draw the data that every learner sees. `course secret` makes one for your class."
    )
