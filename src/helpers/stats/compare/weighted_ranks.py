"""Ranks of an ordered item compared between groups under a design."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from helpers.errors import EstimationError
from helpers.stats.compare.contrasts import comparable, difference_of_means, group_means
from helpers.stats.design import Design, Floats, covariance_of_sums
from helpers.stats.estimates import Estimate, Inapplicable, TestResult
from helpers.stats.linearised import NO_SPREAD, Groups, grouped, logit_limits, optional

METHOD = "weighted_rank_test"


def weighted_rank_test(design: Design, item: str, *, by: str) -> TestResult | Inapplicable:
    """Whether an ordered item lies higher in one group: Wilcoxon or Kruskal–Wallis for a design.

    Each respondent gets the share of the population that lies below, and half of that at the same
    value; the groups' means of these ranks are compared. Two groups give t with the degrees of
    freedom of the design less one; more give F, whose denominator loses the numerator's.

    Parameters
    ----------
    design : respondents; a missing value or group in the domain is an error.
    item : numeric column or ordered category.
    by : column of groups.

    Returns
    -------
    With two groups, t, positive where the first lies higher; the effect is the probability that
    one of the first group lies above one of the second, plus half that of a tie. Its linearised
    variance holds under any distributions, and its limits are on the logit scale; complete
    separation has none. With more groups, F; the effect is the share of the variance of ranks
    between the groups (epsilon squared), for which no interval under a design is published.

    `Inapplicable` with one group, a group in a single sampling unit, too few degrees of freedom,
    or no variance of ranks.

    Raises
    ------
    EstimationError
        A column is unknown or has missing values, or the item has no order.

    Notes
    -----
    R equivalent: ``svyranktest(item ~ by, design)``, ``test = "KruskalWallis"`` for more groups;
    R subtracts the first group from the second, and where respondents of unequal weight tie, its
    ranks depend on the order of the rows. Source: Lumley and Scott (2013).
    """
    values = _ordered(design, item)
    groups = grouped(design, by)
    refused = comparable(design, groups, by=by, spent=len(groups.labels) - 1, method=METHOD)
    if refused:
        return refused
    distinct, place = np.unique(values[design.inside], return_inverse=True)
    code, weight = groups.code[design.inside], design.weight[design.inside]
    held = np.bincount(
        code * distinct.size + place, weights=weight, minlength=len(groups.labels) * distinct.size
    ).reshape(len(groups.labels), -1)
    ranks = np.zeros(values.size)
    ranks[design.inside] = _middle(held.sum(axis=0))[place]
    if len(groups.labels) > 2:
        return _kruskal_wallis(design, item, by, ranks, groups)
    lies_above = np.zeros(values.size)
    lies_above[design.inside] = np.where(
        code == 0, _middle(held[1])[place], 1 - _middle(held[0])[place]
    )
    return _wilcoxon(design, item, ranks, lies_above, groups)


def _wilcoxon(
    design: Design, item: str, ranks: Floats, lies_above: Floats, groups: Groups
) -> TestResult | Inapplicable:
    """The test of two groups; ``lies_above`` is the share of the other group each one beats.

    For the second group it is the share of the first by which each one is beaten, so that both
    have the probability that the first lies above as their mean.
    """
    found = difference_of_means(design, ranks, groups)
    if found is None:
        return Inapplicable(f"the ranks of {item!r} show no variance", METHOD)
    df = design.df - 1
    mean, influence = group_means(design, lies_above, groups)
    variance = covariance_of_sums(design, influence.sum(axis=1, keepdims=True))[0, 0]
    se = float(np.sqrt(variance)) if variance > NO_SPREAD**2 else np.nan
    low, high = logit_limits(mean[:1], np.array([se]), np.array([df]))
    effect = {
        "level": f"P({' > '.join(groups.labels)})",
        "unit": "probability",
        "estimate": float(mean[0]),
        "se": optional(se),
        "ci_low": optional(low[0]),
        "ci_high": optional(high[0]),
        "df": df,
    }
    statistic = found.estimate / found.se
    return TestResult(
        statistic=statistic,
        statistic_name="t",
        df=(df,),
        p_value=float(2 * stats.t.sf(abs(statistic), df)),
        effect=_effect(design, item, " − ".join(groups.labels), effect),
        n=design.n,
        method=METHOD,
    )


def _kruskal_wallis(
    design: Design, item: str, by: str, ranks: Floats, groups: Groups
) -> TestResult | Inapplicable:
    mean, influence = group_means(design, ranks, groups)
    size = mean.size - 1
    contrast = np.column_stack([-np.ones(size), np.eye(size)])
    variance = contrast @ covariance_of_sums(design, influence) @ contrast.T
    if variance.max() <= NO_SPREAD**2 or np.linalg.cond(variance) > 1 / NO_SPREAD:
        return Inapplicable(f"the ranks of {item!r} show no variance", METHOD)
    apart, df = contrast @ mean, design.df - size
    statistic = float(apart @ np.linalg.solve(variance, apart)) / size
    inside = design.inside
    weight = design.weight[inside]
    between = np.average((mean[groups.code[inside]] - 0.5) ** 2, weights=weight)
    total = np.average((ranks[inside] - 0.5) ** 2, weights=weight)
    effect = {
        "level": "epsilon squared",
        "unit": "index",
        "estimate": min(float(between / total), 1.0),
        "se": None,
        "ci_low": None,
        "ci_high": None,
        "df": None,
    }
    return TestResult(
        statistic=statistic,
        statistic_name="F",
        df=(float(size), df),
        p_value=float(stats.f.sf(statistic, size, df)),
        effect=_effect(design, item, by, effect),
        n=design.n,
        method=METHOD,
    )


def _effect(design: Design, item: str, group: str, fields: dict[str, Any]) -> Estimate:
    return Estimate(
        item=item,
        group=group,
        n=design.n,
        n_eff=None,
        deff=None,
        evidence=design.evidence,
        source=design.source,
        method=METHOD,
        **fields,
    )


def _ordered(design: Design, item: str) -> Floats:
    """The item as numbers: as they are, or the codes of an ordered category."""
    column = design.rows.get(item)
    if column is None or not isinstance(column.dtype, pd.CategoricalDtype):
        return design.values(item)
    codes, labels = design.labels(item)
    if not column.dtype.ordered:
        raise EstimationError(
            f"item {item!r} has no order; got categories {labels[:10]}; expected numbers or an"
            " ordered category. Set the order of its answers first."
        )
    return codes.astype(np.float64)


def _middle(weight: Floats) -> Floats:
    """The share of weight below each of the ordered values, and half of that at it."""
    return np.asarray((np.cumsum(weight) - weight / 2) / weight.sum(), dtype=np.float64)
