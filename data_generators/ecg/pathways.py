"""Pre-excited beats: where is the accessory pathway?"""

import functools
from typing import Any

import numpy as np

from data_generators._sampling import (
    Seed,
    check_flag,
    check_n_samples,
    check_number,
    check_option,
    check_random_state,
    in_pieces,
)
from data_generators._streams import Streams
from data_generators.ecg import vcg
from data_generators.ecg.heartbeat import truth_of
from data_generators.ecg.leads import INDEPENDENT, TWELVE_FROM_EIGHT, draw_lead_matrix
from data_generators.ecg.noise import OFFSET, NoisePool, Recording
from data_generators.ecg.rhythm import draw_breathing, regular
from data_generators.ecg.synthesis import ElectricalActivity, Train, record

DELTA_WAVES: dict[str, tuple[float, float, float]] = {
    "left lateral": (-0.10, 0.15, 0.25),
    "left posterior": (0.00, -0.10, 0.25),
    "coronary sinus": (0.10, -0.20, -0.02),
    "posteroseptal, tricuspid": (0.20, 0.03, -0.05),
    "posteroseptal, mitral": (0.20, 0.10, -0.03),
    "mid-septal": (0.15, 0.15, -0.08),
    "anteroseptal": (0.12, 0.25, -0.06),
    "right anterior": (0.20, 0.30, 0.04),
    "right lateral": (0.30, 0.13, 0.04),
    "right posterior": (0.25, 0.00, 0.04),
}
"""The mean delta wave in I, II and V1 of a pathway at each site, mV. Their signs follow the rule of Arruda and others,
J Cardiovasc Electrophysiol 1998;9:2-12; their sizes are choices of this course."""

PATHWAY_SITES = tuple(DELTA_WAVES)
"""The classes of `make_accessory_pathways`, in the order of their numbers."""

_FORMS = {"waveform": True, "features": False}
_SPREAD = 0.035  # mV in each of I, II and V1, between patients with a pathway at the same site
_MEASURED = 0.02  # mV, the error with which a delta wave is measured
_RATE, _LENGTH = 500, 1000
_AT_ONCE = 256  # patients
_DIPOLE_FROM_LEADS = np.linalg.inv(np.array(INDEPENDENT)[[0, 1, 2]])


def make_accessory_pathways(
    n_samples: int = 500,
    *,
    form: str = "waveform",
    offset: float = OFFSET,
    random_state: Seed = None,
    return_truth: bool = False,
) -> tuple[Any, ...]:
    """Make simulated pre-excited ECGs, each of a patient with an accessory pathway at one of ten sites.

    The pathway reaches the ventricle early: the PR interval is short; the QRS complex begins with a slow delta wave,
    which points away from the pathway, and goes on as a mixture of what the pathway and the normal conduction
    activate; the T wave points the other way.

    No network is needed here. Of 700 new patients a small one names the site in four of five from the waveforms, and a
    weighted sum of each lead's quantiles and spectrum in three of four; from the 24 features a random forest comes
    near the ceiling: 0.89 of 0.906.

    Args:
        n_samples: number of patients.
        form: "waveform" for twelve leads in time, "features" for what a cardiologist measures in them.
        offset: mV, standard deviation of the baseline of a limb lead about 0, 0 to 2; features have none.
        random_state: an int gives the same patients each time.
        return_truth: also return what the simulation knows.

    Returns:
        X: float32; as a waveform (n_samples, 12, 1000), mV, in the order of `LEADS`, 2 seconds at 500 Hz; as features
            (n_samples, 24), the delta wave's height in each lead 40 ms after its beginning, in mV, and then in each
            lead the share of R in R + S, from 0 for a QS complex to 1 for an R wave alone.
        y: int64 (n_samples,), the site's place in `PATHWAY_SITES`.
        truth: only with `return_truth`; a dict of float64 arrays: "delta_mv", (n_samples, 3), the delta wave in I, II
            and V1 of a mean chest; "pre_excitation", (n_samples,), the share of the QRS complex that comes from the
            pathway; "pr_ms", "qrs_ms" and "qt_ms", (n_samples,), in ms; and "ceiling", the highest share of sites that
            anybody could name who knew the delta wave exactly. No ECG says more of the site than this.

    Raises:
        ValueError: if an argument is outside what is allowed.

    Sources:
        The task: Huang and others, Med Inform Internet Med 2005;30:277-286, as in table 1 of Howard and Francis, Heart
        2022;108:973-981. The sites and the sign of the delta wave in each lead: Arruda and others, J Cardiovasc
        Electrophysiol 1998;9:2-12. All other numbers are choices of this course: a spread of 0.035 mV between patients,
        pre-excitation 0.3 to 1, PR 80 to 118 ms, features measured with an error of 0.02 mV.

    Example:
        >>> X, y = make_accessory_pathways(5, form="features", random_state=0)
        >>> X.shape, y.shape
        ((5, 24), (5,))
    """
    n_samples = check_n_samples(n_samples)
    is_waveform = check_option("form", form, _FORMS)
    offset = check_number("offset", offset, 0, 2)
    generator = check_random_state(random_state)
    return_truth = check_flag("return_truth", return_truth)

    pool = NoisePool(generator, _RATE, _LENGTH) if is_waveform else None

    def draw(some: np.ndarray) -> dict[str, np.ndarray]:
        y = generator.integers(0, len(PATHWAY_SITES), len(some))
        delta = np.array(list(DELTA_WAVES.values()))[y] + _SPREAD * generator.standard_normal((len(some), 3))
        pre_excitation = generator.uniform(0.3, 1.0, len(some))
        qrs, t = _waves(generator, delta, pre_excitation)
        activity = _activity(generator, qrs, t)
        if pool is not None:
            recording = Recording.usual(pool, len(some), offset)
            streams = Streams(generator)
            X = record(streams, activity, recording, None, _RATE, _LENGTH)
        else:
            X = _measure(generator, qrs)
        known = truth_of(activity, _RATE, _LENGTH)
        return {
            "X": X,
            "y": y,
            "delta_mv": delta,
            "pre_excitation": pre_excitation,
            **{name: known[name] for name in ("pr_ms", "qrs_ms", "qt_ms")},
        }

    return in_pieces(draw, n_samples, _AT_ONCE, return_truth, _ceiling)


