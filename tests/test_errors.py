"""Errors as a learner meets them: typed into a cell of IPython with the course's extension loaded."""

import functools
import linecache
import random
import re

import pytest
from nbgrader.utils import is_grade, is_solution
from notebooks.attempts import BLANK, Chapter, RecordingShell, grade, in_a_fork, run

from course_utils.errors import lesson

JARGON = re.compile(
    r"Traceback|\b(tuple|ndarray|attribute|iterable|iterator|positional|argument|NoneType|object|dtype|ufunc|callable|"
    r"subscriptable|literal|operand|broadcast|\w+Error|unpack|decimal literal|expression|keyword|identifier|scalar)\b"
)
"""What a beginner should not read."""

ASLEEP = re.compile(r"mcq\(|explore_")
"""Cells that no exercise builds on."""


def new_shell():
    shell = RecordingShell()
    shell.run_line_magic("load_ext", "course_utils")
    shell.run_line_magic("colors", "nocolor")
    return shell


@pytest.fixture(scope="module")
def shell():
    return new_shell()


@functools.cache
def chapter(name):
    return Chapter(name)


@functools.cache
def exercises_of(name):
    """A chapter run once: its shell, and of each exercise itself and the names that there are above it."""
    shell, found = new_shell(), {}
    its_chapter = chapter(name)
    for cell in its_chapter.source.cells:
        if cell.cell_type == "code" and not is_grade(cell) and not ASLEEP.search(cell.source):
            if is_solution(cell):
                exercise = next(each for each in its_chapter.exercises if each.name == cell.metadata.nbgrader.grade_id)
                found[exercise.name] = exercise, dict(shell.user_ns)
            _, error = run(shell, cell.source)
            assert not error, error
    return shell, found


def work_at(name, work):
    """What `work(shell, exercise)` returns, in a fork, where a kernel has run one chapter, and no other, down to it."""
    title = next(each for each in CHAPTERS if each[:2] == name[:2])
    shell, found = exercises_of(title)
    exercise, names = found[name]

    def alone():
        own = {cell.source.strip() for cell in chapter(title).source.cells}
        for key, entry in list(linecache.cache.items()):
            if lesson.CELL_FILE.search(key) and "".join(entry[2]).strip() not in own:
                del linecache.cache[key]
        shell.user_ns.clear()
        shell.user_ns.update(names)
        return work(shell, exercise)

    return in_a_fork(alone)


def read_after(name, typed):
    """What a learner reads who types into an exercise and runs its cell and then its check."""

    def work(shell, exercise):
        _, error = run(shell, exercise.filled(typed))
        return [error, grade(shell, exercise.check).text.splitlines()[-1]]

    return work_at(name, work)


CHAPTERS = ("00_welcome", "01_linear_regression", "02_logistic_regression", "05_non_linearity")


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


@pytest.mark.parametrize(
    ("cell", "says"),
    [
        ("np.log(np.zeros(3))", "the logarithm of 0 has no value"),
        ("np.ones(3) / 0", "look for a division by zero"),
        ("np.mean(np.array([]))", "look for an average of an empty list"),
    ],
)
def test_a_number_without_a_value_is_told_once_where_the_code_goes_on(capfd, cell, says):
    shell = new_shell()
    run(shell, "import numpy as np")
    captured, error = run(shell, cell)
    assert not error
    assert captured.stdout.count("⚠") == 1
    assert captured.stdout.splitlines()[0] == f"⚠ Somewhere in this cell a number is no longer finite: {says}."
    assert captured.stderr == capfd.readouterr().err == ""


def test_a_check_that_fails_shows_its_sentence_alone(shown):
    cell = "from course_utils.checks import CheckFailed\nraise CheckFailed('✗ Not yet. Count again.')"
    assert shown(cell) == "✗ Not yet. Count again."


def test_a_stopped_cell_says_so(shown):
    assert shown("raise KeyboardInterrupt").startswith("⚠ You stopped this cell.")


