"""Perfusion of the left ventricle by SPECT, as polar maps."""

from typing import Any

import numpy as np

from data_generators._sampling import Seed, check_flag, check_n_samples, check_random_state, in_pieces
from data_generators.render.nuclear import gamma_camera

CORONARY_SEGMENTS = {
    "LAD": (1, 2, 7, 8, 13, 14, 17),
    "LCX": (5, 6, 11, 12, 16),
    "RCA": (3, 4, 9, 10, 15),
}
"""The segments of the American Heart Association's model that each coronary artery supplies."""

SPECT_SIZE = 32
"""Pixels along each side of a polar map, 5 mm each."""

_ILL = 1 - (1 - 0.62) ** (1 / 3)  # of each artery, so that 62% of patients have one that is obstructed
_SEEN, _FALSE = 0.8, 0.1  # chance of a defect behind an obstructed and behind another artery
_RINGS = 0.25, 0.5, 0.75
_AT_ONCE = 128  # patients


def make_spect_cad(
    n_samples: int = 600,
    *,
    random_state: Seed = None,
    return_truth: bool = False,
) -> tuple[Any, ...]:
    """Make simulated polar maps of perfusion under stress and at rest, of patients with and without coronary disease.

    A patient is ill who has an artery with a stenosis of 70% or more. Four in five of these make a defect in their
    territory, and so does one in ten of the others. A defect is 20 to 70% deep; at rest it has gone for the most part,
    unless there is a scar. The diaphragm takes 10 to 15% from the inferior wall of men, the breast as much from the
    anterior wall of women, and the apex is thin.

    Args:
        n_samples: number of patients.
        random_state: an int gives the same maps each time.
        return_truth: also return what the simulation knows.

    Returns:
        X: float32 (n_samples, 2, 32, 32), stress and rest, counts by their mean over the map; anterior wall above,
            septum at the left, apex in the middle; 0 around it.
        y: int64 (n_samples,), 1 with coronary disease.
        truth: only with `return_truth`; a dict of float64 (n_samples, 3) arrays, for LAD, LCX and RCA, "stenosis" in
            percent and "depth" of the defect under stress, 0 for none; bool (n_samples, 3) "is_scar"; bool (n_samples,)
            "is_male"; and "ceiling", the area under the ROC curve of who sees all defects.

    Raises:
        ValueError: if an argument is outside what is allowed.

    Sources:
        The task: Betancur and others, JACC Cardiovasc Imaging 2018;11:1654-1663, as in table 1 of Howard and Francis,
        Heart 2022;108:973-981 (62% of 1,638 patients are ill there). Segments and territories: Cerqueira and others,
        Circulation 2002;105:539-542. Chances are choices of this course.

    Example:
        >>> X, y = make_spect_cad(4, random_state=0)
        >>> X.shape, y.shape
        ((4, 2, 32, 32), (4,))
    """
    n_samples = check_n_samples(n_samples)
    generator = check_random_state(random_state)
    return_truth = check_flag("return_truth", return_truth)

    segments = polar_segments()

    def draw(some: np.ndarray) -> dict[str, Any]:
        is_obstructed = generator.random((len(some), 3)) < _ILL
        stenosis = np.where(
            is_obstructed, generator.uniform(70, 100, (len(some), 3)), generator.uniform(0, 69, (len(some), 3))
        )
        has_defect = generator.random((len(some), 3)) < np.where(is_obstructed, _SEEN, _FALSE)
        depth = generator.uniform(0.2, 0.7, (len(some), 3)) * has_defect
        is_scar = (generator.random((len(some), 3)) < 0.25) & has_defect
        stays = np.where(is_scar, generator.uniform(0.8, 1, (len(some), 3)), generator.uniform(0, 0.4, (len(some), 3)))
        is_male = generator.random(len(some)) < 0.6
        lost = _lost(generator, segments, depth)
        usual = _usual(generator, segments, is_male)
        X = np.stack(
            [
                gamma_camera(
                    generator,
                    (1 - (lost * share[:, :, None, None]).sum(axis=1)) * usual,
                    segments > 0,
                    blur=12 / 5,
                    counts=generator.uniform(*counts, len(some)),
                )
                for share, counts in ((np.ones_like(stays), (90, 160)), (stays, (45, 80)))
            ],
            axis=1,
        )
        return {
            "X": X,
            "y": is_obstructed.any(axis=1).astype(np.int64),
            "stenosis": stenosis,
            "depth": depth,
            "is_scar": is_scar,
            "is_male": is_male,
        }

    return in_pieces(draw, n_samples, _AT_ONCE, return_truth, _ceiling)


