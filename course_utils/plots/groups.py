"""Pictures of chapter 03: patients with heart failure, and the groups that they are put into."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.artist import Artist

from course_utils.plots.layout import key, panels
from course_utils.plots.style import COLOURS, CaptionedFigure, course_style, new_figure

_STYLES = (("blue", "o"), ("orange", "s"), ("green", "^"), ("black", "D"), ("grey", "v"), ("orange", "+"))
"""Colours and shapes that can be told apart, for groups in the order of their numbers."""

MOST_GROUPS = len(_STYLES)
"""How many groups one picture can tell apart."""


def draw_groups(axes: Any, x: Any, y: Any, group: Any, names: Sequence[str] = ()) -> list[Artist]:
    """Draw patients in the colour and shape of their group, and return what was drawn.

    Args:
        axes: the matplotlib axes to draw on.
        x: one measurement of each patient, (n,).
        y: another one, (n,).
        group: the patients' groups, whole numbers from 0, (n,).
        names: a name for each group, for a key.
    """
    drawn: list[Artist] = []
    for number in np.unique(group):
        colour, shape = _STYLES[number]
        here = group == number
        drawn += axes.plot(
            x[here],
            y[here],
            shape,
            color=COLOURS[colour],
            markersize=5,
            alpha=0.6,
            markeredgewidth=1.5 if shape == "+" else 0,
            label=names[number] if names else None,
        )
    return drawn


def draw_centres(axes: Any, centres: Mapping[int, Any]) -> list[Artist]:
    """Draw the centre (x, y) of each group, by its number, large and in the group's colour and shape."""
    drawn: list[Artist] = []
    for number, (x, y) in centres.items():
        colour, shape = _STYLES[number]
        drawn += axes.plot(
            x,
            y,
            "P" if shape == "+" else shape,
            color=COLOURS[colour],
            markersize=15,
            markeredgecolor="white",
            markeredgewidth=2,
            zorder=4,
        )
    return drawn


def age_and_ejection_fraction(axes: Any) -> None:
    """Give axes the limits and names of age and ejection fraction in patients with heart failure."""
    axes.set(xlim=(15, 103), ylim=(0, 88), xlabel="Age (years)", ylabel="Ejection fraction (%)")


def plot_groups(age: Any, ejection_fraction: Any, group: Any = None, *, caption: str) -> CaptionedFigure:
    """Show patients by age and ejection fraction, in the colours and shapes of their groups.

    Args:
        age: years, (n,).
        ejection_fraction: percent, (n,).
        group: whole numbers from 0, (n,); without it all patients look alike.
        caption: one or two sentences that say what to see.

    Raises:
        ValueError: for more groups than can be told apart.
    """
    age, ejection_fraction = np.asarray(age, dtype=float), np.asarray(ejection_fraction, dtype=float)
    whole = np.zeros(len(age), dtype=int) if group is None else np.asarray(group).astype(int)
    if whole.max() >= MOST_GROUPS:
        raise ValueError(f"group has {whole.max() + 1} groups; at most {MOST_GROUPS} can be told apart.")
    names = [f"group {number}" for number in range(MOST_GROUPS)]
    figure = new_figure(height=4.2)
    with course_style():
        axes = panels(figure)
        draw_groups(axes, age, ejection_fraction, whole, names)
        age_and_ejection_fraction(axes)
        if group is not None:
            key(axes)
    alt = f"{len(age)} simulated patients by age and ejection fraction."
    if group is not None:
        for number in np.unique(whole):
            here = whole == number
            alt += (
                f" {names[number]}: {here.sum()} patients, on average {age[here].mean():.0f} years old with an "
                f"ejection fraction of {ejection_fraction[here].mean():.0f}%."
            )
    return CaptionedFigure(figure, caption, alt)
