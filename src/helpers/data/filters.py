"""Choosing rows by the values of columns; an unknown name is answered with the nearest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches

import pandas as pd

from helpers.errors import DataError

Filter = str | Sequence[str] | None


def chosen(rows: pd.DataFrame, filters: Mapping[str, Filter]) -> pd.DataFrame:
    """The rows that pass every filter, renumbered; a filter of None lets all through.

    Raises
    ------
    DataError
        A column, or a value that no row has.
    """
    for column, wanted in filters.items():
        if wanted is None:
            continue
        if column not in rows.columns:
            raise DataError(unknown("column", column, list(rows.columns)))
        values = [wanted] if isinstance(wanted, str) else list(wanted)
        present = rows[column].astype("str")
        known = set(present.dropna())
        for value in values:
            if value not in known:
                raise DataError(unknown(column, value, sorted(known)))
        rows = rows[present.isin(values)]
    return rows.reset_index(drop=True)


def unknown(what: str, got: str, known: list[str]) -> str:
    """The message for a name that does not exist, with the nearest that do."""
    near = get_close_matches(got, known, n=3, cutoff=0.5) or known[:8]
    return f"there is no such {what}; got {got!r}; expected for example {', '.join(near)}."
