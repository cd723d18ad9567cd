"""An exercise put back as released: from whatever a learner made of its cells, with nothing lost."""

import copy
import json
import os
import re
import shutil
from datetime import date

import nbformat
import pytest
from nbformat.sign import NotebookNotary
from notebooks.attempts import RecordingShell, in_a_fork, run
from test_take_home import stopped_at, visible_files

from course_utils import chapters, cli, workspace
from course_utils.errors import CourseError
from course_utils.workspace.panel import restore_exercise
from course_utils.workspace.restore import put_back_in

CHAPTER = "00_welcome"
NOTEBOOK = f"{CHAPTER}/{CHAPTER}.ipynb"
ANSWER, CHECK = "00_heart_rate", "00_heart_rate_check"
RIGHT = 'def heart_rate(interval):\n    """Mine."""\n    return 60 * 1000 / interval'
NO_MINOR = b'{"cells": [], "metadata": {}, "nbformat": 4}'
KEPT = f"**What stood here before (kept on {date.today().isoformat()}).**"


@pytest.fixture(autouse=True)
def own_signatures(monkeypatch, tmp_path):
    """Keep what Jupyter trusts out of the home of whoever runs the tests."""
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "jupyter"))


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "course"
    workspace.prepare_folder(folder, CHAPTER)
    return folder


def read(folder, name=NOTEBOOK):
    return json.loads((folder / name).read_bytes())


def write(folder, notebook, name=NOTEBOOK):
    """Write a notebook in the form in which JupyterLab writes it."""
    (folder / name).write_text(json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True) + "\n", "utf-8")


def name_of(cell):
    return cell["metadata"].get("nbgrader", {}).get("grade_id")


def places(cells, name):
    return [place for place, cell in enumerate(cells) if name_of(cell) == name]


def text(cell):
    return "".join(cell["source"])


def course(capsys, *arguments):
    """Run `course restore`, and return its status and both of its streams."""
    try:
        status = cli.main(["restore", *map(str, arguments)])
    except SystemExit as stop:
        status = stop.code
    return status, *capsys.readouterr()


def refused(capsys, *arguments):
    status, out, line = course(capsys, *arguments)
    assert (status, out) == (2, "")
    assert line.startswith("course restore: ")
    assert line.count("\n") == 1
    assert line.endswith("\n")
    return line


# What a learner can make of an exercise: each changes the cells, and returns what they wrote, which must not be lost.


def emptied(cells, answer, check):
    cells[answer]["source"] = []


def answered(cells, answer, check):
    cells[answer].update(source=RIGHT.splitlines(keepends=True), execution_count=3)
    cells[check].update(
        execution_count=4, outputs=[{"name": "stdout", "output_type": "stream", "text": ["✓ Correct."]}]
    )
    return RIGHT


def answer_deleted(cells, answer, check):
    del cells[answer]


def check_deleted(cells, answer, check):
    del cells[check]


def both_deleted(cells, answer, check):
    del cells[check], cells[answer]


def both_and_the_text_above_deleted(cells, answer, check):
    del cells[check], cells[answer], cells[answer - 1]


def split(cells, answer, check):
    rest = copy.deepcopy(cells[answer])
    rest.update(source=["    return 60_000 / interval"], id="another")
    cells[answer]["source"] = cells[answer]["source"][:1]
    cells.insert(answer + 1, rest)
    return "    return 60_000 / interval"


def duplicated(cells, answer, check):
    twin = copy.deepcopy(cells[answer])
    twin.update(source=RIGHT, id="twin")
    cells.insert(check + 1, twin)
    return RIGHT


def check_edited(cells, answer, check):
    cells[check]["source"] = ["# nothing is checked\n", 'print("✓ Correct.")']
    return '# nothing is checked\nprint("✓ Correct.")'


def turned_round(cells, answer, check):
    cells[answer], cells[check] = cells[check], cells[answer]


def moved_to_the_end(cells, answer, check):
    cells.append(cells.pop(answer))


