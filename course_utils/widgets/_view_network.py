"""A network for echo views that a widget trains in seconds, where the learner gives none."""

from functools import cache
from typing import Any

import numpy as np

from data_generators import make_echo_views


@cache
def view_network(seed: int) -> tuple[Any, np.ndarray, np.ndarray]:
    """Return a network of four blocks, new pictures (250, 1, 32, 32), and their places in `ECHO_VIEWS` (250,)."""
    from torch import nn

    from course_utils.models import cnn
    from course_utils.training import fit

    X, view = make_echo_views(500, frames=1, size=32, random_state=seed)
    network = cnn(2, 1, (8, 16, 32, 64), 8, normalise=True, random_state=seed)
    fit(network, X, view, loss=nn.CrossEntropyLoss(), epochs=4, random_state=seed, show=False)
    return network, *make_echo_views(250, frames=1, size=32, random_state=seed + 500)
