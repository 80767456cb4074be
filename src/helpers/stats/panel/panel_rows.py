"""Published country-years as arrays: checked, coded, and with intercepts swept out."""

from __future__ import annotations

import numpy as np
import pandas as pd

from helpers.errors import EstimationError
from helpers.stats.columns import require
from helpers.stats.design import Codes, Floats
from helpers.stats.estimates import Inapplicable
from helpers.stats.panel import panel_algebra as algebra


def fitted_panel(
    rows: pd.DataFrame, outcome: str, terms: list[str], unit: str, time: str
) -> algebra.Panel | Inapplicable:
    """The fitted panel, or what it lacks."""
    if not terms or len({outcome, *terms}) != 1 + len(terms):
        raise EstimationError(
            f"terms cannot be used; got {terms} for {outcome!r}; expected each once, and at least one."
        )
    values = np.column_stack([numbers(rows, name) for name in (outcome, *terms)])
    units, waves = codes(rows, unit), codes(rows, time)
    twice = int(rows.duplicated([unit, time]).sum())
    if twice:
        raise EstimationError(
            f"{twice} rows repeat a {unit} and {time}; expected one row for each. Filter them first."
        )
    if units.max() == 0 or waves.max() == 0:
        return Inapplicable(f"the panel has one {unit} or one {time}", "fixed_effects")
    basis = algebra.wave_basis(units, waves)
    swept = algebra.sweep(values, units, basis)
    left = np.linalg.norm(swept, axis=0) > algebra.FLAT * np.linalg.norm(values, axis=0)
    if not left.all():
        names = [name for name, some in zip((outcome, *terms), left, strict=True) if not some]
        return Inapplicable(
            f"{unit} and {time} explain {', '.join(names)} wholly, so no variation is left",
            "fixed_effects",
        )
    size = np.linalg.norm(swept, axis=0)
    if algebra.span(swept[:, 1:] / size[1:]).shape[1] < len(terms):
        raise EstimationError(
            f"terms repeat each other within {unit} and {time}; got {terms}; expected terms of which"
            " none follows from the others. Leave one out."
        )
    panel = algebra.least_squares(swept[:, 0], swept[:, 1:], units, basis)
    freedom = len(rows) - panel.absorbed - len(terms)
    if freedom < 1 or np.linalg.norm(panel.residuals) <= algebra.FLAT * size[0]:
        return Inapplicable("the terms fit the outcome without error", "fixed_effects")
    return panel


def numbers(rows: pd.DataFrame, column: str) -> Floats:
    """A numeric column without missing values."""
    require(rows, column)
    if not pd.api.types.is_numeric_dtype(rows[column]):
        raise EstimationError(
            f"column {column!r} is not numeric; got {rows[column].dtype}; expected numbers."
        )
    values: Floats = rows[column].to_numpy(dtype="float64", na_value=np.nan)
    bad = int((~np.isfinite(values)).sum())
    if bad or not len(values):
        raise EstimationError(
            f"column {column!r} has {bad} missing or infinite values of {len(values)}; expected"
            f" some rows and none missing. Say which are meant: rows.dropna(subset=[{column!r}])."
        )
    return values


def codes(rows: pd.DataFrame, column: str) -> Codes:
    """Codes from 0 of the units or waves."""
    require(rows, column)
    found: Codes = pd.factorize(rows[column], sort=True)[0].astype(np.int64)
    missing = int((found == -1).sum())
    if missing:
        raise EstimationError(
            f"column {column!r} has {missing} missing values of {len(rows)}; expected none."
            f" Say which are meant: rows.dropna(subset=[{column!r}])."
        )
    return found


def by_wave(rows: pd.DataFrame, item: str, time: str) -> tuple[Floats, Codes, Floats]:
    """Values, codes of waves and number of rows a wave."""
    values, wave = numbers(rows, item), codes(rows, time)
    size = np.bincount(wave).astype(np.float64)
    if (size < 2).any():
        raise EstimationError(
            f"{int((size < 2).sum())} waves have one row, which has no place among others; expected"
            " at least two. Leave these waves out."
        )
    return values, wave, size
