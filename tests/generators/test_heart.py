"""The beating heart, measured in masks by tools that know nothing of its formulas."""

from dataclasses import fields, replace

import numpy as np
import pytest
from scipy import ndimage
from scipy.spatial.transform import Rotation
from skimage import measure

from data_generators import CAST, HEART_CONDITIONS
from data_generators.echo.scanner import ECHO_CHAMBERS, masks
from data_generators.heart import anatomy, shapes
from data_generators.heart.anatomy import Points
from data_generators.heart.chambers import Frames
from data_generators.heart.disease import draw_hearts, heart_of, seen_by_echo
from data_generators.heart.motion import END_SYSTOLE, MUSCLE_DENSITY, at_end_diastole, ejected, frames_at
from data_generators.heart.outlines import irregular, seen_at
from data_generators.heart.views import ECHO_VIEWS, PARTS_OF_VIEWS, echo_planes
from data_generators.render.ultrasound import Sector

NUMBERS = {"left ventricle": 1, "myocardium": 2, "left atrium": 3, "right ventricle": 4, "right atrium": 5}
LV, MYOCARDIUM, LA, RV, RA = NUMBERS.values()
MOMENTS = np.array([0.0, END_SYSTOLE])
STILL = "hearts", "tip", "widest", "rv_apex", "la_y", "la_roof", "ra_roof"
MOVING = [field.name for field in fields(Frames) if field.name not in STILL]

each_condition = pytest.mark.parametrize("condition", range(len(HEART_CONDITIONS)), ids=HEART_CONDITIONS)


def hearts(condition, is_male, seed=0):
    n_samples = len(is_male)
    return draw_hearts(np.random.default_rng(seed), np.full(n_samples, condition), np.asarray(is_male))


def one_heart(edv, esv, mass, length, shortening):
    still = hearts(0, [True])

    def one(value):
        return np.array([float(value)])

    return replace(
        still,
        lv_edv=one(edv),
        lv_esv=one(esv),
        lv_mass=one(mass),
        lv_length=one(length),
        shortening=one(shortening),
        rv_edv=one(1.1 * edv),
        rv_esv=one(0.1 * edv + esv),
    )


def voxels(frames, side=1.0, seen=lambda frames, points: points):
    """Return masks of one heart in each frame, on a grid of voxels that is turned against its axes.

    `seen` may be `irregular`; if not given, outlines are smooth.
    Turned, because a valve that lies along the grid would be moved by up to half a voxel.
    """
    across, along = np.arange(-75, 75, side), np.arange(-105, 105, side)
    grid = np.stack(np.meshgrid(across, across, along, indexing="ij"))
    shape, turn = grid.shape[1:], Rotation.from_euler("xyz", (9, 13, 7), degrees=True).as_matrix()
    grid = turn @ grid.reshape(3, -1) + np.array([[18.0], [0.0], [74.0]])
    points = Points(*(part.astype(np.float32)[None, None] for part in grid))
    masks = []
    for place in range(frames.length.shape[1]):
        one = replace(frames, **{name: getattr(frames, name)[:, place : place + 1] for name in MOVING})
        mask = np.zeros((1, 1, grid.shape[1]), dtype=np.int64)
        shapes.label(anatomy.layers(one, seen(one, points), side, tuple(NUMBERS)), NUMBERS, mask)
        masks.append(mask.reshape(shape))
    return masks


def ml(mask):
    """Return the volume of each label, as scikit-image counts it, ml."""
    found = {region.label: region.area / 1000 for region in measure.regionprops(mask)}
    return np.array([found[number] for number in NUMBERS.values()])


@pytest.mark.exhaustive
@each_condition
def test_volumes_from_masks_are_those_of_the_formulas(condition):
    heart = hearts(condition, [condition % 2 == 0], seed=condition)
    frames = frames_at(heart, MOMENTS)
    left_atrium = heart.la_min + (heart.la_max - heart.la_min) * ejected(MOMENTS)
    for place, mask in enumerate(voxels(frames)):
        expected = [
            frames.volume[0, place, 0],
            heart.lv_mass[0] / MUSCLE_DENSITY,
            left_atrium[place],
            frames.rv_volume[0, place, 0],
            frames.ra_volume[0, place, 0],
        ]
        np.testing.assert_allclose(ml(mask), expected, rtol=0.01)


