"""Writes into the site what stands beside its pages: results, data, figures, citations, records."""

from __future__ import annotations

import base64
import html
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

from helpers.book import cards, results
from helpers.book.cite_pages import chapter_card, works_of
from helpers.book.citing import citation_files
from helpers.book.dataset import dataset_files
from helpers.book.exhibit_pages import listed_sources, shown
from helpers.book.registry import tombstones
from helpers.book.rendering import write
from helpers.book.ro_crate import NAME as CRATE
from helpers.book.ro_crate import ro_crate
from helpers.report import citation
from helpers.report.citation import Book, Work


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the event; Sphinx calls it."""
    app.connect("build-finished", _write)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}


def _write(app: Sphinx, failure: Exception | None) -> None:
    if failure is not None or app.builder.name not in ("html", "dirhtml"):
        return
    write(app, "site", lambda: _files(app))


def _files(app: Sphinx) -> dict[str, bytes]:
    top, of, register = Path(app.outdir), citation.book(), results.register_of(app.env)
    document = results.document(register)
    works = works_of(app)
    data = dataset_files(of)
    exhibits = results.entries_of(document, "figures", "tables")
    opened = vars(app.env).get("listening_state_inputs", {})
    files = {
        "results.json": results.dumps(document).encode(),
        **{f"data/{name}": body for name, body in data.items()},
        **_exhibits(app),
        **_cards(works, shown(app.env)),
        CRATE: ro_crate(
            of, works, [entry for entry in exhibits.values() if "reason" not in entry],
            opened=opened, listed=listed_sources(of),
            held=lambda path: _held(path, data),
        ),
        **_for_crawlers(top, of),
        **citation_files(works, register),
    }  # fmt: skip
    pages = {work.page for work in works.values()} | {
        f"{s.page}.html" for s in tombstones().values()
    }
    # Where jupyter-book itself builds into a folder again and again.
    for path in (top / "figures").glob("*"):
        if f"figures/{path.name}" not in {*files, *pages}:
            path.unlink()
    return files


def _exhibits(app: Sphinx) -> dict[str, bytes]:
    return {
        f"figures/{name}": body
        for record in shown(app.env)
        for name, body in results.contents(record).items()
    }


def _cards(works: Mapping[str, Work], records: Iterable[Mapping[str, Any]]) -> dict[str, bytes]:
    """A card a chapter, with that of its figures which can be read at this size; and one of the book."""
    pictures: dict[str, list[bytes]] = {}
    for record in records:
        if record["kind"] == "figure":
            drawn = base64.b64decode(record["files"]["-140mm.png"])
            pictures.setdefault(f"{record['chapter']}.html", []).append(drawn)
    return {
        str(chapter_card(work)["address"]): cards.card(
            work.title, mark=work.mark or "", name=work.of.title,
            picture=max(pictures.get(work.page, []), key=cards.legible, default=None),
        )
        for work in works.values()
        if work.kind in ("book", "chapter")
    }  # fmt: skip


def _held(path: str, data: Mapping[str, bytes]) -> str | None:
    """Where the site has a file of the project's data."""
    name = path.rpartition("/")[2]
    return f"data/{name}" if path.startswith("data/") and name in data else None


def _for_crawlers(top: Path, of: Book) -> dict[str, bytes]:
    """``sitemap.xml`` and ``robots.txt``; neither without a public address, which both must name."""
    if not of.url:
        return {}
    base = of.url.rstrip("/")
    gone = {f"{stone.page}.html" for stone in tombstones().values()}
    pages = sorted(path.relative_to(top).as_posix() for path in top.rglob("*.html"))
    addresses = [
        html.escape(f"{base}/{page.removesuffix('index.html')}")
        for page in pages
        if page not in {"search.html", *gone} and not page.startswith("_static/")
    ]
    listed = "".join(
        f"<url><loc>{address}</loc><lastmod>{of.date}</lastmod></url>\n" for address in addresses
    )
    sitemap = (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{listed}</urlset>\n'
    )
    robots = f"User-agent: *\nAllow: /\nSitemap: {base}/sitemap.xml\n"
    return {"sitemap.xml": sitemap.encode(), "robots.txt": robots.encode()}
