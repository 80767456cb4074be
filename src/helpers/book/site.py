"""Makes every page whole in itself: nothing is fetched from elsewhere, and nothing is loaded twice."""

from __future__ import annotations

from typing import Any

from docutils import nodes
from math_core import LatexError, LatexToMathML
from sphinx.application import Sphinx
from sphinx.builders.html._assets import _JavaScript
from sphinx.util import logging
from sphinx.writers.html5 import HTML5Translator

log = logging.getLogger(__name__)

THEME_OPTIONS: dict[str, Any] = {
    # The theme's own bar above the page repeats the search button of the sidebar.
    "navbar_start": [],
    "navbar_center": [],
    "navbar_end": [],
    "navbar_persistent": [],
    # Downloads stand with each figure; a notebook without its data would not run.
    "use_download_button": False,
    "use_fullscreen_button": False,
    "launch_buttons": {},
}

UNWANTED = (
    "thebe",  # live cells: its library comes from another host, and its set-up runs twice
    "togglebutton",  # myst-nb folds cells with <details>; the script only complains here
    "fontawesome",  # 1.5 MB that draw the icons which the style sheet draws already
    "design-tabs",  # tabs that remember their state; the book has none
)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the events and the math renderer; Sphinx calls it."""
    app.add_html_math_renderer(
        "mathml",
        inline_renderers=(_inline_math, None),
        block_renderers=(_block_math, None),
    )
    app.connect("config-inited", _set_theme_options)
    # After the theme and the extensions have added theirs.
    app.connect("html-page-context", _drop_scripts, priority=900)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}


def _set_theme_options(_: Sphinx, config: Any) -> None:
    """Options set in _config.yml would replace all that jupyter-book sets; here they are added."""
    config.html_theme_options = {**config.html_theme_options, **THEME_OPTIONS}


def _drop_scripts(
    _app: Sphinx, _page: str, _template: str, context: dict[str, Any], _tree: nodes.document | None
) -> None:
    context["script_files"] = [script for script in context["script_files"] if not _unwanted(script)]


def _unwanted(script: _JavaScript | str) -> bool:
    body = getattr(script, "attributes", {}).get("body") or ""
    address = f"{getattr(script, 'filename', script) or ''} {body}".lower()
    return any(word in address for word in UNWANTED)


def _inline_math(self: HTML5Translator, node: nodes.math) -> None:
    self.body.append(_mathml(node, display=False))
    raise nodes.SkipNode


def _block_math(self: HTML5Translator, node: nodes.math_block) -> None:
    self.body.append(self.starttag(node, "div", CLASS="math"))
    self.body.append(_mathml(node, display=True))
    self.body.append("</div>\n")
    raise nodes.SkipNode


def _mathml(node: nodes.math | nodes.math_block, *, display: bool) -> str:
    """The formula as MathML; what is not understood is a warning, and stands as TeX."""
    try:
        converted: str = LatexToMathML().convert_with_local_state(
            node.astext(), displaystyle=display
        )
    except LatexError as error:
        log.warning("TeX not understood: %s", error, location=node)
        return f"<code>{nodes.unescape(node.astext())}</code>"
    return converted
