"""What is true of the population of simulated respondents, as numbers to set beside estimates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np

from helpers import paths
from helpers.data.codebook import Item
from helpers.data.survey import Survey
from helpers.stats.design import Floats
from helpers.stats.simulation.checks_items import KINDS
from helpers.stats.simulation.items import conduct, places
from helpers.stats.simulation.respondents import simulation_model
from helpers.stats.simulation.truth import Expected

SAME = 1e-5
"""The truth is written with six decimals; a model that differs by more is another one."""

Part = str
"""Whose answers: ``answered``, those who answer; ``sincere``, what all who are asked would say."""


def item_truth(survey: Survey, item: Item) -> Mapping[str, Any] | None:
    """What the truth beside simulated respondents holds of an item; None where there is none."""
    if survey.truth is None:
        return None
    held: Mapping[str, Any] | None = survey.truth.get("items", {}).get(item.name)
    return held


def true_answers(survey: Survey, item: Item) -> dict[str, float]:
    """Percent of those asked by label, and by kind of missing answer; empty without a truth."""
    held = item_truth(survey, item)
    if held is None:
        return {}
    missing = held.get("missing", {})
    asked = 1 - missing.get("not-asked", 0.0)
    silent = {kind: 100 * missing[kind] / asked for kind in KINDS if kind in missing}
    said = 100 - sum(silent.values())
    given = {label: said * held["answered"][code] for code, label in item.labels().items()}
    return {**given, **silent}


def true_shares(survey: Survey, item: Item, *, part: Part = "answered") -> Floats | None:
    """Shares of the answers from 0 to 1 in the order of the codebook; None without a truth."""
    held = item_truth(survey, item)
    if held is None or part not in held:
        return None
    return np.array([held[part][code] for code in item.codes], dtype=np.float64)


def true_readings(share: Floats) -> dict[str, float]:
    """The readings of `helpers.stats.describe.likert.likert_summary` for known shares.

    The top box is every answer above the middle of the scale. Medians and consensus are rounded
    to two decimals.
    """
    size, place = share.size, np.arange(share.size)
    ends, below = size // 2, np.cumsum(share)
    middle = int(np.argmax(below >= 0.5 - 1e-12))
    near = 1 - np.abs(place - share @ place) / (size - 1)
    agreed = 1 + float(share[share > 0] @ np.log2(near[share > 0]))
    start = below[middle] - share[middle]
    return {
        "net score": 100 * float(share[-ends:].sum() - share[:ends].sum()),
        "top box": 100 * float(share[-ends:].sum()),
        "median category": middle + 1.0,
        "interpolated median": round(middle + 0.5 + float((0.5 - start) / share[middle]), 2),
        "consensus": round(agreed, 2),
    }


def true_group_shares(survey: Survey, item: Item, fact: Item) -> dict[str, Floats]:
    """Shares of the answers among those who answer, by the label of each group of ``fact``.

    Empty where nothing is known: there is no truth, or the model of the book is not the one behind
    it, or the model has no such item or fact.
    """
    people = people_of(survey, item, fact)
    if people is None:
        return {}
    given = people.given(item.name)
    return {label: _normed(given[member].sum(axis=0)) for label, member in people.groups(fact)}


def true_group_silence(
    survey: Survey, items: Sequence[Item], fact: Item, *, kind: str
) -> dict[str, float]:
    """Mean percent of ``items`` to which there is this kind of missing answer, by group.

    Assumes items that everybody is asked. Empty as for `true_group_shares`.
    """
    found = [people_of(survey, item, fact) for item in items]
    people = next(iter(found), None)
    if people is None or None in found:
        return {}
    rates = np.mean([people.silence(item.name, kind) for item in items], axis=0)
    return {
        label: 100 * float(rates[member] @ people.share[member] / people.share[member].sum())
        for label, member in people.groups(fact)
    }


def people_of(survey: Survey, item: Item, fact: Item) -> People | None:
    """The population behind simulated respondents; None where the truth is not known."""
    held = item_truth(survey, item)
    if held is None or survey.truth is None:
        return None
    people = _people(str(paths.survey()))
    model = people.model
    if (
        survey.truth.get("model") != model.title
        or item.name not in model.items
        or fact.name not in people.people.columns
    ):
        return None
    whole = _normed(people.given(item.name).sum(axis=0))
    written = np.array(list(held["answered"].values()))
    same = whole.shape == written.shape and bool(np.abs(whole - written).max() < SAME)
    return people if same else None


class People(Expected):
    """The population of the model, cell by cell."""

    def given(self, name: str) -> Floats:
        """Part of the population that gives each answer, shape (cells, answers)."""
        item = self.model.codebook.item(name)
        if item.asked_if is not None and item.asked_if[0] not in self._answered:
            self.given(item.asked_if[0])
        if name not in self._answered:
            self.item(item)
        return np.asarray(self.share[:, None] * self._answered[name], dtype=np.float64)

    def silence(self, name: str, kind: str) -> Floats:
        """Chance of each cell to give this kind of missing answer when asked."""
        item = self.model.codebook.item(name)
        rule, sincere = conduct(self.model, item), self._sincere(item)
        hides = self._insincere * rule.hiding * rule.hidden * sincere
        given = sincere - hides + hides.sum(axis=1, keepdims=True) * rule.shown
        rate = rule.silence[list(KINDS).index(kind)][self._education]
        return np.asarray((given * rate).sum(axis=1), dtype=np.float64)

    def groups(self, fact: Item) -> list[tuple[str, Floats]]:
        """Label of each group of a fact, and which cells are in it."""
        place = places(self.people, self.model, fact.name)
        return [(label, place == k) for k, label in enumerate(fact.labels().values())]


@cache
def _people(_folder: str) -> People:
    return People(simulation_model())


def _normed(parts: Floats) -> Floats:
    return np.asarray(parts / parts.sum(), dtype=np.float64)
