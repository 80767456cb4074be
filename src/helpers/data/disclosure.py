"""What may leave the project: no cell of a few respondents, and no text that a spreadsheet runs."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.errors import DataError
from helpers.evidence import Evidence, evidence_of

MARK = "not shown: few respondents"
"""Stands in the column ``suppressed`` of each row whose numbers are withheld."""

RUN = ("=", "+", "-", "@", "\t", "\r")
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_DETERMINED = 1e-9

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
Lines = list[npt.NDArray[np.intp]]


def suppressed(rows: pd.DataFrame, *, least: int = 5) -> pd.DataFrame:
    """The same rows, without the numbers of cells with fewer than ``least`` respondents.

    A cell is a row. It counts ``cell_n`` respondents where the rows have that column, else ``n``;
    a share in percent counts its part of ``n``, to the nearest respondent. Two kinds of sums could
    give a cell back: the levels of one item in one group make up the group, and the groups of one
    item and level make up the group ``all``. So further cells are withheld, the smallest first,
    until no withheld cell follows from those shown, and those of one sum hold ``least`` together.

    Returns
    -------
    Every row in its place. Numbers of withheld rows are missing, and the column ``suppressed``
    holds `MARK` there and "" elsewhere. Rows on published or simulated evidence come back as they are.

    Raises
    ------
    DataError
        The rows have neither ``n`` nor ``cell_n``.
    EvidenceError
        The rows carry no evidence kind, or mix several.
    """
    if evidence_of(rows) is not Evidence.RESPONDENTS:
        return rows
    counts = _counts(rows)
    hidden = _closed(_below(rows, counts, least), counts, _lines(rows), least)
    return _withheld(rows, hidden)


def neutralised(value: object) -> object:
    """The value as it may stand in a CSV: text that a spreadsheet would run begins with ``'``.

    Text that begins with ``= + - @``, a tab or a carriage return is meant, as in a label that a
    respondent's file brings along; numbers stay as they are, also those written as text.
    """
    if isinstance(value, str) and value.startswith(RUN) and not _NUMBER.fullmatch(value):
        return f"'{value}"
    return value


def neutralised_rows(rows: pd.DataFrame) -> pd.DataFrame:
    """A frame whose text, names of columns and categories included, is neutralised for a CSV."""
    safe = rows.rename(columns=neutralised)
    for place in range(safe.shape[1]):
        column = safe.iloc[:, place]
        if not pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column):
            safe.isetitem(place, column.astype("object").map(neutralised, na_action="ignore"))
    return safe


def _counts(rows: pd.DataFrame) -> Floats:
    """Respondents in each cell; what is unknown counts as none."""
    if "cell_n" in rows.columns:
        return _numbers(rows, "cell_n")
    if "n" not in rows.columns:
        raise DataError(
            f"rows on respondents cannot be shown; got columns {list(rows.columns)}; expected n, or"
            " cell_n, to tell how many respondents stand behind each cell."
        )
    base = _numbers(rows, "n")
    if not {"unit", "estimate"} <= set(rows.columns):
        return base
    part = np.rint(base * _numbers(rows, "estimate") / 100)
    return np.where((rows["unit"] == "percent").to_numpy(), part, base)


def _numbers(rows: pd.DataFrame, column: str) -> Floats:
    return np.asarray(rows[column].to_numpy(dtype="float64", na_value=0.0), dtype=np.float64)


def _below(rows: pd.DataFrame, counts: Floats, least: int) -> Mask:
    """Cells that are too small, and all cells of groups whose base is, or gives one back."""
    hidden = counts < least
    if not {"item", "group", "n"} <= set(rows.columns):
        return hidden
    base = _numbers(rows, "n")
    for places in rows.reset_index(drop=True).groupby("item").indices.values():
        groups = rows["group"].astype("str").to_numpy()[places]
        bases = pd.Series(base[places]).groupby(groups).min().drop("all", errors="ignore")
        small = bases[bases < least]
        if "all" in groups and len(small) and (len(small) == 1 or small.sum() < least):
            large = bases.drop(small.index).sort_values(kind="stable")
            hidden[places[np.isin(groups, large.index[:1])]] = True
    return hidden


def _lines(rows: pd.DataFrame) -> Lines:
    """Places of cells that add up to one another or to a known base."""
    names = set(rows.columns)
    plain = rows.reset_index(drop=True)
    return [*_levels(plain, names), *_groups(plain, names)]


def _levels(rows: pd.DataFrame, names: set[str]) -> Iterator[npt.NDArray[np.intp]]:
    if {"item", "group", "level"} <= names:
        for places in rows.groupby(["item", "group"]).indices.values():
            if len(places) > 1:
                yield places


def _groups(rows: pd.DataFrame, names: set[str]) -> Iterator[npt.NDArray[np.intp]]:
    if {"item", "group", "level"} <= names:
        for places in rows.groupby(["item", "level"]).indices.values():
            if len(places) > 1 and (rows["group"].iloc[places] == "all").any():
                yield places


def _closed(hidden: Mask, counts: Floats, lines: Lines, least: int) -> Mask:
    """The withheld cells with as many more as it takes that none of them follows from the rest."""
    hidden = hidden.copy()
    while True:
        exposed = _exposed(hidden, counts, lines, least)
        open_lines = [line for line in exposed if not hidden[line].all()]
        if not open_lines:
            return hidden
        # The sum with the fewest withheld cells is the one that gives a cell back.
        line = min(open_lines, key=lambda line: int(hidden[line].sum()))
        cells = line[~hidden[line]]
        hidden[cells[np.argmin(counts[cells])]] = True


def _exposed(hidden: Mask, counts: Floats, lines: Lines, least: int) -> Lines:
    """The sums that give a withheld cell back, or that tell of fewer than ``least`` together."""
    touched = [line for line in lines if hidden[line].any()]
    thin = [line for line in touched if counts[line[hidden[line]]].sum() < least]
    places = np.flatnonzero(hidden)
    system = np.array([np.isin(places, line) for line in touched], dtype=np.float64)
    if not system.size:
        return thin
    _, size, right = np.linalg.svd(system)
    rank = int((size > _DETERMINED).sum())
    free = np.abs(right[rank:]).max(axis=0, initial=0.0) > _DETERMINED
    told = places[~free]
    return [*thin, *(line for line in touched if np.isin(line, told).any())]


def _withheld(rows: pd.DataFrame, hidden: Mask) -> pd.DataFrame:
    safe = rows.copy()
    for name in rows.columns:
        column = rows[name]
        if pd.api.types.is_numeric_dtype(column) and hidden.any():
            kind = column.convert_dtypes().dtype if column.dtype.kind in "iub" else column.dtype
            safe[name] = column.astype(kind).mask(hidden)
    safe["suppressed"] = np.where(hidden, MARK, "")
    return safe
