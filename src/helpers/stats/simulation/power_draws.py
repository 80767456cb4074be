"""Simple simulated surveys of two groups: clusters, weights and an effect, each of them stated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from scipy import special, stats

from helpers.data.survey import SIMULATED_SOURCE
from helpers.errors import EstimationError
from helpers.evidence import Evidence, marked
from helpers.stats.design import Codes, Design, Floats, Mask, survey_design

Groups = Literal["within", "whole"]

THRESHOLDS = (-0.55, 0.35, 0.85, 1.85)
"""Where five answers are cut, as those to an item on heeding in the model of the book."""


AGREES = 3
"""Answers above this one agree."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Drawn:
    """One sample: of each respondent the answer (1 to 5), group, weight and cluster."""

    answer: Codes
    second: Mask
    weight: Floats
    unit: Codes

    def design(self) -> Design:
        """The sample as rows with ``group`` (a or b), ``answer`` and ``agrees`` (0 or 1)."""
        rows = pd.DataFrame(
            {
                "answer": self.answer,
                "agrees": (self.answer > AGREES).astype(np.int64),
                "group": np.where(self.second, "b", "a"),
                "weight": self.weight,
                "psu": self.unit,
            }
        )
        rows = marked(rows, Evidence.SIMULATED).assign(source_id=SIMULATED_SOURCE)
        return survey_design(rows, weight="weight", psu="psu")


@dataclass(frozen=True, slots=True, kw_only=True)
class TwoGroups:
    """A survey that can be drawn again and again, to see what tests make of it.

    Attributes
    ----------
    shift
        How much higher the second group stands, in standard deviations of the hidden answer.
    groups
        ``within``: each cluster holds both groups, as women and men do. ``whole``: a cluster is
        all of one group, as villages and towns are.
    cluster
        Respondents of a cluster; 1 for respondents drawn one by one.
    icc
        Share of the variance of the hidden answer that lies between clusters.
    weight_cv
        Coefficient of variation of the weights, which go with nothing else; 0 for equal ones.
    """

    shift: float = 0.0
    groups: Groups = "within"
    cluster: int = 10
    icc: float = 0.06
    weight_cv: float = 0.0

    def __call__(self, rng: np.random.Generator, size: int) -> Drawn:
        """One sample of ``size`` respondents."""
        if size < 4 * self.cluster or size % (2 * self.cluster):
            raise EstimationError(
                f"groups cannot be drawn; got {size} respondents in clusters of {self.cluster};"
                f" expected a multiple of {2 * self.cluster} of at least {4 * self.cluster}."
            )
        unit = np.repeat(np.arange(size // self.cluster), self.cluster)
        second = unit % 2 if self.groups == "whole" else rng.integers(0, 2, size=size)
        common = rng.standard_normal(size // self.cluster)[unit] * np.sqrt(self.icc)
        own = rng.standard_normal(size) * np.sqrt(1 - self.icc)
        answer = np.searchsorted(THRESHOLDS, self.shift * second + common + own) + 1
        spread = np.sqrt(np.log1p(self.weight_cv**2))
        return Drawn(
            answer=answer,
            second=second == 1,
            weight=np.exp(spread * rng.standard_normal(size)),
            unit=unit,
        )

    @property
    def points(self) -> float:
        """The shift as a difference in the share that agrees, in points."""
        return 100 * float(stats.norm.sf(THRESHOLDS[2] - self.shift) - stats.norm.sf(THRESHOLDS[2]))


def p_of_means(values: Floats | Codes | Mask, second: Mask, weight: Floats, unit: Codes) -> float:
    """The p of `weighted_mean_difference`, on arrays and without its checks."""
    groups = weight * np.stack([~second, second])
    totals = groups.sum(axis=1, keepdims=True)
    means = (groups @ values)[:, None] / totals
    first, other = groups * (values - means) / totals
    sums = np.bincount(unit, weights=first - other)
    se = np.sqrt(sums.size * sums.var(ddof=1))
    return float(2 * special.stdtr(sums.size - 2, -abs(means[0, 0] - means[1, 0]) / se))


def one_by_one(design: Design) -> Design:
    """The same respondents taken as if drawn one by one with equal weights."""
    rows = design.rows.assign(weight=1.0)
    return survey_design(rows, weight="weight")


def without_clusters(design: Design) -> Design:
    """The same respondents and weights, taken as if drawn one by one."""
    return survey_design(design.rows, weight="weight")
