"""Slices through the chest: what each part of the heart and of the chest around it is worth at each point."""

from collections.abc import Mapping
from dataclasses import replace
from itertools import product

import numpy as np

from data_generators.heart import anatomy, chest, shapes
from data_generators.heart.anatomy import Points
from data_generators.heart.chambers import Frames
from data_generators.heart.outlines import irregular

# The chest has its own descending aorta.
PARTS = (*(part for part in anatomy.ALL if part != "descending aorta"), "coronary artery", "fat")

_LEAVE_LABELS = "papillary muscle", "valve"
_LEAFLET = 0.35  # of what fills a thick slice where a leaflet goes through it
_CHUNK = 120_000  # pixels that are worked on at a time: in the cache, and few times


class Transaxial:
    """Slices across the body, seen from the feet: the patient's right is at the left, the spine below.

    Pixels of one height along the heart are worked on together: most parts are not there, and cost nothing.

    Attributes:
        body: the pixels in the body's axes, in the order in which they are worked on.
    """

    def __init__(self, level: np.ndarray, middle: tuple[float, float], field: float, size: int) -> None:
        place = ((np.arange(size) + 0.5) / size - 0.5) * field
        right, down = (part.ravel() for part in np.meshgrid(place + middle[0], place + middle[1]))
        order = np.argsort(chest.AXES[2, 0] * right + chest.AXES[2, 1] * down)
        self._back, self._size = np.argsort(order), size
        places = right[order][None, None], down[order][None, None], level[:, None, None]
        self.body = Points(*(place.astype(np.float32) for place in places))

    def pictures(self, values: np.ndarray) -> np.ndarray:
        """Return (n, 1, points) as pictures, (n, 1, size, size)."""
        return values.take(self._back, axis=-1).reshape(len(values), 1, self._size, self._size)


def paint_chest(
    frames: Frames,
    body: Points,
    points: Points,
    habitus: np.ndarray,
    fat: np.ndarray,
    pixel: float | np.ndarray,
    values: Mapping[str, float | np.ndarray],
    numbers: Mapping[str, int],
    *,
    background: float = 0.0,
    paracardial: np.ndarray | None = None,
    blocks: int = 1,
) -> tuple[np.ndarray, np.ndarray]:
    """Return what each point is worth, float32, and which part it belongs to, uint8, each (n, frames, points).

    Args:
        frames: n hearts at moments of the beat.
        body, points: where to look, in the body's and in the heart's axes.
        habitus: (n,), size of the chest, 1 for a man of average size.
        fat: (n,), mm of it under the skin.
        pixel: its width, mm; (n, 1, 1) or a number.
        values: what each part of `heart.anatomy` and `heart.chest` is worth, each (n, 1, 1) or a number.
        numbers: the parts that are labelled. What stands before them takes the label away, but for papillary muscles
            and valves.
        background: what is around the body.
        paracardial: (n,), mm of fat outside the pericardium; none if not given.
        blocks: in how many pieces the points are worked on.
    """
    n_samples, n_frames = frames.length.shape[:2]
    painted = np.empty((n_samples, n_frames, points.x.shape[2]), dtype=np.float32)
    mask = np.zeros(painted.shape, dtype=np.uint8)
    covering = {part: 0 for part in PARTS if part not in _LEAVE_LABELS} | dict(numbers)
    width = points.x.shape[2] // blocks
    step = max(_CHUNK // (n_frames * width), 1)
    for first, begin in product(range(0, n_samples, step), range(0, points.x.shape[2], width)):
        some, where = slice(first, first + step), slice(begin, begin + width)
        here, mask_here = painted[some, :, where], mask[some, :, where]
        width_here, worth = _of(pixel, some), {part: _of(value, some) for part, value in values.items()}
        around = np.full((len(here), 1, width), background, dtype=np.float32)
        for layer in chest.layers(body[some].at(where), frames[some], habitus[some], fat[some], width_here):
            shapes.paint([layer], worth, around)
            shapes.label([layer], numbers, mask_here)
        seen = irregular(frames[some], points[some].at(where))
        if paracardial is not None:
            hearts = replace(frames.hearts, effusion=frames.hearts.effusion + paracardial)
            larger = anatomy.layers(replace(frames, hearts=hearts)[some], seen, width_here, ("pericardium", "fat"))
            _, place, filled = next(iter(larger))
            shapes.paint([("fat", place, filled)], worth, around)
            shapes.label([("fat", place, filled)], numbers, mask_here)
        here[:] = around
        for part, place, filled in anatomy.layers(frames[some], seen, width_here, PARTS):
            if part == "valve":
                filled *= _LEAFLET
            shapes.paint([(part, place, filled)], worth, here)
            shapes.label([(part, place, filled)], covering, mask_here)
    return painted, mask


def _of(value: float | np.ndarray, some: slice) -> float | np.ndarray:
    return value[some] if isinstance(value, np.ndarray) else value
