"""Mediation: how much of an association runs through a third variable."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pandas as pd

from helpers.errors import EstimationError
from helpers.stats.design import Codes, Design, Floats
from helpers.stats.estimates import CONFIDENCE, Estimate, to_frame
from helpers.stats.models.least_squares import least_squares, numeric_outcome, row_covariance
from helpers.stats.models.model_terms import estimate_rows, model_terms, standardised

Interval = Literal["monte carlo", "bootstrap"]

DRAWS = 100_000
REPLICATES = 2_000
CHUNK = 4_000_000
"""Multipliers held in memory at a time by the bootstrap."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Mediation:
    """Paths from a treatment over a mediator to an outcome.

    Attributes
    ----------
    effects
        Rows of the result shape with levels ``treatment → mediator`` (a), ``mediator → outcome``
        (b), ``indirect`` (a × b), ``direct``, and ``total`` (direct + indirect).
    interval, draws
        How the interval of the indirect effect was found, and from how many draws or replicates.
    """

    effects: pd.DataFrame
    interval: Interval
    draws: int


def mediation(
    design: Design,
    *,
    treatment: str,
    mediator: str,
    outcome: str,
    covariates: Sequence[str] = (),
    rng: np.random.Generator,
    interval: Interval = "monte carlo",
    draws: int | None = None,
) -> Mediation:
    """How much of the association of treatment with outcome runs through the mediator.

    Association is not cause: the product a × b is an effect only if nothing unmeasured moves both
    mediator and outcome, treatment and mediator, or treatment and outcome, if the arrows point as
    drawn, and if treatment and mediator do not interact; none of this can be seen in the data.

    Three linear models are fitted under the design, each with the covariates: mediator on
    treatment (a), outcome on mediator and treatment (b and direct), outcome on treatment (total).

    Parameters
    ----------
    treatment : numeric, or with two categories, the first of which is the base.
    mediator, outcome : numeric columns.
    covariates : columns held fixed in each model; numbers as they are, others as contrasts.
    rng : random numbers, such as ``stream("mediation", "trust")``.
    interval : ``monte carlo``, the quantiles of the product of a and b drawn together from their
        estimates and joint covariance, normal but for the t factor of the design's degrees of
        freedom; or ``bootstrap``, the quantiles over rescaled bootstrap replicates of the
        sampling units within strata.
    draws : 100,000 draws or 2,000 replicates, unless given.

    Returns
    -------
    Rows in units of the outcome (a in units of the mediator). With ``monte carlo`` the standard
    error of the indirect effect is by the delta method and the other paths have t intervals; with
    ``bootstrap`` all standard errors and intervals come from the replicates.

    Raises
    ------
    EstimationError
        A column has two roles, a value is missing, mediator or outcome is not numeric or lies
        exactly on a line, the treatment has more than two categories, terms are collinear, or in
        some replicate a path cannot be estimated.

    Notes
    -----
    R equivalent: ``survey::svyglm`` for the paths; ``mediation::mediate`` for simple random
    samples; ``survey::as.svrepdesign(type = "subbootstrap")`` for the replicates. Source:
    MacKinnon, Lockwood and Williams (2004); Rao, Wu and Yue (1992).
    """
    if interval not in ("monte carlo", "bootstrap"):
        raise EstimationError(
            f"unknown interval {interval!r}; expected 'monte carlo' or 'bootstrap'."
        )
    number = (DRAWS if interval == "monte carlo" else REPLICATES) if draws is None else draws
    if number < 100:
        raise EstimationError(f"too few draws; got {number}; expected at least 100.")
    paths = _Paths.of(design, treatment, mediator, outcome, covariates)
    a, b, *_ = paths.estimates
    spread = row_covariance(design, paths.influence)
    delta = np.array([b, a, 0, 0])
    rows = estimate_rows(
        design,
        items=[f"{treatment} → {mediator} → {outcome}"] * 5,
        levels=[
            f"{treatment} → {mediator}",
            f"{mediator} → {outcome}",
            "indirect",
            "direct",
            "total",
        ],
        estimates=_five(paths.estimates),
        variances=np.insert(spread.diagonal(), 2, delta @ spread @ delta),
        unit="units",
        method="mediation",
    )
    if interval == "monte carlo":
        drawn = _products(paths.estimates[:2], spread[:2, :2], design.df, number, rng)
        rows[2] = _with_limits(rows[2], drawn, rows[2].se)
    else:
        found = _five(np.vstack(list(_replicates(design, paths, number, rng))).T)
        rows = [
            _with_limits(row, values, float(values.std(ddof=1)))
            for row, values in zip(rows, found, strict=True)
        ]
    return Mediation(effects=to_frame(rows), interval=interval, draws=number)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Paths:
    """a, b, direct and total; their influences; and what they were estimated from.

    ``x`` holds covariates, treatment and mediator in columns, standardised; ``y`` the outcome.
    """

    estimates: Floats
    influence: Floats
    x: Floats
    y: Floats
    scale: Floats
    weight: Floats

    @classmethod
    def of(
        cls, design: Design, treatment: str, mediator: str, outcome: str, covariates: Sequence[str]
    ) -> _Paths:
        roles = [*covariates, treatment, mediator, outcome]
        if len(set(roles)) < len(roles):
            raise EstimationError(
                f"a column has two roles; got {roles}; expected each once. Leave it out of the"
                " covariates."
            )
        y, through = numeric_outcome(design, outcome), numeric_outcome(design, mediator)
        terms = model_terms(design, [*covariates, treatment])
        if terms.terms[-1].stop - terms.terms[-1].start > 1:
            raise EstimationError(
                f"treatment {treatment!r} has {len(terms.terms[-1].levels)} categories; expected"
                " numbers or two categories. Compare two of them in a domain."
            )
        x, w, names = terms.matrix(), terms.weight, [*terms.names, mediator]
        first = least_squares(x, through, w, names[:-1], outcome=mediator)
        second = least_squares(np.column_stack([x, through]), y, w, names, outcome=outcome)
        third = least_squares(x, y, w, names[:-1], outcome=outcome)
        z, _, scale = standardised(np.column_stack([x, through]), w, names)
        parts = ((first, -1), (second, -1), (second, -2), (third, -1))
        return cls(
            estimates=np.array([fit.parameters[k] for fit, k in parts]),
            influence=np.column_stack([fit.influence[:, k] for fit, k in parts]),
            x=z,
            y=y - float(w @ y) / float(w.sum()),
            scale=scale,
            weight=w,
        )


