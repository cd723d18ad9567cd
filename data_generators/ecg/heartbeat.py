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
class ElectricalHearts:
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

    def __getitem__(self, some: np.ndarray) -> "ElectricalHearts":
        return ElectricalHearts(*(getattr(self, field.name)[some] for field in fields(self)))


def draw_electrical_hearts(generator: np.random.Generator, pr: np.ndarray, conduction: np.ndarray) -> ElectricalHearts:
    """Draw hearts that are healthy but for their conduction, (n,), and PR intervals within `pr`, (n, 2)."""
    ones = np.ones(len(conduction))
    return ElectricalHearts(conduction, generator.uniform(*pr.T), ones, ones, 0 * ones, ones)


@dataclass(frozen=True)
class ElectricalActivity:
    """What hearts do in a set of records.

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


def draw_electrical_activity(
    generator: np.random.Generator, timing: Timing, hearts: ElectricalHearts, heart_rate: np.ndarray, duration: float
) -> ElectricalActivity:
    """Let hearts beat, and return what they do.

    Args:
        generator: draws everything that is not given.
        timing: draws the beats of their rhythm.
        hearts: the hearts.
        heart_rate: (n,), bpm, the mean rate of the ventricles.
        duration: seconds.
    """
    n_samples, interval = len(heart_rate), 60 / heart_rate
    draw = _Draw(generator, n_samples)
    stretch = np.sqrt(np.clip(interval, 0.27, 1.15))  # Bazett; in a slower heart the QT interval grows no further
    frontal, horizontal = draw.angles(10), draw.angles(8)
    p = vcg.wave(vcg.P, n_samples).scaled(hearts.atrium * draw.gain(0.18))
    p = p.turned(vcg.rotation(0.4 * frontal + draw.angles(6), draw.angles(6)))
    before, through = p.extent(), _through_the_bundles(draw, hearts, frontal, horizontal, stretch)
    pr = np.minimum(hearts.pr, 0.45 * interval)  # a fast heart conducts fast
    beats = timing(generator, interval, pr + before.begin - through.extent.begin, duration)

    trains = {}
    if beats.p is not None:
        trains["P"] = Train(p, beats.p)
    if beats.retrograde is not None:
        trains["retrograde P"] = Train(vcg.wave(vcg.RETROGRADE_P, n_samples).scaled(draw.gain(0.18)), beats.retrograde)
    r_times, qrs, qt = np.empty((n_samples, 0)), through.lasts, through.qt
    if beats.qrs is not None:
        trains["T"] = Train(through.t, beats.qrs, beats.qrs_size)
        trains["QRS"] = Train(through.qrs, beats.qrs, beats.qrs_size)
        r_times = beats.qrs + through.extent.peak[:, None]
    if beats.ventricular is not None:
        wide = _from_a_ventricle(draw, stretch, through.qt + 0.05)
        trains["ventricular T"] = Train(wide.t, beats.ventricular, beats.ventricular_size)
        trains["ventricular QRS"] = Train(wide.qrs, beats.ventricular, beats.ventricular_size)
        if beats.qrs_size is not None:
            r_times = r_times[:, :0]  # beats that fuse are among the ventricular ones as well
        alone = np.isnan(r_times).all(axis=1)
        qrs, qt = np.where(alone, wide.lasts, qrs), np.where(alone, wide.qt, qt)
        r_times = np.concatenate([r_times, beats.ventricular + wide.extent.peak[:, None]], axis=1)
    conducted = np.full(n_samples, np.nan)
    if beats.delay is not None:
        conducted = beats.delay - before.begin + through.extent.begin
    return ElectricalActivity(trains, _flutter(beats, draw.gain(0.3)), np.sort(r_times, axis=1), conducted, qrs, qt)


@dataclass(frozen=True)
class _Draw:
    """Draws numbers for a set of patients: angles in radians, and factors about 1, each (n,)."""

    generator: np.random.Generator
    n_samples: int

    def angles(self, sd: float) -> np.ndarray:
        return np.deg2rad(truncated_normal(self.generator, 0, sd, -2 * sd, 2 * sd, self.n_samples))

    def gain(self, sd: float) -> np.ndarray:
        return np.exp(truncated_normal(self.generator, 0, sd, -2.5 * sd, 2.5 * sd, self.n_samples))


@dataclass(frozen=True)
class _Activation:
    """The ventricles' two waves: QRS with its extent, and T at its place after it; QRS and QT in seconds, (n,)."""

    qrs: vcg.Wave
    extent: vcg.Extent
    t: vcg.Wave
    qt: np.ndarray

    @property
    def lasts(self) -> np.ndarray:
        return self.extent.end - self.extent.begin


