"""Biopsies of heart muscle under the microscope."""

from itertools import product
from typing import Any

import numpy as np

from data_generators._sampling import (
    Seed,
    check_flag,
    check_n_samples,
    check_random_state,
    check_size,
    truncated_normal,
)
from data_generators.heart.shapes import norm
from data_generators.render.stain import stained

PATCHES_PER_PATIENT = 8
"""Patches that `make_biopsy_heart_failure` takes from each slide."""

_SMALLEST = 32  # pixels, for some cells to be seen
_FIELD = 192.0  # micrometres, from edge to edge
_CELLS = 64  # along each side of the grid, which then repeats itself; a power of 2
_CHUNK = 120_000  # pixels that are worked on at a time


def make_biopsy_heart_failure(
    n_samples: int = 480,
    *,
    size: int = 64,
    random_state: Seed = None,
    return_truth: bool = False,
) -> tuple[Any, ...]:
    """Make simulated patches of biopsies of the left ventricle, from failing hearts and from others.

    Failing hearts have more collagen between their cells, and larger cells. Each patient gives eight patches of one
    slide, one after the other; collagen comes in patches too, and the stain of a slide is its own. So a model that has
    seen a patient's slide may know it again: patients must be kept together when data are split.

    Args:
        n_samples: number of patches.
        size: pixels along each side, of a field of 192 micrometres.
        random_state: an int gives the same patches each time.
        return_truth: also return what the simulation knows.

    Returns:
        X: float32 (n_samples, 3, size, size), red, green and blue, 0 to 1, stained with haematoxylin and eosin.
        y: int64 (n_samples,), 1 if the heart fails.
        truth: only with `return_truth`; a dict of int64 (n_samples,) "patient_id"; and float64 (n_samples,) arrays
            "fibrosis", the share of the patch that is collagen, "patient_fibrosis", the share in the patient's heart,
            and "myocyte_diameter" in micrometres.

    Raises:
        ValueError: if an argument is outside what is allowed.

    Sources:
        The task: Nirschl and others, PLoS One 2018;13:e0192726, as in table 1 of Howard and Francis, Heart
        2022;108:973-981. Means of fibrosis (20% and 4%) and of the cells' diameter (22 and 17 micrometres) in dilated
        cardiomyopathy and in controls: Am J Cardiol 1986;57:816. With the spreads given there fibrosis alone would tell
        nearly all patients; here groups overlap.

    Example:
        >>> X, y = make_biopsy_heart_failure(4, random_state=0)
        >>> X.shape, y.shape
        ((4, 3, 64, 64), (4,))
    """
    n_samples = check_n_samples(n_samples)
    size = check_size("size", size, _SMALLEST)
    generator = check_random_state(random_state)
    return_truth = check_flag("return_truth", return_truth)

    n_patients = -(-n_samples // PATCHES_PER_PATIENT)
    fails = generator.random(n_patients) < 0.5
    z = truncated_normal(generator, 0, 1, -2, 2, n_patients)
    of_patient = np.where(fails, 0.20 * np.exp(0.5 * z - 0.1), 0.06 * np.exp(0.55 * z - 0.1))
    diameter = np.where(fails, 22.0, 17.0) + np.where(fails, 3.5, 2.0) * truncated_normal(
        generator, 0, 1, -2, 2, n_patients
    )
    stain = np.clip(generator.normal(1, 0.15, (n_patients, 2)), 0.6, 1.5)
    patient = np.repeat(np.arange(n_patients), PATCHES_PER_PATIENT)[:n_samples]
    y = fails[patient].astype(np.int64)
    fibrosis = np.clip(of_patient[patient] * generator.gamma(4, 1 / 4, n_samples), 0.005, 0.7)
    X = np.empty((n_samples, 3, size, size), dtype=np.float32)
    step = max(_CHUNK // (size * size), 1)
    for first in range(0, n_samples, step):
        some = slice(first, first + step)
        X[some] = _patches(generator, fibrosis[some], diameter[patient[some]], stain[patient[some]], size)
    if not return_truth:
        return X, y
    truth = {
        "patient_id": patient,
        "fibrosis": fibrosis,
        "patient_fibrosis": of_patient[patient],
        "myocyte_diameter": diameter[patient],
    }
    return X, y, truth


def _patches(
    generator: np.random.Generator, fibrosis: np.ndarray, diameter: np.ndarray, stain: np.ndarray, size: int
) -> np.ndarray:
    """Return pictures of muscle cells cut across, float32 (n, 3, size, size), with so much collagen in between."""
    n_samples = len(fibrosis)
    place = ((np.arange(size) + 0.5) * (_FIELD / size)).astype(np.float32)

    def of(low: float, high: float) -> np.ndarray:
        return generator.uniform(low, high, (n_samples, 1, 1)).astype(np.float32)

    # Cells stand on a grid that is turned, stretched, warped and shaken.
    turn, stretch = of(0, np.pi), of(1.0, 1.6)
    warps = [(of(25, 40), of(0, 6)) for _ in range(2)]
    spacing = (diameter[:, None, None] * 1.08 / np.sqrt(stretch)).astype(np.float32)
    shake = generator.uniform(-0.33, 0.33, (2, n_samples, _CELLS * _CELLS)).astype(np.float32)
    has_nucleus = generator.random((n_samples, _CELLS * _CELLS)) < 0.45
    # Collagen lies between the cells, in broad septa where there is much of it.
    septa = [(angle, of(0.5, 1), of(18, 45), of(0, 6.3)) for angle in (turn, turn + of(-0.6, 0.6), turn + of(0.5, 1.5))]
    phase = of(0, 6)

    shape = n_samples, size, size
    gap, collagen, texture = (np.empty(shape, dtype=np.float32) for _ in range(3))
    in_nucleus = np.empty(shape, dtype=bool)
    rows = max(_CHUNK // (n_samples * size), 1)
    bands = [slice(first, first + rows) for first in range(0, size, rows)]
    for band in bands:
        x, y = place, place[band, None]
        across = np.cos(turn) * x + np.sin(turn) * y + 4 * np.sin(y / warps[0][0] + warps[0][1])
        along = (np.cos(turn) * y - np.sin(turn) * x + 4 * np.sin(x / warps[1][0] + warps[1][1])) / stretch
        nearest, second, own = _nearest_cells(across / spacing, along / spacing, shake)
        gap[:, band] = (second - nearest) * spacing
        in_nucleus[:, band] = (nearest * spacing < 3.4) & _of_cells(has_nucleus, own)
        texture[:, band] = 1 + 0.12 * np.cos(across * 2.1 + phase) * np.cos(along * 0.7)
        collagen[:, band] = -0.22 * gap[:, band]
        for angle, height, width, begin in septa:
            collagen[:, band] += height * np.cos((np.cos(angle) * x + np.sin(angle) * y) / width + begin)

    rank = np.clip(np.round((1 - fibrosis) * size * size).astype(np.int64), 0, size * size - 1)
    least = [np.partition(one.ravel(), number)[number] for one, number in zip(collagen, rank, strict=True)]
    is_collagen = collagen >= np.array(least)[:, None, None]
    X = np.empty((n_samples, 3, size, size), dtype=np.float32)
    for band in bands:
        is_cell = (gap[:, band] > 1.2) & ~is_collagen[:, band]
        eosin = np.where(is_collagen[:, band], np.float32(0.42), np.where(is_cell, texture[:, band], np.float32(0.12)))
        haematoxylin = np.where(is_collagen[:, band], np.float32(0.08), np.float32(0.14))
        haematoxylin[in_nucleus[:, band] & is_cell] = 1.1
        for taken, amount, spread in ((haematoxylin, stain[:, :1, None], 0.02), (eosin, stain[:, 1:, None], 0.03)):
            taken *= amount
            taken += np.float32(spread) * generator.standard_normal(taken.shape, dtype=np.float32)
            np.maximum(taken, 0, out=taken)
        X[:, :, band] = stained(haematoxylin, eosin)
    return X


def _nearest_cells(column: np.ndarray, row: np.ndarray, shake: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return how far the nearest and the second cell are, and the number of the nearest, each (n, rows, columns).

    Args:
        column, row: where each pixel is on the grid of cells, (n, rows, columns).
        shake: (2, n, cells), how far each cell is from its place on the grid.
    """
    nearest = np.full(column.shape, 9, dtype=np.float32)
    second = nearest.copy()
    own = np.zeros(column.shape, dtype=np.int32)
    first_column, first_row = np.floor(column), np.floor(row)
    right, down = column - first_column, row - first_row  # from the cell's corner
    first_column, first_row = first_column.astype(np.int32), first_row.astype(np.int32)
    for step_down, step_across in product((-1, 0, 1), repeat=2):
        cell = ((first_row + step_down) & (_CELLS - 1)) * _CELLS + ((first_column + step_across) & (_CELLS - 1))
        aside, below = (_of_cells(part, cell) for part in shake)
        away = norm(right - (step_across + 0.5) - aside, down - (step_down + 0.5) - below)
        is_nearer = away < nearest
        np.minimum(second, away, out=second)
        np.copyto(second, nearest, where=is_nearer)
        np.copyto(nearest, away, where=is_nearer)
        np.copyto(own, cell, where=is_nearer)
    return nearest, second, own


def _of_cells(values: np.ndarray, cell: np.ndarray) -> np.ndarray:
    """Return each pixel's value, (n, rows, columns), from the values of its picture's cells, (n, cells)."""
    return np.take_along_axis(values, cell.reshape(len(cell), -1), axis=1).reshape(cell.shape)
