"""The works of ``references.bib`` by a short name, as a sentence names them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from helpers.data.filters import unknown
from helpers.errors import DataError
from helpers.paths import project_root


def short_names(keys: Iterable[str]) -> dict[str, str]:
    """Author and year of each work by its key: ``Meijer et al. (2012)``, ``Vigoda (2002)``.

    Three authors or more become the first of them and ``et al.``.

    Raises
    ------
    DataError
        ``references.bib`` cannot be read, lacks a key, or a work lacks its author or year.
    """
    from pybtex.database import parse_file  # noqa: PLC0415 slow
    from pybtex.exceptions import PybtexError  # noqa: PLC0415 slow

    path = project_root() / "references.bib"
    try:
        entries = parse_file(str(path), "bibtex").entries
    except (OSError, UnicodeDecodeError, PybtexError) as error:
        raise DataError(
            f"the references cannot be read; got {path.name}: {type(error).__name__}; expected"
            " BibTeX in UTF-8. Mend references.bib."
        ) from error
    names = {}
    for key in dict.fromkeys(keys):
        if key not in entries:
            raise DataError(unknown("work", key, list(entries)))
        names[key] = _short(key, entries[key])
    return names


def _short(key: str, entry: Any) -> str:
    authors = entry.persons.get("author") or entry.persons.get("editor") or []
    year = entry.fields.get("year")
    if not authors or not year:
        raise DataError(
            f"a work has no short name; got {key!r} with {len(authors)} authors and year {year!r};"
            " expected both. Mend references.bib."
        )
    names = [_family(author) for author in authors]
    together = f"{names[0]} et al." if len(names) > 2 else " and ".join(names)
    return f"{together} ({year})"


def _family(author: Any) -> str:
    """The family name without the signs of TeX: Kölln, whose dots are a command there."""
    from pybtex.richtext import Text  # noqa: PLC0415 slow

    parts = [*author.prelast_names, *author.last_names]
    return str(Text.from_latex(" ".join(parts)))