GIVEN = """
import math
import numpy as np
import torch
from sklearn.linear_model import LogisticRegression
numbers, table, empty, nothing = np.arange(5.0), np.ones((3, 2)), np.array([]), None
tensor, layer, longer = torch.ones(3), torch.nn.Linear(4, 2), np.ones(7)
"""

STOPS = {
    "an empty list": {
        "torch.ones(0).max()": "Nothing is left to work on in `torch.ones(0).max()`",
        "torch.ones(0, 3).argmax(dim=0)": "Nothing is left to work on",
        "numbers[numbers > 9][0]": "Nothing is left to work on",
        "empty[0]": "`empty` is empty: nothing can be picked out of it.",
        "LogisticRegression().fit(table[:0], numbers[:0])": "Nothing is left to work on",
    },
    "picking out": {
        "nothing[0]": "something is empty: what made it gave nothing back",
        "tensor[0][0]": "[ ] pick out of something that is a single number",
        "table[0, 0, 0]": "pick by more than there is: a list has places, a table rows and columns",
        "{[1]: 2}": "a list stands where a single value is needed",
        "{'slope': 1}['slop']": "There is no `slop` to pick out here.",
    },
    "a product that does not fit": {
        "table @ numbers": "`table` is a table of 3 rows and 2 columns, and `numbers` is a list of 5 numbers.",
        "np.dot(table, table)": "a product does not fit: the first needs as many columns as the second has rows",
        "torch.ones(3, 2) @ tensor": "a product does not fit",
        "tensor @ torch.ones(4)": "a product does not fit",
        "layer(tensor)": "and a layer as many numbers as it was made for",
        "numbers @ 3": "a single number came in `numbers @ 3`. To multiply by it, write *.",
        "numbers + np.ones(3)": "Two lists of different lengths meet here",
        "numbers + longer": "Two lists of different lengths meet here: `numbers` is a list of 5 numbers,",
        "table + numbers": "These two do not fit: `table` is a table of 3 rows and 2 columns",
        "np.roll(table, 1, axis=2)": "axis= asks for an axis that does not exist here. Axes are counted from 0.",
        "np.mean(numbers, axis=1)": "axis= asks for rows or columns that do not exist here: leave axis= out.",
    },
    "what torch asks for": {
        "layer(numbers)": "torch needs its own numbers: make them by torch.tensor( ).",
        "layer(torch.arange(4))": "write .float() behind whole numbers and doubles",
        "torch.nn.CrossEntropyLoss()(torch.ones(3, 2), tensor)": "torch needs whole numbers: write .long()",
        "torch.nn.Conv1d(1, 2, 3)(torch.ones(2, 2, 4))": "a layer gets its numbers in other rows and columns",
        "torch.nn.BCELoss()(tensor, torch.ones(4))": "Two lists of different lengths meet here",
        "torch.nn.Lineer(1)": "Did you mean `Linear`?",
        "torch.nn.MSELoss()(tensor)": "there are too many or too few values in the brackets",
        "layer(torch.ones(4)).numpy()": "write .detach() before .numpy()",
        "tensor.sum().backward()": "nothing leads back to the network",
        "layer(torch.ones(4)).backward()": "the loss is a list. To learn, it must be one number: take its mean.",
        "tensor.mean(dim=4)": "axis= asks for rows or columns that do not exist here",
        "torch.nn.Flatten()(5)": "Python stopped at `torch.nn.Flatten()(5)`",
        "torch.nn.Module()(tensor)": "Python stopped at `torch.nn.Module()(tensor)`",
    },
    "what sklearn asks for": {
        "LogisticRegression().fit(table, np.ones(3))": "all patients have the same answer",
        "LogisticRegression().fit(numbers, numbers)": "a table is needed, with a row for each patient",
        "LogisticRegression().predict(table)": "a model is asked that has not learned yet",
        "LogisticRegression().fit(table, [0, 1, 1]).predict(np.ones((1, 5)))": "the model gets other columns",
        "LogisticRegression().fit(table * np.nan, [0, 1, 1])": "a number is missing (nan) or endless (inf)",
        "LogisticRegression().fit(table, [0.5, 1.5, 2])": "the answers must be kinds, such as 0 and 1",
        "LogisticRegression().fit(table, nothing)": "`nothing` is empty",
        "LogisticRegression().fit(table)": "there are too many or too few values in the brackets",
    },
    "plain lists and collections": {
        "range(5) + 1": "a plain list stands where numbers are worked with: put it into np.array( ) first",
        "[1, 2] + 1": "a plain list stands where numbers are worked with",
        "[1, 2] * 1.5": "a plain list stands where numbers are worked with",
        "{1} + 1": "the brackets { } make a collection, and no number",
        "[1, 2].mean()": "A plain list has no .mean behind it: write np.mean( ) around it.",
        "{'slope': 1}.slope": "write ['slope'] in place of .slope.",
    },
    "one yes or no, and many": {
        "if numbers > 0: pass": "one yes or no is needed, and many came, one for each patient. To choose",
        "not numbers": "not is written ~",
        "0 < numbers < 3": "ask each question in its own brackets, with & between",
        "numbers > 0 and numbers < 3": "and is written &",
        "~numbers": "The signs & | ~ work on yes and no",
        "numbers[numbers > 0 & numbers < 3]": "put brackets around each comparison",
    },
    "numbers without a value": {
        "math.sqrt(-1)": "below 0 there is neither, and 0 has no logarithm",
        "math.log(0)": "below 0 there is neither, and 0 has no logarithm",
        "(-8) ** 0.5 > 1": "below 0 there is neither",
        "int(float('nan'))": "a number is missing (nan)",
        "math.exp(1000)": "A number became too large.",
        "round(numbers)": "For lists, write np.round.",
        "range(5 / 2)": "a whole number is needed, and another came. To divide without decimals, write //.",
    },
    "packages and files": {
        "import nump as np": "There is no package nump. Did you mean numpy?",
        "import np": "The package is called numpy",
        "from numpy import meen": "numpy has no `meen` to import. Did you mean `mean`?",
        "open('data.csv')": "The file that is asked for is not here.",
        "np.math.exp(1)": "write np.exp in place of np.math.exp",
        "np.ln(2)": "`ln` does not exist behind that point. Write np.log.",
    },
    "lines that begin nowhere": {
        "if True:\n    a = 1\n  b = 2": "The line `b = 2` begins too far left or right.",
    },
}
"""By kind: a cell of a learner's own, and words of the sentence that follows."""


