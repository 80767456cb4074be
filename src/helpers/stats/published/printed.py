"""Estimates from printed percentages: what can be said when only a share and its n are published."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import pandas as pd
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from helpers.errors import EstimationError
from helpers.evidence import evidence_of
from helpers.stats.columns import require
from helpers.stats.estimates import CONFIDENCE, Estimate, join_sources, to_frame
from helpers.stats.published.printed_interval import check_readings

DESIGN_EFFECTS = (1.0, 1.5, 2.5)
"""The design effects shown for each printed share: no poll used here publishes its own."""


def printed_shares(readings: pd.DataFrame, *, deff: float = 1.0) -> pd.DataFrame:
    """Each printed percentage as an estimate with a Wilson interval.

    Assumes simple random sampling, widened by ``deff``: the effective base is ``n / deff``. A
    design effect is published for none of these polls, so ``deff=1`` gives a lower bound on
    uncertainty.

    A missing percent is an error, a missing n leaves the interval missing.

    Parameters
    ----------
    readings : one row a reading, with ``target response scale poll_id percent n subgroup
        source_id evidence``; ``percent`` from 0 to 100.
    deff : design effect, at least 1.

    Returns
    -------
    Rows of the result shape in percent, in the order given. A reading without a published n, or
    of a subgroup (for which the base is not published), keeps its estimate and has no interval.

    Raises
    ------
    EstimationError
        ``deff`` is below 1.

    Notes
    -----
    R equivalent: ``prop.test(x, n, correct = FALSE)$conf.int``. Source: Wilson (1927).
    """
    _check_deff(deff)
    check_readings(readings, deff)
    require(readings, "source_id")
    kind = evidence_of(readings)
    estimates = []
    for reading in readings.itertuples(index=False):
        n = None if pd.isna(reading.n) else int(reading.n)
        n_eff = None if n is None or reading.subgroup != "all" else n / deff
        share = reading.percent / 100
        se = low = high = None
        if n_eff is not None:
            low, high = proportion_confint(
                share * n_eff, n_eff, alpha=1 - CONFIDENCE, method="wilson"
            )
            se, low, high = 100 * math.sqrt(share * (1 - share) / n_eff), 100 * low, 100 * high
        estimates.append(
            Estimate(
                item=reading.target,
                level=reading.scale if isinstance(reading.scale, str) else reading.response,
                group=reading.poll_id,
                estimate=reading.percent,
                se=se,
                ci_low=low,
                ci_high=high,
                n=n,
                n_eff=n_eff,
                deff=None if n_eff is None else deff,
                df=None,
                unit="percent",
                evidence=kind,
                source=reading.source_id,
                method="printed_shares",
            )
        )
    return to_frame(estimates)


def asked_together(
    readings: pd.DataFrame, *, targets: Sequence[str], answers: Sequence[str]
) -> pd.DataFrame:
    """The readings of polls that put one question about several of ``targets``.

    In all else as `printed_shares`.

    Parameters
    ----------
    readings : readings of any polls, with ``poll_id target response``.
    targets : what may have been asked about.
    answers : the printed answers to compare, such as trust; a poll counts with each by itself.

    Returns
    -------
    The rows with one of these targets and answers, of the polls and answers that have at least
    two targets; in the order given.
    """
    require(readings, "poll_id", "target", "response")
    fit = readings[readings["target"].isin(targets) & readings["response"].isin(answers)]
    asked = fit.groupby(["poll_id", "response"])["target"].transform("nunique")
    return fit[asked >= 2]


def differences_within_poll(
    readings: pd.DataFrame, *, minuend: str, deff: float = 1.0
) -> pd.DataFrame:
    """How much larger the share of ``minuend`` is than that of each other target of one poll.

    The same people answered about both, and no covariance is published. The variance of the
    difference depends on the share that gave the answer about both; it is largest when that share
    is as small as the two printed shares allow (the Fréchet lower bound). The interval uses that
    largest variance, so its coverage is at least nominal whatever the covariance was::

        n · var(p1 − p2) = p1 + p2 − 2·max(0, p1 + p2 − 1) − (p1 − p2)²

    A missing percent is an error, a missing n leaves the interval missing.

    Parameters
    ----------
    readings : readings of one answer, whole sample, with a published n; at most one row for a
        poll and target. Same columns as for `printed_shares`.
    minuend : the target from whose share the others are subtracted.
    deff : design effect, at least 1.

    Returns
    -------
    Rows in points, one a poll and other target; ``item`` is the other target, ``level`` the
    minuend. Polls that did not ask about ``minuend`` give no row.

    Raises
    ------
    EstimationError
        A reading has no n, is of a subgroup, or stands twice; or ``deff`` is below 1.

    Notes
    -----
    R equivalent: none for unknown covariance; given the 2 × 2 table it is the Wald interval of a
    difference of paired proportions. Source: Fréchet (1951) for the bound.
    """
    _check_deff(deff)
    kind = evidence_of(readings)
    _check_comparable(readings)
    z = float(stats.norm.isf((1 - CONFIDENCE) / 2))
    estimates = []
    for poll_id, poll in readings.groupby("poll_id", sort=False):
        first = poll[poll["target"] == minuend]
        if first.empty:
            continue
        p1, n = float(first["percent"].iloc[0]) / 100, int(first["n"].iloc[0])
        for other in poll[poll["target"] != minuend].itertuples(index=False):
            p2 = other.percent / 100
            both = max(0.0, p1 + p2 - 1)
            se = math.sqrt((p1 + p2 - 2 * both - (p1 - p2) ** 2) * deff / n)
            estimates.append(
                Estimate(
                    item=other.target,
                    level=minuend,
                    group=str(poll_id),
                    estimate=100 * (p1 - p2),
                    se=100 * se,
                    ci_low=100 * max(-1.0, p1 - p2 - z * se),
                    ci_high=100 * min(1.0, p1 - p2 + z * se),
                    n=n,
                    n_eff=n / deff,
                    deff=deff,
                    df=None,
                    unit="points",
                    evidence=kind,
                    source=join_sources(poll[poll["target"].isin([minuend, other.target])]),
                    method="differences_within_poll",
                )
            )
    return to_frame(estimates)


def over_design_effects(
    method: Callable[..., pd.DataFrame], readings: pd.DataFrame, **options: str
) -> pd.DataFrame:
    """The rows of ``method`` for each of `DESIGN_EFFECTS`, which nothing published decides between.

    Rows of one estimate stand together, in the order of ``DESIGN_EFFECTS``.

    ``readings`` and ``options`` are what the method takes. In all else as `printed_shares`.
    """
    rows = pd.concat([method(readings, deff=deff, **options) for deff in DESIGN_EFFECTS])
    return rows.sort_index(kind="stable").reset_index(drop=True)


def _check_deff(deff: float) -> None:
    if not (math.isfinite(deff) and deff >= 1):
        raise EstimationError(
            f"a design effect cannot be used; got {deff!r}; expected a number of at least 1."
        )


def _check_comparable(readings: pd.DataFrame) -> None:
    without_n = readings[readings["n"].isna()]
    if not without_n.empty:
        raise EstimationError(
            "a difference needs a published n; got none for"
            f" {sorted(set(without_n['poll_id']))}; expected n > 0. Leave these polls out."
        )
    subgroups = sorted(set(readings["subgroup"]) - {"all"})
    if subgroups:
        raise EstimationError(
            f"the base of a subgroup is not published; got {subgroups}; expected readings of"
            " the whole sample. Filter subgroup='all'."
        )
    twice = readings[readings.duplicated(["poll_id", "target"], keep=False)]
    if not twice.empty:
        raise EstimationError(
            "a poll gives several readings of one target; got"
            f" {sorted(set(zip(twice['poll_id'], twice['target'], strict=True)))}; expected one"
            " answer of one item. Filter by scale or response."
        )
