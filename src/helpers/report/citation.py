"""What there is to cite: the book, as ``CITATION.cff`` describes it, and each of its parts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import yaml

from helpers.data.published import sources
from helpers.errors import PublicationError
from helpers.paths import project_root

LICENCE = "CC BY 4.0"
LICENCE_URL = "https://creativecommons.org/licenses/by/4.0/"

KINDS = {
    "book": "Book", "chapter": "Chapter", "data set": "Data set", "figure": "Figure",
    "table": "Table", "number": "Number",
}  # fmt: skip
"""What can be cited, and the word for each."""

OWN = {
    "simulated-respondents": "simulated respondents, drawn from a written model",
    "instrument": "the instrument, this project's own drafts",
}
"""What the book itself gives as a source, in words, by key.

The keys stand in `helpers.data.survey` and `helpers.data.instrument`, which are not loaded here: a
chapter that loads the survey is one that rests on it.
"""

NAMED = 2
"""So many sources are named in a citation; of more, their number."""


@dataclass(frozen=True, slots=True)
class Author:
    """A person, or a group, whose name is one and has no ``given``; ``address`` is an ORCID iD or page."""

    family: str
    given: str = ""
    address: str | None = None

    def __str__(self) -> str:
        return f"{self.given} {self.family}".strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """The book as a work to cite; ``url`` and ``doi`` are None where not known yet."""

    title: str
    people: tuple[Author, ...]
    version: str
    date: str
    url: str | None
    doi: str | None

    @property
    def authors(self) -> tuple[str, ...]:
        """The names of the authors as they are read."""
        return tuple(map(str, self.people))


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """The book or a part of it, with what must travel with every citation of it.

    Attributes
    ----------
    id : its name in the register, or of its page.
    kind : a key of `KINDS`.
    title : as a list of references prints it.
    page : its address within the site, such as ``figures/fig-a-b.html``.
    mark : the evidence mark; None for a work that shows no result.
    sources : keys of what it rests on.
    """

    id: str
    kind: str
    title: str
    page: str
    of: Book
    mark: str | None = None
    sources: tuple[str, ...] = ()

    @property
    def url(self) -> str | None:
        """The public address; None as long as the book has none."""
        if not self.of.url:
            return None
        return f"{self.of.url.rstrip('/')}/{'' if self.kind == 'book' else self.page}"

    @property
    def registered(self) -> bool:
        """Whether the id stands in the register of results, and so in every citation."""
        return self.kind in ("figure", "table", "number")


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
        people=tuple(_author(author) for author in facts["authors"]),
        version=str(facts["version"]),
        date=str(facts["date-released"]),
        url=facts.get("url"),
        doi=facts.get("doi"),
    )


def standing(work: Work, *, said: str = "") -> str:
    """Version, date, id, evidence, sources and address, but for what is ``said`` already."""
    of = work.of
    parts = [
        ("" if of.version in said else f"Version {of.version}"),
        ("" if of.date in said else f"Dated {of.date}"),
        (f"Id {work.id}" if work.registered and work.id not in said else ""),
        (f"Evidence: {work.mark}" if work.mark else ""),
        basis(work),
        (work.url if work.url and work.url not in said else ""),
    ]
    return " ".join(f"{part}." for part in parts if part)


def basis(work: Work) -> str:
    """What the work rests on, in a few words; empty where it names no source."""
    if len(work.sources) > NAMED:
        return f"Rests on {len(work.sources)} sources"
    named = [source_text(key, work.of) for key in work.sources]
    return f"Rests on: {'; '.join(named)}" if named else ""


def source_text(key: str, of: Book) -> str:
    """A source by its title and publisher; a reader's own file by its name."""
    if key in OWN:
        return f"{OWN[key]} ({', '.join(of.authors)})"
    known = _sources(str(project_root())).get(key)
    if known is None:
        return key
    publisher = known["publisher"]
    title = str(known["title"]).rstrip(".")
    return f"{title} ({publisher})" if isinstance(publisher, str) else title


@cache
def _sources(_root: str) -> dict[str, dict[str, Any]]:
    """The list of sources by key, read once for each project."""
    return {row["source_id"]: row for row in sources().to_dict("records")}


def _author(said: Mapping[str, str]) -> Author:
    address = said.get("orcid") or said.get("website")
    if "name" in said:
        return Author(said["name"], address=address)
    return Author(said["family-names"], said["given-names"], address)
