"""Loadings and correlations of factors behind ordinal items, with intervals under the design."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np
import pandas as pd
from scipy import stats

from helpers.stats.design import Design, Floats, covariance
from helpers.stats.estimates import CONFIDENCE, Estimate, to_frame
from helpers.stats.scales.factor_algebra import minres, rotated
from helpers.stats.scales.polychoric_fit import fit_polychoric

STEP = 1e-4
"""How far a correlation is moved to see how loadings follow; rotations settle to 1e-7."""


def polychoric_loadings(design: Design, *, items: Sequence[str], factors: int = 1) -> pd.DataFrame:
    """Loadings of `factor_loadings` on polychoric correlations, with intervals.

    Minimum residuals; several factors are turned by oblimin, so that loadings are regression
    weights and factors correlate. The interval is linearised under the design: the influence of
    each respondent on the correlations, which counts the estimated thresholds, times the slope of
    the solution in each correlation, found by moving it a little. By t; for correlations of factors
    symmetric in Fisher's z.

    Parameters
    ----------
    items : at least as many that the factors are identified: three for one, five for two.

    Returns
    -------
    Rows ``item`` by ``level`` (``factor 1``, …), then one row a pair of factors, whose ``item`` and
    ``level`` name the two. Without degrees of freedom there are no intervals.

    Raises
    ------
    EstimationError
        As for `factor_loadings` and `polychoric`.
    ConvergenceError
        A Heywood case, or no solution.

    Notes
    -----
    R equivalent: ``psych::fa(fm = "minres", rotate = "oblimin", cor = "poly", correct = 0)``;
    standard errors by ``lavaan``'s ``ULSMV`` where the model holds. Source: Jennrich (1973),
    Binder (1983).
    """
    fit = fit_polychoric(design, items=items)
    matrix = fit.matrix()
    start = _solved(matrix, factors, None)
    values = _flat(*start)
    slopes = np.empty((values.size, fit.rho.size))
    for pair, (i, j) in enumerate(zip(fit.left, fit.right, strict=True)):
        ends = []
        for step in (STEP, -STEP):
            moved = matrix.copy()
            moved[i, j] = moved[j, i] = matrix[i, j] + step
            ends.append(_flat(*_solved(moved, factors, start[0])))
        slopes[:, pair] = (ends[0] - ends[1]) / (2 * STEP)
    df = design.df if design.df >= 1 else None
    variance = np.full(values.size, np.nan)
    if df is not None:
        influence = np.column_stack([fit.influence(design, slope) for slope in slopes])
        variance = np.diag(covariance(design, influence))
    names = [(item, f"factor {k + 1}", "index" if factors > 1 else "correlation")
             for k in range(factors) for item in items]  # fmt: skip
    names += [(f"factor {i + 1}", f"factor {j + 1}", "correlation")
              for i, j in combinations(range(factors), 2)]  # fmt: skip
    return to_frame(
        _row(design, name, float(value), None if df is None else float(np.sqrt(square)), df)
        for name, value, square in zip(names, values, variance, strict=True)
    )


def _solved(matrix: Floats, factors: int, like: Floats | None) -> tuple[Floats, Floats]:
    """Loadings and factor correlations; the factors in the order and direction of ``like``."""
    loadings, phi = rotated(minres(matrix, factors), "oblimin" if factors > 1 else "none")
    if like is None:
        return loadings, phi
    near = like.T @ loadings
    place = np.abs(near).argmax(axis=1)
    sign = np.where(near[np.arange(factors), place] < 0, -1.0, 1.0)
    return loadings[:, place] * sign, phi[np.ix_(place, place)] * np.outer(sign, sign)


def _flat(loadings: Floats, phi: Floats) -> Floats:
    upper = np.triu_indices(len(phi), 1)
    return np.concatenate([loadings.T.ravel(), phi[upper]])


def _row(
    design: Design, name: tuple[str, str, str], value: float, se: float | None, df: float | None
) -> Estimate:
    low = high = None
    if se is not None and df is not None:
        half = float(stats.t.isf((1 - CONFIDENCE) / 2, df)) * se
        low, high = value - half, value + half
        if name[0].startswith("factor ") and name[1].startswith("factor "):
            half /= 1 - value**2
            low, high = np.tanh(np.arctanh(value) + np.array([-half, half])).tolist()
    return Estimate(
        item=name[0], level=name[1], group="all", estimate=value, se=se, ci_low=low, ci_high=high,
        n=design.n, n_eff=None, deff=None, df=df, unit=name[2], evidence=design.evidence,
        source=design.source, method="polychoric_loadings",
    )  # fmt: skip