def _waves(generator: np.random.Generator, delta: np.ndarray, pre_excitation: np.ndarray) -> tuple[vcg.Wave, vcg.Wave]:
    """Return QRS complexes and T waves with these delta waves in I, II and V1, mV (n, 3)."""
    n_samples = len(delta)
    from_the_right = np.clip(1 - delta[:, 2:] / 0.15, 0, 1)
    delta = delta @ _DIPOLE_FROM_LEADS.T
    ramp = generator.uniform(0.030, 0.060, n_samples)[:, None]
    away = delta / np.linalg.norm(delta, axis=1, keepdims=True)
    away = away + 0.7 * from_the_right * np.array([0.3, 0.0, 0.95])  # the left ventricle comes last, and lies behind
    away /= np.linalg.norm(away, axis=1, keepdims=True)
    share = pre_excitation[:, None]
    angle = np.deg2rad(generator.normal(0, 8, n_samples))
    normal = vcg.by_conduction(vcg.QRS, np.zeros(n_samples, dtype=np.int64)).turned(vcg.rotation(angle, 0 * angle))
    early = vcg.Wave(
        centre=np.concatenate(
            [-0.040 - 0.45 * ramp, np.full((n_samples, 1), -0.040), [[-0.012, 0.014]] * n_samples], 1
        ),
        width=np.concatenate([0.30 * ramp, 0.25 * ramp, [[0.017, 0.018]] * n_samples], axis=1),
        vector=np.stack([0.75 * delta, delta, 1.15 * share * away, 0.80 * share * away], axis=1),
    )
    t = vcg.by_conduction(vcg.T, np.zeros(n_samples, dtype=np.int64)).scaled(1 - pre_excitation)
    t.vector[:] -= (0.32 * share * away)[:, None, :] * np.array([0.5, 1.0])[:, None]
    return early.joined(normal.scaled(1 - 0.75 * pre_excitation)), t


def _activity(generator: np.random.Generator, qrs: vcg.Wave, t: vcg.Wave) -> ElectricalActivity:
    n_samples = len(qrs)
    interval = 60 / generator.uniform(60, 95, n_samples)
    p = vcg.wave(vcg.P, n_samples)
    p_extent, qrs_extent, t_extent = p.extent(), qrs.extent(), t.extent()
    pr = generator.uniform(0.080, 0.118, n_samples)
    qt = generator.uniform(0.40, 0.44, n_samples) * np.sqrt(interval)
    beats = regular(generator, interval, _LENGTH / _RATE, 0.03)
    sizes = 1 + 0.025 * generator.standard_normal(beats.shape)
    trains = {
        "P": Train(p, beats - (pr + p_extent.begin - qrs_extent.begin)[:, None], sizes),
        "T": Train(t.shifted(qrs_extent.begin + qt - t_extent.end), beats, sizes),
        "QRS": Train(qrs, beats, sizes),
    }
    breathing = draw_breathing(generator, n_samples)
    return ElectricalActivity(
        trains, breathing, None, beats + qrs_extent.peak[:, None], pr, qrs_extent.end - qrs_extent.begin, qt
    )


def _measure(generator: np.random.Generator, qrs: vcg.Wave) -> np.ndarray:
    """Return the 24 features of QRS complexes."""
    matrix = np.matmul(TWELVE_FROM_EIGHT, draw_lead_matrix(generator, len(qrs)))
    extent = qrs.extent()
    places = extent.begin[:, None] + np.linspace(0, 1, 101) * (extent.end - extent.begin)[:, None]
    complexes = np.matmul(matrix, qrs.dipole(places))
    r, s = np.maximum(complexes.max(axis=2), 0), np.maximum(-complexes.min(axis=2), 0)
    delta = np.matmul(matrix, qrs.dipole(extent.begin[:, None] + 0.040))[:, :, 0]
    delta = delta + _MEASURED * generator.standard_normal(delta.shape)
    return np.concatenate([delta, r / (r + s)], axis=1).astype(np.float32)


@functools.cache
def _ceiling() -> float:
    """Return the share of sites that the delta wave in I, II and V1 gives away, over many patients."""
    means = np.array(list(DELTA_WAVES.values()))
    generator = np.random.default_rng(0)
    sites = generator.integers(0, len(means), 200_000)
    waves = means[sites] + _SPREAD * generator.standard_normal((len(sites), 3))
    distance = np.square(waves[:, None, :] - means).sum(axis=2)  # the nearest mean is the likeliest site
    return float((distance.argmin(axis=1) == sites).mean())
