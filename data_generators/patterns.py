"""Simulated drawings for networks that see: noughts and crosses, and lines at every angle."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from data_generators._sampling import (
    Seed,
    check_flag,
    check_n_samples,
    check_option,
    check_random_state,
    check_share,
    check_size,
)

NOUGHTS_AND_CROSSES = ("nought", "cross")
"""The classes of `make_noughts_and_crosses`, in the order of their numbers."""

LINE_KERNELS: dict[str, tuple[tuple[int, int, int], ...]] = {
    "vertical": ((-1, 2, -1), (-1, 2, -1), (-1, 2, -1)),
    "horizontal": ((-1, -1, -1), (2, 2, 2), (-1, -1, -1)),
    "falling": ((2, -1, -1), (-1, 2, -1), (-1, -1, 2)),
    "rising": ((-1, -1, 2), (-1, 2, -1), (2, -1, -1)),
}
"""Four kernels as in figure 4 of Howard and Francis, Heart 2022;108:973-981, row by row: each answers to one direction
of line, from left to right where it falls or rises, and not at all to an even brightness. The figure gives no numbers;
these, the usual line detectors, are a choice of this course. A nought has lines in all four directions, a cross only
falling and rising ones."""

ORIENTED_LINES = ("no line", "line")
"""The classes of `make_oriented_lines`, in the order of their numbers."""

_REARED: dict[str, tuple[float, float]] = {"all": (0.0, 180.0), "vertical": (80.0, 100.0), "horizontal": (-10.0, 10.0)}
_NOISE = 0.1
_BATCH = 128  # as many pictures at a time as a processor's cache holds


def make_noughts_and_crosses(
    n_samples: int = 500,
    *,
    size: int = 28,
    label_noise: float = 0.0,
    random_state: Seed = None,
    return_truth: bool = False,
) -> tuple[Any, ...]:
    """Make pictures of noughts and crosses as if drawn by hand, half of them on average crosses.

    Each has its own place, size, width against height, stroke, rotation of up to 10° and slight wobble. None touches
    the border. In a picture of 28 pixels a side the centre lies up to 4 pixels from the middle across and down, less
    where a large drawing leaves less room; everything grows with the picture.

    Args:
        n_samples: number of pictures.
        size: pixels a side, at least 14.
        label_noise: chance of each label in y to be the wrong one, from 0 to 1.
        random_state: an int gives the same pictures each time, whatever the label noise.
        return_truth: also return what the simulation knows.

    Returns:
        X: float32 (n_samples, 1, size, size), from 0 for the ground to 1 for the stroke.
        y: int64 (n_samples,), 0 for a nought and 1 for a cross, as in `NOUGHTS_AND_CROSSES`.
        truth: only with `return_truth`; a dict of "label", int64 (n_samples,), y before label noise; and float64
            arrays: "centre", (n_samples, 2), column and row in pixels, 0 being the middle of the first; "radius",
            (n_samples,), of a nought or half the length of a cross's strokes in pixels; "stroke", (n_samples,), its
            width in pixels; "rotation", (n_samples,), anticlockwise in degrees; and "ceiling", the highest share of
            right answers on labels as noisy as these: 1.0 without noise.

    Raises:
        ValueError: if an argument is outside what is allowed.

    Sources:
        The task is that of figure 4 of Howard and Francis, Heart 2022;108:973-981, as are its 28 pixels. All other
        numbers are choices of this course, for 28 pixels: radius 5 to 8 (a cross 1.2 times that), stroke 1.8 to 3.2,
        wobble up to 0.6 pixels.

    Example:
        >>> X, y = make_noughts_and_crosses(5, random_state=0)
        >>> X.shape, y.shape
        ((5, 1, 28, 28), (5,))
    """
    n_samples = check_n_samples(n_samples)
    size = check_size("size", size, 14)
    label_noise = check_share("label_noise", label_noise)
    generator = check_random_state(random_state)
    return_truth = check_flag("return_truth", return_truth)

    scale = size / 28
    label = generator.integers(0, 2, n_samples)
    radius = scale * generator.uniform(5.0, 8.0, n_samples)
    stroke = scale * generator.uniform(1.8, 3.2, n_samples)
    rotation = generator.uniform(-10.0, 10.0, n_samples)
    aspect = generator.uniform(0.9, 1.1, n_samples)  # square root of width over height
    wobble = scale * generator.uniform(0.0, 0.6, (2, n_samples))
    waves = 2 * np.pi * generator.uniform(0.6, 1.4, (2, n_samples)) / size  # about one wave across the picture
    phase = generator.uniform(0, 2 * np.pi, (2, n_samples))
    reach = (radius + stroke / 2 + 0.5) * np.maximum(aspect, 1 / aspect) + 2 * wobble.max(axis=0)
    room = np.minimum(4 * scale, (size - 1) / 2 - reach)
    centre = (size - 1) / 2 + room[:, np.newaxis] * generator.uniform(-1, 1, (n_samples, 2))
    radius[label == 1] *= 1.2  # so that a cross looks as large as a nought; it still reaches less far across and down
    is_wrong = generator.random(n_samples) < label_noise

    X = np.empty((n_samples, 1, size, size), dtype=np.float32)
    numbers = np.stack([*centre.T, radius, stroke, np.deg2rad(rotation), aspect, *wobble, *waves, *phase])
    for number, draw in enumerate((_nought, _cross)):
        for some in _batches(np.flatnonzero(label == number)):
            X[some, 0] = _hand_drawn(draw, size, numbers[:, some])
    y = np.where(is_wrong, 1 - label, label)
    if return_truth:
        ceiling = max(label_noise, 1 - label_noise)
        truth = {"label": label, "centre": centre, "radius": radius, "stroke": stroke, "rotation": rotation}
        return X, y, {**truth, "ceiling": ceiling}
    return X, y


def make_oriented_lines(
    n_samples: int = 500,
    *,
    reared: str = "all",
    size: int = 16,
    random_state: Seed = None,
    return_truth: bool = False,
) -> tuple[Any, ...]:
    """Make small noisy pictures, half of which on average show a straight line and half the same pixels shuffled.

    A line crosses the whole picture. Since a picture without one has a line's pixels in another order, no brightness
    tells them apart: a network has to learn what lines look like. One that is reared on lines of one orientation can
    then be tested on all.

    Args:
        n_samples: number of pictures.
        reared: "all" for lines at any angle, "vertical" or "horizontal" for lines within 10° of that.
        size: pixels a side, at least 8.
        random_state: an int gives the same pictures each time.
        return_truth: also return what the simulation knows.

    Returns:
        X: float32 (n_samples, 1, size, size), brightness: 0 for the ground, 0.3 to 1 for the line, plus noise.
        y: int64 (n_samples,), 1 if there is a line and 0 if its pixels are shuffled, as in `ORIENTED_LINES`.
        truth: only with `return_truth`; a dict of float64 (n_samples,) arrays: "theta", the line's angle in degrees, 0
            for a horizontal line and 90 for a vertical one, anticlockwise, from 0 to below 180; "offset", its distance
            in pixels from the middle of the picture, positive to the right; "width", in pixels; and "contrast", its
            brightness. In a picture without a line they are those of the line before it was shuffled.

    Raises:
        ValueError: if an argument is outside what is allowed.

    Sources:
        After Blakemore and Cooper, Nature 1970;228:477-478, who reared kittens among stripes of one orientation. All
        numbers are choices of this course: width 1 to 3 pixels, contrast 0.3 to 1, noise with a standard deviation of
        0.1, offset up to a quarter of the picture's side.

    Example:
        >>> X, y = make_oriented_lines(5, random_state=0)
        >>> X.shape, y.shape
        ((5, 1, 16, 16), (5,))
    """
    n_samples = check_n_samples(n_samples)
    low, high = check_option("reared", reared, _REARED)
    size = check_size("size", size, 8)
    generator = check_random_state(random_state)
    return_truth = check_flag("return_truth", return_truth)

    y = generator.integers(0, 2, n_samples)
    theta = generator.uniform(low, high, n_samples) % 180.0
    offset = generator.uniform(-size / 4, size / 4, n_samples)
    width = generator.uniform(1.0, 3.0, n_samples)
    contrast = generator.uniform(0.3, 1.0, n_samples)

    pixels = np.empty((n_samples, size * size), dtype=np.float32)
    numbers = np.stack([np.deg2rad(theta), offset, width, contrast])
    for some in _batches(np.arange(n_samples)):
        pixels[some] = _lines(size, numbers[:, some]).reshape(len(some), -1)
    for some in _batches(np.flatnonzero(y == 0)):
        pixels[some] = generator.permuted(pixels[some], axis=1)
    for some in _batches(np.arange(n_samples)):
        pixels[some] += np.float32(_NOISE) * generator.standard_normal((len(some), size * size), dtype=np.float32)
    X = pixels.reshape(n_samples, 1, size, size)
    if return_truth:
        return X, y, {"theta": theta, "offset": offset, "width": width, "contrast": contrast}
    return X, y


def _batches(index: np.ndarray) -> Iterator[np.ndarray]:
    for start in range(0, len(index), _BATCH):
        yield index[start : start + _BATCH]


def _ink(distance: np.ndarray, stroke: np.ndarray) -> np.ndarray:
    """Return 1 inside a stroke and 0 outside it, from each pixel's distance to its middle; its edge is a pixel wide."""
    return np.clip(0.5 + stroke / 2 - distance, 0, 1)


