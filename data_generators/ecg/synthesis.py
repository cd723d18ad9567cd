"""Waves in time, through the leads, onto the record.

Everything is linear: each group of each wave is one row of numbers in time, each source of noise another, and one
matrix for each record says how much of each row shows in each lead. So a record costs a few passes over its rows and
one product of matrices.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from data_generators.ecg.leads import TWELVE_FROM_EIGHT, draw_lead_matrix
from data_generators.ecg.noise import NoisePool, draw_weights
from data_generators.ecg.vcg import Wave

_LOCAL = np.array([0.2, 0.2, 0.75, 1.0, 1.0, 0.8, 0.5, 0.35])
"""What no dipole explains of a large group, in mV, in I, II and V1 to V6: most where the heart is nearest. Three
components then carry 98 to 99.9% of a record's variance."""

_LARGE = 1.0  # mV; a smaller group has less, so that waves begin and end together in all leads
_AT_ONCE = 8  # records, whose rows fit into a processor's cache
_STRETCH = (
    1000  # samples: longer products would be shared among threads, and differ in the last digit with their number
)
_RECORDER = 0.4  # a recorder rounds waves off over this part of the time between two samples, so that none alias
_NEVER = 1e3  # seconds


@dataclass(frozen=True)
class Train:
    """A wave and the times at which it comes.

    Attributes:
        wave: one for each record.
        times: float (n, beats), seconds; NaN where no beat is.
        sizes: float (n, beats), factors; None where each is 1.
    """

    wave: Wave
    times: np.ndarray
    sizes: np.ndarray | None = None


@dataclass(frozen=True)
class Flutter:
    """The waves of atria that never rest: a sawtooth of one vector.

    Attributes:
        frequency: float (n,), Hz.
        phase: float (n,), radians at the beginning of the record.
        unrest: float (n,), how far the rhythm and the height of the waves wander: 0 for flutter, 1 for fibrillation.
        vector: float (n, 3), mV.
    """

    frequency: np.ndarray
    phase: np.ndarray
    unrest: np.ndarray
    vector: np.ndarray


def record(
    generator: np.random.Generator,
    trains: Sequence[Train],
    flutter: Flutter | None,
    pool: NoisePool | None,
    mixing: np.ndarray | None,
    sampling_rate: int,
    length: int,
) -> np.ndarray:
    """Return records, float32 (n, leads, length), in mV.

    Args:
        generator: draws the electrodes' places, local currents and noise.
        trains: the waves of the heart.
        flutter: the waves of the atria where they flutter or fibrillate.
        pool: the noise; None for none.
        mixing: (n, k, 12) or (k, 12), what is recorded of the twelve leads; None for the twelve themselves.
        sampling_rate: Hz.
        length: samples in a record.
    """
    n_samples = len(trains[0].times)
    matrix = draw_lead_matrix(generator, n_samples)
    vectors = [train.wave.vector for train in trains]
    if flutter is not None:
        vectors.append(flutter.vector[:, None, :])
    vector = np.concatenate(vectors, axis=1)
    size = np.linalg.norm(vector, axis=2)[:, None, :]
    local = np.minimum(size / _LARGE, 1) ** 3 * generator.standard_normal((n_samples, 8, vector.shape[1]))
    weights = np.matmul(matrix, vector.transpose(0, 2, 1))
    weights = np.matmul(TWELVE_FROM_EIGHT, weights + _LOCAL[:, None] * local)
    if pool is not None:
        weights = np.concatenate([weights, draw_weights(generator, n_samples)], axis=2)
        starts = pool.draw_starts(generator, n_samples)
    if mixing is not None:
        weights = np.matmul(mixing, weights)
    widths = [np.sqrt(train.wave.width**2 + (_RECORDER / sampling_rate) ** 2) for train in trains]
    heart = sum(width.shape[1] for width in widths)
    rounding = np.concatenate([train.wave.width / width for train, width in zip(trains, widths, strict=True)], axis=1)
    weights[:, :, :heart] *= rounding[:, None, :]
    weights = weights.astype(np.float32)

    time = np.arange(length, dtype=np.float32) / np.float32(sampling_rate)
    X = np.empty((n_samples, weights.shape[1], length), dtype=np.float32)
    rows = np.empty((_AT_ONCE, weights.shape[2], length), dtype=np.float32)
    for first in range(0, n_samples, _AT_ONCE):
        some = slice(first, min(first + _AT_ONCE, n_samples))
        here = rows[: some.stop - first]
        begin = 0
        for train, width in zip(trains, widths, strict=True):
            end = begin + width.shape[1]
            _gaussians(train, width, time, some, here[:, begin:end])
            begin = end
        if flutter is not None:
            here[:, begin] = _sawtooth(flutter, time, some)
            begin += 1
        if pool is not None:
            for stretches in pool.stretches([each[some] for each in starts]):
                here[:, begin : begin + stretches.shape[1]] = stretches
                begin += stretches.shape[1]
        for begin in range(0, length, _STRETCH):
            stretch = slice(begin, begin + _STRETCH)
            np.matmul(weights[some], here[:, :, stretch], out=X[some, :, stretch])
    return X


