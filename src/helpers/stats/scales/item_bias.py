"""Whether people who score alike answer an item differently by group, such as by language version."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from scipy import stats
from statsmodels.stats.multitest import multipletests

from helpers.errors import EstimationError
from helpers.evidence import evidence_of
from helpers.stats.estimates import (
    CONFIDENCE,
    Estimate,
    Inapplicable,
    TestResult,
    join_sources,
    to_frame,
)
from helpers.stats.scales.item_bias_models import Matching, Scale, nested_fits, read_scale

Kind = Literal["uniform", "non-uniform", "either"]
KINDS: tuple[Kind, ...] = ("uniform", "non-uniform", "either")


def item_bias(
    rows: pd.DataFrame, *, items: Sequence[str], by: str, matching: Matching = "rest"
) -> pd.DataFrame | Inapplicable:
    """For each item, whether its answers differ by group among people of the same score.

    Three ordered logit models a respondent's answer: by the score; by score and group; by score,
    group and their product. Uniform bias is what the second adds to the first, non-uniform what the
    third adds to the second, ``either`` what the third adds to the first. Unweighted. Assumes
    proportional odds, independent respondents, and that the other items are not biased together.

    Parameters
    ----------
    rows : one row a respondent, with an evidence kind and a source.
    items : three or more numeric columns of one scale, all pointing the same way.
    by : column of groups, such as the language of the interview.
    matching : ``rest``, the sum of the other items; ``total``, the sum of all.

    Returns
    -------
    Three rows an item, ``level`` the kind of bias; the estimate is the gain in Nagelkerke's R² in
    ``index``, without interval. Columns besides: ``mcfadden``, the gain in McFadden's R²;
    ``statistic``, the likelihood ratio; ``statistic_df``; ``p_value``; and ``p_adjusted``, Holm's
    over the items for each kind. Or `Inapplicable`: one group, or a group of one.

    Raises
    ------
    EstimationError
        A column is unknown, not numeric or has missing values; an item or a score is constant;
        fewer than three items.
    ConvergenceError
        Score or group separates the answers perfectly.

    Notes
    -----
    R equivalent: ``anova`` of ``ordinal::clm`` or ``MASS::polr`` fits; ``lordif`` with sum scores.
    Source: Zumbo (1999), Choi, Gibbons and Crane (2011).
    """
    scale = read_scale(rows, items, by, matching)
    if isinstance(scale, Inapplicable):
        return scale
    tests = [_tests(scale, item) for item in items]
    kind, source = evidence_of(rows), join_sources(rows)
    estimates = [
        Estimate(
            item=item, level=level, group=by, estimate=test[level].nagelkerke, se=None,
            ci_low=None, ci_high=None, n=len(rows), n_eff=None, deff=None, df=None, unit="index",
            evidence=kind, source=source, method="item_bias",
        )
        for item, test in zip(items, tests, strict=True)
        for level in KINDS
    ]  # fmt: skip
    found = [test[level] for test in tests for level in KINDS]
    p = np.array([one.p_value for one in found]).reshape(-1, len(KINDS))
    adjusted = np.column_stack([multipletests(column, method="holm")[1] for column in p.T])
    return to_frame(estimates).assign(
        mcfadden=[one.mcfadden for one in found],
        statistic=[one.statistic for one in found],
        statistic_df=[one.df for one in found],
        p_value=p.ravel(),
        p_adjusted=adjusted.ravel(),
    )


def item_bias_test(
    rows: pd.DataFrame,
    *,
    item: str,
    items: Sequence[str],
    by: str,
    kind: Kind = "either",
    matching: Matching = "rest",
) -> TestResult | Inapplicable:
    """One likelihood ratio test of `item_bias`, of one item; errors as there.

    In all else as `item_bias`.

    Parameters
    ----------
    item : the one of ``items`` that is tested.
    kind : ``uniform``, ``non-uniform`` or ``either``.

    Returns
    -------
    ``statistic`` is chi2 with its degrees of freedom; the effect is the gain in Nagelkerke's R².

    Raises
    ------
    EstimationError
        The item is not one of ``items``, or a choice is unknown.

    Notes
    -----
    R equivalent: ``anova(clm(y ~ score), clm(y ~ score * group))``. Source: Zumbo (1999).
    """
    if item not in items or kind not in KINDS:
        raise EstimationError(
            f"nothing to test; got item={item!r}, kind={kind!r}; expected one of {list(items)} and"
            f" one of {list(KINDS)}."
        )
    scale = read_scale(rows, items, by, matching)
    if isinstance(scale, Inapplicable):
        return scale
    test = _tests(scale, item)[kind]
    effect = Estimate(
        item=item, level=kind, group=by, estimate=test.nagelkerke, se=None, ci_low=None,
        ci_high=None, n=len(rows), n_eff=None, deff=None, df=None, unit="index",
        evidence=evidence_of(rows), source=join_sources(rows), method="item_bias_test",
    )  # fmt: skip
    return TestResult(
        statistic=test.statistic, statistic_name="chi2", df=(float(test.df),),
        p_value=test.p_value, effect=effect, n=len(rows), method="item_bias_test",
    )  # fmt: skip


def item_bias_sizes(
    rows: pd.DataFrame, *, items: Sequence[str], by: str, matching: Matching = "rest"
) -> pd.DataFrame | Inapplicable:
    """How much higher a group answers each item than the first group does, at the same score.

    The coefficient of the group in the second model of `item_bias`, with a Wald interval; errors as
    there.

    In all else as `item_bias`.

    Returns
    -------
    A row an item and further group, ``group`` naming it and ``level`` the first group, in
    ``log-odds`` of a higher answer.

    Notes
    -----
    R equivalent: ``coef(ordinal::clm(y ~ score + group))``. Source: Zumbo (1999).
    """
    scale = read_scale(rows, items, by, matching)
    if isinstance(scale, Inapplicable):
        return scale
    kind, source = evidence_of(rows), join_sources(rows)
    z = float(stats.norm.isf((1 - CONFIDENCE) / 2))
    estimates = []
    for item in items:
        fit = nested_fits(scale, item)[0][1]
        for k, label in enumerate(scale.labels[1:]):
            value, se = float(fit.slopes[1 + k]), float(np.sqrt(fit.covariance[1 + k, 1 + k]))
            estimates.append(
                Estimate(
                    item=item, level=scale.labels[0], group=label, estimate=value, se=se,
                    ci_low=value - z * se, ci_high=value + z * se, n=len(rows), n_eff=None,
                    deff=None, df=None, unit="log-odds", evidence=kind, source=source,
                    method="item_bias_sizes",
                )
            )  # fmt: skip
    return to_frame(estimates)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Test:
    statistic: float
    df: int
    p_value: float
    nagelkerke: float
    mcfadden: float


def _tests(scale: Scale, item: str) -> dict[Kind, _Test]:
    fits, null = nested_fits(scale, item)
    n, width = len(scale.groups), len(scale.labels)
    most = -np.expm1(2 * null / n)
    nagelkerke = [-np.expm1(2 * (null - fit.loglik) / n) / most for fit in fits]
    tests: dict[Kind, _Test] = {}
    for kind, (small, large) in zip(KINDS, ((0, 1), (1, 2), (0, 2)), strict=True):
        statistic = max(0.0, 2 * (fits[large].loglik - fits[small].loglik))
        df = (large - small) * (width - 1)
        tests[kind] = _Test(
            statistic=statistic,
            df=df,
            p_value=float(stats.chi2.sf(statistic, df)),
            nagelkerke=float(nagelkerke[large] - nagelkerke[small]),
            mcfadden=float((fits[small].loglik - fits[large].loglik) / null),
        )
    return tests
