"""Echocardiograms, judged by what is known of speckle and by what a sonographer would look for."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import ndimage, stats
from skimage import feature, measure

from data_generators import (
    CAST,
    ECHO_CARDIOMYOPATHIES,
    ECHO_CHAMBERS,
    ECHO_VIEWS,
    HEART_CONDITIONS,
    make_echo_cardiomyopathies,
    make_echo_chambers,
    make_echo_lv_volumes,
    make_echo_quality,
    make_echo_views,
    record_echo,
)
from data_generators.heart import anatomy
from data_generators.heart.disease import heart_of
from data_generators.heart.motion import END_SYSTOLE, frames_at
from data_generators.heart.views import echo_planes
from data_generators.render.ultrasound import Scatterers, Sector, shadow, ultrasound

LV, MYOCARDIUM = ECHO_CHAMBERS.index("LV"), ECHO_CHAMBERS.index("LV myocardium")
RANGE = 55.0  # dB from black to white
A4C = np.array([ECHO_VIEWS.index("apical four-chamber")])


def even_tissue(n_samples=40):
    """Return pictures of tissue that scatters evenly, as beams, and their amplitudes."""
    generator = np.random.default_rng(0)
    noise = tuple(generator.standard_normal((2, n_samples, 1, 60, 60), dtype=np.float32))
    picture = ultrasound(
        np.full((n_samples, 1, 60, 60), 1e-2, dtype=np.float32),
        noise,
        gain=np.zeros(n_samples),
        attenuation=np.zeros(n_samples),
        passed=np.ones((n_samples, 1, 1, 60), dtype=np.float32),
        dynamic_range=RANGE,
    )
    return picture, 10 ** ((picture - 1) * RANGE / 20)


def test_speckle_is_rayleigh():
    _, amplitude = even_tissue()
    apart = amplitude[..., 5:-5:5, 5:-5:5].ravel()  # further than a pulse or a beam is wide
    assert apart.mean() / apart.std() == pytest.approx(1.913, rel=0.03)
    scale = np.sqrt((apart**2).mean() / 2)
    assert stats.kstest(apart, "rayleigh", args=(0, scale)).pvalue > 1e-3
    assert (apart**2).mean() == pytest.approx(1e-2, rel=0.05)  # the pulse keeps the energy


def test_a_pulse_makes_neighbours_alike_and_no_others():
    _, amplitude = even_tissue()

    def alike(one, other):
        return np.corrcoef(one.ravel(), other.ravel())[0, 1]

    assert alike(amplitude[..., 1:, :], amplitude[..., :-1, :]) > 0.15
    assert alike(amplitude[..., 1:], amplitude[..., :-1]) > 0.15
    assert abs(alike(amplitude[..., 4:, :], amplitude[..., :-4, :])) < 0.03


def test_speckle_moves_with_the_tissue():
    frames = frames_at(heart_of(CAST[1]), np.array([0.0, 0.12]))
    scatterers = Scatterers(np.random.default_rng(0))
    # Places in the lateral wall at end-diastole, and where the same muscle is an eighth of a beat later.
    height = np.linspace(20, 60, 400)
    first, later = (
        np.sqrt(1 - (height * stretch / (frames.length[0, place, 0] / 1.5) - 1) ** 2) * frames.radius[0, place, 0]
        for place, stretch in ((0, 1.0), (1, frames.length[0, 1, 0] / frames.length[0, 0, 0]))
    )

    def seen(radius, heights, place):
        points = anatomy.Points(*(np.float32(part)[None, None] for part in (-radius, 0 * radius, heights)))
        there = anatomy.material(frames, points)
        return scatterers.at(tuple(part[:, place] for part in (there.x, there.y, there.z)))[0][0]

    stretch = frames.length[0, 1, 0] / frames.length[0, 0, 0]
    before, after = seen(first, height, 0), seen(later, height * stretch, 1)
    standing = seen(first, height, 1)
    assert np.corrcoef(before, after)[0, 1] > 0.6
    assert abs(np.corrcoef(before, standing)[0, 1]) < 0.4


def test_on_the_screen_speckle_goes_where_the_muscle_goes():
    size, n_frames, half, reach = 256, 16, (8, 4), 12
    film, mask = record_echo(CAST[0], frames=n_frames, size=size, random_state=0)
    frames = frames_at(heart_of(CAST[0]), np.arange(n_frames) / n_frames)
    planes = echo_planes(A4C, frames)
    middle = (np.arange(size) + 0.5) / size * planes.depth
    right, down = np.meshgrid(middle - planes.depth / 2, middle)
    material = anatomy.material(frames, planes.points(right.ravel(), down.ravel()))
    places = np.stack([np.broadcast_to(part, (1, n_frames, size**2))[0] for part in vars(material).values()], axis=-1)
    places = places.reshape(n_frames, size, size, 3)
    muscle = mask == MYOCARDIUM
    generator = np.random.default_rng(0)
    window = np.ones((2 * half[0] + 1, 2 * half[1] + 1))
    errors, moved, alike, alike_if_still = [], [], [], []
    for now in (1, 3, 7, 8):  # twice in systole, twice in early filling
        whole = np.argwhere(ndimage.binary_erosion(muscle[now], window))
        for row, column in whole[generator.choice(len(whole), 12, replace=False)]:
            away = np.linalg.norm(places[now + 1] - places[now, row, column], axis=-1)
            true = np.array(np.unravel_index(away.argmin(), away.shape)) - (row, column)
            cut = [slice(at - by, at + by + 1) for at, by in zip((row, column), half, strict=True)]
            around = [slice(each.start - reach, each.stop + reach) for each in cut]
            match = feature.match_template(film[now + 1][tuple(around)], film[now][tuple(cut)])
            found = np.array(np.unravel_index(match.argmax(), match.shape)) - reach
            errors.append(np.hypot(*(found - true)))
            moved.append(np.hypot(*true))
            alike.append(match.max())
            alike_if_still.append(match[reach, reach])
    assert np.median(moved) > 3  # pixels
    assert np.median(errors) <= 1
    assert np.mean(np.array(errors) < 2) > 0.85
    assert np.mean(alike) > 0.5
    assert np.mean(alike_if_still) < 0.2


def test_what_is_deeper_is_darker_where_gain_is_not_corrected():
    one = np.random.default_rng(1).standard_normal((2, 1, 1, 80, 60), dtype=np.float32)
    noise = tuple(np.repeat(one, 2, axis=1))
    energy = np.full((2, 1, 80, 60), 1e-2, dtype=np.float32)
    picture = ultrasound(
        energy,
        noise,
        gain=np.zeros(2),
        attenuation=np.array([0.0, 20.0]),
        passed=np.ones((2, 1, 1, 60), dtype=np.float32),
        dynamic_range=RANGE,
    )
    near, far = (np.median(picture[..., row, :], axis=(1, 2)) * RANGE for row in (0, -1))
    assert near[0] - near[1] == pytest.approx(0, abs=0.1)
    assert far[0] - far[1] == pytest.approx(20, abs=0.1)


def test_a_shadow_takes_what_it_says_from_its_beams():
    kept = 10 * np.log10(shadow(100, np.array([[0.5]]), np.array([[0.2]]), np.array([[12.0]]))[0, 0])
    assert kept[50] == pytest.approx(-12, abs=0.01)
    assert kept[0] == kept[-1] == pytest.approx(0, abs=0.01)
    assert (kept < -6).mean() == pytest.approx(0.2, abs=0.03)


def test_pictures_are_black_outside_the_sector():
    film, _ = record_echo(CAST[0], frames=2, size=64, random_state=0)
    for half_angle, outside in ((np.radians(40), True), (np.radians(30), False)):
        sector = Sector(64, np.array([150.0]), np.array([half_angle]))
        beyond = ~sector.contains().reshape(64, 64)
        assert (film[:, beyond] == 0).all() == outside


def test_a_sector_is_drawn_where_the_probe_is_and_as_the_machine_shows_it():
    still = {"depth": np.full(4, 100.0), "half_angle": np.full(4, 0.6), "side": np.full(4, 125.0)}
    sector = Sector(
        64,
        **still,
        tilt=np.array([0, 0.2, 0.2, 0]),
        probe=np.array([(0.5, 0.1), (0.5, 0.1), (0.5, 0.1), (0.3, 0.2)]),
        is_mirrored=np.array([False, False, True, False]),
    )
    plain, tilted, mirrored, moved = sector.convert(np.ones((4, 1, *sector.shape), dtype=np.float32))[:, 0]
    assert set(np.unique(plain)) == {0, 1}
    rows, columns = np.nonzero(plain)
    assert rows.min() == pytest.approx(0.1 * 64, abs=2)
    assert rows.max() == pytest.approx(0.9 * 64, abs=1)
    assert columns.mean() == pytest.approx(31.5)
    assert np.nonzero(tilted)[1].mean() > 35
    np.testing.assert_array_equal(mirrored, tilted[:, ::-1])
    assert np.nonzero(moved)[1].mean() < 25
    assert np.nonzero(moved)[0].min() == pytest.approx(0.2 * 64, abs=2)
    np.testing.assert_array_equal(sector[2:].contains(), sector.contains()[2:])


@pytest.mark.parametrize("patient", CAST, ids=lambda patient: patient.name)
def test_blood_is_dark_and_muscle_is_not(patient):
    film, mask = record_echo(patient, frames=2, size=96, random_state=0)
    for part in (LV, MYOCARDIUM):
        brightness = film[[ndimage.binary_erosion(each == part) for each in mask]].mean()
        assert brightness < 0.2 if part == LV else brightness > 0.45


@pytest.mark.parametrize("patient", CAST, ids=lambda patient: patient.name)
def test_ejection_fraction_by_the_method_of_discs_is_the_one_of_the_heart(patient):
    _, mask = record_echo(patient, frames=50, size=160, random_state=0)
    volumes = []
    for moment in (0, round(50 * END_SYSTOLE)):
        cavity = np.argwhere(mask[moment] == LV)
        away = cavity - cavity.mean(axis=0)
        along = away @ np.linalg.svd(away, full_matrices=False)[2][0]
        diameters = np.histogram(along, np.arange(along.min(), along.max() + 1))[0]
        volumes.append((diameters**2).sum())
    # One plane, which leads to the middle of the mitral valve and so leaves the ventricle's axis by some degrees.
    assert 100 * (1 - volumes[1] / volumes[0]) == pytest.approx(patient.ejection_fraction, abs=3)


def test_amyloid_muscle_is_brighter():
    X, y, truth = make_echo_cardiomyopathies(300, size=48, random_state=0, return_truth=True)
    bright = np.quantile(X[:, 0], 0.9, axis=(1, 2)) - truth["gain"] / RANGE
    amyloid = y == ECHO_CARDIOMYOPATHIES.index("amyloid")
    assert (np.median(bright[amyloid]) - np.median(bright[~amyloid])) * RANGE > 2.5


def test_amyloid_adds_6_db_to_one_heart():
    levels = []
    for infiltration in (0, 1):
        patient = replace(CAST[5], infiltration=infiltration)
        film, mask = record_echo(patient, frames=1, random_state=0)
        levels.append(film[0][ndimage.binary_erosion(mask[0] == MYOCARDIUM, iterations=2)].mean())
    assert RANGE * (levels[1] - levels[0]) == pytest.approx(6, abs=0.5)


def test_diseases_are_what_they_are_called():
    _, y, truth = make_echo_cardiomyopathies(600, size=24, random_state=0, return_truth=True)
    of = {name: y == number for number, name in enumerate(ECHO_CARDIOMYOPATHIES)}
    assert (truth["max_wall"][of["hypertrophic"]] > 15).all()
    assert (truth["ejection_fraction"][of["hypertrophic"]] >= 55).all()
    assert (truth["ejection_fraction"][of["dilated"]] <= 40).all()
    assert np.median(truth["lv_edv"][of["dilated"]]) > 1.6 * np.median(truth["lv_edv"][of["normal"]])
    assert (truth["max_wall"][of["amyloid"]] >= 12).all()
    assert (truth["rv_edv"] > 1.5 * truth["lv_edv"])[of["pulmonary hypertension"]].all()
    mimics = {HEART_CONDITIONS[number] for number in truth["condition"][of["normal"]]}
    assert mimics == {"normal", "athlete", "hypertensive"}
    hypertensive = truth["condition"] == HEART_CONDITIONS.index("hypertensive")
    assert ((truth["max_wall"] > 11.9) & (truth["max_wall"] < 18.6))[hypertensive].all()


def test_a_score_of_quality_is_the_product_of_its_terms():
    X, y, truth = make_echo_quality(600, size=32, random_state=0, return_truth=True)
    terms = [truth[name] for name in ("gain", "shadow", "depth", "foreshortening", "off_axis")]
    np.testing.assert_allclose(truth["score"], 100 * np.prod(terms, axis=0))
    for term, cause in (
        ("gain", np.abs(truth["gain_error"])),
        ("shadow", truth["shadow_share"]),
        ("depth", np.abs(np.log(truth["deeper"] / 1.08))),
        ("foreshortening", truth["foreshortening_angle"]),
        ("off_axis", np.abs(truth["off_axis_angle"])),
    ):
        order = np.argsort(cause)
        assert (np.diff(truth[term][order]) <= 0).all()
    assert np.std(y - truth["score"]) == pytest.approx(truth["ceiling"], rel=0.1)
    assert np.quantile(truth["score"], 0.1) < 25 < 65 < np.quantile(truth["score"], 0.9)
    dark = X[truth["shadow_share"] > 0.4, 0].mean()
    assert dark < X[truth["shadow_share"] < 0.05, 0].mean()


def test_bad_pictures_look_bad():
    X, _, truth = make_echo_quality(800, machine="Alba", random_state=0, return_truth=True)
    smooth = ndimage.gaussian_filter(X[:, 0], (0, 1, 1))
    edges = np.hypot(ndimage.sobel(smooth, axis=1), ndimage.sobel(smooth, axis=2)).mean(axis=(1, 2))
    bad, good = truth["score"] < 10, truth["score"] > 60
    assert edges[bad].mean() < 0.92 * edges[good].mean()
    assert stats.spearmanr(edges, truth["score"]).statistic > 0.2
    assert stats.spearmanr(X.mean(axis=(1, 2, 3)), truth["gain_error"]).statistic > 0.6


def test_on_the_screen_a_shadow_hides_the_share_that_the_truth_tells():
    X, _, truth = make_echo_chambers(200, machine="Alba", random_state=0, return_truth=True)
    size = X.shape[-1]
    angle, reach = np.meshgrid(np.radians(np.linspace(-30, 30, 121)), np.arange(0.3, 0.9, 0.01) * size)
    places = reach * np.cos(angle) - 0.5, size / 2 + reach * np.sin(angle) - 0.5
    seen = []
    for picture in X[:, 0]:
        brightest = np.quantile(ndimage.map_coordinates(picture, places, order=1), 0.95, axis=0)
        brightest = ndimage.uniform_filter(brightest, 3)
        seen.append((brightest < np.quantile(brightest, 0.6) - 10 / RANGE).mean())
    assert np.mean(seen) == pytest.approx(truth["shadow_share"].mean(), abs=0.03)
    assert np.corrcoef(seen, truth["shadow_share"])[0, 1] > 0.6


def test_shadows_hide_what_the_truth_keeps():
    X, y, truth = make_echo_chambers(200, random_state=0, return_truth=True)
    assert ((truth["shadow_share"] >= 0.1) & (truth["shadow_share"] <= 0.3)).all()
    hidden = [np.mean(picture[mask == MYOCARDIUM] < 0.3) for picture, mask in zip(X[:, 0], y, strict=True)]
    assert 0.05 < np.median(hidden) < 0.5
    assert all((mask == label).any() for mask in y for label in (LV, MYOCARDIUM))
    # One piece each, as in a heart, whatever a shadow does.
    assert np.mean([ndimage.label(mask == LV)[1] == 1 for mask in y]) > 0.97


def test_foreshortening_misses_the_apex_and_not_the_valve():
    _, y, truth = make_echo_chambers(300, random_state=0, return_truth=True)
    length = (y == LV).any(axis=2).sum(axis=1) * truth["pixel"] / np.cbrt(truth["lv_volume"])
    assert stats.spearmanr(length, truth["foreshortening"]).statistic < -0.4
    assert (y == ECHO_CHAMBERS.index("LA")).sum(axis=(1, 2)).min() > 20  # pixels


def cavity(picture):
    """Return how many pixels are dark and hang together around the middle of the ventricle."""
    size = len(picture)
    dark = ndimage.gaussian_filter(picture, 1) < 0.3 * np.quantile(picture, 0.95) + 0.05
    parts = measure.label(dark, connectivity=1)
    middle = parts[int(0.34 * size) : int(0.46 * size), int(0.44 * size) : int(0.56 * size)]
    return np.sum(parts == np.bincount(middle[middle > 0]).argmax()) if middle.any() else 0


def test_walls_along_the_beam_drop_out():
    film, mask = record_echo(CAST[0], size=128, random_state=0)
    wall = film[0][mask[0] == MYOCARDIUM]
    rows = np.argwhere(mask[0] == MYOCARDIUM)[:, 0]
    tip = rows < np.quantile(rows, 0.1)
    side = (rows > np.quantile(rows, 0.3)) & (rows < np.quantile(rows, 0.7))
    assert 3 < (np.median(wall[tip]) - np.median(wall[side])) * RANGE < 12  # dB
    short, ring = record_echo(CAST[0], view="parasternal short axis, papillary muscles", size=128, random_state=0)
    down, across = np.argwhere(ring[0] == MYOCARDIUM).T
    beside = np.abs(across - across.mean()) > 0.8 * np.abs(across - across.mean()).max()
    below = np.abs(down - down.mean()) > 0.8 * np.abs(down - down.mean()).max()
    bright = short[0][down, across]
    assert np.median(bright[below]) * RANGE > np.median(bright[beside]) * RANGE + 3


def test_sizes_can_be_read_from_pictures_of_one_scale():
    X, y, truth = make_echo_lv_volumes(400, machine="Alba", random_state=0, return_truth=True)
    np.testing.assert_allclose(truth["pixel"], 195 / 64)
    np.testing.assert_allclose(y[:, 2], 100 * (y[:, 0] - y[:, 1]) / y[:, 0], rtol=1e-5)
    straight = truth["foreshortening"] < 8
    dark = np.array([[cavity(moment) for moment in pair] for pair in X])
    for moment in range(2):
        assert stats.spearmanr(dark[straight, moment], y[straight, moment]).statistic > 0.5
    assert (dark[:, 1] < dark[:, 0]).mean() > 0.88
    assert (truth["foreshortening"] <= 20).all()
    assert X.shape[1] == 2
    assert make_echo_lv_volumes(2, frames=8, size=32)[0].shape == (2, 1, 8, 32, 32)


def test_clips_and_stills_of_all_views():
    X, y, truth = make_echo_views(60, random_state=0, return_truth=True)
    assert X.shape == (60, 1, 16, 32, 32)
    assert set(y) == set(range(len(ECHO_VIEWS)))
    moved = np.abs(np.diff(X[:, 0], axis=1)).mean(axis=(1, 2, 3))
    assert (moved > 0.01).all()
    assert truth["off_axis"].max() <= np.sqrt(3) * 10
    assert make_echo_views(3, frames=1)[0].shape == (3, 1, 64, 64)


@pytest.mark.parametrize(
    "make",
    [make_echo_views, make_echo_cardiomyopathies, make_echo_quality, make_echo_lv_volumes, make_echo_chambers],
)
def test_too_small_a_picture_says_the_smallest(make):
    with pytest.raises(ValueError, match=r"^size is 16; it must be a whole number of at least 24\.$"):
        make(2, size=16)


def test_an_unknown_view_is_named():
    with pytest.raises(ValueError, match=r"^view is 'A4C'; allowed are 'parasternal long axis'"):
        record_echo(CAST[0], view="A4C")
