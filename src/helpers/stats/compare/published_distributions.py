"""Published distributions read as shares and bases, and refused where they contradict themselves."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from helpers.errors import EstimationError


def read_distributions(
    rows: pd.DataFrame, *, item: str, by: str, percent: str, n: str, deff: float
) -> tuple[pd.DataFrame, pd.Series]:
    """The shares of each distribution, summing to 1, and its base.

    Returns
    -------
    Shares, shape (distributions, answers), and bases; both in the order in which they stand.

    Raises
    ------
    EstimationError
        As told by `compare_distributions`.
    """
    if not (math.isfinite(deff) and deff >= 1):
        raise EstimationError(
            f"a design effect cannot be used; got {deff!r}; expected a number of at least 1."
        )
    _check_columns(rows, [item, by, percent, n])
    _check_sampled_apart(rows, by)
    readings = pd.DataFrame(
        {
            "label": rows[by].astype(str),
            "answer": rows[item].astype(str),
            "percent": _numbers(rows, percent, least=0.0, most=100.0),
            "n": _numbers(rows, n, least=1.0, most=math.inf),
        }
    )
    twice = readings[readings.duplicated(["label", "answer"])]
    if not twice.empty:
        raise EstimationError(
            "a distribution gives an answer twice; got"
            f" {sorted(zip(twice['label'], twice['answer'], strict=True))}; expected each answer of"
            " one question once. Filter by target, question or subgroup."
        )
    _check_sums(readings)
    labels, answers = readings["label"].unique(), readings["answer"].unique()
    table = readings.pivot_table(index="label", columns="answer", values="percent", sort=False)
    table = table.reindex(index=labels, columns=answers)
    absent = [
        f"{label}: {answer}" for label in labels for answer in answers[table.loc[label].isna()]
    ]
    if absent:
        raise EstimationError(
            f"distributions differ in their answers; got none for {absent[:10]}; expected the same"
            " answers in each. Join answers first, or print a percent of 0."
        )
    return table.div(table.sum(axis=1), axis=0), _bases(readings)


def _check_columns(rows: pd.DataFrame, columns: list[str]) -> None:
    unknown = [column for column in columns if column not in rows.columns]
    if unknown:
        raise EstimationError(
            f"unknown column {unknown}; expected some of {list(rows.columns)}. Check the spelling."
        )
    for column in columns:
        missing = int(rows[column].isna().sum())
        if missing:
            raise EstimationError(
                f"column {column!r} has {missing} missing values of {len(rows)}; expected none."
                f" Leave such distributions out, not single rows of them."
            )


def _check_sampled_apart(rows: pd.DataFrame, by: str) -> None:
    named = rows["subgroup"] if "subgroup" in rows.columns else ()
    others = sorted({str(name) for name in named} - {"all"})
    if others:
        raise EstimationError(
            f"the base of a subgroup is not published; got {others}; expected distributions of"
            " the whole sample. Filter subgroup='all'."
        )
    if "poll_id" in rows.columns:
        several = rows.groupby("poll_id")[by].nunique()
        shared = sorted(map(str, several[several > 1].index))
        if shared:
            raise EstimationError(
                f"distributions of one poll come from the same respondents; got several {by!r} in"
                f" {shared}; expected independent samples. Compare them within the poll:"
                " differences_within_poll."
            )


def _numbers(rows: pd.DataFrame, column: str, *, least: float, most: float) -> pd.Series:
    if not pd.api.types.is_numeric_dtype(rows[column].dtype):
        raise EstimationError(
            f"column {column!r} is not numeric; got {rows[column].dtype}; expected numbers."
        )
    values = rows[column].astype("float64")
    wrong = values[~(np.isfinite(values) & values.between(least, most))]
    if not wrong.empty:
        raise EstimationError(
            f"column {column!r} has impossible values; got {wrong.iloc[0]:g} first, in"
            f" {len(wrong)} rows; expected {least:g} to {most:g}."
        )
    return values


def _check_sums(readings: pd.DataFrame) -> None:
    decimals = readings["percent"].map(lambda value: len(f"{value:.10g}".partition(".")[2]))
    # Each printed share may be off by half a unit of its last decimal.
    slack = (0.5 * 10.0**-decimals).groupby(readings["label"], sort=False).sum() + 1e-9
    sums = readings.groupby("label", sort=False)["percent"].sum()
    off = sums[(sums - 100).abs() > slack]
    if not off.empty:
        told = ", ".join(f"{label}: {total:g}" for label, total in off.head(10).items())
        raise EstimationError(
            f"a distribution does not sum to 100 within its rounding; got {told}; expected all"
            " answers of the question. Take polls(distribution='complete')."
        )


def _bases(readings: pd.DataFrame) -> pd.Series:
    bases = readings.groupby("label", sort=False)["n"]
    several = bases.nunique()
    if (several > 1).any():
        raise EstimationError(
            f"a distribution has several bases; got {sorted(several[several > 1].index)};"
            " expected one n each."
        )
    return bases.first()
