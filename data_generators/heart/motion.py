"""How a heart moves: volumes over one beat, and the shapes that hold exactly these volumes."""

from dataclasses import replace
from itertools import pairwise

import numpy as np

from data_generators.heart import chambers
from data_generators.heart.chambers import LA_WIDTHS, RV_APEX, TRICUSPID_OFFSET, Frames, Hearts

MUSCLE_DENSITY = 1.05  # g/ml
END_SYSTOLE = 0.38  # of a beat: ejection is over, filling has not begun


def _gauss_legendre(number: int) -> tuple[np.ndarray, np.ndarray]:
    """Return nodes and weights for the integral from 0 to 1."""
    nodes, weights = np.polynomial.legendre.leggauss(number)
    return (nodes + 1) / 2, weights / 2


_NODES, _WEIGHTS = _gauss_legendre(20)
_FEW, _FEW_WEIGHTS = _gauss_legendre(10)
_PIECE = 500  # hearts at moments whose right chambers are worked on at a time, so that little memory is needed


def ejected(phase: np.ndarray, has_atrial_kick: np.ndarray | bool = True) -> np.ndarray:
    """Return how much of the stroke volume is out of the ventricle, 0 at end-diastole to 1.

    Args:
        phase: place in the beat, 0 at end-diastole to 1 at the next.
        has_atrial_kick: whether the atria squeeze the last 30% in; if not, the early filling takes all.
    """

    def rise(start: float, end: float) -> np.ndarray:
        return (1 - np.cos(np.pi * np.clip((phase - start) / (end - start), 0, 1))) / 2

    kick = np.where(has_atrial_kick, 0.3, 0.0)
    return rise(0, 0.35) - (1 - kick) * rise(0.41, 0.61) - kick * rise(0.86, 0.99)


def frames_at(hearts: Hearts, phase: np.ndarray) -> Frames:
    """Return hearts at moments of the beat, with exactly the volumes that they have then.

    The cavity of the left ventricle is an ellipsoid cut at the mitral valve, (9/8) pi a^2 c for half axes a and c,
    times what the bump bulges. Its wall keeps its mass, so it thickens by itself. The right chambers are crescents on
    their left neighbours.

    Args:
        hearts: n of them.
        phase: (frames,) or (n, frames), 0 at end-diastole to 1 at the next.

    Raises:
        ValueError: if a wall cannot fit around its cavity.
    """
    widest = _with_cavity(_still(hearts, np.zeros((1, 1)))).radius
    frames = replace(_still(hearts, np.atleast_2d(phase)), widest=widest)
    return _with_right_heart(_with_wall(_with_cavity(frames)))


def at_end_diastole(hearts: Hearts) -> Frames:
    """Return hearts at the one moment at which they are full, as `frames_at` does."""
    return frames_at(hearts, np.zeros(1))


def with_wall(hearts: Hearts, wall: np.ndarray) -> Hearts:
    """Return hearts whose wall is so thick (mm) at end-diastole, where there is no bump: their mass follows."""
    frames = _with_cavity(_still(hearts, np.zeros((1, 1))))
    outside = _outside(frames, wall[:, None, None], _bump_around(hearts))[:, 0, 0]
    return replace(hearts, lv_mass=MUSCLE_DENSITY * (outside / 1000 - hearts.lv_edv))


def with_some_walls(hearts: Hearts, some: np.ndarray, wall: np.ndarray) -> Hearts:
    """Return hearts of which some (their places, int) have walls of this thickness; the others stay as they are."""
    if not len(some):
        return hearts
    mass = hearts.lv_mass.copy()
    mass[some] = with_wall(hearts[some], wall).lv_mass
    return replace(hearts, lv_mass=mass)


