"""A class goes through Canvas's and Moodle's files to grades and back, whatever the files hold."""

import csv
import io
import os
import re
import shutil
import stat
import zipfile

import nbformat
import pytest
from classroom import tiny
from classroom.conftest import Course

from course_utils import cli

CANVAS = """\
Student,ID,SIS User ID,SIS Login ID,Section,01 Linear regression (511),Chapter 90: tiny (512),Current Score,Notes
,,,,,,Manual Posting,,
    Points Possible,,,,,10,2,(read only),
"Lovelace, Ada",101,S-1,ada,"Group 1, morning",9.5,,95,"says ""hi""\nand more"
"Müller-Groß, Jörg",102,S-2,joerg,Group 1,,1,,
"Weiß, Ben",103,S-3,ben,Group 1,,EX,,\u0020
"=cmd()",104,S-4,cem,Group 1,,,,
"Late, Zoe",105,S-5,zoe,Group 1,,,,
""".replace("\n", "\r\n").encode("utf-8-sig")
"""Canvas's gradebook as it is exported; with its mark, a cell of two lines, and a blank that belongs to a cell."""

MOODLE = """\
Identifier,"Full name","Email address",Status,Grade,"Maximum Grade","Grade can be changed",\
"Last modified (submission)","Last modified (grade)","Feedback comments"
"Participant 9001","Ada Lovelace",ada@hospital.org,"Submitted for grading - ",,2.00,Yes,\
"Wednesday, 14 October 2026, 3:15 PM",-,
"Participant 9002","Jörg Müller",joerg+ml@hospital.org,"Submitted for grading - ",0.00,2.00,Yes,\
"Wednesday, 14 October 2026, 3:20 PM",-,"<p>Well, ""well""</p>"
"Participant 9003","Ada Lovelace",ada.2@hospital.org,"No submission - ",,2.00,Yes,-,-,
""".encode()
"""Moodle's grading worksheet, with two people of one name."""


@pytest.fixture
def course(with_tiny_chapter, tmp_path, monkeypatch):
    course = Course(tmp_path)
    course.chapter = tiny.CHAPTER
    shutil.copytree(with_tiny_chapter.folder, course.folder)
    shutil.rmtree(course.folder / "submitted")
    monkeypatch.chdir(course.folder)
    return course


def notebook(course, answer):
    return nbformat.writes(course.filled({"90_twice": [answer]}))


def zipped(path, members):
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def run(*arguments):
    return cli.main(list(map(str, arguments)))


def submitted(course):
    return sorted(path.parent.parent.name for path in (course.folder / "submitted").glob("*/*/*.ipynb"))


