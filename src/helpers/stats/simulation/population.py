"""The simulated population: who there is, cell by cell, and where each cell stands on the scales."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.errors import DataError
from helpers.stats.design import Floats
from helpers.stats.simulation.checks_items import FACTS
from helpers.stats.simulation.model import Effects, Model

URBAN, RURAL = 1, 2
KAZAKH, RUSSIAN = 1, 2


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Structure:
    """What paths and correlations amount to, scales in the order of the model.

    Attributes
    ----------
    total
        How much each scale (row) moves, directly or not, when the remainder of another moves by 1.
    correlation
        Of positions given the background; its diagonal is 1.
    """

    total: Floats
    correlation: Floats


def structure(model: Model) -> Structure:
    """Total effects and correlations of the positions given the background.

    Raises
    ------
    DataError
        Paths leave no variance for a remainder, or correlations contradict each other or a path.

    Notes
    -----
    Positions are ``(I − P)⁻¹`` times remainders, whose correlations are those of the model and
    whose variances bring every position to variance 1. Source: Bollen (1989).
    """
    order = model.scales.order
    paths, linked = np.zeros((len(order),) * 2), np.eye(len(order))
    for effect, causes in model.scales.paths.items():
        for cause, size in causes.items():
            paths[order.index(effect), order.index(cause)] = size
    for one, other, size in model.scales.correlations:
        pair = order.index(one), order.index(other)
        linked[pair] = linked[pair[::-1]] = size
    total: Floats = np.linalg.inv(np.eye(len(order)) - paths).astype(np.float64)
    spread = np.ones(len(order))
    for place, name in enumerate(order):
        with_causes = np.ix_(range(place), range(place))
        part = total[with_causes] * spread[:place]
        explained = (
            paths[place, :place] @ (part @ linked[with_causes] @ part.T) @ paths[place, :place]
        )
        if explained >= 1:
            raise DataError(
                f"paths explain more than all of scale {name!r}; got {explained:.3f} of its"
                " variance; expected less than 1. Make the paths smaller."
            )
        spread[place] = np.sqrt(1 - explained)
    moved = total * spread
    correlation = moved @ linked @ moved.T
    if np.linalg.eigvalsh(linked)[0] < 1e-6 or np.abs(np.diag(correlation) - 1).max() > 1e-9:
        raise DataError(
            "correlations of the scales contradict each other or the paths; got positions that"
            " cannot all have variance 1; expected no correlation, beside the path, of a scale with"
            " its causes. Mend scales in the model."
        )
    return Structure(total=total, correlation=correlation)


def strata(model: Model) -> pd.DataFrame:
    """Region × settlement: ``stratum region settlement type share``; cities have no villages."""
    shares = model.population.shares
    kind = {code: name for name, codes in model.population.region_types.items() for code in codes}
    cities = sum(share for code, share in shares["region"].items() if kind[code] == "city")
    urban = (shares["settlement"][URBAN] - cities) / (1 - cities)
    if not 0 < urban < 1:
        raise DataError(
            f"cities and settlement contradict each other; got {cities:.3f} of all in cities and"
            f" {shares['settlement'][URBAN]:.3f} urban; expected some, not all, of the others urban."
        )
    rows = [
        {"stratum": code * 10 + place, "region": code, "settlement": place, "type": kind[code],
         "share": share * part}
        for code, share in shares["region"].items()
        for place, part in (
            ((URBAN, 1.0),) if kind[code] == "city" else ((URBAN, urban), (RURAL, 1 - urban))
        )
    ]  # fmt: skip
    return pd.DataFrame(rows)


def cells(model: Model) -> pd.DataFrame:
    """Everybody by stratum, sex, age group, education and language, with their ``share`` of all.

    Rows run by stratum, then sex × age, education and language, so that the place of a cell
    follows from the places of its parts.
    """
    sex_age = model.population.shares["sex_age"]
    people = model.population
    rows = [
        (*place[:4], pair // 10, pair % 10, level, language,
         place.share * among * of_level * (kazakh if language == KAZAKH else 1 - kazakh))
        for place in strata(model).itertuples(index=False)
        for pair, among in sex_age.items()
        for level, of_level in zip(
            model.codebook.item("education").codes,
            people.education[place.settlement][pair % 10], strict=True,
        )
        for kazakh in (people.kazakh[place.type][place.settlement - 1],)
        for language in (KAZAKH, RUSSIAN)
    ]  # fmt: skip
    names = ["stratum", "region", "settlement", "type", "sex", "age_group", "education", "language"]
    return pd.DataFrame(rows, columns=[*names, "share"])


def added(rows: pd.DataFrame, effects: Effects) -> Floats:
    """The sum of the effects of the background for each row; shape (rows,)."""
    total = np.zeros(len(rows))
    for fact in FACTS:
        for code, size in effects.get(fact, {}).items():
            total += np.where(rows[fact] == code, size, 0.0)
    return total


def positions(model: Model, rows: pd.DataFrame) -> Floats:
    """Mean position of each row on each scale, through paths as well; shape (rows, scales)."""
    direct = [added(rows, model.scales.effects.get(name, {})) for name in model.scales.order]
    return np.asarray(np.column_stack(direct) @ structure(model).total.T, dtype=np.float64)