def _still(hearts: Hearts, phase: np.ndarray) -> Frames:
    """Return frames in which all is known but what must be solved for."""
    kick = hearts.has_atrial_kick[:, None]
    out = ejected(phase, kick)[..., None]
    mitral, aortic = _valves(phase, kick)

    def at(value: np.ndarray) -> np.ndarray:
        return value[:, None, None]

    def between(diastolic: np.ndarray, systolic: np.ndarray) -> np.ndarray:
        return at(diastolic) + at(systolic - diastolic) * out

    length = at(hearts.lv_length) * (1 - at(hearts.shortening) * out)
    end_systole = at(hearts.lv_length * (1 - hearts.shortening))
    la_roof = end_systole + 13.0 * np.cbrt(at(hearts.la_max))
    zero = np.zeros_like(length)
    return Frames(
        hearts=hearts,
        volume=between(hearts.lv_edv, hearts.lv_esv),
        length=length,
        radius=zero,
        widest=np.zeros_like(la_roof),
        wall=zero,
        tip=_tip(hearts),
        base=zero,
        bump_wall=at(hearts.bump_wall) + zero,
        bulge=between(hearts.bulge, hearts.systolic_bulge),
        rv_volume=between(hearts.rv_edv, hearts.rv_esv),
        rv_apex=at(hearts.lv_length) * RV_APEX,
        rv_width=zero,
        la_radius=_atrial_radius(between(hearts.la_min, hearts.la_max), la_roof - length),
        la_y=3 - LA_WIDTHS[1] * _atrial_radius(at(hearts.la_max), la_roof - end_systole),
        la_roof=la_roof,
        ra_volume=between(hearts.ra_min, hearts.ra_max),
        ra_width=zero,
        ra_roof=end_systole - TRICUSPID_OFFSET + 12.5 * np.cbrt(at(hearts.ra_max)),
        mitral=mitral[..., None] + zero,
        aortic=aortic[..., None] + zero,
    )


