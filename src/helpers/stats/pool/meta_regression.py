"""Meta-regression: how the values of studies go with what is known about the studies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy import stats

from helpers.errors import EstimationError
from helpers.stats.estimates import Estimate, Inapplicable, TestResult, to_frame
from helpers.stats.pool.between_studies import (
    BETWEEN,
    Between,
    HartungKnapp,
    fit_studies,
    heterogeneity,
    with_interval,
)
from helpers.stats.pool.study_rows import Floats, Scale, check_present, finite_numbers, read_studies


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MetaRegression:
    """How the studies' values go with what is known about the studies.

    Attributes
    ----------
    coefficients
        Result rows: ``item`` the moderator, ``level`` its slope or which value against which.
    tests
        Knapp–Hartung t test of each coefficient, in the order of the rows.
    omnibus
        F test that no moderator matters.
    tau2, i2, q
        What differs beyond the moderators, as in `Pooled`.
    r2
        Percent of tau2 that the moderators account for, at least 0.
    """

    coefficients: pd.DataFrame
    tests: tuple[TestResult, ...]
    omnibus: TestResult
    tau2: Estimate
    i2: Estimate
    q: TestResult
    r2: Estimate | Inapplicable


def meta_regression(
    rows: pd.DataFrame,
    *,
    moderators: Sequence[str],
    tau2: Between = "reml",
    scale: Scale = "logit",
    deff: float | None = None,
    hartung_knapp: HartungKnapp = "bounded",
) -> MetaRegression | Inapplicable:
    """How the studies' values go with columns that describe the studies.

    Parameters
    ----------
    rows, tau2, scale, deff, hartung_knapp : as for `pooled`.
    moderators : columns of numbers, each with a slope, or of categories, each value of which
        stands against the first in order.

    Returns
    -------
    Coefficients in log-odds on the logit scale; on the identity scale in the rows' unit, where
    what is not the intercept of percents is in points. `Inapplicable` where there are no more
    studies than coefficients.

    Raises
    ------
    EstimationError
        A moderator is unknown, has missing or infinite values, takes one value, or follows from
        the others; and as `pooled`.

    Notes
    -----
    R equivalent: ``metafor::rma(mods = , test = "adhoc")``, or ``"knha"`` for plain. Source: Knapp
    & Hartung (2003); Raudenbush (2009) for R².
    """
    studies = read_studies(rows, "meta_regression", scale=scale, deff=deff)
    x, names = _moderators(rows, moderators)
    k, p = x.shape
    if k <= p:
        return Inapplicable(
            f"{k} studies do not bear {p} coefficients; at least {p + 1} are needed",
            "meta_regression",
        )
    if np.linalg.matrix_rank(x / np.linalg.norm(x, axis=0)) < p:
        raise EstimationError(
            f"a moderator follows from the others; got {list(moderators)}; expected moderators"
            " that vary apart. Drop one of them."
        )
    fit = fit_studies(studies, x, tau2, hartung_knapp)
    difference = "points" if studies.row.unit == "percent" else studies.row.unit
    tests = []
    for i, (item, level) in enumerate(names):
        unit = studies.row.unit if i == 0 else difference
        row = replace(
            studies.row, item=item, level=level, unit="log-odds" if scale == "logit" else unit
        )
        row = with_interval(row, float(fit.beta[i]), float(fit.cov[i, i]), df=k - p)
        t = row.estimate / float(np.sqrt(fit.cov[i, i]))
        tests.append(
            TestResult(
                statistic=t,
                statistic_name="t",
                df=(k - p,),
                p_value=float(2 * stats.t.sf(abs(t), k - p)),
                effect=row,
                n=k,
                method="meta_regression",
            )
        )
    between, i2, q = heterogeneity(studies.row, fit, k)
    whole = BETWEEN[tau2](studies.y, studies.v, np.ones((k, 1)))
    r2: Estimate | Inapplicable = Inapplicable(
        "studies that do not differ leave nothing to account for", "meta_regression"
    )
    if whole > 0:
        share = max(0.0, 100 * (1 - fit.tau2[0] / whole))
        r2 = replace(studies.row, level="r2", estimate=share, unit="percent")
    f = float(fit.beta[1:] @ np.linalg.solve(fit.cov[1:, 1:], fit.beta[1:])) / (p - 1)
    return MetaRegression(
        coefficients=to_frame(test.effect for test in tests if test.effect),
        tests=tuple(tests),
        omnibus=TestResult(
            statistic=f,
            statistic_name="F",
            df=(p - 1, k - p),
            p_value=float(stats.f.sf(f, p - 1, k - p)),
            effect=None if isinstance(r2, Inapplicable) else r2,
            n=k,
            method="meta_regression",
        ),
        tau2=between,
        i2=i2,
        q=q,
        r2=r2,
    )


def _moderators(
    rows: pd.DataFrame, moderators: Sequence[str]
) -> tuple[Floats, list[tuple[str, str]]]:
    """Model matrix with an intercept first, and the item and level of each column."""
    if isinstance(moderators, str) or not moderators:
        raise EstimationError(
            f"moderators cannot be read; got {moderators!r}; expected a list of columns."
        )
    check_present(rows, moderators)
    columns, names = [np.ones(len(rows))], [("intercept", "")]
    for moderator in moderators:
        column = rows[moderator]
        if column.nunique() < 2:
            raise EstimationError(
                f"moderator {moderator!r} takes one value; got {column.iloc[0]!s} for"
                f" {len(rows)} studies; expected two or more. Leave it out."
            )
        numeric = pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)
        if numeric:
            numbers = finite_numbers(rows, moderator, -np.inf)
            if not 1e-50 < np.abs(numbers).max() < min(1e50, 1e9 * (numbers.max() - numbers.min())):
                raise EstimationError(
                    f"moderator {moderator!r} varies too little to be told from a constant; got"
                    f" {numbers.min():g} to {numbers.max():g}; expected a wider range. Centre it."
                )
            columns.append(numbers)
            names.append((moderator, "slope"))
            continue
        first, *others = column.astype("category").cat.remove_unused_categories().cat.categories
        columns += [(column == other).to_numpy(dtype="float64") for other in others]
        names += [(moderator, f"{other} against {first}") for other in others]
    return np.column_stack(columns), names
