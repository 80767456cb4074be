"""What the head of a page tells programs that follow links: previews, signposts, the scholarly record."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from markupsafe import Markup

from helpers.book.page_head import SCHEMA
from helpers.report.citation import LICENCE_URL, Book, Work

TYPES = {
    ".svg": "image/svg+xml", ".pdf": "application/pdf", ".png": "image/png", ".csv": "text/csv",
    ".json": "application/json", ".bib": "application/x-bibtex", ".zip": "application/zip",
    ".ris": "application/x-research-info-systems", ".py": "text/x-python",
    ".csl.json": "application/vnd.citationstyles.csl+json",
    ".ipynb": "application/x-ipynb+json", ".jsonld": "application/ld+json", ".xml": "application/xml", ".yml": "application/yaml",
    ".md": "text/markdown",
    "ro-crate-metadata.json": "application/ld+json",
}  # fmt: skip
"""Media types by the ending of a name; the longest that fits."""


def media_type(name: str) -> str:
    """The media type of a file of the site."""
    return TYPES[max((ending for ending in TYPES if name.endswith(ending)), key=len)]


def preview(work: Work, *, description: str, picture: Mapping[str, Any]) -> Markup:
    """What links to the page show elsewhere; nothing without a public address.

    Parameters
    ----------
    picture : its address within the site, width, height and alternative text.
    """
    if not work.url or not work.of.url:
        return Markup()
    image = f"{work.of.url.rstrip('/')}/{picture['address']}"
    shown = {
        "og:type": "book" if work.kind == "book" else "article",
        "og:title": work.title,
        "og:site_name": work.of.title,
        "og:url": work.url,
        "og:description": description,
        "og:image": image,
        "og:image:type": "image/png",
        "og:image:width": picture["width"],
        "og:image:height": picture["height"],
        "og:image:alt": picture["alt"],
    }
    tags = [Markup('<meta property="{}" content="{}">').format(*pair) for pair in shown.items()]
    return _lines([*tags, Markup('<meta name="twitter:card" content="summary_large_image">')])


def described(words: str) -> Markup:
    """The description that search engines show."""
    return Markup('\n<meta name="description" content="{}">').format(words)


def scholarly(of: Book) -> Markup:
    """The book in Highwire's tags, for its first page only: on each chapter it were a work of its own."""
    shown = [
        ("citation_title", of.title),
        *(("citation_author", author) for author in of.authors),
        ("citation_publication_date", of.date.replace("-", "/")),
        ("citation_language", "en"),
        *([("citation_doi", of.doi)] if of.doi else []),
        *([("citation_public_url", of.url)] if of.url else []),
    ]
    return _lines(Markup('<meta name="{}" content="{}">').format(*pair) for pair in shown)


def signposts(work: Work, *, described: Iterable[str], items: Iterable[str]) -> Markup:
    """Typed links as FAIR Signposting has them; addresses are relative, so they hold everywhere.

    Parameters
    ----------
    described, items : addresses within the site of what describes the work, and of its files.
    """
    of, root = work.of, "../" * work.page.count("/")
    persistent = f"https://doi.org/{of.doi}" if of.doi and work.kind == "book" else work.url
    links = [
        *([_link("cite-as", persistent)] if persistent else []),
        *(_link("author", author.address) for author in of.people if author.address),
        _link("license", LICENCE_URL),
        _link("type", f"https://schema.org/{SCHEMA[work.kind]}"),
        *(_link("describedby", f"{root}{name}", media_type(name)) for name in described),
        *(_link("item", f"{root}{name}", media_type(name)) for name in items),
        *([_link("collection", f"{root}index.html", "text/html")] if work.kind != "book" else []),
    ]
    return _lines(links)


def _link(rel: str, address: str, media: str | None = None) -> Markup:
    kind = Markup(' type="{}"').format(media) if media else ""
    return Markup('<link rel="{}" href="{}"{}>').format(rel, address, kind)


def _lines(tags: Iterable[Markup]) -> Markup:
    return Markup("").join(Markup("\n") + tag for tag in tags)
