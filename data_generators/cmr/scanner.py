"""What all recordings share: where slices lie, what tissues are worth, and what the scanner makes of them."""

from dataclasses import dataclass, fields, replace
from typing import TypeVar

import numpy as np

from data_generators._sampling import truncated_normal
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

CMR_SLICE_DISTANCE = 9.0
"""mm, from slice to slice of a short-axis stack: slices of 8 mm with gaps of 1 mm."""


@dataclass(frozen=True)
class Site:
    """A hospital's scanner; or the scanners of n patients, each attribute (n,).

    Attributes:
        flip: angle of its pulses, degrees: the smaller, the less does blood stand out from muscle.
        gain: what its signals are multiplied with.
        snr: signal of muscle at 60 degrees over the standard deviation of the noise.
        bias: standard deviation over the picture of the logarithm of its coil's sensitivity.
    """

    flip: float | np.ndarray
    gain: float | np.ndarray
    snr: float | np.ndarray
    bias: float | np.ndarray


CMR_SCANNERS = {
    "harbour": Site(flip=60, gain=1.0, snr=24, bias=0.1),
    "hill": Site(flip=42, gain=0.75, snr=14, bias=0.3),
    "river": Site(flip=75, gain=1.3, snr=18, bias=0.2),
}
"""Three invented hospitals, by the name of their scanner."""

SMALLEST = 24  # pixels, for a wall to be seen
FIELD = 130.0  # mm, from edge to edge of a picture, as a rule
ENDS = np.array((0.0, END_SYSTOLE))
NOISE = 0.5, 4.0  # times the usual: what can be asked for

TISSUES = {
    "pericardium": "bone",
    "effusion": "fat",
    "coronary artery": "blood",
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
    "lung vessel": "blood",
    "cortex": "bone",
    "stomach": "muscle",
    "mediastinum": "fat",
    "liver": "liver",
    "bone": "liver",
    "descending aorta": "blood",
    "superior vena cava": "blood",
}
"""What each part of the heart and the chest is made of, as far as its signal goes: marrow is about as bright as the
liver. What lies within the pericardium is fat here."""

VENTRICLES = {"left ventricle": 1, "myocardium": 2, "right ventricle": 3}
_EPICARDIAL_FAT = 5.0  # mm
_PIECE = 100_000  # pixels that are painted at a time, so that memory holds little besides the result


def draw_heights(generator: np.random.Generator, hearts: Hearts) -> np.ndarray:
    """Return the heights of a stack's slices over the apex, (n, slices), mm: the highest is above the mitral valve,
    for the outflow tract of the right ventricle ends higher still.
    """
    highest = hearts.lv_length + generator.uniform(4, 13, len(hearts.lv_length))
    return highest[:, None] - CMR_SLICE_DISTANCE * np.arange(CMR_SLICES - 1, -1, -1)


