"""The theme of the book: every page is whole in itself, and nothing is fetched from elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from docutils import nodes
from myst_nb.sphinx_ import HideCodeCellNode
from sphinx.application import Sphinx
from sphinx.writers.html5 import HTML5Translator

from helpers.book.wordy_tables import row_by_row
from helpers.paths import project_root

THEME = Path(__file__).with_name("theme")

SILENCED = (
    "sphinx_book_theme",  # the stock theme and the one below it: 400 kB of style, 1.5 MB of icons
    "pydata_sphinx_theme",
    "sphinx_thebe",  # live cells: the library comes from another host
    "sphinx_togglebutton",  # code is folded by <details>
    "sphinx_copybutton",
    "sphinx_comments",
)
"""Extensions that jupyter-book loads unasked, and whose events would change pages."""

POLICY = "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'"
"""What a page may load and do: only what the site itself serves; no inline script or style."""

_QUIET_TOKENS = re.compile(
    r'<span class="(?:n[a-z]?|p|w|o|ow|fm|vm|bp)">([^<]*)</span>|<span></span>'
)
"""Names and signs in code, which are not coloured: their spans were a quarter of long pages."""

_BETWEEN_FOLDS = re.compile(
    r'</details>\n(?:<div class="cell_output[^>]*>\s*</div>\n)?</div>\n'
    r'<div class="cell [^>]*>\n<details class="ls-code"><summary>Code</summary>\n'
)
"""From the code of a cell that shows nothing to that of the next: both stand in one fold."""


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the theme, the events and the nodes; Sphinx calls it."""
    app.add_html_theme("listening_state", str(THEME))
    app.add_node(HideCodeCellNode, override=True, html=(_open_code, _close_code))
    app.add_node(nodes.table, override=True, html=(_open_table, _close_table))
    app.add_node(nodes.citation, override=True, html=(_open_citation, _close_citation))
    app.connect("config-inited", _silence, priority=1)
    # After Sphinx has put the year of SOURCE_DATE_EPOCH, where that is set, in place of ours.
    app.connect("config-inited", _keep_copyright, priority=900)
    # Before the extensions of the book, which add to the head and the body of pages.
    app.connect("html-page-context", _frame, priority=100)
    app.connect("html-page-context", _lighten, priority=900)
    app.connect("build-finished", _drop_unused, priority=900)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}


def _silence(app: Sphinx, config: Any) -> None:
    """Disconnect what other extensions would do to pages; in ``_config.yml`` they have no switch."""
    for listeners in app.events.listeners.values():
        for listener in list(listeners):
            module = getattr(listener.handler, "__module__", "") or ""
            if module.split(".")[0] in SILENCED:
                app.disconnect(listener.id)
    config.html_theme_options = {}


def _keep_copyright(_: Sphinx, config: Any) -> None:
    """Print the year of ``_config.yml``: the pages depend on the project alone."""
    config.copyright = config.overrides.get("copyright", config.copyright)


def _frame(
    app: Sphinx, page: str, _template: str, context: dict[str, Any], tree: nodes.document | None
) -> None:
    """What the frame of a page shows beside its text."""
    env = app.env
    titles = {name: title.astext() for name, title in env.titles.items()}
    context["contents"] = [
        {
            "caption": part.caption,
            "chapters": [(name, titles.get(name, name)) for name in part.files()],
        }
        for part in vars(env)["external_site_map"].root.subtrees
    ]
    context["sections"] = _sections(app, page) if page in titles else []
    context |= {"policy": POLICY, "authors": app.config.author}
    if tree is not None:  # what docutils says of the window, the frame says itself
        context["metatags"] = ""
    # Of all that extensions put on pages, only what the book itself names, each once.
    for kind, option in (("script_files", "html_js_files"), ("css_files", "html_css_files")):
        wanted = {f"_static/{name}" for name in ["shell.css", *_named(option)]}
        found = {str(getattr(file, "filename", file)): file for file in context[kind]}
        context[kind] = [file for name, file in found.items() if name in wanted]


def _named(option: str) -> list[str]:
    """What ``_config.yml`` names; jupyter-book adds every script and style of ``_static`` to it."""
    text = (project_root() / "_config.yml").read_text(encoding="utf-8")
    return list(yaml.safe_load(text)["sphinx"]["config"].get(option, []))


def _sections(app: Sphinx, page: str) -> list[tuple[str, str]]:
    """Anchor and words of each section of the first level."""
    [listed] = app.env.tocs[page].children[:1] or [nodes.list_item()]
    return [
        (reference["anchorname"], reference.astext())
        for inner in listed.children[1:]
        for item in inner.children
        for reference in list(item.findall(nodes.reference))[:1]
        if reference.get("anchorname")
    ]


def _lighten(
    _app: Sphinx, _page: str, _template: str, context: dict[str, Any], _tree: nodes.document | None
) -> None:
    """Take out of the text what no reader needs to see, and mark its tables for readers."""
    if "body" in context:
        body = _QUIET_TOKENS.sub(r"\1", _BETWEEN_FOLDS.sub("", str(context["body"])))
        context["body"] = row_by_row(body.replace('<th class="head">', '<th scope="col">'))


def _drop_unused(app: Sphinx, _: Exception | None) -> None:
    """Leave in ``_static`` what the book put there: its pages ask for nothing else."""
    static, own = Path(app.outdir) / "_static", Path(app.srcdir) / "_static"
    for path in sorted(static.rglob("*"), reverse=True):
        if path.is_dir():
            if not any(path.iterdir()):
                path.rmdir()
        elif not (own / path.relative_to(static)).is_file():
            path.unlink()


def _open_code(self: HTML5Translator, _: HideCodeCellNode) -> None:
    """Fold code behind a summary whose visible word is its name for assistive technology too."""
    self.body.append('<details class="ls-code"><summary>Code</summary>\n')


def _close_code(self: HTML5Translator, _: HideCodeCellNode) -> None:
    self.body.append("</details>\n")


def _open_table(self: HTML5Translator, node: nodes.table) -> None:
    """A table typed in a page scrolls in a window of its own, and is named after its section."""
    above = next((up for up in _parents(node) if isinstance(up, nodes.section)), None)
    name = self.encode(above[0].astext() if above else "Table")
    self.body.append(f'<div class="ls-scroll" tabindex="0" role="region" aria-label="{name}">\n')
    HTML5Translator.visit_table(self, node)
    if not isinstance(node[0], nodes.title):
        self.body.append(f'<caption class="visually-hidden">{name}</caption>\n')


def _close_table(self: HTML5Translator, node: nodes.table) -> None:
    HTML5Translator.depart_table(self, node)
    self.body.append("</div>\n")


def _parents(node: nodes.Element) -> Iterator[nodes.Element]:
    while node.parent is not None:
        node = node.parent
        yield node


def _open_citation(self: HTML5Translator, node: nodes.citation) -> None:
    """Open an entry of the list of works without the roles that assistive technology refuses."""
    if not isinstance(node.previous_sibling(), nodes.citation):
        self.body.append('<div class="citation-list">\n')
    self.body.append(self.starttag(node, "div", CLASS="citation"))


def _close_citation(self: HTML5Translator, node: nodes.citation) -> None:
    self.body.append("</div>\n")
    if not isinstance(node.next_node(descend=False, siblings=True), nodes.citation):
        self.body.append("</div>\n")
