"""Small networks that tests of pictures set against baselines, and the overlap that masks reach."""

import numpy as np
import torch
from torch import nn

from course_utils.training import fit

RATES = (0.003, 4 / 7), (0.001, 2 / 7), (0.0003, 1 / 7)
"""Learning rates, and the share of the epochs that each has."""


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


def still_network(n_channels, n_outputs, side):
    """Return three blocks for pictures of side x side, and a weighted sum of what is left and where."""
    return seeded(
        lambda: nn.Sequential(
            *block(n_channels, 16),
            *block(16, 32),
            *block(32, 64),
            nn.Flatten(),
            nn.Dropout(0.3),
            nn.Linear(64 * (side // 8) ** 2, n_outputs),
        )
    )


def stack_network(n_channels, n_outputs, side):
    """Return four steps for stacks or clips of any size, which ask how strong a pattern is where it is strongest.

    The first looks within slices alone and halves them, since what is three-dimensional costs most at full size.
    """

    def step(before, after, kernel, shrink=None):
        convolution = nn.Conv3d(before, after, kernel, padding=tuple(each // 2 for each in kernel))
        return [convolution, nn.BatchNorm3d(after), nn.ReLU(), *([nn.MaxPool3d(shrink)] if shrink else [])]

    def build():
        return nn.Sequential(
            *step(n_channels, 8, (1, 3, 3), (1, 2, 2)),
            *step(8, 16, (3, 3, 3), (1, 2, 2)),
            *step(16, 24, (3, 3, 3), 2),
            *step(24, 32, (3, 3, 3)),
            nn.AdaptiveMaxPool3d(1),
            nn.Flatten(),
            nn.Linear(32, n_outputs),
        )

    return seeded(build).to(memory_format=torch.channels_last_3d)


def signal_network(n_channels, n_outputs, length):
    """Return four blocks for signals of any length, and a weighted sum of each pattern's best match and mean match."""

    def step(before, after):
        return nn.Conv1d(before, after, 7, padding=3), nn.BatchNorm1d(after), nn.ReLU(), nn.MaxPool1d(3)

    def build():
        return nn.Sequential(
            *step(n_channels, 24), *step(24, 32), *step(32, 48), *step(48, 64), Pools(), nn.Linear(128, n_outputs)
        )

    return seeded(build)


def table_network(n_channels, n_outputs, length):
    """Return one hidden layer for a row of numbers."""
    return seeded(
        lambda: nn.Sequential(
            nn.BatchNorm1d(n_channels), nn.Linear(n_channels, 32), nn.ReLU(), nn.Linear(32, n_outputs)
        )
    )


class Pools(nn.Module):
    """The strongest and the mean answer of each channel."""

    def forward(self, X):
        return torch.cat([X.amax(dim=-1), X.mean(dim=-1)], dim=1)


def wave_network(n_channels, n_labels, length):
    """Return labels for the samples of signals: each layer looks twice as far as the one before it."""

    def step(before, after, apart):
        return nn.Conv1d(before, after, 9, padding=4 * apart, dilation=apart), nn.BatchNorm1d(after), nn.ReLU()

    def build():
        return nn.Sequential(
            *step(n_channels, 16, 1), *step(16, 16, 2), *step(16, 24, 4), *step(24, 24, 8), nn.Conv1d(24, n_labels, 1)
        )

    return seeded(build)


def block(before, after):
    """Return the layers of a block: convolve, bring to one scale, ReLU, pool."""
    return nn.Conv2d(before, after, 3, padding=1), nn.BatchNorm2d(after), nn.ReLU(), nn.MaxPool2d(2)


class UNet(nn.Module):
    """Labels for pixels: down twice, up twice, and on the way up what was seen on the way down."""

    def __init__(self, n_channels, n_labels):
        super().__init__()
        self.first, self.second, self.lowest = double(n_channels, 8), double(8, 16), double(16, 32)
        self.middle, self.last = double(32 + 16, 16), double(16 + 8, 8)
        self.label = nn.Conv2d(8, n_labels, 1)

    def forward(self, X):
        fine = self.first(X)
        coarse = self.second(nn.functional.max_pool2d(fine, 2))
        up = nn.functional.interpolate(self.lowest(nn.functional.max_pool2d(coarse, 2)), scale_factor=2)
        up = nn.functional.interpolate(self.middle(torch.cat([up, coarse], dim=1)), scale_factor=2)
        return self.label(self.last(torch.cat([up, fine], dim=1)))


def mask_network(n_channels, n_labels, side):
    """Return a small U-Net."""
    return seeded(lambda: UNet(n_channels, n_labels))


def double(before, after):
    """Return two convolutions, each with its scale and ReLU."""
    return nn.Sequential(
        nn.Conv2d(before, after, 3, padding=1),
        nn.BatchNorm2d(after),
        nn.ReLU(),
        nn.Conv2d(after, after, 3, padding=1),
        nn.BatchNorm2d(after),
        nn.ReLU(),
    )


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


def answers_in_steps(model, X, y, loss, unseen, epochs):
    """Return what a network says of unseen pictures; the last epochs have a lower learning rate."""
    for part, (learning_rate, share) in enumerate(RATES):
        fit(
            model,
            X,
            y,
            loss=loss,
            epochs=round(share * epochs),
            learning_rate=learning_rate,
            batch_size=32,
            random_state=part,
            show=False,
        )
    with torch.no_grad():
        return torch.cat([model(part) for part in torch.as_tensor(unseen).split(100)]).numpy()


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
