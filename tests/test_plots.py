import html.parser

import numpy as np
import pytest
from PIL import Image

from course_utils.plots import COLOURS, plot_max_heart_rate, plot_steps, to_png
from data_generators import make_max_heart_rate


@pytest.fixture
def patients():
    X, heart_rate = make_max_heart_rate(80, random_state=0)
    return X[:, 0], heart_rate


def line(decades):
    return 170 - 10 * decades


def contrast_with_white(colour):
    """Return the contrast ratio of WCAG 2 between a colour and white."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 1.05 / (0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] + 0.05)


def test_colours_stand_out_from_white():
    used = [COLOURS[name] for name in ("orange", "black", "green")]
    assert all(contrast_with_white(colour) >= 3 for colour in used)
    assert contrast_with_white(COLOURS["grey"]) >= 4.5


def test_axes_name_quantity_and_unit(patients):
    axes = plot_max_heart_rate(*patients, caption="c").figure.axes[0]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("Age (years)", "Maximum heart rate (bpm)")
    axes = plot_steps([1900.0, 300.0], floor=100, loss="Loss (bpm²)", floor_name="floor", caption="c").figure.axes[0]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("Steps taken", "Mean squared error (bpm²)")


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


def test_every_picture_says_that_it_is_simulated(patients):
    for shown in (plot_max_heart_rate(*patients, caption="c"), plot_steps([2.0, 1.0], floor=1, loss="Loss", floor_name="floor", caption="c")):
        assert "Simulated data" in [text.get_text() for text in shown.figure.texts]


class Tags(html.parser.HTMLParser):
    """Collect an HTML page's tags and text."""

    def __init__(self, page):
        super().__init__()
        self.images, self.text = [], ""
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        if tag == "img":
            self.images.append(dict(attributes))

    def handle_data(self, data):
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