@pytest.fixture(scope="module")
def furnished():
    shell = new_shell()
    run(shell, GIVEN)
    return shell


@pytest.mark.parametrize(("cell", "says"), [each for table in STOPS.values() for each in table.items()])
def test_what_packages_say_is_told_in_plain_words(furnished, cell, says):
    _, text = run(furnished, cell)
    assert text.startswith("⚠ ")
    assert says in text
    assert_readable(text)


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


HEART_RATE = "def heart_rate(interval):\n    return 60000 / interval"

SLIPS = {
    "a part of the blank": {
        "00_rule_by_hand": {
            ("____10",): "A part of the blank is left in `____10`",
            ("10____",): "A part of the blank is left in `10____`",
            ("____ 10",): "A part of the blank is left",
            ("_____",): "A part of the blank is left",
            ("__",): "A part of the blank is left",
        },
        "00_heart_rate": {("__60000",): "take away all its underscores, and write 60000 alone"},
    },
    "a number in words, or with letters in it": {
        "00_rule_by_hand": {
            ("ten",): "`ten` is a word. Write the number in digits: 10.",
            ("Ten",): "Write the number in digits: 10.",
            ("1O",): "A letter stands between the digits of `1O`: write 10.",
            ("10 percent",): "Write 10 without a unit",
            ("10%",): "A number stands without the sign %: write 10.",
        },
        "00_irregularity": {
            ("np.mean(changes, axis=O)",): "the letter O stands alone. If you mean the number, write 0."
        },
        "05_collapse": {("w2 * wl", "b2"): "In `wl` a letter stands for a digit: write w1."},
    },
    "how numbers are written": {
        "00_rule_by_hand": {
            ("7,5",): "A comma cuts `7,5` in two numbers. Decimals come after a point: write 7.5.",
        },
        "00_heart_rate": {
            ("60,000",): "A comma cuts `60,000` in two numbers. Write 60000, or 60.000 with decimals",
            ("60.000",): "If you mean 60000, write it without the point.",
            ("60 000",): "A number is written without a space or a sign in it: 60000, not 60 000.",
            ("60'000",): "A number is written without a space or a sign in it: 60000",
            ("60\u202f000",): "A number is written without a space or a sign in it: 60000",
            ("60\u00a0000",): "A number is written without a space or a sign in it: 60000",
        },
        "01_gradient_step": {("per_decade - 0,1 * gradient_per_decade",): "Decimals come after a point: write 0.1."},
        "05_absolute": {("relu(x - 7,5)",): "A comma cuts `7,5` in two numbers."},
    },
    "a hyphen or a space in a name": {
        "02_risk_from_log_odds": {
            ("np.exp(-log-odds)",): "A hyphen means minus. The name is written with an underscore: log_odds.",
            ("np.exp(-log odds)",): "A name has no space in it: write log_odds.",
        },
        "01_gradient_step": {
            ("per-decade - learning-rate * gradient-per-decade",): "written with an underscore: per_decade.",
            ("per decade - learning_rate * gradient_per_decade",): "A name has no space in it: write per_decade.",
        },
        "02_log_odds": {("per-mmol * excess",): "written with an underscore: per_mmol."},
    },
    "a sign is missing": {
        "05_collapse": {
            ("w2w1", "b2"): "Between w2 and w1 a sign is missing. To multiply, write w2 * w1.",
            ("w2 w1", "b2"): "Between w2 and w1 a sign is missing.",
            ("w2 * w1", "2b1"): "Between 2 and b1 a sign is missing.",
            ("w2.w1", "b2"): "To multiply, write w2 * w1.",
        },
        "02_log_odds": {
            ("per_mmol x excess",): "an x stands for times. In Python, times is written *.",
            ("per_mmol *",): "After * in",
        },
        "00_irregularity": {
            ("np mean(changes)",): "A point is missing between np and mean: write np.mean.",
            ("npmean(changes)",): "A point is missing: write np.mean.",
            ("np,mean(changes)",): "A point belongs between np and mean: write np.mean.",
            ("np.mean changes",): "Between mean and changes a sign is missing.",
        },
        "00_heart_rate": {("",): "Before / in `return / interval` something is missing. Put your answer there."},
    },
    "names": {
        "00_irregularity": {
            ("mean(changes)",): "`mean` needs np. in front of it: write np.mean.",
            ("np.mean(change)",): "Did you mean `changes`?",
            ("minute",): "`minute` does not exist. Write a number, or names that this recipe has: intervals, changes.",
            ("np.mean(\u0441hanges)",): "is of another alphabet: type the name anew",
            ("changes.average()",): "`changes` has no .average behind it: write np.average(changes).",
        },
        "05_absolute": {("ReLU(-x)",): "Did you mean `relu`?"},
    },
    "brackets": {
        "05_absolute": {
            ("relu - x",): "`relu` is a recipe, and its brackets are missing: write relu( )",
            ("relu",): "`relu` is a recipe, and its brackets are missing",
            ("relu()",): "The brackets behind `relu` are empty: put what it works on inside.",
            ("relu[-x]",): "A recipe takes round brackets",
            ("relu(-x, 0)",): "`relu` takes 1 value in its brackets, and here are 2.",
            ("max(0, -x)",): "For lists, write np.maximum.",
            ("relu(-x",): "a bracket or a quote is not closed",
            ("relu(-x))",): "There is one ) too many",
            ("relu(-x]",): "a bracket is closed by one of another kind",
        },
        "00_irregularity": {
            ("np.sum()",): "The brackets behind `np.sum` are empty",
            ("np.exp()",): "The brackets behind `np.exp` are empty",
            ("np.mean(changes, Axis=0)",): "`np.mean` knows no `Axis=`. Did you mean `axis=`?",
            ("np.mean(changes, axes=0)",): "Did you mean `axis=`?",
            ("changes.mean",): "`changes.mean` is a recipe, and its brackets are missing",
            ("changes()",): "`changes` is not a recipe.",
        },
        "02_log_odds": {("per_mmol(excess)",): "`per_mmol` is not a recipe. To multiply, write *"},
    },
    "one equals sign, and others that compare": {
        "00_wrong_calls": {
            ("called = fibrillates",): "To compare, write == for the same and != for different.",
            ("called === fibrillates",): "Python does not know ===: write ==.",
            ("called =! fibrillates",): "Python does not know =!: write !=.",
            ("called <> fibrillates",): "Python does not know <>: write !=.",
            ("called - fibrillates",): "To ask whether they differ, write !=.",
            ("called and fibrillates",): "and is written &",
        },
        "02_harm": {("np.sum(died[treated] = 0)",): "To compare, write == for the same"},
    },
    "text and nothing": {
        "00_heart_rate": {
            ("'60000'",): "`'60000'` is text, because of its quotes. Write the number without quotes.",
            ("'60000",): "A quote is opened in",
            ("None",): "None means nothing at all: put your answer in its place.",
            ("print(60000)",): "The recipe print shows a value and gives nothing back",
            ("np",): "After `np` a point and a name are missing",
        },
        "01_rule_220": {("'170'", "-10"): "`at_50` is text, because of its quotes."},
    },
    "foreign and invisible signs": {
        "00_heart_rate": {
            ("\u200b60000",): "An invisible sign was copied along, after `return` in",
            ("\ufeff60000",): "An invisible sign was copied along, after `return` in",
            ("60000\u00a0* 1",): "An invisible sign was copied along, after `60000` in",
            ("\uff0860000\uff09",): "Python does not know the sign \uff08",
            ("60 \uff0a 1000",): "Type * on the keyboard in its place.",
            ("60 · 1000",): "Type * on the keyboard in its place.",
            ("„60000“",): 'Type " on the keyboard in its place.',
            ("«60000»",): 'Type " on the keyboard in its place.',
        },
        "00_wrong_calls": {
            ("called ≠ fibrillates",): "Type != on the keyboard in its place.",
            ("called ≤ fibrillates",): "Type <= on the keyboard in its place.",
            ("called ≥ fibrillates",): "Type >= on the keyboard in its place.",
            ("called – fibrillates",): "Type - on the keyboard in its place.",
        },
        "01_gradient_step": {
            ("per_decade - learning_rate * …",): "The sign … stands for what you write yourself",
            ("per_decade - learning_rate * ...",): "The dots … stand for what you write yourself",
        },
    },
    "lost lines": {
        "00_heart_rate": {
            HEART_RATE.replace("    ", ""): "begins too far left: put four spaces before it",
            HEART_RATE.replace("    return", "    a = 1\nreturn"): "`return 60000 / interval` begins too far left",
            '    """Heart rate in beats a minute (bpm) from the interval between two beats in ms."""\n'
            "    return 60000 / interval": "choose Edit, Merge Cell Above. It was `def heart_rate(interval):`.",
            "    return 60000 / interval": "the line that begins with def is missing: bring it back with Ctrl+Z",
            "def heart_rate(interval):": "Nothing stands below `def heart_rate(interval):`.",
            HEART_RATE.replace(":", ""): "A colon : is missing at the end of `def heart_rate(interval)`.",
            HEART_RATE.replace("interval)", "interval, more)"): "Leave that line as it was. It was `def heart_rate(",
            HEART_RATE.replace("interval)", ")"): "Leave that line as it was. It was `def heart_rate(interval):`.",
            HEART_RATE.replace("return ", ""): "Your function gave nothing back: keep its last line",
        },
    },
    "words of Python": {
        "00_heart_rate": {
            HEART_RATE.replace("return", "retrun"): "`retrun` is no word of Python. Did you mean return?",
            HEART_RATE.replace("return", "Return"): "`Return` is no word of Python. Did you mean return?",
            HEART_RATE.replace(
                "return 60000", "returninterval"
            ): "After return a space is missing: write return interval.",
            HEART_RATE.replace("return", "return return"): "take `return` away",
            HEART_RATE.replace(
                "    return", "    for i im range(3):\n        pass\n    return"
            ): "the word in is missing",
            HEART_RATE.replace(
                "    return", "    if 1:\n        a = 1\n    else if 2:\n        a = 2\n    return"
            ): "elif",
            HEART_RATE.replace("    return", "    class = 1\n    return"): "`class` is a word of Python's own.",
            HEART_RATE.replace("return 60000", "print 60000"): "What print shows stands in brackets: print( ).",
            ("if 60000",): "Behind return stands what the recipe gives back: take `if` away.",
            ("1 if 60000",): "else is missing",
            HEART_RATE.replace(
                "    return", "    if 1 then:\n        a = 1\n    return"
            ): "a colon : stands in the place of then",
            ("x = 60000",): "behind return none is given: write what stands on its right",
            ("ture",): "`ture` does not exist. Write True.",
        },
    },
    "sentences, formulas and signs": {
        "00_heart_rate": {
            "This is my answer:\n" + HEART_RATE: "`This is my answer` reads like a sentence",
            "$y = x$\n" + HEART_RATE: "Python does not know the sign $",
            ("`60000`",): "Python does not know the sign `",
            ("60000?",): "Python does not know the sign ?",
            ("60000 :",): "The sign : does not belong in",
            ("60000 \\ 1",): "The sign \\ does not belong in",
            ("060000",): "A number does not begin with 0: write 60000.",
            ("60_000;",): "Python cannot read `return 60_000; / interval`",
        },
        "00_irregularity": {
            ("np:mean(changes)",): "before a name, as in np.mean, a point",
            ("np.mean{changes}",): "a recipe takes ( ), and to pick out are [ ]",
            ("np..mean(changes)",): "write one point in place of `..`",
            ("ln(changes)",): "`ln` does not exist. Write np.log.",
            ("math.exp(changes)",): "`math` does not exist here. Write np.exp.",
            ("numpy.mean(changes)",): "`numpy` does not exist here. Write np.mean.",
        },
    },
    "a first line that was changed": {
        "00_irregularity": {
            "def ir regularity(intervals):\n    return 1": "Write it as it was: `def irregularity(intervals):`.",
            "Def irregularity(intervals):\n    return 1": "Write it as it was: `def irregularity(intervals):`.",
            "changes = np.abs(np.diff(intervals))\nreturn 1": "the line that begins with def is missing",
        },
        "01_bias_above": {
            ("\nnp.mean(misses[older])",): "`misses` exists inside its recipe only: put four spaces before",
        },
    },
    "numbers of any size and none": {
        "00_heart_rate": {
            ("1000 ** 60",): "Your answer is a number of 178 digits where",
            ("10 ** 5000",): "too large",
            ("1e-30",): "Your answer is almost 0 where",
        },
        "00_irregularity": {
            ("np.log(changes[0] * 0)",): "is not a finite number: the logarithm of 0 has no value.",
            ("np.log(-np.mean(changes))",): "the logarithm of a number below 0 has no value",
            ("np.sqrt(-np.mean(changes))",): "a number below 0 has no root",
            ("np.mean(changes) / np.sum(changes * 0)",): "look for a division by zero.",
            ("np.exp(1000 + np.mean(changes))",): "a number became too large",
            ("np.mean(changes[:0])",): "look for an average of an empty list",
            ("np.nan",): "look for a division by zero, and for a root or a logarithm",
        },
    },
    "lists": {
        "01_rule_220": {
            (
                "220 - age",
                "-10",
            ): "`age` holds 200 numbers from a cell above, and the recipe was given others. Use a number"
        },
        "01_bias_above": {
            ("misses[1000]",): "`misses` has places 0 to 79, and 1000 is asked for.",
            ("np.mean(misses[age])",): "Brackets [ ] pick out by whole numbers, or by a yes or no for each patient",
            ("[np.mean(misses[older])]",): "a list of 1 number where a number by itself was expected",
        },
        "02_log_odds": {
            ("per_mmol ** excess,",): "a table of 1 row and 4 columns where a list of 4 numbers was expected",
        },
        "05_absolute": {("max(x[:0])",): "what stands in the brackets is empty"},
    },
}
"""By kind: what is typed into an exercise, and words of the sentence that follows, below its cell or its check."""


