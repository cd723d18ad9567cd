"""Hearts that beat in a rhythm: their waves, when these come, and how long they last."""

from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from data_generators._sampling import truncated_normal
from data_generators.ecg import vcg
from data_generators.ecg.rhythm import Beats, Timing
from data_generators.ecg.synthesis import Flutter, Train

_FLUTTER = (0.03, -0.20, -0.13)  # mV: down in II, III and aVF, up in V1
_FIBRILLATION = (-0.02, 0.03, -0.09)  # mV: largest in V1


@dataclass(frozen=True)
class Hearts:
    """What the hearts of a set of people are like, as far as an ECG shows it; each (n,).

    Attributes:
        conduction: int, as in `vcg.CONDUCTIONS`.
        pr: seconds.
        voltage: factor of the QRS complex.
        septum: factor of the first push, which comes from the septum.
        strain: from 0 to 1, how far the T wave is turned against the QRS complex.
        atrium: factor of the P wave.
    """

    conduction: np.ndarray
    pr: np.ndarray
    voltage: np.ndarray
    septum: np.ndarray
    strain: np.ndarray
    atrium: np.ndarray

    def __getitem__(self, some: np.ndarray) -> "Hearts":
        return Hearts(*(getattr(self, field.name)[some] for field in fields(self)))


def draw_hearts(generator: np.random.Generator, pr: np.ndarray, conduction: np.ndarray) -> Hearts:
    """Draw hearts that are healthy but for their conduction, (n,), and PR intervals within `pr`, (n, 2)."""
    ones = np.ones(len(conduction))
    return Hearts(conduction, generator.uniform(*pr.T), ones, ones, 0 * ones, ones)


@dataclass(frozen=True)
class Strip:
    """What happens in a set of records.

    Attributes:
        trains: the waves by name, in the order in which one that overlaps another gives way to it.
        flutter: the waves of atria that flutter or fibrillate; None where they beat.
        r_times: (n, beats), when each QRS complex is largest, in order; NaN at the end.
        pr, qrs, qt: (n,), intervals in seconds, each from the moment at which the dipole passes 0.02 mV.
    """

    trains: dict[str, Train]
    flutter: Flutter | None
    r_times: np.ndarray
    pr: np.ndarray
    qrs: np.ndarray
    qt: np.ndarray


