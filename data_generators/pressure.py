"""Arterial pressure through a catheter: what the artery does, and what the tubing and the ostium make of it."""

from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from data_generators._sampling import Seed, check_flag, check_n_samples, check_random_state, in_pieces, truncated_normal

PRESSURE_TRACES = ("normal", "damped in the catheter", "damped at the ostium", "resonant", "artefact")
"""The classes of `make_pressure_damping`, in the order of their numbers."""

_RATE, _LENGTH = 200, 512
_SAMPLES_A_BEAT = 512  # of the one steady beat from which a trace is read
_FLUSH = 260.0  # mmHg, in the bag
_AT_ONCE = 128  # traces


def make_pressure_damping(
    n_samples: int = 500,
    *,
    random_state: Seed = None,
    return_truth: bool = False,
) -> tuple[Any, ...]:
    """Make simulated traces of coronary catheter pressure: normal, damped in two ways, resonant, or with an artefact.

    The left ventricle ejects into a Windkessel of three elements, and the catheter, a mass of fluid on a spring, passes
    the pressure on. A bubble or a kink makes the catheter slow: systole is too low and diastole too high, while the
    mean is right. A catheter that blocks the ostium of a coronary artery shows ventricularisation: a steep fall
    through diastole, no dicrotic notch, a wide pulse, a mean that is too low. A stiff artery, a narrow aortic valve and
    shock with its small pulse are among the normal ones, and look like damping at first. Where the pressure rises
    slowly, even a resonant catheter has little to ring with.

    Args:
        n_samples: number of traces, each of another patient.
        random_state: an int gives the same traces each time.
        return_truth: also return what the simulation knows.

    Returns:
        X: float32 (n_samples, 1, 512), the recorded pressure in mmHg, 2.56 seconds at 200 Hz.
        y: int64 (n_samples,), the trace's place in `PRESSURE_TRACES`.
        truth: only with `return_truth`; a dict of "pressure", float32 (n_samples, 512), the pressure in the aorta in
            mmHg; and float64 (n_samples,) arrays: "heart_rate" in bpm; "natural_frequency" of the catheter in Hz and
            "damping_ratio"; and in mmHg, before and after the catheter and the ostium, over one beat without breathing
            or artefact, "systolic", "diastolic", "mean", "recorded_systolic", "recorded_diastolic" and "recorded_mean".

    Raises:
        ValueError: if an argument is outside what is allowed.

    Sources:
        The task: Howard and others, 2019, as in table 1 of Howard and Francis, Heart 2022;108:973-981. A catheter as a
        damped oscillator, with a natural frequency near 15 Hz and a damping ratio near 0.24: after Schwid, J Clin Monit
        1988. Ejection as a half sine to the power of 1.5, stroke volume 75 +- 12 ml, ejection time 0.30 s, resistance
        1.05 +- 0.12 mmHg s/ml, compliance 1.4 +- 0.25 ml/mmHg and all else are choices of this course.

    Example:
        >>> X, y = make_pressure_damping(5, random_state=0)
        >>> X.shape, y.shape
        ((5, 1, 512), (5,))
    """
    n_samples = check_n_samples(n_samples)
    generator = check_random_state(random_state)
    return_truth = check_flag("return_truth", return_truth)

    y = generator.integers(0, len(PRESSURE_TRACES), n_samples)
    person = _draw_people(generator, n_samples)
    natural_frequency, damping_ratio = _draw_catheters(generator, y)
    ostium = _draw_ostium(generator, n_samples)
    start = generator.random((n_samples, 1))
    breath, breaths, first_breath = (
        generator.uniform(low, high, (n_samples, 1)) for low, high in ((0.005, 0.03), (0.2, 0.3), (0, 1))
    )
    artefact = _draw_artefacts(generator, y == _ARTEFACT)
    noise = generator.uniform(0.2, 0.6, (n_samples, 1))
    time = np.arange(_LENGTH) / _RATE

    def draw(some: np.ndarray) -> dict[str, np.ndarray]:
        people, catheter = person[some], (natural_frequency[some], damping_ratio[some])
        aorta = _aorta(people)
        at_tip = np.where((y[some] == _OSTIUM)[:, None], _blocked(people, aorta, ostium[some]), aorta)
        recorded = _through_catheter(at_tip, people.heart_rate, *catheter)
        phase = start[some] + time * people.heart_rate[:, None] / 60
        breathing = breath[some] * np.sin(2 * np.pi * (breaths[some] * time + first_breath[some]))
        pressure, trace = (_read(waveform, phase) * (1 + breathing) for waveform in (aorta, recorded))
        trace = np.where((y[some] == _ARTEFACT)[:, None], _spoilt(trace, time, phase, *catheter, artefact[some]), trace)
        trace += noise[some] * generator.standard_normal(trace.shape)
        drawn = {
            "X": trace[:, None, :].astype(np.float32),
            "y": y[some],
            "pressure": pressure.astype(np.float32),
            "heart_rate": people.heart_rate,
            "natural_frequency": catheter[0],
            "damping_ratio": catheter[1],
        }
        for prefix, waveform in (("", aorta), ("recorded_", recorded)):
            drawn |= {
                f"{prefix}systolic": waveform.max(axis=1),
                f"{prefix}diastolic": waveform.min(axis=1),
                f"{prefix}mean": waveform.mean(axis=1),
            }
        return drawn

    return in_pieces(draw, n_samples, _AT_ONCE, return_truth)


