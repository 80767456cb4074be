"""Columns of respondents read as ordered answers: codes, scores and labels, with nothing missing."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.errors import EstimationError

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Coded:
    """One column.

    Attributes
    ----------
    codes
        For each row, the position of its answer among ``labels``.
    labels
        The answers that occur, in order.
    scores
        Their numbers: the values of a numeric column, the positions 1, 2, … on the full scale of
        an ordered one; None where the answers have no order.
    """

    codes: Codes
    labels: tuple[str, ...]
    scores: Floats | None


def coded(rows: pd.DataFrame, column: str) -> Coded:
    """The answers of ``column``.

    Raises
    ------
    EstimationError
        No such column, or missing or infinite values in it.
    """
    if column not in rows.columns:
        raise EstimationError(
            f"unknown column {column!r}; expected one of {list(rows.columns)}. Check the spelling."
        )
    values = rows[column]
    numeric = _is_numeric(values)
    numbers = values.to_numpy(dtype="float64", na_value=np.nan) if numeric else None
    bad = int((values.isna() if numbers is None else ~np.isfinite(numbers)).sum())
    if bad:
        raise EstimationError(
            f"column {column!r} has {bad} missing or infinite values of {len(rows)}; expected none."
            f" Say who is meant: rows.dropna(subset=[{column!r}])."
        )
    if numbers is not None:
        scores, codes = np.unique(numbers, return_inverse=True)
        return Coded(
            codes=codes.astype(np.int64), labels=tuple(f"{x:g}" for x in scores), scores=scores
        )
    categories = values.astype("category").cat
    used, codes = np.unique(categories.codes.to_numpy(), return_inverse=True)
    return Coded(
        codes=codes.astype(np.int64),
        labels=tuple(str(categories.categories[position]) for position in used),
        scores=used + 1.0 if categories.ordered else None,
    )


def ordered(rows: pd.DataFrame, column: str) -> tuple[Coded, Floats]:
    """The answers of ``column`` and their scores.

    Raises
    ------
    EstimationError
        As for `coded`, or the answers have no order.
    """
    answers = coded(rows, column)
    if answers.scores is None:
        raise EstimationError(
            f"column {column!r} has no order; got {rows[column].dtype}; expected numbers or an"
            " ordered categorical. Say the order: pd.Categorical(..., ordered=True)."
        )
    return answers, answers.scores


def on_one_scale(rows: pd.DataFrame, columns: Collection[str]) -> Floats:
    """The scores of several columns, shape (rows, columns).

    Raises
    ------
    EstimationError
        As for `ordered`; a column stands twice; or ordered columns have different categories.
    """
    if len(set(columns)) != len(columns):
        raise EstimationError(
            f"a column is compared with itself; got {list(columns)}; expected different columns."
        )
    scores = []
    for column in columns:
        answers, points = ordered(rows, column)
        scores.append(points[answers.codes])
    scales = {_scale(rows[column]) for column in columns}
    if len(scales) > 1:
        raise EstimationError(
            f"columns {list(columns)} are not on one scale; got {sorted(map(str, scales))};"
            " expected numbers in all, or the same ordered categories."
        )
    return np.column_stack(scores)


def check_choice(name: str, choice: str, choices: Collection[str]) -> None:
    """Refuse a ``choice`` that is not one of ``choices``.

    Raises
    ------
    EstimationError
        It is not.
    """
    if choice not in choices:
        raise EstimationError(f"unknown {name}; got {choice!r}; expected one of {list(choices)}.")


def _is_numeric(values: pd.Series) -> bool:
    return bool(pd.api.types.is_numeric_dtype(values.dtype)) and not isinstance(
        values.dtype, pd.CategoricalDtype
    )


def _scale(values: pd.Series) -> tuple[str, ...]:
    return ("numbers",) if _is_numeric(values) else tuple(map(str, values.cat.categories))
