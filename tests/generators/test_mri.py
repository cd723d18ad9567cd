"""Magnetic resonance pictures, judged by numpy's Fourier transform, scipy's distributions and the formulas of books."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from data_generators.render.mri import MRI_TISSUES, mri, mri_signals

PERFECT = {"snr": np.inf, "bias": 0.0, "lines": 1.0}


def generator(seed=0):
    return np.random.default_rng(seed)


def filled(tissue, *shape):
    return {tissue: np.ones(shape, np.float32)}


def shares(seed, *shape):
    parts = generator(seed).dirichlet(np.ones(4), shape).astype(np.float32)
    return {name: parts[..., place] for place, name in enumerate(("muscle", "blood", "fat"))}


def scanned(generator, occupancies, *, sequence="bssfp", snr=20.0, **options):
    """Return pictures of tissues that each fill a share of each pixel."""
    signals = mri_signals(sequence)
    signal = sum(np.float32(signals[name]) * share for name, share in occupancies.items())
    return mri(generator, signal, noise=signals["muscle"] / np.asarray(snr), **options)


def turned(magnetisation, angle):
    cos, sin = np.cos(angle), np.sin(angle)
    return np.array([[1, 0, 0], [0, cos, sin], [0, -sin, cos]]) @ magnetisation


def left_to_itself(magnetisation, tissue, ms):
    angle = 2 * np.pi * tissue.shift * ms / 1000
    cos, sin, e1, e2 = np.cos(angle), np.sin(angle), np.exp(-ms / tissue.t1), np.exp(-ms / tissue.t2)
    x, y, z = magnetisation
    return np.array([e2 * (cos * x + sin * y), e2 * (cos * y - sin * x), 1 + e1 * (z - 1)])


def pulse_by_pulse(tissue, flip):
    """Return the steady signal of Bloch's equations when the pulse is so many degrees, and as many back, in turn."""
    magnetisation = np.array([0.0, 0.0, 1.0])
    for pulse in range(8000):
        magnetisation = left_to_itself(turned(magnetisation, (-1) ** pulse * np.radians(flip)), tissue, 3.0)
    return tissue.density * left_to_itself(turned(magnetisation, np.radians(flip)), tissue, 1.5)[:2]


@pytest.mark.parametrize("flip", [40.0, 60.0, 75.0])
def test_signals_are_those_of_blochs_equations(flip):
    signals = mri_signals("bssfp", flip)
    _, blood = pulse_by_pulse(MRI_TISSUES["blood"], flip)
    for name, tissue in MRI_TISSUES.items():
        _, in_resonance = pulse_by_pulse(replace(tissue, shift=0.0), flip)
        assert abs(signals[name]) == pytest.approx(in_resonance / blood, abs=1e-3)
        across, along = pulse_by_pulse(tissue, flip)
        assert abs(across) < 0.05 * abs(along)  # the echo is in phase with the pulses, or against it
        assert np.sign(along) == np.sign(signals[name])


def test_flip_angles_may_be_many_and_leave_the_spin_echo_alone():
    flips = np.array([40.0, 60.0])
    for name, signal in mri_signals("bssfp", flips).items():
        np.testing.assert_allclose(signal, [mri_signals("bssfp", flip)[name] for flip in flips])
    assert mri_signals("black blood", 40.0) == mri_signals("black blood")


def test_contrasts_of_a_cine_and_of_black_blood():
    cine, black = mri_signals("bssfp"), mri_signals("black blood")
    assert cine["blood"] == 1
    assert cine["blood"] / cine["muscle"] == pytest.approx(2.3, abs=0.05)
    assert -cine["fat"] / cine["muscle"] == pytest.approx(3.1, abs=0.05)
    assert cine["fluid"] > 2 * cine["muscle"]
    assert black["muscle"] == 1
    assert black["blood"] < 0.2
    assert black["fat"] > 1.3
    for signals in (cine, black):
        assert abs(signals["lung"]) < 0.15 * signals["muscle"]
        assert abs(signals["bone"]) < 0.15 * signals["muscle"]


