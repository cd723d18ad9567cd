"""A class whose chapter trains a network: it learns in the rehearsal, and students' kernels take over what it gave."""

import shutil

import nbformat
import pytest
from classroom import tiny
from classroom.conftest import Course

TRAINING = """\
import numpy as np
from torch import nn
from course_utils import rehearsed
from course_utils.models import mlp
from course_utils.training import fit

X = np.random.default_rng(0).normal(size=(64, 8)).astype(np.float32)
model = mlp(8, (4,), 1, random_state=0)
learned = fit(model, X, X[:, :1], loss=nn.MSELoss(), epochs=20, show=False)
print(len(rehearsed._given), learned.training, model[0].weight.sum().item())
"""


@pytest.fixture
def course(tmp_path, monkeypatch):
    course = Course(tmp_path)
    course.begin()
    shutil.rmtree(course.folder / "notebooks")
    tiny.write_chapter(course, tiny.EXERCISES)
    path = course.folder / "notebooks" / tiny.CHAPTER / f"{tiny.CHAPTER}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    notebook.cells.insert(0, nbformat.v4.new_code_cell(TRAINING))
    nbformat.write(notebook, path)
    done = course.nbgrader("generate_assignment", tiny.CHAPTER)
    assert done.returncode == 0, done.stderr
    tiny.hand_in(course, tiny.ANSWERS)
    monkeypatch.chdir(course.folder)
    return course


def test_what_the_first_kernel_learns_the_others_take_over(course):
    tiny.graded(course)
    assert tiny.marks(course) == tiny.MARKS
    printed = {
        student: nbformat.read(course.path("autograded", student), as_version=4).cells[0].outputs[0].text.split(" ", 1)
        for student in tiny.ANSWERS
    }
    assert [known for known, _ in printed.values()] == ["0", "1", "1", "1"]  # one begins beside the rehearsal
    assert len({numbers for _, numbers in printed.values()}) == 1
