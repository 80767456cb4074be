"""Replicate weights: how much an estimate moves when the sampling units are drawn again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal

import numpy as np
from joblib import Parallel, delayed

from helpers.errors import DesignError, EstimationError
from helpers.rng import repeat
from helpers.stats.columns import Codes, Floats, strata_of_units
from helpers.stats.design import Design
from helpers.stats.weights.margins import Cells, Targets, crossed
from helpers.stats.weights.weighting import Control, cell_factors

MOST_FACTORS = 100_000_000
"""Units times replicates that are held at once: 0.8 GB."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Replicates:
    """A design and its replicate weights.

    Attributes
    ----------
    design
        The design, with the weights of the full sample.
    factors
        By what the weights of each sampling unit are multiplied in each replicate; shape
        (replicates, units).
    scales
        Share of each replicate's squared deviation in the variance; shape (replicates,).
    centre
        What deviations are taken from: the estimate of the full sample, or the mean of replicates.
    method
        Key of the function that made them.
    calibration
        For each raking: the cell of each row, and the factor of each cell in each replicate, shape
        (replicates, cells), relative to the full sample's.
    """

    design: Design
    factors: Floats
    scales: Floats
    centre: Literal["estimate", "mean"]
    method: str
    calibration: tuple[tuple[Codes, Floats], ...] = ()

    @property
    def count(self) -> int:
        """How many replicates there are."""
        return len(self.factors)

    def weight(self, replicate: int) -> Floats:
        """The weight of each row of the sample in one replicate, 0 where its unit is not drawn."""
        weight = self.design.weight * self.factors[replicate][self.design.psu]
        for cell, factors in self.calibration:
            weight = weight * factors[replicate][cell]
        return np.asarray(weight, dtype=np.float64)

    def covariance(self, estimate: Floats, replicated: Floats) -> Floats:
        """Covariance of estimates from their values in each replicate, (replicates, estimates)."""
        centre = estimate if self.centre == "estimate" else replicated.mean(axis=0)
        scatter = (replicated - centre) * np.sqrt(self.scales)[:, None]
        return np.asarray(np.einsum("ri,rj->ij", scatter, scatter), dtype=np.float64)


def bootstrap_replicates(
    design: Design, *, replicates: int, name: str | tuple[str | int, ...]
) -> Replicates:
    """Rao–Wu rescaled bootstrap: in each stratum n − 1 of its n units are drawn with replacement.

    A unit drawn ``t`` times counts ``1 − λ + λ t n / (n − 1)`` times, where λ² is 1 less the
    stratum's sampling fraction: so the variance of a total is, on average, the linearised one.

    Parameters
    ----------
    design : respondents with strata and sampling units; the domain is kept.
    replicates : how many, at least 2.
    name : name of the random streams, one stream a replicate, as for `helpers.rng.repeat`: the
        same on one core and on many.

    Returns
    -------
    The design with ``replicates`` factors for each unit. Missing answers do not matter before a
    statistic is taken.

    Raises
    ------
    EstimationError
        Fewer than 2 replicates, or more factors than memory should hold.

    Notes
    -----
    R equivalent: ``survey::as.svrepdesign(type = "subbootstrap")``, which has no finite
    populations. Source: Rao and Wu (1988); Rao, Wu and Yue (1992).
    """
    home = strata_of_units(design.stratum, design.psu)
    check_count(replicates)
    _check_size(replicates, home.size)
    size = np.bincount(home)
    draws = repeat(partial(_drawn, size=size), replicates, name=name)
    counts = np.zeros((replicates, home.size))
    counts[:, np.argsort(home, kind="stable")] = draws
    weight = np.sqrt(1 - design.fraction)[home]
    return Replicates(
        design=design,
        factors=1 - weight + weight * counts * (size / (size - 1))[home],
        scales=np.full(replicates, 1 / (replicates - 1)),
        centre="mean",
        method="bootstrap_replicates",
    )


