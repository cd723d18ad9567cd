import base64
import html.parser
import importlib
import io
import itertools
import pkgutil
import re

import numpy as np
import pytest
from figures import assert_readable
from matplotlib.colors import rgb_to_hsv, to_rgb
from matplotlib.figure import Figure
from PIL import Image

from course_utils import plots
from course_utils.plots import (
    COLOURS,
    CaptionedFigure,
    CaptionedTable,
    plot_agreement,
    plot_confusion,
    plot_curves,
    plot_deaths,
    plot_deaths_by_creatinine,
    plot_drawings,
    plot_ecg,
    plot_feature_map,
    plot_groups,
    plot_harm,
    plot_kernels,
    plot_learning,
    plot_matches,
    plot_max_heart_rate,
    plot_network,
    plot_pictures,
    plot_predicted,
    plot_pressures,
    plot_pulses,
    plot_steps,
    plot_strips,
    plot_tuning,
    plot_wrong_calls,
    show_cast,
    to_png,
)
from course_utils.plots.pictures import SHORT_VIEWS, overlay
from course_utils.plots.style import ink, narrowed
from data_generators import (
    CAST,
    LEADS,
    PRESSURE_TRACES,
    RHYTHMS,
    make_ecg,
    make_hf_phenotypes,
    make_max_heart_rate,
    make_pressure_damping,
    make_risk_markers,
    make_ten_year_mortality,
    record_ecg,
)


@pytest.fixture
def patients():
    X, heart_rate = make_max_heart_rate(80, random_state=0)
    return X[:, 0], heart_rate


def line(decades):
    return 170 - 10 * decades


def luminance(colour):
    """Return the relative luminance of WCAG 2 of a colour, given by its name or by its parts from 0 to 1."""
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    return float(np.dot([0.2126, 0.7152, 0.0722], linear))


def contrast(one, other):
    """Return the contrast ratio of WCAG 2 between two colours."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def in_the_dark(colour):
    """Return what `filter: invert(1) hue-rotate(180deg)` makes of a colour, by the matrix of CSS's filter effects."""
    grey, change = np.array([[0.213, 0.715, 0.072]] * 3), np.eye(3) - [[0.213, 0.715, 0.072]] * 3
    return np.clip((grey - change) @ (1 - np.array(to_rgb(colour))), 0, 1)


def test_colours_stand_out_from_the_page_and_from_each_other_in_both_themes():
    for shown, page in ((to_rgb, "#ffffff"), (in_the_dark, "#111111")):
        for name, colour in COLOURS.items():
            assert contrast(shown(colour), page) >= (4.5 if name in ("grey", "black") else 3)
            assert contrast(shown(ink(colour)), page) >= 4.5
    for pair in itertools.combinations(COLOURS.values(), 2):
        light, dark = (np.linalg.norm(np.subtract(*map(shown, pair))) for shown in (to_rgb, in_the_dark))
        assert dark > 0.85 * light, pair


def test_hues_stay_what_they_are_called_in_the_dark_theme():
    for name in ("blue", "orange", "green"):
        before, after = (rgb_to_hsv(colour)[0] for colour in (to_rgb(COLOURS[name]), in_the_dark(COLOURS[name])))
        assert abs(before - after) < 0.06, name
    assert in_the_dark("black") == pytest.approx(1)
    assert in_the_dark("white") == pytest.approx(0)


@pytest.mark.parametrize(
    ("image", "colours", "follows"),
    [([[0, 1]], "gray", False), ([[[0.9, 0.6, 0.8]]], None, False), ([[0, 1]], "cividis", True)],
    ids=["an echo", "a stained biopsy", "a map of numbers"],
)
def test_a_medical_image_is_not_turned_into_its_negative(image, colours, follows):
    figure = Figure()
    figure.subplots().imshow(image, cmap=colours)
    html = CaptionedFigure(figure, "c", "alt")._repr_mimebundle_()["text/html"]
    (shown,) = Tags(html).images
    (rule,) = re.findall(r'body\[data-jp-theme-light="false"\] \.([\w-]+) \{\s+filter: invert\(1\)', html, re.M)
    assert (shown.get("class") == rule) == follows


