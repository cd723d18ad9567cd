"""Five markers run through two hidden layers, live (chapter 04)."""

from functools import partial
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.figure import Figure

from course_utils.plots import activities, draw_network, headline, is_narrow, network_axes, signed
from course_utils.widgets._risk_network import Layers, gradients, random_layers, risk, stepped
from course_utils.widgets.explorer import Button, Explorer, Result, Slider, State, Toggle
from data_generators import CAST, make_risk_markers

_PATIENT = next(patient for patient in CAST if patient.name == "Mr George Papadakis")
_NETWORKS = 20
_STEPS, _LEARNING_RATE = 250, 1.0
_NAMES = ("age", "C-reactive protein", "creatinine", "haemoglobin", "ejection fraction")
_SHORT = ("age", "CRP", "creatinine", "haemoglobin", "EF")
_UMOL_PER_MG_DL = 88.4


def explore_forward_pass(seed: int = 0, **start: Any) -> Explorer:
    """Show a patient's five markers on their way through a network, with random and with trained weights.

    The sliders begin at the markers of Mr Papadakis.

    Args:
        seed: which 2,000 patients the network learned from.
        start: values to begin with: `age` (years), `crp` (mg/L), `creatinine` (µmol/L), `haemoglobin` (g/dL),
            `ejection_fraction` (%), `network` (1 to 20, which random weights) and `trained` (True or False).

    Returns:
        An Explorer; its `result` has "layers", the weights and biases of each layer; "markers" (5,), in standard
        deviations from the average; "values", what each layer gives; "risk" (0 to 1); and "pull" (5,), by how much the
        risk changes if a marker rises by one standard deviation.
    """
    X, died = make_risk_markers(2000, random_state=seed)
    average, spread = X.mean(axis=0, dtype=float), X.std(axis=0, dtype=float)
    markers = (X - average) / spread
    trained = random_layers(1)
    for _ in range(_STEPS):
        trained = stepped(trained, gradients(trained, markers, died), _LEARNING_RATE)
    return Explorer(
        title="A forward pass, live",
        controls=[
            Slider(name="age", label="Age", minimum=30, maximum=95, step=1, value=_PATIENT.age, unit="years"),
            Slider(
                name="crp", label="C-reactive protein", minimum=1, maximum=60, step=1, value=_PATIENT.crp, unit="mg/L"
            ),
            Slider(
                name="creatinine",
                label="Creatinine",
                minimum=40,
                maximum=300,
                step=1,
                value=_PATIENT.creatinine,
                unit="µmol/L",
            ),
            Slider(
                name="haemoglobin",
                label="Haemoglobin",
                minimum=7,
                maximum=18,
                step=0.1,
                value=_PATIENT.haemoglobin,
                unit="g/dL",
                decimals=1,
            ),
            Slider(
                name="ejection_fraction",
                label="Ejection fraction",
                minimum=10,
                maximum=75,
                step=1,
                value=round(_PATIENT.ejection_fraction),
                unit="%",
            ),
            Toggle(name="trained", label="Trained weights"),
            Button(name="draw", label="Other random weights", change=_draw),
            Slider(name="network", label="Random weights, set", minimum=1, maximum=_NETWORKS, step=1, value=1, unit=""),
        ],
        compute=partial(compute, trained, average, spread),
        frame=frame,
        draw=draw,
        describe=describe,
        size=(8.0, 4.6),
        guess=Slider(
            name="guess",
            label="Mr Papadakis: 58 years, C-reactive protein 9 mg/L, creatinine 131 µmol/L (1.5 mg/dL), haemoglobin "
            "11.9 g/dL (119 g/L), ejection fraction 24%. Which risk will the trained network give him?",
            minimum=0,
            maximum=100,
            step=1,
            value=10,
            unit="%",
        ),
        start=start,
    )


def _draw(state: State) -> State:
    return {"network": state["network"] % _NETWORKS + 1, "trained": False}


def compute(
    trained_layers: Layers,
    average: np.ndarray,
    spread: np.ndarray,
    *,
    age: float,
    crp: float,
    creatinine: float,
    haemoglobin: float,
    ejection_fraction: float,
    trained: bool,
    network: float,
    guess: float | None,
) -> Result:
    """Run the patient's markers through the trained network, or through one with random weights."""
    layers = trained_layers if trained else random_layers(100 + int(network))
    markers = (np.array([age, crp, creatinine, haemoglobin, ejection_fraction]) - average) / spread
    shifted = np.vstack([markers, markers + np.eye(len(markers))])
    risks = risk(layers, shifted)
    return {
        "layers": layers,
        "markers": markers,
        "values": activities(layers, markers),
        "risk": float(risks[0]),
        "pull": risks[1:] - risks[0],
    }


def frame(figure: Figure) -> Any:
    """Draw the names of the markers, short ones where there is little room."""
    names, label = (_SHORT, "300 µmol/L") if is_narrow(figure) else (_NAMES, "300 µmol/L (3.4 mg/dL)")
    return network_axes(figure, names, label=label, headlines=1)


def draw(axes: Any, state: State, result: Result) -> list[Artist]:
    """Draw the network with the numbers that each neuron gives for this patient."""
    creatinine = f"{state['creatinine']:.0f} µmol/L"
    if not is_narrow(axes.get_figure()):
        creatinine += f" ({state['creatinine'] / _UMOL_PER_MG_DL:.1f} mg/dL)"
    labels = (
        f"{state['age']:.0f} years",
        f"{state['crp']:.0f} mg/L",
        creatinine,
        f"{state['haemoglobin']:.1f} g/dL",
        f"{state['ejection_fraction']:.0f}%",
    )
    weights = "Trained weights" if state["trained"] else f"Random weights, set {state['network']:.0f}"
    return [
        *draw_network(axes, result["layers"], result["markers"], labels),
        axes.annotate(
            f"risk\n{100 * result['risk']:.0f}%",
            (1, 0),
            (0, -30),
            textcoords="offset pixels",
            ha="center",
            va="top",
            fontsize=12,
            weight="bold",
        ),
        headline(axes, weights),
    ]


def describe(state: State, result: Result) -> str:
    """Say which risk comes out, and which marker moves it most."""
    log_odds = signed(result["values"][-1][0], 2)
    pull = 100 * result["pull"]
    strongest = int(np.argmax(np.abs(pull)))
    points = signed(pull[strongest], 0)
    sentence = (
        f"{'Trained' if state['trained'] else 'Random'} weights: log-odds {log_odds}, a risk of "
        f"{100 * result['risk']:.0f}%. "
    )
    if abs(pull[strongest]) < 0.5:
        sentence += "One standard deviation more of any marker would change it by less than a point."
    else:
        sentence += (
            f"Of the five, {_NAMES[strongest]} moves it most: one standard deviation more would change it by "
            f"{points} points."
        )
    if not state["trained"]:
        return f"{sentence} Set {state['network']:.0f} was drawn by chance and knows nothing of patients."
    if state["guess"] is not None:
        sentence += f" For Mr Papadakis you guessed {state['guess']:.0f}%."
    return sentence
