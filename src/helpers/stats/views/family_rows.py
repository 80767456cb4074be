"""A family of tests as rows to show: effect first, p after, weighted and unweighted, and the truth."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.data.survey import Survey
from helpers.evidence import Evidence, evidence_of
from helpers.stats.compare.ranks import kruskal_wallis, mann_whitney
from helpers.stats.compare.weighted_ranks import weighted_rank_test
from helpers.stats.design import Design
from helpers.stats.estimates import Estimate, Inapplicable, TestResult, join_sources, to_frame
from helpers.stats.families import Adjusted, adjust
from helpers.stats.simulation.scale_designs import attempted

LEVEL = 0.05
"""Adjusted p-values below this reject."""

NEGLIGIBLE = 0.05
"""What the model makes of a question counts as none up to this: in answer steps, or a correlation."""

HALF = 0.5
"""The probability that one group lies higher, where neither does."""

NONE, SOME, UNKNOWN = "none", "some", "unknown"
"""Whether the model behind the respondents has an effect."""

Tested = TestResult | Inapplicable


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One comparison of a family.

    Attributes
    ----------
    block, label, about
        What is compared, and on what, in words; and the word of the item that forms the groups.
    test, plain
        The test under the design, and the same of the respondents counted alike as if drawn one by
        one.
    truth
        What the model makes of it, a difference or a correlation; NaN where unknown.
    """

    block: str
    label: str
    about: str = ""
    test: Tested
    plain: Tested
    truth: float = math.nan


def family_rows(
    survey: Survey, questions: Sequence[Question], *, family: str, no_effect: float = math.nan
) -> pd.DataFrame | Inapplicable:
    """All questions of a family, adjusted by Holm, in the order given.

    Parameters
    ----------
    no_effect : the value of the effect where there is none, such as 0.5 of a probability.

    Returns
    -------
    Rows of the result shape with the effect; a question that did not apply has ``reason`` and no
    estimate. Columns besides: ``block label about``; ``statistic statistic_name p_value p_adjusted``;
    ``family``, ``tests``, how many were counted; ``rejected``; ``plain plain_low plain_high
    plain_p``, the effect and adjusted p unweighted; ``truth``; ``in_model``, whether that is more
    than ``negligible``; ``true_effect``, which is ``no_effect`` where the model has none, and missing
    elsewhere. `Inapplicable` where no question applies.
    """
    if not any(isinstance(question.test, TestResult) for question in questions):
        reason = next(
            (q.test.reason for q in questions if isinstance(q.test, Inapplicable)),
            "the file has nothing to compare",
        )
        return Inapplicable(reason, family, evidence_of(survey.rows))
    tests = adjust([question.test for question in questions], family=family)
    plain = adjust([question.plain for question in questions], family=f"{family}, unweighted")
    source = join_sources(survey.rows)
    kind = evidence_of(survey.rows)
    rows = to_frame(_effect(member, kind, source) for member in tests)
    beside = to_frame(_effect(member, kind, source) for member in plain)
    adjusted = _numbers(member.p_adjusted for member in tests)
    return rows.assign(
        block=[question.block for question in questions],
        label=[question.label for question in questions],
        about=[question.about for question in questions],
        statistic=_numbers(_of(member, "statistic") for member in tests),
        statistic_name=[_of(member, "statistic_name") for member in tests],
        p_value=_numbers(_of(member, "p_value") for member in tests),
        p_adjusted=adjusted,
        family=family,
        tests=tests[0].tests,
        rejected=adjusted < LEVEL,
        reason=[_of(member, "reason") or "" for member in tests],
        plain=beside["estimate"],
        plain_low=beside["ci_low"],
        plain_high=beside["ci_high"],
        plain_p=_numbers(member.p_adjusted for member in plain),
        truth=_numbers(question.truth for question in questions),
        in_model=[in_model(question.truth) for question in questions],
        negligible=NEGLIGIBLE,
        true_effect=[
            no_effect if in_model(question.truth) == NONE else math.nan for question in questions
        ],
    )


def in_model(truth: float) -> str:
    """Whether the model has an effect: `NONE`, `SOME` or `UNKNOWN`."""
    if math.isnan(truth):
        return UNKNOWN
    return NONE if abs(truth) <= NEGLIGIBLE else SOME


def ranked(
    survey: Survey, design: Design, item: str, by: str, *, block: str, label: str, about: str = "",
    truth: float = math.nan,
) -> Question:  # fmt: skip
    """Whether an ordered item lies higher in one group: weighted, and by Mann–Whitney or Kruskal.

    Of those who answered both; anything that keeps the file from answering is the reason.
    """

    def domain() -> Design:
        return design.answered(item, by)

    def weighted() -> Tested:
        return weighted_rank_test(domain(), item, by=by)

    def plain() -> Tested:
        inside = domain()
        rows = inside.rows[inside.inside]
        rows = rows.assign(**{by: _used(rows[by])})
        few = rows[by].nunique() <= 2
        return (mann_whitney if few else kruskal_wallis)(rows, item=item, by=by)

    return Question(
        block=block, label=label, about=about, truth=truth,
        test=attempted(weighted, survey, "weighted_rank_test"),
        plain=attempted(plain, survey, "mann_whitney"),
    )  # fmt: skip


def _used(column: pd.Series) -> pd.Series:
    if isinstance(column.dtype, pd.CategoricalDtype):
        return column.cat.remove_unused_categories()
    return column


def _effect(member: Adjusted, kind: Evidence, source: str) -> Estimate:
    effect = member.result.effect if isinstance(member.result, TestResult) else None
    if effect is not None:
        return effect
    n = member.result.n if isinstance(member.result, TestResult) else None
    return Estimate(
        item="", level="", group="", estimate=math.nan, se=None, ci_low=None, ci_high=None, n=n,
        n_eff=None, deff=None, df=None, unit="index", evidence=kind, source=source,
        method=member.result.method,
    )  # fmt: skip


def _of(member: Adjusted, name: str) -> object:
    return getattr(member.result, name, None)


def _numbers(values: Iterable[object]) -> np.ndarray:
    return np.array([math.nan if value is None else value for value in values], dtype=np.float64)
