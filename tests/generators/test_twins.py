"""The same patients twice: what a change must leave alone, to the bit, and what it may touch."""

import inspect

import numpy as np
import pytest
from networks import learned
from scipy import ndimage, stats
from scipy.signal import welch
from skimage import feature
from sklearn.linear_model import LogisticRegression
from torch import nn

from data_generators import (
    ECG_SITES,
    ECHO_CARDIOMYOPATHIES,
    HEART_CONDITIONS,
    LEADS,
    make_arrhythmias,
    make_bmi,
    make_ecg,
    make_echo_cardiomyopathies,
    make_echo_chambers,
    make_echo_lv_volumes,
    make_echo_views,
    twins,
)
from data_generators._sampling import check_random_state
from data_generators._streams import Streams
from data_generators.echo.hand import hold_apical
from data_generators.echo.patients import hearts_in
from data_generators.echo.scanner import draw_look, draw_machines, scan
from data_generators.heart import anatomy, shapes
from data_generators.heart.motion import at_end_diastole
from data_generators.heart.outlines import irregular
from data_generators.twins import TWIN_CHANGES


def make_noisy(n_samples, *, level=0.0, random_state=None, return_truth=False):
    """Make numbers with noise: `level` shifts them, and draws from a stream of its own."""
    streams = Streams(check_random_state(random_state))
    shift = level * streams("level").random((n_samples, 1))
    X = streams("noise").normal(size=(n_samples, 3)) + shift
    return (X, shift, {"shift": shift}) if return_truth else (X, shift)


@pytest.fixture
def noisy(monkeypatch):
    monkeypatch.setitem(TWIN_CHANGES, make_noisy, ("level",))


def test_a_stream_is_the_same_whatever_else_was_drawn():
    streams, same = (Streams(np.random.default_rng(0)) for _ in range(2))
    streams("heart").random(10)
    expected = same("noise").random(5)
    assert (streams("noise").random(5) == expected).all()
    assert (streams("noise").random(5) == expected).all()  # from its beginning each time
    others = streams("heart"), streams("noise", 1), Streams(np.random.default_rng(1))("noise")
    assert all((other.random(5) != expected).all() for other in others)


@pytest.mark.usefixtures("noisy")
def test_twins_differ_by_the_change_alone():
    (X, y), (changed, shift) = twins(make_noisy, 4, change={"level": 2.0}, random_state=0)
    assert (y == 0).all()
    np.testing.assert_allclose(changed - X, np.repeat(shift, 3, axis=1))
    again = twins(make_noisy, 4, change={"level": 2.0}, random_state=0, return_truth=True)
    assert (again[1][0] == changed).all()
    assert len(again[0]) == len(again[1]) == 3


@pytest.mark.usefixtures("noisy")
@pytest.mark.parametrize("change", [{"noise": 1}, {"level": 1, "n_samples": 3}, {}, None, "level"])
def test_what_twins_cannot_change_is_refused_with_what_they_can(change):
    with pytest.raises(ValueError, match=r"^change is .*; allowed are values of 'level' in a dict\.$"):
        twins(make_noisy, 3, change=change)


@pytest.mark.usefixtures("noisy")
def test_a_generator_without_streams_is_refused_with_those_that_have_them():
    with pytest.raises(ValueError, match=r"^make is 'make_bmi'; allowed are .*make_noisy\.$"):
        twins(make_bmi, 3, change={"units": "metric"})


def test_the_table_names_options_that_there_are():
    for make, names in TWIN_CHANGES.items():
        assert set(names) <= set(inspect.signature(make).parameters)


ECHOES = [make for make in TWIN_CHANGES if make.__name__.startswith("make_echo")]


@pytest.mark.parametrize("make", ECHOES, ids=lambda make: make.__name__)
def test_machine_twins_have_the_same_hearts_and_pose(make):
    options = {"frames": 1} if make is make_echo_views else {}
    one, other = twins(
        make, 8, change={"machine": "Corona"}, machine="Alba", size=32, random_state=0, return_truth=True, **options
    )
    for name in set(one[2]) - {"machine", "ceiling"}:
        np.testing.assert_array_equal(one[2][name], other[2][name])
    if make is not make_echo_chambers:  # masks are shown the other way round, as the pictures are
        np.testing.assert_array_equal(one[1], other[1])
    assert set(one[2]["machine"]) == {0}
    assert set(other[2]["machine"]) == {2}
    assert (one[0] != other[0]).mean() > 0.3


