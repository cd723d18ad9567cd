"""The pad of chapter 07's explorers, drawings that stand ready for it, and kernels that pass over it."""

from functools import partial

import numpy as np

from course_utils.widgets.explorer import Button, Pad
from data_generators import LINE_KERNELS

SIDE = 28
"""Pixels a side of the pad."""

PLACES = SIDE - 2
"""Places of a 3 × 3 kernel on the pad, in each direction."""

KERNELS = np.array(list(LINE_KERNELS.values()), dtype=float)
"""The four kernels of figure 4, (4, 3, 3)."""

BEST = 6
"""The best match that a line kernel can have with ink from 0 to 1."""

_STROKE = 1.2  # pixels
_STROKES = {
    "Cross": [((-1, -1), (1, 1)), ((-1, 1), (1, -1))],
    "Plus": [((-1, 0), (1, 0)), ((0, -1), (0, 1))],
    "Diamond": [((0, -1), (1, 0)), ((1, 0), (0, 1)), ((0, 1), (-1, 0)), ((-1, 0), (0, -1))],
}


def draw_shape(
    shape: str, *, radius: float, stroke: float = _STROKE, centre: tuple[float, float] = (13.5, 13.5)
) -> str:
    """Draw a shape as a pad does.

    Args:
        shape: "Nought", "Cross", "Plus" or "Diamond".
        radius: of a nought, or how far the others reach to each side, in pixels.
        stroke: width of the pen in pixels.
        centre: column and row in pixels.

    Returns:
        The value of a pad.
    """
    row, column = np.indices((SIDE, SIDE))
    x, y = column - centre[0], row - centre[1]
    if shape == "Nought":
        distance = np.abs(np.hypot(x, y) - radius)
    else:
        ends = radius * np.array(_STROKES[shape], dtype=float)
        distance = np.min([_distance(x, y, start, end) for start, end in ends], axis=0)
    tenths = np.rint(10 * np.clip(0.5 + stroke / 2 - distance, 0, 1)).astype(np.uint8)
    return (tenths + ord("0")).tobytes().decode()


def _distance(x: np.ndarray, y: np.ndarray, start: np.ndarray, end: np.ndarray) -> np.ndarray:
    along = end - start
    share = np.clip(((x - start[0]) * along[0] + (y - start[1]) * along[1]) / np.sum(along**2), 0, 1)
    return np.hypot(x - start[0] - share * along[0], y - start[1] - share * along[1])


READY = {
    "Nought": draw_shape("Nought", radius=7.5),
    "Cross": draw_shape("Cross", radius=6.5),
    "Plus": draw_shape("Plus", radius=8, centre=(14, 14)),
    "Diamond": draw_shape("Diamond", radius=8, centre=(14, 14)),
    "Clear": "0" * SIDE**2,
}
"""Drawings that a button puts on the pad, by the words on the button."""


def pad_controls(shapes: tuple[str, ...]) -> list[Pad | Button]:
    """Return a pad with a nought on it, called `drawing`, and buttons for ready drawings."""
    pad = Pad(name="drawing", label="Drawing pad", side=SIDE, stroke=_STROKE, value=READY["Nought"])
    return [pad, *(Button(name=each.lower(), label=each, change=partial(_put, each)) for each in shapes)]


def _put(shape: str, _: object) -> dict[str, str]:
    return {"drawing": READY[shape]}


def ink_of(drawing: str) -> np.ndarray:
    """Return a pad's value as pixels from 0 for paper to 1 for ink, in tenths, (28, 28)."""
    tenths = np.frombuffer(drawing.encode(), dtype=np.uint8).astype(float) - ord("0")
    return tenths.reshape(SIDE, SIDE) / 10


def match_everywhere(picture: np.ndarray, kernels: np.ndarray) -> np.ndarray:
    """Return how well each 3 × 3 kernel matches at each place where it fits, (kernels, height - 2, width - 2)."""
    windows = np.lib.stride_tricks.sliding_window_view(picture, (3, 3))
    return np.einsum("hwij,kij->khw", windows, kernels)