def merged(cells, answer, check):
    cells[answer]["source"] += ["\n\n", *cells.pop(check)["source"]]
    cells[answer]["source"].insert(0, "# mine\n")
    return "# mine"


def name_lost(cells, answer, check):
    cells[answer]["metadata"] = {}
    cells[answer]["source"] = RIGHT.splitlines(keepends=True)
    return RIGHT


def written_anew(cells, answer, check):
    cells[answer] = {
        "cell_type": "code",
        "execution_count": None,
        "id": "new",
        "metadata": {},
        "outputs": [],
        "source": ["def heart_rate(interval):\n", "    return 1"],
    }
    return "def heart_rate(interval):\n    return 1"


def made_text(cells, answer, check):
    for key in ("execution_count", "outputs"):
        del cells[check][key]
    cells[check]["cell_type"] = "markdown"


def indented_wrongly(cells, answer, check):
    source = text(cells[answer]).replace("    return", "return")
    cells[answer]["source"] = source.splitlines(keepends=True)
    return source


def points_lost(cells, answer, check):
    del cells[check]["metadata"]["nbgrader"]["points"]


BREAKAGES = [
    emptied,
    answered,
    answer_deleted,
    check_deleted,
    both_deleted,
    both_and_the_text_above_deleted,
    split,
    duplicated,
    check_edited,
    turned_round,
    moved_to_the_end,
    merged,
    name_lost,
    written_anew,
    made_text,
    indented_wrongly,
    points_lost,
]


def break_it(folder, breakage):
    """Break exercise 2 of a notebook with notes; return the other cells, and what the learner wrote in the exercise."""
    notebook = read(folder)
    cells = notebook["cells"]
    cells[3]["source"] = ["my own notes: naïve"]
    cells[4].update(execution_count=7, outputs=[{"name": "stdout", "output_type": "stream", "text": ["seen\n"]}])
    before = copy.deepcopy(cells)
    (answer,), (check,) = places(cells, ANSWER), places(cells, CHECK)
    wrote = breakage(cells, answer, check)
    write(folder, notebook)
    others = [cell for cell in before if name_of(cell) not in (ANSWER, CHECK)]
    return [cell for cell in others if cell in cells], wrote


def in_the_file(cells):
    """Return cells as their bytes in a file, without the mark of an end that the last of a list lacks."""
    return [json.dumps(cell, ensure_ascii=False, indent=1, sort_keys=True) for cell in cells]


@pytest.mark.parametrize("breakage", BREAKAGES)
def test_an_exercise_is_as_released_again_and_nothing_else_changes(folder, capsys, breakage):
    released = json.loads(chapters.released_notebook(CHAPTER))["cells"]
    others, wrote = break_it(folder, breakage)
    status, out, err = course(capsys, "00", 2, folder)
    assert (status, err) == (0, "")
    assert out.startswith("Exercise 2: from interval to heart rate is as it was released.\n")
    assert "Reload Notebook from Disk" in out
    cells = read(folder)["cells"]
    (answer,), (check,) = places(cells, ANSWER), places(cells, CHECK)
    assert [cells[answer], cells[check]] == [released[place] for place in (18, 19)]
    assert check == answer + 1
    kept = [cell for cell in cells if text(cell).startswith(KEPT)]
    assert len(kept) == bool(wrote) == out.count("is kept in a cell of text below it")
    if wrote:
        assert cells[check + 1] == kept[0]
        assert wrote in text(kept[0])
        assert (kept[0]["cell_type"], kept[0]["metadata"]) == ("markdown", {})
    rest = [cell for cell in cells if cell not in (cells[answer], cells[check], *kept)]
    assert in_the_file(rest) == in_the_file(others)
    assert all(cell in (folder / NOTEBOOK).read_text("utf-8") for cell in map(indented, others))
    if breakage is not both_and_the_text_above_deleted:
        assert text(cells[answer - 1]).startswith("### Exercise 2")
    assert [each.name for each in (folder / CHAPTER).iterdir()] == [f"{CHAPTER}.ipynb"]
    nbformat.validate(nbformat.read(folder / NOTEBOOK, as_version=4))
    progress = {
        each.name: each.status for chapter in workspace.read_progress(folder).chapters for each in chapter.exercises
    }
    assert progress[ANSWER] == "not attempted"


