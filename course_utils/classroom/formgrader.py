"""The Formgrader, nbgrader's pages for marking, safe to open: no page runs or fetches what a student has put into it.

Jupyter's server loads this in place of nbgrader's own extension, as `course_utils/jupyter/instructor` tells it. What
students wrote is cleaned first (`submission_page`). What gets through meets a policy by which a browser runs no script
but the page's own, connects to nothing but this server, and sends no form: a script on these pages could have a kernel
run code with the instructor's rights.
"""

import base64
import functools
import hashlib
import re
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jinja2 import Environment
from jupyter_server.utils import url_path_join
from nbgrader.server_extensions.formgrader import apihandlers, handlers
from nbgrader.server_extensions.formgrader.formgrader import FormgradeExtension
from tornado.web import HTTPError, StaticFileHandler

from course_utils.classroom.submission_page import SignedTemplates, SubmissionExporter

_TEMPLATES = Path(handlers.template_path)
_PAGES = Environment(loader=SignedTemplates(_TEMPLATES), autoescape=True)
_NAMES = ("assignment_id", "notebook_id", "student_id")


@functools.cache
def _buttons() -> str:
    """Return the digests of the code that nbgrader's own buttons run, as a policy names them."""
    sources = (path.read_text(encoding="utf-8") for path in _TEMPLATES.rglob("*.*"))
    codes = {code for source in sources for code in re.findall(r'(?i)onclick="(.*?)"', source)}
    digests = (base64.b64encode(hashlib.sha256(code.encode()).digest()).decode() for code in sorted(codes))
    return " ".join(f"'sha256-{digest}'" for digest in digests)


def policy(nonce: str) -> str:
    """Return what a browser may do on a page whose own scripts carry `nonce`.

    Scripts and styles of this server are not among it: it also serves the files that students handed in.
    """
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'nonce-{nonce}' 'unsafe-hashes' {_buttons()}",
            f"style-src 'nonce-{nonce}'",
            "style-src-attr 'unsafe-inline'",
            "img-src data:",
            "font-src 'self'",
            "connect-src 'self'",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'self'",
            "sandbox allow-scripts allow-same-origin allow-popups allow-popups-to-escape-sandbox",
        )
    )


class _Guarded(handlers.BaseHandler):
    """What all pages of the Formgrader have: the policy, and templates that only show what fills them in."""

    @functools.cached_property
    def nonce(self) -> str:
        """What the page's own scripts carry, and no other page's."""
        return secrets.token_urlsafe(16)

    @property
    def content_security_policy(self) -> str:
        """The policy, in place of Jupyter's own."""
        return policy(self.nonce)

    @property
    def exporter(self) -> SubmissionExporter:
        """What makes the page of a submission."""
        return SubmissionExporter(nonce=self.nonce)

    def render(self, name: str, **context: Any) -> str:
        """Return a page. Names are put in as in an address: most go into one, in a link or in a script's text."""
        named = {key: quote(each, safe="") if key in _NAMES else each for key, each in context.items()}
        resources = {**context.get("resources", {}), "nonce": self.nonce}
        return _PAGES.get_template(name).render(**{**named, "resources": resources})


class _GuardedAnswer(_Guarded):
    """What answers the pages' scripts. It holds what students are called, and is no page if somebody opens it."""

    def set_default_headers(self) -> None:
        """Say that it is text, which nbgrader's scripts read as JSON by themselves."""
        super().set_default_headers()
        self.set_header("Content-Type", "text/plain; charset=UTF-8")


class _Entry(handlers.FormgraderHandler):
    """The way in. It opens this course alone: another folder's configuration is code, and a link could name any."""

    def get(self) -> None:
        """Lead to the list of chapters."""
        if self.get_argument("path", ""):
            raise HTTPError(403)
        super().get()


def _pages() -> list[tuple[Any, ...]]:
    """Return nbgrader's pages, guarded, without the one that would serve whatever files a student has handed in."""
    own = {handlers.FormgraderHandler: _Entry}
    found = []
    for place, handler, *options in (*handlers.default_handlers, *apihandlers.default_handlers):
        if handler is handlers.SubmissionFilesHandler:
            continue
        if issubclass(handler, handlers.BaseHandler):
            guard = _GuardedAnswer if issubclass(handler, apihandlers.BaseApiHandler) else _Guarded
            handler = type(handler.__name__, (guard, own.get(handler, handler)), {})
        found.append((place, handler, *options))
    return found


class Formgrader(FormgradeExtension):
    """Nbgrader's extension with guarded pages."""

    def init_handlers(self, webapp: Any) -> None:
        """Serve the pages below the server's address."""
        missing = type("Missing", (_Guarded, handlers.Template404), {})
        pages = [
            *_pages(),
            (r"/formgrader/static/(.*)", StaticFileHandler, {"path": handlers.static_path}),
            (r"/formgrader/.*", missing),
        ]
        base = webapp.settings["base_url"]
        webapp.add_handlers(".*$", [(url_path_join(base, place), *rest) for place, *rest in pages])


def _load_jupyter_server_extension(server: Any) -> None:
    formgrader = Formgrader(parent=server)
    formgrader.root_dir = server.root_dir
    formgrader.log = server.log
    formgrader.initialize([])
    formgrader.init_tornado_settings(server.web_app)
    formgrader.init_handlers(server.web_app)


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": __name__}]
