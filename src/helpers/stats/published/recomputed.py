"""Printed statistics computed anew from what is printed beside them, each with a verdict."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass

import pandas as pd
from scipy import stats

from helpers.data.arithmetic import arithmetic
from helpers.data.official import EGDI_TOLERANCE, appeals, caict, panel, statistics
from helpers.data.published import polls, polls_listed
from helpers.evidence import Evidence, marked

AGREES, DISAGREES = "agrees", "disagrees"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One printed statistic, or many of one kind, against what their parts give.

    ``statistic`` is the kind, ``about`` names the number, ``printed`` and ``recomputed`` are as
    text, ``count`` says how many numbers the row stands for.
    """

    statistic: str
    about: str
    printed: str
    recomputed: str
    verdict: str
    count: int
    source_id: str


def recomputed() -> pd.DataFrame:
    """Every printed statistic of the evidence base that can be computed anew, with a verdict.

    Shares, sums and differences must agree within the rounding of the number and of its parts;
    statements of significance with the t test of the printed correlation and n; margins of error
    must not be smaller than that of a simple random sample of the printed n. Checks that hold for
    a whole table stand in one row with their count.

    Rows in which a number is missing are not checked.

    Returns
    -------
    The columns of `Check`, in the order of the kinds, and ``evidence``.

    Raises
    ------
    DataError
        A file of the evidence base breaks its dictionary.

    Notes
    -----
    R equivalent: ``cor.test`` from r and n as ``2 * pt(-abs(t), n - 2)``. Source: the idea is that
    of statcheck, Nuijten et al. (2016).
    """
    checks = [
        *_answer_rates(), *_second_shares(), *_sums(), *_significance(), *_margins_of_error(),
        *_toplines(), *_whole_tables(),
    ]  # fmt: skip
    return marked(pd.DataFrame([asdict(check) for check in checks]), Evidence.PUBLISHED)


def _answer_rates() -> Iterator[Check]:
    for row in appeals().dropna(subset="agrees").itertuples():
        yield Check(
            statistic="share answered",
            about=f"{row.body}, {row.as_of}",
            printed=f"{row.percent_printed:g}%",
            recomputed=f"{row.percent_recomputed:.1f}%",
            verdict=_verdict(agrees=row.agrees),
            count=1,
            source_id=row.source_id,
        )


def _second_shares() -> Iterator[Check]:
    for row in appeals().dropna(subset="second_percent_printed").itertuples():
        share = 100 * row.second_count / row.rated
        yield Check(
            statistic="second share, of those who rated",
            about=f"{row.body}, {row.as_of}",
            printed=f"{row.second_percent_printed:g}%",
            recomputed=f"{share:.1f}%",
            verdict=_verdict(agrees=abs(share - row.second_percent_printed) <= 0.5 + 1e-9),
            count=1,
            source_id=row.source_id,
        )


def _sums() -> Iterator[Check]:
    sign = {"percent": "%", "points": " points", "count": ""}
    for row in arithmetic().dropna(subset="agrees").itertuples():
        digits = 0 if row.unit == "count" else 2
        yield Check(
            statistic=row.operation,
            about=f"{row.subject}, {row.date}: {row.quantity}",
            printed=f"{row.printed:g}{sign[row.unit]}",
            recomputed=f"{row.recomputed:.{digits}f}{sign[row.unit]}",
            verdict=_verdict(agrees=row.agrees),
            count=1,
            source_id=row.source_id,
        )


def _significance() -> Iterator[Check]:
    printed = statistics(unit="correlation").dropna(subset="significance_printed")
    for row in printed.itertuples():
        t = row.value * math.sqrt((row.n - 2) / (1 - row.value**2))
        p = 2 * float(stats.t.sf(abs(t), row.n - 2))
        _, claimed, level = row.significance_printed.split()
        yield Check(
            statistic="significance of a correlation",
            about=f"{row.study}: {row.quantity}, r = {row.value:g}, n = {row.n}",
            printed=row.significance_printed,
            recomputed="p < 0.0001" if p < 0.0001 else f"p = {p:.4f}",
            verdict=_verdict(agrees=(p < float(level)) == (claimed == "<")),
            count=1,
            source_id=row.source_id,
        )


