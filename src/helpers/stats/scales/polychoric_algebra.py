"""The arithmetic of polychoric correlations: tables in, Fisher's z and the pull of each cell out.

Every array has the pairs of items on its first axis; items with fewer answers than the most are
filled up with thresholds at `BEYOND`. Fisher's z = atanh ρ is solved for, since the probability
below two thresholds is smooth in it: the integral of the bivariate density over ρ becomes ::

    Φ₂(h, k; tanh z) = Φ(h) Φ(k) + ∫₀ᶻ exp(E(v)) / (2π cosh v) dv
    E(v) = −(h² + k²) (1 + cosh 2v) / 4 + h k sinh(2v) / 2
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from scipy import special

from helpers.errors import ConvergenceError
from helpers.stats.design import Floats, Mask

BEYOND = 40.0
"""A threshold that nobody passes: the normal density is 0 there in double precision."""

LARGEST_Z = 6.0
"""Fisher's z of ρ = 0.99999; the integral has eight digits up to here, and 15 up to ρ = 0.99."""

NODES = 32
STEPS = 60
TOLERANCE = 1e-11
UNSURE = 1e-12
"""A cell probability below this is lost in the rounding of the integral."""
LOST = 1e-150
STEEP = -2 * float(np.log(LOST))
"""Where a cell is less likely than `LOST`, its log-probability falls at least so fast in z."""

BLOCK = 2_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Pull:
    """How a respondent moves the z of each pair, but for the weight: cell + row + column.

    Attributes
    ----------
    cell : shape (pairs, A, B), through the correlation itself.
    row, column : shapes (pairs, A) and (pairs, B), through the thresholds of either item.
    """

    cell: Floats
    row: Floats
    column: Floats

    def table(self) -> Floats:
        """The pull of each answer, shape (pairs, A, B); its mean over respondents is 0."""
        return self.cell + self.row[:, :, None] + self.column[:, None, :]


def thresholds(margins: Floats) -> Floats:
    """Normal quantiles of the cumulated shares, shape (items, A − 1); margins sum to 1."""
    upper = np.cumsum(margins[:, ::-1], axis=1)[:, ::-1][:, 1:]
    lower = np.cumsum(margins, axis=1)[:, :-1]
    points = np.where(lower < 0.5, special.ndtri(lower), -special.ndtri(upper))
    return np.asarray(np.clip(points, -BEYOND, BEYOND), dtype=np.float64)


