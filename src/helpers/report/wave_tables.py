"""Tables and names of waves compared: one row a comparison, its design effects side by side."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from helpers.report.tables import NOTHING
from helpers.report.words import label, share_text, when

_JUDGED = ["bound", "ci_low", "ci_high", "inner_low", "inner_high"]
_VERDICTS = {"equivalent": "within", "not shown": "not shown"}


def pair_names(rows: pd.DataFrame, *, waves: Mapping[str, str]) -> dict[str, str]:
    """A name for each pair of waves: ``autumn 2024 over spring 2024``, by its ``group``.

    Parameters
    ----------
    rows : rows with ``group earlier later``.
    waves : the name of each wave.
    """
    pairs = rows.drop_duplicates("group")
    return {
        pair.group: f"{waves[pair.later]} over {waves[pair.earlier]}" for pair in pairs.itertuples()
    }


def wave_names(readings: pd.DataFrame) -> dict[str, str]:
    """For each poll, when it asked and of how many: ``May 2024, n = 8,000``.

    A date that is only that of publication is said to be one. For a subgroup no base is published,
    so none is told.
    """
    polls = readings.drop_duplicates("poll_id")
    return {
        poll.poll_id: when(poll)
        + (" (published)" if poll.date_basis == "publication" else "")
        + ("" if pd.isna(poll.n) or poll.subgroup != "all" else f", n = {poll.n:,}")
        for poll in polls.itertuples()
    }


def series_headings(rows: pd.DataFrame) -> dict[str, str]:
    """The heading of each series: ``Police, trust: House, agree that it can be trusted``.

    Where all readings are of one house, its name is left to the caption.

    Parameters
    ----------
    rows : what `helpers.stats.published.series.dated_shares` gives.
    """
    series = rows.drop_duplicates("series")
    several = len(set(rows["house"])) > 1
    return {
        row.series: f"{label(row.item)}, {label(row.level).lower()}:"
        f" {f'{row.house}, ' if several else ''}{row.wording}"
        for row in series.itertuples()
    }


def effects_by_design_effect(
    rows: pd.DataFrame, *, waves: Mapping[str, str] | None = None
) -> pd.DataFrame:
    """One row a comparison: its effect, the interval and the adjusted p at each design effect.

    Parameters
    ----------
    rows : rows of `helpers.stats.published.wave_changes` at several design effects.
    waves : the name of each wave, where a comparison is of two.

    Returns
    -------
    ``item pair estimate n evidence source`` and, in words, ``effect`` with three decimals, and for
    each design effect ``ci 1.5`` and ``p 1.5``.
    """
    wide = _wide(rows, waves)
    wide = wide.assign(effect=[f"{value:.3f}" for value in wide["estimate"]])
    for deff, same in rows.groupby("deff"):
        columns = {
            f"ci {deff:g}": [
                f"{low:.3f} to {high:.3f}"
                for low, high in zip(same["ci_low"], same["ci_high"], strict=True)
            ],
            f"p {deff:g}": [_p_text(value) for value in same["p_adjusted"]],
        }
        wide = _beside(wide, same.assign(**columns), list(columns))
    return wide


def changes_by_design_effect(rows: pd.DataFrame, *, waves: Mapping[str, str]) -> pd.DataFrame:
    """One row a change of a share: its interval and its verdict at each design effect.

    Parameters
    ----------
    rows : rows of `helpers.stats.published.wave_changes.wave_share_changes` at several design effects.

    Returns
    -------
    ``item pair estimate n evidence source``, and in words ``change``, for each design effect ``ci
    1.5`` and ``verdict 1.5``, and ``tips``, the design effect at which the change may be none. As
    numbers, at the largest design effect: ``deff bound ci_low ci_high inner_low inner_high``.
    """
    wide = _wide(rows, waves)
    tips = rows.drop_duplicates(["item", "group"])["tipping_deff"]
    wide = wide.assign(
        change=[_signed(value) for value in wide["estimate"]],
        tips=[NOTHING if pd.isna(value) else f"{value:.1f}" for value in tips],
    )
    for deff, same in rows.groupby("deff"):
        columns = {
            f"ci {deff:g}": [
                f"{_signed(low, plus='')} to {_signed(high, plus='')}"
                for low, high in zip(same["ci_low"], same["ci_high"], strict=True)
            ],
            f"verdict {deff:g}": [_VERDICTS.get(verdict, "beyond") for verdict in same["verdict"]],
        }
        wide = _beside(wide, same.assign(**columns), list(columns))
    widest = rows[rows["deff"] == rows["deff"].max()]
    return _beside(wide, widest, ["deff", *_JUDGED])


def _wide(rows: pd.DataFrame, waves: Mapping[str, str] | None) -> pd.DataFrame:
    """One row a comparison, in the order given."""
    key = ["item", "group", "estimate", "n", "evidence", "source"]
    first = rows.drop_duplicates(["item", "group"])[key].reset_index(drop=True)
    if waves is None:
        return first
    return first.assign(pair=first["group"].map(pair_names(rows, waves=waves)))


def _beside(wide: pd.DataFrame, same: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    kept = same[["item", "group", *columns]]
    return wide.merge(kept, on=["item", "group"], how="left", validate="1:1")


def _p_text(value: float) -> str:
    return "<0.001" if value < 0.001 else f"{value:.3f}"


def _signed(value: float, *, plus: str = "+") -> str:
    text = share_text(abs(round(value, 1)))
    sign = {1: plus, -1: "−"}.get(int(np.sign(round(value, 1))), "")
    return sign + text