def _margins_of_error() -> Iterator[Check]:
    """A margin below that of a simple random sample is too small whatever the design was."""
    for row in polls_listed().dropna(subset=["moe_reported", "n"]).itertuples():
        # The margin, and the level of confidence where it is stated.
        margin, percent = [*re.findall(r"\d+(?:\.\d+)?", row.moe_reported), "95"][:2]
        level = float(percent) / 100
        least = 100 * float(stats.norm.isf((1 - level) / 2)) * 0.5 / math.sqrt(row.n)
        slack = 0.5 * 10.0 ** -len(margin.partition(".")[2])
        yield Check(
            statistic="margin of error, least possible",
            about=f"{row.poll_id}, n = {row.n}",
            printed=row.moe_reported,
            recomputed=f"{least:.2f} at {level:.0%}",
            verdict=_verdict(agrees=float(margin) + slack >= least),
            count=1,
            source_id=row.source_id,
        )


def _toplines() -> Iterator[Check]:
    cells = caict()
    for row in cells[~cells["possible"]].itertuples():
        yield Check(
            statistic="count of a cell",
            about=f"{row.item}, {row.answer}, {row.country}, 2006",
            printed=f"{row.percent:g}% of {row.n:,}",
            recomputed=f"at most {row.count_printed} in all four countries",
            verdict=DISAGREES,
            count=1,
            source_id=row.source_id,
        )
    whole = cells.groupby(["item_code", "answer"]).filter(lambda part: part["count"].notna().all())
    rows = whole.groupby(["item_code", "answer"])
    equal = (rows["count"].sum() == rows["count_printed"].first()).all()
    yield Check(
        statistic="counts of four countries, sum",
        about="toplines of 2006, answers with all four cells",
        printed="count in all",
        recomputed="sum of cells",
        verdict=_verdict(agrees=equal),
        count=rows.ngroups,
        source_id=";".join(sorted(set(whole["source_id"]))),
    )


def _whole_tables() -> Iterator[Check]:
    parts = ["egov_osi", "egov_tii", "egov_hci"]
    egdi = panel("egdi", *parts)
    gap = (egdi["egdi"] - egdi[parts].mean(axis=1)).abs()
    yield Check(
        statistic="mean of three components",
        about="UN E-Government Development Index, countries and waves",
        printed="index",
        recomputed=f"largest gap {gap.max():.4f}",
        verdict=_verdict(agrees=bool((gap <= EGDI_TOLERANCE).all())),
        count=len(egdi),
        source_id=";".join(sorted({key for cell in egdi["source_id"] for key in cell.split(";")})),
    )
    complete = polls(distribution="complete")
    # Each printed share may be off by half a unit of its last decimal.
    complete = complete.assign(slack=0.5 * 10.0 ** -complete["decimals"])
    questions = complete.groupby(["poll_id", "question", "target", "subgroup"])
    gap = (questions["percent"].sum() - 100).abs()
    yield Check(
        statistic="distribution, sum",
        about="questions whose every answer is printed",
        printed="shares of all answers",
        recomputed=f"{_sum_range(questions['percent'].sum())}",
        verdict=_verdict(agrees=bool((gap <= questions["slack"].sum() + 1e-9).all())),
        count=questions.ngroups,
        source_id=";".join(sorted(set(complete["source_id"]))),
    )


def _sum_range(sums: pd.Series) -> str:
    return f"{sums.min():.1f}% to {sums.max():.1f}%"


def _verdict(*, agrees: bool) -> str:
    return AGREES if agrees else DISAGREES
