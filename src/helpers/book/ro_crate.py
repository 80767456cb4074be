"""The site, or a release of it, as a research object: each figure points to its code, data and sources."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from helpers.book.page_head import SCHEMA, people
from helpers.book.page_links import media_type
from helpers.report.citation import LICENCE_URL, Book, Work

NAME = "ro-crate-metadata.json"
_LANGUAGE = "https://www.python.org/"


def ro_crate(
    of: Book,
    works: Mapping[str, Work],
    records: Iterable[Mapping[str, Any]],
    *,
    opened: Mapping[str, Iterable[str]],
    listed: Mapping[str, Mapping[str, Any]],
    held: Callable[[str], str | None],
) -> bytes:
    """The crate's description: RO-Crate 1.1.

    Parameters
    ----------
    records : figures and tables of ``results.json``.
    opened : paths that each chapter opened when it ran, relative to the project.
    listed : the sources by key: title, publisher and, where known, address.
    held : where a file of the project lies in the crate; None where it is not in it.
    """
    graph: dict[str, dict[str, Any]] = {}

    def put(entity: dict[str, Any]) -> dict[str, str]:
        graph.setdefault(entity["@id"], entity)
        return {"@id": entity["@id"]}

    authors = [put({"@id": f"#author-{place}", **who}) for place, who in enumerate(people(of), 1)]
    python = put({"@id": _LANGUAGE, "@type": "ComputerLanguage", "name": "Python"})
    for record in records:
        work, chapter = works[record["id"]], works[record["chapter"].rpartition("/")[2]]
        code = put(
            {
                "@id": f"{record['chapter']}.py", "@type": ["File", "SoftwareSourceCode"],
                "name": f"The cells of: {chapter.title}", "programmingLanguage": python,
                "encodingFormat": media_type(".py"),
            }
        )  # fmt: skip
        read = {path: held(path) for path in opened[record["chapter"]] if path.startswith("data/")}
        data = [
            put({"@id": place, "@type": "File", "name": path, "encodingFormat": media_type(place)})
            for path, place in read.items()
            if place
        ]
        if not all(read.values()) or not read:
            # Data that is not a file of its own here goes along in the zip of the chapter.
            data.append(
                put(
                    {
                        "@id": f"{record['chapter']}.zip", "@type": "File",
                        "name": f"With all its data: {chapter.title}",
                        "encodingFormat": media_type(".zip"),
                    }
                )
            )  # fmt: skip
        sources = [put(_source(key, listed.get(key))) for key in record["sources"]]
        page = {"@id": work.page}
        files = [
            put(_file(f"figures/{name}", digest) | {"name": name, "encodesCreativeWork": page})
            for name, digest in record["files"].items()
        ]
        put(
            {
                **page, "@type": ["File", SCHEMA[work.kind]], "name": work.title,
                "identifier": work.id, "version": of.version, "author": authors,
                "license": {"@id": LICENCE_URL}, "encodingFormat": "text/html",
                "encoding": files, "isBasedOn": [code, *data, *sources],
            }
        )  # fmt: skip
        put(
            {
                "@id": f"#made-{work.id}", "@type": "CreateAction", "name": f"Made: {work.title}",
                "instrument": code, "object": data, "result": files, "agent": authors,
            }
        )  # fmt: skip
    parts = [{"@id": key} for key, entity in graph.items() if "File" in entity["@type"]]
    actions = [{"@id": key} for key in graph if key.startswith("#made-")]
    root = {
        "@id": "./", "@type": "Dataset", "name": of.title, "version": of.version,
        "description": "Every figure and table of the book, with the code and data that made it"
        " and the sources on which it rests.",
        "datePublished": of.date, "license": {"@id": LICENCE_URL}, "author": authors,
        "hasPart": parts, "mentions": actions,
        **({"url": of.url} if of.url else {}),
        **({"identifier": f"https://doi.org/{of.doi}"} if of.doi else {}),
    }  # fmt: skip
    licence = {"@id": LICENCE_URL, "@type": "CreativeWork", "name": "CC BY 4.0"}
    described = {
        "@id": NAME, "@type": "CreativeWork", "about": {"@id": "./"},
        "conformsTo": {"@id": "https://w3id.org/ro/crate/1.1"},
    }  # fmt: skip
    document = {
        "@context": "https://w3id.org/ro/crate/1.1/context",
        "@graph": [described, root, licence, *graph.values()],
    }
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


def _file(name: str, digest: str) -> dict[str, Any]:
    kinds = ["File", *(["ImageObject"] if name.endswith((".svg", ".png")) else [])]
    return {"@id": name, "@type": kinds, "encodingFormat": media_type(name), "sha256": digest}


def _source(key: str, known: Mapping[str, Any] | None) -> dict[str, Any]:
    entity: dict[str, Any] = {"@id": f"#source-{key}", "@type": "CreativeWork", "identifier": key}
    found = {
        "name": (known or {}).get("title", key),
        "publisher": (known or {}).get("publisher"),
        "url": (known or {}).get("url"),
    }
    return entity | {field: value for field, value in found.items() if isinstance(value, str)}
