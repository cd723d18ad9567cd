"""The chambers as formulas: what `motion` solves for their volumes and `anatomy` draws is the same."""

from dataclasses import dataclass, fields

import numpy as np

TRICUSPID_OFFSET = 6.0  # mm, nearer to the apex than the mitral valve
OUTFLOW = 22.0  # mm, how far the pulmonary valve is above the mitral valve at end-diastole
ATRIAL_WALL = 2.5  # mm
LA_WIDTHS = 1.15, 0.8  # of the left atrium, from septum to side and from front to back

RV_ANGLES = np.radians((-54.0, 42.0, 108.0))  # from the septum: where it begins, where its outflow does, where it ends
RA_ANGLES = np.radians((-54.0, 48.0))
_OUTFLOW_ANGLES = np.radians((42.0, 134.0))
_TURNED_IN = 0.6
RV_APEX = 0.16  # of the left ventricle's length at end-diastole


@dataclass(frozen=True, kw_only=True)
class Hearts:
    """What hearts are like, each (n,) unless told otherwise; volumes in ml, lengths in mm.

    A wall has one bump at most: where it is thicker or thinner than elsewhere, or moves in its own way.

    Attributes:
        lv_edv, lv_esv: end-diastolic and end-systolic volume of the left ventricle.
        lv_length: from its apex to the mitral valve at end-diastole.
        shortening: share of this length that is lost in systole.
        lv_mass: of its muscle, g.
        bump_angle: where the bump is, from the septum (0) towards the anterior wall (pi/2).
        bump_focus: how narrow it is around the wall, 0 for a ring.
        bump_height: its height over the apex, as a share of the length.
        bump_spread: how far it goes along the wall, a standard deviation, as a share of the length.
        bump_wall: what it adds to the wall at end-diastole; negative where the wall is thinned.
        bulge, systolic_bulge: how much wider the cavity is there, as a share of its radius, at either end of systole.
        rv_edv, rv_esv: of the right ventricle.
        rv_wall: thickness of its free wall.
        la_max, la_min: largest and smallest volume of the left atrium.
        ra_max, ra_min: of the right atrium.
        effusion: width of the fluid around the heart.
        aorta: radius of the aortic root.
        has_atrial_kick: whether the atria contract.
        papillary: of both papillary muscles the angle, as of `bump_angle`, half the thickness as a share of the
            cavity's radius at end-diastole, and the height of the tip as a share of the length, (n, 2, 3).
        outline: what makes its outlines irregular, (n, 3, 6, 4) from `outlines.draw_outlines`; none if it is 0.
    """

    lv_edv: np.ndarray
    lv_esv: np.ndarray
    lv_length: np.ndarray
    shortening: np.ndarray
    lv_mass: np.ndarray
    bump_angle: np.ndarray
    bump_focus: np.ndarray
    bump_height: np.ndarray
    bump_spread: np.ndarray
    bump_wall: np.ndarray
    bulge: np.ndarray
    systolic_bulge: np.ndarray
    rv_edv: np.ndarray
    rv_esv: np.ndarray
    rv_wall: np.ndarray
    la_max: np.ndarray
    la_min: np.ndarray
    ra_max: np.ndarray
    ra_min: np.ndarray
    effusion: np.ndarray
    aorta: np.ndarray
    has_atrial_kick: np.ndarray
    papillary: np.ndarray
    outline: np.ndarray

    def __post_init__(self) -> None:
        for name in _POSITIVE:
            if not (value := getattr(self, name) > 0).all():
                raise ValueError(f"{name} is {getattr(self, name)[~value][0]:g}; it must be above 0.")
        for small, large in (("lv_esv", "lv_edv"), ("rv_esv", "rv_edv"), ("la_min", "la_max"), ("ra_min", "ra_max")):
            low, high = getattr(self, small), getattr(self, large)
            if (wrong := ~(low < high)).any():
                raise ValueError(
                    f"{small} is {low[wrong][0]:g}; it must be below {large}, which is {high[wrong][0]:g}."
                )

    def __getitem__(self, some: slice | np.ndarray) -> "Hearts":
        return Hearts(**{field.name: getattr(self, field.name)[some] for field in fields(self)})

    @property
    def ejection_fraction(self) -> np.ndarray:
        """Share of the end-diastolic volume that the left ventricle ejects, in percent."""
        return 100 * (self.lv_edv - self.lv_esv) / self.lv_edv


