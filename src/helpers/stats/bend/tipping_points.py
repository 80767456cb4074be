"""What would turn a claim about a printed share: insincere answers, or a larger design effect."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pandas as pd

from helpers.errors import EstimationError
from helpers.stats.estimates import Estimate, Inapplicable
from helpers.stats.published.printed_interval import (
    Limits,
    Measure,
    Pair,
    Share,
    Z,
    check_measure,
    pair,
    printed_share,
    share_estimate,
    single,
)


def tipping_point(
    reading: pd.DataFrame,
    *,
    to: float | pd.DataFrame,
    measure: Measure = "of-each-100",
    deff: float = 1.0,
) -> Estimate | Inapplicable:
    """How many insincere answers would bring a share down to a stated one, or to another share.

    The share of ``reading`` is bent as in `insincerity_band`; what it falls to stays as it is. If
    ``to`` is a reading of the same poll, the same people answered both, and the interval uses the
    largest variance that the two shares allow; a reading of another poll is independent.

    Parameters
    ----------
    reading : one row; ``percent`` from 0 to 100.
    to : the claim: a percent from 0 to 100, or one row whose share is reached.
    measure : ``of-each-100`` who gave the answer, or ``points`` of the printed share.
    deff : design effect of both, at least 1.

    Returns
    -------
    The tipping point in percent (of those who gave the answer) or points. ``ci_low`` is where the
    interval first holds the claim, 0 where it does already; ``ci_high`` is where the interval ends
    to hold it; none without published bases, or where the share may as well be 0. Or `Inapplicable`, where the share is below the claim
    already, or 0.

    Raises
    ------
    EstimationError
        Not one row, a missing percent, the row itself as ``to``, ``deff`` below 1.

    Notes
    -----
    R equivalent: ``uniroot`` of the bent interval's limit. Against a stated share the limits follow
    from Wilson's (1927), against another share from Fieller's (1954).
    Source: Wilson (1927), Fieller (1954).
    """
    check_measure(measure)
    claim = _claim(reading, to, deff)
    share = claim.share.p
    if share <= 0 or share < claim.goal:
        return Inapplicable(
            f"{100 * share:g} % is not above {100 * claim.goal:g} %, and insincere answers only"
            " lower it",
            "tipping_point",
        )
    most = 1.0 if measure == "of-each-100" else share
    ends = _ends(claim, measure)
    low, high = (None, None) if ends is None else (100 * min(most, max(0.0, end)) for end in ends)
    return replace(
        share_estimate(claim.share, claim.rows, deff=deff, method="tipping_point"),
        estimate=100 * _turn(share, claim.goal, measure),
        se=None,
        ci_low=low,
        ci_high=high,
        unit="percent" if measure == "of-each-100" else "points",
    )


def tipping_design_effect(
    reading: pd.DataFrame, *, to: float | pd.DataFrame
) -> Estimate | Inapplicable:
    """The design effect from which the interval of a share holds a stated one, or another share.

    The interval is Wilson's for a stated share. For another share it is that of the difference, as
    in `differences_within_poll` where both are of one poll, and the claim is that they are equal.

    Parameters
    ----------
    reading : one row; ``percent`` from 0 to 100.
    to : the claim: a percent from 0 to 100, or one row whose share is meant.

    Returns
    -------
    The design effect as an ``index``, with ``n_eff`` at it. Or `Inapplicable`: no base is
    published, the interval holds the claim at a design effect of 1, or not even at n.

    Raises
    ------
    EstimationError
        Not one row, a missing percent, the row itself as ``to``.

    Notes
    -----
    R equivalent: ``uniroot`` over n of a limit of ``prop.test(x, n, correct = FALSE)``. It is
    n (p − c)² / (z² c (1 − c)) for a claim c. Source: Wilson (1927).
    """
    claim = _claim(reading, to, 1.0)
    share, n = claim.share.p, claim.share.n_eff
    if n is None or not (claim.stated or claim.pair):
        return _no_design_effect("no base is published, so there is no interval")
    spread = claim.pair.gap_variance if claim.pair else claim.goal * (1 - claim.goal) / n
    gap = (share - claim.goal) ** 2
    if gap > Z**2 * spread * n:
        return _no_design_effect(
            f"no design effect that leaves a base of 1 brings {100 * claim.goal:g} % into the interval"
        )
    if gap <= Z**2 * spread:
        return _no_design_effect(
            f"the interval holds {100 * claim.goal:g} % already with a design effect of 1"
        )
    deff = gap / (Z**2 * spread)
    found = share_estimate(claim.share, claim.rows, deff=deff, method="tipping_design_effect")
    return replace(
        found, estimate=deff, se=None, ci_low=None, ci_high=None, n_eff=n / deff, unit="index"
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Claim:
    """A share and what it is said to reach, from 0 to 1; ``pair`` where both have a base."""

    share: Share
    goal: float
    pair: Pair | None
    rows: pd.DataFrame
    stated: bool


def _claim(reading: pd.DataFrame, to: float | pd.DataFrame, deff: float) -> _Claim:
    first = single(reading, deff)
    share = printed_share(first, deff)
    if not isinstance(to, pd.DataFrame):
        if not 0 <= to <= 100:
            raise EstimationError(f"a claim cannot be {to!r}; expected a percent from 0 to 100.")
        return _Claim(share=share, goal=to / 100, pair=None, rows=reading, stated=True)
    second = single(to, deff)
    same_people = bool(first["poll_id"] == second["poll_id"])
    if same_people and (first[["target", "response"]] == second[["target", "response"]]).all():
        raise EstimationError(
            f"a share is set against itself; got {first['target']!r} of {first['poll_id']!r} twice;"
            " expected another target, response or poll."
        )
    goal = printed_share(second, deff)
    both = pair(share, goal, same_people=same_people)
    rows = pd.concat([reading, to])
    return _Claim(share=share, goal=goal.p, pair=both, rows=rows, stated=False)


def _turn(share: float, goal: float, measure: Measure) -> float:
    """The insincere part at which a share, or a limit of its interval, comes down to the goal."""
    if share <= goal:
        return 0.0
    if measure == "points":
        return share - goal
    return 1 - goal / share


def _ends(claim: _Claim, measure: Measure) -> Limits | None:
    """The insincere parts at which the interval begins and ends to hold the claim."""
    if claim.stated:
        limits = claim.share.limits
        return limits and (
            _turn(limits[0], claim.goal, measure), _turn(limits[1], claim.goal, measure),
        )  # fmt: skip
    if claim.pair is None:
        return None
    if measure == "points":
        return claim.pair.gap
    ratio = claim.pair.ratio
    return ratio and (1 - ratio[1], 1 - ratio[0])


def _no_design_effect(reason: str) -> Inapplicable:
    return Inapplicable(reason, "tipping_design_effect")
