"""Extremes of result rows, and how many of their intervals contain a known truth."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from helpers.evidence import evidence_of
from helpers.stats.estimates import (
    Estimate,
    Inapplicable,
    count,
    figures,
    pick,
    reads,
    reason_passes,
)


@reads("truth", "ci_low", "ci_high")
def intervals_with_truth(rows: pd.DataFrame) -> Estimate | Inapplicable:
    """How many of the intervals contain the truth, where it is known; else why it cannot be said.

    In all else as `pick`.
    """
    known = rows.dropna(subset=["truth", "ci_low", "ci_high"])
    if known.empty:
        return _no_truth(rows)
    inside = (known["ci_low"] <= known["truth"]) & (known["truth"] <= known["ci_high"])
    return replace(count(known), estimate=float(inside.sum()))


@reads("truth", "ci_low", "ci_high")
def intervals_compared(rows: pd.DataFrame) -> Estimate | Inapplicable:
    """How many rows have both an interval and a truth.

    In all else as `pick`.
    """
    known = rows.dropna(subset=["truth", "ci_low", "ci_high"])
    return _no_truth(rows) if known.empty else count(known)


@reason_passes
def largest(rows: pd.DataFrame, column: str = "estimate") -> Estimate | Inapplicable:
    """The row with the largest of a column without its sign; that number alone, if it is no estimate.

    In all else as `pick`.
    """
    size = np.abs(figures(rows, column))
    if np.isnan(size).all():
        return _no_truth(rows)
    row = rows.iloc[[int(np.nanargmax(size))]]
    if column == "estimate":
        return pick(row)
    return replace(
        pick(row), estimate=abs(float(row[column].iloc[0])), se=None, ci_low=None, ci_high=None,
        n_eff=None, deff=None, df=None, unit="points",
    )  # fmt: skip


@reads("estimate")
def smallest(rows: pd.DataFrame) -> Estimate | Inapplicable:
    """The row with the smallest estimate.

    In all else as `pick`.
    """
    known = rows[rows["estimate"].notna()]
    if known.empty:
        return Inapplicable("nothing could be estimated", "smallest", evidence_of(rows))
    return pick(known.loc[[known["estimate"].idxmin()]])


def _no_truth(rows: pd.DataFrame) -> Inapplicable:
    return Inapplicable(
        "the truth is known of simulated respondents alone", "truth", evidence_of(rows)
    )
