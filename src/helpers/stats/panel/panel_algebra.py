"""The arithmetic of two-way panels: sweeping out intercepts, clustered errors, sign patterns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from helpers.stats.design import Codes, Floats

FLAT = 1e-9
"""What is left of a column, relative to its size, when there is nothing left but rounding."""

WEBB = np.array([-np.sqrt(1.5), -1.0, -np.sqrt(0.5), np.sqrt(0.5), 1.0, np.sqrt(1.5)])

WIDEST = 2.0**14
"""Standard errors from the slope within which the end of an interval is looked for."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Panel:
    """A panel after the intercepts of units and waves are swept out, and its least squares.

    Attributes
    ----------
    terms, residuals
        Shapes (rows, terms) and (rows,).
    slopes, inverse
        Coefficients, and the inverse of the terms' cross-products.
    unit
        Code of each row's unit, which is its cluster.
    basis
        Orthonormal columns that span waves and terms within units.
    absorbed
        How many intercepts the rows can tell apart.
    """

    terms: Floats
    residuals: Floats
    slopes: Floats
    inverse: Floats
    unit: Codes
    basis: Floats
    absorbed: int

    @property
    def units(self) -> int:
        """Number of units."""
        return int(self.unit.max()) + 1

    def sums(self, values: Floats) -> Floats:
        """Sums of each column within each unit: shape (units, columns)."""
        return np.column_stack(
            [np.bincount(self.unit, weights=column, minlength=self.units) for column in values.T]
        )


def within(values: Floats, unit: Codes) -> Floats:
    """Deviations of each column from its mean in the row's unit."""
    size = np.bincount(unit)
    means = np.column_stack([np.bincount(unit, weights=column) / size for column in values.T])
    return values - means[unit]


def span(columns: Floats) -> Floats:
    """An orthonormal basis of what the columns, each of size 1, span."""
    left, size, _ = np.linalg.svd(columns, full_matrices=False)
    basis: Floats = left[:, size > FLAT * max(1.0, size.max(initial=0.0))]
    return basis


def sweep(values: Floats, unit: Codes, waves: Floats) -> Floats:
    """What units and waves leave of each column; exact where the panel has gaps."""
    inside = within(values, unit)
    return inside - waves @ (waves.T @ inside)


def wave_basis(unit: Codes, time: Codes) -> Floats:
    """An orthonormal basis of the waves' intercepts, net of those of the units."""
    return span(within(np.eye(int(time.max()) + 1)[time], unit))


def least_squares(outcome: Floats, terms: Floats, unit: Codes, waves: Floats) -> Panel:
    """The fit of swept columns; the terms must not repeat each other."""
    scale = np.linalg.norm(terms, axis=0)
    q, r = np.linalg.qr(terms / scale)
    root = np.linalg.inv(r) / scale[:, None]
    slopes = root @ (q.T @ outcome)
    return Panel(
        terms=terms,
        residuals=outcome - terms @ slopes,
        slopes=slopes,
        inverse=root @ root.T,
        unit=unit,
        basis=np.column_stack([waves, q]),
        absorbed=int(unit.max()) + 1 + waves.shape[1],
    )


def clustered_se(panel: Panel, counted: int) -> Floats:
    """CR1 standard errors, with ``counted`` coefficients in the correction."""
    rows, units = len(panel.unit), panel.units
    scores = panel.sums(panel.terms * panel.residuals[:, None]) @ panel.inverse
    factor = units / (units - 1) * (rows - 1) / (rows - counted)
    se: Floats = np.sqrt(factor * (scores**2).sum(axis=0))
    return se


