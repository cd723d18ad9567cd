"""Step one kernel over a drawing, and watch its feature map fill (chapter 07)."""

from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from course_utils.plots import COLOURS, SIGNED_COLOURS, headline, is_narrow, panels, signed, unsigned
from course_utils.plots.layout import text_width
from course_utils.plots.style import LETTERS
from course_utils.widgets._drawings import BEST, KERNELS, PLACES, READY, SIDE, ink_of, match_everywhere, pad_controls
from course_utils.widgets.explorer import Button, Choice, Explorer, Result, Slider, State
from data_generators import LINE_KERNELS

_LAST = PLACES**2
_NAMES = tuple(LINE_KERNELS)


def explore_convolution(**start: Any) -> Explorer:
    """Show a drawing with a 3 × 3 kernel on it, the nine products there, and the feature map as far as it is filled.

    Args:
        start: values to begin with: `drawing` (the value of a pad), `kernel` (one of `LINE_KERNELS`) and `place` (1 to
            676, how many places the kernel has come to, row by row).

    Returns:
        An Explorer; its `result` has "ink" (28, 28), from 0 to 1, "map" (26, 26), the match at each place, "row" and
        "column" of the kernel's upper left corner, "products" (3, 3), "match", their sum, and "good", at how many
        places of the whole map it matches at least half as well as at its best; 0 without any match.
    """
    return Explorer(
        title="Step a kernel over a drawing",
        controls=[
            *pad_controls(("Nought", "Cross", "Plus", "Clear")),
            Choice(name="kernel", label="Kernel for lines", options=_NAMES, value="vertical"),
            Button(name="step", label="One step", change=lambda state: _forward(state, 1)),
            Button(name="down", label="One row", change=lambda state: _forward(state, PLACES)),
            Button(name="end", label="To the end", change=lambda state: {"place": _LAST}),
            Slider(
                name="place", label="The kernel stands at place", minimum=1, maximum=_LAST, step=1, value=318, unit=""
            ),
        ],
        compute=compute,
        frame=frame,
        draw=draw,
        describe=describe,
        size=(8.0, 3.2),
        guess=Slider(
            name="guess",
            label="The kernel for vertical lines passes over the whole nought. At how many of the 676 places will it "
            "match at least half as well as at its best?",
            minimum=0,
            maximum=300,
            step=1,
            value=150,
            unit="",
        ),
        touch=_touch,
        start=start,
    )


def _forward(state: State, places: int) -> State:
    return {"place": min(state["place"] + places, _LAST)}


def _touch(state: State, axes: Axes, x: float, y: float) -> State:
    if axes.get_label() == "products":
        return {}
    row, column = (int(np.clip(round(each) - (axes.get_label() == "drawing"), 0, PLACES - 1)) for each in (y, x))
    return {"place": row * PLACES + column + 1}


def compute(*, drawing: str, kernel: str, place: float, guess: float | None) -> Result:
    """Lay the kernel on each place of the drawing."""
    ink, weights = ink_of(drawing), KERNELS[_NAMES.index(kernel)]
    matches = match_everywhere(ink, weights[np.newaxis])[0].round(1)  # they are whole tenths
    row, column = divmod(int(place) - 1, PLACES)
    products = (weights * ink[row : row + 3, column : column + 3]).round(1)
    return {
        "ink": ink,
        "map": matches,
        "row": row,
        "column": column,
        "weights": weights,
        "products": products,
        "match": float(matches[row, column]),
        "good": int(np.sum(matches >= matches.max() / 2)) if matches.max() > 0 else 0,
    }


def frame(figure: Figure) -> Any:
    """Draw empty squares for the drawing, the nine products and the map."""
    drawing, products, filled = panels(figure, 3, headlines=2)
    for axes, name, side in ((drawing, "drawing", SIDE), (products, "products", 3), (filled, "map", PLACES)):
        edge = 0.5 + side / 50  # so that no pixel lies on the frame
        axes.set(xlim=(-edge, side - 1 + edge), ylim=(side - 1 + edge, -edge), xticks=[], yticks=[], label=name)
        axes.set_aspect("equal", anchor="N")
        axes.grid(visible=False)
        axes.spines[:].set(visible=True, color=COLOURS["grey"])
    return drawing, products, filled


def draw(axes: Any, state: State, result: Result) -> list[Artist]:
    """Draw where the kernel stands, what it multiplies there, and the map up to this place."""
    drawing, products, filled = axes
    row, column = result["row"], result["column"]
    reached = np.arange(_LAST).reshape(PLACES, PLACES) < state["place"]
    matches = np.ma.masked_where(~reached, result["map"])
    centres, places = np.arange(SIDE), np.arange(PLACES)
    narrow = is_narrow(drawing.get_figure())
    drawn: list[Artist] = [
        drawing.pcolormesh(centres, centres, result["ink"], cmap="Greys", vmin=0, vmax=1),
        _box(drawing, column - 0.5, row - 0.5, 3),
        filled.pcolormesh(places, places, matches, cmap=SIGNED_COLOURS, vmin=-BEST, vmax=BEST),
        _box(filled, column - 0.5, row - 0.5, 1),
        products.pcolormesh(
            range(3), range(3), result["products"], cmap=SIGNED_COLOURS, vmin=-3, vmax=3, edgecolor=COLOURS["grey"]
        ),
        headline(drawing, "Drawing"),
        headline(products, f"{'Sum' if narrow else 'Sum of nine products'}: {unsigned(result['match'])}"),
        headline(filled, "Map" if narrow else f"Map: {state['place']:.0f} of {_LAST} places"),
    ]
    under = result["ink"][row : row + 3, column : column + 3]
    times = _times(products)
    for (down, right), product in np.ndenumerate(result["products"]):
        words = unsigned(product)
        if times:
            words = f"{unsigned(result['weights'][down, right], 0)}{times}{under[down, right]:.1f}\n= {words}"
        drawn.append(products.text(right, down, words, ha="center", va="center", color=COLOURS["black"]))
    return drawn


def _times(axes: Axes) -> str | None:
    """Return the sign between two factors that fits into a square of `axes` with them, None where none does."""
    room = min(axes.bbox.size) / float(np.ptp(axes.get_xlim())) - 4  # pixels, the lines round it left out
    return next((sign for sign in (" × ", "×") if text_width(f"−1{sign}0.0", LETTERS) <= room), None)


def _box(axes: Axes, left: float, top: float, side: float) -> Rectangle:
    box = Rectangle((left, top), side, side, fill=False, edgecolor=COLOURS["orange"], linewidth=2.5)
    axes.add_patch(box)
    return box


def describe(state: State, result: Result) -> str:
    """Say where the kernel stands and how well it matches there, and at the end what the whole map shows."""
    sums = " ".join(signed(each) for each in result["products"].ravel() if each).removeprefix("+")
    sentence = (
        f"Row {result['row'] + 1}, column {result['column'] + 1}: {sums or 'nothing but 0'} makes "
        f"{unsigned(result['match'])}. "
    )
    if state["place"] < _LAST:
        return f"{sentence}{state['place']:.0f} of {_LAST} places are filled."
    if not result["good"]:
        return f"{sentence}Nowhere does the drawing match."
    sentence += (
        f"The best match of the whole map is {unsigned(result['map'].max())}; {result['good']} of {_LAST} places match "
        "at least half as well."
    )
    if state["guess"] is not None and state["drawing"] == READY["Nought"] and state["kernel"] == "vertical":
        sentence += f" You guessed {state['guess']:.0f}."
    return sentence
