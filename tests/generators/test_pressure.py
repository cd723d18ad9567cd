"""Pressure traces, judged by scipy's own linear systems and by what the catheter laboratory knows."""

import numpy as np
import pytest
from scipy import signal

from data_generators import PRESSURE_TRACES, make_pressure_damping

RATE = 200
NORMAL, SLOW, OSTIUM, RESONANT, ARTEFACT = range(len(PRESSURE_TRACES))


@pytest.fixture(scope="module")
def traces():
    return make_pressure_damping(1500, random_state=0, return_truth=True)


def through_a_catheter(pressure, natural_frequency, damping_ratio):
    omega = 2 * np.pi * natural_frequency
    system = signal.TransferFunction([omega**2], [1, 2 * damping_ratio * omega, omega**2])
    time = np.arange(len(pressure)) / RATE
    begin = pressure[0]
    _, recorded, _ = signal.lsim(system, pressure - begin, time)
    return recorded + begin


@pytest.mark.parametrize("kind", [NORMAL, SLOW, RESONANT], ids=lambda kind: PRESSURE_TRACES[kind])
def test_the_catheter_is_the_oscillator_that_the_truth_says(traces, kind):
    X, y, truth = traces
    for index in np.flatnonzero(y == kind)[:30]:
        expected = through_a_catheter(
            truth["pressure"][index].astype(float), truth["natural_frequency"][index], truth["damping_ratio"][index]
        )
        settled = slice(256, None)  # more than a second after the beginning
        assert np.abs(X[index, 0, settled] - expected[settled]).mean() < 1.5


def test_a_flush_rings_as_the_truth_says(traces):
    X, y, truth = traces
    measured = []
    for index in np.flatnonzero(y == ARTEFACT):
        trace = X[index, 0]
        if trace.max() < 250:
            continue
        end = np.flatnonzero(trace > 250)[-1]
        rest = (
            trace[end + 1 : end + 60]
            - through_a_catheter(
                truth["pressure"][index].astype(float), truth["natural_frequency"][index], truth["damping_ratio"][index]
            )[end + 1 : end + 60]
        )
        low = signal.find_peaks(-rest, height=15)[0]
        high = signal.find_peaks(rest, height=15)[0]
        if len(low) and len(high) and high[0] > low[0]:
            r = rest[high[0]] / -rest[low[0]]  # half a period apart
            measured.append((-np.log(r) / np.hypot(np.pi, np.log(r)), truth["damping_ratio"][index]))
    found, true = np.array(measured).T
    assert len(found) > 10
    assert np.median(np.abs(found - true)) < 0.05


def test_a_slow_catheter_keeps_the_mean_and_loses_the_pulse(traces):
    _, y, truth = traces
    slow = y == SLOW
    assert np.abs(truth["recorded_mean"] - truth["mean"])[slow].max() < 0.01
    assert (truth["recorded_systolic"] < truth["systolic"])[slow].all()
    assert (truth["recorded_diastolic"] > truth["diastolic"])[slow].all()
    pulse, recorded = (truth[f"{name}systolic"] - truth[f"{name}diastolic"] for name in ("", "recorded_"))
    assert np.median((recorded / pulse)[slow]) < 0.75


def test_a_blocked_ostium_loses_the_mean_and_falls_to_a_low_diastole(traces):
    _, y, truth = traces
    blocked = y == OSTIUM
    ratio = (truth["recorded_mean"] / truth["mean"])[blocked]
    assert ((ratio > 0.58) & (ratio < 0.82)).all()
    assert np.median(truth["recorded_diastolic"][blocked]) < 0.65 * np.median(truth["diastolic"][blocked])
    pulse, recorded = (truth[f"{name}systolic"] - truth[f"{name}diastolic"] for name in ("", "recorded_"))
    assert np.median((recorded / pulse)[blocked]) > 1.1


def test_a_resonant_catheter_overshoots(traces):
    _, y, truth = traces
    resonant = y == RESONANT
    over = (truth["recorded_systolic"] - truth["systolic"])[resonant]
    assert np.median(over) > 2
    assert np.abs(truth["recorded_mean"] - truth["mean"])[resonant].max() < 0.01


def test_pressures_are_those_of_people(traces):
    _, _, truth = traces
    low, high = np.quantile(truth["systolic"], [0.1, 0.9])
    assert 60 < low < high < 170
    assert 85 < np.median(truth["mean"]) < 110
    assert (truth["diastolic"] < truth["mean"]).all()
    assert (truth["mean"] < truth["systolic"]).all()
    assert np.quantile(truth["diastolic"], 0.01) > 20


def test_pulse_pressure_alone_does_not_tell_damping_from_shock(traces):
    X, y, _ = traces
    pulse = np.ptp(X[:, 0], axis=1)
    normal, slow = pulse[y == NORMAL], pulse[y == SLOW]
    assert (normal < np.median(slow)).mean() > 0.08


def test_every_class_is_there_and_an_artefact_is_seen(traces):
    X, y, truth = traces
    assert np.bincount(y).min() > 200
    away = np.abs(X[:, 0] - truth["pressure"]).max(axis=1)
    assert np.median(away[y == ARTEFACT]) > 5 * np.median(away[y == NORMAL])
