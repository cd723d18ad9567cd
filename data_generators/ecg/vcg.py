"""The heart as one dipole that turns and grows: every wave of the ECG as a few Gaussian pushes of the current.

Vectors are in mV along the patient's left, foot and back, as in Frank's leads X, Y and Z.
"""

from dataclasses import dataclass, replace

import numpy as np

CONDUCTIONS = ("normal conduction", "left bundle branch block", "right bundle branch block")
"""How the ventricles are activated, in the order of their numbers in `truth["conduction"]`."""

THRESHOLD = 0.02
"""mV: a wave lasts while the dipole is longer than this."""

_PARTS = ("centre", "width", "vector")
_GRID = 160  # places at which a wave's length is looked at


@dataclass(frozen=True)
class Wave:
    """One wave of every record: a sum of Gaussian groups around the wave's own zero.

    Attributes:
        centre: float (n, groups), seconds from the wave's zero.
        width: float (n, groups), standard deviations in seconds.
        vector: float (n, groups, 3), mV at the centre.
    """

    centre: np.ndarray
    width: np.ndarray
    vector: np.ndarray

    def __len__(self) -> int:
        return len(self.centre)

    def stretched(self, factor: np.ndarray) -> "Wave":
        """Return the wave as it is when it takes `factor`, (n,), times as long."""
        return replace(self, centre=self.centre * factor[:, None], width=self.width * factor[:, None])

    def scaled(self, factor: np.ndarray) -> "Wave":
        """Return the wave with its vectors multiplied by `factor`, (n,)."""
        return replace(self, vector=self.vector * factor[:, None, None])

    def turned(self, rotation: np.ndarray) -> "Wave":
        """Return the wave with its vectors turned by `rotation`, (n, 3, 3)."""
        return replace(self, vector=np.matmul(self.vector, rotation.transpose(0, 2, 1)))

    def opened(self, angle: np.ndarray) -> "Wave":
        """Return the wave with its later groups turned one way and its earlier ones the other, in the frontal plane.

        So the loop of the dipole is wide, and runs clockwise or not. `angle`, (n,), is in radians for 10 ms.
        """
        turn = angle[:, None] * np.clip(self.centre / 0.010, -2, 2)
        cos, sin = np.cos(turn), np.sin(turn)
        x, y, z = self.vector.transpose(2, 0, 1)
        return replace(self, vector=np.stack([cos * x - sin * y, sin * x + cos * y, z], axis=2))

    def shifted(self, seconds: np.ndarray) -> "Wave":
        """Return the wave that comes `seconds`, (n,), later after its zero."""
        return replace(self, centre=self.centre + seconds[:, None])

    def joined(self, other: "Wave") -> "Wave":
        """Return the sum of two waves with the same zero."""
        return Wave(*(np.concatenate([getattr(self, part), getattr(other, part)], axis=1) for part in _PARTS))

    def dipole(self, seconds: np.ndarray) -> np.ndarray:
        """Return the dipole, mV (n, 3, places), at `seconds` from the wave's zero, (places,) or (n, places)."""
        z = (np.atleast_2d(seconds)[:, None, :] - self.centre[:, :, None]) / self.width[:, :, None]
        return np.matmul(self.vector.transpose(0, 2, 1), np.exp(-0.5 * z * z))

    def extent(self) -> "Extent":
        """Return where the wave begins, is largest and ends: at one moment if it is too small to be seen."""
        low, high = (self.centre - 3.3 * self.width).min(), (self.centre + 3.3 * self.width).max()
        grid = np.linspace(low, high, _GRID)
        length = np.linalg.norm(self.dipole(grid), axis=1)
        above = length > THRESHOLD
        rows = np.arange(len(self))
        first, last = above.argmax(axis=1), _GRID - 1 - above[:, ::-1].argmax(axis=1)
        largest = length.argmax(axis=1)
        first, last = (np.where(above.any(axis=1), place, largest) for place in (first, last))

        def crossing(inside: np.ndarray, outside: np.ndarray) -> np.ndarray:
            inner, outer = length[rows, inside], length[rows, outside]
            way = (grid[outside] - grid[inside]) * (inner - THRESHOLD)
            crosses = (inner > THRESHOLD) & (inner > outer)
            return grid[inside] + np.divide(way, inner - outer, out=np.zeros_like(way), where=crosses)

        return Extent(
            crossing(first, np.maximum(first - 1, 0)),
            grid[largest],
            crossing(last, np.minimum(last + 1, _GRID - 1)),
        )

    def lasting(self, seconds: np.ndarray) -> tuple["Wave", "Extent"]:
        """Return the wave stretched so that it lasts `seconds`, (n,), and where it then begins, is largest and ends."""
        extent = self.extent()
        factor = seconds / (extent.end - extent.begin)
        return self.stretched(factor), Extent(extent.begin * factor, extent.peak * factor, extent.end * factor)


