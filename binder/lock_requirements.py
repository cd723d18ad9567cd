"""Print binder/requirements.txt: what lock.txt pins of the packages that the course needs to run. Called by: make lock.

It follows the dependencies of the packages that are installed beside it, as they hold on Binder's machines.
"""

import tomllib
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
PYTHON = (ROOT / "binder/runtime.txt").read_text(encoding="utf-8").strip().removeprefix("python-")
BINDER = {
    "implementation_name": "cpython",
    "os_name": "posix",
    "platform_machine": "x86_64",
    "platform_python_implementation": "CPython",
    "platform_system": "Linux",
    "python_full_version": f"{PYTHON}.0",
    "python_version": PYTHON,
    "sys_platform": "linux",
}
# Plain torch on Linux brings several GB of CUDA, which Binder has no use for.
HEAD = """\
# The packages that run the course on Binder, pinned. Made from lock.txt by: make lock
--extra-index-url https://download.pytorch.org/whl/cpu
"""


def applies(requirement: Requirement, extras: Iterable[str]) -> bool:
    """Return whether Binder needs this requirement of a package that is installed with these extras."""
    if requirement.marker is None:
        return True
    return any(requirement.marker.evaluate({**BINDER, "extra": extra}) for extra in ("", *extras))


def closure(requirements: Iterable[Requirement]) -> set[str]:
    """Return the names of the packages that the requirements lead to."""
    done: set[tuple[str, frozenset[str]]] = set()
    waiting = list(requirements)
    while waiting:
        requirement = waiting.pop()
        found = canonicalize_name(requirement.name), frozenset(requirement.extras)
        if found in done:
            continue
        done.add(found)
        try:
            needed = map(Requirement, distribution(requirement.name).requires or [])
        except PackageNotFoundError:
            raise SystemExit(f"{requirement.name} is needed on Binder but is not installed here.") from None
        waiting += [each for each in needed if applies(each, requirement.extras)]
    return {name for name, _ in done}


def requirements_text() -> str:
    """Return what binder/requirements.txt should hold."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    needed = closure(filter(lambda each: applies(each, ()), map(Requirement, project["dependencies"])))
    pins = {
        canonicalize_name(line.partition("==")[0]): line
        for line in (ROOT / "lock.txt").read_text(encoding="utf-8").splitlines()
        if "==" in line
    }
    if needed - pins.keys():
        raise SystemExit(f"lock.txt does not pin what Binder needs: {', '.join(sorted(needed - pins.keys()))}.")
    lines = [pins[name] + ("+cpu" if name == "torch" else "") for name in pins if name in needed]
    return HEAD + "".join(f"{line}\n" for line in lines)


if __name__ == "__main__":
    print(requirements_text(), end="")
