"""Hypertrophic cardiomyopathy, and the hearts that look like it."""

from dataclasses import replace
from functools import cache
from statistics import NormalDist
from typing import Any

import numpy as np

from data_generators._sampling import (
    Seed,
    check_flag,
    check_n_samples,
    check_number,
    check_option,
    check_random_state,
    check_size,
)
from data_generators._scores import expected_auc
from data_generators._streams import Streams
from data_generators.cmr.scanner import (
    CMR_SCANNERS,
    ENDS,
    NOISE,
    SMALLEST,
    draw_chests,
    draw_heights,
    draw_pose,
    draw_sites,
    pictures,
    short_axis,
)
from data_generators.heart.chambers import Hearts
from data_generators.heart.disease import HEART_CONDITIONS, HYPERTROPHIC_VARIANTS, draw_hearts
from data_generators.heart.motion import frames_at, with_wall

_KINDS = {
    "normal": (0.2, (6.5, 10.0)),
    "athlete": (0.12, (9.5, 14.5)),
    "hypertensive": (0.23, (10.5, 16.5)),
    "hypertrophic": (0.45, (12.5, 24.0)),
}
"""Who comes: the share of all, and how thick the thickest wall is, mm from and to."""

_DISEASES = {name: name for name in ("normal", "hypertrophic")}
_VARIANTS = {"septal": 0.6, "mid-ventricular": 0.15, "apical": 0.25}
_VOLUMES = 0.6, 1.2  # times those of `draw_hearts`: small hearts and large ones, of every kind
_THICK, _READING_SD = 15.0, 1.0  # mm


def make_cmr_hcm(
    n_samples: int = 200,
    *,
    disease: str | None = None,
    scanner: str | None = None,
    noise: float = 1.0,
    frames: int = 2,
    size: int = 32,
    random_state: Seed = None,
    return_truth: bool = False,
) -> tuple[Any, ...]:
    """Make simulated short-axis stacks of hearts with and without hypertrophic cardiomyopathy.

    Nearly half of the hearts are hypertrophic: in the septum, in the middle or at the apex. The others are normal, or
    thick all around, from high blood pressure or sport. As in life they overlap: hypertrophic walls begin at 12.5 mm,
    those of high pressure reach 16.5 mm. Cases and controls are matched, as in a good study: volumes of ventricles and
    atria, ejection fraction and shortening come from the same distributions. A wall that is thick all around weighs
    more than a bump of the same height: 180 g in athletes and 210 g in the hypertensive, on average, against 165 g in
    cases and 115 g in normal hearts. Slices are up to 12 degrees oblique, which makes a wall look thicker.

    The label is what an expert reads: 15 mm or more somewhere at end-diastole, measured with an error of 1 mm (standard
    deviation). It is not the cause, which a picture does not hold: a wall of 15.5 mm is read alike whether pressure or
    a gene made it, and the guideline asks first for the 15 mm. So not even who knows the exact wall is always right.

    The same `random_state` gives the same patients in the same planes whatever the disease, the scanner and the noise.

    Args:
        n_samples: number of patients.
        disease: None gives the mixture; "hypertrophic" gives each patient a bump, which hypertrophic ones have in the
            mixture too; "normal" gives the same patients without it, with the walls of normal hearts.
        scanner: None scans each patient with another contrast, gain, noise and coil; the name of one of `CMR_SCANNERS`
            scans all there.
        noise: how many times the usual noise, from 0.5 to 4.
        frames: 2 gives the whole stack at end-diastole and end-systole; more give a cine of the slice in the middle.
        size: pixels along each side, of a field of 117 to 143 mm.
        random_state: an int gives the same pictures each time.
        return_truth: also return what the simulation knows.

    Returns:
        X: float32 (n_samples, 2, 12, size, size): end-diastole and end-systole are channels, and the depth axis is Z,
            the slices, 9 mm apart, from the apex to the base; a cine (n_samples, 1, frames, size, size), its depth axis
            is T. Blood at its brightest is about 1, times the gain of the scanner.
        y: int64 (n_samples,), 1 where a wall is read as 15 mm or more.
        truth: only with `return_truth`; a dict of "condition", int64 (n_samples,), places in `HEART_CONDITIONS`;
            "variant", int64 (n_samples,), places in `HYPERTROPHIC_VARIANTS`, -1 for other hearts; float64 (n_samples,)
            arrays "max_wall" in mm, "measured_wall" as the expert reads it, "lv_mass" in g, "lv_edv" and "lv_esv" in
            ml, "ejection_fraction" in percent, "pixel" in mm, "tilt" and, in the plane, "turn" in degrees; and
            "ceiling", the area under the ROC curve that the exact walls of the mixture reach.

    Raises:
        ValueError: if an argument is outside what is allowed.

    Sources:
        The task: Biffi and others, as in table 1 of Howard and Francis, Heart 2022;108:973-981. 15 mm: European Society
        of Cardiology. Hearts: see `data_generators.heart.disease`; mixture, matching, errors and scanners are choices
        of this course.

    Example:
        >>> X, y = make_cmr_hcm(3, random_state=0)
        >>> X.shape, y.shape
        ((3, 2, 12, 32, 32), (3,))
    """
    n_samples = check_n_samples(n_samples)
    return_truth = check_flag("return_truth", return_truth)
    disease = None if disease is None else check_option("disease", disease, _DISEASES)
    site = None if scanner is None else check_option("scanner", scanner, CMR_SCANNERS)
    noise = check_number("noise", noise, *NOISE)
    frames = check_size("frames", frames, 2)
    size = check_size("size", size, SMALLEST)
    streams = Streams(check_random_state(random_state))

    kind, even, thickest = _draw_walls(streams("disease"), n_samples, disease)
    variant = streams("variant").choice(len(HYPERTROPHIC_VARIANTS), n_samples, p=list(_VARIANTS.values()))
    is_hypertrophic = kind == "hypertrophic"
    hearts, chests = _draw_hearts(streams, variant), draw_chests(streams("chest"), n_samples)
    hearts = _with_walls(hearts, is_hypertrophic, even, thickest)
    measured_wall = thickest + streams("reading").normal(0, _READING_SD, n_samples)
    y = (measured_wall >= _THICK).astype(np.int64)

    generator = streams("pose")
    pose, heights = draw_pose(generator, n_samples, 5, 8.5), draw_heights(generator, hearts)
    if frames == 2:
        beating = frames_at(hearts, ENDS)
    else:
        beating, heights = frames_at(hearts, np.arange(frames) / frames), 0.5 * hearts.lv_length[:, None]
    sites = draw_sites(streams("scanner"), n_samples, site)
    signal = short_axis(beating, heights, pose, chests, sites, size)[0]
    X = pictures(streams("noise"), signal, "bssfp", sites, noise)
    X = X if frames == 2 else X.swapaxes(1, 2)
    if not return_truth:
        return X, y
    return (
        X,
        y,
        {
            "condition": np.array([HEART_CONDITIONS.index(name) for name in kind]),
            "variant": np.where(is_hypertrophic, variant, -1),
            "max_wall": thickest,
            "measured_wall": measured_wall,
            "lv_mass": hearts.lv_mass,
            "lv_edv": hearts.lv_edv,
            "lv_esv": hearts.lv_esv,
            "ejection_fraction": hearts.ejection_fraction,
            "pixel": pose.field / size,
            "tilt": np.degrees(np.hypot(*pose.tilt.T)),
            "turn": np.degrees(pose.turn),
            "ceiling": _ceiling(),
        },
    )


