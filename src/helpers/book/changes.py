"""What became of a figure or table since the results were last frozen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from helpers.book.results import entries_of, frozen

_COMPARED = {"title": "title", "caption": "caption", "alt": "alternative text",
             "evidence": "kind of evidence", "chapter": "chapter"}  # fmt: skip


def changes(now: Mapping[str, Any], frozen: Mapping[str, Any] | None) -> list[str]:
    """Sentences that say how an entry of ``results.json`` differs from the frozen one.

    Parameters
    ----------
    frozen : the frozen entry of the same id; None where there is none.
    """
    if frozen is None:
        return ["New: the frozen results do not hold it yet."]
    found = []
    if now["data_hash"] != frozen["data_hash"]:
        was = frozen["data_hash"][:10]
        found.append(f"The data differ: the frozen hash begins {was}.")
    found += [
        f"The {word} was: {frozen[key]}"
        for key, word in _COMPARED.items()
        if now[key] != frozen[key]
    ]
    here, gone = {*now["sources"]}, {*frozen["sources"]}
    found += [f"It now rests on {source}, too." for source in sorted(here - gone)]
    found += [f"It no longer rests on {source}." for source in sorted(gone - here)]
    if not found and now["files"] != frozen["files"]:
        found.append("The data are the same; files were made anew.")
    return found or ["Nothing: data, words, sources and files are those of the frozen results."]


def frozen_entries() -> Mapping[str, Mapping[str, Any]]:
    """Figures and tables of the frozen ``results.json`` by id; empty where there is none."""
    document = frozen()
    return {} if document is None else entries_of(document, "figures", "tables")
