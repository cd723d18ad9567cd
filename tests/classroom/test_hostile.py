"""Hostile and broken submissions, graded in one class with honest ones, get what the rules give and harm nobody."""

import contextlib
import copy
import hashlib
import json
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
import pytest
from classroom.conftest import REPOSITORY, Course
from classroom.hostile import ALL, HIDDEN, KINDS, NONE, SECONDS, WRONG, short
from hypothesis import given, settings
from hypothesis import strategies as st

from course_utils.checks import SECRET_VARIABLE
from course_utils.classroom.marked import grading_of
from course_utils.classroom.submission import PutCellsBack, read_submission
from course_utils.saved import CHECK, grade_id

pytestmark = pytest.mark.timeout(900)  # the first test grades a hundred

SECRET = "known to the instructor alone"
CONFIGURATION = f"""
c.Execute.timeout = {SECONDS}
c.IsolatedExecute.memory_mb = 1024
c.IsolatedExecute.total_timeout = 45
c.IsolatedExecute.iopub_timeout = 3
"""

HONEST = {
    "honest_perfect": (lambda course: course.filled(course.right), ALL),
    "honest_blank": (lambda course: short(course, {}), NONE),
    "honest_wrong": (lambda course: short(course, WRONG), NONE),
}
"""What the others of the class hand in, one of them all cells, and the marks that it deserves."""

STOCK = [name for name, kind in KINDS.items() if kind.stock]


@contextlib.contextmanager
def listening():
    """A server on this machine; yields its port and the list of all who come."""
    visitors = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.1)
        done = threading.Event()

        def accept():
            while not done.is_set():
                with contextlib.suppress(TimeoutError):
                    connection, address = server.accept()
                    visitors.append(address)
                    connection.close()

        thread = threading.Thread(target=accept)
        thread.start()
        try:
            yield server.getsockname()[1], visitors
        finally:
            done.set()
            thread.join()


