"""The hand that holds the probe: how far it misses the standard plane, and how deep it lets the machine look."""

from dataclasses import dataclass, replace

import numpy as np

from data_generators.echo.scanner import A4C
from data_generators.heart.chambers import Frames
from data_generators.heart.views import Planes, echo_planes, moved

IN_PLANE = 8.0  # degrees, standard deviation of how the probe is turned in its plane
BESIDE = 0.045  # of the depth, standard deviation of how far it is moved in its plane
DEPTHS = 0.96, 1.36  # times as deep as the heart needs


@dataclass(frozen=True)
class Apical:
    """Four-chamber planes held by a hand, n of them.

    Attributes:
        planes: where the hearts are cut.
        foreshortening: degrees by which the true apex is missed, (n,).
        turn: degrees by which the picture is turned in its plane, (n,).
        deeper: how many times as deep as the heart needs the picture is, (n,).
    """

    planes: Planes
    foreshortening: np.ndarray
    turn: np.ndarray
    deeper: np.ndarray


def in_plane(
    generator: np.random.Generator, depth: np.ndarray, degrees: float = IN_PLANE
) -> tuple[np.ndarray, np.ndarray]:
    """Return how a hand moves, mm to the right and down, (n, 2), and turns, radians, (n,), a picture in its plane."""
    n_samples = len(depth)
    turn = np.radians(degrees) * np.clip(generator.normal(size=n_samples), -2.2, 2.2)
    shift = BESIDE * depth[:, None] * np.clip(generator.normal(size=(n_samples, 2)), -2, 2) * (1, 0.5)
    return shift, turn


def draw_depths(generator: np.random.Generator, n_samples: int, depths: tuple[float, float] = DEPTHS) -> np.ndarray:
    """Return how many times as deep as the heart needs a sonographer lets the machine look, (n,)."""
    return np.exp(generator.uniform(*np.log(depths), n_samples))


def hold_apical(
    generator: np.random.Generator,
    first: Frames,
    *,
    foreshortening: tuple[float, float],
    room: float = 0.0,
    turn: float = IN_PLANE,
    depths: tuple[float, float] = DEPTHS,
) -> Apical:
    """Return four-chamber planes as a hand holds them.

    Args:
        generator: the source of randomness.
        first: the hearts at end-diastole.
        foreshortening: its standard deviation and its largest value, degrees.
        room: mm that the picture shows more above and below.
        turn: standard deviation of the turn in the plane, degrees.
        depths: how many times as deep as the heart needs, at least and at most.
    """
    n_samples = len(first.length)
    planes = echo_planes(np.full(n_samples, A4C), first)
    planes = replace(planes, origin=planes.origin - room * planes.down, depth=planes.depth + 2 * room)
    typical, most = foreshortening
    missed = np.minimum(np.abs(generator.normal(0, typical, n_samples)), most)
    angles = np.radians(np.clip(generator.normal(0, 4, (n_samples, 3)), -9, 9))
    angles[:, 0] = np.radians(missed)
    shift = np.clip(generator.normal(0, 1.5, (n_samples, 3)), -3.5, 3.5)
    shift[:, :2], angles[:, 2] = in_plane(generator, planes.depth, turn)
    # A foreshortened plane misses the apex and not the mitral valve, so it tips about the valve.
    valve = first.length[:, 0, 0] + first.wall[:, 0, 0] + 16 + room
    shift[:, 2] -= np.sin(angles[:, 0]) * (valve - planes.depth / 2)
    deeper = draw_depths(generator, n_samples, depths)
    held = moved(planes, shift, angles)
    return Apical(replace(held, depth=held.depth * deeper), missed, np.degrees(angles[:, 2]), deeper)
