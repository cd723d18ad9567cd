"""The chest around the heart, and how the heart lies in it."""

from collections.abc import Iterator

import numpy as np

from data_generators.heart.anatomy import Points
from data_generators.heart.chambers import Frames
from data_generators.heart.shapes import ellipsoid, norm, occupancy

_TO_BASE = np.array((-0.70, 0.55, 0.45)) / np.linalg.norm((-0.70, 0.55, 0.45))
_TO_SEPTUM = np.array((-0.65, -0.75, -0.10))
_TO_SEPTUM = _TO_SEPTUM - (_TO_SEPTUM @ _TO_BASE) * _TO_BASE
_TO_SEPTUM = _TO_SEPTUM / np.linalg.norm(_TO_SEPTUM)

AXES = np.stack((_TO_SEPTUM, np.cross(_TO_BASE, _TO_SEPTUM), _TO_BASE))
"""The heart's x, y and z, each a row, in the body's axes: to the patient's left, to the back, to the head. The apex
points to the left, to the front and somewhat down."""

HEART_MIDDLE = np.array((22.0, -28.0, 0.0))  # mm, where the middle of the heart lies in the body

_RIB, _CORTEX = 5.5, 1.8  # mm, half its thickness, and how much of this is dense
_SPINE = 0.0, 78.0  # mm, the middle of a vertebra, to the left and to the back
_AORTA = 24.0, 52.0
_RIB_SHARE = 0.6  # what is rib of the wave that ribs and gaps make
_DOME, _DOME_RADIUS = (-75.0, 0.0, -150.0), 118.0  # mm, the right lobe of the liver
_LEFT_LOBE, _LEFT_LOBE_HALF_AXES = (10.0, -25.0, -112.0), (95.0, 75.0, 68.0)
_STOMACH, _STOMACH_RADIUS = (78.0, 12.0, -104.0), 52.0
_FAT_PAD, _FAT_PAD_HALF_AXES = (44.0, -76.0, -44.0), (44.0, 30.0, 26.0)  # between apex, diaphragm and chest wall
_RISE, _USUAL_FAT = 0.4, 18.0  # mm by which the diaphragm is higher for each mm of fat beyond the usual
_HILUM = 48.0, 8.0, 12.0  # mm, where the vessels of a lung come in


def to_body(frames: Frames, points: Points) -> Points:
    """Return the same points in the body's axes, whose origin is in the middle of the chest."""
    return _turned(AXES.T, points, HEART_MIDDLE - middle_of_hearts(frames) @ AXES)


def to_heart(frames: Frames, points: Points) -> Points:
    """Return points of the body in the heart's axes: the reverse of `to_body`."""
    return _turned(AXES, points, middle_of_hearts(frames) - AXES @ HEART_MIDDLE)


def _turned(axes: np.ndarray, points: Points, origin: np.ndarray) -> Points:
    """Return points along these axes, (3, 3), whose origin lies there, (n, 3)."""
    axes, origin = axes.astype(np.float32), origin.astype(np.float32)[:, :, None, None]
    return Points(
        *(points.x * row[0] + points.y * row[1] + (points.z * row[2] + origin[:, k]) for k, row in enumerate(axes))
    )


def middle_of_hearts(frames: Frames) -> np.ndarray:
    """Return the middle of each heart in its own axes, (n, 3), mm."""
    length = frames.hearts.lv_length
    return np.stack((np.full_like(length, 12.0), np.full_like(length, 0.0), 0.72 * length), axis=1)