@pytest.mark.parametrize("condition", ["normal", "hypertrophic", "infarct"])
def test_muscle_is_not_squeezed_over_the_beat(condition):
    heart = hearts(HEART_CONDITIONS.index(condition), [True], seed=3)
    for mask in voxels(frames_at(heart, np.array([0.1, 0.3, 0.5, 0.7, 0.95])), side=2.0):
        muscle = 8 * (mask == MYOCARDIUM).sum() / 1000
        assert muscle == pytest.approx(heart.lv_mass[0] / MUSCLE_DENSITY, rel=0.01)


def test_volumes_of_a_beat_begin_and_end_where_they_should():
    heart = hearts(0, [True, False])
    frames = frames_at(heart, np.array([0.0, END_SYSTOLE, 1.0]))
    np.testing.assert_allclose(frames.volume[:, 0, 0], heart.lv_edv)
    np.testing.assert_allclose(frames.volume[:, 1, 0], heart.lv_esv)
    np.testing.assert_allclose(frames.volume[:, 2, 0], heart.lv_edv)


EMERGENT = {
    "man": ((166, 69, 106, 96, 0.17), (5.42, 3.83), (0.61, 0.91), 29, 16),
    "woman": ((124, 49, 72, 86, 0.18), (4.95, 3.46), (0.51, 0.79), 30, 16),
    "dilated": ((290, 205, 170, 110, 0.08), (6.69, 5.86), (0.67, 0.80), 12, 9),
    "hypertrophic": ((140, 42, 190, 88, 0.125), (5.20, 3.05), (1.11, 1.67), 41, 11),
}
"""EDV, ESV, mass, length, shortening; and what follows: LVID and wall at both ends in cm, FS in %, MAPSE in mm."""


@pytest.mark.parametrize("name", EMERGENT)
def test_what_nobody_sets_is_as_it_should_be(name):
    inputs, diameters, walls, fractional_shortening, mapse = EMERGENT[name]
    frames = frames_at(one_heart(*inputs), np.array([0.0, END_SYSTOLE]))
    reach = np.arange(-60, 60, 0.25)
    measured = []
    for place in range(2):
        # An M-mode: along a line across the ventricle, where it is widest, and one along its axis.
        line = np.zeros_like(reach)
        middle = frames.length[0, place, 0] / 1.5
        across = Points(*(part.astype(np.float32)[None, None] for part in (line, reach, line + middle)))
        along = Points(*(part.astype(np.float32)[None, None] for part in (line, line, 2 * reach + 70)))
        masks = []
        for points in (across, along):
            mask = np.zeros((1, 2, len(reach)), dtype=np.int64)
            shapes.label(anatomy.layers(frames, points, 0.25, tuple(NUMBERS)), NUMBERS, mask)
            masks.append(mask[0, place])
        measured.append(((masks[0] == LV).sum() / 40, (masks[0] == MYOCARDIUM).sum() / 80, (masks[1] == LV).sum() / 2))
    (d, wall_d, length_d), (s, wall_s, length_s) = measured
    assert (d, s) == pytest.approx(diameters, abs=0.15)
    assert (wall_d, wall_s) == pytest.approx(walls, abs=0.1)
    assert 100 * (d - s) / d == pytest.approx(fractional_shortening, abs=2.5)
    assert length_d - length_s == pytest.approx(mapse, abs=1.5)


@pytest.mark.parametrize(
    ("is_male", "edv", "esv", "ejection", "mass_index"),
    [(True, (166, 32), (69, 16), (58, 5), (53, 9)), (False, (124, 21), (49, 11), (61, 5), (42, 7))],
    ids=["men", "women"],
)
def test_normal_hearts_are_those_of_uk_biobank(is_male, edv, esv, ejection, mass_index):
    heart = hearts(0, np.full(1000, is_male))
    surface = 2.0 if is_male else 1.72
    for values, (mean, sd) in (
        (heart.lv_edv, edv),
        (heart.lv_esv, esv),
        (heart.ejection_fraction, ejection),
        (heart.lv_mass / surface, mass_index),
    ):
        assert np.mean(values) == pytest.approx(mean, abs=0.15 * sd)
        assert 0.7 * sd < np.std(values) < 1.3 * sd


