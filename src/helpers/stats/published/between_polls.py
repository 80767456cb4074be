"""Two polls that asked different people: how far they differ, and how far chance alone reaches."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterator
from dataclasses import replace

import pandas as pd

from helpers.errors import EstimationError
from helpers.evidence import evidence_of
from helpers.stats.estimates import Estimate, join_sources, to_frame
from helpers.stats.no_effect.equivalence_printed import equivalent_printed_proportions
from helpers.stats.no_effect.tost import Equivalence
from helpers.stats.published.printed import DESIGN_EFFECTS
from helpers.stats.published.printed_interval import (
    Limits,
    Share,
    Z,
    check_readings,
    printed_base,
    printed_share,
)

_Compared = tuple[pd.Series, pd.Series, Estimate]


def differences_between_polls(
    readings: pd.DataFrame, *, subtrahend: str, deff: float = 1.0
) -> pd.DataFrame:
    """How much larger each poll's share is than that of one poll, target by target.

    Assumes independent simple random samples, each worth ``n / deff``. Where wording, mode or days
    differ, the difference holds all of them. The interval combines Wilson's intervals of the two
    shares (Newcombe's tenth method), so it needs no normal approximation of either.

    Parameters
    ----------
    readings : one row a poll, target and answer, with ``poll_id target response scale percent n
        subgroup source_id evidence``; ``percent`` from 0 to 100. Answers may differ between polls.
    subtrahend : ``poll_id`` whose share is subtracted; one row a target.
    deff : design effect of both polls, at least 1.

    Returns
    -------
    Rows in points, in the order given; ``group`` and ``level`` are the other poll and its answer,
    ``n`` the two bases together. No interval where a base is not published.

    Raises
    ------
    EstimationError
        ``subtrahend`` is no poll of the readings, or stands twice for a target; a percent is
        missing or impossible; ``deff`` is below 1.

    Notes
    -----
    R equivalent: from the limits of ``prop.test(x, n, correct = FALSE)`` of each share, or
    ``DescTools::BinomDiffCI(method = "score")``. Source: Newcombe (1998).
    """
    rows = []
    for minuend, other, row in _compared(readings, subtrahend, deff, "differences_between_polls"):
        first, second = printed_share(minuend, deff), printed_share(other, deff)
        limits = _newcombe(first, second)
        se = None
        if first.se is not None and second.se is not None:
            se = 100 * math.hypot(first.se, second.se)
        rows.append(_filled(row, 100 * (first.p - second.p), se=se, limits=limits))
    return to_frame(rows)


def expected_by_chance(
    readings: pd.DataFrame, *, subtrahend: str, deff: float = 1.0
) -> pd.DataFrame:
    """How far two such polls would differ in nineteen of twenty cases if their shares were one.

    Assumes independent simple random samples, each worth ``n / deff``, from one share: that of the
    two polls together. A difference up to this size can come from sampling alone.

    In all else as `differences_between_polls`.

    Parameters
    ----------
    readings, subtrahend, deff : as for `differences_between_polls`.

    Returns
    -------
    Rows in points without an interval, for the pairs that both publish a base.

    Raises
    ------
    EstimationError
        As `differences_between_polls`.

    Notes
    -----
    R equivalent: ``1.96 * abs(p1 - p2) / sqrt(prop.test(x, n, correct = FALSE)$statistic)``.
    """
    rows = []
    for minuend, other, row in _compared(readings, subtrahend, deff, "expected_by_chance"):
        first, second = printed_share(minuend, deff), printed_share(other, deff)
        if first.n_eff is None or second.n_eff is None:
            continue
        total = first.n_eff + second.n_eff
        p = (first.p * first.n_eff + second.p * second.n_eff) / total
        spread = math.sqrt(p * (1 - p) * (1 / first.n_eff + 1 / second.n_eff))
        rows.append(_filled(row, 100 * Z * spread, se=None, limits=None))
    return to_frame(rows)


def equivalence_by_design_effect(
    readings: pd.DataFrame, *, lower: float, upper: float
) -> pd.DataFrame:
    """Whether two polls differ by no more than the bounds, at each of `DESIGN_EFFECTS`.

    In all else as `equivalent_printed_proportions`.

    Parameters
    ----------
    readings, lower, upper : as for
        `helpers.stats.no_effect.equivalence_printed.equivalent_printed_proportions`.

    Returns
    -------
    The difference as result rows in points, with ``inner_low`` and ``inner_high``, the 90 %
    interval that decides, and ``verdict``. No rows where both shares are 0 or 100.

    Notes
    -----
    R equivalent: ``TOSTER::TOSTtwo.prop``. Source: Lakens (2017).
    """
    found = [
        equivalent_printed_proportions(readings, lower=lower, upper=upper, deff=deff)
        for deff in DESIGN_EFFECTS
    ]
    known = [one for one in found if isinstance(one, Equivalence)]
    return to_frame(one.effect for one in known).assign(
        inner_low=[one.inner_low for one in known],
        inner_high=[one.inner_high for one in known],
        verdict=[str(one.verdict) for one in known],
    )


def _newcombe(first: Share, second: Share) -> Limits | None:
    """Limits of the first less the second; None where a base is not published."""
    if first.limits is None or second.limits is None:
        return None
    gap = first.p - second.p
    down = math.hypot(first.p - first.limits[0], second.limits[1] - second.p)
    up = math.hypot(first.limits[1] - first.p, second.p - second.limits[0])
    return gap - down, gap + up


def _compared(
    readings: pd.DataFrame, subtrahend: str, deff: float, method: str
) -> Iterator[_Compared]:
    """Each reading of another poll, the reading subtracted from it, and a row to fill in."""
    check_readings(readings, deff)
    bases = _bases(readings, subtrahend)
    for index, minuend in readings.iterrows():
        if minuend["poll_id"] == subtrahend or minuend["target"] not in bases:
            continue
        both = readings.loc[[index, bases[minuend["target"]]]]
        other = both.iloc[1]
        n = [printed_base(minuend), printed_base(other)]
        whole = None if None in n else sum(base or 0 for base in n)
        row = Estimate(
            item=str(minuend["target"]), level=str(minuend["response"]),
            group=str(minuend["poll_id"]), estimate=0.0, se=None, ci_low=None, ci_high=None,
            n=whole, n_eff=None if whole is None else whole / deff,
            deff=None if whole is None else deff, df=None, unit="points",
            evidence=evidence_of(both), source=join_sources(both), method=method,
        )  # fmt: skip
        yield minuend, other, row


def _bases(readings: pd.DataFrame, subtrahend: str) -> dict[str, Hashable]:
    """The row of the poll that is subtracted, by target."""
    base = readings[readings["poll_id"] == subtrahend]
    twice = sorted(set(base.loc[base["target"].duplicated(), "target"]))
    if base.empty or twice:
        raise EstimationError(
            f"there is not one share to subtract; got {len(base)} readings of {subtrahend!r}"
            f"{f', several of {twice}' if twice else ''}; expected one a target. Filter by"
            " response, or name another poll."
        )
    return dict(zip(base["target"], base.index, strict=True))


def _filled(row: Estimate, value: float, *, se: float | None, limits: Limits | None) -> Estimate:
    low, high = limits or (None, None)
    return replace(
        row, estimate=value, se=se, ci_low=None if low is None else 100 * low,
        ci_high=None if high is None else 100 * high,
    )  # fmt: skip
