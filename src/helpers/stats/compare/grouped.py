"""Answers of groups as a table of counts, and what ranks say of such a table."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy import stats

from helpers.errors import EstimationError
from helpers.evidence import Evidence, evidence_of
from helpers.stats.compare.coded import Floats, coded, ordered
from helpers.stats.compare.effect_intervals import least_share, logit_limits
from helpers.stats.estimates import Estimate, join_sources

MOST_CELLS = 10_000_000
MOST_EXACT = 200


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Grouped:
    """How often each group gave each answer.

    Attributes
    ----------
    counts
        Shape (groups, answers), answers from low to high.
    groups
        Labels of the groups, in order.
    in_order
        Whether the groups have an order of their own.
    deff
        The design effect by which ``counts`` were divided; None for respondents, counted one by
        one.
    """

    counts: Floats
    groups: tuple[str, ...]
    in_order: bool
    evidence: Evidence
    source: str
    deff: float | None = None

    @property
    def n(self) -> int:
        """Answers in all, before the design effect."""
        return round(float(self.counts.sum()) * (self.deff or 1.0))

    def part(self, first: int, second: int) -> Grouped:
        """Two of the groups."""
        pair = (first, second)
        return replace(
            self, counts=self.counts[list(pair)], groups=tuple(self.groups[g] for g in pair)
        )

    def estimate(
        self,
        value: float,
        limits: tuple[float | None, float | None],
        *,
        item: str,
        level: str,
        group: str,
        unit: str,
        method: str,
        se: float | None = None,
        df: float | None = None,
    ) -> Estimate:
        """An effect between the groups, with their base, evidence and source."""
        return Estimate(
            item=item, level=level, group=group, estimate=value, se=se, ci_low=limits[0],
            ci_high=limits[1], n=self.n, deff=self.deff, df=df, unit=unit, method=method,
            n_eff=None if self.deff is None else float(self.counts.sum()),
            evidence=self.evidence, source=self.source,
        )  # fmt: skip

    def superiority(
        self, *, item: str, method: str, rising: bool = False, group: str | None = None
    ) -> Estimate:
        """The probability that earlier groups answer higher; later ones, if ``rising``."""
        found = superiority(self.counts if rising else self.counts[::-1])
        return self.estimate(
            found.probability, (found.low, found.high), se=found.se, df=found.df, item=item,
            level="probability of superiority", group=group or " over ".join(self.groups),
            unit="probability", method=method,
        )  # fmt: skip

    def obstacle(self, item: str) -> str | None:
        """Why ranks cannot be compared here, or None."""
        if len(self.groups) < 2:
            return f"answers to {item} come from one group; a comparison needs two"
        sizes = self.counts.sum(axis=1)
        if (sizes < 2).any():
            alone = self.groups[int(np.argmin(sizes))]
            return f"group {alone} gave fewer than two answers to {item}"
        if (self.counts.sum(axis=0) > 0).sum() < 2:
            return f"everybody answered {item} alike, so there is nothing to compare"
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Superiority:
    """The probability that an answer of a later group is higher, with its limits if it has any."""

    probability: float
    se: float | None
    df: float | None
    low: float | None
    high: float | None


def grouped(rows: pd.DataFrame, *, item: str, by: str) -> Grouped:
    """Count the answers of each group.

    Raises
    ------
    EstimationError
        An unknown column, missing values, answers without order, or more cells than can be held.
    """
    kind = evidence_of(rows)
    answers, _ = ordered(rows, item)
    groups = coded(rows, by)
    shape = (len(groups.labels), len(answers.labels))
    if shape[0] * shape[1] > MOST_CELLS:
        raise EstimationError(
            f"too many groups and answers; got {shape[0]} groups in {by!r} and {shape[1]} answers"
            f" in {item!r}; expected at most {MOST_CELLS:,} cells. Group them into classes."
        )
    cells = np.bincount(groups.codes * shape[1] + answers.codes, minlength=shape[0] * shape[1])
    return Grouped(
        counts=cells.reshape(shape).astype(np.float64),
        groups=groups.labels,
        in_order=groups.scores is not None,
        evidence=kind,
        source=join_sources(rows),
    )


def midranks(totals: Floats) -> Floats:
    """The rank of each answer, the mean of the places its respondents share."""
    return np.asarray(np.cumsum(totals) - (totals - 1) / 2, dtype=np.float64)


def rank_variance(totals: Floats) -> float:
    """Variance of the midranks with divisor n − 1: n(n + 1)/12 less the share of ties."""
    n = float(totals.sum())
    return (n * (n + 1) - float((totals**3 - totals).sum()) / (n - 1)) / 12


def mann_whitney_z(counts: Floats) -> tuple[float, float]:
    """U of the first of two groups and its standardised value; ties corrected, not continuity."""
    first, second = counts.sum(axis=1)
    totals = counts.sum(axis=0)
    u = float(counts[0] @ midranks(totals)) - first * (first + 1) / 2
    scale = math.sqrt(rank_variance(totals) * first * second / (first + second))
    return float(u), float((u - first * second / 2) / scale)


def mann_whitney_exact(counts: Floats) -> float:
    """Two-sided p of the rank sum over all ways to divide these answers between two groups."""
    table = counts.astype(np.int64)[np.argsort(counts.sum(axis=1), kind="stable")]
    totals = table.sum(axis=0)
    steps = np.rint(2 * midranks(totals.astype(np.float64))).astype(np.int64)
    steps = (steps - steps[0]) // np.gcd.reduce(steps - steps[0])
    drawn, n = int(table[0].sum()), int(totals.sum())
    ways = np.zeros((drawn + 1, int(drawn * steps[-1]) + 1))
    ways[0, 0] = 1.0
    for total, step in zip(totals.tolist(), steps.tolist(), strict=True):
        before, ways = ways, ways.copy()
        for taken in range(1, min(total, drawn) + 1):
            shift = taken * step
            kept = before[: drawn + 1 - taken, : before.shape[1] - shift]
            ways[taken:, shift:] += math.comb(total, taken) * kept
    distance = np.abs(n * np.arange(ways.shape[1]) - drawn * int(steps @ totals))
    observed = abs(n * int(table[0] @ steps) - drawn * int(steps @ totals))
    return min(1.0, float(ways[drawn, distance >= observed].sum()) / math.comb(n, drawn))


def superiority(counts: Floats) -> Superiority:
    """How probably an answer of a later group is higher than one of an earlier; ties count half.

    The variance is that of the placements of each group among the others, with Satterthwaite's
    degrees of freedom, and the limits lie on the logit scale: for two groups the interval of
    Brunner and Munzel (2000), for more its extension to Jonckheere's statistic. Where all answers
    of each group lie beyond those of the one before, the variance is 0 and the outer limit is
    exact: the smallest group gives that many disjoint pairs, all of them in order, hence a
    Clopper–Pearson limit for their probability. Where the variance is 0 otherwise, no limits.
    """
    sizes = counts.sum(axis=1)
    placed = _placements(counts)
    means = (counts * placed).sum(axis=1) / sizes
    pairs = float(sizes.sum() ** 2 - (sizes**2).sum()) / 2
    probability = float(sizes @ means) / 2 / pairs
    spread = (counts * (placed - means[:, None]) ** 2).sum(axis=1) / (sizes - 1)
    apart = np.where(counts > 0, np.abs(placed - means[:, None]), 0.0)
    if apart.max() > 1e-9 * float(sizes.sum()):
        parts = sizes * spread
        se = math.sqrt(float(parts.sum())) / pairs
        df = float(parts.sum() ** 2 / (parts**2 / (sizes - 1)).sum())
        low, high = logit_limits(probability, se, df)
        return Superiority(probability=probability, se=se, df=df, low=low, high=high)
    probability = round(probability, 12)
    bound = least_share(float(sizes.min()))
    limits = {0.0: (0.0, 1 - bound), 1.0: (bound, 1.0)}.get(probability, (None, None))
    return Superiority(probability=probability, se=None, df=None, low=limits[0], high=limits[1])


def two_sided(z: float) -> float:
    """Two-sided p of a standard normal value."""
    return float(2 * stats.norm.sf(abs(z)))


def _placements(counts: Floats) -> Floats:
    """For each group and answer, the answers of other groups with which it stands in order."""
    below = np.cumsum(counts, axis=1) - counts / 2
    above = counts.sum(axis=1)[:, None] - below
    earlier = np.cumsum(below, axis=0) - below
    later = np.cumsum(above[::-1], axis=0)[::-1] - above
    return np.asarray(earlier + later, dtype=np.float64)
