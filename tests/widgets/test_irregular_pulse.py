import numpy as np
from sklearn.metrics import confusion_matrix

from course_utils.widgets import explore_irregular_pulse
from data_generators import make_pulses


def irregularity_of_each(intervals):
    return np.array([100 * np.mean(np.abs(each[1:] - each[:-1])) / np.mean(each) for each in intervals.astype(float)])


def test_a_limit_misses_and_alarms_as_a_confusion_matrix_counts():
    intervals, y = make_pulses(200, random_state=3)
    called = irregularity_of_each(intervals) > 12
    (_, false_alarms), (missed, _) = confusion_matrix(y, called)
    explorer = explore_irregular_pulse(seed=3, limit=12)
    assert (explorer.result["missed"], explorer.result["false_alarms"]) == (missed, false_alarms)
    assert f"{missed} people in atrial fibrillation are missed" in explorer.alt
    assert f"{false_alarms} in sinus rhythm get a false alarm" in explorer.alt


def test_no_limit_is_better_than_the_best_one():
    explorer = explore_irregular_pulse(guess=20, best=True)
    best = explorer.result["best_wrong"]
    wrong = {}
    for limit in range(1, 41):
        explorer.set(limit=limit)
        wrong[limit] = explorer.result["missed"] + explorer.result["false_alarms"]
    assert min(wrong.values()) == wrong[explorer.result["best_limit"]] == best
    assert f"still calls {best} people wrongly. You guessed 20." in explorer.alt
