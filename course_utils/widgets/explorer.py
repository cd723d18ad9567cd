"""The one way in which the course's interactive pictures work.

A widget is a list of controls and four functions: `compute`, `frame`, `draw` and `describe`. `Explorer` joins them to
the page: controls with names that a screen reader says, a picture with a description, a guess before the first move.
The page says how large the picture is shown, and it is drawn at that size.
"""

import base64
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import traitlets
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from course_utils.errors import explain
from course_utils.page import PageWidget, page_side
from course_utils.plots import DARK_THEME, PIXELS_PER_INCH, course_style, encode, follows_theme, new_figure

State = dict[str, Any]
Result = dict[str, Any]

_HERE = Path(__file__).parent

_LOCK = threading.RLock()  # JupyterLab may deliver a slider's message on a second thread, and matplotlib has no lock


@dataclass(frozen=True, kw_only=True)
class Slider:
    """A number that the learner moves from `minimum` to `maximum`, shown with its `unit`.

    With `plays`, the milliseconds that each step is shown, it can also be played like a film, once or over and over.
    """

    name: str
    label: str
    minimum: float
    maximum: float
    step: float
    value: float
    unit: str
    decimals: int = 0
    plays: int | None = None


@dataclass(frozen=True, kw_only=True)
class Toggle:
    """A thing that is shown or hidden."""

    name: str
    label: str
    value: bool = False


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One of several `options`, each called by what it is."""

    name: str
    label: str
    options: tuple[str, ...]
    value: str


@dataclass(frozen=True, kw_only=True)
class Button:
    """A press that changes the state: `change` takes the state and returns the values that are new."""

    name: str
    label: str
    change: Callable[[State], State]


@dataclass(frozen=True, kw_only=True)
class Pad:
    """A square of `side` by `side` pixels to draw on, by pointer or by arrow keys, with a pen `stroke` pixels wide.

    Its value is a text, row by row: for each pixel the sign that stands so many places behind "0" as it has tenths of
    ink, from "0" for paper to ":" for ten.
    """

    name: str
    label: str
    side: int
    stroke: float
    value: str


Control = Slider | Toggle | Choice | Button | Pad


def steps_controls(most: int, *, leap: int = 10, leap_label: str = "Take ten steps") -> list[Control]:
    """Return the controls of what goes on in steps: one step, a leap of several, a new start, and where it is.

    The number of steps taken is the state's `steps`, from 0 to `most`.
    """

    def forward(steps: int, state: State) -> State:
        return {"steps": min(state["steps"] + steps, most)}

    return [
        Button(name="step", label="Take one step", change=partial(forward, 1)),
        Button(name="leap", label=leap_label, change=partial(forward, leap)),
        Button(name="restart", label="Start again", change=lambda state: {"steps": 0}),
        Slider(name="steps", label="Steps taken", minimum=0, maximum=most, step=1, value=0, unit=""),
    ]


def film_slider(label: str, frames: int, *, plays: int) -> Slider:
    """Return the control of a film, which can be played: the state's `frame`, from 1 to `frames`."""
    return Slider(
        name="frame", label=label, minimum=1, maximum=frames, step=1, value=1, unit=f"of {frames}", plays=plays
    )


class Handle:
    """One control of a shown explorer: read and set its `value`, as a slider does."""

    def __init__(self, explorer: "Explorer", name: str) -> None:
        self._explorer, self._name = explorer, name

    @property
    def value(self) -> Any:
        """The control's value now; to set it is to move the control."""
        return self._explorer.state[self._name]

    @value.setter
    def value(self, value: Any) -> None:
        self._explorer.set(**{self._name: value})


