"""Build a curve from two neurons with ReLU (chapter 05)."""

from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.figure import Figure

from course_utils.errors.words import plural
from course_utils.plots import COLOURS, headline, key, panels, unsigned
from course_utils.widgets.explorer import Button, Choice, Explorer, Result, Slider, State, Toggle

_X = np.linspace(-3, 3, 121)
_TARGETS = {
    "|x|": np.abs(_X),
    "a ramp": np.clip(_X + 1, 0, 2),
    "a risk by haemoglobin": 0.4 * _X**2,
}
_SOLUTIONS: dict[str, State] = {
    "|x|": {"left": True, "bend_1": 0.0, "slope_1": 1.0, "bend_2": 0.0, "slope_2": 1.0},
    "a ramp": {"left": False, "bend_1": -1.0, "slope_1": 1.0, "bend_2": 1.0, "slope_2": -1.0},
    "a risk by haemoglobin": {"left": True, "bend_1": -0.9, "slope_1": 1.6, "bend_2": 0.9, "slope_2": 1.6},
}
_NAMES = {"|x|": "|x|", "a ramp": "the ramp", "a risk by haemoglobin": "the haemoglobin curve"}
_FOUND = 0.05
_FIRST: State = {"label": "neuron 1", "color": COLOURS["blue"]}
_SECOND: State = {"label": "neuron 2", "color": COLOURS["green"], "linestyle": "--"}
_TARGET: State = {"label": "target", "color": COLOURS["grey"], "linewidth": 7, "alpha": 0.45}
_SUM: State = {"label": "sum", "color": COLOURS["orange"]}
_SILENT: State = {"left": False, "bend_1": -2.0, "slope_1": 0.0, "bend_2": 2.0, "slope_2": 0.0}


def explore_relu_curves(**start: Any) -> Explorer:
    """Show a target curve, and the sum of two neurons with ReLU that the learner bends towards it.

    The targets are |x|; a ramp from 0 at −1 to 2 at +1; and 0.4 x², a risk that is worst at both ends, as
    `make_risk_markers` has it for haemoglobin (there with 0.8 in place of 0.4).

    Args:
        start: values to begin with: `target` ("|x|", "a ramp" or "a risk by haemoglobin"), `left` (whether neuron 1
            speaks to the left of its bend), `bend_1`, `slope_1`, `bend_2` and `slope_2`.

    Returns:
        An Explorer; its `result` has "neurons" (2, 121), what each adds for x from −3 to 3; "total" (121,), their sum;
        "target" (121,); and "miss", the root mean squared difference of these two.
    """
    return Explorer(
        title="Build a curve from two neurons",
        controls=[
            Choice(name="target", label="Target", options=tuple(_TARGETS), value="|x|"),
            Button(name="silence", label="Silence both neurons", change=lambda state: _SILENT),
            Button(name="solve", label="Show a solution", change=lambda state: _SOLUTIONS[state["target"]]),
            Toggle(name="left", label="Neuron 1 speaks to the left of its bend"),
            *(
                Slider(
                    name=f"{what}_{n}",
                    label=label.format(n),
                    minimum=-3,
                    maximum=3,
                    step=0.1,
                    value=value,
                    unit="",
                    decimals=1,
                )
                for n, bend in ((1, -2.0), (2, 2.0))
                for what, label, value in (
                    ("bend", "Neuron {} bends at", bend),
                    ("slope", "Slope of neuron {} beyond its bend", 0.0),
                )
            ),
        ],
        compute=compute,
        frame=frame,
        draw=draw,
        describe=describe,
        size=(8.0, 4.2),
        guess=Slider(
            name="guess",
            label="How many neurons with ReLU does |x| need at least?",
            minimum=1,
            maximum=10,
            step=1,
            value=1,
            unit="",
        ),
        start=start,
    )


def compute(
    *,
    target: str,
    left: bool,
    bend_1: float,
    slope_1: float,
    bend_2: float,
    slope_2: float,
    guess: float | None,
) -> Result:
    """Return what each neuron adds, their sum, and how far it is from the target."""
    beyond = bend_1 - _X if left else _X - bend_1
    neurons = np.stack([slope_1 * np.maximum(0, beyond), slope_2 * np.maximum(0, _X - bend_2)])
    goal = _TARGETS[target]
    total = neurons.sum(axis=0)
    return {"neurons": neurons, "total": total, "target": goal, "miss": float(np.sqrt(np.mean((total - goal) ** 2)))}


def frame(figure: Figure) -> Any:
    """Draw the axes: the two neurons on the left, their sum on the right."""
    left, right = panels(figure, 2, headlines=1)
    for axes, styles in ((left, (_FIRST, _SECOND)), (right, (_TARGET, _SUM))):
        axes.set(xlim=(-3, 3), ylim=(-4, 4), xlabel="Input x")
        for style in styles:
            axes.plot([], [], **style)
        key(axes)
    left.set_ylabel("Output")
    return left, right


def draw(axes: Any, state: State, result: Result) -> list[Artist]:
    """Draw what each neuron adds, and their sum over the target."""
    left, right = axes
    first, second = result["neurons"]
    return [
        *left.plot(_X, first, **_FIRST),
        *left.plot(_X, second, **_SECOND),
        *right.plot(_X, result["target"], **_TARGET),
        *right.plot(_X, result["total"], **_SUM),
        headline(left, "What each neuron adds"),
        headline(right, f"Typical miss: {result['miss']:.2f}"),
    ]


def describe(state: State, result: Result) -> str:
    """Say what both neurons do, how far their sum is from the target, and what the guess was once |x| is there."""
    name = _NAMES[state["target"]]
    sentence = (
        f"Neuron 1 has the slope {unsigned(state['slope_1'])} to the {'left' if state['left'] else 'right'} of "
        f"{unsigned(state['bend_1'])}, neuron 2 {unsigned(state['slope_2'])} to the right of "
        f"{unsigned(state['bend_2'])}. Their sum typically misses {name} by {result['miss']:.2f}."
    )
    if state["target"] == "a risk by haemoglobin":
        return f"{sentence} Two bends only come near a smooth curve: 0.14 is the best."
    if result["miss"] < _FOUND:
        sentence += " That is a hit."
        if state["target"] == "|x|" and state["guess"] is not None:
            guessed = plural(round(state["guess"]), "neuron")
            sentence += f" Two neurons are enough, and one is not: it is flat on one side. You guessed {guessed}."
    return sentence
