"""The truth behind simulated respondents that has no closed form, from one large simulation of fixed size."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from helpers.stats.design import Codes, Floats
from helpers.stats.simulation.answers import interviewed
from helpers.stats.simulation.model import Model
from helpers.stats.simulation.sample import clusters

PARTS, PART_SIZE = 20, 20_000
"""Twenty independent samples of 20,000; the spread of their results gives the error."""

Found = dict[str, dict[str, Any]]


def large_truth(model: Model, *, parts: int = PARTS, size: int = PART_SIZE) -> dict[str, Any]:
    """Means, standard deviations and correlations of scores, and their share between clusters.

    Every stratum is drawn in proportion to its population and everybody is reached alike, so that
    no weights are needed. A score is the mean of a respondent's answers to the items of a scale,
    those worded the other way round turned, where at least as many are answered as the codebook
    asks.

    Returns
    -------
    ``sincere``: if all were sincere and answered; ``answered``: as answered. Each value has its
    ``error``, the standard error over the independent parts.
    """
    plain = replace(
        model, sampling=replace(model.sampling, allocation_power=1.0, reach={}),
        insincerity=replace(model.insincerity, sensitivity={}),
        silence={kind: replace(rule, base=0.0) for kind, rule in model.silence.items()},
    )  # fmt: skip
    as_answered = replace(plain, insincerity=model.insincerity, silence=model.silence)
    return {
        "respondents": parts * size,
        "parts": parts,
        "sincere": _over_parts(plain, parts, size, _moments, _icc),
        "answered": _over_parts(as_answered, parts, size, _moments),
    }


def scores(model: Model, rows: pd.DataFrame) -> pd.DataFrame:
    """The score of each respondent on each scale, missing where too few items are answered."""
    book = model.codebook
    return pd.DataFrame({
        scale.name: _score(rows, model, scale.name, scale.least) for scale in book.scales
    })  # fmt: skip


def _score(rows: pd.DataFrame, model: Model, scale: str, least: int) -> Floats:
    total, count = np.zeros(len(rows)), np.zeros(len(rows))
    for item in model.codebook.scale(scale):
        code = rows[item.name].to_numpy()
        there = code >= item.codes[0]
        turned = item.codes[0] + item.codes[-1] - code if item.reverse else code
        total += np.where(there, turned, 0)
        count += there
    return np.where(count >= least, total / np.maximum(count, 1), np.nan)


def _over_parts(
    model: Model, parts: int, size: int,
    *measures: Callable[[Model, pd.DataFrame, pd.DataFrame], pd.Series],
) -> Found:  # fmt: skip
    """Each measure averaged over independent samples, with its standard error."""
    results = []
    for part in range(parts):
        rows = interviewed(model, clusters(model, n=size), seed=f"truth {part}")
        found = scores(model, rows)
        results.append(pd.concat([measure(model, rows, found) for measure in measures]))
    table = pd.DataFrame(results)
    error = table.std(ddof=1) / np.sqrt(parts)
    held: Found = {}
    for (measure, name), value in table.mean().items():
        held.setdefault(measure, {})[name] = {
            "value": float(value),
            "error": float(error[measure, name]),
        }
    return held


def _moments(model: Model, rows: pd.DataFrame, found: pd.DataFrame) -> pd.Series:
    del model, rows
    linked = found.corr()
    names = list(found)
    values = {("mean", name): found[name].mean() for name in names}
    values |= {("sd", name): found[name].std() for name in names}
    values |= {
        ("correlation", f"{one}, {other}"): linked.loc[one, other]
        for place, one in enumerate(names)
        for other in names[place + 1 :]
    }
    return pd.Series(values)


def _icc(model: Model, rows: pd.DataFrame, found: pd.DataFrame) -> pd.Series:
    unit = pd.factorize(rows["psu"])[0].astype(np.int64)
    home = pd.factorize(rows["stratum"])[0].astype(np.int64)
    values = {("icc", name): _between(found[name].to_numpy(), unit, home) for name in found}
    values |= {
        ("icc", item.name): _between(rows[item.name].to_numpy().astype(np.float64), unit, home)
        for item in model.codebook.items
        if item.scale is not None
    }
    return pd.Series(values)


def _between(value: Floats, unit: Codes, home: Codes) -> float:
    """Share of the variance within strata that lies between clusters, by analysis of variance."""
    size = np.bincount(unit)
    middle = np.bincount(unit, weights=value) / size
    inside = np.bincount(home)
    centre = np.bincount(home, weights=value) / inside
    stratum = np.zeros(size.size, dtype=np.int64)
    stratum[unit] = home
    degrees = size.size - inside.size
    among = float((size * (middle - centre[stratum]) ** 2).sum()) / degrees
    within = float(((value - middle[unit]) ** 2).sum()) / (value.size - size.size)
    typical = (value.size - float((size**2 / inside[stratum]).sum())) / degrees
    part = (among - within) / typical
    return part / (part + within)
