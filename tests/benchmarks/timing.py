"""What the benchmarks of generators share: rates, memory, and a process of their own with one thread."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path


def rate(make, number):
    """Return how many samples a second `make` makes, when it makes `number`."""
    start = time.perf_counter()
    make()
    return number / (time.perf_counter() - start)


def highest_memory():
    """Return the largest memory that this process has had, in bytes.

    Not getrusage: what it returns may be the peak of the process that started this one.
    """
    (line,) = (line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    return 1024 * int(line.split()[1])


def seconds_of_defaults(names):
    """Return the seconds that each generator takes for a set of its default size."""
    import data_generators

    seconds = {}
    for name in names:
        make = getattr(data_generators, name)
        make(2, random_state=0)
        seconds[name] = 1 / rate(lambda make=make: make(random_state=0), 1)
    return seconds


def in_a_process(program, part):
    """Return what a part of a program measures in a process of its own, with one thread."""
    one = {name: "1" for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")}
    tests = {"PYTHONPATH": str(Path(__file__).parent.parent)}
    done = subprocess.run(
        [sys.executable, program, part],
        env={**os.environ, **one, **tests},
        stdout=subprocess.PIPE,
        check=True,
        text=True,
    )
    return json.loads(done.stdout.splitlines()[-1])


def run(parts, measurements):
    """Print what one part measures, as JSON, or the whole table if none is named on the command line."""
    if len(sys.argv) > 1:
        print(json.dumps(parts[sys.argv[1]]()))
    else:
        for what, value, _, unit in measurements():
            print(f"{what:72}{value:12.3f} {unit}", flush=True)
