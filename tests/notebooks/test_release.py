"""What a learner gets: the chapter without answers, and nothing of the author's."""

import ast
import copy
import re

import nbformat
import pytest

from course_utils import chapters
from course_utils.release import PrepareForLearner

SOLUTION, HIDDEN = "### BEGIN SOLUTION", "### BEGIN HIDDEN TESTS"


def regions(source, begin, end):
    """Return the lines between `begin` and `end` in a cell, one text for each region."""
    found, inside = [], None
    for line in source.splitlines():
        if begin in line:
            inside = []
        elif end in line:
            found.append("\n".join(inside))
            inside = None
        elif inside is not None:
            inside.append(line.strip())
    return found


@pytest.fixture(scope="module")
def secrets_of_the_author(chapter):
    texts = []
    for cell in chapter.source.cells:
        texts += regions(cell.source, SOLUTION, "### END SOLUTION")
        texts += regions(cell.source, HIDDEN, "### END HIDDEN TESTS")
    return texts


def test_there_are_solutions_and_hidden_tests_to_leak(chapter, secrets_of_the_author):
    sources = [cell.source for cell in chapter.source.cells]
    assert sum(SOLUTION in source for source in sources) == len(chapter.exercises), (
        f"Each exercise has {SOLUTION}: once."
    )
    assert any(HIDDEN in source for source in sources), f"Put {HIDDEN} and a comparison into a check of {chapter.name}."
    assert all(secrets_of_the_author), "There is nothing between a BEGIN and its END."


def test_nothing_leaks(chapter, secrets_of_the_author):
    everything = nbformat.writes(chapter.release)
    for marker in ("BEGIN SOLUTION", "END SOLUTION", "BEGIN HIDDEN", "END HIDDEN"):
        assert marker not in everything
    long_lines = [line for text in secrets_of_the_author for line in text.splitlines() if len(line) > len("c.close(")]
    assert long_lines, f"No line of a solution or a hidden test of {chapter.name} is long enough to be looked for."
    for line in long_lines:
        assert all(line not in cell.source for cell in chapter.release.cells), line


def test_no_output_and_no_widget_travels_along(chapter):
    assert "widgets" not in chapter.release.metadata
    for cell in chapter.release.cells:
        if cell.cell_type == "code":
            assert not cell.outputs
            assert cell.execution_count is None


def test_every_answer_is_valid_python_with_a_blank_or_a_slip_to_mend(chapter):
    for exercise in chapter.exercises:
        names = {node.id for node in ast.walk(ast.parse(exercise.answer.source)) if isinstance(node, ast.Name)}
        assert "____" in names or exercise.answer.source not in exercise.answers["right"]


def test_run_all_goes_on_past_open_exercises(chapter):
    for cell in chapter.release.cells:
        if cell.cell_type == "code":
            assert "raises-exception" in cell.metadata.tags
    for cell in chapter.source.cells:
        assert "raises-exception" not in cell.metadata.get("tags", [])


def test_release_is_the_same_each_time(chapter):
    again = nbformat.reads(chapters.released_notebook(chapter.name), as_version=4)
    assert again == chapter.release


def test_a_release_has_a_name_that_changes_with_its_cells(chapter):
    assert chapter.exercises, f"{chapter.name} has no exercise yet, so there is nothing to change here."

    def name(change):
        notebook, _ = PrepareForLearner().preprocess(copy.deepcopy(chapter.release), {})
        change(notebook)
        return PrepareForLearner().preprocess(notebook, {})[0].metadata.cardiac_ml_course.release

    released = chapter.release.metadata.cardiac_ml_course.release
    assert re.fullmatch("[0-9a-f]{12}", released)
    assert name(lambda notebook: None) == released
    assert name(lambda notebook: notebook.cells[0].update(source="other")) != released
    assert name(lambda notebook: notebook.cells.pop()) != released
    assert name(lambda notebook: notebook.cells.reverse()) != released
    graded = next(i for i, cell in enumerate(chapter.release.cells) if "nbgrader" in cell.metadata)
    assert name(lambda notebook: notebook.cells[graded].metadata.nbgrader.update(points=77)) != released
    assert name(lambda notebook: notebook.metadata.update(kernelspec={})) == released
