"""The terms of a model: columns of a design as the columns of a model matrix."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from helpers.errors import DesignError, EstimationError
from helpers.stats.columns import require
from helpers.stats.design import Codes, Design, Floats
from helpers.stats.estimates import CONFIDENCE, Estimate

COLLINEAR = 1e-10
"""The share of a column's variance that the columns before it must leave; below, it is collinear."""

BLOCK = 4096
"""Rows that are worked on at once: their model matrix stays in the processor's cache."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One column of the rows in a model.

    ``levels`` are those of a factor, the base first, and empty for a numeric term; ``start`` and
    ``stop`` bound its columns of the model matrix.
    """

    name: str
    levels: tuple[str, ...]
    start: int
    stop: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ModelTerms:
    """What a model is fitted on, for the respondents of the domain alone.

    Attributes
    ----------
    terms
        In the order asked for.
    names
        Of the columns of the model matrix: ``age``, ``education[higher]``.
    columns
        Of each term, one value a respondent: numbers, or the codes of a factor's levels.
    weight
        Sampling weights divided by their mean, one a respondent.
    """

    terms: tuple[Term, ...]
    names: tuple[str, ...]
    columns: tuple[Floats | Codes, ...]
    weight: Floats

    def matrix(self, rows: Codes | None = None) -> Floats:
        """The model matrix of these respondents, or of all: shape (rows, names), no intercept."""
        size = self.weight.size if rows is None else rows.size
        x = np.empty((size, len(self.names)), order="F")
        for term, column in zip(self.terms, self.columns, strict=True):
            values = column if rows is None else column[rows]
            if not term.levels:
                x[:, term.start] = values
            for level in range(1, len(term.levels)):
                x[:, term.start + level - 1] = values == level
        return x


def model_terms(design: Design, terms: Sequence[str]) -> ModelTerms:
    """The model matrix of these columns of a design.

    Numeric columns enter as they are. Boolean, text and categorical columns enter as treatment
    contrasts: a column of 0 and 1 for each level but the first, which is the base. Levels nobody
    of the domain has are left out; an empty first category is an error, since it is the base.

    Raises
    ------
    EstimationError
        No terms, a term named twice or unknown, a missing or infinite value, a term with one
        value, or an empty base.
    DesignError
        The domain has no degrees of freedom.

    Notes
    -----
    R equivalent: ``model.matrix`` with ``contr.treatment``.
    """
    if isinstance(terms, str) or not terms or len(set(terms)) < len(terms):
        raise EstimationError(
            f"the terms of a model cannot be read; got {terms!r}; expected a list of one or more"
            " columns, each once."
        )
    require(design.rows, *terms)
    if design.df < 1:
        raise DesignError(
            f"a model needs degrees of freedom; got {design.df:g} in the domain of {design.n};"
            " expected at least 1. Widen the domain, or join its strata."
        )
    found: list[Term] = []
    names: list[str] = []
    columns: list[Floats | Codes] = []
    for name in terms:
        levels, column = _column(design, name)
        labels = [f"{name}[{level}]" for level in levels[1:]] or [name]
        found.append(
            Term(name=name, levels=levels, start=len(names), stop=len(names) + len(labels))
        )
        names += labels
        columns.append(column)
    weight = design.weight[design.inside]
    return ModelTerms(
        terms=tuple(found),
        names=tuple(names),
        columns=tuple(columns),
        weight=weight / weight.max() / (weight / weight.max()).mean(),
    )


def standardised(x: Floats, weight: Floats, names: Sequence[str]) -> tuple[Floats, Floats, Floats]:
    """The columns of ``x`` less their weighted means, over their standard deviations; and both.

    Raises
    ------
    EstimationError
        As `moments`.
    """
    centre, scale = moments(x, weight, names)
    return (x - centre) / scale, centre, scale


