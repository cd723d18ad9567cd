"""Look at what each channel of a network for echo views answers, block by block (chapter 08)."""

from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from course_utils.plots import COLOURS, headline, panels
from course_utils.widgets._view_network import view_network
from course_utils.widgets.explorer import Explorer, Result, Slider, State
from data_generators import ECHO_VIEWS

_BLOCKS, _CHANNELS, _SHOWN = 4, 8, 24
_MOST = 8  # patches
_CELL, _GAP = 36, 3  # pixels of a patch in the picture of patches, and between two


@dataclass(frozen=True)
class _Answers:
    """What the blocks of a network answer to pictures, by block from 1.

    Attributes:
        pictures: (n, side, side).
        view: places in `ECHO_VIEWS`, (n,).
        channels: numbers of the channels that differ most from view to view, (8,).
        maps: of these channels and the first 24 pictures, (24, 8, height, width).
        strongest: pictures that excite each of them most, (8 channels, 8).
        places: where in them, row and column of the feature map, (8 channels, 8, 2).
        alike: how many of the eight strongest pictures show one view, on average over all channels of the block.
        sees: pixels along each side that a number of its feature maps comes from.
    """

    pictures: np.ndarray
    view: np.ndarray
    channels: dict[int, np.ndarray]
    maps: dict[int, np.ndarray]
    strongest: dict[int, np.ndarray]
    places: dict[int, np.ndarray]
    alike: dict[int, float]
    sees: dict[int, int]


def explore_feature_maps(network: Any = None, X: Any = None, view: Any = None, **start: Any) -> Explorer:
    """Show an echo picture, the feature map of one channel, and the patches of all pictures that excite it most.

    Args:
        network: of `cnn`, with four blocks and a pool of 2; without it a small one is trained, in some seconds.
        X: pictures that it has not learned from, (n, 1, side, side), 24 or more.
        view: their places in `ECHO_VIEWS`, (n,).
        start: values to begin with: `picture` (1 to 24), `block` (1 to 4) and `channel` (1 to 8; in each block the
            eight that differ most from view to view).

    Returns:
        An Explorer; its `result` has "map", "channel", its number in the network from 0, "patches" (8, side, side),
        "views", what they show, "sees", how many pixels wide a patch is, and "alike", by block, how many of the eight
        patches show one view, on average over all its channels.
    """
    if network is None:
        network, X, view = view_network(0)
    answers = _ask(network, np.asarray(X), np.asarray(view))
    return Explorer(
        title="What a channel answers",
        controls=[
            Slider(name="picture", label="Picture", minimum=1, maximum=_SHOWN, step=1, value=1, unit=""),
            Slider(name="block", label="Block", minimum=1, maximum=_BLOCKS, step=1, value=1, unit=""),
            Slider(name="channel", label="Channel", minimum=1, maximum=_CHANNELS, step=1, value=1, unit=""),
        ],
        compute=partial(compute, answers),
        frame=frame,
        draw=partial(draw, answers),
        describe=partial(describe, answers),
        size=(8.0, 3.4),
        guess=Slider(
            name="guess",
            label="Take the eight pictures that excite a channel of block 4 most. How many of them show the same "
            "view, on average over its channels?",
            minimum=1,
            maximum=8,
            step=1,
            value=4,
            unit="of 8",
        ),
        start=start,
    )


def _ask(network: Any, X: np.ndarray, view: np.ndarray) -> _Answers:
    from course_utils.models import feature_maps

    found = _Answers(X[:, 0], view, {}, {}, {}, {}, {}, {})
    is_view = np.eye(len(ECHO_VIEWS))[view]
    seen, step = 1, 1
    for block, maps in feature_maps(network, X).items():
        answered = maps.numpy()
        peaks = answered.max(axis=(2, 3))
        of_view = is_view.T @ peaks / np.maximum(is_view.sum(axis=0), 1)[:, None]
        telling = np.argsort(-of_view.var(axis=0) / (peaks.var(axis=0) + 1e-9))[:_CHANNELS]
        strongest = np.argsort(-peaks, axis=0)[:_MOST]
        same = [np.bincount(view[column]).max() for column in strongest.T]
        chosen = answered[strongest[:, telling].T, telling[:, None]]
        flat = chosen.reshape(_CHANNELS, _MOST, -1).argmax(axis=2)
        seen += 2 * step
        found.channels[block], found.maps[block] = telling, answered[:_SHOWN, telling]
        found.strongest[block], found.alike[block] = strongest[:, telling].T, float(np.mean(same))
        found.places[block] = np.stack(np.unravel_index(flat, answered.shape[2:]), axis=-1)
        found.sees[block] = seen
        seen, step = seen + step, 2 * step
    return found


