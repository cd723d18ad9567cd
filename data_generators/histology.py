"""Biopsies of heart muscle under the microscope."""

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
from data_generators.render.stain import stained

PATCHES_PER_PATIENT = 8
"""Patches that `make_biopsy_heart_failure` takes from each slide."""

_SMALLEST = 32  # pixels, for some cells to be seen
_FIELD = 192.0  # micrometres, from edge to edge
_CHUNK = 32  # patches that are worked on at a time


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
    for first in range(0, n_samples, _CHUNK):
        some = slice(first, first + _CHUNK)
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
    pixel = _FIELD / size
    place = (np.arange(size) + 0.5) * pixel
    x, y = (part[None] for part in np.meshgrid(place, place))

    def of(low: float, high: float) -> np.ndarray:
        return generator.uniform(low, high, (n_samples, 1, 1))

    # Cells stand on a grid that is turned, stretched, warped and shaken.
    turn, stretch = of(0, np.pi), of(1.0, 1.6)
    across = np.cos(turn) * x + np.sin(turn) * y + 4 * np.sin(y / of(25, 40) + of(0, 6))
    along = (np.cos(turn) * y - np.sin(turn) * x + 4 * np.sin(x / of(25, 40) + of(0, 6))) / stretch
    spacing = diameter[:, None, None] * 1.08 / np.sqrt(stretch)
    column, row = across / spacing + 100, along / spacing + 100
    shake = generator.uniform(-0.33, 0.33, (2, n_samples, 64 * 64))
    has_nucleus = generator.random((n_samples, 64 * 64)) < 0.45
    nearest = np.full(np.broadcast_shapes(column.shape, row.shape), 9.0)
    second, own = nearest.copy(), np.zeros(nearest.shape, dtype=np.int64)
    patch = np.arange(n_samples)[:, None, None]
    for step_down in (-1, 0, 1):
        for step_across in (-1, 0, 1):
            cell_column = np.floor(column).astype(np.int64) + step_across
            cell_row = np.floor(row).astype(np.int64) + step_down
            cell = (cell_row % 64) * 64 + cell_column % 64
            away = np.hypot(
                column - cell_column - 0.5 - shake[0][patch, cell], row - cell_row - 0.5 - shake[1][patch, cell]
            )
            is_nearer = away < nearest
            second = np.where(is_nearer, nearest, np.minimum(second, away))
            own = np.where(is_nearer, cell, own)
            nearest = np.where(is_nearer, away, nearest)
    gap = (second - nearest) * spacing

    # Collagen lies between the cells, in broad septa where there is much of it.
    septa = sum(
        of(0.5, 1) * np.cos((np.cos(angle) * x + np.sin(angle) * y) / of(18, 45) + of(0, 6.3))
        for angle in (turn, turn + of(-0.6, 0.6), turn + of(0.5, 1.5))
    )
    collagen = septa - 0.22 * gap
    order = np.sort(collagen.reshape(n_samples, -1), axis=1)
    rank = np.clip(np.round((1 - fibrosis) * size * size).astype(np.int64), 0, size * size - 1)
    is_collagen = collagen >= order[np.arange(n_samples), rank][:, None, None]
    is_cell = (gap > 1.2) & ~is_collagen
    is_nucleus = is_cell & (nearest * spacing < 3.4) & has_nucleus[patch, own]

    texture = 1 + 0.12 * np.cos(across * 2.1 + of(0, 6)) * np.cos(along * 0.7)
    eosin = np.where(is_collagen, 0.42, np.where(is_cell, 1.0 * texture, 0.12))
    haematoxylin = np.where(is_nucleus, 1.1, np.where(is_collagen, 0.08, 0.14))
    haematoxylin = haematoxylin * stain[:, :1, None] + generator.normal(0, 0.02, gap.shape)
    eosin = eosin * stain[:, 1:, None] + generator.normal(0, 0.03, gap.shape)
    return stained(np.maximum(haematoxylin, 0), np.maximum(eosin, 0))
