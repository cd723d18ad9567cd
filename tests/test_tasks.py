"""A task of pictures is only taught if it needs its network: by the margins of `benchmarks.tasks`."""

import pytest
from benchmarks.tasks import TASKS, compared, verdict


@pytest.mark.training
@pytest.mark.parametrize("name", TASKS)
def test_a_network_is_needed(name):
    baselines, network = compared(name)
    best, needed, is_met = verdict(name, (baselines, network))
    assert is_met, f"{TASKS[name].metric}: network {network:.3f}, needed {needed:.3f}, {best} {baselines[best]:.3f}"