@pytest.mark.exhaustive
@pytest.mark.parametrize("patient", CAST, ids=lambda patient: patient.name)
def test_the_cast_has_one_ejection_fraction(patient):
    heart = heart_of(patient)
    assert heart.ejection_fraction[0] == pytest.approx(patient.ejection_fraction)
    frames = frames_at(heart, np.array([0.0, END_SYSTOLE]))
    diastole, systole = (ml(mask)[0] for mask in voxels(frames))
    assert 100 * (1 - systole / diastole) == pytest.approx(patient.ejection_fraction, abs=1)
    assert frames.wall[0, 0, 0] == pytest.approx(patient.wall_thickness, abs=0.01)
    assert (frames.wall + frames.bump_wall)[0, 0, 0] == pytest.approx(patient.septal_thickness, abs=0.01)


@each_condition
def test_all_that_is_drawn_is_a_heart(condition):
    heart = draw_hearts(np.random.default_rng(condition), np.full(2500, condition), np.arange(2500) % 2 == 0)
    for seen in (heart, seen_by_echo(heart)):
        frames = frames_at(seen, MOMENTS)  # raises an error for a wall that cannot fit
        for name in (field.name for field in fields(Frames)[1:]):
            assert np.isfinite(getattr(frames, name)).all(), name
        assert (frames.rv_width > 8).all()


def test_twins_differ_in_what_the_condition_changes():
    n_samples = 400
    is_male = np.arange(n_samples) % 2 == 0

    def twins(name, variant=None):
        condition = np.full(n_samples, HEART_CONDITIONS.index(name))
        generator = np.random.default_rng(7)
        drawn = draw_hearts(generator, condition, is_male, variant)
        return drawn, generator.random()

    normal, after = twins("normal")
    mixed = draw_hearts(np.random.default_rng(7), np.arange(n_samples) % len(HEART_CONDITIONS), is_male)
    np.testing.assert_array_equal(mixed[::8].lv_edv, normal[::8].lv_edv)
    for name in HEART_CONDITIONS:
        drawn, next_one = twins(name)
        assert next_one == after
        np.testing.assert_array_equal(drawn.outline, normal.outline)
        rank = np.argsort(np.argsort(drawn.lv_edv[is_male]))
        np.testing.assert_array_equal(rank, np.argsort(np.argsort(normal.lv_edv[is_male])))
    assert twins("hypertrophic", np.full(n_samples, 2))[1] == after

    # A wall grows outwards: the cavity of a hypertensive heart is that of its normal twin.
    hypertensive, _ = twins("hypertensive")
    cavities = [frames_at(heart, MOMENTS) for heart in (normal, hypertensive)]
    for name in ("volume", "length", "radius"):
        np.testing.assert_allclose(getattr(cavities[0], name), getattr(cavities[1], name))
    assert (hypertensive.lv_mass > normal.lv_mass).mean() > 0.97


def test_walls_of_diseases_overlap_as_in_life():
    n_samples = 4000
    thickest = {}
    for number, name in enumerate(HEART_CONDITIONS):
        first = at_end_diastole(hearts(number, np.arange(n_samples) % 2 == 0))
        thickest[name] = (first.wall + np.maximum(first.bump_wall, 0))[:, 0, 0]
    in_grey = {name: np.mean((wall > 13) & (wall < 16)) for name, wall in thickest.items()}
    assert in_grey["hypertensive"] > 0.2
    assert in_grey["hypertrophic"] > 0.15
    assert in_grey["normal"] == in_grey["athlete"] == 0
    assert 12 < thickest["athlete"].max() <= 13
    assert thickest["hypertrophic"].min() > 13.4
    assert 25 < thickest["hypertrophic"].max() < 27.1


