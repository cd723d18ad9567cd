"""What grading says of a notebook is what the learner reads in it: of each cell that stops, and of each check."""

import functools
import shutil

import nbformat
import pytest
from classroom.conftest import Course, parsed
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from notebooks.attempts import RecordingShell, in_a_fork, run

from course_utils.classroom.grade import Options, grade
from course_utils.classroom.marked import grading_of
from course_utils.errors import lesson
from course_utils.saved import CHECK, grade_id, what_it_says

CHAPTER = "91_small"
MEAN, APART = "91_mean_age", "91_apart"
LOOK, FIRST = "“Look: three ages”", "“Exercise 1: the mean”"

RECIPE = '''\
def {name}({given}):
    """Exercise."""
    ### BEGIN SOLUTION: return ____
    return {solution}
    ### END SOLUTION'''
CHECKS = """\
# Check of exercise {number}: run me
from course_utils.checks import check

with check("Exercise {number}", needs="{name}", right="Well done.") as c:
    c.close(lambda: {name}({values}), {expected}, hint="Count again.")
    ### BEGIN HIDDEN TESTS
    c.close(lambda: {name}({values}) * 1, {expected}, hint="A hidden hint.")
    ### END HIDDEN TESTS
"""


def exercise(number, name, given, solution, values, expected):
    about = {"locked": False, "schema_version": 3, "task": False, "grade": False, "solution": True}
    grading = {**about, "locked": True, "grade": True, "solution": False, "points": 2}
    answer, check = (
        RECIPE.format(name=name, given=given, solution=solution),
        CHECKS.format(number=number, name=name, values=values, expected=expected),
    )
    return [
        new_code_cell(answer, metadata={"nbgrader": {**about, "grade_id": f"91_{name}"}}),
        new_code_cell(check, metadata={"nbgrader": {**grading, "grade_id": f"91_{name}{CHECK}"}}),
    ]


CELLS = [
    new_markdown_cell("# 91. Small: what is said"),
    new_code_cell("import numpy as np"),
    new_markdown_cell("## Look: three ages"),
    new_code_cell("ages = np.array([50.0, 60.0, 71.0])"),
    new_markdown_cell("### Exercise 1: the mean"),
    *exercise(1, "mean_age", "ages", "np.sum(ages) / len(ages)", "np.array([50.0, 71.0])", 60.5),
    new_markdown_cell("## Use it"),
    new_code_cell("centre = mean_age(ages)"),
    new_code_cell("print(centre.round(1))"),
    new_markdown_cell("### Exercise 2: how far apart"),
    *exercise(2, "apart", "age, centre", "age - centre", "71.0, 60.5", 10.5),
    new_markdown_cell("## In the end"),
    new_code_cell("far = apart(ages, centre)\nprint(far.round(1))"),
]


def cell_of(notebook, name):
    return next(cell for cell in notebook.cells if grade_id(cell) == name)


def given(notebook, begin):
    return next(cell for cell in notebook.cells if cell.source.startswith(begin))


def emptied(notebook):
    cell_of(notebook, MEAN).source = ""


def commented_out(notebook):
    cell_of(notebook, MEAN).source = "# def mean_age(ages):\n#     return 60"


def answer_stops(notebook):
    cell_of(notebook, MEAN).source = "def mean_age(ages):\n    return np.sum(ages"


def given_stops(notebook):
    given(notebook, "ages =").source = "ages = np.arry([50.0])"


def given_emptied(notebook):
    given(notebook, "ages =").source = ""


def blank(notebook):
    cell_of(notebook, MEAN).source = cell_of(notebook, MEAN).source.replace("np.sum(ages) / len(ages)", "____")


def wrong(notebook):
    cell_of(notebook, MEAN).source = "def mean_age(ages):\n    return 'sixty'"


def nothing_back(notebook):
    cell_of(notebook, MEAN).source = "def mean_age(ages):\n    np.sum(ages)"


def renamed(notebook):
    cell_of(notebook, MEAN).source = cell_of(notebook, MEAN).source.replace("mean_age", "mean_of_age")


def comma(notebook):
    cell_of(notebook, MEAN).source = cell_of(notebook, MEAN).source.replace("np.sum(ages) / len(ages)", "60,5")