class Explorer(PageWidget):
    """An interactive picture.

    Args:
        title: what the picture is about; its name for a screen reader.
        controls: sliders, choices, toggles, buttons and pads, in the order of the page.
        compute: `compute(**state) -> result`, a dict; pure.
        frame: `frame(figure) -> axes`; draws, once for a size, what no control changes.
        draw: `draw(axes, state, result) -> artists`; draws the rest, and returns the artists that it added.
        describe: `describe(state, result) -> str`; what the picture says now, in one to three sentences.
        size: width and height of the picture in inches, where the page has room for it.
        guess: the number to commit to before the controls wake up: a slider with the name "guess" and the question as
            its label. Its answer is `state["guess"]`, None until then.
        touch: `touch(state, axes, x, y) -> state`, for a picture that can be touched: the values that are new after a
            touch at a place of one of its axes, in their units. The nearest value of its slider is taken. Whatever a
            touch does, a control must do as well, for those who use the keyboard.
        start: values to begin with instead of the controls' own.

    Attributes:
        controls: handles by name, each with a `value`.
        state: every value now, "guess" included where there is one.
        result: what `compute` returned.
        alt: what the picture says now.
        figure: the picture, as it is drawn now.

    Raises:
        ValueError: for a name that no control has, or a value outside its range.
    """

    _esm = page_side(_HERE / "explorer.js")
    _css = f"{page_side(_HERE / 'explorer.css')}\n{DARK_THEME}"

    page = traitlets.Dict().tag(sync=True)
    values = traitlets.Dict().tag(sync=True)
    picture = traitlets.Bytes().tag(sync=True)
    size = traitlets.List(traitlets.Int()).tag(sync=True)
    follows_theme = traitlets.Bool().tag(sync=True)
    alt = traitlets.Unicode().tag(sync=True)
    revision = traitlets.Int(0).tag(sync=True)

    def __init__(
        self,
        *,
        title: str,
        controls: Sequence[Control],
        compute: Callable[..., Result],
        frame: Callable[[Figure], Any],
        draw: Callable[[Any, State, Result], list[Artist]],
        describe: Callable[[State, Result], str],
        size: tuple[float, float],
        guess: Slider | None = None,
        touch: Callable[[State, Axes, float, float], State] | None = None,
        start: Mapping[str, Any],
    ) -> None:
        self._compute, self._frame, self._draw, self._describe, self._touch = compute, frame, draw, describe, touch
        self._inputs = {each.name: each for each in (*controls, guess) if each and not isinstance(each, Button)}
        self._buttons = {each.name: each for each in controls if isinstance(each, Button)}
        pixels = [round(side * PIXELS_PER_INCH) for side in size]
        with _LOCK:
            self._lay_out(*pixels)
        self.controls = {name: Handle(self, name) for name in self._inputs}
        self.state: State = {name: each.value for name, each in self._inputs.items()}
        if guess:
            self.state[guess.name] = None
        self.result: Result = {}
        super().__init__(
            page={
                "title": title,
                "controls": [_for_page(each) for each in controls],
                "guess": _for_page(guess) if guess else None,
                "size": pixels,
                "touchable": touch is not None,
            }
        )
        self.on_msg(self._on_page_message)
        self.set(**start)

    def set(self, **changes: Any) -> None:
        """Move controls by name, as the learner would, and draw anew. `guess=` commits the guess.

        Raises:
            ValueError: for a name that no control has, or a value outside its range; nothing is moved then.
        """
        checked = {name: self._checked(name, value) for name, value in changes.items()}
        with _LOCK:
            state = {**self.state, **checked}
            self._show(state, self._compute(**state))

    def press(self, name: str) -> None:
        """Press a button by its name.

        Raises:
            ValueError: if there is no such button.
        """
        if name not in self._buttons:
            raise ValueError(f"There is no button {name!r}; there are {', '.join(self._buttons) or 'none'}.")
        self.set(**self._buttons[name].change(self.state))

    def touch(self, right: float, down: float) -> None:
        """Touch the picture at these shares of its width and height, from the upper left; beside axes nothing moves.

        Raises:
            ValueError: if this picture cannot be touched.
        """
        if self._touch is None:
            raise ValueError("This picture cannot be touched; move its controls.")
        place = self.figure.transFigure.transform((right, 1 - down))
        changes: State = {}
        for axes in self.figure.axes:
            if axes.bbox.contains(*place):
                changes = self._touch(self.state, axes, *map(float, axes.transData.inverted().transform(place)))
        self.set(**{name: self._nearest(name, value) for name, value in changes.items()})

    def resize(self, width: int, height: int) -> None:
        """Draw the picture anew, 200 to 2,000 pixels wide and high; letters and lines stay as large as they are."""
        with _LOCK:
            self._lay_out(*(min(max(round(side), 200), 2000) for side in (width, height)))
            self._show(self.state, self.result)

    def still(self) -> dict[str, str]:
        """Return the picture and what it says."""
        png = base64.b64encode(self.picture).decode()
        return {"text/plain": f"[interactive picture] {self.alt}", "image/png": png}

    def _lay_out(self, width: int, height: int) -> None:
        """Begin the figure anew with what no control changes: that takes most of the time, so it is kept."""
        with course_style():
            self.figure = new_figure(width / PIXELS_PER_INCH, height / PIXELS_PER_INCH)
            self._artists: list[Artist] = []
            self._axes = self._frame(self.figure)
            self._canvas = FigureCanvasAgg(self.figure)
            self._canvas.draw()
            self._background = self._canvas.copy_from_bbox(self.figure.bbox)
        self._pixels = [width, height]

    def _show(self, state: State, result: Result) -> None:
        alt = self._describe(state, result)
        picture = self._paint(state, result)
        self.state, self.result = state, result
        with self.hold_sync():
            self.values, self.picture, self.size, self.alt = dict(state), picture, self._pixels, alt
            self.follows_theme = follows_theme(self.figure)
            self.revision += 1

    def _paint(self, state: State, result: Result) -> bytes:
        for artist in self._artists:
            artist.remove()
        self._artists = []
        with course_style():
            try:
                self._artists = self._draw(self._axes, state, result)
            except BaseException:
                self._lay_out(*self._pixels)  # what had been drawn by then is in nobody's list
                raise
            self._canvas.restore_region(self._background)
            for artist in sorted(self._artists, key=Artist.get_zorder):
                self.figure.draw_artist(artist)
            return encode(self._canvas)

    def _checked(self, name: str, value: Any) -> Any:
        control = self._inputs.get(name)
        if control is None:
            raise ValueError(f"There is no control {name!r}; there are {', '.join(self._inputs)}.")
        if isinstance(control, Toggle):
            return bool(value)
        if isinstance(control, Choice):
            if value not in control.options:
                raise ValueError(f"{name} is {value!r}; it must be one of {', '.join(map(repr, control.options))}.")
            return value
        if isinstance(control, Pad):
            if not isinstance(value, str) or len(value) != control.side**2 or not set(value) <= set("0123456789:"):
                raise ValueError(f'{name} must be a text of {control.side**2} signs, each of them from "0" to ":".')
            return value
        if not isinstance(value, int | float) or not control.minimum <= value <= control.maximum:
            raise ValueError(f"{name} is {value!r}; it must be from {control.minimum:g} to {control.maximum:g}.")
        return value

    def _nearest(self, name: str, value: Any) -> Any:
        control = self._inputs[name]
        if not isinstance(control, Slider):
            return value
        steps = round((value - control.minimum) / control.step)
        return min(max(control.minimum + steps * control.step, control.minimum), control.maximum)

    def _on_page_message(self, _: Any, content: Mapping[str, Any], buffers: Any) -> None:
        try:
            if "press" in content:
                self.press(content["press"])
            elif "touch" in content:
                self.touch(*content["touch"])
            elif "size" in content:
                self.resize(*content["size"])
            else:
                self.set(**content["set"])
        except Exception as error:  # shown in the widget: nobody sees what a callback prints
            with self.hold_sync():
                self.alt = f"⚠ {explain(error)}"
                self.revision += 1


def _for_page(control: Control) -> dict[str, Any]:
    kind = type(control).__name__.lower()
    return {"kind": kind, **{key: value for key, value in vars(control).items() if key != "change"}}
