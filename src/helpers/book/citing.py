"""Everything in the book that can be cited, and the files that its pages offer for it."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from helpers.book.chapters import pages
from helpers.data import tables
from helpers.data.filters import unknown
from helpers.data.published import sources
from helpers.errors import PublicationError
from helpers.evidence import Evidence
from helpers.paths import project_root, published
from helpers.report import csl, reference_files
from helpers.report.citation import Book, Work, book, standing
from helpers.report.words import evidence_mark

BOOK, DATA_SET = "book", "data-set"
"""Ids of the two works that are neither pages nor registered."""


def works(records: Iterable[Mapping[str, Any]]) -> dict[str, Work]:
    """The book, its data set, each chapter and all that is registered, by id.

    Parameters
    ----------
    records : the register, or the entries of ``results.json``; what is not available is left out,
        since nothing is there to cite.
    """
    of = book()
    shown = [record for record in records if "reason" not in record]
    prose = {page: _text(page) for page in pages()}
    found = [_book(of, shown), _data_set(of)]
    found += [_chapter(page, text, of, shown) for page, text in prose.items() if "/" in page]
    found += [_exhibit(record, of) for record in shown if "title" in record]
    found += [_number(record, of, prose) for record in shown if "title" not in record]
    return {work.id: work for work in found}


def cite(name: str, style: str, *, site: bool = True) -> str:
    """The citation of a work in a style, from the site that stands or else the frozen results.

    Raises
    ------
    PublicationError
        There is no such work or style, or no results at all.
    """
    known = works(entries(site=site))
    if name not in known:
        raise PublicationError(unknown("id", name, list(known)))
    return reference_files.cited(known[name], style)


def entries(*, site: bool = True) -> list[dict[str, Any]]:
    """The entries of ``results.json``: of the site where it is built, else the frozen ones."""
    root = project_root()
    places = [*([root / "_build" / "html" / "results.json"] if site else []), root / "results.json"]
    for path in places:
        if path.is_file():
            document = json.loads(path.read_text(encoding="utf-8"))
            return [entry for name in ("facts", "figures", "tables") for entry in document[name]]
    raise PublicationError("there are no results; expected results.json. Run `make book`.")


def citation_files(
    known: Mapping[str, Work], records: Mapping[str, Mapping[str, Any]] | None = None
) -> dict[str, bytes]:
    """Files for programs that keep references, and the scripts from which pages copy citations.

    Parameters
    ----------
    records : the register, whose figures and tables bring their citations with them.
    """
    found: dict[str, bytes] = {}
    for work in known.values():
        for ending, body in reference_files.files(work).items():
            found[f"{address(work)}{ending}"] = body
        if work.kind != "number":
            record = (records or {}).get(work.id)
            found[f"cite/{work.id}.js"] = script(work.id, citations(work, record))
    found["cite/numbers.js"] = script("numbers", _numbers(known))
    return found


def address(work: Work) -> str:
    """Where the files of a work stand in the site, without their endings."""
    folder = {"figure": "figures", "table": "figures", "number": "numbers"}.get(work.kind, "cite")
    return f"{folder}/{work.id}"


def citations(work: Work, record: Mapping[str, Any] | None = None) -> list[list[str]]:
    """Pairs of a style's name and the citation in it, in every style.

    Parameters
    ----------
    record : of a figure or table, whose JSON holds what the styles made of it already.
    """
    ready = {} if record is None else held(record)["citations"]
    return [
        [reference_files.style_name(style), ready.get(style) or reference_files.cited(work, style)]
        for style in reference_files.STYLES
    ]


def held(record: Mapping[str, Any]) -> dict[str, Any]:
    """What the JSON file of a figure or table holds."""
    found: dict[str, Any] = json.loads(base64.b64decode(record["files"][".json"]))
    return found


def _numbers(known: Mapping[str, Work]) -> dict[str, Any]:
    """What a page needs to cite any number: the words around all of them, and those of each."""
    numbers = [work for work in known.values() if work.kind == "number"]
    if not numbers:
        return {"entry": "", "tails": [], "numbers": {}}
    of = numbers[0].of
    entry = csl.number_template(of, "apa")
    tokens = replace(numbers[0], id=csl.ID, page=csl.PAGE)
    # What stands after the entry is the same for many: their evidence, sources, version and date.
    tails = [standing(replace(tokens, mark=n.mark, sources=n.sources), said=entry) for n in numbers]
    place = {tail: position for position, tail in enumerate(dict.fromkeys(tails))}
    return {
        "entry": entry, "title": csl.TITLE, "id": csl.ID, "page": csl.PAGE,
        "published": bool(of.url), "tails": list(place),
        "numbers": {
            number.id: [number.title, place[tail], number.page]
            for number, tail in zip(numbers, tails, strict=True)
        },
    }  # fmt: skip


def script(name: str, value: object) -> bytes:
    """A script that leaves its value for the page: unlike a request, it works from a disk, too."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    key = json.dumps(name)
    return f"(window.listeningState = window.listeningState || {{}})[{key}] = {text};\n".encode()


