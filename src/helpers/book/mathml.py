"""Formulas as MathML, made while building: no script, no font, and unknown TeX fails the build."""

from __future__ import annotations

from typing import Any

from docutils import nodes
from math_core import LatexError, LatexToMathML
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.writers.html5 import HTML5Translator

log = logging.getLogger(__name__)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the renderer; Sphinx calls it."""
    app.add_html_math_renderer(
        "mathml", inline_renderers=(_inline, None), block_renderers=(_block, None)
    )
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}


def _inline(self: HTML5Translator, node: nodes.math) -> None:
    self.body.append(_mathml(node, display=False))
    raise nodes.SkipNode


def _block(self: HTML5Translator, node: nodes.math_block) -> None:
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
