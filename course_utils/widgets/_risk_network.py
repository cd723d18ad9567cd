"""A network of five markers in NumPy, small enough to be drawn and trained while a widget opens."""

from itertools import pairwise

import numpy as np

from course_utils.plots import activities

Layers = list[tuple[np.ndarray, np.ndarray]]

SIZES = (5, 4, 3, 1)
"""Markers, neurons of both hidden layers, and the one that gives the log-odds: the review's figure 2."""


def random_layers(seed: int) -> Layers:
    """Draw weights (neurons, neurons before) and biases (neurons,) for each layer, as torch does for a new network."""
    generator = np.random.default_rng(seed)
    layers = []
    for before, neurons in pairwise(SIZES):
        widest = 1 / np.sqrt(before)
        layers.append(
            (generator.uniform(-widest, widest, (neurons, before)), generator.uniform(-widest, widest, neurons))
        )
    return layers


def risk(layers: Layers, markers: np.ndarray) -> np.ndarray:
    """Return the risk (0 to 1) of each patient, (n,), from standardised markers (n, 5)."""
    return 1 / (1 + np.exp(-activities(layers, markers)[-1][:, 0]))


def log_loss(risks: np.ndarray, died: np.ndarray) -> float:
    """Return the mean log loss of risks (n,) where 1 means death (n,)."""
    return float(-np.mean(np.log(np.clip(np.where(died == 1, risks, 1 - risks), 1e-12, 1))))


def gradients(layers: Layers, markers: np.ndarray, died: np.ndarray) -> Layers:
    """Return how steeply the mean log loss rises with each weight and bias, in the shape of `layers`."""
    values = activities(layers, markers)
    slope = (1 / (1 + np.exp(-values[-1])) - died[:, np.newaxis]) / len(died)
    found: Layers = []
    for (weights, _), before in zip(reversed(layers), reversed(values[:-1]), strict=True):
        found.insert(0, (slope.T @ before, slope.sum(axis=0)))
        slope = (slope @ weights) * (before > 0)  # nothing flows back through a silent neuron
    return found


def stepped(layers: Layers, along: Layers, learning_rate: float) -> Layers:
    """Return the layers after one step against the gradients `along`."""
    return [
        (weights - learning_rate * of_weights, bias - learning_rate * of_bias)
        for (weights, bias), (of_weights, of_bias) in zip(layers, along, strict=True)
    ]
