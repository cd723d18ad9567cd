"""Films: what X-rays leave on a detector after their way through soft tissue and bone."""

import numpy as np

SOFT_TISSUE, BONE = 0.0185, 0.045  # per mm, at the energies of a film of the chest
_DARKEST, _BRIGHTEST = 0.6, 4.4  # of attenuation: black and white


def film(
    generator: np.random.Generator,
    soft_tissue: np.ndarray,
    bone: np.ndarray,
    *,
    noise: np.ndarray,
    exposure: np.ndarray,
) -> np.ndarray:
    """Return films, float32 (n, places), 0 (black) to 1 (white): the logarithm of what comes through, as it is shown.

    Args:
        generator: draws the noise.
        soft_tissue: float32 (n, places), way through soft tissue, mm; it is overwritten.
        bone: (n, places), way through bone, mm.
        exposure: (n,), mm of soft tissue for which the machine makes up, as it does in a large patient.
        noise: (n,), standard deviation of the logarithm where nothing is in the way of the beam. It grows as fewer
            photons come through: by the root of what is left.

    Sources:
        The attenuation of soft tissue and bone: rounded values of Hubbell and Seltzer, NISTIR 5632, at about 60 keV,
        where scattered rays make it look lower.
    """
    attenuation = soft_tissue
    attenuation *= SOFT_TISSUE
    attenuation += bone * np.float32(BONE)
    spread = np.exp(attenuation * np.float32(0.5))
    spread *= noise[:, None].astype(np.float32)
    spread *= generator.standard_normal(attenuation.shape, dtype=np.float32)
    attenuation += spread
    attenuation -= (_DARKEST + SOFT_TISSUE * exposure[:, None]).astype(np.float32)
    attenuation *= np.float32(1 / (_BRIGHTEST - _DARKEST))
    return np.clip(attenuation, 0, 1, out=attenuation)
