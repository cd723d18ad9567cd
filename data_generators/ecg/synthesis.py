"""Waves in time, through the leads, onto the record.

Everything is linear: each group of each wave is one row of numbers in time, each source of noise another, and a matrix
says how much of each row shows in each lead. Noise has rows as long as the record and one matrix for it. The heart's
waves are short, and its place changes with every breath: so each beat has rows of its own, only as long as the wave,
and a matrix of its own.
"""

from dataclasses import dataclass

import numpy as np

from data_generators._streams import Streams
from data_generators.ecg.leads import LEADS, draw_lead_matrix, fill_limb_leads
from data_generators.ecg.noise import Recording, draw_weights
from data_generators.ecg.rhythm import Breathing
from data_generators.ecg.vcg import Wave

_LOCAL = np.array([0.08, 0.08, 0.18, 0.36, 0.40, 0.36, 0.20, 0.12])
"""What no dipole explains of a large group, in mV, in I, II and V1 to V6: most where the heart is nearest."""

_LARGE = 0.7  # mV; a smaller group has less, so that waves begin and end together in all leads
_AT_ONCE = 8  # records, whose rows fit into a processor's cache
_STRETCH = (
    1000  # samples: longer products would be shared among threads, and differ in the last digit with their number
)
_RECORDER = 0.4  # a recorder rounds waves off over this part of the time between two samples, so that none alias
_UNSEEN = 3e-4  # mV; where a group is smaller, it is not drawn
_NEVER = 1e3  # seconds


@dataclass(frozen=True)
class Train:
    """A wave and the times at which it comes.

    Attributes:
        wave: one for each record.
        times: float (n, beats), seconds; NaN where no beat is.
        sizes: float (n, beats), factors.
    """

    wave: Wave
    times: np.ndarray
    sizes: np.ndarray


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


@dataclass(frozen=True)
class ElectricalActivity:
    """What hearts do in a set of records.

    Attributes:
        trains: the waves by name, in the order in which one that overlaps another gives way to it.
        breathing: moves the heart.
        flutter: the waves of atria that flutter or fibrillate; None where they beat.
        r_times: (n, beats), when each QRS complex is largest, in order; NaN at the end.
        pr, qrs, qt: (n,), intervals in seconds, each from the moment at which the dipole passes 0.02 mV.
    """

    trains: dict[str, Train]
    breathing: Breathing
    flutter: Flutter | None
    r_times: np.ndarray
    pr: np.ndarray
    qrs: np.ndarray
    qt: np.ndarray


def record(
    streams: Streams,
    activity: ElectricalActivity,
    recording: Recording | None,
    only: slice | None,
    sampling_rate: int,
    length: int,
    X: np.ndarray | None = None,
) -> np.ndarray:
    """Return records, float32 (n, leads, length), in mV.

    I, II and V1 to V6 are worked out, and the other leads from them.

    Args:
        streams: of the electrodes' places, local currents and noise.
        activity: what the hearts do.
        recording: what electrodes pick up besides; None for nothing.
        only: which of those eight are recorded; None for all twelve leads.
        sampling_rate: Hz.
        length: samples in a record.
        X: where to write them; new if not given.
    """
    flutter, breathing = activity.flutter, activity.breathing
    n_samples = len(breathing.phase)
    matrix = draw_lead_matrix(streams("electrodes"), n_samples)
    leads = slice(None) if only is None else only
    time = np.arange(length, dtype=np.float32) / np.float32(sampling_rate)
    waves = [
        _Beats.of(train, _weights(streams("local " + name), train, breathing, matrix, leads), sampling_rate)
        for name, train in activity.trains.items()
    ]
    sources = []
    if recording is not None:
        weights = draw_weights(streams, recording)
        starts = recording.pool.draw_starts(streams("stretches"), n_samples)
        sources.append(weights[:, leads])
    if flutter is not None:
        sources.append(np.matmul(matrix[:, leads], flutter.vector[:, :, None]))
    eight = range(8)[leads]
    if X is None:
        X = np.empty((n_samples, len(LEADS if only is None else eight), length), dtype=np.float32)
    if not sources:
        X[:] = 0
    worked_out = X[:, -len(eight) :]
    dense = np.concatenate(sources, axis=2).astype(np.float32) if sources else np.empty((n_samples, 0, 0))
    rows = np.empty((_AT_ONCE, dense.shape[2], length), dtype=np.float32)
    if recording is not None:
        rows[:, : len(recording.pool.offset)] = recording.pool.offset
    for first in range(0, n_samples, _AT_ONCE):
        some = slice(first, min(first + _AT_ONCE, n_samples))
        here = rows[: some.stop - first]
        if recording is not None:
            noise = here[:, len(recording.pool.offset) :]
            recording.pool.write_stretches([each[some] for each in starts], noise)
        if flutter is not None:
            here[:, -1] = _sawtooth(flutter, time, some)
        if sources:
            for begin in range(0, length, _STRETCH):
                stretch = slice(begin, begin + _STRETCH)
                np.matmul(dense[some], here[:, :, stretch], out=worked_out[some, :, stretch])
        for wave in waves:
            wave.add_to(worked_out, some)
        if only is None:
            fill_limb_leads(X[some])
    return X


