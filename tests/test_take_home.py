"""The archive to take home: what goes into it, what comes back, and that nothing is lost on the way."""

import io
import os
import re
import shutil
import signal
import stat
import sys
import time
import zipfile
from datetime import date
from pathlib import Path

import nbformat
import pytest

from course_utils import chapters, cli, workspace
from course_utils.workspace import take_home as archives
from course_utils.workspace.panel import take_home

CHAPTER = "01_linear_regression"
NOTEBOOK = f"{CHAPTER}/{CHAPTER}.ipynb"


@pytest.fixture(autouse=True)
def no_lab(monkeypatch):
    monkeypatch.setattr(workspace, "open_lab", lambda *_, **__: 0)


@pytest.fixture
def folder(tmp_path):
    """A learner's folder with work in chapter 01 and a note of theirs."""
    folder = tmp_path / "my course"
    workspace.prepare_folder(folder, CHAPTER)
    work(folder / NOTEBOOK, "my own notes")
    (folder / "drawing é.txt").write_text("mine")
    return folder


def work(path, text):
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[0].source = text
    nbformat.write(notebook, path)


def visible_files(folder):
    """Return every file of a folder by its relative name, with its bytes; hidden ones are left out."""
    paths = [path for path in folder.rglob("*") if path.is_file()]
    names = [path.relative_to(folder) for path in paths]
    return {
        name.as_posix(): path.read_bytes()
        for name, path in zip(names, paths, strict=True)
        if not any(part.startswith(".") for part in name.parts)
    }


def packed(folder):
    """Run `course pack` and return the archive that it made."""
    before = set(folder.parent.iterdir())
    workspace.pack(folder)
    (path,) = set(folder.parent.iterdir()) - before
    return path


def learn(capsys, *arguments):
    """Run `course learn` and return its status and both of its streams."""
    status = cli.main(["learn", *map(str, arguments)])
    streams = capsys.readouterr()
    return status, streams.out, streams.err


def refused(capsys, *arguments):
    status, _, text = learn(capsys, *arguments)
    assert status == 2
    assert text.startswith("course learn: ")
    assert text.count("\n") == 1
    assert text.endswith("\n")
    return text