def _products(
    paths: Floats, spread: Floats, df: float, draws: int, rng: np.random.Generator
) -> Floats:
    """Products of two paths drawn together from a bivariate t."""
    values, axes = np.linalg.eigh(spread)
    root = axes * np.sqrt(np.maximum(values, 0.0))
    factor = np.sqrt(df / rng.chisquare(df, size=draws))
    a, b = paths[:, None] + (root @ rng.standard_normal((2, draws))) * factor
    return np.asarray(a * b, dtype=np.float64)


def _replicates(
    design: Design, paths: _Paths, replicates: int, rng: np.random.Generator
) -> Iterator[Floats]:
    """The four paths in each replicate, from the cross-products of each sampling unit."""
    data = np.column_stack([np.ones(paths.y.size), paths.x, paths.y])
    size = data.shape[1]
    units = int(design.psu.max()) + 1
    home = np.zeros(units, dtype=np.int64)
    home[design.psu] = design.stratum
    own = design.psu[design.inside]
    products = np.empty((units, size, size))
    for i in range(size):
        for j in range(i + 1):
            cross = paths.weight * data[:, i] * data[:, j]
            products[:, i, j] = products[:, j, i] = np.bincount(own, cross, minlength=units)
    flat = products.reshape(units, -1)
    chunk = max(1, CHUNK // units)
    for start in range(0, replicates, chunk):
        times = min(chunk, replicates - start)
        gram = (_multipliers(home, design.fraction, times, rng) @ flat).reshape(times, size, size)
        yield _solved(gram, paths.scale)


def _multipliers(home: Codes, fraction: Floats, times: int, rng: np.random.Generator) -> Floats:
    """Weight factors of the sampling units: in each stratum one unit fewer is drawn anew."""
    factors = np.empty((times, home.size))
    for stratum in np.unique(home):
        members = np.flatnonzero(home == stratum)
        n = members.size
        drawn = rng.integers(0, n, size=(times, n - 1)) + n * np.arange(times)[:, None]
        counts = np.bincount(drawn.ravel(), minlength=times * n).reshape(times, n)
        factors[:, members] = 1 + np.sqrt(1 - fraction[stratum]) * (counts * n / (n - 1) - 1)
    return factors


def _solved(gram: Floats, scale: Floats) -> Floats:
    """Paths from cross-products of intercept, covariates, treatment, mediator, outcome."""
    m = gram.shape[1] - 2
    condition = np.linalg.cond(gram[:, : m + 1, : m + 1])
    bad = int((~(condition < 1e10)).sum())
    if bad:
        raise EstimationError(
            f"in {bad} of {gram.shape[0]} bootstrap replicates a path cannot be estimated; expected"
            " terms that vary in each. Leave out rare categories, or use interval='monte carlo'."
        )
    short, full = gram[:, :m, :m], gram[:, : m + 1, : m + 1]
    a = np.linalg.solve(short, gram[:, :m, m, None])[:, -1, 0] * scale[-1] / scale[-2]
    both = np.linalg.solve(full, gram[:, : m + 1, m + 1, None])[:, -2:, 0] / scale[-2:]
    total = np.linalg.solve(short, gram[:, :m, m + 1, None])[:, -1, 0] / scale[-2]
    return np.column_stack([a, both[:, 1], both[:, 0], total])


def _five(paths: Floats) -> Floats:
    """a, b, indirect, direct, total from a, b, direct, total."""
    return np.insert(paths, 2, paths[0] * paths[1], axis=0)


def _with_limits(row: Estimate, drawn: Floats, se: float | None) -> Estimate:
    low, high = np.quantile(drawn, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
    return replace(row, se=se, ci_low=float(low), ci_high=float(high))
