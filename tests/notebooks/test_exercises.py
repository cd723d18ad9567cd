"""Every graded exercise against the answers that people give: right ones pass, wrong ones get their sentence."""

import json
from pathlib import Path

import nbformat
import pytest
from notebooks.attempts import BLANK, Chapter, _played, chapters_with_answers, one_sentence, played
from notebooks.mistakes import is_said, mistakes

from course_utils import chapters
from course_utils.errors import CourseError

RESULTS = Path(__file__).parent / "results"


def points(exercise):
    return exercise.check.metadata.nbgrader.points


def test_every_chapter_has_answers_to_try():
    assert_each_chapter_has("tests/notebooks/answers/{}.toml", chapters_with_answers(), part=4)


def test_what_every_chapter_tells_of_its_runs_is_held():
    held = [path for path in RESULTS.glob("test_*.py") if "\ndef test_" in path.read_text(encoding="utf-8")]
    names = [path.stem.removeprefix("test_") for path in held]
    assert_each_chapter_has("tests/notebooks/results/test_{}.py, with tests in it", names, part=4)


def assert_each_chapter_has(file, found, part):
    names = chapters.chapter_names()
    missing = [
        f"Write {file.format(name)}: CONTRIBUTING.md says how in part {part}." for name in names if name not in found
    ]
    left = [f"There is no chapter {name}, but {file.format(name)}." for name in found if name not in names]
    assert not missing + left, "\n".join(missing + left)


def test_every_exercise_has_answers_to_try(chapter):
    file = f"tests/notebooks/answers/{chapter.name}.toml"
    assert not chapter.unused_answers, f"{file} answers what is no exercise: {', '.join(chapter.unused_answers)}"
    assert len(chapter.exercises) >= 5, f"Give {chapter.name} five exercises. It has {len(chapter.exercises)}."
    assert sum(points(exercise) for exercise in chapter.exercises) >= 10, f"Give {chapter.name} ten points."
    counts = {each.name: (len(each.answers["right"]), len(each.answers["wrong"])) for each in chapter.exercises}
    few = [f"{name} has {r} and {w}" for name, (r, w) in counts.items() if r < 2 or w < 3]
    assert not few, f"Write two right and three wrong answers into {file}: {'; '.join(few)}"


def test_right_answers_pass_on_every_seed(chapter, outcomes, secrets):
    for exercise in chapter.exercises:
        for attempt in exercise.answers["right"]:
            for secret in secrets:
                outcome = outcomes[exercise.name, json.dumps(attempt), secret]
                assert outcome.score == points(exercise), (exercise.name, attempt, secret, outcome.text)
                assert outcome.text.startswith("✓ Correct. "), outcome.text
                assert one_sentence(outcome.text), outcome.text


def test_grading_says_the_same_of_every_answer_as_the_notebook(outcomes):
    for key, outcome in outcomes.items():
        printed_before, _, said = outcome.text.rpartition("\n")
        assert outcome.judged == said, (key, printed_before)
        assert bool(outcome.score) == said.startswith("✓"), key


def test_wrong_answers_fail_with_their_sentence_on_every_seed(chapter, outcomes, secrets):
    for exercise in chapter.exercises:
        for wrong in exercise.answers["wrong"]:
            for secret in secrets:
                attempt = wrong.get("cell") or wrong["typed"]
                outcome = outcomes[exercise.name, json.dumps(attempt), secret]
                assert outcome.score == 0, (exercise.name, attempt, secret, outcome.text)
                assert outcome.text.startswith(("✗ Not yet. ", "⚠ ")) or "✗ Not yet." in outcome.text.splitlines()[-1]
                assert one_sentence(outcome.text.splitlines()[-1]), outcome.text
                assert "says" in wrong, (
                    f"{exercise.name}, {attempt}: if this is the right sentence, say so: {outcome.text}"
                )
                assert wrong["says"] in outcome.text, (exercise.name, attempt, outcome.text)


def test_a_wrong_answer_says_which_mistake_it_is(chapter):
    """Words that stand in two sentences of a check would not notice that the two have changed places."""
    for exercise in chapter.exercises:
        for wrong in exercise.answers["wrong"]:
            named = [text for text in mistakes(exercise.check.source) if "says" in wrong and wrong["says"] in text]
            assert len(named) <= 1, (exercise.name, wrong, named)


