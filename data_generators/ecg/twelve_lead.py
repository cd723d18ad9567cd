"""Electrocardiograms of twelve leads: any rhythm, rhythms to tell apart, and waves to find."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from data_generators._sampling import (
    Seed,
    check_flag,
    check_n_samples,
    check_number,
    check_option,
    check_random_state,
    check_sampling_rate,
    check_share,
    in_pieces,
    truncated_normal,
)
from data_generators._streams import Streams
from data_generators.ecg.heartbeat import (
    ElectricalHearts,
    draw_electrical_activity,
    draw_electrical_hearts,
    truth_of,
)
from data_generators.ecg.leads import LEADS, swap_arms
from data_generators.ecg.noise import ECG_SITES, OFFSET, NoisePool, Recording
from data_generators.ecg.rhythm import PREMATURE, RHYTHMS, RULES, RhythmRule
from data_generators.ecg.synthesis import ElectricalActivity, record, wave_mask
from data_generators.ecg.vcg import CONDUCTIONS
from data_generators.patient import Patient

ECG_WAVES = ("no wave", "P wave", "QRS complex", "T wave")
"""What a sample of an ECG can belong to: the classes of `make_ecg_segmentation`, in the order of their numbers."""

_CONDUCTIONS = {name: number for number, name in enumerate(CONDUCTIONS)}
_NUMBER_OF_WAVE = {"T": 3, "ventricular T": 3, "P": 1, "retrograde P": 1, "QRS": 2, "ventricular QRS": 2}
"""The class of each train, the one that goes before the others last."""

_RATE, _LENGTH = 100, 1000
"""Hz and samples of the sets that networks learn from."""

_SAMPLES_AT_ONCE, _RECORDS_AT_ONCE = 300_000, 500  # of a lead that are worked on, and the records they may be of

_SLOW, _FAST, _VERY_FAST, _VERY_SLOW = (60.0, 95.0), (125.0, 165.0), (150.0, 210.0), (28.0, 48.0)
_MATCHED_RATES: dict[str, tuple[tuple[float, float], tuple[float, float]]] = {
    "sinus": (_SLOW, _FAST),
    "atrial fibrillation": (_SLOW, _FAST),
    "atrial flutter": (_SLOW, _FAST),
    "supraventricular tachycardia": (_VERY_FAST, _VERY_FAST),
    "first-degree AV block": (_SLOW, _SLOW),
    "Wenckebach": (_SLOW, _SLOW),
    "complete heart block": (_VERY_SLOW, _VERY_SLOW),
    "ventricular ectopics": (_SLOW, _SLOW),
    "ventricular bigeminy": (_SLOW, _SLOW),
    "ventricular tachycardia": (_VERY_FAST, _VERY_FAST),
}
_SHARE_FAST = 0.35
_SHARE_PREMATURE = 0.2  # of those in sinus rhythm
_SHARE_BUNDLE_BRANCH_BLOCK = 0.15
_SHARE_SWAPPED = 0.02

_SEGMENTED: tuple[tuple[str, float, tuple[float, float]], ...] = (
    ("sinus", 0.40, (50.0, 100.0)),
    ("sinus", 0.15, (115.0, 140.0)),
    ("first-degree AV block", 0.10, (50.0, 95.0)),
    ("atrial fibrillation", 0.15, (60.0, 130.0)),
    ("ventricular ectopics", 0.20, (60.0, 95.0)),
)
"""Rhythms, their shares, and their rates in bpm."""


def make_ecg(
    n_samples: int = 10,
    *,
    rhythm: str = "sinus",
    heart_rate: float | None = None,
    conduction: str = "normal conduction",
    noise: bool = True,
    offset: float = OFFSET,
    arms_swapped: bool = False,
    sampling_rate: int = 500,
    duration: float = 10.0,
    random_state: Seed = None,
    return_truth: bool = False,
) -> tuple[Any, ...]:
    """Make simulated electrocardiograms (ECGs) of twelve leads, all in one rhythm.

    The heart is a dipole whose waves come at the times that its rhythm gives, in a chest that is a little different in
    each patient. It rises, falls and turns with every breath; QRS is notched in a way of its own in each heart; and QT
    follows the intervals before it, the last one by a third of what it would in time. What the electrodes pick up
    besides (their offset, muscle, breathing, mains, a loose contact) is added to each of them, and each lead is a
    difference between electrodes: so III is II - I to the last digit. People are 18 to 85 years old, half of them men,
    and healthy but for rhythm and conduction.

    Args:
        n_samples: number of records, each of another patient.
        rhythm: one of `RHYTHMS`.
        heart_rate: mean rate of the ventricles in bpm, within what the rhythm allows; by default drawn for each record.
        conduction: one of `CONDUCTIONS`, of the beats that come from the atria.
        noise: whether to add what the electrodes pick up besides the heart.
        offset: mV, standard deviation of the baseline of a limb lead about 0, 0 to 2; part of the noise.
        arms_swapped: whether the electrodes of the two arms are mixed up.
        sampling_rate: samples per second, Hz, from 100 to 2000.
        duration: seconds.
        random_state: an int gives the same records each time.
        return_truth: also return what the simulation knows.

    Returns:
        X: float32 (n_samples, 12, duration * sampling_rate), mV, in the order of `LEADS`.
        y: float32 (n_samples,), the heart rate in bpm.
        truth: only with `return_truth`; a dict of "r_peaks", a list of int64 arrays, the samples at which each QRS
            complex is largest; "waves", int64 (n_samples, duration * sampling_rate), what each sample belongs to, as in
            `make_ecg_segmentation`; "is_male", bool (n_samples,); and float64 (n_samples,) arrays: "heart_rate", as in
            y; "age" in years; "pr_ms", "qrs_ms" and "qt_ms", intervals in ms from the moment at which the dipole passes
            0.02 mV. QT is that of the mean interval between beats. The PR interval is the mean of all beats that are
            conducted, and NaN where none is or there are no P waves. In ventricular tachycardia, and where an escape
            rhythm comes from a ventricle, QRS and QT are those of the ventricular beats. In ventricular tachycardia T
            follows QRS without a rest and reaches to the next: "waves", "qrs_ms" and "qt_ms" are what the simulation
            put there, and no reader of the record can part the two.

    Raises:
        ValueError: if an argument is outside what is allowed.

    Sources:
        The leads from the dipole: Dower and others, J Electrocardiol 1980;13:361-368. QT grows with the square root of
        the interval between beats (Bazett, Heart 1920;7:353-370): a part at once and the rest with delay, which takes
        minutes in patients (Franz and others, J Clin Invest 1988;82:972-979) and ten beats or so here. Limits differ by
        age and sex: Rijnbeek and others, J Electrocardiol 2014;47:914-921. All numbers are choices of this course
        within what is normal for adults: PR 125 to 195 ms; QRS 93 +- 9 ms, 6 ms longer in men; QTc 410 +- 15 ms. As in
        records of patients, power falls with the -2.1st to -2.7th power of the frequency from 8 to 40 Hz, and R differs
        by 2 to 16% (standard deviation over mean) from beat to beat.

        S in V1 and R in V5 or V6 make more than 3.5 mV (Sokolow and Lyon) in 8% of all: in 14% of men, 2% of women, and
        a quarter of the men below 35. Of 101 recruits of about 20 years, all men, 30% had so much (worked out from the
        sensitivity and specificity in J Cardiovasc Magn Reson 2009;11:2). Of students of 20 to 30 years who did no
        sport, 2.5% had more than 4.0 mV if men and 3.6 mV if women, of athletes 5.3 and 3.6 mV (Cardiology
        1993;82:56-65); here 4.7 and 3.7 mV. Above 45 years it is 8% of men and 1% of women here. In a town whose people
        of 45 to 83 years were heavy and mostly hypertensive it was 4.6% and 4.0% (Schröder and others, BMC Cardiovasc
        Disord 2015, doi:10.1186/s12872-015-0066-5). There is one difference that we know of: voltage falls with age in
        both sexes here, and in the chest leads of the women of Rijnbeek and others it rises.

    Example:
        >>> X, y = make_ecg(2, rhythm="atrial fibrillation", random_state=0)
        >>> X.shape, y.shape
        ((2, 12, 5000), (2,))
    """
    n_samples = check_n_samples(n_samples)
    rule = check_option("rhythm", rhythm, RULES)
    if heart_rate is not None:
        heart_rate = check_number("heart_rate", heart_rate, rule.slowest, rule.fastest)
    number = check_option("conduction", conduction, _CONDUCTIONS)
    noise = check_flag("noise", noise)
    offset = check_number("offset", offset, 0, 2)
    arms_swapped = check_flag("arms_swapped", arms_swapped)
    sampling_rate = check_sampling_rate(sampling_rate)
    duration = check_number("duration", duration, 1, 60)
    streams = Streams(check_random_state(random_state))
    return_truth = check_flag("return_truth", return_truth)

    if heart_rate is None:
        rate = truncated_normal(streams("rate"), *rule.usual, rule.slowest, rule.fastest, n_samples)
    else:
        rate = np.full(n_samples, heart_rate)
    length = round(duration * sampling_rate)
    pool = NoisePool(streams("pool"), sampling_rate, length) if noise else None
    X = np.empty((n_samples, len(LEADS), length), dtype=np.float32)

    def draw(some: np.ndarray) -> dict[str, Any]:
        here = Streams(streams("patients", some[0]))
        hearts = draw_electrical_hearts(here, np.tile(rule.pr, (len(some), 1)), np.full(len(some), number))
        activity = draw_electrical_activity(here, rule.timing, hearts, rate[some], duration)
        recording = Recording.usual(pool, len(some), offset) if pool is not None else None
        record(
            here,
            activity,
            recording,
            None,
            sampling_rate,
            length,
            X[some[0] : some[-1] + 1],
        )
        truth = truth_of(activity, sampling_rate, length) | {"age": hearts.age, "is_male": hearts.is_male}
        if return_truth:
            truth["waves"] = _waves(activity, sampling_rate, length)
        return {"y": truth["heart_rate"].astype(np.float32), **truth}

    at_once = min(max(_SAMPLES_AT_ONCE // length, 1), _RECORDS_AT_ONCE)
    made = in_pieces(draw, n_samples, at_once, return_truth, X=X)
    return (swap_arms(made[0]), *made[1:]) if arms_swapped else made


def make_arrhythmias(
    n_samples: int = 500,
    *,
    site: str | None = None,
    offset: float = OFFSET,
    confounding: float = 0.0,
    random_state: Seed = None,
    return_truth: bool = False,
) -> tuple[Any, ...]:
    """Make simulated ECGs of twelve leads in ten rhythms, to be told apart.

    The rate is drawn alike wherever physiology allows: for sinus rhythm, fibrillation and flutter; for first-degree
    block, Wenckebach, ectopics and bigeminy; and for the two tachycardias. Complete block alone is always slow. Some
    sinus rhythms have frequent premature atrial beats, and are as irregular as fibrillation. Any record may show a
    bundle branch block, and in a few the electrodes of the arms are mixed up. Records come from three sites: the
    ambulance's have more noise than the ward's, and the clinic's less.

    Args:
        n_samples: number of records, each of another patient.
        site: one of `ECG_SITES`, where all are recorded, with its noise; any of them if not given.
        offset: mV, standard deviation of the baseline of a limb lead about 0, 0 to 2.
        confounding: share of the records whose site goes with the rhythm, so that a network may learn the noise: 0, it
            is any site; 1, each rhythm has its own. Without effect if all are recorded at one site.
        random_state: an int gives the same records each time.
        return_truth: also return what the simulation knows.

    Returns:
        X: float32 (n_samples, 12, 1000), mV, in the order of `LEADS`, 10 seconds at 100 Hz.
        y: int64 (n_samples,), the rhythm's place in `RHYTHMS`.
        truth: only with `return_truth`; a dict of "r_peaks", "heart_rate", "pr_ms", "qrs_ms" and "qt_ms" as in
            `make_ecg`; "conduction" and "site", int64 (n_samples,), places in `CONDUCTIONS` and `ECG_SITES`; and bool
            (n_samples,) arrays: "premature", who has frequent premature atrial beats, and "arms_swapped", where the
            electrodes were.

    Raises:
        ValueError: if an argument is outside what is allowed.

    Sources:
        The task: Hannun and others, Nat Med 2019;25:65-69, as in table 1 of Howard and Francis, Heart 2022;108:973-981.
        As for `make_ecg`. Intervals in fibrillation: Hennig and others, arXiv cond-mat/0605295 (2006). The increments
        of Wenckebach's periods (60, 40, 20 ms), the rates and all shares are choices of this course.

    Example:
        >>> X, y = make_arrhythmias(5, random_state=0)
        >>> X.shape, y.shape
        ((5, 12, 1000), (5,))
    """
    n_samples = check_n_samples(n_samples)
    one_site = None if site is None else check_option("site", site, {name: k for k, name in enumerate(ECG_SITES)})
    offset = check_number("offset", offset, 0, 2)
    confounding = check_share("confounding", confounding)
    streams = Streams(check_random_state(random_state))
    return_truth = check_flag("return_truth", return_truth)

    y = streams("rhythm").integers(0, len(RHYTHMS), n_samples)
    is_premature = (y == RHYTHMS.index("sinus")) & (streams("premature").random(n_samples) < _SHARE_PREMATURE)
    is_blocked = streams("is blocked").random(n_samples) < _SHARE_BUNDLE_BRANCH_BLOCK
    conduction = np.where(is_blocked, streams("block").integers(1, len(CONDUCTIONS), n_samples), 0)
    is_swapped = streams("swapped").random(n_samples) < _SHARE_SWAPPED
    is_fast = streams("is fast").random(n_samples) < _SHARE_FAST
    low, high = np.array([_MATCHED_RATES[name] for name in RHYTHMS])[y, is_fast.astype(int)].T
    rate = streams("rate").uniform(low, high)
    is_confounded = streams("confounding").random(n_samples) < confounding
    sites = np.where(is_confounded, y % len(ECG_SITES), streams("site").integers(0, len(ECG_SITES), n_samples))
    if one_site is not None:
        sites = np.full(n_samples, one_site)
    rules = (*RULES.values(), PREMATURE)
    kind = np.where(is_premature, len(RULES), y)
    pr = np.array([rule.pr for rule in rules])[kind]

    pool = NoisePool(streams("pool"), _RATE, _LENGTH)
    factors = np.array(list(ECG_SITES.values()))[sites]
    X = np.empty((n_samples, len(LEADS), _LENGTH), dtype=np.float32)
    parts = []
    for some, rule, here in _by_kind(streams, rules, kind):
        hearts = draw_electrical_hearts(here, pr[some], conduction[some])
        activity = draw_electrical_activity(here, rule.timing, hearts, rate[some], _LENGTH / _RATE)
        X[some] = record(
            here,
            activity,
            Recording(pool, factors[some], offset),
            None,
            _RATE,
            _LENGTH,
        )
        parts.append((some, truth_of(activity, _RATE, _LENGTH)))
    X[is_swapped] = swap_arms(X[is_swapped])
    if not return_truth:
        return X, y
    known = {"conduction": conduction, "premature": is_premature, "arms_swapped": is_swapped, "site": sites}
    return X, y, _in_order(parts) | known


def make_ecg_segmentation(
    n_samples: int = 200,
    *,
    offset: float = OFFSET,
    random_state: Seed = None,
    return_truth: bool = False,
) -> tuple[Any, ...]:
    """Make simulated strips of lead II, every sample of which belongs to a P wave, a QRS complex, a T wave or to none.

    Some P waves are low and some T waves go both ways; in fast hearts the P wave sits on the T wave before it; in
    fibrillation there are no P waves; and some beats come from a ventricle, whose waves hide P waves of the sinus node.

    Args:
        n_samples: number of strips, each of another patient.
        offset: mV, standard deviation of the baseline of a limb lead about 0, 0 to 2.
        random_state: an int gives the same strips each time.
        return_truth: also return what the simulation knows.

    Returns:
        X: float32 (n_samples, 1, 1000), lead II in mV, 10 seconds at 100 Hz.
        y: int64 (n_samples, 1000), what each sample belongs to, by its place in `ECG_WAVES`. Where waves overlap, the
            QRS complex goes before the P wave, and that before the T wave.
        truth: only with `return_truth`; a dict of "r_peaks", "heart_rate", "pr_ms", "qrs_ms" and "qt_ms" as in
            `make_ecg`; "rhythm", int64 (n_samples,), the place in `RHYTHMS`; and "hidden", bool (n_samples, 1000),
            which samples of P waves lie within a ventricular ectopic's QRS complex or T wave, where nobody sees them.

    Raises:
        ValueError: if an argument is outside what is allowed.

    Sources:
        The task: Sereda and others, arXiv 1812.10386, as in table 1 of Howard and Francis, Heart 2022;108:973-981.
        As for `make_ecg`. A wave lasts while the dipole is longer than 0.02 mV. The shares are choices of this course:
        40% sinus rhythm at 50 to 100 bpm and 15% at 115 to 140, 10% first-degree block, 15% atrial fibrillation, 20%
        ventricular ectopics.

    Example:
        >>> X, y = make_ecg_segmentation(5, random_state=0)
        >>> X.shape, y.shape
        ((5, 1, 1000), (5, 1000))
    """
    n_samples = check_n_samples(n_samples)
    offset = check_number("offset", offset, 0, 2)
    streams = Streams(check_random_state(random_state))
    return_truth = check_flag("return_truth", return_truth)

    names, shares, rates = zip(*_SEGMENTED, strict=True)
    rules = [RULES[name] for name in names]
    lead_ii = slice(1, 2)
    pool = NoisePool(streams("pool"), _RATE, _LENGTH)

    def draw(some: np.ndarray) -> dict[str, Any]:
        n_here, here = len(some), Streams(streams("patients", some[0]))
        kind = here("rhythm").choice(len(names), n_here, p=shares)
        rate = here("rate").uniform(*np.array(rates)[kind].T)
        pr = np.array([rule.pr for rule in rules])[kind]
        generator = here("T and P")
        strain = np.where(generator.random(n_here) < 0.2, generator.uniform(0.4, 0.7, n_here), 0)
        atrium = generator.uniform(0.5, 1.1, n_here)
        X = np.empty((n_here, 1, _LENGTH), dtype=np.float32)
        y, hidden = np.empty((n_here, _LENGTH), dtype=np.int64), np.empty((n_here, _LENGTH), dtype=bool)
        parts = []
        for these, rule, streams_of_kind in _by_kind(here, rules, kind):
            hearts = replace(
                draw_electrical_hearts(streams_of_kind, pr[these], np.zeros(len(these), dtype=np.int64)),
                strain=strain[these],
                atrium=atrium[these],
            )
            activity = draw_electrical_activity(streams_of_kind, rule.timing, hearts, rate[these], _LENGTH / _RATE)
            recording = Recording.usual(pool, len(these), offset)
            X[these] = record(
                streams_of_kind,
                activity,
                recording,
                lead_ii,
                _RATE,
                _LENGTH,
            )
            y[these] = _waves(activity, _RATE, _LENGTH)
            hidden[these] = (y[these] == ECG_WAVES.index("P wave")) & _in_an_ectopic_beat(activity, _RATE, _LENGTH)
            parts.append((these, truth_of(activity, _RATE, _LENGTH)))
        rhythm = np.array([RHYTHMS.index(name) for name in names])[kind]
        return {"X": X, "y": y, **_in_order(parts), "rhythm": rhythm, "hidden": hidden}

    return in_pieces(draw, n_samples, _SAMPLES_AT_ONCE // _LENGTH, return_truth)


_RHYTHM_OF_PATIENT = {
    "sinus rhythm": "sinus",
    "sinus rhythm with ectopic beats": "ventricular ectopics",
    "atrial fibrillation": "atrial fibrillation",
}


def record_ecg(patient: Patient, *, random_state: Seed = None) -> np.ndarray:
    """Record the ECG of one patient.

    Rhythm, rate, conduction and PR interval are the patient's. Thick walls of muscle make the QRS complex higher, and
    turn the T wave against it; amyloid makes it lower. A thick septum gives deep Q waves.

    Args:
        patient: whose heart beats.
        random_state: an int gives the same record each time.

    Returns:
        float32 (12, 5000), mV, in the order of `LEADS`, 10 seconds at 500 Hz, simulated as by `make_ecg`.

    Raises:
        ValueError: if `random_state` is not allowed.
    """
    streams = Streams(Streams(check_random_state(random_state))(patient.name))  # nobody has another's electrodes
    muscle = 1 - patient.infiltration
    thickness = (patient.septal_thickness + patient.wall_thickness) / 2
    thickest = max(patient.septal_thickness, patient.wall_thickness)

    def one(value: float) -> np.ndarray:
        return np.array([value])

    hearts = ElectricalHearts(
        conduction=np.array([_CONDUCTIONS[patient.conduction]]),
        pr=one(patient.pr_interval / 1000),
        age=one(patient.age),
        is_male=np.array([patient.sex == "male"]),
        voltage=one((thickness / 9) ** 0.6 * (0.25 + 0.75 * muscle)),
        septum=one(muscle * patient.septal_thickness / patient.wall_thickness),
        strain=one(muscle * min(max((thickest - 12) / 8, 0), 1)),
        atrium=one(min(max(patient.la_volume / 60, 0.85), 1.25)),
    )
    timing = RULES[_RHYTHM_OF_PATIENT[patient.rhythm]].timing
    activity = draw_electrical_activity(streams, timing, hearts, one(patient.heart_rate), 10.0)
    recording = Recording.usual(NoisePool(streams("pool"), 500, 5000), 1)
    (leads,) = record(streams, activity, recording, None, 500, 5000)
    return leads


def _by_kind(
    streams: Streams, rules: Sequence[RhythmRule], kind: np.ndarray
) -> Iterator[tuple[np.ndarray, RhythmRule, Streams]]:
    """Yield which hearts are of each kind, the rule of its rhythm, and streams of their own."""
    for number, rule in enumerate(rules):
        some = np.flatnonzero(kind == number)
        if len(some):
            yield some, rule, Streams(streams("kind", number))


def _waves(activity: ElectricalActivity, sampling_rate: int, length: int) -> np.ndarray:
    """Return what each sample belongs to, by its place in `ECG_WAVES`, int64 (n, length)."""
    mask = np.zeros((len(activity.pr), length), dtype=np.int64)
    for name, number in _NUMBER_OF_WAVE.items():
        if name in activity.trains:
            mask[wave_mask(activity.trains[name], length, sampling_rate)] = number
    return mask


def _in_an_ectopic_beat(activity: ElectricalActivity, sampling_rate: int, length: int) -> np.ndarray:
    """Return which samples lie within a beat that begins in a ventricle, bool (n, length)."""
    inside = np.zeros((len(activity.pr), length), dtype=bool)
    for name in ("ventricular QRS", "ventricular T"):
        if name in activity.trains:
            inside |= wave_mask(activity.trains[name], length, sampling_rate)
    return inside


def _in_order(parts: list[tuple[np.ndarray, dict[str, Any]]]) -> dict[str, Any]:
    """Return one truth for all records from the truths of some and others."""
    order = np.argsort(np.concatenate([some for some, _ in parts]))
    truth: dict[str, Any] = {}
    for name in parts[0][1]:
        values = [value for _, part in parts for value in part[name]]
        ordered = [values[place] for place in order]
        truth[name] = ordered if name == "r_peaks" else np.array(ordered)
    return truth
