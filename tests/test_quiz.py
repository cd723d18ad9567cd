import pytest
from traitlets import TraitError

from course_utils.quiz import mcq

OPTIONS = {"a rule": "Nobody learned it.", "examples": "They are what it learns from.", "luck": "Luck is not learning."}


@pytest.fixture
def question():
    return mcq("What does a computer learn from?", OPTIONS, answer="examples")


def test_every_option_gets_its_explanation(question):
    for option, explanation in OPTIONS.items():
        question.set_state({"chosen": option})
        assert question.feedback.endswith(explanation)
        assert question.right == (option == "examples")
        assert question.feedback.startswith("✓ Right. " if option == "examples" else "✗ Not this one. ")


def test_nothing_is_given_away_before_the_choice(question):
    assert question.feedback == ""
    assert question.chosen is None
    page = question.get_state()
    assert not any(explanation in str(page) for explanation in OPTIONS.values())
    assert "answer" not in page


def test_only_an_option_can_be_chosen(question):
    with pytest.raises(TraitError, match="must be one of the options"):
        question.chosen = "something else"


def test_a_page_without_a_kernel_shows_question_and_options(question, monkeypatch):
    monkeypatch.setenv("COURSE_STATIC", "1")
    bundle, _ = question._repr_mimebundle_()
    assert set(bundle) == {"text/plain"}
    assert bundle["text/plain"].splitlines()[0] == "What does a computer learn from?"
    assert all(option in bundle["text/plain"] for option in OPTIONS)


def test_a_question_without_its_answer_is_refused():
    with pytest.raises(ValueError, match="answer is 'fate'; it must be one of"):
        mcq("?", OPTIONS, answer="fate")
    with pytest.raises(ValueError, match="explanations has 1 options"):
        mcq("?", {"a rule": "x"}, answer="a rule")