@pytest.mark.chapters
@pytest.mark.parametrize(
    ("exercise", "typed", "says"),
    [
        pytest.param(exercise, typed, says, id=f"{kind}-{typed if isinstance(typed, str) else ' & '.join(typed)}")
        for kind, exercises in SLIPS.items()
        for exercise, table in exercises.items()
        for typed, says in table.items()
    ],
)
def test_a_slip_in_an_answer_gets_the_sentence_that_helps(exercise, typed, says):
    texts = read_after(exercise, typed if isinstance(typed, str) else list(typed))
    assert any(says in text for text in texts), texts
    for text in texts:
        assert_readable(text)


def assert_readable(text):
    assert "\n" not in text
    assert len(text) <= 300, text
    assert not JARGON.search(text), text


def mutants(count):
    """Right answers with one sign changed, left out or put in, the same ones each time."""
    draw = random.Random(0)
    signs = "()[]*-+/=.,:_0aZ x'“…"
    names = [each.name for name in CHAPTERS for each in chapter(name).exercises if BLANK in each.answer.source]
    for _ in range(count):
        name = draw.choice(names)
        (exercise,) = (each for each in chapter_of(name).exercises if each.name == name)
        typed = list(draw.choice([each for each in exercise.answers["right"] if not isinstance(each, str)]))
        blank = draw.randrange(len(typed))
        answer, place = typed[blank], draw.randrange(len(typed[blank]))
        typed[blank] = (
            answer[:place]
            + draw.choice(["", draw.choice(signs), draw.choice(signs) + answer[place]])
            + answer[place + 1 :]
        )
        yield name, typed


