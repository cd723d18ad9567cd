"""A task is only taught if it needs its network, or says that it does not: by the margins of `benchmarks.tasks`."""

import pytest
from benchmarks.tasks import TASKS, compared


@pytest.mark.training
@pytest.mark.timeout(900)
@pytest.mark.parametrize("name", [pytest.param(name, marks=pytest.mark.xdist_group(name)) for name in TASKS])
def test_a_network_is_needed_or_said_not_to_be(name):
    for row in compared(name):
        best = row.baselines[row.best]
        said = f"{row.name}: network {row.network:.3f}, needed {row.needed:.3f}, {row.best} {best:.3f}"
        assert row.is_met != bool(row.task.needless), said
