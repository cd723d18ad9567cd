"""The heart as layers: how much of each point of a picture each part fills."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

import numpy as np

from data_generators.heart import chambers
from data_generators.heart.chambers import ATRIAL_WALL, LA_WIDTHS, TRICUSPID_OFFSET, Frames
from data_generators.heart.shapes import ellipsoid, occupancy, segment

AORTIC_ROOT = 9.5, 13.5  # mm, where the aortic valve stands, x and y
VALVE = 1.0  # mm, half the thickness of a leaflet

_PAPILLARY_ANGLES = np.radians(155), np.radians(-80)
_PULMONARY = (-3.0, 40.0, 16.0), (-20.0, 12.0, 40.0)  # mm, the trunk's ends, z over the mitral valve
_DESCENDING = -0.62, 0.32, 0.72  # direction of the aorta behind the heart


@dataclass(frozen=True)
class Points:
    """Where a picture looks, float32 (n, 1 or frames, points), mm; see `heart` for the axes."""

    x: np.ndarray
    y: np.ndarray
    z: np.ndarray

    def __getitem__(self, some: slice | np.ndarray) -> "Points":
        return Points(self.x[some], self.y[some], self.z[some])

    def at(self, places: slice) -> "Points":
        """Return some of the places of each picture."""
        return Points(self.x[..., places], self.y[..., places], self.z[..., places])


ALL = (
    "descending aorta",
    "pericardium",
    "effusion",
    "wall",
    "pulmonary artery",
    "left atrium",
    "right atrium",
    "right ventricle",
    "myocardium",
    "left ventricle",
    "papillary muscle",
    "aorta",
    "valve",
)
"""Every part, from back to front."""


def layers(
    frames: Frames, points: Points, pixel: np.ndarray | float, parts: Collection[str] = ALL
) -> Iterator[tuple[str, slice, np.ndarray]]:
    """Yield how much of each point each part fills, from back to front.

    "wall" is all tissue of the heart that no other part covers: the right ventricle's and the atria's walls, and what
    lies between the valves. The atria are yielded together with the ventricles below them, which cover them later, so
    that no seam is left in an open valve. Papillary muscles are yielded, and yet stand in the volume of the ventricle.

    Args:
        frames: n hearts at moments of the beat, as from `motion.beat`.
        points: where to look.
        pixel: width of a pixel, mm, over which edges are softened; (n, 1, 1) or a number.
        parts: which of `ALL` are wanted.

    Yields:
        The part, the points that it may touch (along the last axis), and how much of them it fills, float32
        (n, frames, these points).
    """
    frames = frames.astype(np.float32)
    pixel = np.asarray(pixel, dtype=np.float32)
    hearts = frames.hearts
    x, y, z = points.x, points.y, points.z
    everywhere = slice(None)
    lowest, highest = z.min(axis=(0, 1)), z.max(axis=(0, 1))

    def between(low: np.ndarray, high: np.ndarray) -> slice:
        """Return the points whose height may lie between these."""
        touched = np.flatnonzero((highest > low.min()) & (lowest < high.max()))
        return slice(touched[0], touched[-1] + 1) if len(touched) else slice(0, 0)

    def of_hearts(value: np.ndarray) -> np.ndarray:
        return value.astype(np.float32)[:, None, None]

    radial = np.sqrt(x * x + y * y)
    radial += 1e-3
    cos, sin = x / radial, y / radial
    of_bump = chambers.bump(hearts, cos, sin, z)
    across, along = chambers.epicardium(frames, of_bump)
    below = between(np.full(1, -np.inf), frames.length + 3)
    upwards = between(frames.length - 12, np.full(1, np.inf))
    below_mitral = z - frames.length
    is_below_mitral = occupancy(below_mitral[..., below].copy(), pixel)
    middle = z[..., below] - frames.length / 1.5
    outside = ellipsoid(radial[..., below], middle, across[..., below], along)
    np.maximum(outside, below_mitral[..., below], out=outside)
    inside = ellipsoid(
        radial[..., below], middle, frames.radius * (1 + frames.bulge * of_bump[..., below]), frames.length / 1.5
    )
    in_lv = occupancy(inside, pixel)
    in_lv *= is_below_mitral

    top = chambers.rv_top(frames, cos, sin)
    from_inner = radial - chambers.epicardial_radius(frames, across, along, z)
    rv_thick = chambers.rv_crescent(frames, cos, sin, z, top)
    rv_thick *= frames.rv_width
    from_outer = from_inner - rv_thick
    above_rv = z - top

    with_atria = not {"left atrium", "right atrium", "wall", "pericardium"}.isdisjoint(parts)
    if with_atria:
        x_up, y_up, z_up = x[..., upwards], y[..., upwards] - frames.la_y, z[..., upwards]
        la_half = (frames.la_roof - frames.length) / 1.5
        la_radial = np.sqrt((x_up / LA_WIDTHS[0]) ** 2 + (y_up / LA_WIDTHS[1]) ** 2)
        la_edge = ellipsoid(la_radial, z_up - (frames.la_roof - la_half), frames.la_radius, la_half)
        from_axis = np.sqrt(x_up * x_up + y_up * y_up)
        from_axis += 1e-3
        ra_cos, ra_sin = x_up / from_axis, y_up / from_axis
        ra_thick = chambers.ra_crescent(frames, ra_cos, ra_sin, z_up)
        ra_thick *= frames.ra_width
        ra_from_inner = from_axis - chambers.ra_inner(frames, ra_cos, ra_sin, z_up)
        ra_from_outer = ra_from_inner - ra_thick
        below_floor = frames.length - TRICUSPID_OFFSET - z_up

    if "descending aorta" in parts:
        away = x, y - (2 * frames.la_y - 19), z - of_hearts(hearts.lv_length)
        course = sum(part * np.float32(share) for part, share in zip(away, _DESCENDING, strict=True))
        from_axis2 = sum(
            (part - course * np.float32(share)) ** 2 for part, share in zip(away, _DESCENDING, strict=True)
        )
        yield "descending aorta", everywhere, occupancy(np.sqrt(from_axis2) - 11, pixel)
    if "pericardium" in parts or "wall" in parts:
        heart = np.minimum(rv_thick / -3, 0)
        np.maximum(heart, -1, out=heart)
        heart *= of_hearts(hearts.rv_wall)
        heart += from_outer
        np.maximum(heart, above_rv - 2, out=heart)
        np.maximum(heart, frames.rv_apex - 4 - z, out=heart)
        here = heart[..., below]
        np.minimum(here, outside, out=here)
        here = heart[..., upwards]
        np.minimum(here, np.maximum(la_edge - ATRIAL_WALL, -2 - below_mitral[..., upwards]), out=here)
        atrium = ra_from_outer - np.minimum(ra_thick / 3, 1) * ATRIAL_WALL
        np.maximum(atrium, below_floor - 2, out=atrium)
        np.maximum(atrium, z_up - frames.ra_roof, out=atrium)
        np.minimum(here, atrium, out=here)
        if "pericardium" in parts:
            fluid = of_hearts(hearts.effusion)
            yield "pericardium", everywhere, occupancy(heart - (fluid + 1.6), pixel)
            if hearts.effusion.any():
                yield "effusion", everywhere, occupancy(heart - fluid, pixel)
        yield "wall", everywhere, occupancy(heart, pixel)

    in_rv = occupancy(from_outer, pixel)
    in_rv -= occupancy(from_inner, pixel)
    in_rv *= occupancy(above_rv, pixel)
    if "pulmonary artery" in parts:
        some = between(hearts.lv_length, np.full(1, np.inf))
        over = z[..., some] - of_hearts(hearts.lv_length)
        trunk = segment((x[..., some], y[..., some], over), *_PULMONARY)
        yield "wall", some, occupancy(trunk - 13, pixel)
        yield "pulmonary artery", some, occupancy(trunk - 11.5, pixel)
    cavity = np.zeros_like(in_rv)
    cavity[..., below] = in_lv
    if with_atria:
        left, right = cavity.copy(), in_rv.copy()
        in_la = occupancy(la_edge, pixel)
        in_la *= occupancy(-below_mitral[..., upwards], pixel)
        left[..., upwards] += in_la
        in_ra = occupancy(ra_from_outer, pixel)
        in_ra -= occupancy(ra_from_inner, pixel)
        in_ra *= occupancy(below_floor, pixel)
        right[..., upwards] += in_ra
        if "left atrium" in parts:
            yield "left atrium", everywhere, left
        if "right atrium" in parts:
            yield "right atrium", everywhere, right
    yield "right ventricle", everywhere, in_rv
    yield "myocardium", below, np.maximum(occupancy(outside, pixel) - in_lv, 0)
    yield "left ventricle", below, in_lv
    if "papillary muscle" in parts:
        some = between(0.2 * frames.length, 0.7 * frames.length)
        for angle in _PAPILLARY_ANGLES:
            side = np.float32(np.cos(angle)), np.float32(np.sin(angle))
            wall, tip = 0.86 * frames.radius, 0.52 * frames.radius
            muscle = segment(
                (x[..., some], y[..., some], z[..., some]),
                (side[0] * wall, side[1] * wall, 0.32 * frames.length),
                (side[0] * tip, side[1] * tip, 0.6 * frames.length),
            )
            muscle -= 0.17 * frames.radius
            yield "papillary muscle", some, occupancy(muscle, pixel) * cavity[..., some]
    if "aorta" in parts:
        over = below_mitral[..., upwards]
        from_axis = np.hypot(*_from_aorta(points.at(upwards), over))
        sinus = np.exp(-(((over - 12) / 7) ** 2))
        sinus *= 0.22
        sinus += 1
        from_axis -= sinus * of_hearts(hearts.aorta)
        is_above = occupancy(-1 - over, pixel)
        yield "wall", upwards, occupancy(from_axis - 1.8, pixel) * is_above
        in_aorta = occupancy(from_axis, pixel)
        in_aorta *= is_above
        yield "aorta", upwards, in_aorta
    if "valve" in parts:
        some = between(frames.length - 26, frames.length + 3)
        near = points.at(some)
        yield "valve", some, _mitral_valve(frames, near, pixel) * left[..., some]
        yield "valve", some, _tricuspid_valve(frames, near, pixel) * right[..., some]
        if "aorta" in parts:
            yield "valve", upwards, _aortic_valve(frames, points.at(upwards), pixel) * in_aorta


def _leaflets(
    from_axis: np.ndarray, over: np.ndarray, ring: np.ndarray, depth: float, open_share: np.ndarray
) -> np.ndarray:
    """Return the distance to a funnel of leaflets that hangs from a ring: shut at its middle, open below it."""
    tip = 0.3 + open_share * (0.62 * ring)
    return segment((from_axis, over), (ring, 0 * ring), (tip, -5 - open_share * depth))


def _mitral_valve(frames: Frames, points: Points, pixel: np.ndarray) -> np.ndarray:
    from_axis = np.sqrt((points.x / LA_WIDTHS[0]) ** 2 + ((points.y - frames.la_y) / LA_WIDTHS[1]) ** 2)
    leaflets = _leaflets(from_axis, points.z - frames.length, 0.85 * frames.la_radius, 15, frames.mitral)
    return occupancy(leaflets - VALVE, pixel)


def _tricuspid_valve(frames: Frames, points: Points, pixel: np.ndarray) -> np.ndarray:
    middle = frames.base + 0.48 * frames.rv_width
    from_axis = np.hypot(points.x - middle, points.y + 4)
    over = points.z - (frames.length - TRICUSPID_OFFSET)
    return occupancy(_leaflets(from_axis, over, 0.47 * frames.rv_width, 12, frames.mitral) - VALVE, pixel)


def _from_aorta(points: Points, over: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return how far points are from the axis of the aorta in x and y, which leans over as it rises."""
    return points.x - AORTIC_ROOT[0] - 0.12 * over, points.y - AORTIC_ROOT[1]


