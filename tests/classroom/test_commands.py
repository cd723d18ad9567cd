"""nbgrader's other commands and pages, on the course as it is released."""

import json
import secrets
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import nbformat
import pytest

from course_utils.chapters import chapter_names, released_notebook


def test_self_study_and_the_classroom_get_the_same_copy(course):
    assert course.path("release").read_text(encoding="utf-8") == released_notebook(course.chapter)


def test_validate_says_not_attempted_for_each_check_of_a_released_copy(course):
    printed = course.validate(course.path("release"))
    assert "VALIDATION FAILED ON 5 CELL(S)!" in printed
    for number in range(1, 6):
        assert f"○ Not attempted yet. In the cell of Exercise {number}, replace every ____ " in printed


def test_a_released_copy_passes_no_check(course):
    assert course.validate(course.path("release"), "--invert") == "Success! The notebook does not pass any tests.\n"


def test_right_answers_pass_every_check(course):
    solved = course.folder / "solved.ipynb"
    nbformat.write(course.filled(course.right), solved)
    assert course.validate(solved) == "Success! Your notebook passes all the tests.\n"


def test_on_secret_data_right_answers_keep_their_marks_and_hard_coded_ones_lose_them(course):
    course.submit("perfect", nbformat.writes(course.filled(course.right)))
    course.submit("hard_coded", nbformat.writes(course.hard_coded()))
    run = course.nbgrader("autograde", course.chapter, COURSE_SECRET="known to the instructor alone")
    assert run.returncode == 0, run.stderr
    assert course.marks("perfect") == [2, 2, 2, 2, 2]
    assert course.marks("hard_coded") == [0, 0, 0, 0, 0]


@pytest.fixture(scope="module")
def get(course):
    """A function that opens a page of Jupyter's server on the course, or with `data` sends a form there."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    token = secrets.token_hex()
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    opener.addheaders = [("Authorization", f"token {token}")]
    command = ["jupyter_server", "--no-browser", f"--port={port}", "--ServerApp.port_retries=0", "--allow-root"]
    log = course.folder.parent / "server.log"

    def get(page, data=None):
        return opener.open(f"http://127.0.0.1:{port}{page}", data=data, timeout=60)

    with open(log, "w") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", *command],
            cwd=course.folder,
            env=course.environment | {"JUPYTER_TOKEN": token},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        deadline = time.monotonic() + 60
        while not answers(get):
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.1)
        yield get
    finally:
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def answers(get):
    try:
        return get("/api").status == 200
    except urllib.error.URLError:
        return False


def test_the_formgrader_lists_the_chapters(course, get):
    page = get("/formgrader")
    assert page.status == 200
    assert "<title>nbgrader formgrade</title>" in page.read().decode()
    assignments = json.load(get("/formgrader/api/assignments"))
    most = {assignment["name"]: assignment["max_score"] for assignment in assignments}
    assert sorted(most) == chapter_names()
    assert most[course.chapter] == 10


def test_the_formgraders_button_grades_in_the_sandbox(course, get):
    notebook = course.filled(course.right)
    notebook.cells.append(nbformat.v4.new_code_cell("import socket\nprint('on', socket.gethostname())"))
    course.submit("spy", nbformat.writes(notebook))
    answer = json.load(get(f"/formgrader/api/submission/{course.chapter}/spy/autograde", data=b""))
    assert answer["success"], answer
    assert course.marks("spy") == [2, 2, 2, 2, 2]
    graded = nbformat.read(course.path("autograded", "spy"), as_version=4)
    assert graded.cells[-1].outputs[0].text == "on sandbox\n"
