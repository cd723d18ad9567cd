"""How hearts become pictures on the screen of an echo machine."""

from dataclasses import dataclass

import numpy as np

from data_generators._sampling import check_size
from data_generators.heart import anatomy, shapes
from data_generators.heart.chambers import Frames
from data_generators.heart.disease import HEART_CONDITIONS
from data_generators.heart.views import ECHO_VIEWS, PARTS_OF_VIEWS, Planes
from data_generators.render.ultrasound import Scatterers, Sector, shadow, ultrasound

ECHO_CHAMBERS = ("background", "LV", "LV myocardium", "LA", "RV", "RA")
"""What a pixel of `make_echo_chambers` can belong to, in the order of their numbers."""

SMALLEST = 24  # pixels, for a wall of 9 mm to be seen
A4C = ECHO_VIEWS.index("apical four-chamber")

_BACKSCATTER = {
    "descending aorta": -52.0,
    "pericardium": -13.0,
    "effusion": -56.0,
    "wall": -19.0,
    "pulmonary artery": -52.0,
    "left atrium": -52.0,
    "right atrium": -52.0,
    "right ventricle": -52.0,
    "myocardium": -20.0,
    "left ventricle": -52.0,
    "papillary muscle": -17.0,
    "aorta": -52.0,
    "valve": -11.0,
}
"""dB, of each part of the heart: blood is dark, muscle grey, pericardium and leaflets bright."""

GRANULAR = 6.0  # dB by which amyloid muscle is brighter
_CHUNK = 120_000  # samples of beams that are worked on at a time: in the cache, and few times


@dataclass(frozen=True)
class Look:
    """How pictures are taken, each (n,).

    Attributes:
        half_angle: radians, of the sector.
        gain: dB.
        attenuation: dB that are lost from the probe to the depth.
        around: dB, what lies around the heart.
        granular: dB by which muscle is brighter.
        passed: float32 (n, 1 or frames, beams), share of the energy that each beam keeps.
    """

    half_angle: np.ndarray
    gain: np.ndarray
    attenuation: np.ndarray
    around: np.ndarray
    granular: np.ndarray
    passed: np.ndarray

    def __getitem__(self, some: np.ndarray) -> "Look":
        return Look(**{name: value[some] for name, value in vars(self).items()})


