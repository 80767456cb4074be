"""Average marginal effects: what a term does to the share of each answer, in points."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import numpy as np
import pandas as pd
from scipy import special, stats

from helpers.errors import EstimationError
from helpers.stats.design import Floats
from helpers.stats.estimates import to_frame
from helpers.stats.models.cumulative_link import Fit
from helpers.stats.models.model_terms import ModelTerms, Term, estimate_rows
from helpers.stats.models.ordinal import OrderedModel
from helpers.stats.models.regression import LogisticModel

Change = Literal["unit", "derivative"]
Effect = tuple[Floats, Floats]


def average_marginal_effects(
    model: OrderedModel | LogisticModel, *, numeric: Change = "unit"
) -> pd.DataFrame:
    """How many points more people would give each answer, were one term different.

    The model's probabilities are averaged over the respondents by weight, everything else as it
    is. Of a factor: all at this level less all at the base, every other level's column at 0. Of a
    numeric term: with one more than each has (``unit``), or the slope at what each has
    (``derivative``). A numeric column of 0 and 1 is taken as a quantity: make it boolean to
    compare its two values. The intervals are of the delta method and hold the respondents'
    other values fixed; association is not cause.

    Respondents with missing values were left out, or refused, when the model was fitted.

    Returns
    -------
    Rows of the result shape in points: ``item`` is the change (``education[higher]``,
    ``age[+1]``, ``age[derivative]``), ``level`` the answer. Over the answers of an ordered
    outcome they sum to 0; of a binary one the event is given.

    Raises
    ------
    EstimationError
        ``numeric`` is not one of its two choices.

    Notes
    -----
    R equivalent: ``margins::margins(fit, design = design)`` for a ``svyglm`` (which gives the
    derivative for numbers). Source: Bartus (2005) for factors; Williams (2012).
    """
    if numeric not in ("unit", "derivative"):
        raise EstimationError(
            f"unknown change of a numeric term {numeric!r}; expected 'unit' or 'derivative'."
        )
    fit = model.fit
    spread = model.covariance
    shown = range(len(model.categories))
    if isinstance(model, LogisticModel):
        turn = np.concatenate([[-1.0], np.ones(fit.slopes.size)])
        spread, shown = spread * np.outer(turn, turn), range(1, 2)
    items, levels, estimates, variances = [], [], [], []
    for item, (below, jacobian) in _effects(fit, model.terms, numeric):
        shares = np.diff(below, prepend=0.0, append=0.0)
        edge = np.zeros((1, jacobian.shape[1]))
        slopes = np.diff(np.vstack([edge, jacobian, edge]), axis=0)
        for k in shown:
            items.append(item)
            levels.append(model.categories[k])
            estimates.append(100 * shares[k])
            variances.append(1e4 * slopes[k] @ spread @ slopes[k])
    return to_frame(
        estimate_rows(
            model.design,
            items=items,
            levels=levels,
            estimates=np.array(estimates),
            variances=np.array(variances),
            unit="points",
            method="average_marginal_effects",
        )
    )


def _effects(fit: Fit, terms: ModelTerms, numeric: Change) -> Iterator[tuple[str, Effect]]:
    """The change in the share at or below each threshold, and its slopes in the parameters."""
    eta = fit.cells.x @ fit.slopes
    observed = _below(fit, eta)
    for term in terms.terms:
        own = slice(term.start, term.stop)
        if not term.levels:
            slope = float(fit.slopes[term.start])
            if numeric == "derivative":
                yield f"{term.name}[derivative]", _derivative(fit, eta, term.start)
            else:
                below, jacobian = _below(fit, eta + slope)
                jacobian[:, _column(fit, term)] -= _density(jacobian)
                yield f"{term.name}[+1]", (below - observed[0], jacobian - observed[1])
            continue
        without = eta - fit.cells.x[:, own] @ fit.slopes[own]
        base = _below(fit, without)
        base[1][:, _columns(fit, term)] = 0
        for k, name in enumerate(terms.names[own]):
            below, jacobian = _below(fit, without + fit.slopes[term.start + k])
            dense = _density(jacobian)
            jacobian[:, _columns(fit, term)] = 0
            jacobian[:, _column(fit, term) + k] = -dense
            yield name, (below - base[0], jacobian - base[1])


def _below(fit: Fit, eta: Floats) -> Effect:
    """Mean share at or below each threshold at ``eta``, and its slopes with the terms as observed."""
    share = fit.cells.weight / fit.cells.weight.sum()
    cut = fit.thresholds.size
    below, jacobian = np.empty(cut), np.zeros((cut, fit.parameters.size))
    for j, threshold in enumerate(fit.thresholds):
        distribution, density, _ = _link(fit, threshold - eta)
        below[j] = share @ distribution
        dense = share * density
        jacobian[j, j] = dense.sum()
        jacobian[j, cut:] = -(dense @ fit.cells.x)
    return below, jacobian


def _derivative(fit: Fit, eta: Floats, column: int) -> Effect:
    """The slope of `_below` in one column of the model matrix, and its own slopes."""
    share = fit.cells.weight / fit.cells.weight.sum()
    cut, beta = fit.thresholds.size, fit.slopes[column]
    rate, jacobian = np.empty(cut), np.zeros((cut, fit.parameters.size))
    for j, threshold in enumerate(fit.thresholds):
        _, density, bend = _link(fit, threshold - eta)
        mean = share @ density
        bent = share * bend
        rate[j] = -beta * mean
        jacobian[j, j] = -beta * bent.sum()
        jacobian[j, cut:] = beta * (bent @ fit.cells.x)
        jacobian[j, cut + column] -= mean
    return rate, jacobian


def _link(fit: Fit, at: Floats) -> tuple[Floats, Floats, Floats]:
    """Distribution, density, and slope of the density of the link."""
    if fit.link == "probit":
        density = stats.norm.pdf(at)
        return special.ndtr(at), density, -at * density
    below, above = special.expit(at), special.expit(-at)
    return below, below * above, below * above * (above - below)


def _density(jacobian: Floats) -> Floats:
    """The mean density at each threshold, which is the slope in the threshold itself."""
    return jacobian[:, : jacobian.shape[0]].diagonal().copy()


def _column(fit: Fit, term: Term) -> int:
    return fit.thresholds.size + term.start


def _columns(fit: Fit, term: Term) -> slice:
    return slice(fit.thresholds.size + term.start, fit.thresholds.size + term.stop)
