"""How a loss falls while a model learns."""

from collections.abc import Sequence

from course_utils.plots.layout import key, panels
from course_utils.plots.style import COLOURS, CaptionedFigure, course_style, new_figure

_TICKS = [tick * 10**power for power in range(5) for tick in (1, 3)]


def plot_steps(losses: Sequence[float], floor: float, *, loss: str, floor_name: str, caption: str) -> CaptionedFigure:
    """Show how a loss falls from step to step; over a wide range the axis is logarithmic.

    Args:
        losses: the loss before the first step and after each one.
        floor: the loss that no model of these inputs falls below.
        loss: what the loss is, with its unit.
        floor_name: what the floor comes from.
        caption: one or two sentences that say what to see.
    """
    figure = new_figure()
    with course_style():
        axes = panels(figure)
        axes.plot(range(len(losses)), losses, "o-", color=COLOURS["orange"], markersize=4, label="your model")
        axes.axhline(floor, color=COLOURS["black"], linestyle="--", label=f"{floor_name}, {floor:,.4g}")
        axes.set(xlabel="Steps taken", ylabel=loss, ylim=(0, 1.1 * max(losses)))
        if max(losses) > 10 * floor:
            axes.set(yscale="log", ylim=(0.8 * floor, 1.3 * max(losses)))
            axes.set_yticks([tick for tick in _TICKS if 0.8 * floor < tick < 1.3 * max(losses)])
            axes.yaxis.set_major_formatter("{x:,.0f}")
            axes.minorticks_off()
        key(axes)
    alt = (
        f"{loss}: from {losses[0]:,.2f} to {losses[-1]:,.2f} in {len(losses) - 1} steps. A dashed line at {floor:,.2f} "
        f"stands for {floor_name}."
    )
    return CaptionedFigure(figure, caption, alt)