_NORMAL, _SLOW, _OSTIUM, _RESONANT, _ARTEFACT = range(len(PRESSURE_TRACES))

_CATHETERS = {
    _NORMAL: ((12.0, 25.0), (0.2, 0.45)),
    _SLOW: ((2.0, 4.0), (1.0, 2.0)),
    _OSTIUM: ((12.0, 25.0), (0.2, 0.45)),
    _RESONANT: ((4.5, 8.0), (0.06, 0.16)),
    _ARTEFACT: ((12.0, 25.0), (0.2, 0.45)),
}
"""Natural frequency in Hz and damping ratio of the catheters of each class."""


@dataclass(frozen=True)
class _People:
    """Hearts and arteries, each (n,).

    Attributes:
        heart_rate: bpm.
        stroke_volume: ml.
        ejection: seconds.
        skew: 1 where the flow is largest in the middle of ejection, less where it is so earlier.
        impedance: mmHg s/ml, of the aorta to a pulse.
        resistance: mmHg s/ml, of the small vessels.
        compliance: ml/mmHg.
    """

    heart_rate: np.ndarray
    stroke_volume: np.ndarray
    ejection: np.ndarray
    skew: np.ndarray
    impedance: np.ndarray
    resistance: np.ndarray
    compliance: np.ndarray

    def __getitem__(self, some: np.ndarray) -> "_People":
        return _People(*(getattr(self, field.name)[some] for field in fields(self)))


def _draw_people(generator: np.random.Generator, n_samples: int) -> _People:
    def normal(mean: float, sd: float) -> np.ndarray:
        return truncated_normal(generator, mean, sd, mean - 2 * sd, mean + 2 * sd, n_samples)

    kind = generator.choice(4, n_samples, p=(0.7, 0.1, 0.1, 0.1))
    is_stiff, is_stenosed, is_shocked = (kind == number for number in (1, 2, 3))
    heart_rate = np.where(is_shocked, normal(112, 10), normal(72, 11))
    return _People(
        heart_rate=heart_rate,
        stroke_volume=normal(75, 12) * np.where(is_shocked, 0.42, 1.0),
        ejection=(0.42 - 0.0017 * heart_rate) * np.where(is_stenosed, 1.25, 1.0),
        skew=np.where(is_stenosed, 1.0, 0.5),
        impedance=np.where(is_stenosed, 0.015, 0.05) * generator.uniform(0.8, 1.2, n_samples),
        resistance=normal(1.05, 0.12) * np.where(is_shocked, 0.85, 1.0),
        compliance=normal(1.4, 0.25) * np.where(is_stiff, 0.6, 1.0),
    )


