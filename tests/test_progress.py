"""Progress as it is read from saved notebooks: by the command, and in a notebook."""

import io
import json
import os
import re
import shutil
import sys
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbclient import NotebookClient

from course_utils import chapters, cli, workspace
from course_utils.workspace.panel import show_progress

CHAPTER = "01_linear_regression"
RULE, ERROR, STEP, FIT = "01_rule_220", "01_mean_squared_error", "01_gradient_step", "01_fit_line"
RIGHT, WRONG, OPEN, STOPPED = "✓ Correct. Well done.", "✗ Not yet. Look again.", "○ Not attempted yet.", "⚠ It stopped."


class Copy:
    """A learner's copy of a chapter, typed and run without a kernel."""

    def __init__(self):
        self.notebook = nbformat.reads(chapters.released_notebook(CHAPTER), as_version=4)

    def cell(self, name):
        return next(each for each in self.notebook.cells if each.metadata.get("nbgrader", {}).get("grade_id") == name)

    def answer(self, name, source="def answer():\n    return 42", count=1):
        self.cell(name).update(source=source, execution_count=count)
        return self

    def check(self, name, says, count=2):
        error = nbformat.v4.new_output("error", ename="CheckFailed", evalue=says, traceback=[says])
        printed = nbformat.v4.new_output("stream", text=f"{says}\n")
        outputs = [printed if says.startswith("✓") else error]
        self.cell(f"{name}_check").update(outputs=outputs, execution_count=count)
        return self

    def save(self, folder, name=f"{CHAPTER}/{CHAPTER}.ipynb"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(json.dumps(self.notebook), encoding="utf-8")


def statuses(folder):
    progress = workspace.read_progress(folder)
    return {each.name: each.status for chapter in progress.chapters for each in chapter.exercises}


def test_a_new_folder_has_every_exercise_of_every_chapter_open(tmp_path):
    workspace.prepare_folder(tmp_path, CHAPTER)
    progress = workspace.read_progress(tmp_path)
    assert [each.name for each in progress.chapters] == chapters.chapter_names()
    for chapter in progress.chapters:
        source = nbformat.read(chapters.notebook_path(chapters.source_folder(), chapter.name), as_version=4)
        headings = re.findall(r"^### (Exercise .+)$", "\n".join(cell.source for cell in source.cells), re.MULTILINE)
        assert [each.title for each in chapter.exercises] == headings
        assert {each.status for each in chapter.exercises} == {"not attempted"}
    assert progress.notes == ()


@pytest.mark.parametrize(
    ("says", "status"), [(RIGHT, "passed"), (WRONG, "failing"), (STOPPED, "failing"), (OPEN, "not attempted")]
)
def test_a_check_is_believed(tmp_path, says, status):
    Copy().answer(RULE).check(RULE, says).save(tmp_path)
    found = statuses(tmp_path)
    assert found.pop(RULE) == status
    assert set(found.values()) == {"not attempted"}


def test_what_a_real_kernel_saves_is_understood(tmp_path):
    typed = {RULE: ["170", "-10"], ERROR: ["np.mean(misses)"], STEP: ["____"], FIT: ["nonsense"]}
    copy = Copy()
    cells = [nbformat.v4.new_code_cell("%load_ext course_utils\nimport numpy as np")]
    for name, words in typed.items():
        for word in words:
            copy.cell(name).source = copy.cell(name).source.replace("____", word, 1)
        cells += [copy.cell(name), copy.cell(f"{name}_check")]
    copy.notebook.cells = cells
    NotebookClient(copy.notebook, timeout=60, kernel_name="python3", allow_errors=True).execute()
    copy.save(tmp_path)
    found = statuses(tmp_path)
    assert {name: found[name] for name in typed} == {
        RULE: "passed",
        ERROR: "failing",
        STEP: "not attempted",
        FIT: "failing",
    }


def test_a_tick_with_an_error_below_it_is_none(tmp_path):
    copy = Copy().answer(RULE).check(RULE, WRONG)
    copy.cell(f"{RULE}_check").outputs.insert(0, nbformat.v4.new_output("stream", text=RIGHT))
    copy.save(tmp_path)
    assert statuses(tmp_path)[RULE] == "failing"


def test_what_a_learner_prints_does_not_hide_the_tick(tmp_path):
    copy = Copy().answer(RULE).check(RULE, RIGHT)
    copy.cell(f"{RULE}_check").outputs[0].text = f"my own note\n{RIGHT}\n"
    copy.save(tmp_path)
    assert statuses(tmp_path)[RULE] == "passed"


@pytest.mark.parametrize(
    ("judged", "status"),
    [
        (["def answer():\n    return 42"], "passed"),
        (["def answer():\n    return 41"], "submitted"),
        (["def answer():\n    return 42"] * 2, "submitted"),
        ([], "submitted"),
        ("nonsense", "passed"),
    ],
)
def test_a_tick_counts_for_what_was_judged(tmp_path, judged, status):
    copy = Copy().answer(RULE).check(RULE, RIGHT)
    copy.cell(f"{RULE}_check").metadata["judged"] = judged
    copy.save(tmp_path)
    assert statuses(tmp_path)[RULE] == status


def test_an_answer_that_no_check_has_judged_is_submitted(tmp_path):
    Copy().answer(RULE).answer(ERROR, count=5).check(ERROR, RIGHT, count=4).save(tmp_path)
    found = statuses(tmp_path)
    assert found[RULE] == found[ERROR] == "submitted"


def test_an_emptied_or_only_reindented_answer_is_none(tmp_path):
    copy = Copy().answer(RULE, source="\n")
    copy.cell(ERROR).source += "\n\n"
    copy.save(tmp_path)
    assert set(statuses(tmp_path).values()) == {"not attempted"}


def test_an_untouched_answer_of_an_older_release_is_none(tmp_path):
    from nbgrader.utils import compute_checksum

    copy = Copy()
    cell = copy.cell(RULE)
    cell.source = "def rule_220(age):\n    return 220 ____ age"
    cell.metadata.nbgrader.checksum = compute_checksum(cell)
    copy.save(tmp_path)
    assert statuses(tmp_path)[RULE] == "not attempted"


@pytest.mark.parametrize("name", ["my try.ipynb", f"{CHAPTER}/01 Copy.ipynb", "old/2024/x.ipynb"])
def test_a_notebook_counts_under_any_name_and_in_any_place(tmp_path, name):
    Copy().answer(RULE).check(RULE, RIGHT).save(tmp_path, name)
    assert statuses(tmp_path)[RULE] == "passed"


def test_the_best_of_several_copies_counts(tmp_path):
    Copy().answer(RULE).check(RULE, WRONG).answer(ERROR).save(tmp_path, "a.ipynb")
    Copy().answer(RULE).check(RULE, RIGHT).answer(ERROR).check(ERROR, WRONG).save(tmp_path, "b.ipynb")
    Copy().answer(STEP).check(STEP, WRONG).save(tmp_path, "c.ipynb")
    Copy().save(tmp_path, "d.ipynb")
    found = statuses(tmp_path)
    assert (found[RULE], found[ERROR], found[STEP]) == ("passed", "submitted", "failing")


@pytest.mark.parametrize("place", [".ipynb_checkpoints", ".Trash", "sub/.ipynb_checkpoints"])
def test_hidden_notebooks_do_not_count(tmp_path, place):
    Copy().answer(RULE).check(RULE, RIGHT).save(tmp_path, f"{place}/x.ipynb")
    progress = workspace.read_progress(tmp_path)
    assert {each.status for chapter in progress.chapters for each in chapter.exercises} == {"not attempted"}
    assert len(progress.notes) == 1
    assert f'To begin: course learn "{tmp_path}"' in progress.notes[0]


def test_duplicated_deleted_reordered_and_unknown_cells_do_no_harm(tmp_path):
    copy = Copy().answer(RULE).check(RULE, RIGHT).answer(ERROR).check(ERROR, RIGHT).answer(STEP)
    cells = copy.notebook.cells
    cells.remove(copy.cell(ERROR))
    cells.remove(copy.cell(f"{STEP}_check"))
    stranger = nbformat.v4.new_code_cell("1", metadata={"nbgrader": {"grade_id": "99_unknown", "solution": True}})
    copy.notebook.cells = [*reversed(cells), stranger, copy.cell(RULE), copy.cell(f"{RULE}_check")]
    copy.save(tmp_path)
    found = statuses(tmp_path)
    assert (found[RULE], found[ERROR], found[STEP]) == ("passed", "passed", "submitted")
    assert "99_unknown" not in found


UNREADABLE = {
    "empty": b"",
    "not json": b"{",
    "no notebook": b"[]",
    "a number": b"7",
    "cells are text": b'{"cells": "x", "metadata": {}, "nbformat": 4, "nbformat_minor": 5}',
    "a cell is a number": b'{"cells": [3], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}',
    "a cell's metadata are a list": (
        b'{"cells": [{"cell_type": "markdown", "source": "", "metadata": []}],'
        b' "metadata": {}, "nbformat": 4, "nbformat_minor": 4}'
    ),
    "not UTF-8": b"\xff\xfe\x00{",
    "deep": b"[" * 100_000,
}


@pytest.mark.parametrize("content", UNREADABLE.values(), ids=UNREADABLE)
def test_what_cannot_be_read_is_named_and_the_rest_counts(tmp_path, content, capfd):
    Copy().answer(RULE).check(RULE, RIGHT).save(tmp_path)
    (tmp_path / "odd.ipynb").write_bytes(content)
    progress = workspace.read_progress(tmp_path)
    assert len(progress.notes) == 1
    assert str(tmp_path / "odd.ipynb") in progress.notes[0]
    assert progress.notes[0].endswith("could not be read and was not counted.")
    assert statuses(tmp_path)[RULE] == "passed"
    assert capfd.readouterr() == ("", "")


def test_folders_links_pipes_and_huge_files_named_like_notebooks_are_named_too(tmp_path):
    Copy().answer(RULE).check(RULE, RIGHT).save(tmp_path)
    (tmp_path / "folder.ipynb").mkdir()
    (tmp_path / "gone.ipynb").symlink_to(tmp_path / "nothing")
    (tmp_path / "loop.ipynb").symlink_to(tmp_path / "loop.ipynb")
    (tmp_path / "around").symlink_to(tmp_path, target_is_directory=True)
    os.mkfifo(tmp_path / "pipe.ipynb")
    with (tmp_path / "huge.ipynb").open("wb") as file:
        file.truncate(10**10)
    progress = workspace.read_progress(tmp_path)
    named = {Path(note.partition(" (")[0]).name for note in progress.notes}
    assert named == {"folder.ipynb", "gone.ipynb", "loop.ipynb", "pipe.ipynb", "huge.ipynb"}
    assert statuses(tmp_path)[RULE] == "passed"


def test_a_file_without_permission_is_named(tmp_path, monkeypatch):
    Copy().answer(RULE).check(RULE, RIGHT).save(tmp_path)
    Copy().save(tmp_path, "locked.ipynb")
    read = Path.read_text

    def denied(self, *args, **kwargs):
        if self.name == "locked.ipynb":
            raise PermissionError(13, "Permission denied")
        return read(self, *args, **kwargs)

    monkeypatch.setattr(Path, "read_text", denied)
    (note,) = workspace.read_progress(tmp_path).notes
    assert "locked.ipynb (permission denied)" in note


@pytest.mark.parametrize("metadata", [{"nbgrader": 3}, {"nbgrader": {"grade_id": ["a"]}}, {"nbgrader": {}}])
def test_a_cell_with_odd_metadata_is_passed_over(tmp_path, metadata):
    copy = Copy().answer(RULE).check(RULE, RIGHT)
    content = json.loads(nbformat.writes(copy.notebook))
    content["cells"][0]["metadata"] = metadata
    (tmp_path / "x.ipynb").write_text(json.dumps(content))
    assert statuses(tmp_path)[RULE] == "passed"


def test_a_notebook_of_an_older_format_counts(tmp_path, capfd):
    copy = Copy().answer(RULE).check(RULE, WRONG)
    older = nbformat.convert(copy.notebook, 3)
    (tmp_path / "x.ipynb").write_text(nbformat.writes(older, version=3))
    assert statuses(tmp_path)[RULE] == "failing"
    assert capfd.readouterr() == ("", "")


@pytest.fixture
def essay(tmp_path, monkeypatch):
    """A course of one chapter with an exercise marked by hand and a task."""
    source = nbformat.v4.new_notebook()
    by_hand = {"grade_id": "90_card", "grade": True, "solution": True, "locked": False, "task": False, "points": 3}
    task = {"grade_id": "90_task", "grade": False, "solution": False, "locked": True, "task": True, "points": 1}
    source.cells = [
        nbformat.v4.new_markdown_cell("# 90. An essay: and more\n\n### Exercise 1: a model card"),
        nbformat.v4.new_markdown_cell("Yours.", metadata={"nbgrader": {**by_hand, "schema_version": 3}}),
        nbformat.v4.new_markdown_cell("Discuss.", metadata={"nbgrader": {**task, "schema_version": 3}}),
    ]
    path = chapters.notebook_path(tmp_path / "notebooks", "90_essay")
    path.parent.mkdir(parents=True)
    nbformat.write(source, path)
    monkeypatch.setattr("course_utils.chapters.source_folder", lambda: tmp_path / "notebooks")
    folder = tmp_path / "learner"
    workspace.prepare_folder(folder, "90_essay")
    return folder


def test_what_a_person_marks_is_submitted_once_it_is_written(essay):
    assert statuses(essay) == {"90_card": "not attempted", "90_task": "not attempted"}
    path = chapters.notebook_path(essay, "90_essay")
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[1].source = "My model is for screening."
    nbformat.write(notebook, path)
    assert statuses(essay) == {"90_card": "submitted", "90_task": "not attempted"}
    (chapter,) = workspace.read_progress(essay).chapters
    assert chapter.title == "90 An essay"
    assert [each.points for each in chapter.exercises] == [3, 1]
    assert {each.title for each in chapter.exercises} == {"Exercise 1: a model card"}


def test_the_command_prints_a_line_for_each_exercise(tmp_path, capsys):
    Copy().answer(RULE).check(RULE, RIGHT).answer(ERROR).check(ERROR, WRONG).answer(STEP).save(tmp_path)
    assert cli.main(["progress", str(tmp_path)]) == 0
    lines = capsys.readouterr().out.splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith("01 Linear regression "))
    assert lines[start].endswith("   1 of 5 passed, 2 of 10 points")
    signs = [line.split(maxsplit=1)[0] for line in lines[start + 1 : start + 6]]
    assert signs == ["✓", "✗", "◐", "○", "○"]
    assert len({line.index("Exercise") for line in lines if "Exercise" in line}) == 1
    assert not [name for name in os.listdir(tmp_path) if name != CHAPTER]