def leverage_corrected(panel: Panel) -> tuple[Floats, Floats]:
    """CR2 standard errors, unbiased under equal variances, and their Satterthwaite df."""
    weights = panel.terms @ panel.inverse
    adjusted, scores = np.empty_like(weights), np.empty((panel.units, weights.shape[1]))
    for code in range(panel.units):
        own = panel.unit == code
        leverage = panel.basis[own] @ panel.basis[own].T + 1 / own.sum()
        kept, axes = np.linalg.eigh(np.eye(int(own.sum())) - leverage)
        root = np.where(kept > FLAT, 1 / np.sqrt(np.maximum(kept, FLAT)), 0.0)
        adjusted[own] = axes @ (root[:, None] * (axes.T @ weights[own]))
        scores[code] = adjusted[own].T @ panel.residuals[own]
    size: Floats = np.bincount(panel.unit).astype(np.float64)
    df = np.empty(weights.shape[1])
    for k, column in enumerate(adjusted.T):
        reach = panel.sums(panel.basis * column[:, None])
        squares, total = panel.sums(np.column_stack([column**2, column])).T
        gram = np.diag(squares - total**2 / size) - reach @ reach.T
        df[k] = np.trace(gram) ** 2 / (gram**2).sum()
    return np.sqrt((scores**2).sum(axis=0)), df


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Replicates:
    """Bootstrap t statistics as functions of the null, by its distance δ from the slope.

    With residuals ``e − δx`` of the model in which the null holds, the numerator of a replicate is
    linear in δ and the variance quadratic; one row a pattern.
    """

    numerator: Floats  # (patterns, 2)
    variance: Floats  # (patterns, 3)
    observed: Floats  # the same at the signs as they are: squared numerator per δ², variance
    drawn: bool

    def p_value(self, distance: float) -> float:
        """Share of patterns whose t is at least as far from 0 as the one observed."""
        above = (self.numerator @ [1.0, -distance]) ** 2
        below = self.variance @ [1.0, -2 * distance, distance**2]
        far = above * self.observed[1] >= (1 - 1e-8) * distance**2 * self.observed[0] * below
        return float((far.sum() + self.drawn) / (far.size + self.drawn))

    def limit(self, step: float, level: float) -> float | None:
        """The distance, in the direction of ``step``, from which p is below ``level``."""
        level *= 1 - FLAT  # a p value of exactly 1 in 20 does not reject at 5 %
        outer = step
        while self.p_value(outer) >= level:
            outer *= 2
            if abs(outer) > WIDEST * abs(step):
                return None
        inner = 0.0
        while abs(outer - inner) > 1e-12 * abs(outer):
            middle = (inner + outer) / 2
            inner, outer = (middle, outer) if self.p_value(middle) >= level else (inner, middle)
        return outer


def replicates(panel: Panel, term: int, patterns: Floats, *, drawn: bool) -> Replicates:
    """The replicates of one slope for each pattern of weights by unit."""
    column = panel.terms @ panel.inverse[:, term] / panel.inverse[term, term]
    reach = panel.sums(panel.basis * column[:, None])
    parts = []
    for residuals in (panel.residuals, column):
        own = np.bincount(panel.unit, weights=column * residuals)
        spread = np.diag(own) - reach @ panel.sums(panel.basis * residuals[:, None]).T
        parts.append((patterns @ own, patterns @ spread.T, own))
    (e_sum, e_score, e_own), (x_sum, x_score, x_own) = parts
    variance = [(e_score**2).sum(axis=1), (e_score * x_score).sum(axis=1), (x_score**2).sum(axis=1)]
    return Replicates(
        numerator=np.column_stack([e_sum, x_sum]),
        variance=np.column_stack(variance),
        observed=np.array([x_own.sum() ** 2, (e_own**2).sum()]),
        drawn=drawn,
    )


def every_sign(units: int) -> Floats:
    """All patterns of −1 and 1, of each pair of opposites the one that starts with 1."""
    place = np.arange(2 ** (units - 1))[:, None]
    rest = 1.0 - 2.0 * ((place >> np.arange(units - 1)) & 1)
    return np.column_stack([np.ones(len(rest)), rest])
