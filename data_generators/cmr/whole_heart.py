"""The whole heart in the chest."""

from typing import Any

import numpy as np

from data_generators._sampling import Seed, check_flag, check_n_samples, check_option, check_random_state, check_size
from data_generators._streams import Streams
from data_generators.cmr.scanner import (
    SMALLEST,
    TISSUES,
    VENTRICLES,
    draw_chests,
    pictures,
    usual_sites,
    values_of,
    with_fat,
)
from data_generators.heart import chest
from data_generators.heart.disease import draw_conditions, draw_hearts
from data_generators.heart.motion import frames_at
from data_generators.heart.slices import Transaxial, paint_chest

CMR_WHOLE_HEART = (
    "background",
    "LV",
    "LV myocardium",
    "RV",
    "LA",
    "RA",
    "aorta",
    "pulmonary artery",
    "superior vena cava",
    "lung",
    "fat",
)
"""What a pixel of `make_cmr_whole_heart` can belong to, in the order of their numbers."""

WHOLE_HEART_PARTS = {
    **dict.fromkeys(TISSUES, 0),
    **VENTRICLES,
    "left atrium": 4,
    "right atrium": 5,
    "aorta": 6,
    "descending aorta": 6,
    "pulmonary artery": 7,
    "superior vena cava": 8,
    "lung": 9,
    "lung vessel": 9,
    "fat": 10,
    "mediastinum": 10,
    "effusion": 10,
    "papillary muscle": 1,
}

_CHEST_FIELD = 260.0  # mm, from edge to edge of a picture


def make_cmr_whole_heart(
    n_samples: int = 200,
    *,
    blood: str = "bright",
    size: int = 64,
    random_state: Seed = None,
    return_truth: bool = False,
) -> tuple[Any, ...]:
    """Make simulated transaxial slices of the chest with what each pixel belongs to.

    Seen from the feet: the patient's right is at the left of the picture, the spine below.

    Args:
        n_samples: number of pictures, each of another patient at another level.
        blood: "bright" for a cine sequence, "black" for a spin echo.
        size: pixels along each side, of a field of 260 mm.
        random_state: an int gives the same pictures each time.
        return_truth: also return what the simulation knows.

    Returns:
        X: float32 (n_samples, 1, size, size); blood, or muscle where blood is black, is about 1.
        y: int64 (n_samples, size, size), places in `CMR_WHOLE_HEART`; the descending aorta counts as aorta.
        truth: only with `return_truth`; a dict of "condition", int64 (n_samples,), places in `HEART_CONDITIONS`; and
            float64 (n_samples,) arrays "level" of the slice over the middle of the heart, mm, "respiratory_shift" of
            the heart against the level that was asked for, mm, "phase" of the beat, "habitus", the size of the chest, 1
            for a man of average size, "subcutaneous_fat" and "pixel" in mm.

    Raises:
        ValueError: if an argument is outside what is allowed.

    Sources:
        The task: Howard and others, as in table 1 of Howard and Francis, Heart 2022;108:973-981. The chest is a choice
        of this course.

    Example:
        >>> X, y = make_cmr_whole_heart(3, random_state=0)
        >>> X.shape, y.shape
        ((3, 1, 64, 64), (3, 64, 64))
    """
    n_samples = check_n_samples(n_samples)
    return_truth = check_flag("return_truth", return_truth)
    sequence = check_option("blood", blood, {"bright": "bssfp", "black": "black blood"})
    size = check_size("size", size, SMALLEST)
    streams = Streams(check_random_state(random_state))

    condition = draw_conditions(streams("disease"), n_samples, 0.5)
    hearts = draw_hearts(streams("heart"), condition, streams("sex").random(n_samples) < 0.5)
    phase = streams("beat").random((n_samples, 1))
    frames = frames_at(hearts, phase)
    generator = streams("pose")
    level = generator.uniform(-45, 50, n_samples)
    shift = np.clip(generator.normal(0, 6, n_samples), -15, 15)
    habitus, fat = draw_chests(streams("chest"), n_samples)
    sites = usual_sites(streams("scanner"), n_samples)
    slices = Transaxial(level + shift, (12.0, 0.0), _CHEST_FIELD, size)
    signal, mask = paint_chest(
        with_fat(frames),
        slices.body,
        chest.to_heart(frames, slices.body),
        habitus,
        fat,
        _CHEST_FIELD / size,
        values_of(sequence, sites),
        WHOLE_HEART_PARTS,
    )
    X = pictures(streams("noise"), slices.pictures(signal), sequence, sites)
    y = slices.pictures(mask)[:, 0].astype(np.int64)
    if not return_truth:
        return X, y
    return (
        X,
        y,
        {
            "condition": condition,
            "level": level + shift,
            "respiratory_shift": shift,
            "phase": phase[:, 0],
            "habitus": habitus,
            "subcutaneous_fat": fat,
            "pixel": np.full(n_samples, _CHEST_FIELD / size),
        },
    )