def test_a_terminal_without_the_signs_gets_the_words(tmp_path, monkeypatch):
    Copy().answer(RULE).check(RULE, RIGHT).save(tmp_path)
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stdout", stream)
    assert cli.main(["progress", str(tmp_path)]) == 0
    stream.seek(0)
    assert "? passed" in stream.read()


@pytest.mark.parametrize("kind", ["missing", "file"])
def test_without_a_folder_the_command_is_one_line(tmp_path, capsys, kind):
    if kind == "file":
        (tmp_path / "file").write_text("mine")
    assert cli.main(["progress", str(tmp_path / kind)]) == 2
    text = capsys.readouterr().err
    assert text.startswith("course progress: ")
    assert text.count("\n") == 1


@pytest.fixture
def in_a_notebook(tmp_path, monkeypatch):
    """Where a kernel of a chapter runs, without what `course learn` tells it."""
    Copy().answer(RULE).check(RULE, RIGHT).answer(ERROR).check(ERROR, WRONG).save(tmp_path)
    monkeypatch.delenv(workspace.FOLDER_VARIABLE, raising=False)
    monkeypatch.chdir(tmp_path / CHAPTER)
    return tmp_path


def test_a_notebook_shows_a_table_that_can_be_heard(in_a_notebook):
    page = BeautifulSoup(show_progress()._repr_html_(), "html.parser")
    (table,) = page("table")
    assert table.caption.get_text() == "Your progress"
    assert [each["scope"] for each in table.thead("th")] == ["col"] * 3
    rows = {row.th.get_text(): row for row in table("tr") if row.th["scope"] == "row"}
    progress = workspace.read_progress(in_a_notebook)
    assert set(rows) == {each.title for chapter in progress.chapters for each in chapter.exercises}
    first, second = next(each for each in progress.chapters if each.name == CHAPTER).exercises[:2]
    assert rows[first.title].td.get_text() == "✓ passed"
    assert rows[second.title].td.get_text() == "✗ failing"
    assert len(table("th", scope="rowgroup")) == len(progress.chapters)
    assert "Save first: Ctrl+S" in page.get_text()
    assert "Save first: Ctrl+S" in repr(show_progress())


