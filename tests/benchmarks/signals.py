"""Measure the generators of signals on one thread: `make bench`, or in tests `python -m benchmarks.signals`.

NeuroKit2, the peer, runs beside `make_ecg` in the same process, turn and turn about; both are set against the rate at
which memory can be filled. Peak memory is that of a fresh process.
"""

import functools
import statistics

from benchmarks import timing
from benchmarks.timing import rate

RECORDS = 1000
ROUNDS = 7
TIMES_FASTER = 1000
MEMORY = 2.0  # times the result
SECONDS = 5.0  # for a set of default size
PEERS = "a record of 12 x 5000 with noise"
DEFAULTS = (
    "make_ecg",
    "make_arrhythmias",
    "make_accessory_pathways",
    "make_ecg_segmentation",
    "make_pressure_damping",
)


def side_by_side():
    """Return rates, records a second, of each round: memory, NeuroKit2, make_ecg."""
    import neurokit2
    import numpy as np

    from data_generators import make_ecg

    target = np.empty((RECORDS, 12, 5000), dtype=np.float32)
    make_ecg(8, random_state=0)
    rates = {"memory": [], "neurokit2": [], "make_ecg": []}
    for turn in range(ROUNDS):
        rates["memory"].append(rate(lambda: target.fill(1.0), RECORDS))
        rates["neurokit2"].append(
            rate(lambda: neurokit2.ecg_simulate(10, sampling_rate=500, method="multileads", random_state=0), 1)
        )
        rates["make_ecg"].append(rate(lambda turn=turn: make_ecg(RECORDS, random_state=turn), RECORDS))
    return rates


def peak_memory():
    """Return the largest memory of a fresh process while it makes a set, over the size of the set."""
    from data_generators import make_ecg

    make_ecg(8, random_state=0)
    before = timing.highest_memory()
    X, _ = make_ecg(2 * RECORDS, random_state=0)
    return (timing.highest_memory() - before) / X.nbytes


def defaults():
    """Return the seconds that each generator takes for a set of its default size."""
    return timing.seconds_of_defaults(DEFAULTS)


PARTS = {"side_by_side": side_by_side, "peak_memory": peak_memory, "defaults": defaults}


def measurements():
    """Yield (what, value, budget, unit); a budget of a negative value is a least one."""
    in_a_process = functools.partial(timing.in_a_process, __file__)
    rates = in_a_process("side_by_side")
    for name, each in rates.items():
        yield f"{name}: lowest of {ROUNDS}, {PEERS}", min(each), None, "/s"
        yield f"{name}: median", statistics.median(each), None, "/s"
        yield f"{name}: highest", max(each), None, "/s"
    ours = statistics.median(rates["make_ecg"])
    yield "NeuroKit2's time for a record, times ours", ours / statistics.median(rates["neurokit2"]), -TIMES_FASTER, ""
    yield "make_ecg: share of the memory's rate", 100 * ours / statistics.median(rates["memory"]), None, "%"
    yield "make_ecg: peak memory over the result", in_a_process("peak_memory"), MEMORY, ""
    for name, seconds in in_a_process("defaults").items():
        yield f"{name}: a set of default size", seconds, SECONDS, "s"


if __name__ == "__main__":
    timing.run(PARTS, measurements)
