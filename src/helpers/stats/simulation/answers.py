"""What respondents answer: positions, hidden values, answers hidden or kept back, in parts of equal size."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.data.codebook import Item
from helpers.stats.design import Codes, Floats, Mask
from helpers.stats.simulation.checks_items import RECORDED
from helpers.stats.simulation.items import (
    Conduct,
    Hidden,
    conduct,
    hidden_value,
    insincere,
    places,
)
from helpers.stats.simulation.model import Model
from helpers.stats.simulation.population import positions, structure
from helpers.stats.simulation.sample import Background, Clusters, Streams, years

PART = 100_000
"""Respondents held at once with all their positions. The answers do not depend on it."""

Answers = npt.NDArray[np.int16]


class Interview:
    """Asks respondents of known cells and clusters every item of the codebook."""

    def __init__(self, model: Model, *, seed: int | str) -> None:
        self.model, self.streams = model, Streams(seed)
        self.background = Background(model)
        people = self.background.people
        self._mean = positions(model, people)
        self._factor = np.linalg.cholesky(structure(model).correlation)
        self._insincere = insincere(model, people)
        self._education = places(people, model, "education")
        asked = [item for item in model.codebook.items if item.type != "count"]
        self._conduct = {item.name: conduct(model, item) for item in asked}
        self._hidden = {
            item.name: hidden_value(model, item, people)
            for item in asked
            if item.name not in RECORDED
        }

    def between(self, count: int) -> Floats:
        """Standard normal numbers of the clusters, shape (scales, clusters)."""
        return np.stack(
            [self.streams.normal("cluster", name, size=count) for name in self.model.scales.order]
        )

    def ask(self, stratum: Codes, between: Floats) -> Iterator[tuple[str, Answers]]:
        """The name and codes of each item, missing answers included, in the codebook's order.

        Parameters
        ----------
        stratum : place of each respondent's stratum.
        between : numbers of each respondent's cluster, shape (scales, respondents).
        """
        cell = self.background.cell(stratum, self.streams)
        position = self._positions(cell, between)
        hiding = self.streams.uniform("insincere", size=cell.size) < self._insincere[cell]
        given: dict[str, Answers] = {}
        for item in self.model.codebook.items:
            given[item.name] = self._item(item, cell, position, hiding)
            if item.asked_if:
                name, codes = item.asked_if
                given[item.name][~np.isin(given[name], codes)] = item.missing["not-asked"]
            yield item.name, given[item.name]

    def _positions(self, cell: Codes, between: Floats) -> list[Floats]:
        """The position of each respondent on each scale.

        Sums run term by term: a product of matrices would depend, in its last digits, on their size.
        """
        icc = self.model.sampling.icc
        own = [
            np.sqrt(icc) * between[place]
            + np.sqrt(1 - icc) * self.streams.normal("respondent", name, size=cell.size)
            for place, name in enumerate(self.model.scales.order)
        ]
        found = []
        for place, row in enumerate(self._factor):
            position = self._mean[cell, place]
            for size, numbers in zip(row[: place + 1], own, strict=False):
                if size:
                    position = position + size * numbers
            found.append(position)
        return found

    def _item(self, item: Item, cell: Codes, position: list[Floats], hiding: Mask) -> Answers:
        if item.type == "count":
            group = self.background.people["age_group"].to_numpy()[cell]
            drawn = self.streams.uniform("item", item.name, size=cell.size)
            return years(self.model, group, drawn).astype(np.int16)
        if item.name in RECORDED:
            answer = places(self.background.people, self.model, item.name)[cell]
        else:
            answer = self._answer(item, self._hidden[item.name], cell, position)
        return self._given(item, self._conduct[item.name], answer, cell, hiding)

    def _answer(self, item: Item, rule: Hidden, cell: Codes, position: list[Floats]) -> Codes:
        """The place of each sincere answer."""
        value = rule.rest * self.streams.normal("item", item.name, size=cell.size)
        if rule.loading:
            value += rule.loading * position[rule.place]
        if rule.offset.any():
            value += rule.offset[cell]
        answer = np.zeros(cell.size, dtype=np.int64)
        for cut in rule.cuts:
            answer += value > cut
        return answer

    def _given(
        self, item: Item, rule: Conduct, answer: Codes, cell: Codes, hiding: Mask
    ) -> Answers:
        """The code of each answer after some are hidden and some kept back."""
        if rule.hiding:
            draw = self.streams.uniform("hiding", item.name, size=cell.size) / rule.hiding
            instead = np.searchsorted(np.cumsum(rule.shown)[:-1], draw, "right")
            answer = np.where(hiding & rule.hidden[answer] & (draw < 1), instead, answer)
        codes = rule.codes[answer]
        if item.missing.keys() - {"not-asked"}:
            draw = self.streams.uniform("silence", item.name, size=cell.size)
            level = self._education[cell]
            first = rule.silence[0][level, answer]
            silent = draw < first + rule.silence[1][level, answer]
            codes = np.where(silent, rule.missing[(draw >= first).astype(np.int64)], codes)
        return codes.astype(np.int16)


def interviewed(
    model: Model, sample: Clusters, *, seed: int | str, part: int = PART
) -> pd.DataFrame:
    """The answers of everybody in the sample, with ``stratum`` and ``psu``; whole numbers.

    Parameters
    ----------
    part : respondents held at once; the answers do not depend on it.
    """
    interview = Interview(model, seed=seed)
    between = interview.between(sample.size.size)
    unit = np.repeat(np.arange(sample.size.size), sample.size)
    home = sample.stratum[unit]
    held: dict[str, Answers] = {
        item.name: np.empty(unit.size, dtype=np.int16) for item in model.codebook.items
    }
    for start in range(0, unit.size, part):
        rows = slice(start, start + part)
        for name, answers in interview.ask(home[rows], between[:, unit[rows]]):
            held[name][rows] = answers
    codes = interview.background.people["stratum"].unique()
    return pd.DataFrame({"stratum": codes[home], "psu": unit + 1, **held})
