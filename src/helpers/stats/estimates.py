"""The one shape of a result: a row with an estimate, its interval, its base and its evidence."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import wraps
from inspect import signature
from typing import Any, ParamSpec, TypeVar, cast

import numpy as np
import pandas as pd

from helpers.errors import EstimationError, EvidenceError
from helpers.evidence import Evidence, evidence_of
from helpers.stats.columns import Floats, require

CONFIDENCE = 0.95
MEASURES = ("estimate", "se", "ci_low", "ci_high", "n_eff", "deff", "df")


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """One number and how sure it is.

    Attributes
    ----------
    item, level, group
        What was asked about, which answer, and among whom (for a poll: its ``poll_id``).
    estimate, se, ci_low, ci_high
        In ``unit``; ``se`` and limits are None where no interval can be given.
    n, n_eff, deff, df
        Base as published or counted, base after the design effect, the design effect assumed or
        estimated, degrees of freedom.
    unit
        ``percent`` (0 to 100), ``points`` (a difference of percents), ``count``, or the name of
        the scale: ``units`` of the item, ``correlation``, ``probability``, ``log-odds``, ``index``
        (a number without unit), ``logit``.
    evidence, source
        What the number rests on: its kind, and source keys joined by ``;``.
    method
        Key of the method; the function of that name in `helpers.stats` explains it.
    """

    item: str
    level: str
    group: str
    estimate: float
    se: float | None
    ci_low: float | None
    ci_high: float | None
    n: int | None
    n_eff: float | None
    deff: float | None
    df: float | None
    unit: str
    evidence: Evidence
    source: str
    method: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TestResult:
    """One hypothesis test: what was tested, the statistic, and how large the effect is.

    Attributes
    ----------
    statistic, statistic_name
        The test statistic and its name, such as ``F``, ``z``, ``chi2``, ``U``.
    df
        Degrees of freedom: one for most, numerator and denominator for ``F``, none for exact tests.
    p_value
        Two-sided unless the method says otherwise; from the upper tail, so never rounded to 0.
    effect
        The size of the effect with its interval; None where the method has none.
    n
        Rows that entered.
    method
        Key of the method; the function of that name in `helpers.stats` explains it.
    """

    statistic: float
    statistic_name: str
    df: tuple[float, ...]
    p_value: float
    effect: Estimate | None
    n: int
    method: str

    __test__ = False  # pytest takes a class of this name for a test


@dataclass(frozen=True, slots=True)
class Inapplicable:
    """A method that cannot answer here, and why: tables and charts show the reason.

    Returned where the question is sound and the data cannot bear it, such as a trend over one
    group, or an instrument without the item. Input that contradicts itself raises an
    `EstimationError` instead. ``evidence`` is what the answer would have rested on; a result that
    is shown in the book needs it.
    """

    reason: str
    method: str
    evidence: Evidence | None = None


Given = ParamSpec("Given")
Made = TypeVar("Made")


def reason_passes(function: Callable[Given, Made]) -> Callable[Given, Made | Inapplicable]:
    """Let ``function`` hand on an `Inapplicable` that stands in place of its first argument.

    A chart or summary of what cannot be estimated is that it cannot be: chapters need no branches.

    ``function`` then raises, treats missing values and has units as before. In all else as
    `pick`.
    """

    @wraps(function)
    def passing(*given: Given.args, **options: Given.kwargs) -> Made | Inapplicable:
        first = given[0] if given else None
        return first if isinstance(first, Inapplicable) else function(*given, **options)

    return passing


def reads(
    *columns: str,
) -> Callable[[Callable[Given, Made]], Callable[Given, Made | Inapplicable]]:
    """`reason_passes` for a function of rows that must have these columns, or are refused."""

    def decorate(function: Callable[Given, Made]) -> Callable[Given, Made | Inapplicable]:
        first = next(iter(signature(function).parameters))

        @wraps(function)
        def reading(*given: Given.args, **options: Given.kwargs) -> Made:
            rows = given[0] if given else options[first]
            require(cast("pd.DataFrame", rows), *columns)
            return function(*given, **options)

        return reason_passes(reading)

    return decorate


def joined(parts: Iterable[pd.DataFrame], what: str) -> pd.DataFrame:
    """The rows of several frames, one below the other; that there are none is an error."""
    found = list(parts)
    if not found:
        raise EstimationError(f"{what} cannot be shown; got no rows; expected at least one.")
    return pd.concat(found, ignore_index=True)


def matching(rows: pd.DataFrame, **where: object) -> pd.DataFrame:
    """The rows whose columns equal ``where``; an unknown column is an `EstimationError`."""
    require(rows, *where)
    for column, value in where.items():
        rows = rows[rows[column] == value]
    return rows


def figures(rows: pd.DataFrame, column: str) -> Floats:
    """A column of rows as numbers, shape (rows,), missing values as NaN; text is refused."""
    require(rows, column)
    try:
        return np.asarray(rows[column].to_numpy(dtype="float64", na_value=np.nan), dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise EstimationError(
            f"column {column!r} holds no numbers; got {rows[column].dtype}; expected numbers."
        ) from error


def to_frame(estimates: Iterable[Estimate]) -> pd.DataFrame:
    """Estimates as rows, in the order given; None becomes a missing value.

    ``estimates`` may be none. In all else as `pick`.
    """
    rows = list(estimates)
    kinds = dict.fromkeys(Estimate.__dataclass_fields__, "str")
    kinds |= dict.fromkeys(MEASURES, "float64") | {"n": "Int64"}
    return pd.DataFrame(
        {name: pd.array([getattr(row, name) for row in rows], kind) for name, kind in kinds.items()}
    )


def pick(rows: pd.DataFrame, **where: str | float) -> Estimate:
    """The one row of ``rows`` whose columns equal ``where``.

    A missing value equals nothing.

    Parameters
    ----------
    rows : result rows of any number, with the columns of `Estimate` and perhaps more.
    where : the value wanted of each column.

    Returns
    -------
    The row, in its own unit.

    Raises
    ------
    EstimationError
        No row or several rows match, or a column is unknown.

    Notes
    -----
    R equivalent: ``subset(rows, item == value)``. Source: none, a row is read and nothing is
    computed.
    """
    require(rows, *Estimate.__dataclass_fields__)
    chosen = matching(rows, **where)
    if len(chosen) != 1:
        raise EstimationError(
            f"a number needs exactly one row; got {len(chosen)} of {len(rows)} rows for {where};"
            " expected one. Name more columns, or check the spelling."
        )
    kind, first = evidence_of(chosen), chosen.iloc[0]
    values: dict[str, Any] = {name: _plain(first[name]) for name in Estimate.__dataclass_fields__}
    return Estimate(**{**values, "evidence": kind})


def count(rows: pd.DataFrame, column: str | None = None) -> Estimate:
    """How many rows there are, or how many distinct values of ``column``, as an estimate.

    Missing values are not counted as a value. The number is exact, so it has no interval.

    In all else as `pick`.
    """
    if column is not None:
        require(rows, column)
    number = len(rows) if column is None else int(rows[column].nunique())
    return Estimate(
        item=column or "rows",
        level="count",
        group="all",
        estimate=float(number),
        se=None,
        ci_low=None,
        ci_high=None,
        n=None,
        n_eff=None,
        deff=None,
        df=None,
        unit="count",
        evidence=evidence_of(rows),
        source=join_sources(rows),
        method="count",
    )


def join_sources(rows: pd.DataFrame) -> str:
    """The distinct source keys of these rows, sorted and joined by ``;``.

    Raises
    ------
    EvidenceError
        The rows have neither a column ``source`` nor ``source_id``.
    """
    column = "source" if "source" in rows.columns else "source_id"
    if column not in rows.columns:
        raise EvidenceError(
            f"the rows carry no source; got columns {list(rows.columns)}; expected 'source' or"
            " 'source_id'. Keep that column."
        )
    keys = {key for cell in rows[column].dropna().unique() for key in str(cell).split(";") if key}
    return ";".join(sorted(keys))


def _plain(value: object) -> object:
    """A Python value for a cell; missing becomes None."""
    if value is None or value is pd.NA or (isinstance(value, float) and math.isnan(value)):
        return None
    item = getattr(value, "item", None)
    return item() if callable(item) else value
