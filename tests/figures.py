"""Whether every word of a figure can be read: large enough, inside the figure, and on nothing else."""

import itertools

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.legend import Legend
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.text import Text

SMALLEST = 11  # points: at 100 pixels to the inch as large as the page's own letters
SLACK = 1.5  # pixels of a letter's box, on each side, that are no ink
APART = 3  # pixels between the numbers of one axis
OPAQUE = 0.5  # what lets more through than that is shading, and hides no word


def assert_readable(figure, *, drawn=False):
    """Draw the figure, unless that is done, and name every word that is too small, cut off, or on something else."""
    if not drawn:
        FigureCanvasAgg(figure).draw()
    faults = list(find_faults(figure, figure.canvas.get_renderer()))
    assert not faults, "\n".join(faults)


def find_faults(figure, renderer):
    """Yield a sentence for each fault, with the names of the two things that are in each other's way."""
    words = [Word(text, renderer) for text in texts_of(figure)]
    legends = [Word(legend, renderer) for axes in shown_axes(figure) if (legend := axes.get_legend())]
    series = [Series(artist, name) for axes in shown_axes(figure) for artist, name in series_of(axes)]
    for word in words:
        if word.size < SMALLEST:
            yield f"{word} is smaller than {SMALLEST} pt"
        (left, low), (right, high) = word.corners.min(axis=0), word.corners.max(axis=0)
        if left < -0.5 or low < -0.5 or right > figure.bbox.width + 0.5 or high > figure.bbox.height + 0.5:
            yield f"{word} leaves the figure"
    for one, other in itertools.combinations(words, 2):
        if one.meets(other):
            yield f"{one} overlaps {other}"
    for legend, word in itertools.product(legends, words):
        if word.artist not in legend.artist.get_texts() and legend.meets(word):
            yield f"{legend} overlaps {word}"
    for box in [*(word for word in words if not word.on_paper(series)), *legends]:
        for each in series:
            if each.runs_through(box):
                yield f"{each} runs through {box}"
    for axes in shown_axes(figure):
        if axes.axison:
            for axis, along in ((axes.xaxis, 0), (axes.yaxis, 1)):
                labels = sorted(
                    (Word(text, renderer) for text in tick_labels(axis)), key=lambda word: word.middle[along]
                )
                for one, other in itertools.pairwise(labels):
                    if one.turned == other.turned == 0:
                        gap = other.corners[:, along].min() - one.corners[:, along].max()
                        if gap < (APART if along == 0 else 0):
                            yield f"{one} touches {other} on its axis"


def shown_axes(figure):
    return [axes for axes in figure.axes if axes.get_visible()]


def texts_of(figure):
    """Return all that is written on a figure and can be seen."""
    found = list(figure.texts)
    for axes in shown_axes(figure):
        found += [*axes.texts, axes.title, *(each for each in axes.get_children() if isinstance(each, Text))]
        if axes.axison:
            for axis in (axes.xaxis, axes.yaxis):
                found += [axis.label, *tick_labels(axis)]
        if axes.get_legend():
            found += axes.get_legend().get_texts()
    seen = {id(each): each for each in found if each.get_visible() and each.get_text().strip()}
    return list(seen.values())


def tick_labels(axis):
    """Return the numbers of an axis that lie within its limits."""
    low, high = sorted(axis.get_view_interval())
    slack = 1e-9 * (high - low)
    return [
        tick.label1
        for tick in (*axis.get_major_ticks(), *axis.get_minor_ticks())
        if low - slack <= tick.get_loc() <= high + slack and tick.label1.get_visible() and tick.label1.get_text()
    ]


def series_of(axes):
    """Yield what is drawn from data on axes, not squares of paper, and the lines at their edges, each with a name."""
    for artist in (*axes.lines, *axes.collections, *axes.patches):
        is_series = isinstance(artist, (Line2D, LineCollection, PathCollection, Rectangle))
        if is_series and artist.get_visible() and artist.get_gid() != "paper":
            label = str(artist.get_label())
            yield artist, type(artist).__name__ if label.startswith("_") else label
    if axes.axison:
        for side, spine in axes.spines.items():
            if spine.get_visible():
                yield spine, f"the axis on the {side}"


class Word:
    """Where a text, or a legend with all that is in it, stands: a rectangle that may be turned."""

    def __init__(self, artist, renderer):
        self.artist = artist
        self.size = artist.get_fontsize() if isinstance(artist, Text) else SMALLEST
        self.turned = artist.get_rotation() if isinstance(artist, Text) else 0
        box = artist.get_window_extent(renderer)
        self.middle = np.array([box.x0 + box.x1, box.y0 + box.y1]) / 2
        half = np.array([box.width, box.height]) / 2
        if self.turned % 90:  # the box is that of the turned text: measure it straight
            artist.set_rotation(0)
            straight = artist.get_window_extent(renderer)
            artist.set_rotation(self.turned)
            half = np.array([straight.width, straight.height]) / 2
        angle = np.radians(self.turned if self.turned % 90 else 0)
        self.half = np.maximum(half - SLACK, 0.1)
        self.axes = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
        self.corners = self.middle + (np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * self.half) @ self.axes

    def __str__(self):
        if isinstance(self.artist, Legend):
            return f"the legend {[text.get_text() for text in self.artist.get_texts()]}"
        return repr(self.artist.get_text())

    def meets(self, other):
        """Whether two rectangles overlap: no line along a side of either one parts them."""
        for axis in (*self.axes, *other.axes):
            one, two = self.corners @ axis, other.corners @ axis
            if one.max() <= two.min() or two.max() <= one.min():
                return False
        return True

    def on_paper(self, series):
        """Whether it has a background of its own: a box, or a mark of a series that it stands in."""
        patch = self.artist.get_bbox_patch() if isinstance(self.artist, Text) else None
        if patch is not None and patch.get_visible() and patch.get_facecolor()[3] > OPAQUE:
            return True
        return any(each.holds(self) for each in series)

    def inside(self, points):
        """Return points as seen from the middle, along the sides and in halves of them: within 1 is inside."""
        return (points - self.middle) @ self.axes.T