def _book(of: Book, shown: list[Mapping[str, Any]]) -> Work:
    return Work(
        id=BOOK, kind="book", title=of.title, page="index.html", of=of, mark=_marks(shown),
        sources=_sources(shown),
    )  # fmt: skip


def _data_set(of: Book) -> Work:
    descriptor = json.loads((published() / tables.DESCRIPTOR).read_text(encoding="utf-8"))
    return Work(
        id=DATA_SET, kind="data set", title=descriptor["title"], page="chapters/data.html", of=of,
        mark=Evidence.PUBLISHED.mark, sources=tuple(sources()["source_id"]),
    )  # fmt: skip


def _chapter(page: str, text: str, of: Book, shown: list[Mapping[str, Any]]) -> Work:
    heading = re.search(r"^# (.+)$", text, flags=re.MULTILINE)
    if heading is None:
        raise PublicationError(f"{page}.md has no title; expected a line such as “# Title”.")
    inside = [record for record in shown if record["chapter"] == page]
    return Work(
        id=page.rpartition("/")[2], kind="chapter", title=heading[1].strip(), page=f"{page}.html",
        of=of, mark=_marks(inside), sources=_sources(inside),
    )  # fmt: skip


def _exhibit(record: Mapping[str, Any], of: Book) -> Work:
    name = record["id"]
    return Work(
        id=name, kind="table" if name.startswith("tbl-") else "figure", title=record["title"],
        page=f"figures/{name}.html", of=of, mark=_mark(record), sources=tuple(record["sources"]),
    )  # fmt: skip


def _number(record: Mapping[str, Any], of: Book, prose: Mapping[str, str]) -> Work:
    title = f"{record['id'].replace('-', ' ')}: {record['text']}"
    if record["ci_text"]:
        title += f" (95% interval {record['ci_text']})"
    if record["n"]:
        title += f", n = {record['n']:,}"
    return Work(
        id=record["id"], kind="number", title=title, page=_where(record, prose), of=of,
        mark=_mark(record), sources=tuple(record["sources"]),
    )  # fmt: skip


def _where(record: Mapping[str, Any], prose: Mapping[str, str]) -> str:
    """The place in prose that shows the number: in its chapter, or else the first in the book."""
    home = record["chapter"]
    shown = re.compile(rf"\{{fact\}}`{re.escape(record['id'])}(?::\w+)?`")
    for page in (home, *prose):
        if shown.search(prose.get(page, "")):
            return f"{page}.html#number-{record['id']}"
    return f"{home}.html"


def _mark(record: Mapping[str, Any]) -> str:
    if "mark" in record:
        return str(record["mark"])
    kind = Evidence(record["evidence"])
    return evidence_mark(kind, source=";".join(record["sources"]), n=record.get("n"))


def marks(records: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """The kinds of evidence of several results by their marks: without n, which differs."""
    kinds = ((Evidence(record["evidence"]), ";".join(record["sources"])) for record in records)
    return {evidence_mark(kind, source=source, n=None): str(kind) for kind, source in kinds}


def _marks(records: Iterable[Mapping[str, Any]]) -> str | None:
    return "; ".join(marks(records)) or None


def _sources(records: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    return tuple(sorted({key for record in records for key in record["sources"]}))


def _text(page: str) -> str:
    path = project_root() / f"{page}.md"
    return path.read_text(encoding="utf-8") if path.is_file() else ""