def chapter_of(exercise):
    return chapter(next(each for each in CHAPTERS if each[:2] == exercise[:2]))


@pytest.mark.chapters
def test_whatever_sign_is_changed_the_sentence_is_short_and_plain():
    for exercise, typed in mutants(200):
        for text in read_after(exercise, typed):
            assert_readable(text)


def cell_with(name, begin):
    return next(cell.source for cell in chapter(name).source.cells if begin in cell.source and cell.cell_type == "code")


@pytest.mark.chapters
@pytest.mark.parametrize(
    ("name", "begin", "says"),
    [
        (
            "01_linear_regression",
            "for patient in range(5)",
            "`age` is made in the cell that begins with `from data_gen",
        ),
        ("01_linear_regression", "decades = (age", "under “Look: 200 exercise tests” above. Run that cell first"),
        (
            "02_logistic_regression",
            "plot_steps(",
            "`losses` is made under “Exercise 4: the miss” above, and cells before",
        ),
        ("00_welcome", "wrong = np.sum(rule_by_hand", "`np` is made in the cell that begins with `import numpy as np"),
        ("05_non_linearity", "share = share_of_gap", "`share_of_gap` is made in the cell under “Exercise 5: how much"),
    ],
)
def test_a_given_cell_after_a_restart_names_the_cell_above_that_it_needs(name, begin, says):
    _, text = in_a_fork(lambda: ["", run(new_shell(), cell_with(name, begin))[1]])
    assert text.startswith("⚠ ")
    assert says in text
    assert "Did you mean" not in text
    assert_readable(text)