def _aortic_valve(frames: Frames, points: Points, pixel: np.ndarray) -> np.ndarray:
    """Return the three cusps while they are shut: a star from above, a seam along the aorta from the side."""
    over = points.z - frames.length
    x, y = _from_aorta(points, over)
    cusps = np.abs(over - 3 - 0.25 * np.hypot(x, y))
    height = np.abs(over - 6) - 4
    for angle in np.radians((30, 150, 270)):
        cos, sin = np.float32(np.cos(angle)), np.float32(np.sin(angle))
        seam = np.maximum(np.abs(sin * x - cos * y), -(cos * x + sin * y))
        np.minimum(cusps, np.maximum(seam, height), out=cusps)
    return occupancy(cusps - 0.8 * VALVE, pixel) * (1 - frames.aortic)


def material(frames: Frames, points: Points) -> Points:
    """Return where what is at these points is at end-diastole.

    Around the axis muscle keeps its volume, so what is at radius r came from where an incompressible
    tube had it; along the axis each height of the ventricle and of the atrium keeps its share. Noise that is read at
    these places moves with the tissue.

    Returns:
        float32 (n, frames, points).
    """
    frames = frames.astype(np.float32)
    longest = frames.hearts.lv_length.astype(np.float32)[:, None, None]
    stretch = frames.length / longest
    radial2 = points.x * points.x + points.y * points.y
    outside = radial2 - frames.radius**2
    outside *= stretch
    outside += frames.widest**2
    # Blood is squeezed across, and muscle is not: of the two laws the lower one holds on its side of the border.
    scale = np.minimum(outside, radial2 * (frames.widest / frames.radius) ** 2, out=outside)
    scale /= radial2 + 1e-3
    np.sqrt(scale, out=scale)
    height = points.z - frames.length
    ventricular = height / stretch
    height *= (frames.la_roof - longest) / (frames.la_roof - frames.length)
    np.minimum(height, ventricular, out=height)
    height += longest
    return Points(points.x * scale, points.y * scale, height)