def zipped(path, files):
    """Write an archive of names (or ZipInfo) and contents."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return path


def test_the_command_packs_all_that_is_visible_and_says_how_to_bring_it_back(folder, capsys):
    (folder / ".ipynb_checkpoints").mkdir()
    (folder / ".ipynb_checkpoints" / "x.ipynb").write_text("old")
    (folder / CHAPTER / ".course-draft-1").write_text("half")
    (folder / "outside.txt").symlink_to(folder.parent / "secret.txt")
    (folder.parent / "secret.txt").write_text("secret")
    (folder / "round").symlink_to(folder, target_is_directory=True)
    expected = {name: data for name, data in visible_files(folder).items() if name != "outside.txt"}
    assert cli.main(["pack", str(folder)]) == 0
    out = capsys.readouterr().out
    path = folder.parent / f"my course-{date.today().isoformat()}.zip"
    with zipfile.ZipFile(path) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == expected
    assert f"Packed {len(chapters.chapter_names())} notebooks." in out
    assert f"The latest, {CHAPTER}, was saved " in out
    assert str(path) in out
    assert f'course learn --from "{path}"' in out


def test_a_second_archive_stands_beside_the_first(folder):
    first = packed(folder)
    content = first.read_bytes()
    work(folder / NOTEBOOK, "more")
    second, third = packed(folder), packed(folder)
    assert [path.stem.removeprefix(first.stem) for path in (first, second, third)] == ["", "-2", "-3"]
    assert first.read_bytes() == content


def test_the_time_of_the_last_save_is_told(folder, capsys):
    for path in folder.rglob("*.ipynb"):
        os.utime(path, (0, time.time() - 10 * 86400))
    os.utime(folder / NOTEBOOK, (0, time.time() - 125))
    cli.main(["pack", str(folder)])
    assert f"The latest, {CHAPTER}, was saved 2 minutes ago." in capsys.readouterr().out


@pytest.mark.parametrize("kind", ["missing", "missing/below", "empty", "file"])
def test_nothing_to_pack_is_one_line(tmp_path, capsys, kind):
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").write_text("mine")
    before = sorted(tmp_path.rglob("*"))
    assert cli.main(["pack", str(tmp_path / kind)]) == 2
    text = capsys.readouterr().err
    assert text.startswith("course pack: There is no ")
    assert text.count("\n") == 1
    assert sorted(tmp_path.rglob("*")) == before


def test_a_name_that_another_computer_would_refuse_is_told_at_once(folder, capsys):
    (folder / "a\\b.txt").write_text("mine")
    assert cli.main(["pack", str(folder)]) == 2
    assert "Rename it, then try again" in capsys.readouterr().err
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]


def test_a_full_disk_leaves_no_half_archive(folder, capsys, monkeypatch):
    def no_space(handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", no_space)
    assert cli.main(["pack", str(folder)]) == 2
    assert "no space left on device" in capsys.readouterr().err
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]


def test_an_archive_comes_back_into_a_new_folder(folder, tmp_path, capsys):
    status, out, _ = learn(capsys, "--from", packed(folder), tmp_path / "new")
    assert status == 0
    assert visible_files(tmp_path / "new") == visible_files(folder)
    assert f"Added {NOTEBOOK}." in out.splitlines()


def test_an_archive_comes_back_over_copies_that_are_as_new(folder, tmp_path, capsys):
    workspace.prepare_folder(tmp_path / "new", CHAPTER)
    _, out, _ = learn(capsys, "--from", packed(folder), tmp_path / "new")
    assert visible_files(tmp_path / "new") == visible_files(folder)
    assert len([line for line in out.splitlines() if CHAPTER in line]) == 1


def test_work_on_both_sides_is_kept_and_coming_back_again_changes_nothing(folder, tmp_path, capsys):
    other = tmp_path / "other"
    shutil.copytree(folder, other)
    work(other / NOTEBOOK, "other notes")
    (other / "drawing é.txt").write_text("another")
    first, theirs = packed(folder), visible_files(folder)
    work(folder / NOTEBOOK, "second thoughts")
    second, later = packed(folder), visible_files(folder)
    ours = visible_files(other)
    _, out, _ = learn(capsys, "--from", first, other)
    assert f"{CHAPTER} (brought back).ipynb" in out
    learn(capsys, "--from", second, other)
    expected = {
        **ours,
        f"{CHAPTER}/{CHAPTER} (brought back).ipynb": theirs[NOTEBOOK],
        f"{CHAPTER}/{CHAPTER} (brought back 2).ipynb": later[NOTEBOOK],
        "drawing é (brought back).txt": b"mine",
    }
    assert visible_files(other) == expected
    for archive in (first, second, first):
        status, out, _ = learn(capsys, "--from", archive, other)
        assert (status, out) == (0, "All that is in the archive was here already.\n")
    assert visible_files(other) == expected


def test_an_untouched_copy_in_the_archive_is_not_put_beside_work(folder, tmp_path, capsys):
    workspace.prepare_folder(tmp_path / "fresh" / "my course", CHAPTER)
    before = visible_files(folder)
    learn(capsys, "--from", packed(tmp_path / "fresh" / "my course"), folder)
    assert visible_files(folder) == before


def test_a_chapter_of_an_older_release_comes_back_and_the_newer_beside_it(folder, tmp_path, capsys):
    notebook = nbformat.read(folder / NOTEBOOK, as_version=4)
    notebook.metadata.cardiac_ml_course.release = "0123456789ab"
    nbformat.write(notebook, folder / NOTEBOOK)
    _, out, _ = learn(capsys, "--from", packed(folder), tmp_path / "new")
    assert (tmp_path / "new" / NOTEBOOK).read_bytes() == (folder / NOTEBOOK).read_bytes()
    assert len(list((tmp_path / "new" / CHAPTER).glob("*.newer-*.ipynb"))) == 1
    assert "There is a newer version of" in out


@pytest.mark.parametrize("extra", [[], [("__MACOSX/my course/._x", b"x"), ("my course/.DS_Store", b"x")]])
def test_an_archive_zipped_again_with_its_folder_comes_back(folder, tmp_path, capsys, extra):
    files = visible_files(folder)
    again = [(f"my course/{name}", data) for name, data in files.items()]
    archive = zipped(tmp_path / "again.zip", [("my course/", b""), *again, *extra])
    assert learn(capsys, "--from", archive, tmp_path / "new")[0] == 0
    assert visible_files(tmp_path / "new") == files


def link(name, target):
    entry = zipfile.ZipInfo(name)
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    return entry, target


GOOD = (NOTEBOOK, b"{}")
BAD = {
    "absolute": [GOOD, ("/etc/x.txt", b"x")],
    "above": [GOOD, ("../x.txt", b"x")],
    "above, inside": [GOOD, (f"{CHAPTER}/../../x.txt", b"x")],
    "backslash": [GOOD, ("..\\x.txt", b"x")],
    "drive": [GOOD, ("C:/x.txt", b"x")],
    "link": [GOOD, link(f"{CHAPTER}/x", "/etc")],
    "no chapter": [("holiday/photo.ipynb", b"{}"), ("readme.txt", b"x")],
    "nothing": [],
    "file and folder": [GOOD, ("a", b"x"), ("a/b", b"x")],
    "too many": [GOOD, *((f"{i}.txt", b"") for i in range(10_000))],
}


@pytest.mark.parametrize("existing", [False, True])
@pytest.mark.parametrize("files", BAD.values(), ids=BAD)
def test_a_bad_archive_is_refused_and_changes_nothing(folder, tmp_path, capsys, files, existing):
    target = folder if existing else tmp_path / "new"
    archive = zipped(tmp_path / "bad.zip", files)
    before = visible_files(tmp_path)
    assert "Nothing was changed" in refused(capsys, "--from", archive, target)
    assert visible_files(tmp_path) == before
    assert target.exists() == existing


def test_damaged_archives_are_refused_and_change_nothing(folder, tmp_path, capsys):
    whole = packed(folder).read_bytes()
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        offsets = [entry.header_offset for entry in archive.infolist()]
    flipped, locked = bytearray(whole), bytearray(whole)
    flipped[offsets[-1] - 40] ^= 255  # in the last bytes of a file's own data
    for place in [*offsets, *(match.start() for match in re.finditer(b"PK\x01\x02", whole))]:
        locked[place + (6 if whole[place + 2] == 3 else 8)] |= 1
    damaged = {
        "empty": b"",
        "text": b"this is no archive",
        "cut": whole[: len(whole) // 2],
        "end cut": whole[:-30],
        "flipped": bytes(flipped),
        "locked": bytes(locked),
    }
    before = visible_files(tmp_path)
    for name, content in damaged.items():
        (tmp_path / "bad.zip").write_bytes(content)
        line = refused(capsys, "--from", tmp_path / "bad.zip", tmp_path / "new")
        assert "Nothing was changed" in line
        assert ("locked with a password" if name == "locked" else "damaged") in line, name
    (tmp_path / "bad.zip").unlink()
    assert visible_files(tmp_path) == before
    assert not (tmp_path / "new").exists()


def test_what_unpacks_to_far_too_much_is_refused(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(archives, "MOST_BYTES", 5_000_000)
    archive = zipped(tmp_path / "bomb.zip", [GOOD, ("a.txt", bytes(6_000_000))])
    assert archive.stat().st_size < 10_000
    assert "more than 500 MB" in refused(capsys, "--from", archive, tmp_path / "new")
    lie = archive.read_bytes().replace((6_000_000).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    archive.write_bytes(lie)
    refused(capsys, "--from", archive, tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_the_archive_must_be_there(tmp_path, capsys):
    assert "There is no archive" in refused(capsys, "--from", tmp_path / "gone.zip", tmp_path / "new")
    assert "There is no archive" in refused(capsys, "--from", tmp_path, tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_an_unsuitable_folder_is_refused_before_the_archive_is_opened(folder, tmp_path, capsys):
    archive = packed(folder)
    other = tmp_path / "thesis"
    other.mkdir()
    (other / "thesis.docx").write_text("mine")
    assert "already holds other files" in refused(capsys, "--from", archive, other)
    assert [path.name for path in other.iterdir()] == ["thesis.docx"]


@pytest.mark.parametrize("kind", ["file", "link"])
def test_what_stands_where_a_folder_should_be_is_named(folder, tmp_path, capsys, kind):
    (folder / "mine").mkdir()
    (folder / "mine" / "x.txt").write_text("x")
    archive = packed(folder)
    shutil.rmtree(folder / "mine")
    (tmp_path / "elsewhere").mkdir()
    if kind == "file":
        (folder / "mine").write_text("a file")
    else:
        (folder / "mine").symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    work(folder / NOTEBOOK, "newer notes")
    before = visible_files(tmp_path)
    assert f"{folder / 'mine'} is a {kind}" in refused(capsys, "--from", archive, folder)
    assert visible_files(tmp_path) == before


# What a computer that stops in between leaves behind.

CHANGES = {"os.rename", "os.mkdir", "os.remove", "os.rmdir", "os.chmod", "os.truncate", "os.link", "os.symlink"}


def stopped_at(step, operation):
    """Run `operation` in a forked process that is killed before its step number `step`, and tell whether it was."""
    child = os.fork()
    if child:
        return os.WIFSIGNALED(os.waitpid(child, 0)[1])
    left = step

    def hook(event, arguments):
        nonlocal left
        writes = event == "open" and arguments[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
        if writes or event in CHANGES:
            left -= 1
            if not left:
                os.kill(os.getpid(), signal.SIGKILL)

    try:
        sys.addaudithook(hook)
        operation()
    finally:
        os._exit(0)


def bring_back_and_prepare(place):
    workspace.bring_back(place / "back.zip", place / "course", CHAPTER)
    workspace.prepare_folder(place / "course", CHAPTER)


OPERATIONS = {
    "learn": lambda place: workspace.prepare_folder(place / "course", CHAPTER),
    "pack": lambda place: workspace.pack(place / "course"),
    "bring back": bring_back_and_prepare,
}


@pytest.mark.exhaustive
@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS)
def test_nothing_is_lost_wherever_the_computer_stops(folder, tmp_path, operation):
    start = tmp_path / "start"
    archive = packed(folder)
    shutil.copytree(folder, start / "course")
    archive.rename(start / "back.zip")
    notebook = nbformat.read(start / "course" / NOTEBOOK, as_version=4)
    notebook.metadata.cardiac_ml_course.release = "0123456789ab"  # so that a newer one must come
    nbformat.write(notebook, start / "course" / NOTEBOOK)
    fresh, missing = [name for name in chapters.chapter_names() if name != CHAPTER][:2]
    shutil.rmtree(start / "course" / missing)
    work(folder / fresh / f"{fresh}.ipynb", "work in a chapter that is as new here")
    zipped(start / "back.zip", visible_files(folder).items())

    undisturbed = tmp_path / "undisturbed"
    shutil.copytree(start, undisturbed)
    operation(undisturbed)
    before, after = visible_files(start), visible_files(undisturbed)
    assert before != after
    for step in range(1, 1000):
        place = tmp_path / f"{step}"
        shutil.copytree(start, place)
        stopped = stopped_at(step, lambda place=place: operation(place))
        now = visible_files(place)
        assert before.keys() <= now.keys()
        for name, content in now.items():
            assert content in (before.get(name), after.get(name)), (step, name)
        if not stopped:
            break
        operation(place)
        assert visible_files(place) == after, step
        shutil.rmtree(place)
    assert now == after
    assert step > 4


# The panel in a notebook.


@pytest.fixture
def panel(folder, monkeypatch):
    """The panel on the learner's folder, with a list of what it sends to the page."""
    monkeypatch.setenv(workspace.FOLDER_VARIABLE, str(folder))
    panel = take_home()
    sent = []
    monkeypatch.setattr(panel, "send", lambda content, buffers=None: sent.append((content, buffers)))
    panel.sent = sent
    return panel