def test_disease_twins_share_pose_look_and_noise():
    one, other = twins(
        make_echo_cardiomyopathies,
        20,
        change={"disease": "dilated"},
        disease="normal",
        size=48,
        random_state=0,
        return_truth=True,
    )
    for name in ("machine", "is_male", "foreshortening", "turn", "depth", "gain"):
        np.testing.assert_array_equal(one[2][name], other[2][name])
    assert set(one[1]) == {0}
    assert set(other[1]) == {ECHO_CARDIOMYOPATHIES.index("dilated")}
    assert (other[2]["lv_edv"] > one[2]["lv_edv"]).mean() > 0.9
    same = (one[0] == other[0]).mean(axis=(1, 2, 3))
    assert (same > 0.3).all()


@pytest.mark.parametrize("disease", ["hypertrophic", "amyloid", "pulmonary hypertension", "dilated"])
def test_a_disease_changes_pixels_only_where_it_acts(disease):
    n_samples, size = 6, 64
    streams = Streams(np.random.default_rng(1))
    well = np.zeros(n_samples, dtype=np.int64)
    conditions = well, well + HEART_CONDITIONS.index(disease)
    both = [at_end_diastole(hearts_in(streams, condition)) for condition in conditions]
    planes = hold_apical(streams("pose"), both[0], foreshortening=(4.0, 12.0), room=12.0).planes
    pictures, parts = [], []
    for frames, condition in zip(both, conditions, strict=True):
        look = draw_look(streams, condition, draw_machines(streams, n_samples, None), size)
        sector = look.sector(size, planes)
        pictures.append(scan(streams("speckle"), frames, planes, look, size)[:, 0])
        points = irregular(frames, planes.points(*sector.pixels()))
        pixel = sector.pixel[:, None, None]
        heart = np.zeros((n_samples, 1, size * size), dtype=np.float32)
        numbers = dict.fromkeys(anatomy.ALL, 1.0)
        parts.append(shapes.paint(anatomy.layers(frames, points, pixel), numbers, heart) > 0)
    is_heart = (parts[0] | parts[1]).reshape(n_samples, size, size)
    near = ndimage.binary_dilation(is_heart, np.ones((1, 3, 3)), iterations=4)
    is_inside = sector.contains().reshape(n_samples, size, size)
    away = is_inside & ~near
    assert away.mean() > 0.05
    assert (pictures[0] == pictures[1])[away].all()
    assert (pictures[0] != pictures[1])[is_heart & is_inside].mean() > 0.3


def test_another_recording_is_of_the_same_patients_by_another_hand():
    one, other = twins(make_echo_lv_volumes, 12, change={"recording": 1}, size=32, random_state=0, return_truth=True)
    np.testing.assert_array_equal(one[1], other[1])
    np.testing.assert_array_equal(one[2]["condition"], other[2]["condition"])
    np.testing.assert_array_equal(one[2]["machine"], other[2]["machine"])
    assert (one[2]["turn"] != other[2]["turn"]).all()
    assert (one[0] != other[0]).mean() > 0.3
    same = twins(make_echo_lv_volumes, 12, change={"recording": 0}, size=32, random_state=0)
    np.testing.assert_array_equal(same[0][0], same[1][0])


def test_confounding_ties_the_machine_to_the_view():
    options = {"frames": 1, "size": 24, "random_state": 0, "return_truth": True}
    (X, y, free), (tied_X, tied_y, tied) = twins(make_echo_views, 600, change={"confounding": 1.0}, **options)
    np.testing.assert_array_equal(y, tied_y)
    np.testing.assert_array_equal(free["turn"], tied["turn"])
    assert stats.chi2_contingency(np.histogram2d(y, free["machine"], (8, 3))[0]).pvalue > 0.01
    assert all(len(set(tied["machine"][y == view])) == 1 for view in range(8))
    assert set(tied["machine"]) == {0, 1, 2}
    unchanged = free["machine"] == tied["machine"]
    np.testing.assert_array_equal(X[unchanged], tied_X[unchanged])
    its_own = dict(zip(y, tied["machine"], strict=True))
    _, other_y, half = make_echo_views(600, confounding=0.5, **options)
    assert np.mean(
        [its_own[view] == each for view, each in zip(other_y, half["machine"], strict=True)]
    ) == pytest.approx(2 / 3, abs=0.06)


@pytest.mark.training
def test_a_network_that_learned_the_machine_falls_when_the_machine_no_longer_goes_with_the_view():
    options = {"frames": 1, "size": 32}
    X, y = make_echo_views(900, confounding=1.0, random_state=0, **options)
    (tied, truth), (free, _) = twins(
        make_echo_views, 300, change={"confounding": 0.0}, confounding=1.0, random_state=1, **options
    )
    said = learned(X, y, 8, nn.CrossEntropyLoss(), np.concatenate((tied, free)), epochs=14).argmax(axis=1)
    with_it, without = (said[:300] == truth).mean(), (said[300:] == truth).mean()
    assert with_it > without + 0.1


