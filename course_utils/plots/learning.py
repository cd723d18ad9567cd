"""How the loss of a network falls, epoch by epoch."""

from collections.abc import Sequence

from matplotlib.ticker import MaxNLocator

from course_utils.plots.layout import key, panels
from course_utils.plots.style import COLOURS, CaptionedFigure, course_style, new_figure


def plot_learning(
    training: Sequence[float], validation: Sequence[float] = (), *, epochs: int, caption: str
) -> CaptionedFigure:
    """Show the loss after each epoch, for the cases learned from and for others.

    Args:
        training: mean loss of each epoch so far, one or more.
        validation: the same for cases that the network does not learn from, or nothing.
        epochs: how many epochs there will be.
        caption: one or two sentences that say what to see.
    """
    figure = new_figure(height=3.2)
    with course_style():
        axes = panels(figure)
        alt = []
        for losses, colour, dash, name in (
            (training, "blue", "o-", "training"),
            (validation, "orange", "s--", "validation"),
        ):
            if losses:
                axes.plot(range(1, len(losses) + 1), losses, dash, color=COLOURS[colour], markersize=4, label=name)
                alt.append(f"{name} loss from {losses[0]:.3g} to {losses[-1]:.3g}")
        axes.set(
            xlim=(0.5, epochs + 0.5), xlabel="Epochs", ylabel="Loss", ylim=(0, 1.1 * max([*training, *validation]))
        )
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        if len(alt) > 1:
            key(axes)
    return CaptionedFigure(figure, caption, f"After {len(training)} of {epochs} epochs: {'; '.join(alt)}.")
