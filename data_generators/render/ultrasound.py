"""Ultrasound: from what scatters to the picture on the screen."""

from dataclasses import dataclass

import numpy as np

_POOL = 64  # samples along each side of the block of noise
_GRAIN = 1.4  # mm between them


@dataclass(frozen=True)
class Sector:
    """A fan of beams and the square picture that is made of it.

    Attributes:
        size: pixels along each side of the picture.
        depth: mm from the probe to the end of the beams, (n,).
        half_angle: radians from the middle beam to the last one, (n,).
        tilt: radians by which the middle beam is steered to the right, (n,).
        side: mm that the picture is wide and high, (n,); the depth if not given.
        probe: where the probe is, in shares of the side from the left and from above, (n, 2); middle above if not
            given.
        is_mirrored: whether the picture is shown with left and right exchanged, bool (n,).
    """

    size: int
    depth: np.ndarray
    half_angle: np.ndarray
    tilt: np.ndarray | None = None
    side: np.ndarray | None = None
    probe: np.ndarray | None = None
    is_mirrored: np.ndarray | None = None

    def __getitem__(self, some: slice | np.ndarray) -> "Sector":
        parts = {name: value[some] for name, value in vars(self).items() if isinstance(value, np.ndarray)}
        return Sector(self.size, **parts)

    @staticmethod
    def n_along(size: int) -> int:
        """Return how many samples each beam has for a picture of this size."""
        return size

    @staticmethod
    def n_beams(size: int) -> int:
        """Return how many beams there are for a picture of this size."""
        return (5 * size) // 8

    @property
    def shape(self) -> tuple[int, int]:
        """Samples along each beam, and beams."""
        return self.n_along(self.size), self.n_beams(self.size)

    @property
    def pixel(self) -> np.ndarray:
        """Width of a pixel, mm, (n,)."""
        return (self.depth if self.side is None else self.side) / self.size

    def samples(self) -> tuple[np.ndarray, np.ndarray]:
        """Return how far each sample is to the right of the probe and below it, mm, float32 (n, samples)."""
        along, beams = self.shape
        reach = ((np.arange(along) + 0.5) / along * self.depth[:, None]).astype(np.float32)[:, :, None]
        angle = np.linspace(-1, 1, beams) * self.half_angle[:, None, None]
        if self.tilt is not None:
            angle = angle + self.tilt[:, None, None]
        flat = len(self.depth), along * beams
        sin, cos = np.sin(angle).astype(np.float32), np.cos(angle).astype(np.float32)
        return (reach * sin).reshape(flat), (reach * cos).reshape(flat)

    def pixels(self) -> tuple[np.ndarray, np.ndarray]:
        """Return how far the middle of each pixel is to the right of the probe and below it, mm, (n, pixels)."""
        middle = (np.arange(self.size, dtype=np.float32) + np.float32(0.5)) / np.float32(self.size)
        left, above = np.broadcast_to((0.5, 0.0) if self.probe is None else self.probe, (len(self.depth), 2)).T
        side = (self.pixel * self.size).astype(np.float32)[:, None]
        right = (middle - left[:, None].astype(np.float32)) * side
        if self.is_mirrored is not None:
            right *= np.where(self.is_mirrored, -1, 1)[:, None].astype(np.float32)
        down = (middle - above[:, None].astype(np.float32)) * side
        shape = len(self.depth), self.size, self.size
        right, down = np.broadcast_to(right[:, None], shape), np.broadcast_to(down[:, :, None], shape)
        return right.reshape(len(right), -1), down.reshape(len(down), -1)

    def contains(self) -> np.ndarray:
        """Return whether each pixel lies in the sector, bool (n, pixels)."""
        return self._holds(*self.pixels())

    def convert(self, beams: np.ndarray) -> np.ndarray:
        """Return the picture, float32 (n, frames, size, size), of beams (n, frames, samples, beams); black outside."""
        n_samples, n_frames, n_along, n_beams = beams.shape
        right, down = self.pixels()
        is_inside = self._holds(right, down)
        some = np.flatnonzero(is_inside.any(axis=0))
        right, down, is_inside = right[:, some], down[:, some], is_inside[:, some]
        reach = np.sqrt(right * right + down * down)
        reach *= (n_along / self.depth[:, None]).astype(np.float32)
        reach -= np.float32(0.5)
        row = np.clip(reach.astype(np.int32), 0, n_along - 2)
        below = np.clip(reach - row.astype(np.float32), 0, 1)[:, None]
        across = np.arctan2(right, down)
        if self.tilt is not None:
            across -= self.tilt[:, None].astype(np.float32)
        across *= ((n_beams - 1) / 2 / self.half_angle[:, None]).astype(np.float32)
        across += np.float32((n_beams - 1) / 2)
        column = np.clip(across.astype(np.int32), 0, n_beams - 2)
        across -= column
        beside = np.clip(across, 0, 1, out=across)[:, None]
        flat = beams.reshape(-1)
        first = np.arange(n_samples * n_frames).reshape(n_samples, n_frames, 1) * (n_along * n_beams)
        place = (row * n_beams + column)[:, None] + first
        upper, lower = flat.take(place), flat.take(place + n_beams)
        place += 1
        upper += beside * (flat.take(place) - upper)
        place += n_beams
        lower += beside * (flat.take(place) - lower)
        lower -= upper
        lower *= below
        upper += lower
        upper *= is_inside[:, None]
        picture = np.zeros((n_samples, n_frames, self.size * self.size), dtype=np.float32)
        picture[..., some] = upper
        return picture.reshape(n_samples, n_frames, self.size, self.size)

    def _holds(self, right: np.ndarray, down: np.ndarray) -> np.ndarray:
        is_near = right * right + down * down < (self.depth**2).astype(np.float32)[:, None]
        tilt = np.zeros(len(self.depth)) if self.tilt is None else self.tilt
        least, most = (np.tan(tilt + side * self.half_angle)[:, None].astype(np.float32) for side in (-1, 1))
        return is_near & (right <= most * down) & (right >= least * down)


