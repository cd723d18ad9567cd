"""Pictures of chapter 05: curves made of neurons, markers that act together, and predictions beside the truth."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from course_utils.plots.layout import key, panels
from course_utils.plots.style import COLOURS, LINE_STYLES, CaptionedFigure, course_style, new_figure

_PREDICTIONS = (("orange", "o"), ("blue", "s"))


def plot_curves(x: Any, curves: Mapping[str, Any], *, x_name: str, y_name: str, caption: str) -> CaptionedFigure:
    """Show up to three curves over one input.

    Args:
        x: the input in rising order, (n,).
        curves: by their names in the key, the heights over x, each (n,).
        x_name: what the input is, with its unit.
        y_name: what the height is, with its unit.
        caption: one or two sentences that say what to see.

    Raises:
        ValueError: for more than three curves.
    """
    if len(curves) > len(LINE_STYLES):
        raise ValueError(f"curves has {len(curves)} entries; at most {len(LINE_STYLES)} can be told apart.")
    x = np.asarray(x, dtype=float)
    figure = new_figure()
    alt = []
    with course_style():
        axes = panels(figure)
        for (name, curve), (colour, dash) in zip(curves.items(), LINE_STYLES, strict=False):
            y = np.asarray(curve, dtype=float)
            axes.plot(x, y, dash, color=COLOURS[colour], label=name)
            alt.append(
                f"{name}: {y[0]:.3g} at {x[0]:.3g}, {y[len(y) // 2]:.3g} at {x[len(x) // 2]:.3g}, "
                f"{y[-1]:.3g} at {x[-1]:.3g}"
            )
        axes.set(xlabel=x_name, ylabel=y_name)
        key(axes)
    return CaptionedFigure(figure, caption, f"{y_name} over {x_name}. {'; '.join(alt)}.")


def plot_deaths_by_creatinine(creatinine: Any, ejection_fraction: Any, died: Any, *, caption: str) -> CaptionedFigure:
    """Show what share of patients died, by fifths of creatinine, for a low ejection fraction and for the others.

    Args:
        creatinine: µmol/L, (n,).
        ejection_fraction: percent, (n,); below 40 is low.
        died: 1 for death, else 0, (n,).
        caption: one or two sentences that say what to see.
    """
    creatinine, died = np.asarray(creatinine, dtype=float), np.asarray(died, dtype=float)
    low = np.asarray(ejection_fraction) < 40
    fifth = np.searchsorted(np.quantile(creatinine, [0.2, 0.4, 0.6, 0.8]), creatinine)
    figure = new_figure()
    alt = []
    with course_style():
        axes = panels(figure)
        for name, group, colour, style in (
            ("ejection fraction below 40%", low, "orange", "o-"),
            ("40% and more", ~low, "blue", "s--"),
        ):
            cells = [group & (fifth == each) for each in range(5)]
            middles = [np.median(creatinine[cell]) for cell in cells if cell.any()]
            shares = [100 * died[cell].mean() for cell in cells if cell.any()]
            axes.plot(middles, shares, style, color=COLOURS[colour], label=name)
            alt.append(f"{name}: from {shares[0]:.0f}% at {middles[0]:.0f} to {shares[-1]:.0f}% at {middles[-1]:.0f}")
        axes.set(ylim=(0, 100), xlabel="Creatinine (µmol/L; 88 is 1 mg/dL)", ylabel="Died (%)")
        key(axes)
    return CaptionedFigure(figure, caption, f"The share who died by fifths of creatinine, in µmol/L. {'; '.join(alt)}.")


def plot_predicted(actual: Any, predictions: Mapping[str, Any], *, quantity: str, caption: str) -> CaptionedFigure:
    """Show predictions of up to two models against the truth; on the line they agree.

    Args:
        actual: the true values, (n,).
        predictions: by the models' names in the key, what they predict, each (n,).
        quantity: what is predicted, with its unit.
        caption: one or two sentences that say what to see.

    Raises:
        ValueError: for more than two models.
    """
    if len(predictions) > len(_PREDICTIONS):
        raise ValueError(f"predictions has {len(predictions)} entries; at most 2 can be told apart.")
    actual = np.asarray(actual, dtype=float)
    figure = new_figure(height=4.4)
    alt = []
    with course_style():
        axes = panels(figure)
        for (name, predicted), (colour, marker) in zip(predictions.items(), _PREDICTIONS, strict=False):
            predicted = np.asarray(predicted, dtype=float)
            miss = float(np.sqrt(np.mean((predicted - actual) ** 2)))
            axes.plot(actual, predicted, marker, color=COLOURS[colour], markersize=4, alpha=0.6, label=name)
            alt.append(f"{name} typically misses by {miss:.1f}")
        ends = np.array([actual.min(), actual.max()])
        axes.plot(ends, ends, color=COLOURS["black"], linewidth=1.2, label="predicted = true")
        axes.set(xlabel=f"True {quantity}", ylabel=f"Predicted {quantity}")
        key(axes)
    return CaptionedFigure(figure, caption, f"Predicted against true {quantity}: {'; '.join(alt)}.")
