"""Errors as a learner meets them: typed into a cell of IPython with the course's extension loaded."""

import pytest
from IPython.core.interactiveshell import InteractiveShell


class RecordingShell(InteractiveShell):
    """A shell that keeps what it would show of an error."""

    shown = ""

    def _showtraceback(self, etype, evalue, stb):
        self.shown += "\n".join(stb)


@pytest.fixture(scope="module")
def shell():
    shell = RecordingShell()
    shell.run_line_magic("load_ext", "course_utils")
    shell.run_line_magic("colors", "nocolor")
    return shell


@pytest.fixture
def shown(shell):
    def run(cell):
        shell.shown = ""
        shell.run_cell(cell)
        return shell.shown

    return run


@pytest.mark.parametrize(
    ("cell", "says"),
    [
        ("____", "○ There is still a blank to fill in: replace every ____ with your answer"),
        ("raise NotImplementedError()", "○ There is still a blank to fill in"),
        ("def rule_220():\n    return ____\nrule_220()", "○ `rule_220` above still has a blank"),
        ("heart_rates + 1", "⚠ `heart_rates` does not exist yet. Run the cells above first"),
        ("heart_rate = 1\nheart_rat + 1", "⚠ `heart_rat` does not exist. Did you mean `heart_rate`?"),
        ("1 / 0", "⚠ A number is divided by 0 in `1 / 0`."),
        ("2.0 ^ 2", "⚠ In Python, squared is written **2."),
        (
            "at_50 = 170,5\nat_50 + 1.5",
            "⚠ A comma cuts `170,5` in two numbers. Decimals come after a point: write 170.5.",
        ),
        ("import numpy as np\nnp.ones(3) + np.ones(2)", "⚠ Two lists of different lengths meet here"),
        ("mean([1, 2])", "⚠ `mean` needs np. in front of it: write np.mean."),
        ("import numpy as np\nnp.Mean([1])", "⚠ `Mean` does not exist. Did you mean `mean`?"),
        ("import numpy as np\nnp.mean[1]", "⚠ `np.mean` is a recipe. A recipe takes round brackets"),
        ("def f():\n    level = level + 1\nf()", "⚠ `level` is used before it has a value."),
        ("3(4)", "⚠ What stands before the brackets is not a recipe."),
        ("def f():\n    return f()\nf()", "⚠ A function calls itself without end."),
        (
            "from sklearn.linear_model import LogisticRegression\nLogisticRegression().fit([[1], [2]], 1)",
            "⚠ One answer for each patient is needed here",
        ),
        ("import no_such_package", "⚠ The package no_such_package is not installed here."),
        ("slope = −1", "⚠ Python does not know the sign − in `slope = −1`. Type - on the keyboard in its place."),
        ("a = 1\nb = 2 × a", "⚠ Python does not know the sign × in `b = 2 × a`. Type * on the keyboard"),
        ("print(“yes”)", '⚠ Python does not know the sign “ in `print(“yes”)`. Type " on the keyboard'),
        ("a = (1 + 2", "⚠ Python cannot read `a = (1 + 2` (a bracket or a quote is not closed)."),
        ("at_50 = 170 bpm", "⚠ Write 170 without a unit: Python cannot read `bpm` behind it."),
        ("a = 1\n  b = 2", "⚠ The line `b = 2` begins too far left or right."),
    ],
)
def test_an_error_is_one_sentence(shown, cell, says):
    text = shown(cell)
    assert text.startswith(says), text
    assert "\n" not in text
    assert "Traceback" not in text


def test_a_check_that_fails_shows_its_sentence_alone(shown):
    cell = "from course_utils.checks import CheckFailed\nraise CheckFailed('✗ Not yet. Count again.')"
    assert shown(cell) == "✗ Not yet. Count again."


def test_a_stopped_cell_says_so(shown):
    assert shown("raise KeyboardInterrupt").startswith("⚠ You stopped this cell.")


@pytest.mark.parametrize("word", ["exit", "quit"])
def test_leaving_by_a_word_keeps_the_notebook(shell, shown, capsys, word):
    shell.exit_now = False
    assert shown(f"{word}()") == ""
    assert "The notebook goes on." in capsys.readouterr().out
    assert not shell.exit_now


def test_a_recipe_that_could_not_be_read_anew_is_forgotten(shell, shown):
    shown("def rule_220(decades):\n    return 170")
    shown("def rule_220(decades):\n    return 170 bpm")
    assert shown("rule_220(0)").startswith("⚠ `rule_220` does not exist")


def test_the_whole_report_is_one_command_away(shell, shown):
    shown("def f():\n    return 1 / 0\nf()")
    assert "ZeroDivisionError" in shown("%tb")
    assert "return 1 / 0" in shell.shown


def test_the_line_named_is_the_deepest_one_of_the_learner(shown):
    shown("import numpy as np\ndef f(a):\n    return np.linalg.inv(a)")
    assert "Python stopped at `return np.linalg.inv(a)` (Singular matrix)." in shown("f(np.zeros((2, 2)))")