def _valves(phase: np.ndarray, has_atrial_kick: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return how far the mitral (and tricuspid) and the aortic valve are open, 0 to 1."""

    def between(start: float, end: float, ramp: float) -> np.ndarray:
        return np.clip(np.minimum(phase - start, end - phase) / ramp, 0, 1)

    early, late = between(0.40, 0.64, 0.06), np.where(has_atrial_kick, 0.8 * between(0.84, 1.0, 0.05), 0)
    return np.maximum(np.maximum(early, late), 0.25 * between(0.42, 0.98, 0.02)), between(0.01, 0.36, 0.03)


def _atrial_radius(volume: np.ndarray, length: np.ndarray) -> np.ndarray:
    return np.sqrt(1000 * volume / (0.75 * np.pi * np.prod(LA_WIDTHS) * length))


def _with_cavity(frames: Frames) -> Frames:
    """Return frames whose left ventricle holds its volume."""
    height = frames.length * _NODES
    here, (first, second) = _bump_along(frames.hearts, height), _bump_around(frames.hearts)
    slices = chambers.cap(height, frames.length) ** 2
    slices *= 1 + 2 * frames.bulge * first * here + frames.bulge**2 * second * here**2
    per_radius = np.pi * frames.length * (slices @ _WEIGHTS)[..., None]
    return replace(frames, radius=np.sqrt(1000 * frames.volume / per_radius))


def _with_wall(frames: Frames) -> Frames:
    """Return frames whose wall has its mass, by Newton's method."""
    hearts = frames.hearts
    target = 1000 * (frames.volume + hearts.lv_mass[:, None, None] / MUSCLE_DENSITY)
    wall = np.full_like(frames.radius, 8.0)
    around = _bump_around(hearts)
    for _ in range(5):
        now = _outside(frames, wall, around)
        slope = (_outside(frames, wall + 0.01, around) - now) / 0.01
        wall = wall - (now - target) / slope
    cannot = ~(wall + np.minimum(frames.bump_wall, 0) >= 1).all(axis=(1, 2))
    if cannot.any():
        raise ValueError(
            f"lv_mass is {hearts.lv_mass[cannot][0]:g} g; around {hearts.lv_edv[cannot][0]:g} ml it makes no wall "
            "of 1 mm everywhere. Take a larger mass or a smaller bump."
        )
    frames = replace(frames, wall=wall)
    septum = np.ones((1, 1, 1))
    height = hearts.lv_length[:, None, None]
    across, along = chambers.epicardium(frames, chambers.bump(hearts, septum, 0 * septum, height))
    return replace(frames, base=chambers.epicardial_radius(frames, across, along, frames.length))


def _tip(hearts: Hearts) -> np.ndarray:
    """Return how much of the bump the tip of the ventricle has, (n, 1, 1)."""
    return _bump_along(hearts, np.zeros((1, 1, 1))) * _bump_around(hearts)[0]


def _outside(frames: Frames, wall: np.ndarray, around: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
    """Return the volume within the epicardium if the wall is so thick, mm3; `around` is from `_bump_around`."""
    even, along = chambers.epicardium(replace(frames, wall=wall), np.zeros((1, 1, 1)))
    extra = frames.radius * frames.bulge + frames.bump_wall
    middle = frames.length / 1.5
    reach = frames.length - middle + along
    height = middle - along + reach * _NODES
    here, (first, second) = _bump_along(frames.hearts, height), around
    areas = even**2 + 2 * even * extra * first * here + extra**2 * second * here**2
    areas *= 1 - ((height - middle) / along) ** 2
    return np.pi * reach * (areas @ _WEIGHTS)[..., None]


def _bump_along(hearts: Hearts, height: np.ndarray) -> np.ndarray:
    """Return the bump's share at these heights."""
    middle, spread, length = (
        part[:, None, None] for part in (hearts.bump_height, hearts.bump_spread, hearts.lv_length)
    )
    return np.exp(-0.5 * ((height / length - middle) / spread) ** 2)


def _bump_around(hearts: Hearts) -> tuple[np.ndarray, np.ndarray]:
    """Return the mean around the wall of the bump's bell and of the bell's square, (n, 1, 1)."""
    focus = hearts.bump_focus[:, None, None]
    return np.exp(-focus) * np.i0(focus), np.exp(-2 * focus) * np.i0(2 * focus)


def _with_right_heart(frames: Frames) -> Frames:
    """Return frames whose right chambers hold their volumes."""
    n_samples, n_frames = frames.length.shape[:2]
    step = max(_PIECE // n_frames, 1)
    widths = [_right_widths(frames[first : first + step]) for first in range(0, n_samples, step)]
    rv_width, ra_width = (np.concatenate(part) for part in zip(*widths, strict=True))
    return replace(frames, rv_width=rv_width, ra_width=ra_width)


def _right_widths(frames: Frames) -> tuple[np.ndarray, np.ndarray]:
    """Return how wide the right ventricle and the right atrium are where they are widest, each (n, frames, 1), mm."""
    share, cos, sin, weights = _crescent_nodes(*chambers.RV_ANGLES)
    top = chambers.rv_top(frames, cos, sin)
    reach = top - frames.rv_apex
    height = frames.rv_apex + share * reach
    outside = chambers.epicardium(frames, chambers.bump(frames.hearts, cos, sin, height))
    inner = chambers.epicardial_radius(frames, *outside, height)
    crescent = chambers.rv_crescent(frames, cos, sin, height, top)
    rv_width = _width(crescent, inner, reach, weights, frames.rv_volume)

    share, cos, sin, weights = _crescent_nodes(*chambers.RA_ANGLES)
    floor = frames.length - TRICUSPID_OFFSET
    reach = frames.ra_roof - floor
    height = floor + share * reach
    inner = chambers.ra_inner(frames, cos, sin, height)
    ra_width = _width(chambers.ra_crescent(frames, cos, sin, height), inner, reach, weights, frames.ra_volume)
    return rv_width, ra_width


def _crescent_nodes(*angles: float) -> tuple[np.ndarray, ...]:
    """Return shares of the height, cosines and sines of angles, (1, 1, nodes), and the nodes' weights.

    Args:
        angles: radians, where the crescent begins, where its formula has a kink, and where it ends.
    """
    pieces = []
    for begin, end in pairwise(angles):
        # Sines of equal steps crowd where a crescent ends, and take the root there into account.
        course = np.pi / 2 * (2 * _FEW - 1)
        middle, half = (begin + end) / 2, (end - begin) / 2
        pieces.append((middle + half * np.sin(course), _FEW_WEIGHTS * np.pi * half * np.cos(course)))
    angle, weights = (np.concatenate(part)[:, None] for part in zip(*pieces, strict=True))
    share, cos, sin = (part.reshape(1, 1, -1) for part in np.broadcast_arrays(_FEW, np.cos(angle), np.sin(angle)))
    return share, cos, sin, (weights * _FEW_WEIGHTS).ravel()


def _width(
    crescent: np.ndarray, inner: np.ndarray, reach: np.ndarray, weights: np.ndarray, volume: np.ndarray
) -> np.ndarray:
    """Return the width at which a crescent on `inner` holds `volume` (ml): the root of a quadratic."""
    linear = ((inner * crescent * reach) @ weights)[..., None]
    square = ((crescent**2 * reach) @ weights)[..., None] / 2
    return (np.sqrt(linear**2 + 4 * square * 1000 * volume) - linear) / (2 * square)