def test_a_notebook_in_a_subfolder_finds_the_folder_that_was_opened(in_a_notebook, monkeypatch):
    below = in_a_notebook / "mine" / "deeper"
    below.mkdir(parents=True)
    shutil.move(in_a_notebook / CHAPTER, in_a_notebook / "renamed")
    monkeypatch.chdir(below)
    monkeypatch.setenv(workspace.FOLDER_VARIABLE, str(in_a_notebook))
    assert "✓ passed" in repr(show_progress())
    assert workspace.learners_folder() == in_a_notebook


def test_a_name_in_the_report_is_text_and_not_html(in_a_notebook):
    (in_a_notebook / "<b>odd.ipynb").write_text("")
    html = show_progress()._repr_html_()
    assert "<b>odd" not in html
    assert "&lt;b&gt;odd.ipynb" in html


@pytest.mark.parametrize("place", [chapters.source_folder() / CHAPTER, Path("/")])
def test_it_shows_in_the_source_folder_and_where_no_course_is(place, monkeypatch):
    monkeypatch.setenv(workspace.FOLDER_VARIABLE, "/a/folder/that/is/gone")
    monkeypatch.chdir(place)
    if place == Path("/"):
        monkeypatch.setattr(os, "walk", lambda *_, **__: [])  # a whole disk is much to read
    assert "01 Linear regression" in repr(show_progress())