class Series:
    """A line, marks or bars as drawn: segments, and ellipses about points, in pixels."""

    def __init__(self, artist, name):
        self.artist, self.name = artist, name
        self.segments, self.width = np.empty((0, 2, 2)), 0.0
        self.marks, self.radii = np.empty((0, 2)), np.empty((0, 2))
        pixels = artist.get_figure(root=True).dpi / 72
        if isinstance(artist, LineCollection):
            paths = [artist.get_transform().transform(each) for each in artist.get_segments() if len(each)]
            self.segments = np.concatenate([_segments(path) for path in paths] or [self.segments])
            self.width = pixels * np.max(artist.get_linewidths(), initial=0)
        elif isinstance(artist, PathCollection):
            self.marks = artist.get_offset_transform().transform(np.asarray(artist.get_offsets()))
            outline = artist.get_paths()[0].get_extents()
            half = np.array([outline.width, outline.height]) / 2
            sizes = np.sqrt(artist.get_sizes())[:, np.newaxis]
            self.radii = np.broadcast_to(pixels * sizes * half, self.marks.shape)
        elif isinstance(artist, Rectangle):
            if artist.get_facecolor()[3] > OPAQUE:
                corners = artist.get_transform().transform(artist.get_path().vertices[[0, 1, 2, 3, 0]])
                self.segments = _segments(corners)
        else:  # a line, or an edge of the axes
            path = artist.get_transform().transform_path(artist.get_path())
            if artist.get_linestyle() not in ("None", " ", ""):
                self.segments, self.width = _segments(path.vertices), pixels * artist.get_linewidth()
            if getattr(artist, "get_marker", lambda: None)() not in (None, "None", " ", ""):
                self.marks = path.vertices[np.isfinite(path.vertices).all(axis=1)]
                self.radii = np.full(self.marks.shape, pixels * artist.get_markersize() / 2)
        if artist.get_clip_on() and artist.axes is not None:
            self._clip(artist.axes.bbox)

    def __str__(self):
        return self.name

    def _clip(self, box):
        low, high = np.array([box.x0, box.y0]) - 0.5, np.array([box.x1, box.y1]) + 0.5
        seen = np.all((self.marks >= low) & (self.marks <= high), axis=1)
        self.marks, self.radii = self.marks[seen], self.radii[seen]
        self.segments = _clipped(self.segments, low, high)

    def runs_through(self, word):
        """Whether a part of it lies on a word or a legend."""
        half = word.half + self.width / 2
        ends = word.inside(self.segments.reshape(-1, 2)).reshape(-1, 2, 2)
        if len(_clipped(ends, -half, half)):
            return True
        away = np.maximum(np.abs(word.inside(self.marks)) - word.half, 0)
        return bool(np.any(np.hypot(*(away / np.maximum(self.radii - 0.5, 0.1)).T) < 1))

    def holds(self, word):
        """Whether a word stands in one of its marks, or in a bar."""
        if isinstance(self.artist, PathCollection):
            far = np.abs(self.marks - word.middle).max(axis=1, initial=0)
            return bool(np.any((far < 2) & (self.radii > word.half).all(axis=1)))
        if isinstance(self.artist, Rectangle) and len(self.segments):
            corners = self.segments.reshape(-1, 2)
            return bool(
                np.all(corners.min(axis=0) <= word.corners.min(axis=0))
                and np.all(corners.max(axis=0) >= word.corners.max(axis=0))
            )
        return False


def _segments(path):
    """Return the pieces of a path that has gaps where it is not finite, (pieces, 2, 2)."""
    pieces = np.stack([path[:-1], path[1:]], axis=1)
    return pieces[np.isfinite(pieces).all(axis=(1, 2))]


def _clipped(segments, low, high):
    """Return the parts of segments that lie within a box, by Liang and Barsky's method."""
    start, along = segments[:, 0], segments[:, 1] - segments[:, 0]
    with np.errstate(divide="ignore", invalid="ignore"):
        crossings = np.stack([(low - start) / along, (high - start) / along])
    still = along == 0
    outside = still & ((start < low) | (start > high))
    enter = np.where(still, 0, crossings.min(axis=0)).max(axis=1, initial=0)
    leave = np.where(still, 1, crossings.max(axis=0)).min(axis=1, initial=1)
    seen = (enter < leave) & ~outside.any(axis=1)
    ends = np.stack([enter, leave], axis=1)[seen, :, np.newaxis]
    return start[seen, np.newaxis] + ends * along[seen, np.newaxis]
