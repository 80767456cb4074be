"""How reliable the sum of several items is: alpha and omega, with intervals under the design."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

import numpy as np
import pandas as pd
from scipy import stats

from helpers.errors import EstimationError
from helpers.stats.design import Design
from helpers.stats.estimates import CONFIDENCE, Estimate, to_frame
from helpers.stats.scales.factor_algebra import Matrix, item_values, pearson, standardised
from helpers.stats.scales.polychoric_fit import EmptyCells, fit_polychoric
from helpers.stats.scales.reliability_algebra import (
    PERFECT,
    alpha_influence,
    centred,
    check_direction,
    check_simple,
    from_influence,
    from_weighted,
    omega_slope,
    shares,
)

Interval = Literal["linearised", "feldt"]
Reversed = Literal["refuse", "keep"]


def cronbach_alpha(
    design: Design,
    *,
    items: Sequence[str],
    interval: Interval = "linearised",
    reversed_items: Reversed = "refuse",
) -> Estimate:
    """Cronbach's alpha: how reliable the sum is, if each item measures the same with its own noise.

    From weighted variances; equal weights give the textbook value. It is the reliability under
    equal loadings and uncorrelated errors, and a lower bound under uncorrelated errors alone.

    Parameters
    ----------
    design : respondents; items are numbers.
    items : two or more columns, all pointing the same way.
    interval : ``linearised``, from the design, symmetric in log(1 − alpha) with t of the design
        degrees of freedom; ``feldt``, exact for normal parallel items in a simple random sample.
        The standard error is linearised in both.
    reversed_items : ``refuse`` an item whose covariances with the others sum to less than 0;
        ``keep`` takes it as it is.

    Returns
    -------
    An estimate in ``index``; below 1, and without lower bound.

    Raises
    ------
    EstimationError
        An item is unknown, repeated, not numeric, constant, reversed or has missing values; the sum
        is constant; the items repeat each other; ``feldt`` under weights, strata or clusters.

    Notes
    -----
    R equivalent: ``psych::alpha(use = "complete")`` with its ``feldt`` limits, and
    ``survey::svycralpha`` for the weighted value. Source: Cronbach (1951), Feldt (1965), Binder (1983).
    """
    if interval not in ("linearised", "feldt"):
        raise EstimationError(f"unknown interval {interval!r}; expected 'linearised' or 'feldt'.")
    values = centred(design, items)
    check_direction(values.T @ (values * shares(design)[:, None]), items, reversed_items)
    alpha, influence = alpha_influence(values, shares(design))
    row = from_influence(
        design, alpha, influence, items=items, level="alpha", method="cronbach_alpha"
    )
    if interval == "linearised":
        return row
    check_simple(design)
    n, k = design.n, len(items)
    tails = [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2]
    limits = 1 - (1 - alpha) * stats.f.isf(tails, n - 1, (n - 1) * (k - 1))
    return replace(row, ci_low=float(limits[0]), ci_high=float(limits[1]), df=float(n - 1))


def alpha_if_dropped(design: Design, *, items: Sequence[str]) -> pd.DataFrame:
    """Cronbach's alpha of the other items, for each item; ``level`` names the one dropped.

    Reversed items are kept as they are: this table is where they show. Three or more items; other
    rules and errors as for `cronbach_alpha`.

    In all else as `item_rest` and `cronbach_alpha`.

    Notes
    -----
    R equivalent: ``psych::alpha(use = "complete")$alpha.drop``. Source: Cronbach (1951).
    """
    if len(items) < 3:
        raise EstimationError(
            f"too few items to drop one; got {list(items)}; expected three or more."
        )
    values = centred(design, items)
    rows = []
    for k, item in enumerate(items):
        rest = [other for other in items if other != item]
        alpha, influence = alpha_influence(np.delete(values, k, axis=1), shares(design))
        rows.append(
            from_influence(
                design,
                alpha,
                influence,
                items=rest,
                level=f"without {item}",
                method="alpha_if_dropped",
            )
        )
    return to_frame(rows)


def item_rest(design: Design, *, items: Sequence[str]) -> pd.DataFrame:
    """Correlation of each item with the sum of the others, weighted.

    Equal weights give the textbook value. The interval is linearised under the design, symmetric in
    Fisher's z. A negative value marks a reversed item.

    In all else as `cronbach_alpha`.

    Returns
    -------
    A row an item in ``correlation``.

    Raises
    ------
    EstimationError
        As for `cronbach_alpha`, but reversed items are shown.

    Notes
    -----
    R equivalent: ``psych::alpha(use = "complete")$item.stats$r.drop``. Source: Binder (1983).
    """
    values, share = centred(design, items), shares(design)
    total = values.sum(axis=1)
    rows = []
    for item, own in zip(items, values.T, strict=True):
        rest = total - own
        if np.abs(rest).max() <= PERFECT * np.abs(own).max():
            raise EstimationError(
                f"the sum of the items other than {item!r} is constant; expected it to vary."
                " Reverse or leave out an item."
            )
        x, y = standardised(np.column_stack([own, rest]), share).T
        r = float(share @ (x * y))
        influence = x * y - r * (x**2 + y**2) / 2
        rows.append(
            from_influence(design, r, influence, items=[item], level="rest", method="item_rest")
        )
    return to_frame(rows)


def ordinal_alpha(
    design: Design,
    *,
    items: Sequence[str],
    reversed_items: Reversed = "refuse",
    empty_cells: EmptyCells = "kept",
) -> Estimate:
    """Alpha of the normal scales behind ordinal items: from polychoric correlations.

    It says how reliable a sum of those unseen scales would be, which is more than the sum of the
    answers is. The interval is linearised under the design, counting the estimated thresholds.

    In all else as `omega_total`.

    Raises
    ------
    EstimationError
        As for `cronbach_alpha` and `polychoric`.

    Notes
    -----
    R equivalent: ``psych::alpha(psych::polychoric(x, correct = 0)$rho)``. Source: Zumbo, Gadermann
    and Zeisser (2007).
    """
    fit = fit_polychoric(design, items=items, empty_cells=empty_cells)
    check_direction(fit.matrix(), items, reversed_items)
    k, total = len(items), float(fit.matrix().sum())
    if total <= PERFECT:
        raise EstimationError(
            f"polychoric correlations sum to {total:.3g}, so that no sum of scales varies; expected"
            " more than 0. Reverse or leave out an item."
        )
    alpha = k / (k - 1) * (1 - k / total)
    gradient = np.full(len(fit.rho), 2 * k**2 / ((k - 1) * total**2))
    weighted = fit.influence(design, gradient)
    return from_weighted(
        design, alpha, weighted, items=items, level="ordinal alpha", method="ordinal_alpha"
    )


def omega_total(
    design: Design,
    *,
    items: Sequence[str],
    matrix: Matrix = "pearson",
    reversed_items: Reversed = "refuse",
    empty_cells: EmptyCells = "kept",
) -> Estimate:
    """McDonald's omega: the share of the sum's variance that one common factor explains.

    Loadings are those of `factor_loadings` with one factor: (Σλ)² / ((Σλ)² + Σ(1 − λ²)), of
    standardised items. Assumes one factor and independent rests. The interval is linearised under
    the design through the correlations (a delta method without normality), symmetric in
    log(1 − omega).

    In all else as `cronbach_alpha` and `polychoric`.

    Parameters
    ----------
    items : three or more columns, all pointing the same way.
    matrix : ``pearson``, of the numbers; ``polychoric``, of the scales behind ordinal items.
    reversed_items, empty_cells : as for `cronbach_alpha` and `polychoric`.

    Raises
    ------
    EstimationError
        As for `cronbach_alpha` and `polychoric`; fewer than three items.
    ConvergenceError
        An item has no variance of its own, or the items have nothing in common.

    Notes
    -----
    R equivalent: the formula on ``psych::fa(fm = "minres")$loadings``; ``psych::omega(nfactors = 1)``
    divides by the observed variance instead. Source: McDonald (1999).
    """
    if matrix == "polychoric":
        fit = fit_polychoric(design, items=items, empty_cells=empty_cells)
        correlation = fit.matrix()
    elif matrix == "pearson":
        values = item_values(design, items)
        correlation = pearson(values, design.weight[design.inside])
    else:
        raise EstimationError(f"unknown matrix {matrix!r}; expected 'pearson' or 'polychoric'.")
    check_direction(correlation, items, reversed_items)
    omega, gradient = omega_slope(correlation)
    if matrix == "polychoric":
        weighted = fit.influence(design, gradient[fit.left, fit.right])
        return from_weighted(
            design, omega, weighted, items=items, level="omega", method="omega_total"
        )
    z = standardised(values, design.weight[design.inside])
    slope = (gradient * correlation).sum(axis=1)
    influence = ((z @ gradient) * z).sum(axis=1) / 2 - z**2 @ slope / 2
    return from_influence(
        design, omega, influence, items=items, level="omega", method="omega_total"
    )
