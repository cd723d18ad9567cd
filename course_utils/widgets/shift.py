"""Shift a trace and ask two networks what they see: a plain one, and a convolutional one (chapter 06)."""

from functools import cache, partial
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.figure import Figure

from course_utils.plots import COLOURS, headline, is_narrow, key, panels, signed
from course_utils.widgets.explorer import Explorer, Result, Slider, State
from data_generators import make_ecg

_RATE, _WINDOW = 100, 100  # Hz, samples
_BEATS = ("normal conduction", "left bundle branch block")
_SHIFTS = np.arange(-30, 31)  # samples
_SHOWN = 20
_NETWORKS = ("plain", "convolutional")
_LIMIT = 0.75  # of the beats that are called rightly
_STYLES: dict[str, State] = {
    "convolutional": {
        "label": "CNN",
        "color": COLOURS["blue"],
        "marker": "o",
        "markersize": 4,
        "linewidth": 1.8,
    },
    "plain": {
        "label": "plain",
        "color": COLOURS["orange"],
        "linestyle": "--",
        "marker": "s",
        "markersize": 4,
        "linewidth": 1.8,
    },
}


def explore_shift(seed: int = 0, **start: Any) -> Explorer:
    """Show one beat, shifted, with what two networks say of it, and how often each is right at each shift.

    Both learn from beats whose R peak stands in the middle, when the picture is made; it takes about a second.

    Args:
        seed: which patients, and how the networks begin.
        start: values to begin with: `beat` (1 to 20) and `shift` (ms, from -300 to 300).

    Returns:
        An Explorer; its `result` has "truth" and, by network, "called", the class of the shown beat by its place in
        ("normal conduction", "left bundle branch block"), "right" (61,), the share of 300 new beats that are called
        rightly at each shift from -300 to 300 ms, and "breaks_at", the least shift in ms at which a network calls
        less than three quarters of them rightly; None if there is none.
    """
    windows, y, called = _answers(seed)
    order = np.random.default_rng(seed).permutation(len(y))[:_SHOWN]
    return Explorer(
        title="Shift the trace",
        controls=[
            Slider(name="beat", label="Beat", minimum=1, maximum=_SHOWN, step=1, value=1, unit=""),
            Slider(
                name="shift", label="The beat comes later by", minimum=-300, maximum=300, step=10, value=0, unit="ms"
            ),
        ],
        compute=partial(compute, called, y, order),
        frame=frame,
        draw=partial(draw, windows[order]),
        describe=describe,
        size=(8.0, 4.2),
        guess=Slider(
            name="guess",
            label="By how much must the beats be shifted, until the plain network calls fewer than three of four "
            "rightly?",
            minimum=10,
            maximum=300,
            step=10,
            value=150,
            unit="ms",
        ),
        start=start,
    )


def _windows(seed: int, patients: int) -> tuple[np.ndarray, np.ndarray]:
    """Cut three beats of each patient at every shift: float32 (beats, shifts, samples), and their classes (beats,)."""
    windows, y = [], []
    for number, conduction in enumerate(_BEATS):
        X, _, truth = make_ecg(
            patients, conduction=conduction, sampling_rate=_RATE, random_state=seed + number, return_truth=True
        )
        lead_ii = X[:, 1] - np.median(X[:, 1], axis=1, keepdims=True)  # an electrode's offset says nothing of the heart
        for lead, peaks in zip(lead_ii, truth["r_peaks"], strict=True):
            for peak in peaks[2:5]:
                firsts = peak - _SHIFTS - _WINDOW // 2
                windows.append(lead[firsts[:, None] + np.arange(_WINDOW)])
                y.append(number)
    return np.array(windows, dtype=np.float32), np.array(y)


