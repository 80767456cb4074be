"""What facts about people do in the population of simulated respondents."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from helpers.data.codebook import Item
from helpers.data.survey import Survey
from helpers.stats.simulation.respondents import simulation_model
from helpers.stats.views.true_shares import people_of


def true_effects(
    survey: Survey, item: Item, fact: Item, *, facts: Sequence[Item], above: int
) -> dict[str, float]:
    """Points by which the share above a threshold differs between people alike in all other facts.

    In the population that answers, answers being those given: some hide distrust, some are silent.
    Every group is compared with the first, among people with the same other facts, and averaged
    over all. What is not among the facts, such as the region, is not held fixed: a model of these
    facts aims at this.

    ``item`` and ``fact`` are of the codebook. In all else as `design_of` and `effects_above`.

    Parameters
    ----------
    facts : what is held fixed, ``fact`` among them.
    above : number of categories from the lowest that lie below the threshold.

    Returns
    -------
    By the label of the group; empty where the truth is not known.
    """
    found = [people_of(survey, item, other) for other in facts]
    people = next(iter(found), None)
    if people is None or None in found:
        return {}
    given = people.given(item.name)
    sums = (
        people.people[[other.name for other in facts]]
        .assign(above=given[:, above:].sum(axis=1), answered=given.sum(axis=1), everybody=0)
        .groupby(["everybody", *(other.name for other in facts)])
        .sum()
        .unstack(fact.name)
    )
    share, weight = sums["above"] / sums["answered"], sums["answered"].sum(axis=1)
    first, *others = fact.labels().items()
    return {
        label: round(100 * float(np.average(share[code] - share[first[0]], weights=weight)), 6)
        + 0.0
        for code, label in others
    }


def true_slopes(survey: Survey, item: Item, fact: Item) -> dict[str, float]:
    """What each group adds to the hidden value of an item over the first, as a probit estimates it.

    Directly and through perceptions. Empty where the truth is not known.
    """
    if survey.truth is None or people_of(survey, item, fact) is None:
        return {}
    held = survey.truth["items"][item.name]
    own = held.get("effects", {}).get(fact.name, {})
    totals = survey.truth["scales"]["total_effects_of_background"].get(fact.name)
    if totals is None:
        return {}
    moved = {
        code: held.get("loading", 0.0) * totals[code].get(item.scale, 0.0) + own.get(code, 0.0)
        for code in fact.labels()
    }
    base = moved[next(iter(moved))]
    return {label: moved[code] - base for code, label in list(fact.labels().items())[1:]}


def true_thresholds(survey: Survey, item: Item, facts: list[Item]) -> list[float]:
    """Where the hidden value of an item is cut for people of every first group; empty if unknown."""
    if not facts or None in [people_of(survey, item, fact) for fact in facts]:
        return []
    rule = simulation_model().items[item.name]
    shift = sum(rule.effects.get(fact.name, {}).get(fact.codes[0], 0.0) for fact in facts)
    return [float(cut) - shift for cut in rule.thresholds]


def is_true_null(survey: Survey, item: Item, *causes: str) -> bool:
    """Whether the truth lists each cause as having no effect on the scale of this item."""
    if survey.truth is None:
        return False
    listed = {
        (null["effect_of"], on)
        for null in survey.truth.get("nulls", [])
        for on in null["effect_on"]
    }
    return all((cause, item.scale) in listed for cause in causes)
