"""What the model behind simulated respondents makes of a comparison: groups, tables, institutions."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from helpers.data.codebook import Item
from helpers.data.survey import Survey
from helpers.stats.views.true_shares import item_truth, true_group_shares, true_shares


def true_group_scores(survey: Survey, items: Sequence[Item], fact: Item) -> dict[str, float]:
    """Mean score of these items in each group, if each answer of those who answer counts alike.

    In answer steps, reversed items turned, hidden distrust included; empty where nothing is known.
    """
    sums: dict[str, list[float]] = {}
    for item in items:
        shares = true_group_shares(survey, item, fact)
        codes = np.array(item.codes[::-1] if item.reverse else item.codes, dtype=np.float64)
        for group, share in shares.items():
            sums.setdefault(group, []).append(float(share @ codes))
    whole = [group for group, means in sums.items() if len(means) == len(items)]
    return {group: float(np.mean(sums[group])) for group in whole}


def true_spread(scores: dict[str, float], groups: Sequence[str]) -> float:
    """The first of these groups less the last, NaN where one is unknown."""
    if not groups or any(group not in scores for group in groups):
        return math.nan
    return scores[groups[0]] - scores[groups[-1]]


def true_cramer(survey: Survey, item: Item, fact: Item) -> float:
    """Cramér's V of the answers to an item and the groups of a fact, among those who answer."""
    shares, held = true_group_shares(survey, item, fact), item_truth(survey, fact)
    if not shares or held is None:
        return math.nan
    size = np.array([held["sincere"][code] for code in fact.codes], dtype=np.float64)
    table = np.array([shares[label] for label in fact.labels().values()]) * size[:, None]
    table = table / table.sum()
    expected = np.outer(table.sum(axis=1), table.sum(axis=0))
    squared = float(((table - expected) ** 2 / expected).sum())
    return math.sqrt(squared / (min(table.shape) - 1))


def true_mean(survey: Survey, item: Item) -> float:
    """Mean code of an item among those who answer."""
    share = true_shares(survey, item)
    return math.nan if share is None else float(share @ np.array(item.codes, dtype=np.float64))


def true_upper(survey: Survey, item: Item) -> float:
    """Share of the answers above the middle of the scale, in percent, among those who answer."""
    share = true_shares(survey, item)
    return math.nan if share is None else 100 * float(share[-(len(item.codes) // 2) :].sum())
