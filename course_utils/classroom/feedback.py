"""From a marked notebook to what its feedback page shows: verdicts first, and no test, trace or plumbing anywhere.

Nbgrader's `generate_feedback` makes the pages, with `feedback_preprocessors` and with `FeedbackExporter`, which is in
`course_utils.classroom.feedback_page`.
"""

import html
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from nbconvert.preprocessors import CSSHTMLHeaderPreprocessor
from nbformat.v4 import new_output
from nbgrader.preprocessors import ClearHiddenTests, GetGrades, NbGraderPreprocessor
from nbgrader.utils import is_grade, is_solution, is_task
from traitlets import List

from course_utils.classroom.marked import (
    VERDICT_SIGNS,
    Verdict,
    chapter_tasks,
    grading_of,
    in_points,
    judge_check,
    judge_written,
    one_line,
)
from course_utils.classroom.untrusted import SHOWN
from course_utils.saved import CHECK, COLOUR_CODE, chapter_title, grade_id, tasks_in, what_it_says

_CHECK_TITLE = re.compile(r"^# (Check of exercise \d+)\b.*", re.MULTILINE)
_QUESTION = re.compile(r"# Question \w+: run me")

_WIDGET = "application/vnd.jupyter.widget-view+json"

_TRACE = re.compile(
    r"^(?:-{20,}\n)?[^\n]*Traceback \(most recent call last\)[^\n]*\n"
    r"(?:(?:[ \t]|-+> |Cell In|File )[^\n]*\n|\n)*",
    re.MULTILINE,
)
_PLACE = re.compile(r"^\S+\.py:\d+: (?=\w*Warning)", re.MULTILINE)
_LINES, _SIGNS = 40, 1000  # of printed text in one output, and of a line in it
_OUTPUTS = 50  # of a cell

_TELLING = 12  # letters and digits of a line; shorter ones, such as a bracket, give nothing away
_LEFT_OUT = "(This output is left out. It showed a part of the tests.)"


def feedback_preprocessors() -> list[type]:
    """Return nbgrader's steps from a marked notebook to its feedback page, with the course's in their places."""
    return [GetMarks, HideTests, ShowPlainly, Summarise, CSSHTMLHeaderPreprocessor]


class GetMarks(GetGrades):
    """Nbgrader's GetGrades, which also tells whether a person gave the points, or has to give them yet.

    It begins `metadata.feedback` of each cell, in which these steps tell each other and the page about it.
    """

    def preprocess_cell(self, cell: Any, resources: Any, cell_index: int) -> tuple[Any, Any]:
        """Add the marks of a graded cell."""
        cell.metadata["feedback"] = {}
        return super().preprocess_cell(cell, resources, cell_index)

    def _get_score(self, cell: Any, resources: Any) -> None:
        super()._get_score(cell, resources)
        grade = self.gradebook.find_grade(
            cell.metadata.nbgrader["grade_id"], self.notebook_id, self.assignment_id, self.student_id
        )
        cell.metadata.feedback.update(by_hand=grade.manual_score is not None, waits=bool(grade.needs_manual_grade))


class _Step(NbGraderPreprocessor):
    """A step on the way to a page."""

    display_data_priority = List(config=True)  # nbconvert sets it for every step, and warns where there is none


class HideTests(_Step, ClearHiddenTests):
    """Nbgrader's ClearHiddenTests, which also hides them in outputs: code in a notebook can read what runs in it."""

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """Take the hidden tests out of every cell and of every output."""
        self._hidden: set[str] = set()
        nb, resources = super().preprocess(nb, resources)
        telling = [line for line in self._hidden if len(_letters(line)) >= _TELLING]
        for cell in nb.cells:
            for output in cell.get("outputs", []):
                _blot_output(output, telling)
        return nb, resources

    def preprocess_cell(self, cell: Any, resources: Any, cell_index: int) -> tuple[Any, Any]:
        """Take the hidden tests out of a cell, also where a student typed or deleted one of their two borders."""
        source = cell.source
        try:
            self._remove_hidden_test_region(cell)
        except RuntimeError:
            before = source.partition(self.begin_test_delimeter)[0]
            cell.source = before.rpartition("\n")[0]
        if is_grade(cell):
            self._hidden |= _lines(source) - _lines(cell.source)
        return cell, resources


