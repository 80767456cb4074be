"""Puts on each page of the book what it rests on and how to cite it, for readers and programs."""

from __future__ import annotations

from textwrap import shorten
from typing import Any

from docutils import nodes
from markupsafe import Markup
from sphinx.application import Sphinx

from helpers.book import citing, page_head, page_links, results
from helpers.book.cards import HEIGHT, WIDTH
from helpers.book.dataset import ARCHIVE
from helpers.book.exhibits import render
from helpers.book.ro_crate import NAME as CRATE
from helpers.report import csl
from helpers.report.citation import Work, book

_PRINTED = Markup('<p class="ls-cite-printed">Cite as: {}</p>\n')
"""On paper nothing opens: the citation stands at the end."""

LONGEST = 160
"""Characters of a description."""

TAKE_AWAY = (".ipynb", ".py", ".zip")
"""Files of a chapter that runs; a page of prose has none."""

_EXTRA_ITEMS = {
    "index": (f"data/{ARCHIVE}", "results.json"),
    "chapters/data": (f"data/{ARCHIVE}",),
}
_EXTRA_RECORDS = {
    "index": (CRATE,),
    "chapters/data": ("data/datapackage.json", "data/croissant.json", "data/dataset.jsonld"),
}
"""What the first page and that of the data set lead to, besides their own citations and files."""


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the event; Sphinx calls it."""
    app.connect("config-inited", _public_address, priority=900)
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


def chapter_card(work: Work) -> dict[str, Any]:
    """The picture that links to a chapter or to the book show elsewhere."""
    alt = f"{work.title}. {work.mark or work.of.title}."
    return {"address": f"cards/{work.id}.png", "width": WIDTH, "height": HEIGHT, "alt": alt}


def short(words: str, work: Work) -> str:
    """A description as long as search engines show it; the evidence stands in it."""
    mark = f" ({work.mark})" if work.mark else ""
    return f"{shorten(words, max(LONGEST - len(mark), LONGEST // 4), placeholder='…')}{mark}"


def _public_address(_: Sphinx, config: Any) -> None:
    """Canonical links of all pages, where `CITATION.cff` knows the public address."""
    config.html_baseurl = book().url or ""


def _offer(
    app: Sphinx, page: str, _template: str, context: dict[str, Any], tree: nodes.document | None
) -> None:
    """Add the citation below the title, and records for programs, to chapters and first page.

    A page without a citation of its own, as that of a poll, prints that of the book.
    """
    known = works_of(app)
    work = known.get(citing.BOOK if page == app.config.root_doc else page.rpartition("/")[2])
    if work is None or work.page != f"{page}.html":
        if context.get("body"):
            context["body"] += _PRINTED.format(csl.text(known[citing.BOOK], "apa"))
        return
    if tree is None:
        return
    text = csl.text(work, "apa")
    inside = [record for record in results.register_of(app.env).values()
              if "reason" not in record and record["chapter"] == page]  # fmt: skip
    offer = render(
        "cite.html", work=work, text=text, root="../" * page.count("/"), marks=citing.marks(inside)
    )
    before, title, after = context["body"].partition("</h1>")
    context["body"] = f"{before}{title}\n{offer}{after}{_PRINTED.format(text)}"
    if work.kind == "chapter":
        context["body"] += str(page_head.coins(work))
    if work.url:
        context["pageurl"] = work.url
    runs = page in vars(app.env).get("listening_state_inputs", {})
    items = [f"{page}{ending}" for ending in TAKE_AWAY if runs]
    context["metatags"] = context.get("metatags", "") + _head(
        work,
        parts=_parts(work, app),
        items=[*items, *_EXTRA_ITEMS.get(page, ())],
        about=short(_opening(tree), work),
    )


def _head(work: Work, *, parts: list[Work], items: list[str], about: str) -> str:
    described = [f"cite/{work.id}{ending}" for ending in (".csl.json", ".bib", ".ris")]
    described += _EXTRA_RECORDS.get(work.page.removesuffix(".html"), ())
    # As text: a safe string would escape the tags that Sphinx holds as text.
    return str(
        page_head.as_script(page_head.linked_data(work, parts=parts))
        + page_links.described(about)
        + (page_links.scholarly(work.of) if work.kind == "book" else "")
        + page_links.signposts(work, described=described, items=items)
        + page_links.preview(work, description=about, picture=chapter_card(work))
    )


def _opening(tree: nodes.document) -> str:
    """The answer with which a chapter opens, else its first paragraph."""
    answers = [node for node in tree.findall(nodes.admonition) if "ls-answer" in node["classes"]]
    first = next((answers[0] if answers else tree).findall(nodes.paragraph), None)
    return "" if first is None else " ".join(first.astext().split())


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