def test_a_heart_that_stands_still_is_the_first_picture_of_the_one_that_beats():
    options = {"frames": 6, "size": 32, "random_state": 0, "return_truth": True}
    (X, y, beats), (still, still_y, stands) = twins(make_echo_views, 40, change={"standstill": 1.0}, **options)
    np.testing.assert_array_equal(y, still_y)
    np.testing.assert_array_equal(X[:, :, 0], still[:, :, 0])
    assert not beats["stands_still"].any()
    assert stands["stands_still"].all()
    assert np.ptp(stands["phase"], axis=1).max() == 0
    later = np.abs(np.diff(X[:, 0], axis=1)).mean(axis=(2, 3)), np.abs(np.diff(still[:, 0], axis=1)).mean(axis=(2, 3))
    assert later[0].min(axis=1).mean() > 4 * later[1].min(axis=1).mean()  # contact is lost now and then in both


def test_half_stand_still_at_any_moment_of_the_beat():
    _, _, truth = make_echo_views(600, frames=4, size=24, standstill=0.5, random_state=0, return_truth=True)
    still = truth["stands_still"]
    assert still.mean() == pytest.approx(0.5, abs=0.06)
    assert stats.ks_2samp(truth["phase"][still, 2], truth["phase"][~still, 2]).pvalue > 0.01
    assert stats.ks_2samp(truth["lv_edv"][still], truth["lv_edv"][~still]).pvalue > 0.01


def test_a_hand_that_sways_moves_the_whole_picture_and_begins_where_it_was():
    options = {"frames": 8, "size": 64, "standstill": 1.0, "machine": "Alba", "random_state": 0, "return_truth": True}
    (X, *_), (swayed, _, known) = twins(make_echo_views, 12, change={"sway": 10.0}, **options)
    np.testing.assert_array_equal(X[:, :, 0], swayed[:, :, 0])
    pixel = known["depth"] / 64

    def shift(first, later):
        match = feature.match_template(later, first[20:44, 20:44])
        return np.hypot(*np.subtract(np.unravel_index(match.argmax(), match.shape), 20))

    one, other = (
        np.array([max(shift(clip[0], each) for each in clip) for clip in clips[:, 0]]) * pixel for clips in (X, swayed)
    )
    assert np.median(one) < 0.1
    assert 5 < np.median(other) < 40


def test_the_noise_of_a_receiver_is_new_in_each_frame_and_leaves_black_black():
    options = {"frames": 4, "size": 32, "standstill": 1.0, "random_state": 0}
    (X, _), (noisy, _) = twins(make_echo_views, 20, change={"noise": 0.05}, **options)
    assert (noisy[X == 0] == 0).all()
    added = (noisy - X)[(X > 0.3) & (X < 0.7)]
    assert added.std() == pytest.approx(0.05, rel=0.05)
    assert abs(added.mean()) < 0.002
    grey = ((X > 0.3) & (X < 0.7)).all(axis=2)[:, 0]
    frames = (noisy - X)[:, 0].swapaxes(0, 1)[:, grey]
    assert abs(np.corrcoef(frames[0], frames[1])[0, 1]) < 0.05


KNOWN_OF_A_HEART = "age", "is_male", "pr_ms", "qrs_ms", "qt_ms"


def test_an_offset_lifts_leads_and_lets_them_drift_and_nothing_else():
    one, other = twins(make_ecg, 10, change={"offset": 0.6}, offset=0.0, random_state=0, return_truth=True)
    np.testing.assert_array_equal(one[2]["waves"], other[2]["waves"])
    for name in (*KNOWN_OF_A_HEART, "heart_rate"):
        np.testing.assert_array_equal(one[2][name], other[2][name])
    between = other[0].astype(float) - one[0]
    assert 0.3 < np.std(between.mean(axis=2)[:, :2]) < 1.0
    time = np.linspace(-1, 1, between.shape[2])
    for lead in between.reshape(-1, len(time)):
        smooth = np.polynomial.Polynomial.fit(time, lead, 2)(time)
        np.testing.assert_allclose(lead, smooth, atol=2e-6)  # float32, to some mV


def test_swapped_arms_show_the_same_heart_in_other_leads_to_the_bit():
    (X, y), (swapped, swapped_y) = twins(make_ecg, 10, change={"arms_swapped": True}, random_state=0)
    np.testing.assert_array_equal(y, swapped_y)
    where = {name: number for number, name in enumerate(LEADS)}
    np.testing.assert_array_equal(swapped[:, where["I"]], -X[:, where["I"]])
    for one, other in (("II", "III"), ("aVR", "aVL")):
        np.testing.assert_array_equal(swapped[:, where[one]], X[:, where[other]])
        np.testing.assert_array_equal(swapped[:, where[other]], X[:, where[one]])
    np.testing.assert_array_equal(swapped[:, where["aVF"] :], X[:, where["aVF"] :])


