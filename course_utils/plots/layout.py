"""Where things stand in a picture: axes, their numbers and names, headlines, keys and the names of lines.

Letters are as large as they are at every size of a figure, so it is the axes that make room for them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.layout_engine import LayoutEngine
from matplotlib.legend import Legend
from matplotlib.lines import Line2D
from matplotlib.text import Annotation, Text
from matplotlib.transforms import Affine2D, BboxBase

from course_utils.plots.style import COLOURS, HEADLINES, LETTERS, PIXELS_PER_INCH, ink

_EDGE, _BESIDE, _BELOW = 4, 14, 20  # pixels: round the figure, and between two panels
_OVER = 9  # pixels between axes and what stands above them: half of their uppermost number is there
_LINE, _HEADLINE = 19, 22  # pixels: one line of a key, and one of a headline
_MOST_MOVES = 5  # of the axes, until all words fit
_ABOUT = (60, 45, 10)  # pixels that numbers and names take to the left of axes, below and to the right
_AFTER_SIGN = 0.6  # letters from a sign in a key to its name
_NEXT = 16  # pixels between two columns of a key


def panels(
    figure: Figure,
    columns: int = 1,
    rows: Sequence[float] = (1,),
    *,
    headlines: int = 0,
    keys: int = 0,
    numbers: Sequence[float] = (),
) -> Any:
    """Mark an empty `figure` as simulated, and return its new axes: one, or an array of them.

    When the figure is drawn, the numbers and names of the axes get the room that they take. A name that is longer than
    there is room for is broken into lines.

    Args:
        figure: an empty figure.
        columns: how many axes side by side.
        rows: how high the axes below each other are, one to the other.
        headlines: how many lines of a `headline` there must be room for.
        keys: how many lines of a `key` that comes and goes there must be room for.
        numbers: the inches beside the axes of each column for numbers that are written by hand.
    """
    mark = figure.text(1, 0, "Simulated data", ha="right", va="bottom", rotation=90, color=COLOURS["grey"])
    axes = figure.subplots(len(rows), columns, squeeze=False)
    for each in axes.flat:
        each.tick_params(labelsize=LETTERS)  # else the style in force when it is drawn says how many numbers there are
    beside = [PIXELS_PER_INCH * each for each in numbers] or [0.0] * columns
    layout = _Layout(axes, np.divide(rows, sum(rows)), mark, headlines * _HEADLINE, keys * _LINE, beside)
    figure.set_layout_engine(layout)
    layout.place(figure, np.tile(_ABOUT, (*axes.shape, 1)))
    return axes[0, 0] if axes.size == 1 else axes.ravel()


def arrange(figure: Figure) -> None:
    """Give the axes of `panels` their final size now, for what is drawn to fit it."""
    if layout := figure.get_layout_engine():
        layout.execute(figure)


def headline(axes: Axes, text: str) -> Text:
    """Write a title at the upper edge of the figure, over `axes` and all that stands beside them, and return it."""
    written = axes.annotate(
        "",
        (0, 1),
        (0, 0),
        xycoords=("axes fraction", "figure fraction"),
        textcoords="offset pixels",
        fontsize=HEADLINES,
        va="top",
        linespacing=1.1,
    )
    layout = _layout(axes)
    layout.headlines[written] = axes, text
    layout.write(written)
    return written


def key(axes: Axes, handles: Sequence[Artist] | None = None, *, across: bool = False) -> Legend:
    """Write above `axes` what the lines and signs mean, in as many columns as there is room for, and return it.

    Args:
        axes: axes of `panels`.
        handles: what the key names, by its labels; without it, all on the axes that has a label.
        across: whether it has room above the panels to the right of these axes, too.
    """
    named = axes.get_legend_handles_labels()[0] if handles is None else list(handles)
    layout = _layout(axes)
    start, room = layout.column(axes)
    if across:
        room = layout.end - axes.bbox.x0 - start
    sign = 1.0 if all(isinstance(each, Line2D) and each.get_linestyle() == "None" for each in named) else 1.8
    before = (sign + _AFTER_SIGN) * LETTERS * PIXELS_PER_INCH / 72
    widths = [before + text_width(str(each.get_label()), LETTERS) for each in named]
    columns = next((n for n in range(len(named), 1, -1) if _key_width(widths, n) <= room), 1)
    legend = axes.legend(
        handles=named,
        ncols=columns,
        fontsize=LETTERS,
        frameon=False,
        loc="lower left",
        bbox_to_anchor=(0, 1),
        bbox_transform=axes.transAxes + Affine2D().translate(start, _OVER),
        borderaxespad=0,
        borderpad=0,
        handlelength=sign,
        handletextpad=_AFTER_SIGN,
        columnspacing=1.0,
        labelspacing=0.2,
    )
    layout.keys[axes] = _Key(legend, partial(key, axes, named, across=across), layout.column(axes))
    return legend


def name_lines(axes: Axes) -> list[Text]:
    """Write beside each line that has a name what it is, where nothing else is drawn, and return what was written."""
    dots = {line: _dots(line) for line in axes.get_lines() if np.size(line.get_xdata())}
    names: list[Text] = []
    for line, own in dots.items():
        name = str(line.get_label())
        if not name.startswith("_"):
            place = _free_place(axes.bbox, text_width(name, LETTERS), own, list(dots.values()), names)
            names.append(
                axes.annotate(
                    name,
                    place,
                    xycoords="figure pixels",
                    color=ink(line.get_color()),
                    ha="center",
                    va="center",
                    bbox={"facecolor": "white", "alpha": 0.8, "linewidth": 0, "pad": 0},
                )
            )
    return names


def _dots(line: Line2D) -> np.ndarray:
    """Return places all along a line, (n, 3): pixels to the right and upwards, and how wide it is there."""
    path = line.get_transform().transform(line.get_xydata())
    between = np.linspace(0, 1, 30)[:, np.newaxis, np.newaxis]
    dots = np.concatenate([path, (path[:-1] + between * np.diff(path, axis=0)).reshape(-1, 2)])
    wide = max(line.get_linewidth(), line.get_markersize() if line.get_marker() != "None" else 0)
    return np.column_stack([dots, np.full(len(dots), wide * PIXELS_PER_INCH / 72 / 2)])


def _free_place(box: BboxBase, width: float, own: np.ndarray, lines: list[np.ndarray], names: list[Text]) -> Any:
    """Return where in a box a name is free of all lines and other names, and nearest to its own line."""
    half = np.array([width + _EDGE, 15]) / 2
    sides = [np.linspace(low + each, high - each, 25) for low, high, each in zip(box.p0, box.p1, half, strict=True)]
    places = np.stack(np.meshgrid(*sides), axis=-1).reshape(-1, 1, 2)

    def away(dots: np.ndarray) -> np.ndarray:
        return (np.hypot(*np.maximum(np.abs(places - dots[:, :2]) - half, 0).T).T - dots[:, 2]).min(axis=1)

    from_others = [away(each) for each in lines if each is not own]
    for name in names:
        taken = np.array([text_width(name.get_text(), LETTERS), _LINE]) / 2 + half
        from_others.append(np.max(np.abs(places[:, 0] - name.xy) - taken, axis=1))  # type: ignore[attr-defined]
    from_own, from_others = away(own), np.min(from_others, axis=0)
    clear = np.minimum(np.minimum(from_own, from_others), 2)
    return places[np.argmin(from_own + np.maximum(from_own - from_others, 0) - 1000 * clear), 0]


def _key_width(widths: Sequence[float], columns: int) -> float:
    """Return the pixels that a key takes: its columns are filled one after the other."""
    return sum(max(each) for each in np.array_split(widths, columns)) + _NEXT * (columns - 1)


class _Layout(LayoutEngine):
    """Gives numbers and names as much room as they take, and the axes the rest, when the figure is drawn."""

    _adjust_compatible, _colorbar_gridspec = True, False

    def __init__(
        self,
        grid: np.ndarray,
        heights: np.ndarray,
        mark: Text,
        headlines: float,
        keys: float,
        beside: Sequence[float],
    ) -> None:
        super().__init__()
        self.headlines: WeakKeyDictionary[Annotation, tuple[Axes, str]] = WeakKeyDictionary()
        self.keys: dict[Axes, _Key] = {}
        self._grid, self._heights, self._mark, self._beside = grid, heights, mark, beside
        self._room_for_headlines, self._room_for_keys = headlines, keys
        self._columns: list[tuple[float, float]] = []

    def column(self, axes: Axes) -> tuple[float, float]:
        """Return where the words of some axes may begin, in pixels from the axes, and how much room there is."""
        begin, end = self._columns[int(np.argwhere(self._grid == axes)[0, 1])]
        return begin - axes.bbox.x0, end - begin

    @property
    def end(self) -> float:
        """Where the words of the last column end, in pixels from the figure's left side."""
        return self._columns[-1][1]

    def write(self, written: Annotation) -> None:
        """Break a headline into lines, and put it in its place."""
        axes, text = self.headlines[written]
        start, room = self.column(axes)
        written.set_text(wrapped(text, room, HEADLINES))
        written.set_position((start, -_EDGE))

    def execute(self, fig: Figure) -> None:
        """Move the axes, and break words into lines, until all of them fit."""
        before = self._height_of_keys()
        self._fit(fig)
        for axes, old in self._alive().items():
            if not np.allclose(old.place, self.column(axes), atol=0.1):
                old.write()
        if self._height_of_keys() != before:
            self._fit(fig)
        for written in self.headlines:
            if written.axes is not None:
                self.write(written)

    def _fit(self, figure: Figure) -> None:
        """Move the axes until they leave as much free as is taken; their size says which numbers stand on them."""
        renderer = figure.canvas.get_renderer()  # type: ignore[attr-defined]
        taken = np.tile(_ABOUT, (*self._grid.shape, 1))
        for move in range(_MOST_MOVES):
            self.place(figure, taken)
            now = np.array([[_taken(axes, renderer) for axes in row] for row in self._grid])
            if move > 1:  # it may go to and fro between two ways to break a name
                now = np.maximum(now, taken)
            if np.allclose(now, taken, atol=0.1):
                break
            taken = now

    def place(self, figure: Figure, taken: np.ndarray) -> None:
        """Move the axes to leave free the pixels that are taken to the left, below and to the right of each."""
        width, height = figure.bbox.size
        left = np.maximum(taken[:, :, 0].max(axis=0), self._beside) + _EDGE
        below = taken[:, :, 1].max(axis=1)
        right = taken[:, :, 2].max(axis=0)
        mark = _LINE + 2 * _EDGE
        right[-1] = max(right[-1], mark)
        keys = max(self._room_for_keys, self._height_of_keys())
        top = height - _EDGE - self._room_for_headlines - keys - _OVER
        wide = (width - left.sum() - right.sum() - _BESIDE * (len(left) - 1)) / len(left)
        high = (top - below.sum() - _EDGE - _BELOW * (len(below) - 1)) * self._heights
        begins = np.cumsum([0, *(left + wide + right + _BESIDE)[:-1]])
        ends = [*(begins[1:] - _BESIDE / 2), width - mark]
        self._columns = list(zip(begins + _EDGE, ends, strict=True))
        for column, begin in enumerate(begins):
            y = top
            for row, under in enumerate(below):
                axes = self._grid[row, column]
                bounds = np.array([begin + left[column], y - high[row], wide, high[row]])
                axes.set_position(bounds / [width, height, width, height])
                y -= high[row] + under
                _break_names(axes, *self._columns[column], y)
                y -= _BELOW
        self._mark.set_position((1 - _EDGE / 2 / width, (_EDGE + below[-1]) / height))

    def _height_of_keys(self) -> float:
        return max((round(each.legend.get_window_extent().height) for each in self._alive().values()), default=0)

    def _alive(self) -> dict[Axes, "_Key"]:
        return {axes: each for axes, each in self.keys.items() if axes.get_legend() is each.legend}


