"""`course grade`: the marks that are due, whatever happens on the way, and one line where it cannot go on."""

import contextlib
import fcntl
import json
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pytest
from classroom import tiny
from classroom.conftest import REPOSITORY, Course
from nbgrader.utils import determine_grade

from course_utils import cli
from course_utils.classroom.course import Classroom
from course_utils.classroom.journal import FOLDER, Journal
from course_utils.classroom.sandbox import why_not
from course_utils.classroom.workers import Job, run_notebook
from course_utils.errors import CourseError


@pytest.fixture
def course(with_tiny_chapter, tmp_path):
    course = Course(tmp_path)
    course.chapter = tiny.CHAPTER
    shutil.copytree(with_tiny_chapter.folder, course.folder)
    return course


STAGES = (
    "classroom.course.Classroom.prepare",  # nothing has happened yet
    "classroom.journal.Journal.keep",  # a notebook has been run, and nobody has noted it
    "classroom.course.Classroom.save",  # it is in the journal
    "nbgrader.preprocessors.saveautogrades.SaveAutoGrades.preprocess",  # its file is there, its marks are not
    "nbgrader.converters.autograde.Autograde.set_permissions",  # its marks are there, the journal does not know it
    "classroom.journal.Journal.mark_saved",
    "classroom.grade._Countdown.end",  # all is done
)

KILLED_AT = """\
import importlib, os, signal, sys
import course_utils.classroom.grade
from course_utils.cli import main

course_utils.classroom.sandbox.why_not()
for stage in sys.stdin:
    run = os.fork()
    if run == 0:
        module, owner, name = stage.strip().rsplit(".", 2)
        owner = getattr(importlib.import_module(module), owner)
        setattr(owner, name, lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL))
        os._exit(main(["grade", "90", "--workers", "1"]))
    print(os.waitstatus_to_exitcode(os.waitpid(run, 0)[1]), flush=True)
"""
"""A process that has done the imports, and for each stage is one run that is killed there."""


def kept(course):
    """The notebooks in the journal that have been run, with the moment at which that was noted."""
    return {path.name: path.stat().st_mtime_ns for path in (course.folder / FOLDER).rglob("*.executed.json")}


def children():
    """The processes that this one has started and not waited for."""
    return {int(child) for path in Path("/proc/self/task").glob("*/children") for child in path.read_text().split()}


@pytest.mark.timeout(300)
def test_a_run_that_is_killed_at_any_stage_goes_on_where_it_was(course):
    with subprocess.Popen(
        [sys.executable, "-c", KILLED_AT],
        cwd=course.folder,
        env=course.environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    ) as runs:
        for stage in STAGES:
            noted = kept(course)
            print(stage if stage.startswith("nbgrader") else f"course_utils.{stage}", file=runs.stdin, flush=True)
            shown = []
            while not shown or not re.fullmatch(r"-?\d+\n", shown[-1]):  # lines of progress stand above
                shown.append(runs.stdout.readline())
                assert shown[-1], shown
            assert int(shown[-1]) == -signal.SIGKILL, shown
            assert kept(course).items() >= noted.items()  # what has been run is not run again
    run, _ = tiny.graded(course)
    assert tiny.marks(course) == tiny.MARKS
    assert sorted(run.before + run.graded) == sorted(tiny.ANSWERS)
    assert run.before == sorted(tiny.ANSWERS)
    deadline = time.monotonic() + 10
    while course.processes() and time.monotonic() < deadline:
        time.sleep(0.1)
    assert course.processes() == []


