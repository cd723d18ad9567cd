import pytest
from notebooks.replay import replay
from seeds import SEEDS


@pytest.fixture(scope="module", params=SEEDS)
def run(request):
    """The chapter that the test file is named after, run again with other random numbers, and all that it has named."""
    return replay(request.path.stem.removeprefix("test_"), request.param)
