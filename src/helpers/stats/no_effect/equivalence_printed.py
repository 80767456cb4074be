"""No effect worth the name, from published numbers alone: two percentages, or a correlation."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd

from helpers.errors import EstimationError
from helpers.evidence import evidence_of
from helpers.stats.columns import require
from helpers.stats.design import Floats
from helpers.stats.estimates import Inapplicable, join_sources
from helpers.stats.no_effect.tost import Bounds, Equivalence, decide, decide_correlation


def equivalent_printed_proportions(
    readings: pd.DataFrame, *, lower: float, upper: float, deff: float = 1.0
) -> Equivalence | Inapplicable:
    """Whether two printed percentages of separate samples differ by no more than the bounds.

    Assumes independent simple random samples, each worth ``n / deff``; the normal distribution
    with the unpooled variance.

    Parameters
    ----------
    readings : two rows with ``percent`` (0 to 100), ``n``, evidence and a source; the difference
        is first minus second. With ``poll_id``, the two must be of different polls.
    lower, upper : bounds in points, below and above 0.
    deff : design effect, at least 1.

    Returns
    -------
    The effect with its 90 and 95 % intervals, both one-sided tests and a verdict.
    `Inapplicable` where one group, one respondent or no variance leaves nothing to compare. A
    missing number is an error.

    Raises
    ------
    EstimationError
        Not two rows, no n, a subgroup, one poll for both, or bounds that lack 0.

    Notes
    -----
    R equivalent: ``TOSTER::TOSTtwo.prop``. Source: Lakens (2017).
    """
    bounds = Bounds(lower=lower, upper=upper, least=-100, most=100)
    if not (math.isfinite(deff) and deff >= 1):
        raise EstimationError(
            f"a design effect cannot be used; got {deff!r}; expected a number of at least 1."
        )
    share, n = numbers_of(readings, "percent", count=2, least=0, most=100, smallest=1)
    check_separate(readings)
    variance = float((share * (100 - share) / n).sum() * deff)
    names = readings.get("poll_id", pd.Series(["first", "second"])).astype(str)
    if not variance > 0:
        return Inapplicable("both shares are 0 or 100", "equivalent_printed_proportions")
    return decide(
        float(share[0] - share[1]),
        math.sqrt(variance),
        bounds=bounds,
        item=str(readings["target"].iloc[0]) if "target" in readings else "share",
        level=str(readings["response"].iloc[0]) if "response" in readings else "difference",
        group=" − ".join(names),
        n=int(n.sum()),
        n_eff=float(n.sum() / deff),
        deff=deff,
        unit="points",
        method="equivalent_printed_proportions",
        **_origin(readings),
    )


def equivalent_printed_correlation(
    row: pd.DataFrame, *, lower: float, upper: float
) -> Equivalence | Inapplicable:
    """Whether a published Pearson correlation lies between the bounds, by Fisher's z.

    Assumes a simple random sample of two normal variables.

    Parameters
    ----------
    row : one row with ``r`` (−1 to 1), ``n`` (above 3), evidence and a source.
    lower, upper : correlations between −1 and 1, below and above 0.

    Returns
    -------
    The effect with its 90 and 95 % intervals, both one-sided tests and a verdict.
    `Inapplicable` where one group, one respondent or no variance leaves nothing to compare. A
    missing number is an error.

    Raises
    ------
    EstimationError
        Not one row, no r or n, or bounds that lack 0.

    Notes
    -----
    R equivalent: ``TOSTER::TOSTr``. Source: Fisher (1921), Lakens (2017).
    """
    bounds = Bounds(lower=lower, upper=upper, least=-1, most=1)
    r, n = numbers_of(row, "r", count=1, least=-1, most=1, smallest=4)
    if 1 - abs(r[0]) < 1e-12:
        return Inapplicable("the items agree perfectly", "equivalent_printed_correlation")
    return decide_correlation(
        float(r[0]),
        float(n[0]),
        bounds=bounds,
        item="correlation",
        level="r",
        group="all",
        n=int(n[0]),
        deff=None,
        method="equivalent_printed_correlation",
        **_origin(row),
    )


def numbers_of(
    rows: pd.DataFrame,
    column: str,
    *,
    count: int,
    least: float,
    most: float,
    smallest: int,
    base: str = "n",
) -> tuple[Floats, Floats]:
    """The published numbers of a column and their bases, one a row.

    Raises
    ------
    EstimationError
        Another number of rows, a missing column, or a number that is missing or out of range.
    """
    require(rows, column, base)
    if len(rows) != count:
        raise EstimationError(
            f"published numbers are read one a row; got {len(rows)} rows; expected {count}."
            " Filter them first."
        )
    for name, low, high in ((column, least, most), (base, smallest, math.inf)):
        cells = pd.to_numeric(rows[name], errors="coerce")
        if not (cells.ge(low) & cells.le(high) & cells.lt(math.inf)).fillna(value=False).all():
            raise EstimationError(
                f"column {name!r} cannot be used; got {list(rows[name])}; expected numbers from"
                f" {low:g} to {high:g}. Leave out what was not published."
            )
    values, n = (rows[name].to_numpy(dtype="float64") for name in (column, base))
    return np.asarray(values, dtype=np.float64), np.asarray(n, dtype=np.float64)


def check_separate(readings: pd.DataFrame) -> None:
    """Refuse two percentages of one sample, or of a subgroup whose base is not published."""
    if "subgroup" in readings and set(readings["subgroup"]) != {"all"}:
        raise EstimationError(
            "the base of a subgroup is not published; got"
            f" {sorted(set(readings['subgroup'].astype(str)) - {'all'})}; expected readings of the"
            " whole sample. Filter subgroup='all'."
        )
    if "poll_id" in readings and readings["poll_id"].nunique() < 2:
        raise EstimationError(
            "two percentages of one sample are not independent; got poll"
            f" {readings['poll_id'].iloc[0]!r} twice; expected two polls."
            " Use differences_within_poll."
        )


def _origin(rows: pd.DataFrame) -> dict[str, Any]:
    return {"evidence": evidence_of(rows), "source": join_sources(rows)}
