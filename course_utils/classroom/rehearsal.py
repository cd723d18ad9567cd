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
from pathlib import Path
from typing import Any

from nbgrader.utils import is_grade

TRAINS = "course_utils.training"
"""What a chapter imports whose networks learn."""


class Rehearsal:
    """A rehearsal that goes on beside what is done meanwhile; as a context, it ends with it.

    Args:
        release: the chapter as it was given out. Where it cannot be read, nothing is ever known.
    """

    def __init__(self, release: Path) -> None:
        self._known: dict[str, str] = {}
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", __name__, str(release)],
            env={**os.environ, "NBGRADER_EXECUTION": "autograde", "MPLBACKEND": "agg"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            encoding="utf-8",
        )
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def __enter__(self) -> "Rehearsal":
        return self

    def __exit__(self, *_: Any) -> None:
        self._process.kill()
        self._process.wait()
        self._listener.join()

    def _listen(self) -> None:
        for line in self._process.stdout or ():
            with contextlib.suppress(ValueError):  # a line that was cut off
                self._known.update(json.loads(line))

    def known(self, patience: float) -> str:
        """Return what is known, as JSON, at the end or after `patience` seconds; nothing if nothing is."""
        self._listener.join(patience)
        known = dict(self._known)
        return json.dumps(known) if known else ""


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
