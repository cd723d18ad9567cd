"""What can be said of pictures and signals without a network: brightness, texture, few places, many, and place."""

import numpy as np
import torch
from sklearn.base import clone
from sklearn.decomposition import PCA
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import PolynomialFeatures, StandardScaler
from torch.nn import functional

QUANTILES = np.linspace(0.02, 0.98, 13)
RINGS = 10  # of a spectrum
PENALTIES = 10.0 ** np.arange(0, 6)
PIXELS = 60_000  # that a model of single pixels learns from


def of_all(X, y, unseen):
    """Return the answers of each baseline to unseen samples: a column of chances for each class, or numbers."""
    if X.ndim == 2:
        return {"numbers, linear": linear(X, y, unseen), "numbers, forest": forest(X, y, unseen)}
    statistics, thumbnails, pixels = ([see(part) for part in (X, unseen)] for see in (statistics_of, thumbnail, flat))
    return {
        "statistics, linear": linear(statistics[0], y, statistics[1]),
        "statistics, forest": forest(statistics[0], y, statistics[1]),
        "thumbnail, linear": linear(thumbnails[0], y, thumbnails[1]),
        "pixels, linear": linear(pixels[0], y, pixels[1]),
    }


def of_number(number, y, unseen):
    """Return the answers of a curve through one number of each patient."""
    curve = PolynomialFeatures(2, include_bias=False)
    scaled = StandardScaler().fit(number[:, None])
    return linear(
        *(curve.fit_transform(scaled.transform(number[:, None])), y), curve.transform(scaled.transform(unseen[:, None]))
    )


def of_masks(X, y, unseen):
    """Return the labels that each baseline gives to the pixels of unseen pictures."""
    n_labels = int(y.max()) + 1
    atlas = np.argmax([(y == label).mean(axis=0) for label in range(n_labels)], axis=0)
    places, labels = pixels_of(X), y.ravel()
    some = np.random.default_rng(0).choice(len(labels), min(PIXELS, len(labels)), replace=False)
    models = {
        "pixel, linear": make_pipeline(PolynomialFeatures(2), StandardScaler(), LogisticRegression(max_iter=300)),
        "pixel, forest": RandomForestClassifier(30, min_samples_leaf=10, random_state=0),
    }
    found = {"atlas": np.broadcast_to(atlas, (len(unseen), *atlas.shape))}
    for name, model in models.items():
        found[name] = model.fit(places[some], labels[some]).predict(pixels_of(unseen)).reshape(-1, *atlas.shape)
    return found


def statistics_of(X):
    """Return how bright each channel is, by quantiles, and how fine its pattern is, by the power in rings or bands."""
    channels = X.reshape(*X.shape[:2], -1)
    bright = np.quantile(channels, QUANTILES, axis=2)
    axes = (-1,) if is_signal(X) else (-2, -1)
    power = np.abs(np.fft.fftn(X - X.mean(axis=axes, keepdims=True), axes=axes)) ** 2
    radius = np.linalg.norm(np.meshgrid(*(np.fft.fftfreq(X.shape[axis]) for axis in axes)), axis=0)
    ring = np.minimum((radius * 2 * RINGS).astype(int), RINGS - 1)
    power = np.stack([power[..., ring == each].mean(axis=-1) for each in range(RINGS)])
    power = power.reshape(*power.shape[:3], -1).mean(axis=-1)  # slices of a stack and frames of a clip together
    return np.concatenate([bright, np.log(power + 1e-6)]).transpose(1, 0, 2).reshape(len(X), -1)


def thumbnail(X):
    """Return pictures of 8 x 8, four of them for a stack or a clip, and of a signal 64 stretches."""
    return shrunk(X, 64 if is_signal(X) else 8, 4)


def flat(X):
    """Return all pixels of pictures of at most 32 x 32, or 16 x 16 where there are many, and 250 places of signals."""
    return shrunk(X, {3: 250, 4: 32}.get(X.ndim, 16), X.shape[2])


def shrunk(X, side, depth):
    """Return the mean brightness of so many squares of each picture, or stretches of each signal."""
    side, X = min(side, X.shape[-1]), torch.as_tensor(X)
    if is_signal(X):
        return functional.adaptive_avg_pool1d(X, side).flatten(1).numpy()
    if X.ndim == 4:
        return functional.adaptive_avg_pool2d(X, side).flatten(1).numpy()
    return functional.adaptive_avg_pool3d(X, (min(depth, X.shape[2]), side, side)).flatten(1).numpy()


def pixels_of(X):
    """Return brightness and place of each pixel; of each sample of a signal its height and slope as well."""
    place = np.indices(X.shape[2:]) / X.shape[-1]
    seen = [X[:, 0], *([np.gradient(X[:, 0], axis=-1)] if is_signal(X) else [])]
    seen += [np.broadcast_to(part, X[:, 0].shape) for part in place]
    return np.stack(seen, axis=-1).reshape(-1, len(seen))


def is_signal(X):
    return X.ndim == 3


def is_number(y):
    return np.issubdtype(y.dtype, np.floating)


def answers(model, unseen):
    return model.predict_proba(unseen) if hasattr(model, "predict_proba") else model.predict(unseen)


def linear(X, y, unseen):
    """Return the answers of a weighted sum, whose penalty is the best one for the last fifth of those learned from."""

    def turned(*parts):
        # Turned, and nothing lost: with more pixels than pictures it is much faster.
        turn = make_pipeline(StandardScaler(), PCA(svd_solver="full")).fit(parts[0])
        return [turn.transform(part) for part in parts]

    def fitted(model, penalty, X, y):
        return model.set_params(**({"alpha": penalty} if is_number(y) else {"C": 1 / penalty})).fit(X, y)

    model = Ridge() if is_number(y) else LogisticRegression(max_iter=200, tol=1e-3, warm_start=True)
    most = len(X) * 4 // 5
    first, last = turned(X[:most], X[most:])
    # From the greatest penalty to the least: each begins where the last one ended, and has little left to do.
    best = max(PENALTIES[::-1], key=lambda penalty: fitted(model, penalty, first, y[:most]).score(last, y[most:]))
    X, unseen = turned(X, unseen)
    return answers(fitted(clone(model), best, X, y), unseen)


def forest(X, y, unseen):
    """Return the answers of a random forest."""
    kind = RandomForestRegressor if is_number(y) else RandomForestClassifier
    return answers(kind(200, min_samples_leaf=2, max_features="sqrt", random_state=0).fit(X, y), unseen)