@pytest.mark.chapters
@pytest.mark.parametrize("name", CHAPTERS[:3])
def test_a_given_cell_below_open_blanks_names_the_exercise(name):
    def work():
        shell = new_shell()
        cells = [cell for cell in chapter(name).release.cells if cell.cell_type == "code" and not is_grade(cell)]
        return [run(shell, cell.source)[1] for cell in cells if not ASLEEP.search(cell.source)]

    texts = [text for text in in_a_fork(work) if text]
    for text in texts:
        assert text.startswith("○ ") or ("“Exercise" in text and "still has a blank" in text), text
        assert_readable(text)
    assert any(text.startswith("⚠") for text in texts)


@pytest.mark.chapters
def test_a_name_that_only_a_check_made_is_not_offered():
    def work():
        shell = new_shell()
        run(shell, "loss, page = 1, 2")  # what checks leave behind
        return [run(shell, cell_with("02_logistic_regression", "plot_steps("))[1]]

    (text,) = in_a_fork(work)
    assert "Did you mean" not in text


@pytest.mark.chapters
def test_a_given_cell_that_a_wrong_answer_stops_names_the_exercise():
    wrong = "def fit_line(decades, heart_rate):\n    return 1"

    def work():
        shell = new_shell()
        for cell in chapter("01_linear_regression").source.cells:
            if cell.cell_type == "code" and not is_grade(cell) and not ASLEEP.search(cell.source):
                _, error = run(shell, wrong if "def fit_line" in cell.source else cell.source)
                if error:
                    return [error]

    (text,) = in_a_fork(work)
    assert "This cell uses your answer to “Exercise 4: finish the fit” above" in text