ON_PAPER = "25 mm/s, 10 mm/mV: a small square is 0.04 s wide and 0.1 mV high"


def drawings():
    """Return how each figure is drawn, so that a test draws its own alone, and what its axes are called."""
    X, heart_rate = make_max_heart_rate(80, random_state=0)
    markers, deaths = make_risk_markers(200, interaction=True, random_state=0)
    people, died = make_ten_year_mortality(80, random_state=0)
    return {
        "plot_curves": (
            lambda: plot_curves([-1, 0, 1], {"|x|": [1, 0, 1]}, x_name="Input x", y_name="Output", caption="c"),
            "Input x",
            "Output",
        ),
        "plot_deaths_by_creatinine": (
            lambda: plot_deaths_by_creatinine(markers[:, 2], markers[:, 4], deaths, caption="c"),
            "Creatinine (µmol/L; 88 is 1 mg/dL)",
            "Died (%)",
        ),
        "plot_agreement": (
            lambda: plot_agreement([150, 90], [140, 95], quantity="EDV", unit="ml", half_width=20, caption="c"),
            "Mean of the two: EDV (ml)",
            "Difference (ml)",
        ),
        "plot_confusion": (
            lambda: plot_confusion([[3, 1], [0, 4]], ["sinus", "flutter"], caption="c"),
            "Called",
            "Truth",
        ),
        "plot_deaths": (lambda: plot_deaths(people[:, 0], died, caption="c"), "Age (years)", "Died within ten years"),
        "plot_ecg": (lambda: plot_ecg(make_ecg(1, random_state=0)[0][0], caption="c"), ON_PAPER, ""),
        "plot_groups": (
            lambda: plot_groups([50, 60, 70], [20, 60, 40], [0, 1, 1], caption="c"),
            "Age (years)",
            "Ejection fraction (%)",
        ),
        "plot_harm": (
            lambda: plot_harm([0.1, 0.2], [30, 20], caption="c"),
            "Treat above a risk of (%)",
            "Harm (needless treatments)",
        ),
        "plot_drawings": (lambda: plot_drawings(np.eye(4)[np.newaxis], ["cross"], caption="c"), "", ""),
        "plot_feature_map": (lambda: plot_feature_map(np.eye(4), np.eye(2) - 0.5, caption="c"), "", ""),
        "plot_kernels": (
            lambda: plot_kernels(np.ones((4, 3, 3)), np.ones((2, 4)), caption="c"),
            "nought 1.0, cross 1.0",
            "",
        ),
        "plot_tuning": (lambda: plot_tuning([0, 90, 180], {"one": [[1, 2, 1]]}, caption="c"), "Line (°)", "Answer"),
        "plot_learning": (lambda: plot_learning([0.9, 0.5], [0.8, 0.6], epochs=5, caption="c"), "Epochs", "Loss"),
        "plot_matches": (lambda: plot_matches([0, 1, 0, 0, 1, 0], [1, 0, 1], caption="c"), "Time (seconds)", "mV"),
        "plot_max_heart_rate": (
            lambda: plot_max_heart_rate(X[:, 0], heart_rate, caption="c"),
            "Age (years)",
            "Maximum heart rate (bpm)",
        ),
        "plot_network": (
            lambda: plot_network([([[0.5, -0.2]], [0.1])], [1, 2], names=["one", "two"], caption="c"),
            "",
            "",
        ),
        "plot_pictures": (lambda: plot_pictures(np.eye(4)[None], ["A4C"], maps=[np.eye(4)], caption="c"), "", ""),
        "plot_predicted": (
            lambda: plot_predicted([20, 30], {"one": [22, 29]}, quantity="BMI (kg/m²)", caption="c"),
            "True BMI (kg/m²)",
            "Predicted BMI (kg/m²)",
        ),
        "plot_pressures": (
            lambda: plot_pressures({"one": [120, 70], "two": [100, 80]}, {"two": [120, 70]}, caption="c"),
            "Time (seconds)",
            "Pressure (mmHg)",
        ),
        "plot_pulses": (lambda: plot_pulses({"one": [800, 900], "two": [500, 510]}, caption="c"), "Time (seconds)", ""),
        "plot_steps": (
            lambda: plot_steps([1900.0, 300.0], floor=100, loss="Loss (bpm²)", floor_name="floor", caption="c"),
            "Steps taken",
            "Loss (bpm²)",
        ),
        "plot_strips": (lambda: plot_strips({"one": [0, 1.2, 0], "two": [0, -0.4, 0]}, caption="c"), ON_PAPER, ""),
        "plot_wrong_calls": (
            lambda: plot_wrong_calls([1, 2, 3], [9, 4, 6], caption="c"),
            "Limit (% change from beat to beat)",
            "People called wrongly",
        ),
    }


