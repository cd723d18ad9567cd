"""Errors in one plain sentence, for people who have never read a stack trace.

`explain` has a sentence for every error. `spelling` knows code that Python cannot read, `names` a name that does not
exist, `values` code that was read and stopped. `place` says where that was, and `lesson` which cell of a chapter it is.
"""

from course_utils.errors.blank import BLANK, is_unattempted
from course_utils.errors.course import CourseError, reason
from course_utils.errors.numbers import number_slip, readable, why_no_value
from course_utils.errors.sentence import explain
from course_utils.errors.shell import use_plain_errors
from course_utils.errors.words import in_words

__all__ = [
    "BLANK",
    "CourseError",
    "explain",
    "in_words",
    "is_unattempted",
    "number_slip",
    "readable",
    "reason",
    "use_plain_errors",
    "why_no_value",
]
