"""The chest as a film sees it: how far each beam goes through air, soft tissue and bone.

All is seen from the front, mm to the patient's left and down from the level of the heart's middle, as on a film that
hangs on a viewer: the patient's right is at the left.
"""

from dataclasses import dataclass, fields

import numpy as np

from data_generators.heart import chest
from data_generators.heart.chambers import LA_WIDTHS, Frames
from data_generators.heart.projection import Ellipsoids, projected
from data_generators.heart.shapes import norm, occupancy

_WIDEST = 40.0  # mm, down: here the chest is measured

_HALF_WIDTH, _HALF_DEPTH, _HEIGHT = 145.0, 82.0, 188.0  # mm, of the space within the ribs, of a man of average size
_DOME = 62.0, 55.0  # mm, of the diaphragm, to either side and down
_DOME_SPREAD = 62.0, 22.0  # mm: so far aside it is so much lower
_HILUM = 42.0, -18.0
_LUNG = 0.2  # of a healthy lung that is not air
_RIBS = 25.0  # mm, from one to the next
_STREAKS = np.array((7, 11, 17, 26))


@dataclass(frozen=True, kw_only=True)
class Thorax:
    """Chests and what is in their lungs, each (n,) unless told otherwise.

    Attributes:
        size: 1 for a man of average size.
        fat: mm of it around the chest.
        breath: 1 for a deep breath in, 0 for a shallow one, which lifts the diaphragm by 28 mm.
        turn: mm by which what lies in front is moved aside, because the patient is not straight before the film.
        oedema: 0 to 1.
        diversion: 0 to 1, of blood to the upper lobes.
        effusion: (n, 2), mm of fluid, right and left.
        consolidation: (n, 4): to the left and down, radius, mm, and how much of the air is gone.
        collapse: (n, 2), share by which a pneumothorax has shrunk the lung, right and left; 0 for none.
        phases: (n, 8), of the pattern of vessels, radians.
    """

    size: np.ndarray
    fat: np.ndarray
    breath: np.ndarray
    turn: np.ndarray
    oedema: np.ndarray
    diversion: np.ndarray
    effusion: np.ndarray
    consolidation: np.ndarray
    collapse: np.ndarray
    phases: np.ndarray

    def __getitem__(self, some: slice) -> "Thorax":
        return Thorax(**{field.name: getattr(self, field.name)[some] for field in fields(self)})

    @property
    def half_width(self) -> np.ndarray:
        """Half the width within the ribs where it is largest, (n,), mm."""
        return half_width(self.size, self.breath)


def half_width(size: np.ndarray, breath: np.ndarray) -> np.ndarray:
    """Return half the width of chests of this size within the ribs, mm; a shallow breath takes 4% of it."""
    return _HALF_WIDTH * size * (0.96 + 0.04 * breath)


def heart_on_film(frames: Frames) -> Ellipsoids:
    """Return the left ventricle, the right one and both atria at the first moment as ellipsoids, seen from the front.

    The crescents of the right heart are drawn as ellipsoids that reach as far to the side as they do.
    """
    first = {name: getattr(frames, name)[:, 0, 0] for name in ("length", "radius", "wall", "rv_width", "base")}
    first |= {name: getattr(frames, name)[:, 0, 0] for name in ("la_radius", "la_y", "la_roof", "ra_width", "ra_roof")}
    length, outside, rv = first["length"], first["radius"] + first["wall"], first["rv_width"]
    zero = np.zeros_like(length)
    la_half = (first["la_roof"] - length) / 2 + 6
    ra_half = (first["ra_roof"] - length) / 2 + 12
    middle = np.stack(
        (
            np.stack((zero, zero, length / 1.5), axis=1),
            np.stack((0.45 * rv, zero + 6, 0.62 * length), axis=1),
            np.stack((zero, first["la_y"], length + la_half - 6), axis=1),
            np.stack((0.5 * first["base"] + 0.4 * first["ra_width"], first["la_y"] + 8, length + ra_half - 12), axis=1),
        ),
        axis=1,
    )
    half_axes = np.stack(
        (
            np.stack((outside, outside, length / 1.5 + first["wall"]), axis=1),
            np.stack((outside + 0.55 * rv, outside + 0.2 * rv, 0.5 * length), axis=1),
            np.stack((LA_WIDTHS[0] * first["la_radius"], LA_WIDTHS[1] * first["la_radius"], la_half), axis=1),
            np.stack((0.5 * first["base"] + 0.6 * first["ra_width"], 0.9 * outside, ra_half), axis=1),
        ),
        axis=1,
    )
    in_body = (middle - chest.middle_of_hearts(frames)[:, None]) @ chest.AXES + (chest.HEART_MIDDLE[0], 0.0, 0.0)
    return projected(in_body, half_axes, chest.AXES).moved(np.full((len(length), 2), (0.0, 11.0)))


