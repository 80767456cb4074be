"""Is there no correlation worth the name? Two one-sided tests on Fisher's z under a design."""

from __future__ import annotations

from typing import Literal

import numpy as np

from helpers.errors import EstimationError
from helpers.stats.compare.two_groups import NO_SPREAD, midranks, scale_of
from helpers.stats.design import Design, Floats, covariance
from helpers.stats.estimates import Inapplicable
from helpers.stats.no_effect.tost import Bounds, Equivalence, decide_correlation


def equivalent_correlation(
    design: Design,
    *,
    x: str,
    y: str,
    lower: float,
    upper: float,
    rank: Literal["pearson", "spearman"] = "pearson",
) -> Equivalence | Inapplicable:
    """Whether a weighted correlation lies between the bounds.

    Assumes Fisher's z is normal with variance ``1 / (n_eff − 3)``, for Spearman times
    ``1 + r²/2``; ``n_eff`` is n over the linearised design effect of the correlation, so strata
    and clusters count. t with design degrees of freedom.

    Parameters
    ----------
    x, y : numeric columns, for Spearman also ordered categories; a missing value is an error.
    lower, upper : correlations between −1 and 1, below and above 0.
    rank : ``pearson``, or ``spearman`` on weighted midranks.

    Returns
    -------
    The effect with its 90 and 95 % intervals, both one-sided tests and a verdict.
    `Inapplicable` where one group, one respondent or no variance leaves nothing to compare.

    Raises
    ------
    EstimationError
        A value is missing or has no order, an unknown ``rank``, or the bounds lack 0.

    Notes
    -----
    R equivalent: ``cov.wt(cor = TRUE)``, with ``deff(survey::svymean(~influence))``. Source: Fisher
    (1921), Bonett and Wright (2000) for Spearman; Goertzen and Cribbie (2010) for the test.
    """
    bounds = Bounds(lower=lower, upper=upper, least=-1, most=1)
    if rank not in ("pearson", "spearman"):
        raise EstimationError(f"unknown rank {rank!r}; expected 'pearson' or 'spearman'.")
    read = scale_of if rank == "spearman" else Design.values
    weight = np.where(design.inside, design.weight, 0.0)
    values = [read(design, name) for name in (x, y)]
    if rank == "spearman":
        values = [midranks(column, weight) for column in values]
    standard = [_standardised(column, weight) for column in values]
    if standard[0] is None or standard[1] is None:
        return Inapplicable("one of the items has a single value", "equivalent_correlation")
    product = standard[0] * standard[1]
    r = float(np.average(product, weights=weight))
    if 1 - abs(r) < NO_SPREAD:
        return Inapplicable("the items agree perfectly", "equivalent_correlation")
    pull = product - r / 2 * (standard[0] ** 2 + standard[1] ** 2)
    simple = float(np.average(pull**2, weights=weight)) / (design.n - 1)
    linear = float(covariance(design, (weight * pull / weight.sum())[:, None])[0, 0])
    if not (design.df >= 1 and NO_SPREAD * simple < linear < design.n * simple / 4):
        return Inapplicable(
            "the effective base is too small, or cannot be found", "equivalent_correlation"
        )
    return decide_correlation(
        r,
        design.n * simple / linear,
        bounds=bounds,
        factor=1 + r**2 / 2 if rank == "spearman" else 1.0,
        df=design.df,
        item=x,
        level=y,
        group="all",
        n=design.n,
        deff=linear / simple,
        evidence=design.evidence,
        source=design.source,
        method="equivalent_correlation",
    )


def _standardised(values: Floats, weight: Floats) -> Floats | None:
    """Values with weighted mean 0 and variance 1; None if there is a single value."""
    inside = values[weight > 0]
    if inside.max() - inside.min() <= NO_SPREAD * np.abs(inside).max():
        return None
    scaled = np.where(weight > 0, (values - inside.min()) / np.ptp(inside), 0.0)
    centred = scaled - np.average(scaled, weights=weight)
    return np.asarray(centred / np.sqrt(np.average(centred**2, weights=weight)), dtype=np.float64)
