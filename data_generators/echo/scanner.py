"""How hearts become pictures on the screen of an echo machine."""

from dataclasses import dataclass

import numpy as np

from data_generators._sampling import check_option, check_size
from data_generators._streams import Streams
from data_generators.heart import anatomy, shapes
from data_generators.heart.anatomy import Points
from data_generators.heart.chambers import Frames
from data_generators.heart.disease import HEART_CONDITIONS
from data_generators.heart.outlines import irregular
from data_generators.heart.views import ECHO_VIEWS, PARTS_OF_VIEWS, Planes
from data_generators.render.ultrasound import Scatterers, Sector, shadow, ultrasound

ECHO_CHAMBERS = ("background", "LV", "LV myocardium", "LA", "RV", "RA")
"""What a pixel of `make_echo_chambers` can belong to, in the order of their numbers."""

SMALLEST = 24  # pixels, for a wall of 9 mm to be seen


@dataclass(frozen=True)
class Machine:
    """What differs between echo machines of this course.

    Attributes:
        dynamic_range: dB from black to white.
        curve: power of the grey that the decibels make.
        pulse: how long a pulse is, as amplitude of the next sample; it makes the speckle coarse along the beam.
        beam: how wide a beam is, as amplitude of the next beam; it makes the speckle coarse across.
        half_angle: degrees from the middle beam to the last one, at least and at most.
        is_mirrored: whether left and right are exchanged, as some hospitals want it.
    """

    dynamic_range: float = 55.0
    curve: float = 1.0
    pulse: float = 0.3
    beam: float = 0.45
    half_angle: tuple[float, float] = (36.0, 42.0)
    is_mirrored: bool = False


ECHO_MACHINES = {
    "Alba": Machine(),
    "Brisa": Machine(dynamic_range=66.0, curve=0.8, pulse=0.12, beam=0.25, half_angle=(39.0, 44.0)),
    "Corona": Machine(dynamic_range=50.0, curve=1.2, pulse=0.5, beam=0.7, half_angle=(34.0, 39.0), is_mirrored=True),
}
"""Machines that the course has invented: grey curve, speckle, sector, and which way round they show a heart."""

A4C = ECHO_VIEWS.index("apical four-chamber")

_BACKSCATTER = {
    "descending aorta": -52.0,
    "pericardium": -13.0,
    "effusion": -56.0,
    "wall": -18.5,
    "pulmonary artery": -52.0,
    "left atrium": -52.0,
    "right atrium": -52.0,
    "right ventricle": -52.0,
    "myocardium": -17.5,
    "left ventricle": -52.0,
    "papillary muscle": -19.0,
    "aorta": -52.0,
    "valve": -11.0,
}
"""dB, of each part of the heart: blood is dark, muscle grey, pericardium and leaflets bright."""

GRANULAR = 6.0  # dB by which amyloid muscle is brighter

_ALONG = -7.0  # dB, of a wall along which a beam runs, against one that it meets at a right angle
_AXIS = 40.0, 115.0  # mm over the apex, from and to: walls lie around this piece of the long axis
_THIN, _ATRIAL = -4.0, (85.0, 110.0)  # dB, of thin walls far from the apex; mm over it, from and to
_EDGE = 0.0, 5.0  # dB that the outermost beam loses where the probe does not lie close, at either side
_USUAL_EDGE = 2.0
_HAZE, _HAZE_REACH = -27.0, 17.0  # dB, of what echoes to and fro under the probe; mm

_CURVE = 0.25  # standard deviation of the logarithm of the power to which a sonographer sets the grey curve
_USUAL_GAIN, _GAIN = 1.5, 3.0  # dB, mean and standard deviation
_TILT = 3.0  # degrees, standard deviation of how far the sector is steered
_REACH = 0.84, 1.0  # of the picture's side, the longest beam: machines leave room for what they write around it
_BESIDE = 0.025  # of the picture's side, standard deviation of where the probe is

_CHUNK = 120_000  # samples of beams that are worked on at a time: in the cache, and few times


