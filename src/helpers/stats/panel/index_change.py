"""Whether a published index changed: from two values and their published standard errors alone."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
import pandas as pd
from scipy import stats

from helpers.errors import EstimationError
from helpers.evidence import Evidence
from helpers.stats.columns import require
from helpers.stats.compare.coded import check_choice
from helpers.stats.estimates import CONFIDENCE, Estimate, pick, to_frame
from helpers.stats.no_effect.tost import Bounds, Equivalence, decide

Dependence = Literal["none", "any"]
"""Errors taken as independent, or the widest interval that any correlation of them allows."""


def index_changes(
    path: pd.DataFrame, *, first: int, last: int, dependence: Dependence = "none"
) -> pd.DataFrame:
    """The change of each index between two years, with the interval of its standard errors.

    Assumes normal errors. No publisher gives the correlation of the errors of two years. With
    ``none`` it is taken as 0: if it is above 0, as when the same raters err alike in both years,
    the interval is too wide. With ``any`` the error is the sum of the two, and the interval holds
    whatever the correlation.

    A missing standard error leaves the interval missing.

    Parameters
    ----------
    path : result rows of `helpers.stats.panel.index_paths.index_path`, of one country.
    first, last : the years.

    Returns
    -------
    Result rows in ``units``, one an index, in the order given; without an interval where a
    standard error is not published.

    Raises
    ------
    EstimationError
        An index lacks one of the years, or has it twice; or ``dependence`` is unknown.

    Notes
    -----
    R equivalent: ``d + c(-1, 1) * qnorm(0.975) * sqrt(s1^2 + s2^2)``; for ``any``, ``s1 + s2``.
    Source: none, errors are added in quadrature.
    """
    check_choice("dependence", dependence, ("none", "any"))
    require(path, "item")
    return to_frame(
        _contrast(
            [(1, pick(path, item=item, level=str(last))), (-1, pick(path, item=item, level=str(first)))],
            item=item, level=f"{first} to {last}", dependence=dependence, method="index_changes",
        )
        for item in path["item"].unique()
    )  # fmt: skip


def change_apart(
    path: pd.DataFrame,
    *,
    minuend: str,
    subtrahend: str,
    first: int,
    last: int,
    dependence: Dependence = "none",
) -> Estimate:
    """How much more one index changed than another on the same scale.

    Assumes what `index_changes` assumes, of all four errors.

    ``minuend`` and ``subtrahend`` are names of indices. In all else as `index_changes`.

    Notes
    -----
    R equivalent: as `index_changes`, from four values.
    """
    signed = [
        (sign, pick(path, item=item, level=str(year)))
        for item, side in ((minuend, 1), (subtrahend, -1))
        for year, sign in ((last, side), (first, -side))
    ]
    return _contrast(
        signed, item=minuend, level=f"minus {subtrahend}, {first} to {last}",
        dependence=dependence, method="change_apart",
    )  # fmt: skip


def change_equivalence(
    changes: pd.DataFrame, *, item: str, lower: float, upper: float
) -> Equivalence:
    """Whether a change lies between bounds, by two one-sided tests on its normal error.

    Parameters
    ----------
    changes : result rows of `index_changes`.
    lower, upper : bounds in the units of the index, below and above 0.
    item : name of the index.

    Returns
    -------
    The change with its 90 and 95 % intervals, both tests and a verdict; a missing standard
    error is an error.

    Raises
    ------
    EstimationError
        The index is absent or has no standard error, or the bounds lack 0.

    Notes
    -----
    R equivalent: ``TOSTER::tsum_TOST`` with large n. Source: Lakens (2017).
    """
    change = pick(changes, item=item)
    if change.se is None:
        raise EstimationError(
            f"the change of {item!r} has no standard error; expected one. No bound can be tested."
        )
    return decide(
        change.estimate, change.se, bounds=Bounds(lower=lower, upper=upper), item=item,
        level=change.level, group=change.group, n=None, n_eff=None, deff=None, unit=change.unit,
        evidence=change.evidence, source=change.source, method="change_equivalence",
    )  # fmt: skip


def passing_bound(found: Equivalence) -> Estimate:
    """The narrowest symmetric bound that the same two tests would have passed.

    ``found`` is what `change_equivalence` gives. In all else as `pick`.
    """
    effect = found.effect
    return Estimate(
        item=effect.item, level="passing bound", group=effect.group,
        estimate=max(abs(found.inner_low), abs(found.inner_high)), se=None, ci_low=None,
        ci_high=None, n=effect.n, n_eff=None, deff=None, df=None, unit=effect.unit,
        evidence=effect.evidence, source=effect.source, method="passing_bound",
    )  # fmt: skip


def stated_bound(found: Equivalence) -> Estimate:
    """The upper bound that was tested, as a number that prose can show.

    ``found`` is what `change_equivalence` gives. In all else as `pick`.
    """
    effect = found.effect
    return Estimate(
        item=effect.item, level="stated bound", group=effect.group, estimate=found.upper, se=None,
        ci_low=None, ci_high=None, n=effect.n, n_eff=None, deff=None, df=None, unit=effect.unit,
        evidence=effect.evidence, source=effect.source, method="stated_bound",
    )  # fmt: skip


def _contrast(
    signed: list[tuple[int, Estimate]],
    *,
    item: str,
    level: str,
    dependence: Dependence,
    method: str,
) -> Estimate:
    """A sum of values with signs; its error as independent, or as wide as it can be."""
    check_choice("dependence", dependence, ("none", "any"))
    parts = [part for _, part in signed]
    if len({part.group for part in parts}) != 1:
        raise EstimationError(
            f"a change is of one country; got {sorted({part.group for part in parts})}; expected"
            " one. Filter them first."
        )
    value = sum(sign * part.estimate for sign, part in signed)
    errors = [part.se for part in parts]
    se = None
    if all(error is not None for error in errors):
        known = np.array(errors, dtype=np.float64)
        se = math.sqrt(float(known @ known)) if dependence == "none" else float(known.sum())
    half = None if se is None else float(stats.norm.isf((1 - CONFIDENCE) / 2)) * se
    return Estimate(
        item=item, level=level, group=parts[0].group, estimate=value, se=se,
        ci_low=None if half is None else value - half,
        ci_high=None if half is None else value + half,
        n=None, n_eff=None, deff=None, df=None, unit=parts[0].unit,
        evidence=Evidence(parts[0].evidence),
        source=";".join(sorted({key for part in parts for key in part.source.split(";")})),
        method=method,
    )  # fmt: skip
