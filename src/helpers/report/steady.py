"""Numbers as the register keeps them: rounded to the digits that every processor gives alike.

The same sum ends in other last bits on another processor, whose libraries add in another order. A
hash of unrounded rows would then call the same result another one.
"""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import pandas as pd

from helpers.stats.estimates import Estimate

DIGITS = 9
"""Significant digits kept. Processors were seen to agree in twelve or more; five are printed."""


def steady(value: float) -> float:
    """The number, rounded to `DIGITS` significant digits; what is not finite stays as it is."""
    return float(f"{value:.{DIGITS - 1}e}")


def steady_rows(rows: pd.DataFrame) -> pd.DataFrame:
    """A copy of the rows with each float rounded by `steady`; other cells stay as they are."""
    kept = rows.copy()
    for name in kept.columns:
        if kept[name].dtype == object or pd.api.types.is_float_dtype(kept[name]):
            kept[name] = kept[name].map(
                lambda cell: steady(cell) if isinstance(cell, float) else cell
            )
    return kept


def steady_estimate(estimate: Estimate) -> Estimate:
    """The estimate with each of its floats rounded by `steady`."""
    found = {field.name: getattr(estimate, field.name) for field in fields(estimate)}
    floats: dict[str, Any] = {
        name: steady(value) for name, value in found.items() if isinstance(value, float)
    }
    return replace(estimate, **floats)
