"""Limits of effect sizes: on the logit and Fisher scales, by inverting a test, and exact at 1."""

from __future__ import annotations

import math

import numpy as np
from scipy import optimize, special, stats

from helpers.stats.estimates import CONFIDENCE

TAIL = (1 - CONFIDENCE) / 2


def logit_limits(share: float, se: float, df: float) -> tuple[float, float]:
    """Limits of a probability strictly between 0 and 1: a t interval on the logit scale."""
    half = stats.t.isf(TAIL, df) * se / (share * (1 - share))
    centre = special.logit(share)
    return float(special.expit(centre - half)), float(special.expit(centre + half))


def fisher_limits(correlation: float, se: float) -> tuple[float, float]:
    """Limits of a correlation strictly between −1 and 1: a normal interval on Fisher's scale."""
    half = stats.norm.isf(TAIL) * se / (1 - correlation**2)
    centre = math.atanh(correlation)
    return math.tanh(centre - half), math.tanh(centre + half)


def noncentrality_limits(statistic: float, df: float) -> tuple[float, float]:
    """Limits of the noncentrality of a chi-square statistic, found by inverting its distribution.

    The lower limit is 0 where the central upper tail holds more than half of one less
    `CONFIDENCE`. Source: Smithson (2003).
    """
    return _noncentrality(statistic, df, 1 - TAIL), _noncentrality(statistic, df, TAIL)


def least_share(trials: float) -> float:
    """Lower Clopper–Pearson limit of a share when all of ``trials`` succeeded."""
    return float(TAIL ** (1 / trials))


def squared_effect_limits(
    statistic: float, df: float, *, scale: float, estimate: float
) -> tuple[float, float]:
    """Limits of a squared effect that is a chi-square statistic over ``scale``.

    Kept within 0 and 1, and around the ``estimate``: the statistic of a small sample can lie
    below what any noncentrality makes likely.
    """
    low, high = noncentrality_limits(statistic, df)
    return min(low / scale, estimate), min(max(high / scale, estimate), 1.0)


def tango_limits(gained: int, lost: int, n: int) -> tuple[float, float]:
    """Limits of a difference of paired shares of ``n``, of whom some gained the answer, some lost it.

    The differences at which the score statistic equals the normal quantile. Source: Tango (1998).
    """
    z = float(stats.norm.isf(TAIL))
    if gained + lost == 0:
        return -(z**2) / (n + z**2), z**2 / (n + z**2)

    def excess(difference: float, side: float) -> float:
        b = (2 * n - gained + lost) * difference - gained - lost
        root = math.sqrt(max(b * b + 8 * n * lost * difference * (1 - difference), 0.0))
        share_lost = (root - b) / (4 * n)
        variance = n * (2 * share_lost + difference * (1 - difference))
        return gained - lost - n * difference - side * z * math.sqrt(max(variance, 0.0))

    estimate = (gained - lost) / n
    low = -1.0 if lost == n else optimize.brentq(excess, -1.0, estimate, args=(1.0,), xtol=1e-14)
    high = 1.0 if gained == n else optimize.brentq(excess, estimate, 1.0, args=(-1.0,), xtol=1e-14)
    return float(low), float(high)


def _noncentrality(statistic: float, df: float, probability: float) -> float:
    if stats.chi2.cdf(statistic, df) <= probability:
        return 0.0

    def excess(root: float) -> float:
        return float(stats.ncx2.cdf(statistic, df, root**2)) - probability

    # On the root scale the statistic is nearly normal with unit spread.
    bound = math.sqrt(statistic) + 10
    return float(optimize.brentq(excess, 0.0, bound, xtol=1e-12, rtol=8 * np.finfo(float).eps)) ** 2
