"""Bayes factors: how much better an effect fits the data than none, under a stated prior."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd

from helpers.errors import EstimationError
from helpers.stats.compare.two_groups import NO_SPREAD, equal_weights, two_groups
from helpers.stats.estimates import Inapplicable
from helpers.stats.no_effect.bayes_factor import (
    CAUCHY,
    Alternative,
    BayesFactor,
    of_r,
    of_t,
    of_table,
)
from helpers.stats.no_effect.log_marginal import Interval


def bayes_means(
    rows: pd.DataFrame,
    *,
    item: str,
    by: str,
    scale: float = CAUCHY,
    alternative: Alternative = "two-sided",
    null: Interval | None = None,
) -> BayesFactor | Inapplicable:
    """The JZS Bayes factor of a difference of two means, first minus second by label.

    Assumes normal values of one variance, independent and unweighted; Jeffreys' prior on the
    variance, a Cauchy prior on the standardised difference.

    Parameters
    ----------
    rows : respondents with evidence and a source; a missing value is an error.
    item, by : numeric column, and column with two groups.
    scale : of the Cauchy prior, 0.001 to 1000.
    alternative : side of the difference under H1.
    null : interval about 0 that H0 allows; None for exactly 0. H1 then lies outside of it.

    Returns
    -------
    A Bayes factor, a number without unit, and its logarithm. `Inapplicable` where one group,
    one respondent or no variance leaves nothing to compare.

    Raises
    ------
    EstimationError
        A value is missing, over two groups, or a prior that cannot be.

    Notes
    -----
    R equivalent: ``BayesFactor::ttestBF(x, y, rscale, nullInterval)``. Source: Rouder et al.
    (2009), Morey and Rouder (2011) for intervals.
    """
    design = equal_weights(rows, item, by)
    found = two_groups(design, by, method="bayes_means")
    if isinstance(found, Inapplicable):
        return found
    values = design.values(item)
    first, second = (values[mask] for mask in found[0])
    df = first.size + second.size - 2
    pooled = (first.size * first.var() + second.size * second.var()) / df
    if math.sqrt(pooled) <= NO_SPREAD * np.abs(values).max():
        return Inapplicable("nothing varies within the groups", "bayes_means")
    t = (first.mean() - second.mean()) / math.sqrt(pooled * (1 / first.size + 1 / second.size))
    return of_t(
        rows,
        float(t),
        bases=(first.size, second.size),
        scale=scale,
        alternative=alternative,
        null=null,
        method="bayes_means",
    )


def bayes_correlation(
    rows: pd.DataFrame,
    *,
    x: str,
    y: str,
    scale: float = 1.0,
    alternative: Alternative = "two-sided",
    null: Interval | None = None,
) -> BayesFactor | Inapplicable:
    """The exact Bayes factor of a Pearson correlation.

    Assumes two normal variables, independent and unweighted respondents; a beta prior with both
    shapes ``1 / scale``, stretched to −1 to 1, so that scale 1 is uniform.

    Parameters
    ----------
    rows : respondents with evidence and a source; a missing value is an error.
    x, y : numeric columns.
    scale, alternative, null : as for `bayes_means`, on the correlation.

    Returns
    -------
    A Bayes factor, a number without unit, and its logarithm. `Inapplicable` where one group,
    one respondent or no variance leaves nothing to compare.

    Raises
    ------
    EstimationError
        A value is missing, or a prior that cannot be.

    Notes
    -----
    R equivalent: ``BayesFactor::correlationBF(x, y, rscale)``. Source: Jeffreys (1961), Ly,
    Verhagen and Wagenmakers (2016).
    """
    design = equal_weights(rows, x, y)
    columns = [design.values(name) for name in (x, y)]
    if design.n < 3 or any(np.ptp(c) <= NO_SPREAD * np.abs(c).max() for c in columns):
        return Inapplicable("fewer than three rows, or a single value", "bayes_correlation")
    centred = [(c - c.mean()) / np.ptp(c) for c in columns]
    r = float(centred[0] @ centred[1] / np.linalg.norm(centred[0]) / np.linalg.norm(centred[1]))
    return of_r(
        rows,
        r,
        n=design.n,
        scale=scale,
        alternative=alternative,
        null=null,
        method="bayes_correlation",
    )


def bayes_shares(
    rows: pd.DataFrame, *, item: str, by: str, scale: float = 1.0
) -> BayesFactor | Inapplicable:
    """The Bayes factor that the answers are distributed otherwise in some group than in others.

    Assumes independent multinomial samples, one a group, whose sizes are fixed; a Dirichlet prior
    with ``scale`` in each cell of the table.

    Parameters
    ----------
    rows : respondents with evidence and a source; a missing value is an error.
    item, by : column of answers, and column of groups; two or more of each.
    scale : concentration of the prior, 1 to 1000; a larger one expects smaller differences.

    Returns
    -------
    A Bayes factor, a number without unit, and its logarithm. `Inapplicable` where one group,
    one respondent or no variance leaves nothing to compare.

    Raises
    ------
    EstimationError
        A value is missing, or a prior that cannot be.

    Notes
    -----
    R equivalent: ``BayesFactor::contingencyTableBF(table, "indepMulti", "rows", scale)``. Source:
    Gunel and Dickey (1974), Jamil et al. (2017).
    """
    design = equal_weights(rows, item, by)
    (group, groups), (answer, answers) = design.labels(by), design.labels(item)
    if min(len(groups), len(answers)) < 2:
        return Inapplicable("there is one group, or one answer", "bayes_shares")
    counts = np.zeros((len(groups), len(answers)))
    np.add.at(counts, (group, answer), 1)
    return of_table(rows, counts, scale=scale, method="bayes_shares")


def robustness(
    method: Callable[..., BayesFactor | Inapplicable],
    rows: pd.DataFrame,
    *,
    scales: Sequence[float],
    **options: Any,
) -> pd.DataFrame:
    """The Bayes factor of ``method`` over scales of its prior, one row a scale, in that order.

    The columns are the fields of `BayesFactor`; ``options`` go to the method.

    ``rows`` are what the method takes; a missing value is an error there. In all else as
    `bayes_means`.

    Raises
    ------
    EstimationError
        The method cannot answer, or no scale is given.
    """
    found = []
    for scale in scales:
        answer = method(rows, scale=scale, **options)
        if isinstance(answer, Inapplicable):
            raise EstimationError(
                f"there is no Bayes factor to vary; got {answer.reason!r}; expected one for each"
                " scale. Look at the method's own answer first."
            )
        found.append({**asdict(answer), "evidence": answer.evidence.value})
    if not found:
        raise EstimationError("there is no scale to vary; got []; expected at least one.")
    return pd.DataFrame(found)
