"""The truth behind simulated respondents as far as it has a closed form: shares of answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import ndtr

from helpers.data.codebook import Item
from helpers.errors import DataError
from helpers.stats.design import Floats
from helpers.stats.simulation.checks_items import KINDS, RECORDED
from helpers.stats.simulation.effects import Truth, mediation_truth, scales_truth
from helpers.stats.simulation.items import conduct, hidden_value, insincere, places
from helpers.stats.simulation.model import Model
from helpers.stats.simulation.population import cells, positions, structure


class Expected:
    """What every cell of the population answers, item by item in the codebook's order.

    Given the cell, positions are normal with variance 1, so that the chance of an answer is a
    difference of normal distribution functions; shares are its means over cells.
    """

    def __init__(self, model: Model) -> None:
        self.model, self.people = model, cells(model)
        self.share = self.people["share"].to_numpy()
        self.means: dict[str, float] = {}
        self._mean = positions(model, self.people)
        self._insincere = insincere(model, self.people)[:, None]
        self._education = places(self.people, model, "education")
        self._answered: dict[str, Floats] = {}
        self._asked: dict[str, Floats] = {}

    def item(self, item: Item) -> Truth:
        """Shares of the answers among those who are asked, and shares of missing answers of all."""
        rule = conduct(self.model, item)
        sincere = self._sincere(item)
        hides = self._insincere * rule.hiding * rule.hidden * sincere
        given = sincere - hides + hides.sum(axis=1, keepdims=True) * rule.shown
        silent = given * rule.silence[:, self._education]
        asked = self._reach(item)
        self._asked[item.name] = asked
        answered = (given - silent.sum(axis=0)) * asked[:, None]
        self._answered[item.name] = answered
        by_cell = (self.share * asked)[:, None]
        found: Truth = {**self._rule(item), "sincere": _shares(by_cell * sincere, rule.codes)}
        if rule.hiding:
            found["given"] = _shares(by_cell * given, rule.codes)
        found["answered"] = _shares(self.share[:, None] * answered, rule.codes)
        missing = {kind: float((by_cell * silent[place]).sum()) for place, kind in enumerate(KINDS)}
        found["missing"] = {kind: missing[kind] for kind in KINDS if kind in item.missing}
        if "not-asked" in item.missing:
            found["missing"]["not-asked"] = float(1 - by_cell.sum())
        if rule.hiding:
            found["insincere"] = float((by_cell * hides).sum() / by_cell.sum())
        if item.type == "ordinal" and item.scale:
            found["mean"] = {
                part: sum(code * share for code, share in found[part].items())
                for part in ("sincere", "given", "answered")
                if part in found
            }
            self.means[item.name] = found["mean"]["sincere"]
        return found

    def _rule(self, item: Item) -> Truth:
        """Loading, and effects on this item alone, where it has any."""
        if item.name in RECORDED:
            return {}
        rule = self.model.items[item.name]
        found: Truth = {"loading": float(rule.loading)} if rule.scale else {}
        return {**found, "effects": rule.effects} if rule.effects else found

    def _sincere(self, item: Item) -> Floats:
        """Chance of each sincere answer, shape (cells, answers)."""
        if item.name in RECORDED:
            return np.eye(len(item.codes))[places(self.people, self.model, item.name)]
        rule = hidden_value(self.model, item, self.people)
        middle = rule.loading * self._mean[:, rule.place] + rule.offset
        below = ndtr(rule.cuts - middle[:, None])
        edges = np.column_stack([np.zeros(len(middle)), below, np.ones(len(middle))])
        return np.diff(edges, axis=1)

    def _reach(self, item: Item) -> Floats:
        """Chance of each cell to be asked."""
        if item.asked_if is None:
            return np.ones(len(self.people))
        name, codes = item.asked_if
        _independent(self.model, item)
        wanted = np.isin(self.model.codebook.item(name).codes, codes)
        return np.asarray(self._answered[name][:, wanted].sum(axis=1), dtype=np.float64)


def _shares(parts: Floats, codes: Any) -> dict[int, float]:
    """Share of each answer, from its parts by cell."""
    total = parts.sum(axis=0)
    return dict(zip(codes.tolist(), (total / total.sum()).tolist(), strict=True))


def _independent(model: Model, item: Item) -> None:
    """Refuse an item whose scale goes with the scale of an item that decides who is asked it."""
    order, found = model.scales.order, structure(model).correlation
    asked, own = item.asked_if, model.items[item.name].scale
    while asked is not None:
        other = model.items[asked[0]].scale if asked[0] in model.items else None
        if own and other and abs(found[order.index(own), order.index(other)]) > 1e-12:
            raise DataError(
                f"who is asked {item.name!r} depends on what is asked; got correlated scales"
                f" {own!r} and {other!r} of {asked[0]!r}; expected uncorrelated ones, for which"
                " the shares have a closed form. Mend items in the model."
            )
        asked = model.codebook.item(asked[0]).asked_if


def exact_truth(model: Model) -> Truth:
    """Everything that follows from the model by calculation.

    Returns
    -------
    ``items``: for each item but counts, shares from 0 to 1 of its answers. ``sincere``: what all
    would say who are asked; ``given``: after some hide distrust; ``answered``: among those who
    answer; ``missing``: of the whole population; ``insincere``: whose answer is not the sincere
    one. ``scales``: see `scales_truth`; ``mediation``: see `mediation_truth`. ``score_means``:
    of complete sincere scores. ``insincere_share``: who would hide distrust. ``nulls``: effects
    that are 0.
    """
    expected = Expected(model)
    items = {
        item.name: expected.item(item) for item in model.codebook.items if item.type != "count"
    }
    return {
        "items": items,
        "scales": scales_truth(model, expected.people),
        "score_means": _score_means(model, expected.means),
        "mediation": mediation_truth(model, structure(model)),
        "insincere_share": _insincere_share(model, expected.people),
        "nulls": [
            {"name": null.name, "says": null.says, "effect_of": null.effect_of,
             "effect_on": list(null.on)}
            for null in model.nulls
        ],
    }  # fmt: skip


def _insincere_share(model: Model, people: pd.DataFrame) -> dict[str, float]:
    """Share of respondents who would hide distrust, of all and by type of region."""
    share = people["share"].to_numpy()
    by_type = {name: float(value) for name, value in model.insincerity.share.items()}
    return {"all": float(share @ insincere(model, people)), **by_type}


def _score_means(model: Model, means: Mapping[str, float]) -> dict[str, float]:
    """Mean of each scale's score, the mean of its items, if all answered and were sincere."""
    book = model.codebook
    return {
        scale.name: float(np.mean([
            item.codes[0] + item.codes[-1] - means[item.name] if item.reverse else means[item.name]
            for item in book.scale(scale.name)
        ]))
        for scale in book.scales
    }  # fmt: skip
