"""What all recordings share: where slices lie, what tissues are worth, and what the scanner makes of them."""

from dataclasses import replace

import numpy as np

from data_generators.heart import chest
from data_generators.heart.chambers import Frames, Hearts
from data_generators.heart.motion import END_SYSTOLE
from data_generators.heart.slices import paint_chest
from data_generators.heart.views import short_axis_planes
from data_generators.render.mri import mri, mri_signals

CMR_VENTRICLES = ("background", "LV", "LV myocardium", "RV")
"""What a pixel of `make_cmr_ventricles` can belong to, in the order of their numbers."""

CMR_SLICES = 12
"""Slices of a short-axis stack, from the apex to the base."""

CMR_SLICE_DISTANCE = 8.0
"""mm, from slice to slice of a short-axis stack."""

SMALLEST = 24  # pixels, for a wall to be seen
FIELD = 115.2  # mm, from edge to edge of a picture
ENDS = np.array((0.0, END_SYSTOLE))

TISSUES = {
    "pericardium": "bone",
    "effusion": "fat",
    "wall": "muscle",
    "pulmonary artery": "blood",
    "left atrium": "blood",
    "right atrium": "blood",
    "right ventricle": "blood",
    "myocardium": "muscle",
    "left ventricle": "blood",
    "papillary muscle": "muscle",
    "aorta": "blood",
    "valve": "muscle",
    "fat": "fat",
    "muscle": "muscle",
    "lung": "lung",
    "mediastinum": "fat",
    "liver": "liver",
    "bone": "muscle",
    "descending aorta": "blood",
    "superior vena cava": "blood",
}
"""What each part of the heart and the chest is made of. What lies within the pericardium is fat here."""

VENTRICLES = {"left ventricle": 1, "myocardium": 2, "right ventricle": 3}
_EPICARDIAL_FAT = 5.0  # mm


def draw_heights(generator: np.random.Generator, hearts: Hearts) -> np.ndarray:
    """Return the heights of a stack's slices over the apex, (n, slices), mm: the highest is near the mitral valve."""
    highest = hearts.lv_length + generator.uniform(-4, 4, len(hearts.lv_length))
    return highest[:, None] - CMR_SLICE_DISTANCE * np.arange(CMR_SLICES - 1, -1, -1)


def draw_chests(generator: np.random.Generator, n_samples: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the sizes of chests, and the fat under the skin in mm."""
    return generator.uniform(0.86, 1.08, n_samples), 6 + generator.gamma(2.0, 6.0, n_samples)


def short_axis(
    frames: Frames, heights: np.ndarray, tilt: np.ndarray, habitus: np.ndarray, fat: np.ndarray, size: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return signals and masks of slices at these heights (n, slices), each (n, frames, slices, size, size)."""
    n_slices = heights.shape[1]
    middle = ((np.arange(size) + 0.5) / size - 0.5) * FIELD
    right, down = (np.tile(part.ravel(), n_slices) for part in np.meshgrid(middle, middle))
    points = short_axis_planes(frames, tilt).points(right, down, np.repeat(heights, size * size, axis=1))
    body = chest.to_body(frames, points)
    signal, mask = paint_chest(
        with_fat(frames),
        body,
        points,
        habitus,
        fat,
        FIELD / size,
        values_of("bssfp"),
        VENTRICLES,
        blocks=-(-n_slices // 4),  # slices of about the same height together
    )
    shape = *frames.length.shape[:2], n_slices, size, size
    return signal.reshape(shape), mask.reshape(shape).astype(np.int64)


def values_of(sequence: str) -> dict[str, float]:
    """Return the signal of each part of the heart and the chest in this sequence."""
    signals = mri_signals(sequence)
    return {part: signals[tissue] for part, tissue in TISSUES.items()}


def with_fat(frames: Frames) -> Frames:
    """Return hearts that lie in fat, and not in a fluid alone."""
    return replace(frames, hearts=replace(frames.hearts, effusion=frames.hearts.effusion + _EPICARDIAL_FAT))


def pictures(generator: np.random.Generator, signal: np.ndarray, sequence: str) -> np.ndarray:
    """Return what a scanner makes of signals, its noise and its coil drawn for each patient."""
    n_samples = len(signal)
    noise = mri_signals(sequence)["muscle"] / generator.uniform(14, 26, n_samples)
    return mri(generator, signal, noise=noise, bias=generator.uniform(0.1, 0.3, n_samples))
