"""Single numbers out of rows that a chapter shows: how many match, and what stands beside an estimate."""

from __future__ import annotations

import math
from dataclasses import replace

import pandas as pd

from helpers.evidence import evidence_of
from helpers.stats.columns import require
from helpers.stats.estimates import Estimate, Inapplicable, count, figures, matching, reason_passes
from helpers.stats.views.items import one


@reason_passes
def tally(rows: pd.DataFrame, **where: str | float) -> Estimate:
    """How many rows have these values; an exact number, which may be 0.

    In all else as `pick`.

    In all else as `pick`.
    """
    return replace(count(rows), estimate=float(len(matching(rows, **where))))


@reason_passes
def beside(rows: pd.DataFrame, column: str, **where: str | float) -> Estimate | Inapplicable:
    """The value in another column of the one row that matches, such as its truth, without interval.

    `Inapplicable` where no row matches, or it has no such value.

    In all else as `pick`.
    """
    row = one(rows, **where)
    if isinstance(row, Inapplicable):
        return row
    found = figures(matching(rows, **where), column)[0]
    if math.isnan(found):
        return Inapplicable(f"there is no {column} beside this", "beside", evidence_of(rows))
    return replace(row, estimate=float(found), se=None, ci_low=None, ci_high=None)


@reason_passes
def below_level(
    rows: pd.DataFrame, column: str, *, level: float = 0.05, **where: str | float
) -> Estimate:
    """How many of the rows with these values have a p-value in ``column`` below the level.

    In all else as `pick`.
    """
    below = figures(matching(rows, **where), column) < level
    return replace(count(rows), estimate=float(below.sum()))


@reason_passes
def worded(rows: pd.DataFrame, *columns: str) -> pd.DataFrame:
    """Each column with its limits in words, such as ``0.31 (0.18 to 0.45)``, as ``<column>_words``.

    The limits are in ``<column>_low`` and ``<column>_high``.

    In all else as `pick`.
    """
    require(rows, *(f"{name}{end}" for name in columns for end in ("", "_low", "_high")))
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