def _lines(source: str) -> set[str]:
    return {line.strip() for line in source.splitlines()}


def _letters(text: str) -> str:
    return re.sub(r"[\W_]+", "", text)


def _blot_output(output: Any, lines: list[str]) -> None:
    if output.output_type == "error":
        output.traceback = [_blotted("\n".join(map(str, output.traceback)), lines)]
        output.evalue = _blotted(str(output.evalue), lines)
    elif output.output_type == "stream":
        output.text = _blotted(output.text, lines)
    else:
        for kind, content in output.data.items():
            if isinstance(content, str) and not kind.startswith("image/"):
                output.data[kind] = _blotted(content, lines)


def _blotted(text: str, lines: list[str]) -> str:
    """Return `text` with … for each of `lines`, or a sentence in its place if one still shows through."""
    for line in lines:
        text = text.replace(line, "…")
    read = _letters(html.unescape(re.sub("<[^<>]*>", "", text))) if lines else ""
    return _LEFT_OUT if any(_letters(line) in read for line in lines) else text


class ShowPlainly(_Step):
    """Leave of each cell what a learner wants to read of it, and of each output what a page can show."""

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """Do so with each cell, and drop the state of widgets, for which a page would fetch a script."""
        nb.metadata.pop("widgets", None)
        nb.metadata["language_info"] = {"name": "python"}
        return super().preprocess(nb, resources)

    def preprocess_cell(self, cell: Any, resources: Any, cell_index: int) -> tuple[Any, Any]:
        """Leave the first line of a check, no code of a folded cell, and plain outputs."""
        kind = _kind(cell)
        kept = {key: cell.metadata[key] for key in ("nbgrader", "feedback") if key in cell.metadata}
        cell.metadata = type(cell)(kept)
        cell.metadata["feedback"] = {**kept.get("feedback", {}), "kind": kind}
        if kind == "check":
            named = _CHECK_TITLE.search(cell.source)
            cell.source = named[0] if named else "# Check"
            cell.metadata["feedback"]["name"] = named[1] if named else "Check"
        if kind in ("question", "folded"):
            cell.source = ""
            cell.metadata["transient"] = {"remove_source": True}
        if cell.cell_type == "code":
            cell.outputs = [each for output in _joined(cell.outputs)[:_OUTPUTS] for each in _plain(output, kind)]
        return cell, resources


def _kind(cell: Any) -> str:
    if is_solution(cell) or is_task(cell):
        return "answer"
    if cell.cell_type != "code":
        return "text"
    if is_grade(cell) or _CHECK_TITLE.search(cell.source):  # also a copy of a check, which earns nothing
        return "check"
    if _QUESTION.match(cell.source):
        return "question"
    folding = cell.metadata.get("jupyter")
    return "folded" if isinstance(folding, dict) and folding.get("source_hidden") else "code"


def _joined(outputs: list[Any]) -> list[Any]:
    """Return outputs with all that was printed in a row as one."""
    joined: list[Any] = []
    for output in outputs:
        stream = output.name if output.output_type == "stream" else None
        if stream and joined and joined[-1].output_type == "stream" and joined[-1].name == stream:
            joined[-1].text += output.text
        else:
            joined.append(output)
    return joined


def _plain(output: Any, kind: str) -> Iterator[Any]:
    """Yield what a page shows of an output."""
    if output.output_type == "error":
        yield new_output("error", ename="", evalue="", traceback=[_plain_error(output, kind)])
    elif output.output_type == "stream":
        yield new_output("stream", name=output.name, text=_plain_print(output.text))
    else:
        yield from _plain_picture(output.data, kind)


def _plain_error(output: Any, kind: str) -> str:
    says, _ = what_it_says({"outputs": [output]})
    if says.startswith((*VERDICT_SIGNS.values(), _LEFT_OUT)):
        return says
    what = "The check could not judge the answer" if kind == "check" else "This cell stopped"
    return one_line(f"⚠ {what} ({output.ename}: {output.evalue}).")


