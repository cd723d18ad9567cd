"""Measure the generators of pictures on one thread: `make bench`, or in tests `python -m benchmarks.pictures`.

Each is set against the rate at which memory can be filled with what it returns. PyMUST, which simulates the waves
themselves and so does far more, draws one apical four-chamber view beside ours. Peak memory is that of a fresh process.
"""

import functools

import numpy as np
from benchmarks import timing

ROUNDS = 5
FRAMES_PER_SECOND, FILMS_PER_SECOND, CLIPS_PER_SECOND = 1000, 2000, 300
SECONDS = 5.0  # for a set of default size
MEMORY = 4.0  # times the result; of a mask, in 64 bits, the larger part
LINEAR = 1.5  # times as long a sample or a pixel may take in a larger set
SCATTERERS = 5000

STILLS = {
    "make_echo_views": ({"frames": 1}, 1),
    "make_echo_cardiomyopathies": ({}, 1),
    "make_echo_quality": ({}, 1),
    "make_echo_lv_volumes": ({}, 2),
    "make_echo_chambers": ({}, 1),
    "make_cmr_ventricles": ({}, 1),
    "make_cmr_whole_heart": ({}, 1),
}
"""Options for pictures of 64 x 64, and how many there are in a sample."""

FILMS = "make_xray_diagnoses", "make_xray_bnp", "make_xray_pacemakers"
OTHERS = (
    "make_ct_agatston",
    "make_ct_carotid_bifurcation",
    "make_ct_coronary_calcium",
    "make_ct_epicardial_fat",
    "make_spect_cad",
    "make_biopsy_heart_failure",
)

CLIPS = {"make_echo_views": {}, "make_cmr_hcm": {"frames": 16}}
"""Options for 16 x 32 x 32."""

STACK = "make_cmr_hcm"  # of 2 x 12 x 32 x 32, one and a half times as many pixels as a clip
STACKS_PER_SECOND = CLIPS_PER_SECOND * 16 / 24


def fastest(make, number):
    """Return the best rate of some rounds, samples a second: what slows a round is another program."""
    make(number=2)
    return max(timing.rate(functools.partial(make, number=number), number) for _ in range(ROUNDS))


def rates():
    """Return samples a second of each generator, and its share of the rate at which memory fills."""
    import data_generators

    measured = {}
    for kind, table in (("64 x 64", STILLS), ("16 x 32 x 32", {name: (each, 1) for name, each in CLIPS.items()})):
        for name, (options, pictures) in table.items():
            make = getattr(data_generators, name)
            number = 200 if kind == "64 x 64" else 64
            ours = fastest(lambda number, make=make, options=options: make(number, random_state=0, **options), number)
            X, _ = make(number, random_state=0, **options)
            memory = fastest(lambda number, X=X: np.full_like(X, 1.0), number)
            measured[f"{name}, {kind}"] = ours * pictures, 100 * ours / memory
    for name in FILMS:
        make = getattr(data_generators, name)
        measured[f"{name}, film"] = fastest(lambda number, make=make: make(number, random_state=0), 600), None
    stacks = fastest(lambda number: getattr(data_generators, STACK)(number, random_state=0), 64)
    return measured | {f"{STACK}, 2 x 12 x 32 x 32": (stacks, None)}


def scaling():
    """Return how much longer a sample and a pixel take when there are more of them: three sizes of each."""
    from data_generators import make_echo_cardiomyopathies

    def seconds(number, size):
        return 1 / fastest(lambda number: make_echo_cardiomyopathies(number, size=size, random_state=0), number)

    by_number = [seconds(number, 64) for number in (100, 300, 900)]
    by_size = [seconds(60, size) / size**2 for size in (64, 128, 256)]
    return {"samples": by_number[-1] / by_number[0], "pixels": by_size[-1] / by_size[0]}


def peer():
    """Return seconds for one apical four-chamber view of 128 x 128: PyMUST's, and ours."""
    import pymust

    from data_generators import CAST, record_echo

    generator = np.random.default_rng(0)
    depth, half = 0.16, np.pi / 6
    reach, angle = generator.uniform(0.01, depth, SCATTERERS), generator.uniform(-half, half, SCATTERERS)

    def theirs():
        param = pymust.getparam("P4-2v")
        param.fs = 4 * param.fc
        delays = pymust.txdelay(param, 0, 2 * half)
        waves, _ = pymust.simus(reach * np.sin(angle), reach * np.cos(angle), np.ones(SCATTERERS), delays, param)
        demodulated = pymust.rf2iq(waves, param.fs, param.fc)
        x, z = pymust.impolgrid(np.array([128, 128]), depth, 2 * half, param)
        beams = pymust.dasmtx(demodulated, x, z, delays, param) @ demodulated.flatten(order="F")
        return pymust.bmode(beams.reshape(x.shape, order="F"), 50)

    def seconds(make):
        make()
        return min(1 / timing.rate(make, 1) for _ in range(ROUNDS))

    return {
        "PyMUST": seconds(theirs),
        "ours": seconds(lambda: record_echo(CAST[0], frames=1, size=128, random_state=0)),
    }


def memory():
    """Return the largest memory of this process while it makes a set, over the size of the set."""
    from data_generators import make_echo_chambers

    make_echo_chambers(8, random_state=0)
    before = timing.highest_memory()
    X, y = make_echo_chambers(2000, random_state=0)
    return (timing.highest_memory() - before) / (X.nbytes + y.nbytes)


def defaults():
    """Return the seconds that each generator takes for a set of its default size."""
    return timing.seconds_of_defaults(sorted({*STILLS, *CLIPS, *FILMS, *OTHERS}))


PARTS = {"rates": rates, "scaling": scaling, "peer": peer, "memory": memory, "defaults": defaults}


def measurements():
    """Yield (what, value, budget, unit); a budget of a negative value is a least one."""
    in_a_process = functools.partial(timing.in_a_process, __file__)
    budgets = {
        "64 x 64": FRAMES_PER_SECOND,
        "film": FILMS_PER_SECOND,
        "16 x 32 x 32": CLIPS_PER_SECOND,
        "2 x 12 x 32 x 32": STACKS_PER_SECOND,
    }
    for name, (rate, share) in in_a_process("rates").items():
        budget = budgets[name.partition(", ")[2]]
        yield name, rate, -budget, "/s"
        if share is not None:
            yield f"{name}: share of the memory's rate", share, None, "%"
    for name, ratio in in_a_process("scaling").items():
        yield f"time for one of many {name}, times that for one of few", ratio, LINEAR, ""
    for name, seconds in in_a_process("peer").items():
        yield f"one 128 x 128 view: {name}", seconds, None, "s"
    yield "make_echo_chambers: peak memory over the result", in_a_process("memory"), MEMORY, ""
    for name, seconds in in_a_process("defaults").items():
        yield f"{name}: a set of default size", seconds, SECONDS, "s"


if __name__ == "__main__":
    timing.run(PARTS, measurements)