def solve(tables: Floats, rows: Floats, columns: Floats) -> Floats:
    """Fisher's z of each pair: the root of the two-step score, by Newton inside a bracket.

    Parameters
    ----------
    tables : shape (pairs, A, B), shares that sum to 1 in each pair.
    rows, columns : thresholds, shapes (pairs, A − 1) and (pairs, B − 1).

    Raises
    ------
    ConvergenceError
        A root is not found in ``STEPS`` steps.
    """
    block = max(1, BLOCK // (NODES * rows.shape[1] * columns.shape[1]))
    parts = [
        _solve_block(*(array[start : start + block] for array in (tables, rows, columns)))
        for start in range(0, len(tables), block)
    ]
    return np.concatenate(parts)


def hopeless(tables: Floats, rows: Floats, columns: Floats, z: Floats) -> Mask:
    """Whether somebody of each pair gave answers that z leaves no chance for, below `LOST`."""
    probability = _cells(rows, columns, z)[0]
    return np.asarray(((tables > 0) & (probability <= LOST)).any(axis=(1, 2)))


def pull(tables: Floats, rows: Floats, columns: Floats, z: Floats) -> Pull:
    """The influence of each answer on z at the solution, through score and thresholds."""
    probability, first, second = _cells(rows, columns, z)
    score, ratio = first / probability, tables / probability
    information = (ratio * (score * first - second)).sum(axis=(1, 2))
    scale = 1 / information[:, None]
    by_row = _by_threshold(ratio, score, rows, columns, z)
    turned = (ratio.transpose(0, 2, 1), score.transpose(0, 2, 1))
    by_column = _by_threshold(*turned, columns, rows, z)
    return Pull(
        cell=score * scale[:, :, None],
        row=scale * _through_thresholds(by_row, rows),
        column=scale * _through_thresholds(by_column, columns),
    )


def _solve_block(tables: Floats, rows: Floats, columns: Floats) -> Floats:
    z = np.zeros(len(tables))
    low, high = np.full_like(z, -LARGEST_Z), np.full_like(z, LARGEST_Z)
    for _ in range(STEPS):
        probability, first, second = _cells(rows, columns, z)
        ratio = tables / probability
        score = (ratio * first).sum(axis=(1, 2))
        curvature = (ratio * (first**2 / probability - second)).sum(axis=(1, 2))
        expected = (first**2 / probability).sum(axis=(1, 2))
        low, high = np.where(score > 0, z, low), np.where(score < 0, z, high)
        slope = np.where(curvature > 0, curvature, np.maximum(expected, 1e-300))
        step = z + np.clip(score / slope, -0.5, 0.5)
        moved = np.where((step >= low) & (step <= high), step, (low + high) / 2)
        if (np.abs(moved - z) < TOLERANCE * (1 + np.abs(z))).all():
            return np.asarray(moved)
        z = moved
    raise ConvergenceError(
        f"the correlation of {int((np.abs(step - z) > TOLERANCE).sum())} pairs was not found; got"
        f" {STEPS} steps without a root; expected fewer. Merge rare answers."
    )


def _cells(rows: Floats, columns: Floats, z: Floats) -> tuple[Floats, Floats, Floats]:
    """Probability of each cell and its first and second derivative in z."""
    density, slope, bend = _density(rows, columns, z)
    first, second = _rectangles(density), _rectangles(density * slope)
    apart = _margins(rows)[:, :, None] * _margins(columns)[:, None, :]
    probability = apart + _rectangles(_integral(rows, columns, z))
    # Far from the diagonal: the integral from z to the end at which the cell is empty.
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        tail = _rectangles(np.nan_to_num(density / slope * (1 + bend / slope**2)))
    far = probability < UNSURE
    lost = far & (tail >= 0) & (tail <= LOST) & (np.abs(z) > 1)[:, None, None]
    tail = np.where(lost, LOST, np.where(tail > 0, tail, UNSURE))
    probability = np.where(far, tail, probability)
    first = np.where(lost, -STEEP * np.sign(z)[:, None, None] * probability, first)
    return probability, first, np.where(lost, STEEP**2 * probability, second)


def _density(rows: Floats, columns: Floats, z: Floats) -> tuple[Floats, Floats, Floats]:
    """The integrand at z for each pair of thresholds, and two derivatives of its logarithm."""
    h, k, z = rows[:, :, None], columns[:, None, :], z[:, None, None]
    squares, product, tangent = h**2 + k**2, h * k, np.tanh(z)
    cosh, sinh = np.cosh(2 * z), np.sinh(2 * z)
    exponent = product * sinh / 2 - squares * (1 + cosh) / 4
    density = np.exp(exponent) / (2 * np.pi * np.cosh(z))
    slope = product * cosh - squares * sinh / 2 - tangent
    return density, slope, 2 * product * sinh - squares * cosh - (1 - tangent**2)


def _integral(rows: Floats, columns: Floats, z: Floats) -> Floats:
    """Φ₂ − Φ Φ for each pair of thresholds, by Gauss–Legendre quadrature from 0 to z."""
    nodes, weights = _rule()
    v = z[:, None] * (1 + nodes) / 2
    h, k = rows[:, :, None], columns[:, None, :]
    shape = (len(z), 1, -1)
    squares, product = ((h**2 + k**2) / 4).reshape(shape), (h * k / 2).reshape(shape)
    exponent = product * np.sinh(2 * v)[:, :, None] - squares * (1 + np.cosh(2 * v))[:, :, None]
    height = z[:, None] * weights / (4 * np.pi * np.cosh(v))
    total = height[:, None, :] @ np.exp(exponent)
    return np.asarray(total.reshape(len(z), rows.shape[1], columns.shape[1]))


def _rectangles(corners: Floats) -> Floats:
    """Differences of corner values over each cell; the values beyond the last thresholds are 0."""
    padded = np.pad(corners, ((0, 0), (1, 1), (1, 1)))
    return np.asarray(np.diff(np.diff(padded, axis=1), axis=2))


def _margins(points: Floats) -> Floats:
    """Normal probability of each answer."""
    edges = np.pad(points, ((0, 0), (1, 1)), constant_values=((0, 0), (-BEYOND, BEYOND)))
    return _between(edges)


def _between(edges: Floats) -> Floats:
    """Normal probability between neighbours on the last axis, exact in both tails."""
    low, high = edges[..., :-1], edges[..., 1:]
    flip = low > 0
    low, high = np.where(flip, -high, low), np.where(flip, -low, high)
    return np.asarray(special.ndtr(high) - special.ndtr(low))


def _by_threshold(ratio: Floats, score: Floats, rows: Floats, columns: Floats, z: Floats) -> Floats:
    """Derivative of the mean score by each threshold of the row item, shape (pairs, A − 1)."""
    edges = np.pad(columns, ((0, 0), (1, 1)), constant_values=((0, 0), (-BEYOND, BEYOND)))
    h, k, v = rows[:, :, None], edges[:, None, :], z[:, None, None]
    moved = _normal(h) * _between(k * np.cosh(v) - h * np.sinh(v))
    density = _density(rows, edges, z)[0]
    lean = np.cosh(v) * (k * np.sinh(v) - h * np.cosh(v))
    tilt = np.diff(density * lean, axis=2)
    drop = -np.diff(ratio, axis=1), -np.diff(ratio * score, axis=1)
    return np.asarray((tilt * drop[0] - moved * drop[1]).sum(axis=2))


def _through_thresholds(derivative: Floats, points: Floats) -> Floats:
    """What each answer adds by moving the thresholds, shape (pairs, A)."""
    height = _normal(points)
    per = np.divide(derivative, height, out=np.zeros_like(height), where=height > 1e-300)
    reached = np.cumsum(per[:, ::-1], axis=1)[:, ::-1]
    centre = (per * special.ndtr(points)).sum(axis=1, keepdims=True)
    return np.asarray(np.pad(reached, ((0, 0), (0, 1))) - centre)


def _normal(points: Floats) -> Floats:
    return np.asarray(np.exp(-(points**2) / 2) / np.sqrt(2 * np.pi))


@cache
def _rule() -> tuple[Floats, Floats]:
    nodes, weights = np.polynomial.legendre.leggauss(NODES)
    return nodes, weights