def test_every_mistake_that_a_check_knows_is_made_by_an_answer(chapter, outcomes):
    said = [(name, outcome.text) for (name, *_), outcome in outcomes.items()]
    never = [
        f"{exercise.name}: {sentence}"
        for exercise in chapter.exercises
        for sentence in sorted(mistakes(exercise.check.source))
        if not any(name == exercise.name and is_said(sentence, text) for name, text in said)
    ]
    assert not never, "\n".join(never)


def test_the_sentences_of_a_check_are_found_wherever_they_stand():
    check = """
with check("Exercise 1", needs="answer", right="Praise.") as c:
    first = [(1, "Said of one.")]
    c.close(answer, 2, hint=f"A hint of {n}.", mistakes=[*first, (3, f"Said of {n} of {m}?"), (4, "Hint.")])
"""
    assert mistakes(check) == {"Said of one.", "Said of {} of {}?", "Hint."}
    assert is_said("Said of {} of {}?", "printed before\n✗ Not yet. Said of 3 of 7?")
    assert not is_said("Said of one.", "✗ Not yet. Said of one. And more.")


def test_an_open_blank_is_not_attempted_and_a_slip_not_mended_is_wrong(chapter, outcomes, secrets):
    for exercise in chapter.exercises:
        blanks = exercise.answer.source.count(BLANK)
        for secret in secrets:
            outcome = outcomes[exercise.name, json.dumps([BLANK] * blanks), secret]
            assert outcome.score == 0
            assert outcome.text.startswith("○ Not attempted yet. " if blanks else "✗ Not yet. "), outcome.text
            assert one_sentence(outcome.text), outcome.text


def test_a_check_before_its_exercise_names_the_cell_to_run(chapter, outcomes, secrets):
    for number, exercise in enumerate(chapter.exercises, 1):
        for secret in secrets:
            outcome = outcomes[exercise.name, json.dumps(""), secret]
            assert outcome.score == 0
            assert outcome.text.startswith("⚠ "), outcome.text
            assert f"Run the cell of Exercise {number} above first" in outcome.text
            assert one_sentence(outcome.text), outcome.text


def as_text(output):
    return output.text.rstrip("\n") if output.output_type == "stream" else output.data["text/plain"]


def test_the_outputs_that_are_committed_are_those_of_a_run(chapter):
    printed = played(chapter.name).printed
    compared = {cell.id: cell.outputs for cell in chapter.source.cells if cell.get("outputs")}
    assert compared, f"Tag a cell of {chapter.name} nbval-check-output, run it, and commit what it prints."
    for cell, outputs in compared.items():
        assert "\n".join(map(as_text, outputs)) == printed[cell]


@pytest.fixture
def begun(tmp_path, monkeypatch):
    """Return a function that makes a chapter 99_begun of the given cells, without answers."""
    monkeypatch.setattr(chapters, "source_folder", lambda: tmp_path)
    monkeypatch.setattr("notebooks.attempts.ANSWERS", tmp_path)

    def begun(*cells):
        path = chapters.notebook_path(tmp_path, "99_begun")
        path.parent.mkdir()
        nbformat.write(nbformat.v4.new_notebook(cells=list(cells)), path)
        return "99_begun"

    yield begun
    _played.cache_clear()


def answer_cell(name):
    metadata = {"grade": False, "grade_id": name, "locked": False, "schema_version": 3, "solution": True, "task": False}
    return nbformat.v4.new_code_cell("x = 1", metadata={"nbgrader": metadata})


def test_a_chapter_that_is_begun_can_be_read_without_its_answers(begun):
    assert Chapter(begun()).exercises == []


def test_an_exercise_without_a_check_is_named(begun):
    with pytest.raises(
        CourseError, match=r"^99_begun: the exercise 99_x needs a check, with the grade_id 99_x_check\.$"
    ):
        Chapter(begun(answer_cell("99_x")))


def test_a_chapter_that_stops_is_run_once_and_says_in_which_cell_and_why(begun, tmp_path, capsys):
    count = f"with open({str(tmp_path / 'runs')!r}, 'a') as file:\n    file.write('1')"
    name = begun(*map(nbformat.v4.new_code_cell, [count, "# A question\n1 / 0"]))
    here = "99_begun, the cell that begins with `# A question`, stopped: "
    for _ in range(2):
        with pytest.raises(AssertionError, match=f"^{here}ZeroDivisionError: division by zero$"):
            played(name)
    trace = capsys.readouterr().out
    assert trace.count("Traceback") == 1
    assert "\x1b" not in trace
    assert (tmp_path / "runs").read_text() == "1"