class Scatterers:
    """A frozen block of complex Gaussian noise, which repeats itself every 90 mm; tissue carries its part along.

    Args:
        generator: the source of randomness.
    """

    def __init__(self, generator: np.random.Generator) -> None:
        self._parts = generator.standard_normal((2, _POOL**3), dtype=np.float32)

    def at(self, places: tuple[np.ndarray, np.ndarray, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
        """Return the real and the imaginary part, each of variance 1, at these places of the tissue, mm."""
        index = None
        for place in places:
            step = (place * np.float32(1 / _GRAIN)).astype(np.int32)
            step &= _POOL - 1
            if index is None:
                index = step
            else:
                index *= _POOL
                index += step
        real, imaginary = (part.take(index) for part in self._parts)
        return real, imaginary


def shadow(beams: int, middle: np.ndarray, width: np.ndarray, decibels: np.ndarray) -> np.ndarray:
    """Return the share of the energy that each beam keeps beside a rib or a bubble of air, float32 (n, frames, beams).

    Args:
        beams: number of beams.
        middle: (n, frames), place of the shadow's middle, 0 to 1 across the sector.
        width: (n, frames), its width, as a share of the sector.
        decibels: (n, frames), what it takes away; 0 for none.
    """
    place = np.linspace(0, 1, beams, dtype=np.float32)
    away = np.abs(place - middle[..., None].astype(np.float32)) - width[..., None].astype(np.float32) / 2
    depth = np.clip(0.5 - away * (beams / 3), 0, 1)
    return np.exp(depth * (decibels[..., None] * (-np.log(10) / 10)).astype(np.float32))


def ultrasound(
    energy: np.ndarray,
    noise: tuple[np.ndarray, np.ndarray],
    *,
    gain: np.ndarray,
    attenuation: np.ndarray,
    passed: np.ndarray,
    dynamic_range: np.ndarray | float = 55.0,
    curve: np.ndarray | float = 1.0,
    pulse: np.ndarray | float = 0.3,
    beam: np.ndarray | float = 0.45,
) -> np.ndarray:
    """Return what the beams bring back, 0 (black) to 1 (white).

    Waves from all scatterers within a pulse add up, so where there are many of the same kind the amplitude is Rayleigh
    distributed: speckle. Borders that lie across the beam send back more. The logarithm brings all into view.

    Args:
        energy: float32 (n, frames, samples, beams), how strongly each place scatters, 1 for the strongest; it is
            overwritten.
        noise: its real and imaginary part at each place, as from `Scatterers`.
        gain: (n,), dB.
        attenuation: (n,), dB that the machine's time gain compensation leaves uncorrected from the probe to the depth.
        passed: float32, share of the energy that reaches a place, such as behind a rib; it broadcasts over `energy`.
        dynamic_range: dB from black to white; a number or (n,), as all that follow.
        curve: power of the grey that the decibels make: below 1 the picture is brighter, above 1 darker.
        pulse: amplitude that a sample keeps of the wave one sample above and below it.
        beam: the same of the next beams.

    Sources:
        Fully developed speckle: Burckhardt, IEEE Trans Sonics Ultrasonics 1978;25:1-6.
    """
    border = _border_echo(energy)
    amplitude = np.sqrt(energy, out=energy)
    real, imaginary = (_spread(amplitude * part, _each(pulse), _each(beam)) for part in noise)
    real *= real
    imaginary *= imaginary
    real += imaginary
    real *= 0.5
    border *= border
    real += border
    real *= passed
    depth = np.linspace(0, 1, energy.shape[2], dtype=np.float32)
    level = gain[:, None].astype(np.float32) - attenuation[:, None].astype(np.float32) * depth
    real += 1e-9
    picture = np.log(real, out=real)
    picture *= _each(10 / np.log(10) / dynamic_range)
    picture += 1 + level[:, None, :, None] / _each(dynamic_range)
    np.clip(picture, 0, 1, out=picture)
    if np.any(curve != 1):
        np.power(picture, _each(curve), out=picture)
    return picture


def _each(value: np.ndarray | float) -> np.ndarray:
    """Return a number for each picture, to go with its frames, samples and beams."""
    return np.reshape(value, (-1, 1, 1, 1)).astype(np.float32)


def _border_echo(energy: np.ndarray) -> np.ndarray:
    """Return the amplitude of echoes from borders across the beam: where what scatters changes along it."""
    border = np.zeros_like(energy)
    change = energy[:, :, 2:] - energy[:, :, :-2]
    np.abs(change, out=change)
    np.multiply(change, 0.6, out=border[:, :, 1:-1])
    return border


def _spread(wave: np.ndarray, pulse: np.ndarray, beam: np.ndarray) -> np.ndarray:
    """Return a wave blurred by the pulse, along and across the beams; white noise keeps its variance."""
    middle = 1 / np.sqrt((1 + 2 * pulse**2) * (1 + 2 * beam**2))
    blurred = middle * wave
    wave *= middle * pulse
    blurred[:, :, 1:] += wave[:, :, :-1]
    blurred[:, :, :-1] += wave[:, :, 1:]
    np.multiply(blurred, beam, out=wave)
    blurred[..., 1:] += wave[..., :-1]
    blurred[..., :-1] += wave[..., 1:]
    return blurred
