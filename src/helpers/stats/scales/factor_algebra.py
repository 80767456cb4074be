"""Correlation matrices of items, their factors of least squared residuals, and rotations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from scipy import optimize
from statsmodels.multivariate.factor_rotation import rotate_factors

from helpers.errors import ConvergenceError, EstimationError
from helpers.stats.design import Design, Floats
from helpers.stats.scales.polychoric_fit import EmptyCells, fit_polychoric

Matrix = Literal["pearson", "polychoric"]
Rotation = Literal["none", "varimax", "oblimin"]

NEWTON_STEPS = 20
ROTATING = {"tol": 1e-7, "max_tries": 1000}

LEAST_UNIQUENESS = 0.005
"""At this share of its own variance an item counts as a Heywood case; the bound of ``psych::fa``."""


def correlations(
    design: Design,
    *,
    items: Sequence[str],
    matrix: Matrix = "pearson",
    empty_cells: EmptyCells = "kept",
) -> Floats:
    """The weighted correlation matrix of the items, shape (items, items)."""
    if matrix not in ("pearson", "polychoric"):
        raise EstimationError(f"unknown matrix {matrix!r}; expected 'pearson' or 'polychoric'.")
    if matrix == "polychoric":
        return fit_polychoric(design, items=items, empty_cells=empty_cells, variance=False).matrix()
    return pearson(item_values(design, items), design.weight[design.inside])


def item_values(design: Design, items: Sequence[str]) -> Floats:
    """Answers of the domain as numbers, shape (respondents, items); at least two distinct items."""
    if len(items) < 2 or len(set(items)) < len(items):
        raise EstimationError(
            f"items do not make a scale; got {list(items)}; expected two or more, each once."
        )
    values = np.column_stack([design.values(item)[design.inside] for item in items])
    flat = np.ptp(values, axis=0) <= 1e-12 * np.abs(values).max(axis=0)
    constant = [item for item, same in zip(items, flat, strict=True) if same]
    if constant:
        raise EstimationError(
            f"items do not vary; got one answer to {constant}; expected two or more. Leave them out."
        )
    return values


def minres(correlation: Floats, factors: int) -> Floats:
    """Unrotated loadings of least squared residuals, shape (items, factors).

    Minimises half the sum of squares of the smaller eigenvalues of R − Ψ over the uniquenesses Ψ,
    by L-BFGS and a few Newton steps with the exact Hessian.
    """
    size = len(correlation)
    if factors < 1 or (size - factors) ** 2 < size + factors:
        raise EstimationError(
            f"{factors} factors are not identified by {size} items; expected"
            " (items − factors)² ≥ items + factors. Use fewer factors."
        )
    start = np.full(size, 0.5)
    found = optimize.minimize(
        _misfit, start, args=(correlation, factors), jac=True, method="L-BFGS-B",
        bounds=[(LEAST_UNIQUENESS, 1.0)] * size,
        options={"ftol": 1e-12, "gtol": 1e-5, "maxiter": 1000},
    )  # fmt: skip
    unique = np.asarray(found.x)
    for _ in range(NEWTON_STEPS):
        gradient, hessian = _slopes(unique, correlation, factors)
        step = np.linalg.lstsq(hessian, gradient, rcond=1e-12)[0]
        unique = np.clip(unique - step, LEAST_UNIQUENESS, 1.0)
        if np.abs(step).max() < 1e-12:
            break
    if (unique <= LEAST_UNIQUENESS * (1 + 1e-9)).any():
        raise ConvergenceError(
            f"item number {int(np.argmin(unique)) + 1} of {size} has no variance of its own (a"
            f" Heywood case); got {factors} factors; expected a smaller number, or other items."
        )
    inner = _slopes(unique, correlation, factors)[0][unique < 1]
    if np.abs(inner).max(initial=0) > 1e-9:
        raise ConvergenceError(
            f"no {factors} factors of {size} items were found; got a gradient of"
            f" {np.abs(inner).max():.1g}; expected 0. Use fewer factors."
        )
    values, vectors = np.linalg.eigh(correlation - np.diag(unique))
    top = slice(None, -factors - 1, -1)
    return np.asarray(vectors[:, top] * np.sqrt(np.maximum(values[top], 0)))


def rotated(loadings: Floats, rotation: Rotation) -> tuple[Floats, Floats]:
    """Rotated loadings and the correlations of the factors, ordered by explained variance."""
    if rotation not in ("none", "varimax", "oblimin"):
        raise EstimationError(
            f"unknown rotation {rotation!r}; expected 'none', 'varimax' or 'oblimin'."
        )
    count = loadings.shape[1]
    turned, phi = loadings, np.eye(count)
    if count > 1 and rotation == "varimax":
        length = np.maximum(np.sqrt((loadings**2).sum(axis=1, keepdims=True)), 1e-12)
        turned = rotate_factors(loadings / length, "varimax", **ROTATING)[0]
        slope = turned.T @ (turned**3 - turned * (turned**2).mean(axis=0))
        _check_turned(slope - slope.T)
        turned = turned * length
    if count > 1 and rotation == "oblimin":
        turned, turn = rotate_factors(loadings, "oblimin", 0, "oblique", **ROTATING)
        phi = turn.T @ turn
        others = (turned**2).sum(axis=1, keepdims=True) - turned**2
        slope = -np.linalg.solve(turn.T, (others * turned).T @ turned)
        _check_turned(slope - turn * (turn * slope).sum(axis=0))
    order = np.argsort(-np.diag(phi @ turned.T @ turned), kind="stable")
    sign = np.where(turned.sum(axis=0) < 0, -1.0, 1.0)[order]
    return turned[:, order] * sign, phi[np.ix_(order, order)] * np.outer(sign, sign)


def standardised(values: Floats, weight: Floats) -> Floats:
    """The columns with weighted mean 0 and weighted mean square 1."""
    shares = weight / weight.sum()
    centred = values - shares @ values
    centred = centred / np.maximum(np.abs(centred).max(axis=0), 1e-300)
    size = np.sqrt(shares @ centred**2)
    if not size.all():
        raise EstimationError(
            "an item does not vary under these weights; expected respondents of some weight to"
            " differ. Leave it out."
        )
    return np.asarray(centred / size)


def pearson(values: Floats, weight: Floats) -> Floats:
    """Weighted Pearson correlations of the columns, none of them constant."""
    z = standardised(values, weight)
    matrix = z.T @ (z * (weight / weight.sum())[:, None])
    np.fill_diagonal(matrix, 1.0)
    return np.asarray(matrix)


def _misfit(unique: Floats, correlation: Floats, factors: int) -> tuple[float, Floats]:
    values, vectors = np.linalg.eigh(correlation - np.diag(unique))
    rest, axes = values[:-factors], vectors[:, :-factors]
    return float((rest**2).sum() / 2), -(axes**2) @ rest


def _slopes(unique: Floats, correlation: Floats, factors: int) -> tuple[Floats, Floats]:
    """Gradient and Hessian of the misfit; source: Jöreskog (1977)."""
    values, vectors = np.linalg.eigh(correlation - np.diag(unique))
    rest, axes = values[:-factors], vectors[:, :-factors]
    top, kept = values[-factors:], vectors[:, -factors:]
    ratio = rest[:, None] / np.minimum(rest[:, None] - top, -1e-12)
    hessian = (axes @ axes.T) ** 2
    for k in range(factors):
        hessian += 2 * np.outer(kept[:, k], kept[:, k]) * (axes @ (axes * ratio[:, k]).T)
    return -(axes**2) @ rest, hessian


def _check_turned(slope: Floats) -> None:
    if np.abs(slope).max() > 1e-5:
        raise ConvergenceError(
            f"the rotation did not come to rest; got a slope of {np.abs(slope).max():.1g}; expected"
            " 0. Use fewer factors or another rotation."
        )
