"""What one fact about people does in the population of simulated respondents, all else unchanged."""

from __future__ import annotations

from functools import cache

import numpy as np

from helpers import paths
from helpers.data.codebook import Item
from helpers.data.survey import Survey
from helpers.stats.design import Floats
from helpers.stats.simulation.items import insincere, places
from helpers.stats.simulation.model import Model
from helpers.stats.simulation.population import positions
from helpers.stats.simulation.respondents import simulation_model
from helpers.stats.simulation.truth import Expected
from helpers.stats.views.true_shares import true_group_shares


def true_effects(survey: Survey, item: Item, fact: Item, *, above: int) -> dict[str, float]:
    """Points by which the share above a threshold moves when a fact is another, others kept.

    Averaged over the population that answers, answers being those given: some hide distrust, some
    are silent. Every group is compared with the first.

    Parameters
    ----------
    above : number of categories from the lowest that lie below the threshold.

    Returns
    -------
    By the label of the group; empty where the truth is not known.
    """
    if not _known(survey, item, fact):
        return {}
    folder = str(paths.survey())
    labels = list(fact.labels().items())
    share = [
        _shares(folder, item.name, fact.name, code)[:, above:].sum(axis=1) for code, _ in labels
    ]
    weight = _weights(folder, item.name)
    return {
        label: round(100 * float(np.average(moved - share[0], weights=weight)), 6)
        for (_, label), moved in zip(labels[1:], share[1:], strict=True)
    }


def true_slopes(survey: Survey, item: Item, fact: Item) -> dict[str, float]:
    """What each group adds to the hidden value of an item over the first, as a probit estimates it.

    Directly and through perceptions. Empty where the truth is not known.
    """
    if survey.truth is None or not _known(survey, item, fact):
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
    if not facts or not all(_known(survey, item, fact) for fact in facts):
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


def _known(survey: Survey, item: Item, fact: Item) -> bool:
    return survey.truth is not None and bool(true_group_shares(survey, item, fact))


class _Changed(Expected):
    """The population of the model with one fact the same for everybody."""

    def __init__(self, model: Model, **facts: int) -> None:
        super().__init__(model)
        self.people = self.people.assign(**facts)
        self._mean = positions(model, self.people)
        self._insincere = insincere(model, self.people)[:, None]
        self._education = places(self.people, model, "education")

    def answered(self, name: str) -> Floats:
        """Part of each cell that gives each answer, shape (cells, answers)."""
        item = self.model.codebook.item(name)
        if item.asked_if is not None and item.asked_if[0] not in self._answered:
            self.answered(item.asked_if[0])
        if name not in self._answered:
            self.item(item)
        return self._answered[name]


@cache
def _shares(_folder: str, item: str, fact: str, code: int) -> Floats:
    """Shares of the answers in each cell, among those who answer, with ``fact`` changed."""
    given = _Changed(simulation_model(), **{fact: code}).answered(item)
    return np.asarray(given / given.sum(axis=1, keepdims=True), dtype=np.float64)


@cache
def _weights(_folder: str, item: str) -> Floats:
    """Part of the population in each cell that answers."""
    people = _Changed(simulation_model())
    return np.asarray(people.share * people.answered(item).sum(axis=1), dtype=np.float64)
