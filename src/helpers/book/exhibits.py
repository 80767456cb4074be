"""Figures and tables as HTML: in their chapter, and on the permanent page of each."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from docutils import nodes
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from myst_nb.core.render import MimeData, NbElementRenderer
from sphinx.environment import BuildEnvironment

from helpers.book.changes import changes, frozen_entries
from helpers.book.chapters import Chapter, line_of
from helpers.book.citing import citations, held
from helpers.book.results import document
from helpers.paths import project_root
from helpers.report.citation import Work
from helpers.report.in_words import in_words
from helpers.report.record import MIME

FILES = {
    ".svg": "SVG", ".pdf": "PDF", ".png": "PNG", ".csv": "CSV", ".json": "JSON",
    "-140mm.png": "PNG, 140 mm wide", "-90mm.png": "PNG, 90 mm wide",
}  # fmt: skip
"""What a page calls its files, by what follows the id in their names."""

IN_CHAPTER = (".svg", ".pdf", ".png", ".csv", ".json")
"""Files offered beside an exhibit in its chapter; its own page offers all."""

CSS_PIXELS_PER_POINT = 96 / 72


class FigureExhibit(nodes.Element):
    """A registered figure in the document; Sphinx numbers it as a figure."""


class TableExhibit(nodes.Element):
    """A registered table in the document; Sphinx numbers it as a table."""


KINDS = {"figure": FigureExhibit, "table": TableExhibit}


class RecordRenderer:
    """Turns a record in a cell's output into a node; myst-nb finds it by entry point."""

    mime_priority_overrides = [("*", MIME, 1)]  # noqa: RUF012 the protocol of myst-nb

    @staticmethod
    def handle_mime(
        renderer: NbElementRenderer,
        data: MimeData,
        inline: bool,  # noqa: FBT001 its protocol
    ) -> list[nodes.Element] | None:
        """The node of a figure or table, nothing for a number, None for other outputs."""
        if inline or data.mime_type != MIME:
            return None
        record = data.content
        if record["kind"] == "fact":
            return []
        # Search finds the caption, the alternative text and the cells of a table.
        words = [record["caption"], record["alt"]]
        if record["kind"] == "table":
            words += [str(cell) for row in record["data"]["rows"] for cell in row]
        node = KINDS[record["kind"]](
            "", nodes.caption("", record["title"]), nodes.paragraph("", " ".join(words)),
            exhibit=record["id"], ids=[record["id"]], names=[record["id"]],
        )  # fmt: skip
        renderer.renderer.document.note_explicit_target(node, node)
        return [node]


def in_chapter(record: Mapping[str, Any], *, number: str, root: str) -> Markup:
    """The exhibit as it stands in its chapter. ``root`` leads from the page to the site's top."""
    return render("exhibit.html", record=_view(record, IN_CHAPTER), number=number, root=root)


def on_its_page(
    record: Mapping[str, Any],
    *,
    number: str,
    chapter_title: str,
    sources: list[Mapping[str, Any]],
    work: Work,
) -> Markup:
    """The body of ``figures/<id>.html``."""
    listed = document({record["id"]: record})
    [entry] = [entry for name in ("figures", "tables") for entry in listed[name]]
    return render(
        "page.html", record=_view(record, FILES), number=number, root="../", book=work.of,
        chapter_title=chapter_title, sources=[] if _lists(record, sources) else sources, citations=citations(work, record),
        words=in_words(held(record)["rows"]) if record["kind"] == "figure" else {}, call=call_of(record),
        changes=changes(entry, frozen_entries().get(record["id"])),
    )  # fmt: skip


def _lists(record: Mapping[str, Any], sources: list[Mapping[str, Any]]) -> bool:
    """Whether the table shown links each of its sources itself."""
    cells = (cell for row in record["data"]["rows"] for cell in row)
    linked = {cell[1] for cell in cells if not isinstance(cell, str)}
    addresses = {source["url"] for source in sources if isinstance(source["url"], str)}
    return bool(linked) and addresses <= linked


def numbered(env: BuildEnvironment, record: Mapping[str, Any]) -> str:
    """``Fig. 3`` or ``Table 2``, as cross-references print it."""
    places = env.toc_fignumbers.get(record["chapter"], {}).get(record["kind"], {})
    number = ".".join(map(str, places.get(record["id"], ())))
    return str(env.config.numfig_format[record["kind"]] % number)


def call_of(record: Mapping[str, Any]) -> str:
    """The cell of the chapter that made the exhibit, as it stands there."""
    path = project_root() / f"{record['chapter']}.md"
    return _cells(record["chapter"], path, path.stat().st_mtime_ns).get(record["line"], "")


@cache
def _cells(name: str, path: Path, _modified: int) -> dict[int, str]:
    """The code cells of a chapter by the line on which each starts."""
    notebook = Chapter(name, path).read()
    return {
        line_of(notebook, index): str(cell["source"])
        for index, cell in enumerate(notebook["cells"])
        if cell["cell_type"] == "code"
    }


def size(svg: bytes) -> dict[str, int]:
    """Width and height of a drawing in CSS pixels, so that a page keeps its place while loading."""
    head = svg[: svg.index(b">", svg.index(b"<svg"))]
    tags = dict(re.findall(rb'\b(width|height)="([\d.]+)pt"', head))
    return {
        side: round(float(tags[side.encode()]) * CSS_PIXELS_PER_POINT)
        for side in ("width", "height")
    }


def pixels(png: str) -> tuple[int, int]:
    """Width and height of a PNG in base64, as its head says."""
    head = base64.b64decode(png[:32])
    return int.from_bytes(head[16:20], "big"), int.from_bytes(head[20:24], "big")


def _view(record: Mapping[str, Any], endings: Iterable[str]) -> dict[str, Any]:
    """The record with what only its HTML needs."""
    offered = [(ending, FILES[ending]) for ending in endings if ending in record["files"]]
    view = {**record, "offered": offered}
    if record["kind"] == "figure" and "reason" not in record:
        view["wide"] = size(base64.b64decode(record["files"][".svg"]))
        view["narrow"] = size(base64.b64decode(record["files"]["-narrow.svg"]))
    return view


def render(template: str, **names: object) -> Markup:
    """A template of the book as HTML; every value is escaped."""
    return Markup(_templates().get_template(template).render(**names))  # noqa: S704 autoescaped


@cache
def _templates() -> Environment:
    """The package's own templates; every value is escaped."""
    return Environment(
        loader=PackageLoader("helpers.book"), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, keep_trailing_newline=False,
    )  # fmt: skip
