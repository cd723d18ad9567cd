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
) -> Iterator[tuple[str, np.ndarray]]:
    """Yield how much of each point each part fills, from back to front, float32 (n, frames, points).

    "wall" is all tissue of the heart that no other part covers: the right ventricle's and the atria's walls, and what
    lies between the valves. Papillary muscles are yielded, and yet stand in the volume of the left ventricle.

    Args:
        frames: n hearts at moments of the beat, as from `motion.beat`.
        points: where to look.
        pixel: width of a pixel, mm, over which edges are softened.
        parts: which of `ALL` are wanted.
    """
    frames = frames.astype(np.float32)
    pixel = np.float32(pixel)
    hearts = frames.hearts
    x, y, z = points.x, points.y, points.z

    radial = np.sqrt(x * x + y * y)
    radial += 1e-3
    cos, sin = x / radial, y / radial
    of_bump = chambers.bump(hearts, cos, sin, z)
    across, along = chambers.epicardium(frames, of_bump)
    middle = z - frames.length / 1.5
    below_mitral = z - frames.length
    outside = ellipsoid(radial, middle, across, along)
    np.maximum(outside, below_mitral, out=outside)
    is_below_mitral = occupancy(below_mitral.copy(), pixel)

    top = chambers.rv_top(frames, cos, sin)
    rv_inner = chambers.epicardial_radius(frames, across, along, z)
    rv_thick = chambers.rv_crescent(frames, cos, sin, z, top)
    rv_thick *= frames.rv_width
    from_inner = radial - rv_inner
    from_outer = from_inner - rv_thick
    above_rv = z - top

    la_wanted = bool({"left atrium", "right atrium", "wall", "pericardium"}.intersection(parts))
    if la_wanted:
        y_la = y - frames.la_y
        la_radial = np.sqrt((x / LA_WIDTHS[0]) ** 2 + (y_la / LA_WIDTHS[1]) ** 2)
        la_half = (frames.la_roof - frames.length) / 1.5
        la_edge = ellipsoid(la_radial, z - (frames.la_roof - la_half), frames.la_radius, la_half)
        from_ra = np.sqrt(x * x + y_la * y_la)
        from_ra += 1e-3
        ra_cos, ra_sin = x / from_ra, y_la / from_ra
        ra_thick = chambers.ra_crescent(frames, ra_cos, ra_sin, z)
        ra_thick *= frames.ra_width
        ra_from_inner = from_ra - chambers.ra_inner(frames, ra_cos, ra_sin, z)
        ra_from_outer = ra_from_inner - ra_thick
        floor = frames.length - TRICUSPID_OFFSET

    if "descending aorta" in parts:
        behind = 2 * frames.la_y - 19
        away = x, y - behind, z - hearts.lv_length.astype(np.float32)[:, None, None]
        along = sum(part * np.float32(course) for part, course in zip(away, _DESCENDING, strict=True))
        across = sum((part - along * np.float32(course)) ** 2 for part, course in zip(away, _DESCENDING, strict=True))
        yield "descending aorta", occupancy(np.sqrt(across) - 11, pixel)
    if "pericardium" in parts or "wall" in parts:
        rv_wall = hearts.rv_wall.astype(np.float32)[:, None, None]
        heart = np.maximum(from_outer - np.minimum(rv_thick / 3, 1) * rv_wall, above_rv - 2)
        np.maximum(heart, frames.rv_apex - 4 - z, out=heart)
        np.minimum(heart, outside, out=heart)
        atrium = np.maximum(la_edge - ATRIAL_WALL, -2 - below_mitral)
        np.minimum(heart, atrium, out=heart)
        atrium = ra_from_outer - np.minimum(ra_thick / 3, 1) * ATRIAL_WALL
        np.maximum(atrium, floor - 2 - z, out=atrium)
        np.maximum(atrium, z - frames.ra_roof, out=atrium)
        np.minimum(heart, atrium, out=heart)
        if "pericardium" in parts:
            fluid = heart - hearts.effusion.astype(np.float32)[:, None, None]
            yield "pericardium", occupancy(fluid - 2, pixel)
            if hearts.effusion.any():
                yield "effusion", occupancy(fluid, pixel)
        yield "wall", occupancy(heart, pixel)

    in_la = in_ra = None
    if "pulmonary artery" in parts:
        start, end = (tuple(np.float32(part) for part in place) for place in _PULMONARY)
        trunk = segment((x, y, z - hearts.lv_length.astype(np.float32)[:, None, None]), start, end)
        yield "wall", occupancy(trunk - 13, pixel)
        yield "pulmonary artery", occupancy(trunk - 11.5, pixel)
    if "left atrium" in parts:
        in_la = occupancy(la_edge, pixel)
        in_la *= 1 - is_below_mitral
        yield "left atrium", in_la
    if "right atrium" in parts:
        in_ra = occupancy(ra_from_outer, pixel)
        in_ra -= occupancy(ra_from_inner, pixel)
        in_ra *= occupancy(floor - z, pixel)
        yield "right atrium", in_ra
    in_rv = occupancy(from_outer, pixel)
    in_rv -= occupancy(from_inner, pixel)
    in_rv *= occupancy(above_rv, pixel)
    yield "right ventricle", in_rv
    yield "myocardium", occupancy(outside, pixel)
    in_lv = occupancy(
        ellipsoid(radial, middle, frames.radius * (1 + frames.bulge * of_bump), frames.length / 1.5), pixel
    )
    in_lv *= is_below_mitral
    yield "left ventricle", in_lv
    if "papillary muscle" in parts:
        for angle in _PAPILLARY_ANGLES:
            side = np.float32(np.cos(angle)), np.float32(np.sin(angle))
            wall, tip = 0.86 * frames.radius, 0.52 * frames.radius
            muscle = segment(
                (x, y, z),
                (side[0] * wall, side[1] * wall, 0.32 * frames.length),
                (side[0] * tip, side[1] * tip, 0.6 * frames.length),
            )
            muscle -= 0.17 * frames.radius
            yield "papillary muscle", occupancy(muscle, pixel) * in_lv

    if "aorta" in parts:
        over = below_mitral
        from_axis = np.hypot(x - AORTIC_ROOT[0] - 0.12 * over, y - AORTIC_ROOT[1])
        sinus = np.exp(-(((over - 12) / 7) ** 2))
        sinus *= 0.22
        sinus += 1
        from_axis -= sinus * hearts.aorta.astype(np.float32)[:, None, None]
        is_above = occupancy(-1 - over, pixel)
        yield "wall", occupancy(from_axis - 1.8, pixel) * is_above
        in_aorta = occupancy(from_axis, pixel) * is_above
        yield "aorta", in_aorta
    if "valve" in parts:
        yield from _valves(frames, points, pixel, in_lv + in_la, in_rv + in_ra, in_aorta)


