"""The arithmetic of alpha and omega: values, influences, and the result row with its interval."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy import stats

from helpers.errors import ConvergenceError, EstimationError
from helpers.stats.design import Design, Floats, covariance
from helpers.stats.estimates import CONFIDENCE, Estimate
from helpers.stats.scales.factor_algebra import item_values, minres

PERFECT = 1e-10
"""What is nearer to 1 than this is 1 but for rounding, and has no interval."""


def omega_slope(correlation: Floats) -> tuple[float, Floats]:
    """Omega and its derivative by each correlation, as a symmetric matrix with 0 on its diagonal.

    The loadings solve Σⱼ (rᵢⱼ − λᵢλⱼ) λⱼ = 0 over the other items j; the derivative follows from
    this implicit function.
    """
    loadings = minres(correlation, 1)[:, 0]
    loadings = loadings * (1.0 if loadings.sum() >= 0 else -1.0)
    common, unique = loadings.sum() ** 2, (1 - loadings**2).sum()
    jacobian = correlation - 2 * np.outer(loadings, loadings)
    np.fill_diagonal(jacobian, loadings**2 - (loadings**2).sum())
    slope = 2 * (loadings.sum() * unique + loadings * common) / (common + unique) ** 2
    if np.linalg.cond(jacobian) > 1 / PERFECT:
        raise ConvergenceError(
            f"one factor of the items is not identified; got loadings {loadings.round(3).tolist()};"
            " expected three or more that differ from 0."
        )
    pull = np.linalg.solve(jacobian, slope)
    gradient = -np.outer(pull, loadings) - np.outer(loadings, pull)
    np.fill_diagonal(gradient, 0.0)
    return float(common / (common + unique)), gradient


def alpha_influence(deviation: Floats, share: Floats) -> tuple[float, Floats]:
    """Alpha and the influence of each respondent on it, but for the weight."""
    k = deviation.shape[1]
    squares, total = (deviation**2).sum(axis=1), deviation.sum(axis=1) ** 2
    parts, whole = float(share @ squares), float(share @ total)
    if whole <= PERFECT * parts:
        raise EstimationError(
            "the sum of the items is constant; expected it to vary. Reverse or leave out an item."
        )
    influence = -k / (k - 1) * (squares - total * parts / whole) / whole
    return k / (k - 1) * (1 - parts / whole), influence


def shares(design: Design) -> Floats:
    """Weights of the domain, summing to 1."""
    weight = design.weight[design.inside]
    return np.asarray(weight / weight.sum())


def centred(design: Design, items: Sequence[str]) -> Floats:
    """Answers of the domain less their weighted means, over the largest deviation."""
    values = item_values(design, items)
    deviation = values - shares(design) @ values
    return np.asarray(deviation / np.abs(deviation).max())


def from_influence(
    design: Design,
    value: float,
    influence: Floats,
    *,
    items: Sequence[str],
    level: str,
    method: str,
) -> Estimate:
    """The result row from the influence of each respondent of the domain, but for the weight."""
    weighted = np.zeros(len(design.weight))
    weighted[design.inside] = influence * shares(design)
    return from_weighted(design, value, weighted, items=items, level=level, method=method)


def from_weighted(
    design: Design, value: float, weighted: Floats, *, items: Sequence[str], level: str, method: str
) -> Estimate:
    """The result row; limits on the scale log(1 − value), or Fisher's z for a correlation."""
    correlation = level == "rest"
    if 1 - (abs(value) if correlation else value) < PERFECT:
        raise EstimationError(
            f"the items repeat each other; got {value:.12g} for {list(items)}; expected below 1."
            " Leave out the repeated one."
        )
    se = low = high = None
    df = design.df if design.df >= 1 else None
    if df is not None:
        se = float(np.sqrt(covariance(design, weighted)[0, 0]))
        half = float(stats.t.isf((1 - CONFIDENCE) / 2, df)) * se
        if correlation:
            ends = np.arctanh(value) + np.array([-half, half]) / (1 - value**2)
            low, high = np.tanh(ends).tolist()
        else:
            low, high = (1 - (1 - value) * _grown([half, -half], 1 - value)).tolist()
    return Estimate(
        item=", ".join(items), level=level, group="all", estimate=float(value), se=se, ci_low=low,
        ci_high=high, n=design.n, n_eff=None, deff=None, df=df,
        unit="correlation" if correlation else "index", evidence=design.evidence,
        source=design.source, method=method,
    )  # fmt: skip


def _grown(steps: list[float], scale: float) -> Floats:
    """Factors by which 1 − value changes; cut at e³⁰⁰ so that a limit stays a number."""
    return np.exp(np.clip(np.array(steps) / scale, -300, 300))


def check_direction(matrix: Floats, items: Sequence[str], reversed_items: str) -> None:
    """Refuse items whose covariances with the others sum to less than 0."""
    if reversed_items not in ("refuse", "keep"):
        raise EstimationError(
            f"unknown reversed_items {reversed_items!r}; expected 'refuse' or 'keep'."
        )
    shared = matrix.sum(axis=1) - np.diag(matrix)
    against = [item for item, sum_ in zip(items, shared, strict=True) if sum_ < 0]
    if against and reversed_items == "refuse":
        raise EstimationError(
            f"items run against the sum of the others; got {against}; expected all to point one"
            " way. Reverse them, leave them out, or say reversed_items='keep'."
        )


def check_simple(design: Design) -> None:
    """Refuse a design that is more than a simple random sample."""
    units = np.unique(design.psu).size
    weight = design.weight[design.inside]
    if (
        units < len(design.psu)
        or design.stratum.any()
        or design.fraction.any()
        or np.ptp(weight) > PERFECT * weight.max()
    ):
        raise EstimationError(
            "Feldt's interval holds for a simple random sample; got a design with weights, strata,"
            " clusters or a finite population; expected none. Use interval='linearised'."
        )
