"""One look for every picture of the course."""

import base64
import html
import io
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import LinearSegmentedColormap, to_rgb
from matplotlib.figure import Figure
from PIL import Image

COLOURS = {
    "blue": "#0072B2",
    "orange": "#D55E00",
    "green": "#009E73",
    "black": "#000000",
    "grey": "#767676",
}
"""Okabe and Ito's colours, which people with any kind of colour vision can tell apart, and a grey."""

SIGNED_COLOURS = LinearSegmentedColormap.from_list("signed", ["#3C93C8", "#FFFFFF", "#EE8A3C"])
"""From blue for what is below 0 over white to orange for what is above it; black letters can be read on each."""

SHADE = 0.3
"""How opaque an area is that is told apart by its grey: dense enough for a dark page, too."""

PIXELS_PER_INCH = 100

LETTERS, HEADLINES = 11, 12
"""Points: at 100 pixels to the inch, letters in a picture are as large as those of the page around it."""

_STYLE: dict[Any, Any] = {
    "axes.axisbelow": True,
    "axes.edgecolor": "#444444",
    "axes.grid": True,
    "axes.labelsize": LETTERS,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "font.family": "DejaVu Sans",
    "font.size": LETTERS,
    "grid.color": "#DDDDDD",
    "grid.linewidth": 0.8,
    "legend.frameon": False,
    "legend.fontsize": LETTERS,
    "lines.linewidth": 2.5,
    "xtick.labelsize": LETTERS,
    "ytick.labelsize": LETTERS,
}

LINE_STYLES = (("orange", "-"), ("black", "--"), ("green", "-."))
"""Colours and dashes that can be told apart, for the lines of one picture in their order."""

DARK_THEME = (Path(__file__).parent / "dark_theme.css").read_text(encoding="utf-8").strip()
"""The style sheet by which pictures that follow the theme, and say so by their class, are dark on a dark page."""

SMALL_WIDTH = 444
"""Pixels of a picture in the output of a cell, in a window of 900 by 720; whole millimetres of ECG paper."""

_NARROW = 600  # pixels
_SMALL_WINDOW = 1040  # pixels: beside JupyterLab's list of files it has less room for a picture than that


def course_style() -> AbstractContextManager[None]:
    """Return the context in which pictures are drawn: `with course_style(): …`."""
    return mpl.rc_context(_STYLE)


def ink(colour: Any) -> tuple[float, ...]:
    """Return a darker shade of a line's colour, for letters: they are thinner than lines, and need more contrast."""
    return tuple(0.8 * each for each in to_rgb(colour))


def new_figure(width: float = 8.0, height: float = 3.8) -> Figure:
    """Make an empty figure of `width` by `height` inches, with 100 pixels to the inch."""
    figure = Figure(figsize=(width, height), dpi=PIXELS_PER_INCH, facecolor="white")
    FigureCanvasAgg(figure)
    return figure


def is_narrow(figure: Figure) -> bool:
    """Whether a figure is shown in a small window, where two panels side by side have room for few words."""
    return figure.bbox.width < _NARROW


def signed(number: float, decimals: int = 1) -> str:
    """Write a number with its sign, a true minus where it is negative; what rounds to 0 has none."""
    return f"{number:+.{decimals}f}".replace("-", "−") if round(number, decimals) else "0"


def unsigned(number: float, decimals: int = 1) -> str:
    """Write a number without a plus, a true minus where it is negative; what rounds to 0 has none."""
    return f"{round(number, decimals) + 0:.{decimals}f}".replace("-", "−")


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

    Args:
        figure: the picture.
        caption: one or two sentences below it.
        alt: what it shows.
        small: the picture for a small window; True for the same axes, if they are of `panels`, made narrower.
    """

    figure: Figure
    caption: str
    alt: str
    small: Figure | bool = True

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        alt, caption = html.escape(self.alt, quote=True), html.escape(self.caption)
        width = int(self.figure.get_figwidth() * PIXELS_PER_INCH)
        small = self._small_png()
        source = f'<source media="(max-width:{_SMALL_WINDOW}px)" srcset="{_embedded(small)}">' if small else ""
        theme = ' class="course-follows-theme"' if follows_theme(self.figure) else ""
        return {
            "text/plain": f"[figure] {self.caption} {self.alt}",
            "text/html": (
                f'<style>{DARK_THEME}</style><figure style="margin:0;max-width:{width}px"><picture>{source}'
                f'<img src="{_embedded(to_png(self.figure))}" alt="{alt}"{theme}'
                ' style="max-width:100%;height:auto;background:white">'
                f"</picture><figcaption>{caption}</figcaption></figure>"
            ),
        }

    def _small_png(self) -> bytes | None:
        if isinstance(self.small, Figure):
            return to_png(self.small)
        if not self.small or is_narrow(self.figure) or self.figure.get_layout_engine() is None:
            return None
        with narrowed(self.figure):
            return to_png(self.figure)


@contextmanager
def narrowed(figure: Figure) -> Iterator[None]:
    """Make a figure as narrow as a small window shows it: `with narrowed(figure): …`."""
    width, height = figure.get_size_inches()
    figure.set_size_inches(SMALL_WIDTH / PIXELS_PER_INCH, height)
    try:
        yield
    finally:
        figure.set_size_inches(width, height)


def follows_theme(figure: Figure) -> bool:
    """Whether a dark page may turn a figure dark: no picture in greys or colours of its own, as an echo or a stain."""
    images = [image for axes in figure.axes for image in axes.get_images()]
    return not any(image.get_cmap().is_gray() or np.asarray(image.get_array()).ndim == 3 for image in images)


def _embedded(png: bytes) -> str:
    return f"data:image/png;base64,{base64.b64encode(png).decode()}"
