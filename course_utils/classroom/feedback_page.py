"""The feedback page: HTML that only shows. It runs no script and asks nothing of the internet, whatever is put in."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from jinja2 import FileSystemLoader
from traitlets import default

from course_utils.classroom.marked import in_words, look_of
from course_utils.classroom.untrusted import CleanExporter

_LOOKS = Path(__file__).parents[1] / "jupyter" / "labextension" / "static"


class FeedbackExporter(CleanExporter):
    """A clean exporter, which shows what `feedback_preprocessors` leave."""

    @default("extra_loaders")
    def _extra_loaders_default(self) -> list[Any]:
        return [FileSystemLoader([Path(__file__).parent, _LOOKS])]

    @default("template_file")
    def _template_file_default(self) -> str:
        return "feedback_page.html.j2"

    @default("exclude_output_prompt")
    def _exclude_output_prompt_default(self) -> bool:
        return True

    @property
    def default_config(self) -> Any:
        """Nbconvert's options, with colours for code on a white page: those of JupyterLab are not there."""
        config = super().default_config
        config.CSSHTMLHeaderPreprocessor.style = "default"
        return config

    def default_filters(self) -> Iterator[tuple[str, Any]]:
        """Yield the filters of a clean page, and two for a sentence."""
        yield from super().default_filters()
        yield "in_words", in_words
        yield "look_of", look_of
