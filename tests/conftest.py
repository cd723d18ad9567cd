import pytest


@pytest.fixture(autouse=True)
def started_without_make(monkeypatch):
    """Give advice as to someone who typed `course`: the tests themselves are started by make."""
    monkeypatch.delenv("MAKELEVEL", raising=False)
