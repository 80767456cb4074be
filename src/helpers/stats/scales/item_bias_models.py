"""The three nested ordered logit models of `item_bias`, each fitted to distinct rows by Newton."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from scipy import special

from helpers.errors import ConvergenceError, EstimationError
from helpers.stats.columns import require
from helpers.stats.design import Codes, Floats
from helpers.stats.estimates import Inapplicable

STEPS = 60
TOLERANCE = 1e-9
SMALLEST_GROUP = 2

Matching = Literal["rest", "total"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Fit:
    """The maximum: its log-likelihood, the slopes of the terms and their covariance matrix."""

    loglik: float
    slopes: Floats
    covariance: Floats


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scale:
    """Answers by item, how respondents are matched, and the group of each respondent."""

    numbers: dict[str, Floats]
    matching: str
    groups: Codes
    labels: list[str]


def read_scale(
    rows: pd.DataFrame, items: Sequence[str], by: str, matching: str
) -> Scale | Inapplicable:
    """The answers and groups, checked."""
    if len(items) < 3 or len(set(items)) < len(items) or matching not in ("rest", "total"):
        raise EstimationError(
            f"no score to match by; got items {list(items)} and matching={matching!r}; expected"
            " three or more items, each once, and 'rest' or 'total'."
        )
    require(rows, *items, by)
    numbers = {item: _numbers(rows, item) for item in items}
    if rows[by].isna().any():
        raise EstimationError(
            f"group {by!r} has {int(rows[by].isna().sum())} missing values of {len(rows)}; expected"
            f" none. Say who is meant: rows.dropna(subset=[{by!r}])."
        )
    groups = rows[by].astype("category").cat.remove_unused_categories()
    codes = groups.cat.codes.to_numpy(dtype="int64")
    labels = [str(label) for label in groups.cat.categories]
    sizes = np.bincount(codes)
    if sizes.size < 2 or sizes.min() < SMALLEST_GROUP:
        told = dict(zip(labels, sizes.tolist(), strict=True))
        return Inapplicable(
            f"a comparison needs two groups of two or more respondents; got {told}", "item_bias"
        )
    return Scale(numbers=numbers, matching=matching, groups=codes, labels=labels)


def _numbers(rows: pd.DataFrame, item: str) -> Floats:
    column = rows[item]
    if not pd.api.types.is_numeric_dtype(column):
        raise EstimationError(
            f"item {item!r} is not numeric; got {column.dtype}; expected numbers. Code the answers"
            " first."
        )
    values = column.to_numpy(dtype="float64", na_value=np.nan)
    bad = int((~np.isfinite(values)).sum())
    if bad:
        raise EstimationError(
            f"item {item!r} has {bad} missing or infinite values of {len(rows)}; expected none. Say"
            f" who is meant: rows.dropna(subset=[{item!r}])."
        )
    if not (values.size and np.ptp(values)):
        raise EstimationError(
            f"item {item!r} does not vary; got {np.unique(values)}; expected two or more answers."
            " Leave it out."
        )
    return np.asarray(values)


def nested_fits(scale: Scale, item: str) -> tuple[list[Fit], float]:
    """The three models of an item, and the log-likelihood without any term."""
    own = scale.numbers[item]
    score = np.sum([v for name, v in scale.numbers.items() if name != item], axis=0)
    score = score + own if scale.matching == "total" else score
    spread = float(score.std())
    if spread <= 1e-12 * float(np.abs(score).max()):
        raise EstimationError(
            f"the score to match item {item!r} by does not vary; expected two or more values."
        )
    cells, counts = np.unique(
        np.column_stack([np.unique(own, return_inverse=True)[1], score, scale.groups]),
        axis=0,
        return_counts=True,
    )
    answers = cells[:, 0].astype(np.int64)
    match = (cells[:, 1:2] - score.mean()) / spread
    group = cells[:, 2:] == np.arange(1, len(scale.labels))
    terms = np.column_stack([match, group, match * group])
    width = len(scale.labels)
    fits = [
        maximum(answers, terms[:, :last], counts=counts, item=item)
        for last in (1, width, 2 * width - 1)
    ]
    return fits, null_loglik(answers, counts)


def null_loglik(answers: Codes, counts: Codes) -> float:
    """Log-likelihood of the observed shares alone."""
    totals = np.bincount(answers, weights=counts)
    return float(special.xlogy(totals, totals / totals.sum()).sum())


def maximum(answers: Codes, terms: Floats, *, counts: Codes, item: str) -> Fit:
    """The fit of logit P(answer ≤ k) = τₖ − terms · β, concave in (τ, β).

    Parameters
    ----------
    answers : ranks from 0 without gaps, one a cell.
    terms : shape (cells, terms).
    counts : respondents in the cell.
    item : for the message.

    Raises
    ------
    ConvergenceError
        The slopes grow without bound or are not identified.
    """
    last = int(answers.max())
    upper = np.column_stack([answers[:, None] == np.arange(last), -terms])
    lower = np.column_stack([answers[:, None] - 1 == np.arange(last), -terms])
    ends = answers == last, answers == 0
    shares = np.bincount(answers, weights=counts) / counts.sum()
    point = np.concatenate([special.logit(np.cumsum(shares)[:-1]), np.zeros(terms.shape[1])])
    value, gradient, hessian = _likelihood(point, upper, lower, ends, counts)
    for _ in range(STEPS):
        try:
            step = np.linalg.solve(hessian, gradient)
        except np.linalg.LinAlgError:
            break
        size = 1.0
        trial = _likelihood(point + step, upper, lower, ends, counts)
        while not trial[0] >= value - 1e-9 * abs(value) and size > 1e-6:
            size /= 2
            trial = _likelihood(point + size * step, upper, lower, ends, counts)
        if trial[0] == -np.inf:
            break  # No step however small stays where the answers are possible.
        point, (value, gradient, hessian) = point + size * step, trial
        if np.abs(size * step).max() < TOLERANCE:
            if np.linalg.cond(hessian) > 1e13:
                break
            inverse = np.asarray(np.linalg.inv(hessian), dtype=np.float64)
            return Fit(loglik=value, slopes=point[last:], covariance=inverse[last:, last:])
    raise ConvergenceError(
        f"the ordered logit of item {item!r} has no maximum; got slopes"
        f" {point[last:].round(1).tolist()} after {STEPS} steps; expected finite ones. Score or group"
        " separates the answers: merge answers or groups."
    )


def _likelihood(
    point: Floats, upper: Floats, lower: Floats, ends: tuple[Codes, Codes], counts: Codes
) -> tuple[float, Floats, Floats]:
    """Log-likelihood, gradient, and minus the Hessian."""
    high = np.where(ends[0], np.inf, upper @ point)
    low = np.where(ends[1], -np.inf, lower @ point)
    flip = low > 0
    high, low = np.where(flip, -low, high), np.where(flip, -high, low)
    probability = special.expit(high) - special.expit(low)
    if not (probability > 0).all():
        size = len(point)
        return -np.inf, np.zeros(size), np.eye(size)
    high, low = np.where(flip, -low, high), np.where(flip, -high, low)
    rise = [special.expit(x) * special.expit(-x) for x in (high, low)]
    bend = [r * (1 - 2 * special.expit(x)) for r, x in zip(rise, (high, low), strict=True)]
    score = (rise[0][:, None] * upper - rise[1][:, None] * lower) / probability[:, None]
    per = counts / probability
    hessian = (
        (score * counts[:, None]).T @ score
        - (upper * (per * bend[0])[:, None]).T @ upper
        + (lower * (per * bend[1])[:, None]).T @ lower
    )
    return float(counts @ np.log(probability)), counts @ score, hessian