def test_a_class_goes_from_canvas_to_grades_and_back(course, tmp_path, capfd):
    right, wrong = notebook(course, "2 * number"), notebook(course, "3 * number")
    download = zipped(
        tmp_path / "submissions.zip",
        {
            "lovelaceada_101_7001_90_tiny.ipynb": wrong,
            "lovelaceada_101_7009_90_tiny-1.ipynb": right,
            "lovelaceada_101_7010_reading.pdf": "%PDF",
            "müllergroßjörg_LATE_102_7003_90_tiny.ipynb": right,
            "weißben_103_7004_90_tiny-2.ipynb": right,
            "cmd_104_7005_90_tiny.ipynb": wrong,
            "anon_x7Qr_7006_90_tiny.ipynb": right,
        },
    )
    gradebook = tmp_path / "2026 grades.csv"
    gradebook.write_bytes(CANVAS)
    assert run("collect", "90", download, "--roster", gradebook) == 0
    said = capfd.readouterr().out
    assert submitted(course) == ["cmd_104", "lovelaceada_101", "müllergroßjörg_102", "weißben_103"]
    assert "4 collected, 0 there already." in said
    assert "Left out: lovelaceada_101_7001_90_tiny.ipynb: lovelaceada_101 has a newer one." in said
    assert "Left out: lovelaceada_101_7010_reading.pdf: no notebook." in said
    assert "Left out: anon_x7Qr_7006_90_tiny.ipynb: not named as Canvas names files." in said
    assert "Late, says Canvas: müllergroßjörg_102." in said
    assert "Has not handed in: Late, Zoe." in said

    tiny.graded(course)
    assert run("report", "90", "--canvas", gradebook) == 0
    said = capfd.readouterr().out
    assert gradebook.read_bytes() == CANVAS
    filled = CANVAS
    for row, changed in (
        (b"9.5,,95", b"9.5,2,95"),
        (b"joerg,Group 1,,1", b"joerg,Group 1,,2"),
        (b"cem,Group 1,,,", b"cem,Group 1,,0,"),
    ):
        assert filled.count(row) == 1
        filled = filled.replace(row, changed)
    assert (tmp_path / "2026 grades-90_tiny.csv").read_bytes() == filled
    assert "has the points of 3 of 5" in said
    assert "Other points stood there before: Müller-Groß, Jörg (1 → 2)." in said
    assert "Left as it was there: Weiß, Ben (EX)." in said
    assert "Has handed in nothing that is graded, and nothing was written: Late, Zoe." in said

    assert run("feedback", "90") == 0
    with zipfile.ZipFile(course.folder / "marked" / "90_tiny-feedback.zip") as archive:
        assert sorted(archive.namelist()) == [
            "cmd_104_7005_90_tiny.html",
            "lovelaceada_101_7009_90_tiny-1.html",
            "müllergroßjörg_102_7003_90_tiny.html".replace("_102", "_LATE_102"),
            "weißben_103_7004_90_tiny-2.html",
        ]
        assert "2 of 2 points" in archive.read("lovelaceada_101_7009_90_tiny-1.html").decode()

    names = list(csv.DictReader(io.StringIO(course_table(course))))
    assert {row["student_id"]: row["last_name"] for row in names}["cmd_104"] == "'=cmd()"


def course_table(course):
    assert course.nbgrader("export", "--to", "grades.csv").returncode == 0
    return (course.folder / "grades.csv").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("form", "back"),
    [
        ("{}_assignsubmission_file/my notebook.ipynb", "{}_assignsubmission_file_90_tiny.html"),
        ("{}_assignsubmission_file_/sub folder/90_tiny.ipynb", "{}_assignsubmission_file_90_tiny.html"),
        ("{}_assignsubmission_file_90_tiny.ipynb", "{}_assignsubmission_file_90_tiny.html"),
    ],
)
def test_a_class_goes_from_moodle_to_grades_and_back(course, tmp_path, capfd, form, back):
    members = {
        form.format("Ada Lovelace_9001"): notebook(course, "2 * number"),
        form.format("Jörg Müller_9002"): notebook(course, "2 * number"),
        form.format("Nobody_9009"): notebook(course, "2 * number"),
        "Ada Lovelace_9001_assignsubmission_onlinetext/onlinetext.html": "<p>Hello</p>",
    }
    folder = tmp_path / "unpacked"
    download = zipped(tmp_path / "class.zip", members)
    with zipfile.ZipFile(download) as archive:
        archive.extractall(folder)
    worksheet = tmp_path / "grades.csv"
    worksheet.write_bytes(MOODLE)
    assert run("collect", "90", download) == 2
    assert "Download its grading worksheet too" in capfd.readouterr().err
    assert run("collect", "90", download, "--roster", worksheet) == 0
    said = capfd.readouterr().out
    assert submitted(course) == ["ada@hospital.org", "joerg-ml@hospital.org"]
    assert "nobody in the roster has the number 9009" in said
    assert "Has not handed in: Ada Lovelace." in said
    assert "onlinetext.html: no notebook" in said
    stamp = course.path("submitted", "ada@hospital.org").with_name("timestamp.txt").read_text()
    assert re.fullmatch(r"2026-10-1\d \d\d:15:00 UTC\n", stamp)
    assert run("collect", "90", folder, "--roster", worksheet) == 0
    assert "0 collected, 2 there already." in capfd.readouterr().out

    tiny.graded(course)
    assert run("report", "90", "--moodle", worksheet) == 0
    filled = MOODLE.replace(b'grading - ",,2.00', b'grading - ",2,2.00').replace(b'",0.00,2.00', b'",2,2.00')
    assert (tmp_path / "grades-90_tiny.csv").read_bytes() == filled
    assert run("feedback", "90") == 0
    with zipfile.ZipFile(course.folder / "marked" / "90_tiny-feedback.zip") as archive:
        assert archive.namelist() == [back.format("Ada Lovelace_9001"), back.format("Jörg Müller_9002")]