def indented(cell):
    return "\n".join(f"  {line}" for line in json.dumps(cell, ensure_ascii=False, indent=1, sort_keys=True).split("\n"))


@pytest.mark.parametrize("breakage", BREAKAGES)
def test_a_second_time_changes_nothing_more(folder, capsys, breakage):
    break_it(folder, breakage)
    course(capsys, "00", 2, folder)
    before = (folder / NOTEBOOK).read_bytes(), (folder / NOTEBOOK).stat().st_mtime_ns
    status, out, _ = course(capsys, "00_welcome", "02", folder)
    assert status == 0
    assert out == (
        "Exercise 2: from interval to heart rate is whole, and its answer is untouched. Nothing was changed.\n"
    )
    assert before == ((folder / NOTEBOOK).read_bytes(), (folder / NOTEBOOK).stat().st_mtime_ns)


@pytest.mark.exhaustive
@pytest.mark.parametrize("breakage", BREAKAGES)
def test_a_right_answer_passes_in_what_was_restored(folder, capsys, breakage):
    break_it(folder, breakage)
    course(capsys, "00", 2, folder)
    notebook = nbformat.read(folder / NOTEBOOK, as_version=4)
    cells = notebook.cells
    answer = next(cell for cell in cells if name_of(cell) == ANSWER)
    answer.source = answer.source.replace("____", "60_000")
    start = max(0, cells.index(answer) - 3)
    code = [cell for cell in cells[start : start + 10] if cell.cell_type == "code"]

    def work():
        shell = RecordingShell.instance()
        run(shell, "%load_ext course_utils")
        return [(name_of(cell), run(shell, cell.source)[0].stdout) for cell in code]

    ((_, says),) = [each for each in in_a_fork(work) if each[0] == CHECK]
    assert "✓ Correct." in says


def test_a_whole_exercise_is_left_alone_with_its_outputs_and_the_notes_beside_it(folder, capsys):
    notebook = read(folder)
    cells = notebook["cells"]
    (answer,), (check,) = places(cells, ANSWER), places(cells, CHECK)
    cells[check].update(execution_count=2, outputs=[{"name": "stdout", "output_type": "stream", "text": ["○\n"]}])
    cells[check]["metadata"]["jupyter"] = {"source_hidden": False}
    cells.insert(check, {**cells[3], "id": "note"})
    cells.insert(answer, {**cells[3], "id": "note-2"})
    scratch = {"cell_type": "code", "id": "scratch", "metadata": {}, "source": ["heart_rate = 70"]}
    cells.insert(check + 2, {**scratch, "execution_count": None, "outputs": []})
    write(folder, notebook)
    before = (folder / NOTEBOOK).read_bytes()
    assert "Nothing was changed." in course(capsys, "00", 2, folder)[1]
    assert (folder / NOTEBOOK).read_bytes() == before


@pytest.mark.exhaustive
def test_every_exercise_of_every_chapter_comes_back_into_its_place(tmp_path, capsys):
    workspace.prepare_folder(tmp_path, CHAPTER)
    for chapter in chapters.chapter_names():
        path = chapters.notebook_path(tmp_path, chapter)
        whole = json.loads(path.read_bytes())
        names = [each for each in map(name_of, whole["cells"]) if each and not each.endswith("_check")]
        for number, name in enumerate(names, start=1):
            notebook = copy.deepcopy(whole)
            notebook["cells"] = [cell for cell in whole["cells"] if name_of(cell) not in (name, f"{name}_check")]
            write(path.parent, notebook, path.name)
            assert course(capsys, chapter[:2], number, tmp_path)[0] == 0
            assert json.loads(path.read_bytes()) == whole


