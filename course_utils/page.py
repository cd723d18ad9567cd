"""What every widget of the course shares: the page's side, and what a reader without a kernel gets."""

import os
from pathlib import Path
from typing import Any

import anywidget
import traitlets

STATIC_VARIABLE = "COURSE_STATIC"
"""Set in the environment, it makes every widget show what stands still alone, for books and printed pages."""

_SHARED = Path(__file__).parent / "page"


def page_side(file: Path) -> str:
    """Return a widget's script or style: what all of them share, and then its own `file`, which cannot import it."""
    return "\n".join(path.read_text(encoding="utf-8") for path in (_SHARED.with_suffix(file.suffix), file))


class PageWidget(anywidget.AnyWidget):
    """A widget that every reader sees something of: alive in JupyterLab, still in a saved or a printed page."""

    own_id = traitlets.Unicode().tag(sync=True)

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)
        self.own_id = self.model_id  # by which the page asks whether the kernel still knows this widget

    def still(self) -> dict[str, str]:
        """Return what is shown where no kernel runs, by MIME type; "text/plain" is one of them."""
        raise NotImplementedError

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        if os.environ.get(STATIC_VARIABLE):
            return dict(self.still()), {}
        live, metadata = super()._repr_mimebundle_(**kwargs)
        return {**live, **self.still()}, metadata
