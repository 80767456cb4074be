"""Printed numbers that follow from other printed numbers, with what the parts give."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from helpers.data import tables
from helpers.data.filters import Filter, chosen
from helpers.errors import Problem, refuse
from helpers.evidence import Evidence, marked


def arithmetic(*, claim: Filter = None, unit: Filter = None) -> pd.DataFrame:
    """Results of votes, counts of appeals and meetings, and sums that texts print, one row each.

    Returns
    -------
    The columns of the table; ``recomputed``, the share, sum or difference of the two parts; and
    ``agrees``: whether the printed number lies within what the rounding of parts and number
    allows. Both are missing where no two parts are printed.
    """
    rows = tables.read("arithmetic")
    first, second = rows["first"], rows["second"]
    results = {
        "share": 100 * first / second,
        "sum": first + second,
        "difference": first - second,
    }
    recomputed = pd.Series(np.nan, index=rows.index)
    slack = pd.Series(np.nan, index=rows.index)
    halves = rows["first_rounding"].fillna(0) / 2, rows["second_rounding"].fillna(0) / 2
    for operation, result in results.items():
        here = rows["operation"] == operation
        recomputed[here] = result[here]
        off = (
            rounding_of_share(result, first, second, *halves)
            if operation == "share"
            else sum(halves)
        )
        slack[here] = off[here]
    rows = rows.assign(recomputed=recomputed, agrees=agreement(rows["printed"], recomputed, slack))
    refuse(unexplained(rows, "arithmetic.csv", "printed", "recomputed"), hint=tables.HINT)
    return chosen(marked(rows, Evidence.PUBLISHED), {"claim": claim, "unit": unit})


def leads(*, kind: Filter = None) -> pd.DataFrame:
    """Studies and surveys that were found and whose numbers are not in the tables, with the reason."""
    rows = tables.read("leads").assign(source_id="")
    return chosen(marked(rows, Evidence.PUBLISHED), {"kind": kind})


def rounding_of_share(
    percent: pd.Series,
    part: pd.Series,
    whole: pd.Series,
    part_half: pd.Series,
    whole_half: pd.Series,
) -> pd.Series:
    """How far a share of rounded counts may be off: the relative errors of both counts add up.

    The halves are half the unit of rounding; an exact count, of unit 1, is not off at all.
    """
    exact_part, exact_whole = (
        part_half.where(part_half > 0.5, 0),
        whole_half.where(whole_half > 0.5, 0),
    )
    return percent * (exact_part / part + exact_whole / whole)


def agreement(printed: pd.Series, recomputed: pd.Series, slack: pd.Series) -> pd.Series:
    """Whether a printed number is what its parts give: true, false, or missing where one lacks.

    Allowed are ``slack`` and half a unit of the last decimal printed.
    """
    allowed = slack + 0.5 * 10.0 ** -printed.map(decimals) + 1e-9
    known = printed.notna() & recomputed.notna()
    agrees: pd.Series = (
        ((recomputed - printed).abs() <= allowed).astype("boolean").where(known, pd.NA)
    )
    return agrees


def decimals(printed: float) -> int:
    """Decimals that a printed number shows; trailing zeros are lost in a table of numbers."""
    return 0 if pd.isna(printed) else len(f"{printed:.10g}".partition(".")[2])


def unexplained(rows: pd.DataFrame, file: str, printed: str, recomputed: str) -> Iterator[Problem]:
    """Parts and a printed number that disagree, without a note that says so."""
    disagree = rows["agrees"].eq(False).fillna(False) & rows["note"].isna()  # noqa: FBT003 a value
    for index, row in rows[disagree].iterrows():
        yield Problem(
            file=file, row=int(str(index)) + 2, column="note", value=None,
            expected=f"a reason why {row[printed]:g} is printed where the counts give"
            f" {row[recomputed]:.1f}",
        )  # fmt: skip
