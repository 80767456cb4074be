"""Factors behind items: how many there are, and what each item shares with them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
import pandas as pd

from helpers.errors import EstimationError
from helpers.evidence import evidence_of
from helpers.rng import repeat
from helpers.stats.columns import require
from helpers.stats.design import Codes, Design, Floats
from helpers.stats.estimates import Estimate, join_sources, to_frame
from helpers.stats.scales.factor_algebra import (
    Matrix,
    Rotation,
    correlations,
    item_values,
    minres,
    pearson,
    rotated,
)
from helpers.stats.scales.polychoric_fit import EmptyCells, fit_codes, fit_polychoric


def factor_loadings(
    design: Design,
    *,
    items: Sequence[str],
    factors: int = 1,
    matrix: Matrix = "pearson",
    rotation: Rotation = "none",
) -> pd.DataFrame:
    """Loading of each item on each factor, and its communality.

    Minimum residuals (unweighted least squares) on the weighted correlation matrix, to which
    iterated principal axes lead too. Assumes linear factors and independent rests; no normality.

    Parameters
    ----------
    items : at least as many that the factors are identified: three for one, five for two.
    matrix : ``pearson``, of the numbers; ``polychoric``, of the scales behind ordinal items.
    rotation : ``varimax``, orthogonal with Kaiser's normalisation; ``oblimin``, oblique with
        γ = 0 and no normalisation, whose loadings are regression weights.
    design : respondents; a missing answer is an error.

    Returns
    -------
    Rows ``item`` by ``level`` (``factor 1``, …, then ``communality``), without intervals: in
    ``correlation``, or ``index`` for oblique loadings and communalities. Factors stand by the
    variance they explain, and most of each factor's weight is positive.

    Raises
    ------
    EstimationError
        An item is constant, missing or repeated; too few items for the factors.
    ConvergenceError
        An item has no variance of its own (a Heywood case), or no solution is found.

    Notes
    -----
    R equivalent: ``psych::fa(fm = "minres", rotate = …)``. Source: Harman and Jones (1966); Kaiser
    (1958); Jennrich (2002).
    """
    unrotated = minres(correlations(design, items=items, matrix=matrix), factors)
    loadings, _ = rotated(unrotated, rotation)
    shared = (unrotated**2).sum(axis=1)
    kind, source = design.evidence, design.source
    unit = "index" if rotation == "oblimin" else "correlation"
    columns = [(f"factor {f + 1}", unit, loadings[:, f]) for f in range(factors)]
    return to_frame(
        Estimate(
            item=item, level=level, group="all", estimate=float(value), se=None, ci_low=None,
            ci_high=None, n=design.n, n_eff=None, deff=None, df=None, unit=unit, evidence=kind,
            source=source, method="factor_loadings",
        )
        for level, unit, values in [*columns, ("communality", "index", shared)]
        for item, value in zip(items, values, strict=True)
    )  # fmt: skip


def factor_correlations(
    design: Design, *, items: Sequence[str], factors: int, matrix: Matrix = "pearson"
) -> pd.DataFrame:
    """Correlation of each pair of factors of `factor_loadings` with ``rotation="oblimin"``.

    Errors are raised as there; no intervals.

    In all else as `factor_loadings`.

    Notes
    -----
    R equivalent: ``psych::fa(rotate = "oblimin")$Phi``. Source: Jennrich (2002).
    """
    unrotated = minres(correlations(design, items=items, matrix=matrix), factors)
    _, phi = rotated(unrotated, "oblimin")
    kind, source = design.evidence, design.source
    return to_frame(
        Estimate(
            item=f"factor {i + 1}", level=f"factor {j + 1}", group="all",
            estimate=float(phi[i, j]), se=None, ci_low=None, ci_high=None, n=design.n, n_eff=None,
            deff=None, df=None, unit="correlation", evidence=kind, source=source,
            method="factor_correlations",
        )
        for i in range(factors)
        for j in range(i + 1, factors)
    )  # fmt: skip


def parallel_analysis(
    design: Design,
    *,
    items: Sequence[str],
    matrix: Matrix = "pearson",
    times: int = 200,
    name: str | tuple[str | int, ...] = "parallel analysis",
    empty_cells: EmptyCells = "kept",
) -> pd.DataFrame:
    """Eigenvalues of the correlation matrix beside those of items that have nothing in common.

    The answers to each item are dealt anew to the respondents, ``times`` times: margins and weights
    stay, and only chance correlates the items. Assumes independent respondents; under clusters
    chance makes larger eigenvalues than are shown.

    Parameters
    ----------
    matrix : ``pearson`` or ``polychoric``.
    times : how often, at least 20.
    name : of the random streams, one for each time.
    empty_cells : as for `polychoric`.
    design : respondents; a missing answer is an error.

    Returns
    -------
    A row an eigenvalue, from the largest, with the columns ``chance_mean`` (Horn's rule),
    ``chance_high``, the 95th percentile (Glorfeld's), and ``retained``: whether this eigenvalue and
    all before it are above that percentile.

    Raises
    ------
    EstimationError
        An item is constant, missing or repeated; ``times`` is below 20.

    Notes
    -----
    R equivalent: ``psych::fa.parallel(fa = "pc", sim = FALSE, quant = 0.95)``. Source: Horn (1965),
    Glorfeld (1995); Buja and Eyuboglu (1992) for permutation.
    """
    if times < 20:
        raise EstimationError(
            f"too few times for a 95th percentile; got {times}; expected at least 20."
        )
    task, observed = _dealt(design, items, matrix, empty_cells)
    chance = np.array(repeat(task, times, name=name))
    high = np.quantile(chance, 0.95, axis=0)
    kind, source = design.evidence, design.source
    rows = to_frame(
        Estimate(
            item=", ".join(items), level=f"eigenvalue {k + 1}", group="all", estimate=float(value),
            se=None, ci_low=None, ci_high=None, n=design.n, n_eff=None, deff=None, df=None,
            unit="index", evidence=kind, source=source, method="parallel_analysis",
        )
        for k, value in enumerate(observed)
    )  # fmt: skip
    retained = np.logical_and.accumulate(observed > high)
    return rows.assign(chance_mean=chance.mean(axis=0), chance_high=high, retained=retained)


def number_of_factors(parallel: pd.DataFrame) -> Estimate:
    """How many eigenvalues of one `parallel_analysis` are above the 95th percentile of chance.

    In all else as `parallel_analysis`.
    """
    require(parallel, "item", "n", "retained")
    if parallel.empty or parallel[["item", "n", "retained"]].isna().any(axis=None):
        raise EstimationError(
            f"factors cannot be counted; got {len(parallel)} rows; expected some, none missing."
        )
    return Estimate(
        item=str(parallel["item"].iloc[0]), level="factors", group="all",
        estimate=float(parallel["retained"].sum()), se=None, ci_low=None, ci_high=None,
        n=int(parallel["n"].iloc[0]), n_eff=None, deff=None, df=None, unit="count",
        evidence=evidence_of(parallel), source=join_sources(parallel), method="number_of_factors",
    )  # fmt: skip


def _dealt(
    design: Design, items: Sequence[str], matrix: Matrix, empty_cells: EmptyCells
) -> tuple[Callable[[np.random.Generator], Floats], Floats]:
    """What draws the eigenvalues of chance, and those observed, from the largest."""
    observed = correlations(design, items=items, matrix=matrix, empty_cells=empty_cells)
    weight = design.weight[design.inside]
    if matrix == "pearson":
        values = item_values(design, items)
        return partial(_chance_pearson, values=values, weight=weight), _eigenvalues(observed)
    fit = fit_polychoric(design, items=items, empty_cells=empty_cells, variance=False)
    task = partial(
        _chance_polychoric, codes=np.array(fit.codes), weight=weight, empty_cells=empty_cells
    )
    return task, _eigenvalues(observed)


def _eigenvalues(matrix: Floats) -> Floats:
    return np.asarray(np.linalg.eigvalsh(matrix)[::-1], dtype=np.float64)


def _chance_pearson(rng: np.random.Generator, *, values: Floats, weight: Floats) -> Floats:
    return _eigenvalues(pearson(rng.permuted(values, axis=0), weight))


def _chance_polychoric(
    rng: np.random.Generator, *, codes: Codes, weight: Floats, empty_cells: EmptyCells
) -> Floats:
    dealt = list(rng.permuted(codes, axis=1))
    names = [f"dealt item {k + 1}" for k in range(len(dealt))]
    fit = fit_codes(dealt, names, weight=weight, empty_cells=empty_cells, variance=False)
    return _eigenvalues(fit.matrix())