def _weights(
    generator: np.random.Generator, train: Train, breathing: Breathing, matrix: np.ndarray, leads: slice
) -> np.ndarray:
    """Return how much of each group shows in some of the eight leads at each beat, mV (n, beats, leads, groups)."""
    vector = train.wave.vector
    n_samples, groups, _ = vector.shape
    size = np.linalg.norm(vector, axis=2)[:, None, :]
    local = _LOCAL[:, None] * np.minimum(size / _LARGE, 1) ** 2 * generator.standard_normal((n_samples, 8, groups))
    breath = breathing.at(np.nan_to_num(train.times, nan=_NEVER))
    still = np.matmul(matrix, vector.transpose(0, 2, 1)) + local
    x, y, z = vector.transpose(2, 0, 1)
    turned = np.stack(  # by a small angle in the frontal plane, and by one in the horizontal plane
        [
            breathing.horizontal[:, None] * z - breathing.frontal[:, None] * y,
            breathing.frontal[:, None] * x,
            -breathing.horizontal[:, None] * x,
        ],
        axis=1,
    )
    moved = breathing.gain[:, None, None] * still + np.matmul(matrix, turned)
    still, moved = still[:, leads], moved[:, leads]
    return train.sizes[:, :, None, None] * (still[:, None] + breath[:, :, None, None] * moved[:, None])


@dataclass(frozen=True)
class _Beats:
    """One wave of all records at each of its beats.

    Attributes:
        times: float (n, beats), seconds; far after the end where no beat is.
        low, high: float (n,), seconds from the wave's zero to where it begins and ceases to show.
        centre, width: float32 (n, groups), seconds.
        weights: float32 (n, beats, leads, groups), mV.
        rate: Hz.
    """

    times: np.ndarray
    low: np.ndarray
    high: np.ndarray
    centre: np.ndarray
    width: np.ndarray
    weights: np.ndarray
    rate: int

    @classmethod
    def of(cls, train: Train, weights: np.ndarray, rate: int) -> "_Beats":
        wave = train.wave
        width = np.sqrt(wave.width**2 + (_RECORDER / rate) ** 2)
        largest = np.abs(weights).max(axis=(1, 2))
        reach = width * np.sqrt(2 * np.log(np.maximum(largest / _UNSEEN, 1)))
        return cls(
            np.nan_to_num(train.times, nan=_NEVER),
            (wave.centre - reach).min(axis=1),
            (wave.centre + reach).max(axis=1),
            wave.centre.astype(np.float32),
            width.astype(np.float32),
            (weights * (wave.width / width)[:, None, None, :]).astype(np.float32),
            rate,
        )

    def add_to(self, X: np.ndarray, some: slice) -> None:
        """Add the wave to some of the records, each beat where it is."""
        length, low = X.shape[2], self.low[some].min()
        samples = int(np.ceil((self.high[some].max() - low) * self.rate)) + 1
        start = np.floor((self.times[some] + low) * self.rate).astype(np.int64)
        record, beat = np.nonzero((start < length) & (start + samples > 0))
        start, record = start[record, beat], record + some.start
        since = (start / self.rate - self.times[record, beat]).astype(np.float32)
        steps = np.arange(samples, dtype=np.float32) / np.float32(self.rate)
        z = (since[:, None] - self.centre[record])[:, :, None] + steps
        z *= np.float32(np.sqrt(0.5)) / self.width[record][:, :, None]
        np.multiply(z, z, out=z)
        np.negative(z, out=z)
        np.exp(z, out=z)
        drawn = np.matmul(self.weights[record, beat], z)
        for number, first, each in zip(record.tolist(), start.tolist(), drawn, strict=True):
            begin, end = max(first, 0), min(first + samples, length)
            X[number, :, begin:end] += each[:, begin - first : end - first]


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


def wave_mask(train: Train, length: int, sampling_rate: int) -> np.ndarray:
    """Return where the wave is, bool (n, length)."""
    extent = train.wave.extent()
    n_samples = len(train.times)
    time = np.arange(length) / sampling_rate
    middle = (extent.begin + extent.end)[:, None] / 2
    nearest, counts = _nearest(train.times + middle, length, 1 / sampling_rate)
    since = time - np.repeat(nearest.ravel(), counts.ravel()).reshape(n_samples, length)
    return np.abs(since) <= (extent.end - extent.begin)[:, None] / 2


def _nearest(times: np.ndarray, length: int, step: float) -> tuple[np.ndarray, np.ndarray]:
    """Return each record's beats in order, and to how many samples each is the nearest, both (n, beats)."""
    times = np.sort(np.where(np.isnan(times), _NEVER, times), axis=1)
    halfway = (times[:, 1:] + times[:, :-1]) / 2
    ends = np.clip(np.ceil(halfway / step), 0, length).astype(np.int64)
    ends = np.pad(ends, ((0, 0), (1, 1)), constant_values=((0, 0), (0, length)))
    return times, np.diff(ends, axis=1)
