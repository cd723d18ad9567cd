"""When the atria and the ventricles beat.

Times are in seconds from the beginning of the record, (n, beats), NaN where there is no beat. Beats before the
beginning and after the end are there too, since their waves may reach into the record.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Beats:
    """The beats of a set of records. What a rhythm does not have is None.

    Attributes:
        p: P waves from the sinus node.
        qrs: when beats through the ventricles' own conduction begin.
        ventricular: when beats begin in a ventricle.
        retrograde: P waves of atria that are reached from below.
        qrs_size: how much of each beat in `qrs` is conducted so; the rest comes from a ventricle at the same time.
        ventricular_size: the same of each beat in `ventricular`.
        delay: (n,), mean time from a P wave's zero to the beginning of its QRS complex; None where there is none.
        atrial_frequency: (n,), Hz, of atria that flutter or fibrillate.
        atrial_phase: (n,), radians at the beginning.
        atrial_unrest: (n,), from 0 for waves that are all alike to 1 for fibrillation.
    """

    p: np.ndarray | None = None
    qrs: np.ndarray | None = None
    ventricular: np.ndarray | None = None
    retrograde: np.ndarray | None = None
    qrs_size: np.ndarray | None = None
    ventricular_size: np.ndarray | None = None
    delay: np.ndarray | None = None
    atrial_frequency: np.ndarray | None = None
    atrial_phase: np.ndarray | None = None
    atrial_unrest: np.ndarray | None = None


@dataclass(frozen=True)
class Breathing:
    """How people breathe while their heart is recorded, and what it does to the heart's place; each (n,).

    Attributes:
        frequency: Hz.
        phase: radians at the beginning of the record.
        gain: by which share the whole heart's voltage rises and falls.
        frontal, horizontal: radians by which the heart turns to and fro in either plane.
    """

    frequency: np.ndarray
    phase: np.ndarray
    gain: np.ndarray
    frontal: np.ndarray
    horizontal: np.ndarray

    def at(self, times: np.ndarray) -> np.ndarray:
        """Return how far the breath is drawn at these times, (n, times), from -1 to 1."""
        return np.sin(2 * np.pi * self.frequency[:, None] * times + self.phase[:, None])


def draw_breathing(generator: np.random.Generator, n_samples: int) -> Breathing:
    """Draw people who lie and breathe 11 to 19 times a minute."""
    frequency, phase, depth = generator.uniform([0.18, 0, 0.5], [0.32, 2 * np.pi, 1.5], (n_samples, 3)).T
    gain = 0.095 * depth * generator.uniform(0.7, 1.3, n_samples)
    frontal, horizontal = np.deg2rad(generator.normal(0, 3.0, (2, n_samples))) * depth
    return Breathing(frequency, phase, gain, frontal, horizontal)


Timing = Callable[[np.random.Generator, np.ndarray, np.ndarray, float, Breathing], Beats]
"""Draws beats: the mean intervals (n,) of the ventricles, the delays (n,) from a P wave's zero to the beginning of QRS,
the record's duration, and how people breathe meanwhile."""


def fibrillation_intervals(generator: np.random.Generator, n_samples: int, beats: int) -> np.ndarray:
    """Return intervals about 1, no one of which depends on another.

    They are a shortest time plus an exponential one: in 130 long records of fibrillation, Hennig and others, arXiv
    cond-mat/0605295 (2006), found an exponential tail of 3 to 12 a second. The standard deviation of an exponential
    time is its mean, so this is the coefficient of variation: 0.12 to 0.28, a choice of this course, which at 92 bpm
    are 5 to 13 a second.
    """
    spread = generator.uniform(0.12, 0.28, (n_samples, 1))
    return 1 - spread + spread * generator.standard_exponential((n_samples, beats))


_MOST = 0.25  # by which share of its mean a sinus interval can be shorter or longer


def sinus_intervals(generator: np.random.Generator, interval: np.ndarray, breath: np.ndarray) -> np.ndarray:
    """Return intervals about 1 of people with a mean interval, seconds (n,), and a breath from -1 to 1 at each beat.

    They change with the breath, with waves of blood pressure at 0.1 Hz, with slower ones below 0.04 Hz, and at random;
    all less in a fast heart, from which the vagus nerve has withdrawn.

    Returns:
        (n, beats), in the shape of `breath`.
    """
    n_samples, beats = breath.shape
    vagal = np.clip(interval / 0.83, 0.1, 1.1) ** 1.5

    def swing(median: float) -> np.ndarray:
        return (vagal * np.clip(generator.lognormal(np.log(median), 0.45, n_samples), median / 4, 2.4 * median))[
            :, None
        ]

    time = interval[:, None] * np.arange(beats)
    variation = swing(0.046) * breath + swing(0.032) * generator.standard_normal((n_samples, beats))
    for median, low, high in ((0.018, 0.07, 0.12), (0.011, 0.005, 0.03)):
        frequency, phase = generator.uniform([low, 0], [high, 2 * np.pi], (n_samples, 2)).T[:, :, None]
        variation += swing(median) * np.sin(2 * np.pi * frequency * time + phase)
    return 1 + _MOST * np.tanh(variation / _MOST)  # what is earlier than that comes from elsewhere


