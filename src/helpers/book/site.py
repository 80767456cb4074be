"""Makes every page whole in itself: nothing is fetched from elsewhere, and nothing is loaded twice."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from docutils import nodes
from math_core import LatexError, LatexToMathML
from myst_nb.sphinx_ import HideCodeCellNode
from sphinx.application import Sphinx
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
    "thebe",  # live cells: the library comes from another host, and its set-up runs twice
    "togglebutton",  # code is folded by <details>; the script only adds errors here
    "design",  # cards and tabs, of which the book has none
)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the events and the math renderer; Sphinx calls it."""
    app.add_html_math_renderer(
        "mathml",
        inline_renderers=(_inline_math, None),
        block_renderers=(_block_math, None),
    )
    app.add_node(HideCodeCellNode, override=True, html=(_open_code, _close_code))
    app.add_node(nodes.citation, override=True, html=(_open_citation, _close_citation))
    app.connect("config-inited", _set_theme_options)
    # After Sphinx has put the year of SOURCE_DATE_EPOCH, where that is set, in place of ours.
    app.connect("config-inited", _keep_copyright, priority=900)
    # After the theme and the extensions have added theirs.
    app.connect("html-page-context", _drop_assets, priority=900)
    app.connect("build-finished", _drop_unused)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}


def _set_theme_options(_: Sphinx, config: Any) -> None:
    """Add to what jupyter-book sets; in _config.yml the options would replace all of it."""
    config.html_theme_options = {**config.html_theme_options, **THEME_OPTIONS}
    config.templates_path = [*config.templates_path, str(Path(__file__).with_name("theme"))]


def _keep_copyright(_: Sphinx, config: Any) -> None:
    """Print the year of ``_config.yml``: the pages depend on the project alone."""
    config.copyright = config.overrides.get("copyright", config.copyright)


def _drop_assets(
    _app: Sphinx, _page: str, _template: str, context: dict[str, Any], _tree: nodes.document | None
) -> None:
    for kind in ("script_files", "css_files"):
        context[kind] = [asset for asset in context[kind] if not _unwanted(asset)]


def _drop_unused(app: Sphinx, _: Exception | None) -> None:
    """Leave out of the site what its pages never ask for: templates, maps, the icon script."""
    static = Path(app.outdir) / "_static"
    for pattern in (
        "*.html",
        "**/*.map",
        "scripts/fontawesome*",
        "*thebe*",
        "*toggle*",
        "*design*",
    ):
        for path in static.glob(pattern):
            path.unlink()


def _unwanted(asset: object) -> bool:
    body = getattr(asset, "attributes", {}).get("body") or ""
    address = f"{getattr(asset, 'filename', asset) or ''} {body}".lower()
    return any(word in address for word in UNWANTED)


def _open_code(self: HTML5Translator, _: HideCodeCellNode) -> None:
    """Fold code behind a summary whose visible word is its name for assistive technology too."""
    self.body.append('<details class="ls-code"><summary>Code</summary>\n')


def _close_code(self: HTML5Translator, _: HideCodeCellNode) -> None:
    self.body.append("</details>\n")


def _open_citation(self: HTML5Translator, node: nodes.citation) -> None:
    """Open an entry of the list of works without the roles that assistive technology refuses."""
    if not isinstance(node.previous_sibling(), nodes.citation):
        self.body.append('<div class="citation-list">\n')
    self.body.append(self.starttag(node, "div", CLASS="citation"))


def _close_citation(self: HTML5Translator, node: nodes.citation) -> None:
    self.body.append("</div>\n")
    if not isinstance(node.next_node(descend=False, siblings=True), nodes.citation):
        self.body.append("</div>\n")


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
