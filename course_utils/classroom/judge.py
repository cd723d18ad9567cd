"""The judge: what the checks of a chapter expect, worked out in a process in which no student's code ever runs.

Each check's cell runs by itself, with a `check` that writes down what each `close` expects and calls nothing. That is
done once for a chapter and a secret; the verdicts on all students' answers come from what was written down.
"""

import contextlib
import functools
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from course_utils import checks
from course_utils.errors import CourseError
from course_utils.handed import HandedOver
from course_utils.verdicts import Expectation, expectation_from, verdict_on

_PATIENCE = 300  # seconds for all checks of a chapter


@dataclass(frozen=True)
class Judge:
    """What one check expects, and what it says when all is right."""

    right: str
    wanted: tuple[Expectation, ...]

    def verdict(self, text: Any) -> str | None:
        """Return what the check says of what a kernel has handed over; None if it is nothing that can be judged."""
        handed = HandedOver.read(text)
        sentence = None if handed is None else verdict_on(handed, self.wanted)
        return f"✓ Correct. {self.right}" if sentence == "" else sentence


def work_out(cells: Mapping[str, str], secret: str) -> str:
    """Return what checks expect, as text that `judges` reads.

    Args:
        cells: the sources of the checks' cells, with hidden tests, by their names.
        secret: what the kernel's environment holds as `COURSE_SECRET`.

    Raises:
        CourseError: if a check cannot be run by itself; the message names it.
    """
    return _work_out(tuple(sorted(cells.items())), secret)


def judges(text: str) -> dict[str, Judge]:
    """Return the judge of each check, by its name, from what `work_out` returned."""
    return {
        name: Judge(each["right"], tuple(map(expectation_from, each["wanted"])))
        for name, each in json.loads(text).items()
    }


@functools.lru_cache(maxsize=8)
def _work_out(cells: tuple[tuple[str, str], ...], secret: str) -> str:
    if not cells:
        return "{}"
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-m", __name__],
            input=json.dumps(cells),
            env={**os.environ, checks.SECRET_VARIABLE: secret},
            capture_output=True,
            encoding="utf-8",
            timeout=_PATIENCE,
        )
    except subprocess.TimeoutExpired:
        raise CourseError(
            f"The checks {', '.join(dict(cells))} take more than {_PATIENCE} seconds together. Make them quicker."
        ) from None
    if done.returncode != 0:
        raise CourseError((done.stderr.strip().splitlines() or ["The checks cannot be worked out."])[-1])
    return done.stdout


class _Writer(checks.check):
    """A `check` that asks nobody, and writes down what it expects."""

    def __enter__(self) -> "_Writer":
        self.wanted: list[Expectation] = []
        _written.append(self)
        return self

    def __exit__(self, *_: Any) -> None:
        """Let an error pass: it is the author's."""

    def _compare(self, call: Callable[[], Any], wanted: Expectation) -> None:
        self.wanted.append(wanted)


_written: list[_Writer] = []


def _main(cells: Iterable[tuple[str, str]]) -> str:
    checks.check = _Writer  # type: ignore[misc]
    found = {}
    for name, source in cells:
        _written.clear()
        try:
            exec(compile(source, name, "exec"), {"__name__": "check"})
            (written,) = _written
        except Exception as error:
            cause = " ".join(f"{type(error).__name__}: {error}".split())
            sys.exit(f"The check {name} does not run by itself ({cause}). Mend it, and release the chapter again.")
        found[name] = {"right": written.right, "wanted": [asdict(each) for each in written.wanted]}
    return json.dumps(found, separators=(",", ":"))


if __name__ == "__main__":
    with contextlib.redirect_stdout(sys.stderr):
        _text = _main(json.load(sys.stdin))
    print(_text)
