"""The Formgrader's page of a submission, made from a clean copy: whatever a student wrote or printed is only shown.

The file stays as it is. What the page leaves out can be read in JupyterLab, which shows a notebook without trusting it.
"""

import html
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output, new_raw_cell
from nbgrader.server_extensions.formgrader.handlers import template_path
from traitlets import Unicode, default

from course_utils.classroom.marked import one_line
from course_utils.classroom.untrusted import SHOWN, CleanExporter

_FLAGS = ("grade", "solution", "task", "locked")
_MAKE = {"code": new_code_cell, "markdown": new_markdown_cell, "raw": new_raw_cell}


class SignedTemplates(FileSystemLoader):
    """Nbgrader's templates, in which each script and style carries the page's nonce, by which a browser knows it.

    The nonce is put in before a page is filled in, so nothing that fills it in can carry one.
    """

    def get_source(self, environment: Environment, template: str) -> Any:
        """Return the source of a template, its file, and whether that is as it was."""
        source, path, unchanged = super().get_source(environment, template)
        for element in ("<script", "<style", "<link"):
            source = source.replace(element, f'{element} nonce="{{{{ resources.nonce }}}}"')
        return source, path, unchanged


class SubmissionExporter(CleanExporter):
    """A clean exporter to nbgrader's page for marking. It takes no configuration, so that none can switch it off."""

    nonce = Unicode(help="what the page's own scripts carry")

    @default("template_name")
    def _template_name_default(self) -> str:
        return "formgrade"

    @default("extra_template_basedirs")
    def _extra_template_basedirs_default(self) -> list[str]:
        return [template_path]

    @default("extra_loaders")
    def _extra_loaders_default(self) -> list[Any]:
        return [SignedTemplates([Path(__file__).parent / "pages", Path(template_path, self.template_name)])]

    @default("template_file")
    def _template_file_default(self) -> str:
        return "submission.html.j2"

    def from_notebook_node(self, nb: Any, resources: Any = None, **kwargs: Any) -> tuple[Any, Any]:
        """Make the page of a clean copy, with the names of student and files as text."""
        named = {key: html.escape(each) if isinstance(each, str) else each for key, each in resources.items()}
        return super().from_notebook_node(clean_copy(nb), {**named, "nonce": self.nonce}, **kwargs)


def clean_copy(notebook: Any) -> NotebookNode:
    """Return a copy with what the page shows and no more: no metadata but those of nbgrader, and plain outputs."""
    return new_notebook(
        cells=[_clean_cell(cell) for cell in notebook.cells],
        metadata={"language_info": {"name": "python", "pygments_lexer": "ipython3"}},
    )


def _clean_cell(cell: Any) -> NotebookNode:
    clean = _MAKE.get(cell.cell_type, new_raw_cell)(str(cell.source))
    del clean["id"]
    about = cell.metadata.get("nbgrader")
    if isinstance(about, dict) and any(about.get(flag) is True for flag in _FLAGS):
        clean.metadata["nbgrader"] = {
            **{flag: about.get(flag) is True for flag in _FLAGS},
            "grade_id": html.escape(str(about.get("grade_id"))),
            "points": float(about.get("points") or 0),
        }
    if cell.cell_type == "markdown":
        clean["attachments"] = cell.get("attachments", {})
    if cell.cell_type == "code":
        count = cell.get("execution_count")
        clean.execution_count = count if isinstance(count, int) else None
        clean.outputs = [_clean_output(output) for output in cell.outputs]
    return clean


def _clean_output(output: Any) -> NotebookNode:
    if output.output_type == "stream":
        return new_output("stream", name="stderr" if output.name == "stderr" else "stdout", text=str(output.text))
    if output.output_type == "error":
        return new_output("error", ename="", evalue="", traceback=[str(line) for line in output.traceback])
    data = output.data
    shown = next((kind for kind in SHOWN if isinstance(data.get(kind), str)), None)
    if shown is None:
        return new_output("display_data", {"text/plain": f"(Not shown here: {', '.join(map(str, data))}.)"})
    alt = one_line(str(data.get("text/plain", "A picture")))
    return new_output("display_data", {shown: data[shown]}, metadata={shown: {"alt": alt}})
