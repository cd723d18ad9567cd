"""The heart as layers: how much of each point of a picture each part fills."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from data_generators.heart import chambers
from data_generators.heart.chambers import ATRIAL_WALL, LA_WIDTHS, OUTFLOW, TRICUSPID_OFFSET, Frames
from data_generators.heart.shapes import Layers, ellipsoid, line_segment, norm, occupancy

AORTIC_ROOT = 9.5, 13.5  # mm, where the aortic valve stands, x and y
VALVE = 1.0  # mm, half the thickness of a leaflet

_PERICARDIUM = 1.6  # mm
_SKELETON = 1.2  # mm, the fibrous tissue over the left ventricle, between its valves
_NO_CRESCENT = 0.2  # mm
_PULMONARY = (-3.0, 40.0, 16.0), (-20.0, 12.0, 40.0)  # mm, the trunk's ends, z over the mitral valve
_DESCENDING = -0.62, 0.32, 0.72  # direction of the aorta behind the heart
GROOVES = np.radians((108.0, -54.0))  # between the ventricles, in front and behind
_SURFACE_FAT, _GROOVE_FAT = 0.8, 1.2  # times the average fat: everywhere, and what the grooves have more
_MOST_IN_GROOVE, _GROOVE_REACH = 5.0, 11.0  # mm
_CORONARY = 1.6  # mm, its radius
_COMMISSURES = np.radians(117)  # the direction in which the mitral valve's two leaflets meet


@dataclass(frozen=True)
class Points:
    """Where a picture looks, float32 (n, 1 or frames, points), mm; see `heart` for the axes.

    In the chest, a coordinate that all patients or all points share may have 1 in their place.
    """

    x: np.ndarray
    y: np.ndarray
    z: np.ndarray

    def __getitem__(self, some: slice | np.ndarray) -> "Points":
        return Points(*(part if len(part) == 1 else part[some] for part in (self.x, self.y, self.z)))

    def at(self, places: slice) -> "Points":
        """Return some of the places of each picture."""
        return Points(self.x[..., places], self.y[..., places], self.z[..., places])

    def moved(self, shift: np.ndarray) -> "Points":
        """Return points so far away, mm, (n, 1 or frames, 3)."""
        x, y, z = np.moveaxis(shift.astype(np.float32), -1, 0)[..., None]
        return Points(self.x + x, self.y + y, self.z + z)


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
        frames: n hearts at moments of the beat, as from `motion.frames_at`.
        points: where to look.
        pixel: width of a pixel, mm, over which edges are softened; (n, 1, 1) or a number.
        parts: which of `ALL` are wanted; with "fat", too, hearts lie in it, and their "effusion" is fat that also
            fills the grooves between the chambers, and is thickest there; with "coronary artery", arteries run in it.

    Yields:
        The part, the points that it may touch (along the last axis), and how much of them it fills, float32
        (n, frames, these points).
    """
    sight = _Sight(frames, points, pixel)
    for part, where, filled in _from_back_to_front(sight, parts):
        yield part, slice(sight.first + where.start, sight.first + where.stop), filled


def _from_back_to_front(sight: "_Sight", parts: Collection[str]) -> Layers:
    if "descending aorta" in parts:
        yield "descending aorta", sight.everywhere, _descending_aorta(sight)
    if "pericardium" in parts or "wall" in parts:
        yield from _walls(sight, has_fat="fat" in parts, has_arteries="coronary artery" in parts)
    if "pulmonary artery" in parts:
        yield from _pulmonary_artery(sight)
    if "left atrium" in parts:
        yield "left atrium", sight.everywhere, sight.left
    if "right atrium" in parts:
        yield "right atrium", sight.everywhere, sight.right
    yield "right ventricle", sight.about_rv, sight.rv
    outside = np.maximum(sight.epicardium, sight.below_mitral[..., sight.below])
    yield "myocardium", sight.below, np.maximum(sight.fill(outside) - sight.lv, 0)
    yield "left ventricle", sight.below, sight.lv
    if "papillary muscle" in parts:
        yield from _papillary_muscles(sight)
    if "aorta" in parts:
        yield from _aorta(sight, has_valve="valve" in parts)
    if "valve" in parts:
        yield from _inlet_valves(sight)


