"""Risk against creatinine at one ejection fraction: a sum, a network, and the truth (chapter 05)."""

import warnings
from functools import cache, partial
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.figure import Figure

from course_utils.plots import COLOURS, headline, key, panels
from course_utils.widgets.explorer import Explorer, Result, Slider, State, Toggle
from data_generators import make_risk_markers, marker_risk

_PATIENTS = 3000
_MOST_NEURONS = 8
_FRACTIONS = np.arange(15, 76)
_CREATININES = np.linspace(50, 200, 31)
_GUESSED_FRACTION = 60
_FROM, _TO = 80.0, 160.0


def explore_interactions(seed: int = 0, **start: Any) -> Explorer:
    """Show how the risk of death rises with creatinine at one ejection fraction: a sum, a network, and the truth.

    Both models learn from the same 3,000 simulated patients, when the picture is first asked for. The patient shown is
    68 years old, with a C-reactive protein of 4 mg/L and a haemoglobin of 13.3 g/dL.

    Args:
        seed: which patients, and the weights with which the networks begin.
        start: values to begin with: `ejection_fraction` (15 to 75%), `neurons` (1 to 8 hidden neurons), `network` and
            `truth` (True or False: whether they are drawn).

    Returns:
        An Explorer; its `result` has "sum", "network" and "truth" (31,), the risks (0 to 1) for a creatinine from 50
        to 200 µmol/L; and "rise", a dict with the same names: points of risk from 80 to 160 µmol/L.
    """
    return Explorer(
        title="Does creatinine count the same in everyone?",
        controls=[
            Toggle(name="truth", label="Show the truth of the simulation"),
            Toggle(name="network", label="Show the network"),
            Slider(name="neurons", label="Hidden neurons", minimum=1, maximum=_MOST_NEURONS, step=1, value=1, unit=""),
            Slider(
                name="ejection_fraction",
                label="Ejection fraction",
                minimum=int(_FRACTIONS[0]),
                maximum=int(_FRACTIONS[-1]),
                step=1,
                value=25,
                unit="%",
            ),
        ],
        compute=partial(compute, _learned(seed)),
        frame=frame,
        draw=draw,
        describe=describe,
        size=(8.0, 4.2),
        guess=Slider(
            name="guess",
            label=f"At an ejection fraction of {_GUESSED_FRACTION}%, by how many points does the true risk rise when "
            f"creatinine goes from {_FROM:.0f} to {_TO:.0f} µmol/L (0.9 to 1.8 mg/dL)?",
            minimum=0,
            maximum=50,
            step=1,
            value=25,
            unit="points",
        ),
        start=start,
    )


@cache
def _learned(seed: int) -> np.ndarray:
    """Return the risks that a sum (first) and networks of 1 to 8 hidden neurons learn, (9, fractions, creatinines)."""
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression
    from sklearn.neural_network import MLPClassifier

    X, died = make_risk_markers(_PATIENTS, interaction=True, random_state=seed)
    inputs = _logarithmic(X)
    mean, sd = inputs.mean(axis=0), inputs.std(axis=0)
    inputs, places = (inputs - mean) / sd, (_logarithmic(_places()) - mean) / sd
    models: list[Any] = [LogisticRegression()]
    models += [
        MLPClassifier((n,), solver="lbfgs", alpha=1.0, max_iter=60, random_state=seed)
        for n in range(1, _MOST_NEURONS + 1)
    ]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        risks = [model.fit(inputs, died).predict_proba(places)[:, 1] for model in models]
    return np.stack(risks).reshape(len(models), len(_FRACTIONS), len(_CREATININES))


def _places() -> np.ndarray:
    """Return the markers of the patient shown, at every ejection fraction and creatinine."""
    fraction, creatinine = (each.ravel() for each in np.meshgrid(_FRACTIONS, _CREATININES, indexing="ij"))
    same = np.ones(fraction.size)
    return np.stack([68 * same, 4 * same, creatinine, 13.3 * same, fraction], axis=1)


def _logarithmic(X: np.ndarray) -> np.ndarray:
    values = np.array(X, dtype=float)
    values[:, 1:3] = np.log(values[:, 1:3])  # C-reactive protein and creatinine: a doubling is one step
    return values


@cache
def _truth() -> np.ndarray:
    return marker_risk(_places(), interaction=True).reshape(len(_FRACTIONS), len(_CREATININES))


def compute(
    learned: np.ndarray,
    *,
    ejection_fraction: float,
    neurons: float,
    network: bool,
    truth: bool,
    guess: float | None,
) -> Result:
    """Return the three risks along creatinine, and how far each rises."""
    row = int(np.argmin(np.abs(_FRACTIONS - ejection_fraction)))
    curves = {"sum": learned[0, row], "network": learned[int(neurons), row], "truth": _truth()[row]}
    rise = {
        name: 100 * float(np.diff(np.interp([_FROM, _TO], _CREATININES, curve))[0]) for name, curve in curves.items()
    }
    return {**curves, "rise": rise}


def frame(figure: Figure) -> Any:
    """Draw the axes."""
    axes = panels(figure, headlines=1, keys=1)
    axes.set(xlim=(50, 200), ylim=(0, 100), xlabel="Creatinine (µmol/L; 88 is 1 mg/dL)", ylabel="Risk of death (%)")
    return axes


def draw(axes: Any, state: State, result: Result) -> list[Artist]:
    """Draw the risk of the sum, and those of the network and of the truth where they are asked for."""
    drawn = axes.plot(_CREATININES, 100 * result["sum"], "--", color=COLOURS["black"], label="a sum")
    if state["network"]:
        label = _counted(state["neurons"])
        drawn += axes.plot(_CREATININES, 100 * result["network"], color=COLOURS["orange"], label=label)
    if state["truth"]:
        drawn += axes.plot(
            _CREATININES, 100 * result["truth"], color=COLOURS["grey"], linewidth=7, alpha=0.45, label="the truth"
        )
    return [
        *drawn,
        key(axes, drawn),
        headline(axes, f"Ejection fraction {state['ejection_fraction']:.0f}%"),
    ]


def describe(state: State, result: Result) -> str:
    """Say by how many points the risk rises with creatinine, by each of what is drawn."""
    rise = {name: f"{points:.0f}".replace("-", "−") for name, points in result["rise"].items()}
    fraction = f"{state['ejection_fraction']:.0f}%"
    sentence = (
        f"At an ejection fraction of {fraction}, from {_FROM:.0f} to {_TO:.0f} µmol/L of creatinine, the sum adds "
        f"{rise['sum']} points of risk."
    )
    sentence += (
        f" The network of {_counted(state['neurons'])} says {rise['network']}."
        if state["network"]
        else f" A network of {_counted(state['neurons'])} is ready: tick its box."
    )
    if state["truth"]:
        sentence += f" The truth is {rise['truth']}."
        if state["guess"] is not None:
            sentence += f" For an ejection fraction of {_GUESSED_FRACTION}% you guessed {state['guess']:.0f} points."
    return sentence


def _counted(neurons: float) -> str:
    return "1 hidden neuron" if neurons == 1 else f"{neurons:.0f} hidden neurons"
