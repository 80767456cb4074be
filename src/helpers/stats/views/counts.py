"""Single numbers out of rows that a chapter shows: how many match, and what stands beside an estimate."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from helpers.evidence import evidence_of
from helpers.stats.estimates import Estimate, Inapplicable, count, reason_passes
from helpers.stats.views.items import one


@reason_passes
def tally(rows: pd.DataFrame, **where: str | float) -> Estimate:
    """How many rows have these values; an exact number, which may be 0.

    Raises
    ------
    KeyError
        A column is unknown.
    """
    chosen = pd.Series(data=True, index=rows.index)
    for column, value in where.items():
        chosen &= rows[column] == value
    return replace(count(rows), estimate=float(chosen.sum()))


@reason_passes
def beside(rows: pd.DataFrame, column: str, **where: str | float) -> Estimate | Inapplicable:
    """The value in another column of the one row that matches, such as its truth, without interval.

    `Inapplicable` where no row matches, or it has no such value.
    """
    row = one(rows, **where)
    if isinstance(row, Inapplicable):
        return row
    chosen = pd.Series(data=True, index=rows.index)
    for name, value in where.items():
        chosen &= rows[name] == value
    found = rows.loc[chosen, column].iloc[0]
    if pd.isna(found):
        return Inapplicable(f"there is no {column} beside this", "beside", evidence_of(rows))
    return replace(row, estimate=float(found), se=None, ci_low=None, ci_high=None)


@reason_passes
def below_level(
    rows: pd.DataFrame, column: str, *, level: float = 0.05, **where: str | float
) -> Estimate:
    """How many of the rows with these values have a p-value in ``column`` below the level."""
    chosen = rows[column] < level
    for name, value in where.items():
        chosen &= rows[name] == value
    return replace(count(rows), estimate=float(chosen.sum()))


@reason_passes
def worded(rows: pd.DataFrame, *columns: str) -> pd.DataFrame:
    """Each column with its limits in words, such as ``0.31 (0.18 to 0.45)``, as ``<column>_words``.

    The limits are in ``<column>_low`` and ``<column>_high``.
    """
    words = {
        f"{name}_words": [
            f"{middle:.2f} ({low:.2f} to {high:.2f})".replace("-", "−")
            for middle, low, high in zip(
                rows[name], rows[f"{name}_low"], rows[f"{name}_high"], strict=True
            )
        ]
        for name in columns
    }
    return rows.assign(**words)
