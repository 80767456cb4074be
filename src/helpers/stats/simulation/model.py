"""The model behind simulated respondents: read from its file, checked whole, held as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from helpers.data.codebook import Codebook, Item
from helpers.errors import DataError, refuse
from helpers.stats.simulation.checks import problems
from helpers.stats.simulation.margins import Margin, Shares, margin_shares

HINT = "Mend the model; its comments say what each number means."

Effects = Mapping[str, Mapping[int, float]]
"""What a background fact adds, by the code of its category; a category left out adds 0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Population:
    """Who there is: shares by ``region sex_age settlement``, and what is assumed beside them.

    ``shares`` are published, by code (sex · 10 + age group for ``sex_age``); ``ages`` are first and last year of each age group; ``kazakh`` is the share interviewed in
    Kazakh by type of region, urban and rural; ``education`` its shares by settlement and age group.
    """

    shares: Mapping[str, Shares]
    ages: Mapping[int, tuple[int, int]]
    region_types: Mapping[str, tuple[int, ...]]
    kazakh: Mapping[str, tuple[float, ...]]
    education: Mapping[int, Mapping[int, tuple[float, ...]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampling:
    """How respondents are drawn; ``icc`` is the part of each position's variance between clusters."""

    allocation_power: float
    respondents_per_cluster: int
    icc: float
    reach: Effects


@dataclass(frozen=True, slots=True, kw_only=True)
class Scales:
    """Positions on the scales: correlations, paths by effect and cause, effects of the background."""

    order: tuple[str, ...]
    correlations: tuple[tuple[str, str, float], ...]
    paths: Mapping[str, Mapping[str, float]]
    effects: Mapping[str, Effects]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """How the hidden value of an item comes about, and where it is cut into answers."""

    scale: str | None
    loading: float
    thresholds: tuple[float, ...]
    effects: Effects


@dataclass(frozen=True, slots=True, kw_only=True)
class Insincerity:
    """Who hides distrust, at which items how often, which answers, and behind which others."""

    share: Mapping[str, float]
    sensitivity: Mapping[str, float]
    hidden: tuple[int, ...]
    shown: Mapping[int, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """How often one kind of missing answer occurs.

    ``more`` is the scale at whose items those about to give some of the answers are silent more
    often, these answers, and how many times; None where all are alike.
    """

    base: float
    education: Mapping[int, float]
    items: Mapping[str, float]
    more: tuple[str, tuple[int, ...], float] | None

    def rate(self, item: Item, *, education: int, answer: int) -> float:
        """The chance of silence at an item, given education and the answer about to be given."""
        rate = self.base * self.education.get(education, 1.0) * self.items.get(item.name, 1.0)
        if self.more and item.scale == self.more[0] and answer in self.more[1]:
            rate *= self.more[2]
        return rate


@dataclass(frozen=True, slots=True, kw_only=True)
class Null:
    """An effect that is 0 in the model: of what, on which scales and items."""

    name: str
    says: str
    effect_of: str
    on: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """A whole model, with the codebook of the instrument that it answers."""

    codebook: Codebook
    title: str
    n: int
    seed: int
    population: Population
    sampling: Sampling
    scales: Scales
    nulls: tuple[Null, ...]
    items: Mapping[str, Rule]
    insincerity: Insincerity
    silence: Mapping[str, Silence]


def read_model(path: Path, *, codebook: Codebook) -> Model:
    """The model in a YAML file, checked whole against the codebook.

    Raises
    ------
    DataError
        The file cannot be read, or a field is missing, unknown, out of range, or contradicts
        another or the codebook: all such are counted and ten are shown. Or a margin of the census
        does not fit.
    """
    try:
        held = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        reason = getattr(error, "problem", None) or getattr(error, "strerror", None) or error
        raise DataError(
            f"the model cannot be read; got {path.name}: {reason}; expected YAML in UTF-8. {HINT}"
        ) from error
    refuse(problems(held, codebook, file=path.name), hint=HINT)
    return _model(held, codebook)


def _model(held: Mapping[str, Any], codebook: Codebook) -> Model:
    scales = held["scales"]
    return Model(
        codebook=codebook,
        title=held["title"],
        n=held["default"]["n"],
        seed=held["default"]["seed"],
        population=_population(held["population"], codebook),
        sampling=Sampling(**held["design"]),
        scales=Scales(
            order=tuple(scales["order"]),
            correlations=tuple(tuple(pair) for pair in scales["correlations"]),
            paths=scales["paths"],
            effects=scales["effects"],
        ),
        nulls=tuple(_null(given, held) for given in held["nulls"]),
        items={name: _rule(given) for name, given in held["items"].items()},
        insincerity=Insincerity(
            **{**held["insincerity"], "hidden": tuple(held["insincerity"]["hidden"])}
        ),
        silence={kind: _silence(given) for kind, given in held["nonresponse"].items()},
    )


def _population(given: Mapping[str, Any], codebook: Codebook) -> Population:
    margins = {name: Margin(**margin) for name, margin in given["margins"].items()}
    ages = {code: (first, last) for code, (first, last) in given["ages"].items()}
    return Population(
        shares=margin_shares(margins, codebook, ages),
        ages=ages,
        region_types={name: tuple(codes) for name, codes in given["region_types"].items()},
        kazakh={name: tuple(shares) for name, shares in given["kazakh"].items()},
        education={
            settlement: {age: tuple(shares) for age, shares in ages.items()}
            for settlement, ages in given["education"].items()
        },
    )


def _null(given: Mapping[str, Any], held: Mapping[str, Any]) -> Null:
    every = [*held["scales"]["order"], *held["items"]]
    spared = {given["effect_of"], *given.get("except", ())}
    on = every if given["effect_on"] == "all" else given["effect_on"]
    return Null(
        name=given["name"],
        says=given["says"],
        effect_of=given["effect_of"],
        on=tuple(name for name in on if name not in spared),
    )


def _rule(given: Mapping[str, Any]) -> Rule:
    return Rule(
        scale=given.get("scale"),
        loading=given.get("loading", 0.0),
        thresholds=tuple(given["thresholds"]),
        effects=given.get("effects", {}),
    )


def _silence(given: Mapping[str, Any]) -> Silence:
    more = given.get("more")
    return Silence(
        base=given["base"],
        education=given["education"],
        items=given["items"],
        more=more and (more["scale"], tuple(more["answers"]), more["times"]),
    )