def beat(
    generator: np.random.Generator, timing: Timing, hearts: Hearts, heart_rate: np.ndarray, duration: float
) -> Strip:
    """Let hearts beat.

    Args:
        generator: draws everything that is not given.
        timing: draws the beats of their rhythm.
        hearts: the hearts.
        heart_rate: (n,), bpm, the mean rate of the ventricles.
        duration: seconds.
    """
    n_samples = len(heart_rate)
    interval = 60 / heart_rate
    stretch = np.sqrt(np.clip(interval, 0.27, 1.15))  # Bazett; in a slower heart the QT interval grows no further

    def angles(sd: float) -> np.ndarray:
        return np.deg2rad(truncated_normal(generator, 0, sd, -2 * sd, 2 * sd, n_samples))

    def gain(sd: float) -> np.ndarray:
        return np.exp(truncated_normal(generator, 0, sd, -2.5 * sd, 2.5 * sd, n_samples))

    frontal, horizontal = angles(10), angles(8)
    p = (
        vcg.wave(vcg.P, n_samples)
        .scaled(hearts.atrium * gain(0.18))
        .turned(vcg.rotation(0.4 * frontal + angles(6), angles(6)))
    )
    p_extent = p.extent()

    qrs = vcg.by_conduction(vcg.QRS, hearts.conduction)
    qrs.vector[:, 0] *= hearts.septum[:, None]
    low, high = np.array([vcg.QRS_SECONDS[name] for name in vcg.CONDUCTIONS])[hearts.conduction].T
    qrs = qrs.scaled(hearts.voltage * gain(0.15)).turned(vcg.rotation(frontal, horizontal))
    qrs, qrs_extent = qrs.lasting(generator.uniform(low, high))
    qrs_seconds = qrs_extent.end - qrs_extent.begin

    qt = truncated_normal(generator, 0.410, 0.015, 0.37, 0.45, n_samples) * stretch + np.maximum(qrs_seconds - 0.1, 0)
    t = vcg.by_conduction(vcg.T, hearts.conduction)
    against = -0.45 * vcg.by_conduction(vcg.QRS, hearts.conduction).vector[:, 1:4].mean(axis=1)
    t.vector[:] += hearts.strain[:, None, None] * (against[:, None, :] * np.array([0.5, 1.0])[:, None] - t.vector)
    t = t.scaled(gain(0.2) * np.sqrt(hearts.voltage)).turned(
        vcg.rotation(0.6 * frontal + angles(7), 0.6 * horizontal + angles(7))
    )
    t = t.stretched(stretch / 0.91)
    t = t.shifted(qrs_extent.begin + qt - t.extent().end)

    delay = hearts.pr + p_extent.begin - qrs_extent.begin
    beats = timing(generator, interval, delay, duration)
    trains = {}
    if beats.p is not None:
        trains["P"] = Train(p, beats.p)
    if beats.retrograde is not None:
        trains["retrograde P"] = Train(vcg.wave(vcg.RETROGRADE_P, n_samples).scaled(gain(0.18)), beats.retrograde)
    never = np.full((n_samples, 1), np.nan)
    through = never if beats.qrs is None else beats.qrs
    from_ventricle = never if beats.ventricular is None else beats.ventricular
    if beats.qrs is not None:
        trains["T"] = Train(t, beats.qrs, beats.qrs_size)
        trains["QRS"] = Train(qrs, beats.qrs, beats.qrs_size)
    r_times = np.where(np.isnan(through), np.nan, through + qrs_extent.peak[:, None])
    if beats.ventricular is not None:
        wide, wide_t = vcg.ventricular(generator, n_samples)
        wide, extent = wide.lasting(generator.uniform(0.150, 0.180, n_samples))
        wide_t = wide_t.stretched(stretch / 0.91)
        wide_qt = qt + 0.05
        wide_t = wide_t.shifted(extent.begin + wide_qt - wide_t.extent().end)
        trains["ventricular T"] = Train(wide_t, beats.ventricular, beats.ventricular_size)
        trains["ventricular QRS"] = Train(wide, beats.ventricular, beats.ventricular_size)
        if beats.qrs_size is not None:
            r_times = never  # fusion beats are in the other train as well
        r_times = np.concatenate([r_times, from_ventricle + extent.peak[:, None]], axis=1)
        alone = (beats.qrs_size is not None) | np.isnan(through).all(axis=1)
        qrs_seconds = np.where(alone, extent.end - extent.begin, qrs_seconds)
        qt = np.where(alone, wide_qt, qt)

    pr = np.full(n_samples, np.nan) if beats.delay is None else beats.delay - p_extent.begin + qrs_extent.begin
    return Strip(trains, _flutter(beats, gain(0.3)), np.sort(r_times, axis=1), pr, qrs_seconds, qt)


def _flutter(beats: Beats, gain: np.ndarray) -> Flutter | None:
    if beats.atrial_frequency is None or beats.atrial_phase is None or beats.atrial_unrest is None:
        return None
    unrest = beats.atrial_unrest[:, None]
    vector = gain[:, None] * (unrest * np.array(_FIBRILLATION) + (1 - unrest) * np.array(_FLUTTER))
    return Flutter(beats.atrial_frequency, beats.atrial_phase, beats.atrial_unrest, vector)


def describe(strip: Strip, sampling_rate: int, length: int) -> dict[str, Any]:
    """Return what is true of the records, for `truth`."""
    index = np.rint(strip.r_times * sampling_rate)
    inside = (index >= 0) & (index < length)
    counts = inside.sum(axis=1)
    r_peaks = np.split(index[inside].astype(np.int64), np.cumsum(counts)[:-1])
    return {
        "r_peaks": r_peaks,
        "heart_rate": heart_rate_of(strip.r_times, length / sampling_rate),
        "pr_ms": 1000 * strip.pr,
        "qrs_ms": 1000 * strip.qrs,
        "qt_ms": 1000 * strip.qt,
    }


def heart_rate_of(r_times: np.ndarray, duration: float) -> np.ndarray:
    """Return the mean rate, bpm, from the last beat before the record to the first one after it."""
    first = np.nanmax(np.where(r_times <= 0, r_times, -np.inf), axis=1)
    last = np.nanmin(np.where(r_times >= duration, r_times, np.inf), axis=1)
    between = ((r_times > first[:, None]) & (r_times <= last[:, None])).sum(axis=1)
    return 60 * between / (last - first)