def moments(x: Floats, weight: Floats, names: Sequence[str]) -> tuple[Floats, Floats]:
    """Weighted means and standard deviations of the columns of ``x``.

    Raises
    ------
    EstimationError
        A column is a linear combination of those before it and the intercept.
    """
    share = weight / weight.sum()
    with np.errstate(all="ignore"):
        centre = share @ x
        left = np.zeros((len(names), len(names)))
        for start in range(0, len(x), BLOCK):
            block = x[start : start + BLOCK] - centre
            left += block.T @ (block * share[start : start + BLOCK, None])
        scale = np.sqrt(left.diagonal())
        left /= np.outer(scale, scale)
    if not np.isfinite(left).all():
        bad = [
            name for name, fine in zip(names, np.isfinite(left.diagonal()), strict=True) if not fine
        ]
        raise EstimationError(
            f"the terms {bad} vary too little or too much to be told apart from a constant in"
            " floating-point numbers. Change their unit, or leave them out."
        )
    for k, name in enumerate(names):
        if left[k, k] < COLLINEAR:
            raise EstimationError(
                f"the terms are collinear; got {name!r}, which the terms before it determine;"
                f" expected columns that add something. Leave {name!r} out."
            )
        left = left - np.outer(left[:, k], left[k]) / left[k, k]
    return centre, scale


def estimate_rows(
    design: Design,
    *,
    items: Sequence[str],
    levels: Sequence[str],
    estimates: Floats,
    variances: Floats,
    unit: str,
    method: str,
    naive: Floats | None = None,
) -> list[Estimate]:
    """Estimates of a model with t intervals of the design's degrees of freedom.

    ``naive`` are the variances had the same number of people been drawn at random; with them,
    each row has its design effect.
    """
    se = np.sqrt(np.maximum(variances, 0.0))
    if not (np.isfinite(estimates).all() and np.isfinite(se).all()):
        raise EstimationError(
            f"{method} found no finite answer; got {np.asarray(estimates)} with standard errors"
            f" {se}. Look for extreme weights, or terms of very different size."
        )
    df = design.df
    half = float(stats.t.isf((1 - CONFIDENCE) / 2, df)) * se
    deff = (
        [None] * se.size
        if naive is None
        else [_deff(*pair) for pair in zip(variances, naive, strict=True)]
    )
    evidence, source, n = design.evidence, design.source, design.n
    return [
        Estimate(
            item=items[k],
            level=levels[k],
            group="all",
            estimate=float(estimates[k]),
            se=float(se[k]),
            ci_low=float(estimates[k] - half[k]),
            ci_high=float(estimates[k] + half[k]),
            n=n,
            n_eff=None if (effect := deff[k]) is None else n / effect,
            deff=effect,
            df=df,
            unit=unit,
            evidence=evidence,
            source=source,
            method=method,
        )
        for k in range(se.size)
    ]


def _deff(variance: float, naive: float) -> float | None:
    return float(variance / naive) if variance > 0 and naive > 0 else None


def _column(design: Design, name: str) -> tuple[tuple[str, ...], Floats | Codes]:
    """The levels of a factor and their codes, or no levels and the numbers."""
    column = design.rows[name]
    categorical = isinstance(column.dtype, pd.CategoricalDtype)
    if (
        not categorical
        and pd.api.types.is_numeric_dtype(column)
        and not pd.api.types.is_bool_dtype(column)
    ):
        values = design.values(name)[design.inside]
        if values.min() == values.max():
            raise EstimationError(one_value(name, f"{values[0] + 0:g}"))
        return (), values
    codes, labels = design.labels(name)
    if len(labels) < 2:
        raise EstimationError(one_value(name, repr(labels[0])))
    if categorical and str(column.cat.categories[0]) != labels[0]:
        raise EstimationError(
            f"the base of term {name!r} is empty; got nobody of {column.cat.categories[0]!r} in"
            f" the domain of {design.n}; expected the first category to occur. Put another"
            " category first, or take out those that do not occur."
        )
    return tuple(labels), codes[design.inside]


def one_value(name: str, value: str) -> str:
    """The message for a column that does not vary."""
    return (
        f"column {name!r} has one value in the domain; got {value} alone; expected at least two."
        " Leave it out."
    )