def split(notebook):
    upper = cell_of(notebook, MEAN)
    lower = nbformat.from_dict(upper)
    upper.source, _, lower.source = upper.source.rpartition("\n")
    lower.id = "lower"
    notebook.cells.insert(notebook.cells.index(upper) + 1, lower)


def deleted(notebook):
    notebook.cells.remove(cell_of(notebook, MEAN))


def duplicated(notebook):
    cell = cell_of(notebook, MEAN)
    wrong(notebook)
    notebook.cells.insert(notebook.cells.index(cell), nbformat.from_dict({**cell, "id": "twin"}))


def duplicated_and_right(notebook):
    cell = cell_of(notebook, MEAN)
    notebook.cells.insert(notebook.cells.index(cell), nbformat.from_dict({**cell, "id": "twin"}))


def text(notebook):
    cell = cell_of(notebook, MEAN)
    cell.cell_type = "markdown"
    del cell["outputs"], cell["execution_count"]


SAYS = {
    emptied: ("○ Not attempted yet. The cell of Exercise 1 is empty: type restore_exercise(1)", FIRST),
    commented_out: ("○ Not attempted yet. The cell of Exercise 1 is empty: type restore_exercise(1)", FIRST),
    answer_stops: ("⚠ `mean_age` does not exist yet. Run the cell of Exercise 1 above first", FIRST),
    given_stops: ("✓ Correct.", LOOK),
    given_emptied: ("✓ Correct.", LOOK),
    blank: ("○ Not attempted yet. In the cell of Exercise 1, replace every ____", FIRST),
    wrong: ("✗ Not yet. Your answer should be a number, and it is text", FIRST),
    nothing_back: ("✗ Not yet. Your function gave nothing back", FIRST),
    renamed: ("⚠ The cell of Exercise 1 makes no `mean_age`. Give it that name again", FIRST),
    comma: ("✗ Not yet. ", FIRST),
    split: ("⚠ There are 2 cells of Exercise 1, not one: type restore_exercise(1)", ""),
    deleted: ("⚠ Exercise 1 is gone: type restore_exercise(1)", ""),
    duplicated: ("⚠ There are 2 cells of Exercise 1, not one: type restore_exercise(1)", FIRST),
}
"""By what becomes of a notebook: what the first check says, and the heading that a given cell below names."""

KINDER = {
    duplicated_and_right: "A cell of Exercise 1 stands here more than once. The last one counts.",
    text: "The cell of Exercise 1 held text, and no code that runs. It was run as code.",
}
"""What a check in the notebook refuses, and grading mends: with the note that says so."""

STOCK = (emptied, given_stops, renamed, split)


def sentences(notebook):
    """What each cell of code says that stops, and each check, by what stands in the cell as learners have it."""
    found = {}
    for cell in notebook.cells:
        if cell.cell_type == "code":
            says, stopped = what_it_says(cell)
            if stopped or (grade_id(cell) or "").endswith(CHECK):
                found[grade_id(cell) or cell.source] = says
    return found


class Page(RecordingShell):
    """A shell that is told with a check what stands in its answer's cells, as by JupyterLab."""

    told = None

    def get_parent(self):
        return {"metadata": {} if self.told is None else {"answers": self.told}}


def read_by_the_learner(notebook, chapters):
    """What the learner reads in a notebook that is run from the top, in the form of `sentences`."""

    def work():
        Page.clear_instance()
        shell, found = Page.instance(), {}
        shell.run_line_magic("load_ext", "course_utils")
        shell.run_line_magic("colors", "nocolor")
        lesson.give_chapters(chapters)
        for cell in notebook.cells:
            name = grade_id(cell) or ""
            if cell.cell_type != "code" or not cell.source.strip():
                continue
            answers = [each for each in notebook.cells if grade_id(each) == name.removesuffix(CHECK)]
            told = [{"id": each.id, "source": each.source} for each in answers]
            shell.told = told if name.endswith(CHECK) else None
            shell.shown = ""
            run_cell = shell.run_cell
            shell.run_cell = functools.partial(run_cell, cell_id=cell.id)
            printed, shown = run(shell, cell.source)
            shell.run_cell = run_cell
            if shown or name.endswith(CHECK):
                found[name or cell.source] = (shown or printed.stdout).strip()
        return found

    return in_a_fork(work)


