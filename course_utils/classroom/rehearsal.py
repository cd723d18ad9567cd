"""A rehearsal: a chapter run as it was given out, in a process of its own, for what its trainings give.

No student's code runs there, and no solution either: what an exercise would need has stopped, as in a learner's new
copy. So all that students' kernels are told could be had from their own copies, and a mark cannot depend on it.
"""

import contextlib
import io
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from nbgrader.utils import is_grade

TRAINS = "course_utils.training"
"""What a chapter imports whose networks learn."""


@contextlib.contextmanager
def rehearsal(release: Path) -> Iterator[Callable[[], str]]:
    """Rehearse a chapter beside what is done meanwhile.

    Args:
        release: the chapter as it was given out. Where it cannot be read, nothing is ever known.

    Returns:
        A function that gives what is known so far, for `rehearsed.give`; nothing if nothing is.
    """
    known: dict[str, str] = {}
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", __name__, str(release)],
        env={**os.environ, "NBGRADER_EXECUTION": "autograde", "MPLBACKEND": "agg"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        encoding="utf-8",
    )

    def listen() -> None:
        for line in process.stdout or ():
            with contextlib.suppress(ValueError):  # a line that was cut off
                known.update(json.loads(line))

    listener = threading.Thread(target=listen, daemon=True)
    listener.start()
    try:
        yield lambda: json.dumps(dict(known)) if known else ""
    finally:
        process.kill()
        process.wait()
        listener.join()


def _main(release: str) -> None:
    import nbformat
    from IPython.core.interactiveshell import InteractiveShell

    from course_utils.rehearsed import keep_with

    told = sys.stdout
    keep_with(lambda key, trained: print(json.dumps({key: trained}), file=told, flush=True))
    shell = InteractiveShell()
    with contextlib.redirect_stdout(io.StringIO()):
        for cell in nbformat.read(release, as_version=4).cells:
            if cell.cell_type == "code" and not is_grade(cell):
                shell.run_cell(cell.source)


if __name__ == "__main__":
    _main(sys.argv[1])