@dataclass(frozen=True)
class _Key:
    legend: Legend
    write: Callable[[], Legend]
    place: tuple[float, float]  # where it began from the axes when it was written, and its room, in pixels


def _layout(axes: Axes) -> _Layout:
    figure = axes.get_figure(root=True)
    layout = figure and figure.get_layout_engine()
    if not isinstance(layout, _Layout):
        raise TypeError("Headlines and keys stand above axes of panels().")
    return layout


def _taken(axes: Axes, renderer: RendererAgg) -> tuple[float, float, float]:
    """Return the pixels that numbers and names take to the left of axes, below them, and to the right."""
    if not axes.axison:
        return 0.0, 0.0, 0.0
    whole = [axis.get_tightbbox(renderer) for axis in (axes.xaxis, axes.yaxis)]
    x0, y0, x1, _ = axes.bbox.extents
    numbers = [
        label.get_window_extent(renderer)
        for label in axes.get_xticklabels()
        if label.get_text() and x0 - 1 <= label.get_transform().transform(label.get_position())[0] <= x1 + 1
    ]
    return (
        x0 - min([x0, *(box.x0 for box in (*numbers, whole[1]) if box)]),
        y0 - min([y0, *(box.y0 for box in whole if box)]),
        max([x1, *(box.x1 for box in numbers)]) - x1,
    )