def _gaussians(train: Train, width: np.ndarray, time: np.ndarray, some: slice, out: np.ndarray) -> None:
    """Write the wave's groups into `out`, (n, groups, length), each sample looking at its nearest wave alone."""
    middle = train.wave.centre[some].mean(axis=1, keepdims=True)
    nearest, counts = _nearest(train.times[some] + middle, len(time), float(time[1]))
    since = time - np.repeat(nearest.astype(np.float32).ravel(), counts.ravel()).reshape(len(counts), -1)
    centre, width = (part[:, :, None].astype(np.float32) for part in (train.wave.centre[some] - middle, width[some]))
    np.subtract(since[:, None, :], centre, out=out)
    out *= np.float32(np.sqrt(0.5)) / width
    np.multiply(out, out, out=out)
    np.negative(out, out=out)
    np.exp(out, out=out)
    if train.sizes is not None:
        order = np.argsort(train.times[some], axis=1)
        sizes = np.take_along_axis(train.sizes[some], order, axis=1).astype(np.float32)
        out *= np.repeat(sizes.ravel(), counts.ravel()).reshape(since.shape)[:, None, :]


def _nearest(times: np.ndarray, length: int, step: float) -> tuple[np.ndarray, np.ndarray]:
    """Return each record's beats in order, and to how many samples each is the nearest, both (n, beats)."""
    times = np.sort(np.where(np.isnan(times), _NEVER, times), axis=1)
    halfway = (times[:, 1:] + times[:, :-1]) / 2
    ends = np.clip(np.ceil(halfway / step), 0, length).astype(np.int64)
    ends = np.pad(ends, ((0, 0), (1, 1)), constant_values=((0, 0), (0, length)))
    return times, np.diff(ends, axis=1)


def _sawtooth(flutter: Flutter, time: np.ndarray, some: slice) -> np.ndarray:
    """Return a wave that falls slowly and rises fast, (n, length), within about 1 of zero."""
    frequency, phase, unrest = (
        part[some, None].astype(np.float32) for part in (flutter.frequency, flutter.phase, flutter.unrest)
    )
    turn = np.float32(2 * np.pi)
    angle = turn * frequency * time + phase
    angle += unrest * (np.float32(2.4) * np.sin(turn * np.float32(0.53) * time + 3 * phase))
    angle += unrest * (np.float32(1.3) * np.sin(turn * np.float32(1.37) * time + 7 * phase))
    size = 1 + np.float32(0.5) * unrest * np.sin(turn * np.float32(0.43) * time + 5 * phase)
    return size * (np.sin(angle) + np.float32(0.45) * np.sin(2 * angle) + np.float32(0.2) * np.sin(3 * angle)) / 1.2


def waves_mask(trains: Sequence[tuple[int, Train]], length: int, sampling_rate: int) -> np.ndarray:
    """Return the number of the wave at each sample, int64 (n, length), 0 where there is none; later trains win."""
    n_samples = len(trains[0][1].times)
    mask = np.zeros((n_samples, length), dtype=np.int64)
    time = np.arange(length) / sampling_rate
    for number, train in trains:
        extent = train.wave.extent()
        middle = (extent.begin + extent.end)[:, None] / 2
        nearest, counts = _nearest(train.times + middle, length, 1 / sampling_rate)
        since = time - np.repeat(nearest.ravel(), counts.ravel()).reshape(n_samples, length)
        mask[np.abs(since) <= (extent.end - extent.begin)[:, None] / 2] = number
    return mask
