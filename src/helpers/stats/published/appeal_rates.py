"""Shares of requests answered, and of raters on the second count, as result rows."""

from __future__ import annotations

import pandas as pd
from statsmodels.stats.proportion import proportion_confint

from helpers.errors import EstimationError
from helpers.evidence import evidence_of
from helpers.stats.estimates import CONFIDENCE, Estimate, to_frame


def answered_as_printed(appeals: pd.DataFrame) -> pd.DataFrame:
    """The printed share of requests answered, one row a body and day.

    A count of all requests is no sample, so there is no interval.

    A missing percent is an error. In all else as `second_shares`.

    Parameters
    ----------
    appeals : rows of `helpers.data.official.appeals`.

    Returns
    -------
    Rows of the result shape in percent: ``item`` is the body, ``group`` the day, ``n`` the requests
    received where they are published. Rows without a printed share are left out by the caller.

    Raises
    ------
    EstimationError
        A row has no printed share.
    """
    kind = evidence_of(appeals)
    missing = appeals.loc[appeals["percent_printed"].isna(), "body"]
    if not missing.empty:
        raise EstimationError(
            f"{len(missing)} rows print no share answered; got {sorted(set(missing))}; expected one"
            " in each. Leave them out: rows.dropna(subset='percent_printed')."
        )
    return to_frame(
        Estimate(
            item=row.body, level="answered", group=row.as_of, estimate=float(row.percent_printed),
            se=None, ci_low=None, ci_high=None, n=None if pd.isna(row.received) else int(row.received),
            n_eff=None, deff=None, df=None, unit="percent", evidence=kind, source=row.source_id,
            method="answered_as_printed",
        )
        for row in appeals.itertuples()
    )  # fmt: skip


def second_shares(appeals: pd.DataFrame) -> pd.DataFrame:
    """The share of the second count in those who rated an answer, computed from the printed counts.

    Assumes that raters stand for others who might rate, drawn independently; they chose
    themselves, so the interval says how far chance reaches and nothing of that choice.

    A missing count is an error.

    Parameters
    ----------
    appeals : rows of `helpers.data.official.appeals` with ``rated`` and ``second_count``.

    Returns
    -------
    Rows of the result shape in percent with a Wilson interval: ``item`` is the body, ``group`` the
    day, ``n`` the raters.

    Raises
    ------
    EstimationError
        A row lacks a count, nobody rated, or the second count is the greater.

    Notes
    -----
    R equivalent: ``prop.test(x, n, correct = FALSE)$conf.int``. Source: Wilson (1927).
    """
    kind = evidence_of(appeals)
    counted = appeals.dropna(subset=["rated", "second_count"])
    possible = (counted["rated"] > 0) & (counted["second_count"] <= counted["rated"])
    if len(counted) < len(appeals) or not possible.all():
        raise EstimationError(
            f"the second share cannot be computed for {len(appeals) - int(possible.sum())} of"
            f" {len(appeals)} rows; expected rated > 0 and second_count of at most rated. Leave"
            " them out: rows.dropna(subset='rated')."
        )
    estimates = []
    for row in counted.itertuples():
        low, high = proportion_confint(
            row.second_count, row.rated, alpha=1 - CONFIDENCE, method="wilson"
        )
        share = row.second_count / row.rated
        estimates.append(
            Estimate(
                item=row.body,
                level="second count of those who rated",
                group=row.as_of,
                estimate=100 * share,
                se=100 * (share * (1 - share) / row.rated) ** 0.5,
                ci_low=100 * low,
                ci_high=100 * high,
                n=int(row.rated),
                n_eff=None,
                deff=None,
                df=None,
                unit="percent",
                evidence=kind,
                source=row.source_id,
                method="second_shares",
            )
        )
    return to_frame(estimates)