def scan(
    generator: np.random.Generator,
    frames: Frames,
    planes: Planes,
    look: Look,
    size: int,
    view: np.ndarray | None = None,
) -> np.ndarray:
    """Return pictures of hearts, float32 (n, frames, size, size).

    Args:
        generator: the source of randomness.
        frames: n hearts at moments of the beat.
        planes: where each is cut.
        look: how the pictures are taken.
        size: pixels along each side.
        view: int (n,), places in `ECHO_VIEWS`; apical four-chamber if not given. What a view cannot show is left out.
    """
    scatterers = Scatterers(generator)
    n_samples, n_frames = frames.length.shape[:2]
    view = np.full(n_samples, A4C) if view is None else view
    start = generator.uniform(0, 1000, (3, n_samples, 1, 1)).astype(np.float32)
    pictures = np.empty((n_samples, n_frames, size, size), dtype=np.float32)
    step = max(_CHUNK // (Sector.n_along(size) * Sector.n_beams(size) * n_frames), 1)
    for number, name in enumerate(ECHO_VIEWS):
        of_view = np.flatnonzero(view == number)
        for first in range(0, len(of_view), step):
            some = of_view[first : first + step]
            pictures[some] = _scan(
                scatterers, frames[some], planes[some], look[some], size, start[:, some], PARTS_OF_VIEWS[name]
            )
    return pictures


def masks(frames: Frames, planes: Planes, half_angle: np.ndarray, size: int, view: int = A4C) -> np.ndarray:
    """Return what each pixel belongs to, int64 (n, frames, size, size), places in `ECHO_CHAMBERS`."""
    vessels = {"aorta", "pulmonary artery"}.intersection(PARTS_OF_VIEWS[ECHO_VIEWS[view]])
    numbers = {"left ventricle": 1, "myocardium": 2, "left atrium": 3, "right ventricle": 4, "right atrium": 5}
    numbers |= dict.fromkeys(vessels, 0)
    n_samples, n_frames = frames.length.shape[:2]
    mask = np.zeros((n_samples, n_frames, size * size), dtype=np.uint8)
    step = max(_CHUNK // (size * size * n_frames), 1)
    for first in range(0, n_samples, step):
        some = slice(first, first + step)
        sector = Sector(size, planes.depth[some], half_angle[some])
        is_inside = sector.contains()
        here = np.flatnonzero(is_inside.any(axis=0))
        right, down = (part[:, here] for part in sector.pixels())
        pixel = (planes.depth[some] / size)[:, None, None]
        painted = anatomy.layers(frames[some], planes[some].points(right, down), pixel, tuple(numbers))
        labelled = np.zeros((*mask[some].shape[:2], len(here)), dtype=np.uint8)
        mask[some][..., here] = shapes.label(painted, numbers, labelled) * is_inside[:, None, here]
    return mask.reshape(n_samples, n_frames, size, size).astype(np.int64)


def draw_look(generator: np.random.Generator, condition: np.ndarray, size: int) -> Look:
    """Return how pictures of hearts in these conditions are taken, without a shadow."""
    n_samples = len(condition)
    return Look(
        half_angle=np.radians(generator.uniform(36, 42, n_samples)),
        gain=generator.normal(0, 2, n_samples),
        attenuation=generator.uniform(0, 6, n_samples),
        around=generator.normal(-32, 1.5, n_samples),
        granular=np.where(condition == HEART_CONDITIONS.index("amyloid"), GRANULAR, 0.0),
        passed=np.ones((n_samples, 1, Sector.n_beams(size)), dtype=np.float32),
    )


def whole_shadow(generator: np.random.Generator, share: np.ndarray, decibels: float, size: int) -> np.ndarray:
    """Return what each beam keeps behind a rib that hides this share of the sector, float32 (n, 1, beams)."""
    middle = share / 2 + (1 - share) * generator.random(len(share))
    return shadow(Sector.n_beams(size), middle[:, None], share[:, None], np.full((len(share), 1), decibels))


def side(size: int | None, frames: int) -> int:
    """Return the pixels along each side of a picture: if not given, stills are larger than clips."""
    if size is None:
        return 64 if frames == 1 else 32
    return check_size("size", size, SMALLEST)


def _scan(
    scatterers: Scatterers,
    frames: Frames,
    planes: Planes,
    look: Look,
    size: int,
    start: np.ndarray,
    parts: tuple[str, ...],
) -> np.ndarray:
    sector = Sector(size, planes.depth, look.half_angle)
    right, down = sector.samples()
    points = planes.points(right, down)
    shape = (*frames.length.shape[:2], *sector.shape)
    pixel = (planes.depth / sector.shape[0])[:, None, None]
    energy = np.broadcast_to(_around(look, sector, start)[:, None], shape).copy().reshape(*shape[:2], -1)
    shapes.paint(anatomy.layers(frames, points, pixel, parts), _energies(look), energy)
    places = anatomy.material(frames, points)
    moving = tuple(
        (place + begin).reshape(shape) for place, begin in zip((places.x, places.y, places.z), start, strict=True)
    )
    beams = ultrasound(
        energy.reshape(shape),
        scatterers.at(moving),
        gain=look.gain,
        attenuation=look.attenuation,
        passed=look.passed[:, :, None],
    )
    return sector.convert(beams)


def _around(look: Look, sector: Sector, start: np.ndarray) -> np.ndarray:
    """Return the energy from around the heart: uneven tissue, and near the probe the bright wall of the chest.

    Returns:
        float32 (n, samples, beams).
    """
    along, beams = sector.shape
    depth = (np.arange(along, dtype=np.float32) + 0.5) / along * sector.depth[:, None].astype(np.float32)
    uneven = np.exp(0.6 * np.sin(depth / 13 + start[0, :, 0]))
    across = np.exp(0.6 * np.sin(np.linspace(0, 9, beams, dtype=np.float32) + start[1, :, 0]))
    level = _energy(look.around)[:, None, None]
    return level * (uneven[:, :, None] * across[:, None] + 40 * np.exp(-((depth / 11) ** 2))[:, :, None])


def _energy(decibels: np.ndarray | float) -> np.ndarray:
    return np.asarray(10 ** (np.asarray(decibels) / 10), dtype=np.float32)


def _energies(look: Look) -> dict[str, np.ndarray]:
    """Return how strongly each part scatters in each picture."""
    brighter = _energy(look.granular)[:, None, None]
    muscle = {"wall", "myocardium", "papillary muscle"}
    return {part: _energy(level) * (brighter if part in muscle else 1) for part, level in _BACKSCATTER.items()}
