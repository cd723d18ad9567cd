import os

import pytest

# One thread for torch: its threads do not survive a fork, and tests fork.
os.environ["OMP_NUM_THREADS"] = "1"


@pytest.fixture(autouse=True)
def started_without_make(monkeypatch):
    """Give advice as to someone who typed `course`: the tests themselves are started by make."""
    monkeypatch.delenv("MAKELEVEL", raising=False)
