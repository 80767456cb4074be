"""Answers that a poll does not print by themselves: sums, what all leave of 100, and the common scale."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from helpers.errors import EstimationError
from helpers.evidence import evidence_of
from helpers.stats.columns import require
from helpers.stats.estimates import joined

NOT_PRINTED = "not-printed"
"""The response of a row that stands for all answers that a question does not print."""

_QUESTION = ["poll_id", "question", "target", "subgroup"]


def summed_answers(readings: pd.DataFrame, *, answers: Sequence[str]) -> pd.DataFrame:
    """One row a question: the sum of the shares of ``answers``, such as agree and fully agree.

    In all else as `printed_shares`.

    Parameters
    ----------
    readings : printed answers, one row each; ``percent`` from 0 to 100.
    answers : responses to add up; every question must print each of them once.

    Returns
    -------
    The first row of each question with the sum as ``percent``; ``response`` joins the answers by
    ``+``, and ``scale`` is missing.

    Raises
    ------
    EstimationError
        A question lacks one of the answers, or prints it twice.
    """
    _check(readings)
    chosen = readings[readings["response"].isin(list(answers))]
    for _, part in readings.groupby(_QUESTION, sort=False):
        found = sorted(part.loc[part["response"].isin(list(answers)), "response"])
        if found != sorted(answers):
            raise EstimationError(
                f"{_name(part)} cannot be summed; got {found} of {list(part['response'])}; expected"
                f" each of {sorted(answers)} once. Leave this question out."
            )
    sums = chosen.groupby(_QUESTION, sort=False)["percent"].sum()
    first = chosen.drop_duplicates(_QUESTION)
    return first.assign(percent=sums.to_numpy(), response=" + ".join(answers), scale=None)


def with_remainder(readings: pd.DataFrame) -> pd.DataFrame:
    """The printed answers and, for each question, what they leave of 100 as one more answer.

    Where an answer in favour and one against are printed, the rest said neither: it did not know,
    refused, or gave an answer that is not printed. Which of these, is not known.

    In all else as `printed_shares`.

    Parameters
    ----------
    readings : printed answers, one row each, of questions with one answer a respondent.

    Returns
    -------
    The rows and, after those of each question, one with the response `NOT_PRINTED`.

    Raises
    ------
    EstimationError
        A question prints a single answer, so that the rest may be the opposite one; a row is no
        category of its question; the answers exceed 100 beyond rounding.
    """
    _check(readings)
    parts = []
    for _, part in readings.groupby(_QUESTION, sort=False):
        if len(part) < 2 or (part["part"] != "category").any():
            raise EstimationError(
                f"{_name(part)} has no remainder; got {list(part['response'])} as"
                f" {sorted(set(part['part']))}; expected at least two answers, each a category."
                " Leave this question out."
            )
        rest = 100 - float(part["percent"].sum())
        if rest < -0.5 * len(part):
            raise EstimationError(
                f"{_name(part)} has no remainder; got {100 - rest:g} % in all; expected at most 100."
            )
        row = part.iloc[[0]].assign(response=NOT_PRINTED, scale=None, percent=max(0.0, rest))
        parts.append(pd.concat([part, row.astype(part.dtypes.to_dict())]))
    return pd.concat(parts, ignore_index=True)


def on_scale(readings: pd.DataFrame) -> pd.DataFrame:
    """The readings with their answer on the common scale as ``response``, whatever the wording.

    ``readings`` are printed answers. In all else as `pick`.

    Raises
    ------
    EstimationError
        An answer has no place on the scale.
    """
    evidence_of(readings)
    off = readings[readings["scale"].isna()]
    if not off.empty:
        raise EstimationError(
            f"answers have no place on the scale; got {sorted(set(off['response'].map(str)))}; expected"
            " answers with a 'scale'. Leave these readings out."
        )
    return readings.assign(response=readings["scale"])


def stacked(*frames: pd.DataFrame) -> pd.DataFrame:
    """The rows of several frames, one below the other; all of one evidence kind.

    ``frames`` are printed answers; none is an error. In all else as `pick`.
    """
    rows = joined(frames, "a stack of readings")
    evidence_of(rows)
    return rows


def _check(readings: pd.DataFrame) -> None:
    evidence_of(readings)
    require(readings, *_QUESTION, "response", "part")


def _name(part: pd.DataFrame) -> str:
    return f"{part['poll_id'].iloc[0]} {part['target'].iloc[0]}"
