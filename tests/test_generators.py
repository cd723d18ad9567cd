"""What every generator keeps to, whichever it is: a new one is found here by its name."""

import ast
import importlib
import inspect
import pkgutil
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import data_generators

MAKERS = [getattr(data_generators, name) for name in data_generators.__all__ if name.startswith("make_")]
NOT_AN_OPTION = "n_samples", "random_state", "return_truth"

each_maker = pytest.mark.parametrize("make", MAKERS, ids=lambda make: make.__name__)


def options_of(make):
    return [name for name in inspect.signature(make).parameters if name not in NOT_AN_OPTION]


def values_of(make, option, chosen):
    """Read in the error that a wrong value gives which values are right: so a message that does not say fails too.

    What is right may depend on what was `chosen` of the options before, as the rate does on the rhythm.
    """
    with pytest.raises(ValueError, match=rf"^{option} is 'no such'; ") as caught:
        make(2, **chosen, **{option: "no such"})
    told = str(caught.value)
    if several := re.search(r"; allowed are (.*)\.$", told):
        return list(ast.literal_eval(f"[{several[1]}]"))
    if between := re.search(r"; it must be a number from (\S+) to (\S+)\.$", told):
        low, high = map(float, between.groups())
        return [low, (low + high) / 2, high]
    least = re.search(r"; it must be a whole number of at least (\d+)\.$", told)
    assert least, told
    return [int(least[1]), int(least[1]) + 1]


@st.composite
def options(draw, make):
    chosen = {}
    for option in options_of(make):
        chosen[option] = draw(st.sampled_from(values_of(make, option, chosen)))
    return chosen


def same_bytes(one, other):
    return (one.dtype, one.shape, one.tobytes()) == (other.dtype, other.shape, other.tobytes())


def test_every_generator_is_exported():
    modules = [
        importlib.import_module(f"data_generators.{module.name}")
        for module in pkgutil.iter_modules(data_generators.__path__)
    ]
    made = {name for module in modules for name in vars(module) if name.startswith("make_")}
    assert made == {make.__name__ for make in MAKERS}


@each_maker
def test_signature(make):
    first, *rest = inspect.signature(make).parameters.values()
    assert first.name == "n_samples"
    assert first.kind is first.POSITIONAL_OR_KEYWORD
    assert isinstance(first.default, int)
    assert all(parameter.kind is parameter.KEYWORD_ONLY for parameter in rest)
    assert [(parameter.name, parameter.default) for parameter in rest[-2:]] == [
        ("random_state", None),
        ("return_truth", False),
    ]


@each_maker
def test_the_docstring_tells_all(make):
    first_line, *sections = re.split(r"\n\n(?=Args:|Returns:|Raises:|Sources:|Example:)", inspect.getdoc(make))
    assert [section.split(":", 1)[0] for section in sections] == ["Args", "Returns", "Raises", "Sources", "Example"]
    assert re.fullmatch(r"Make simulated [^\n]+\.|Make [^\n]+\.", first_line.split("\n")[0])
    arguments, returns, *_ = sections
    assert re.findall(r"^    (\w+): ", arguments, re.MULTILINE) == list(inspect.signature(make).parameters)
    assert re.findall(r"^    (\w+): ", returns, re.MULTILINE) == ["X", "y", "truth"]
    for name in make(2, return_truth=True)[2]:
        assert f'"{name}"' in returns


@each_maker
@settings(max_examples=40, deadline=None)  # the first call may have to work out a ceiling
@given(data=st.data(), n_samples=st.integers(1, 12), seed=st.integers(0, 2**32 - 1))
def test_shapes_and_types_and_the_same_bytes_for_the_same_seed(make, data, n_samples, seed):
    chosen = data.draw(options(make))
    X, y, truth = make(n_samples, random_state=seed, return_truth=True, **chosen)
    assert len(X) == len(y) == n_samples
    assert X.ndim >= 2
    assert X.dtype == np.float32
    assert y.dtype in (np.int64, np.float32)
    assert np.isfinite(y).all()
    assert chosen.get("missing") or np.isfinite(X).all()
    for name, values in truth.items():
        if name == "ceiling":
            assert isinstance(values, float)
            assert np.isfinite(values)
        else:
            assert isinstance(values, np.ndarray | list)
            assert len(values) == n_samples

    again = make(n_samples, random_state=seed, **chosen)
    assert len(again) == 2
    assert same_bytes(X, again[0])
    assert same_bytes(y, again[1])


@each_maker
def test_another_seed_and_no_seed_give_others(make):
    drawn = [make(20, random_state=state)[0].tobytes() for state in (0, 1, None, None)]
    assert len(set(drawn)) == 4


@each_maker
def test_a_generator_goes_on_where_it_was(make):
    generator = np.random.default_rng(0)
    first, second = (make(20, random_state=generator)[0] for _ in range(2))
    assert same_bytes(first, make(20, random_state=0)[0])
    assert not same_bytes(first, second)


@each_maker
def test_the_ceiling_leaves_the_random_numbers_alone(make):
    generators = [np.random.default_rng(0) for _ in range(2)]
    for generator, return_truth in zip(generators, (False, True), strict=True):
        make(5, random_state=generator, return_truth=return_truth)
    assert generators[0].random() == generators[1].random()


@each_maker
@pytest.mark.parametrize("n_samples", [0, -1, 2.0, "ten", None, True])
def test_a_bad_number_of_samples_is_named(make, n_samples):
    with pytest.raises(ValueError, match=r"^n_samples is .*; it must be a whole number of at least 1\.$"):
        make(n_samples)


@each_maker
@pytest.mark.parametrize("random_state", [-1, 1.5, "seed", True])
def test_a_bad_random_state_is_named(make, random_state):
    with pytest.raises(ValueError, match=r"^random_state is .*; allowed are None, an int from 0 upwards"):
        make(3, random_state=random_state)


@pytest.mark.parametrize(
    ("make", "option"),
    [(make, option) for make in MAKERS for option in options_of(make)],
    ids=lambda value: getattr(value, "__name__", value),
)
def test_a_bad_option_is_named_with_what_is_allowed(make, option):
    default = inspect.signature(make).parameters[option].default
    allowed = values_of(make, option, {})
    assert default is None or type(default) in {type(value) for value in allowed}
    beyond = [] if isinstance(allowed[0], str | bool) else [min(allowed) - 1, float("nan")]
    if isinstance(allowed[0], float):  # a whole number has no upper end
        beyond.append(max(allowed) + 1)
    for value in ["", [], {}, object(), *beyond]:
        with pytest.raises(ValueError, match=rf"^{option} is .*; (allowed are|it must be) .*\.$"):
            make(3, **{option: value})
