"""What a learner touches: checks, widgets, plots, and the command `course`.

`%load_ext course_utils` in a notebook turns Python's stack traces into one plain sentence.
"""

import os
from typing import Any


def load_ipython_extension(shell: Any) -> None:
    """Show errors in one plain sentence, remember what cells make, and offer `restore_exercise` (for `%load_ext`)."""
    from course_utils.answers import watch
    from course_utils.chapters import source_folder
    from course_utils.errors import use_plain_errors

    # Students' code must not see the chapters with their solutions: grading gives the kernel the cells of the release.
    in_grading = os.environ.get("NBGRADER_EXECUTION") == "autograde"
    use_plain_errors(shell, None if in_grading else source_folder())
    watch(shell)
    shell.user_ns["restore_exercise"] = _restore_exercise  # sentences of checks name it, and no cell imports it


def _restore_exercise(number: int) -> Any:
    from course_utils.workspace.panel import restore_exercise

    return restore_exercise(number)
