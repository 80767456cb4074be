"""What pages say to programs of the works they show: in the words of schema.org, and as COinS."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlencode

from markupsafe import Markup

from helpers.report.citation import KINDS, LICENCE_URL, Book, Work, basis

MANY = 100
"""Sources of one exhibit beyond which its record names them by address alone."""

SCHEMA = {"book": "Book", "chapter": "Chapter", "figure": "ImageObject", "table": "Dataset"}


def linked_data(
    work: Work,
    *,
    about: Mapping[str, Any] | None = None,
    sources: Iterable[Mapping[str, Any]] = (),
    parts: Iterable[Work] = (),
) -> dict[str, Any]:
    """The work in the words of schema.org.

    Parameters
    ----------
    about : record of a figure or table.
    sources : what it rests on: title, publisher and, where known, address.
    parts : works inside this one. Ids are relative to the page, so they hold wherever it stands.
    """
    of = work.of
    record: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": SCHEMA[work.kind],
        "@id": work.url or _relative(work, work.page),
        "name": work.title,
        "author": people(of),
        "version": of.version,
        "datePublished": of.date,
        "license": LICENCE_URL,
        "inLanguage": "en",
    }
    if work.url:
        record["url"] = work.url
    if of.doi and work.kind == "book":
        record["sameAs"] = f"https://doi.org/{of.doi}"
    if work.kind != "book":
        whole = {"@type": "Book", "@id": of.url or _relative(work, "index.html"), "name": of.title}
        record["isPartOf"] = [whole, *([_chapter(work, about)] if about else [])]
    inside = [{"@type": SCHEMA[part.kind], "@id": part.url or _relative(work, part.page),
               "name": part.title} for part in parts]  # fmt: skip
    if inside:
        record["hasPart"] = inside
    if about is not None:
        record |= _exhibit(work, about, sources)
    return record


def as_script(record: Mapping[str, Any]) -> Markup:
    """The record as a block of data for the head of a page; no program of the page runs it."""
    # A closing tag within a string would end the script.
    text = json.dumps(record, ensure_ascii=False, sort_keys=True).replace("</", "<\\/")
    return Markup('\n<script type="application/ld+json">{}</script>').format(Markup(text))  # noqa: S704


def coins(work: Work) -> Markup:
    """The work as a part of a book, for programs that save references from pages (COinS)."""
    fields = [
        ("ctx_ver", "Z39.88-2004"),
        ("rft_val_fmt", "info:ofi/fmt:kev:mtx:book"),
        ("rft.genre", "bookitem"),
        ("rft.atitle", work.title),
        ("rft.btitle", work.of.title),
        *(("rft.au", author) for author in work.of.authors),
        ("rft.date", work.of.date),
        ("rft.edition", f"version {work.of.version}"),
        *([("rft_id", f"info:doi/{work.of.doi}")] if work.of.doi else []),
        *([("rft_id", work.url)] if work.url else []),
    ]
    return Markup('<span class="Z3988" title="{}"></span>').format(urlencode(fields))


def _chapter(work: Work, about: Mapping[str, Any]) -> dict[str, Any]:
    page = f"{about['chapter']}.html"
    url = work.of.url
    address = f"{url.rstrip('/')}/{page}" if url else _relative(work, page)
    return {"@type": "Chapter", "@id": address}


def _exhibit(
    work: Work, about: Mapping[str, Any], sources: Iterable[Mapping[str, Any]]
) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "identifier": work.id,
        "description": about["caption"],
        "creditText": ", ".join(work.of.authors),
        "abstract": f"Evidence: {work.mark}. {basis(work)}".strip(),
        "isBasedOn": _based_on([*sources]),
    }
    files = [_file(work, ending, about["data_hash"]) for ending in (".csv", ".json")]
    if work.kind == "table":
        return fields | {"distribution": files}
    data = {"@type": "Dataset", "@id": f"{work.id}.csv", "name": f"Data of {work.title}", "license": LICENCE_URL,
            "description": about["caption"], "creator": people(work.of),
            "distribution": files}  # fmt: skip
    return fields | {
        "caption": about["caption"],
        "contentUrl": f"{work.id}.svg",
        "encodingFormat": "image/svg+xml",
        "isBasedOn": [data, *fields["isBasedOn"]],
    }


def _file(work: Work, ending: str, digest: str) -> dict[str, Any]:
    form = {".csv": "text/csv", ".json": "application/json"}[ending]
    return {
        "@type": "DataDownload",
        "contentUrl": f"{work.id}{ending}",
        "encodingFormat": form,
        "name": f"{KINDS[work.kind]} {work.id}, SHA-256 of its rows {digest}",
    }


def _based_on(sources: list[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The sources; of very many the addresses alone, where they have one: pages stay light."""
    found = []
    for source in sources:
        fields = {"@type": "CreativeWork", "url": source["url"]}
        if len(sources) <= MANY or not isinstance(source["url"], str):
            fields |= {"name": source["title"], "publisher": source["publisher"]}
        found.append({key: value for key, value in fields.items() if isinstance(value, str)})
    return found


def people(of: Book) -> list[dict[str, str]]:
    """The authors in the words of schema.org."""
    return [
        {
            "@type": "Person" if author.given else "Organization", "name": str(author),
            **({"@id": author.address} if author.address else {}),
        }
        for author in of.people
    ]  # fmt: skip


def _relative(work: Work, page: str) -> str:
    """The address of a page of the site as the page of ``work`` would link to it."""
    return "../" * work.page.count("/") + page
