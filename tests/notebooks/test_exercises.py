"""Every graded exercise against the answers that people give: right ones pass, wrong ones get their sentence."""

import json
from pathlib import Path

from notebooks.attempts import BLANK, chapters_with_answers, one_sentence, played
from notebooks.mistakes import is_said, mistakes

from course_utils import chapters


def points(exercise):
    return exercise.check.metadata.nbgrader.points


def test_every_chapter_has_answers_to_try():
    assert chapters_with_answers() == chapters.chapter_names()


def test_what_every_chapter_tells_of_its_runs_is_held():
    held = (Path(__file__).parent / "results").glob("test_*.py")
    assert sorted(path.stem.removeprefix("test_") for path in held) == chapters.chapter_names()


def test_every_exercise_has_answers_to_try(chapter):
    assert not chapter.unused_answers
    assert len(chapter.exercises) >= 5
    assert sum(points(exercise) for exercise in chapter.exercises) >= 10
    for exercise in chapter.exercises:
        assert len(exercise.answers["right"]) >= 2, exercise.name
        assert len(exercise.answers["wrong"]) >= 3, exercise.name


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
    assert compared
    for cell, outputs in compared.items():
        assert "\n".join(map(as_text, outputs)) == printed[cell]