def test_echo_sees_thicker_walls_and_the_same_volumes():
    heart = hearts(0, [True] * 300)
    by_echo = seen_by_echo(heart)
    np.testing.assert_array_equal(by_echo.lv_edv, heart.lv_edv)
    assert np.median(at_end_diastole(by_echo).wall) == pytest.approx(8.7, abs=0.7)  # 6 to 10 mm in men


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"lv_esv": 200.0}, r"lv_esv is 200; it must be below lv_edv, which is 150\."),
        ({"lv_mass": -20.0}, r"lv_mass is -20; it must be above 0\."),
        ({"lv_mass": 8.0}, r"lv_mass is 8 g; around 150 ml it makes no wall of 1 mm everywhere\."),
        ({"bump_wall": -14.0, "bump_focus": 4.0}, r"lv_mass is 120 g; around 150 ml it makes no wall of 1 mm"),
        ({"rv_esv": 400.0}, r"rv_esv is 400; it must be below rv_edv"),
        ({"lv_edv": float("nan")}, r"lv_esv is 60; it must be below lv_edv, which is nan\."),
    ],
)
def test_an_impossible_heart_is_one_line_of_error(change, told):
    heart = one_heart(150, 60, 120, 92, 0.17)
    with pytest.raises(ValueError, match=f"^{told}"):
        frames_at(replace(heart, **{name: np.array([value]) for name, value in change.items()}), MOMENTS)


def plane(view, patient=CAST[1], phase=0.0, side=160):
    """Return the middle of each part in a view, down and across, in shares of the picture; and the parts themselves."""
    frames = frames_at(heart_of(patient), np.array([0.0, phase]))
    planes = echo_planes(np.array([ECHO_VIEWS.index(view)]), frames)
    depth = planes.depth[0]
    across, down = np.meshgrid(((np.arange(side) + 0.5) / side - 0.5) * depth, (np.arange(side) + 0.5) / side * depth)
    points = planes.points(across.ravel(), down.ravel())
    parts = PARTS_OF_VIEWS[view]
    filled = {}
    for part, where, share in anatomy.layers(frames, points, depth / side, parts):
        here = np.zeros((2, side * side), dtype=np.float32)
        here[:, where] = share[0]
        # What is in front covers what is behind.
        for other in filled:
            filled[other] = filled[other] * (1 - here[1])
        filled[part] = np.maximum(filled.get(part, 0), here[1])
    shown = {part: share.reshape(side, side) for part, share in filled.items() if share.sum() > 12}
    places = np.indices((side, side)) / side
    return {part: (places * share).sum(axis=(1, 2)) / share.sum() for part, share in shown.items()}, shown


def test_four_chambers_apex_up_left_ventricle_at_the_right():
    middle, shown = plane("apical four-chamber", phase=END_SYSTOLE)
    down, across = 0, 1
    assert middle["left ventricle"][across] > middle["right ventricle"][across] + 0.1
    assert middle["left atrium"][down] > middle["left ventricle"][down] + 0.2
    assert middle["right atrium"][down] > middle["right ventricle"][down] + 0.1
    assert middle["left atrium"][across] > middle["right atrium"][across]
    lowest = {
        part: np.flatnonzero((shown[part] > 0.5).any(axis=1))[-1] for part in ("left ventricle", "right ventricle")
    }
    assert lowest["right ventricle"] < lowest["left ventricle"]  # the tricuspid valve is nearer to the apex


def test_two_and_three_chambers_differ_by_the_aorta():
    two, shown_by_two = plane("apical two-chamber")
    three, shown = plane("apical three-chamber")
    assert shown["aorta"].sum() > 300
    assert three["aorta"][1] > three["left ventricle"][1]
    assert shown_by_two.get("aorta", np.zeros(1)).sum() < 0.1 * shown["aorta"].sum()
    assert shown_by_two.get("right ventricle", np.zeros(1)).sum() < 0.15 * shown_by_two["left ventricle"].sum()
    assert two["left atrium"][0] > two["left ventricle"][0]


def test_the_parasternal_long_axis_has_the_aorta_and_the_atrium_at_the_right():
    middle, _ = plane("parasternal long axis")
    assert middle["aorta"][1] > middle["left ventricle"][1] + 0.2
    assert middle["left atrium"][1] > middle["left ventricle"][1] + 0.2
    assert middle["left atrium"][0] > middle["aorta"][0]
    assert middle["right ventricle"][0] < middle["left ventricle"][0]


