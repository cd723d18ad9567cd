"""Pictures that the learner moves: one `explore_*()` a file, all built on `Explorer`."""

from course_utils.widgets.clusters import explore_clusters
from course_utils.widgets.forward_pass import explore_forward_pass
from course_utils.widgets.gradient_descent import explore_gradient_descent
from course_utils.widgets.interactions import explore_interactions
from course_utils.widgets.max_heart_rate import explore_max_heart_rate
from course_utils.widgets.pulse import explore_irregular_pulse
from course_utils.widgets.relu_curves import explore_relu_curves
from course_utils.widgets.risk_surface import explore_risk_surface
from course_utils.widgets.shift import explore_shift
from course_utils.widgets.template import explore_template
from course_utils.widgets.training_loop import explore_training
from course_utils.widgets.treatment_threshold import explore_treatment_threshold
from course_utils.widgets.units import explore_units

__all__ = [
    "explore_clusters",
    "explore_forward_pass",
    "explore_gradient_descent",
    "explore_interactions",
    "explore_irregular_pulse",
    "explore_max_heart_rate",
    "explore_relu_curves",
    "explore_risk_surface",
    "explore_shift",
    "explore_template",
    "explore_training",
    "explore_treatment_threshold",
    "explore_units",
]
