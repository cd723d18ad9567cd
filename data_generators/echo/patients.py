"""Whose hearts are seen: drawn so that the same patient may have another disease."""

import numpy as np

from data_generators._streams import Streams
from data_generators.heart.chambers import Hearts
from data_generators.heart.disease import draw_conditions, draw_hearts, seen_by_echo


def draw_patients(streams: Streams, n_samples: int, normal: float) -> tuple[np.ndarray, Hearts]:
    """Return conditions, int (n,), of which this share is normal, and hearts as echo sees them."""
    condition = draw_conditions(streams("disease"), n_samples, normal)
    return condition, hearts_in(streams, condition)


def hearts_in(streams: Streams, condition: np.ndarray) -> Hearts:
    """Return the hearts that the patients of these streams have in these conditions, as echo sees them."""
    return seen_by_echo(draw_hearts(streams("heart"), condition, draw_sex(streams, len(condition))))


def draw_sex(streams: Streams, n_samples: int) -> np.ndarray:
    """Return who is male, bool (n,)."""
    return streams("sex").random(n_samples) < 0.5
