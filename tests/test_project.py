"""The project as a whole: what it is made of, what travels in the wheel, and how the notebooks are kept."""

import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import nbformat
import pytest

from course_utils import chapters

ROOT = Path(__file__).parent.parent
SOURCES = sorted(ROOT.glob("notebooks/*/*.ipynb"))


@pytest.fixture(params=SOURCES, ids=lambda path: path.stem)
def notebook(request):
    return nbformat.read(request.param, as_version=4)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run([*command, "--wheel-dir", folder, ROOT], check=True, timeout=120)
    (path,) = folder.glob("*.whl")
    return path


@pytest.mark.install
def test_the_wheel_carries_chapters_settings_and_nothing_of_the_tests(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    for source in SOURCES:
        assert f"course_utils/notebooks/{source.parent.name}/{source.name}" in names
    assert any(name.endswith("etc/ipython/ipython_kernel_config.json") for name in names)
    assert any(name.endswith("share/jupyter/lab/settings/overrides.d/cardiac-ml-course.json") for name in names)
    assert any(name.endswith("etc/jupyter/jupyter_server_config.d/nbgrader_cardiac_ml_course.json") for name in names)
    for file in (ROOT / "course_utils").rglob("*"):
        if file.suffix in {".py", ".js", ".css", ".j2", ".json"}:
            assert file.relative_to(ROOT).as_posix() in names
    assert not [name for name in names if name.startswith(("tests", "notebooks", "bootstrap"))]


@pytest.mark.install
def test_the_wheel_installed_elsewhere_makes_the_learners_copies(wheel, tmp_path):
    elsewhere, folder = tmp_path / "site", tmp_path / "learner"
    zipfile.ZipFile(wheel).extractall(elsewhere)
    program = (
        "import sys; from pathlib import Path; from course_utils import chapters, workspace; "
        "workspace.prepare_folder(Path(sys.argv[1]), chapters.chapter_names()[0]); print(chapters.source_folder())"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, folder],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(elsewhere)},
    )
    assert Path(done.stdout.strip()) == elsewhere / "course_utils" / "notebooks"
    for chapter in chapters.chapter_names():
        made = chapters.notebook_path(folder, chapter).read_text(encoding="utf-8")
        assert made == chapters.released_notebook(chapter)


@pytest.mark.parametrize(
    ("command", "seconds"),
    [("import course_utils", 1.5), ("import course_utils.checks; from course_utils.widgets import *", 6)],
)
def test_learners_imports_are_quick_and_leave_torch_alone(command, seconds):
    program = (
        f"import sys, time; t = time.perf_counter(); {command}; print(time.perf_counter() - t, 'torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    elapsed, torch = done.stdout.split()
    assert torch == "False"
    assert float(elapsed) < seconds


def test_data_generators_need_numpy_alone():
    program = (
        "import sys, numpy, numpy.random; before = set(sys.modules); import data_generators; "
        "print(*{name.partition('.')[0] for name in set(sys.modules) - before} - sys.stdlib_module_names - {'numpy'})"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert set(done.stdout.split()) == {"data_generators"}


def test_only_compared_outputs_are_committed(notebook):
    assert "widgets" not in notebook.metadata
    for cell in notebook.cells:
        if cell.cell_type == "code":
            compared = "nbval-check-output" in cell.metadata.get("tags", [])
            assert bool(cell.outputs) == compared, cell.source
            # nbval takes a cell without a number for one that never ran.
            assert bool(cell.execution_count) == compared, cell.source


def test_a_chapter_has_all_its_parts_in_their_order(notebook):
    headings = [line for cell in notebook.cells if cell.cell_type == "markdown" for line in cell.source.splitlines()]
    headings = [line.lstrip("# ") for line in headings if line.startswith("#")]
    parts = [
        r"\d+\. ",
        "Before you start",
        "Look: ",
        "Round 1: ",
        "Exercise 1: ",
        "Round 2: ",
        "Exercise 2: ",
        "Quiz",
        "Key messages",
        "Further reading",
        "Twenty more minutes",
    ]
    places = [next((i for i, heading in enumerate(headings) if re.match(part, heading)), None) for part in parts]
    missing = [part.replace(r"\d+\.", "NUMBER.") for part, place in zip(parts, places, strict=True) if place is None]
    assert not missing, f"No heading begins with: {missing}"
    assert places == sorted(places), f"The headings stand in another order than {parts}: {headings}"
    first = notebook.cells[0].source
    for part in (
        "The question at the bedside",
        "After this chapter you can",
        "Time:",
        "In the review:",
        "Simulated data, not for clinical use",
    ):
        assert part in first, f"The first cell does not say: {part}"
    aims = sum(line.startswith("- ") for line in first.splitlines())
    assert aims == 3, f"The first cell lists three aims, and not {aims}."


def test_a_chapter_asks_at_its_beginning_and_in_its_quiz_and_has_something_to_move(notebook):
    code = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    for first in ("# Question A: run me", "# Question 1: run me"):
        assert any(source.startswith(f"{first}\n") for source in code), f"No cell begins with: {first}"
    assert any(re.search(r"^explore_\w+\(", source, re.MULTILINE) for source in code), "No cell shows an explorer."


def test_cells_are_small(notebook):
    for cell in notebook.cells:
        assert cell.source, f"Delete the empty cell {cell.id}."
        if cell.cell_type == "code" and not cell.metadata.get("jupyter", {}).get("source_hidden"):
            assert len(cell.source.splitlines()) <= 14, cell.source
            assert max(map(len, cell.source.splitlines())) <= 92, cell.source


def test_graded_cells_have_unique_names_and_points(notebook):
    graded = [cell.metadata.nbgrader for cell in notebook.cells if "nbgrader" in cell.metadata]
    names = [cell.grade_id for cell in graded]
    assert len(names) == len(set(names))
    for cell in graded:
        assert cell.grade == cell.locked
        assert cell.grade != cell.solution
        assert not cell.grade or cell.points >= 1


def test_every_graded_exercise_has_three_hints(notebook):
    exercises = sum("nbgrader" in cell.metadata and cell.metadata.nbgrader.solution for cell in notebook.cells)
    hints = [cell.source.count("<details>") for cell in notebook.cells if "<details>" in cell.source]
    assert hints == [3] * exercises, (
        f"{exercises} exercises need a cell of three hints each, and the cells have: {hints}"
    )


def test_code_in_hints_can_be_copied(notebook):
    for cell in notebook.cells:
        for code in re.findall(r"<code>(.*?)</code>", cell.source):
            assert not set(code) & set("−–×·÷²“”’‘"), code


def test_checks_and_questions_are_folded_with_a_line_that_says_what_they_are(notebook):
    for cell in notebook.cells:
        if cell.cell_type == "code" and re.search(r"\b(mcq|check)\(", cell.source):
            assert cell.metadata.jupyter.source_hidden
            assert re.match(r"# (Check of exercise \d|Question \w): run me\n", cell.source), cell.source[:40]


def test_the_readme_says_that_the_data_are_simulated():
    assert "Simulated data, not for clinical use" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_each_picture_of_the_readme_is_there_and_is_told_in_words():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    pictures = re.findall(r"^!\[(.*)\]\((docs/.*)\)\n\n(.*)$", readme, re.MULTILINE)
    assert {path for _, path, _ in pictures} == {f"docs/{file.name}" for file in (ROOT / "docs").glob("*.png")}
    for words, _, caption in pictures:
        assert len(words) > 40
        assert re.fullmatch(r"\*.*\.\*", caption)
