"""Who is drawn: respondents shared among strata and clusters, their background, their weights."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.errors import EstimationError
from helpers.rng import stream
from helpers.stats.design import Codes, Floats
from helpers.stats.simulation.model import Model
from helpers.stats.simulation.population import cells, strata
from helpers.stats.weights.weighting import raked

SMALLEST, LARGEST = 200, 5_000_000
"""Fewer respondents leave categories of the margins empty; more need more memory than most have."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Clusters:
    """The sample before anybody is asked: the stratum (place in `strata`) and size of each cluster."""

    stratum: Codes
    size: Codes


class Streams:
    """Random numbers by name, each name going on where it stopped.

    A stream depends on the seed and its name alone, so that neither the size of the parts drawn
    nor another item changes it.
    """

    def __init__(self, seed: int | str) -> None:
        self._seed = seed
        self._open: dict[tuple[str, ...], np.random.Generator] = {}

    def uniform(self, *name: str, size: int) -> Floats:
        """The next numbers from 0 to 1 of this name."""
        return self._of(name).random(size)

    def normal(self, *name: str, size: int) -> Floats:
        """The next standard normal numbers of this name."""
        return self._of(name).standard_normal(size)

    def _of(self, name: tuple[str, ...]) -> np.random.Generator:
        if name not in self._open:
            self._open[name] = stream("simulated respondents", self._seed, *name)
        return self._open[name]


def clusters(model: Model, *, n: int) -> Clusters:
    """Respondents shared among strata by the power of their population, then among clusters.

    Every stratum has at least two clusters, and clusters of a stratum differ by one respondent at
    most.

    Raises
    ------
    EstimationError
        ``n`` is no whole number from 200 to 5,000,000.
    """
    if isinstance(n, bool) or not isinstance(n, int) or not SMALLEST <= n <= LARGEST:
        raise EstimationError(
            f"so many respondents cannot be simulated; got n={n!r}; expected a whole number from"
            f" {SMALLEST} to {LARGEST:,}."
        )
    design = model.sampling
    among = np.maximum(_apportioned(strata(model)["share"] ** design.allocation_power, n), 2)
    while among.sum() > n:
        among[np.argmax(among)] -= 1
    count = np.maximum(np.rint(among / design.respondents_per_cluster), 2).astype(np.int64)
    home = np.repeat(np.arange(among.size), count)
    rank = np.arange(home.size) - np.repeat(np.cumsum(count) - count, count)
    return Clusters(stratum=home, size=among[home] // count[home] + (rank < (among % count)[home]))


def _apportioned(share: pd.Series, total: int) -> Codes:
    """Whole numbers in proportion to ``share`` that sum to ``total``, by largest remainders."""
    exact = (share / share.sum() * total).to_numpy()
    whole = np.floor(exact).astype(np.int64)
    order = np.argsort(whole - exact, kind="stable")
    whole[order[: total - int(whole.sum())]] += 1
    return np.asarray(whole, dtype=np.int64)


class Background:
    """Draws sex and age, education and language, and gives the cell of each respondent."""

    def __init__(self, model: Model) -> None:
        people = model.population
        self.people = cells(model)
        self._places = strata(model)
        pairs = people.shares["sex_age"]
        self._pairs = len(pairs)
        chance = [
            share
            * model.sampling.reach.get("sex", {}).get(pair // 10, 1.0)
            * model.sampling.reach.get("age_group", {}).get(pair % 10, 1.0)
            for pair, share in pairs.items()
        ]
        self._reached = np.cumsum(chance)[:-1] / sum(chance)
        self._levels = np.array([
            [np.cumsum(people.education[place][pair % 10])[:-1] for pair in pairs]
            for place in self._places["settlement"]
        ])  # fmt: skip
        self._kazakh = np.array(
            [people.kazakh[place.type][place.settlement - 1] for place in self._places.itertuples()]
        )

    def cell(self, stratum: Codes, streams: Streams) -> Codes:
        """The cell of each respondent; rows of ``people``."""
        size = stratum.size
        pair = np.searchsorted(self._reached, streams.uniform("sex and age", size=size), "right")
        cuts = self._levels[stratum, pair]
        level = (streams.uniform("education", size=size)[:, None] >= cuts).sum(axis=1)
        russian = streams.uniform("language", size=size) >= self._kazakh[stratum]
        levels = cuts.shape[1] + 1
        cell = ((stratum * self._pairs + pair) * levels + level) * 2 + russian
        return np.asarray(cell, dtype=np.int64)


def years(model: Model, group: Codes, draw: Floats) -> Codes:
    """An age in years for each respondent, evenly within the age group."""
    ages = model.population.ages
    first = np.array([ages[code][0] for code in sorted(ages)])
    span = np.array([ages[code][1] - ages[code][0] + 1 for code in sorted(ages)])
    place = np.searchsorted(sorted(ages), group)
    return np.asarray(first[place] + np.floor(draw * span[place]), dtype=np.int64)


def weights(model: Model, rows: pd.DataFrame) -> Floats:
    """Base weights of the strata, raked to the three margins; mean 1, six decimals.

    Parameters
    ----------
    rows : respondents with ``stratum region settlement sex age_group``, all as codes.
    """
    share = strata(model).set_index("stratum")["share"]
    drawn = rows["stratum"].value_counts()
    table = pd.DataFrame({
        "base": rows["stratum"].map(share * len(rows) / drawn),
        "region": rows["region"],
        "settlement": rows["settlement"],
        "sex_age": rows["sex"].astype("int64") * 10 + rows["age_group"],
    })  # fmt: skip
    fitted = raked(table, base="base", margins=model.population.shares).to_numpy()
    return np.asarray(np.round(fitted / fitted.mean(), 6), dtype=np.float64)
