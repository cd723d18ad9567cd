"""The course's own errors, which say how to put them right."""


class CourseError(Exception):
    """Something the person at the keyboard can put right; the message says how, in one line."""


def reason(error: OSError) -> str:
    """Return what the system says about an error, to stand inside a sentence."""
    return (error.strerror or str(error)).lower()