def _draw_catheters(generator: np.random.Generator, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    limits = np.array([_CATHETERS[number] for number in range(len(PRESSURE_TRACES))])[y]
    frequency, damping = (generator.uniform(*limits[:, part].T) for part in range(2))
    return frequency, damping


def _flow(person: _People, backflow: float) -> np.ndarray:
    """Return what leaves the heart over one beat, ml/s (n, samples), some of it (ml) going back to shut the valve."""
    seconds = np.arange(_SAMPLES_A_BEAT) / _SAMPLES_A_BEAT * (60 / person.heart_rate)[:, None]
    ejection = person.ejection[:, None]
    flow = np.sin(np.pi * np.clip(seconds / ejection, 0, 1) ** person.skew[:, None]) ** 1.5
    flow *= ((person.stroke_volume + backflow) / (flow.mean(axis=1) * 60 / person.heart_rate))[:, None]
    width = 0.012
    back = np.exp(-0.5 * ((seconds - ejection - width) / width) ** 2)
    return flow - back * (backflow / (np.sqrt(2 * np.pi) * width))


def _filtered(waveform: np.ndarray, heart_rate: np.ndarray, response: Any) -> np.ndarray:
    """Return a steady beat behind a linear system with this response to angular frequencies, (n, harmonics)."""
    spectrum = np.fft.rfft(waveform, axis=1)
    omega = 2 * np.pi * heart_rate[:, None] / 60 * np.arange(spectrum.shape[1])
    return np.fft.irfft(spectrum * response(omega), waveform.shape[1], axis=1)


def _aorta(person: _People) -> np.ndarray:
    """Return one beat of pressure in the aorta, mmHg (n, samples)."""
    impedance, resistance, compliance = (
        part[:, None] for part in (person.impedance, person.resistance, person.compliance)
    )
    return _filtered(
        _flow(person, 2.5),
        person.heart_rate,
        lambda omega: impedance + resistance / (1 + 1j * omega * resistance * compliance),
    )


def _draw_ostium(generator: np.random.Generator, n_samples: int) -> np.ndarray:
    """Return how a catheter blocks the ostium, for `_blocked`, (n, 4)."""
    return generator.uniform((0.30, 10.0, 0.60, 4.0), (0.50, 22.0, 0.80, 8.0), (n_samples, 4))


def _blocked(person: _People, aorta: np.ndarray, ostium: np.ndarray) -> np.ndarray:
    """Return one beat where the catheter blocks the ostium: the little that flows runs off fast, to a low pressure."""
    time_constant, lowest, share, height = ostium.T[:, :, None]
    wave = _filtered(_flow(person, 0.0), person.heart_rate, lambda omega: 1 / (1 + 1j * omega * time_constant))
    phase = np.arange(_SAMPLES_A_BEAT) / _SAMPLES_A_BEAT
    before_systole = height * np.exp(-0.5 * ((phase - 0.91) / 0.03) ** 2)
    mean = share * aorta.mean(axis=1, keepdims=True) - before_systole.mean(axis=1, keepdims=True)
    return lowest + (mean - lowest) * wave / wave.mean(axis=1, keepdims=True) + before_systole


def _through_catheter(
    waveform: np.ndarray, heart_rate: np.ndarray, natural_frequency: np.ndarray, damping_ratio: np.ndarray
) -> np.ndarray:
    """Return one beat as a damped oscillator records it."""
    natural, damping = 2 * np.pi * natural_frequency[:, None], damping_ratio[:, None]
    return _filtered(
        waveform, heart_rate, lambda omega: natural**2 / (natural**2 - omega**2 + 2j * damping * natural * omega)
    )


def _read(waveform: np.ndarray, phase: np.ndarray) -> np.ndarray:
    """Return a trace from one beat at these phases, (n, samples), in beats."""
    place = (phase % 1) * _SAMPLES_A_BEAT
    before = place.astype(np.int64) % _SAMPLES_A_BEAT
    after = (before + 1) % _SAMPLES_A_BEAT
    weight = place - np.floor(place)
    return (1 - weight) * np.take_along_axis(waveform, before, 1) + weight * np.take_along_axis(waveform, after, 1)


def _draw_artefacts(generator: np.random.Generator, is_there: np.ndarray) -> np.ndarray:
    """Return the artefacts of the traces that have one, for `_spoilt`, (n, 5); 0 for the others."""
    n_samples = int(is_there.sum())
    artefact = np.zeros((len(is_there), 5))
    artefact[is_there, 0] = generator.integers(0, 3, n_samples)
    artefact[is_there, 1] = generator.uniform(0.3, 1.5, n_samples)
    artefact[is_there, 2] = generator.uniform(0.25, 0.7, n_samples)
    artefact[is_there, 3:] = generator.uniform((12, 9), (30, 16), (n_samples, 2))
    return artefact


def _spoilt(
    trace: np.ndarray,
    time: np.ndarray,
    phase: np.ndarray,
    natural_frequency: np.ndarray,
    damping_ratio: np.ndarray,
    artefact: np.ndarray,
) -> np.ndarray:
    """Return traces with a fast flush and its ringing, a whipping catheter, or a tap that is turned to air."""
    kind, start, lasts, height, pitch = artefact.T[:, :, None]
    since = time - start - lasts  # since the end
    is_during = (time >= start) & (since < 0)

    natural, damping = 2 * np.pi * natural_frequency[:, None], damping_ratio[:, None]
    swing = np.sqrt(np.maximum(1 - damping**2, 1e-6))  # a catheter without an artefact may not swing
    after = np.maximum(since, 0)
    ringing = np.exp(-damping * natural * after) * (
        np.cos(swing * natural * after) + damping / swing * np.sin(swing * natural * after)
    )
    flushed = np.where(since >= 0, trace + (_FLUSH - trace) * ringing, np.where(is_during, _FLUSH, trace))

    systole = np.exp(-0.5 * (((phase % 1) - 0.2) / 0.1) ** 2)
    whipped = trace + height * systole * np.sin(2 * np.pi * pitch * time)

    return np.choose(kind.astype(np.int64), (flushed, whipped, np.where(is_during, 0.0, trace)))