_POSITIVE = (
    "lv_esv",
    "lv_length",
    "shortening",
    "lv_mass",
    "bump_spread",
    "rv_esv",
    "rv_wall",
    "la_min",
    "ra_min",
    "aorta",
)


@dataclass(frozen=True)
class Frames:
    """Hearts at moments of the beat: numbers of shape (n, frames, 1) or (n, 1, 1), in mm unless told otherwise.

    Attributes:
        hearts: those that beat.
        volume: of the left ventricle, ml.
        length: of the left ventricle, from its apex to the mitral valve.
        radius: of its cavity, half an axis, where there is no bulge.
        widest: this radius at end-diastole.
        wall: its thickness, where there is no bump.
        tip: how much of the bump the tip of the ventricle has, 0 to 1.
        base: half the width of the left ventricle's outside at the mitral valve, at the septum.
        bump_wall: what the bump adds to the wall.
        bulge: how much wider the cavity is in the bump, as a share of its radius.
        rv_volume: of the right ventricle, ml.
        rv_apex: height of the right ventricle's apex.
        rv_width: of the right ventricle where it is widest.
        la_radius: of the left atrium, before its `LA_WIDTHS`.
        la_y: where its axis stands.
        la_roof: height of its roof.
        ra_volume: of the right atrium, ml.
        ra_width: of the right atrium where it is widest.
        ra_roof: height of its roof.
        mitral: how far the mitral and the tricuspid valve are open, 0 to 1.
        aortic: how far the aortic valve is open, 0 to 1.
    """

    hearts: Hearts
    volume: np.ndarray
    length: np.ndarray
    radius: np.ndarray
    widest: np.ndarray
    wall: np.ndarray
    tip: np.ndarray
    base: np.ndarray
    bump_wall: np.ndarray
    bulge: np.ndarray
    rv_volume: np.ndarray
    rv_apex: np.ndarray
    rv_width: np.ndarray
    la_radius: np.ndarray
    la_y: np.ndarray
    la_roof: np.ndarray
    ra_volume: np.ndarray
    ra_width: np.ndarray
    ra_roof: np.ndarray
    mitral: np.ndarray
    aortic: np.ndarray

    def __getitem__(self, some: slice | np.ndarray) -> "Frames":
        return Frames(*(getattr(self, field.name)[some] for field in fields(self)))

    def astype(self, dtype: type) -> "Frames":
        """Return the same numbers in another precision."""
        return Frames(self.hearts, *(getattr(self, field.name).astype(dtype) for field in fields(self)[1:]))


def cap(height: np.ndarray, length: np.ndarray) -> np.ndarray:
    """Return how wide an ellipsoid cut at three quarters of its axis is, as a share of its radius.

    Args:
        height: from its tip; 0 outside 0 to `length`.
        length: from the tip to the cut.
    """
    share = height * (1.5 / length) - 1
    share *= share
    return np.sqrt(np.maximum(1 - share, 0))


def bump(hearts: Hearts, cos: np.ndarray, sin: np.ndarray, height: np.ndarray) -> np.ndarray:
    """Return how much of the bump a place of the wall has, 0 to 1.

    Args:
        hearts: n of them; the bump is a von Mises bell around the wall and a Gaussian along it.
        cos, sin: of the angle from the septum, counted towards the anterior wall, (n, 1, points).
        height: over the apex of the cavity, mm, (n, 1, points).
    """

    def at(value: np.ndarray) -> np.ndarray:
        return value[:, None, None].astype(height.dtype)

    focus, angle = hearts.bump_focus, hearts.bump_angle
    around = cos * at(focus * np.cos(angle))
    if (focus * np.sin(angle)).any():
        around = around + sin * at(focus * np.sin(angle))
    along = height - at(hearts.bump_height * hearts.lv_length)
    along *= at(1 / (np.sqrt(2) * hearts.bump_spread * hearts.lv_length))
    along *= along
    around = around - along
    around -= at(focus)
    return np.exp(around, out=around)


