"""The index of the search page: a script of its own, which a page opened from a disk can load, too."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, NamedTuple

from sphinx.application import Sphinx

from helpers.book import rendering

INDEX = "search-index.js"

LEFT_OUT = {"script", "style", "summary", "nav", "form", "pre", "button", "thead", "caption"}
LEFT_OUT_CLASSES = {
    "ls-code", "ls-cite", "ls-cite-printed", "ls-files", "ls-base", "ls-citations", "ls-mark",
    "headerlink", "caption-number", "ls-head", "ls-provenance", "ls-gallery", "ls-helpers",
}  # fmt: skip
"""What is no text of a page, or stands on another page as well."""

LEFT_OUT_SECTIONS = {"Files", "Cite", "In words", "Data", "Who was asked, when and how", "Sources",
                     "Provenance", "The call that made it", "Changed since the last frozen results",
                     "Attributes", "Parameters", "Returns", "Raises", "Notes"}  # fmt: skip
"""Sections of the page of a figure or table, or of what a helper says of itself, that search leaves out."""

VOID = {"img", "br", "hr", "source", "input", "meta", "link", "wbr", "col"}
SECTION_HEADS = {"h2", "h3"}
HEADS = {"h1", "h2", "h3", "h4", "figcaption"}
BREAKS = {"p", "li", "td", "th", "dt", "dd", "div", "tr", "figcaption", "h1", "h2", "h3", "h4"}


_OPENED = "(window.listeningState = window.listeningState || {}).index = [\n"
_BETWEEN, _CLOSED = ",\n", "\n];\n"


class Entry(NamedTuple):
    """A section of a page, or a figure or table: what search finds, and where it leads."""

    address: str
    title: str
    heading: str
    text: str
    cells: str
    """The words of its tables, each once."""

    marks: str = ""
    """What evidence its numbers rest on."""


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the events; Sphinx calls it."""
    app.connect("html-collect-pages", lambda _: [("search", {"title": "Search"}, "search.html")])
    app.connect("build-finished", _write)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}


def _write(app: Sphinx, failure: Exception | None) -> None:
    if failure is None and app.builder.name == "html":
        top, same = Path(app.outdir), rendering.taken(app)
        before = Path(app.config.listening_state_site) / INDEX
        known = (
            known_entries(before.read_text(encoding="utf-8")) if same and before.is_file() else {}
        )
        text = index(top, {page: known[page] for page in same & known.keys()})
        (top / INDEX).write_text(text, encoding="utf-8")


def index(site: Path, known: Mapping[str, list[Entry]] | None = None) -> str:
    """The script that holds what every page of the site says, in a stable order.

    Parameters
    ----------
    known : what the index says already of pages that need not be read again, by their addresses.
    """
    held = known or {}
    pages = [path.relative_to(site).as_posix() for path in sorted(site.rglob("*.html"))]
    read = {
        page: entries(page, (site / page).read_text(encoding="utf-8"))
        for page in pages
        if page not in held and page != "search.html"
    }
    titles = titles_of(entry for found in {**held, **read}.values() for entry in found)
    lines = [
        json.dumps(entry, ensure_ascii=False, separators=(",", ":"))
        for page in pages
        for entry in held.get(page) or titled(read.get(page, []), titles)
    ]
    return f"{_OPENED}{_BETWEEN.join(lines)}{_CLOSED}"


def known_entries(index: str) -> dict[str, list[Entry]]:
    """What an index says, by the page that each entry leads to."""
    found: dict[str, list[Entry]] = {}
    for line in index.removeprefix(_OPENED).removesuffix(_CLOSED).split(_BETWEEN):
        entry = Entry(*json.loads(line))
        found.setdefault(entry.address.partition("#")[0], []).append(entry)
    return found


def titles_of(found: Iterable[Entry]) -> dict[str, str]:
    """The title of each figure and table, by the address of the page of its own."""
    return {entry.address: entry.title for entry in found if entry.address.startswith("figures/")}


