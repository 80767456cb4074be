"""A Bayes factor with its prior in words, from a t, a correlation or a table."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from scipy import special

from helpers.errors import EstimationError
from helpers.evidence import Evidence, evidence_of
from helpers.stats.compare.two_groups import NO_SPREAD
from helpers.stats.design import Floats
from helpers.stats.estimates import Inapplicable, join_sources
from helpers.stats.no_effect.log_marginal import Interval, correlation_marginal, t_marginal

Alternative = Literal["two-sided", "greater", "less"]

CAUCHY = math.sqrt(0.5)
"""Scale of the Cauchy prior on a standardised difference. Source: Morey and Rouder (2015)."""

SCALES = (1e-3, 1e3)
"""The scales of a prior that can be computed with; those in use lie between 0.1 and 10."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BayesFactor:
    """How strongly data favour one hypothesis over another.

    Attributes
    ----------
    log_bf10
        Natural logarithm of the Bayes factor for H1 against H0; finite however strong.
    scale, prior
        Scale of the prior, and the two hypotheses in words.
    statistic, statistic_name
        What the data entered as.
    n, evidence, source, method
        Rows, and what the number rests on.
    """

    log_bf10: float
    scale: float
    prior: str
    statistic: float
    statistic_name: str
    n: int
    evidence: Evidence
    source: str
    method: str

    @property
    def bf10(self) -> float:
        """The factor for H1 against H0. Raises an `EstimationError` where no float can hold it."""
        return _exp(self.log_bf10)

    @property
    def bf01(self) -> float:
        """The factor for H0 against H1. Raises an `EstimationError` where no float can hold it."""
        return _exp(-self.log_bf10)


def of_t(
    rows: pd.DataFrame,
    t: float,
    *,
    bases: tuple[float, float],
    scale: float,
    alternative: Alternative,
    null: Interval | None,
    method: str,
) -> BayesFactor:
    """The JZS Bayes factor of Student's t with groups of these bases."""
    _check_scale(scale)
    n1, n2 = bases

    def marginal(within: Sequence[Interval]) -> float:
        return t_marginal(t, n=n1 * n2 / (n1 + n2), df=n1 + n2 - 2, scale=scale, within=within)

    return BayesFactor(
        log_bf10=_log_bf10(marginal, alternative, null, most=math.inf),
        scale=scale,
        prior=f"standardised difference: Cauchy of scale {scale:.4g}; "
        + _in_words(alternative, null),
        statistic=t,
        statistic_name="t",
        n=round(n1 + n2),
        evidence=evidence_of(rows),
        source=join_sources(rows),
        method=method,
    )


def of_r(
    rows: pd.DataFrame,
    r: float,
    *,
    n: float,
    scale: float,
    alternative: Alternative,
    null: Interval | None,
    method: str,
) -> BayesFactor | Inapplicable:
    """The exact Bayes factor of a Pearson correlation on this base."""
    _check_scale(scale)
    if 1 - abs(r) < NO_SPREAD:
        return Inapplicable("the items agree perfectly", method)

    def marginal(within: Sequence[Interval]) -> float:
        return correlation_marginal(r, n=n, scale=scale, within=within)

    return BayesFactor(
        log_bf10=_log_bf10(marginal, alternative, null, most=1.0),
        scale=scale,
        prior=f"correlation: stretched beta of width {scale:.4g}; " + _in_words(alternative, null),
        statistic=r,
        statistic_name="r",
        n=round(n),
        evidence=evidence_of(rows),
        source=join_sources(rows),
        method=method,
    )


def of_table(rows: pd.DataFrame, counts: Floats, *, scale: float, method: str) -> BayesFactor:
    """The Bayes factor of a table of groups by answers, its rows fixed by design.

    The statistic shown with it is Pearson's chi-squared.
    """
    _check_scale(scale, least=1.0)
    prior = np.full(counts.shape, scale)
    shared = prior.sum(axis=0) - (counts.shape[0] - 1)
    log_bf10 = (
        _log_dirichlet(prior + counts)
        - _log_dirichlet(prior)
        - _log_dirichlet(shared + counts.sum(axis=0))
        + _log_dirichlet(shared)
        - _log_dirichlet((prior + counts).sum(axis=1))
        + _log_dirichlet(prior.sum(axis=1))
    )
    expected = np.outer(counts.sum(axis=1), counts.sum(axis=0)) / counts.sum()
    some = expected > 0
    return BayesFactor(
        log_bf10=log_bf10,
        scale=scale,
        prior=f"answers in each group: Dirichlet of concentration {scale:.4g}; H1: the groups"
        " differ; H0: they answer alike",
        statistic=float(((counts - expected)[some] ** 2 / expected[some]).sum()),
        statistic_name="chi2",
        n=int(counts.sum()),
        evidence=evidence_of(rows),
        source=join_sources(rows),
        method=method,
    )


def _log_bf10(
    marginal: Callable[[Sequence[Interval]], float],
    alternative: Alternative,
    null: Interval | None,
    *,
    most: float,
) -> float:
    """H1 outside the null interval on its side or sides, over H0 inside of it."""
    if null is not None and not -most < null[0] < 0 < null[1] < most:
        raise EstimationError(
            f"a null interval cannot be used; got {null!r}; expected two numbers with"
            f" {-most:g} < low < 0 < high < {most:g}."
        )
    low, high = null or (0.0, 0.0)
    sides: dict[str, list[Interval]] = {
        "two-sided": [(-most, low), (high, most)],
        "greater": [(high, most)],
        "less": [(-most, low)],
    }
    if alternative not in sides:
        raise EstimationError(
            f"unknown alternative {alternative!r}; expected one of {list(sides)}."
        )
    return marginal(sides[alternative]) - (marginal([null]) if null else 0.0)


def _in_words(alternative: Alternative, null: Interval | None) -> str:
    if null is None:
        effect = {"two-sided": "not 0", "greater": "above 0", "less": "below 0"}[alternative]
        return f"H1: {effect}; H0: exactly 0"
    low, high = (f"{end:g}" for end in null)
    effect = {
        "two-sided": f"outside {low} to {high}",
        "greater": f"above {high}",
        "less": f"below {low}",
    }[alternative]
    return f"H1: {effect}; H0: between {low} and {high}"


def _check_scale(scale: float, *, least: float = SCALES[0]) -> None:
    if not least <= scale <= SCALES[1]:
        raise EstimationError(
            f"the scale of a prior cannot be used; got {scale!r}; expected a number from {least:g}"
            f" to {SCALES[1]:g}. Take the usual one, and vary it with robustness(...)."
        )


def _log_dirichlet(a: Floats) -> float:
    """Log of the constant of a Dirichlet with these parameters."""
    return float(special.gammaln(a).sum() - special.gammaln(a.sum()))


def _exp(log: float) -> float:
    if abs(log) > 700:
        raise EstimationError(
            f"the Bayes factor is beyond what a float holds; got exp({log:.6g}); expected at most"
            " exp(700). Use log_bf10."
        )
    return math.exp(log)