def test_only_what_has_changed_is_graded_again(course):
    run, _ = tiny.graded(course)
    assert (sorted(run.graded), run.before) == (sorted(tiny.ANSWERS), [])
    shutil.rmtree(course.folder / "submitted" / "ben")
    tiny.hand_in(course, {"ben": "2 * number"})
    run, said = tiny.graded(course)
    assert (run.graded, run.before) == (["ben"], ["ana", "cem", "dia"])
    assert said[:2] == ["1 to grade again: handed in anew.", "3 of 4 have been graded already."]
    assert tiny.marks(course) == tiny.MARKS | {"ben": 2}
    assert tiny.graded(course, students=("ana",), force=True)[0].graded == ["ana"]
    assert sorted(tiny.graded(course, secret="another")[0].graded) == sorted(tiny.ANSWERS)


def test_marks_come_back_when_the_gradebook_or_a_graded_notebook_is_lost(course):
    tiny.graded(course)
    noted = kept(course)
    shutil.rmtree(course.folder / "autograded" / "ana")
    with course.gradebook() as gradebook:
        gradebook.remove_submission(tiny.CHAPTER, "dia")
    run, _ = tiny.graded(course)
    assert run.graded == ["ana", "dia"]
    assert tiny.marks(course) == tiny.MARKS
    assert kept(course) == noted


def test_a_mark_that_a_person_gave_stays(course):
    tiny.graded(course, students=("ben",))
    with course.gradebook() as gradebook:
        gradebook.find_grade("90_twice_check", tiny.CHAPTER, tiny.CHAPTER, "ben").manual_score = 1
        gradebook.db.commit()
    tiny.graded(course, students=("ben",), force=True)
    with course.gradebook() as gradebook:
        assert gradebook.find_grade("90_twice_check", tiny.CHAPTER, tiny.CHAPTER, "ben").score == 1


def test_students_code_sees_a_secret_that_is_not_the_instructors(course):
    shutil.rmtree(course.folder / "submitted")
    tiny.hand_in(course, {"spy": "print(__import__('os').environ.get('COURSE_SECRET')) or 2 * number"})
    secret = "known to the instructor alone"
    tiny.graded(course, secret=secret)
    page = course.path("autograded", "spy").read_text(encoding="utf-8")
    assert secret not in page
    assert tiny.marks(course) == {"spy": 2}


def test_a_late_submission_is_late(course):
    (course.path("submitted", "ana").parent / "timestamp.txt").write_text("2026-01-02 10:00:00 UTC")
    tiny.graded(course, students=("ana",))
    with course.gradebook() as gradebook:
        assert str(gradebook.find_submission(tiny.CHAPTER, "ana").timestamp) == "2026-01-02 10:00:00"


TIMES = {
    b"2026-01-02 10:00:00 +0900": "2026-01-02 01:00:00",
    b"2026-01-02 10:00:00 Europe/Berlin": "2026-01-02 09:00:00",
    b"2026-01-02T10:00:00Z\r\n": "2026-01-02 10:00:00",
    "2026-01-02 10:00:00 UTC".encode("utf-16"): "2026-01-02 10:00:00",
    b"2026-01-02 10:00:00": "2026-01-02 10:00:00",
    b"": "is empty",
    b" \n": "is empty",
    "gestern um drei, glaube ich, 2026".encode("cp1252"): "holds no time that can be read",
    b"2026-01-02 10:00:00 XYZT": "holds no time that can be read",
    b"17": "holds no time that can be read",
    b"\xff\xfe\x00": "cannot be read",
    None: "is no file",
}
"""What stands in timestamp.txt, a folder for None, and the time or the note that comes of it."""


def test_a_time_in_any_form_costs_a_note_and_never_the_grade(course):
    shutil.rmtree(course.folder / "submitted")
    names = {f"s{number}": time for number, time in enumerate(TIMES)}
    tiny.hand_in(course, dict.fromkeys(names, "2 * number"))
    for student, content in names.items():
        stamp = course.path("submitted", student).with_name("timestamp.txt")
        if content is None:
            stamp.mkdir()
        else:
            stamp.write_bytes(content)
    run, _ = tiny.graded(course)
    assert run.failed == {}
    assert tiny.marks(course) == dict.fromkeys(names, 2)
    with course.gradebook() as gradebook:
        for student, content in names.items():
            when = gradebook.find_submission(tiny.CHAPTER, student).timestamp
            if TIMES[content].startswith("2026"):
                assert (str(when), run.looks.get(student)) == (TIMES[content], None)
            else:
                (note,) = run.looks[student]
                assert when is None
                assert f"timestamp.txt {TIMES[content]}. Write 2026-01-31 18:00:00 UTC." in note


