"""Citations for programs that keep references: BibTeX, RIS and CSL-JSON, each by its library."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from helpers.errors import PublicationError
from helpers.report import csl
from helpers.report.citation import KINDS, Work, source_text, standing

_BIBTEX = {"book": "book", "chapter": "incollection"}
_RIS = {
    "book": "BOOK", "chapter": "CHAP", "data set": "DATA", "figure": "FIGURE", "table": "FIGURE",
    "number": "GEN",
}  # fmt: skip


@cache
def bibtex(work: Work) -> str:
    """A BibTeX entry. What must be seen is in ``note``; ``annote``, never printed, has all sources."""
    from pybtex.database import BibliographyData, Entry, Person  # noqa: PLC0415 build only

    # By its module: looking the writer up among all installed packages takes longer than writing.
    from pybtex.database.output.bibtex import Writer  # noqa: PLC0415

    of = work.of
    fields = {"title": f"{{{work.title}}}", "year": of.date[:4], "version": of.version}
    if work.kind == "chapter":
        fields["booktitle"] = of.title
    part = f"{KINDS[work.kind]} of: {of.title}. " if work.kind not in _BIBTEX else ""
    fields["note"] = part + standing(work, said=f"{work.url}")
    if work.sources:
        fields["annote"] = _rests_on(work)
    if of.doi:
        fields["doi"] = of.doi
    if work.url:
        fields["url"] = work.url
    entry = Entry(_BIBTEX.get(work.kind, "misc"), fields=list(fields.items()))
    # A name in braces is one word to BibTeX: a group of authors has no family name.
    entry.persons["author"] = [
        Person(first=author.given, last=author.family)
        if author.given
        else Person(last=f"{{{author.family}}}")
        for author in of.people
    ]
    return str(Writer().to_string(BibliographyData({work.id: entry})))


def ris(work: Work) -> str:
    """A RIS record; the first note is what must be seen, the second has all sources."""
    import rispy  # noqa: PLC0415 build only

    class Record(rispy.RisWriter):  # type: ignore[misc]
        def set_header(self, count: int) -> str:  # noqa: ARG002
            """Nothing before the record: its number in a list is no part of the format."""
            return ""

    of = work.of
    entry: dict[str, Any] = {
        "type_of_reference": _RIS[work.kind],
        "id": work.id,
        "title": work.title,
        "authors": [", ".join(filter(None, (a.family, a.given))) for a in of.people],
        "year": of.date[:4],
        "date": of.date.replace("-", "/"),
        "edition": f"version {of.version}",
        "notes": [standing(work, said=f"{work.url}"), *([_rests_on(work)] if work.sources else [])],
    }
    if work.kind != "book":
        entry["secondary_title"] = of.title
    if of.doi:
        entry["doi"] = of.doi
    if work.url:
        entry["urls"] = [work.url]
    return str(rispy.dumps([entry], implementation=Record)).lstrip()


def csl_json(work: Work) -> str:
    """The work as CSL-JSON, a list of one; ``note`` is what must be seen, ``annote`` all sources."""
    fields = csl.item(work) | {"note": standing(work, said=f"{work.url}")}
    if work.sources:
        fields["annote"] = _rests_on(work)
    return json.dumps([fields], ensure_ascii=False, indent=1, sort_keys=True) + "\n"


FORMATS: Mapping[str, tuple[str, str, Callable[[Work], str]]] = {
    "bibtex": ("BibTeX", ".bib", bibtex),
    "ris": ("RIS", ".ris", ris),
    "csl-json": ("CSL-JSON", ".csl.json", csl_json),
}
"""Name for readers, ending of the file, and maker, by the word that selects it."""

STYLES = (*csl.STYLES, *FORMATS)
"""Every way in which a work can be cited."""


def cited(work: Work, style: str) -> str:
    """The work cited in any of `STYLES`.

    Raises
    ------
    PublicationError
        There is no such style.
    """
    if style in FORMATS:
        return FORMATS[style][2](work)
    if style not in csl.STYLES:
        raise PublicationError(
            f"there is no such style; got {style!r}; expected one of {', '.join(STYLES)}."
        )
    return (csl.number_text if work.kind == "number" else csl.text)(work, style)


def style_name(style: str) -> str:
    """The name of a style for readers."""
    return (FORMATS.get(style) or csl.STYLES[style])[0]


def files(work: Work) -> dict[str, bytes]:
    """The files of a work for programs, by what follows its id."""
    return {ending: make(work).encode() for _, ending, make in FORMATS.values()}


@cache
def _rests_on(work: Work) -> str:
    return "Rests on: " + "; ".join(source_text(key, work.of) for key in work.sources) + "."
