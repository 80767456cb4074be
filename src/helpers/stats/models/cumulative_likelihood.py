"""The likelihood of a cumulative link model: its value, slopes and curvature on distinct rows.

The probability of category j or below is F(θⱼ − xβ).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pandas as pd
from scipy import special

from helpers.stats.design import Codes, Floats
from helpers.stats.models.model_terms import BLOCK, ModelTerms, moments

Link = Literal["logit", "probit"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Cells:
    """Distinct combinations of outcome and terms, ordered by outcome.

    Attributes
    ----------
    x, centre, scale
        Model matrix of the cells, shape (cells, columns); weighted means and standard deviations
        of its columns.
    weight
        Sum of the respondents' weights, whose mean is 1.
    counts
        Cells of each category of the outcome.
    cell
        The cell of each respondent of the domain.
    """

    x: Floats
    centre: Floats
    scale: Floats
    weight: Floats
    counts: Codes
    cell: Codes

    def blocks(self) -> Iterator[tuple[int, slice, Floats]]:
        """A category, some of its cells, and their model matrix, standardised."""
        first = 0
        for category, count in enumerate(self.counts):
            for start in range(first, first + count, BLOCK):
                rows = slice(start, min(start + BLOCK, first + count))
                yield category, rows, (self.x[rows] - self.centre) / self.scale
            first += count

    def split(self, category: int) -> Cells:
        """The same cells with the outcome in two: up to this category, and above it."""
        low = self.counts[: category + 1].sum()
        return replace(self, counts=np.array([low, self.counts.sum() - low]))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Point:
    """The likelihood at one place: ``upper`` and ``lower`` are its slopes in a row's two edges."""

    parameters: Floats
    log_likelihood: float
    gradient: Floats
    information: Floats
    upper: Floats
    lower: Floats

    @classmethod
    def at(cls, parameters: Floats, cells: Cells, link: Link) -> Point:
        """The likelihood at these thresholds, and slopes of the standardised columns."""
        cut = cells.counts.size - 1
        edges = np.concatenate([[-np.inf], parameters[:cut], [np.inf]])
        slopes = parameters[cut:]
        sums = np.zeros((cells.counts.size, 6, 1 + slopes.size))
        curvature = np.zeros((slopes.size, slopes.size))
        upper, lower = np.empty((2, cells.weight.size))
        with np.errstate(all="ignore"):
            for category, rows, block in cells.blocks():
                w = cells.weight[rows]
                low, high = edges[category : category + 2]
                eta = block @ slopes
                parts = LIKELIHOODS[link](high - eta, low - eta, high - low)
                _, upper[rows], lower[rows], haa, hbb, hab = parts
                weighted = np.stack([w * part for part in parts])
                sums[category, :, 0] += weighted.sum(axis=1)
                sums[category, :, 1:] += weighted @ block
                root = block * np.sqrt(np.maximum(-w * (haa + 2 * hab + hbb), 0.0))[:, None]
                curvature += root.T @ root
            log_p, ga, gb, haa, hbb, hab = sums.swapaxes(0, 1)
            gradient = np.concatenate([(ga[:-1] + gb[1:])[:, 0], -(ga + gb)[:, 1:].sum(axis=0)])
            cross = (haa + hab)[:-1] + (hbb + hab)[1:]
            information = np.zeros((gradient.size, gradient.size))
            information[:cut, :cut] = -np.diag((haa[:-1] + hbb[1:])[:, 0])
            inner = np.arange(1, cut)
            information[inner, inner - 1] = information[inner - 1, inner] = -hab[1:-1, 0]
            information[:cut, cut:] = cross[:, 1:]
            information[cut:, :cut] = cross[:, 1:].T
            information[cut:, cut:] = curvature
        return cls(
            parameters=parameters,
            log_likelihood=float(log_p[:, 0].sum()),
            gradient=gradient,
            information=information,
            upper=upper,
            lower=lower,
        )

    @property
    def usable(self) -> bool:
        """Whether everything is finite: thresholds in order, no overflow."""
        return bool(
            np.isfinite(self.log_likelihood)
            and np.isfinite(self.gradient).all()
            and np.isfinite(self.information).all()
        )


def cells_of(terms: ModelTerms, outcome: Codes) -> Cells:
    """Respondents of one outcome and the same values of all terms, put together.

    Raises
    ------
    EstimationError
        The terms are collinear.
    """
    key, size = outcome, int(outcome.max()) + 1
    for column in terms.columns:
        codes, width = _ranks(column)
        if size * width > 2**62:
            key, size = _ranks(key, sort=True)
        key, size = key * width + codes, size * width
    order = np.argsort(key)
    new = np.diff(key[order], prepend=-1) != 0
    if new.sum() > key.size / 2:  # nearly every row is distinct: only the outcome's order is needed
        order, new = np.argsort(outcome, kind="stable"), np.ones_like(new)
    cell, first = np.empty_like(order), order[new]
    cell[order] = np.cumsum(new) - 1
    x = terms.matrix(first)
    weight = np.bincount(cell, weights=terms.weight).astype(np.float64)
    centre, scale = moments(x, weight, terms.names)
    return Cells(
        x=x,
        centre=centre,
        scale=scale,
        weight=weight,
        counts=np.bincount(outcome[first]).astype(np.int64),
        cell=cell,
    )


def _ranks(values: Floats | Codes, *, sort: bool = False) -> tuple[Codes, int]:
    codes, distinct = pd.factorize(values, sort=sort)
    return codes.astype(np.int64), distinct.size


def _logit(a: Floats, b: Floats, gap: float) -> tuple[Floats, ...]:
    """log(F(a) − F(b)) = log F(a) + log F(−b) + log(1 − exp(b − a)), without cancellation."""
    ga, gb = special.expit(-a), special.expit(b)
    log_p = special.log_expit(a) + special.log_expit(-b) + np.log(-np.expm1(-gap))
    first, second = 1 / np.expm1(gap), 1 / (2 * np.sinh(gap / 2)) ** 2
    return (
        log_p, ga + first, -gb - first, -ga * (1 - ga) - second, -gb * (1 - gb) - second, second,
    )  # fmt: skip


def _probit(a: Floats, b: Floats, _gap: float) -> tuple[Floats, ...]:
    """log(Φ(a) − Φ(b)), taken in the lower tail, where it does not cancel."""
    a, b = np.minimum(a, 1e8), np.maximum(b, -1e8)
    flip = a + b > 0
    high = special.log_ndtr(np.where(flip, -b, a))
    log_p = high + np.log(-np.expm1(special.log_ndtr(np.where(flip, -a, b)) - high))
    constant = np.log(2 * np.pi) / 2
    ra, rb = np.exp(-(a**2) / 2 - constant - log_p), np.exp(-(b**2) / 2 - constant - log_p)
    return log_p, ra, -rb, -ra * (a + ra), rb * (b - rb), ra * rb


LIKELIHOODS: dict[Link, Callable[[Floats, Floats, float], tuple[Floats, ...]]] = {
    "logit": _logit,
    "probit": _probit,
}
