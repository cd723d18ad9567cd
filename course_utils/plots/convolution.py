"""Pictures of a template that slides along a trace, and of answers against the truth (chapter 06)."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from course_utils.plots.layout import panels, text_width
from course_utils.plots.style import COLOURS, LETTERS, PIXELS_PER_INCH, CaptionedFigure, course_style, new_figure


def plot_matches(strip: Any, matches: Any, *, caption: str, sampling_rate: int = 100) -> CaptionedFigure:
    """Show a strip, and below it how well a template matches at each place.

    Args:
        strip: mV, (samples,).
        matches: the match for each place at which the template can begin, (samples - width + 1,).
        caption: one or two sentences that say what to see.
        sampling_rate: Hz.

    Raises:
        ValueError: if there are more matches than samples.
    """
    strip, matches = np.asarray(strip, dtype=float), np.asarray(matches, dtype=float)
    if len(matches) > len(strip):
        raise ValueError(f"matches has {len(matches)} places; a strip of {len(strip)} samples has no more than that.")
    middle = (len(strip) - len(matches)) / 2
    figure = new_figure(height=4.2)
    with course_style():
        above, below = panels(figure, rows=(1, 1))
        seconds = np.arange(len(strip)) / sampling_rate
        above.plot(seconds, strip, color=COLOURS["black"], linewidth=1.2)
        below.plot((np.arange(len(matches)) + middle) / sampling_rate, matches, color=COLOURS["blue"], linewidth=1.5)
        below.axhline(0, color=COLOURS["grey"], linewidth=1)
        above.tick_params(labelbottom=False)
        for axes, name in ((above, "mV"), (below, "Match")):
            axes.set(xlim=(0, len(strip) / sampling_rate), xlabel="Time (seconds)", ylabel=name)
        above.xaxis.label.set_visible(False)  # it stands below
    best = int(np.argmax(matches))
    peaks = len(find_matches(matches))
    alt = (
        f"A simulated strip of {len(strip) / sampling_rate:g} seconds, and below it the match of a template at each "
        f"place. It is largest, {matches[best]:.1f}, at {(best + middle) / sampling_rate:.1f} seconds, and reaches "
        f"more than half of that at {peaks} separate {'place' if peaks == 1 else 'places'}."
    )
    return CaptionedFigure(figure, caption, alt)


def find_matches(matches: Any, share: float = 0.5, apart: int = 20) -> np.ndarray:
    """Return the places of matches above a share of the best one: of those less than `apart` samples apart, the best.

    Args:
        matches: the match for each place, (places,).
        share: of the largest match, 0 to 1.
        apart: samples.

    Returns:
        int64 (found,), in order; empty where no match is above 0.
    """
    matches = np.asarray(matches, dtype=float)
    found: list[int] = []
    if len(matches) and matches.max() > 0:
        high = np.flatnonzero(matches >= share * matches.max())
        for place in high[np.argsort(-matches[high], kind="stable")]:
            if all(abs(place - other) >= apart for other in found):
                found.append(int(place))
    return np.array(sorted(found), dtype=np.int64)


def plot_confusion(counts: Any, names: Sequence[str], *, caption: str) -> CaptionedFigure:
    """Show how often each true class was called each class: a row is the truth, a column what was called.

    Args:
        counts: whole numbers, (classes, classes).
        names: of the classes, in their order.
        caption: one or two sentences that say what to see.

    Raises:
        ValueError: if counts and names do not go together.
    """
    counts = np.asarray(counts)
    if counts.shape != (len(names), len(names)):
        raise ValueError(f"counts has the shape {counts.shape}; with {len(names)} names it must be a square of that.")
    of_truth = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    widest = max(text_width(name, LETTERS) for name in names)
    side = (48 if len(names) > 5 else 80) * len(names)
    size = np.array([widest + side + 80, 0.7 * widest + side + 80])  # names stand aslant below
    figure = new_figure(*size.clip((468, 0), (800, np.inf)) / PIXELS_PER_INCH)
    with course_style():
        axes = panels(figure)
        # From white to a blue that still carries dark writing in its paler half and white in the other.
        axes.pcolormesh(of_truth, cmap="Blues", vmin=0, vmax=1, edgecolor="white", linewidth=1)
        for row, column in np.ndindex(counts.shape):
            if counts[row, column]:
                axes.text(
                    column + 0.5,
                    row + 0.5,
                    f"{counts[row, column]}",
                    ha="center",
                    va="center",
                    weight="bold" if row == column else "normal",
                    color="white" if of_truth[row, column] > 0.5 else COLOURS["black"],
                )
        ticks = np.arange(len(names)) + 0.5
        axes.set_xticks(ticks, names, rotation=40, ha="right", rotation_mode="anchor")
        axes.set_yticks(ticks, names)
        axes.invert_yaxis()
        axes.grid(visible=False)
        axes.tick_params(length=0)
        axes.spines[:].set_visible(False)
        axes.set(xlabel="Called", ylabel="Truth")
    wrong = counts.astype(float).copy()
    np.fill_diagonal(wrong, 0)
    right = int(np.trace(counts))
    alt = f"Of {int(counts.sum())} simulated cases {right} are called rightly."
    if wrong.any():
        row, column = divmod(int(np.argmax(wrong)), len(names))
        alt += f" The commonest error: {names[row]} called {names[column]}, {counts[row, column]} times."
    for name, share in zip(names, of_truth.diagonal(), strict=True):
        alt += f" {name[0].upper() + name[1:]}: {share:.0%} called so."
    return CaptionedFigure(figure, caption, alt, small=False)