@pytest.mark.parametrize("name", [name for name in dir(plots) if name.startswith("plot_")])
def test_a_picture_has_units_a_mark_and_a_description(name):
    assert name in drawings(), f"Say in drawings() above how {name} is drawn, and what its axes are called."
    draw, x, y = drawings()[name]
    shown = draw()
    first, *others = shown.figure.axes
    assert (first.get_xlabel(), first.get_ylabel()) == (x, y)
    assert {axes.get_xlabel() for axes in others} <= {x}
    assert "Simulated data" in [text.get_text() for text in shown.figure.texts]
    assert len(shown.alt) > 40


def test_no_two_files_give_the_same_name_to_two_things():
    files = [importlib.import_module(f"{plots.__name__}.{file.name}") for file in pkgutil.iter_modules(plots.__path__)]
    for name in dir(plots):
        assert sum(getattr(vars(file).get(name), "__module__", None) == file.__name__ for file in files) <= 1, name


@pytest.mark.parametrize("name", ["plot_nothing", "np", "Sequence"])
def test_what_no_file_defines_is_an_error(name):
    with pytest.raises(AttributeError, match=rf"'course_utils\.plots' has no attribute '{name}'"):
        getattr(plots, name)


def test_every_patient_and_the_line_are_where_they_belong(patients):
    axes = plot_max_heart_rate(*patients, {"220 − age": line}, caption="c").figure.axes[0]
    assert np.allclose(axes.collections[0].get_offsets(), np.stack(patients, axis=1))
    drawn = axes.lines[0].get_xydata()
    assert np.allclose(drawn[:, 1], 220 - drawn[:, 0])
    assert axes.get_legend().get_texts()[0].get_text() == "220 − age"


def test_no_patient_lies_outside_the_picture():
    X, heart_rate = make_max_heart_rate(5000, random_state=1)
    axes = plot_max_heart_rate(X[:, 0], heart_rate, caption="c").figure.axes[0]
    (left, right), (low, high) = axes.get_xlim(), axes.get_ylim()
    assert left < X.min() < X.max() < right
    assert np.mean((heart_rate > low) & (heart_rate < high)) > 0.999


class Tags(html.parser.HTMLParser):
    """Collect an HTML page's tags and text."""

    def __init__(self, page):
        super().__init__()
        self.images, self.sources, self.text, self.tag = [], [], "", ""
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        self.tag = tag
        if tag == "img":
            self.images.append(dict(attributes))
        elif tag == "source":
            self.sources.append(dict(attributes))

    def handle_data(self, data):
        if self.tag != "style":
            self.text += data


def test_a_figure_shows_itself_with_caption_and_description(patients):
    shown = plot_max_heart_rate(*patients, {"220 − age": line}, caption='Who is "<above>" it?')
    bundle = shown._repr_mimebundle_()
    page = Tags(bundle["text/html"])
    (image,) = page.images
    assert image["src"].startswith("data:image/png;base64,")
    assert image["alt"] == shown.alt
    assert page.text == 'Who is "<above>" it?'
    assert "80 simulated patients" in shown.alt
    assert "220 − age: 200 bpm at 20 years, 140 bpm at 80." in shown.alt
    assert shown.caption in bundle["text/plain"]


def test_a_picture_has_100_pixels_to_the_inch(patients, tmp_path):
    figure = plot_max_heart_rate(*patients, caption="c").figure
    (tmp_path / "figure.png").write_bytes(to_png(figure))
    with Image.open(tmp_path / "figure.png") as picture:
        assert picture.size == (800, 380)


