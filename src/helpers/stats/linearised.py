"""Weighted sums of groups by sampling unit, and the standard errors and limits made from them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import special

from helpers.errors import EstimationError
from helpers.stats.columns import strata_of_units
from helpers.stats.design import Codes, Design, Floats, Mask
from helpers.stats.estimates import CONFIDENCE

NO_SPREAD = 1e-12
"""A standard error below this part of the largest value is rounding, not spread."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Groups:
    """The groups that are described, and the base of each.

    Attributes
    ----------
    code
        Group of each row of the sample, -1 outside the domain.
    labels
        Name of each group.
    n, n_kish, df
        Respondents, their effective number after unequal weights, and units less strata.
    one_unit
        Whether all of the group lies in one sampling unit.
    census
        Whether all units of the group's strata were drawn, so that nothing was left to chance.
    """

    code: Codes
    labels: list[str]
    n: Floats
    n_kish: Floats
    df: Floats
    one_unit: Mask
    census: Mask


def grouped(design: Design, by: str | None) -> Groups:
    """The groups of column ``by``, or all of the domain as one group."""
    if by is None:
        return groups_of(design, np.where(design.inside, 0, -1), ["all"])
    return groups_of(design, *design.labels(by))


def groups_of(design: Design, code: Codes, labels: list[str]) -> Groups:
    """Groups from the code of each row, -1 outside; each group has respondents."""
    size = len(labels)
    inside = code >= 0
    member, weight = code[inside], design.weight[inside]
    n = np.bincount(member, minlength=size).astype(np.float64)
    total = np.bincount(member, weights=weight, minlength=size)
    square = np.bincount(member, weights=weight**2, minlength=size)
    home = strata_of_units(design.stratum, design.psu)
    present = (
        np.bincount(design.psu[inside] * size + member, minlength=home.size * size).reshape(
            -1, size
        )
        > 0
    )
    strata = [np.bincount(home[unit], minlength=design.fraction.size) > 0 for unit in present.T]
    units = present.sum(axis=0)
    return Groups(
        code=code,
        labels=labels,
        n=n,
        n_kish=total**2 / square,
        df=np.array([k - found.sum() for k, found in zip(units, strata, strict=True)], dtype=float),
        one_unit=units == 1,
        census=np.array([bool((design.fraction[found] == 1).all()) for found in strata]),
    )


def answers(design: Design, item: str) -> tuple[Codes, list[str]]:
    """Code of each row's answer, -1 outside the domain, and the answers in order.

    Categories of a categorical column all count, those that nobody chose too.
    """
    codes, found = design.labels(item)
    dtype = design.rows[item].dtype
    if not isinstance(dtype, pd.CategoricalDtype):
        return codes, found
    all_codes = design.rows[item].cat.codes.to_numpy(dtype=np.int64)
    return np.where(design.inside, all_codes, -1), [str(answer) for answer in dtype.categories]


def stated_answers(
    design: Design, item: str, categories: tuple[object, ...] | None
) -> tuple[Codes, list[str]]:
    """`answers` of an ordered scale, whose answers are stated from lowest to highest.

    Raises
    ------
    EstimationError
        No order is stated, an answer is not among the categories, or there are fewer than two.
    """
    codes, found = design.labels(item)
    dtype = design.rows[item].dtype
    if categories is None:
        if not (isinstance(dtype, pd.CategoricalDtype) and dtype.ordered):
            raise EstimationError(
                f"the scale of item {item!r} is not stated; got {dtype}; expected an ordered"
                " category. State its answers from lowest to highest: categories=[...]."
            )
        return _scale(item, *answers(design, item))
    labels = [str(category) for category in categories]
    if len(set(labels)) < len(labels):
        raise EstimationError(
            f"categories of item {item!r} repeat; got {labels}; expected each answer once."
        )
    strange = [label for label in found if label not in labels]
    if strange:
        raise EstimationError(
            f"item {item!r} has answers outside its categories; got {strange[:10]}; expected some"
            f" of {labels}. Leave them out of the domain, or state them."
        )
    place = np.array([labels.index(label) for label in found] + [-1])
    return _scale(item, place[codes], labels)


