"""A task of pictures is only taught if it needs its network: by the margins of `benchmarks.tasks`."""

import pytest
from benchmarks.tasks import TASKS, compared


@pytest.mark.training
@pytest.mark.timeout(900)
@pytest.mark.parametrize("name", [pytest.param(name, marks=pytest.mark.xdist_group(name)) for name in TASKS])
def test_a_network_is_needed(name):
    for row in compared(name):
        best = row.baselines[row.best]
        assert row.is_met, f"{row.name}: network {row.network:.3f}, needed {row.needed:.3f}, {row.best} {best:.3f}"
