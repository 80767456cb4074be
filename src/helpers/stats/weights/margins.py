"""Respondents sorted into the cells in which margins cross, with the total each category has to meet."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import pandas as pd

from helpers.errors import DesignError, EstimationError
from helpers.stats.columns import Codes, Floats, require, weights_of

Targets: TypeAlias = Mapping[Hashable, float] | pd.Series

ROUNDING = 1e-9
"""How far, relatively, sums of targets may differ: they are the same but for the last digits."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Cells:
    """Respondents sorted into the cells in which the margins cross, and the totals to be met.

    Attributes
    ----------
    cell
        Cell of each row; a cell is a combination of categories that occurs.
    category, target, label
        For each margin: the category of each cell, the total of each category, and its name.
    """

    cell: Codes
    category: tuple[Codes, ...]
    target: tuple[Floats, ...]
    label: tuple[tuple[str, ...], ...]


def crossed(rows: pd.DataFrame, margins: Mapping[str, Targets], *, total: float) -> Cells:
    """Rows sorted into the cells of ``margins``; shares become totals that sum to ``total``.

    Raises
    ------
    EstimationError
        No margin or an unknown column; a missing value; a category without target, a target
        without respondents or not above 0; or sums of targets that differ.
    """
    if not margins:
        raise EstimationError("raking needs margins; got none; expected at least one column.")
    _check_columns(list(margins), rows)
    wanted = {column: _targets(column, targets) for column, targets in margins.items()}
    sums = {column: float(target.sum()) for column, target in wanted.items()}
    most = max(sums.values())
    if most - min(sums.values()) > ROUNDING * most:
        raise EstimationError(
            f"targets do not sum alike; got {sums}; expected one sum for all margins. Turn all"
            " into shares that sum to 1, or all into totals."
        )
    aim = total if _are_shares(most) else most
    codes = [_category_codes(rows[column], target.index) for column, target in wanted.items()]
    cell = crossing(codes)
    example = np.zeros(int(cell.max()) + 1, dtype=np.int64)
    example[cell] = np.arange(cell.size)
    category = tuple(code[example] for code in codes)
    for code, (column, target) in zip(category, wanted.items(), strict=True):
        _check_all_seen(column, code, target.index)
    return Cells(
        cell=cell,
        category=category,
        target=tuple(target.to_numpy() * (aim / sums[name]) for name, target in wanted.items()),
        label=tuple(
            tuple(f"{category!r} of {column!r}" for category in target.index)
            for column, target in wanted.items()
        ),
    )


def crossed_once(rows: pd.DataFrame, targets: pd.Series, *, total: float) -> tuple[Codes, Floats]:
    """The cell of each row and the total of each cell, where every cell has a target of its own.

    The names of the index of ``targets`` are columns of ``rows``. Raises as `crossed` does.
    """
    columns = list(targets.index.names)
    name = " × ".join(map(str, columns))
    _check_columns(columns, rows)
    target = _targets(name, targets)
    key, sought = np.zeros(len(rows), dtype=np.int64), np.zeros(len(target), dtype=np.int64)
    for column in columns:
        known = target.index.get_level_values(column)
        categories = known.unique()
        key = key * len(categories) + _category_codes(rows[column], categories)
        sought = sought * len(categories) + categories.get_indexer(known)
    code = np.asarray(pd.Index(sought).get_indexer(key), dtype=np.int64)
    if (code == -1).any():
        stray = rows.loc[code == -1, columns].drop_duplicates()
        shown = [tuple(row) for row in stray.head(10).itertuples(index=False)]
        raise EstimationError(
            f"{len(stray)} cells of {name} have respondents and no target; got {shown}; expected"
            " a target for each cell that occurs. Add it, or join cells."
        )
    _check_all_seen(name, code, target.index)
    wanted = target.to_numpy()
    return code, wanted * (total / wanted.sum()) if _are_shares(float(wanted.sum())) else wanted


def crossing(codes: Sequence[Codes]) -> Codes:
    """One code for each combination of codes that occurs."""
    key, size = codes[0], int(codes[0].max()) + 1
    for code in codes[1:]:
        levels = int(code.max()) + 1
        if size > np.iinfo(np.int64).max // levels:
            key = pd.factorize(key)[0].astype(np.int64)
            size = int(key.max()) + 1
        key, size = key * levels + code, size * levels
    return np.asarray(pd.factorize(key)[0], dtype=np.int64)


def base_weights(rows: pd.DataFrame, column: str) -> Floats:
    """The weights to start from.

    Raises
    ------
    DesignError
        No rows, or a weight that is missing, infinite or not above 0.
    """
    if rows.empty:
        raise DesignError("weighting needs respondents; got 0 rows; expected at least 1.")
    _check_columns([column], rows)
    return weights_of(rows, column)


def _category_codes(column: pd.Series, categories: pd.Index) -> Codes:
    """The place of each row's value among ``categories``."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        position, values = column.cat.codes.to_numpy(), column.cat.categories
    else:
        position, values = pd.factorize(column)
    code = np.append(categories.get_indexer(values), -1)[position]
    if (code == -1).any():
        missing = int(column.isna().sum())
        if missing:
            raise EstimationError(
                f"column {column.name!r} has {missing} missing values of {len(column)}; expected"
                " none. Make missing a category with a target of its own, or leave these"
                f" respondents out: rows.dropna(subset=[{column.name!r}])."
            )
        stray = sorted({repr(value) for value in column[code == -1]})
        raise EstimationError(
            f"{len(stray)} categories of {column.name!r} have no target; got"
            f" {', '.join(stray[:10])}; expected some of {list(categories)}. Add a target, or join"
            " categories."
        )
    return np.asarray(code, dtype=np.int64)


def _targets(name: str, targets: Targets) -> pd.Series:
    target = pd.Series(targets, dtype="float64")
    values = target.to_numpy()
    if not values.size or not (np.isfinite(values) & (values > 0)).all():
        raise EstimationError(
            f"targets of {name!r} cannot be used; got {target.to_dict()}; expected numbers above 0."
            " Leave out categories that nobody belongs to."
        )
    if not target.index.is_unique or target.index.to_frame().isna().any(axis=None):
        raise EstimationError(
            f"targets of {name!r} name a category twice or not at all; got {list(target.index)};"
            " expected one target for each category."
        )
    return target


def _are_shares(total: float) -> bool:
    return abs(total - 1) <= ROUNDING


def _check_all_seen(name: str, code: Codes, categories: pd.Index) -> None:
    unseen = categories[np.bincount(code, minlength=len(categories)) == 0]
    if len(unseen):
        raise EstimationError(
            f"{len(unseen)} targets of {name!r} have no respondents; got {list(unseen[:10])};"
            " expected respondents in every category. Join each to a category that has some."
        )


def _check_columns(columns: list[str], rows: pd.DataFrame) -> None:
    require(rows, *columns)
