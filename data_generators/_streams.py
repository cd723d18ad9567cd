"""Random numbers by name: a part of a simulation draws the same ones whatever its other parts draw."""

import zlib

import numpy as np


class Streams:
    """Independent sources of randomness for the named parts of one simulation.

    So the same patient can be simulated again with one thing changed and all else, noise included, the same.

    Args:
        generator: drawn from once, and the same number of times whatever is asked for later.
    """

    def __init__(self, generator: np.random.Generator) -> None:
        self._entropy = generator.integers(0, 2**32, 4).tolist()

    def __call__(self, name: str, number: int = 0) -> np.random.Generator:
        """Return the stream of this name from its beginning; `number` tells several of one name apart."""
        return np.random.default_rng([*self._entropy, zlib.crc32(name.encode()), number])
