"""Pictures of chapter 02: age, cholesterol and the risk of dying."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from course_utils.plots.layout import key, panels
from course_utils.plots.style import COLOURS, LINE_STYLES, SHADE, CaptionedFigure, course_style, new_figure

MG_PER_DL = 38.67
"""How many mg/dL of cholesterol are one mmol/L."""

_BAND = 5
_LINE_STYLES = LINE_STYLES[:2]


def plot_deaths(
    age: Any, died: Any, curves: Mapping[str, Callable[[Any], Any]] | None = None, *, caption: str
) -> CaptionedFigure:
    """Show what share of each five years of age died.

    Args:
        age: years, (n,).
        died: 1 for death within ten years, else 0, (n,).
        curves: up to two recipes, by their names in the key, for the share from the age in years.
        caption: one or two sentences that say what to see.

    Raises:
        ValueError: for more than two curves.
    """
    curves = curves or {}
    if len(curves) > len(_LINE_STYLES):
        raise ValueError(f"curves has {len(curves)} entries; at most {len(_LINE_STYLES)} can be told apart.")
    age, died = np.asarray(age, dtype=float), np.asarray(died, dtype=float)
    band = np.floor(age / _BAND) * _BAND
    bands = np.unique(band)
    shares = [float(died[band == each].mean()) for each in bands]
    figure = new_figure()
    with course_style():
        axes = panels(figure)
        axes.axhspan(-0.3, 0, color=COLOURS["grey"], alpha=SHADE, linewidth=0)
        axes.axhspan(1, 1.3, color=COLOURS["grey"], alpha=SHADE, linewidth=0)
        axes.plot(bands + _BAND / 2, shares, "o", color=COLOURS["blue"], label="share who died")
        ages = np.linspace(30, 100, 71)
        for (name, curve), (colour, dash) in zip(curves.items(), _LINE_STYLES, strict=False):
            axes.plot(ages, curve(ages), dash, color=COLOURS[colour], label=name)
        axes.set(xlim=(30, 100), ylim=(-0.2, 1.2), xlabel="Age (years)", ylabel="Died within ten years")
        axes.set_yticks([0, 0.25, 0.5, 0.75, 1], ["0%", "25%", "50%", "75%", "100%"])
        key(axes)
    alt = (
        f"The share of simulated people who died within ten years, by five years of age: {shares[0]:.0%} from "
        f"{bands[0]:.0f} years, {shares[-1]:.0%} from {bands[-1]:.0f}."
    )
    for name, curve in curves.items():
        at_40, at_90 = curve(np.array([40.0, 90.0]))
        alt += f" Curve {name}: {at_40:.0%} at 40 years, {at_90:.0%} at 90."
    return CaptionedFigure(figure, caption, alt)


def plot_harm(thresholds: Any, harm: Any, *, caption: str) -> CaptionedFigure:
    """Show how much harm each threshold does.

    Args:
        thresholds: risks from 0 to 1 above which people are treated, (n,).
        harm: needless treatments plus missed deaths in the same unit, (n,).
        caption: one or two sentences that say what to see.
    """
    thresholds, harm = np.asarray(thresholds, dtype=float), np.asarray(harm, dtype=float)
    best = int(np.argmin(harm))
    figure = new_figure()
    with course_style():
        axes = panels(figure)
        axes.plot(100 * thresholds, harm, color=COLOURS["blue"])
        axes.plot(100 * thresholds[best], harm[best], "*", color=COLOURS["orange"], markersize=18)
        axes.set(xlabel="Treat above a risk of (%)", ylabel="Harm (needless treatments)", ylim=(0, None))
        axes.yaxis.set_major_formatter("{x:,.0f}")
    alt = (
        f"The harm is {harm[0]:,.0f} at a threshold of {thresholds[0]:.0%}, smallest with {harm[best]:,.0f} at "
        f"{thresholds[best]:.0%}, and {harm[-1]:,.0f} at {thresholds[-1]:.0%}."
    )
    return CaptionedFigure(figure, caption, alt)
