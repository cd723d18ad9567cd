"""Irregular outlines: three shears, which bend every wall of a heart and leave every volume as it is."""

import numpy as np

from data_generators.heart.anatomy import Points
from data_generators.heart.chambers import Frames

_WAVELENGTHS = (45.0, 80.0), (22.0, 40.0), (9.0, 16.0)  # mm, from and to
_AMPLITUDES = 1.0, 0.6, 0.2  # mm, of the waves of these lengths
_SINES = 2  # of each length
_ALONG = 0.3  # of these amplitudes is left for the shear along the axis, which bends the valves
_AT_VALVE = 0.75, 15.0  # the share of the other shears that is held back at the mitral valve, and within how many mm


def draw_outlines(generator: np.random.Generator, n_samples: int) -> np.ndarray:
    """Draw what makes the outlines of hearts irregular.

    Returns:
        float64 (n, 3, 6, 4): of each of three shears six sines, each with its two wave numbers (radians/mm), its phase
        and its amplitude (mm).
    """
    shape = n_samples, 3, len(_WAVELENGTHS), _SINES
    low, high = np.array(_WAVELENGTHS)[:, :, None].swapaxes(0, 1)
    number = 2 * np.pi / generator.uniform(low, high, shape)
    course, phase = generator.uniform(0, 2 * np.pi, (2, *shape))
    amplitude = generator.uniform(0.6, 1.2, shape) * np.array(_AMPLITUDES)[:, None]
    amplitude[:, 2] *= _ALONG
    waves = np.stack((number * np.cos(course), number * np.sin(course), phase, amplitude), axis=-1)
    return waves.reshape(n_samples, 3, -1, 4)


def irregular(frames: Frames, points: Points) -> Points:
    """Return where to read the smooth formulas of hearts, so that what is seen at these points is irregular.

    x is moved by a function of y and z, then y by one of the new x and z, then z by one of the new x and y. Each of
    these shears has a Jacobian of exactly one, so no volume changes. What is above the apex is counted in shares of
    the ventricle's and of the atrium's length, so that irregularities move with the tissue. Near the mitral valve and
    along the axis less is moved, and the valves stay where they are to a millimetre.

    Args:
        frames: n hearts at moments of the beat.
        points: where a picture looks, in the hearts' axes.

    Returns:
        float32 (n, frames, points), to be given to `anatomy.layers` and to `anatomy.material`; the points themselves
        if no heart is irregular.
    """
    waves = frames.hearts.outline.astype(np.float32)[..., None, None]
    if not waves[:, :, :, 3].any():
        return points
    height, free = _height_and_freedom(frames.astype(np.float32), points.z)
    x = points.x + free * _sines(waves[:, 0], points.y, height)
    y = points.y + free * _sines(waves[:, 1], x, height)
    return Points(x, y, points.z + _sines(waves[:, 2], x, y))


def seen_at(frames: Frames, points: Points) -> Points:
    """Return where what the smooth formulas have at these points is seen: the reverse of `irregular`."""
    waves = frames.hearts.outline.astype(np.float32)[..., None, None]
    z = points.z - _sines(waves[:, 2], points.x, points.y)
    height, free = _height_and_freedom(frames.astype(np.float32), z)
    y = points.y - free * _sines(waves[:, 1], points.x, height)
    return Points(points.x - free * _sines(waves[:, 0], y, height), y, z)


def _height_and_freedom(frames: Frames, z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the heights at which irregularities are read, and which share of them is free to bend the walls."""
    over = z - frames.length
    longest = frames.hearts.lv_length.astype(np.float32)[:, None, None]
    # As in `anatomy.material`, the lower of the two courses holds on its side of the valve.
    height = over * ((frames.la_roof - longest) / (frames.la_roof - frames.length))
    np.minimum(height, over * (longest / frames.length), out=height)
    height += longest
    held, reach = _AT_VALVE
    over *= np.float32(1 / reach)
    over *= over
    over += 1
    free = np.divide(np.float32(-held), over, out=over)
    free += 1
    return height, free


def _sines(waves: np.ndarray, one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Return a sum of plane sines of two coordinates, (n, frames, points); `waves` are (n, sines, 4, 1, 1)."""
    total = np.zeros(np.broadcast_shapes(one.shape, other.shape), dtype=np.float32)
    angle, part = np.empty_like(total), np.empty_like(one)
    for wave in waves.swapaxes(0, 1):
        np.multiply(one, wave[:, 0], out=part)
        part += wave[:, 2]
        np.multiply(other, wave[:, 1], out=angle)
        angle += part
        np.sin(angle, out=angle)
        angle *= wave[:, 3]
        total += angle
    return total