def material(frames: Frames, points: Points) -> Points:
    """Return where what is at these points was when the first frame was taken.

    Around the axis muscle keeps its volume, so what is at radius r came from where an incompressible
    tube had it; along the axis each height of the ventricle and of the atrium keeps its share. Noise that is read at
    these places moves with the tissue.

    Returns:
        float32 (n, frames, points).
    """
    frames = frames.astype(np.float32)
    first = frames.at(slice(0, 1))
    stretch = frames.length / first.length
    radial2 = points.x * points.x + points.y * points.y
    before2 = (radial2 - frames.radius**2) * stretch
    before2 += first.radius**2
    inside = radial2 * (first.radius / frames.radius) ** 2
    scale = np.where(before2 > first.radius**2, before2, inside)
    scale /= radial2 + 1e-3
    np.sqrt(scale, out=scale)
    atrial = (frames.la_roof - first.length) / (frames.la_roof - frames.length)
    above = points.z - frames.length
    height = np.where(above < 0, above / stretch, above * atrial)
    height += first.length
    return Points(points.x * scale, points.y * scale, height)


def _leaflets(
    from_axis: np.ndarray, over: np.ndarray, ring: np.ndarray, depth: float, open_share: np.ndarray
) -> np.ndarray:
    """Return the distance to a funnel of leaflets that hangs from a ring: shut at its middle, open below it."""
    tip = 0.3 + open_share * (0.62 * ring)
    hang = -4 - open_share * depth
    return segment((from_axis, over), (ring, 0 * ring), (tip, hang))


def _valves(
    frames: Frames,
    points: Points,
    pixel: np.ndarray,
    left: np.ndarray,
    right: np.ndarray,
    aorta: np.ndarray,
) -> Iterator[tuple[str, np.ndarray]]:
    """Yield the mitral, tricuspid and aortic leaflets, inside the cavities on whose border they are."""
    over = points.z - frames.length
    from_axis = np.sqrt((points.x / LA_WIDTHS[0]) ** 2 + ((points.y - frames.la_y) / LA_WIDTHS[1]) ** 2)
    leaflets = _leaflets(from_axis, over, 0.85 * frames.la_radius, 15, frames.mitral)
    yield "valve", occupancy(leaflets - VALVE, pixel) * left

    base = chambers.base_radius(frames)
    from_axis = np.hypot(points.x - base - 0.48 * frames.rv_width, points.y + 4)
    leaflets = _leaflets(from_axis, over + TRICUSPID_OFFSET, 0.47 * frames.rv_width, 12, frames.mitral)
    yield "valve", occupancy(leaflets - VALVE, pixel) * right

    x, y = points.x - AORTIC_ROOT[0] - 0.12 * over, points.y - AORTIC_ROOT[1]
    seams = None
    for angle in np.radians((30, 150, 270)):
        seam = segment((x, y), (0.0, 0.0), (30 * np.cos(angle), 30 * np.sin(angle)))
        seams = seam if seams is None else np.minimum(seams, seam)
    seams = np.maximum(seams, np.abs(over - 6) - 4)
    cusps = np.abs(over - 3 - 0.25 * np.hypot(x, y))
    np.minimum(seams, cusps, out=seams)
    yield "valve", occupancy(seams - 0.8 * VALVE, pixel) * (aorta * (1 - frames.aortic))
