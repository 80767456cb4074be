"""Columns of a respondent file read for a design: weights, units, levels, and why one is refused."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.errors import DesignError, EstimationError

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

SMALLEST_WEIGHT = 1e-50
"""Beyond this and its inverse, squares of sums of weights leave the range of numbers."""


def unknown_columns(names: list[str], rows: pd.DataFrame) -> str:
    """The message for columns that are not there."""
    return f"unknown column {names}; expected some of {list(rows.columns)}. Check the spelling."


def require(rows: pd.DataFrame, *columns: str) -> None:
    """Raise an `EstimationError` that names the columns which the rows lack."""
    absent = [column for column in columns if column not in rows.columns]
    if absent:
        raise EstimationError(unknown_columns(absent, rows))


def codes_of(rows: pd.DataFrame, column: str) -> Codes:
    """Strata or units as numbers from 0, in order; none may be missing."""
    codes, _ = pd.factorize(rows[column], sort=True)
    missing = int((codes == -1).sum())
    if missing:
        raise DesignError(
            f"column {column!r} has {missing} missing values of {len(rows)}; expected none."
            " Every respondent was drawn from somewhere."
        )
    return np.asarray(codes, dtype=np.int64)


def weights_of(rows: pd.DataFrame, column: str) -> Floats:
    """Sampling weights, each a number above 0."""
    try:
        weight = rows[column].to_numpy(dtype="float64", na_value=np.nan)
    except (TypeError, ValueError) as error:
        raise DesignError(
            f"weights {column!r} are not numbers; got {rows[column].dtype}; expected numbers above 0."
        ) from error
    bad = ~(np.isfinite(weight) & (weight > 0))
    if bad.any():
        first = int(np.argmax(bad))
        raise DesignError(
            f"{int(bad.sum())} weights of {len(rows)} in column {column!r} cannot be used; got"
            f" {rows[column].iloc[first]} first, in row {first}; expected numbers above 0."
            " Leave out respondents who were not weighted, before the design is declared."
        )
    if weight.min() < SMALLEST_WEIGHT or weight.max() > 1 / SMALLEST_WEIGHT:
        raise DesignError(
            f"weights {column!r} are too small or too large to be added; got {weight.min():g} to"
            f" {weight.max():g}; expected {SMALLEST_WEIGHT:g} to {1 / SMALLEST_WEIGHT:g}."
            " Rescale them."
        )
    return np.asarray(weight, dtype=np.float64)


def fractions_of(rows: pd.DataFrame, stratum: Codes, counts: Codes, column: str | None) -> Floats:
    """Sampling fraction of each stratum: units drawn over units in the population."""
    if column is None:
        return np.zeros(counts.size)
    try:
        known = rows[column].to_numpy(dtype="float64", na_value=np.nan)
    except (TypeError, ValueError) as error:
        raise DesignError(
            f"column {column!r} is not a number of units; got {rows[column].dtype}; expected"
            " numbers of at least the units drawn."
        ) from error
    population = np.zeros(counts.size)
    population[stratum] = known
    if not np.array_equal(population[stratum], known):
        raise DesignError(
            f"column {column!r} is missing or changes within a stratum; expected one number of"
            " population units for each stratum."
        )
    if (population < counts).any():
        raise DesignError(
            f"column {column!r} gives fewer units in the population than were drawn; got"
            f" {population[population < counts][0]:g}; expected at least"
            f" {counts[population < counts][0]}."
        )
    return np.asarray(counts / population, dtype=np.float64)


def consecutive(keys: Codes) -> Codes:
    """The same keys numbered from 0 in their order, without gaps."""
    order = pd.factorize(keys, sort=True)[0]
    return np.asarray(order, dtype=np.int64)


def factors(column: pd.Series) -> tuple[Codes, pd.Index]:
    """Codes of a column from 0, -1 where missing, and its levels in order."""
    codes, levels = pd.factorize(column, sort=True)
    return np.asarray(codes, dtype=np.int64), pd.Index(levels)


def level_name(level: object) -> str:
    """A level as text; whole numbers lose the ``.0`` that a missing value elsewhere gave them."""
    return str(int(level)) if isinstance(level, float) and level.is_integer() else str(level)


def distinct(rows: pd.DataFrame, column: str) -> pd.DataFrame:
    """One row for each value of ``column``; all rows where it is absent, for others to refuse."""
    return pd.DataFrame({column: rows[column].unique()}) if column in rows.columns else rows


def strata_of_units(stratum: Codes, psu: Codes) -> Codes:
    """The stratum of each unit."""
    home = np.zeros(int(psu.max()) + 1, dtype=np.int64)
    home[psu] = stratum
    return home


def numbers_of(rows: pd.DataFrame, item: str) -> Floats:
    """A column as numbers, missing values as NaN."""
    require(rows, item)
    column = rows[item]
    if not pd.api.types.is_numeric_dtype(column.dtype):
        raise EstimationError(
            f"item {item!r} is not numeric; got {column.dtype}; expected numbers. Code the"
            " answers first."
        )
    return np.asarray(column.to_numpy(dtype="float64", na_value=np.nan), dtype=np.float64)


def refuse_lone_units(
    rows: pd.DataFrame, strata: str | None, stratum: Codes, counts: Codes
) -> None:
    """Raise a `DesignError` that names the strata in which one unit was drawn."""
    alone = np.flatnonzero(counts == 1)
    if not alone.size:
        return
    names = ["the sample"]
    if strata is not None:
        names = [str(rows[strata].iloc[int(np.argmax(stratum == code))]) for code in alone[:10]]
    raise DesignError(
        f"{alone.size} strata have one sampling unit, so their variance is unknown; got"
        f" {', '.join(names)}; expected at least two. Join each to a similar stratum."
    )