def secret_link(folder, secret):
    (folder / "90_tiny.ipynb").unlink()
    (folder / "90_tiny.ipynb").symlink_to(secret)


def folder_link(folder, secret):
    shutil.rmtree(folder)
    folder.symlink_to(secret.parent)


def pipe(folder, _):
    (folder / "90_tiny.ipynb").unlink()
    os.mkfifo(folder / "90_tiny.ipynb")


def notebook_folder(folder, _):
    (folder / "90_tiny.ipynb").unlink()
    (folder / "90_tiny.ipynb").mkdir()


REFUSED = {
    secret_link: "is a link",
    folder_link: "is a link",
    pipe: "is no ordinary file",
    notebook_folder: "is a folder",
    lambda folder, secret: (folder / "notes.txt").symlink_to(secret): "notes.txt is a link",
    lambda folder, _: os.mkfifo(folder / "pipe"): "pipe is no ordinary file",
}


def test_links_pipes_and_folders_are_refused_and_named(course):
    solution = course.path("notebooks", ".")
    names = {f"s{number}": change for number, change in enumerate(REFUSED)}
    tiny.hand_in(course, dict.fromkeys(names, "3 * number"))
    for student, change in names.items():
        change(course.path("submitted", student).parent, solution)
    run, _ = tiny.graded(course)
    assert run.failed.keys() == names.keys()
    for student, change in names.items():
        assert REFUSED[change] in run.failed[student]
    assert tiny.marks(course) == tiny.MARKS


def test_nbgraders_own_command_follows_no_link_either(course, tmp_path):
    private = tmp_path / "private.txt"
    private.write_text("a secret of the instructor")
    folder = course.path("submitted", "ana").parent
    (folder / "notes.txt").symlink_to(private)
    secret_link(course.path("submitted", "dia").parent, course.path("notebooks", "."))
    for command in ("autograde", "generate_feedback"):
        run = course.nbgrader(command, tiny.CHAPTER)
        assert run.returncode == 0, run.stderr
    assert tiny.marks(course) == tiny.MARKS | {"dia": 0}
    assert not list((course.folder / "feedback").rglob("notes.txt"))


def test_a_file_of_three_gigabytes_is_not_read(course):
    path = course.path("submitted", "ben")
    path.write_text("")
    os.truncate(path, 3 * 2**30)
    soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    resource.setrlimit(resource.RLIMIT_DATA, (5 * 2**29, hard))
    try:
        run, _ = tiny.graded(course)
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))
    assert run.looks["ben"] == ["The file is larger than 20 MB: graded as not attempted."]


FULL = {
    "classroom.journal.Journal.keep": OSError(28, "No space left on device"),
    "classroom.course.Classroom.save": RuntimeError(
        "nbgrader could not save it (sqlite3.OperationalError: disk is full)"
    ),
}


@pytest.mark.parametrize("stage", FULL)
def test_a_full_disk_ends_in_one_line_and_a_summary(course, stage, monkeypatch, capfd):
    monkeypatch.chdir(course.folder)
    with monkeypatch.context() as patch:
        patch.setattr(f"course_utils.{stage}", lambda *_: (_ for _ in ()).throw(FULL[stage]))
        assert cli.main(["grade", course.chapter]) == 130
    out, err = capfd.readouterr()
    assert out.startswith("0 graded in")
    assert err == "course grade: The disk is full. Make room first. Run this again, and it goes on where it was.\n"
    assert cli.main(["grade", course.chapter]) == 0
    assert tiny.marks(course) == tiny.MARKS


