"""Simulated cardiology data with exact truth, for learning only: no number here comes from a patient.

Every function is called `make_<task>` and returns `(X, y)`, or `(X, y, truth)` with `return_truth=True`.
"""

from data_generators.tabular import MAX_HEART_RATE_LAWS, make_max_heart_rate

__all__ = ["MAX_HEART_RATE_LAWS", "make_max_heart_rate"]
