"""One patient of the course by echo."""

import numpy as np

from data_generators._sampling import Seed, check_option, check_random_state, check_size
from data_generators.echo.scanner import GRANULAR, SMALLEST, masks, scan, standard_look
from data_generators.heart.disease import heart_of
from data_generators.heart.motion import frames_at
from data_generators.heart.views import ECHO_VIEWS, echo_planes
from data_generators.patient import Patient


def record_echo(
    patient: Patient,
    *,
    view: str = "apical four-chamber",
    frames: int = 16,
    size: int = 128,
    random_state: Seed = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Record one beat of a patient's heart by echo, held still in the standard plane.

    Args:
        patient: whose heart beats.
        view: one of `ECHO_VIEWS`.
        frames: frames of the beat, from end-diastole.
        size: pixels along each side.
        random_state: an int gives the same recording each time.

    Returns:
        float32 and int64 (frames, size, size): the clip, 0 is black, 1 white, and what its pixels belong to, places in
        `ECHO_CHAMBERS`.

    Raises:
        ValueError: if an argument is outside what is allowed.
    """
    number = check_option("view", view, {name: place for place, name in enumerate(ECHO_VIEWS)})
    frames = check_size("frames", frames, 1)
    size = check_size("size", size, SMALLEST)
    generator = check_random_state(random_state)
    hearts = heart_of(patient)
    beating = frames_at(hearts, np.arange(frames) / frames)
    look = standard_look(-25.0 if view == "subcostal" else -34.0, GRANULAR * patient.infiltration, size)
    planes = echo_planes(np.array([number]), beating)
    clip = scan(generator, beating, planes, look, size, np.array([number]))
    return clip[0], masks(beating, planes, look.sector(size, planes), number)[0]
