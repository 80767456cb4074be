"""Shares, means, totals and quantiles of a population, from respondents under a design."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import pandas as pd

from helpers.errors import EstimationError
from helpers.stats.describe.moments import group_quantiles, moments
from helpers.stats.describe.shares import Interval, share_fields, shares
from helpers.stats.design import Design
from helpers.stats.estimates import Estimate, to_frame
from helpers.stats.linearised import answers, grouped


def proportions(
    design: Design, item: str, *, by: str | None = None, interval: Interval = "logit"
) -> pd.DataFrame:
    """The share of the population that gives each answer, among all or in each group.

    Assumes enough sampling units for a linear approximation. The standard error is linearised;
    limits have the degrees of freedom of the group: its units less its strata.

    Parameters
    ----------
    design : respondents; a missing answer or group in the domain is an error.
    item : column of answers, as codes or categories. A category that nobody chose has a row.
    by : column of groups; each is a domain of the same design.
    interval : ``"logit"``, or ``"korn-graubard"`` (exact binomial for the effective base).

    Returns
    -------
    Rows in percent, by group and then by answer. A share whose linearised variance is 0, as is
    every share of exactly 0 or 1, has no standard error; its limits are Korn–Graubard's, with
    Kish's effective base in place of the linearised one. Limits are missing where a group has no
    degrees of freedom. The design effect compares with simple random sampling with replacement
    of the same number of the group.

    Raises
    ------
    EstimationError
        A column is unknown or has missing values, or the interval is unknown.

    Notes
    -----
    R equivalent: ``svymean(~item, subset(design, ...), deff = "replace")``; limits
    ``svyciprop(method = "xlogit")`` or ``"beta"``, ``df = degf(subset)``. Source: Binder (1983),
    Korn and Graubard (1998), Kish (1965).
    """
    code, labels = answers(design, item)
    groups = grouped(design, by)
    found = shares(design, code, len(labels), groups=groups, interval=interval)
    row = _row(design, item, "percent", "proportions")
    return to_frame(
        row(level=answer, group=group, **share_fields(found, groups, g, k))
        for g, group in enumerate(groups.labels)
        for k, answer in enumerate(labels)
    )


def means(design: Design, item: str, *, by: str | None = None) -> pd.DataFrame:
    """The mean of a numeric item in the population, among all or in each group.

    Assumes as `proportions` does; limits by t.

    Parameters
    ----------
    design, by : as for `proportions`.
    item : numeric column.

    Returns
    -------
    Rows in units of the item, one a group. Standard error and limits are missing where the group
    shows no variance: one respondent, one sampling unit, or equal values.

    Raises
    ------
    EstimationError
        A column is unknown, not numeric, or has missing or infinite values.

    Notes
    -----
    R equivalent: ``svymean(~item, subset(design, ...), deff = "replace")`` with
    ``confint(df = degf(subset))``. Source: Binder (1983), Lumley (2004).
    """
    return _moments(design, item, by, total=False, method="means")


def totals(design: Design, item: str, *, by: str | None = None) -> pd.DataFrame:
    """The sum of a numeric item over the population, among all or in each group.

    Assumes weights on the scale of the population: the sum of weights is its size.

    Parameters
    ----------
    design, by, item : as for `means`.

    Returns
    -------
    Rows in units of the item, one a group. The design effect takes the size of the group as
    known, as R does.

    Raises
    ------
    EstimationError
        A column is unknown, not numeric, or has missing or infinite values.

    Notes
    -----
    R equivalent: ``svytotal(~item, subset(design, ...), deff = "replace")``. Source: Lumley (2004).
    """
    return _moments(design, item, by, total=True, method="totals")


def quantiles(
    design: Design, item: str, *, at: Sequence[float] = (0.5,), by: str | None = None
) -> pd.DataFrame:
    """Values of a numeric item below which given shares of the population lie.

    The quantile is the smallest value at or below which lies at least this share. Woodruff's
    limits are the quantiles at the share plus and minus t standard errors of the share at or below
    the estimate. For an item of few values they are coarse.

    Parameters
    ----------
    design, by, item : as for `means`.
    at : shares, between 0 and 1.

    Returns
    -------
    Rows in units of the item, by group and then by share; ``level`` is ``quantile 0.5``. A limit
    is missing where it would lie beyond the values found; the standard error is the width of the
    interval over twice t.

    Raises
    ------
    EstimationError
        A share is not between 0 and 1; a column is unknown, not numeric, or has missing values.

    Notes
    -----
    R equivalent: ``oldsvyquantile(ci = TRUE, method = "constant", f = 1)``; the newer
    ``svyquantile`` centres the limits on the share found, which is above the share asked for
    where values repeat. Source: Woodruff (1952).
    """
    wrong = [share for share in at if not 0 < share < 1]
    if wrong or not len(at):
        raise EstimationError(
            f"quantiles are asked for at {list(at)}; got {wrong or 'none'} outside; expected"
            " shares between 0 and 1."
        )
    groups = grouped(design, by)
    found = group_quantiles(design, item, groups, at)
    row = _row(design, item, "units", "quantiles")
    return to_frame(
        row(level=f"quantile {share:g}", group=group, **fields)
        for group, group_found in zip(groups.labels, found, strict=True)
        for share, fields in zip(at, group_found, strict=True)
    )


def _row(design: Design, item: str, unit: str, method: str) -> Callable[..., Estimate]:
    return partial(
        Estimate,
        item=item,
        unit=unit,
        evidence=design.evidence,
        source=design.source,
        method=method,
    )


def _moments(
    design: Design, item: str, by: str | None, *, total: bool, method: str
) -> pd.DataFrame:
    groups = grouped(design, by)
    found = moments(design, item, groups, total=total)
    row = _row(design, item, "units", method)
    return to_frame(
        row(level="total" if total else "mean", group=group, **fields)
        for group, fields in zip(groups.labels, found, strict=True)
    )