class _Sight:
    """Hearts as they are seen at some points: what several layers need is worked out once, and only if one asks.

    Most parts lie between two heights. What is worked out for one of them is for the points `below` the mitral valve,
    `about_rv` or `upwards` from the tricuspid valve alone; each is a slice along the last axis.
    """

    def __init__(self, frames: Frames, points: Points, pixel: np.ndarray | float) -> None:
        self.frames = frames = frames.astype(np.float32)
        self.pixel = np.asarray(pixel, dtype=np.float32)
        self.fluid = self.of_hearts("effusion")
        self._margin = self.pixel.max() / 2 + groove_fat(self.fluid).max() + _PERICARDIUM
        self._lowest, self._highest = points.z.min(axis=(0, 1)), points.z.max(axis=(0, 1))
        # Nothing of the heart is below the outside of its apex.
        heart = self.between(-(frames.wall + np.maximum(frames.bump_wall, 0)), None)
        self.first, self.points = heart.start, points.at(heart)
        self._lowest, self._highest = self._lowest[heart], self._highest[heart]
        self.everywhere = slice(0, len(self._lowest))
        self.below = self.between(None, frames.length)
        self.about_rv = self.between(frames.rv_apex - 4, self.of_hearts("lv_length") + OUTFLOW + 2)
        self.upwards = self.between(frames.length - TRICUSPID_OFFSET - 2, None)

    def between(self, low: np.ndarray | None, high: np.ndarray | None) -> slice:
        """Return the points whose height may lie between these."""
        is_touched = np.ones(len(self._lowest), dtype=bool)
        if low is not None:
            is_touched &= self._highest > low.min() - self._margin
        if high is not None:
            is_touched &= self._lowest < high.max() + self._margin
        touched = np.flatnonzero(is_touched)
        return slice(touched[0], touched[-1] + 1) if len(touched) else slice(0, 0)

    def fill(self, distance: np.ndarray) -> np.ndarray:
        """Return how much of each point lies inside an edge at this distance, which is overwritten."""
        return occupancy(distance, self.pixel)

    def of_hearts(self, name: str) -> np.ndarray:
        """Return what does not change over the beat, (n, 1, 1)."""
        return getattr(self.frames.hearts, name).astype(np.float32)[:, None, None]

    @cached_property
    def radial(self) -> np.ndarray:
        """Distance from the axis of the left ventricle."""
        return norm(self.points.x, self.points.y) + np.float32(1e-3)

    @cached_property
    def cos(self) -> np.ndarray:
        """Cosine of the angle from the septum."""
        return self.points.x / self.radial

    @cached_property
    def sin(self) -> np.ndarray:
        """Sine of the angle from the septum."""
        return self.points.y / self.radial

    @cached_property
    def bump(self) -> np.ndarray:
        """How much of its bump the wall has there."""
        return chambers.bump(self.frames.hearts, self.cos, self.sin, self.points.z)

    @cached_property
    def below_mitral(self) -> np.ndarray:
        """Distance to what is below the mitral valve."""
        return self.points.z - self.frames.length

    @cached_property
    def epicardium(self) -> np.ndarray:
        """Distance to the outside of the left ventricle, as if the mitral valve did not end it, `below`."""
        some = self.below
        across, along = chambers.epicardium(self.frames, self.bump[..., some])
        middle = self.points.z[..., some] - self.frames.length / 1.5
        return ellipsoid(self.radial[..., some], middle, across, along)

    @cached_property
    def lv(self) -> np.ndarray:
        """How much the cavity of the left ventricle fills, `below`."""
        frames, some = self.frames, self.below
        radius = self.bump[..., some] * (frames.radius * frames.bulge)
        radius += frames.radius
        middle = self.points.z[..., some] - frames.length / 1.5
        lv = self.fill(ellipsoid(self.radial[..., some], middle, radius, frames.length / 1.5))
        lv *= self.fill(self.below_mitral[..., some].copy())
        return lv

    @cached_property
    def rv_edges(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Distances to the inner side and to the top of the right ventricle, and how thick it is, `about_rv`."""
        some = self.about_rv
        cos, sin, z = self.cos[..., some], self.sin[..., some], self.points.z[..., some]
        top = chambers.rv_top(self.frames, cos, sin)
        across, along = chambers.epicardium(self.frames, self.bump[..., some])
        from_inner = self.radial[..., some] - chambers.epicardial_radius(self.frames, across, along, z)
        thick = chambers.rv_crescent(self.frames, cos, sin, z, top)
        thick *= self.frames.rv_width
        return from_inner, np.subtract(z, top, out=top), thick

    @cached_property
    def rv(self) -> np.ndarray:
        """How much the right ventricle fills, `about_rv`."""
        return self._crescent(*self.rv_edges)

    @cached_property
    def la_edge(self) -> np.ndarray:
        """Distance to the left atrium, as if the mitral valve did not end it, `upwards`."""
        frames, some = self.frames, self.upwards
        half = (frames.la_roof - frames.length) / 1.5
        height = self.points.z[..., some] - (frames.la_roof - half)
        return ellipsoid(_from_la_axis(frames, self.points.at(some)), height, frames.la_radius, half)

    @cached_property
    def ra_edges(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Distances to the inner side and to the floor of the right atrium, and how thick it is, `upwards`."""
        frames, some = self.frames, self.upwards
        x, y, z = self.points.x[..., some], self.points.y[..., some] - frames.la_y, self.points.z[..., some]
        from_axis = norm(x, y)
        from_axis += 1e-3
        cos, sin = x / from_axis, y / from_axis
        thick = chambers.ra_crescent(frames, cos, sin, z)
        thick *= frames.ra_width
        from_inner = from_axis - chambers.ra_inner(frames, cos, sin, z)
        return from_inner, frames.length - TRICUSPID_OFFSET - z, thick

    @cached_property
    def left(self) -> np.ndarray:
        """How much the left ventricle and the left atrium fill together."""
        left = np.zeros(self.below_mitral.shape, dtype=np.float32)
        left[..., self.below] = self.lv
        la = self.fill(self.la_edge.copy())
        la *= self.fill(-self.below_mitral[..., self.upwards])
        left[..., self.upwards] += la
        return left

    @cached_property
    def right(self) -> np.ndarray:
        """How much the right ventricle and the right atrium fill together."""
        right = np.zeros(self.below_mitral.shape, dtype=np.float32)
        right[..., self.about_rv] = self.rv
        right[..., self.upwards] += self._crescent(*self.ra_edges)
        return right

    def _crescent(self, from_inner: np.ndarray, from_end: np.ndarray, thick: np.ndarray) -> np.ndarray:
        """Return how much a crescent fills: so thick, on its inner side, as far as its top or its floor."""
        crescent = self.fill(from_inner - thick)
        crescent -= self.fill(from_inner.copy())
        crescent *= self.fill(from_end.copy())
        return crescent


def _descending_aorta(sight: _Sight) -> np.ndarray:
    points, frames = sight.points, sight.frames
    away = points.x, points.y - (2 * frames.la_y - 19), points.z - sight.of_hearts("lv_length")
    course = sum(part * np.float32(share) for part, share in zip(away, _DESCENDING, strict=True))
    from_axis = norm(*(part - course * np.float32(share) for part, share in zip(away, _DESCENDING, strict=True)))
    from_axis -= 11
    return sight.fill(from_axis)


def _walls(sight: _Sight, has_fat: bool, has_arteries: bool) -> Layers:
    """Yield what is around the whole heart: pericardium, fluid, and all muscle as one piece.

    With fat, the pericardium passes over the grooves between the chambers, and what is between it and them is yielded
    with the fluid.
    """
    frames, below, upwards = sight.frames, sight.below, sight.upwards
    heart, sack = np.full((2, *sight.below_mitral.shape), np.float32(1e3))

    from_inner, over_top, thick = sight.rv_edges
    ends = np.maximum(over_top - 2, frames.rv_apex - 4 - sight.points.z[..., sight.about_rv])
    outer, inner = _around_crescent(from_inner, thick, sight.of_hearts("rv_wall"))
    np.maximum(outer, ends, out=sack[..., sight.about_rv])
    np.maximum(sack[..., sight.about_rv], inner, out=heart[..., sight.about_rv])
    here = heart[..., below]
    np.minimum(here, np.maximum(sight.epicardium, sight.below_mitral[..., below] - _SKELETON), out=here)
    here = heart[..., upwards]
    np.minimum(here, np.maximum(sight.la_edge - ATRIAL_WALL, -2 - sight.below_mitral[..., upwards]), out=here)
    from_inner, under_floor, thick = sight.ra_edges
    ends = np.maximum(under_floor - 2, sight.points.z[..., upwards] - frames.ra_roof)
    outer, inner = _around_crescent(from_inner, thick, ATRIAL_WALL)
    np.maximum(outer, ends, out=outer)
    np.minimum(sack[..., upwards], outer, out=sack[..., upwards])
    np.minimum(here, np.maximum(outer, inner), out=here)

    fluid = sight.fluid
    if has_fat:
        np.minimum(heart, sack, out=sack)
        from_base, from_septum = _from_grooves(sight)
        in_groove = np.exp(-((np.minimum(from_base, from_septum) / _GROOVE_REACH) ** 2))
        fluid = _SURFACE_FAT * fluid + in_groove * (groove_fat(fluid) - _SURFACE_FAT * fluid)
    else:
        sack = heart
    yield "pericardium", sight.everywhere, sight.fill(sack - (fluid + _PERICARDIUM))
    if has_fat or sight.fluid.any():
        yield "effusion", sight.everywhere, sight.fill(sack - fluid)
    if has_arteries:
        over_lv = sack.copy()  # on which arteries run where the right ventricle begins
        over_lv[..., below] = sight.epicardium
        arteries = np.minimum(norm(sack - fluid / 2, from_base), norm(over_lv - fluid / 2, from_septum))
        yield "coronary artery", sight.everywhere, sight.fill(arteries - _CORONARY)
    yield "wall", sight.everywhere, sight.fill(heart)


def groove_fat(fat: np.ndarray) -> np.ndarray:
    """Return how thick the fat is in the grooves of a heart that has so much on average, mm."""
    return _SURFACE_FAT * fat + np.minimum(_GROOVE_FAT * fat, _MOST_IN_GROOVE)


def _from_grooves(sight: _Sight) -> tuple[np.ndarray, np.ndarray]:
    """Return the distances around the heart to the groove below the atria and to those between the ventricles."""
    from_base = np.abs(sight.below_mitral + TRICUSPID_OFFSET / 2)
    from_septum = np.full_like(from_base, 1e3)
    beyond = np.maximum(0.3 * sight.frames.length - sight.points.z, 0)
    for angle in GROOVES:
        cos, sin = np.float32(np.cos(angle)), np.float32(np.sin(angle))
        aside = np.abs(sight.points.y * cos - sight.points.x * sin)
        behind = np.maximum(-(sight.points.x * cos + sight.points.y * sin), 0)
        np.minimum(from_septum, norm(aside, behind, beyond, np.maximum(sight.below_mitral, 0)), out=from_septum)
    return from_base, from_septum


def _around_crescent(
    from_inner: np.ndarray, thick: np.ndarray, wall: np.ndarray | float
) -> tuple[np.ndarray, np.ndarray]:
    """Return the distances to the outside of a crescent's wall and to its inner side, where the wall ends too.

    The wall thins out where the crescent does.
    """
    wall = np.minimum(thick / 3, 1) * wall
    outer = from_inner - thick
    outer -= wall
    inner = np.negative(wall, out=wall)
    inner -= from_inner
    inner[thick < _NO_CRESCENT] = 1e3  # or a line would be left where the crescent has ended
    return outer, inner


def _pulmonary_artery(sight: _Sight) -> Layers:
    valve = sight.of_hearts("lv_length")
    some = sight.between(valve, None)
    near = sight.points.at(some)
    trunk = line_segment((near.x, near.y, near.z - valve), *_PULMONARY)
    yield "wall", some, sight.fill(trunk - 13)
    yield "pulmonary artery", some, sight.fill(trunk - 11.5)


def _papillary_muscles(sight: _Sight) -> Layers:
    frames = sight.frames
    some = sight.between(0.2 * frames.length, 0.75 * frames.length)
    near = sight.points.at(some)
    cavity = np.zeros(sight.below_mitral.shape, dtype=np.float32)
    cavity[..., sight.below] = sight.lv
    for muscle in np.moveaxis(sight.of_hearts("papillary"), (3, 4), (0, 1)):
        angle, thickness, top = muscle
        cos, sin = np.cos(angle), np.sin(angle)
        wall, tip = 0.9 * frames.radius, 0.64 * frames.radius
        distance = line_segment(
            (near.x, near.y, near.z),
            (cos * wall, sin * wall, 0.32 * frames.length),
            (cos * tip, sin * tip, top * frames.length),
        )
        distance -= thickness * frames.widest  # muscle that shortens does not get thinner
        yield "papillary muscle", some, sight.fill(distance) * cavity[..., some]


def _aorta(sight: _Sight, has_valve: bool) -> Layers:
    """Yield the ascending aorta, wide at its sinuses, and its valve."""
    some = sight.between(sight.frames.length, None)
    over = sight.below_mitral[..., some]
    near = sight.points.at(some)
    # It turns towards the head as it rises.
    x, y = near.x - AORTIC_ROOT[0] - 0.12 * over, near.y - AORTIC_ROOT[1] - 0.01 * over * over
    from_axis = norm(x, y)
    sinus = np.exp(-(((over - 12) / 7) ** 2))
    sinus *= 0.22
    sinus += 1
    edge = from_axis - sinus * sight.of_hearts("aorta")
    is_above = sight.fill(-1 - over)
    yield "wall", some, sight.fill(edge - 1.8) * is_above
    aorta = sight.fill(edge)
    aorta *= sight.fill(-1 - sight.pixel - over)  # a pixel more, or the wall would bar the way from the ventricle
    yield "aorta", some, aorta
    if has_valve:
        yield "valve", some, _aortic_valve(sight, x, y, from_axis, over) * aorta


def _aortic_valve(sight: _Sight, x: np.ndarray, y: np.ndarray, from_axis: np.ndarray, over: np.ndarray) -> np.ndarray:
    """Return the three cusps while they are shut: a star from above, a seam along the aorta from the side."""
    cusps = np.abs(over - 3 - 0.25 * from_axis)
    height = np.abs(over - 6) - 4
    for angle in np.radians((30, 150, 270)):
        cos, sin = np.float32(np.cos(angle)), np.float32(np.sin(angle))
        seam = np.maximum(np.abs(sin * x - cos * y), -(cos * x + sin * y))
        np.minimum(cusps, np.maximum(seam, height), out=cusps)
    return sight.fill(cusps - 0.8 * VALVE) * (1 - sight.frames.aortic)


def _inlet_valves(sight: _Sight) -> Layers:
    """Yield the leaflets of the mitral and of the tricuspid valve."""
    frames = sight.frames
    some = sight.between(frames.length - 26, frames.length + 3)
    near, over = sight.points.at(some), sight.below_mitral[..., some]
    ring = 0.85 * frames.la_radius
    leaflets = _leaflets(_from_mitral_seam(frames, near, 0.4 * ring), over, ring, 15, frames.mitral)
    yield "valve", some, sight.fill(leaflets - VALVE) * sight.left[..., some]
    ring = 0.33 * frames.rv_width
    from_axis = norm(near.x - (frames.base + 0.34 * frames.rv_width), near.y + 4)
    leaflets = _leaflets(from_axis, over + TRICUSPID_OFFSET, ring, 12, frames.mitral)
    yield "valve", some, sight.fill(leaflets - VALVE) * sight.right[..., some]


def _leaflets(
    from_axis: np.ndarray, over: np.ndarray, ring: np.ndarray, depth: float, open_share: np.ndarray
) -> np.ndarray:
    """Return the distance to a funnel of leaflets that hangs from a ring: shut at its middle, open below it.

    Shut they are a dome of two pieces, and open they hang down before they turn to the middle.
    """
    tip, end = 0.3 + np.sqrt(open_share) * (0.65 * ring), -5 - open_share * depth
    bend = (0.55 + 0.4 * open_share) * ring, -3 - open_share * (0.45 * depth)
    bend_to_tip = line_segment((from_axis, over), bend, (tip, end))
    return np.minimum(line_segment((from_axis, over), (ring, 0 * ring), bend), bend_to_tip)


def _from_la_axis(frames: Frames, points: Points) -> np.ndarray:
    """Return the distance from the axis of the left atrium, in shares of its `LA_WIDTHS`."""
    return norm(points.x * np.float32(1 / LA_WIDTHS[0]), (points.y - frames.la_y) * np.float32(1 / LA_WIDTHS[1]))


def _from_mitral_seam(frames: Frames, points: Points, half: np.ndarray) -> np.ndarray:
    """Return the distance from where the two mitral leaflets meet, a line of twice this length."""
    cos, sin = np.float32(np.cos(_COMMISSURES)), np.float32(np.sin(_COMMISSURES))
    x, y = points.x * np.float32(1 / LA_WIDTHS[0]), (points.y - frames.la_y) * np.float32(1 / LA_WIDTHS[1])
    return norm(sin * x - cos * y, np.maximum(np.abs(cos * x + sin * y) - half, 0))


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