def ways(
    thorax: Thorax, heart: Ellipsoids, x: np.ndarray, y: np.ndarray, pixel: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return how far beams go through soft tissue and through bone, and how much of each pixel is lung and is heart.

    Args:
        thorax: n chests.
        heart: n hearts, as from `heart_on_film`.
        x, y: float32 (places,), mm.
        pixel: its width, mm.

    Returns:
        Four float32 arrays (n, places): mm, mm, and 0 to 1.
    """

    width, size = _of(thorax.half_width), _of(thorax.size)
    aside = np.abs(x)

    # The space within the ribs, above the diaphragm.
    height = np.minimum(y - np.float32(_WIDEST), 0) / np.float32(_HEIGHT)
    across = x / width
    room = 1 - across * across - height * height
    is_within = occupancy(-0.5 * width * room, pixel)
    air = np.sqrt(np.maximum(room, 0))
    air *= 2 * _HALF_DEPTH * size
    dome = _DOME[1] + 5 * np.tanh(x / 10) + _DOME_SPREAD[1] * ((aside - _DOME[0]) / _DOME_SPREAD[0]) ** 2
    above = occupancy(y - dome.astype(np.float32) + 28 * (1 - _of(thorax.breath)), pixel)
    is_lung = is_within * above

    # What lies between the lungs takes the place of air.
    turned = x - _of(thorax.turn)
    chord = heart.longest_chord(x, y)
    column = np.sqrt(np.maximum(1 - (turned / 25) ** 2, 0))
    column *= 100
    knob = np.sqrt(np.maximum(1 - ((turned - 20) / 19) ** 2 - ((y + 62) / 22) ** 2, 0))
    knob *= 60
    np.maximum(column, knob, out=column)
    is_heart = occupancy(pixel * (0.5 - chord / 6), pixel) * above
    np.maximum(column, 1.3 * chord, out=column)  # and what lies before and behind it
    air -= column
    np.maximum(air, 0, out=air)
    air *= above

    density = _density(thorax, x, y, width)
    air *= 1 - density
    is_lung *= 1 - np.minimum(column / 8, 1)

    fat = _of(thorax.fat)
    shoulders = 1 / (1 + np.exp(-(y + 138) / 9))
    outer = x / (58 + shoulders * (width + 30 + fat - 58))
    soft = np.sqrt(np.maximum(1 - outer * outer, 0))
    soft *= 2 * (105 * size + fat)
    soft -= air
    bone = _bone(x, y, width, is_within * (0.4 + 0.6 * above))
    soft -= 14 * np.sqrt(np.maximum(1 - (turned / 8) ** 2, 0)) * (y < -48)  # the windpipe
    np.maximum(soft, 0, out=soft)
    return soft, bone, is_lung, is_heart


def _of(value: np.ndarray) -> np.ndarray:
    """Return what is true of each patient, to be set against places, float32 (n, 1)."""
    return value.astype(np.float32)[:, None]


def _density(thorax: Thorax, x: np.ndarray, y: np.ndarray, width: np.ndarray) -> np.ndarray:
    """Return which share of the lung is not air, float32 (n, places)."""

    aside, is_right = np.abs(x), x < 0
    from_hilum = aside - np.float32(_HILUM[0]), y - np.float32(_HILUM[1])
    distance = norm(*from_hilum)
    angle = np.arctan2(from_hilum[1], from_hilum[0]) + np.pi * is_right + 0.2 * np.sin(distance / 15)

    # Vessels go out from the hilum: more of them below, unless blood is diverted to the upper lobes.
    upper = 1 / (1 + np.exp(from_hilum[1] / 12))
    fading = np.exp(-distance / 60) * (1 - np.exp(-((distance / 22) ** 2)))
    basis = np.concatenate([wave(_STREAKS[:, None] * angle) * fading for wave in (np.cos, np.sin)]).astype(np.float32)
    cos, sin = np.cos(thorax.phases[:, :4]), np.sin(thorax.phases[:, :4])
    streaks = np.einsum("nk,kp->np", np.concatenate((cos, sin), axis=1).astype(np.float32), basis)
    streaks += 1.2 * fading
    np.maximum(streaks, 0, out=streaks)
    streaks *= 0.11 * (0.75 + 0.5 * (upper * (2 * _of(thorax.diversion)) + (1 - upper) * (1 - _of(thorax.diversion))))
    density = streaks
    density += _LUNG + 0.25 * np.exp(-((distance / 16) ** 2))

    wings = 0.75 * np.exp(-(((aside - 52) / 42) ** 2) - ((y + 8) / 55) ** 2) + 0.2 / (1 + np.exp(-(y - 10) / 15))
    density += _of(thorax.oedema) * wings.astype(np.float32)
    if len(some := np.flatnonzero(thorax.consolidation[:, 3])):
        left, down, radius, share = (_of(part[some]) for part in thorax.consolidation.T)
        away = ((x - left) ** 2 + (y - down) ** 2) / (radius * radius)
        density[some] += share * np.exp(-(away * away))
    for side, is_here in enumerate((is_right, ~is_right)):
        if len(some := np.flatnonzero(thorax.effusion[:, side])):
            level = 98 - _of(thorax.effusion[some, side]) * (0.62 + 0.38 * (aside / width[some]) ** 3)
            density[some] += 0.95 * is_here / (1 + np.exp(np.minimum((level - y) / 3, 30)))
        if len(some := np.flatnonzero(thorax.collapse[:, side])):
            left_over = 1 - _of(thorax.collapse[some, side])
            lung = ((aside - 25) / ((width[some] - 25) * left_over)) ** 2
            lung += (np.minimum(y - 55, 0) / ((_HEIGHT + 10) * left_over)) ** 2
            density[some] *= 1 - is_here / (1 + np.exp(np.minimum((1 - lung) * 14, 30)))
            density[some] += 0.16 * is_here * np.exp(-(((lung - 1) * 11) ** 2))  # the pleura, seen on edge
    return np.minimum(density, 1, out=density)


def _bone(x: np.ndarray, y: np.ndarray, width: np.ndarray, is_within: np.ndarray) -> np.ndarray:
    """Return how far beams go through bone: the spine, the ribs behind and in front, and the collar bones."""
    aside = np.abs(x)

    def rods(height: np.ndarray, apart: float, radius: float) -> np.ndarray:
        away = height / apart
        away -= np.floor(away)
        away -= 0.5
        away *= apart
        away *= away
        np.subtract(radius * radius, away, out=away)
        np.maximum(away, 0, out=away)
        return np.sqrt(away, out=away)

    spine = 9 * np.sqrt(np.maximum(1 - (x / 17) ** 2, 0)) * (0.8 + 0.2 * np.cos(2 * np.pi * y / 26))
    collar = np.sqrt(np.maximum(36 - (0.96 * (y + 108 + 0.22 * aside)) ** 2, 0)) * (aside > 14)
    share = aside / width
    ribs = 0.85 * rods(y - 34 * share * share, _RIBS, 4.5)
    ribs += 0.5 * rods(y + 62 * share, _RIBS, 5.0) * (aside > 40)
    ribs *= is_within
    ribs += (spine + 0.9 * collar).astype(np.float32)
    return ribs
