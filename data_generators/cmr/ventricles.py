"""The ventricles in short axis."""

from typing import Any

import numpy as np

from data_generators._sampling import (
    Seed,
    check_flag,
    check_n_samples,
    check_number,
    check_option,
    check_random_state,
    check_size,
)
from data_generators._streams import Streams
from data_generators.cmr.scanner import (
    CMR_SCANNERS,
    CMR_SLICES,
    ENDS,
    NOISE,
    SMALLEST,
    draw_chests,
    draw_heights,
    draw_pose,
    draw_sites,
    pictures,
    short_axis,
)
from data_generators.heart.disease import draw_conditions, draw_hearts
from data_generators.heart.motion import frames_at


def make_cmr_ventricles(
    n_samples: int = 480,
    *,
    size: int = 64,
    scanner: str | None = None,
    noise: float = 1.0,
    random_state: Seed = None,
    return_truth: bool = False,
) -> tuple[Any, ...]:
    """Make simulated short-axis slices with what each pixel belongs to: cavity, wall or right ventricle.

    Each patient gives 24 rows, one after the other: 12 slices from the apex to the base at end-diastole, then the same
    at end-systole, when the highest of them show the atria. Papillary muscles are dark, and count as cavity. Where the
    stack begins is random, as at the scanner: a sum of 9 mm discs misses the volume of the left ventricle by 2 to 3 ml
    (standard deviation) for this alone, and the basal slice is a tenth of the volume. The stack of a ventricle
    longer than about 100 mm begins above its apex, and discs leave out some 4 ml of the right ventricle, whose outflow
    tract ends above the highest slice. As at the scanner, too, the heart is not quite in the middle of the picture
    (standard deviation 5% of the field), and turned about its long axis (8 degrees); the field follows the patient.

    The same `random_state` gives the same patients in the same planes whatever the scanner and the noise.

    Args:
        n_samples: number of slices.
        size: pixels along each side, of a field of 117 to 143 mm: about 2 mm each if there are 64.
        scanner: None scans each patient with another contrast, gain, noise and coil; the name of one of `CMR_SCANNERS`
            scans all there.
        noise: how many times the usual noise, from 0.5 to 4.
        random_state: an int gives the same pictures each time.
        return_truth: also return what the simulation knows.

    Returns:
        X: float32 (n_samples, 1, size, size); blood at its brightest is about 1, times the gain of the scanner.
        y: int64 (n_samples, size, size), places in `CMR_VENTRICLES`.
        truth: only with `return_truth`; a dict of int64 (n_samples,) arrays "patient_id", "slice" from 0 at the apex,
            and "condition", places in `HEART_CONDITIONS`; bool (n_samples,) arrays "is_systole" and "is_basal", the
            highest slice below the mitral valve, whose choice is the largest error that readers make; and float64
            (n_samples,) arrays "height" over the apex and "pixel" in mm, "lv_volume" and "rv_volume" at that moment and
            "lv_edv", "lv_esv", "rv_edv" and "rv_esv" of the patient in ml, "ejection_fraction" in percent,
            and "turn", degrees by which the picture is turned about the long axis.

    Raises:
        ValueError: if an argument is outside what is allowed.

    Sources:
        The task: Bhuva and others, Circ Cardiovasc Imaging 2019;12:e009214, as in table 1 of Howard and Francis, Heart
        2022;108:973-981. That papillary muscles count as cavity: Petersen and others, J Cardiovasc Magn Reson
        2017;19:18.

    Example:
        >>> X, y = make_cmr_ventricles(24, random_state=0)
        >>> X.shape, y.shape
        ((24, 1, 64, 64), (24, 64, 64))
    """
    n_samples = check_n_samples(n_samples)
    return_truth = check_flag("return_truth", return_truth)
    size = check_size("size", size, SMALLEST)
    site = None if scanner is None else check_option("scanner", scanner, CMR_SCANNERS)
    noise = check_number("noise", noise, *NOISE)
    streams = Streams(check_random_state(random_state))

    a_stack = len(ENDS) * CMR_SLICES
    n_patients = -(-n_samples // a_stack)
    condition = draw_conditions(streams("disease"), n_patients, 0.5)
    chests = draw_chests(streams("chest"), n_patients)
    hearts = draw_hearts(streams("heart"), condition, streams("sex").random(n_patients) < 0.5)
    frames = frames_at(hearts, ENDS)
    generator = streams("pose")
    pose, heights = draw_pose(generator, n_patients, 3, 7), draw_heights(generator, hearts)
    sites = draw_sites(streams("scanner"), n_patients, site)
    signal, mask = short_axis(frames, heights, pose, chests, sites, size)
    X = pictures(streams("noise"), signal, "bssfp", sites, noise).reshape(-1, 1, size, size)[:n_samples]
    y = mask.reshape(-1, size, size)[:n_samples].astype(np.int64)
    if not return_truth:
        return X, y

    shape = n_patients, len(ENDS), CMR_SLICES
    below = heights[:, None] < frames.length
    is_basal = below & (np.arange(CMR_SLICES) == below.sum(axis=2, keepdims=True) - 1)
    of_rows: dict[str, np.ndarray] = {
        "patient_id": np.arange(n_patients)[:, None, None],
        "slice": np.arange(CMR_SLICES),
        "condition": condition[:, None, None],
        "is_systole": (ENDS > 0)[:, None],
        "is_basal": is_basal,
        "height": heights[:, None],
        "pixel": (pose.field / size)[:, None, None],
        "turn": np.degrees(pose.turn)[:, None, None],
        "lv_volume": frames.volume,
        "rv_volume": frames.rv_volume,
        **{name: getattr(hearts, name)[:, None, None] for name in ("lv_edv", "lv_esv", "rv_edv", "rv_esv")},
        "ejection_fraction": hearts.ejection_fraction[:, None, None],
    }
    return X, y, {name: np.broadcast_to(value, shape).ravel()[:n_samples].copy() for name, value in of_rows.items()}
