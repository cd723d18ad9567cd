"""What a learner touches: checks, widgets, plots, and the command `course`.

`%load_ext course_utils` in a notebook turns Python's stack traces into one plain sentence.
"""

from typing import Any


def load_ipython_extension(shell: Any) -> None:
    """Show errors in one plain sentence, and remember what cells make; IPython calls this for `%load_ext`."""
    from course_utils.answers import watch
    from course_utils.chapters import source_folder
    from course_utils.errors import use_plain_errors

    use_plain_errors(shell, source_folder())
    watch(shell)
