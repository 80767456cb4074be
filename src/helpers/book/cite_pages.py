"""Puts on each page of the book how to cite it, for readers and for programs."""

from __future__ import annotations

from typing import Any

from docutils import nodes
from markupsafe import Markup
from sphinx.application import Sphinx

from helpers.book import citing, page_head, results
from helpers.book.exhibits import render
from helpers.report import csl
from helpers.report.citation import Work

_PRINTED = Markup('<p class="ls-cite-printed">Cite as: {}</p>\n')
"""On paper nothing opens: the citation stands at the end."""


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the event; Sphinx calls it."""
    app.connect("html-page-context", _offer)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}


def works_of(app: Sphinx) -> dict[str, Work]:
    """Everything that can be cited, found once for each register."""
    register = results.register_of(app.env)
    held = vars(app).get("listening_state_works")
    if held is None or held[0] is not register:
        held = register, citing.works(register.values())
        vars(app)["listening_state_works"] = held
    return held[1]


def _offer(
    app: Sphinx, page: str, _template: str, context: dict[str, Any], tree: nodes.document | None
) -> None:
    """Add the citation below the title, and records for programs, to chapters and first page."""
    known = works_of(app)
    work = known.get(citing.BOOK if page == app.config.root_doc else page.rpartition("/")[2])
    if tree is None or work is None or work.page != f"{page}.html":
        return
    text = csl.text(work, "apa")
    offer = render("cite.html", work=work, text=text, root="../" * page.count("/"))
    before, title, after = context["body"].partition("</h1>")
    context["body"] = f"{before}{title}\n{offer}{after}{_PRINTED.format(text)}"
    if work.kind == "chapter":
        context["body"] += str(page_head.coins(work))
    record = page_head.linked_data(work, parts=_parts(work, app))
    # As text: a safe string would escape the tags that Sphinx holds as text.
    context["metatags"] = context.get("metatags", "") + str(
        page_head.head(work, record, description=text)
    )


def _parts(work: Work, app: Sphinx) -> list[Work]:
    """The chapters of the book, or the figures and tables of a chapter."""
    known = works_of(app)
    if work.kind == "book":
        return [part for part in known.values() if part.kind == "chapter"]
    return [
        known[name]
        for name, record in results.register_of(app.env).items()
        if name.startswith(("fig-", "tbl-")) and name in known
        and f"{record['chapter']}.html" == work.page
    ]  # fmt: skip
