"""The truth about positions on the scales: correlations, effects, means of groups, mediation."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from helpers.stats.design import Floats
from helpers.stats.simulation.checks_items import FACTS
from helpers.stats.simulation.model import Model
from helpers.stats.simulation.population import Structure, positions, structure

Truth = dict[str, Any]


def scales_truth(model: Model, people: pd.DataFrame) -> Truth:
    """Positions on the scales: correlations, effects, cluster share and means of groups.

    Effects and means are in standard deviations of a position given the background, from the
    reference categories.
    """
    order, found = list(model.scales.order), structure(model)
    mean, share = positions(model, people), people["share"].to_numpy()
    between = np.cov(mean.T, aweights=share, ddof=0)
    covariance = found.correlation + between
    spread = np.sqrt(np.diag(covariance))
    level = share @ mean
    groups = {
        fact: {
            code: dict(zip(order, _mean_of(mean, share, people[fact] == code), strict=True))
            for code in model.codebook.item(fact).codes
        }
        for fact in FACTS
    }
    return {
        "correlation_given_background": _square(found.correlation, order),
        "correlation": _square(covariance / np.outer(spread, spread), order),
        "mean": dict(zip(order, level.tolist(), strict=True)),
        "sd": dict(zip(order, spread.tolist(), strict=True)),
        "paths": {
            name: {cause: float(size) for cause, size in model.scales.paths.get(name, {}).items()}
            for name in order
            if name in model.scales.paths
        },
        "total_effects": _square(found.total, order),
        "total_effects_of_background": _total_of_background(model, found),
        "mean_by_group": groups,
        "icc": float(model.sampling.icc),
    }


def _mean_of(mean: Floats, share: Floats, inside: pd.Series) -> list[float]:
    part = share * inside.to_numpy()
    found: list[float] = (part @ mean / part.sum()).tolist()
    return found


def _square(values: Floats, names: list[str]) -> dict[str, dict[str, float]]:
    return {
        name: dict(zip(names, row, strict=True))
        for name, row in zip(names, values.tolist(), strict=True)
    }


def _total_of_background(model: Model, found: Structure) -> Truth:
    """By how much each category of a fact moves each scale, through paths as well."""
    order = model.scales.order
    return {
        fact: {
            code: dict(zip(order, (found.total @ [
                model.scales.effects.get(name, {}).get(fact, {}).get(code, 0.0) for name in order
            ]).tolist(), strict=True))
            for code in model.codebook.item(fact).codes
        }
        for fact in FACTS
    }  # fmt: skip


def mediation_truth(model: Model, found: Structure) -> list[Truth]:
    """Every chain of two paths, cause → mediator → outcome, with its product.

    ``indirect`` is the product of the two paths, ``direct`` the path that passes the mediator by.
    ``alone`` is what a regression on cause and mediator alone, given the background, would find
    on the positions: other causes of the outcome then count for these two.
    """
    order, paths, linked = model.scales.order, model.scales.paths, found.correlation
    chains = [
        (cause, mediator, outcome)
        for outcome in order
        for mediator, second in paths.get(outcome, {}).items()
        for cause, first in paths.get(mediator, {}).items()
        if first and second
    ]
    rows = []
    for cause, mediator, outcome in chains:
        x, m, y = (order.index(name) for name in (cause, mediator, outcome))
        pair = [m, x]
        slopes = np.linalg.solve(linked[np.ix_(pair, pair)], linked[pair, y]).tolist()
        first = float(linked[m, x])
        rows.append({
            "cause": cause, "mediator": mediator, "outcome": outcome,
            "indirect": paths[mediator][cause] * paths[outcome][mediator],
            "direct": float(paths[outcome].get(cause, 0.0)),
            "alone": {
                "cause_to_mediator": first, "mediator_to_outcome": slopes[0], "direct": slopes[1],
                "indirect": first * slopes[0], "total": float(linked[y, x]),
            },
        })  # fmt: skip
    return rows
