"""Who made the book and how to cite a part of it, from ``CITATION.cff`` alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from helpers.errors import PublicationError
from helpers.paths import project_root

LICENCE = "CC BY 4.0"
LICENCE_URL = "https://creativecommons.org/licenses/by/4.0/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """The book as a work to cite; ``url`` and ``doi`` are None where not known yet."""

    title: str
    authors: tuple[str, ...]
    version: str
    date: str
    url: str | None
    doi: str | None


def book() -> Book:
    """The book as ``CITATION.cff`` describes it.

    Raises
    ------
    PublicationError
        A field that every citation needs is missing.
    """
    path = project_root() / "CITATION.cff"
    facts = yaml.safe_load(path.read_text(encoding="utf-8"))
    missing = [key for key in ("title", "authors", "version", "date-released") if key not in facts]
    if missing:
        raise PublicationError(f"CITATION.cff lacks {missing}; a citation needs each of them.")
    return Book(
        title=facts["title"],
        authors=tuple(_name(author) for author in facts["authors"]),
        version=str(facts["version"]),
        date=str(facts["date-released"]),
        url=facts.get("url"),
        doi=facts.get("doi"),
    )


def bibtex(record: Mapping[str, Any], of: Book) -> str:
    """A BibTeX entry for a figure or table of the book."""
    from pybtex.database import BibliographyData, Entry, Person  # noqa: PLC0415 build only

    fields = {
        "title": f"{{{record['title']}}}",
        "year": of.date[:4],
        "note": f"{_what(record)} of: {of.title}. {_standing(record, of)}",
    }
    if of.doi:
        fields["doi"] = of.doi
    if of.url:
        fields["url"] = f"{of.url.rstrip('/')}/figures/{record['id']}.html"
    entry = Entry("misc", fields=list(fields.items()))
    # A name in braces is one word to BibTeX: a group of authors has no family name.
    entry.persons["author"] = [Person(last=f"{{{author}}}") for author in of.authors]
    return str(BibliographyData({record["id"]: entry}).to_string("bibtex"))


def ris(record: Mapping[str, Any], of: Book) -> str:
    """A RIS record for a figure or table of the book."""
    import rispy  # noqa: PLC0415 build only

    entry: dict[str, Any] = {
        "type_of_reference": "FIGURE" if record["kind"] == "figure" else "GEN",
        "id": record["id"],
        "title": record["title"],
        "secondary_title": of.title,
        "authors": list(of.authors),
        "year": of.date[:4],
        "date": of.date.replace("-", "/"),
        "edition": f"version {of.version}",
        "notes": [_standing(record, of)],
    }
    if of.doi:
        entry["doi"] = of.doi
    if of.url:
        entry["urls"] = [f"{of.url.rstrip('/')}/figures/{record['id']}.html"]
    return str(rispy.dumps([entry]))


def plain(record: Mapping[str, Any], of: Book) -> str:
    """One sentence to stand beside a copy of a figure or table."""
    return (
        f"{', '.join(of.authors)} ({of.date[:4]}). {record['title']}. {_what(record)}"
        f" {record['id']} in: {of.title}. {_standing(record, of)}"
    )


def _standing(record: Mapping[str, Any], of: Book) -> str:
    """Version, date, evidence and licence: what must travel with every copy."""
    return f"Version {of.version}, {of.date}. Evidence: {record['mark']}. {LICENCE}."


def _what(record: Mapping[str, Any]) -> str:
    return {"figure": "Figure", "table": "Table"}[record["kind"]]


def _name(author: Mapping[str, str]) -> str:
    return author.get("name") or f"{author['given-names']} {author['family-names']}"
