"""Does a task need a network? In tests: `python -m benchmarks.tasks`, with the names of tasks if not of all.

A task is taught if a small network of the published kind, with what a chapter can afford, beats by a margin whatever
needs no network, on unseen patients of another seed. Where it does not, the task and its generator say why.
"""

import sys
import time
from dataclasses import dataclass, field

import baselines
import numpy as np
from networks import (
    answers_in_steps,
    best_threshold,
    dice,
    mask_network,
    signal_network,
    stack_network,
    still_network,
    table_network,
    wave_network,
)
from sklearn.metrics import roc_auc_score
from torch import nn

import data_generators

MARGINS = {"accuracy": 0.10, "AUC": 0.05, "error": 0.20, "Dice": 0.10}
"""By how much a network must be better; of an error, the share of it that must be gone."""

FEW = 0.25
"""Where so much better cannot be, the share of the wrong answers that may be left."""


@dataclass(frozen=True)
class Task:
    """A row of the table.

    Attributes:
        make: the name of the generator.
        metric: one of `MARGINS`.
        options: what the generator is called with.
        columns: the names of those columns of y that are rows of the table, if a patient has several numbers.
        numbers: what a clinician would measure and stop there, each alone: names in the truth.
        network: makes it, from channels, outputs and the side of a picture.
        sizes: how many pictures to learn from, and how many unseen ones.
        epochs: how often the network sees them.
        needless: why no network is needed, where that is so; the generator's docstring says it too.
    """

    make: str
    metric: str
    options: dict = field(default_factory=lambda: {"size": 48})
    columns: dict = field(default_factory=lambda: {"": 0})
    numbers: tuple = ()
    network: object = still_network
    sizes: tuple = (1500, 700)
    epochs: int = 14
    needless: str = ""

    def needed(self, best):
        """Return the score that a network must reach where this is the best without one."""
        margin = MARGINS[self.metric]
        return best * (1 - margin) if self.metric == "error" else min(best + margin, 1 - FEW * (1 - best))


TASKS = {
    "views": Task("make_echo_views", "accuracy", {"size": 48, "frames": 1}, sizes=(1000, 500)),
    "cardiomyopathies": Task(
        "make_echo_cardiomyopathies", "accuracy", numbers=("ejection_fraction", "max_wall", "lv_edv")
    ),
    "quality": Task("make_echo_quality", "error", sizes=(2500, 700), epochs=21),
    "volumes": Task("make_echo_lv_volumes", "error", columns={"EDV": 0, "EF": 2}, numbers=("shortening",), epochs=21),
    "chambers": Task("make_echo_chambers", "Dice", network=mask_network, sizes=(500, 200)),
    "HCM": Task(
        "make_cmr_hcm",
        "AUC",
        {"size": 36},
        numbers=("ejection_fraction", "lv_mass"),
        network=stack_network,
        sizes=(1200, 500),
        epochs=10,
    ),
    "ventricles": Task("make_cmr_ventricles", "Dice", network=mask_network, sizes=(800, 300)),
    "rhythms": Task("make_arrhythmias", "accuracy", {}, numbers=("heart_rate",), network=signal_network, epochs=10),
    "waves": Task("make_ecg_segmentation", "Dice", {}, network=wave_network, sizes=(500, 200)),
    "pathways": Task(
        "make_accessory_pathways",
        "accuracy",
        {"form": "features"},
        network=table_network,
        sizes=(2000, 1000),
        epochs=42,
        needless="a random forest on the same features comes near the ceiling",
    ),
    "pressures": Task("make_pressure_damping", "accuracy", {}, numbers=("heart_rate",), network=signal_network),
}


@dataclass(frozen=True)
class Row:
    """What was said of unseen patients: the score of each baseline and that of the network."""

    name: str
    task: Task
    baselines: dict
    network: float

    @property
    def best(self):
        """The name of the best baseline."""
        return (min if self.task.metric == "error" else max)(self.baselines, key=self.baselines.get)

    @property
    def needed(self):
        """What the network must reach."""
        return self.task.needed(self.baselines[self.best])

    @property
    def is_met(self):
        """Whether it does."""
        return self.network <= self.needed if self.task.metric == "error" else self.network >= self.needed


def compared(name, seed=0):
    """Return the rows of a task: learned from the patients of one seed, and said of those of the next."""
    task = TASKS[name]
    make = getattr(data_generators, task.make)
    (X, y, known), (unseen, truth, known_unseen) = (
        make(number, random_state=2 * seed + part, return_truth=True, **task.options)
        for part, number in enumerate(task.sizes)
    )
    score = SCORES[task.metric]
    if task.metric == "Dice":
        scores = {name: score(said, truth) for name, said in baselines.of_masks(X, y, unseen).items()}
        scores["threshold"] = np.mean([best_threshold(unseen, truth, each) for each in range(1, y.max() + 1)])
        return [Row(name, task, scores, score(learned(task, X, y, unseen), truth))]
    y, truth = (values.reshape(len(values), -1)[:, list(task.columns.values())] for values in (y, truth))
    network = learned(task, X, y if task.metric == "error" else y[:, 0], unseen)
    rows = []
    for place, column in enumerate(task.columns):
        said = baselines.of_all(X, y[:, place], unseen)
        for number in task.numbers:
            said[number] = baselines.of_number(known[number], y[:, place], known_unseen[number])
        scores = {baseline: score(answer, truth[:, place]) for baseline, answer in said.items()}
        answer = network[:, place] if task.metric == "error" else network
        rows.append(Row(f"{name} {column}".strip(), task, scores, score(answer, truth[:, place])))
    return rows


def learned(task, X, y, unseen):
    """Return what the task's network says of unseen pictures."""
    if task.metric == "error":
        mean, sd = y.mean(axis=0), y.std(axis=0)
        network = task.network(X.shape[1], y.shape[1], X.shape[-1])
        return answers_in_steps(network, X, (y - mean) / sd, nn.MSELoss(), unseen, task.epochs) * sd + mean
    network = task.network(X.shape[1], int(y.max()) + 1, X.shape[-1])
    said = answers_in_steps(network, X, y, nn.CrossEntropyLoss(), unseen, task.epochs)
    return said.argmax(axis=1) if task.metric == "Dice" else said


SCORES = {
    "accuracy": lambda said, truth: np.mean(said.argmax(axis=1) == truth),
    "AUC": lambda said, truth: roc_auc_score(truth, said[:, 1] - said[:, 0]),
    "error": lambda said, truth: np.sqrt(np.mean((said - truth) ** 2)),
    "Dice": lambda said, truth: dice(said, truth, int(truth.max()) + 1).mean(),
}


def main():
    """Print the table; return 1 if a task needs no network and does not say so."""
    all_met = True
    for name in sys.argv[1:] or TASKS:
        start = time.perf_counter()
        for row in compared(name):
            print(f"{row.name}: {row.task.metric}")
            for baseline, value in row.baselines.items():
                print(f"  {baseline:28}{value:8.3f}{'  the best' if baseline == row.best else ''}")
            print(f"  {'network':28}{row.network:8.3f}  needs {row.needed:.3f}: {'met' if row.is_met else 'NOT MET'}")
            if row.task.needless:
                print(f"  No network is needed, since {row.task.needless}.")
            all_met &= bool(row.is_met) or bool(row.task.needless)
        print(f"  {time.perf_counter() - start:.0f} s", flush=True)
    return int(not all_met)


if __name__ == "__main__":
    sys.exit(main())
