"""Rank tests of ordered answers between groups, unweighted, each with the size of its effect."""

from __future__ import annotations

import math
from itertools import combinations
from typing import Literal

import pandas as pd
from scipy import stats

from helpers.errors import EstimationError
from helpers.stats import families
from helpers.stats.compare.coded import Floats, check_choice
from helpers.stats.compare.effect_intervals import squared_effect_limits
from helpers.stats.compare.grouped import (
    MOST_EXACT,
    Grouped,
    grouped,
    mann_whitney_exact,
    mann_whitney_z,
    midranks,
    rank_variance,
    superiority,
    two_sided,
)
from helpers.stats.estimates import Estimate, Inapplicable, TestResult


def mann_whitney(
    rows: pd.DataFrame,
    *,
    item: str,
    by: str,
    method: Literal["asymptotic", "exact"] = "asymptotic",
) -> TestResult | Inapplicable:
    """Test whether answers of two groups tend to differ, with the probability of superiority.

    Assumes independent respondents. Under the hypothesis both groups answer alike; the interval
    of the effect does not assume that, nor equal spread.

    Parameters
    ----------
    rows : one row a respondent, with an evidence kind and a source.
    item : ordered answers: numbers, or an ordered categorical.
    by : a column of two groups, taken in their order.
    method : ``asymptotic``, normal with ties corrected and no continuity correction; or
        ``exact``, over all ways to divide the answers, for at most 200 respondents.

    Returns
    -------
    U of the first group. The effect is the probability that an answer of the first group is
    higher than one of the second, ties counted half, with the interval of Brunner and Munzel on
    the logit scale; with complete separation the outer limit is exact and conservative (see
    `superiority`). Inapplicable where all answered alike or a group has fewer than two answers.

    Raises
    ------
    EstimationError
        Other than two groups, missing values, answers without order, too many for ``exact``.

    Notes
    -----
    R equivalent: ``coin::wilcox_test``, exact with ``distribution = "exact"``. Source: Mann and
    Whitney (1947), Brunner and Munzel (2000).
    """
    check_choice("method", method, ("asymptotic", "exact"))
    table = _two_groups(rows, item=item, by=by)
    if reason := table.obstacle(item):
        return Inapplicable(reason, "mann_whitney")
    u, z = mann_whitney_z(table.counts)
    if method == "exact" and table.n > MOST_EXACT:
        raise EstimationError(
            f"an exact test would take too long; got {table.n} respondents; expected at most"
            f" {MOST_EXACT}. Use method='asymptotic'."
        )
    return TestResult(
        statistic=u,
        statistic_name="U",
        df=(),
        p_value=two_sided(z) if method == "asymptotic" else mann_whitney_exact(table.counts),
        effect=table.part(0, 1).superiority(item=item, method="mann_whitney"),
        n=table.n,
        method="mann_whitney",
    )


def cliffs_delta(rows: pd.DataFrame, *, item: str, by: str) -> Estimate | Inapplicable:
    """How much more often an answer of the first group is higher than lower than of the second.

    Twice the probability of superiority, less 1: from −1 to 1, 0 where neither group is higher.
    Assumptions, groups, missing values, errors and interval are those of `mann_whitney`.

    In all else as `mann_whitney`.

    Notes
    -----
    R equivalent: ``effectsize::cliffs_delta``, whose interval differs. Source: Cliff (1993).
    """
    table = _two_groups(rows, item=item, by=by)
    if reason := table.obstacle(item):
        return Inapplicable(reason, "cliffs_delta")
    found = superiority(table.counts[::-1])
    doubled = [None if x is None else 2 * x - 1 for x in (found.low, found.high)]
    return table.estimate(
        2 * found.probability - 1,
        (doubled[0], doubled[1]),
        se=None if found.se is None else 2 * found.se,
        df=found.df,
        item=item,
        level="Cliff's delta",
        group=" over ".join(table.groups),
        unit="index",
        method="cliffs_delta",
    )


def kruskal_wallis(rows: pd.DataFrame, *, item: str, by: str) -> TestResult | Inapplicable:
    """Test whether answers of several groups tend to differ, with epsilon squared.

    Epsilon squared is the share of the variance of the ranks that lies between groups. Its
    interval inverts the noncentral chi-square distribution of the statistic, and covers
    at least nominally for five-point answers. Assumes independent respondents; columns, missing
    values and errors are those of `mann_whitney`, for two groups or more.

    In all else as `mann_whitney`.

    Notes
    -----
    R equivalent: ``kruskal.test``, ``effectsize::rank_epsilon_squared`` (which bootstraps).
    Source: Kruskal and Wallis (1952), Tomczak and Tomczak (2014), Smithson (2003).
    """
    table = grouped(rows, item=item, by=by)
    if reason := table.obstacle(item):
        return Inapplicable(reason, "kruskal_wallis")
    means, sizes = _mean_ranks(table)
    h = float(sizes @ (means - (table.n + 1) / 2) ** 2) / rank_variance(table.counts.sum(axis=0))
    df, scale = float(sizes.size - 1), float(table.n - 1)
    return TestResult(
        statistic=h,
        statistic_name="H",
        df=(df,),
        p_value=float(stats.chi2.sf(h, df)),
        effect=table.estimate(
            min(h / scale, 1.0),
            squared_effect_limits(h, df, scale=scale, estimate=min(h / scale, 1.0)),
            item=item,
            level="epsilon squared",
            group=by,
            unit="index",
            method="kruskal_wallis",
        ),
        n=table.n,
        method="kruskal_wallis",
    )


def dunn(
    rows: pd.DataFrame, *, item: str, by: str, adjust: families.Adjustment = "holm"
) -> tuple[families.Adjusted, ...] | Inapplicable:
    """Test each pair of groups on the ranks of all groups together, after `kruskal_wallis`.

    Two-sided, ties corrected. The effect of each pair is its probability of superiority, as in
    `mann_whitney`; ``adjust`` is ``holm`` or ``bh``, over all pairs. Columns, missing values and
    errors are those of `mann_whitney`, for two groups or more.

    In all else as `mann_whitney` and `adjust`.

    Notes
    -----
    R equivalent: ``FSA::dunnTest``; ``dunn.test`` halves its p-values. Source: Dunn (1964).
    """
    table = grouped(rows, item=item, by=by)
    if reason := table.obstacle(item):
        return Inapplicable(reason, "dunn")
    means, sizes = _mean_ranks(table)
    variance = rank_variance(table.counts.sum(axis=0))
    results = []
    for i, j in combinations(range(sizes.size), 2):
        z = float((means[i] - means[j]) / math.sqrt(variance * (1 / sizes[i] + 1 / sizes[j])))
        results.append(
            TestResult(
                statistic=z,
                statistic_name="z",
                df=(),
                p_value=two_sided(z),
                effect=table.part(i, j).superiority(item=item, method="dunn"),
                n=table.n,
                method="dunn",
            )
        )
    return families.adjust(results, family=f"{item} by {by}, pairs", method=adjust)


def _two_groups(rows: pd.DataFrame, *, item: str, by: str) -> Grouped:
    table = grouped(rows, item=item, by=by)
    if len(table.groups) > 2:
        raise EstimationError(
            f"two groups are compared; got {len(table.groups)} in {by!r}: {list(table.groups)[:10]};"
            " expected 2. Filter the rows, or use kruskal_wallis."
        )
    return table


def _mean_ranks(table: Grouped) -> tuple[Floats, Floats]:
    sizes = table.counts.sum(axis=1)
    return table.counts @ midranks(table.counts.sum(axis=0)) / sizes, sizes
