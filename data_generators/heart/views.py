"""Where the heart is cut: named views as planes, with the jitter of a hand that holds the probe."""

from dataclasses import dataclass

import numpy as np

from data_generators.heart.anatomy import Points
from data_generators.heart.chambers import Frames

ECHO_VIEWS = (
    "parasternal long axis",
    "parasternal short axis, aortic valve",
    "parasternal short axis, papillary muscles",
    "parasternal short axis, apex",
    "apical four-chamber",
    "apical two-chamber",
    "apical three-chamber",
    "subcostal",
)
"""The views of `make_echo_views`, in the order of their numbers."""

_EVERYWHERE = "pericardium", "effusion", "wall", "left atrium", "right atrium", "papillary muscle", "valve"
_ABOVE = "aorta", "descending aorta", "pulmonary artery"

PARTS_OF_VIEWS = {
    "parasternal long axis": (*_EVERYWHERE, "aorta", "descending aorta"),
    "parasternal short axis, aortic valve": (*_EVERYWHERE, *_ABOVE),
    "parasternal short axis, papillary muscles": _EVERYWHERE,
    "parasternal short axis, apex": _EVERYWHERE,
    "apical four-chamber": _EVERYWHERE,
    "apical two-chamber": (*_EVERYWHERE, "descending aorta"),
    "apical three-chamber": (*_EVERYWHERE, *_ABOVE),
    "subcostal": (*_EVERYWHERE, "aorta"),
}
"""The parts of `heart.anatomy` that each view may show, besides the ventricles."""

_APICAL_ANGLES = {"apical four-chamber": 180.0, "apical two-chamber": 117.0, "apical three-chamber": 63.0}
_SHORT_AXES = {
    "parasternal short axis, papillary muscles": 0.5,
    "parasternal short axis, apex": 0.2,
}
_PROBE_ANGLE = np.radians(63)


@dataclass(frozen=True)
class Planes:
    """Planes through hearts, each (n, 3), mm.

    Attributes:
        origin: where the probe is.
        right: direction to the right of the screen.
        down: direction away from the probe, down the screen.
        depth: how far the picture reaches, (n,).
    """

    origin: np.ndarray
    right: np.ndarray
    down: np.ndarray
    depth: np.ndarray

    def __getitem__(self, some: slice | np.ndarray) -> "Planes":
        return Planes(self.origin[some], self.right[some], self.down[some], self.depth[some])

    def points(self, u: np.ndarray, v: np.ndarray, w: np.ndarray | float = 0.0) -> Points:
        """Return the points so far to the right, down and away from the viewer, each (points,) or (n, points), mm."""
        places = [np.atleast_2d(part).astype(np.float32)[:, None] for part in (u, v, w)]
        courses = self.right, self.down, np.cross(self.right, self.down)
        points = []
        for axis in range(3):
            origin, right, down, away = (
                part[:, None, axis, None].astype(np.float32) for part in (self.origin, *courses)
            )
            point = places[0] * right
            point += places[1] * down
            point += places[2] * away + origin
            points.append(point)
        return Points(*points)

    def along(self, shift: np.ndarray) -> np.ndarray:
        """Return in the heart's axes, (n, frames, 3), shifts of mm to the right and down the screen, (n, frames, 2)."""
        return shift[..., :1] * self.right[:, None] + shift[..., 1:] * self.down[:, None]


def short_axis_planes(frames: Frames, tilt: np.ndarray) -> Planes:
    """Return planes across the left ventricle at its apex; those of other heights are so far away from the viewer.

    The right ventricle is at the left of the screen, the anterior wall above: the heart is seen from its apex.

    Args:
        frames: n hearts.
        tilt: (n, 2), radians by which the planes are not quite across, about the screen's right and down.
    """
    n_samples = len(frames.length)
    turn = np.concatenate((tilt, np.zeros((n_samples, 1))), axis=1)
    still = Planes(
        origin=np.tile((12.0, 0.0, 0.0), (n_samples, 1)),
        right=np.tile((-1.0, 0.0, 0.0), (n_samples, 1)),
        down=np.tile((0.0, -1.0, 0.0), (n_samples, 1)),
        depth=np.zeros(n_samples),
    )
    # They turn about the middle of the ventricle, so that it stays in the picture.
    half = frames.hearts.lv_length[:, None] / 2
    turned = moved(still, np.zeros((n_samples, 3)), turn)
    back = np.cross(turned.right, turned.down)
    return Planes(still.origin + half * ((0.0, 0.0, 1.0) - back), turned.right, turned.down, turned.depth)


