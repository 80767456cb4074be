"""Means, totals and quantiles of groups under a design, with their linearised uncertainty."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from helpers.stats.design import Design, Floats, covariance_of_sums
from helpers.stats.linearised import (
    NO_SPREAD,
    Groups,
    spread,
    standard_errors,
    sums_by_unit,
    t_limits,
    t_quantile,
)

ROUNDING = 1e-12
"""How far, relatively, a cumulated weight may miss the share of a quantile and still meet it."""


def moments(design: Design, item: str, groups: Groups, *, total: bool) -> list[dict[str, Any]]:
    """The mean or the total of each group, as numbers of an `Estimate`."""
    found = _moments(design, design.values(item), groups, total=total)
    return [
        spread(
            {name: float(array[g]) for name, array in found.items()},
            n=int(groups.n[g]),
            df=float(groups.df[g]),
        )
        for g in range(len(groups.labels))
    ]


def group_quantiles(
    design: Design, item: str, groups: Groups, at: Sequence[float]
) -> list[list[dict[str, Any]]]:
    """For each group, the numbers of an `Estimate` for each quantile."""
    values = design.values(item)
    return [_quantiles(design, values, groups, g, at) for g in range(len(groups.labels))]


def _moments(design: Design, values: Floats, groups: Groups, *, total: bool) -> dict[str, Floats]:
    """Estimates with ``se low high deff``, one a group."""
    size = len(groups.labels)
    weight = sums_by_unit(design, groups.code, size)
    sums = sums_by_unit(design, groups.code, size, values)
    population = weight.sum(axis=0)
    mean = sums.sum(axis=0) / population
    variance = np.diag(
        covariance_of_sums(design, sums if total else (sums - mean * weight) / population)
    )
    apart = (values - np.append(mean, 0.0)[groups.code]) ** 2
    around = sums_by_unit(design, groups.code, size, apart).sum(axis=0) / population
    extent = population if total else np.ones(size)
    magnitude = np.sqrt(around + mean**2)
    se = standard_errors(variance, scale=magnitude * extent, census=groups.census)
    simple = around / np.maximum(groups.n - 1, 1) * extent**2
    deff = np.full(size, np.nan)
    np.divide(
        variance, simple, out=deff, where=(se > 0) & (np.sqrt(around) > NO_SPREAD * magnitude)
    )
    estimate = mean * extent
    low, high = t_limits(estimate, se, groups.df)
    return {"estimate": estimate, "se": se, "low": low, "high": high, "deff": deff}


def _quantiles(
    design: Design, values: Floats, groups: Groups, g: int, at: Sequence[float]
) -> list[dict[str, Any]]:
    member = groups.code == g
    order = np.argsort(values[member], kind="stable")
    ordered = values[member][order]
    below = np.cumsum(design.weight[member][order])
    below /= below[-1]
    code = np.where(member, 0, -1)
    weight = sums_by_unit(design, code, 1)
    reach, n = float(t_quantile(groups.df[g])), int(groups.n[g])
    found = []
    for share in at:
        quantile = _value_at(ordered, below, share)
        under = sums_by_unit(design, code, 1, (values <= quantile).astype(np.float64))
        lies = under.sum() / weight.sum()
        variance = covariance_of_sums(design, (under - lies * weight) / weight.sum())[0]
        error = float(standard_errors(variance, scale=1.0, census=groups.census[[g]])[0])
        half = 0.0 if error == 0 else reach * error
        low, high = (_value_at(ordered, below, share + side * half) for side in (-1, 1))
        numbers = {
            "estimate": quantile,
            "se": 0.0 if error == 0 else (high - low) / (2 * reach),
            "low": low,
            "high": high,
            "deff": float(variance[0]) * (n - 1) / (lies * (1 - lies)) if error > 0 else np.nan,
        }
        found.append(spread(numbers, n=n, df=float(groups.df[g])))
    return found


def _value_at(ordered: Floats, below: Floats, share: float) -> float:
    """The smallest value at or below which lies this share; NaN where there is none."""
    if not 0 < share <= 1:
        return float("nan")
    place = int(np.searchsorted(below, share * (1 - ROUNDING)))
    return float(ordered[min(place, ordered.size - 1)])
