"""Tests for a trend of ordered answers along ordered groups, unweighted, each with its effect."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from helpers.evidence import evidence_of
from helpers.stats.compare.coded import Floats, ordered
from helpers.stats.compare.effect_intervals import fisher_limits
from helpers.stats.compare.grouped import grouped, superiority, two_sided
from helpers.stats.estimates import Estimate, Inapplicable, TestResult, join_sources


def jonckheere(rows: pd.DataFrame, *, item: str, by: str) -> TestResult | Inapplicable:
    """Test whether answers tend to rise or fall along ordered groups (Jonckheere–Terpstra).

    Two-sided, normal with ties corrected. The effect is the probability that of two respondents
    from different groups the one from the later group answers higher, ties counted half; its
    interval is that of `superiority`. ``by`` is a column of numbers or an ordered categorical;
    other columns, missing values and errors are those of `mann_whitney`.

    In all else as `mann_whitney`.

    Notes
    -----
    R equivalent: z of ``cor.test(as.integer(by), item, method = "kendall", exact = FALSE)``;
    DescTools and clinfun leave ties out. Source: Jonckheere (1954), Lehmann (1975).
    """
    table = grouped(rows, item=item, by=by)
    if not table.in_order:
        ordered(rows, by)
    if reason := table.obstacle(item):
        return Inapplicable(reason, "jonckheere")
    sizes, totals = table.counts.sum(axis=1), table.counts.sum(axis=0)
    pairs = float(sizes.sum() ** 2 - (sizes**2).sum()) / 2
    j = pairs * superiority(table.counts).probability
    z = (j - pairs / 2) / math.sqrt(_jonckheere_variance(sizes, totals))
    return TestResult(
        statistic=z,
        statistic_name="z",
        df=(),
        p_value=two_sided(z),
        effect=table.superiority(
            item=item, method="jonckheere", rising=True, group=f"later over earlier {by}"
        ),
        n=table.n,
        method="jonckheere",
    )


def linear_by_linear(rows: pd.DataFrame, *, item: str, by: str) -> TestResult | Inapplicable:
    """Test for a linear trend between two ordered columns, with the correlation of their scores.

    Scores are the numbers themselves, or the positions 1, 2, … on the whole scale of an ordered
    categorical. The interval of the correlation lies on Fisher's scale, with a variance that
    assumes no distribution; none is given for a correlation of −1 or 1. Columns, missing values
    and errors are those of `mann_whitney`, and ``by`` has an order.

    In all else as `mann_whitney`.

    Notes
    -----
    R equivalent: ``coin::lbl_test`` for scores 1, 2, …. Source: Mantel (1963), Agresti (2010).
    """
    kind = evidence_of(rows)
    scores = []
    for column in (item, by):
        answers, points = ordered(rows, column)
        if points.size < 2:
            reason = f"{column} has one value, {answers.labels[0]}, so there is no trend"
            return Inapplicable(reason, "linear_by_linear")
        scores.append(points[answers.codes])
    r, se = _correlation(*scores)
    low, high = (None, None) if se is None else fisher_limits(r, se)
    z = math.sqrt(len(rows) - 1) * r
    return TestResult(
        statistic=z,
        statistic_name="z",
        df=(),
        p_value=two_sided(z),
        effect=Estimate(
            item=item, level=f"correlation with {by}", group="all", estimate=r, se=se, ci_low=low,
            ci_high=high, n=len(rows), n_eff=None, deff=None, df=None, unit="correlation",
            evidence=kind, source=join_sources(rows), method="linear_by_linear",
        ),
        n=len(rows),
        method="linear_by_linear",
    )  # fmt: skip


def _jonckheere_variance(sizes: Floats, totals: Floats) -> float:
    def sums(m: Floats) -> tuple[float, float, float]:
        pairs = m * (m - 1)
        return (
            float((pairs * (2 * m + 5)).sum()),
            float((pairs * (m - 2)).sum()),
            float(pairs.sum()),
        )

    groups, ties, everybody = sums(sizes), sums(totals), sums(sizes.sum(keepdims=True))
    return (
        (everybody[0] - groups[0] - ties[0]) / 72
        + groups[1] * ties[1] / (36 * everybody[1])
        + groups[2] * ties[2] / (8 * everybody[2])
    )


def _correlation(x: Floats, y: Floats) -> tuple[float, float | None]:
    """Pearson's r and its standard error from the influence of each respondent."""
    u, v = _standardised(x), _standardised(y)
    r = float(np.clip((u * v).mean(), -1, 1))
    influence = u * v - r / 2 * (u**2 + v**2)
    se = math.sqrt(float((influence**2).mean()) / x.size)
    return r, se if se > 1e-9 and abs(r) < 1 - 1e-12 else None


def _standardised(scores: Floats) -> Floats:
    """Scores with mean 0 and variance 1, brought to the unit interval first against overflow."""
    scaled = scores / np.abs(scores).max()
    unit = (scaled - scaled.min()) / np.ptp(scaled)
    return np.asarray((unit - unit.mean()) / unit.std(), dtype=np.float64)
