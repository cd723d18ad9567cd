"""Computed tomography: what a scanner makes of the Hounsfield units of a slice."""

import numpy as np

HOUNSFIELD = {
    "air": -1000.0,
    "lung": -850.0,
    "fat": -90.0,
    "muscle": 48.0,
    "blood": 40.0,
    "liver": 60.0,
    "bone": 350.0,
    "contrast": 380.0,
}
"""HU of tissues: blood without contrast medium, and an artery with it."""


def ct(
    generator: np.random.Generator,
    hounsfield: np.ndarray,
    *,
    pixel: float,
    noise: np.ndarray,
    blur: float = 0.8,
    motion: np.ndarray | float = 0.0,
) -> np.ndarray:
    """Return slices as a scanner shows them, in HU.

    All is done on spatial frequencies, so what leaves a slice at one edge comes in at the other: a margin of some
    pixels should be cut off where that matters.

    Args:
        generator: draws the noise.
        hounsfield: float32 (n, ..., H, W), HU of the tissues.
        pixel: mm.
        noise: (n,), its standard deviation, HU. Filtered back projection leaves little of it at low frequencies.
        blur: standard deviation of the point spread function, mm.
        motion: (n,) or a number, mm by which the heart moves from left to right while it is scanned.

    Sources:
        The spectrum of the noise, ramp by Hann window: after Riederer, Pelc and Chesler, Phys Med Biol 1978;23:446-454.
    """
    shape = hounsfield.shape
    down = np.fft.fftfreq(shape[-2])[:, None]
    across = np.fft.rfftfreq(shape[-1])
    frequency = np.hypot(down, across)
    spread = np.exp(-2 * (np.pi * frequency * blur / pixel) ** 2)
    moved = np.sinc(across * np.broadcast_to(motion, shape[0])[:, None] / pixel)
    transfer = (spread * moved.reshape(shape[0], *(1,) * (len(shape) - 2), -1)).astype(np.float32)
    window = frequency * (0.5 + 0.5 * np.cos(np.pi * np.minimum(frequency / 0.5, 1)))
    # White noise of variance 1 has a variance that is the mean square of the filter.
    both_sides = np.where((across > 0) & (across < 0.5), 2, 1) * np.ones_like(down)
    window /= np.sqrt((window**2 * both_sides).sum() / (shape[-2] * shape[-1]))
    scale = np.asarray(noise, dtype=np.float32).reshape(shape[0], *(1,) * (len(shape) - 1))
    white = generator.standard_normal(shape, dtype=np.float32) * scale
    waves = np.fft.rfft2(hounsfield) * transfer
    waves += np.fft.rfft2(white) * window.astype(np.float32)
    return np.fft.irfft2(waves, s=shape[-2:]).astype(np.float32)