@pytest.fixture(scope="module")
def small(with_tiny_chapter, tmp_path_factory):
    """A course with this chapter alone."""
    course = Course(tmp_path_factory.mktemp("small"))
    course.chapter = CHAPTER
    course.folder.mkdir()
    shutil.copy(with_tiny_chapter.folder / "nbgrader_config.py", course.folder)
    source = course.folder / "notebooks" / CHAPTER / f"{CHAPTER}.ipynb"
    source.parent.mkdir(parents=True)
    spec = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    nbformat.write(new_notebook(cells=CELLS, metadata=spec), source)
    release = course.nbgrader("generate_assignment", CHAPTER)
    assert release.returncode == 0, release.stderr
    return course


def hand_in(course, kinds):
    """Hand in the notebook of somebody whose answers are right, with what became of it."""
    for kind in kinds:
        notebook = nbformat.read(course.path("release"), as_version=4)
        for name, answer in ((MEAN, "np.sum(ages) / len(ages)"), (APART, "age - centre")):
            cell_of(notebook, name).source = cell_of(notebook, name).source.replace("____", answer)
        kind(notebook)
        course.submit(kind.__name__, nbformat.writes(notebook))


def twin_of(small, folder):
    """The same course in another folder."""
    course = Course(folder)
    course.chapter = CHAPTER
    shutil.copytree(small.folder, course.folder)
    return course


@pytest.fixture(scope="module")
def graded(small, tmp_path_factory):
    """The class after `course grade`, with its pages."""
    course = twin_of(small, tmp_path_factory.mktemp("graded"))
    hand_in(course, [*SAYS, *KINDER])
    run = grade(course.folder, CHAPTER, Options(workers=2, secret=""), lambda _: None)
    assert run.failed == {}
    pages = course.nbgrader("generate_feedback", CHAPTER)
    assert pages.returncode == 0, pages.stderr
    return course


@pytest.fixture(scope="module")
def graded_by_nbgrader(small, tmp_path_factory):
    """Some of the class after nbgrader's own commands."""
    course = twin_of(small, tmp_path_factory.mktemp("stock"))
    hand_in(course, STOCK)
    for command in ("autograde", "generate_feedback"):
        done = course.nbgrader(command, CHAPTER)
        assert done.returncode == 0, done.stderr
    return course


def marked(course, kind):
    return nbformat.read(course.path("autograded", kind.__name__), as_version=4)


def handed_in(course, kind):
    return nbformat.read(course.path("submitted", kind.__name__), as_version=4)


def assert_says_the_same(course, kind):
    by_check, heading = SAYS[kind]
    found = sentences(marked(course, kind))
    read = read_by_the_learner(handed_in(course, kind), course.folder / "notebooks")
    checks = [MEAN + CHECK, APART + CHECK]
    assert {name: found[name] for name in checks} == {name: read[name] for name in checks}
    assert found[MEAN + CHECK].startswith(by_check)
    if heading:
        assert found == read
        below = [says for source, says in found.items() if source.startswith(("centre", "print", "far"))]
        assert any(heading in says for says in below), below
    page = parsed(course.path("feedback", kind.__name__)).get_text()
    assert all(says.splitlines()[0] in page for says in found.values())


@pytest.mark.parametrize("kind", SAYS, ids=lambda kind: kind.__name__)
def test_grading_says_what_the_learner_reads(graded, kind):
    assert_says_the_same(graded, kind)


@pytest.mark.parametrize("kind", STOCK, ids=lambda kind: kind.__name__)
def test_nbgraders_own_command_says_it_too(graded_by_nbgrader, kind):
    assert_says_the_same(graded_by_nbgrader, kind)


def test_without_the_sandbox_it_is_the_same(small, tmp_path):
    course = twin_of(small, tmp_path)
    hand_in(course, [given_stops])
    grade(course.folder, CHAPTER, Options(workers=1, sandbox=False, secret=""), lambda _: None)
    read = read_by_the_learner(handed_in(course, given_stops), course.folder / "notebooks")
    assert sentences(marked(course, given_stops)) == read


@pytest.mark.parametrize("kind", KINDER, ids=lambda kind: kind.__name__)
def test_what_grading_mends_has_its_points_and_a_note(graded, kind):
    notebook = marked(graded, kind)
    assert sentences(notebook)[MEAN + CHECK].startswith("✓ Correct.")
    assert [note.student for note in grading_of(notebook).notes] == [KINDER[kind]]