def files_of(course):
    """What is in the course's folder, beside what grading is there to write."""
    graders = ("autograded", "feedback", ".course-grading")
    return {
        str(path.relative_to(course.folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in course.folder.rglob("*")
        if path.is_file() and path.relative_to(course.folder).parts[0] not in graders and path.name != "gradebook.db"
    }


def kernels():
    """The folders in which sandboxes that run now have their sockets."""
    return set(Path("/tmp").glob("course-kernel-*"))


def hand_in(course, kinds, honest, port):
    """Hand in what `kinds` make, and what honest students do."""
    course.port = port
    course.secret_places = [str(REPOSITORY / "notebooks"), str(REPOSITORY / "tests"), course.environment["HOME"]]
    for name in kinds:
        write(course, name, KINDS[name].content(course))
    for name in honest:
        make, _ = HONEST[name]
        write(course, name, nbformat.writes(make(course)).encode())


def write(course, student, content):
    path = course.path("submitted", student)
    path.parent.mkdir(parents=True)
    path.write_bytes(content)


@pytest.fixture(scope="module")
def graded(course, begun_by_nbgrader):
    """The course after one `course grade` for a class of all kinds and some honest students."""
    with open(course.folder / "nbgrader_config.py", "a") as config:
        config.write(CONFIGURATION)
    with listening() as (port, course.visitors):
        hand_in(course, KINDS, HONEST, port)
        course.files, sandboxes = files_of(course), kernels()
        command = [str(Path(sys.executable).parent / "course"), "grade", "01", "--timeout", SECONDS, "--memory", "1024"]
        course.run = subprocess.run(
            [*command, "--secret", SECRET, "--workers", "3"],
            cwd=course.folder,
            env=course.environment,
            capture_output=True,
            encoding="utf-8",
            timeout=800,
        )
        course.sandboxes = kernels() - sandboxes
    return course


@pytest.fixture(scope="module")
def begun_by_nbgrader(released, tmp_path_factory):
    """A course that nbgrader's own commands begin to grade: it runs beside `course grade`, as both mostly wait."""
    course = Course(tmp_path_factory.mktemp("stock"))
    shutil.copytree(released.folder, course.folder)
    with open(course.folder / "nbgrader_config.py", "a") as config:
        config.write(CONFIGURATION)
    hand_in(course, STOCK, ["honest_perfect"], port=9)

    def run():
        course.run = course.nbgrader("autograde", course.chapter, **{SECRET_VARIABLE: SECRET})
        course.feedback = course.nbgrader("generate_feedback", course.chapter)
        return course

    with ThreadPoolExecutor() as pool:
        yield pool.submit(run)


@pytest.fixture(scope="module")
def graded_by_nbgrader(begun_by_nbgrader):
    """The course after nbgrader's own commands for a class of some kinds and an honest student."""
    return begun_by_nbgrader.result()


def notes(course, student):
    return list(grading_of(nbformat.read(str(course.path("autograded", student)), as_version=4)).notes)


def shown(course, student):
    """All that the student's cells have shown, and the sentences for the student."""
    notebook = nbformat.read(str(course.path("autograded", student)), as_version=4)
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    texts = [output.get("text", "") + "\n".join(output.get("traceback", [])) for output in outputs]
    return "\n".join([note.student for note in grading_of(notebook).notes] + texts + [json.dumps(outputs)])


def assert_rules_hold(course, kind):
    rules, found = KINDS[kind], notes(course, kind)
    assert tuple(course.marks(kind)) == rules.marks
    assert re.search(rules.student, shown(course, kind))
    assert bool(found) == bool(rules.instructor)
    assert re.search(rules.instructor, "\n".join(note.instructor for note in found))
    assert any(note.look for note in found) == rules.look


def looks(course):
    """Whom the instructor is told to look at, with the sentences."""
    return re.findall(r"^Needs a look: (\w+): (.+)$", course.run.stdout, re.MULTILINE)


def test_there_are_kinds_enough():
    assert len(KINDS) >= 32
    assert all(kind.make.__doc__ for kind in KINDS.values())


def test_the_class_is_graded_to_its_end(graded):
    assert graded.run.returncode == 0, graded.run.stdout + graded.run.stderr
    assert f"{len(KINDS) + len(HONEST)} graded in " in graded.run.stdout
    assert graded.run.stderr == ""
    assert "LEAK" not in graded.run.stdout


@pytest.mark.parametrize("student", HONEST)
def test_honest_students_keep_their_marks_and_get_no_note(graded, student):
    assert tuple(graded.marks(student)) == HONEST[student][1]
    assert notes(graded, student) == []


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_gets_the_marks_and_the_sentences_that_the_rules_give(graded, kind):
    assert_rules_hold(graded, kind)


def test_the_instructor_is_told_whom_to_look_at_and_why(graded):
    assert {student for student, _ in looks(graded)} == {name for name, kind in KINDS.items() if kind.look}
    for student, sentence in looks(graded):
        assert sentence in [note.instructor for note in notes(graded, student) if note.look]


@pytest.mark.parametrize("kind", KINDS)
def test_no_code_finds_what_it_should_not(graded, kind):
    assert "LEAK" not in shown(graded, kind)
    assert SECRET not in graded.path("autograded", kind).read_text(encoding="utf-8")


def test_no_code_reaches_a_server(graded):
    assert graded.visitors == []


def test_nothing_else_in_the_course_has_changed(graded):
    assert files_of(graded) == graded.files


def test_no_process_and_no_folder_is_left(graded):
    deadline = time.monotonic() + 60  # others on this machine may be grading too, until they are done
    while any(folder.exists() for folder in graded.sandboxes) and time.monotonic() < deadline:
        time.sleep(0.2)
    assert [folder for folder in graded.sandboxes if folder.exists()] == []
    assert graded.processes() == []


@pytest.mark.parametrize("kind", STOCK)
def test_nbgraders_own_command_gives_the_same(graded_by_nbgrader, kind):
    assert_rules_hold(graded_by_nbgrader, kind)
    assert "LEAK" not in shown(graded_by_nbgrader, kind)


def test_nbgraders_own_command_grades_the_class_to_its_end(graded_by_nbgrader):
    assert graded_by_nbgrader.run.returncode == 0, graded_by_nbgrader.run.stderr
    assert tuple(graded_by_nbgrader.marks("honest_perfect")) == ALL
    assert notes(graded_by_nbgrader, "honest_perfect") == []


@pytest.mark.parametrize("student", [*STOCK, "honest_perfect"])
def test_each_gets_a_page_that_shows_no_hidden_test(graded_by_nbgrader, student):
    assert graded_by_nbgrader.feedback.returncode == 0, graded_by_nbgrader.feedback.stderr
    page = graded_by_nbgrader.path("feedback", student).read_text(encoding="utf-8")
    assert "Exercise 1" in page
    assert HIDDEN not in page


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=5),
    lambda inside: st.lists(inside, max_size=4) | st.dictionaries(st.text(max_size=5), inside, max_size=4),
    max_leaves=8,
)
KEYS = st.sampled_from(["cells", "worksheets", "metadata", "nbformat", "nbformat_minor", "source", "outputs"])


