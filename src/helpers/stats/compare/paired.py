"""Tests of answers that the same respondents gave several times, unweighted, each with its effect."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

import numpy as np
import pandas as pd
from scipy import stats

from helpers.errors import EstimationError
from helpers.evidence import evidence_of
from helpers.stats.compare.coded import check_choice, on_one_scale
from helpers.stats.compare.effect_intervals import squared_effect_limits, tango_limits
from helpers.stats.compare.signed_ranks import (
    MOST_EXACT,
    rank_biserial_limits,
    ranks_of_size,
    signs_exact,
)
from helpers.stats.estimates import Estimate, Inapplicable, TestResult, join_sources


def mcnemar(
    rows: pd.DataFrame,
    *,
    before: str,
    after: str,
    method: Literal["exact", "asymptotic"] = "exact",
) -> TestResult | Inapplicable:
    """Test whether a share changed among the same respondents, with the difference of shares.

    Assumes respondents independent of each other.

    Parameters
    ----------
    rows : one row a respondent, with an evidence kind and a source.
    before, after : columns of 0 and 1 (or false and true); 1 is counted.
    method : ``exact``, binomial, with the number who changed to 1 as statistic; or
        ``asymptotic``, chi-square without continuity correction.

    Returns
    -------
    The effect is the share after less the share before, in points, with Tango's score interval:
    it leaves out 0 when the asymptotic p is below 0.05. Asymptotic and nobody changed:
    inapplicable.

    Raises
    ------
    EstimationError
        Missing values, values other than 0 and 1, one column given twice, or an unknown method.

    Notes
    -----
    R equivalent: ``binom.test(b, b + c)``, ``mcnemar.test(correct = FALSE)``. Source: McNemar
    (1947), Tango (1998).
    """
    check_choice("method", method, ("exact", "asymptotic"))
    evidence_of(rows)
    answers = on_one_scale(rows, (before, after))
    strange = sorted({*np.unique(answers).tolist()} - {0.0, 1.0})
    if strange:
        raise EstimationError(
            f"{before!r} and {after!r} are not shares; got the values {strange[:10]}; expected 0"
            " and 1. Say which answers count: rows[column] == answer."
        )
    change = answers[:, 1] - answers[:, 0]
    gained, lost, n = int((change > 0).sum()), int((change < 0).sum()), len(rows)
    if method == "asymptotic" and gained + lost == 0:
        return Inapplicable(
            f"nobody changed between {before} and {after}; method='exact' still gives an interval",
            "mcnemar",
        )
    low, high = tango_limits(gained, lost, n)
    effect = _effect(
        rows, 100 * (gained - lost) / n, (100 * low, 100 * high), item=after,
        level=f"{after} less {before}", unit="points", method="mcnemar",
        se=100 * math.sqrt(gained + lost - (gained - lost) ** 2 / n) / n,
    )  # fmt: skip
    if method == "exact":
        p = float(stats.binomtest(gained, gained + lost).pvalue) if gained + lost else 1.0
        return TestResult(
            statistic=float(gained), statistic_name="changed to 1", df=(), p_value=p,
            effect=effect, n=n, method="mcnemar",
        )  # fmt: skip
    chi2 = (gained - lost) ** 2 / (gained + lost)
    return TestResult(
        statistic=chi2, statistic_name="chi2", df=(1.0,), p_value=float(stats.chi2.sf(chi2, 1)),
        effect=effect, n=n, method="mcnemar",
    )  # fmt: skip


def wilcoxon(
    rows: pd.DataFrame,
    *,
    before: str,
    after: str,
    zeros: Literal["wilcox", "pratt"] = "wilcox",
    method: Literal["asymptotic", "exact"] = "asymptotic",
) -> TestResult | Inapplicable:
    """Test whether answers rose or fell among the same respondents, with matched rank-biserial r.

    Assumes respondents independent of each other, and that steps of the scale can be ranked by
    size; under the hypothesis the differences are symmetric about 0.

    Parameters
    ----------
    rows : one row a respondent, with an evidence kind and a source.
    before, after : columns of numbers, or ordered categoricals with the same categories.
    zeros : what is done with unchanged answers: ``wilcox`` leaves them out before the differences
        are ranked, ``pratt`` after.
    method : ``asymptotic``, normal with ties corrected and no continuity correction; or
        ``exact``, over all signs, for at most 500 respondents who changed.

    Returns
    -------
    W+, the rank sum of rises. The effect is (W+ − W−) / (W+ + W−), from −1 to 1, with an interval
    on Fisher's scale whose variance assumes no symmetry. Where all changed in one direction, the
    limit is 2·a^(2/m) − 1 with a = 0.025 and m who changed: exact and conservative, from the
    Clopper–Pearson limit of the share of that direction. Inapplicable where nobody changed.

    Raises
    ------
    EstimationError
        Missing values, answers without order, different scales, one column given twice, an
        unknown choice, or too many changes for ``exact``.

    Notes
    -----
    R equivalent: ``coin::wilcoxsign_test(zero.method)``, ``exactRankTests::wilcox.exact``;
    ``effectsize::rank_biserial``, whose interval counts unchanged answers. Source: Wilcoxon
    (1945), Pratt (1959), Kerby (2014).
    """
    check_choice("rule for zeros", zeros, ("wilcox", "pratt"))
    check_choice("method", method, ("asymptotic", "exact"))
    evidence_of(rows)
    answers = on_one_scale(rows, (before, after))
    values, counts = np.unique(answers[:, 1] - answers[:, 0], return_counts=True)
    changed = int(counts[values != 0].sum())
    if changed == 0:
        return Inapplicable(f"nobody changed between {before} and {after}", "wilcoxon")
    if method == "exact" and changed > MOST_EXACT:
        raise EstimationError(
            f"an exact test would take too long; got {changed} who changed; expected at most"
            f" {MOST_EXACT}. Use method='asymptotic'."
        )
    if zeros == "wilcox":
        values, counts = values[values != 0], counts[values != 0]
    ranks = ranks_of_size(values, counts)
    risen = float(counts[values > 0] @ ranks[values > 0])
    fallen = float(counts[values < 0] @ ranks[values < 0])
    moved = values != 0
    z = (risen - fallen) / math.sqrt(float(counts[moved] @ ranks[moved] ** 2))
    r = (risen - fallen) / (risen + fallen)
    se, limits = rank_biserial_limits(r, values, counts, changed)
    exact = method == "exact"
    return TestResult(
        statistic=risen,
        statistic_name="W+",
        df=(),
        p_value=signs_exact(ranks[moved], counts[moved], risen)
        if exact
        else float(2 * stats.norm.sf(abs(z))),
        effect=_effect(
            rows, r, limits, item=after, level=f"rank-biserial, {after} less {before}",
            unit="index", method="wilcoxon", se=se,
        ),
        n=len(rows),
        method="wilcoxon",
    )  # fmt: skip


def friedman(rows: pd.DataFrame, *, items: Sequence[str]) -> TestResult | Inapplicable:
    """Test whether the same respondents answer several items differently, with Kendall's W.

    W is 0 where the mean ranks of the items are equal, 1 where all respondents rank the items
    alike. Its interval inverts the noncentral chi-square distribution of the statistic, and
    covers at least nominally for five-point answers. Assumes respondents independent of each
    other, and items on one scale; ties are corrected.

    Parameters
    ----------
    rows : one row a respondent, with an evidence kind and a source.
    items : two or more columns of numbers, or ordered categoricals with the same categories.

    Returns
    -------
    The test, with W, an index from 0 to 1, as its effect. `Inapplicable` where one respondent
    or no variance leaves nothing to rank.

    Raises
    ------
    EstimationError
        Fewer than two items, missing values, answers without order, or different scales.

    Notes
    -----
    R equivalent: ``friedman.test``, ``effectsize::kendalls_w`` (which bootstraps). Source:
    Friedman (1937), Kendall and Smith (1939), Smithson (2003).
    """
    if isinstance(items, str) or len(items) < 2:
        raise EstimationError(
            f"items are compared with each other; got {items!r}; expected two columns or more."
        )
    evidence_of(rows)
    patterns, counts = np.unique(on_one_scale(rows, items), axis=0, return_counts=True)
    places = stats.rankdata(patterns, axis=1) - (len(items) + 1) / 2
    scatter = float(counts @ (places**2).sum(axis=1))
    if scatter == 0:
        reason = "everybody answered all items alike, so there is nothing to compare"
        return Inapplicable(reason, "friedman")
    df, scale = float(len(items) - 1), float(len(rows) * (len(items) - 1))
    w = min(float(((counts @ places) ** 2).sum()) / scatter / len(rows), 1.0)
    return TestResult(
        statistic=w * scale,
        statistic_name="chi2",
        df=(df,),
        p_value=float(stats.chi2.sf(w * scale, df)),
        effect=_effect(
            rows, w, squared_effect_limits(w * scale, df, scale=scale, estimate=w),
            item=", ".join(items), level="Kendall's W", unit="index", method="friedman",
        ),
        n=len(rows),
        method="friedman",
    )  # fmt: skip


def _effect(
    rows: pd.DataFrame,
    value: float,
    limits: tuple[float | None, float | None],
    *,
    item: str,
    level: str,
    unit: str,
    method: str,
    se: float | None = None,
) -> Estimate:
    return Estimate(
        item=item, level=level, group="all", estimate=value, se=se, ci_low=limits[0],
        ci_high=limits[1], n=len(rows), n_eff=None, deff=None, df=None, unit=unit, method=method,
        evidence=evidence_of(rows), source=join_sources(rows),
    )  # fmt: skip
