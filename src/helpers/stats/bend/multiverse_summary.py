"""What the paths of a multiverse agree on, and which choice they hang on."""

from __future__ import annotations

import math
from collections.abc import Collection
from typing import Literal

import numpy as np
import pandas as pd

from helpers.errors import EstimationError
from helpers.evidence import evidence_of
from helpers.stats.columns import require
from helpers.stats.estimates import Estimate, Inapplicable, join_sources, to_frame

Agreement = Literal["sign", "significance", "both"]


def agreement(rows: pd.DataFrame, *, of: Agreement = "sign") -> Estimate | Inapplicable:
    """The share of paths that agree with the main path.

    Parameters
    ----------
    rows : all rows of `multiverse`.
    of : in the ``sign``, in ``significance`` (whether the null is excluded), or in ``both``.

    Returns
    -------
    A share in percent of the paths that have a result, the main path among them. Exact, so without
    interval; paths are not a sample. Or `Inapplicable`: the main path has no such result.

    Raises
    ------
    EstimationError
        ``of`` is unknown, a column is missing, or the rows have no one main path.

    Notes
    -----
    R equivalent: ``mean(sign(x) == sign(x[main]))``. Source: Steegen and others (2016).
    """
    needed = {"sign": ["same_sign"], "significance": ["excludes_null"],
              "both": ["same_sign", "excludes_null"]}  # fmt: skip
    if of not in needed:
        raise EstimationError(f"unknown agreement {of!r}; expected one of {list(needed)}.")
    _need(rows, ["main", *needed[of]])
    chief = rows.loc[rows["main"], needed[of]]
    if len(chief) != 1:
        raise EstimationError(
            f"agreement is with one main path; got {len(chief)} of {len(rows)} rows; expected one."
            " Take all rows of multiverse()."
        )
    if chief.isna().any(axis=None):
        return Inapplicable(f"the main path has no {' and no '.join(needed[of])}", "agreement")
    known = rows.dropna(subset=needed[of])
    agree = (known[needed[of]] == chief.iloc[0]).all(axis=1)
    return _share("paths", of, 100 * float(agree.mean()), known, "agreement")


def influence(rows: pd.DataFrame, *, choices: Collection[str]) -> pd.DataFrame | Inapplicable:
    """How much of the variance between paths each choice explains: eta squared, one way.

    On all combinations the choices are orthogonal, so the shares add up; what is left, the last
    row ``combinations``, depends on several choices together.

    Parameters
    ----------
    rows : all rows of `multiverse`.
    choices : the names of all its choices.

    Returns
    -------
    A row a choice in percent of the sum of squares of the estimates. Or `Inapplicable`: a path has
    no estimate, or all estimates are equal.

    Raises
    ------
    EstimationError
        A choice is unknown, combinations are missing or repeated, or units differ between paths.

    Notes
    -----
    R equivalent: ``summary(aov(estimate ~ a + b))``, ``Sum Sq`` by their total. Source: Fisher
    (1925) for eta squared, Patel, Burford and Ioannidis (2015) for its use.
    """
    names = list(choices)
    _need(rows, ["estimate", "unit", *names])
    combinations = math.prod(rows[name].nunique() for name in names)
    if not names or rows.duplicated(names).any() or len(rows) != combinations:
        raise EstimationError(
            f"the paths are not all combinations; got {len(rows)} rows; expected {combinations}"
            f" that differ in {names}. Name every choice, and take all rows of multiverse()."
        )
    lacking = int(rows["estimate"].isna().sum())
    if lacking:
        return Inapplicable(f"{lacking} of {len(rows)} paths have no estimate", "influence")
    if len(set(rows["unit"])) != 1:
        raise EstimationError(
            f"estimates on different scales have no common variance; got units"
            f" {sorted(map(str, set(rows['unit'])))}; expected one. Compare paths of one unit."
        )
    apart = rows["estimate"] - rows["estimate"].mean()
    total = float((apart**2).sum())
    if math.sqrt(total) <= 1e-12 * float(np.linalg.norm(rows["estimate"])):
        return Inapplicable("all paths give the same estimate", "influence")
    parts = {
        name: 100 * float((apart.groupby(rows[name]).transform("mean") ** 2).sum()) / total
        for name in names
    }
    parts["combinations"] = max(0.0, 100 - sum(parts.values()))
    return to_frame(
        _share(name, "eta squared", part, rows, "influence") for name, part in parts.items()
    )


def _share(item: str, level: str, percent: float, rows: pd.DataFrame, method: str) -> Estimate:
    """An exact share over paths; ``n`` would be respondents, and paths are none."""
    return Estimate(
        item=item, level=level, group="all", estimate=percent, se=None, ci_low=None, ci_high=None,
        n=None, n_eff=None, deff=None, df=None, unit="percent", evidence=evidence_of(rows),
        source=join_sources(rows), method=method,
    )  # fmt: skip


def _need(rows: pd.DataFrame, columns: list[str]) -> None:
    require(rows, *columns)