def test_more_lines_than_can_be_told_apart_are_refused(patients):
    with pytest.raises(ValueError, match="lines has 4 entries; at most 3"):
        plot_max_heart_rate(*patients, dict.fromkeys("abcd", line), caption="c")


def test_a_wide_fall_is_drawn_on_a_logarithmic_axis_and_a_short_one_from_zero():
    def axes(losses):
        return plot_steps(losses, floor=1, loss="Loss", floor_name="floor", caption="c").figure.axes[0]

    assert axes([5000.0, 2.0]).get_yscale() == "log"
    assert axes([2.0, 1.5]).get_yscale() == "linear"
    assert axes([2.0, 1.5]).get_ylim()[0] == 0


def test_shares_of_the_dead_are_counted_by_five_years():
    age, died = np.array([41, 44, 46, 47, 48, 49]), np.array([0, 1, 1, 1, 1, 0])
    dots = plot_deaths(age, died, caption="c").figure.axes[0].lines[0].get_xydata()
    assert dots.tolist() == [[42.5, 0.5], [47.5, 0.75]]


def test_more_curves_than_can_be_told_apart_are_refused():
    with pytest.raises(ValueError, match="curves has 3 entries; at most 2"):
        plot_deaths([50, 60], [0, 1], dict.fromkeys("abc", np.sin), caption="c")


def test_groups_are_drawn_told_and_counted():
    shown = plot_groups([50, 60, 70], [20, 60, 40], [1, 0, 1], caption="c")
    first, second = shown.figure.axes[0].lines
    assert first.get_xydata().tolist() == [[60, 60]]
    assert second.get_xydata().tolist() == [[50, 20], [70, 40]]
    assert (first.get_color(), first.get_marker()) != (second.get_color(), second.get_marker())
    assert "group 1: 2 patients, on average 60 years old with an ejection fraction of 30%." in shown.alt


def test_more_groups_than_can_be_told_apart_are_refused():
    with pytest.raises(ValueError, match="group has 7 groups; at most 6"):
        plot_groups(np.full(7, 60), np.full(7, 40), range(7), caption="c")


def test_beats_are_where_the_intervals_put_them():
    (row,) = plot_pulses({"one": [1000, 500, 800]}, caption="c").figure.axes[0].collections
    assert row.get_positions() == pytest.approx([1.0, 1.5, 2.3])


def test_one_epoch_without_validation_can_be_drawn():
    assert plot_learning([0.9], epochs=5, caption="c").figure.axes[0].get_ylim() == pytest.approx((0, 0.99))


def test_the_star_marks_the_least_harm_and_the_fewest_wrong_calls():
    shown = plot_harm([0.1, 0.2, 0.3], [30, 20, 25], caption="c")
    assert shown.figure.axes[0].lines[1].get_xydata() == pytest.approx(np.array([[20.0, 20.0]]))
    shown = plot_wrong_calls([1, 2, 3], [9, 4, 6], caption="c")
    assert shown.figure.axes[0].lines[1].get_xydata().tolist() == [[2.0, 4.0]]
    assert "to 4 at 2%" in shown.alt


def test_deaths_are_counted_by_fifths_of_creatinine_and_by_the_ejection_fraction():
    X, died = make_risk_markers(2000, interaction=True, random_state=0)
    low, others = plot_deaths_by_creatinine(X[:, 2], X[:, 4], died, caption="c").figure.axes[0].lines
    lowest_fifth = X[:, 2] <= np.quantile(X[:, 2], 0.2)
    for line, group in ((low, X[:, 4] < 40), (others, X[:, 4] >= 40)):
        assert len(line.get_ydata()) == 5
        assert line.get_ydata()[0] == pytest.approx(100 * died[group & lowest_fifth].mean())


def test_more_curves_or_predictions_than_can_be_told_apart_are_refused():
    with pytest.raises(ValueError, match="curves has 4 entries; at most 3"):
        plot_curves([0, 1], {key: [0, 1] for key in "abcd"}, x_name="x", y_name="y", caption="c")
    with pytest.raises(ValueError, match="predictions has 3 entries; at most 2"):
        plot_predicted([0, 1], {key: [0, 1] for key in "abc"}, quantity="BMI", caption="c")


