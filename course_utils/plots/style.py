"""One look for every picture of the course."""

import base64
import html
import io
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

import matplotlib as mpl
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

COLOURS = {
    "blue": "#0072B2",
    "orange": "#D55E00",
    "green": "#009E73",
    "pink": "#CC79A7",
    "black": "#000000",
    "grey": "#767676",
}
"""Okabe and Ito's colours, which people with any kind of colour vision can tell apart, and a grey."""

_STYLE: dict[Any, Any] = {
    "axes.axisbelow": True,
    "axes.edgecolor": "#444444",
    "axes.grid": True,
    "axes.labelsize": 12,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlelocation": "left",
    "axes.titlesize": 13,
    "font.family": "DejaVu Sans",
    "font.size": 12,
    "grid.color": "#DDDDDD",
    "grid.linewidth": 0.8,
    "legend.frameon": False,
    "legend.fontsize": 11,
    "lines.linewidth": 2.5,
    "xtick.labelsize": 11,
    "ytick.labelsize": 11,
}

PIXELS_PER_INCH = 100


def course_style() -> AbstractContextManager[None]:
    """Return the context in which pictures are drawn: `with course_style(): …`."""
    return mpl.rc_context(_STYLE)


def new_figure(width: float = 8.0, height: float = 3.8) -> Figure:
    """Make an empty figure of `width` by `height` inches, with 100 pixels to the inch."""
    figure = Figure(figsize=(width, height), dpi=PIXELS_PER_INCH, facecolor="white")
    FigureCanvasAgg(figure)
    return figure


def panels(figure: Figure, columns: int = 1) -> Any:
    """Empty `figure`, mark it as simulated, and return its axes: one, or an array of `columns` side by side."""
    figure.clear()
    width, height = figure.get_size_inches()
    # Margins are fixed, in inches: matplotlib's automatic layout doubles the time that a slider takes.
    figure.subplots_adjust(
        left=0.75 / width, right=1 - 0.15 / width, bottom=0.72 / height, top=1 - 0.4 / height, wspace=0.26
    )
    figure.text(1 - 0.1 / width, 0.06 / height, "Simulated data", ha="right", fontsize=9, color=COLOURS["grey"])
    return figure.subplots(1, columns)


def to_png(figure: Figure) -> bytes:
    """Return the figure as the bytes of a PNG picture."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", pil_kwargs={"compress_level": 1})
    return buffer.getvalue()


@dataclass(frozen=True, eq=False)
class CaptionedFigure:
    """A picture with a caption for everyone and a description for those who cannot see it.

    As the last line of a cell it shows itself, in a notebook as in a page made from it.
    """

    figure: Figure
    caption: str
    alt: str

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        png = base64.b64encode(to_png(self.figure)).decode()
        alt, caption = html.escape(self.alt, quote=True), html.escape(self.caption)
        width = int(self.figure.get_figwidth() * PIXELS_PER_INCH)
        return {
            "text/plain": f"[figure] {self.caption} {self.alt}",
            "text/html": (
                f'<figure style="margin:0;max-width:{width}px">'
                f'<img src="data:image/png;base64,{png}" alt="{alt}" style="width:100%;height:auto;background:white">'
                f"<figcaption>{caption}</figcaption></figure>"
            ),
        }