def from_page(panel, content, *buffers):
    """Deliver a message as the page would send it, and return the answer."""
    panel._handle_custom_msg(content, [memoryview(each) for each in buffers])
    return panel.sent[-1]


def test_the_panel_packs_the_same_as_the_command(panel, folder):
    content, (data,) = from_page(panel, {"pack": True})
    assert content["archive"] == f"my course-{date.today().isoformat()}.zip"
    assert content["status"].startswith(f"Packed {len(chapters.chapter_names())} notebooks. The latest, {CHAPTER}, ")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == visible_files(folder)
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]


def test_the_panel_brings_an_archive_back_in_pieces(panel, folder):
    _, (data,) = from_page(panel, {"pack": True})
    theirs = visible_files(folder)
    work(folder / NOTEBOOK, "second thoughts")
    ours = visible_files(folder)
    third = len(data) // 3
    assert from_page(panel, {"piece": 0, "of": 3}, data[:third])[0] == {"next": 1}
    assert from_page(panel, {"piece": 1, "of": 3}, data[third : 2 * third])[0] == {"next": 2}
    assert visible_files(folder) == ours
    content, _ = from_page(panel, {"piece": 2, "of": 3}, data[2 * third :])
    assert f"{CHAPTER} (brought back).ipynb" in content["status"]
    assert "close its tab and open it again" in content["status"]
    beside = {f"{CHAPTER}/{CHAPTER} (brought back).ipynb": theirs[NOTEBOOK]}
    assert visible_files(folder) == {**ours, **beside}


