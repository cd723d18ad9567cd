"""Does a task need a network? In tests: `python -m benchmarks.tasks`, with the names of tasks if not of all.

A task of pictures is taught if a small network of the published kind, with what a chapter can afford, beats by a margin
whatever needs no network, on unseen patients of another seed.
"""

import sys
import time
from dataclasses import dataclass, field

import baselines
import numpy as np
from networks import answers_in_steps, best_threshold, dice, mask_network, stack_network, still_network
from sklearn.metrics import roc_auc_score
from torch import nn

import data_generators

MARGINS = {"accuracy": 0.10, "AUC": 0.05, "error": 0.20, "Dice": 0.10}
"""By how much a network must be better; of an error, the share of it that must be gone."""


@dataclass(frozen=True)
class Task:
    """A row of the table.

    Attributes:
        make: the name of the generator.
        metric: one of `MARGINS`.
        options: what the generator is called with.
        column: of y, if a patient has several numbers.
        numbers: what a clinician would measure and stop there, each alone: names in the truth.
        network: makes it, from channels, outputs and the side of a picture.
        sizes: how many pictures to learn from, and how many unseen ones.
        margin: that of the metric, if it is not given.
    """

    make: str
    metric: str
    options: dict = field(default_factory=lambda: {"size": 48})
    column: int | None = None
    numbers: tuple = ()
    network: object = still_network
    sizes: tuple = (1500, 700)
    margin: float | None = None

    def needed(self, best):
        """Return the score that a network must reach where this is the best without one."""
        margin = MARGINS[self.metric] if self.margin is None else self.margin
        return best * (1 - margin) if self.metric == "error" else best + margin


MASKS = {"network": mask_network, "sizes": (800, 300)}

TASKS = {
    "views": Task("make_echo_views", "accuracy", {"size": 48, "frames": 1}),
    "cardiomyopathies": Task(
        "make_echo_cardiomyopathies", "accuracy", numbers=("ejection_fraction", "max_wall", "lv_edv")
    ),
    "quality": Task("make_echo_quality", "error"),
    "EDV": Task("make_echo_lv_volumes", "error", column=0),
    "EF": Task("make_echo_lv_volumes", "error", column=2, numbers=("shortening",)),
    "chambers": Task("make_echo_chambers", "Dice", **MASKS),
    "HCM": Task(
        "make_cmr_hcm",
        "AUC",
        {"size": 32},
        numbers=("ejection_fraction", "lv_mass"),
        network=stack_network,
        sizes=(600, 300),
    ),
    "ventricles": Task("make_cmr_ventricles", "Dice", **MASKS),
}


def compared(name, seed=0):
    """Return the score of each baseline and that of the network: what they say of the patients of the next seed."""
    task = TASKS[name]
    make = getattr(data_generators, task.make)
    (X, y, known), (unseen, truth, known_unseen) = (
        make(number, random_state=2 * seed + part, return_truth=True, **task.options)
        for part, number in enumerate(task.sizes)
    )
    if task.column is not None:
        y, truth = y[:, task.column], truth[:, task.column]
    score = SCORES[task.metric]
    if task.metric == "Dice":
        said = baselines.of_masks(X, y, unseen)
        scores = {"best threshold": np.mean([best_threshold(unseen, truth, each) for each in range(1, y.max() + 1)])}
    else:
        said = baselines.of_pictures(X, y, unseen)
        for number in task.numbers:
            said[number] = baselines.of_number(known[number], y, known_unseen[number])
        scores = {}
    scores |= {baseline: score(answer, truth) for baseline, answer in said.items()}
    return {baseline: float(value) for baseline, value in scores.items()}, float(
        score(by_network(task, X, y, unseen), truth)
    )


def by_network(task, X, y, unseen):
    """Return what the task's network says of unseen pictures."""
    if task.metric == "error":
        mean, sd = y.mean(), y.std()
        network = task.network(X.shape[1], 1, X.shape[-1])
        return answers_in_steps(network, X, (y - mean) / sd, nn.MSELoss(), unseen)[:, 0] * sd + mean
    network = task.network(X.shape[1], int(y.max()) + 1, X.shape[-1])
    said = answers_in_steps(network, X, y, nn.CrossEntropyLoss(), unseen)
    return said.argmax(axis=1) if task.metric == "Dice" else said


SCORES = {
    "accuracy": lambda said, truth: np.mean(said.argmax(axis=1) == truth),
    "AUC": lambda said, truth: roc_auc_score(truth, said[:, 1] - said[:, 0]),
    "error": lambda said, truth: np.sqrt(np.mean((said - truth) ** 2)),
    "Dice": lambda said, truth: dice(said, truth, int(truth.max()) + 1).mean(),
}


def verdict(name, scores):
    """Return the best baseline, the score that a network needs, and whether the task is met."""
    task, lower = TASKS[name], TASKS[name].metric == "error"
    best = (min if lower else max)(scores[0], key=scores[0].get)
    needed = task.needed(scores[0][best])
    return best, needed, scores[1] <= needed if lower else scores[1] >= needed


def measurements():
    """Yield (what, value, budget, unit); a budget of a negative value is a least one."""
    for name, task in TASKS.items():
        scores = compared(name)
        best, needed, _ = verdict(name, scores)
        yield f"{name}: {task.metric}, {best}", scores[0][best], None, ""
        yield f"{name}: {task.metric}, network", scores[1], round(needed if task.metric == "error" else -needed, 3), ""


def main():
    """Print the table; return 1 if a task needs no network."""
    all_met = True
    for name in sys.argv[1:] or TASKS:
        start = time.perf_counter()
        scores = compared(name)
        best, needed, met = verdict(name, scores)
        print(f"{name}: {TASKS[name].metric}")
        for baseline, value in scores[0].items():
            print(f"  {baseline:28}{value:8.3f}{'  the best' if baseline == best else ''}")
        print(f"  {'network':28}{scores[1]:8.3f}  needs {needed:.3f}: {'met' if met else 'NOT MET'}", end="")
        print(f"  ({time.perf_counter() - start:.0f} s)", flush=True)
        all_met &= bool(met)
    return int(not all_met)


if __name__ == "__main__":
    sys.exit(main())
