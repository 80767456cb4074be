"""Bayes factors from published numbers alone: a t, a correlation, or two percentages."""

from __future__ import annotations

import numpy as np
import pandas as pd

from helpers.stats.estimates import Inapplicable
from helpers.stats.no_effect.bayes_factor import (
    CAUCHY,
    Alternative,
    BayesFactor,
    of_r,
    of_t,
    of_table,
)
from helpers.stats.no_effect.equivalence_printed import check_separate, numbers_of
from helpers.stats.no_effect.log_marginal import Interval


def bayes_printed_t(
    row: pd.DataFrame,
    *,
    scale: float = CAUCHY,
    alternative: Alternative = "two-sided",
    null: Interval | None = None,
) -> BayesFactor:
    """The JZS Bayes factor of a published Student t of two groups; see `bayes_means`.

    In all else as `bayes_means`.

    Parameters
    ----------
    row : one row with ``t n1 n2``, evidence and a source. Bases may be effective ones, at least 2.

    Raises
    ------
    EstimationError
        Not one row, a missing or impossible number, or a prior that cannot be.

    Notes
    -----
    R equivalent: ``BayesFactor::ttest.tstat``. Source: Rouder et al. (2009).
    """
    (t,), (n1,) = numbers_of(row, "t", base="n1", count=1, least=-1e6, most=1e6, smallest=2)
    _, (n2,) = numbers_of(row, "t", base="n2", count=1, least=-1e6, most=1e6, smallest=2)
    return of_t(
        row,
        float(t),
        bases=(float(n1), float(n2)),
        scale=scale,
        alternative=alternative,
        null=null,
        method="bayes_printed_t",
    )


def bayes_printed_correlation(
    row: pd.DataFrame,
    *,
    scale: float = 1.0,
    alternative: Alternative = "two-sided",
    null: Interval | None = None,
) -> BayesFactor | Inapplicable:
    """The exact Bayes factor of a published Pearson correlation; see `bayes_correlation`.

    In all else as `bayes_correlation`.

    Parameters
    ----------
    row : one row with ``r``, ``n`` (at least 3), evidence and a source.

    Raises
    ------
    EstimationError
        Not one row, a missing or impossible number, or a prior that cannot be.

    Notes
    -----
    R equivalent: as for `bayes_correlation`. Source: Ly, Verhagen and Wagenmakers (2016).
    """
    (r,), (n,) = numbers_of(row, "r", count=1, least=-1, most=1, smallest=3)
    return of_r(
        row,
        float(r),
        n=float(n),
        scale=scale,
        alternative=alternative,
        null=null,
        method="bayes_printed_correlation",
    )


def bayes_printed_shares(readings: pd.DataFrame, *, scale: float = 1.0) -> BayesFactor:
    """The Bayes factor that two printed percentages of separate samples differ; see `bayes_shares`.

    Counts are ``percent · n / 100``, rounded; the answer against all others. Assumes simple random
    samples, so that it overstates the evidence of polls with a design effect.

    A missing percent or n is an error. In all else as `bayes_shares`.

    Parameters
    ----------
    readings : two rows with ``percent``, ``n``, evidence and a source.

    Raises
    ------
    EstimationError
        Not two rows, no n, a subgroup, one poll for both, or a prior that cannot be.

    Notes
    -----
    R equivalent: as for `bayes_shares`. Source: Gunel and Dickey (1974).
    """
    percent, n = numbers_of(readings, "percent", count=2, least=0, most=100, smallest=1)
    check_separate(readings)
    gave = np.round(percent * n / 100)
    return of_table(
        readings, np.column_stack([gave, n - gave]), scale=scale, method="bayes_printed_shares"
    )
