"""Measure the course against its budgets on this machine, and fail where one is broken: `make bench`."""

import statistics
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path

import nbformat
from nbclient import NotebookClient

from course_utils import chapters

sys.path.insert(0, str(Path(__file__).parent.parent))
from benchmarks import grading, pictures, signals
from browser import latency

CHAPTER_SECONDS, CHAPTER_MB = 30, 800
COURSE_SECONDS_PER_CHAPTER = 20
IMPORT_SECONDS = 1.5
RELEASE_SECONDS = 2
CHECK_SECONDS = 0.3
LATENCY_MS = 150
CLASS = 12  # submissions; both routes need some seconds to begin, so that a larger class gains more


def median_seconds(command, repeats=5):
    """Return the median time of a Python program, less the time that Python itself takes to start."""

    def once(program):
        start = time.perf_counter()
        subprocess.run([sys.executable, "-c", program], check=True)
        return time.perf_counter() - start

    return statistics.median(once(command) for _ in range(repeats)) - statistics.median(
        once("") for _ in range(repeats)
    )


def run_chapter(name):
    """Run a chapter with its solutions; return its seconds, its kernel's peak MB, and the seconds of each check."""
    path = chapters.notebook_path(chapters.source_folder(), name)
    notebook = nbformat.read(path, as_version=4)
    memory = nbformat.v4.new_code_cell(
        "import resource, sys\n"
        "resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024**2 if sys.platform == 'darwin' else 1024)"
    )
    notebook.cells.append(memory)
    start = time.perf_counter()
    NotebookClient(notebook, timeout=120, record_timing=True).execute()
    seconds = time.perf_counter() - start
    checks = {}
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade"):
            begin, end = (
                datetime.fromisoformat(cell.metadata.execution[moment])
                for moment in ("iopub.execute_input", "shell.execute_reply")
            )
            checks[cell.metadata.nbgrader.grade_id] = (end - begin).total_seconds()
    return seconds, float(memory.outputs[0].data["text/plain"]), checks


def grading_measurements(name):
    """Yield what grading a small class costs, by plain nbgrader and by the course's own command."""
    plain, ours, plain_memory, our_memory = grading.side_by_side(name, CLASS)
    yield f"{name}: nbgrader autograde, a submission", plain / CLASS, None, "s"
    yield f"{name}: course grade, a submission", ours / CLASS, None, "s"
    yield f"{name}: times faster", plain / ours, None, ""
    yield f"{name}: nbgrader autograde, peak memory", plain_memory, None, "MB"
    yield f"{name}: course grade, peak memory", our_memory, None, "MB"
    for stage, seconds in grading.stages(name, CLASS).items():
        yield f"{name}: {stage} a submission", seconds, None, "s"


def measurements():
    """Yield (what, value, budget, unit), each as soon as it is known."""
    yield "import course_utils", median_seconds("import course_utils"), IMPORT_SECONDS, "s"
    total = 0
    names = chapters.chapter_names()
    for name in names:
        chapters.released_notebook(name)  # the first one also imports nbgrader
        start = time.perf_counter()
        chapters.released_notebook(name)
        yield f"{name}: release", time.perf_counter() - start, RELEASE_SECONDS, "s"
        seconds, megabytes, checks = run_chapter(name)
        total += seconds
        yield f"{name}: run with solutions", seconds, CHAPTER_SECONDS, "s"
        yield f"{name}: peak memory of the kernel", megabytes, CHAPTER_MB, "MB"
        for check, check_seconds in checks.items():
            yield f"{check}", check_seconds, CHECK_SECONDS, "s"
        yield from grading_measurements(name)
    yield "all chapters", total, COURSE_SECONDS_PER_CHAPTER * len(names), "s"
    yield from signals.measurements()
    yield from pictures.measurements()
    for widget, milliseconds in latency.measure().items():
        yield f"{widget}: key to picture, median", statistics.median(milliseconds), LATENCY_MS, "ms"
        yield (
            f"{widget}: key to picture, 95th percentile",
            sorted(milliseconds)[int(0.95 * len(milliseconds))],
            None,
            "ms",
        )


def main():
    """Print the table; return 1 if a budget is broken."""
    broken = 0
    print(f"{'':64}{'measured':>12}{'budget':>14}")
    for what, value, budget, unit in measurements():
        over = budget is not None and (value > budget if budget >= 0 else value < -budget)
        broken += over
        limit = "" if budget is None else f"{'at least ' if budget < 0 else ''}{abs(budget):g} {unit}"
        print(f"{what:64}{value:>9.2f} {unit:2}{limit:>14}{'  OVER' if over else ''}", flush=True)
    print("All within budget." if not broken else f"{broken} over budget.")
    return int(broken > 0)


if __name__ == "__main__":
    sys.exit(main())