def jackknife_replicates(design: Design) -> Replicates:
    """JKn jackknife: each replicate leaves out one unit, and the rest of its stratum stands in.

    Deviations are taken from the estimate of the full sample.

    Parameters
    ----------
    design : respondents; missing answers do not matter before a statistic is taken.

    Returns
    -------
    The design with a factor for each unit, in as many replicates as units.

    Raises
    ------
    EstimationError
        More units than a matrix of units by units should hold.

    Notes
    -----
    R equivalent: ``survey::as.svrepdesign(type = "JKn", mse = TRUE)``, JK1 without strata.
    Source: Jones (1974); Wolter (2007).
    """
    home = strata_of_units(design.stratum, design.psu)
    _check_size(home.size, home.size)
    size = np.bincount(home).astype(np.float64)
    factors = np.where(home[:, None] == home, (size / (size - 1))[home], 1.0)
    np.fill_diagonal(factors, 0.0)
    return Replicates(
        design=design,
        factors=factors,
        scales=((size - 1) / size * (1 - design.fraction))[home],
        centre="estimate",
        method="jackknife_replicates",
    )


def raked_replicates(
    replicates: Replicates,
    *,
    margins: Mapping[str, Targets],
    tolerance: float = 1e-10,
    most_iterations: int = 1000,
) -> Replicates:
    """The full sample and each replicate raked to the same targets, so that variances know of it.

    The whole sample is raked, whatever the domain. Replicates run in parallel where
    ``joblib.parallel_config`` says so.

    Parameters
    ----------
    replicates : replicate weights of the design before raking.
    margins, tolerance, most_iterations : as for `helpers.stats.weights.weighting.raked`.

    Returns
    -------
    The replicates with raked weights; a missing category is an error.

    Raises
    ------
    EstimationError
        The margins cannot be used, or a replicate holds nobody of a category.
    ConvergenceError
        The full sample or a replicate does not meet the margins.

    Notes
    -----
    R equivalent: ``survey::rake`` of a replicate design. Source: Valliant (1993).
    """
    design = replicates.design
    control = Control(tolerance=tolerance, most_iterations=most_iterations)
    cells = crossed(design.rows, margins, total=float(design.weight.sum()))
    full = cell_factors(design.weight, cells, control)
    factors = Parallel()(
        delayed(_replicate_factors)(k, replicates.weight(k), cells, control)
        for k in range(replicates.count)
    )
    return replace(
        replicates,
        design=replace(design, weight=design.weight * full[cells.cell]),
        calibration=(*replicates.calibration, (cells.cell, np.vstack(factors) / full)),
        method="raked_replicates",
    )


def _replicate_factors(replicate: int, weight: Floats, cells: Cells, control: Control) -> Floats:
    for category, labels in zip(cells.category, cells.label, strict=True):
        held = np.bincount(category[cells.cell], weights=weight, minlength=len(labels))
        if not held.all():
            raise EstimationError(
                f"replicate {replicate} holds nobody of {labels[int(np.argmin(held))]}; expected"
                " respondents of every category in several units of each stratum. Join categories."
            )
    return cell_factors(weight, cells, control)


def _drawn(rng: np.random.Generator, *, size: Codes) -> Codes:
    """How often each unit is drawn, stratum after stratum, in size − 1 draws from each stratum."""
    first = np.repeat(np.cumsum(size) - size, size - 1)
    drawn = first + rng.integers(0, np.repeat(size, size - 1))
    return np.bincount(drawn, minlength=int(size.sum()))


def check_count(replicates: int) -> None:
    """Refuse fewer replicates than a spread needs."""
    if replicates < 2:
        raise EstimationError(f"too few replicates; got {replicates}; expected at least 2.")


def _check_size(replicates: int, units: int) -> None:
    if replicates * units > MOST_FACTORS:
        raise DesignError(
            f"too many replicate weights; got {replicates} replicates of {units} sampling units;"
            f" expected a product of at most {MOST_FACTORS:,}. Means of rows drawn one by one have"
            " a fast way: bootstrap_means."
        )
