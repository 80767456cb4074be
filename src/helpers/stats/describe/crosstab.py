"""Two answers crossed under a design: the table of shares, and whether the answers go together."""

from __future__ import annotations

from functools import partial
from typing import Literal

import numpy as np
import pandas as pd
from scipy import optimize, special, stats

from helpers.errors import EstimationError
from helpers.stats.describe.shares import share_fields, share_influence, shares
from helpers.stats.design import Design, Floats, covariance_of_sums
from helpers.stats.estimates import CONFIDENCE, Estimate, Inapplicable, TestResult, to_frame
from helpers.stats.linearised import NO_SPREAD, answers, grouped, groups_of

Base = Literal["row", "column", "table"]


def crosstab(design: Design, item: str, *, by: str, base: Base = "row") -> pd.DataFrame:
    """Shares of a two-way table with their intervals; rows are groups, columns are answers.

    Assumes what `helpers.stats.describe.describe.proportions` does; each base is a domain of the design.

    Parameters
    ----------
    design : respondents; a missing answer or group in the domain is an error.
    item : column of answers: the columns of the table.
    by : column of groups: the rows of the table.
    base : what sums to 100 percent: ``"row"`` (the answers of a group), ``"column"`` (the groups
        of those who gave an answer) or ``"table"``.

    Returns
    -------
    Rows in percent with logit limits, by group and then by answer; ``n``, ``df`` and design effect
    are those of the base. With ``"row"``, the group ``all`` comes last. With ``"column"``, answers
    that nobody gave have no row.

    Raises
    ------
    EstimationError
        A column is unknown or has missing values, or the base is unknown.

    Notes
    -----
    R equivalent: ``svyby(~item, ~by, design, svymean)``; the whole table is
    ``svymean(~interaction(item, by))``. Source: Binder (1983).
    """
    if base not in ("row", "column", "table"):
        raise EstimationError(f"unknown base {base!r}; expected 'row', 'column' or 'table'.")
    row = partial(
        Estimate,
        item=item,
        unit="percent",
        evidence=design.evidence,
        source=design.source,
        method="crosstab",
    )
    code, labels = answers(design, item)
    rows = grouped(design, by)
    size = len(labels)
    if base == "row":
        tables = [(rows, rows.labels), (grouped(design, None), ["all"])]
        return to_frame(
            row(level=answer, group=name, **share_fields(found, groups, g, k))
            for groups, names in tables
            for found in [shares(design, code, size, groups=groups, interval="logit")]
            for g, name in enumerate(names)
            for k, answer in enumerate(labels)
        )
    if base == "column":
        columns = groups_of(design, *design.labels(item))
        found = shares(design, rows.code, len(rows.labels), groups=columns, interval="logit")
        return to_frame(
            row(level=answer, group=name, **share_fields(found, columns, k, g))
            for g, name in enumerate(rows.labels)
            for k, answer in enumerate(columns.labels)
        )
    whole = grouped(design, None)
    cell = np.where(rows.code >= 0, rows.code * size + code, -1)
    found = shares(design, cell, len(rows.labels) * size, groups=whole, interval="logit")
    return to_frame(
        row(level=answer, group=name, **share_fields(found, whole, 0, g * size + k))
        for g, name in enumerate(rows.labels)
        for k, answer in enumerate(labels)
    )


