"""How many insincere answers would turn what several polls say together: a mean, or a contrast of houses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pandas as pd
from scipy import optimize

from helpers.errors import EstimationError
from helpers.stats.columns import require
from helpers.stats.estimates import Estimate, Inapplicable, pick
from helpers.stats.pool.meta_regression import meta_regression
from helpers.stats.pool.poll_studies import LINKED, poll_studies
from helpers.stats.pool.pooling import pooled

MOST = 0.99
"""The largest part of the answers that is tried: were all of them insincere, nothing would be left."""

Bent = Callable[[float], Estimate | Inapplicable]
"""What the polls say when this part of the answers is insincere."""


def tipping_mean(
    readings: pd.DataFrame, *, to: float, deff: float = 1.0
) -> Estimate | Inapplicable:
    """How many of the answers must be insincere, in every poll alike, for the mean to fall to a stated one.

    In all else as `pooled` on the logit scale.

    Parameters
    ----------
    readings : as for `helpers.stats.pool.poll_studies.poll_studies`, each with a published n.
    to : the claim: a percent above 0 and below 100.
    deff : design effect of every reading, at least 1.

    Returns
    -------
    Percent of those who gave the answer. ``ci_low`` is where the interval of the mean first holds
    the claim, 0 where it does already; ``ci_high`` is where it ends to hold it, none if beyond 99.
    Or `Inapplicable`: the mean is not above the claim, or falls to it beyond 99 only.

    Raises
    ------
    EstimationError
        ``to`` is no such percent; and as `pooled`.

    Notes
    -----
    R equivalent: ``uniroot`` of ``metafor::rma(measure = "PLO", xi = xi * (1 - x), test = "adhoc")``.
    Source: Viechtbauer (2005); Knapp & Hartung (2003).
    """
    require(readings, "percent")
    if not 0 < to < 100:
        raise EstimationError(
            f"a mean cannot fall to {to!r}; expected a percent above 0, below 100."
        )

    def mean(part: float) -> Estimate:
        thinned = readings.assign(percent=readings["percent"] * (1 - part))
        return pooled(poll_studies(thinned, deff=deff)).estimate

    return _tip(mean, to, "tipping_mean")


def tipping_linkage(readings: pd.DataFrame, *, deff: float = 1.0) -> Estimate | Inapplicable:
    """How many of the answers given to state-linked houses must be insincere to close the gap to others.

    Answers given to other houses count as they stand. In all else as `meta_regression` of the
    linkage alone, in points.

    Parameters
    ----------
    readings : as for `helpers.stats.pool.poll_studies.poll_studies`, each with a published n, of
        both kinds of houses.
    deff : design effect of every reading, at least 1.

    Returns
    -------
    Percent of those who gave the answer to state-linked houses. ``ci_low`` is where the interval
    of the contrast first holds zero, 0 where it does already; ``ci_high`` is where it ends to hold
    it, none if beyond 99. Or `Inapplicable`: state-linked houses do not stand higher, or the
    studies are too few.

    Raises
    ------
    EstimationError
        Only one kind of houses; and as `meta_regression`.

    Notes
    -----
    R equivalent: ``uniroot`` of ``metafor::rma(yi, vi, mods = ~ linked, test = "adhoc")`` on bent
    shares. Source: Knapp & Hartung (2003).
    """
    require(readings, "linkage", "percent")
    linked = readings["linkage"].isin(LINKED)

    def contrast(part: float) -> Estimate | Inapplicable:
        bent = readings["percent"].where(~linked, readings["percent"] * (1 - part))
        rows = poll_studies(readings.assign(percent=bent), deff=deff)
        model = meta_regression(rows, moderators=["stands"], scale="identity")
        return model if isinstance(model, Inapplicable) else pick(model.coefficients.iloc[[1]])

    return _tip(contrast, 0.0, "tipping_linkage")


def _tip(bent: Bent, goal: float, method: str) -> Estimate | Inapplicable:
    """Where an estimate, and either end of its interval, comes down to the goal."""
    first = bent(0.0)
    if isinstance(first, Inapplicable):
        return replace(first, method=method)
    if first.estimate <= goal:
        return Inapplicable(
            f"{first.estimate:g} is not above {goal:g}, and insincere answers only lower it", method
        )
    point = _reached(bent, goal, "estimate")
    if point is None:
        return Inapplicable(
            f"{goal:g} is not reached though {100 * MOST:g} of 100 answers were insincere", method
        )
    return replace(
        first, estimate=point, se=None, ci_low=_reached(bent, goal, "ci_low"),
        ci_high=_reached(bent, goal, "ci_high"), df=None, unit="percent", method=method,
    )  # fmt: skip


def _reached(bent: Bent, goal: float, end: str) -> float | None:
    """The percent of insincere answers at which one value comes down to the goal; it falls throughout."""

    def above(part: float) -> float:
        return float(getattr(bent(part), end)) - goal

    if above(0.0) <= 0:
        return 0.0
    if above(MOST) > 0:
        return None
    return 100 * float(optimize.brentq(above, 0.0, MOST, xtol=1e-10))
