"""Pictures that the learner moves: one `explore_*()` a file, all built on `Explorer`."""

from course_utils.widgets.gradient_descent import explore_gradient_descent
from course_utils.widgets.max_heart_rate import explore_max_heart_rate

__all__ = ["explore_gradient_descent", "explore_max_heart_rate"]
