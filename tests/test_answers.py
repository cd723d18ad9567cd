"""What a check judges: what stands in the answer's cell on the page, and what that cell made when it last ran."""

import pytest
from notebooks.attempts import RecordingShell

RIGHT = "def half(number):\n    return number / 2"
CHECK = """
from course_utils.checks import check

with check("Exercise 1", needs="half", right="Well halved.") as c:
    c.close(lambda: half(4), 2, hint="Count again.")
"""


class Page(RecordingShell):
    """A shell that is told with each cell what stands in the answers', as by JupyterLab."""

    told = None

    def get_parent(self):
        return {"metadata": {} if self.told is None else {"answers": self.told}}


@pytest.fixture
def page(capsys, monkeypatch):
    monkeypatch.setattr("course_utils.answers._cells", None)  # so that this page is forgotten afterwards
    shell = Page()
    shell.run_line_magic("load_ext", "course_utils")
    shell.run_line_magic("colors", "nocolor")

    def run(source, cell="answer"):
        shell.shown = ""
        shell.run_cell(source, cell_id=cell)
        return capsys.readouterr().out + shell.shown

    def check(*standing, cells=("answer", "another")):
        """Run the check while these answers stand on the page; by default nobody tells of them."""
        shell.told = [{"id": cell, "source": source} for cell, source in zip(cells, standing, strict=False)] or None
        if standing == (None,):
            shell.told = []
        return run(CHECK, "check")

    run.check, run.shell = check, shell
    return run


COMMENTED_OUT = "# def half(number):\n#    return number / 2"


@pytest.mark.parametrize(
    ("later", "told"),
    [
        ("", True),  # an empty cell does not reach the kernel, so JupyterLab alone knows of it
        *((later, told) for later in (COMMENTED_OUT, "def halb(number):\n    return 7", "7") for told in (True, False)),
        *(("def half(number) return", told) for told in (True, False)),
    ],
)
def test_an_answer_that_is_no_longer_there_is_not_judged(page, later, told):
    page(RIGHT)
    assert page.check(*([RIGHT] if told else [])).startswith("✓ Correct.")
    page(later)
    says = page.check(*([later] if told else []))
    assert says.startswith(("⚠ ", "○ ")), says
    assert "\n" not in says


@pytest.mark.parametrize(
    ("standing", "says"),
    [
        ([RIGHT + " "], "✓ Correct."),
        (["def half(number):\n    return 1"], "⚠ You have changed the cell of Exercise 1 since it last ran."),
        (["  \n"], "○ Not attempted yet. The cell of Exercise 1 is empty: type restore_exercise(1)"),
        ([None], "⚠ Exercise 1 is gone: type restore_exercise(1) into a new cell"),
        ([RIGHT, RIGHT], "⚠ There are 2 cells of Exercise 1, not one: type restore_exercise(1)"),
    ],
)
def test_an_edit_that_was_not_run_is_said(page, standing, says):
    page(RIGHT)
    assert page.check(*standing).startswith(says)


def test_a_recipe_of_another_cell_is_not_the_answer(page):
    page("half = 3", "scratch")
    assert page.check(RIGHT).startswith("⚠ `half` comes from another cell. Run the cell of Exercise 1")
    page(RIGHT)
    assert page.check(RIGHT).startswith("✓ Correct.")
    page(RIGHT.replace("2", "3"), "scratch")
    assert page.check(RIGHT).startswith("⚠ `half` comes from another cell.")


def test_a_cell_that_stopped_or_did_not_run_is_to_be_run_first(page):
    assert "Run the cell of Exercise 1 above first" in page.check(RIGHT)
    stopped = "wrong_name\n" + RIGHT
    page(stopped)
    assert "Run the cell of Exercise 1 above first" in page.check(stopped)


def test_a_recipe_is_judged_though_a_line_below_it_stops_as_it_is_in_grading(page):
    for recipe, verdict in ((RIGHT, "✓ Correct."), (RIGHT.replace("2", "3"), "✗ Not yet.")):
        cell = f"{recipe}\nhalf(nothing)"
        assert "⚠ `nothing` does not exist" in page(cell)
        assert page.check(cell).startswith(verdict)


def test_a_value_may_stand_where_a_recipe_does(page):
    for value in (
        "half = lambda number: number / 2",
        "def double(a):\n    return 2 * a\n\nhalf = lambda a: double(a) / 4",
    ):
        page(value)
        assert page.check(value).startswith("✓ Correct.")


def test_a_cell_that_reads_what_it_made_can_run_again(page):
    page("import math\ntotal = 1\npath = [0]", "start")
    for _ in range(3):
        assert page("total = total + 1\npath = path + [total]", "walk") == ""
        assert page("total += 1", "more") == ""
    assert page("print(total, len(path))", "look") == "7 4\n"
    page("import math\nmath.nonsense(", "start")
    assert page("print(math.pi > 3)", "look") == "True\n"


def test_what_a_cell_made_does_not_live_on_when_its_name_is_given_away(page):
    page("import numpy, weakref\ntable = numpy.ones(5)\nkept = weakref.ref(table)", "table")
    page("table = 0", "another")
    assert page("print(kept())", "look") == "None\n"
