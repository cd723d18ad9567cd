"""Magnetic resonance pictures: what a scanner of 1.5 tesla makes of the tissues in each pixel.

Random numbers would cost more than all the rest of a picture. So where many pictures are asked for, one strip of noise
is drawn for all, and each picture reads a window of its own from it. Inside a picture no number comes twice. The
windows of two pictures may overlap, but only shifted, so that a pixel's noise tells nothing about the same pixel of
another picture; that two windows begin at the same place happens to one pair in half a million.
"""

from dataclasses import dataclass

import numpy as np

from data_generators._sampling import check_option


@dataclass(frozen=True)
class Tissue:
    """What a tissue is to the scanner.

    Attributes:
        density: of its protons, relative to muscle.
        t1, t2: relaxation times, ms.
        shift: resonance frequency, Hz from that of water.
        flow: share of it that has left its slice when the picture is taken, from 0 to 1.
    """

    density: float
    t1: float
    t2: float
    shift: float = 0.0
    flow: float = 0.0


MRI_TISSUES = {
    "muscle": Tissue(1.0, 900.0, 50.0),
    "blood": Tissue(1.0, 1500.0, 250.0, flow=0.9),
    "fat": Tissue(1.0, 300.0, 80.0, shift=-220.0),
    "fluid": Tissue(1.0, 3000.0, 500.0),
    "liver": Tissue(1.0, 600.0, 45.0),
    "lung": Tissue(0.1, 1200.0, 40.0),
    "bone": Tissue(0.2, 250.0, 0.5),
}
"""Tissues at 1.5 tesla. Fluid is an effusion; bone is its dense part, and marrow is mostly fat."""

_TR, _TE = 3.0, 1.5  # of bSSFP; ms
_ECHO_TR, _ECHO_TE = 1600.0, 40.0  # of the spin echo: every other heartbeat


def _bssfp(tissue: Tissue, flip: float | np.ndarray) -> float | np.ndarray:
    e1, e2 = np.exp(-_TR / tissue.t1), np.exp(-_TR / tissue.t2)
    cos = np.cos(np.radians(flip))
    steady = np.sin(np.radians(flip)) * (1 - e1) / (1 - (e1 - e2) * cos - e1 * e2)
    turns = round(tissue.shift * _TR / 1000)
    return (-1) ** turns * tissue.density * steady * np.exp(-_TE / tissue.t2)


def _black_blood(tissue: Tissue, _: float | np.ndarray) -> float:
    stays = 1 - tissue.flow  # what has flowed in was inverted once, and is read when it passes through zero
    return stays * tissue.density * (1 - np.exp(-_ECHO_TR / tissue.t1)) * np.exp(-_ECHO_TE / tissue.t2)


_SEQUENCES = {"bssfp": _bssfp, "black blood": _black_blood}


def mri_signals(sequence: str, flip: float | np.ndarray = 60.0) -> dict[str, float | np.ndarray]:
    """Return the signal of each of `MRI_TISSUES`, on a scale on which the brighter of muscle and blood is 1.

    "bssfp" is the balanced steady-state free precession of cine pictures (TR 3 ms, TE 1.5 ms). At a flip angle of 60
    degrees blood is 2.3 times as bright as muscle, fat 3.1 times; at 40 degrees 1.9 and 2.3 times. Fat makes more than
    half a turn against water in each TR, so its signal has the other sign, and is below 0: a pixel of both is dark, the
    black line round each organ in a cine. How strong it is, the formula says as if it were in resonance, which flatters
    fat.

    "black blood" is a spin echo (TR 1600 ms, TE 40 ms) behind a double inversion, timed so that blood which has flowed
    in since gives no signal. A tenth of the blood has not.

    Args:
        sequence: "bssfp" or "black blood".
        flip: the angle of each pulse of "bssfp", degrees: a number, or an array, of whose shape the signals are then.

    Raises:
        ValueError: if `sequence` is neither.

    Sources:
        The steady state: after Scheffler and Lehnhardt, Eur Radiol 2003;13:2409-2418. Its sign in fat: after Scheffler
        and Hennig, Magn Reson Med 2003;49:395-397. Double inversion: after Edelman and others, Radiology
        1991;181:655-660. Relaxation times are rounded typical values; densities and times of the sequences are choices
        of this course.
    """
    formula = check_option("sequence", sequence, _SEQUENCES)
    signals = {name: formula(tissue, flip) for name, tissue in MRI_TISSUES.items()}
    scale = np.maximum(signals["muscle"], signals["blood"])
    return {name: signal / scale for name, signal in signals.items()}


