"""Weights that make a sample agree with known totals: raking, trimming, post-stratification."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.errors import ConvergenceError, EstimationError
from helpers.stats.columns import Codes, Floats
from helpers.stats.design import Design, kish_effective_n
from helpers.stats.estimates import Estimate, to_frame
from helpers.stats.weights.margins import (
    Cells,
    Targets,
    base_weights,
    crossed,
    crossed_once,
    crossing,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """When fitting ends: the largest relative difference from a target, and the most passes."""

    tolerance: float = 1e-10
    most_iterations: int = 1000

    def __post_init__(self) -> None:
        if not (math.isfinite(self.tolerance) and self.tolerance > 0 and self.most_iterations > 0):
            raise EstimationError(
                f"fitting cannot be controlled; got tolerance={self.tolerance!r} and"
                f" most_iterations={self.most_iterations!r}; expected numbers above 0."
            )


def raked(
    rows: pd.DataFrame,
    *,
    base: str,
    margins: Mapping[str, Targets],
    limit: float | None = None,
    tolerance: float = 1e-10,
    most_iterations: int = 1000,
) -> pd.Series:
    """Weights that meet the targets of every margin and are otherwise closest to ``base``.

    Iterative proportional fitting: the weights of each category are multiplied by one factor, a
    margin at a time, until all hold. Assumes that response depends on the margins through a
    product of such factors.

    With ``limit``, a weight above ``limit`` times the mean is set to it, and its excess is shared
    among the other respondents of the category in proportion to their weights, in the same step
    that fits the category. Cap and margins so hold together, and no other weights that meet both
    are closer to ``base`` in Kullback–Leibler distance.

    Parameters
    ----------
    rows : respondents, one row each; none may miss its category or its base weight.
    base : column of weights to start from, above 0; only their ratios matter.
    margins : for each column, the target of each category that occurs. Targets that sum to 1 are
        shares, and the weights keep the sum of the base weights; others are totals.
    limit : largest ratio of a weight to the mean weight, above 1; None for no limit.
    tolerance : largest relative difference between a target and the sum of its weights.
    most_iterations : passes over all margins before giving up.

    Returns
    -------
    The weight of each row, by the index of ``rows``; weights that meet all already stay as they are.

    Raises
    ------
    EstimationError
        A category has no target, a target no respondent, the sums of targets differ, a target or
        base weight is not above 0, or a value is missing.
    ConvergenceError
        The margins, or margins and limit, were not met.

    Notes
    -----
    R equivalent: ``survey::rake``; with a limit none (``survey::trimWeights`` shares the excess
    equally and breaks the margins). Source: Deming and Stephan (1940); Deville and Särndal (1992)
    for bounded weights.
    """
    weight = base_weights(rows, base)
    cells = crossed(rows, margins, total=float(weight.sum()))
    control = Control(tolerance=tolerance, most_iterations=most_iterations)
    if limit is None:
        fitted = weight * cell_factors(weight, cells, control)[cells.cell]
    else:
        fitted = capped_weights(weight, cells, limit, control)
    if not (np.isfinite(fitted) & (fitted > 0)).all():
        raise ConvergenceError(
            "raking drove weights to 0 or beyond all bounds; got base weights too far apart for the"
            " targets; expected finite weights above 0. Join small categories."
        )
    return pd.Series(fitted, index=rows.index, name="weight")


def post_stratified(rows: pd.DataFrame, *, base: str, cells: pd.Series) -> pd.Series:
    """Weights that meet the target of every cell and keep the ratios of ``base`` within it.

    A missing value is an error. In all else as `raked`.

    Parameters
    ----------
    rows : respondents, one row each; none may miss a value of a cell or its base weight.
    base : column of weights to start from, above 0.
    cells : target of each cell that occurs. The names of its index are columns of ``rows``: one
        column, or several crossed. Targets that sum to 1 are shares, as for `raked`.

    Returns
    -------
    The weight of each row, by the index of ``rows``. Errors are those of `raked`.

    Notes
    -----
    R equivalent: ``survey::postStratify``. Source: Holt and Smith (1979).
    """
    weight = base_weights(rows, base)
    code, target = crossed_once(rows, cells, total=float(weight.sum()))
    factor = target / np.bincount(code, weights=weight)
    return pd.Series(weight * factor[code], index=rows.index, name="weight")


def weight_diagnostics(design: Design) -> pd.DataFrame:
    """How unequal the weights of the domain are, and what that costs.

    Parameters
    ----------
    design : respondents; a weight cannot be missing there.

    Returns
    -------
    Rows without interval, by ``level``: ``n_eff``, the effective base after unequal weights (a
    count); ``deff``, n over it, which is 1 + cv²; ``cv``, standard deviation over mean (divisor
    n); ``max_to_median``; ``top_share``, percent of the total weight that the heaviest 1 % of the
    respondents hold (their number rounded up).

    Raises
    ------
    EvidenceError
        The respondents rest on no evidence kind, or on several.

    Notes
    -----
    R equivalent: ``sum(w)^2 / sum(w^2)`` and so on. Source: Kish (1965), Kish (1992).
    """
    weight = design.weight[design.inside] / design.weight[design.inside].max()
    n, n_eff = weight.size, kish_effective_n(weight)
    heaviest = np.sort(weight)[-math.ceil(n / 100) :]
    found = {
        "n_eff": (n_eff, "count"),
        "deff": (n / n_eff, "index"),
        "cv": (float(weight.std() / weight.mean()), "index"),
        "max_to_median": (float(weight.max() / np.median(weight)), "index"),
        "top_share": (float(100 * heaviest.sum() / weight.sum()), "percent"),
    }
    return to_frame(
        Estimate(
            item="weight", level=level, group="all", estimate=value, se=None, ci_low=None,
            ci_high=None, n=n, n_eff=n_eff, deff=n / n_eff, df=None, unit=unit,
            evidence=design.evidence, source=design.source, method="weight_diagnostics",
        )
        for level, (value, unit) in found.items()
    )  # fmt: skip


def cell_factors(weight: Floats, cells: Cells, control: Control) -> Floats:
    """By what the weights of each cell are multiplied so that the margins hold; shape (cells,)."""
    held = np.bincount(cells.cell, weights=weight).astype(np.float64)
    return _factors(held, np.ones(held.size), cells, math.inf, control)


def capped_weights(weight: Floats, cells: Cells, limit: float, control: Control) -> Floats:
    """Weights that meet the margins, none above ``limit`` times their mean; shape (rows,).

    The smaller of the cap and of base weight times cell factor, where the factor is such that the
    margins hold; alike respondents of a cell are counted, not repeated.
    """
    if not (math.isfinite(limit) and limit > 1):
        raise EstimationError(
            f"a limit of weights cannot be used; got {limit!r}; expected a ratio to the mean weight"
            " above 1."
        )
    cap = limit * float(cells.target[0].sum()) / weight.size
    group = crossing([cells.cell, pd.factorize(weight)[0].astype(np.int64)])
    example = np.zeros(int(group.max()) + 1, dtype=np.int64)
    example[group] = np.arange(group.size)
    cell, count = cells.cell[example], np.bincount(group).astype(np.float64)
    alike = Cells(
        cell=group,
        category=tuple(category[cell] for category in cells.category),
        target=cells.target,
        label=cells.label,
    )
    for category, target, label in zip(alike.category, alike.target, alike.label, strict=True):
        most = np.bincount(category, weights=count)
        worst = int(np.argmax(target / most))
        if target[worst] > cap * most[worst] * (1 + control.tolerance):
            least = target[worst] / most[worst] * limit / cap
            raise ConvergenceError(
                f"margins and limit cannot both be met; got limit {limit:g}, and {label[worst]}"
                f" needs a mean weight of {least:.6g} times the mean; expected a limit above that."
                " Raise the limit, or join categories."
            )
    held = weight[example]
    try:
        factor = _factors(held, count, alike, cap, control)
    except ConvergenceError as error:
        raise ConvergenceError(
            f"margins and limit {limit:g} cannot both be met: {error} Raise the limit."
        ) from error
    return np.asarray(np.minimum(cap, held * factor)[group], dtype=np.float64)


def _factors(held: Floats, count: Floats, cells: Cells, cap: float, control: Control) -> Floats:
    """Coordinate ascent: one factor a category makes Σ count · min(cap, held · factor) its target."""
    factor = np.ones(held.size)
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        for _ in range(control.most_iterations + 1):
            gap, label = _largest_gap(count * np.minimum(cap, held * factor), cells)
            if gap <= control.tolerance:
                return factor
            for category, target in zip(cells.category, cells.target, strict=True):
                factor = factor * _step(held * factor, count, category, target, cap)[category]
            if not np.isfinite(factor).all():
                break
    raise ConvergenceError(
        f"raking did not converge after {control.most_iterations} iterations; got a largest"
        f" relative gap of {gap:.3g} at {label}; expected at most {control.tolerance:g}. Join"
        " categories that few respondents combine."
    )


def _step(size: Floats, count: Floats, category: Codes, target: Floats, cap: float) -> Floats:
    """The factor of each category by Newton's method, which here climbs and ends exactly."""
    ratio = target / np.bincount(category, weights=count * size)
    over = size * ratio[category] > cap
    while over.any():
        held = cap * np.bincount(category, weights=count * over)
        free = np.bincount(category, weights=count * size * ~over)
        ratio = np.where(free > 0, (target - held) / free, ratio)
        before, over = over, over | (size * ratio[category] > cap)
        if np.array_equal(before, over):
            break
    return np.asarray(ratio, dtype=np.float64)


def _largest_gap(held: Floats, cells: Cells) -> tuple[float, str]:
    gap, label = -1.0, ""
    for category, target, labels in zip(cells.category, cells.target, cells.label, strict=True):
        gaps = np.abs(np.bincount(category, weights=held) / target - 1)
        worst = int(np.argmax(gaps))
        if gaps[worst] > gap:
            gap, label = float(gaps[worst]), labels[worst]
    return gap, label
