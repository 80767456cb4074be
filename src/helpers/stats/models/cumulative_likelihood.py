"""The likelihood of a cumulative link model: its value, slopes and curvature on distinct rows.

The probability of category j or below is F(θⱼ − xβ).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pandas as pd
from scipy import special

from helpers.stats.design import Codes, Floats
from helpers.stats.models.model_terms import ModelTerms

Link = Literal["logit", "probit"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Cells:
    """Distinct combinations of outcome and terms, ordered by outcome.

    Attributes
    ----------
    x
        Model matrix of the cells, shape (cells, columns).
    weight
        Sum of the respondents' weights, whose mean is 1.
    counts
        Cells of each category of the outcome.
    cell
        The cell of each respondent of the domain.
    """

    x: Floats
    weight: Floats
    counts: Codes
    cell: Codes

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
    def at(cls, parameters: Floats, z: Floats, cells: Cells, link: Link) -> Point:
        """The likelihood at these parameters, thresholds first; ``z`` is the model matrix."""
        counts, w = cells.counts, cells.weight
        cut = counts.size - 1
        eta = z @ parameters[cut:]
        edges = np.concatenate([[-np.inf], parameters[:cut], [np.inf]])
        with np.errstate(all="ignore"):
            log_p, ga, gb, haa, hbb, hab = LIKELIHOODS[link](
                np.repeat(edges[1:], counts) - eta,
                np.repeat(edges[:-1], counts) - eta,
                np.repeat(np.diff(edges), counts),
            )
            starts = category_starts(counts)
            sums = [np.add.reduceat(w * part, starts) for part in (ga, gb, haa, hbb, hab)]
            gradient = np.concatenate([sums[0][:-1] + sums[1][1:], -((w * (ga + gb)) @ z)])
            information = np.zeros((gradient.size, gradient.size))
            information[:cut, :cut] = -np.diag(sums[2][:-1] + sums[3][1:])
            inner = np.arange(1, cut)
            information[inner, inner - 1] = information[inner - 1, inner] = -sums[4][1:-1]
            cross = _by_category(w * (haa + hab), z, starts)[:-1]
            cross += _by_category(w * (hbb + hab), z, starts)[1:]
            information[:cut, cut:] = cross
            information[cut:, :cut] = cross.T
            root = z * np.sqrt(np.maximum(-w * (haa + 2 * hab + hbb), 0.0))[:, None]
            information[cut:, cut:] = root.T @ root
            log_likelihood = float(w @ log_p)
        return cls(
            parameters=parameters,
            log_likelihood=log_likelihood,
            gradient=gradient,
            information=information,
            upper=ga,
            lower=gb,
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
    """Respondents of one outcome and the same values of all terms, put together."""
    key, size = outcome, int(outcome.max()) + 1
    for column in terms.columns:
        codes, width = _ranks(column)
        if size * width > 2**62:
            key, distinct = pd.factorize(key, sort=True)
            size = distinct.size
        key, size = key * width + codes, size * width
        if width > outcome.size / 2:  # nearly every row is distinct: only the order is needed
            key = np.empty_like(outcome)
            key[np.argsort(outcome, kind="stable")] = np.arange(outcome.size)
            break
    cell, distinct = pd.factorize(key, sort=True)
    first = np.empty(distinct.size, dtype=np.int64)
    first[cell[::-1]] = np.arange(cell.size)[::-1]
    return Cells(
        x=terms.matrix(first),
        weight=np.bincount(cell, weights=terms.weight).astype(np.float64),
        counts=np.bincount(outcome[first]).astype(np.int64),
        cell=cell.astype(np.int64),
    )


def category_starts(counts: Codes) -> Codes:
    """The first cell of each category."""
    return np.asarray(np.concatenate([[0], np.cumsum(counts)[:-1]]), dtype=np.int64)


def _by_category(values: Floats, z: Floats, starts: Codes) -> Floats:
    ends = [*starts[1:], values.size]
    return np.vstack([values[a:b] @ z[a:b] for a, b in zip(starts, ends, strict=True)])


def _ranks(values: Floats | Codes) -> tuple[Codes, int]:
    codes, distinct = pd.factorize(values)
    return codes.astype(np.int64), distinct.size


def _logit(a: Floats, b: Floats, gap: Floats) -> tuple[Floats, ...]:
    """log(F(a) − F(b)) = log F(a) + log F(−b) + log(1 − exp(b − a)), without cancellation."""
    ga, gb = special.expit(-a), special.expit(b)
    log_p = special.log_expit(a) + special.log_expit(-b) + np.log(-np.expm1(-gap))
    first, second = 1 / np.expm1(gap), 1 / (2 * np.sinh(gap / 2)) ** 2
    return (
        log_p, ga + first, -gb - first, -ga * (1 - ga) - second, -gb * (1 - gb) - second, second,
    )  # fmt: skip


def _probit(a: Floats, b: Floats, _gap: Floats) -> tuple[Floats, ...]:
    """log(Φ(a) − Φ(b)), taken in the lower tail, where it does not cancel."""
    a, b = np.minimum(a, 1e8), np.maximum(b, -1e8)
    flip = a + b > 0
    high = special.log_ndtr(np.where(flip, -b, a))
    log_p = high + np.log(-np.expm1(special.log_ndtr(np.where(flip, -a, b)) - high))
    constant = np.log(2 * np.pi) / 2
    ra, rb = np.exp(-(a**2) / 2 - constant - log_p), np.exp(-(b**2) / 2 - constant - log_p)
    return log_p, ra, -rb, -ra * (a + ra), rb * (b - rb), ra * rb


LIKELIHOODS: dict[Link, Callable[[Floats, Floats, Floats], tuple[Floats, ...]]] = {
    "logit": _logit,
    "probit": _probit,
}
