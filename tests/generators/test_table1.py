"""Table 1 as data, held against the facts of the printed table."""

import csv
import inspect
from pathlib import Path

import numpy as np
import pytest

import data_generators
from data_generators import TABLE_1

FACTS = list(csv.DictReader((Path(__file__).parent / "facts" / "table1.csv").open(encoding="utf-8")))

each_system = pytest.mark.parametrize("system", TABLE_1, ids=lambda system: system.task)


def test_the_table_says_what_was_printed():
    told = [
        {"field": each.field, "task": each.task, "problem": each.problem, "network": each.network}
        | {"reference": str(each.reference)}
        for each in TABLE_1
    ]
    assert told == FACTS
    assert len(told) == 21


@each_system
def test_each_system_has_data_that_suit_its_problem_and_its_network(system):
    assert getattr(data_generators, system.make.__name__) is system.make
    X, y, truth = system.make(12, random_state=0, return_truth=True, **system.options)
    if system.problem == "segmentation":
        assert y.shape == (12, *X.shape[2:])
        assert y.dtype == np.int64
    elif system.problem == "regression":
        assert y.dtype == np.float32
    else:
        assert y.dtype == np.int64
        assert y.ndim <= 2
    dimensions = {"1D CNN": {3}, "2D CNN": {4}, "3D CNN": {5}, "classic neural network": {2, 5}}
    assert X.ndim in dimensions[system.network]
    assert truth.get("ceiling") == (pytest.approx(system.ceiling, abs=5e-4) if system.ceiling else None)


@each_system
def test_the_docstring_of_the_generator_names_the_publication(system):
    sources = " ".join(inspect.getdoc(system.make).partition("Sources:")[2].split())
    author = system.citation.split()[0]
    assert f"{author} and others" in sources
    assert "table 1 of Howard and Francis" in sources
    assert system.published != system.network
