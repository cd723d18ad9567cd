import pytest
from notebooks.attempts import Chapter, chapters_with_answers, played
from seeds import SEEDS


@pytest.fixture(scope="session")
def secrets():
    return [f"seed {seed}" for seed in SEEDS]


@pytest.fixture(scope="session", params=chapters_with_answers())
def chapter(request):
    return Chapter(request.param)


@pytest.fixture
def outcomes(chapter):
    return played(chapter.name).outcomes