@pytest.mark.parametrize("view", [view for view in ECHO_VIEWS if view.startswith("parasternal short")])
def test_short_axes_have_the_right_heart_at_the_left(view):
    middle, _ = plane(view)
    if "aortic" in view:
        assert middle["right atrium"][1] < middle["left atrium"][1]
        assert middle["left atrium"][0] > middle["aorta"][0]
        assert middle["right ventricle"][0] < middle["aorta"][0]
    else:
        assert middle["right ventricle"][1] < middle["left ventricle"][1]
        assert middle["right ventricle"][0] < middle["left ventricle"][0]


def test_the_septum_is_flat_in_pulmonary_hypertension():
    # The eccentricity index: the cavity's diameter along the septum by the one across it, in a short axis.
    index = {}
    for name in ("normal", "dilated", "pulmonary hypertension"):
        heart = hearts(HEART_CONDITIONS.index(name), [True, False] * 10)
        heart = replace(heart, outline=0 * heart.outline)  # which else makes any cavity a little oval
        frames = frames_at(heart, MOMENTS)
        planes = echo_planes(np.full(20, ECHO_VIEWS.index("parasternal short axis, papillary muscles")), frames)
        cavities = (masks(frames, planes, Sector(128, planes.depth, np.full(20, np.radians(45)))) == LV).astype(int)
        found = [measure.regionprops(cavity)[0] for cavity in cavities.reshape(-1, 128, 128)]
        index[name] = np.reshape([region.axis_major_length / region.axis_minor_length for region in found], (20, 2))
    assert index["normal"].max() < 1.04
    assert index["dilated"].max() < 1.04
    assert index["pulmonary hypertension"].min() > 1.04
    assert np.median(index["pulmonary hypertension"][:, 1]) > 1.12  # flatter in systole, when the pressure is highest


def test_papillary_muscles_are_in_the_short_axis_of_the_middle_alone():
    _, at_the_middle = plane("parasternal short axis, papillary muscles")
    labelled = measure.label(at_the_middle["papillary muscle"] > 0.5)
    assert labelled.max() == 2
    assert "papillary muscle" not in plane("parasternal short axis, apex")[1]


def test_over_the_left_ventricle_are_walls_and_no_solid_muscle():
    frames = at_end_diastole(hearts(0, [True] * 20))
    place = np.arange(-40, 40, dtype=np.float32)
    x, y = (part.reshape(1, 1, -1) for part in np.meshgrid(place, place))
    numbers = dict.fromkeys(anatomy.ALL, 0) | {"wall": 1}
    mask = np.zeros((20, 1, x.size), dtype=np.int64)
    level = (frames.length + 8).astype(np.float32)
    points = Points(*np.broadcast_arrays(x, y, level))
    shapes.label(anatomy.layers(frames, points, 1.0), numbers, mask)
    is_over = x**2 + y**2 < frames.base**2
    assert (mask * is_over).sum() / np.broadcast_to(is_over, mask.shape).sum() < 0.2


def test_from_below_the_ribs_the_apex_is_at_the_right():
    middle, _ = plane("subcostal")
    assert middle["left ventricle"][1] > middle["left atrium"][1] + 0.15
    assert middle["right ventricle"][0] < middle["left ventricle"][0]


def valve_in(view, phase):
    return plane(view, phase=phase)[1].get("valve", np.zeros((1, 1)))


def test_valves_open_and_shut_in_turn():
    def reach(phase):
        """Return how far leaflets hang into the ventricles, rows from their highest to their lowest."""
        rows = np.flatnonzero((valve_in("apical four-chamber", phase) > 0.5).any(axis=1))
        return rows[-1] - rows[0]

    assert reach(0.5) > reach(0.2) + 8
    star = "parasternal short axis, aortic valve"
    assert valve_in(star, 0.9).sum() > 5 * max(valve_in(star, 0.15).sum(), 1)


