import pytest
from notebooks.attempts import Chapter, played
from seeds import SEEDS

from course_utils.chapters import chapter_names


@pytest.fixture(scope="session")
def secrets():
    return [f"seed {seed}" for seed in SEEDS]


@pytest.fixture(scope="session", params=chapter_names())
def chapter(request):
    return Chapter(request.param)


@pytest.fixture
def outcomes(chapter):
    return played(chapter.name).outcomes
