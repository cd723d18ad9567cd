"""The one way in which the course's interactive pictures work.

A widget is a list of controls and four functions: `compute`, `frame`, `draw` and `describe`. `Explorer` joins them to
the page: sliders with names that a screen reader says, a picture with a description, a guess before the first move.
"""

import base64
import os
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anywidget
import traitlets
from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from course_utils.errors import explain
from course_utils.plots import course_style, encode, new_figure

State = dict[str, Any]
Result = dict[str, Any]

STATIC_VARIABLE = "COURSE_STATIC"
"""Set in the environment, it makes every widget show its picture alone, for books and printed pages."""

_HERE = Path(__file__).parent

CONTROLS_JS = (_HERE / "controls.js").read_text(encoding="utf-8")
"""What the page's side of every widget begins with; a widget's file cannot import another."""

_LOCK = threading.RLock()  # JupyterLab may deliver a slider's message on a second thread, and matplotlib has no lock


@dataclass(frozen=True, kw_only=True)
class Slider:
    """A number that the learner moves from `minimum` to `maximum`, shown with its `unit`."""

    name: str
    label: str
    minimum: float
    maximum: float
    step: float
    value: float
    unit: str
    decimals: int = 0


@dataclass(frozen=True, kw_only=True)
class Toggle:
    """A thing that is shown or hidden."""

    name: str
    label: str
    value: bool = False


@dataclass(frozen=True, kw_only=True)
class Button:
    """A press that changes the state: `change` takes the state and returns the values that are new."""

    name: str
    label: str
    change: Callable[[State], State]


def go_on(steps: int, most: int, state: State) -> State:
    """Return what a button changes that takes so many `steps` further, up to `most`."""
    return {"steps": min(state["steps"] + steps, most)}


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


class Explorer(anywidget.AnyWidget):
    """An interactive picture.

    Args:
        title: what the picture is about; its name for a screen reader.
        controls: sliders, toggles and buttons, in the order of the page.
        compute: `compute(**state) -> result`, a dict; pure.
        frame: `frame(figure) -> axes`; draws, once, what no control changes.
        draw: `draw(axes, state, result) -> artists`; draws the rest, and returns the artists that it added.
        describe: `describe(state, result) -> str`; what the picture says now, in one to three sentences.
        size: width and height of the picture in inches.
        guess: the number to commit to before the controls wake up: a slider with the name "guess" and the question as
            its label. Its answer is `state["guess"]`, None until then.
        start: values to begin with instead of the controls' own.

    Attributes:
        controls: handles by name, each with a `value`.
        state: every value now, "guess" included where there is one.
        result: what `compute` returned.
        alt: what the picture says now.

    Raises:
        ValueError: for a name that no control has, or a value outside its range.
    """

    _esm = CONTROLS_JS + (_HERE / "explorer.js").read_text(encoding="utf-8")
    _css = _HERE / "explorer.css"

    page = traitlets.Dict().tag(sync=True)
    values = traitlets.Dict().tag(sync=True)
    picture = traitlets.Bytes().tag(sync=True)
    alt = traitlets.Unicode().tag(sync=True)
    revision = traitlets.Int(0).tag(sync=True)

    def __init__(
        self,
        *,
        title: str,
        controls: Sequence[Slider | Toggle | Button],
        compute: Callable[..., Result],
        frame: Callable[[Figure], Any],
        draw: Callable[[Any, State, Result], list[Artist]],
        describe: Callable[[State, Result], str],
        size: tuple[float, float],
        guess: Slider | None = None,
        start: Mapping[str, Any],
    ) -> None:
        self._compute, self._draw, self._describe = compute, draw, describe
        self._inputs = {each.name: each for each in (*controls, guess) if isinstance(each, Slider | Toggle)}
        self._buttons = {each.name: each for each in controls if isinstance(each, Button)}
        self.figure = new_figure(*size)
        self._artists: list[Artist] = []
        with _LOCK, course_style():
            self._axes = frame(self.figure)
            self._canvas = FigureCanvasAgg(self.figure)
            self._canvas.draw()
            # Axes and labels take most of the time of a picture: they are drawn once and then copied.
            self._background = self._canvas.copy_from_bbox(self.figure.bbox)
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
                "size": [int(side * self.figure.dpi) for side in size],
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
        with _LOCK, course_style():
            state = {**self.state, **checked}
            result = self._compute(**state)
            picture = self._paint(state, result)
            self.state, self.result = state, result
            with self.hold_sync():
                self.values, self.picture = dict(state), picture
                self.alt = self._describe(state, result)
                self.revision += 1

    def _paint(self, state: State, result: Result) -> bytes:
        for artist in self._artists:
            artist.remove()
        self._artists = self._draw(self._axes, state, result)
        self._canvas.restore_region(self._background)
        for artist in sorted(self._artists, key=Artist.get_zorder):
            self.figure.draw_artist(artist)
        return encode(self._canvas)

    def press(self, name: str) -> None:
        """Press a button by its name.

        Raises:
            ValueError: if there is no such button.
        """
        if name not in self._buttons:
            raise ValueError(f"There is no button {name!r}; there are {', '.join(self._buttons) or 'none'}.")
        self.set(**self._buttons[name].change(self.state))

    def _checked(self, name: str, value: Any) -> Any:
        control = self._inputs.get(name)
        if control is None:
            raise ValueError(f"There is no control {name!r}; there are {', '.join(self._inputs)}.")
        if isinstance(control, Toggle):
            return bool(value)
        if not isinstance(value, int | float) or not control.minimum <= value <= control.maximum:
            raise ValueError(f"{name} is {value!r}; it must be from {control.minimum:g} to {control.maximum:g}.")
        return value

    def _on_page_message(self, _: Any, content: Mapping[str, Any], buffers: Any) -> None:
        try:
            if "press" in content:
                self.press(content["press"])
            else:
                self.set(**content["set"])
        except Exception as error:  # shown in the widget: nobody sees what a callback prints
            with self.hold_sync():
                self.alt = f"⚠ {explain(error)}"
                self.revision += 1

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        png = base64.b64encode(self.picture).decode()
        still = {"text/plain": f"[interactive picture] {self.alt}", "image/png": png}
        if os.environ.get(STATIC_VARIABLE):
            return still, {}
        live, metadata = super()._repr_mimebundle_(**kwargs)
        return {**live, **still}, metadata


def _for_page(control: Slider | Toggle | Button) -> dict[str, Any]:
    kind = type(control).__name__.lower()
    return {"kind": kind, **{key: value for key, value in vars(control).items() if key != "change"}}