@pytest.mark.chapters
@pytest.mark.parametrize(
    ("gives", "says"),
    [
        ("None", "`risk` is empty: your answer to “Exercise 1: the way back” gave nothing back."),
        ("'0.5'", "`risk` is text, and your answer to “Exercise 1: the way back” made it."),
        ("1 / 0", "It stopped in your answer to “Exercise 1: the way back”. A number is divided by 0"),
    ],
)
def test_an_answer_that_an_earlier_one_stops_names_that_exercise(gives, says):
    def work(shell, exercise):
        run(shell, f"def risk_from_log_odds(log_odds):\n    return {gives}")
        run(shell, exercise.filled(["risk - died"]))
        return [grade(shell, exercise.check).text]

    (text,) = work_at("02_gradient_step", work)
    assert says in text
    assert_readable(text)


def test_where_the_chapters_cannot_be_read_the_cell_that_stopped_is_still_told(tmp_path, monkeypatch):
    monkeypatch.setattr("course_utils.errors.lesson._folder", tmp_path)

    def work():
        shell = new_shell()
        monkeypatch.setattr("course_utils.errors.lesson._folder", tmp_path)
        run(shell, "1 / 0\nsome_losses = [1]")
        return [run(shell, "print(some_losses)")[1]]

    assert in_a_fork(work) == [
        "⚠ `some_losses` does not exist yet: the cell above that makes it has stopped. Look there for a ⚠ or ○."
    ]