def assert_is_sound(notebook):
    """Nbgrader's steps need a valid notebook of the present format that can be written."""
    nbformat.validate(notebook)
    assert notebook.nbformat == 4
    assert nbformat.reads(nbformat.writes(notebook).encode("utf-8"), as_version=4).cells == notebook.cells


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return tmp_path_factory.mktemp("submission") / "submission.ipynb"


@given(content=st.binary(max_size=200))
def test_any_bytes_are_read_as_a_notebook(path, content):
    path.write_bytes(content)
    notebook = read_submission(path)
    assert_is_sound(notebook)
    assert notebook.cells == []
    assert notebook.metadata.unreadable.startswith("The file ")


@given(content=st.dictionaries(KEYS, VALUES) | VALUES, version=st.sampled_from([None, 1, 2, 3, 4, 5, True, 10**400]))
def test_any_json_is_read_as_a_notebook(path, content, version):
    if version is not None and isinstance(content, dict):
        content["nbformat"] = version
    path.write_text(json.dumps(content), encoding="utf-8")
    assert_is_sound(read_submission(path))


def places_in(value, place=()):
    """All places in a JSON value, as the keys that lead there."""
    yield place
    for key, inside in (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    ):
        yield from places_in(inside, (*place, key))


def small_notebook():
    cells = [
        nbformat.v4.new_markdown_cell("text"),
        nbformat.v4.new_code_cell(
            "1 + 1",
            metadata={"tags": ["a"], "nbgrader": {"grade_id": "x", "grade": True, "points": 2}},
            outputs=[nbformat.v4.new_output("stream", text="2")],
        ),
    ]
    return json.loads(nbformat.writes(nbformat.v4.new_notebook(cells=cells)))


@given(data=st.data(), value=VALUES)
def test_a_notebook_with_anything_in_any_place_is_read_as_a_notebook(path, data, value):
    raw = small_notebook()
    *way, last = data.draw(st.sampled_from([place for place in places_in(raw) if place]))
    inside = raw
    for key in way:
        inside = inside[key]
    inside[last] = value
    path.write_text(json.dumps(raw), encoding="utf-8")
    assert_is_sound(read_submission(path))


def put_back(course, cells):
    """Return a notebook of `cells` as it comes out of the step that mends it, and what is noted of it."""
    place = {
        "assignment": course.chapter,
        "notebook": course.chapter,
        "db_url": f"sqlite:///{course.folder / 'gradebook.db'}",
    }
    resources = {"nbgrader": place, "metadata": {"path": str(course.folder)}}
    notebook, _ = PutCellsBack().preprocess(nbformat.v4.new_notebook(cells=cells), resources)
    return notebook, list(grading_of(notebook).notes)


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_whatever_becomes_of_the_cells_each_graded_one_is_there_once(released, data):
    original = nbformat.read(str(released.path("release")), as_version=4).cells
    names = set(map(grade_id, original)) - {None}
    drawn = data.draw(st.lists(st.sampled_from(original), max_size=2 * len(original)))
    cells = [copy.deepcopy(cell) for cell in drawn]
    for number, cell in enumerate(cells):
        cell.id = f"cell-{number}"
    handed_in = {grade_id(cell) for cell in cells} & names
    for cell in cells:
        if grade_id(cell) and data.draw(st.booleans()):
            cell.metadata.nbgrader[data.draw(st.sampled_from(["grade", "locked", "points", "task"]))] = 7
    notebook, found = put_back(released, cells)
    nbformat.validate(notebook)
    graded = [cell for cell in notebook.cells if grade_id(cell)]
    assert Counter(map(grade_id, graded)) == Counter(names)
    for cell in graded:
        is_check = grade_id(cell).endswith(CHECK)
        assert (cell.metadata.nbgrader.grade, cell.metadata.nbgrader.solution) == (is_check, not is_check)
        assert cell.metadata.nbgrader.get("points") == (2 if is_check else None)
    told = " ".join(note.instructor for note in found)
    if handed_in:
        assert all(name in told for name in names - handed_in)
    else:
        assert "not the notebook of this chapter" in told


def test_of_a_notebook_as_it_was_handed_out_there_is_nothing_to_note(released):
    original = nbformat.read(str(released.path("release")), as_version=4).cells
    notebook, found = put_back(released, copy.deepcopy(original))
    assert found == []
    assert [cell.source for cell in notebook.cells] == [cell.source for cell in original]
