"""One look for every picture of the course."""

import base64
import html
import io
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text
from PIL import Image

COLOURS = {
    "blue": "#0072B2",
    "orange": "#D55E00",
    "green": "#009E73",
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

LINE_STYLES = (("orange", "-"), ("black", "--"), ("green", "-."))
"""Colours and dashes that can be told apart, for the lines of one picture in their order."""


def course_style() -> AbstractContextManager[None]:
    """Return the context in which pictures are drawn: `with course_style(): …`."""
    return mpl.rc_context(_STYLE)


def new_figure(width: float = 8.0, height: float = 3.8) -> Figure:
    """Make an empty figure of `width` by `height` inches, with 100 pixels to the inch."""
    return Figure(figsize=(width, height), dpi=PIXELS_PER_INCH, facecolor="white")


def panels(figure: Figure, columns: int = 1, *, left: float = 0.85) -> Any:
    """Mark an empty `figure` as simulated, and return its new axes: one, or an array of `columns` side by side.

    Args:
        figure: an empty figure.
        columns: how many axes.
        left: the margin for names and numbers on the left, in inches.
    """
    width, height = figure.get_size_inches()
    # Margins are fixed, in inches, so that pictures of one size have their axes at one place.
    figure.subplots_adjust(
        left=left / width, right=1 - 0.15 / width, bottom=0.72 / height, top=1 - 0.4 / height, wspace=0.26
    )
    figure.text(1 - 0.1 / width, 0.06 / height, "Simulated data", ha="right", fontsize=9, color=COLOURS["grey"])
    return figure.subplots(1, columns)


def headline(axes: Any, text: str) -> Text:
    """Write a title that changes over `axes`, and return it."""
    return axes.annotate(text, (0, 1), (0, 6), xycoords="axes fraction", textcoords="offset points", fontsize=13)


def signed(number: float, decimals: int = 1) -> str:
    """Write a number with its sign, a true minus where it is negative; 0 has none."""
    return f"{number:+.{decimals}f}".replace("-", "−") if number else "0"


def to_png(figure: Figure) -> bytes:
    """Return the figure, drawn anew, as the bytes of a PNG picture."""
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return encode(canvas)


def encode(canvas: FigureCanvasAgg) -> bytes:
    """Return what is drawn on `canvas` as the bytes of a PNG picture."""
    picture = Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB")
    buffer = io.BytesIO()
    picture.save(buffer, format="png", compress_level=1)
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
