"""The risk of dying over age and cholesterol, as in the review's figure 1 (chapter 02)."""

from functools import partial
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from course_utils.plots import COLOURS, headline, key, panels, signed
from course_utils.plots.risk import MG_PER_DL
from course_utils.plots.style import SHADE
from course_utils.widgets.explorer import Explorer, Result, Slider, State, Toggle
from data_generators import TEN_YEAR_MORTALITY_LAW as LAW

_LOWERED = 2.0
_AGES = np.linspace(40, 90, 101)
_CHOLESTEROLS = np.linspace(2.5, 9.5, 71)
_ENDS = _CHOLESTEROLS[[0, -1]]
_NUMBER = 36  # pixels that the number of a line takes
_RISK_STEPS = np.array([0.02, 0.1, 0.3, 0.5, 0.7, 0.9])
_LOG_ODDS_STEPS = np.arange(-5, 4)
_AS_IS = {"color": COLOURS["orange"], "linestyle": "-"}
_WITH_LESS = {"color": COLOURS["blue"], "linestyle": "--"}


def explore_risk_surface(**start: Any) -> Explorer:
    """Show the ten-year risk of dying over age and cholesterol, and what 2 mmol/L less would change for one person.

    Args:
        start: values to begin with: `age` (years), `cholesterol` and `effect` (mmol/L, and log-odds for each mmol/L),
            `log_odds` and `widest` (True or False).

    Returns:
        An Explorer; its `result` has "risk" and "lowered", the person's risk (0 to 1) as they are and with 2 mmol/L
        less; and "widest_age", the age in years at which these two are furthest apart.
    """
    return Explorer(
        title="Where does cholesterol matter?",
        controls=[
            Slider(name="age", label="Age", minimum=40, maximum=90, step=1, value=45, unit="years"),
            Slider(
                name="cholesterol",
                label="Cholesterol",
                minimum=5,
                maximum=9,
                step=0.1,
                value=6.5,
                unit="mmol/L",
                decimals=1,
            ),
            Slider(
                name="effect",
                label="Effect of 1 mmol/L on the log-odds",
                minimum=0,
                maximum=1,
                step=0.05,
                value=LAW["per_mmol"],
                unit="",
                decimals=2,
            ),
            Toggle(name="log_odds", label="Draw log-odds in place of risk"),
            Toggle(name="widest", label="Show where the gap is widest"),
        ],
        compute=compute,
        frame=frame,
        draw=draw,
        describe=describe,
        size=(8.0, 4.2),
        guess=Slider(
            name="guess",
            label="At which age do 2 mmol/L less change the risk of dying within ten years most?",
            minimum=40,
            maximum=90,
            step=1,
            value=40,
            unit="years",
        ),
        touch=_touched,
        start=start,
    )


def _touched(state: State, axes: Axes, x: float, y: float) -> State:
    on_the_map = axes.get_ylabel() != ""
    return {"age": x, "cholesterol": y} if on_the_map else {"age": x}


def _log_odds(age: Any, cholesterol: Any, effect: float) -> Any:
    return LAW["at_65"] + LAW["per_year"] * (age - 65) + effect * (cholesterol - 5.5)


def _risk(log_odds: Any) -> Any:
    return 1 / (1 + np.exp(-log_odds))


def compute(
    *, age: float, cholesterol: float, effect: float, log_odds: bool, widest: bool, guess: float | None
) -> Result:
    """Return the person's risk as they are and with less cholesterol, and the age at which both differ most."""
    levels = (cholesterol, cholesterol - _LOWERED)
    curves = [_log_odds(_AGES, level, effect) for level in levels]
    here = [_log_odds(age, level, effect) for level in levels]
    gaps = _risk(curves[0]) - _risk(curves[1])
    return {
        "curves": curves,
        "here": here,
        "risk": float(_risk(here[0])),
        "lowered": float(_risk(here[1])),
        "widest_age": float(_AGES[np.argmax(gaps)]),
        "widest_gap": float(gaps.max()),
    }


def frame(figure: Figure) -> Any:
    """Draw the axes: the map on the left, one cholesterol through all ages on the right."""
    left, right = panels(figure, 2, headlines=1, numbers=(0, 0.75))
    left.set(xlim=(40, 90), ylim=tuple(_ENDS), xlabel="Age (years)", ylabel="Cholesterol (mmol/L)")
    right.set(xlim=(40, 90), ylim=(0, 1), xlabel="Age (years)")
    right.set_yticks([])
    left.grid(visible=False)
    for style, name in ((_AS_IS, "cholesterol as it is"), (_WITH_LESS, "2 mmol/L less")):
        right.plot([], [], **style, label=name)
    key(right)
    return left, right