def test_what_was_kept_stays_when_it_is_restored_again(folder, capsys):
    for source in ("first = 1", "second = ```2```"):
        notebook = read(folder)
        notebook["cells"][places(notebook["cells"], ANSWER)[0]]["source"] = [source]
        write(folder, notebook)
        course(capsys, "00", 2, folder)
    kept = [text(cell) for cell in read(folder)["cells"] if text(cell).startswith(KEPT)]
    assert [each.count("first = 1") for each in kept] == [0, 1]
    assert "\n````python\nsecond = ```2```\n````" in kept[0]


def test_an_untouched_exercise_of_an_older_release_becomes_todays_and_nothing_is_kept(folder, capsys):
    from nbgrader.utils import compute_checksum

    notebook = nbformat.read(folder / NOTEBOOK, as_version=4)
    notebook.metadata.cardiac_ml_course.release = "0123456789ab"
    for cell in notebook.cells:
        if name_of(cell) in (ANSWER, CHECK):
            cell.source = f"# as it was once\n{cell.source}"
            cell.metadata.nbgrader.checksum = compute_checksum(cell)
    nbformat.write(notebook, folder / NOTEBOOK)
    assert "kept" not in course(capsys, "00", 2, folder)[1]
    assert "as it was once" not in (folder / NOTEBOOK).read_text("utf-8")


def test_in_an_older_form_of_notebook_the_cells_get_no_ids(folder, capsys):
    notebook = read(folder)
    for cell in notebook["cells"]:
        del cell["id"]
    notebook["nbformat_minor"] = 4
    notebook["cells"][places(notebook["cells"], ANSWER)[0]]["source"] = ["mine"]
    write(folder, notebook)
    assert "unusual" not in course(capsys, "00", 2, folder)[1]
    assert not [cell for cell in read(folder)["cells"] if "id" in cell]
    nbformat.validate(nbformat.read(folder / NOTEBOOK, as_version=4))


def as_version_3(folder):
    as_no_form_allows(folder)
    older = nbformat.convert(nbformat.read(folder / NOTEBOOK, as_version=4), 3)
    (folder / NOTEBOOK).write_text(nbformat.writes(older, version=3), "utf-8")


def as_no_form_allows(folder):
    notebook = read(folder)
    notebook["cells"][0]["colour"] = "red"
    notebook["cells"][places(notebook["cells"], ANSWER)[0]]["source"] = ["mine"]
    write(folder, notebook)


@pytest.mark.parametrize("odd", [as_version_3, as_no_form_allows])
def test_an_odd_notebook_is_kept_beside_as_it_was_once(folder, capsys, odd):
    odd(folder)
    before = (folder / NOTEBOOK).read_bytes()
    beside = folder / CHAPTER / f"{CHAPTER} (before restoring).ipynb"
    status, out, _ = course(capsys, "00", 2, folder)
    assert status == 0
    assert beside.name in out
    assert beside.read_bytes() == before
    assert len(places(read(folder)["cells"], ANSWER)) == 1
    (folder / NOTEBOOK).write_bytes(before)
    course(capsys, "00", 2, folder)
    assert sorted(each.name for each in (folder / CHAPTER).iterdir()) == sorted([beside.name, f"{CHAPTER}.ipynb"])


def test_half_a_sign_in_a_notebook_does_no_harm(folder, capsys):
    break_it(folder, answered)
    path = folder / NOTEBOOK
    path.write_text(path.read_text("utf-8").replace("naïve", "\\ud83d"), "utf-8")
    assert course(capsys, "00", 2, folder)[0] == 0
    assert read(folder)["cells"][3]["source"] == ["my own notes: \ud83d"]


@pytest.mark.parametrize("trusted", [True, False])
def test_jupyter_trusts_what_was_restored_just_as_before(folder, capsys, trusted):
    break_it(folder, answered)
    if trusted:
        NotebookNotary().sign(nbformat.read(folder / NOTEBOOK, as_version=4))
    course(capsys, "00", 2, folder)
    assert NotebookNotary().check_signature(nbformat.read(folder / NOTEBOOK, as_version=4)) is trusted


@pytest.mark.parametrize("exercise", ["0", "6", "9", "-1", "two", "", "²", "2.0", "a\nb"])
def test_an_exercise_that_there_is_not_is_one_line(folder, capsys, exercise):
    before = visible_files(folder)
    assert "there are 1 to 5 in 00 Welcome" in refused(capsys, "00", exercise, folder)
    assert visible_files(folder) == before


