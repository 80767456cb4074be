"""Cumulative link models: weighted maximum likelihood by Newton's method.

With two categories and the logit this is binary logistic regression with intercept −θ. The
likelihood is concave in (θ, β) for both links (Pratt 1981), so a stationary point is the maximum.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import special

from helpers.errors import ConvergenceError, EstimationError
from helpers.stats.design import Design, Floats
from helpers.stats.models.cumulative_likelihood import Cells, Link, Point
from helpers.stats.models.model_terms import ModelTerms

ITERATIONS = 60
SETTLED = 6
"""Steps after which a direction without end has come to rule the step."""
DECREMENT = 1e-10
"""Newton stops once the squared step, in standard errors of the estimates, is below this."""
FLAT = 1e-9
"""The least curvature per respondent along a standardised direction that counts as a maximum."""
CERTAIN = 1e-7
"""How far, relative to its largest move, a direction may move a row the wrong way by rounding."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Fit:
    """The maximum: parameters are the thresholds, then the slopes.

    Attributes
    ----------
    parameters, naive
        Estimates, and the inverse of the information with weights of mean 1: their covariance had
        as many been drawn at random. Shapes (parameters,), (parameters, parameters).
    upper, lower, turn
        Slopes of one respondent's likelihood in the edges of the answer, for each cell; and what
        makes influence on the estimates of slopes in thresholds and standardised columns.
    log_likelihood
        With weights of mean 1.
    """

    link: Link
    cells: Cells
    parameters: Floats
    naive: Floats
    upper: Floats
    lower: Floats
    turn: Floats
    log_likelihood: float

    @property
    def thresholds(self) -> Floats:
        """One less than the categories of the outcome."""
        return self.parameters[: self.cells.counts.size - 1]

    @property
    def slopes(self) -> Floats:
        """One for each column of the model matrix."""
        return self.parameters[self.cells.counts.size - 1 :]

    def unit_sums(self, design: Design, terms: ModelTerms) -> Floats:
        """Influence on each estimate, summed by sampling unit: shape (units, parameters)."""
        psu, units = design.psu[design.inside], int(design.psu.max()) + 1
        sums = [
            np.bincount(psu, weights=score[self.cells.cell] * terms.weight, minlength=units)
            for score in self._scores()
        ]
        return np.asarray(np.column_stack(sums) @ self.turn, dtype=np.float64)

    def _scores(self) -> Iterator[Floats]:
        """Slopes of a respondent's likelihood in each parameter, for each cell, one at a time."""
        bounds = np.concatenate([[0], np.cumsum(self.cells.counts)])
        for low, middle, high in zip(bounds, bounds[1:], bounds[2:], strict=False):
            slope = np.zeros(self.upper.size)
            slope[low:middle], slope[middle:high] = self.upper[low:middle], self.lower[middle:high]
            yield slope
        along = -(self.upper + self.lower)
        columns = zip(self.cells.x.T, self.cells.centre, self.cells.scale, strict=True)
        for column, centre, scale in columns:
            yield along * ((column - centre) / scale)


def maximise(cells: Cells, link: Link, names: Sequence[str]) -> Fit:
    """The estimates that make the weighted likelihood largest.

    Raises
    ------
    EstimationError
        The terms separate the outcome perfectly.
    ConvergenceError
        The likelihood has no maximum that can be found, or is flat around it.
    """
    point = _summit(cells, link, names)
    curvature = np.linalg.eigvalsh(point.information) / cells.weight.sum()
    if curvature[0] < FLAT:
        raise ConvergenceError(
            f"the {link} model has no clear maximum; got a likelihood with a curvature of"
            f" {curvature[0]:.3g} per respondent along one direction; expected at least {FLAT}. Join"
            " rare categories, or look for extreme weights."
        )
    cut = cells.counts.size - 1
    back = np.diag(np.concatenate([np.ones(cut), 1 / cells.scale]))
    back[:cut, cut:] = cells.centre / cells.scale
    turn: Floats = np.asarray(np.linalg.inv(point.information) @ back.T, dtype=np.float64)
    return Fit(
        link=link,
        cells=cells,
        parameters=back @ point.parameters,
        naive=back @ turn,
        upper=point.upper,
        lower=point.lower,
        turn=turn,
        log_likelihood=point.log_likelihood,
    )


def _summit(cells: Cells, link: Link, names: Sequence[str]) -> Point:
    """The maximum, by Newton's method from the shares of the categories alone."""
    ends = np.cumsum(cells.counts)
    shares = np.add.reduceat(cells.weight, ends - cells.counts) / cells.weight.sum()
    below = np.clip(np.cumsum(shares)[:-1], 1e-12, 1 - 1e-12)
    start = special.logit(below) if link == "logit" else special.ndtri(below)
    point = Point.at(np.concatenate([start, np.zeros(len(names))]), cells, link)
    for iteration in range(ITERATIONS):
        step = _newton(point)
        if iteration >= SETTLED:
            _refuse_separation(step, cells, names)
        decrement = float(point.gradient @ step)
        point = _climb(point, step, cells, link)
        if decrement < DECREMENT:
            return point
    raise ConvergenceError(
        f"the {link} model did not converge; got {ITERATIONS} iterations with a largest gradient of"
        f" {abs(point.gradient).max():.3g}; expected 0. Leave out a term, or join rare categories."
    )


def _newton(point: Point) -> Floats:
    try:
        root = np.linalg.cholesky(point.information)
    except np.linalg.LinAlgError as error:
        raise ConvergenceError(
            "the likelihood is flat along one direction, so the model cannot be fitted; got a"
            " singular information matrix. Join rare categories, or look for extreme weights."
        ) from error
    half = np.linalg.solve(root, point.gradient)
    return np.asarray(np.linalg.solve(root.T, half), dtype=np.float64)


def _climb(point: Point, step: Floats, cells: Cells, link: Link) -> Point:
    """The first of the full step, its half, its quarter … that does not lower the likelihood."""
    least = point.log_likelihood - 1e-10 * (1 + abs(point.log_likelihood))
    for halvings in range(40):
        there = Point.at(point.parameters + step / 2**halvings, cells, link)
        if there.usable and there.log_likelihood >= least:
            return there
    raise ConvergenceError(
        f"the {link} model did not converge; got no step that raises its likelihood of"
        f" {point.log_likelihood:.6g}. Look for extreme weights or values."
    )


def _refuse_separation(step: Floats, cells: Cells, names: Sequence[str]) -> None:
    """A direction along which no row's likelihood ever falls proves that there is no maximum."""
    cut = cells.counts.size - 1
    along = np.concatenate([block @ step[cut:] for *_, block in cells.blocks()])
    up = np.repeat(step[:cut], cells.counts[:-1]) - along[: cells.counts[:-1].sum()]
    down = along[cells.counts[0] :] - np.repeat(step[:cut], cells.counts[1:])
    most = max(float(up.max()), float(down.max()))
    if most > 0 and min(float(up.min()), float(down.min())) > -CERTAIN * most:
        moved = np.abs(step[cut:])
        guilty = [
            name for name, size in zip(names, moved, strict=True) if size > 0.05 * moved.max()
        ]
        raise EstimationError(
            f"the outcome is perfectly separated by {guilty}, so their coefficients grow without"
            " end; got values with which the answer is certain; expected answers that overlap."
            " Join levels, or leave a term out."
        )
