"""Cut a template out of an ECG and slide it along the strip (chapter 06)."""

from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.figure import Figure

from course_utils.plots import COLOURS, arrange, find_matches, headline, panels, unsigned
from course_utils.plots.style import SHADE
from course_utils.widgets.explorer import Button, Explorer, Result, Slider, State
from data_generators import ECG_WAVES, make_ecg

_RATE = 100
_SECONDS = 6.0
_ROOM_FOR_HALF = 70  # pixels
_CUTS = {"P": (-140, 140), "QRS": (0, 120), "T": (260, 240)}
"""Middle from the R peak and width of each wave's template, ms."""


@dataclass(frozen=True)
class _Strip:
    lead: np.ndarray  # mV, (samples,)
    waves: np.ndarray  # what each sample belongs to, (samples,)
    r_peak: int  # of the beat from which templates are cut


def explore_template(seed: int = 3, **start: Any) -> Explorer:
    """Show a simulated strip of lead II, a template cut out of it, and how well it matches at each place.

    A match is the sum of the products of template and strip, sample by sample. The template's mean is taken away.

    Args:
        seed: which patient.
        start: values to begin with: `middle` (of the template, ms from an R peak), `width` (ms) and `place` (seconds,
            where the template's middle stands).

    Returns:
        An Explorer; its `result` has "template" (mV), "matches" for each place at which the template fits, "reached",
        how many of them it has passed, "peaks", the separate places among all that match at least half as well as the
        best one, "on", how many of those lie on each of `ECG_WAVES`, and "p_waves" and "p_found": the P waves of the
        strip, and those that a P wave's template finds so.
    """
    X, _, truth = make_ecg(
        1, sampling_rate=_RATE, duration=_SECONDS, heart_rate=70, random_state=seed, return_truth=True
    )
    strip = _Strip(X[0, 1].astype(float), truth["waves"][0], int(truth["r_peaks"][0][2]))
    return Explorer(
        title="Slide a template along the strip",
        controls=[
            Button(name="p", label="Cut out a P wave", change=partial(_cut, "P")),
            Button(name="qrs", label="Cut out a QRS complex", change=partial(_cut, "QRS")),
            Button(name="t", label="Cut out a T wave", change=partial(_cut, "T")),
            Slider(
                name="middle",
                label="Middle of the template, from the R peak",
                minimum=-300,
                maximum=500,
                step=10,
                value=_CUTS["QRS"][0],
                unit="ms",
            ),
            Slider(
                name="width",
                label="Width of the template",
                minimum=40,
                maximum=400,
                step=20,
                value=_CUTS["QRS"][1],
                unit="ms",
            ),
            Button(name="end", label="Slide to the end", change=lambda state: {"place": _SECONDS}),
            Slider(
                name="place",
                label="The template stands at",
                minimum=0,
                maximum=_SECONDS,
                step=0.05,
                value=0.5,
                unit="s",
                decimals=2,
            ),
        ],
        compute=partial(compute, strip),
        frame=partial(frame, strip),
        draw=partial(draw, strip),
        describe=describe,
        size=(8.0, 4.6),
        guess=Slider(
            name="guess",
            label="Cut out one P wave. How many P waves will match it at least half as well as the best place does?",
            minimum=0,
            maximum=10,
            step=1,
            value=7,
            unit="",
        ),
        touch=lambda state, axes, x, y: {"place": x},
        start=start,
    )


def _cut(wave: str, state: State) -> State:
    middle, width = _CUTS[wave]
    return {"middle": middle, "width": width}


def slide(strip: _Strip, middle: float, width: float) -> tuple[np.ndarray, np.ndarray]:
    """Cut a template out of the strip (ms from the R peak), and return it and its match at each place."""
    samples = round(width / 1000 * _RATE)
    first = strip.r_peak + round(middle / 1000 * _RATE) - samples // 2
    template = strip.lead[first : first + samples]
    template = template - template.mean()
    return template, np.correlate(strip.lead, template, "valid")


