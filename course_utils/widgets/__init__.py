"""Pictures that the learner moves: one `explore_<thing>()` in each `<thing>.py`, all built on `Explorer`.

An explorer is found by its name, and its file is imported when it is first asked for.
"""

import importlib
import pkgutil
from typing import Any

__all__ = [
    f"explore_{file.name}" for file in pkgutil.iter_modules(__path__) if not file.name.startswith(("_", "explorer"))
]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{name.removeprefix('explore_')}"), name)


def __dir__() -> list[str]:
    return __all__
