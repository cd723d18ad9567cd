"""What a learner touches: checks, widgets, plots, and the command `course`.

`%load_ext course_utils` in a notebook turns Python's stack traces into one plain sentence.
"""

from typing import Any


def load_ipython_extension(shell: Any) -> None:
    """Show errors in one plain sentence, remember what cells make, and offer `restore_exercise` (for `%load_ext`)."""
    from course_utils.answers import watch
    from course_utils.chapters import source_folder
    from course_utils.errors import use_plain_errors

    use_plain_errors(shell, source_folder())
    watch(shell)
    shell.user_ns["restore_exercise"] = _restore_exercise  # sentences of checks name it, and no cell imports it


def _restore_exercise(number: int) -> Any:
    from course_utils.workspace.panel import restore_exercise

    return restore_exercise(number)
