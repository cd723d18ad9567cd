"""Hearts that beat in a rhythm: their waves, when these come, and how long they last."""

from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from data_generators._sampling import truncated_normal
from data_generators._streams import Streams
from data_generators.ecg import vcg
from data_generators.ecg.rhythm import Beats, Timing, draw_breathing
from data_generators.ecg.synthesis import ElectricalActivity, Flutter, Train

_FLUTTER = (0.03, -0.20, -0.13)  # mV: down in II, III and aVF, up in V1
_FIBRILLATION = (-0.02, 0.03, -0.065)  # mV: largest in V1


@dataclass(frozen=True)
class ElectricalHearts:
    """What the hearts of a set of people are like, as far as an ECG shows it; each (n,).

    Attributes:
        conduction: int, as in `vcg.CONDUCTIONS`.
        pr: seconds.
        age: years.
        is_male: bool.
        voltage: factor of the QRS complex.
        septum: factor of the first push, which comes from the septum.
        strain: from 0 to 1, how far the T wave is turned against the QRS complex.
        atrium: factor of the P wave.
    """

    conduction: np.ndarray
    pr: np.ndarray
    age: np.ndarray
    is_male: np.ndarray
    voltage: np.ndarray
    septum: np.ndarray
    strain: np.ndarray
    atrium: np.ndarray

    def __getitem__(self, some: np.ndarray) -> "ElectricalHearts":
        return ElectricalHearts(*(getattr(self, field.name)[some] for field in fields(self)))


def draw_electrical_hearts(streams: Streams, pr: np.ndarray, conduction: np.ndarray) -> ElectricalHearts:
    """Draw hearts that are healthy but for their conduction, (n,), and PR intervals within `pr`, (n, 2)."""
    n_samples = len(conduction)
    ones = np.ones(n_samples)
    generator = streams("person")
    age, is_male = generator.uniform(18, 85, n_samples), generator.random(n_samples) < 0.5
    return ElectricalHearts(conduction, streams("PR").uniform(*pr.T), age, is_male, ones, ones, 0 * ones, ones)


def draw_electrical_activity(
    streams: Streams, timing: Timing, hearts: ElectricalHearts, heart_rate: np.ndarray, duration: float
) -> ElectricalActivity:
    """Let hearts beat, and return what they do.

    Args:
        streams: of everything that is not given.
        timing: draws the beats of their rhythm.
        hearts: the hearts.
        heart_rate: (n,), bpm, the mean rate of the ventricles.
        duration: seconds.
    """
    n_samples, interval = len(heart_rate), 60 / heart_rate
    stretch = np.sqrt(np.clip(interval, 0.27, 1.15))  # Bazett; in a slower heart the QT interval grows no further
    draw = _Draw(streams("axis"), n_samples)
    frontal, horizontal = draw.angles(14), draw.angles(13)
    draw = _Draw(streams("P"), n_samples)
    p = vcg.wave(vcg.P, n_samples).scaled(hearts.atrium * draw.gain(0.18))
    p = p.turned(vcg.rotation(0.4 * frontal + draw.angles(6), draw.angles(6)))
    before, through = p.extent(), _through_the_bundles(streams, hearts, frontal, horizontal, stretch)
    pr = np.minimum(hearts.pr, 0.45 * interval)  # a fast heart conducts fast
    breathing = draw_breathing(streams("breathing"), n_samples)
    beats = timing(streams("beats"), interval, pr + before.begin, duration, breathing)
    later = _repolarisation(beats, interval, through.qt)

    trains = {}

    def add(name: str, wave: vcg.Wave, times: np.ndarray, sizes: np.ndarray | None, chance: float) -> None:
        varied = 1 + chance * streams("size of " + name).standard_normal(times.shape)
        trains[name] = Train(wave, times, varied if sizes is None else varied * sizes)

    if beats.p is not None:
        add("P", p, beats.p, None, 0.06)
    if beats.retrograde is not None:
        wave = vcg.wave(vcg.RETROGRADE_P, n_samples).scaled(_Draw(streams("retrograde P"), n_samples).gain(0.18))
        add("retrograde P", wave, beats.retrograde, None, 0.06)
    r_times, qrs, qt = np.empty((n_samples, 0)), through.lasts, through.qt
    if beats.qrs is not None:
        add("T", through.t, beats.qrs + later, beats.qrs_size, 0.04)
        add("QRS", through.qrs, beats.qrs, beats.qrs_size, 0.025)
        r_times = beats.qrs + through.peak[:, None]
    if beats.ventricular is not None:
        wide = _from_a_ventricle(streams("ventricle"), stretch, through.qt + 0.05)
        add("ventricular T", wide.t, beats.ventricular + later, beats.ventricular_size, 0.04)
        add("ventricular QRS", wide.qrs, beats.ventricular, beats.ventricular_size, 0.025)
        if beats.qrs_size is not None:
            r_times = r_times[:, :0]  # beats that fuse are among the ventricular ones as well
        alone = np.isnan(r_times).all(axis=1)
        qrs, qt = np.where(alone, wide.lasts, qrs), np.where(alone, wide.qt, qt)
        r_times = np.concatenate([r_times, beats.ventricular + wide.peak[:, None]], axis=1)
    conducted = np.full(n_samples, np.nan)
    if beats.delay is not None:
        conducted = beats.delay - before.begin
    flutter = _flutter(beats, _Draw(streams("flutter"), n_samples).gain(0.3))
    return ElectricalActivity(trains, breathing, flutter, np.sort(r_times, axis=1), conducted, qrs, qt)


_AT_ONCE, _IN_TIME, _MEMORY = 0.35, 0.45, 0.9  # shares of a change of rate that QT follows, and by beat is remembered