def _break_names(axes: Axes, begin: float, end: float, floor: float) -> None:
    """Break the names of axes into lines, and move them so that they stay between two sides and above a floor."""
    x0, y0, x1, y1 = axes.bbox.extents
    for label, low, high, first, last, set_place in (
        (axes.xaxis.label, begin, end, x0, x1, axes.xaxis.label.set_x),
        (axes.yaxis.label, floor, y1, y0, y1, axes.yaxis.label.set_y),
    ):
        text = wrapped(label.get_text(), high - low)
        label.set_text(text)
        half = max(text_width(line, LETTERS) for line in text.split("\n")) / 2
        middle = min(max((first + last) / 2, low + half), max(high - half, low + half))
        set_place((middle - first) / (last - first))


def wrapped(text: str, room: float, size: float = LETTERS) -> str:
    """Return a text in lines that are no wider than so many pixels, if its words are not."""
    lines: list[str] = []
    for word in text.split():
        if lines and text_width(f"{lines[-1]} {word}", size) <= room:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return "\n".join(lines)


@lru_cache(maxsize=4096)
def text_width(text: str, size: float) -> float:
    """Return how many pixels wide a text is."""
    renderer = RendererAgg(1, 1, PIXELS_PER_INCH)
    return renderer.get_text_width_height_descent(text, FontProperties(family="DejaVu Sans", size=size), ismath=False)[
        0
    ]