def polar_segments() -> np.ndarray:
    """Return the segment of the American Heart Association's model that each pixel is in, int64 (32, 32), 0 outside."""
    across, down = _places()
    radius = np.hypot(across, down)
    # From the anterior wall, above, by way of the septum, at the left.
    turn = np.degrees(np.arctan2(-across, -down)) % 360
    sixth, quarter = ((turn + 30) // 60 % 6).astype(np.int64), ((turn + 45) // 90 % 4).astype(np.int64)
    rings = [radius < _RINGS[0], radius < _RINGS[1], radius < _RINGS[2], radius < 1]
    return np.select(rings, [np.int64(17), 13 + quarter, 7 + sixth, 1 + sixth], 0)


def _places() -> tuple[np.ndarray, np.ndarray]:
    """Return how far each pixel is across and down from the apex, as shares of the map's radius, (32, 32)."""
    place = (np.arange(SPECT_SIZE) + 0.5) / SPECT_SIZE * 2 - 1
    across, down = np.meshgrid(place, place)
    return across, down


def _lost(generator: np.random.Generator, segments: np.ndarray, depth: np.ndarray) -> np.ndarray:
    """Return which share of its activity each artery's defect takes from each pixel, (n, 3, 32, 32)."""
    lost = np.zeros((*depth.shape, *segments.shape))
    for artery, supplied in enumerate(CORONARY_SEGMENTS.values()):
        # A defect holds one segment for certain, and the others of its territory more often than not.
        hit = generator.random((len(depth), len(supplied))) < 0.65
        hit[np.arange(len(depth)), generator.integers(0, len(supplied), len(depth))] = True
        for place, segment in enumerate(supplied):
            lost[:, artery][:, segments == segment] = (hit[:, place] * depth[:, artery])[:, None]
    return lost


def _usual(generator: np.random.Generator, segments: np.ndarray, is_male: np.ndarray) -> np.ndarray:
    """Return the activity of a map without disease, (n, 32, 32): walls behind soft tissue and the apex have less."""
    n_samples = len(is_male)
    across, down = _places()
    wall = np.where(is_male[:, None, None], down - 0.55, -down - 0.55)
    behind = np.exp(-((wall / 0.35) ** 2) - (across / 0.5) ** 2)
    apex = np.exp(-(across**2 + down**2) / 0.05)
    usual = 1 - generator.uniform(0.10, 0.15, (n_samples, 1, 1)) * behind
    return (usual - generator.uniform(0.05, 0.15, (n_samples, 1, 1)) * apex) * (segments > 0)


def _ceiling() -> float:
    """Return the area under the ROC curve of who knows in how many territories there is a defect."""
    in_any = _ILL * _SEEN + (1 - _ILL) * _FALSE
    well_with, well_without = (1 - _ILL) * _FALSE / in_any, (1 - _ILL) * (1 - _FALSE) / (1 - in_any)
    number = np.arange(4)
    chance = np.array([1, 3, 3, 1]) * in_any**number * (1 - in_any) ** (3 - number)
    well = chance * well_with**number * well_without ** (3 - number)
    ill = chance - well
    below = np.cumsum(well) - well / 2
    return float((ill * below).sum() / (ill.sum() * well.sum()))
