"""Two groups of respondents: who is in each, and the spread of what is compared."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from helpers.errors import EstimationError
from helpers.stats.columns import require
from helpers.stats.design import Design, Floats, Mask, covariance
from helpers.stats.estimates import Inapplicable

NO_SPREAD = 1e-12
"""A standard error below this part of the largest value is rounding, not spread."""

Groups = tuple[Mask, Mask]


def equal_weights(rows: pd.DataFrame, *columns: str) -> Design:
    """Rows as a simple random sample, for tests that know no weights.

    Raises
    ------
    EstimationError
        A column is unknown, or has missing or infinite values.
    """
    require(rows, *columns)
    for column in columns:
        cells = rows[column]
        gone = cells.isna()
        if pd.api.types.is_float_dtype(cells):
            gone = gone | np.isinf(cells.to_numpy(dtype="float64", na_value=np.nan))
        if gone.any():
            raise EstimationError(
                f"column {column!r} has {int(gone.sum())} missing or infinite values of"
                f" {len(rows)}; expected none. Say who is meant: rows.dropna(subset=[{column!r}])."
            )
    return Design(
        rows=rows,
        weight=np.ones(len(rows)),
        stratum=np.zeros(len(rows), dtype=np.int64),
        psu=np.arange(len(rows), dtype=np.int64),
        fraction=np.zeros(1),
        inside=np.ones(len(rows), dtype=bool),
    )


def two_groups(design: Design, by: str, *, method: str) -> tuple[Groups, str] | Inapplicable:
    """Who is in the first and the second group of ``by``, and the name ``first − second``.

    Raises
    ------
    EstimationError
        There are more than two groups, or a value is missing.
    """
    codes, names = design.labels(by)
    if len(names) > 2:
        raise EstimationError(
            f"two groups are compared; got {len(names)} in {by!r}: {names[:10]}; expected 2."
            " Keep two of them: design.where(...), or filter the rows."
        )
    if len(names) < 2:
        return Inapplicable(f"{by!r} has one group, {names[0]!r}", method)
    masks = (codes == 0, codes == 1)
    alone = [name for name, mask in zip(names, masks, strict=True) if mask.sum() < 2]
    if alone:
        return Inapplicable(f"group {alone[0]!r} of {by!r} has one respondent", method)
    return masks, f"{names[0]} − {names[1]}"


def scale_of(design: Design, item: str) -> Floats:
    """An ordinal item as numbers: as they are, or the codes of an ordered category."""
    column = design.rows.get(item)
    if column is not None and isinstance(column.dtype, pd.CategoricalDtype):
        if not column.dtype.ordered:
            raise EstimationError(
                f"item {item!r} has no order; got an unordered category; expected numbers or an"
                " ordered category. Set the order of its answers first."
            )
        return design.labels(item)[0].astype(np.float64)
    return design.values(item)


def midranks(values: Floats, weight: Floats) -> Floats:
    """The weight below each value, and half the weight at it."""
    place = np.unique(values, return_inverse=True)[1]
    at = np.bincount(place, weights=weight)
    return np.asarray((np.cumsum(at) - at / 2)[place], dtype=np.float64)


def standard_error(
    design: Design, scores: Floats, groups: Groups, *, welch: bool
) -> tuple[float, float]:
    """Standard error of the sum of the two groups' mean scores, with its degrees of freedom.

    Welch's with Satterthwaite's degrees of freedom, for independent respondents of equal weight;
    else linearised, with the degrees of freedom of the design less one.
    """
    if welch:
        parts = np.array([scores[mask].var(ddof=1) / mask.sum() for mask in groups])
        sizes = np.array([mask.sum() for mask in groups])
        total = float(parts.sum())
        if not total > 0:
            return 0.0, 0.0
        share = parts / total
        return math.sqrt(total), float(1 / (share**2 / (sizes - 1)).sum())
    influence = np.zeros(scores.size)
    for mask in groups:
        weight = design.weight[mask]
        influence[mask] = (
            weight * (scores[mask] - np.average(scores[mask], weights=weight)) / weight.sum()
        )
    return math.sqrt(float(covariance(design, influence[:, None])[0, 0])), design.df - 1