@pytest.mark.parametrize("chapter", ["99", "", "welcome"])
def test_a_chapter_that_there_is_not_is_one_line(folder, capsys, chapter):
    assert "There is no chapter" in refused(capsys, chapter, 1, folder)


@pytest.mark.parametrize("arguments", [[], ["00"]])
def test_too_few_words_are_one_line(capsys, arguments):
    assert "For help: course restore --help" in refused(capsys, *arguments)


def test_a_folder_that_is_not_the_learners_is_one_line(folder, tmp_path, capsys):
    assert "There is no folder" in refused(capsys, "00", 1, tmp_path / "gone")
    assert "holds the course's own chapters" in refused(capsys, "00", 1, chapters.source_folder())
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "thesis.docx").write_text("mine")
    assert "already holds other files" in refused(capsys, "00", 1, tmp_path / "thesis")
    assert "is a file" in refused(capsys, "00", 1, tmp_path / "thesis" / "thesis.docx")
    (folder / "nbgrader_config.py").write_text("")
    assert "part of an instructor's course" in refused(capsys, "00", 1, folder)


def test_a_notebook_that_is_not_there_is_one_line(folder, capsys):
    (folder / NOTEBOOK).unlink()
    line = refused(capsys, "00", 1, folder)
    assert f"There is no notebook {folder / NOTEBOOK}." in line
    assert f'course learn "{folder}"' in line


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"7", b"\xff", b"[" * 100_000, b'{"nbformat": 4}', b'{"cells": [3], "nbformat": 4}', NO_MINOR],
)
def test_a_notebook_that_cannot_be_read_is_one_line(folder, capsys, content):
    (folder / NOTEBOOK).write_bytes(content)
    line = refused(capsys, "00", 1, folder)
    assert f"{folder / NOTEBOOK} cannot be read as a notebook. Nothing was changed." in line
    assert (folder / NOTEBOOK).read_bytes() == content


def test_a_folder_in_the_notebooks_place_is_one_line(folder, capsys):
    (folder / NOTEBOOK).unlink()
    (folder / NOTEBOOK).mkdir()
    assert "cannot be read: not a file." in refused(capsys, "00", 1, folder)


