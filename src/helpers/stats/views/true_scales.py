"""What the model behind simulated respondents implies for scales: loadings, omega, correlations."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from helpers.data.codebook import Item
from helpers.data.survey import Survey

NONE = math.nan
"""Stands where nothing is known: the respondents are not simulated, or the model lacks the name."""


def true_loading(survey: Survey, item: Item) -> float:
    """Correlation of an item's hidden value with the position on its scale, in the population.

    The model states loadings given the background; the background moves positions, and some items,
    so that the loading in the whole population differs slightly. Reversed items are turned. For
    sincere answers: hidden distrust lowers what an estimate finds.
    """
    held, scales = _item(survey, item.name), _scales(survey)
    if held is None or "loading" not in held or scales is None or item.scale not in scales["sd"]:
        return NONE
    loading, spread = float(held["loading"]), float(scales["sd"][item.scale])
    moved, joint = _effects(survey, item, held.get("effects", {}), scales)
    along = loading * spread**2 + joint
    whole = loading * (along + joint) + (1 - loading**2) + moved
    found = along / (spread * math.sqrt(whole))
    return -found if item.reverse else found


def true_omega(survey: Survey, items: Sequence[Item]) -> float:
    """Omega of the scales behind the items of one scale, from their `true_loading`."""
    loadings = np.array([true_loading(survey, item) for item in items])
    common = float(loadings.sum() ** 2)
    return common / (common + float((1 - loadings**2).sum()))


def true_item_correlation(survey: Survey, first: Item, second: Item) -> float:
    """Correlation of the hidden values of two items, if nothing but their scales joins them."""
    between = true_position_correlation(survey, first.scale or "", second.scale or "")
    return true_loading(survey, first) * between * true_loading(survey, second)


def true_position_correlation(survey: Survey, first: str, second: str) -> float:
    """Correlation of the positions on two scales in the population."""
    scales = _scales(survey)
    if scales is None or first not in scales["correlation"]:
        return NONE
    return float(scales["correlation"][first].get(second, NONE))


def true_score_correlation(survey: Survey, first: str, second: str) -> float:
    """Correlation of two scores among those who answer, as a large simulation of the model has it."""
    if survey.truth is None:
        return NONE
    held = survey.truth.get("scores", {}).get("answered", {}).get("correlation", {})
    for pair in (f"{first}, {second}", f"{second}, {first}"):
        if pair in held:
            return float(held[pair]["value"])
    return NONE


def true_bias(survey: Survey, item: Item, fact: Item) -> float:
    """Largest difference that a fact makes to an item alone, on its hidden value; 0 where none."""
    held = _item(survey, item.name)
    if held is None:
        return NONE
    effects = held.get("effects", {}).get(fact.name, {})
    values = [float(effects.get(code, 0.0)) for code in fact.codes]
    return max(values) - min(values)


def _effects(
    survey: Survey, item: Item, effects: Mapping[str, Any], scales: Mapping[str, Any]
) -> tuple[float, float]:
    """Variance that facts give this item alone, and its covariance with the position.

    Several facts are taken as independent of each other.
    """
    variance = joint = 0.0
    for fact, by_code in effects.items():
        share = (_item(survey, fact) or {}).get("sincere", {})
        codes = list(share)
        weight = np.array([share[code] for code in codes])
        moved = np.array([by_code.get(code, 0.0) for code in codes])
        means = scales["mean_by_group"].get(fact, {})
        position = np.array([means.get(code, {}).get(item.scale, 0.0) for code in codes])
        variance += float(weight @ (moved - weight @ moved) ** 2)
        joint += float(weight @ ((moved - weight @ moved) * (position - weight @ position)))
    return variance, joint


def _item(survey: Survey, name: str) -> Mapping[str, Any] | None:
    if survey.truth is None:
        return None
    held: Mapping[str, Any] | None = survey.truth.get("items", {}).get(name)
    return held


def _scales(survey: Survey) -> Mapping[str, Any] | None:
    if survey.truth is None:
        return None
    held: Mapping[str, Any] | None = survey.truth.get("scales")
    return held
