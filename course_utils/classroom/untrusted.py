"""HTML of what a student wrote or printed, cleaned: it only shows, and neither runs nor fetches anything.

All pages that show a submission are made by a `CleanExporter`: the feedback page and the Formgrader's.
"""

import html
import re
from collections.abc import Iterator
from typing import Any

import bleach  # type: ignore[import-untyped]
from bleach.css_sanitizer import CSSSanitizer  # type: ignore[import-untyped]
from bs4 import BeautifulSoup
from jinja2 import pass_context
from nbconvert.exporters import HTMLExporter
from traitlets import default

SHOWN = ("text/html", "text/markdown", "image/svg+xml", "image/png", "image/jpeg", "text/plain")
"""What a page shows of an output, the best first. All else is left out."""

_TAGS = """
    a abbr b blockquote br caption code col colgroup dd del details div dl dt em figcaption figure h1 h2 h3 h4 h5 h6 hr
    i img kbd li ol p pre q s samp small span strong sub summary sup table tbody td tfoot th thead tr u ul var
"""
_ATTRIBUTES = "align alt colspan height open rowspan scope start title width"
_STYLES = """
    background-color border border-collapse color font-family font-size font-style font-weight height margin
    margin-bottom margin-left margin-right margin-top max-width padding text-align vertical-align width
"""
_DROPPED = ("script", "style", "template", "noscript", "iframe", "object", "svg", "math", "textarea", "title")
"""Elements whose content is not text to read either."""

_LONGEST = 50_000  # signs of a text or an output, pictures aside: what is longer takes a parser too long
_CLASSES = re.compile(r"(?:(?:dataframe|highlight|hl-\w+|[a-z]{1,2}\d?)(?:\s+|$))*")
"""The classes of tables and of coloured code. With those of nbgrader's own buttons, text could set its own marks."""
_PICTURE = re.compile(r"data:image/[\w+.-]+;base64,[\w+/=\s]*")


def _allowed(tag: str, name: str, value: str) -> bool:
    if name == "src":
        return tag == "img" and _PICTURE.match(value) is not None
    if name == "href":
        return tag == "a" and re.match(r"https?:|mailto:|#", value) is not None
    if name == "class":
        return _CLASSES.fullmatch(value) is not None
    return name == "style" or name in _ATTRIBUTES.split()


_CLEANER = bleach.Cleaner(
    tags=_TAGS.split(),
    attributes=_allowed,
    protocols=("http", "https", "mailto", "data"),
    strip=True,
    css_sanitizer=CSSSanitizer(allowed_css_properties=_STYLES.split()),
)


def _too_long(text: str) -> bool:
    return len(_PICTURE.sub("", text)) > _LONGEST


def clean_html(text: Any) -> str:
    """Return HTML that is only shown: no script, no form, and no picture but those that it holds itself."""
    if _too_long(str(text)):
        return "<p>(This is too long to be shown here.)</p>"
    try:
        soup = BeautifulSoup(str(text), "html.parser")
        for element in soup(_DROPPED):
            element.decompose()
        return _with_links_outside(_CLEANER.clean(str(soup)))
    except Exception:  # a student can make up what no parser follows
        return f"<pre>{html.escape(str(text))}</pre>"


def _with_links_outside(text: str) -> str:
    """Let links open a window of their own: JupyterLab obeys whatever page is in the Formgrader's frame."""
    soup = BeautifulSoup(text, "html.parser")
    for link in soup("a", href=re.compile("^[^#]")):
        link.attrs.update(target="_blank", rel="noopener noreferrer")
    return str(soup)


class CleanExporter(HTMLExporter):
    """Nbconvert's exporter to HTML, which cleans all HTML that a notebook holds and all that its Markdown becomes."""

    @default("sanitize_html")
    def _sanitize_html_default(self) -> bool:
        return True

    @default("exclude_anchor_links")
    def _exclude_anchor_links_default(self) -> bool:
        return True

    def default_filters(self) -> Iterator[tuple[str, Any]]:
        """Yield nbconvert's filters, with a `clean_html` that lets less through."""
        yield from super().default_filters()
        yield "clean_html", clean_html

    @pass_context
    def markdown2html(self, context: Any, source: str) -> str:
        """Return text as clean HTML, or as it was typed where that fails: it may name a picture that is not there."""
        if _too_long(source):
            return clean_html(source)
        try:
            return clean_html(super().markdown2html(context, source))
        except Exception:
            return f"<pre>{html.escape(source)}</pre>"
