"""An ordered scale in a few numbers, under a design: net score, top box, medians and consensus."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from helpers.errors import EstimationError
from helpers.stats.describe.shares import share_fields, share_influence, shares
from helpers.stats.design import Design, Floats, covariance_of_sums
from helpers.stats.estimates import Estimate, to_frame
from helpers.stats.linearised import (
    NO_SPREAD,
    Groups,
    grouped,
    spread,
    standard_errors,
    stated_answers,
    t_limits,
    t_quantile,
)

ROUNDING = 1e-12
"""How far, relatively, a cumulated share may miss one half and still meet it."""


def likert_summary(
    design: Design,
    item: str,
    *,
    by: str | None = None,
    categories: Sequence[object] | None = None,
    ends: int | None = None,
    box: int = 1,
) -> pd.DataFrame:
    """Five readings of an ordered scale, among all or in each group.

    ``net score`` is the share of the answers at the upper end less that at the lower end, in
    points; ``top box`` the share of the uppermost answers, in percent. The other three count the
    answers from 1, at equal distances: ``median category`` is the first answer up to which half
    of the population lies; ``interpolated median`` spreads each answer evenly from half a step
    below to half a step above it; ``consensus`` is 1 where all agree and 0 where one half gives
    the lowest answer and the other the highest::

        consensus = 1 + Σ p_k log2(1 − |k − mean| / (K − 1))

    Assumes enough sampling units for a linear approximation. The net score and consensus have t
    limits, cut at their bounds; the top box, logit limits; the medians, Woodruff's.

    Parameters
    ----------
    design : respondents; a missing answer or group in the domain is an error.
    item : column of answers.
    by : column of groups; each is a domain of the same design.
    categories : the answers from lowest to highest, those that nobody chose too; an ordered
        categorical column states them itself.
    ends : answers at either end that the net score compares; all but the middle one by default.
    box : answers in the top box.

    Returns
    -------
    Five rows a group. Limits and standard error are missing where the group shows no variance or
    has no degrees of freedom, and for a median where they would lie beyond the scale. The median
    category is a rank and has no standard error.

    Raises
    ------
    EstimationError
        The order is not stated, an answer lies outside it, ``ends`` or ``box`` do not fit the
        scale, or a value is missing.

    Notes
    -----
    R equivalent: ``svycontrast`` of ``svymean(~item)`` for the net score, ``svyciprop`` for the
    top box; none for the others. Source: Tastle and Wierman (2007) for consensus; Woodruff (1952).
    """
    code, labels = stated_answers(design, item, None if categories is None else tuple(categories))
    size = len(labels)
    ends = size // 2 if ends is None else ends
    if not (1 <= ends <= size // 2 and 1 <= box < size):
        raise EstimationError(
            f"the ends do not fit the scale of {size} answers; got ends={ends}, box={box}; expected"
            f" ends of 1 to {size // 2} and a box of 1 to {size - 1}."
        )
    groups = grouped(design, by)
    share, influence = share_influence(design, code, size, groups=groups)
    influence = influence.reshape(len(influence), *share.shape)
    upper = shares(
        design, (code >= size - box).astype(np.int64), 2, groups=groups, interval="logit"
    )
    row = partial(
        Estimate,
        item=item,
        evidence=design.evidence,
        source=design.source,
        method="likert_summary",
    )
    rows = []
    for g, group in enumerate(groups.labels):
        scale = _Scale(design, share[g], influence[:, g], groups, g)
        found = [
            ("net score", "points", scale.net_score(ends)),
            ("top box", "percent", share_fields(upper, groups, g, 1)),
            ("median category", "units", scale.median_category()),
            ("interpolated median", "units", scale.interpolated_median()),
            ("consensus", "index", scale.consensus()),
        ]
        rows += [row(level=name, group=group, unit=unit, **fields) for name, unit, fields in found]
    return to_frame(rows)


@dataclass(frozen=True, slots=True, eq=False)
class _Scale:
    """The distribution of one group over the scale, with the influence of each sampling unit."""

    design: Design
    share: Floats
    influence: Floats
    groups: Groups
    g: int

    def net_score(self, ends: int) -> dict[str, Any]:
        weight = np.zeros(self.share.size)
        weight[:ends], weight[-ends:] = -100.0, 100.0
        return self._smooth(float(self.share @ weight), weight, bounds=(-100.0, 100.0))

    def consensus(self) -> dict[str, Any]:
        place, steps = np.arange(self.share.size), self.share.size - 1
        apart = place - self.share @ place
        given = self.share > 0
        near = np.where(given, 1 - np.abs(apart) / steps, 1.0)
        agreement = np.log2(near)
        slope = np.sign(apart) / (steps * near * np.log(2))
        gradient = np.where(given, agreement, 0.0) + place * float(self.share[given] @ slope[given])
        estimate = min(max(1 + float(self.share @ agreement), 0.0), 1.0)
        return self._smooth(estimate, gradient, bounds=(0.0, 1.0))

    def median_category(self) -> dict[str, Any]:
        return self._median(lambda share: 1.0 + self._reached(share), se=False)

    def interpolated_median(self) -> dict[str, Any]:
        def value(share: float) -> float:
            k = self._reached(share)
            return k + 0.5 + min(float((share - self.share[:k].sum()) / self.share[k]), 1.0)

        return self._median(value, se=True)

    def _reached(self, share: float) -> int:
        """Place of the first answer, from 0, up to which this share lies."""
        return int(np.argmax(np.cumsum(self.share) >= share * (1 - ROUNDING)))

    def _median(self, value: Callable[[float], float], *, se: bool) -> dict[str, Any]:
        """Woodruff's limits from the share up to the middle, spread evenly within its answer."""
        k = self._reached(0.5)
        under = (np.arange(self.share.size) < k).astype(np.float64)
        under[k] = min((0.5 - self.share[:k].sum()) / self.share[k], 1.0)
        error, deff = self._error(under)
        reach = float(t_quantile(self.groups.df[self.g]))
        half = 0.0 if error == 0 else reach * error
        low, high = (
            value(share) if 0 < share < 1 else np.nan for share in (0.5 - half, 0.5 + half)
        )
        width = 0.0 if error == 0 else (high - low) / (2 * reach)
        return self._fields(value(0.5), width if se else np.nan, low, high, deff)

    def _smooth(
        self, estimate: float, gradient: Floats, *, bounds: tuple[float, float]
    ) -> dict[str, Any]:
        error, deff = self._error(gradient)
        low, high = t_limits(np.array(estimate), np.array(error), self.groups.df[self.g])
        return self._fields(
            estimate,
            error,
            float(np.maximum(low, bounds[0])),
            float(np.minimum(high, bounds[1])),
            deff,
        )

    def _error(self, gradient: Floats) -> tuple[float, float]:
        """Linearised standard error of a function of the shares, and its design effect."""
        variance = covariance_of_sums(self.design, (self.influence @ gradient)[:, None])[0]
        scale, census = float(np.abs(gradient).max()), self.groups.census[[self.g]]
        error = float(standard_errors(variance, scale=scale, census=census)[0])
        around = float(self.share @ (gradient - self.share @ gradient) ** 2)
        known = error > 0 and around > (NO_SPREAD * scale) ** 2
        deff = float(variance[0]) * (self.groups.n[self.g] - 1) / around if known else np.nan
        return error, deff

    def _fields(
        self, estimate: float, se: float, low: float, high: float, deff: float
    ) -> dict[str, Any]:
        numbers = {"estimate": estimate, "se": se, "low": low, "high": high, "deff": deff}
        return spread(numbers, n=int(self.groups.n[self.g]), df=float(self.groups.df[self.g]))