def test_a_table_has_a_caption_and_headings_and_hides_no_sign():
    bundle = CaptionedTable("Who <is> it?", ["Name", "Age"], [("A & B", "61")])._repr_mimebundle_()
    page = bundle["text/html"]
    assert "<caption" in page
    assert "Who &lt;is&gt; it?" in page
    assert page.count('scope="col"') == 2
    assert page.count('scope="row"') == 1
    assert "A &amp; B" in page
    assert "A & B  61" in bundle["text/plain"]


def test_the_cast_is_shown_with_everyone_in_it():
    text = show_cast()._repr_mimebundle_()["text/plain"]
    assert all(patient.name in text and patient.complaint in text for patient in CAST)
    assert "8.2 mmol/L (317 mg/dL)" in text


def lines_of(shown):
    return [line for line in shown.figure.axes[0].get_lines()]


def test_the_squares_of_ecg_paper_are_square_and_a_pulse_shows_a_millivolt():
    record = make_ecg(1, random_state=0)[0][0]
    shown = plot_ecg(record, caption="c")
    to_png(shown.figure)
    (axes,) = shown.figure.axes
    (left, bottom), (right, top) = axes.transData.transform([(0, 0), (1, 1)])
    assert right - left == pytest.approx(top - bottom, rel=1e-6)
    pulses = [line for line in lines_of(shown) if len(line.get_xdata()) == 6]
    assert len(pulses) == 4
    for pulse in pulses:
        assert np.ptp(pulse.get_ydata()) == pytest.approx(10)  # mm, for 1 mV
        assert pulse.get_xdata()[3] - pulse.get_xdata()[2] == pytest.approx(5)  # mm, for 0.2 s


def test_each_lead_of_an_ecg_is_drawn_at_its_time_and_height():
    record = np.zeros((12, 5000))
    for number in range(12):
        record[number] = 0.1 * number  # flat, each at a height of its own
    shown = plot_ecg(record, caption="c")
    names = {text.get_text(): text.get_position() for text in shown.figure.axes[0].texts}
    assert set(names) == set(LEADS)
    traces = [line for line in lines_of(shown) if len(line.get_xdata()) > 6]
    assert len(traces) == 13
    *leads, rhythm = traces
    order = ["I", "aVR", "V1", "V4", "II", "aVL", "V2", "V5", "III", "aVF", "V3", "V6"]
    for number, (name, line) in enumerate(zip(order, leads, strict=True)):
        row, column = divmod(number, 4)
        begin = line.get_xdata()[0] - leads[0].get_xdata()[0]
        assert begin == pytest.approx(column * 2.5 * 25)
        zero = leads[4 * row].get_ydata()[0] - LEADS.index(order[4 * row])
        assert line.get_ydata()[0] - zero == pytest.approx(LEADS.index(name))  # 1 mm for each 0.1 mV
    assert np.ptp(rhythm.get_xdata()) == pytest.approx(250, abs=0.1)


def test_an_ecg_of_another_shape_is_named_with_what_it_should_be():
    with pytest.raises(
        ValueError, match=r"^leads has the shape \(1, 12, 5000\); it must be \(12, samples\), one record\.$"
    ):
        plot_ecg(np.zeros((1, 12, 5000)), caption="c")


def test_a_network_is_drawn_with_what_each_neuron_gives():
    layers = [([[1, 0], [0, -1]], [0.5, 0.5]), ([[2, 3]], [-1])]
    shown = plot_network(layers, [1.0, 2.0], names=["one", "two"], caption="c")
    (axes,) = shown.figure.axes
    assert [text.get_text() for text in axes.texts] == ["one", "two", "+1.0", "+2.0", "+1.5", "0", "+2.0"]
    assert "hidden layers of 2 neurons" in shown.alt
    assert shown.alt.endswith("In go one +1.0, two +2.0. Out comes +2.0.")