def rao_scott(design: Design, item: str, *, by: str) -> TestResult | Inapplicable:
    """Whether answers and groups are independent in the population: Pearson's test for a design.

    Assumes enough sampling units for a linear approximation. Pearson's statistic of the weighted
    table, scaled to the number of respondents, is divided by the trace of the generalised design
    effects; Satterthwaite's approximation gives it an F distribution, and the degrees of freedom
    of the design those of its denominator.

    Parameters
    ----------
    design : respondents; a missing answer or group in the domain is an error.
    item, by : columns of answers and of groups; only values that occur count.

    Returns
    -------
    F with its two degrees of freedom. The effect is Cramér's V of the weighted table, without a
    correction for bias; its limits are the V for which the F found would be in the upper or lower
    2.5 percent, by the noncentral F with the same degrees of freedom. The upper limit is never
    below the estimate, which chance alone makes larger than 0. ``deff`` is the mean generalised
    design effect, and ``n_eff`` the respondents over it.

    `Inapplicable` where an answer or a group stands alone, the design has no degrees of freedom,
    the table shows no variance, or empty cells leave the design effects without a solution.

    Raises
    ------
    EstimationError
        A column is unknown or has missing values.

    Notes
    -----
    R equivalent: ``svychisq(~item + by, design, statistic = "F")``. Source: Rao and Scott (1984),
    Thomas and Rao (1987); for the limits, Smithson (2003) with the design effect of Rao and Scott.
    """
    rows, columns = design.labels(by), design.labels(item)
    for (_, labels), name in ((rows, by), (columns, item)):
        if len(labels) < 2:
            return Inapplicable(f"{name!r} has one value only, {labels[0]!r}", "rao_scott")
    whole = grouped(design, None)
    units = float(whole.df[0])
    if units <= 0:
        return Inapplicable("the design has no degrees of freedom", "rao_scott")
    shape = len(rows[1]), len(columns[1])
    cell = np.where(rows[0] >= 0, rows[0] * shape[1] + columns[0], -1)
    share, influence = share_influence(design, cell, shape[0] * shape[1], groups=whole)
    table, variance = share.reshape(shape), covariance_of_sums(design, influence)
    trace, df = _design_effects(table, variance * design.n)
    if not df > 0:
        return Inapplicable("the design effects of the table cannot be told", "rao_scott")
    expected = np.outer(table.sum(axis=1), table.sum(axis=0))
    squared = float(((table - expected) ** 2 / expected).sum())
    statistic, denominator = design.n * squared / trace, df * units
    deff, least = trace / ((shape[0] - 1) * (shape[1] - 1)), min(shape) - 1
    limits = _noncentralities(statistic, df, denominator)
    low, high = (np.sqrt(limit * trace / (df * design.n * least)) for limit in limits)
    cramer = float(np.sqrt(squared / least))
    effect = Estimate(
        item=item,
        level="Cramér's V",
        group=by,
        estimate=cramer,
        se=None,
        ci_low=min(float(low), cramer),
        ci_high=max(min(float(high), 1.0), cramer),
        n=design.n,
        n_eff=design.n / deff,
        deff=deff,
        df=units,
        unit="index",
        evidence=design.evidence,
        source=design.source,
        method="rao_scott",
    )
    return TestResult(
        statistic=statistic,
        statistic_name="F",
        df=(df, denominator),
        p_value=float(stats.f.sf(statistic, df, denominator)),
        effect=effect,
        n=design.n,
        method="rao_scott",
    )


def _design_effects(table: Floats, variance: Floats) -> tuple[float, float]:
    """Trace of the generalised design effects, and Satterthwaite's degrees of freedom.

    ``variance`` is that of the shares times the respondents. Empty cells are left out, as R does;
    zero degrees of freedom say that there is no solution.
    """
    contrast = np.kron(*(_contrasts(size) for size in table.shape))
    share = table.ravel()
    inverse = np.divide(1.0, share, out=np.zeros_like(share), where=share > 0)
    scaled = contrast * inverse[:, None]
    simple, found = contrast.T @ scaled, scaled.T @ variance @ scaled
    if np.linalg.cond(simple) > 1 / NO_SPREAD:
        return 0.0, 0.0
    effects = np.linalg.solve(simple, found)
    trace = float(np.trace(effects))
    if not trace > NO_SPREAD:
        return 0.0, 0.0
    return trace, trace**2 / float(np.trace(effects @ effects))


def _contrasts(size: int) -> Floats:
    """Orthonormal contrasts between ``size`` categories, of shape (size, size − 1)."""
    full = np.linalg.qr(np.column_stack([np.ones(size), np.eye(size)[:, : size - 1]]))[0]
    return np.asarray(full[:, 1:], dtype=np.float64)


def _noncentralities(statistic: float, df: float, denominator: float) -> tuple[float, float]:
    """Noncentralities for which the statistic lies in the upper or lower tail of the interval."""
    tail = (1 - CONFIDENCE) / 2

    def solve(probability: float) -> float:
        def excess(noncentrality: float) -> float:
            below = special.ncfdtr(df, denominator, noncentrality, statistic)
            # Where nearly all of the distribution lies above, scipy gives nan for next to nothing.
            return float(np.nan_to_num(below, nan=0.0)) - probability

        if excess(0.0) <= 0:
            return 0.0
        top = 10.0 + 2 * df * statistic
        while excess(top) > 0:
            top *= 2
        return float(optimize.brentq(excess, 0.0, top, xtol=1e-12 * top, rtol=1e-12))

    return solve(1 - tail), solve(tail)