def titled(found: Iterable[Entry], titles: Mapping[str, str]) -> Iterator[Entry]:
    """Figures and tables of chapters by their titles, which stand on the pages of their own."""
    for entry in found:
        title = titles.get(f"figures/{entry.address.partition('#')[2]}.html")
        yield (
            entry._replace(heading=title, text=f"{entry.heading} {entry.text}".strip())
            if title
            else entry
        )


def entries(address: str, page: str) -> list[Entry]:
    """What a page says: an entry a section, and one a figure or table that stands in it."""
    reader = _Reader(one=not address.startswith(("chapters/", "index.")))
    _, _, article = page.partition("<article")
    reader.feed(f"<article{article.partition('</article>')[0]}</article>")
    reader.close()
    if not reader.blocks:
        return []
    title = reader.blocks[0].heading
    return [
        Entry(
            address if block.anchor is None or block.heading == title else f"{address}#{block.anchor}",
            title, block.heading, block.text, block.words, " · ".join(sorted(block.marks - {""})),
        )
        for block in reader.blocks
        if block.text or block.words
    ]  # fmt: skip


class _Block:
    """A section, figure or table while it is read."""

    def __init__(self, anchor: str | None) -> None:
        self.anchor = anchor
        self.said: dict[str, list[str]] = {"heading": [], "text": [], "cells": []}
        self.marks: set[str] = set()

    @property
    def heading(self) -> str:
        return _spaced(self.said["heading"])

    @property
    def text(self) -> str:
        return _spaced(self.said["text"])

    @property
    def words(self) -> str:
        return " ".join(sorted(set(_spaced(self.said["cells"]).split())))


class _Reader(HTMLParser):
    """Sorts the words of an article by the block in which they stand; ``one`` block a page, or many."""

    def __init__(self, *, one: bool) -> None:
        super().__init__()
        self.one = one
        self.blocks: list[_Block] = []
        self.inside: list[_Block] = []
        self.open: list[str] = []
        self.left_out: int | None = None
        self.part = "text"
        self.section = ""
        self.marking = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in VOID:
            return
        named = dict(attrs)
        self.open.append(tag)
        classes = set((named.get("class") or "").split())
        if self.left_out is None and (tag in LEFT_OUT or classes & LEFT_OUT_CLASSES):
            self.left_out = len(self.open)
        if tag in ("section", "figure"):
            if not self.one or not self.blocks:
                self.blocks.append(_Block(named.get("id")))
            self.inside.append(self.blocks[-1])
        if tag == "data" and self.inside and "ls-none" not in classes:
            self.inside[-1].marks.add((named.get("title") or "").rpartition("; ")[2])
        self.marking = "ls-mark" in classes
        if tag in HEADS and self._takes_heading(tag):
            self.part = "heading"
        elif tag == "table":
            self.part = "cells"
        if tag in SECTION_HEADS:
            self.section = ""

    def handle_endtag(self, tag: str) -> None:
        self.marking = False
        if tag not in self.open:
            return
        while self.open and self.open.pop() != tag:
            pass
        if self.left_out is not None and len(self.open) < self.left_out:
            self.left_out = None
        if tag in BREAKS:
            self._say(" ")
        if tag in HEADS or tag == "table":
            self.part = "text"
        if tag in ("section", "figure"):
            self.inside.pop()

    def handle_data(self, data: str) -> None:
        if self.marking and self.inside:
            self.inside[-1].marks.add(data.strip())
        if self.one and not SECTION_HEADS.isdisjoint(self.open):
            self.section += data.strip()
            return
        if self.left_out is None and not (self.one and self.section in LEFT_OUT_SECTIONS):
            self._say(data)

    def _takes_heading(self, tag: str) -> bool:
        return bool(self.inside) and not (self.one and tag != "h1")

    def _say(self, data: str) -> None:
        if self.inside:
            self.inside[-1].said[self.part].append(data)


def _spaced(words: list[str]) -> str:
    return " ".join("".join(words).split())
