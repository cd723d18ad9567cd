"""Small networks that tests of pictures set against baselines, and the overlap that masks reach."""

import numpy as np
import torch
from torch import nn

from course_utils.training import fit


def learned(X, y, n_outputs, loss, unseen, epochs):
    """Return what a small network says of unseen pictures of 32 x 32, after it has learned from (X, y)."""

    def build():
        return nn.Sequential(
            nn.Conv2d(X.shape[1], 12, 5, stride=2, padding=2),
            nn.ReLU(),
            nn.Conv2d(12, 24, 5, stride=2, padding=2),
            nn.ReLU(),
            nn.Flatten(),
            nn.Linear(24 * 8 * 8, 32),
            nn.ReLU(),
            nn.Linear(32, n_outputs),
        )

    return answers(seeded(build), X, y, loss, unseen, epochs, 0.001)


def learned_anywhere(X, y, n_outputs, loss, unseen, epochs):
    """Return the same of a network that asks whether a pattern is in a picture of any size, and not where it is."""

    def build():
        return nn.Sequential(
            nn.Conv2d(X.shape[1], 16, 5, stride=2, padding=2),
            nn.ReLU(),
            nn.Conv2d(16, 32, 3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(32, 48, 3, padding=1),
            nn.ReLU(),
            nn.AdaptiveMaxPool2d(1),
            nn.Flatten(),
            nn.Linear(48, n_outputs),
        )

    return answers(seeded(build), X, y, loss, unseen, epochs, 0.003)


def seeded(build):
    """Return a network that starts with the same weights each time."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return build()


def answers(model, X, y, loss, unseen, epochs, learning_rate):
    """Return what a network says of unseen pictures after it has learned from (X, y)."""
    fit(model, X, y, loss=loss, epochs=epochs, learning_rate=learning_rate, show=False)
    with torch.no_grad():
        return model(torch.as_tensor(unseen)).numpy()


def learn_masks(X, y, n_labels, epochs, weight=None):
    """Return a function that labels the pixels of pictures, after a small network has learned from (X, y).

    What is rare needs a larger weight: one for each label.
    """
    model = seeded(
        lambda: nn.Sequential(
            nn.Conv2d(1, 12, 5, padding=2),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(12, 24, 5, padding=2),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(24, 32, 5, padding=2),
            nn.ReLU(),
            nn.Conv2d(32, 16 * n_labels, 1),
            nn.PixelShuffle(4),
        )
    )
    loss = nn.CrossEntropyLoss(weight=None if weight is None else torch.tensor(weight))
    fit(model, X, y, loss=loss, epochs=epochs, learning_rate=0.004, batch_size=16, show=False)

    def label(pictures):
        with torch.no_grad():
            return model(torch.as_tensor(pictures)).argmax(dim=1).numpy()

    return label


def dice(one, other, n_labels):
    """Return the overlap of two sets of masks, for each label but the background."""
    return np.array(
        [2 * ((one == k) & (other == k)).sum() / ((one == k).sum() + (other == k).sum()) for k in range(1, n_labels)]
    )


def best_threshold(X, y, wanted):
    """Return the Dice of the best single brightness above which, or below which, pixels are called `wanted`."""
    levels = np.quantile(X, np.linspace(0.02, 0.98, 49))
    found = [sign * X[:, 0] > sign * level for level in levels for sign in (1, -1)]
    return max(2 * (mask & (y == wanted)).sum() / (mask.sum() + (y == wanted).sum()) for mask in found)
