import os

import pytest
from notebooks.attempts import Chapter, chapters_with_answers


@pytest.fixture(scope="session")
def secrets():
    return [f"seed {number}" for number in range(20 if os.environ.get("COURSE_STUDY") else 3)]


@pytest.fixture(scope="session", params=chapters_with_answers())
def chapter(request):
    return Chapter(request.param)


@pytest.fixture(scope="session")
def outcomes(chapter, secrets):
    return chapter.outcomes(secrets)