def test_a_full_disk_is_one_line_and_leaves_all_as_it_was(folder, capsys, monkeypatch):
    break_it(folder, answered)
    before = visible_files(folder)

    def no_space(handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", no_space)
    assert "cannot be written: no space left on device. It is as it was." in refused(capsys, "00", 2, folder)
    assert visible_files(folder) == before
    assert not list(folder.rglob(".course-draft-*"))


@pytest.mark.exhaustive
@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_nothing_is_lost_wherever_the_computer_stops(folder, tmp_path):
    as_no_form_allows(folder)
    before = visible_files(folder)
    workspace.put_back(folder, CHAPTER, "2")
    after = visible_files(folder)
    assert re.search("before restoring", " ".join(after))
    for step in range(1, 1000):
        place = tmp_path / f"{step}"
        shutil.copytree(folder, place)
        (place / CHAPTER / f"{CHAPTER} (before restoring).ipynb").unlink()
        (place / NOTEBOOK).write_bytes(before[NOTEBOOK])
        stopped = stopped_at(step, lambda place=place: workspace.put_back(place, CHAPTER, "2"))
        now = visible_files(place)
        assert before.keys() <= now.keys()
        for name, content in now.items():
            assert content in (before.get(name), after.get(name)), (step, name)
        if not stopped:
            break
        workspace.put_back(place, CHAPTER, "2")
        assert visible_files(place) == after, step
    assert now == after
    assert step > 4


# The panel in a notebook.


@pytest.fixture
def panel(folder, monkeypatch):
    """The panel for exercise 2 in a notebook where it is answered, with a list of what it sends to the page."""
    break_it(folder, answered)
    monkeypatch.setenv("JPY_SESSION_NAME", str(folder / NOTEBOOK))
    panel = restore_exercise(2)
    panel.sent = []
    monkeypatch.setattr(panel, "send", lambda content: panel.sent.append(content))
    return panel


def press(panel, name=""):
    """Press the button, in a page that calls its notebook by this name, and return the answer."""
    panel._handle_custom_msg({"name": name}, [])
    return panel.sent[-1]


def save_again(folder, name=NOTEBOOK):
    details = (folder / name).stat()
    os.utime(folder / name, ns=(details.st_atime_ns, details.st_mtime_ns + 10**9))


def test_the_panel_restores_what_was_saved_since_it_is_there(panel, folder):
    before = (folder / NOTEBOOK).read_bytes()
    assert press(panel) == {
        "status": "⚠ Save first: Ctrl+S (on a Mac Cmd+S), then press the button again.",
        "place": None,
    }
    assert (folder / NOTEBOOK).read_bytes() == before
    save_again(folder)
    answer = press(panel)
    assert answer["status"].startswith("Exercise 2: from interval to heart rate is as it was released.\nWhat you had")
    assert places(read(folder)["cells"], ANSWER) == [answer["place"]]
    assert RIGHT in text(read(folder)["cells"][answer["place"] + 2])
    assert panel.status == answer["status"]
    save_again(folder)
    assert press(panel) == {
        "status": "Exercise 2: from interval to heart rate is whole, and its answer is untouched. Nothing was changed.",
        "place": None,
    }


@pytest.mark.parametrize("name", ["my first try.ipynb", "Übung 1.ipynb"])
def test_the_panel_works_in_a_notebook_that_was_renamed(panel, folder, name):
    (folder / NOTEBOOK).rename(folder / CHAPTER / name)
    assert "was renamed after it was opened" in press(panel)["status"]
    save_again(folder, f"{CHAPTER}/{name}")
    assert press(panel, name)["place"] is not None
    assert KEPT in (folder / CHAPTER / name).read_text("utf-8")


def test_a_copy_without_any_name_of_an_exercise_is_known_by_its_file(panel, folder):
    notebook = read(folder)
    for cell in notebook["cells"]:
        cell["metadata"].pop("nbgrader", None)
    write(folder, notebook)
    save_again(folder)
    assert press(panel)["place"] is not None
    shutil.move(folder / NOTEBOOK, folder / "mine.ipynb")
    write(folder, notebook, "mine.ipynb")
    assert "is not a chapter of this course" in course_of(folder / "mine.ipynb")


def course_of(path):
    with pytest.raises(CourseError) as error:
        put_back_in(path, "2")
    return str(error.value)


def test_the_panel_says_what_is_wrong(panel, folder, monkeypatch):
    (folder / NOTEBOOK).write_text("{")
    save_again(folder)
    assert "cannot be read as a notebook" in press(panel)["status"]
    monkeypatch.setenv("JPY_SESSION_NAME", str(chapters.notebook_path(chapters.source_folder(), CHAPTER)))
    assert "holds the course's own chapters" in press(panel)["status"]
    monkeypatch.delenv("JPY_SESSION_NAME")
    assert press(panel)["status"].endswith("course restore 02 2")
    assert press(panel)["place"] is None


@pytest.mark.parametrize("exercise", [9, "two", None, 2.5])
def test_the_panel_answers_a_number_that_there_is_not(folder, monkeypatch, exercise):
    monkeypatch.setenv("JPY_SESSION_NAME", str(folder / NOTEBOOK))
    panel = restore_exercise(exercise)
    panel.sent = []
    monkeypatch.setattr(panel, "send", lambda content: panel.sent.append(content))
    save_again(folder)
    assert "there are 1 to 5 in 00 Welcome" in press(panel)["status"]


def test_a_page_without_a_kernel_shows_a_sentence(monkeypatch):
    monkeypatch.setenv("COURSE_STATIC", "1")
    bundle, _ = restore_exercise(3)._repr_mimebundle_()
    assert bundle == {"text/plain": "Here is a button, Put exercise 3 back."}