@pytest.mark.parametrize("sequence", ["bssfp", "black blood"])
def test_a_perfect_scanner_shows_the_sum_of_the_signals(sequence):
    occupancies = shares(1, 3, 20, 24)
    signals = mri_signals(sequence)
    expected = np.abs(sum(signals[name] * share.astype(float) for name, share in occupancies.items()))
    picture = scanned(generator(), occupancies, sequence=sequence, **PERFECT)
    assert picture.dtype == np.float32
    np.testing.assert_allclose(picture, expected, atol=1e-5)


def test_a_pixel_of_fat_and_muscle_is_darker_than_either():
    share = np.array([0.0, 0.25, 1.0], np.float32).reshape(3, 1, 1) * np.ones((8, 8), np.float32)
    muscle, both, fat = scanned(generator(), {"fat": share, "muscle": 1 - share}, **PERFECT)[:, 0, 0]
    assert both < 0.1 * muscle
    assert both < 0.1 * fat


@pytest.mark.parametrize("height", [48, 49])
def test_lines_that_are_not_read_are_zeros_in_k_space(height):
    occupancies = shares(2, 1, height, 40)
    (full,) = scanned(generator(), occupancies, **PERFECT)
    assert (full > 0).all()
    signals = mri_signals("bssfp")
    (signed,) = sum(signals[name] * share for name, share in occupancies.items())
    k_space = np.fft.fftshift(np.fft.fft2(signed), axes=0)
    middle = np.abs(np.arange(height) - height // 2) <= 0.75 * height / 2
    expected = np.abs(np.fft.ifft2(np.fft.ifftshift(k_space * middle[:, None], axes=0)))
    (picture,) = scanned(generator(), occupancies, **PERFECT | {"lines": 0.75})
    np.testing.assert_allclose(picture, expected, atol=1e-5)


def test_an_edge_overshoots_as_gibbs_says():
    bars = np.zeros((1, 512, 16), np.float32)
    bars[:, 128:384] = 1
    step = mri_signals("bssfp")["blood"]
    (rings,) = scanned(generator(), {"blood": bars}, **PERFECT | {"lines": 0.1})
    assert rings.max() / step - 1 == pytest.approx(0.0895, abs=0.003)  # Wilbraham's constant
    (full,) = scanned(generator(), {"blood": bars}, **PERFECT)
    assert full.max() == pytest.approx(step, abs=1e-5)
    (columns,) = scanned(generator(), {"blood": bars.transpose(0, 2, 1)}, **PERFECT | {"lines": 0.1})
    assert columns.max() == pytest.approx(step, abs=1e-5)  # phase is encoded from row to row


@pytest.mark.parametrize("lines", [1.0, 0.75])
@pytest.mark.parametrize(("count", "size"), [(100, 64), (4000, 32)], ids=["fresh noise", "windows of a strip"])
def test_noise_is_rician(lines, count, size):
    snr = 3.0
    occupancies = filled("muscle", count, size, size)
    occupancies["muscle"][:, :, : size // 2] = 0
    pictures = scanned(generator(3), occupancies, snr=snr, bias=0.0, lines=lines)
    muscle = mri_signals("bssfp")["muscle"]
    some = pictures[:: count // 100, 4::16]  # few rows, for those side by side have the noise of the same lines
    air, wall = some[..., : size // 2].ravel(), some[..., size // 2 :].ravel()
    sd = muscle / snr
    assert stats.kstest(air, "rayleigh", args=(0, sd)).pvalue > 1e-3
    assert stats.kstest(wall, "rice", args=(snr, 0, sd)).pvalue > 1e-3
    assert stats.kstest(wall, "norm", args=(muscle, sd)).pvalue < 1e-3  # the test can tell
    b, _, scale = stats.rice.fit(wall, snr, floc=0, scale=sd)
    assert scale == pytest.approx(sd, rel=0.05)
    assert b * scale == pytest.approx(muscle, rel=0.03)


def test_noise_is_another_one_in_each_pixel_and_each_picture():
    count, size = 2000, 32
    pictures = scanned(generator(4), filled("muscle", count, size, size), snr=20.0, bias=0.0, lines=1.0)
    noise = (pictures - pictures.mean()) / pictures.std()
    assert abs((noise[:-1] * noise[1:]).mean()) < 0.005
    for row in range(-3, 4):
        for column in range(-3, 4):
            if (row, column) != (0, 0):
                assert abs((noise * np.roll(noise, (row, column), (1, 2))).mean()) < 0.01
    assert len(np.unique(noise[:, 0, 0])) > 0.98 * count
    averaged = pictures.mean(axis=0).std() / pictures.std()
    assert averaged == pytest.approx(1 / np.sqrt(count), rel=0.2)


def test_noise_is_drawn_for_each_patient_as_asked():
    snr = np.array([5.0, 20.0, 80.0])
    pictures = scanned(generator(5), filled("muscle", 3, 6, 64, 64), snr=snr, bias=0.0)
    muscle = mri_signals("bssfp")["muscle"]
    np.testing.assert_allclose(muscle / pictures.std(axis=(1, 2, 3)), snr, rtol=0.05)


def test_the_coil_is_smooth_with_the_mean_and_the_strength_asked_for():
    bias = np.repeat([0.0, 0.1, 0.3], 200)
    fields = scanned(generator(6), filled("blood", len(bias), 64, 48), snr=np.inf, bias=bias, lines=1.0)
    np.testing.assert_allclose(fields.mean(axis=(1, 2)), 1, atol=1e-5)
    np.testing.assert_allclose(np.log(fields).std(axis=(1, 2)), bias, atol=2e-3)
    weak, strong = fields[200:400], fields[400:]
    for field, steepest in ((weak, 0.03), (strong, 0.1)):
        for axis in (1, 2):
            assert np.abs(np.diff(np.log(field), axis=axis)).max() < steepest  # from pixel to pixel
    in_front = strong[:, :32].mean(axis=(1, 2)) > strong[:, 32:].mean(axis=(1, 2))
    assert 0.9 < in_front.mean() <= 1
    assert np.ptp(strong[:, 0, 0]) > 0.3


def test_a_patient_has_one_coil_in_all_slices_and_frames_and_other_noise_in_each():
    occupancies = filled("blood", 2, 3, 5, 32, 32)
    still = scanned(generator(7), occupancies, snr=np.inf)
    assert still.shape == (2, 3, 5, 32, 32)
    np.testing.assert_array_equal(still, np.broadcast_to(still[:, :1, :1], still.shape))
    assert np.abs(still[0] - still[1]).max() > 0.05
    noisy = scanned(generator(7), occupancies, snr=20.0).reshape(30, -1)
    assert len(np.unique(noisy, axis=0)) == 30
    correlation = np.corrcoef(noisy - still.reshape(30, -1))
    assert np.abs(correlation[~np.eye(30, dtype=bool)]).max() < 0.2


def test_the_same_seed_gives_the_same_bytes():
    occupancies = shares(10, 5, 32, 32)
    before = {name: share.copy() for name, share in occupancies.items()}
    one, same, other = (scanned(generator(seed), occupancies) for seed in (1, 1, 2))
    assert one.tobytes() == same.tobytes()
    assert one.tobytes() != other.tobytes()
    for name, share in occupancies.items():
        np.testing.assert_array_equal(share, before[name])


class Counting(np.random.Generator):
    drawn = 0

    def standard_normal(self, size=None, dtype=np.float64, out=None):
        self.drawn += int(np.prod(size))
        return super().standard_normal(size, dtype, out)

    def integers(self, low, high=None, size=None, **options):
        self.drawn += int(np.prod(size))
        return super().integers(low, high, size, **options)


@pytest.mark.parametrize(("count", "size"), [(1, 64), (3000, 32), (400, 64)])
def test_few_random_numbers_are_drawn(count, size):
    counting = Counting(np.random.PCG64(0))
    scanned(counting, filled("blood", count, size, size))
    assert counting.drawn <= min(2 * count * size * size, 2**20) + 6 * count


def test_another_sequence_is_one_line_of_error():
    with pytest.raises(ValueError, match=r"^sequence is 'flair'; allowed are 'bssfp', 'black blood'\.$"):
        mri_signals("flair")