def test_a_map_lies_over_its_picture_the_more_opaque_the_larger_it_is():
    heat = np.array([[0, 1], [2, -1]])
    shown = plot_pictures(np.full((2, 2, 2), 0.5), ["A4C", "A2C"], maps=[heat, None], caption="c")
    first, second = shown.figure.axes[:2]
    assert [len(axes.get_images()) for axes in (first, second)] == [2, 1]
    assert overlay(heat)[..., 3] == pytest.approx(np.array([[0, 0.45], [0.9, 0]]))
    assert np.allclose(overlay(heat)[0, 0, :3], to_rgb(COLOURS["orange"]))
    assert not overlay(np.zeros((2, 2)))[..., 3].any()
    assert shown.alt.count("with a map") == 1


def test_the_alternative_text_says_where_a_map_lies():
    heat = np.zeros((40, 40))
    heat[30, 10] = 3
    assert "25% from the left and 75% from above" in plot_pictures([heat], ["A4C"], maps=[heat], caption="c").alt


def test_agreement_is_drawn_as_bland_and_altman_do():
    one, other = np.array([100.0, 150, 200]), np.array([110.0, 140, 230])
    shown = plot_agreement(one, other, quantity="EDV", unit="ml", half_width=32, caption="c")
    points, *lines = shown.figure.axes[0].lines
    assert points.get_xydata() == pytest.approx(np.array([[105, 10], [145, -10], [215, 30]]))
    assert [line.get_ydata()[0] for line in lines] == pytest.approx([10, -22, 42])
    assert shown.alt == (
        "Differences of two readings of EDV in 3 patients. On average 10 ml; limits of agreement from -22 to 42."
    )
    with pytest.raises(ValueError, match=r"shapes \(3,\) and \(2,\)"):
        plot_agreement(one, other[:2], quantity="EDV", unit="ml", caption="c")


def test_the_alternative_text_says_what_made_the_pictures():
    assert plot_pictures([np.eye(4)], ["12"], kind="CT", caption="c").alt == "Simulated CT pictures: 12."


def test_pictures_names_and_maps_must_go_together():
    with pytest.raises(ValueError, match="There are 1 pictures, 2 names and 1 maps"):
        plot_pictures(np.zeros((1, 4, 4)), ["A4C", "A2C"], caption="c")


def test_the_first_epoch_of_a_training_without_validation_can_be_drawn():
    assert "training loss from 0.9 to 0.9" in plot_learning([0.9], epochs=5, caption="c").alt


