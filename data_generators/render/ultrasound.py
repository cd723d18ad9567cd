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
        depth: mm from the probe to the lower edge of the picture, (n,).
        half_angle: radians from the middle beam to the last one, (n,).
    """

    size: int
    depth: np.ndarray
    half_angle: np.ndarray

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

    def samples(self) -> tuple[np.ndarray, np.ndarray]:
        """Return how far each sample is to the right of the probe and below it, mm, float32 (n, samples)."""
        along, beams = self.shape
        reach = ((np.arange(along) + 0.5) / along * self.depth[:, None]).astype(np.float32)[:, :, None]
        angle = np.linspace(-1, 1, beams) * self.half_angle[:, None, None]
        flat = len(self.depth), along * beams
        sin, cos = np.sin(angle).astype(np.float32), np.cos(angle).astype(np.float32)
        return (reach * sin).reshape(flat), (reach * cos).reshape(flat)

    def pixels(self) -> tuple[np.ndarray, np.ndarray]:
        """Return how far the middle of each pixel is to the right of the probe and below it, mm, (n, pixels)."""
        right, down = self._grid()
        return right * self.depth[:, None], down * self.depth[:, None]

    def convert(self, beams: np.ndarray) -> np.ndarray:
        """Return the picture, float32 (n, frames, size, size), of beams (n, frames, samples, beams); black outside."""
        n_samples, n_frames, n_along, n_beams = beams.shape
        right, down = self._grid()
        is_inside = self.contains()
        some = np.flatnonzero(is_inside.any(axis=0))
        right, down = right[some], down[some]
        reach = np.sqrt(right**2 + down**2) * n_along - np.float32(0.5)
        row = np.clip(reach.astype(np.int64), 0, n_along - 2)
        below = np.clip(reach - row.astype(np.float32), 0, 1)
        per_radian = ((n_beams - 1) / 2 / self.half_angle[:, None]).astype(np.float32)
        across = np.arctan2(right, down) * per_radian
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
        upper *= is_inside[:, None, some]
        picture = np.zeros((n_samples, n_frames, self.size * self.size), dtype=np.float32)
        picture[..., some] = upper
        return picture.reshape(n_samples, n_frames, self.size, self.size)

    def contains(self) -> np.ndarray:
        """Return whether each pixel lies in the sector, bool (n, pixels)."""
        right, down = self._grid()
        is_near = right**2 + down**2 < 1
        return is_near & (np.abs(right) <= np.tan(self.half_angle)[:, None].astype(np.float32) * down)

    def _grid(self) -> tuple[np.ndarray, np.ndarray]:
        """Return how far each pixel is to the right of the probe and below it, as shares of the depth, (pixels,)."""
        middle = (np.arange(self.size, dtype=np.float32) + np.float32(0.5)) / np.float32(self.size)
        right, down = np.meshgrid(middle - np.float32(0.5), middle)
        return right.ravel(), down.ravel()


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
    dynamic_range: float = 55.0,
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
        dynamic_range: dB from black to white.

    Sources:
        Fully developed speckle: Burckhardt, IEEE Trans Sonics Ultrasonics 1978;25:1-6.
    """
    border = _border_echo(energy)
    amplitude = np.sqrt(energy, out=energy)
    real, imaginary = (_spread(amplitude * part) for part in noise)
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
    picture *= np.float32(10 / np.log(10) / dynamic_range)
    picture += (1 + level / np.float32(dynamic_range))[:, None, :, None]
    return np.clip(picture, 0, 1, out=picture)


def _border_echo(energy: np.ndarray) -> np.ndarray:
    """Return the amplitude of echoes from borders across the beam: where what scatters changes along it."""
    border = np.zeros_like(energy)
    change = energy[:, :, 2:] - energy[:, :, :-2]
    np.abs(change, out=change)
    np.multiply(change, 0.6, out=border[:, :, 1:-1])
    return border


def _spread(wave: np.ndarray) -> np.ndarray:
    """Return a wave blurred by the pulse, along and across the beams; white noise keeps its variance."""
    blurred = np.float32(_PULSE[1]) * wave
    blurred[:, :, 1:] += np.float32(_PULSE[0]) * wave[:, :, :-1]
    blurred[:, :, :-1] += np.float32(_PULSE[0]) * wave[:, :, 1:]
    wave *= 0
    np.multiply(blurred, np.float32(_BEAM[1]), out=wave)
    wave[..., 1:] += np.float32(_BEAM[0]) * blurred[..., :-1]
    wave[..., :-1] += np.float32(_BEAM[0]) * blurred[..., 1:]
    return wave


_PULSE = np.array((0.3, 1.0)) / np.sqrt(1 + 2 * 0.3**2)
_BEAM = np.array((0.45, 1.0)) / np.sqrt(1 + 2 * 0.45**2)
