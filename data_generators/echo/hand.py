"""The hand that holds the probe."""

from dataclasses import replace

import numpy as np

from data_generators.echo.scanner import A4C
from data_generators.heart.chambers import Frames
from data_generators.heart.views import Planes, echo_planes, moved


def apical(generator: np.random.Generator, first: Frames, typical: float, most: float) -> tuple[Planes, np.ndarray]:
    """Return four-chamber planes held by a hand, and by how many degrees they miss the true apex.

    Args:
        generator: the source of randomness.
        first: the hearts at end-diastole.
        typical: standard deviation of the foreshortening, degrees.
        most: its largest value.
    """
    n_samples = len(first.length)
    planes = echo_planes(np.full(n_samples, A4C), first)
    foreshortening = np.minimum(np.abs(generator.normal(0, typical, n_samples)), most)
    turn = np.radians(np.clip(generator.normal(0, 4, (n_samples, 3)), -9, 9))
    turn[:, 0] = np.radians(foreshortening)
    shift = np.clip(generator.normal(0, 3, (n_samples, 3)), -7, 7) * (1, 0.5, 0.5)
    # A foreshortened plane misses the apex and not the mitral valve, so it tips about the valve.
    valve = first.length[:, 0, 0] + first.wall[:, 0, 0] + 16
    shift[:, 2] -= np.sin(turn[:, 0]) * (valve - planes.depth / 2)
    depth = planes.depth * generator.uniform(0.97, 1.1, n_samples)
    return replace(moved(planes, shift, turn), depth=depth), foreshortening
