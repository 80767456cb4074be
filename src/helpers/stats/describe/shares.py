"""Shares of answers within groups under a design, as arrays: one row a group, one column an answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from helpers.errors import EstimationError
from helpers.stats.design import Codes, Design, Floats, covariance_of_sums
from helpers.stats.linearised import (
    Groups,
    korn_graubard_limits,
    logit_limits,
    spread,
    standard_errors,
    sums_by_unit,
)

Interval = Literal["logit", "korn-graubard"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Shares:
    """Shares from 0 to 1 with their uncertainty; each of shape (groups, answers), NaN if unknown."""

    share: Floats
    se: Floats
    low: Floats
    high: Floats
    deff: Floats


def shares(design: Design, code: Codes, size: int, *, groups: Groups, interval: Interval) -> Shares:
    """Shares of the ``size`` answers ``code`` within each group, with limits from 0 to 1.

    Where the sample shows no variance, as for every share of exactly 0 or 1, the standard error is
    unknown; limits are then Korn–Graubard's, and design effect and effective base are Kish's.
    """
    if interval not in ("logit", "korn-graubard"):
        raise EstimationError(
            f"unknown interval {interval!r}; expected 'logit' or 'korn-graubard'."
        )
    share, influence = share_influence(design, code, size, groups=groups)
    variance = np.diag(covariance_of_sums(design, influence)).reshape(share.shape)
    n, df, kish = (base[:, None] for base in (groups.n, groups.df, groups.n_kish))
    se = standard_errors(variance, scale=1.0, census=groups.census[:, None])
    unseen = np.isnan(se)
    simple = share * (1 - share)
    known = ~unseen & (simple > 0) & (n > 1) & (se > 0)
    deff = np.where(unseen, n / kish, np.nan)
    np.divide(variance * (n - 1), simple, out=deff, where=known)
    n_eff = np.where(unseen, kish, np.nan)
    np.divide(simple, variance, out=n_eff, where=known)
    low, high = logit_limits(share, se, df)
    exact = korn_graubard_limits(share, n_eff, n=n, df=df)
    chosen = unseen | (known & (interval == "korn-graubard"))
    return Shares(
        share=share,
        se=se,
        low=np.where(chosen, exact[0], low),
        high=np.where(chosen, exact[1], high),
        deff=deff,
    )


def share_influence(
    design: Design, code: Codes, size: int, *, groups: Groups
) -> tuple[Floats, Floats]:
    """Shares by group and answer, and their influence summed by unit, (units, groups · answers)."""
    cell = np.where(groups.code >= 0, groups.code * size + code, -1)
    cells = sums_by_unit(design, cell, len(groups.labels) * size)
    cells = cells.reshape(len(cells), len(groups.labels), size)
    group = cells.sum(axis=2)
    total = group.sum(axis=0)
    share = cells.sum(axis=0) / total[:, None]
    influence = (cells - share * group[:, :, None]) / total[:, None]
    return share, influence.reshape(len(cells), -1)


def share_fields(found: Shares, groups: Groups, group: int, answer: int) -> dict[str, Any]:
    """The numbers of an `Estimate` for one share, in percent."""
    at = (group, answer)
    row = {
        "estimate": 100 * float(found.share[at]),
        "se": 100 * float(found.se[at]),
        "low": 100 * float(found.low[at]),
        "high": 100 * float(found.high[at]),
        "deff": float(found.deff[at]),
    }
    return spread(row, n=int(groups.n[group]), df=float(groups.df[group]))
