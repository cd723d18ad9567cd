"""The stack of one patient."""

import numpy as np

from data_generators._sampling import Seed, check_random_state, check_size
from data_generators._streams import Streams
from data_generators.cmr.scanner import (
    ENDS,
    SMALLEST,
    draw_chests,
    draw_heights,
    pictures,
    short_axis,
    straight_pose,
    usual_sites,
)
from data_generators.heart.disease import heart_of
from data_generators.heart.motion import frames_at
from data_generators.patient import Patient


def record_cmr(
    patient: Patient,
    *,
    frames: int = 2,
    size: int = 64,
    random_state: Seed = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Record the short-axis stack of a patient's heart.

    Args:
        patient: whose heart beats.
        frames: 2 gives end-diastole and end-systole; more the whole beat from end-diastole.
        size: pixels along each side, of a field of 130 mm.
        random_state: an int gives the same recording each time.

    Returns:
        float32 and int64 (frames, 12, size, size): the pictures, from the apex to the base, 9 mm apart, and what their
        pixels belong to, places in `CMR_VENTRICLES`.

    Raises:
        ValueError: if an argument is outside what is allowed.
    """
    frames = check_size("frames", frames, 2)
    size = check_size("size", size, SMALLEST)
    streams = Streams(check_random_state(random_state))
    hearts = heart_of(patient)
    beating = frames_at(hearts, ENDS if frames == 2 else np.arange(frames) / frames)
    heights = draw_heights(streams("pose"), hearts)
    chests, sites = draw_chests(streams("chest"), 1), usual_sites(streams("scanner"), 1)
    signal, mask = short_axis(beating, heights, straight_pose(1), chests, sites, size)
    return pictures(streams("noise"), signal, "bssfp", sites)[0], mask[0].astype(np.int64)
