"""Validate's list: one verdict and one sentence for each exercise, whatever became of its cells."""

from types import SimpleNamespace

import nbformat
import pytest
from nbformat.v4 import new_code_cell
from nbgrader.validator import Validator
from notebooks.attempts import Chapter
from traitlets.config import Config

from course_utils.chapters import released_notebook
from course_utils.classroom.validate import ValidateHandler, as_html, list_exercises
from course_utils.saved import CHECK, grade_id

CHAPTER = "01_linear_regression"
EXERCISES = Chapter(CHAPTER).exercises
RULE, ERROR, STEP, FIT, BIAS = (exercise.name for exercise in EXERCISES)


@pytest.fixture
def notebook(tmp_path):
    """The chapter's exercises as they are released, under a name of the learner's, and `save` to write them there."""
    notebook = nbformat.reads(released_notebook(CHAPTER), as_version=4)
    notebook.cells = [new_code_cell("import numpy as np"), *(cell for cell in notebook.cells if grade_id(cell))]
    path = tmp_path / "mine.ipynb"

    def save():
        nbformat.write(notebook, path)
        return path

    return SimpleNamespace(
        cells=notebook.cells,
        cell=lambda name: next(cell for cell in notebook.cells if grade_id(cell) == name),
        save=save,
    )


def copied(cell):
    return new_code_cell(cell.source, metadata=cell.metadata)


def signs(lines):
    return [verdict.sign for _, verdict in lines]


def test_each_exercise_has_the_verdict_that_nbgrader_gives(notebook):
    notebook.cell(RULE).source = EXERCISES[0].filled(EXERCISES[0].answers["right"][0])
    notebook.cell(ERROR).source = EXERCISES[1].filled(["np.mean(misses)"])
    notebook.cell(STEP).source = "def gradient_step(*_):\n    raise ValueError('<b>')"
    notebook.cell(FIT).source = "def fit_line(decades, heart_rate):\n    return ("
    path = notebook.save()
    lines = list_exercises(path)
    assert signs(lines) == ["✓", "✗", "⚠", "⚠", "○"]
    assert [title.partition(":")[0] for title, _ in lines] == [f"Exercise {number}" for number in range(1, 6)]
    assert lines[3][1].sentence.startswith("⚠ Python cannot read `return (`")
    assert len(Validator().validate(str(path))["failed"]) == 4
    shown = as_html(lines)
    assert "&lt;b&gt;" in shown
    assert "c.close(" not in shown


def test_an_answer_that_is_empty_or_has_another_name_gets_the_sentence_of_the_check(notebook):
    notebook.cell(RULE).source = "# def rule_220(decades):"
    notebook.cell(ERROR).source = ""
    notebook.cell(STEP).source = "def step(*_):\n    return 1"
    said = [verdict.sentence for _, verdict in list_exercises(notebook.save())]
    for number in (1, 2):
        begin = f"○ Not attempted yet. The cell of Exercise {number} is empty: type restore_exercise({number})"
        assert said[number - 1].startswith(begin)
    assert said[2].startswith("⚠ The cell of Exercise 3 makes no `gradient_step`. Give it that name again")


def test_what_became_of_an_exercises_cells_is_said_with_the_way_back(notebook):
    notebook.cells.insert(3, copied(notebook.cell(RULE)))
    notebook.cells.append(copied(notebook.cell(ERROR + CHECK)))
    notebook.cell(STEP + CHECK).source += "\npass"
    notebook.cells.remove(notebook.cell(FIT + CHECK))
    notebook.cells.remove(notebook.cell(BIAS))
    lines = list_exercises(notebook.save())
    for number, (says, (_, verdict)) in enumerate(
        zip(
            (
                "The cell of Exercise 1 stands here more than once, since it was split or copied",
                "The check of Exercise 2 stands here more than once, since it was split or copied",
                "The check of Exercise 3 was changed",
                "The check of Exercise 4 is missing",
                "The cell of Exercise 5 is missing",
            ),
            lines,
            strict=True,
        ),
        start=1,
    ):
        assert verdict.sentence == (
            f"⚠ {says}: `course restore 01 {number}` in a terminal (File, New, Terminal), or "
            f"`restore_exercise({number})` in a new cell, puts it back as it came."
        )


def test_what_is_no_chapter_is_left_to_nbgrader(tmp_path):
    path = tmp_path / "notes.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[new_code_cell("1")]), path)
    assert list_exercises(path) == []
    path.write_text("no notebook")
    assert list_exercises(path) == []
    assert list_exercises(tmp_path / "none.ipynb") == []


def test_a_notebook_that_ends_its_kernel_gets_one_sentence_and_no_trace(notebook):
    notebook.cells.insert(1, new_code_cell("import os\nos._exit(1)"))
    path = notebook.save()
    page = SimpleNamespace(root_dir=str(path.parent), load_config=Config)
    answer = ValidateHandler.validate_notebook(page, path.name)
    (line,) = answer["value"]["failed"]
    assert "The notebook could not be run to its end." in line["error"]
    assert "Traceback" not in line["error"]
