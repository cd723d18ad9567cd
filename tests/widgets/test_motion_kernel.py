"""The explorer of chapter 09 that slides kernels over frames, against torch's own convolution."""

import numpy as np
import pytest
import torch
from torch.nn.functional import conv3d

from course_utils.widgets import explore_motion_kernel
from course_utils.widgets.motion_kernel import MOTION_KERNELS
from data_generators import CAST, record_echo

SYSTOLE, FILLING = range(2, 8), range(8, 12)


@pytest.fixture(scope="module")
def clip():
    return record_echo(CAST[1], view="parasternal short axis, papillary muscles", frames=16, size=64, random_state=0)[0]


@pytest.fixture
def explorer():
    return explore_motion_kernel()


@pytest.mark.parametrize("kernel", MOTION_KERNELS)
def test_it_answers_as_a_convolution_in_three_dimensions_with_bias_and_relu(explorer, clip, kernel):
    weights, bias = MOTION_KERNELS[kernel]
    block = torch.tensor(weights)[None, None, :, None, None].expand(1, 1, 3, 5, 5) / 25
    round_the_beat = torch.tensor(np.concatenate([clip[-1:], clip, clip[:1]]))[None, None]
    answer = conv3d(round_the_beat, block, torch.tensor([bias]), padding=(0, 2, 2)).relu().numpy()[0, 0]
    for number in (1, 4, 9, 16):
        explorer.set(kernel=kernel, frame=number)
        np.testing.assert_allclose(explorer.result["answer"], answer[number - 1], atol=1e-5)
        np.testing.assert_array_equal(explorer.result["picture"], clip[number - 1])


def test_what_moves_in_is_answered_in_systole_and_what_moves_out_in_filling(explorer):
    for kernel, when in (("moves in", SYSTOLE), ("moves out", FILLING)):
        explorer.set(kernel=kernel)
        over_time = explorer.result["over_time"]
        assert over_time.argmax() + 1 in when
        assert over_time.max() > 4 * np.median(over_time)
    explorer.set(kernel="moves in")
    assert explorer.result["peak"] == explorer.result["over_time"].argmax() + 1


def test_in_a_heart_that_stands_only_the_kernel_for_what_stands_answers(explorer):
    for kernel in ("moves in", "moves out"):
        explorer.set(heart="stands still", kernel=kernel)
        assert explorer.result["answer"].max() == 0
        assert "It answers in no frame." in explorer.alt
    explorer.set(kernel="stays bright")
    assert explorer.result["over_time"].min() > 0.01
    assert np.ptp(explorer.result["over_time"]) < 1e-9
    assert "the same in every frame" in explorer.alt


def test_the_sentence_says_the_weights_the_best_frame_and_the_guess(explorer):
    explorer.set(frame=3)
    over_time = explorer.result["over_time"]
    assert "before, now, after: −1, 0, +1" in explorer.alt
    assert f"Most it answers in frame {over_time.argmax() + 1}: {over_time.max():.3f}." in explorer.alt
    assert "guessed" not in explorer.alt
    explorer.set(guess=12)
    assert f"answers most in frame {explorer.result['peak']}; you guessed 12." in explorer.alt