def epicardium(frames: Frames, of_bump: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return half the axes of the left ventricle's outside: across, where the bump has this share, and along."""
    across = of_bump * (frames.radius * frames.bulge + frames.bump_wall)
    across += frames.radius + frames.wall
    return across, frames.length / 1.5 + frames.wall + frames.bump_wall * frames.tip


def epicardial_radius(frames: Frames, across: np.ndarray, along: np.ndarray, height: np.ndarray) -> np.ndarray:
    """Return how far from the axis the outside of the left ventricle is; above the mitral valve as far as there."""
    share = np.minimum(height, frames.length)
    share -= frames.length / 1.5
    share /= along
    share *= share
    return across * np.sqrt(np.maximum(1 - share, 0))


def rv_crescent(frames: Frames, cos: np.ndarray, sin: np.ndarray, height: np.ndarray, top: np.ndarray) -> np.ndarray:
    """Return how thick the crescent of the right ventricle is, as a share of its width.

    Args:
        frames: hearts at moments.
        cos, sin: of the angle from the septum, around the left ventricle's axis.
        height: over the left ventricle's apex, mm.
        top: how high the right ventricle reaches at this angle, from `rv_top`.
    """
    share = (height - frames.rv_apex) / (top - frames.rv_apex)
    np.clip(share, 0, 1, out=share)
    profile = share * (1.9 - 0.9 * share)
    np.sqrt(profile, out=profile)
    profile *= share
    np.sqrt(profile, out=profile)
    # Its wall turns in towards the tricuspid ring.
    share *= share
    share *= share
    profile *= np.sqrt(1 - _TURNED_IN * share)
    profile *= np.sqrt(_lobe(cos, sin, RV_ANGLES))
    # The outflow tract is round where it ends.
    floor = frames.length - TRICUSPID_OFFSET
    over = (height - floor) / (top - floor + 1e-3)
    np.clip(over, 0, 1, out=over)
    over *= over
    profile *= np.sqrt(1 - over)
    return profile


def rv_top(frames: Frames, cos: np.ndarray, sin: np.ndarray) -> np.ndarray:
    """Return how high the right ventricle reaches: to the tricuspid valve, and in front to the pulmonary valve."""
    floor = frames.length - TRICUSPID_OFFSET
    outflow = frames.hearts.lv_length[:, None, None].astype(floor.dtype) + OUTFLOW
    return _lobe(cos, sin, _OUTFLOW_ANGLES) * (outflow - floor) + floor


def ra_crescent(frames: Frames, cos: np.ndarray, sin: np.ndarray, height: np.ndarray) -> np.ndarray:
    """Return how thick the crescent of the right atrium is, as a share of its width; 0 above its roof.

    Args:
        frames: hearts at moments.
        cos, sin: of the angle from the septum, around the left atrium's axis.
        height: over the left ventricle's apex, mm.
    """
    floor = frames.length - TRICUSPID_OFFSET
    share = height - floor
    share *= 1.5 / (frames.ra_roof - floor)
    share -= 0.5
    share *= share
    profile = np.maximum(1 - share, 0)
    profile *= _lobe(cos, sin, RA_ANGLES)
    return np.sqrt(profile, out=profile)


def ra_inner(frames: Frames, cos: np.ndarray, sin: np.ndarray, height: np.ndarray) -> np.ndarray:
    """Return how far from the left atrium's axis the right atrium begins: behind the septum, above the ventricle."""
    left = _la_reach(frames, cos, sin, np.maximum(height, frames.length))
    left += ATRIAL_WALL
    base = frames.base
    away = -frames.la_y
    ventricle = np.sqrt(np.maximum(base**2 - (away * cos) ** 2, 0)) + away * sin
    above = height - frames.length
    np.maximum(above, 0, out=above)
    above *= -1.2
    above += ventricle
    return np.maximum(left, above, out=left)


def _la_reach(frames: Frames, cos: np.ndarray, sin: np.ndarray, height: np.ndarray) -> np.ndarray:
    """Return how far from its axis the left atrium reaches; 0 above its roof."""
    across = frames.la_radius / np.sqrt((cos / LA_WIDTHS[0]) ** 2 + (sin / LA_WIDTHS[1]) ** 2)
    return across * cap(frames.la_roof - height, frames.la_roof - frames.length)


def _lobe(cos: np.ndarray, sin: np.ndarray, angles: np.ndarray) -> np.ndarray:
    """Return 1 in the middle between the first and the last of these angles, falling to 0 at both."""
    middle, edge = (angles[0] + angles[-1]) / 2, np.cos((angles[-1] - angles[0]) / 2)
    dtype = cos.dtype.type
    lobe = cos * dtype(np.cos(middle) / (1 - edge))
    lobe += sin * dtype(np.sin(middle) / (1 - edge))
    lobe -= dtype(edge / (1 - edge))
    return np.maximum(lobe, 0, out=lobe)
