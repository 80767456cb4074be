"""Printed shares as series in time: readings of one house, question and answer, wave by wave."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from helpers.errors import EstimationError
from helpers.stats.columns import require
from helpers.stats.estimates import Inapplicable, to_frame
from helpers.stats.pool.pooling import pooled
from helpers.stats.published.printed import printed_shares

_HIGHEST_FIRST = ("trust", "full-trust", "partial-trust")


def dated_shares(
    readings: pd.DataFrame, *, questions: dict[str, str], deff: float = 1.0
) -> pd.DataFrame:
    """Each printed share with its series and its date.

    Readings are of one series when target, answer, house and paraphrased question are the same.
    A question that is paraphrased otherwise makes another series, since its wording may differ.

    In all else as `printed_shares`.

    Parameters
    ----------
    readings : as for `printed_shares`, and ``pollster_name question fieldwork_start
        fieldwork_end``.
    questions : a few words for each question.
    deff : design effect, at least 1.

    Returns
    -------
    Rows of `printed_shares` with ``series``, ``house``, ``wording`` (the words for the question)
    and ``date``: the start of fieldwork or, where that is not published, its end. Targets stand in
    the order given, answers from the highest, series by their first wave, waves by date.

    Raises
    ------
    EstimationError
        A question without words, a reading without a date, or two of one wave in a series.
    """
    unnamed = sorted(set(readings["question"]) - set(questions))
    if unnamed:
        raise EstimationError(
            f"a series needs words for its question; got none for {unnamed}; expected them in"
            " questions. Filter the readings, or name the question."
        )
    date = readings["fieldwork_start"].fillna(readings["fieldwork_end"])
    if date.isna().any():
        raise EstimationError(
            "a series needs dates; got none for"
            f" {sorted(set(readings.loc[date.isna(), 'poll_id']))}; expected fieldwork or"
            " publication. Leave these polls out."
        )
    rows = printed_shares(readings, deff=deff).assign(
        house=readings["pollster_name"].to_numpy(),
        wording=readings["question"].map(questions).to_numpy(),
        date=date.to_numpy(),
    )
    told = rows["item"] + " | " + rows["level"] + " | " + rows["house"] + " | " + rows["wording"]
    rows = rows.assign(series=told)
    twice = rows[rows.duplicated(["series", "group"])]
    if not twice.empty:
        raise EstimationError(
            f"a wave stands twice in a series; got {sorted(set(twice['group']))}; expected one"
            " reading of one answer. Filter by subgroup or response."
        )
    return _in_order(rows, targets=list(dict.fromkeys(readings["target"])))


def spread_between_waves(rows: pd.DataFrame, *, by: str) -> pd.DataFrame:
    """How far the waves of a series differ beyond what samples of their size would: I².

    I² is the percent of the variance of the shares that sampling does not explain. It grows with
    the bases, so ``lowest`` and ``highest`` tell how much that is.

    In all else as `pooled`.

    Parameters
    ----------
    rows : what `dated_shares` gives, at any design effects; those without an interval are left
        out.
    by : column that tells series apart, such as ``series``, or ``item`` to mix wordings.

    Returns
    -------
    Result rows, one a series of two or more waves and design effect, ``group`` naming the series,
    with ``waves``, ``lowest``, ``highest`` and ``p_value`` of Cochran's test that all waves have
    one share.

    Raises
    ------
    EstimationError
        As `pooled`.

    Notes
    -----
    R equivalent: ``metafor::rma`` and ``confint``. Source: Cochran (1954), Higgins & Thompson
    (2002), Viechtbauer (2007).
    """
    require(rows, by, "se", "deff")
    estimates, beside = [], []
    for (key, deff), waves in rows.dropna(subset=["se"]).groupby([by, "deff"], sort=False):
        if len(waves) < 2:
            continue
        found = pooled(waves, deff=float(deff))
        if isinstance(found.i2, Inapplicable) or isinstance(found.q, Inapplicable):
            raise EstimationError(f"waves of {key!r} cannot be set apart; got {found.i2}.")
        estimates.append(
            replace(found.i2, group=str(key), deff=float(deff), method="spread_between_waves")
        )
        beside.append(
            {
                "waves": len(waves),
                "lowest": waves["estimate"].min(),
                "highest": waves["estimate"].max(),
                "p_value": found.q.p_value,
            }
        )
    return pd.concat([to_frame(estimates), pd.DataFrame(beside)], axis=1)


def _in_order(rows: pd.DataFrame, *, targets: list[str]) -> pd.DataFrame:
    """By target as given, answer from the highest, series by their first wave, and date."""
    answers = list(dict.fromkeys([*_HIGHEST_FIRST, *rows["level"]]))
    first = rows.groupby("series")["date"].transform("min")
    keys = rows.assign(
        a=rows["item"].map(targets.index), b=rows["level"].map(answers.index), c=first
    )
    order = keys.sort_values(["a", "b", "c", "series", "date"], kind="stable").index
    return rows.loc[order].reset_index(drop=True)
