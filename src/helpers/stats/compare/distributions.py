"""Tests between published distributions of answers, from their printed percentages and bases."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations
from typing import Literal

import numpy as np
import pandas as pd
from scipy import stats

from helpers.errors import EstimationError
from helpers.evidence import evidence_of
from helpers.stats.compare.coded import Floats, check_choice
from helpers.stats.compare.effect_intervals import squared_effect_limits
from helpers.stats.compare.grouped import Grouped, mann_whitney_z, two_sided
from helpers.stats.compare.published_distributions import read_distributions
from helpers.stats.estimates import Inapplicable, TestResult, join_sources

_CHI_SQUARE, _ORDERED = "compare_distributions", "compare_ordered_distributions"


def compare_distributions(
    rows: pd.DataFrame,
    *,
    item: str,
    by: str,
    percent: str = "percent",
    n: str = "n",
    deff: float = 1.0,
    effect: Literal["cramers_v", "bias_corrected_v"] = "cramers_v",
) -> TestResult | Inapplicable:
    """Test whether published distributions differ: chi-square, with Cramér's V.

    Counts are ``percent · n / 100 / deff``, the percents of a distribution first scaled to sum to
    100. Assumes independent samples, and expected counts large enough for chi-square (Cochran
    asks for 5). Rounding of the printed percents is not part of the interval; ``deff=1`` gives a
    lower bound on uncertainty.

    Parameters
    ----------
    rows : one row a printed percent, 0 to 100, with an evidence kind and a source. Where there
        are columns ``subgroup`` and ``poll_id``, as in `polls`, they are checked.
    item : column of answers; each distribution has the same answers, all of them.
    by : column that tells the distributions apart, such as ``poll_id``.
    percent, n : columns of the printed percent and of the base, one base a distribution.
    deff : design effect, at least 1, by which each base is divided.
    effect : ``cramers_v``, or ``bias_corrected_v`` after Bergsma. The interval is the same, since
        both estimate one number: it inverts the noncentral chi-square distribution.

    Returns
    -------
    Answers that nobody gave in any distribution do not count. Inapplicable with one distribution
    or one answer.

    Raises
    ------
    EstimationError
        Missing or impossible values, a distribution that does not sum to 100 within the rounding
        of its percents, lacks an answer or has one twice, several bases in one distribution,
        subgroups, several distributions of one poll, or ``deff`` below 1.

    Notes
    -----
    R equivalent: ``chisq.test(correct = FALSE)``, ``effectsize::cramers_v``. Source: Cramér
    (1946), Bergsma (2013), Smithson (2003).
    """
    check_choice("effect", effect, ("cramers_v", "bias_corrected_v"))
    shares, bases = read_distributions(rows, item=item, by=by, percent=percent, n=n, deff=deff)
    table = _table(rows, shares.loc[:, (shares > 0).any()], bases, deff)
    if reason := table.obstacle(item):
        return Inapplicable(reason, _CHI_SQUARE)
    counts = table.counts
    chi2, v_squared, scale = _association(counts, corrected=effect == "bias_corrected_v")
    df = float((counts.shape[0] - 1) * (counts.shape[1] - 1))
    low, high = squared_effect_limits(chi2, df, scale=scale, estimate=v_squared)
    return TestResult(
        statistic=chi2,
        statistic_name="chi2",
        df=(df,),
        p_value=float(stats.chi2.sf(chi2, df)),
        effect=table.estimate(
            math.sqrt(v_squared), (math.sqrt(low), math.sqrt(high)), item=item, group=by,
            level="Cramér's V" if effect == "cramers_v" else "Cramér's V, bias-corrected",
            unit="index", method=_CHI_SQUARE,
        ),
        n=table.n,
        method=_CHI_SQUARE,
    )  # fmt: skip


def compare_ordered_distributions(
    rows: pd.DataFrame,
    *,
    item: str,
    by: str,
    order: Sequence[str],
    aside: Sequence[str] = (),
    percent: str = "percent",
    n: str = "n",
    deff: float = 1.0,
) -> tuple[TestResult | Inapplicable, ...]:
    """Test whether answers of one published distribution tend to be higher than of another.

    Mann–Whitney on the counts of `compare_distributions`, for each pair in the order in which the
    distributions stand. The effect is the probability that an answer of the first is higher, ties
    counted half, with the interval of `mann_whitney`. Give the result to `adjust`.

    Parameters
    ----------
    rows, item, by, percent, n, deff : as for `compare_distributions`.
    order : the answers from lowest to highest.
    aside : answers without a place in the order, such as ``dont-know``. Those who gave them leave
        the base.

    Returns
    -------
    One test a pair, or why it does not apply. A missing percent or n is an error.

    Raises
    ------
    EstimationError
        As for `compare_distributions`; or an answer is neither in ``order`` nor ``aside``, stands
        there twice, or does not occur.

    Notes
    -----
    R equivalent: ``coin::wilcox_test`` on each answer repeated by its count. Source: Mann and Whitney (1947),
    Brunner and Munzel (2000).
    """
    shares, bases = read_distributions(rows, item=item, by=by, percent=percent, n=n, deff=deff)
    if len(order) < 2 or sorted([*order, *aside]) != sorted(shares.columns):
        raise EstimationError(
            f"the order does not name each answer once; got order {list(order)} and aside"
            f" {list(aside)}; expected {sorted(shares.columns)}, two or more of them in order."
        )
    table = _table(rows, shares[list(order)], bases, deff)
    pairs = (table.part(*pair) for pair in combinations(range(len(table.groups)), 2))
    return tuple(
        _ordered_pair(
            replace(pair, source=join_sources(rows[rows[by].astype(str).isin(pair.groups)])), item
        )
        for pair in pairs
    )


def _ordered_pair(pair: Grouped, item: str) -> TestResult | Inapplicable:
    if reason := pair.obstacle(item):
        return Inapplicable(f"{' and '.join(pair.groups)}: {reason}", _ORDERED)
    u, z = mann_whitney_z(pair.counts)
    return TestResult(
        statistic=u,
        statistic_name="U",
        df=(),
        p_value=two_sided(z),
        effect=pair.superiority(item=item, method=_ORDERED),
        n=pair.n,
        method=_ORDERED,
    )


def _association(counts: Floats, *, corrected: bool) -> tuple[float, float, float]:
    """Chi-square, V squared, and what chi-square is divided by to give V squared uncorrected."""
    total = float(counts.sum())
    expected = np.outer(counts.sum(axis=1), counts.sum(axis=0)) / total
    chi2 = float(((counts - expected) ** 2 / expected).sum())
    sizes = np.array(counts.shape) - 1.0
    scale = total * float(sizes.min())
    if not corrected:
        return chi2, min(chi2 / scale, 1.0), scale
    excess = chi2 / total - float(sizes.prod()) / (total - 1)
    largest = float((sizes - sizes**2 / (total - 1)).min())
    # Where nothing is left to divide by, the excess is at most 0 as well.
    return chi2, min(excess / largest, 1.0) if excess > 0 < largest else 0.0, scale


def _table(rows: pd.DataFrame, shares: pd.DataFrame, bases: pd.Series, deff: float) -> Grouped:
    return Grouped(
        counts=shares.to_numpy() * bases.to_numpy()[:, None] / deff,
        groups=tuple(shares.index),
        in_order=False,
        evidence=evidence_of(rows),
        source=join_sources(rows),
        deff=deff,
    )