@cache
def _answers(seed: int) -> tuple[np.ndarray, np.ndarray, dict[str, np.ndarray]]:
    """Train both networks on centred beats, and ask them about new ones at every shift.

    Returns:
        New windows (beats, shifts, samples), their classes (beats,), and by network the class that it gives to each
        window, (beats, shifts).
    """
    import torch
    from torch import nn

    from course_utils.models import cnn, mlp
    from course_utils.training import fit

    X, y = _windows(seed, patients=100)
    new, y_new = _windows(seed + 500, patients=50)
    centred = X[:, len(_SHIFTS) // 2, None, :]
    plain = nn.Sequential(nn.Flatten(), mlp(_WINDOW, (20,), 2, random_state=seed))
    convolutional = cnn(1, 1, (8,), 2, kernel_size=15, random_state=seed)
    called = {}
    for name, network, epochs in zip(_NETWORKS, (plain, convolutional), (10, 20), strict=True):
        fit(network, centred, y, loss=nn.CrossEntropyLoss(), epochs=epochs, random_state=seed, show=False)
        with torch.no_grad():
            scores = network(torch.as_tensor(new).reshape(-1, 1, _WINDOW))
        called[name] = scores.argmax(dim=1).numpy().reshape(new.shape[:2])
    return new, y_new, called


def compute(
    called: dict[str, np.ndarray], y: np.ndarray, order: np.ndarray, *, beat: float, shift: float, guess: float | None
) -> Result:
    """Look up what each network says of this beat at this shift, and how often it is right at each."""
    which, place = order[int(beat) - 1], int(np.argmin(np.abs(_SHIFTS - shift * _RATE / 1000)))
    result: Result = {"truth": int(y[which]), "called": {}, "right": {}, "breaks_at": {}}
    for name, answers in called.items():
        right = (answers == y[:, None]).mean(axis=0)
        low = np.abs(_SHIFTS)[right < _LIMIT]
        result["called"][name] = int(answers[which, place])
        result["right"][name] = right
        result["breaks_at"][name] = int(low.min() * 1000 / _RATE) if low.size else None
    return result


def frame(figure: Figure) -> Any:
    """Draw empty axes for the beat on the left, and for the shares on the right."""
    left, right = panels(figure, 2, headlines=1)
    left.axvline(0, color=COLOURS["grey"], linewidth=1)
    left.set(xlim=(-500, 490), ylim=(-1.2, 2.2), xlabel="Time (ms)", ylabel="Lead II (mV)")
    right.axhline(50, color=COLOURS["grey"], linestyle=":", linewidth=1.5)
    right.annotate("dotted: guessing", (-290, 4), color=COLOURS["grey"])
    right.set(xlim=(-300, 300), ylim=(0, 105), xlabel="Beat comes later by (ms)", ylabel="Called rightly (%)")
    for style in _STYLES.values():
        right.plot([], [], **style)
    key(right)
    return left, right


def draw(beats: np.ndarray, axes: Any, state: State, result: Result) -> list[Artist]:
    """Draw the shifted beat, and each network's share as far as it has been shifted in either direction."""
    left, right = axes
    samples = state["shift"] * _RATE / 1000
    trace = beats[int(state["beat"]) - 1, int(np.argmin(np.abs(_SHIFTS - samples)))]
    drawn: list[Artist] = [
        *left.plot((np.arange(_WINDOW) - _WINDOW // 2) * 1000 / _RATE, trace, color=COLOURS["black"], linewidth=1.8),
        headline(left, f"{'' if is_narrow(left.get_figure()) else 'Truth: '}{_BEATS[result['truth']]}"),
        headline(right, f"Shifted by {signed(state['shift'], 0)} ms"),
    ]
    seen = np.abs(_SHIFTS) <= abs(samples) + 1e-9
    for name, style in _STYLES.items():
        drawn += right.plot(_SHIFTS[seen] * 1000 / _RATE, 100 * result["right"][name][seen], **style)
    return drawn


def describe(state: State, result: Result) -> str:
    """Say what each network calls this beat, and how often it is right at this shift."""
    place = int(np.argmin(np.abs(_SHIFTS - state["shift"] * _RATE / 1000)))
    said = {name: _BEATS[result["called"][name]] for name in _NETWORKS}
    share = {name: f"{result['right'][name][place]:.0%}" for name in _NETWORKS}
    sentence = (
        f"Shifted by {signed(state['shift'], 0)} ms, beat {state['beat']:.0f} ({_BEATS[result['truth']]}) is called "
        f"{said['plain']} by the plain network, and {said['convolutional']} by the convolutional one. Of 300 new beats "
        f"they call {share['plain']} and {share['convolutional']} rightly."
    )
    breaks_at = result["breaks_at"]["plain"]
    if state["guess"] is not None and breaks_at is not None and abs(state["shift"]) >= breaks_at:
        sentence += f" The plain network fell below three of four at {breaks_at} ms; you guessed {state['guess']:.0f}."
    return sentence
