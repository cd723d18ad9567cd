"""Ellipsoids as a beam sees them: the way through each has a closed form."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Ellipsoids:
    """Ellipsoids as a beam sees them that comes from behind: n patients with k each.

    Attributes:
        middle: (n, k, 2), to the patient's left and down, mm.
        form: (n, k, 3), of the ellipse that each makes on the film: xx, xy and yy of its quadratic form, per mm2.
        depth: (n, k), the way through its middle, mm.
    """

    middle: np.ndarray
    form: np.ndarray
    depth: np.ndarray

    def __getitem__(self, some: slice) -> "Ellipsoids":
        return Ellipsoids(self.middle[some], self.form[some], self.depth[some])

    def half_widths(self) -> np.ndarray:
        """Return how far each reaches to either side of its middle, (n, k), mm."""
        xx, xy, yy = np.moveaxis(self.form, -1, 0)
        return np.sqrt(yy / (xx * yy - xy * xy))

    def extent(self) -> tuple[np.ndarray, np.ndarray]:
        """Return how far all of a patient's reach to the right and to the left of the patient, (n,), mm."""
        across, half = self.middle[..., 0], self.half_widths()
        return (across - half).min(axis=1), (across + half).max(axis=1)

    def grown(self, share: np.ndarray, about: np.ndarray) -> "Ellipsoids":
        """Return them `share` (n,) times as large in all directions about a point (n, 2)."""
        share = share[:, None, None]
        return Ellipsoids(
            about[:, None] + share * (self.middle - about[:, None]), self.form / share**2, self.depth * share[..., 0]
        )

    def moved(self, by: np.ndarray) -> "Ellipsoids":
        """Return them at other places, (n, 2) mm away."""
        return Ellipsoids(self.middle + by[:, None], self.form, self.depth)

    def longest_chord(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Return the longest way through any of them that a beam to each place has, float32 (n, places), mm.

        Organs that lie against each other have ellipsoids that overlap; the longest chord counts what they share once.

        Args:
            x, y: (places,), to the patient's left and down, mm.
        """
        longest = np.zeros((len(self.depth), len(x)), dtype=np.float32)
        middle, form, depth = (part.astype(np.float32) for part in (self.middle, self.form, self.depth))
        for k in range(depth.shape[1]):
            across, down = x - middle[:, k, :1], y - middle[:, k, 1:]
            xx, xy, yy = (form[:, k, place, None] for place in range(3))
            square = across * xx
            square += down * (2 * xy)
            square *= across
            down *= down
            down *= yy
            square += down
            np.subtract(1, square, out=square)
            np.maximum(square, 0, out=square)
            np.sqrt(square, out=square)
            square *= depth[:, k, None]
            np.maximum(longest, square, out=longest)
        return longest


def projected(middle: np.ndarray, half_axes: np.ndarray, directions: np.ndarray) -> Ellipsoids:
    """Return ellipsoids of the body as a beam from behind sees them: their chords have a closed form.

    Args:
        middle: (n, k, 3), to the patient's left, to the back, to the head, mm.
        half_axes: (n, k, 3), mm.
        directions: (3, 3), of these axes, a row each.
    """
    matrix = np.einsum("nka,ai,aj->nkij", 1 / half_axes**2, directions, directions)
    along = matrix[..., 1, 1]
    of_film = matrix - matrix[..., :, 1, None] * matrix[..., 1, None, :] / along[..., None, None]
    form = np.stack((of_film[..., 0, 0], -of_film[..., 0, 2], of_film[..., 2, 2]), axis=-1)
    return Ellipsoids(middle[..., (0, 2)] * (1, -1), form, 2 / np.sqrt(along))
