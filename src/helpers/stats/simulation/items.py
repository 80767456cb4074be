"""The rules of a simulation model turned into arrays, one for each item, cells by answers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.data.codebook import Item
from helpers.errors import DataError
from helpers.stats.design import Codes, Floats, Mask
from helpers.stats.simulation.checks_items import KINDS
from helpers.stats.simulation.model import Model
from helpers.stats.simulation.population import added

MOST_SILENT = 0.9
"""The largest rate of missing answers in any group; beyond it an item says nothing."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Conduct:
    """How an answer, once there, is hidden or kept back.

    Attributes
    ----------
    codes
        Code of each answer, low to high.
    hiding
        Chance that an insincere respondent hides an answer that is to be hidden.
    hidden
        Whether each answer is one to be hidden.
    shown
        Chance of each answer to be given instead; sums to 1, or to 0 where nothing is hidden.
    silence
        Chance of each kind of `KINDS`, shape (kinds, levels of education, answers).
    missing
        Code of each kind of `KINDS`.
    """

    codes: Codes
    hiding: float
    hidden: Mask
    shown: Floats
    silence: Floats
    missing: Codes


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Hidden:
    """How the hidden value of an item comes about, and where it is cut.

    ``place`` is that of its scale in the model's order, 0 with a loading of 0 where it has none;
    ``offset`` is what the background adds on this item alone, by cell.
    """

    place: int
    loading: float
    rest: float
    cuts: Floats
    offset: Floats


def conduct(model: Model, item: Item) -> Conduct:
    """What the model says of hiding and silence at an item.

    Raises
    ------
    DataError
        Nearly everybody would be silent.
    """
    codes = item.codes
    levels = model.codebook.item("education").codes
    hiding = model.insincerity.sensitivity.get(item.name, 0.0)
    silence = [
        [
            [
                model.silence[kind].rate(item, education=level, answer=code)
                if kind in item.missing
                else 0.0
                for code in codes
            ]
            for level in levels
        ]
        for kind in KINDS
    ]
    most = max(map(max, np.sum(silence, axis=0)))
    if most > MOST_SILENT:
        raise DataError(
            f"nearly nobody would answer {item.name!r}; got a rate of missing answers of {most:.3g};"
            f" expected at most {MOST_SILENT}. Mend nonresponse in the model."
        )
    return Conduct(
        codes=np.array(codes, dtype=np.int64),
        hiding=hiding,
        hidden=np.isin(codes, model.insincerity.hidden) & (hiding > 0),
        shown=np.array([model.insincerity.shown.get(code, 0.0) * (hiding > 0) for code in codes]),
        silence=np.array(silence),
        missing=np.array([item.missing.get(kind, 0) for kind in KINDS], dtype=np.int64),
    )


def hidden_value(model: Model, item: Item, people: pd.DataFrame) -> Hidden:
    """What the model says of the hidden value of an item, with offsets for the cells ``people``."""
    rule = model.items[item.name]
    return Hidden(
        place=model.scales.order.index(rule.scale) if rule.scale else 0,
        loading=rule.loading,
        rest=float(np.sqrt(1 - rule.loading**2)),
        cuts=np.array(rule.thresholds, dtype=np.float64),
        offset=added(people, rule.effects),
    )


def places(people: pd.DataFrame, model: Model, item: str) -> Codes:
    """The place of each row's code among the answers of a recorded item."""
    found = pd.Index(model.codebook.item(item).codes).get_indexer(people[item])
    return np.asarray(found, dtype=np.int64)


def insincere(model: Model, people: pd.DataFrame) -> Floats:
    """The share of each cell that would hide distrust."""
    return np.asarray(people["type"].map(model.insincerity.share), dtype=np.float64)
