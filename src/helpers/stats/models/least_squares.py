"""Weighted least squares, and the influence of each respondent on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from helpers.errors import EstimationError
from helpers.stats.design import Design, Floats, covariance
from helpers.stats.models.model_terms import one_value, standardised

PERFECT = 1e-20
"""The share of the outcome's variance left over below which a fit is exact up to rounding."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LeastSquares:
    """Weighted least squares: intercept and slopes.

    ``influence`` has shape (rows of the domain, parameters) and holds the weight; ``naive`` is
    the covariance under simple random sampling and equal variances.
    """

    parameters: Floats
    influence: Floats
    naive: Floats
    r_squared: float


def least_squares(
    x: Floats, y: Floats, weight: Floats, names: Sequence[str], *, outcome: str
) -> LeastSquares:
    """Weighted least squares of ``y`` on the columns of ``x`` and an intercept."""
    z, centre, scale = standardised(x, weight, names)
    share = weight / weight.sum()
    mean = float(share @ y)
    inverse = np.linalg.inv(z.T @ (z * share[:, None]))
    slopes = inverse @ (z.T @ (share * (y - mean)))
    left = y - mean - z @ slopes
    unexplained = float(share @ left**2)
    total = float(share @ (y - mean) ** 2)
    if unexplained <= PERFECT * total or y.size <= len(names) + 1:
        raise EstimationError(
            f"the terms give {outcome!r} exactly, so there is no variance to estimate; got"
            f" {y.size} respondents for {len(names) + 1} coefficients; expected answers around the"
            " line. Leave out terms made from the outcome."
        )
    back = np.diag(np.concatenate([[1.0], 1 / scale]))
    back[0, 1:] = -centre / scale
    bread = np.eye(back.shape[0])
    bread[1:, 1:] = inverse
    scores = np.column_stack([np.ones(y.size), z]) * (share * left)[:, None]
    return LeastSquares(
        parameters=back @ np.concatenate([[mean], slopes]),
        influence=scores @ bread @ back.T,
        naive=back @ bread @ back.T * unexplained / (y.size - back.shape[0]),
        r_squared=1 - unexplained / total,
    )


def row_covariance(design: Design, influence: Floats) -> Floats:
    """Linearised covariance from the influence of each respondent of the domain."""
    rows = np.zeros((design.inside.size, influence.shape[1]))
    rows[design.inside] = influence
    return covariance(design, rows)


def numeric_outcome(design: Design, outcome: str) -> Floats:
    """The outcome of each respondent of the domain, which must vary."""
    y = design.values(outcome)[design.inside]
    if y.min() == y.max():
        raise EstimationError(one_value(outcome, f"{y[0]:g}"))
    return y
