"""The course's pictures: colours that everyone can tell apart, units on every axis, readable from the back row.

The style that all of them share is named here. Every other function or class is found by its name in the files of this
folder, when it is first asked for.
"""

import functools
import importlib
import pkgutil
from typing import Any

from course_utils.plots.layout import arrange, headline, key, name_lines, panels
from course_utils.plots.style import (
    COLOURS,
    DARK_THEME,
    PIXELS_PER_INCH,
    SIGNED_COLOURS,
    CaptionedFigure,
    course_style,
    encode,
    follows_theme,
    is_narrow,
    new_figure,
    signed,
    to_png,
    unsigned,
)

__all__ = [
    "COLOURS",
    "DARK_THEME",
    "PIXELS_PER_INCH",
    "SIGNED_COLOURS",
    "CaptionedFigure",
    "arrange",
    "course_style",
    "encode",
    "follows_theme",
    "headline",
    "is_narrow",
    "key",
    "name_lines",
    "new_figure",
    "panels",
    "signed",
    "to_png",
    "unsigned",
]


@functools.cache
def _found() -> dict[str, Any]:
    """Return the functions and classes that the files of this folder define, by their names."""
    files = [importlib.import_module(f"{__name__}.{file.name}") for file in pkgutil.iter_modules(__path__)]
    return {
        name: value
        for file in files
        for name, value in vars(file).items()
        if not name.startswith("_") and getattr(value, "__module__", None) == file.__name__
    }


def __getattr__(name: str) -> Any:
    if name not in _found():
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return _found()[name]


def __dir__() -> list[str]:
    return sorted({*__all__, *_found()})