@dataclass(frozen=True)
class Extent:
    """Where waves begin, are largest and end: seconds from their zero, each (n,)."""

    begin: np.ndarray
    peak: np.ndarray
    end: np.ndarray


def wave(groups: tuple[tuple[float, float, tuple[float, float, float]], ...], n_samples: int) -> Wave:
    """Return `n_samples` equal waves from groups of (centre in ms, width in ms, vector in mV)."""
    centre, width, vector = (np.array(part, dtype=float) for part in zip(*groups, strict=True))
    return Wave(
        np.tile(centre / 1000, (n_samples, 1)),
        np.tile(width / 1000, (n_samples, 1)),
        np.tile(vector, (n_samples, 1, 1)),
    )


P = ((0, 20, (0.105, 0.072, -0.08)), (22, 18, (0.092, 0.043, 0.01)))
RETROGRADE_P = ((0, 14, (-0.03, -0.13, -0.11)), (14, 13, (-0.02, -0.07, -0.05)))

QRS = {
    "normal conduction": (
        (-25, 4.4, (-0.11, -0.04, -0.15)),
        (-14, 3.6, (0.06, 0.02, -0.42)),
        (-5, 4.2, (0.88, 0.36, -0.26)),
        (3, 4.2, (1.02, 0.71, 0.20)),
        (9, 3.5, (0.14, 0.27, 1.00)),
        (17, 4.0, (-0.07, 0.06, 0.38)),
        (27, 5.0, (-0.11, -0.15, 0.13)),
    ),
    "left bundle branch block": (
        (-40, 9.0, (0.16, 0.08, 0.08)),
        (-24, 9.0, (0.44, 0.28, 0.34)),
        (-6, 9.5, (0.52, 0.30, 0.62)),
        (14, 10.0, (0.40, 0.14, 0.56)),
        (34, 9.5, (0.62, 0.26, 0.44)),
        (50, 9.0, (0.36, 0.14, 0.22)),
        (64, 8.0, (0.12, 0.05, 0.06)),
    ),
    "right bundle branch block": (
        (-32, 5.0, (-0.08, -0.03, -0.14)),
        (-23, 5.0, (0.10, 0.04, -0.22)),
        (-12, 5.5, (0.66, 0.40, -0.14)),
        (-3, 5.5, (0.70, 0.56, 0.24)),
        (7, 6.5, (0.28, 0.30, 0.34)),
        (30, 10.0, (-0.32, 0.05, -0.38)),
        (54, 10.0, (-0.40, 0.02, -0.50)),
    ),
}
T = {
    "normal conduction": ((-35, 45, (0.08, 0.05, -0.06)), (10, 32, (0.15, 0.10, -0.12))),
    "left bundle branch block": ((-35, 45, (-0.10, -0.02, -0.10)), (10, 32, (-0.18, -0.03, -0.20))),
    "right bundle branch block": ((-35, 45, (0.09, 0.05, 0.04)), (10, 32, (0.17, 0.10, 0.09))),
}
QRS_SECONDS = {
    "normal conduction": (0.093, 0.009),
    "left bundle branch block": (0.146, 0.008),
    "right bundle branch block": (0.138, 0.0065),
}
"""Mean and standard deviation of how long the QRS complex lasts; none is further than 2.2 from the mean."""