def left_behind(since):
    """The folders for kernels' sockets that are newer than `since`, and belong to no process that is alive."""
    found = []
    for folder in Path("/tmp").glob("course-kernel*"):
        with contextlib.suppress(OSError):
            lock = os.open(folder, os.O_RDONLY)
            with contextlib.suppress(BlockingIOError):
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                found += [folder] if folder.stat().st_mtime > since else []
            os.close(lock)
    return found


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGKILL])
def test_a_run_that_is_ended_leaves_no_folder_and_says_what_is_done(course, sign):
    since = time.time()
    tiny.hand_in(course, {"zoe": "__import__('time').sleep(50)"})
    run = subprocess.Popen(
        [Path(sys.executable).parent / "course", "grade", "90", "--workers", "1"],
        cwd=course.folder,
        env=course.environment | {"PYTHONPATH": str(REPOSITORY)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + 60
    while len(list((course.folder / FOLDER).rglob("*.saved.json"))) < 4 and time.monotonic() < deadline:
        time.sleep(0.1)
    run.send_signal(sign)
    out, err = run.communicate(timeout=20)
    if sign == signal.SIGTERM:
        assert run.returncode == 130
        assert "\n4 graded in" in f"\n{out}"  # on a slow machine behind lines of progress
        assert err == "course grade: It was stopped. Run this again, and it goes on where it was.\n"
    else:  # the next run tidies up
        shutil.rmtree(course.folder / "submitted" / "zoe")
        tiny.graded(course)
    assert left_behind(since) == []


def one_line(status, out, err):
    assert (status, out) == (2, "")
    (line,) = err.splitlines()
    return line


@pytest.fixture
def look_anew():
    """Let it be looked again whether there is a sandbox, and once more after the test."""
    why_not.cache_clear()
    yield
    why_not.cache_clear()


def test_without_bubblewrap_grading_refuses_in_one_line_and_changes_nothing(
    course, tmp_path, look_anew, monkeypatch, capfd
):
    bare = {"PATH": str(tmp_path)}
    for program in ("python", "python3"):
        (tmp_path / program).symlink_to(sys.executable)
    monkeypatch.chdir(course.folder)
    with monkeypatch.context() as patch:
        patch.setenv("PATH", bare["PATH"])
        line = one_line(cli.main(["grade", course.chapter]), *capfd.readouterr())
    assert "bubblewrap is not installed" in line
    assert "sudo apt install bubblewrap" in line
    assert "--no-sandbox" in line
    stock = course.nbgrader("autograde", course.chapter, **bare)
    assert stock.returncode == 1
    assert "bubblewrap is not installed" in stock.stderr.splitlines()[-1]
    assert "Traceback" not in stock.stderr
    assert not (course.folder / "autograded").exists()
    assert tiny.marks(course) == {}


def test_unprotected_grading_must_be_asked_for(course, tmp_path):
    for program in ("python", "python3"):
        (tmp_path / program).symlink_to(sys.executable)
    run = course.grade("--no-sandbox", PATH=str(tmp_path))
    assert run.returncode == 0, run.stderr
    assert tiny.marks(course) == tiny.MARKS


def test_a_bubblewrap_that_does_not_work_is_told_from_one_that_is_missing(
    course, tmp_path, look_anew, monkeypatch, capfd
):
    fake = tmp_path / "bwrap"
    fake.write_text("#!/bin/sh\necho 'bwrap: setting up uid map: Permission denied' >&2\nexit 1\n")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", os.pathsep.join([str(tmp_path), os.environ["PATH"]]))
    monkeypatch.chdir(course.folder)
    line = one_line(cli.main(["grade", course.chapter]), *capfd.readouterr())
    assert "does not work here (bwrap: setting up uid map: Permission denied)" in line


def test_a_second_checkout_in_the_same_environment_has_a_sandbox_too(tmp_path):
    for package in ("course_utils", "data_generators"):
        shutil.copytree(REPOSITORY / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    ask = "import course_utils, course_utils.classroom.sandbox as s; print(course_utils.__file__, s.why_not())"
    run = subprocess.run(
        [sys.executable, "-c", ask],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert run.stdout == f"{tmp_path / 'course_utils' / '__init__.py'} None\n"


def test_where_a_warm_sandbox_has_died_the_kernel_gets_one_of_its_own(course):
    classroom = Classroom(course.folder, course.chapter)
    modules = classroom.modules()
    settings = {"Execute": {}, "IsolatedExecute": {"sandbox": True}}
    job = Job("ana", course.chapter, classroom.prepare("ana"), tuple(modules), settings)
    for _ in range(2):
        before = children()
        executed = nbformat.reads(run_notebook(job), as_version=4)
        assert determine_grade(executed.cells[1]) == (2, 2)
        for sandbox in children() - before:
            os.kill(sandbox, signal.SIGKILL)


PROBE = """\
import torch
from course_utils.models import mlp

print(torch.backends.cpu.get_cpu_capability(), next(mlp(64, (64,), 1, random_state=0).parameters()).sum().item())
"""


def test_a_forked_kernel_reckons_as_the_learners_own_does(course):
    here = subprocess.run([sys.executable, "-c", PROBE], capture_output=True, text=True, check=True).stdout
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(PROBE)])
    settings = {"Execute": {}, "IsolatedExecute": {"sandbox": True}}
    job = Job("ana", course.chapter, nbformat.writes(notebook), ("torch", "course_utils.models"), settings)
    executed = nbformat.reads(run_notebook(job), as_version=4)
    assert [output.text for output in executed.cells[0].outputs] == [here]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda course: shutil.rmtree(course.folder / "submitted"), "Nobody has handed in 90_tiny."),
        (lambda course: (course.folder / "gradebook.db").unlink(), "Release it first: course release"),
        (lambda course: (course.folder / "nbgrader_config.py").unlink(), "is not the folder of a course"),
    ],
)
def test_what_keeps_a_run_from_starting_is_said_in_one_line(course, change, message, monkeypatch, capfd):
    change(course)
    monkeypatch.chdir(course.folder)
    assert message in one_line(cli.main(["grade", course.chapter]), *capfd.readouterr())


