"""Studies read from result rows: their values and sampling variances on the pooling scale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.errors import EstimationError
from helpers.evidence import evidence_of
from helpers.stats.columns import require
from helpers.stats.estimates import Estimate, join_sources

Floats = npt.NDArray[np.float64]
Scale = Literal["logit", "identity"]


@dataclass(frozen=True, slots=True, eq=False)
class Studies:
    """Values and sampling variances on the pooling scale, and a result row to fill in."""

    y: Floats
    v: Floats
    row: Estimate


def read_studies(rows: pd.DataFrame, method: str, *, scale: str, deff: float | None) -> Studies:
    """The rows on the pooling scale, every one of them usable."""
    kind = evidence_of(rows)
    shape = list(Estimate.__dataclass_fields__)
    require(rows, *shape)
    if scale not in ("logit", "identity"):
        raise EstimationError(f"unknown scale; got {scale!r}; expected 'logit' or 'identity'.")
    check_present(rows, ["item", "level", "group", "estimate", "unit", "source"])
    units = sorted(set(rows["unit"]))
    if len(units) > 1 or (scale == "logit" and units != ["percent"]):
        raise EstimationError(
            f"rows cannot be pooled on the {scale} scale; got units {units}; expected"
            f" {'percent' if scale == 'logit' else 'one unit'}. Filter the rows, or name the other"
            " scale."
        )
    row = Estimate(
        item=_common(rows, "item"),
        level=_common(rows, "level"),
        group="all",
        estimate=0.0,
        se=None,
        ci_low=None,
        ci_high=None,
        n=None,
        n_eff=None,
        deff=None,
        df=None,
        unit=units[0],
        evidence=kind,
        source=join_sources(rows),
        method=method,
    )
    value = finite_numbers(rows, "estimate", -np.inf)
    if scale == "identity":
        se = finite_numbers(rows, "se", 0.0)
        return _comparable(value, se, row)
    n = finite_numbers(rows, "n", 0.0)
    effect = finite_numbers(rows if deff is None else rows.assign(deff=deff), "deff", 0.0)
    if not ((value >= 0) & (value <= 100)).all():
        raise EstimationError(
            f"a percentage lies outside its range; got {value.min():g} to {value.max():g};"
            " expected 0 to 100."
        )
    n_eff = n / effect
    yes = value / 100 * n_eff
    no = n_eff - yes
    half = np.where((yes <= 1e-9 * n_eff) | (no <= 1e-9 * n_eff), 0.5, 0.0)
    yes, no = yes + half, no + half
    base = replace(row, n=int(n.sum()), n_eff=float(n_eff.sum()), deff=float(n.sum() / n_eff.sum()))
    return _comparable(np.log(yes / no), np.sqrt(1 / yes + 1 / no), base)


def _comparable(y: Floats, se: Floats, row: Estimate) -> Studies:
    """The studies, where their numbers are near enough to each other to be weighed exactly."""
    least, most = float(se.min()), float(max(se.max(), np.abs(y).max()))
    if not 1e-50 < least <= most < min(1e50, 1e15 * least):
        raise EstimationError(
            f"estimates and standard errors are too far apart; got a least standard error of"
            f" {least:g} and a greatest number of {most:g}; expected a ratio below 1e15. Check"
            " their unit."
        )
    return Studies(y, se**2, row)


def _common(rows: pd.DataFrame, column: str) -> str:
    values = {str(value) for value in rows[column]}
    return values.pop() if len(values) == 1 else "all"


def check_present(rows: pd.DataFrame, columns: Sequence[str]) -> None:
    """Refuse columns that are not there or have missing values."""
    require(rows, *columns)
    for column in columns:
        missing = int(rows[column].isna().sum())
        if missing:
            raise EstimationError(
                f"column {column!r} has {missing} missing values of {len(rows)}; expected none."
                f" Say which studies are meant: rows.dropna(subset=[{column!r}])."
            )


def finite_numbers(rows: pd.DataFrame, column: str, above: float) -> Floats:
    """The column as finite numbers greater than ``above``."""
    check_present(rows, [column])
    try:
        values = rows[column].to_numpy(dtype="float64")
    except (TypeError, ValueError) as error:
        raise EstimationError(
            f"column {column!r} is not numeric; got {rows[column].dtype}; expected numbers."
        ) from error
    bad = ~(np.isfinite(values) & (values > above))
    if bad.any():
        wanted = "finite numbers" if above < 0 else f"finite numbers above {above:g}"
        raise EstimationError(
            f"column {column!r} has {int(bad.sum())} values that cannot be used; got"
            f" {values[bad][0]:g} first; expected {wanted}."
        )
    return np.asarray(values, dtype=np.float64)
