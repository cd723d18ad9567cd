"""The same patients twice, with one thing changed and all else the same: what if it were otherwise?"""

from collections.abc import Callable
from typing import Any

from data_generators._sampling import Seed, check_flag, check_n_samples, check_random_state
from data_generators.cmr import make_cmr_hcm, make_cmr_ventricles
from data_generators.ecg import make_accessory_pathways, make_arrhythmias, make_ecg, make_ecg_segmentation
from data_generators.echo import (
    make_echo_cardiomyopathies,
    make_echo_chambers,
    make_echo_lv_volumes,
    make_echo_quality,
    make_echo_views,
)

TWIN_CHANGES: dict[Callable, tuple[str, ...]] = {
    make_echo_views: ("machine", "confounding", "standstill", "sway", "noise"),
    make_echo_cardiomyopathies: ("disease", "machine"),
    make_echo_quality: ("machine",),
    make_echo_lv_volumes: ("recording", "machine"),
    make_echo_chambers: ("machine",),
    make_cmr_hcm: ("disease", "scanner", "noise"),
    make_cmr_ventricles: ("scanner", "noise"),
    make_ecg: ("rhythm", "heart_rate", "conduction", "noise", "offset", "arms_swapped"),
    make_arrhythmias: ("site", "offset", "confounding"),
    make_ecg_segmentation: ("offset",),
    make_accessory_pathways: ("offset",),
}
"""Which options of each generator `twins` can change."""


def twins(
    make: Callable,
    n_samples: int,
    *,
    change: dict[str, Any],
    random_state: Seed = None,
    return_truth: bool = False,
    **options: Any,
) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    """Make simulated data of the same patients twice: as they are, and with one thing changed.

    All else is the same, noise included, so that what differs between the two comes from the change.

    Args:
        make: a generator of `TWIN_CHANGES`.
        n_samples: number of patients.
        change: options of the second of the two, by name.
        random_state: an int gives the same patients each time.
        return_truth: also return what the simulation knows.
        **options: options of both; `change` goes before them.

    Returns:
        Two results of `make`: as it is, and changed.

    Raises:
        ValueError: if an argument is outside what is allowed.
    """
    if make not in TWIN_CHANGES:
        known = ", ".join(each.__name__ for each in TWIN_CHANGES)
        raise ValueError(f"make is {getattr(make, '__name__', make)!r}; allowed are {known}.")
    allowed = TWIN_CHANGES[make]
    if not isinstance(change, dict) or not change or not set(change) <= set(allowed):
        raise ValueError(f"change is {change!r}; allowed are values of {', '.join(map(repr, allowed))} in a dict.")
    n_samples = check_n_samples(n_samples)
    return_truth = check_flag("return_truth", return_truth)
    seed = int(check_random_state(random_state).integers(2**63))
    both = {"random_state": seed, "return_truth": return_truth}
    return make(n_samples, **both, **options), make(n_samples, **both, **(options | change))
