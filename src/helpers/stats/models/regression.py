"""Linear and logistic regression under a design."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.errors import EstimationError
from helpers.stats.design import Design, Floats, covariance_of_sums
from helpers.stats.estimates import to_frame
from helpers.stats.models.cumulative_likelihood import cells_of
from helpers.stats.models.cumulative_link import Fit, maximise
from helpers.stats.models.least_squares import least_squares, numeric_outcome, row_covariance
from helpers.stats.models.model_terms import ModelTerms, estimate_rows, model_terms


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LogisticModel:
    """A binary logistic model, fitted.

    Attributes
    ----------
    outcome, categories
        What was explained, and its two categories; the second is the event.
    coefficients
        Rows of the result shape: log-odds of the event, ``intercept`` first.
    names, covariance
        Intercept, then terms, and their linearised covariance.
    log_likelihood
        The log pseudo-likelihood, with weights of mean 1.
    design, terms, fit
        What the model was fitted on, for the functions that take a model.
    """

    outcome: str
    categories: tuple[str, ...]
    coefficients: pd.DataFrame
    names: tuple[str, ...]
    covariance: Floats
    log_likelihood: float
    design: Design
    terms: ModelTerms
    fit: Fit


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LinearModel:
    """A linear model, fitted.

    Attributes
    ----------
    coefficients
        Rows of the result shape, in units of the outcome, ``intercept`` first.
    names, covariance
        Intercept, then terms, and their linearised covariance.
    r_squared
        Share of the outcome's variance in the population that the terms account for.
    """

    outcome: str
    coefficients: pd.DataFrame
    names: tuple[str, ...]
    covariance: Floats
    r_squared: float


def logistic_model(design: Design, *, outcome: str, terms: Sequence[str]) -> LogisticModel:
    """How the log-odds of an event go with each term, others held fixed.

    Assumes that the log-odds are linear in the terms; the variance is that of the design, whether
    or not they are. For differences in points, see `average_marginal_effects`.

    Parameters
    ----------
    outcome : a column with two values; the second in order (1, True, the later category or word)
        is the event.
    terms : columns; numbers as they are, others as contrasts from their first category.

    Returns
    -------
    Coefficients with t intervals of the design's degrees of freedom.

    Raises
    ------
    EstimationError
        The outcome has not two values, a value is missing, terms are collinear, or separate the
        outcome perfectly.
    ConvergenceError
        No maximum was found.

    Notes
    -----
    R equivalent: ``survey::svyglm(…, family = quasibinomial())``, to 1e-5 at its default epsilon
    and exactly at 1e-14; ``confint(fit, ddf = degf(design))`` gives these intervals, its default
    subtracts the number of terms from the degrees of freedom. Source: Binder (1983).
    """
    _refuse_itself(outcome, terms)
    codes, categories = design.labels(outcome)
    if len(categories) != 2:
        raise EstimationError(
            f"outcome {outcome!r} has {len(categories)} values in the domain; got"
            f" {categories[:5]}; expected two. More are for ordered_model or linear_model."
        )
    columns = model_terms(design, terms)
    fit = maximise(cells_of(columns, codes[design.inside]), "logit", columns.names)
    turn = np.concatenate([[-1.0], np.ones(len(columns.names))])
    spread = covariance_of_sums(design, fit.unit_sums(design, columns) * turn)
    names = ("intercept", *columns.names)
    rows = estimate_rows(
        design,
        items=[outcome] * len(names),
        levels=names,
        estimates=fit.parameters * turn,
        variances=spread.diagonal(),
        naive=fit.naive.diagonal(),
        unit="log-odds",
        method="logistic_model",
    )
    return LogisticModel(
        outcome=outcome,
        categories=tuple(categories),
        coefficients=to_frame(rows),
        names=names,
        covariance=spread,
        log_likelihood=fit.log_likelihood,
        design=design,
        terms=columns,
        fit=fit,
    )


def linear_model(design: Design, *, outcome: str, terms: Sequence[str]) -> LinearModel:
    """How the mean of an outcome goes with each term, others held fixed.

    The coefficients are those of the least-squares line in the population; the variance is that
    of the design, whatever the spread around the line.

    Parameters
    ----------
    outcome : a numeric column.
    terms : columns; numbers as they are, others as contrasts from their first category.

    Returns
    -------
    Coefficients in units of the outcome, with t intervals of the design's degrees of freedom.

    Raises
    ------
    EstimationError
        A value is missing, the outcome is not numeric, has one value or lies exactly on the line,
        or terms are collinear.

    Notes
    -----
    R equivalent: ``survey::svyglm``; ``confint(fit, ddf = degf(design))`` gives these intervals,
    its default subtracts the number of terms from the degrees of freedom. Source: Fuller (1975),
    Binder (1983).
    """
    _refuse_itself(outcome, terms)
    y = numeric_outcome(design, outcome)
    columns = model_terms(design, terms)
    fit = least_squares(columns.matrix(), y, columns.weight, columns.names, outcome=outcome)
    spread = row_covariance(design, fit.influence)
    names = ("intercept", *columns.names)
    rows = estimate_rows(
        design,
        items=[outcome] * len(names),
        levels=names,
        estimates=fit.parameters,
        variances=spread.diagonal(),
        naive=fit.naive.diagonal(),
        unit="units",
        method="linear_model",
    )
    return LinearModel(
        outcome=outcome,
        coefficients=to_frame(rows),
        names=names,
        covariance=spread,
        r_squared=fit.r_squared,
    )


def _refuse_itself(outcome: str, terms: Sequence[str]) -> None:
    if outcome in terms:
        raise EstimationError(
            f"the outcome cannot explain itself; got {outcome!r} among the terms. Leave it out."
        )
