"""Polychoric correlations: how ordinal items correlate on the normal scales behind them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import stats

from helpers.errors import EstimationError
from helpers.evidence import evidence_of
from helpers.stats.columns import require
from helpers.stats.design import Design
from helpers.stats.estimates import CONFIDENCE, Estimate, join_sources, to_frame
from helpers.stats.scales.polychoric_fit import (
    EmptyCells,
    count_answers,
    fit_polychoric,
    rank_cells,
    solve_tables,
)


def polychoric(
    design: Design, *, items: Sequence[str], empty_cells: EmptyCells = "kept"
) -> pd.DataFrame:
    """Polychoric correlation of each pair of ordinal items, with an interval under the design.

    Two steps: thresholds are normal quantiles of the weighted margins, then each correlation has
    the largest weighted likelihood of its table. Assumes a bivariate normal pair behind the
    answers. Standard errors are linearised under the design (a sandwich that counts the estimated
    thresholds), not replicated. Equal weights give the textbook estimate.

    Parameters
    ----------
    design : respondents; the items are numbers or ordered categories, at most 30 answers each.
    items : two or more columns.
    empty_cells : ``kept``, where an empty cell adds nothing to the likelihood; ``half``, where half
        a respondent of mean weight is put in each, as some programs do. Thresholds stay.

    Returns
    -------
    A row a pair, ``item`` and ``level``, in unit ``correlation``. Limits are symmetric in Fisher's
    z, with t of the design degrees of freedom; no error where these are below 1.

    Raises
    ------
    EstimationError
        An item is unknown, repeated, unordered text, constant or has missing values; or the
        answers to one item never contradict those to the other, so that only ±1 fits.

    Notes
    -----
    R equivalent: ``lavaan::lavCor(ordered = items)`` and ``psych::polychoric(correct = 0)``, whose
    weighted form keeps unweighted thresholds. Standard errors equal those of lavaan where the model
    holds; elsewhere they follow the bootstrap, and lavaan's do not. Source: Olsson (1979),
    Muthén (1984); Binder (1983) for the design.
    """
    fit = fit_polychoric(design, items=items, empty_cells=empty_cells)
    df = design.df if design.df >= 1 else None
    none = [None] * len(fit.rho)
    se = none if df is None else np.sqrt(fit.variances(design)).tolist()
    kind, source = design.evidence, design.source
    return to_frame(
        Estimate(
            item=fit.items[left], level=fit.items[right], group="all", estimate=float(rho), se=error,
            **_limits(float(rho), error, df), n=design.n, n_eff=None, deff=None, df=df,
            unit="correlation", evidence=kind, source=source, method="polychoric",
        )
        for left, right, rho, error in zip(fit.left, fit.right, fit.rho, se, strict=True)
    )  # fmt: skip


def polychoric_matrix(
    design: Design, *, items: Sequence[str], empty_cells: EmptyCells = "kept"
) -> pd.DataFrame:
    """The estimates of `polychoric` as a symmetric matrix, items on both sides, ones on the diagonal.

    Each pair is estimated by itself, so the matrix may have a slightly negative eigenvalue.

    In all else as `polychoric`.

    Raises
    ------
    EstimationError
        As for `polychoric`.

    Notes
    -----
    R equivalent: ``psych::polychoric(correct = 0, smooth = FALSE)$rho``. Source: Olsson (1979).
    """
    names = list(items)
    fit = fit_polychoric(design, items=names, empty_cells=empty_cells, variance=False)
    return pd.DataFrame(fit.matrix(), index=names, columns=names)


def polychoric_of_counts(
    rows: pd.DataFrame, *, item: str, by: str, count: str = "n", empty_cells: EmptyCells = "kept"
) -> Estimate:
    """Polychoric correlation of a table of unweighted counts, such as a published one.

    As `polychoric`, for respondents drawn at random with replacement; the standard error is the
    delta method under multinomial counts.

    In all else as `polychoric`.

    Parameters
    ----------
    rows : one row a cell, with an evidence kind and a source; absent cells are empty.
    item, by : columns of the two answers, as numbers or ordered categories.
    count : column of respondents in the cell, whole numbers of at least 0.

    Raises
    ------
    EstimationError
        A cell stands twice or has a missing answer or count; or as for `polychoric`.

    Notes
    -----
    R equivalent: ``polycor::polychor(table, ML = FALSE)``. Source: Olsson (1979).
    """
    require(rows, item, by, count)
    counts = rows[count].to_numpy(dtype="float64", na_value=np.nan)
    if not (np.isfinite(counts) & (counts >= 0) & (counts == np.floor(counts))).all():
        raise EstimationError(
            f"column {count!r} does not count respondents; got {counts.tolist()[:10]}; expected"
            " whole numbers of at least 0. Percentages are not counts: multiply by the base."
        )
    if rows.duplicated([item, by]).any():
        raise EstimationError(
            f"a cell of {item!r} by {by!r} stands twice; got {len(rows)} rows; expected one a cell."
        )
    seen = rows[counts > 0]
    codes = [rank_cells(seen[column], column) for column in (item, by)]
    shape = [count_answers(code, column) for code, column in zip(codes, (item, by), strict=True)]
    table = np.zeros((1, *shape))
    table[0][tuple(codes)] = counts[counts > 0]
    total = float(table.sum())
    z, moves = solve_tables(table / total, [(item, by)], total, empty_cells, variance=True)
    rho = float(np.tanh(z[0]))
    error = float((1 - rho**2) * np.sqrt((table[0] * moves[0] ** 2).sum()) / total)
    return Estimate(
        item=item, level=by, group="all", estimate=rho, se=error, **_limits(rho, error, None),
        n=int(total), n_eff=None, deff=None, df=None, unit="correlation",
        evidence=evidence_of(rows), source=join_sources(rows), method="polychoric_of_counts",
    )  # fmt: skip


def _limits(rho: float, se: float | None, df: float | None) -> dict[str, float | None]:
    """Limits symmetric in Fisher's z, by t or, without degrees of freedom, by the normal."""
    if se is None:
        return {"ci_low": None, "ci_high": None}
    tail = (1 - CONFIDENCE) / 2
    quantile = stats.norm.isf(tail) if df is None else stats.t.isf(tail, df)
    half = float(quantile) * se / (1 - rho**2)
    centre = np.arctanh(rho)
    return {"ci_low": float(np.tanh(centre - half)), "ci_high": float(np.tanh(centre + half))}