def mri(
    generator: np.random.Generator,
    signal: np.ndarray,
    *,
    noise: float | np.ndarray,
    bias: float | np.ndarray = 0.2,
    lines: float = 0.8,
) -> np.ndarray:
    """Take pictures of what gives a signal.

    The coil hears some parts of the body better than others. The scanner reads the middle lines of k-space, each with
    complex noise, and fills the others with zeros, so that edges ring (Gibbs). The picture is the magnitude: its noise
    is Rician, and Rayleigh in air.

    Args:
        generator: draws the coils and the noise: at most about a million numbers for the noise of all pictures, however
            many (more only where eight pictures need more).
        signal: float32 (n, ..., H, W), of each pixel, such as a sum of `mri_signals`, each as far as its tissue fills
            the pixel. The first axis counts patients, and axes between it and the rows their slices and frames.
        noise: standard deviation of each of the two parts of a complex pixel, where the coil hears as well as on
            average; (n,) or a number.
        bias: standard deviation over the picture of the logarithm of the coil's sensitivity, which is a smooth field
            with the mean 1, highest at the front (the upper edge) as a rule; (n,) or a number. With 0 it is 1.
        lines: share of the lines of k-space that are read, above 0 to 1. Phase is encoded from row to row.

    Returns:
        float32 (n, ..., H, W), on the scale of `signal`. A patient has one coil in all slices and frames, and other
        noise in each.

    Sources:
        Noise: Gudbjartsson and Patz, Magn Reson Med 1995;34:910-914. The coil's field, the exponential of a polynomial
        of the second degree, is a choice of this course.
    """
    shape = signal.shape
    n_samples, between, (height, width) = shape[0], (1,) * (len(shape) - 3), shape[-2:]

    down, across = _draw_coils(generator, bias, n_samples, height, width)
    down, across = down.reshape(n_samples, *between, height, 1), across.reshape(n_samples, *between, 1, width)
    middle = _middle_of_k_space(height, lines)
    sd = np.broadcast_to(noise, n_samples).astype(np.float32).reshape(n_samples, *between, 1, 1)
    strip, top, left = _draw_noise(generator, middle, width, shape[:-2])

    pictures = np.empty(shape, np.float32)
    step = max(1, _BLOCK * n_samples // pictures.size)
    for start in range(0, n_samples, step):
        some = slice(start, start + step)
        picture = signal[some] * down[some]
        picture *= across[some]
        real, imaginary = strip[:, top[some], left[some]] * sd[some]
        real += np.matmul(middle, picture)
        real *= real
        imaginary *= imaginary
        real += imaginary
        np.sqrt(real, out=pictures[some])
    return pictures


_STRIP = 2**20  # numbers
_BLOCK = 2**16  # pixels: as many as stay in a processor's cache


def _draw_coils(
    generator: np.random.Generator, bias: float | np.ndarray, n_samples: int, height: int, width: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return the factors of each patient's coil by row and by column, float32 (n, H) and (n, W)."""
    weight = generator.standard_normal((n_samples, 4)) * 0.35 + (-1.0, 0.3, 0.0, 0.0)
    weight *= (np.broadcast_to(bias, n_samples) / np.linalg.norm(weight, axis=1))[:, None]
    factors = []
    for (slope, bend), pixels in zip(np.split(weight.T, 2), (height, width), strict=True):
        place = (2 * np.arange(pixels) + 1) / pixels - 1
        # Legendre's polynomials with a mean square of 1, so that `bias` is the standard deviation
        log = slope[:, None] * np.sqrt(3) * place + bend[:, None] * np.sqrt(5) * (1.5 * place**2 - 0.5)
        factor = np.exp(log)
        factors.append((factor / factor.mean(axis=1, keepdims=True)).astype(np.float32))
    down, across = factors
    return down, across


def _middle_of_k_space(height: int, lines: float) -> np.ndarray:
    """Return what keeps the middle lines of k-space and drops the others, float32 (H, H), to multiply a picture with.

    One product does what a Fourier transform, zeros and a transform back would do.
    """
    frequency = np.abs(np.fft.fftfreq(height, 1 / height))
    kept = frequency <= lines * height / 2
    return np.fft.ifft(kept[:, None] * np.fft.fft(np.eye(height), axis=0), axis=0).real.astype(np.float32)


def _draw_noise(
    generator: np.random.Generator, middle: np.ndarray, width: int, shape: tuple[int, ...]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the windows into a strip of noise, and the top row and left column of each picture's own.

    Args:
        generator: draws.
        middle: of k-space: noise comes with the lines that are read.
        width: of a picture.
        shape: of the set of pictures.
    """
    height, count = len(middle), int(np.prod(shape))
    fresh = width * count
    columns = min(fresh, max(_STRIP // (2 * height), 8 * width))
    strip = np.empty((2, 2 * height - 1, columns), dtype=np.float32)
    np.matmul(middle, generator.standard_normal((2, height, columns), dtype=np.float32), out=strip[:, :height])
    strip[:, :height] /= np.sqrt(middle[0, 0])  # the share of the noise that is left
    strip[:, height:] = strip[:, : height - 1]  # a picture's last row borders on its first
    top = generator.integers(0, height, shape)
    left = np.arange(0, fresh, width).reshape(shape)
    if columns < fresh:
        left = generator.integers(0, columns - width + 1, shape)
    return np.lib.stride_tricks.sliding_window_view(strip, (height, width), axis=(1, 2)), top, left