def _plain_print(text: str) -> str:
    """Return printed text without stack traces, the places of warnings on the grading computer, and endless lists."""
    lines = _PLACE.sub("", _TRACE.sub("⚠ ", COLOUR_CODE.sub("", text))).splitlines()
    if len(lines) > _LINES:
        lines[_LINES - 10 : -10] = [f"(… {len(lines) - _LINES} more lines …)"]
    return "\n".join(line if len(line) <= _SIGNS else f"{line[:_SIGNS]}…" for line in lines)


def _plain_picture(data: dict[str, Any], kind: str) -> Iterator[Any]:
    """Yield what a page shows of a picture, a table or a widget; of a widget, the picture that it began with."""
    moves = _WIDGET in data
    shown = next((each for each in SHOWN if isinstance(data.get(each), str)), "")
    if moves and shown == "text/plain":
        shown = ""
    if shown:
        alt = one_line(str(data.get("text/plain", "A picture"))).removeprefix("[interactive picture] ")
        yield new_output("display_data", {shown: data[shown]}, metadata={shown: {"alt": alt}})
    if moves:
        still = "An interactive picture stands here in the notebook. This is how it begins."
        place = "A question" if kind == "question" else "Something interactive"
        words = still if shown else f"{place} stands here in the notebook."
        yield new_output("display_data", {"text/html": f"<em>({words})</em>"})


class Summarise(_Step):
    """Say in `resources["feedback"]` what stands first on the page: points, notes, and a line for each exercise."""

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """Read the marks and the sentences of a notebook that the steps before have made plain."""
        chapter = resources["nbgrader"]["assignment"]
        title, tasks = chapter_tasks(Path.cwd(), chapter)  # nbgrader works in the course's folder
        if not tasks:
            title, tasks = chapter_title(chapter, nb.cells), tasks_in(nb.cells)
        graded = {grade_id(cell): cell for cell in nb.cells if is_grade(cell) or is_task(cell)}
        answers = {grade_id(cell): cell for cell in nb.cells if is_solution(cell)}
        named = [(task.title, name) for task in tasks for name in (task.name + CHECK, task.name) if name in graded]
        rest = [(str(name), name) for name in graded if name not in {name for _, name in named}]
        exercises = [
            _line(heading, graded[name], answers.get(str(name).removesuffix(CHECK)))
            for heading, name in [*named, *rest]
        ]
        marks = resources["nbgrader"]
        penalty = marks.get("late_penalty") or 0
        resources["feedback"] = {
            "title": title,
            "points": f"{in_points(marks.get('score', 0))} of {in_points(marks.get('max_score', 0))} points",
            "late": f"{in_points(penalty)} {'point' if penalty == 1 else 'points'}" if penalty else "",
            "notes": [note.student for note in grading_of(nb).notes if note.student],
            "exercises": exercises,
        }
        return nb, resources


def _line(heading: str, cell: Any, answer: Any) -> dict[str, str]:
    """Return what the summary says of an exercise, and tell the graded cell about it; there may be no answer's cell."""
    marks = cell.metadata.nbgrader
    score, most = float(marks.get("score") or 0), float(marks.get("points") or 0)
    points = f"{in_points(score)} of {in_points(most)} points"
    details = cell.metadata.feedback
    if details["kind"] == "check":
        verdict = judge_check(cell, score, most, by_hand=bool(details.get("by_hand")), answer=answer)
    else:
        verdict = judge_written(cell)
        if verdict.kind == "handed in" and details.get("waits"):
            points, verdict = f"up to {in_points(most)} points", Verdict(verdict.kind, "◐ Not marked yet.")
        elif verdict.kind == "handed in":
            verdict = Verdict(verdict.kind, "◐ Marked by hand.")
    details.update(verdict=verdict.look, points=points)
    return {
        "look": verdict.look,
        "sign": verdict.sign,
        "title": one_line(heading),
        "sentence": verdict.words,
        "points": points,
        "anchor": str(grade_id(cell if answer is None else answer)),
    }