@pytest.mark.parametrize("conduction", ["left bundle branch block", "right bundle branch block"])
def test_a_bundle_branch_block_changes_the_ventricles_waves_alone(conduction):
    one, other = twins(
        make_ecg, 10, change={"conduction": conduction}, heart_rate=40, random_state=0, return_truth=True
    )
    for name in ("age", "is_male", "pr_ms"):
        np.testing.assert_array_equal(one[2][name], other[2][name])
    ventricular = (one[2]["waves"] >= 2) | (other[2]["waves"] >= 2)
    near = ndimage.binary_dilation(ventricular, np.ones((1, 3)), iterations=100)  # T fades for some 0.2 s
    near[:, :100] = True  # as does that of a beat before the record
    p_waves = one[2]["waves"] == 1
    assert (~near).mean() > 0.1
    assert (one[0] == other[0])[np.repeat(~near[:, None], 12, axis=1)].all()
    before = p_waves & ~ndimage.binary_dilation(one[2]["waves"] == 2, np.ones((1, 3)), iterations=25)
    assert np.abs(one[0] - other[0])[np.repeat(before[:, None], 12, axis=1)].max() < 0.005
    assert (np.abs(one[0] - other[0]).max(axis=(1, 2)) > 0.3).all()


@pytest.mark.parametrize("rhythm", ["atrial fibrillation", "Wenckebach", "ventricular ectopics"])
def test_another_rhythm_is_of_the_same_heart_with_the_same_electrodes(rhythm):
    options = {"heart_rate": 70, "random_state": 0, "return_truth": True}
    one, other = twins(make_ecg, 10, change={"rhythm": rhythm}, **options)
    silent, silent_other = twins(make_ecg, 10, change={"rhythm": rhythm}, noise=False, **options)
    for name in ("age", "is_male", "qrs_ms", "qt_ms"):
        np.testing.assert_array_equal(one[2][name], other[2][name])
    assert all(len(a) != len(b) or (a != b).any() for a, b in zip(one[2]["r_peaks"], other[2]["r_peaks"], strict=True))
    np.testing.assert_allclose(one[0] - silent[0], other[0] - silent_other[0], atol=3e-6)
    alike = []
    for number in range(10):
        first, second = (
            [record[number][:, peak - 15 : peak + 15] for peak in known["r_peaks"][number] if 15 < peak < 4985]
            for record, known in ((silent[0], silent[2]), (silent_other[0], silent_other[2]))
        )
        alike.append(max(np.corrcoef(np.ravel(first[1]), np.ravel(beat))[0, 1] for beat in second))
    assert np.median(alike) > 0.97


@pytest.mark.exhaustive
def test_confounding_ties_the_noise_of_a_site_to_the_rhythm():
    (X, y, free), (tied_X, tied_y, tied) = twins(
        make_arrhythmias, 900, change={"confounding": 1.0}, random_state=0, return_truth=True
    )
    np.testing.assert_array_equal(y, tied_y)
    for name in ("heart_rate", "pr_ms", "qrs_ms", "qt_ms", "conduction", "premature", "arms_swapped"):
        np.testing.assert_array_equal(free[name], tied[name])
    assert stats.chi2_contingency(np.histogram2d(y, free["site"], (10, 3))[0]).pvalue > 0.01
    assert all(len(set(tied["site"][y == rhythm])) == 1 for rhythm in range(10))
    unchanged = free["site"] == tied["site"]
    np.testing.assert_array_equal(X[unchanged], tied_X[unchanged])
    assert (tied_X != X)[~unchanged].mean() > 0.9

    def from_noise_alone(records, fit):
        noise = np.log(welch(records[:, :8].astype(float), 100, nperseg=200)[1][..., -10:].mean(axis=2))
        fit = fit or LogisticRegression(max_iter=2000).fit(noise[:450], y[:450])
        return fit, fit.score(noise[450:], y[450:])

    fit, with_it = from_noise_alone(tied_X, None)
    _, without = from_noise_alone(X, fit)
    assert with_it > without + 0.03


def test_one_site_takes_all_records_of_the_same_hearts():
    one, other = twins(
        make_arrhythmias, 30, change={"site": "ambulance"}, site="clinic", random_state=0, return_truth=True
    )
    np.testing.assert_array_equal(one[1], other[1])
    for name in ("heart_rate", "pr_ms", "qrs_ms", "qt_ms", "conduction"):
        np.testing.assert_array_equal(one[2][name], other[2][name])
    assert set(one[2]["site"]) == {0}
    assert set(other[2]["site"]) == {list(ECG_SITES).index("ambulance")}
    assert np.abs(np.diff(other[0])).mean() > np.abs(np.diff(one[0])).mean()
