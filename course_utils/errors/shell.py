"""What makes a notebook show its errors in sentences."""

import sys
import warnings
from pathlib import Path
from typing import Any

from course_utils.errors.blank import is_unattempted
from course_utils.errors.lesson import give_chapters
from course_utils.errors.numbers import why_no_value
from course_utils.errors.sentence import explain


def use_plain_errors(shell: Any, chapters: Path | None = None) -> None:
    """Show every error of a cell in `shell`, IPython's interactive shell, as one sentence, and let no cell end it.

    So does NumPy's warning that a number has no value.

    `%tb` in a cell still shows the whole report of the last error.

    Args:
        shell: the shell.
        chapters: the folder of the course's chapters, to tell cells that the course gave from those of the learner.
    """
    if chapters:
        give_chapters(chapters)

    def show(shell: Any, kind: type[BaseException], error: BaseException, trace: Any, tb_offset: Any = None) -> None:
        if hasattr(error, "_render_traceback_"):
            lines = error._render_traceback_()
        elif is_unattempted(error):
            lines = [f"○ {explain(error)}"]
        else:
            lines = [f"⚠ {explain(error)}"]
        sys.last_type, sys.last_value, sys.last_traceback = kind, error, trace  # what %tb reads
        shell._showtraceback(kind, error, lines)

    def show_unreadable(*_: Any, **__: Any) -> None:
        show(shell, *shell._get_exc_info())  # of what IPython itself could not split in lines no error is at hand

    show_any, warned = warnings.showwarning, set[int]()

    def show_warning(message: Any, category: Any, *where: Any, **more: Any) -> None:
        if issubclass(category, RuntimeWarning):
            if shell.execution_count in warned:  # what comes after it in the same cell is its consequence
                return
            warned.add(shell.execution_count)
            print(f"⚠ Somewhere in this cell a number is no longer finite: {why_no_value([str(message)])}.")
        else:
            show_any(message, category, *where, **more)

    warnings.showwarning = show_warning
    shell.set_custom_exc((Exception, KeyboardInterrupt), show)
    shell.showsyntaxerror = shell.showindentationerror = show_unreadable  # IPython hands these to no handler
    warnings.filterwarnings("ignore", category=SyntaxWarning)  # what it warns of stops, and is explained then
    for name in ("exit", "quit"):  # IPython's own would end the notebook, with all that it holds
        shell.user_ns[name] = _stay


def _stay(*_: Any) -> None:
    print("The notebook goes on. To leave, save it and close its tab.")
