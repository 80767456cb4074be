"""Means of groups under a design, and what two of them differ by."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from helpers.stats.design import Design, Floats, covariance_of_sums
from helpers.stats.estimates import Inapplicable
from helpers.stats.linearised import NO_SPREAD, Groups, sums_by_unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """The first group's mean less the second's.

    Attributes
    ----------
    estimate, se
        In units of the values.
    deff
        Variance over that of simple random samples of the groups' sizes; NaN if that is 0.
    """

    estimate: float
    se: float
    deff: float


def comparable(
    design: Design, groups: Groups, *, by: str, spent: int, method: str
) -> Inapplicable | None:
    """Why these groups cannot be compared with ``spent`` degrees of freedom; None if they can."""
    if len(groups.labels) < 2:
        return Inapplicable(f"{by!r} has one group, {groups.labels[0]!r}", method)
    if groups.one_unit.any():
        alone = groups.labels[int(np.argmax(groups.one_unit))]
        return Inapplicable(f"group {alone!r} of {by!r} lies in one sampling unit", method)
    if design.df <= spent:
        return Inapplicable(
            f"the design has {design.df:g} degrees of freedom, of which the groups take {spent}",
            method,
        )
    return None


def group_means(design: Design, values: Floats, groups: Groups) -> tuple[Floats, Floats]:
    """Mean of each group, and its influence summed by unit, of shape (units, groups)."""
    size = len(groups.labels)
    weight = sums_by_unit(design, groups.code, size)
    sums = sums_by_unit(design, groups.code, size, values)
    population = weight.sum(axis=0)
    mean = sums.sum(axis=0) / population
    return mean, (sums - mean * weight) / population


def difference_of_means(design: Design, values: Floats, groups: Groups) -> Difference | None:
    """The difference of the first two groups; None where the sample shows no variance of it."""
    mean, influence = group_means(design, values, groups)
    variance = float(covariance_of_sums(design, influence[:, :1] - influence[:, 1:2])[0, 0])
    squares = [
        np.average(
            np.column_stack([(values[member] - mean[g]) ** 2, values[member] ** 2]),
            axis=0,
            weights=design.weight[member],
        )
        for g, member in enumerate((groups.code == 0, groups.code == 1))
    ]
    simple = sum(float(square[0]) / (groups.n[g] - 1) for g, square in enumerate(squares))
    largest = max(float(square[1]) for square in squares)
    if not variance > NO_SPREAD**2 * largest:
        return None
    known = simple > NO_SPREAD**2 * largest
    return Difference(
        estimate=float(mean[0] - mean[1]),
        se=float(np.sqrt(variance)),
        deff=variance / simple if known else float("nan"),
    )