def layers(
    body: Points, frames: Frames, size: np.ndarray, fat: np.ndarray, pixel: np.ndarray | float
) -> Iterator[tuple[str, slice, np.ndarray]]:
    """Yield how much of each point each part of the chest fills, from back to front, as `anatomy.layers` does.

    Args:
        body: where to look, in the body's axes.
        frames: the hearts, for the veins that reach them.
        size: (n,), of the chest, 1 for a man of average size.
        fat: (n,), mm of it under the skin.
        pixel: width of a pixel, mm.
    """
    everywhere = slice(None)
    pixel = np.asarray(pixel, dtype=np.float32)
    size, fat = (value.astype(np.float32)[:, None, None] for value in (size, fat))
    x, y, z = body.x, body.y, body.z
    from_middle = np.abs(x)

    def oval(half_width: np.ndarray, half_depth: np.ndarray) -> np.ndarray:
        return occupancy(ellipsoid(from_middle, y - 10, half_width, half_depth), pixel)

    yield "fat", everywhere, oval(168 * size + fat, 112 * size + fat)
    yield "muscle", everywhere, oval(168 * size, 112 * size)
    lung = oval(152 * size, 98 * size)
    yield "lung", everywhere, lung
    yield "lung vessel", everywhere, occupancy(_lung_vessels(x, y, z), pixel) * lung
    across = ellipsoid(from_middle, y - 10, 160 * size, 105 * size) / _RIB
    along = 1 - np.cos(9 * np.arctan2(y - 10, x) + z / 8)
    ribs = _RIB * (np.sqrt(across * across + along / _RIB_SHARE) - 1)
    yield "cortex", everywhere, occupancy(ribs.copy(), pixel)
    yield "bone", everywhere, occupancy(ribs + _CORTEX, pixel)
    column = ellipsoid(from_middle, y - 50, 27.0, 56.0)
    # Around the great vessels it reaches to the breastbone.
    above = ellipsoid(norm(from_middle, (y + 2) / 2), z - 75, 38.0, 62.0)
    yield "mediastinum", everywhere, occupancy(np.minimum(column, above), pixel)
    z_below = z - _RISE * (fat - _USUAL_FAT)

    def from_middle_of(place: tuple[float, float, float], half_axes: tuple[float, float, float]) -> np.ndarray:
        return norm(*((part - at) / half for part, at, half in zip((x, y, z_below), place, half_axes, strict=True)))

    stomach = norm(x - _STOMACH[0], y - _STOMACH[1], z_below - _STOMACH[2])
    yield "stomach", everywhere, occupancy(stomach - _STOMACH_RADIUS, pixel)
    pad = (from_middle_of(_FAT_PAD, _FAT_PAD_HALF_AXES) - 1) * min(_FAT_PAD_HALF_AXES)
    yield "mediastinum", everywhere, occupancy(pad, pixel) * lung
    dome = norm(x - _DOME[0], y - _DOME[1], z_below - _DOME[2]) - _DOME_RADIUS
    lobe = (from_middle_of(_LEFT_LOBE, _LEFT_LOBE_HALF_AXES) - 1) * min(_LEFT_LOBE_HALF_AXES)
    yield "liver", everywhere, occupancy(np.minimum(dome, lobe), pixel)
    yield "bone", everywhere, occupancy(norm(x - _SPINE[0], y - _SPINE[1]) - 17, pixel)
    yield "descending aorta", everywhere, occupancy(norm(x - _AORTA[0], y - _AORTA[1]) - 11, pixel)
    entry = to_body(frames, _roof_of_right_atrium(frames))
    vein = np.maximum(norm(x - entry.x, y - entry.y) - 9.5, entry.z - 12 - z)
    yield "superior vena cava", everywhere, occupancy(vein, pixel)


def _lung_vessels(x: np.ndarray, y: np.ndarray, z: np.ndarray) -> np.ndarray:
    """Return the distance to vessels that wind through the lungs where two waves meet, thinner far from the hilum."""
    from_middle = np.abs(x)
    away = norm(*(part - at for part, at in zip((from_middle, y, z), _HILUM, strict=True)))
    y = y + 11 * np.tanh(x / 25)  # or one lung would be the other's mirror image
    one = np.sin(0.1 * from_middle + 1.3 * np.sin(0.037 * z + 0.5) + 1.5 * np.sin(0.051 * y))
    other = np.sin(0.1 * y + 1.6 * np.sin(0.041 * from_middle + 0.02 * z))
    return norm(one, other) * 9 - (5.5 - 0.05 * away)


def _roof_of_right_atrium(frames: Frames) -> Points:
    """Return where the superior vena cava comes in, (n, 1, 1)."""
    x = (frames.base + 0.45 * frames.ra_width).mean(axis=1, keepdims=True)
    return Points(*(part.astype(np.float32) for part in (x, 0 * x + 6, frames.ra_roof - 12)))