def as_in_the_chapters():
    """Return how figures are drawn with as much in them, and as long words, as the chapters have."""
    generator = np.random.default_rng(0)
    X, heart_rate = make_max_heart_rate(200, random_state=0)
    markers, deaths = make_risk_markers(2000, interaction=True, random_state=0)
    people, died = make_ten_year_mortality(1000, random_state=0)
    patients, kinds = make_hf_phenotypes(600, random_state=0)
    strips = {patient.name: record_ecg(patient, random_state=0)[1] for patient in CAST[:5]}
    strip, beats = strips["Mr George Papadakis"], np.cumsum(generator.uniform(600, 1200, (6, 20)), axis=1)
    x = np.linspace(-3, 3, 61)
    traces = make_pressure_damping(3, random_state=0)[0][:, 0]

    def counts(names):
        return generator.multinomial(100, np.full(len(names), 0.03), len(names)) + 60 * np.eye(len(names), dtype=int)

    pictures = {
        "curves": lambda: plot_curves(
            x,
            {"relu(x)": np.maximum(x, 0), "relu(x - 1)": np.maximum(x - 1, 0), "both neurons": abs(x)},
            x_name="Creatinine (µmol/L; 88 is 1 mg/dL)",
            y_name="Share of the full dose",
            caption="c",
        ),
        "deaths": lambda: plot_deaths(people[:, 0], died, {"straight line": lambda age: (age - 40) / 50}, caption="c"),
        "deaths by creatinine": lambda: plot_deaths_by_creatinine(markers[:, 2], markers[:, 4], deaths, caption="c"),
        "an ECG": lambda: plot_ecg(record_ecg(CAST[4], random_state=0), title=CAST[4].name, caption="c"),
        "groups": lambda: plot_groups(patients[:, 0], patients[:, 2], kinds, caption="c"),
        "harm": lambda: plot_harm(np.arange(1, 100) / 100, 12_000 * np.linspace(1, 0.1, 99), caption="c"),
        "learning": lambda: plot_learning(
            [*np.geomspace(1, 0.1, 40)], [*np.geomspace(1, 0.2, 40)], epochs=40, caption="c"
        ),
        "drawings": lambda: plot_drawings(
            np.random.default_rng(0).uniform(0, 1, (6, 28, 28)), ["nought", "cross"] * 3, caption="c"
        ),
        "moved drawings": lambda: plot_drawings(
            np.zeros((4, 28, 28)), ["nought", "cross", "nought, moved", "cross, moved"], caption="c"
        ),
        "a feature map": lambda: plot_feature_map(np.eye(28), np.eye(26) - 0.5, caption="c"),
        "kernels": lambda: plot_kernels(
            np.random.default_rng(0).normal(0, 6, (4, 3, 3)), np.random.default_rng(1).normal(0, 9, (2, 4)), caption="c"
        ),
        "tuning": lambda: plot_tuning(
            np.arange(7.5, 180, 15),
            {f"Reared on {each}": np.random.default_rng(0).uniform(0, 4, (5, 12)) for each in ("vertical", "all", "x")},
            caption="c",
        ),
        "learning, at first": lambda: plot_learning([0.69], epochs=30, caption="c"),
        "matches": lambda: plot_matches(
            strip, np.convolve(strip, [-1, 2, -1], "valid"), sampling_rate=500, caption="c"
        ),
        "maximum heart rate": lambda: plot_max_heart_rate(
            X[:, 0], heart_rate, {"220 − age": line, "best line": lambda decades: 165 - 7 * decades}, caption="c"
        ),
        "a neuron": lambda: plot_network(
            [([[0.5, 0.1, 0.4, -0.1, -0.7]], [-0.9])],
            [-0.9, 0.2, 1.0, -0.8, -12.1],
            names=["age (years)", "C-reactive protein (mg/L)", "creatinine", "haemoglobin", "ejection fraction (%)"],
            caption="c",
        ),
        "pictures": lambda: plot_pictures(generator.random((8, 40, 40)), SHORT_VIEWS, caption="c"),
        "pictures with maps": lambda: plot_pictures(
            generator.random((4, 40, 40)),
            ["gradient: hypertrophic", "gradient: dilated"] * 2,
            maps=[None, *generator.random((3, 40, 40))],
            caption="c",
            columns=2,
        ),
        "predictions": lambda: plot_predicted(
            heart_rate,
            {"a sum": heart_rate + 5, "16 hidden neurons": heart_rate - 5},
            quantity="BMI (kg/m²)",
            caption="c",
        ),
        "pressures": lambda: plot_pressures(
            dict(zip(PRESSURE_TRACES[1:4], traces, strict=True)), {PRESSURE_TRACES[2]: traces[0]}, caption="c"
        ),
        "pulses": lambda: plot_pulses(
            {patient.name: np.diff(each) for patient, each in zip(CAST, beats, strict=True)}, caption="c"
        ),
        "steps": lambda: plot_steps(
            2900 * 0.8 ** np.arange(40) + 100,
            floor=100,
            loss="Mean squared error (bpm²)",
            floor_name="differences between people",
            caption="c",
        ),
        "strips": lambda: plot_strips(strips, caption="c"),
        "wrong calls": lambda: plot_wrong_calls(np.arange(1, 31), abs(np.arange(1, 31) - 8) * 4, caption="c"),
    }
    for names in (RHYTHMS, SHORT_VIEWS, PRESSURE_TRACES, ("sinus", "flutter")):
        pictures[f"{len(names)} classes"] = lambda names=names: plot_confusion(counts(names), names, caption="c")
    return pictures


