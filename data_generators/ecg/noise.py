"""What an electrode picks up besides the heart.

Random numbers would cost more than all the rest of an ECG. So minutes of noise are drawn once for a whole set, and each
electrode of each record gets a stretch of its own from them.
"""

from dataclasses import dataclass

import numpy as np

from data_generators._streams import Streams
from data_generators.ecg.leads import EIGHT_FROM_ELECTRODES, ELECTRODES

MAINS = 50.0
"""Hz."""

DRIFTS = 4
"""Sources of slow drift in a record, which all electrodes share in different parts."""

ECG_SITES: dict[str, tuple[float, float, float]] = {
    "clinic": (0.7, 0.7, 0.4),
    "ward": (1.0, 1.2, 1.5),
    "ambulance": (2.2, 2.4, 0.8),
}
"""Where ECGs are recorded, and how much of a site's noise is muscle, drift of the baseline and mains: factors."""

OFFSET = 0.25
"""mV, the usual standard deviation of the baseline of a limb lead about 0."""

_SECONDS = 300
_POPS_A_MINUTE = 0.05  # for each source of drift
_POP_SECONDS = 0.3


class NoisePool:
    """Minutes of noise at one sampling rate.

    Attributes:
        muscle: float32, standard deviation 1, from about 15 to 100 Hz, in bursts.
        drift: the same from 0.05 to 0.5 Hz, with the sudden jumps of an electrode that moves.
        mains: the hum of the mains, standard deviation 1; none where the sampling rate cannot show it.
        offset: float32 (2, length), what an electrode's offset does in a record: it stays, and it drifts.
    """

    def __init__(self, generator: np.random.Generator, sampling_rate: int, length: int) -> None:
        self._length = length
        count = max(_SECONDS * sampling_rate, 2 * length)
        time = np.arange(length + sampling_rate) / sampling_rate
        hum = np.sin(2 * np.pi * MAINS * time) + 0.2 * np.sin(6 * np.pi * MAINS * time)
        seconds = np.arange(count // 2) / sampling_rate
        bursts = np.exp(np.interp(seconds, np.arange(_SECONDS), 0.45 * generator.standard_normal(_SECONDS)))
        self.muscle = bursts.astype(np.float32) * _coloured(generator, count // 2, sampling_rate, 15.0, 100.0)
        self.drift = _coloured(generator, count, sampling_rate, 0.05, 0.5) + _pops(generator, count, sampling_rate)
        self.mains = ((hum / hum.std()) * (sampling_rate > 2 * MAINS)).astype(np.float32)
        self.offset = np.stack([np.ones(length), np.linspace(-1, 1, length)]).astype(np.float32)

    def draw_starts(self, generator: np.random.Generator, n_samples: int) -> list[np.ndarray]:
        """Return where each record's stretches begin, for `write_stretches`."""
        return [
            generator.integers(0, len(noise) - self._length, (n_samples, count))
            for noise, count in ((self.muscle, len(ELECTRODES)), (self.drift, DRIFTS), (self.mains, 1))
        ]

    def write_stretches(self, starts: list[np.ndarray], out: np.ndarray) -> None:
        """Write stretches of muscle, drift and mains, one below the other, into `out`, float32 (n, sources, length)."""
        for rows, *begins in zip(out, *(each.tolist() for each in starts), strict=True):
            places = [
                (noise, begin)
                for noise, those in zip((self.muscle, self.drift, self.mains), begins, strict=True)
                for begin in those
            ]
            for row, (noise, begin) in zip(rows, places, strict=False):
                row[:] = noise[begin : begin + self._length]


@dataclass(frozen=True)
class Recording:
    """How records are taken.

    Attributes:
        pool: the noise.
        factors: (n, 3), how much of muscle, drift and mains there is, as in `ECG_SITES`.
        offset: mV, the standard deviation of the baseline of a limb lead about 0.
    """

    pool: NoisePool
    factors: np.ndarray
    offset: float

    @classmethod
    def usual(cls, pool: NoisePool, n_samples: int, offset: float = OFFSET) -> "Recording":
        """Return how records are taken at no site in particular."""
        return cls(pool, np.ones((n_samples, 3)), offset)


def draw_weights(streams: Streams, recording: Recording) -> np.ndarray:
    """Return how much of each source shows in I, II and V1 to V6, mV, (n, 8, offset + muscles + drifts + mains)."""
    electrodes, n_samples = len(ELECTRODES), len(recording.factors)
    of_muscle, of_drift, of_mains = recording.factors.T[:, :, None]
    generator = streams("noise")
    muscle = np.clip(generator.lognormal(np.log(0.008), 0.45, (n_samples, 1)), 0.002, 0.025)
    muscle = of_muscle * muscle * generator.uniform(0.5, 1.5, (n_samples, electrodes))
    drift = generator.uniform(0.01, 0.035, (n_samples, 1, 1)) * generator.standard_normal(
        (n_samples, electrodes, DRIFTS)
    )
    mains = generator.uniform(0, 0.006, (n_samples, 1, 1)) * generator.standard_normal((n_samples, electrodes, 1))
    still = streams("offset").standard_normal((n_samples, electrodes, 2)) * np.array([1.0, 0.13])
    sources = [
        recording.offset / np.sqrt(2) * still,  # a limb lead is the difference of two electrodes
        muscle[:, :, None] * np.eye(electrodes),
        of_drift[:, :, None] * drift,
        of_mains[:, :, None] * mains,
    ]
    return np.matmul(EIGHT_FROM_ELECTRODES, np.concatenate(sources, axis=2))


def _coloured(generator: np.random.Generator, length: int, sampling_rate: int, low: float, high: float) -> np.ndarray:
    """Return noise that falls off gently below `low` and above `high` Hz, with a standard deviation of 1."""
    spectrum = np.fft.rfft(generator.standard_normal(length))
    frequency = np.fft.rfftfreq(length, 1 / sampling_rate)
    gain = frequency**2 / (frequency**2 + low**2) / (1 + (frequency / high) ** 4)
    values = np.fft.irfft(spectrum * gain, length)
    return (values / values.std()).astype(np.float32)


def _pops(generator: np.random.Generator, length: int, sampling_rate: int) -> np.ndarray:
    """Return jumps of random height, from each of which the electrode recovers."""
    jumps = np.zeros(length)
    count = generator.poisson(_POPS_A_MINUTE * length / sampling_rate / 60)
    jumps[generator.integers(0, length, count)] = generator.normal(0, 10, count)
    frequency = np.fft.rfftfreq(length, 1 / sampling_rate)
    recovery = sampling_rate * _POP_SECONDS / (1 + 2j * np.pi * frequency * _POP_SECONDS)
    return np.fft.irfft(np.fft.rfft(jumps) * recovery, length).astype(np.float32)
