"""Ordered regression under a design: how terms shift the answers along an ordered scale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import pandas as pd

from helpers.errors import EstimationError
from helpers.stats.columns import require
from helpers.stats.design import Codes, Design, Floats, covariance_of_sums
from helpers.stats.estimates import to_frame
from helpers.stats.models.cumulative_likelihood import LIKELIHOODS, Link, cells_of
from helpers.stats.models.cumulative_link import Fit, maximise
from helpers.stats.models.model_terms import ModelTerms, estimate_rows, model_terms

CATEGORIES = 50
"""More categories than any answer scale printed in a questionnaire: the outcome is a quantity."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class OrderedModel:
    """An ordered model, fitted.

    Attributes
    ----------
    outcome, categories, link
        What was explained, its categories from the lowest, and how.
    coefficients
        Rows of the result shape, one a column of the model matrix: log-odds of a higher answer
        (with the probit, standard deviations of the latent answer, as ``index``).
    thresholds
        Rows of the result shape, one between each two categories, with level ``low|middle``.
    names, covariance
        Thresholds, then coefficients, and their linearised covariance.
    log_likelihood
        The log pseudo-likelihood, with weights of mean 1.
    design, terms, fit
        What the model was fitted on, for the functions that take a model.
    """

    outcome: str
    categories: tuple[str, ...]
    link: Link
    coefficients: pd.DataFrame
    thresholds: pd.DataFrame
    names: tuple[str, ...]
    covariance: Floats
    log_likelihood: float
    design: Design
    terms: ModelTerms
    fit: Fit


def ordered_model(
    design: Design, *, outcome: str, terms: Sequence[str], link: Link = "logit"
) -> OrderedModel:
    """How much more of an ordered answer goes with each term, others held fixed.

    The probability of category j or below is F(θⱼ − xβ), with F logistic (proportional odds) or
    normal. Assumes that one slope serves all thresholds, which `proportional_odds` checks.
    Estimates maximise the likelihood of the population as the weights describe it; the variance
    is that of the sampling design, whether or not the model holds.

    Parameters
    ----------
    outcome : an ordered categorical column, or numbers in their order, with three or more values.
    terms : columns; numbers as they are, others as contrasts from their first category.
    link : ``logit`` or ``probit``.

    Returns
    -------
    Coefficients and thresholds with t intervals of the design's degrees of freedom. Each design
    effect compares with the inverse information of as many people drawn at random.

    Raises
    ------
    EstimationError
        The outcome has no order, fewer than three categories, more than 50, or an empty one; a
        value is missing; terms are collinear, or separate the outcome perfectly.
    ConvergenceError
        No maximum was found.

    Notes
    -----
    R equivalent: ``survey::svyolr(outcome ~ terms, design, method = link)``. It stops at a
    relative tolerance of 1e-8 and takes the Hessian by differences, so its numbers agree to about
    four digits; with ``control = list(reltol = 1e-15)`` to six. R's printed intervals are normal;
    these are t. Source: McCullagh (1980), Binder (1983).
    """
    if link not in LIKELIHOODS:
        raise EstimationError(f"unknown link {link!r}; expected one of {list(LIKELIHOODS)}.")
    codes, categories = _ordered(design, outcome)
    if outcome in terms:
        raise EstimationError(
            f"the outcome cannot explain itself; got {outcome!r} among the terms. Leave it out."
        )
    columns = model_terms(design, terms)
    fit = maximise(cells_of(columns, codes), link, columns.names)
    spread = covariance_of_sums(design, fit.unit_sums(design, columns))
    cuts = [f"{low}|{high}" for low, high in pairwise(categories)]
    names = (*cuts, *columns.names)
    rows = estimate_rows(
        design,
        items=[outcome] * len(names),
        levels=names,
        estimates=fit.parameters,
        variances=spread.diagonal(),
        naive=fit.naive.diagonal(),
        unit="log-odds" if link == "logit" else "index",
        method="ordered_model",
    )
    return OrderedModel(
        outcome=outcome,
        categories=tuple(categories),
        link=link,
        coefficients=to_frame(rows[len(cuts) :]),
        thresholds=to_frame(rows[: len(cuts)]),
        names=names,
        covariance=spread,
        log_likelihood=fit.log_likelihood,
        design=design,
        terms=columns,
        fit=fit,
    )


def _ordered(design: Design, outcome: str) -> tuple[Codes, list[str]]:
    """Codes of the answers of the domain, and the categories in their order."""
    require(design.rows, outcome)
    column = design.rows[outcome]
    categorical = isinstance(column.dtype, pd.CategoricalDtype)
    if not (column.cat.ordered if categorical else pd.api.types.is_numeric_dtype(column)):
        raise EstimationError(
            f"outcome {outcome!r} has no order; got {column.dtype}; expected an ordered"
            " categorical or numbers. Say the order: pd.Categorical(…, ordered=True)."
        )
    if not categorical:
        design.values(outcome)
    codes, labels = design.labels(outcome)
    if categorical and len(labels) < len(column.cat.categories):
        empty = [str(c) for c in column.cat.categories if str(c) not in labels]
        raise EstimationError(
            f"outcome {outcome!r} has empty categories; got nobody with {empty} in the domain of"
            f" {design.n}; expected answers in each. Join them to a neighbour, or take them out."
        )
    if not 3 <= len(labels) <= CATEGORIES:
        raise EstimationError(
            f"outcome {outcome!r} has {len(labels)} categories; expected 3 to {CATEGORIES}. Two are"
            " for logistic_model, a quantity is for linear_model."
        )
    return codes[design.inside], labels