def ectopic_factors(generator: np.random.Generator, n_samples: int, beats: int) -> np.ndarray:
    """Return factors for intervals: an ectopic beat comes early, and the pause after it makes up for that."""
    every = generator.uniform(0.06, 0.18, (n_samples, 1))
    early = generator.random((n_samples, beats)) < every
    early[:, 1:] &= ~early[:, :-1]
    shortened = generator.uniform(0.3, 0.45, (n_samples, beats)) * early
    return 1 - shortened + np.roll(shortened, 1, axis=1)


def _count(interval: np.ndarray, duration: float) -> int:
    """Return how many beats surely reach from before the record to after it."""
    return int(1.4 * (duration + 1) / interval.min()) + 7


def _from_before(generator: np.random.Generator, intervals: np.ndarray) -> np.ndarray:
    """Return the times of beats with these intervals, two or three of them before the record begins."""
    before = 2 + generator.random((len(intervals), 1))
    return np.cumsum(intervals, axis=1) - (1 + before) * intervals.mean(axis=1, keepdims=True)


def _breathing_sinus(
    generator: np.random.Generator, interval: np.ndarray, duration: float, breathing: Breathing
) -> np.ndarray:
    """Return the intervals of the sinus node about 1, each by the breath of about its time."""
    about = interval[:, None] * (np.arange(_count(interval, duration)) - 2.5)
    return sinus_intervals(generator, interval, breathing.at(about))


def regular(generator: np.random.Generator, interval: np.ndarray, duration: float, chance: float) -> np.ndarray:
    """Return the times of a steady rhythm, each interval of which varies by a share `chance`."""
    shape = len(interval), _count(interval, duration)
    return _from_before(generator, interval[:, None] * (1 + chance * generator.standard_normal(shape)))


def _sinus(
    generator: np.random.Generator, interval: np.ndarray, delay: np.ndarray, duration: float, breathing: Breathing
) -> Beats:
    qrs = _from_before(generator, interval[:, None] * _breathing_sinus(generator, interval, duration, breathing))
    return Beats(p=qrs - delay[:, None], qrs=qrs, delay=delay)


def _premature(
    generator: np.random.Generator, interval: np.ndarray, delay: np.ndarray, duration: float, breathing: Breathing
) -> Beats:
    """Return sinus rhythm with frequent premature beats of the atria, which look like fibrillation to a finger."""
    variation = _breathing_sinus(generator, interval, duration, breathing)
    variation *= ectopic_factors(generator, *variation.shape)
    qrs = _from_before(generator, interval[:, None] * variation)
    return Beats(p=qrs - delay[:, None], qrs=qrs, delay=delay)


def _fibrillation(
    generator: np.random.Generator, interval: np.ndarray, delay: np.ndarray, duration: float, breathing: Breathing
) -> Beats:
    n_samples = len(interval)
    variation = fibrillation_intervals(generator, n_samples, _count(interval, duration))
    return Beats(
        qrs=_from_before(generator, interval[:, None] * variation),
        atrial_frequency=generator.uniform(4.5, 8.0, n_samples),
        atrial_phase=generator.uniform(0, 2 * np.pi, n_samples),
        atrial_unrest=np.ones(n_samples),
    )


def _flutter(
    generator: np.random.Generator, interval: np.ndarray, delay: np.ndarray, duration: float, breathing: Breathing
) -> Beats:
    waves_a_beat = np.where(interval > 60 / 85, 4, np.where(interval > 60 / 120, 3, 2))
    qrs = regular(generator, interval, duration, 0.002)
    frequency = waves_a_beat / interval
    place = generator.uniform(0, 2 * np.pi, len(interval))  # of the QRS complex in the flutter wave
    return Beats(
        qrs=qrs,
        atrial_frequency=frequency,
        atrial_phase=place - 2 * np.pi * frequency * qrs[:, 0],
        atrial_unrest=np.zeros(len(interval)),
    )


def _svt(
    generator: np.random.Generator, interval: np.ndarray, delay: np.ndarray, duration: float, breathing: Breathing
) -> Beats:
    qrs = regular(generator, interval, duration, 0.005)
    return Beats(qrs=qrs, retrograde=qrs + generator.uniform(0.105, 0.15, (len(interval), 1)))


_WENCKEBACH = np.array([0.0, 0.06, 0.10, 0.12, 0.13, 0.135])  # s: 60, 40, 20 ms more, and so on, until one is dropped


