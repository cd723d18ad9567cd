"""What every generator keeps to, whichever it is: a new one is found here by its name."""

import ast
import importlib
import inspect
import os
import pkgutil
import re
import subprocess
import sys
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from seeds import SEEDS

import data_generators
from data_generators._sampling import check_random_state

MAKERS = [getattr(data_generators, name) for name in data_generators.__all__ if name.startswith("make_")]
NOT_AN_OPTION = "n_samples", "random_state", "return_truth"
RESULT, ALLOWANCE = 20 * 2**20, 15 * 2**20  # bytes: of what is made, and of what is needed for any number of samples

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
    if between := re.search(r"; it must be a whole number from (\d+) to (\d+)\.$", told):
        return [int(number) for number in between.groups()]
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


def bytes_of(*values):
    return sum(value.nbytes for value in values if isinstance(value, np.ndarray))


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
@settings(max_examples=10 * len(SEEDS), deadline=None)  # the first call may have to work out a ceiling
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
def test_arrays_are_laid_out_as_in_c_and_may_be_written_to(make):
    for option in (None, *options_of(make)):
        for chosen in [{}] if option is None else [{option: value} for value in values_of(make, option, {})]:
            X, y, truth = make(5, random_state=0, return_truth=True, **chosen)
            for name, values in {"X": X, "y": y, **truth}.items():
                if isinstance(values, np.ndarray):
                    assert values.flags.c_contiguous, (name, chosen)
                    assert values.flags.writeable, (name, chosen)


LARGER = [
    (data_generators.make_accessory_pathways, {"form": "features"}),
    (data_generators.make_biopsy_heart_failure, {"size": 512}),
    (data_generators.make_ct_coronary_calcium, {"size": 256}),
    (data_generators.make_ct_epicardial_fat, {"size": 256}),
    (data_generators.make_ecg, {"sampling_rate": 100, "duration": 1}),
    (data_generators.make_echo_views, {"frames": 1}),
    (data_generators.make_xray_pacemakers, {"size": 256}),
]


@pytest.mark.exhaustive
@pytest.mark.parametrize(
    ("make", "chosen", "return_truth"),
    [
        *((make, {}, return_truth) for make in MAKERS for return_truth in (False, True)),
        *((make, chosen, True) for make, chosen in LARGER),
    ],
    ids=lambda value: getattr(value, "__name__", str(value)),
)
def test_memory_holds_at_most_as_much_again_as_the_result(make, chosen, return_truth):
    X, y, truth = make(20, random_state=0, return_truth=True, **chosen)  # and works out its ceiling
    n_samples = max(20 * RESULT // bytes_of(X, y, *truth.values()), 8)
    del X, y, truth
    tracemalloc.start()
    try:
        X, y, *truth = make(n_samples, random_state=0, return_truth=return_truth, **chosen)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak <= 2 * bytes_of(X, y, *(value for part in truth for value in part.values())) + ALLOWANCE


THREADS = """
import sys
import numpy as np
import data_generators
for name in data_generators.__all__:
    if name.startswith("make_"):
        X, y = getattr(data_generators, name)(40, random_state=0)
        np.savez(f"{sys.argv[1]}/{name}.npz", X=X, y=y)
"""


@pytest.fixture(scope="module")
def made_by_threads(tmp_path_factory):
    """Return a folder of what all makers make on one thread, and one of what they make on two."""
    folders = []
    for threads in "12":
        folders.append(tmp_path_factory.mktemp("threads"))
        limits = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), threads)
        subprocess.run([sys.executable, "-c", THREADS, folders[-1]], env={**os.environ, **limits}, check=True)
    return folders


@pytest.mark.exhaustive
@each_maker
def test_the_number_of_threads_changes_nothing(make, made_by_threads):
    one, two = (np.load(folder / f"{make.__name__}.npz") for folder in made_by_threads)
    assert same_bytes(one["y"], two["y"])
    if make.__name__.startswith("make_cmr_"):
        assert np.abs(one["X"] - two["X"]).max() <= 1e-5
    else:
        assert same_bytes(one["X"], two["X"])


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
def test_a_random_state_of_numpy_and_scikit_learn_goes_on_where_it_was(make):
    old = np.random.RandomState(0)
    first, second = (make(20, random_state=old)[0] for _ in range(2))
    assert same_bytes(first, make(20, random_state=np.random.RandomState(0))[0])
    assert not same_bytes(first, second)


def test_a_random_state_shares_its_stream_with_the_generator_made_of_it():
    one, other = (np.random.RandomState(0) for _ in range(2))
    check_random_state(one).random()
    other.random_sample()
    assert one.random_sample() == other.random_sample()


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
    allowed = r"None, an int from 0 upwards, a numpy\.random\.Generator, or a numpy\.random\.RandomState\.$"
    with pytest.raises(ValueError, match=rf"^random_state is .*; allowed are {allowed}"):
        make(3, random_state=random_state)


@each_maker
@pytest.mark.parametrize("return_truth", [1, 0, "no", None, [True]])
def test_a_truth_that_is_neither_wanted_nor_unwanted_is_named(make, return_truth):
    with pytest.raises(ValueError, match=r"^return_truth is .*; allowed are True, False\.$"):
        make(3, return_truth=return_truth)


@pytest.mark.parametrize("make", [make for make in MAKERS if "sampling_rate" in options_of(make)])
@pytest.mark.parametrize("sampling_rate", [0, 99, 2001, 10**9, 250.0])
def test_an_absurd_sampling_rate_is_named(make, sampling_rate):
    told = rf"^sampling_rate is {sampling_rate}; it must be a whole number from 100 to 2000\.$"
    with pytest.raises(ValueError, match=told):
        make(3, sampling_rate=sampling_rate)


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
    if isinstance(allowed[0], float) or option == "sampling_rate":  # other whole numbers have no upper end
        beyond.append(max(allowed) + 1)
    for value in ["", [], {}, object(), *beyond]:
        with pytest.raises(ValueError, match=rf"^{option} is .*; (allowed are|it must be) .*\.$"):
            make(3, **{option: value})
