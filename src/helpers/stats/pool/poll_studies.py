"""Printed shares as studies: each with its house, how the house stands to the state, wording, day."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from helpers.errors import EstimationError
from helpers.stats.columns import require
from helpers.stats.estimates import Estimate, pick, to_frame
from helpers.stats.pool.study_rows import check_present
from helpers.stats.published.printed import printed_shares

LINKED = ("state-body", "state-linked")
"""Linkages that count as linked to the state; every other one, unknown too, is another house."""

STANDS = ("other houses", "state-linked")
WORDINGS = ("trust", "approve")

HOUSES = {
    "csi": "CSI",
    "eii": "EII",
    "ips": "IPS",
    "kaziss": "KazISS",
    "selteyev": "Selteyev",
    "strategy-center": "Strategy",
    "transparency-kazakhstan": "Transparency",
}
"""Short names of houses whose full name fits no label."""

_YEAR_ZERO = 2020


def poll_studies(readings: pd.DataFrame, *, deff: float = 1.0) -> pd.DataFrame:
    """Printed percentages as studies that can be pooled, each with what is known about its poll.

    In all else as `printed_shares`.

    Parameters
    ----------
    readings : as `helpers.data.published.polls` gives them; one row a study, the answer printed as
        trust or approve.
    deff : design effect, at least 1.

    Returns
    -------
    The rows of `helpers.stats.published.printed.printed_shares`, and: ``house``, a short name; ``linkage``;
    ``stands``, state-linked or other houses; ``wording``; ``mode``, missing where not stated;
    ``date``, the end of fieldwork or publication; ``year``, the same as a decimal from 2020 on.

    Raises
    ------
    EstimationError
        An answer is neither trust nor approve; ``deff`` is below 1.
    """
    require(readings, "response", "fieldwork_end", "fieldwork_start", "linkage", "pollster",
            "pollster_name", "mode")  # fmt: skip
    other = sorted(set(readings["response"].map(str)) - set(WORDINGS))
    if other:
        raise EstimationError(
            f"answers of other wordings cannot stand beside trust; got {other}; expected"
            f" {list(WORDINGS)}. Filter by response."
        )
    date = readings["fieldwork_end"].fillna(readings["fieldwork_start"])
    linked = readings["linkage"].isin(LINKED)
    known = pd.DataFrame(
        {
            "house": readings["pollster"].map(HOUSES).fillna(readings["pollster_name"]),
            "linkage": readings["linkage"],
            "stands": pd.Categorical(linked.map({False: STANDS[0], True: STANDS[1]}), STANDS),
            "wording": pd.Categorical(readings["response"], WORDINGS),
            "mode": readings["mode"],
            "date": date,
            "year": [
                decimal_year(day) - _YEAR_ZERO if isinstance(day, str) else None for day in date
            ],
        }
    )
    shares = printed_shares(readings, deff=deff)
    return pd.concat([shares, known.reset_index(drop=True)], axis=1)


def decimal_year(date: str) -> float:
    """An ISO date of any precision as a year; the middle of the year or month if no more is known."""
    year, *rest = (int(part) for part in date.split("-"))
    if not rest:
        return year + 0.5
    days = rest[1] - 0.5 if len(rest) > 1 else 15.5
    return year + (rest[0] - 1 + days / 31) / 12


def extremes(rows: pd.DataFrame, *, by: str) -> pd.DataFrame:
    """The lowest and the highest estimate for each value of a column.

    In all else as `poll_studies`.

    Parameters
    ----------
    rows : result rows of one unit.
    by : column whose values form the groups.

    Returns
    -------
    Result rows; ``group`` is the value, ``level`` says ``lowest`` or ``highest``, and ``item`` is
    the group whose estimate it is. Without intervals: what is picked for its size has none of its
    own.
    """
    check_present(rows, [by])
    found: list[Estimate] = []
    for value, part in rows.groupby(by, sort=False, observed=True):
        ends = {"lowest": part["estimate"].idxmin(), "highest": part["estimate"].idxmax()}
        for level, index in ends.items():
            row = pick(rows.loc[[index]])
            found.append(
                replace(
                    row, item=row.group, level=level, group=str(value), se=None, ci_low=None,
                    ci_high=None, n_eff=None, deff=None, method="extremes",
                )
            )  # fmt: skip
    return to_frame(found)
