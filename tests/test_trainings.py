"""What keeps trainings that tests share: one trains, the others wait for it and take it over."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from trainings import Shelf


@pytest.fixture
def shelves(tmp_path):
    return Shelf(tmp_path), Shelf(tmp_path)


def test_one_trains_and_the_other_waits_for_what_it_gave(shelves):
    first, second = shelves
    assert "key" not in first
    with ThreadPoolExecutor() as beside:
        asked = beside.submit(second.__contains__, "key")
        with pytest.raises(TimeoutError):
            asked.result(0.3)
        first["key"] = "trained"
        assert asked.result(10)
    assert second["key"] == "trained"


def test_who_asks_twice_does_not_wait_for_itself(shelves):
    assert "key" not in shelves[0]
    assert "key" not in shelves[0]


def test_nobody_waits_for_one_that_is_gone(tmp_path):
    assert "key" not in Shelf(tmp_path)
    assert "key" not in Shelf(tmp_path)
