"""Shapes as signed distances in mm, negative inside, and how much of a pixel each of them fills."""

from collections.abc import Iterable, Mapping

import numpy as np

Layers = Iterable[tuple[str, slice, np.ndarray]]
"""Parts of a picture from back to front: each with the points that it may touch, along the last axis of the picture,
and how much of these it fills, float32 0 to 1."""


def occupancy(distance: np.ndarray, pixel: np.ndarray | float) -> np.ndarray:
    """Return how much of a pixel of this width lies inside an edge at this distance; `distance` is overwritten."""
    distance *= -1 / pixel
    distance += 0.5
    return np.clip(distance, 0, 1, out=distance)


def norm(*parts: np.ndarray) -> np.ndarray:
    """Return the length of a vector with these parts: faster than `np.hypot`, which provides for huge numbers."""
    total = parts[0] * parts[0]
    for part in parts[1:]:
        total = total + part * part
    return np.sqrt(total, out=total)


def ellipsoid(
    radial: np.ndarray, along: np.ndarray, radius: np.ndarray | float, half_length: np.ndarray | float
) -> np.ndarray:
    """Return the distance to an ellipsoid of revolution, right to first order at its edge.

    Args:
        radial: distance from its axis.
        along: distance along the axis from its centre.
        radius: half its width; it may differ from point to point.
        half_length: half its length.
    """
    across, height = radial / radius, along / half_length
    inside = across * across + height * height
    inside -= 1
    across /= radius
    height /= half_length
    across *= across
    height *= height
    slope = across + height
    np.sqrt(slope, out=slope)
    slope *= 2
    slope += 1e-6
    inside /= slope
    return inside


def line_segment(
    points: tuple[np.ndarray, ...], start: tuple[np.ndarray | float, ...], end: tuple[np.ndarray | float, ...]
) -> np.ndarray:
    """Return the distance to a straight piece from `start` to `end`, in as many dimensions as are given."""
    course = [two - one for one, two in zip(start, end, strict=True)]
    length2 = sum(part * part for part in course)
    from_start = [point - one for point, one in zip(points, start, strict=True)]
    share = from_start[0] * (course[0] / length2)
    for away, part in zip(from_start[1:], course[1:], strict=True):
        share = share + away * (part / length2)
    np.clip(share, 0, 1, out=share)
    return norm(*(away - share * part for away, part in zip(from_start, course, strict=True)))


def paint(layers: Layers, values: Mapping[str, float | np.ndarray], background: np.ndarray) -> np.ndarray:
    """Return a map in which each layer covers what is behind it, as far as it fills the pixel.

    Args:
        layers: parts from back to front.
        values: what each part is worth, in energy or signal, say.
        background: float32, what is behind them all, of the shape of the map; it is overwritten.
    """
    for part, where, filled in layers:
        here = background[..., where]
        here += filled * (values[part] - here)
    return background


def label(layers: Layers, numbers: Mapping[str, int], mask: np.ndarray) -> np.ndarray:
    """Write into a mask which part each pixel belongs to: the foremost that fills more than half of it.

    Parts that `numbers` does not name leave what is behind them as it is.
    """
    for part, where, filled in layers:
        if part in numbers:
            np.copyto(mask[..., where], numbers[part], where=filled > 0.5)
    return mask
