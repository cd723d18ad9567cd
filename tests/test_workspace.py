"""The command `course learn` up to the moment JupyterLab starts, and what it leaves on the disk."""

import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from course_utils import chapters, cli, workspace

CHAPTER = "01_linear_regression"


@pytest.fixture(autouse=True)
def opened(monkeypatch):
    """Record what JupyterLab would be opened on, and open nothing."""
    calls = []
    monkeypatch.setattr(workspace, "open_lab", lambda *args, **kwargs: calls.append((args, kwargs)) or 0)
    return calls


@pytest.fixture
def home(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    return tmp_path


def learn(capsys, *arguments):
    """Run `course learn` and return its status and what it wrote to the error stream."""
    try:
        status = cli.main(["learn", *map(str, arguments)])
    except SystemExit as stop:
        status = stop.code
    return status, capsys.readouterr().err


def everything_in(folder):
    """Return every file of a folder with its bytes and its time."""
    return {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in folder.rglob("*") if path.is_file()}


def refused(capsys, *arguments):
    """Run `course learn`, make sure that it ends in one line and status 2, and return the line."""
    status, text = learn(capsys, *arguments)
    assert status == 2, text
    assert text.startswith("course learn: ")
    assert text.count("\n") == 1
    assert text.endswith("\n")
    assert "Traceback" not in text
    return text


def test_it_makes_the_copies_and_opens_the_first_chapter(capsys, home, opened):
    assert learn(capsys) == (0, "")
    folder = home / "my-cardiac-ml-course"
    ((arguments, options),) = opened
    assert arguments == (folder, chapters.chapter_names()[0])
    assert options["browser"] is True
    made = sorted(path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    assert made == [Path(name, f"{name}.ipynb") for name in chapters.chapter_names()]
    for path in made:
        nbformat.validate(nbformat.read(folder / path, as_version=4))


def test_options_reach_jupyterlab(capsys, tmp_path, opened):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    assert learn(capsys, tmp_path / "here", "--no-browser", "--port", port, "--chapter", "01")[0] == 0
    assert opened == [((tmp_path / "here", CHAPTER), {"port": port, "browser": False})]


def test_work_is_never_written_over(capsys, tmp_path):
    learn(capsys, tmp_path)
    notebook = chapters.notebook_path(tmp_path, CHAPTER)
    work = nbformat.read(notebook, as_version=4)
    work.cells[0].source = "my own notes"
    nbformat.write(work, notebook)
    (notebook.parent / "my drawing.txt").write_text("mine")
    before = everything_in(tmp_path)
    assert learn(capsys, tmp_path)[0] == 0
    assert everything_in(tmp_path) == before


def older(folder, chapter=CHAPTER):
    """Make the learner's copy of a chapter one of an older release, with work in it, and return its path."""
    path = chapters.notebook_path(folder, chapter)
    notebook = nbformat.read(path, as_version=4)
    notebook.metadata["cardiac_ml_course"] = {"release": "0123456789ab"}
    notebook.cells[0].source = "my own notes"
    nbformat.write(notebook, path)
    return path


def notebooks_of(folder, chapter=CHAPTER):
    return sorted(path.name for path in (folder / chapter).iterdir())


def test_a_newer_chapter_comes_beside_work_and_says_so(capsys, tmp_path):
    learn(capsys, tmp_path)
    path = older(tmp_path)
    before = path.read_bytes()
    assert cli.main(["learn", str(tmp_path)]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    (name,) = set(notebooks_of(tmp_path)) - {path.name}
    assert re.fullmatch(rf"{CHAPTER}\.newer-[0-9a-f]{{6}}\.ipynb", name)
    assert name in line
    assert "as you left it" in line
    assert path.read_bytes() == before
    assert (path.parent / name).read_text(encoding="utf-8") == chapters.released_notebook(CHAPTER)


@pytest.mark.parametrize("rename", [None, "newer", "own"])
def test_a_newer_chapter_comes_once_whatever_is_renamed(capsys, tmp_path, rename):
    learn(capsys, tmp_path)
    path = older(tmp_path)
    learn(capsys, tmp_path)
    (newer,) = [each for each in path.parent.iterdir() if each != path]
    if rename == "newer":
        newer.rename(newer.with_name("the new one.ipynb"))
    if rename == "own":
        path.rename(path.with_name("my first try.ipynb"))
        learn(capsys, tmp_path)  # a chapter without a notebook of its name gets a fresh one, as ever
    before = everything_in(tmp_path)
    assert cli.main(["learn", str(tmp_path)]) == 0
    assert capsys.readouterr().out == ""
    assert everything_in(tmp_path) == before


def test_a_copy_of_the_present_release_is_all_that_is_needed(capsys, tmp_path):
    learn(capsys, tmp_path)
    path = chapters.notebook_path(tmp_path, CHAPTER)
    notebook = nbformat.read(path, as_version=4)
    notebook.cells.insert(0, nbformat.v4.new_markdown_cell("work"))
    nbformat.write(notebook, path)
    learn(capsys, tmp_path)
    assert notebooks_of(tmp_path) == [path.name]


@pytest.mark.parametrize("content", [b"", b"{", b"[" * 100_000, b"\xff"])
def test_a_broken_notebook_of_another_chapter_is_named_and_stops_nothing(capsys, tmp_path, opened, content):
    learn(capsys, tmp_path)
    first = chapters.chapter_names()[0]
    path = chapters.notebook_path(tmp_path, next(name for name in chapters.chapter_names() if name != first))
    path.write_bytes(content)
    before = everything_in(tmp_path)
    assert cli.main(["learn", str(tmp_path)]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith(f"{path} cannot be read as a notebook. Rename it")
    assert everything_in(tmp_path) == before
    assert len(opened) == 2


def test_drafts_of_a_stopped_start_go_after_an_hour_and_nothing_else_does(capsys, tmp_path):
    learn(capsys, tmp_path)
    own, new, old = (tmp_path / CHAPTER / name for name in (".mine", ".course-draft-new", ".course-draft-old"))
    for path in (own, new, old):
        path.write_text("half")
    for path in (own, old):
        os.utime(path, (0, 0))
    learn(capsys, tmp_path)
    assert (own.exists(), new.exists(), old.exists()) == (True, True, False)


def test_a_renamed_notebook_is_kept_and_a_fresh_copy_comes(capsys, tmp_path):
    learn(capsys, tmp_path)
    notebook = chapters.notebook_path(tmp_path, CHAPTER)
    kept = notebook.rename(notebook.with_name("first try.ipynb"))
    content = kept.read_bytes()
    assert learn(capsys, tmp_path)[0] == 0
    assert kept.read_bytes() == content
    assert notebook.exists()


def test_an_empty_folder_and_one_with_hidden_files_will_do(capsys, tmp_path):
    (tmp_path / ".DS_Store").write_text("")
    assert learn(capsys, tmp_path)[0] == 0


def test_a_file_is_not_a_folder(capsys, tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    before = everything_in(tmp_path)
    assert "is a file. Name a folder" in refused(capsys, tmp_path / "notes.txt")
    assert "cannot be used" in refused(capsys, tmp_path / "notes.txt" / "below")
    assert everything_in(tmp_path) == before


def test_somebody_elses_folder_is_left_alone(capsys, tmp_path):
    (tmp_path / "thesis.docx").write_text("mine")
    before = everything_in(tmp_path)
    line = refused(capsys, tmp_path)
    assert "already holds other files" in line
    assert f'course learn "{tmp_path / "my-cardiac-ml-course"}"' in line
    assert everything_in(tmp_path) == before


def test_advice_has_the_form_of_the_command_that_was_typed(capsys, tmp_path, monkeypatch):
    (tmp_path / "thesis.docx").write_text("mine")
    monkeypatch.setenv("MAKELEVEL", "1")
    assert f'make learn ARGS="{tmp_path / "my-cardiac-ml-course"}"' in refused(capsys, tmp_path)


def test_a_clone_in_the_home_folder_is_not_in_the_way(capsys, home):
    (home / "cardiac-ml-course").mkdir()
    (home / "cardiac-ml-course" / "pyproject.toml").write_text("")
    assert learn(capsys)[0] == 0


@pytest.mark.parametrize("name", [".", "source", "release", "submitted/anna", "autograded/anna/01", "feedback"])
def test_an_instructors_course_is_not_a_workspace(capsys, tmp_path, name):
    (tmp_path / "nbgrader_config.py").write_text("")
    before = sorted(tmp_path.rglob("*"))
    assert "part of an instructor's course" in refused(capsys, tmp_path / name)
    assert sorted(tmp_path.rglob("*")) == before


def test_a_folder_of_ones_own_may_lie_in_a_course(capsys, tmp_path):
    (tmp_path / "nbgrader_config.py").write_text("")
    assert learn(capsys, tmp_path / "my-cardiac-ml-course")[0] == 0
    assert learn(capsys, tmp_path / "my-cardiac-ml-course")[0] == 0


def test_the_courses_own_chapters_are_not_a_workspace(capsys):
    source = chapters.source_folder()
    before = everything_in(source)
    for folder in (source, source / CHAPTER):
        assert "holds the course's own chapters" in refused(capsys, folder)
    assert everything_in(source) == before


@pytest.mark.parametrize(
    "content", ["", "{", '{"cells": 3}', '{"nbformat": 4}', "\x00\x01", "[]", "no notebook at all"]
)
def test_a_broken_notebook_is_named_and_kept(capsys, tmp_path, content):
    notebook = chapters.notebook_path(tmp_path, CHAPTER)
    notebook.parent.mkdir()
    notebook.write_text(content)
    before = everything_in(tmp_path)
    line = refused(capsys, tmp_path, "--chapter", CHAPTER)
    assert str(notebook) in line
    assert "Rename it to keep it" in line
    assert everything_in(tmp_path) == before


def test_a_file_in_a_chapters_place_is_kept(capsys, tmp_path):
    (tmp_path / CHAPTER).write_text("mine")
    before = everything_in(tmp_path)
    assert "is a file where a folder should be" in refused(capsys, tmp_path, "--chapter", CHAPTER)
    assert everything_in(tmp_path) == before


@pytest.mark.parametrize("name", ["99", "linear", "", "01_linear_regression.ipynb"])
def test_an_unknown_chapter_is_answered_with_those_there_are(capsys, tmp_path, name):
    line = refused(capsys, tmp_path / "new", "--chapter", name)
    assert "There is no chapter" in line
    assert CHAPTER in line
    assert not (tmp_path / "new").exists()


def test_a_taken_port_is_answered_with_a_free_one(capsys, tmp_path):
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        port = server.getsockname()[1]
        line = refused(capsys, tmp_path / "new", "--port", port)
    assert f"Port {port} is taken" in line
    assert not (tmp_path / "new").exists()
    other = int(line.rsplit("--port ", 1)[1].strip(" .\n"))
    with socket.socket() as server:
        server.bind(("127.0.0.1", other))


@pytest.mark.parametrize("port", ["80", "70000", "-1", "eighty", "8888.0"])
def test_what_is_no_port_is_refused(capsys, tmp_path, port):
    line = refused(capsys, tmp_path / "new", f"--port={port}")
    assert "is not a port; choose a number from 1024 to 65535" in line
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("arguments", [["learn", "--nonsense"], ["learn", "a", "b"], ["teach"], []])
def test_a_command_that_does_not_exist_is_one_line(capsys, arguments):
    with pytest.raises(SystemExit) as stop:
        cli.main(arguments)
    text = capsys.readouterr().err
    assert stop.value.code == 2
    assert text.startswith("course")
    assert text.count("\n") == 1
    assert "--help" in text


def test_a_full_disk_is_one_line_and_leaves_no_half_file(capsys, tmp_path, monkeypatch):
    def no_space(handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", no_space)
    assert "no space left on device" in refused(capsys, tmp_path / "new")
    assert everything_in(tmp_path) == {}


def test_a_folder_that_cannot_be_read_is_one_line(capsys, tmp_path, monkeypatch):
    def denied(self):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "iterdir", denied)
    assert "permission denied" in refused(capsys, tmp_path)


def test_the_command_itself_ends_in_one_line_and_status_2(tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    command = Path(sys.executable).with_name("course")
    done = subprocess.run([command, "learn", tmp_path / "notes.txt"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("course learn: ")
    assert done.stderr.count("\n") == 1