@pytest.mark.parametrize(
    ("phase", "mitral", "aortic"), [(0.18, False, True), (0.5, True, False), (0.75, True, False), (0.0, False, False)]
)
def test_blood_finds_a_way_through_open_valves_alone(phase, mitral, aortic):
    frames = frames_at(heart_of(CAST[0]), np.array([phase]))
    base = frames.length[0, 0, 0]
    axes = np.arange(-45, 60), np.arange(-60, 45), np.arange(base - 45, base + 40)
    grid = np.stack(np.meshgrid(*axes, indexing="ij"))
    points = Points(*(part.astype(np.float32).reshape(1, 1, -1) for part in grid))
    numbers = {"left atrium": 1, "left ventricle": 2, "aorta": 3, "wall": 0, "myocardium": 0, "valve": 0}
    mask = np.zeros((1, 1, grid[0].size), dtype=np.int64)
    shapes.label(anatomy.layers(frames, points, 1.0, tuple(numbers)), numbers, mask)
    mask = mask.reshape(grid[0].shape)

    def joined(*names):
        wanted = [numbers[name] for name in names]
        wide = ndimage.binary_erosion(np.isin(mask, wanted))  # a leak of one voxel at the ring is none
        parts = measure.label(wide, connectivity=1)
        largest = {np.bincount(parts[wide & (mask == number)]).argmax() for number in wanted}
        return len(largest) == 1

    assert joined("left atrium", "left ventricle") == mitral
    assert joined("left ventricle", "aorta") == aortic


def test_in_atrial_fibrillation_no_atrium_kicks():
    volumes = {
        patient.name: frames_at(heart_of(patient), np.array([0.8, 0.99, 1.0])).volume[0, :, 0] for patient in CAST[1:3]
    }
    assert volumes[CAST[1].name][0] < 0.9 * volumes[CAST[1].name][2]  # a third comes with the kick
    np.testing.assert_allclose(volumes[CAST[2].name], CAST[2].lv_edv)


def test_what_moves_keeps_its_wall():
    """Muscle that lies at the epicardium at end-diastole lies there at end-systole, and so at the endocardium."""
    heart = hearts(0, [True])
    frames = frames_at(heart, np.array([0.0, END_SYSTOLE]))
    middle = frames.length / 1.5
    for edge in (frames.radius, frames.radius + frames.wall):
        points = Points(*(part.astype(np.float32) for part in (edge, 0 * edge, middle)))
        before = anatomy.material(frames, points)
        assert before.x[0, 1, 0] == pytest.approx(edge[0, 0, 0], abs=0.6)
        assert before.z[0, 1, 0] == pytest.approx(middle[0, 0, 0], abs=0.01)


def test_shears_have_a_jacobian_of_one():
    heart = hearts(0, [True, False, True], seed=2)
    frames = frames_at(heart, np.array([0.0, 0.2, END_SYSTOLE]))
    places = np.random.default_rng(0).uniform((-60, -60, -10), (90, 60, 150), (200, 3))
    step = 0.05
    columns = []
    for axis in np.eye(3):
        sides = []
        for side in (places + step * axis, places - step * axis):
            points = Points(*np.tile(side.T[:, None, None], (1, 3, 1, 1)))  # float64, for differences to be exact
            there = irregular(frames, points)
            sides.append(np.stack((there.x, there.y, there.z)).astype(float))
        columns.append((sides[0] - sides[1]) / (2 * step))
    determinant = np.linalg.det(np.moveaxis(np.array(columns), (0, 1), (-2, -1)))
    assert determinant.shape == (3, 3, 200)
    np.testing.assert_allclose(determinant, 1, atol=0.01)
    assert np.ptp(columns[0][1]) > 0.1


@pytest.mark.exhaustive
def test_irregular_outlines_leave_volumes_as_they_are():
    frames = frames_at(hearts(0, [True], seed=5), MOMENTS)
    for smooth, bent in zip(voxels(frames, 1.25), voxels(frames, 1.25, irregular), strict=True):
        for label in (LV, MYOCARDIUM):
            assert (bent == label).sum() == pytest.approx((smooth == label).sum(), rel=2e-3)  # by counting
        assert ml(bent) == pytest.approx(ml(smooth), rel=3e-3)


