"""Random-effects models: the variance between studies, and what follows from it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from scipy import optimize, stats

from helpers.errors import ConvergenceError, EstimationError
from helpers.stats.estimates import CONFIDENCE, Estimate, TestResult
from helpers.stats.pool.study_rows import Floats, Studies

Between = Literal["reml", "paule-mandel"]
HartungKnapp = Literal["bounded", "plain"]

TAILS = ((1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2)


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """Coefficients, their Knapp–Hartung covariance, and what differs beyond them."""

    beta: Floats
    cov: Floats
    df: int
    tau2: tuple[float, float, float]
    typical: float
    q: float


def fit_studies(studies: Studies, x: Floats, between: str, hartung_knapp: str) -> Fit:
    """The random-effects model of the studies on the columns of ``x``."""
    for name, value, known in (
        ("tau2", between, list(BETWEEN)),
        ("hartung_knapp", hartung_knapp, ["bounded", "plain"]),
    ):
        if value not in known:
            raise EstimationError(f"unknown {name}; got {value!r}; expected one of {known}.")
    y, v = studies.y, studies.v
    df = x.shape[0] - x.shape[1]
    tau2 = BETWEEN[between](y, v, x)
    low, high = (_q_profile(y, v, x, float(stats.chi2.isf(tail, df))) for tail in TAILS)
    beta, cov, scatter = _weighted(y, v, x, tau2)
    scatter /= df
    if hartung_knapp == "bounded":
        scatter = max(1.0, scatter)
    elif scatter < 1e-12:
        raise EstimationError(
            "studies that all agree have a plain Hartung–Knapp variance of 0; got"
            f" {len(y)} such studies; expected some scatter. Use hartung_knapp='bounded'."
        )
    w = 1 / v
    trace = w.sum() - np.trace(_weighted(y, v, x, 0.0)[1] @ (x.T * w**2 @ x))
    return Fit(beta, cov * scatter, df, (tau2, low, high), df / trace, _weighted(y, v, x, 0.0)[2])


def _weighted(y: Floats, v: Floats, x: Floats, tau2: float) -> tuple[Floats, Floats, float]:
    """Weighted least squares: coefficients, their covariance, and the weighted squared scatter."""
    root = 1 / np.sqrt(v + tau2)
    q, r = np.linalg.qr(x * root[:, None])
    inverse = np.linalg.inv(r)
    beta = inverse @ (q.T @ (y * root))
    return beta, inverse @ inverse.T, float((((y - x @ beta) * root) ** 2).sum())


def _q_profile(y: Floats, v: Floats, x: Floats, target: float) -> float:
    """The tau2 at which the weighted scatter is ``target``; 0 where it is below from the start."""

    def excess(tau2: float) -> float:
        return _weighted(y, v, x, tau2)[2] - target

    if excess(0.0) <= 0:
        return 0.0
    high = float(v.max())
    while excess(high) > 0:
        high *= 4
    return float(optimize.brentq(excess, 0.0, high, xtol=1e-300, rtol=1e-14, maxiter=1000))


def _paule_mandel(y: Floats, v: Floats, x: Floats) -> float:
    return _q_profile(y, v, x, float(x.shape[0] - x.shape[1]))


def _reml(y: Floats, v: Floats, x: Floats) -> float:
    """The tau2 of greatest restricted likelihood: the best of a grid, then the root of the score."""

    def score(tau2: float) -> float:
        w = 1 / (v + tau2)
        beta, cov, _ = _weighted(y, v, x, tau2)
        squares = ((w * (y - x @ beta)) ** 2).sum()
        return float(squares - w.sum() + np.trace(cov @ (x.T * w**2 @ x)))

    top = len(y) * float(np.ptp(y)) ** 2 + float(v.max())
    grid = np.concatenate([[0.0], np.geomspace(1e-3 * v.min(), top, 100)])
    best = int(np.argmax(_restricted(y, v, x, grid)))
    if best == 0 and score(0.0) <= 0:
        return 0.0
    low, high = float(grid[max(0, best - 1)]), float(grid[min(best + 1, len(grid) - 1)])
    if not score(low) > 0 > score(high):
        raise ConvergenceError(
            "no variance between studies was found; got a likelihood without a peak from"
            f" {low:g} and {high:g}; expected one. Use tau2='paule-mandel'."
        )
    return float(optimize.brentq(score, low, high, xtol=1e-300, rtol=1e-14, maxiter=1000))


def _restricted(y: Floats, v: Floats, x: Floats, tau2: Floats) -> Floats:
    """The restricted log-likelihood at each tau2, less a constant."""
    root = 1 / np.sqrt(v + tau2[:, None])
    q, r = np.linalg.qr(x * root[:, :, None])
    along = y * root
    left = along - np.einsum("tkp,tp->tk", q, np.einsum("tkp,tk->tp", q, along))
    spread = np.log(np.abs(np.diagonal(r, axis1=1, axis2=2))).sum(axis=1)
    return np.asarray(np.log(root).sum(axis=1) - spread - (left**2).sum(axis=1) / 2)


BETWEEN: dict[str, Callable[[Floats, Floats, Floats], float]] = {
    "reml": _reml,
    "paule-mandel": _paule_mandel,
}


def with_interval(row: Estimate, center: float, variance: float, *, df: int) -> Estimate:
    """The row with this estimate and its t interval."""
    se = float(np.sqrt(variance))
    half = float(stats.t.isf(TAILS[0], df)) * se
    return replace(row, estimate=center, se=se, ci_low=center - half, ci_high=center + half, df=df)


def heterogeneity(row: Estimate, fit: Fit, k: int) -> tuple[Estimate, Estimate, TestResult]:
    """The rows of tau2 and I², and Cochran's test."""
    tau2, low, high = fit.tau2
    parts = [100 * value / (value + fit.typical) for value in fit.tau2]
    between = replace(row, level="tau2", unit="index", estimate=tau2, ci_low=low, ci_high=high)
    i2 = replace(
        row, level="i2", unit="percent", estimate=parts[0], ci_low=parts[1], ci_high=parts[2]
    )
    p = float(stats.chi2.sf(fit.q, fit.df))
    q = TestResult(
        statistic=fit.q,
        statistic_name="Q",
        df=(fit.df,),
        p_value=p,
        effect=i2,
        n=k,
        method=row.method,
    )
    return between, i2, q
