"""Statistics that studies print, as rows of the result shape; and what an indirect question hides."""

from __future__ import annotations

import pandas as pd

from helpers.errors import EstimationError
from helpers.evidence import evidence_of
from helpers.stats.columns import require
from helpers.stats.estimates import Estimate, join_sources, to_frame


def printed_effects(rows: pd.DataFrame) -> pd.DataFrame:
    """Each printed statistic as an estimate without interval: none is printed with its error.

    A missing number is an error. In all else as `pick`.

    Parameters
    ----------
    rows : rows of `helpers.data.official.statistics`.

    Returns
    -------
    Rows of the result shape in the order given; ``item`` is the quantity, ``group`` the study,
    ``level`` the unit as printed.
    """
    require(rows, "quantity", "unit", "study", "value", "n", "source_id")
    kind = evidence_of(rows)
    return to_frame(
        Estimate(
            item=row.quantity, level=row.unit, group=row.study, estimate=float(row.value), se=None,
            ci_low=None, ci_high=None, n=None if pd.isna(row.n) else int(row.n), n_eff=None,
            deff=None, df=None, unit=row.unit, evidence=kind, source=row.source_id,
            method="printed_effects",
        )
        for row in rows.itertuples(index=False)
    )  # fmt: skip


def indirect_gap(rows: pd.DataFrame, *, direct: str, indirect: str) -> pd.DataFrame:
    """How much lower an indirect question comes out than a direct one, in two measures.

    If all of the difference were insincere answers to the direct question, this many points, or
    this many of each 100 who gave the answer, would be insincere.

    A missing number is an error. In all else as `pick`.

    Parameters
    ----------
    rows : rows of `helpers.data.official.statistics`, shares in percent.
    direct, indirect : the quantities.

    Returns
    -------
    Two rows: ``level`` is ``points``, and ``of-each-100`` in percent. No interval: shares of
    studies are printed without a base.

    Raises
    ------
    EstimationError
        Either quantity has not exactly one row in percent, or the direct share is 0.
    """
    require(rows, "quantity", "unit", "study", "value", "source_id")
    kind = evidence_of(rows)
    shares = []
    for quantity in (direct, indirect):
        found = rows[(rows["quantity"] == quantity) & (rows["unit"] == "percent")]
        if len(found) != 1:
            raise EstimationError(
                f"a gap needs one share; got {len(found)} rows for {quantity!r}; expected one of"
                f" {sorted(set(rows['quantity']))}."
            )
        shares.append(found)
    first, second = (float(share["value"].iloc[0]) for share in shares)
    if first <= 0:
        raise EstimationError("the direct share is 0; expected some who gave the answer.")
    gaps = {"points": first - second, "of-each-100": 100 * (1 - second / first)}
    return to_frame(
        Estimate(
            item=direct, level=measure, group=str(shares[0]["study"].iloc[0]), estimate=gap,
            se=None, ci_low=None, ci_high=None, n=None, n_eff=None, deff=None, df=None,
            unit="points" if measure == "points" else "percent", evidence=kind,
            source=join_sources(pd.concat(shares)), method="indirect_gap",
        )
        for measure, gap in gaps.items()
    )  # fmt: skip