@dataclass(frozen=True)
class Look:
    """How pictures are taken, each (n,).

    Attributes:
        machine: places in `ECHO_MACHINES`.
        half_angle: radians, of the sector.
        tilt: radians by which the sector is steered to the right.
        reach: share of the picture's side that the longest beam takes.
        probe: place of the probe in shares of the picture's side, from the left and from above, (n, 2).
        gain: dB.
        curve: power of the grey that the decibels make, the machine's times the sonographer's.
        attenuation: dB that are lost from the probe to the depth.
        around: dB, what lies around the heart.
        granular: dB by which muscle is brighter.
        passed: float32 (n, 1 or frames, beams), share of the energy that each beam keeps.
    """

    machine: np.ndarray
    half_angle: np.ndarray
    tilt: np.ndarray
    reach: np.ndarray
    probe: np.ndarray
    gain: np.ndarray
    curve: np.ndarray
    attenuation: np.ndarray
    around: np.ndarray
    granular: np.ndarray
    passed: np.ndarray

    def __getitem__(self, some: np.ndarray) -> "Look":
        return Look(**{name: value[some] for name, value in vars(self).items()})

    def of_machine(self, name: str) -> np.ndarray:
        """Return what each picture's machine has under this name."""
        return np.array([getattr(machine, name) for machine in ECHO_MACHINES.values()])[self.machine]

    def sector(self, size: int, planes: Planes) -> Sector:
        """Return the sectors of pictures of these planes."""
        return Sector(
            size,
            planes.depth,
            self.half_angle,
            tilt=self.tilt,
            side=planes.depth / self.reach,
            probe=self.probe,
            is_mirrored=self.of_machine("is_mirrored"),
        )