def test_an_unknown_student_is_named(course):
    with pytest.raises(CourseError, match=r"There is no submission of zoe\. There are: ana, ben, cem, dia\."):
        tiny.graded(course, students=("zoe",))


def test_a_folder_without_the_notebook_is_named_and_the_others_are_graded(course, monkeypatch):
    course.path("submitted", "ben").rename(course.path("submitted", "ben").with_name("my solution.ipynb"))
    run, _ = tiny.graded(course)
    assert list(run.failed) == ["ben"]
    assert "There is no 90_tiny.ipynb in" in run.failed["ben"]
    assert sorted(run.graded) == ["ana", "cem", "dia"]
    monkeypatch.chdir(course.folder)
    assert cli.main(["grade", course.chapter]) == 1


def test_two_runs_of_a_chapter_do_not_meet(course):
    Journal(course.folder, tiny.CHAPTER)  # it makes the folder
    with open(course.folder / FOLDER / tiny.CHAPTER / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(CourseError, match="being graded in another window"):
            tiny.graded(course)


def test_progress_counts_up_to_the_end(course, monkeypatch, capfd):
    monkeypatch.chdir(course.folder)
    assert cli.main(["grade", course.chapter]) == 0
    shown = capfd.readouterr()
    assert shown.err == ""
    assert "4 graded in" in shown.out
    entries = [json.loads(path.read_text()) for path in (course.folder / FOLDER).rglob("*.saved.json")]
    assert len(entries) == 4