def test_what_could_do_harm_in_a_download_is_named_and_left_out(course, tmp_path, capfd):
    good = notebook(course, "2 * number")
    link = zipfile.ZipInfo("evil_2_20_90_tiny.ipynb")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    download = tmp_path / "submissions.zip"
    with zipfile.ZipFile(download, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("good_1_10_90_tiny.ipynb", good)
        archive.writestr(link, "../../notebooks/90_tiny/90_tiny.ipynb")
        archive.writestr("../../evil_3_30_90_tiny.ipynb", good)
        archive.writestr("/etc/evil_4_40_90_tiny.ipynb", good)
        archive.writestr("evil_5_50_90_tiny.ipynb", b" " * (21 * 2**20))
        archive.writestr("evil_6_60_more.zip", b"PK")
        archive.writestr("__MACOSX/._good_1_10_90_tiny.ipynb", b"")
    assert run("collect", "90", download) == 0
    said = capfd.readouterr().out
    assert submitted(course) == ["good_1"]
    for number, why in (
        (2, "a link"),
        (3, "it leads out"),
        (4, "it leads out"),
        (5, "larger than 20 MB"),
        (6, "an archive"),
    ):
        assert any(f"evil_{number}_" in line and why in line for line in said.splitlines()), why
    assert "MACOSX" not in said


def test_a_damaged_file_of_an_archive_costs_only_its_owner(course, tmp_path, capfd):
    download = zipped(tmp_path / "a.zip", {"a_1_10_x.ipynb": "spoilt by and by", "b_2_20_x.ipynb": "{}"})
    download.write_bytes(download.read_bytes().replace(b"spoilt", b"SPOILT", 1))
    assert run("collect", "90", download) == 0
    assert submitted(course) == ["b_2"]
    assert "a_1_10_x.ipynb: it cannot be read" in capfd.readouterr().out


def test_nothing_that_was_handed_in_is_lost(course, tmp_path, capfd):
    first, second = notebook(course, "1 * number"), notebook(course, "2 * number")
    older = zipped(tmp_path / "older.zip", {"ada_1_10_x.ipynb": first})
    newer = zipped(tmp_path / "newer.zip", {"ada_LATE_1_20_x-1.ipynb": second})
    for download in (older, newer):
        assert run("collect", "90", download) == 0
    assert "Replaced: ada_1; the one before is now collected/90_tiny/ada_1.1.ipynb." in capfd.readouterr().out
    assert (course.folder / "collected" / "90_tiny" / "ada_1.1.ipynb").read_text() == first
    assert run("collect", "90", older) == 0
    assert "that was collected before is newer" in capfd.readouterr().out
    assert course.path("submitted", "ada_1").read_text() == second


def test_a_file_that_was_named_by_hand_is_taken_as_it_is_now(course, tmp_path, capfd):
    folder = tmp_path / "handed-in"
    folder.mkdir()
    for answer, time in (("1 * number", 2_000_000_000), ("2 * number", 1_000_000_000)):
        (folder / "ana.ipynb").write_text(notebook(course, answer))
        os.utime(folder / "ana.ipynb", (time, time))
        assert run("collect", "90", folder) == 0
    assert course.path("submitted", "ana").read_text() == notebook(course, "2 * number")
    assert "Replaced: ana; the one before is now collected/90_tiny/ana.1.ipynb." in capfd.readouterr().out


STRANGE = ["-rf", "a b", "Jörg Weiß", "o'neil", '"quoted"', "$HOME", "{}", "=1+1", "~", "$(reboot)"]
IMPOSSIBLE = ["*", "?", "[a-z]", " x", "\\"]  # nbgrader would take them for others, or not find them again


def test_files_named_by_hand_are_graded_whatever_the_students_are_called(course, tmp_path, capfd):
    folder = tmp_path / "handed-in"
    folder.mkdir()
    for name in [*STRANGE, *IMPOSSIBLE]:
        (folder / f"{name}.ipynb").write_text(notebook(course, "2 * number" if name == "-rf" else "3 * number"))
    assert run("collect", "90", folder) == 0
    said = capfd.readouterr().out
    assert said.count("Left out: ") == len(IMPOSSIBLE)
    assert r"Left out: *.ipynb: a student's name may not hold any of / \ * ? [ ]" in said
    tiny.hand_in(course, {"*": "2 * number"})  # and one that somebody put there by hand
    done, _ = tiny.graded(course)
    assert list(done.failed) == ["*"]
    assert tiny.marks(course) == {name: 2 * (name == "-rf") for name in STRANGE}
    assert run("feedback", "90") == 0
    with zipfile.ZipFile(course.folder / "marked" / "90_tiny-feedback.zip") as archive:
        assert sorted(archive.namelist()) == sorted(f"{name}.html" for name in STRANGE)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ((b"tiny (512)", b"tiny"), "It is not plain in which column"),
        ((b"01 Linear regression", b"90 more"), "It is not plain in which column"),
        ((b"10,2,(read", b"10,100,(read"), "The chapter has 2 points, and the assignment in"),
        ((b"Section", b"Part"), "is not Canvas's gradebook"),
        ((b"Student,", b"PK\0,"), "Save it as CSV"),
    ],
)
def test_a_table_that_does_not_fit_is_refused_in_one_line(course, tmp_path, capfd, change, message):
    course.submit("ada", notebook(course, "2 * number"))
    table = tmp_path / "grades.csv"
    table.write_bytes(CANVAS.replace(*change))
    assert run("report", "90", "--canvas", table) == 2
    (line,) = capfd.readouterr().err.splitlines()
    assert message in line
    assert [path.name for path in tmp_path.glob("*.csv")] == ["grades.csv"]


def test_a_table_with_semicolons_and_an_own_roster_are_read_too(course, tmp_path, capfd):
    roster = tmp_path / "roster.csv"
    roster.write_text("id,last_name,first_name,email,lms_user_id\nada,Lovelace,Ada,ada@x.org,101\nben,Weiß,Ben,,103\n")
    download = zipped(tmp_path / "a.zip", {"lovelaceada_101_7_90.ipynb": notebook(course, "2 * number")})
    assert run("collect", "90", download, "--roster", roster) == 0
    assert submitted(course) == ["ada"]
    assert "Has not handed in: Weiß, Ben." in capfd.readouterr().out
    tiny.graded(course)
    with course.gradebook() as gradebook:
        gradebook.find_grade("90_twice_check", tiny.CHAPTER, tiny.CHAPTER, "ada").manual_score = 1.5
        gradebook.db.commit()
    table = tmp_path / "grades.csv"
    table.write_bytes(b'Student;ID;SIS Login ID;Section;90 (5)\n Points Possible;;;;2,0\n"Lovelace, Ada";101;ada;1;\n')
    assert run("report", "90", "--canvas", table) == 0
    assert b"101;ada;1;1,5\n" in (tmp_path / "grades-90_tiny.csv").read_bytes()