def scan(
    speckle: np.random.Generator,
    frames: Frames,
    planes: Planes,
    look: Look,
    size: int,
    view: np.ndarray | None = None,
    sway: np.ndarray | None = None,
) -> np.ndarray:
    """Return pictures of hearts, float32 (n, frames, size, size).

    Args:
        speckle: the source of randomness.
        frames: n hearts at moments of the beat.
        planes: where each is cut.
        look: how the pictures are taken.
        size: pixels along each side.
        view: int (n,), places in `ECHO_VIEWS`; apical four-chamber if not given. What a view cannot show is left out.
        sway: how far the hand has moved the plane in itself at each moment, mm to the right and down, (n, frames, 2).
    """
    scatterers = Scatterers(speckle)
    n_samples, n_frames = frames.length.shape[:2]
    view = np.full(n_samples, A4C) if view is None else view
    sway = np.zeros((n_samples, 1, 2)) if sway is None else sway
    start = speckle.uniform(0, 1000, (3, n_samples, 1, 1)).astype(np.float32)
    pictures = np.empty((n_samples, n_frames, size, size), dtype=np.float32)
    step = max(_CHUNK // (Sector.n_along(size) * Sector.n_beams(size) * n_frames), 1)
    for number, name in enumerate(ECHO_VIEWS):
        of_view = np.flatnonzero(view == number)
        for first in range(0, len(of_view), step):
            some = of_view[first : first + step]
            pictures[some] = _scan(
                scatterers,
                frames[some],
                planes[some],
                look[some],
                size,
                start[:, some],
                PARTS_OF_VIEWS[name],
                sway[some],
            )
    return pictures


def masks(frames: Frames, planes: Planes, sector: Sector, view: int = A4C) -> np.ndarray:
    """Return what each pixel belongs to, int64 (n, frames, size, size), places in `ECHO_CHAMBERS`."""
    vessels = {"aorta", "pulmonary artery"}.intersection(PARTS_OF_VIEWS[ECHO_VIEWS[view]])
    numbers = {"left ventricle": 1, "myocardium": 2, "left atrium": 3, "right ventricle": 4, "right atrium": 5}
    numbers |= dict.fromkeys(vessels, 0)
    n_samples, n_frames = frames.length.shape[:2]
    size = sector.size
    mask = np.zeros((n_samples, n_frames, size * size), dtype=np.uint8)
    step = max(_CHUNK // (size * size * n_frames), 1)
    for first in range(0, n_samples, step):
        some = slice(first, first + step)
        is_inside = sector[some].contains()
        here = np.flatnonzero(is_inside.any(axis=0))
        right, down = (part[:, here] for part in sector[some].pixels())
        pixel = sector[some].pixel[:, None, None]
        points = irregular(frames[some], planes[some].points(right, down))
        painted = anatomy.layers(frames[some], points, pixel, tuple(numbers))
        labelled = np.zeros((*mask[some].shape[:2], len(here)), dtype=np.uint8)
        mask[some][..., here] = shapes.label(painted, numbers, labelled) * is_inside[:, None, here]
    return mask.reshape(n_samples, n_frames, size, size).astype(np.int64)


def check_machine(machine: object) -> int | None:
    """Return the place in `ECHO_MACHINES`, None for any machine."""
    if machine is None:
        return None
    return check_option("machine", machine, {name: place for place, name in enumerate(ECHO_MACHINES)})


def draw_machines(streams: Streams, n_samples: int, machine: int | None) -> np.ndarray:
    """Return places in `ECHO_MACHINES`, int64 (n,), all the same if one is given."""
    drawn = streams("machine").integers(0, len(ECHO_MACHINES), n_samples)
    return drawn if machine is None else np.full(n_samples, machine)


def draw_look(streams: Streams, condition: np.ndarray, machine: np.ndarray, size: int, recording: int = 0) -> Look:
    """Return how pictures of hearts in these conditions are taken on these machines, without a shadow."""
    n_samples = len(condition)
    generator = streams("look", recording)
    low, high = np.array([each.half_angle for each in ECHO_MACHINES.values()])[machine].T
    curve = np.array([each.curve for each in ECHO_MACHINES.values()])[machine]
    reach = generator.uniform(*_REACH, n_samples)
    return Look(
        machine=machine,
        half_angle=np.radians(low + (high - low) * generator.random(n_samples)),
        tilt=np.radians(np.clip(generator.normal(0, _TILT, n_samples), -2 * _TILT, 2 * _TILT)),
        reach=reach,
        probe=np.stack(
            (0.5 + _BESIDE * generator.normal(size=n_samples), (1 - reach) * generator.random(n_samples)), axis=1
        ),
        gain=generator.normal(_USUAL_GAIN, _GAIN, n_samples),
        curve=curve * np.exp(np.clip(generator.normal(0, _CURVE, n_samples), -2 * _CURVE, 2 * _CURVE)),
        attenuation=generator.uniform(0, 8, n_samples),
        around=generator.normal(-34, 1.5, n_samples),
        granular=np.where(condition == HEART_CONDITIONS.index("amyloid"), GRANULAR, 0.0),
        passed=_contact(streams("contact", recording).uniform(*_EDGE, (n_samples, 2)), size),
    )


def standard_look(around: float, granular: float, size: int) -> Look:
    """Return how one picture is taken in the standard way, on the first machine.

    Args:
        around: dB, what lies around the heart.
        granular: dB by which muscle is brighter.
        size: pixels along each side.
    """
    machine = next(iter(ECHO_MACHINES.values()))
    return Look(
        machine=np.zeros(1, dtype=np.int64),
        half_angle=np.radians([np.mean(machine.half_angle)]),
        tilt=np.zeros(1),
        reach=np.ones(1),
        probe=np.array([(0.5, 0.0)]),
        gain=np.zeros(1),
        curve=np.array([machine.curve]),
        attenuation=np.array([3.0]),
        around=np.array([around]),
        granular=np.array([granular]),
        passed=_contact(np.full((1, 2), _USUAL_EDGE), size),
    )


def _contact(decibels: np.ndarray, size: int) -> np.ndarray:
    """Return what beams keep, float32 (n, 1, beams), whose outermost lose so much at the left and right, (n, 2)."""
    across = np.linspace(-1, 1, Sector.n_beams(size))
    lost = np.where(across < 0, decibels[:, :1], decibels[:, 1:]) * across**2
    return _energy(-lost)[:, None]


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
    sway: np.ndarray,
) -> np.ndarray:
    sector = look.sector(size, planes)
    right, down = sector.samples()
    straight = planes.points(right, down).moved(planes.along(sway))
    points = irregular(frames, straight)
    shape = (*frames.length.shape[:2], *sector.shape)
    pixel = (planes.depth / sector.shape[0])[:, None, None]
    energy = np.broadcast_to(_around(look, sector, start)[:, None], shape).copy().reshape(*shape[:2], -1)
    energies, met = _energies(look), _met(planes, straight)
    thin = met * _thin(straight)
    kept = dict.fromkeys(("myocardium", "papillary muscle"), met) | dict.fromkeys(("wall", "pericardium"), thin)
    for part, where, filled in anatomy.layers(frames, points, pixel, parts):
        worth = energies[part] * kept[part][..., where] if part in kept else energies[part]
        shapes.paint([(part, where, filled)], {part: worth}, energy)
    energy += _haze(look, sector)
    # At end-diastole tissue is where it is, to the last bit: noise may not depend on how large a heart is.
    places = straight if _is_full(frames) else anatomy.material(frames, points)
    moving = tuple(
        (place + begin).reshape(shape) for place, begin in zip((places.x, places.y, places.z), start, strict=True)
    )
    beams = ultrasound(
        energy.reshape(shape),
        scatterers.at(moving),
        gain=look.gain,
        attenuation=look.attenuation,
        passed=look.passed[:, :, None],
        dynamic_range=look.of_machine("dynamic_range"),
        curve=look.curve,
        pulse=look.of_machine("pulse"),
        beam=look.of_machine("beam"),
    )
    return sector.convert(beams)


def _is_full(frames: Frames) -> bool:
    return bool((frames.radius == frames.widest).all() and (frames.hearts.lv_length == frames.length[..., 0].T).all())


def _met(planes: Planes, points: Points) -> np.ndarray:
    """Return the share of the energy that walls send back as beams meet them: along its fibres muscle drops out.

    Returns:
        float32 (n, 1, points).
    """
    x, y, z = points.x, points.y, points.z
    over = z - np.clip(z, *_AXIS)
    begin = planes.origin.astype(np.float32)[:, :, None, None]
    course = x - begin[:, 0], y - begin[:, 1], z - begin[:, 2]
    cosine = course[0] * x + course[1] * y + course[2] * over
    cosine /= shapes.norm(*course) * shapes.norm(x, y, over) + 1e-3
    cosine *= cosine
    return np.exp((1 - cosine) * np.float32(_ALONG * np.log(10) / 10))


def _thin(points: Points) -> np.ndarray:
    """Return the share of the energy that walls send back at their height: those of atria are thin."""
    low, high = _ATRIAL
    return np.exp(np.clip((points.z - low) / (high - low), 0, 1) * np.float32(_THIN * np.log(10) / 10))


def _haze(look: Look, sector: Sector) -> np.ndarray:
    """Return the energy that hangs over whatever lies near the probe, float32 (n, 1, points)."""
    along, beams = sector.shape
    depth = (np.arange(along, dtype=np.float32) + 0.5) / along * sector.depth[:, None].astype(np.float32)
    level = _energy(_HAZE + look.around + 34)[:, None] * np.exp(-((depth / _HAZE_REACH) ** 2))
    return np.repeat(level, beams, axis=1)[:, None]


def _around(look: Look, sector: Sector, start: np.ndarray) -> np.ndarray:
    """Return the energy from around the heart: uneven tissue, and near the probe the bright wall of the chest.

    Returns:
        float32 (n, samples, beams).
    """
    along, beams = sector.shape
    depth = (np.arange(along, dtype=np.float32) + 0.5) / along * sector.depth[:, None].astype(np.float32)
    across = np.linspace(0, 9, beams, dtype=np.float32)[None, None] + start[1]
    layers = depth[:, :, None] / 13 + start[0]
    uneven = np.sin(layers + 1.5 * np.sin(0.6 * across)) + np.sin(across + 1.2 * np.sin(0.7 * layers))
    level = _energy(look.around)[:, None, None]
    return level * (np.exp(0.6 * uneven - 0.2) + 40 * np.exp(-((depth / 11) ** 2))[:, :, None])


def _energy(decibels: np.ndarray | float) -> np.ndarray:
    return np.asarray(10 ** (np.asarray(decibels) / 10), dtype=np.float32)


def _energies(look: Look) -> dict[str, np.ndarray]:
    """Return how strongly each part scatters in each picture."""
    brighter = _energy(look.granular)[:, None, None]
    muscle = {"wall", "myocardium", "papillary muscle"}
    return {part: _energy(level) * (brighter if part in muscle else 1) for part, level in _BACKSCATTER.items()}
