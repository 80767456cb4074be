"""One row a headline: the share, its intervals, its don't-know bounds, and what would turn it."""

from __future__ import annotations

import pandas as pd

from helpers.errors import EstimationError
from helpers.evidence import evidence_of
from helpers.report.tables import intervals_by_design_effect

_KEY = ["group", "item"]


def sensitivity_table(
    shares: pd.DataFrame,
    *,
    tipping: pd.DataFrame,
    headings: dict[str, str],
    bounds: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Everything that bends a headline side by side.

    Parameters
    ----------
    shares : result rows over the design effects, shares or differences within a poll.
    tipping : rows of `helpers.stats.bend.tipping_tables`, at one design effect.
    headings : who asked and when, by ``group``.
    bounds : rows with ``treatment`` lowest and highest; without them, no bounds are known.

    Returns
    -------
    A row for each pair of ``group`` and ``item``, in the order of ``shares``: ``item``, ``poll`` in
    words and ``poll_id``, ``estimate``, an interval in words for each design effect, ``bounds`` in
    words, ``tipping`` with ``tipping_low`` and ``tipping_high``, all three in words as
    ``tips_at``, and ``design_effect`` where the tipping rows have it. What is not known is missing.

    Raises
    ------
    EstimationError
        A pair is in one frame twice, has no tipping row or no heading.
    """
    evidence_of(shares)
    table = intervals_by_design_effect(shares)
    turns = tipping.rename(
        columns={"estimate": "tipping", "ci_low": "tipping_low", "ci_high": "tipping_high"}
    )
    limits = _limits(turns["tipping_low"], turns["tipping_high"])
    words = [
        None if pd.isna(at) else f"{at:.1f}" if around is None else f"{at:.1f} ({around})"
        for at, around in zip(turns["tipping"], limits, strict=True)
    ]
    turns = turns.assign(tips_at=pd.Series(words, index=turns.index, dtype="object"))
    wanted = ["tipping", "tipping_low", "tipping_high", "tips_at"]
    wanted += [name for name in ("design_effect",) if name in turns.columns]
    without = table[~table.set_index(_KEY).index.isin(turns.set_index(_KEY).index)]
    unnamed = sorted(set(table["group"]) - set(headings))
    if not without.empty or unnamed or turns.duplicated(_KEY).any():
        raise EstimationError(
            f"headlines cannot be set side by side; got {without[_KEY].to_numpy().tolist()} without"
            f" tipping rows and {unnamed} without a heading; expected one row for each."
        )
    table = table.merge(turns[[*_KEY, *wanted]], on=_KEY, how="left", validate="1:1")
    table.insert(1, "poll", table["group"].map(headings))
    table = table.rename(columns={"group": "poll_id"})
    key = ["poll_id", "item"]
    ends = _ends(bounds).rename(columns={"group": "poll_id"})
    return table.merge(ends, on=key, how="left", validate="1:1")


def _ends(bounds: pd.DataFrame | None) -> pd.DataFrame:
    if bounds is None:
        return pd.DataFrame(columns=[*_KEY, "bounds"])
    low, high = (
        bounds[bounds["treatment"] == end].set_index(_KEY)["estimate"]
        for end in ("lowest", "highest")
    )
    if not (low.index.is_unique and low.index.equals(high.index)):
        raise EstimationError(
            f"bounds are not one range each; got {list(low.index)} and {list(high.index)}; expected"
            " each pair once in both. Give bounds at one design effect."
        )
    return _limits(low, high).rename("bounds").reset_index()


def _limits(low: pd.Series, high: pd.Series) -> pd.Series:
    """Two columns as words; a missing value where either is missing."""
    words = [
        None if pd.isna(a) or pd.isna(b) else f"{a:.1f} to {b:.1f}".replace("-", "−")
        for a, b in zip(low, high, strict=True)
    ]
    return pd.Series(words, index=low.index, dtype="object")