def echo_planes(view: np.ndarray, frames: Frames) -> Planes:
    """Return the plane of each view, held without a tremor.

    Apical views look along the left ventricle, apex up, the left ventricle to the right of the screen. The parasternal
    long axis has the aorta and the left atrium at the right; short axes have the right ventricle at the left. From
    below the ribs the apex is at the right.

    Args:
        view: int (n,), places in `ECHO_VIEWS`.
        frames: the hearts, at end-diastole first.
    """
    n = len(view)
    first = {
        name: getattr(frames, name)[:, 0, 0] for name in ("length", "wall", "radius", "rv_width", "la_y", "la_roof")
    }
    zero = np.zeros(n)
    mitral = np.stack((zero, 0.5 * first["la_y"], first["length"]), axis=1)
    outside = first["radius"] + first["wall"]
    down, right, origin, depth = np.zeros((n, 3)), np.zeros((n, 3)), np.zeros((n, 3)), np.zeros(n)
    for number, name in enumerate(ECHO_VIEWS):
        some = np.flatnonzero(view == number)
        if not len(some):
            continue
        if name in _APICAL_ANGLES:
            axis = _unit(mitral[some])
            angle = np.radians(_APICAL_ANGLES[name])
            side = np.array((np.cos(angle), np.sin(angle), 0.0)) + 0 * axis
            across = _across(side, axis)
            # With four chambers in the picture the septum hangs down its middle, and so the left ventricle leans.
            lean = np.arctan2(0.42 * first["rv_width"][some], first["length"][some])[:, None]
            lean = lean * (name == "apical four-chamber")
            down[some] = np.cos(lean) * axis - np.sin(lean) * across
            right[some] = np.cos(lean) * across + np.sin(lean) * axis
            origin[some] = -(first["wall"][some, None] + 16) * axis
            depth[some] = first["la_roof"][some] + first["wall"][some] + 30
        elif name == "subcostal":
            axis = _unit(mitral[some])
            away = _across(np.array((-1.0, 0.25, 0.0)) + 0 * axis, axis)
            turn = np.radians(28)
            down[some] = np.cos(turn) * away + np.sin(turn) * axis
            right[some] = np.sin(turn) * away - np.cos(turn) * axis
            middle = 0.62 * first["length"][some, None] * axis
            reach = outside[some] + first["rv_width"][some] + 34
            origin[some] = middle - reach[:, None] * down[some]
            depth[some] = reach + outside[some] + 38
        else:
            towards = np.array((np.cos(_PROBE_ANGLE), np.sin(_PROBE_ANGLE), 0.0))
            along = np.array((0.0, 0.0, 1.0))
            reach = outside[some] + 0.75 * first["rv_width"][some] + 12
            if name == "parasternal long axis":
                turn = np.radians(12)
                down[some] = -np.cos(turn) * towards + np.sin(turn) * along
                right[some] = np.cos(turn) * along + np.sin(turn) * towards
                height = 0.86 * first["length"][some]
                middle = np.stack((zero[some] - 3, 0.4 * first["la_y"][some], height), axis=1)
                depth[some] = reach + outside[some] + 36
            else:
                down[some] = -towards
                right[some] = np.array((-np.sin(_PROBE_ANGLE), np.cos(_PROBE_ANGLE), 0.0))
                share = _SHORT_AXES.get(name)
                height = first["length"][some] + 7 if share is None else share * first["length"][some]
                middle = np.stack((zero[some], zero[some], height), axis=1)
                depth[some] = reach + outside[some] + (22 if share is None else 12)
            origin[some] = middle - reach[:, None] * down[some]
    return Planes(origin, right, down, depth)


def moved(planes: Planes, shift: np.ndarray, turn: np.ndarray) -> Planes:
    """Return planes moved and turned about the middle of their picture.

    Args:
        planes: n of them.
        shift: (n, 3), mm to the right, down and towards the viewer.
        turn: (n, 3), radians about these directions: about the first the plane tips, about the third it turns in
            itself.
    """
    basis = np.stack((planes.right, planes.down, np.cross(planes.right, planes.down)), axis=1)
    middle = planes.origin + planes.down * (planes.depth / 2)[:, None]
    angle = np.linalg.norm(turn, axis=1)[:, None, None] + 1e-12
    cross = np.zeros((len(turn), 3, 3))
    cross[:, 0, 1], cross[:, 0, 2], cross[:, 1, 2] = -turn[:, 2], turn[:, 1], -turn[:, 0]
    cross = (cross - cross.transpose(0, 2, 1)) / angle
    rotation = np.eye(3) + np.sin(angle) * cross + (1 - np.cos(angle)) * cross @ cross
    turned = rotation.transpose(0, 2, 1) @ basis
    origin = middle - turned[:, 1] * (planes.depth / 2)[:, None] + np.einsum("ni,nij->nj", shift, basis)
    return Planes(origin, turned[:, 0], turned[:, 1], planes.depth)


def _unit(vector: np.ndarray) -> np.ndarray:
    return vector / np.linalg.norm(vector, axis=-1, keepdims=True)


def _across(vector: np.ndarray, axis: np.ndarray) -> np.ndarray:
    """Return the part of `vector` that is at right angles to `axis`, of length 1."""
    return _unit(vector - (vector * axis).sum(axis=-1, keepdims=True) * axis)
