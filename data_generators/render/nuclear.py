"""Nuclear pictures: how a gamma camera sees the activity of a polar map."""

import numpy as np


def gamma_camera(
    generator: np.random.Generator, activity: np.ndarray, inside: np.ndarray, *, blur: float, counts: np.ndarray
) -> np.ndarray:
    """Return blurred activity with its Poisson noise, float32 (n, H, W), 1 where the mean over the map is.

    Args:
        generator: draws the counts.
        activity: (n, H, W), relative.
        inside: bool (H, W), the map; outside there is nothing.
        blur: full width of the point spread function at half of its height, pixels.
        counts: (n,), of a pixel on average.
    """
    sd = blur / np.sqrt(8 * np.log(2))
    down, across = (_gauss(extent, sd) for extent in inside.shape)
    weight = down @ inside.astype(float) @ across.T
    seen = down @ (activity * inside) @ across.T / np.where(inside, weight, 1) * inside
    expected = seen / seen[:, inside].mean(axis=1)[:, None, None] * counts[:, None, None]
    return (generator.poisson(expected) / counts[:, None, None]).astype(np.float32)


def _gauss(extent: int, sd: float) -> np.ndarray:
    """Return what blurs along one axis, (extent, extent), to multiply with."""
    away = np.arange(extent)[:, None] - np.arange(extent)
    kernel = np.exp(-0.5 * (away / sd) ** 2)
    return kernel / kernel.sum(axis=1, keepdims=True).max()
