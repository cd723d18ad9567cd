"""Each check asks for the answer last, by a lambda, and needs nothing of the notebook but the recipe that it names."""

import ast
import json

import pytest

from course_utils import chapters
from course_utils.classroom.check_cells import handing_over, subject_of
from course_utils.classroom.execute import cells_of_release
from course_utils.errors import lesson


def complaint(check):
    """Return what the author of a check should mend, as a sentence; nothing if all is well."""
    if not handing_over(check):
        return 'Begin with `from course_utils.checks import check` and `with check("Exercise …", needs="…", …) as c:`.'
    exercise, needs = subject_of(check)
    for node in ast.walk(ast.parse(check)):
        match node:
            case ast.Call(ast.Attribute(ast.Name("c"), "close"), given) if not isinstance(given[0], ast.Lambda):
                return (
                    f"{exercise}, line {node.lineno}: write `c.close(lambda: …, …)`, so that the answer is called last."
                )
    for node in run_before(check):
        if isinstance(node, ast.Name) and node.id == needs:
            return f"{exercise}, line {node.lineno}: call `{needs}` inside of the lambda, and nowhere before."
    if others := lesson.names_in(check)[1] - {needs}:
        return f"{exercise}: the check reads {', '.join(sorted(others))} of the notebook. It must run by itself."
    return ""


def run_before(check):
    """Yield the parts of a check that run before the answer is asked for."""
    waiting = [ast.parse(check)]
    while waiting:
        node = waiting.pop()
        if not isinstance(node, ast.Lambda | ast.FunctionDef):
            yield node
            waiting += ast.iter_child_nodes(node)


def test_checks_are_written_as_grading_needs_them(chapter):
    for exercise in chapter.exercises:
        assert not complaint(exercise.check.source)


def test_a_kernel_is_told_nothing_of_what_is_expected(chapter):
    for exercise in chapter.exercises:
        asking = handing_over(exercise.check.source)
        for node in ast.walk(ast.parse(asking)):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "close":
                assert (len(node.args), node.keywords) == (1, [])
        assert not complaint(asking.replace("hand_over as check", "check"))


def test_sentences_in_grading_know_a_check_as_the_chapters_own(chapter, tmp_path, monkeypatch):
    path = tmp_path / "release.ipynb"
    path.write_text(chapters.released_notebook(chapter.name), encoding="utf-8")
    checks = {f"{exercise.name}_check": exercise.check.source for exercise in chapter.exercises}
    monkeypatch.setattr(lesson, "_folder", None)
    monkeypatch.setattr(lesson, "_given", ())
    lesson.give_cells(json.loads(cells_of_release(path, checks)))
    for exercise in chapter.exercises:
        position = lesson.position_of(handing_over(exercise.check.source))
        assert position.is_given
        assert position.cell.is_check
        assert "hint=" not in position.cell.source


CHECK = """\
from course_utils.checks import check

with check("Exercise 1", needs="half", right="Well halved.") as c:
    number = 4
    c.close(lambda: half(number), number / 2, hint="Count again.")
"""


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("lambda: half(number)", "half(number)", "Exercise 1, line 5: write `c.close(lambda: …, …)`"),
        ("lambda: half(number)", "half", "Exercise 1, line 5: write `c.close(lambda: …, …)`"),
        ("number = 4", "number = half(8)", "Exercise 1, line 4: call `half` inside of the lambda"),
        ("number / 2", "half(4)", "Exercise 1, line 5: call `half` inside of the lambda"),
        ("number / 2", "target", "Exercise 1: the check reads target of the notebook. It must run by itself."),
        ("number = 4", "number = np.array(4)", "Exercise 1: the check reads np of the notebook."),
        ("import check", "import *", "Begin with `from course_utils.checks import check`"),
    ],
)
def test_what_an_author_should_mend_is_said_in_a_sentence(old, new, says):
    assert not complaint(CHECK)
    assert complaint(CHECK.replace(old, new)).startswith(says)