def _corner(block: int, place: Any, sees: int) -> np.ndarray:
    """Return the first row and column of the picture that a place of a feature map comes from."""
    step = 2 ** (block - 1)
    return np.round((np.asarray(place) + 0.5) * step - sees / 2).astype(int)


def compute(answers: _Answers, *, picture: float, block: float, channel: float, guess: float | None) -> Result:
    """Look up the map of this channel, and cut out the patches that excite it most; beyond the picture they are 0."""
    block, shown = int(block), int(channel) - 1
    sees = answers.sees[block]
    strongest = answers.strongest[block][shown]
    padded = np.pad(answers.pictures[strongest], ((0, 0), (sees, sees), (sees, sees)))
    patches = [
        each[row + sees : row + 2 * sees, column + sees : column + 2 * sees]
        for each, (row, column) in zip(padded, _corner(block, answers.places[block][shown], sees), strict=True)
    ]
    return {
        "map": answers.maps[block][int(picture) - 1, shown],
        "channel": int(answers.channels[block][shown]),
        "patches": np.array(patches),
        "views": [ECHO_VIEWS[number] for number in answers.view[strongest]],
        "sees": sees,
        "alike": answers.alike,
    }


def frame(figure: Figure) -> Any:
    """Make room for the picture, the feature map, and the patches."""
    three = panels(figure, 3, headlines=2)
    for axes in three:
        axes.set_axis_off()
        axes.set_aspect("equal", anchor="N")  # all three are square, so a heart keeps its shape
    return three


def draw(answers: _Answers, axes: Any, state: State, result: Result) -> list[Artist]:
    """Draw all three, and in the picture a frame round what excites the channel most."""
    left, middle, right = axes
    picture, heat, sees = answers.pictures[int(state["picture"]) - 1], result["map"], result["sees"]
    drawn: list[Artist] = [
        left.imshow(picture, cmap="gray", vmin=0, vmax=1),
        middle.imshow(heat, cmap="cividis", vmin=0, vmax=max(heat.max(), 1e-6)),
        right.imshow(_side_by_side(result["patches"]), cmap="gray", vmin=0, vmax=1),
        headline(left, f"Picture {state['picture']:.0f}"),
        headline(middle, f"Block {state['block']:.0f}, channel {state['channel']:.0f}"),
        headline(right, "What excites it most"),
    ]
    if heat.max() > 0:
        row, column = _corner(int(state["block"]), np.unravel_index(heat.argmax(), heat.shape), sees)
        box = Rectangle((column - 0.5, row - 0.5), sees, sees, fill=False, edgecolor=COLOURS["orange"], linewidth=2.5)
        drawn.append(left.add_patch(box))
    return drawn


def _side_by_side(patches: np.ndarray) -> np.ndarray:
    """Return patches in three rows of three, each as large as the others, with white between them and for the ninth."""
    nearest = np.arange(_CELL) * patches.shape[1] // _CELL
    cells = np.pad(patches[:, nearest][:, :, nearest], ((0, 1), (0, _GAP), (0, _GAP)), constant_values=1.0)
    return np.concatenate([np.concatenate(list(row), axis=1) for row in np.split(cells, 3)])


def describe(answers: _Answers, state: State, result: Result) -> str:
    """Say what is seen, how strongly the channel answers, and what excites it most."""
    number = int(state["picture"]) - 1
    views = result["views"]
    commonest = max(sorted(set(views)), key=views.count)
    sentence = (
        f"Picture {state['picture']:.0f}: {ECHO_VIEWS[answers.view[number]]}. Channel {state['channel']:.0f} of block "
        f"{state['block']:.0f} looks at {result['sees']} by {result['sees']} pixels at a time, and its strongest "
        f"answer here is {result['map'].max():.1f}. Of the eight pictures that excite it most, "
        f"{views.count(commonest)} show the same view: {commonest}."
    )
    if state["guess"] is not None:
        sentence += (
            f" On average over the channels of block 4 it is {result['alike'][4]:.1f} of 8; "
            f"you guessed {state['guess']:.0f}."
        )
    return sentence