def _repolarisation(beats: Beats, interval: np.ndarray, qt: np.ndarray) -> np.ndarray | float:
    """Return by how much later, seconds (n, beats), each T wave ends than at the mean interval.

    It follows the interval before the beat a little, and those before that slowly.
    """
    if beats.qrs is None or beats.ventricular is None:
        times = beats.ventricular if beats.qrs is None else beats.qrs
    else:
        times = np.where(np.isnan(beats.qrs), beats.ventricular, beats.qrs)
    if times is None:
        return 0.0
    latest = np.fmax.accumulate(times, axis=1)
    change = np.clip(np.diff(latest, axis=1) / interval[:, None] - 1, -0.6, 0.8)
    change = np.where(np.isnan(times), 0, np.nan_to_num(np.pad(change, ((0, 0), (1, 0)))))
    remembered = np.zeros_like(change)
    for beat in range(1, change.shape[1]):
        remembered[:, beat] = _MEMORY * remembered[:, beat - 1] + (1 - _MEMORY) * change[:, beat - 1]
    return 0.5 * qt[:, None] * (_AT_ONCE * change + _IN_TIME * remembered)  # of Bazett's square root


@dataclass(frozen=True)
class _Draw:
    """Draws numbers for a set of patients: angles in radians, and factors about 1, each (n,)."""

    generator: np.random.Generator
    n_samples: int

    def angles(self, sd: float) -> np.ndarray:
        return np.deg2rad(truncated_normal(self.generator, 0, sd, -2 * sd, 2 * sd, self.n_samples))

    def opening(self) -> np.ndarray:
        """Return how far loops open, clockwise or not, for `Wave.opened`."""
        size = np.deg2rad(self.generator.uniform(20, 75, self.n_samples))
        return np.where(self.generator.random(self.n_samples) < 0.5, size, -size)

    def gain(self, sd: float) -> np.ndarray:
        return np.exp(truncated_normal(self.generator, 0, sd, -2.5 * sd, 2.5 * sd, self.n_samples))


@dataclass(frozen=True)
class _Activation:
    """The ventricles' two waves, whose zero is the beginning of QRS; seconds, (n,), to its peak and its end, and QT."""

    qrs: vcg.Wave
    peak: np.ndarray
    lasts: np.ndarray
    t: vcg.Wave
    qt: np.ndarray


def _activation(qrs: vcg.Wave, lasts: np.ndarray, t: vcg.Wave, stretch: np.ndarray, qt: np.ndarray) -> _Activation:
    qrs, extent = qrs.lasting(lasts)
    t = t.stretched(stretch / 0.91)  # the table's T waves are those of a heart at 72 bpm
    t = t.shifted(qt - t.extent().end)
    return _Activation(qrs.shifted(-extent.begin), extent.peak - extent.begin, lasts, t, qt)


def _through_the_bundles(
    streams: Streams, hearts: ElectricalHearts, frontal: np.ndarray, horizontal: np.ndarray, stretch: np.ndarray
) -> _Activation:
    """Return beats that come from the atria."""
    n_samples = len(frontal)
    draw = _Draw(streams("QRS"), n_samples)
    mean, sd = np.array([vcg.QRS_SECONDS[name] for name in vcg.CONDUCTIONS])[hearts.conduction].T
    mean += np.where(hearts.conduction > 0, 0, np.where(hearts.is_male, 0.003, -0.003))
    lasts = mean + sd * truncated_normal(draw.generator, 0, 1, -2.2, 2.2, n_samples)
    table = vcg.by_conduction(vcg.QRS, hearts.conduction)
    against = -0.3 * table.vector[:, 2:6].mean(axis=1)
    table.vector[:, 0] *= hearts.septum[:, None]
    voltage = hearts.voltage * voltage_of(hearts.age, hearts.is_male)
    qrs = (
        table.opened(draw.opening() * np.where(hearts.conduction > 0, 0.2, 1))
        .scaled(voltage * draw.gain(0.2))
        .turned(vcg.rotation(frontal, horizontal))
    )
    qrs = qrs.joined(vcg.fragments(streams("fragments"), qrs).scaled(voltage))

    draw = _Draw(streams("T"), n_samples)
    t = vcg.by_conduction(vcg.T, hearts.conduction)
    t.vector[:] += hearts.strain[:, None, None] * (against[:, None, :] * np.array([0.5, 1.0])[:, None] - t.vector)
    t = t.scaled(np.sqrt(voltage) * draw.gain(0.25))
    t = t.turned(vcg.rotation(0.6 * frontal + draw.angles(7), 0.6 * horizontal + draw.angles(7)))
    qtc = truncated_normal(draw.generator, 0.410, 0.015, 0.37, 0.45, n_samples)
    return _activation(qrs, lasts, t, stretch, qtc * stretch + np.maximum(lasts - 0.1, 0))


def voltage_of(age: np.ndarray, is_male: np.ndarray) -> np.ndarray:
    """Return the factor of the QRS complex in healthy people, by age in years and sex, (n,): 0.93 at 45 on average."""
    return (0.93 + np.where(is_male, 0.11, -0.11)) * (1 - 0.004 * (np.clip(age, 18, 85) - 45))


def _from_a_ventricle(generator: np.random.Generator, stretch: np.ndarray, qt: np.ndarray) -> _Activation:
    """Return beats that begin at one place in a ventricle."""
    qrs, t = vcg.ventricular(generator, len(qt))
    qrs = qrs.joined(vcg.fragments(generator, qrs))
    return _activation(qrs, generator.uniform(0.150, 0.180, len(qt)), t, stretch, qt)


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