def _wenckebach(
    generator: np.random.Generator, interval: np.ndarray, delay: np.ndarray, duration: float, breathing: Breathing
) -> Beats:
    n_samples = len(interval)
    cycle = generator.integers(3, 6, (n_samples, 1))  # P waves to a dropped beat: 3:2 to 5:4
    p = regular(generator, interval * (cycle[:, 0] - 1) / cycle[:, 0], duration, 0.01)
    place = (generator.integers(0, cycle) + np.arange(p.shape[1])) % cycle
    longer = generator.uniform(0.9, 1.3, (n_samples, 1)) * _WENCKEBACH
    delays = delay[:, None] + np.take_along_axis(longer, place, axis=1)
    qrs = np.where(place == cycle - 1, np.nan, p + delays)
    conducted = np.arange(longer.shape[1]) < cycle - 1
    return Beats(p=p, qrs=qrs, delay=delay + (longer * conducted).sum(axis=1) / conducted.sum(axis=1))


def _complete_block(
    generator: np.random.Generator, interval: np.ndarray, delay: np.ndarray, duration: float, breathing: Breathing
) -> Beats:
    n_samples = len(interval)
    escape = regular(generator, interval, duration, 0.01)
    from_ventricle = (generator.random((n_samples, 1)) < 0.5) | (interval[:, None] > 60 / 40)
    return Beats(
        p=regular(generator, 60 / generator.uniform(65, 100, n_samples), duration, 0.015),
        qrs=np.where(from_ventricle, np.nan, escape),
        ventricular=np.where(from_ventricle, escape, np.nan),
    )


def _ectopics(period_low: int, period_high: int) -> Timing:
    """Return the timing of a sinus rhythm in which a ventricle steals one of so many beats."""

    def timing(
        generator: np.random.Generator, interval: np.ndarray, delay: np.ndarray, duration: float, breathing: Breathing
    ) -> Beats:
        n_samples, count = len(interval), _count(interval, duration)
        variation = _breathing_sinus(generator, interval, duration, breathing)
        sinus = _from_before(generator, interval[:, None] * (1 + 0.4 * (variation - 1)))
        period = generator.integers(period_low, period_high + 1, (n_samples, 1))
        stolen = (np.arange(count) + generator.integers(0, period)) % period == 0
        early = interval[:, None] * generator.uniform(0.35, 0.48, (n_samples, 1))
        early = early * (1 + 0.04 * generator.standard_normal((n_samples, count)))
        return Beats(
            p=sinus - delay[:, None],  # the sinus node goes on: hence the pause, which makes up for the early beat
            qrs=np.where(stolen, np.nan, sinus),
            ventricular=np.where(stolen, sinus - early, np.nan),
            delay=delay,
        )

    return timing


def _ventricular(
    generator: np.random.Generator, interval: np.ndarray, delay: np.ndarray, duration: float, breathing: Breathing
) -> Beats:
    n_samples = len(interval)
    beats = regular(generator, interval, duration, 0.008)
    fuses = generator.random((n_samples, 1)) < 0.6
    which = generator.random(beats.shape).argmax(axis=1)[:, None] == np.arange(beats.shape[1])
    fusion = fuses & which
    return Beats(
        p=regular(generator, 60 / generator.uniform(60, 100, n_samples), duration, 0.02),
        qrs=np.where(fusion, beats, np.nan),
        ventricular=beats,
        qrs_size=np.full(beats.shape, 0.5),
        ventricular_size=np.where(fusion, 0.5, 1.0),
    )


@dataclass(frozen=True)
class RhythmRule:
    """What a rhythm does, and how fast.

    Attributes:
        timing: draws its beats.
        slowest, fastest: bpm of the ventricles that it allows.
        usual: mean and standard deviation of its rate, bpm.
        pr: from the least to the longest PR interval, seconds.
    """

    timing: Timing
    slowest: float
    fastest: float
    usual: tuple[float, float]
    pr: tuple[float, float] = (0.125, 0.195)


RULES: dict[str, RhythmRule] = {
    "sinus": RhythmRule(_sinus, 40, 180, (72, 12)),
    "atrial fibrillation": RhythmRule(_fibrillation, 40, 190, (92, 20)),
    "atrial flutter": RhythmRule(_flutter, 60, 180, (95, 35)),
    "supraventricular tachycardia": RhythmRule(_svt, 140, 230, (180, 18)),
    "first-degree AV block": RhythmRule(_sinus, 40, 100, (68, 10), (0.215, 0.32)),
    "Wenckebach": RhythmRule(_wenckebach, 40, 100, (62, 10)),
    "complete heart block": RhythmRule(_complete_block, 25, 55, (38, 6)),
    "ventricular ectopics": RhythmRule(_ectopics(4, 7), 50, 120, (74, 11)),
    "ventricular bigeminy": RhythmRule(_ectopics(2, 2), 50, 120, (74, 11)),
    "ventricular tachycardia": RhythmRule(_ventricular, 120, 230, (175, 18)),
}

PREMATURE = RhythmRule(_premature, 40, 180, (72, 12))
"""Sinus rhythm with frequent premature beats of the atria: no rhythm of its own."""

RHYTHMS = tuple(RULES)
"""The rhythms of `make_ecg`, and the classes of `make_arrhythmias` in the order of their numbers."""
