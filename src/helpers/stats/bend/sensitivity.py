"""How far a printed share bends: don't-knows left out or given away, and insincere answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from helpers.errors import EstimationError
from helpers.stats.columns import require
from helpers.stats.estimates import to_frame
from helpers.stats.published.printed_interval import (
    Limits,
    Measure,
    Share,
    check_measure,
    check_readings,
    printed_base,
    printed_share,
    share_estimate,
)


def dont_know_bounds(
    readings: pd.DataFrame, *, answers: Sequence[str], unsure: Sequence[str], deff: float = 1.0
) -> pd.DataFrame:
    """The share of an answer as don't-knows are shown, left out, or all given to one side.

    Left out, the share is that among those with an opinion, and its base shrinks with them. The
    bounds assume nothing about those who did not answer: at the lowest none of them, at the highest
    all of them hold the answer.

    Parameters
    ----------
    readings : the printed answers, one row each; ``percent`` from 0 to 100.
    answers : responses whose sum is the share.
    unsure : responses that count as no answer, such as ``["dont_know", "refused"]``; those that a
        question prints are summed.
    deff : design effect, at least 1.

    Returns
    -------
    Four rows a poll, target and subgroup, in percent with Wilson intervals, where a base is
    published; ``treatment`` says ``shown``, ``left out``, ``lowest`` or ``highest``.

    Raises
    ------
    EstimationError
        A question lacks one of the answers or every unsure one, prints a response twice, has a
        missing percent, or the shares exceed 100; everybody is unsure; ``deff`` is below 1.

    Notes
    -----
    R equivalent: ``prop.test(x, n, correct = FALSE)`` for each share. Source: Manski (1989) for the
    bounds, Wilson (1927) for the interval.
    """
    check_readings(readings, deff)
    require(readings, "question")
    estimates, treatments = [], []
    for _, part in readings.groupby(["poll_id", "question", "target", "subgroup"], sort=False):
        favour, unknown = _sums(part, list(answers), list(unsure))
        whole = printed_share(part.iloc[0], deff).n_eff
        ways = {"shown": (favour, 1.0), "left out": (favour / (1 - unknown), 1 - unknown),
                "lowest": (favour, 1.0), "highest": (favour + unknown, 1.0)}  # fmt: skip
        for treatment, (share, kept) in ways.items():
            bent = Share(min(share, 1.0), None if whole is None else whole * kept)
            n = printed_base(part.iloc[0])
            estimates.append(
                replace(
                    share_estimate(bent, part, deff=deff, method="dont_know_bounds"),
                    level=" + ".join(answers),
                    n=n if n is None or kept == 1 else round(n * kept),
                )
            )
            treatments.append(treatment)
    return to_frame(estimates).assign(treatment=treatments)


def insincerity_band(
    readings: pd.DataFrame,
    *,
    insincere: Sequence[float] = (0, 5, 10, 20, 30, 40, 50),
    measure: Measure = "of-each-100",
    deff: float = 1.0,
) -> pd.DataFrame:
    """Each printed share if some of those who gave the answer did not mean it.

    Assumes that nobody hides the answer while meaning it. The interval is that of the printed
    share, moved: the part that is insincere is supposed, not estimated.

    Parameters
    ----------
    readings : printed shares, one row each; ``percent`` from 0 to 100.
    insincere : how many of each 100 who gave the answer are insincere, from 0 to 100, so that p
        becomes p(1 − x/100); or how many percentage points too much are printed.
    measure : which of the two ``insincere`` is, ``of-each-100`` or ``points``.
    deff : design effect, at least 1.

    Returns
    -------
    A row a reading and value, in percent; the column ``insincere`` holds the value.

    Raises
    ------
    EstimationError
        A percent is missing, a value of ``insincere`` is negative or more than the share, ``deff``
        is below 1.

    Notes
    -----
    R equivalent: ``(1 - x) * prop.test(k, n, correct = FALSE)$conf.int``.
    Source: Wilson (1927) for the interval.
    """
    check_readings(readings, deff)
    check_measure(measure)
    estimates, values = [], []
    for place in range(len(readings)):
        row = readings.iloc[[place]]
        share = printed_share(row.iloc[0], deff)
        most = 100.0 if measure == "of-each-100" else 100 * share.p
        for value in insincere:
            if not 0 <= value <= most:
                raise EstimationError(
                    f"insincere answers cannot be {value!r} {measure} for"
                    f" {row['poll_id'].iloc[0]}; expected 0 to {most:g}. Leave this value or poll out."
                )
            scale, shift = (1 - value / 100, 0.0) if measure == "of-each-100" else (1.0, value)
            estimates.append(
                share_estimate(
                    share, row, deff=deff, method="insincerity_band", scale=scale, shift=shift
                )
            )
            values.append(float(value))
    return to_frame(estimates).assign(insincere=values)


def _sums(part: pd.DataFrame, answers: list[str], unsure: list[str]) -> Limits:
    """The shares, from 0 to 1, of the answers and of the unsure in one question."""
    name = f"{part['poll_id'].iloc[0]} {part['target'].iloc[0]}"
    printed = part["response"]
    if (
        printed.duplicated().any()
        or not set(answers) <= set(printed)
        or not set(unsure) & set(printed)
    ):
        raise EstimationError(
            f"{name} cannot be bent; got responses {list(printed)}; expected each once, all of"
            f" {answers} and some of {unsure}. Leave this question out."
        )
    if not answers or set(answers) & set(unsure):
        raise EstimationError(
            f"answers and unsure responses overlap or lack; got {answers} and {unsure}."
        )
    favour, unknown = (
        float(part.loc[printed.isin(names), "percent"].sum()) / 100 for names in (answers, unsure)
    )
    slack = 0.005 * len(part)  # each printed share may be rounded to a whole percent
    if favour + unknown > 1 + slack or unknown >= 1:
        raise EstimationError(
            f"{name} cannot be bent; got {100 * favour:g} % and {100 * unknown:g} % unsure;"
            " expected at most 100 % in all, and somebody with an opinion."
        )
    return favour, unknown