def sums_by_unit(design: Design, code: Codes, size: int, values: Floats | None = None) -> Floats:
    """Sums of weight, times ``values`` where given, by unit and code; shape (units, size)."""
    weight = design.weight if values is None else design.weight * values
    units, place = int(design.psu.max()) + 1, design.psu * size + code
    if code.min() < 0:
        inside = code >= 0
        place, weight = place[inside], weight[inside]
    sums = np.bincount(place, weights=weight, minlength=units * size)
    return np.asarray(sums.reshape(units, size), dtype=np.float64)


def standard_errors(variance: Floats, *, scale: Floats | float, census: Mask) -> Floats:
    """Square roots of variances; NaN where the sample shows no variance of values of this scale.

    A census has a standard error of 0. Elsewhere 0 says that the sample cannot tell.
    """
    se = np.sqrt(np.maximum(variance, 0))
    shown = se > NO_SPREAD * np.asarray(scale)
    return np.where(census, 0.0, np.where(shown, se, np.nan))


def t_quantile(df: Floats | float) -> Floats:
    """How many standard errors the interval reaches; NaN without degrees of freedom."""
    known = np.asarray(df) > 0
    return np.where(known, special.stdtrit(np.where(known, df, 1.0), (1 + CONFIDENCE) / 2), np.nan)


def t_limits(estimate: Floats, se: Floats, df: Floats) -> tuple[Floats, Floats]:
    """Limits by Student's t; a census needs no degrees of freedom."""
    half = np.where(se == 0, 0.0, t_quantile(df) * se)
    return estimate - half, estimate + half


def logit_limits(share: Floats, se: Floats, df: Floats) -> tuple[Floats, Floats]:
    """Limits of shares by t on the logit scale; R: ``svyciprop(method = "xlogit")``."""
    certain = (se == 0) | (share <= 0) | (share >= 1)
    inner = np.where(certain, 0.5, share)
    half = t_quantile(df) * se / (inner * (1 - inner))
    limits = special.expit(special.logit(inner) - half), special.expit(special.logit(inner) + half)
    low, high = (np.where(se == 0, share, np.where(certain, np.nan, x)) for x in limits)
    return low, high


def korn_graubard_limits(
    share: Floats, n_eff: Floats, *, n: Floats, df: Floats
) -> tuple[Floats, Floats]:
    """Clopper–Pearson limits for the effective base; R: ``svyciprop(method = "beta")``."""
    base = n_eff * (t_quantile(n - 1) / t_quantile(df)) ** 2
    tail = (1 - CONFIDENCE) / 2
    yes, no = base * share, base * (1 - share)
    low = special.betaincinv(np.where(yes > 0, yes, 1.0), no + 1, tail)
    high = special.betaincinv(yes + 1, np.where(no > 0, no, 1.0), 1 - tail)
    known = np.isfinite(base)
    return (
        np.where(known, np.where(yes > 0, low, 0.0), np.nan),
        np.where(known, np.where(no > 0, high, 1.0), np.nan),
    )


def optional(number: float) -> float | None:
    """The number, or None where it is not known."""
    return float(number) if math.isfinite(number) else None


def spread(row: dict[str, float], *, n: int, df: float) -> dict[str, Any]:
    """The numbers of an `Estimate` from ``estimate se low high deff``; NaN becomes None."""
    deff = optional(row["deff"])
    return {
        "estimate": row["estimate"],
        "se": optional(row["se"]),
        "ci_low": optional(row["low"]),
        "ci_high": optional(row["high"]),
        "n": int(n),
        "n_eff": None if not deff else optional(n / deff),
        "deff": deff,
        "df": float(df),
    }


def _scale(item: str, codes: Codes, labels: list[str]) -> tuple[Codes, list[str]]:
    if len(labels) < 2:
        raise EstimationError(
            f"the scale of item {item!r} has {len(labels)} answer; expected at least 2."
            " State answers that nobody chose, too: categories=[...]."
        )
    return codes, labels
