"""Stained tissue: what light is left after its way through a slide."""

import numpy as np

HAEMATOXYLIN = np.array((0.650, 0.704, 0.286))
"""Optical density for red, green and blue, of a unit of the stain that makes nuclei blue."""

EOSIN = np.array((0.072, 0.990, 0.105))
"""The same of the stain that makes muscle and collagen pink."""


def stained(haematoxylin: np.ndarray, eosin: np.ndarray) -> np.ndarray:
    """Return colour pictures by the law of Beer and Lambert, float32 (n, 3, H, W), 0 to 1.

    Args:
        haematoxylin, eosin: how much of each stain is at each pixel, float32 (n, H, W).

    Sources:
        The stains' densities: Ruifrok and Johnston, Anal Quant Cytol Histol 2001;23:291-299.
    """
    of_blue, of_pink = (stain.astype(np.float32)[:, None, None] for stain in (HAEMATOXYLIN, EOSIN))
    return np.exp(-(haematoxylin[:, None] * of_blue + eosin[:, None] * of_pink))