def draw(axes: Any, state: State, result: Result) -> list[Artist]:
    """Draw the map with the person in it, and the risk at every age with and without the 2 mmol/L."""
    left, right = axes
    age, cholesterol, effect = state["age"], state["cholesterol"], state["effect"]
    convert, written = (_same, partial(signed, decimals=0)) if state["log_odds"] else (_risk, _percent)
    surface = convert(_log_odds(_AGES, _CHOLESTEROLS[:, None], effect))
    as_is, lowered = result["curves"]
    low, high = (-6.0, 5.0) if state["log_odds"] else (0.0, 1.0)

    def height(log_odds: Any) -> Any:
        return (convert(log_odds) - low) / (high - low)

    drawn = [
        left.imshow(
            surface,
            extent=(40, 90, *_ENDS),
            origin="lower",
            aspect="auto",
            cmap="cividis",
            vmin=low,
            vmax=high,
            alpha=0.7,
            zorder=0,
        ),
        *left.plot(
            [age, age],
            [cholesterol, cholesterol - _LOWERED],
            "o-",
            color=COLOURS["orange"],
            markeredgecolor="white",
            markersize=9,
        ),
        right.fill_between(_AGES, height(lowered), height(as_is), color=COLOURS["grey"], alpha=SHADE, linewidth=0),
        *right.plot(_AGES, height(as_is), **_AS_IS),
        *right.plot(_AGES, height(lowered), **_WITH_LESS),
        *right.plot([age, age], [height(each) for each in result["here"]], "o-", color=COLOURS["black"], markersize=5),
        headline(left, "Log-odds of dying" if state["log_odds"] else "Ten-year risk of dying"),
        headline(right, f"{_points(result)} points less risk"),
        right.annotate(
            "Log-odds" if state["log_odds"] else "Risk",
            (0, 0.5),
            (-54, 0),
            xycoords="axes fraction",
            textcoords="offset pixels",
            rotation=90,
            ha="right",
            va="center",
        ),
    ]
    drawn += [
        right.annotate(
            written(value),
            (0, (value - low) / (high - low)),
            (-6, 0),
            xycoords="axes fraction",
            textcoords="offset pixels",
            ha="right",
            va="center",
        )
        for value in (range(-6, 6, 2) if state["log_odds"] else (0, 0.25, 0.5, 0.75, 1))
    ]
    room = _NUMBER / left.bbox.width * (_AGES[-1] - _AGES[0])
    free = _AGES[0]
    for value in _LOG_ODDS_STEPS if state["log_odds"] else np.log(_RISK_STEPS / (1 - _RISK_STEPS)):
        at = 65 + (value - LAW["at_65"] - effect * (_ENDS - 5.5)) / LAW["per_year"]  # equal risk lies on a line
        drawn += left.plot(at, _ENDS, color=COLOURS["black"], linewidth=0.8)
        if free <= at[1] <= _AGES[-1]:
            free = at[1] + room
            drawn.append(
                left.annotate(
                    written(convert(value)), (at[1], _ENDS[1]), (0, 4), textcoords="offset pixels", ha="center"
                )
            )
    if state["widest"]:
        drawn.append(right.axvline(result["widest_age"], color=COLOURS["green"], linestyle=":"))
    return drawn


def describe(state: State, result: Result) -> str:
    """Say what the 2 mmol/L change for this person, in points and in log-odds."""
    level = state["cholesterol"]
    sentence = (
        f"At {state['age']:.0f} years and {level:.1f} mmol/L ({level * MG_PER_DL:.0f} mg/dL) the risk is "
        f"{100 * result['risk']:.1f}%. With 2 mmol/L less it is {100 * result['lowered']:.1f}%, {_points(result)} "
        f"points fewer. In log-odds the difference is {_LOWERED * state['effect']:.2f} at every age."
    )
    if state["widest"]:
        sentence += (
            f" The gap is widest at {result['widest_age']:.0f} years, with {100 * result['widest_gap']:.1f} points."
        )
        if state["guess"] is not None:
            sentence += f" You guessed {state['guess']:.0f} years."
    return sentence


def _same(value: Any) -> Any:
    return value


def _points(result: Result) -> str:
    return f"{100 * (result['risk'] - result['lowered']):.1f}"


def _percent(share: float) -> str:
    return f"{100 * share:.0f}%"