def compute(strip: _Strip, *, middle: float, width: float, place: float, guess: float | None) -> Result:
    """Slide the template along the whole strip, and say where it has come to and what it matches."""
    template, matches = slide(strip, middle, width)
    half = len(template) // 2
    here = int(np.clip(round(place * _RATE) - half, 0, len(matches) - 1))
    peaks = find_matches(matches)
    on = np.bincount(strip.waves[peaks + half], minlength=len(ECG_WAVES))

    p_template, p_matches = slide(strip, *_CUTS["P"])
    p_half = len(p_template) // 2
    is_p = strip.waves[p_half : p_half + len(p_matches)] == ECG_WAVES.index("P wave")
    edges = np.flatnonzero(np.diff(np.concatenate([[0], is_p.astype(int), [0]])))
    best = [p_matches[a:b].max() for a, b in zip(edges[::2], edges[1::2], strict=True)]
    return {
        "template": template,
        "matches": matches,
        "reached": here + 1,
        "peaks": peaks,
        "on": dict(zip(ECG_WAVES, on.tolist(), strict=True)),
        "p_waves": len(best),
        "p_found": int(np.sum(np.array(best) >= p_matches.max() / 2)),
    }


def frame(strip: _Strip, figure: Figure) -> Any:
    """Draw the strip above, and an empty picture of matches below."""
    above, below = panels(figure, rows=(2, 3), headlines=1)
    above.plot(np.arange(len(strip.lead)) / _RATE, strip.lead, color=COLOURS["black"], linewidth=1.2)
    above.set(xlim=(0, _SECONDS), ylim=(strip.lead.min() - 0.2, strip.lead.max() + 0.2), ylabel="Lead II (mV)")
    above.tick_params(labelbottom=False)
    below.axhline(0, color=COLOURS["grey"], linewidth=1)
    below.set(xlim=(0, _SECONDS), ylim=(-1.1, 1.1), xlabel="Time (seconds)", ylabel="Match")
    arrange(figure)
    below.set_yticks([-1, 0, 0.5, 1], ["", "0", "half" if below.bbox.height > _ROOM_FOR_HALF else "", "best"])
    return above, below


def draw(strip: _Strip, axes: Any, state: State, result: Result) -> list[Artist]:
    """Lay the template over the strip, and draw its matches as far as it has come."""
    above, below = axes
    template, matches, reached = result["template"], result["matches"], result["reached"]
    half = len(template) / 2
    here = reached - 1
    under = strip.lead[here : here + len(template)]
    scale = np.abs(matches).max()
    seconds = (np.arange(len(matches)) + half) / _RATE
    drawn: list[Artist] = [
        above.axvspan(here / _RATE, (here + len(template)) / _RATE, color=COLOURS["orange"], alpha=SHADE, linewidth=0),
        *above.plot((here + np.arange(len(template))) / _RATE, template + under.mean(), color=COLOURS["orange"]),
        headline(above, f"Match here: {unsigned(matches[here], 2)}"),
        *below.plot(seconds[:reached], matches[:reached] / scale, color=COLOURS["blue"], linewidth=1.8),
        *below.plot(seconds[here], matches[here] / scale, "o", color=COLOURS["orange"], markersize=7),
    ]
    passed = result["peaks"][result["peaks"] < reached]
    drawn += below.plot(
        seconds[passed], matches[passed] / scale, "v", color=COLOURS["black"], markersize=8, markeredgecolor="white"
    )
    return drawn


def describe(state: State, result: Result) -> str:
    """Say where the template stands, how well it matches there, and at the end what it has found."""
    matches, reached, peaks = result["matches"], result["reached"], result["peaks"]
    middle = (reached - 1 + len(result["template"]) / 2) / _RATE
    passed = int(np.sum(peaks < reached))
    sentence = (
        f"At {middle:.2f} seconds the match is {unsigned(matches[reached - 1], 2)}; the best on this strip is "
        f"{unsigned(matches.max(), 2)}. "
    )
    if reached < len(matches):
        return sentence + f"So far {_places(passed)} at least half as well as the best."
    found = ", ".join(f"{count} on a {name}" for name, count in result["on"].items() if count and name != "no wave")
    if result["on"]["no wave"]:
        found += f"{', ' if found else ''}{result['on']['no wave']} between waves"
    sentence += f"On the whole strip {_places(passed)} at least half as well as the best: {found}."
    if state["guess"] is not None:
        sentence += (
            f" A P wave's template finds {result['p_found']} of the {result['p_waves']} P waves so; "
            f"you guessed {state['guess']:.0f}."
        )
    return sentence


def _places(count: int) -> str:
    return "1 place matches" if count == 1 else f"{count} places match"
