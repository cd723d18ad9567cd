"""The training loop, step by step, with ten patients who are not learned from (chapter 04)."""

from functools import lru_cache, partial
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.figure import Figure

from course_utils.plots import COLOURS, headline, key, panels
from course_utils.widgets._risk_network import Layers, gradients, log_loss, random_layers, risk, stepped
from course_utils.widgets.explorer import Explorer, Result, Slider, State, Toggle, steps_controls
from data_generators import make_risk_markers

_MOST_STEPS = 100
_EACH = 5
_PAIRS = _EACH * _EACH
_HIGHEST_LOSS = 1.0
_SAME = 0.005


def explore_training(seed: int = 0, **start: Any) -> Explorer:
    """Show a network learn: its loss from step to step, and the risks that it gives to ten new patients.

    It begins with the random weights 1 of `_risk_network`, and learns from 500 patients, all of them at each step.

    Args:
        seed: which patients.
        start: values to begin with: `learning_rate`, `steps` (0 to 100) and `forget` (True or False).

    Returns:
        An Explorer; its `result` has "losses" (steps + 1,), the loss before the first step and after each one; "risks"
        (steps + 1, 10), what the network gives to the new patients, of whom the first five died; "pairs", in how many
        of the 25 pairs of one who died and one who lived the former has the higher risk now.
    """
    X, died = make_risk_markers(500, random_state=seed)
    average, spread = X.mean(axis=0, dtype=float), X.std(axis=0, dtype=float)
    new, died_new = make_risk_markers(100, random_state=seed + 1000)
    ten = np.concatenate([np.flatnonzero(died_new == outcome)[:_EACH] for outcome in (1, 0)])
    walk = lru_cache(maxsize=64)(partial(_walk, (X - average) / spread, died, (new[ten] - average) / spread))
    return Explorer(
        title="The training loop, step by step",
        controls=[
            Slider(
                name="learning_rate",
                label="Learning rate",
                minimum=0.1,
                maximum=3,
                step=0.1,
                value=1,
                unit="",
                decimals=1,
            ),
            Toggle(name="forget", label="Forget optimizer.zero_grad()"),
            *steps_controls(_MOST_STEPS),
        ],
        compute=partial(compute, walk),
        frame=frame,
        draw=draw,
        describe=describe,
        size=(8.0, 4.2),
        guess=Slider(
            name="guess",
            label=f"Five of the ten new patients died. That makes {_PAIRS} pairs of one who died and one who lived. In "
            "how many will the trained network give the higher risk to the one who died?",
            minimum=0,
            maximum=_PAIRS,
            step=1,
            value=12,
            unit="pairs",
        ),
        start=start,
    )


def _walk(
    markers: np.ndarray, died: np.ndarray, new: np.ndarray, learning_rate: float, forget: bool
) -> tuple[np.ndarray, np.ndarray]:
    """Return the loss and the risks of the new patients before the first step and after each one."""
    layers = random_layers(1)
    kept: Layers = [(np.zeros_like(weights), np.zeros_like(bias)) for weights, bias in layers]
    losses, risks = [], []
    with np.errstate(over="ignore"):
        for _ in range(_MOST_STEPS + 1):
            losses.append(log_loss(risk(layers, markers), died))
            risks.append(risk(layers, new))
            fresh = gradients(layers, markers, died)
            kept = stepped(kept, fresh, -1) if forget else fresh  # torch adds to what zero_grad has not wiped out
            layers = stepped(layers, kept, learning_rate)
    return np.array(losses), np.array(risks)


def compute(walk: Any, *, learning_rate: float, forget: bool, steps: float, guess: float | None) -> Result:
    """Return the losses and risks so far."""
    losses, risks = walk(learning_rate, forget)
    now = risks[int(steps)]
    return {
        "losses": losses[: int(steps) + 1],
        "risks": risks[: int(steps) + 1],
        "pairs": int(np.sum(now[:_EACH, np.newaxis] > now[_EACH:])),
    }


def frame(figure: Figure) -> Any:
    """Draw the axes: ten patients by their risk on the left, the loss by steps on the right."""
    left, right = panels(figure, 2, headlines=1)
    left.set(xlim=(0, 100), ylim=(-0.7, 2 * _EACH - 0.3), xlabel="Risk by the network (%)")
    left.set_yticks([])
    for colour, sign, word in (("orange", "D", "died"), ("blue", "o", "lived")):
        left.plot([], [], sign, color=COLOURS[colour], markersize=8, label=word)
    key(left)
    right.set(xlim=(-2, _MOST_STEPS + 2), ylim=(0.4, _HIGHEST_LOSS), xlabel="Steps taken", ylabel="Loss")
    return left, right


def draw(axes: Any, state: State, result: Result) -> list[Artist]:
    """Draw where each of the ten patients began and is now, and the loss of every step."""
    left, right = axes
    begin, now = 100 * result["risks"][0], 100 * result["risks"][-1]
    rows = np.arange(2 * _EACH)[::-1]
    drawn = [
        left.hlines(rows, begin, now, color=COLOURS["grey"], linewidth=1.2),
        *left.plot(begin, rows, "|", color=COLOURS["grey"], markersize=9),
        *left.plot(now[:_EACH], rows[:_EACH], "D", color=COLOURS["orange"], markersize=8),
        *left.plot(now[_EACH:], rows[_EACH:], "o", color=COLOURS["blue"], markersize=9),
        *right.plot(result["losses"], color=COLOURS["orange"]),
        *right.plot(
            len(result["losses"]) - 1,
            min(result["losses"][-1], _HIGHEST_LOSS),
            "o",
            color=COLOURS["orange"],
            markersize=8,
            clip_on=False,
        ),
        headline(left, f"Pairs in order: {result['pairs']} of {_PAIRS}"),
        headline(right, f"Loss {result['losses'][-1]:.3f}"),
    ]
    return drawn


def describe(state: State, result: Result) -> str:
    """Say how far the training is, and how well the ten are told apart."""
    losses, steps = result["losses"], int(state["steps"])
    if steps == 0:
        return (
            f"Before the first step the weights are random: a loss of {losses[0]:.3f}, and risks from "
            f"{100 * result['risks'][0].min():.0f}% to {100 * result['risks'][0].max():.0f}%. In {result['pairs']} of "
            f"{_PAIRS} pairs the one who died has the higher risk; coin tosses would give 12 or 13."
        )
    change = losses[-1] - losses[-2]
    sentence = (
        f"After {_counted(steps)} the loss is {losses[-1]:.3f}; the last step "
        f"{'raised' if change > 0 else 'lowered'} it by {abs(change):.3f}. In {result['pairs']} of {_PAIRS} pairs the "
        "one who died has the higher risk."
    )
    if np.ptp(result["risks"][-1]) < _SAME:
        sentence += " It gives all ten the same risk."
    if state["guess"] is not None:
        sentence += f" You guessed {state['guess']:.0f} for the end of the training."
    if state["forget"] and steps > 1:
        sentence += " Each step adds up the gradients of all steps before, so it still runs where it had to run once."
    return sentence


def _counted(steps: int) -> str:
    return "1 step" if steps == 1 else f"{steps} steps"