def draw_chests(generator: np.random.Generator, n_samples: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the sizes of chests, and the fat under the skin in mm."""
    return generator.uniform(0.86, 1.08, n_samples), 6 + generator.gamma(2.0, 6.0, n_samples)


@dataclass(frozen=True)
class Pose:
    """How the slices of n patients are planned.

    Attributes:
        tilt: (n, 2), radians by which slices are not quite across the heart, about the picture's right and down.
        turn: (n,), radians by which the picture is turned in its plane, about the long axis of the heart.
        shift: (n, 2), mm by which the heart is to the right of the picture's middle and below it.
        field: (n,), mm, from edge to edge of the picture.
    """

    tilt: np.ndarray
    turn: np.ndarray
    shift: np.ndarray
    field: np.ndarray


def straight_pose(n_samples: int) -> Pose:
    """Return slices that are planned without any error."""
    return Pose(np.zeros((n_samples, 2)), np.zeros(n_samples), np.zeros((n_samples, 2)), np.full(n_samples, FIELD))


def draw_pose(generator: np.random.Generator, n_samples: int, tilt: float, steepest: float) -> Pose:
    """Return slices as a hand plans them.

    Args:
        generator: the source of randomness.
        n_samples: number of patients.
        tilt: degrees, its standard deviation about either direction.
        steepest: degrees, the largest tilt about either.
    """

    def normal(sd: float, furthest: float) -> np.ndarray:
        return truncated_normal(generator, 0, sd, -furthest, furthest, n_samples)

    field = FIELD * generator.uniform(0.9, 1.1, n_samples)
    shift = np.stack([normal(0.05, 0.1), normal(0.05, 0.1)], axis=1) * field[:, None]
    turn, right, down = np.radians((normal(8, 20), normal(tilt, steepest), normal(tilt, steepest)))
    return Pose(np.stack([right, down], axis=1), turn, shift, field)


def draw_sites(generator: np.random.Generator, n_samples: int, site: Site | None) -> Site:
    """Return the scanners of n patients, each attribute (n,): those of one hospital, or each of another."""
    if site is not None:
        return Site(*(np.full(n_samples, getattr(site, field.name)) for field in fields(Site)))
    return Site(
        flip=generator.uniform(40, 75, n_samples),
        gain=np.exp(0.2 * truncated_normal(generator, 0, 1, -2, 2, n_samples)),
        snr=generator.uniform(14, 26, n_samples),
        bias=generator.uniform(0.1, 0.3, n_samples),
    )


def usual_sites(generator: np.random.Generator, n_samples: int) -> Site:
    """Return scanners with the usual contrast and gain, each (n,), whose coils and noise differ."""
    flip, gain = np.full(n_samples, 60.0), np.ones(n_samples)
    return Site(flip, gain, generator.uniform(14, 26, n_samples), generator.uniform(0.1, 0.3, n_samples))


Drawn = TypeVar("Drawn", Pose, Site)


def short_axis(
    frames: Frames,
    heights: np.ndarray,
    pose: Pose,
    chests: tuple[np.ndarray, np.ndarray],
    sites: Site,
    size: int,
) -> tuple[np.ndarray, np.ndarray]:
    """Return signals, float32, and masks, uint8, of slices at these heights: (n, frames, slices, size, size).

    Args:
        frames: n hearts at moments of the beat.
        heights: mm over the apex.
        pose: how the slices are planned.
        chests: sizes and fat, from `draw_chests`.
        sites: where each patient is scanned.
        size: pixels along each side.
    """
    n_samples, n_slices = heights.shape
    shape = *frames.length.shape[:2], n_slices, size, size
    signal, mask = np.empty(shape, dtype=np.float32), np.empty(shape, dtype=np.uint8)
    step = max(_PIECE // (n_slices * size * size), 1)
    for first in range(0, n_samples, step):
        some = slice(first, first + step)
        theirs = chests[0][some], chests[1][some]
        painted = _short_axis(frames[some], heights[some], _some_of(pose, some), theirs, _some_of(sites, some), size)
        for whole, part in zip((signal, mask), painted, strict=True):
            whole[some] = part.reshape(whole[some].shape)
    return signal, mask


def _some_of(each: Drawn, some: slice) -> Drawn:
    """Return the pose or the site of some of the patients."""
    return type(each)(*(getattr(each, field.name)[some] for field in fields(each)))


def _short_axis(
    frames: Frames,
    heights: np.ndarray,
    pose: Pose,
    chests: tuple[np.ndarray, np.ndarray],
    sites: Site,
    size: int,
) -> tuple[np.ndarray, np.ndarray]:
    n_slices = heights.shape[1]
    right, down = _places(pose, size)
    planes = short_axis_planes(frames, pose.tilt)
    points = planes.points(
        np.tile(right, (1, n_slices)), np.tile(down, (1, n_slices)), np.repeat(heights, size * size, axis=1)
    )
    return paint_chest(
        with_fat(frames),
        chest.to_body(frames, points),
        points,
        *chests,
        (pose.field / size)[:, None, None].astype(np.float32),
        values_of("bssfp", sites),
        VENTRICLES,
        blocks=-(-n_slices // 4),  # slices of about the same height together
    )


def _places(pose: Pose, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Return how far each pixel is to the right of the heart's axis and below it, each float32 (n, pixels), mm."""
    middle = (np.arange(size) + 0.5) / size - 0.5
    right, down = (
        pose.field[:, None] * part.ravel() - pose.shift[:, axis, None]
        for axis, part in enumerate(np.meshgrid(middle, middle))
    )
    cos, sin = np.cos(pose.turn)[:, None], np.sin(pose.turn)[:, None]
    return (cos * right - sin * down).astype(np.float32), (sin * right + cos * down).astype(np.float32)


def values_of(sequence: str, sites: Site) -> dict[str, np.ndarray]:
    """Return the signal of each part of the heart and the chest at each patient's scanner, float32 (n, 1, 1)."""
    signals = mri_signals(sequence, sites.flip)
    return {
        part: np.multiply(sites.gain, signals[tissue])[:, None, None].astype(np.float32)
        for part, tissue in TISSUES.items()
    }


def with_fat(frames: Frames) -> Frames:
    """Return hearts that lie in fat, and not in a fluid alone."""
    return replace(frames, hearts=replace(frames.hearts, effusion=frames.hearts.effusion + _EPICARDIAL_FAT))


def pictures(
    generator: np.random.Generator, signal: np.ndarray, sequence: str, sites: Site, noise: float = 1.0
) -> np.ndarray:
    """Return what scanners make of signals: a coil for each patient, and so many times the noise of their site."""
    sd = noise * sites.gain * mri_signals(sequence)["muscle"] / sites.snr
    return mri(generator, signal, noise=sd, bias=sites.bias)