def _hand_drawn(draw: Any, size: int, numbers: np.ndarray) -> np.ndarray:
    column, row, radius, stroke, angle, aspect, *wobbles = numbers[:, :, np.newaxis, np.newaxis].astype(np.float32)
    wobble_x, wobble_y, wave_x, wave_y, phase_x, phase_y = wobbles
    pixels = np.arange(size, dtype=np.float32)
    x, y = pixels - column, pixels[:, np.newaxis] - row
    # Each row slides sideways and each column up or down, but the middle stays where it is.
    x, y = (
        x + wobble_x * (np.sin(wave_x * y + phase_x) - np.sin(phase_x)),
        y + wobble_y * (np.sin(wave_y * x + phase_y) - np.sin(phase_y)),
    )
    # Rows count downwards, so that this turns the drawing anticlockwise.
    across, down = np.cos(angle) * x - np.sin(angle) * y, np.sin(angle) * x + np.cos(angle) * y
    return _ink(draw(across / aspect, down * aspect, radius), stroke)


def _nought(x: np.ndarray, y: np.ndarray, radius: np.ndarray) -> np.ndarray:
    return np.abs(np.sqrt(x * x + y * y) - radius)


def _cross(x: np.ndarray, y: np.ndarray, radius: np.ndarray) -> np.ndarray:
    along, aside = np.abs(x + y) * np.float32(np.sqrt(0.5)), np.abs(x - y) * np.float32(np.sqrt(0.5))
    falling = np.square(np.maximum(along - radius, 0)) + np.square(aside)
    rising = np.square(np.maximum(aside - radius, 0)) + np.square(along)
    return np.sqrt(np.minimum(falling, rising))


def _lines(size: int, numbers: np.ndarray) -> np.ndarray:
    angle, offset, width, contrast = numbers[:, :, np.newaxis, np.newaxis].astype(np.float32)
    pixels = np.arange(size, dtype=np.float32) - np.float32((size - 1) / 2)
    distance = pixels * np.sin(angle) + pixels[:, np.newaxis] * np.cos(angle) - offset
    return contrast * _ink(np.abs(distance), width)
