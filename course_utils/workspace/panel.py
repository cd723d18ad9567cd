"""What a notebook shows of the learner's folder: `show_progress()`, `take_home()` and `restore_exercise(3)`."""

import io
import os
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

import traitlets

from course_utils.errors import CourseError, explain
from course_utils.page import PageWidget, page_side
from course_utils.workspace.folder import learners_folder
from course_utils.workspace.progress import LEGEND, STATUS_SIGNS, ChapterProgress, Progress, read_progress
from course_utils.workspace.restore import RELOAD, put_back_in
from course_utils.workspace.take_home import MOST_BYTES, archive_name, bring_back, packed_folder

_HERE = Path(__file__).parent
_SAVE_FIRST = "This reads what is saved. Save first: Ctrl+S (on a Mac Cmd+S), then run this cell again."
_STYLE = (_HERE / "progress.css").read_text(encoding="utf-8")


class ProgressTable:
    """A report of progress that a notebook shows as a table."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress

    def __repr__(self) -> str:
        return f"{self._progress}\n{_SAVE_FIRST}"

    def _repr_html_(self) -> str:
        notes = "".join(f"<p>{escape(note)}</p>" for note in [LEGEND, *self._progress.notes, _SAVE_FIRST])
        head = "".join(f'<th scope="col">{name}</th>' for name in ("Exercise", "Status", "Points"))
        return (
            f'<style>{_STYLE}</style><div class="course-progress"><table><caption>Your progress</caption>'
            f"<thead><tr>{head}</tr></thead>{''.join(map(_rows, self._progress.chapters))}</table>{notes}</div>"
        )


def _rows(chapter: ChapterProgress) -> str:
    rows = [f'<tr><th scope="rowgroup" colspan="3">{escape(chapter.title)}: {chapter.summary}</th></tr>']
    for each in chapter.exercises:
        status = f'<span aria-hidden="true">{STATUS_SIGNS[each.status]}</span> {each.status}'
        rows.append(f'<tr><th scope="row">{escape(each.title)}</th><td>{status}</td><td>{each.points:g}</td></tr>')
    return f"<tbody>{''.join(rows)}</tbody>"


def show_progress() -> ProgressTable:
    """Show how far the learner is in each chapter, from what is saved in their folder."""
    return ProgressTable(read_progress(learners_folder()))


class TakeHome(PageWidget):
    """A button that packs the learner's folder for the browser to download, and a chooser that brings an archive back.

    The page asks with the message `{"pack": true}`, or sends an archive in pieces as `{"piece": i, "of": n}`. The
    answer is `{"status": text}`, with `{"archive": name}` and the bytes if it was packed. All of it travels in
    messages, so that no archive is saved inside a notebook.
    """

    _esm = page_side(_HERE / "panel.js")
    _css = page_side(_HERE / "panel.css")

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._received = bytearray()
        super().__init__()
        self.on_msg(self._on_page_message)

    def _on_page_message(self, _: Any, content: Mapping[str, Any], buffers: Sequence[memoryview]) -> None:
        try:
            if "pack" in content:
                self._pack()
            else:
                self._receive(content["piece"], content["of"], buffers[0])
        except Exception as error:  # shown in the widget: nobody sees what a callback prints
            self.send({"status": _warning(error)})

    def _pack(self) -> None:
        packed = packed_folder(self._folder)
        name = archive_name(self._folder)
        text = f"{packed} The browser saves it as {name}, with its downloads."
        self.send({"status": text, "archive": name}, buffers=[packed.content])

    def _receive(self, piece: int, of: int, content: memoryview) -> None:
        if piece == 0:
            self._received.clear()
        self._received += content
        if len(self._received) > MOST_BYTES:
            self._received.clear()
            raise CourseError("The archive is too large. Nothing was changed.")
        if piece < of - 1:
            self.send({"next": piece + 1})
            return
        archive = io.BytesIO(bytes(self._received))
        self._received.clear()
        lines = bring_back(archive, self._folder)
        again = "If one of these notebooks is open, close its tab and open it again from the list on the left."
        self.send({"status": "\n".join([*lines, again])})

    def still(self) -> dict[str, str]:
        """Return what is here, in words."""
        return {"text/plain": "Here are a button, Pack my work, and a file chooser, Bring back an archive."}


def take_home() -> TakeHome:
    """Show a panel that packs the learner's folder into one archive, and brings one back."""
    return TakeHome(learners_folder())


class RestoreExercise(PageWidget):
    """A button that puts one exercise of the notebook that it stands in back as it was released.

    The page saves the notebook, asks with the message `{"name": file}`, and after the answer `{"status": text,
    "place": number}` shows the file anew, at that cell: an open page does not notice a changed file by itself. Where
    the page cannot do this, `name` is empty, and the learner is asked to save before and to load the file after.
    """

    _esm = page_side(_HERE / "restore.js")
    _css = page_side(_HERE / "panel.css")

    exercise = traitlets.Unicode().tag(sync=True)
    reload = traitlets.Unicode(RELOAD).tag(sync=True)
    status = traitlets.Unicode().tag(sync=True)  # so that the page that is shown anew tells it too

    def __init__(self, exercise: str) -> None:
        self._shown = _saved(_notebook())
        super().__init__(exercise=exercise)
        self.on_msg(self._on_page_message)

    def _on_page_message(self, _: Any, content: Mapping[str, Any], buffers: Sequence[memoryview]) -> None:
        place = None
        try:
            path = _notebook(content["name"])
            if path is None:
                example = f"course restore 02 {self.exercise}"
                raise CourseError(
                    f"This works in JupyterLab. Elsewhere use the terminal, such as for chapter 02: {example}"
                )
            if not path.exists():
                raise CourseError(
                    "This notebook was renamed after it was opened. "
                    "Choose Shut Down Kernel in the menu Kernel, then run this cell again."
                )
            if _saved(path) == self._shown:
                raise CourseError("Save first: Ctrl+S (on a Mac Cmd+S), then press the button again.")
            restored = put_back_in(path, self.exercise)
            self.status, place = "\n".join(restored.lines), restored.place
            self._shown = _saved(path)
        except Exception as error:  # shown in the widget, as above
            self.status = _warning(error)
        self.send({"status": self.status, "place": place})

    def still(self) -> dict[str, str]:
        """Return what is here, in words."""
        return {"text/plain": f"Here is a button, Put exercise {self.exercise} back."}


def restore_exercise(exercise: int | str) -> RestoreExercise:
    """Show a button that puts an exercise of this notebook back as it was, with what was written kept below it.

    Args:
        exercise: the number of the exercise.
    """
    return RestoreExercise(str(exercise))


def _notebook(name: str = "") -> Path | None:
    """Return the file of the notebook that runs here, None where nobody tells.

    Args:
        name: what the page calls the file: the server tells the kernel once, and the file may be renamed later.
    """
    told = os.environ.get("JPY_SESSION_NAME")
    return (Path(told).with_name(Path(name).name) if name else Path(told)) if told else None


def _saved(path: Path | None) -> int | None:
    """Return when a file was last saved, None where there is none."""
    return path.stat().st_mtime_ns if path and path.exists() else None


def _warning(error: Exception) -> str:
    return f"⚠ {error if isinstance(error, CourseError) else explain(error)}"