def _activation(qrs: vcg.Wave, extent: vcg.Extent, t: vcg.Wave, stretch: np.ndarray, qt: np.ndarray) -> _Activation:
    t = t.stretched(stretch / 0.91)  # the table's T waves are those of a heart at 72 bpm
    return _Activation(qrs, extent, t.shifted(extent.begin + qt - t.extent().end), qt)


def _through_the_bundles(
    draw: _Draw, hearts: ElectricalHearts, frontal: np.ndarray, horizontal: np.ndarray, stretch: np.ndarray
) -> _Activation:
    """Return beats that come from the atria."""
    table = vcg.by_conduction(vcg.QRS, hearts.conduction)
    low, high = np.array([vcg.QRS_SECONDS[name] for name in vcg.CONDUCTIONS])[hearts.conduction].T
    against = -0.45 * table.vector[:, 1:4].mean(axis=1)
    table.vector[:, 0] *= hearts.septum[:, None]
    qrs = table.scaled(hearts.voltage * draw.gain(0.15)).turned(vcg.rotation(frontal, horizontal))
    qrs, extent = qrs.lasting(draw.generator.uniform(low, high))

    t = vcg.by_conduction(vcg.T, hearts.conduction)
    t.vector[:] += hearts.strain[:, None, None] * (against[:, None, :] * np.array([0.5, 1.0])[:, None] - t.vector)
    t = t.scaled(np.sqrt(hearts.voltage) * draw.gain(0.2))
    t = t.turned(vcg.rotation(0.6 * frontal + draw.angles(7), 0.6 * horizontal + draw.angles(7)))
    qtc = truncated_normal(draw.generator, 0.410, 0.015, 0.37, 0.45, draw.n_samples)
    return _activation(qrs, extent, t, stretch, qtc * stretch + np.maximum(extent.end - extent.begin - 0.1, 0))


def _from_a_ventricle(draw: _Draw, stretch: np.ndarray, qt: np.ndarray) -> _Activation:
    """Return beats that begin at one place in a ventricle."""
    qrs, t = vcg.ventricular(draw.generator, draw.n_samples)
    qrs, extent = qrs.lasting(draw.generator.uniform(0.150, 0.180, draw.n_samples))
    return _activation(qrs, extent, t, stretch, qt)


def _flutter(beats: Beats, gain: np.ndarray) -> Flutter | None:
    if beats.atrial_frequency is None or beats.atrial_phase is None or beats.atrial_unrest is None:
        return None
    unrest = beats.atrial_unrest[:, None]
    vector = gain[:, None] * (unrest * np.array(_FIBRILLATION) + (1 - unrest) * np.array(_FLUTTER))
    return Flutter(beats.atrial_frequency, beats.atrial_phase, beats.atrial_unrest, vector)


def truth_of(activity: ElectricalActivity, sampling_rate: int, length: int) -> dict[str, Any]:
    """Return what is true of the records, for `truth`."""
    index = np.rint(activity.r_times * sampling_rate)
    inside = (index >= 0) & (index < length)
    counts = inside.sum(axis=1)
    r_peaks = np.split(index[inside].astype(np.int64), np.cumsum(counts)[:-1])
    return {
        "r_peaks": r_peaks,
        "heart_rate": _heart_rate(activity.r_times, length / sampling_rate),
        "pr_ms": 1000 * activity.pr,
        "qrs_ms": 1000 * activity.qrs,
        "qt_ms": 1000 * activity.qt,
    }


def _heart_rate(r_times: np.ndarray, duration: float) -> np.ndarray:
    """Return the mean rate, bpm, from the last beat before the record to the first one after it."""
    first = np.nanmax(np.where(r_times <= 0, r_times, -np.inf), axis=1)
    last = np.nanmin(np.where(r_times >= duration, r_times, np.inf), axis=1)
    between = ((r_times > first[:, None]) & (r_times <= last[:, None])).sum(axis=1)
    return 60 * between / (last - first)
