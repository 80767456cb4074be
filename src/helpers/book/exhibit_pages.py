"""The permanent pages: of each figure and table, and of each id that is no longer in the book."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

from helpers.book import page_head, page_links
from helpers.book.cite_pages import chapter_card, short, works_of
from helpers.book.exhibits import numbered, on_its_page, pixels, render
from helpers.book.registry import tombstones
from helpers.book.rendering import Page, collect
from helpers.book.results import register_of
from helpers.data.instrument import SOURCE as INSTRUMENT_SOURCE
from helpers.data.published import sources
from helpers.data.survey import SIMULATED_SOURCE
from helpers.report.citation import LICENCE, Book, Work, book


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the events; Sphinx calls it."""
    app.connect("html-collect-pages", lambda app: collect(app, "exhibits", _exhibit_pages(app)))
    app.connect("html-collect-pages", lambda app: collect(app, "gone", _pages_of_the_gone(app)))
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}


def shown(env: BuildEnvironment) -> list[Mapping[str, Any]]:
    """Figures and tables that are shown; one that could not be made has no page and no files."""
    records = register_of(env).values()
    return [record for record in records if record["kind"] != "fact" and "reason" not in record]


def listed_sources(of: Book) -> dict[str, Mapping[str, Any]]:
    """Title, publisher, address and licence of every source, the book's own among them, by key."""
    known: dict[str, Mapping[str, Any]] = {
        row["source_id"]: row for row in sources().to_dict("records")
    }
    authors = ", ".join(of.authors)
    known[INSTRUMENT_SOURCE] = {
        "title": "The instrument of this book: own drafts, as YAML and as DDI-Codebook",
        "publisher": authors, "url": "../data/codebook.xml", "licence": LICENCE,
    }  # fmt: skip
    known[SIMULATED_SOURCE] = {
        "title": "Simulated respondents of this book, drawn from a written model",
        "publisher": authors, "url": None, "licence": LICENCE,
    }  # fmt: skip
    return known


def _exhibit_pages(app: Sphinx) -> Iterator[Page]:
    """One page a figure and table, at an address that never changes."""
    works = works_of(app)
    known = listed_sources(book())
    for record in shown(app.env):
        work = works[record["id"]]
        listed = [known.get(key) or _readers_file(key) for key in record["sources"]]
        body = on_its_page(
            record, number=numbered(app.env, record), work=work, sources=listed,
            chapter_title=app.env.titles[record["chapter"]].astext(),
        )  # fmt: skip
        context = {
            "title": record["title"], "body": body + page_head.coins(work),
            "metatags": _head(work, record, listed, works),
        }  # fmt: skip
        yield work.page.removesuffix(".html"), context, "page.html"


def _head(
    work: Work, record: Mapping[str, Any], listed: list[Mapping[str, Any]], works: Mapping[str, Work]
) -> str:  # fmt: skip
    place = f"figures/{work.id}"
    if work.kind == "figure":
        width, height = pixels(record["files"]["-140mm.png"])
        picture = {"address": f"{place}-140mm.png", "width": width, "height": height,
                   "alt": record["alt"]}  # fmt: skip
    else:
        picture = chapter_card(works[record["chapter"].rpartition("/")[2]])
    about = short(record["caption"], work)
    described = [f"{place}{ending}" for ending in (".csl.json", ".bib", ".ris")]
    items = [f"{place}{ending}" for ending in record["files"]]
    return str(
        page_head.as_script(page_head.linked_data(work, about=record, sources=listed))
        + page_links.described(about)
        + page_links.signposts(work, described=described, items=items)
        + page_links.preview(work, description=about, picture=picture)
    )


def _readers_file(name: str) -> dict[str, Any]:
    """The entry of a survey file that the reader brought: its name, and nothing else of it."""
    return {"title": name, "publisher": None, "url": None, "licence": "as its owner says"}


def _pages_of_the_gone(app: Sphinx) -> Iterator[Page]:
    """A page for each tombstone, where the figure, table or number was."""
    works = works_of(app)
    for stone in tombstones().values():
        instead = f"../{works[stone.replacement].page}" if stone.replacement else None
        body = render("gone.html", stone=stone, replacement=instead)
        head = '\n<meta name="robots" content="noindex">'
        context = {"title": f"No longer in the book: {stone.title}", "body": body, "metatags": head}
        yield stone.page, context, "page.html"