@pytest.mark.parametrize("content", [b"", b"no archive"])
def test_the_panel_says_what_is_wrong(panel, folder, content):
    before = visible_files(folder)
    answer, _ = from_page(panel, {"piece": 0, "of": 1}, content)
    assert answer["status"].startswith("⚠ The archive cannot be read")
    assert visible_files(folder) == before
    shutil.rmtree(folder)
    assert from_page(panel, {"pack": True})[0]["status"].startswith("⚠ There is no folder")


def test_no_archive_is_saved_in_the_notebook(panel):
    before = panel.get_state()
    _, (data,) = from_page(panel, {"pack": True})
    from_page(panel, {"piece": 0, "of": 1}, data)
    assert panel.get_state() == before


def test_a_page_without_a_kernel_shows_a_sentence(panel, monkeypatch):
    monkeypatch.setenv("COURSE_STATIC", "1")
    bundle, _ = panel._repr_mimebundle_()
    assert set(bundle) == {"text/plain"}
    assert "Pack my work" in bundle["text/plain"]
    assert "Bring back an archive" in bundle["text/plain"]


def test_a_notebooks_own_way_and_the_commands_are_one(panel, folder, tmp_path, capsys):
    _, (data,) = from_page(panel, {"pack": True})
    Path(tmp_path / "down.zip").write_bytes(data)
    assert learn(capsys, "--from", tmp_path / "down.zip", tmp_path / "new")[0] == 0
    assert visible_files(tmp_path / "new") == visible_files(folder)