@pytest.mark.parametrize("name", as_in_the_chapters())
def test_every_word_of_a_picture_can_be_read_in_a_large_window_and_in_a_small_one(name):
    shown = as_in_the_chapters()[name]()
    width = shown.figure.bbox.width
    assert width <= 800
    assert_readable(shown.figure)
    if shown.small is True and shown.figure.get_layout_engine():
        with narrowed(shown.figure):
            assert shown.figure.bbox.width == pytest.approx(444)
            assert_readable(shown.figure)
        assert shown.figure.bbox.width == width
        assert_readable(shown.figure)
    elif isinstance(shown.small, Figure):
        assert shown.small.bbox.width == pytest.approx(444)
        assert_readable(shown.small)


def test_a_small_window_gets_a_picture_of_its_own():
    page = Tags(plot_harm([0.1, 0.2], [30, 20], caption="c")._repr_mimebundle_()["text/html"])
    (source,) = page.sources
    assert source["media"].startswith("(max-width:")
    with Image.open(io.BytesIO(base64.b64decode(source["srcset"].partition(",")[2]))) as picture:
        assert picture.size == (444, 380)
    record = make_ecg(1, random_state=0)[0][0]
    for shown in (plot_ecg(record, caption="c"), CaptionedFigure(Figure(), "its axes stand where they are", "alt")):
        assert not Tags(shown._repr_mimebundle_()["text/html"]).sources


@pytest.mark.parametrize("factor", [0.2, 1, 3])
def test_traces_of_ecg_paper_keep_out_of_the_strips_above_and_below(factor):
    record = factor * record_ecg(CAST[4], random_state=0)  # thick muscle: high voltage
    for shown in (
        plot_ecg(record, caption="c"),
        plot_strips({name: record[1] for name in ("one", "two")}, caption="c"),
    ):
        assert_readable(shown.figure)
        traces = [line.get_ydata() for line in lines_of(shown) if len(line.get_xdata()) > 6]
        rows = [traces[:4], traces[4:8], traces[8:12], traces[12:]] if len(traces) > 2 else [[each] for each in traces]
        for above, below in itertools.pairwise(rows):
            assert min(each.min() for each in above) > max(each.max() for each in below)


def test_the_small_squares_of_ecg_paper_can_be_seen_and_are_of_one_size():
    shown = plot_ecg(make_ecg(1, random_state=0)[0][0], caption="c")
    pixels = np.asarray(Image.open(io.BytesIO(to_png(shown.figure))).convert("RGB")).astype(int)
    between = pixels[40:100, 1]  # left of the calibration pulse, one column of paper
    rows = np.flatnonzero((between < 255).any(axis=1))
    assert set(np.diff(rows)) == {3}
    fine = "#{:02x}{:02x}{:02x}".format(*between[rows].max(axis=0))
    coarse = "#{:02x}{:02x}{:02x}".format(*between[rows].min(axis=0))
    assert contrast(fine, "#ffffff") > 1.4
    assert contrast(coarse, fine) > 1.4


def test_drawings_kernels_and_curves_that_do_not_go_together_are_refused():
    with pytest.raises(ValueError, match="1 pictures and 2 names"):
        plot_drawings(np.zeros((1, 3, 3)), ["one", "two"], caption="c")
    with pytest.raises(ValueError, match="7 pictures"):
        plot_drawings(np.zeros((7, 3, 3)), list("abcdefg"), caption="c")
    with pytest.raises(ValueError, match=r"\(4, 5, 5\)"):
        plot_kernels(np.zeros((4, 5, 5)), np.zeros((2, 4)), caption="c")
    with pytest.raises(ValueError, match="4 entries"):
        plot_tuning([0, 90], {name: [[1, 2]] for name in "abcd"}, caption="c")


def test_what_a_kernel_answers_to_best_is_told():
    shown = plot_tuning([0, 45, 90], {"cat": [[1, 2, 5], [4, 1, 0], [0, 0, 0]]}, caption="c")
    assert "cat: 2 of 3 kernels answer, best at 90°, 0°" in shown.alt
    shown = plot_feature_map(np.zeros((3, 4)), [[-3, 0], [0.5, 2]], caption="c")
    assert "The best match, 2.0, is in row 2 and column 2; the worst is −3.0." in shown.alt
