"""Estimates of any statistic from replicate weights."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd
from joblib import Parallel, delayed
from scipy import stats

from helpers.errors import EstimationError
from helpers.evidence import Evidence
from helpers.stats.columns import Floats
from helpers.stats.design import LARGEST_VALUE, Design
from helpers.stats.estimates import CONFIDENCE, Estimate, to_frame
from helpers.stats.weights.replicates import Replicates

Statistic: TypeAlias = Callable[[pd.DataFrame, Floats], npt.ArrayLike]


def replicate_estimates(
    replicates: Replicates,
    statistic: Statistic,
    *,
    item: str,
    levels: Sequence[str] = ("estimate",),
    unit: str = "units",
) -> pd.DataFrame:
    """Any statistic of weighted respondents, with its variance over the replicates.

    Assumes a statistic smooth in the weights; the jackknife is wrong for medians. Replicates run in
    parallel where ``joblib.parallel_config`` says so.

    Parameters
    ----------
    replicates : from `bootstrap_replicates`, `jackknife_replicates` or `raked_replicates`.
    statistic : of the rows of the domain and their weights, where a weight of 0 is of a unit not
        drawn; gives a number for each of ``levels``.
    item, levels, unit : what the numbers are called, and their unit.

    Returns
    -------
    Rows of the result shape; 95 % intervals by t with the design's degrees of freedom.

    Raises
    ------
    EstimationError
        The statistic gives another number of values, or a missing or infinite one, in the full
        sample or in a replicate; a replicate has nobody of the domain; no degree of freedom.

    Notes
    -----
    R equivalent: ``survey::withReplicates``. Source: Wolter (2007).
    """
    design = replicates.design
    rows = design.rows[design.inside]
    estimate = _values(statistic, rows, design.weight[design.inside], "the full sample", levels)
    replicated = Parallel()(
        delayed(_values)(
            statistic, rows, replicates.weight(k)[design.inside], f"replicate {k}", levels
        )
        for k in range(replicates.count)
    )
    variance = np.diag(replicates.covariance(estimate, np.vstack(replicated)))
    evidence, source = design.evidence, design.source
    return to_frame(
        t_estimate(
            design, value, float(np.sqrt(square)), item=item, level=level, group="all", unit=unit,
            method=replicates.method, evidence=evidence, source=source,
        )
        for level, value, square in zip(levels, estimate, variance, strict=True)
    )  # fmt: skip


def t_estimate(
    domain: Design, value: float, se: float, *, evidence: Evidence, source: str, **names: str
) -> Estimate:
    """An estimate with a t interval of the domain's degrees of freedom; ``names`` are its texts."""
    if domain.df < 1:
        raise EstimationError(
            f"group {names['group']!r} has no degree of freedom; got {domain.n} respondents in one"
            " sampling unit of each stratum; expected more units than strata. Widen the domain."
        )
    half = float(stats.t.isf((1 - CONFIDENCE) / 2, domain.df)) * se
    return Estimate(
        estimate=float(value), se=se, ci_low=float(value - half), ci_high=float(value + half),
        n=domain.n, n_eff=None, deff=None, df=domain.df, evidence=evidence, source=source, **names,
    )  # fmt: skip


def _values(
    statistic: Statistic, rows: pd.DataFrame, weight: Floats, where: str, levels: Sequence[str]
) -> Floats:
    if not weight.any():
        raise EstimationError(
            f"{where} has nobody of the domain; got {len(rows)} respondents, all in units not drawn;"
            " expected some in every replicate. Widen the domain."
        )
    values = np.atleast_1d(np.asarray(statistic(rows, weight), dtype=np.float64))
    if values.shape != (len(levels),) or not (np.abs(values) <= LARGEST_VALUE).all():
        raise EstimationError(
            f"the statistic cannot be used in {where}; got {values.tolist()}; expected"
            f" {len(levels)} finite numbers, for {list(levels)}. Mind weights of 0."
        )
    return values