def _draw_walls(
    generator: np.random.Generator, n_samples: int, disease: str | None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return names of `_KINDS`, and in mm the wall where there is no bump, and where it is thickest, each (n,)."""
    kind = generator.choice(list(_KINDS), n_samples, p=[share for share, _ in _KINDS.values()])
    kind = kind if disease is None else np.full(n_samples, disease)
    thin = generator.uniform(*_KINDS["normal"][1], n_samples)
    place = generator.random(n_samples)
    low, high = np.array([_KINDS[name][1] for name in kind]).T
    thickest = np.where(kind == "normal", thin, low + (high - low) * place)
    return kind, np.where(kind == "hypertrophic", thin, thickest), thickest


def _draw_hearts(streams: Streams, variant: np.ndarray) -> Hearts:
    """Return hearts that all have a bump."""
    n_samples = len(variant)
    is_male = streams("sex").random(n_samples) < 0.55
    share = streams("volume").uniform(*_VOLUMES, n_samples)
    condition = np.full(n_samples, HEART_CONDITIONS.index("hypertrophic"))
    return _resized(draw_hearts(streams("heart"), condition, is_male, variant), share)


def _with_walls(hearts: Hearts, has_bump: np.ndarray, even: np.ndarray, thickest: np.ndarray) -> Hearts:
    """Return hearts with these walls, mm, of which some have a bump."""
    hearts = replace(
        hearts,
        bump_wall=thickest - even,
        systolic_bulge=np.where(has_bump, hearts.systolic_bulge, 0.0),
    )
    return with_wall(hearts, even)


@cache
def _ceiling() -> float:
    *_, thickest = _draw_walls(np.random.default_rng(0), 50_000, None)
    return expected_auc(np.array([NormalDist(_THICK, _READING_SD).cdf(wall) for wall in thickest]))


def _resized(hearts: Hearts, share: np.ndarray) -> Hearts:
    """Return hearts whose volumes are so many times as large."""
    names = "lv_edv", "lv_esv", "rv_edv", "rv_esv", "la_max", "la_min", "ra_max", "ra_min"
    volumes = {name: getattr(hearts, name) * share for name in names}
    return replace(hearts, lv_length=hearts.lv_length * np.cbrt(share), **volumes)