def test_each_heart_has_its_own_outline():
    heart = hearts(0, [True, True], seed=1)
    same = replace(heart[np.array([0, 0])], outline=heart.outline)
    frames = at_end_diastole(same)
    angle = np.linspace(0, 2 * np.pi, 72)
    edge = frames.radius + frames.wall
    ring = Points(*(np.float32(part) for part in (edge * np.cos(angle), edge * np.sin(angle), frames.length / 1.5)))
    bent = irregular(frames, ring)
    out = np.hypot(bent.x, bent.y)[:, 0]
    assert np.abs(out[0] - out[1]).max() > 1
    assert np.abs(out - edge[:, 0]).max() < 6
    valve = Points(*(np.float32(part) for part in (20 * np.cos(angle), 20 * np.sin(angle), frames.length)))
    bent = irregular(frames, Points(*(part + np.zeros((2, 1, 1), dtype=np.float32) for part in vars(valve).values())))
    for before, after in zip(vars(valve).values(), vars(bent).values(), strict=True):
        assert np.abs(after - before).max() < 1.5
    # One patient keeps the outline in whatever condition, and no outline is none.
    same_patient = replace(CAST[0], lv_esv=90)
    np.testing.assert_array_equal(heart_of(CAST[0]).outline, heart_of(same_patient).outline)
    assert not np.array_equal(heart_of(CAST[0]).outline, heart_of(CAST[1]).outline)
    back = irregular(frames, seen_at(frames, ring))
    for before, after in zip(vars(ring).values(), vars(back).values(), strict=True):
        assert np.abs(after - before).max() < 0.01
    smooth = at_end_diastole(replace(same, outline=0 * same.outline))
    assert irregular(smooth, ring) is ring


def test_irregularities_move_with_the_tissue():
    frames = frames_at(hearts(0, [True], seed=1), MOMENTS)
    heights = np.linspace(0.1, 1, 20) * frames.length
    still = np.full_like(heights, 20)
    points = Points(*(part.astype(np.float32) for part in (still, 0 * still, heights)))
    moved = irregular(frames, points).x - points.x
    far = np.abs(heights[0] - frames.length[0]).min(axis=0) > 25  # what is held back at the valve is counted in mm
    np.testing.assert_allclose(moved[0, 0, far], moved[0, 1, far], atol=0.15)


def test_fat_is_thick_in_the_grooves_and_arteries_run_in_it():
    heart = replace(hearts(0, [True]), effusion=np.array([5.0]))
    heart = replace(heart, outline=0 * heart.outline)
    frames = at_end_diastole(heart)
    across = np.arange(-80, 80, 1.0)
    grid = [part.ravel().astype(np.float32)[None, None] for part in np.meshgrid(across, across)]
    points = Points(*grid, np.full_like(grid[0], 0.6 * frames.length[0, 0, 0]))
    wanted = (*anatomy.ALL, "coronary artery", "fat")
    filled = {part: np.zeros(points.x.shape, dtype=bool) for part in wanted}
    for part, where, share in anatomy.layers(frames, points, 1.0, wanted):
        filled[part][..., where] |= share > 0.5
    angle = np.degrees(np.arctan2(points.y, points.x))
    outside = filled["effusion"] & ~(filled["wall"] | filled["right ventricle"] | filled["myocardium"])

    def fat(middle):
        return (outside & (np.abs(angle - middle) < 5)).sum() / np.deg2rad(10)

    assert fat(108) > 1.5 * fat(175)
    assert fat(-54) > 1.5 * fat(-110)
    arteries = measure.regionprops(measure.label(filled["coronary artery"][0, 0].reshape(160, 160)))
    assert len(arteries) == 2
    assert all(4 < each.area < 14 for each in arteries)  # 8 mm2


def test_the_two_chamber_view_has_no_right_ventricle():
    n_samples = 20
    frames = at_end_diastole(hearts(0, np.arange(n_samples) % 2 == 0))
    sector = Sector(96, np.full(n_samples, 150.0), np.full(n_samples, np.radians(40)))
    seen = {
        name: (
            masks(frames, echo_planes(np.full(n_samples, view), frames), sector, view) == ECHO_CHAMBERS.index("RV")
        ).mean()
        for view, name in enumerate(ECHO_VIEWS)
        if name.startswith("apical")
    }
    assert seen["apical two-chamber"] < 0.1 * seen["apical three-chamber"] < seen["apical four-chamber"]