FOCI = np.array([[0.30, 0.85, 0.45], [0.25, -0.80, 0.55], [-0.85, 0.35, -0.40], [-0.45, -0.75, -0.45]])
"""Directions in which a beat spreads from the right ventricle's outflow tract and apex, and from the left ventricle's
upper lateral wall and apex."""


FRAGMENTS = 5
"""Small fragments of each QRS complex."""

_VENTRICULAR_GROUPS = ((-50, 14), (-18, 11.5), (4, 11.5), (32, 14), (60, 14))  # ms
_VENTRICULAR_ALONG = (0.22, 0.8, 1.0, 0.4, 0.12)  # of the main direction
_VENTRICULAR_ACROSS = (0.2, 0.25, -0.1, -0.3, -0.1)


def by_conduction(table: dict[str, tuple], conduction: np.ndarray) -> Wave:
    """Return each record's wave from `table`, by the number of its conduction, (n,)."""
    each = [wave(table[name], 1) for name in CONDUCTIONS]
    return Wave(*(np.concatenate([getattr(one, part) for one in each])[conduction] for part in _PARTS))


def ventricular(generator: np.random.Generator, n_samples: int) -> tuple[Wave, Wave]:
    """Return QRS and T of beats that begin in a ventricle, at one focus in each record."""
    main = FOCI[generator.integers(0, len(FOCI), n_samples)] + 0.2 * generator.standard_normal((n_samples, 3))
    main /= np.linalg.norm(main, axis=1, keepdims=True)
    aside = np.cross(main, generator.standard_normal((n_samples, 3)))
    aside /= np.linalg.norm(aside, axis=1, keepdims=True)
    size = generator.uniform(1.1, 1.6, (n_samples, 1))
    along, across = np.array(_VENTRICULAR_ALONG)[None, :, None], np.array(_VENTRICULAR_ACROSS)[None, :, None]
    spread = wave(tuple((centre, width, (0, 0, 0)) for centre, width in _VENTRICULAR_GROUPS), n_samples)
    qrs = replace(spread, vector=size[:, :, None] * (along * main[:, None, :] + across * aside[:, None, :]))
    t = wave(((-30, 50, (0, 0, 0)), (15, 36, (0, 0, 0))), n_samples)
    t = replace(t, vector=-size[:, :, None] * np.stack([0.18 * main, 0.28 * main], axis=1))
    return qrs, t


def fragments(generator: np.random.Generator, qrs: Wave) -> Wave:
    """Return what makes the QRS complex of each person rough: notches and slurs where the wave meets scars and fibres.

    They are as narrow as a part of the wave is long, lie within its middle, and point anywhere.
    """
    n_samples = len(qrs)
    shape = n_samples, FRAGMENTS
    begin, end = qrs.centre.min(axis=1, keepdims=True), qrs.centre.max(axis=1, keepdims=True)
    direction = generator.standard_normal((*shape, 3))
    direction /= np.linalg.norm(direction, axis=2, keepdims=True)
    size = 0.07 * generator.lognormal(0, 0.6, shape)
    place = begin + generator.uniform(0.12, 0.92, shape) * (end - begin)
    width = generator.uniform(0.035, 0.07, shape) * (end - begin)
    return Wave(place, width, size[:, :, None] * direction)


def rotation(frontal: np.ndarray, horizontal: np.ndarray) -> np.ndarray:
    """Return (n, 3, 3) that turn the axis clockwise by `frontal` and forwards by `horizontal` radians, both (n,)."""
    one, zero = np.ones_like(frontal), np.zeros_like(frontal)
    cos, sin = np.cos(frontal), np.sin(frontal)
    in_front = np.stack([cos, -sin, zero, sin, cos, zero, zero, zero, one], axis=-1).reshape(-1, 3, 3)
    cos, sin = np.cos(horizontal), np.sin(horizontal)
    from_above = np.stack([cos, zero, sin, zero, one, zero, -sin, zero, cos], axis=-1).reshape(-1, 3, 3)
    return np.matmul(in_front, from_above)
