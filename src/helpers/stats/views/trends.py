"""Trends of scores along ordered groups, and answers without order crossed with groups."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from helpers.data.codebook import Item
from helpers.data.survey import Survey
from helpers.stats.compare.ordered_trends import jonckheere, linear_by_linear
from helpers.stats.describe.crosstab import rao_scott
from helpers.stats.design import Design, survey_design
from helpers.stats.estimates import Inapplicable
from helpers.stats.respondents import EQUAL, design_of
from helpers.stats.simulation.scale_designs import (
    attempted,
    scale_items,
    scale_label,
    scales_of,
    score_name,
    scored_design,
)
from helpers.stats.views.family_rows import HALF, Question, Tested, family_rows
from helpers.stats.views.groups import groups_in_order
from helpers.stats.views.items import absent, fact_items, wanted_items
from helpers.stats.views.true_groups import true_cramer, true_group_scores, true_spread


def trends(
    survey: Survey, *, by: str, outcomes: Sequence[str], family: str
) -> pd.DataFrame | Inapplicable:
    """Whether scores rise or fall along the ordered groups of a fact; both tests are unweighted.

    Jonckheere's test; ``plain`` is here the linear-by-linear correlation of the same answers.

    In all else as `two_groups_compared`.

    Returns
    -------
    Rows of `family_rows`; the effect is the probability that of two respondents the one from the
    later group scores higher. ``truth`` is the mean of the last group less that of the first.
    """
    facts, scales = fact_items(survey, [by]), scales_of(survey, outcomes)
    if not facts or not scales or facts[0].type != "ordinal":
        return absent(survey, "trends", f"{by} in order", *outcomes)
    fact, design = facts[0], scored_design(survey, scales)
    groups = groups_in_order(survey, fact)
    questions = []
    for scale in scales:
        column = score_name(scale)
        known = true_group_scores(survey, scale_items(survey, scale), fact)
        people = design.rows.dropna(subset=[column, fact.name])

        def rank_trend(rows: pd.DataFrame = people, item: str = column) -> Tested:
            return jonckheere(rows, item=item, by=fact.name)

        def line_trend(rows: pd.DataFrame = people, item: str = column) -> Tested:
            return linear_by_linear(rows, item=item, by=fact.name)

        questions.append(
            Question(
                block=f"Along {fact.label.lower()}", label=scale_label(survey, scale),
                test=attempted(rank_trend, survey, "jonckheere"),
                plain=attempted(line_trend, survey, "linear_by_linear"),
                truth=-true_spread(known, groups),
            )
        )  # fmt: skip
    return family_rows(survey, questions, family=family, no_effect=HALF)


def answers_by_fact(
    survey: Survey, *, about: Sequence[str], facts: Sequence[str], family: str
) -> pd.DataFrame | Inapplicable:
    """Whether answers and groups are independent: Rao–Scott under the design, Pearson unweighted.

    Rows of `family_rows`; the effect is Cramér's V, and ``truth`` that of the population in the
    model. V is above 0 by chance alone, so that an interval does not tell what p tells.

    In all else as `two_groups_compared`, `answer_distributions` and `rao_scott`.
    """
    items, groups = wanted_items(survey, about=about), fact_items(survey, facts)
    if not items or not groups:
        return absent(survey, "answers_by_fact", *about, *facts)
    weighted = design_of(survey, labels=True)
    plain = _one_by_one(weighted)
    questions = [
        Question(
            block=item.label, label=fact.label, about=str(fact.about),
            truth=true_cramer(survey, item, fact),
            test=_independent(survey, weighted, item, fact),
            plain=_independent(survey, plain, item, fact),
        )
        for item in items
        for fact in groups
        if fact.name != item.name
    ]  # fmt: skip
    return family_rows(survey, questions, family=family)


def _independent(survey: Survey, design: Design, item: Item, fact: Item) -> Tested:
    def make() -> Tested:
        return rao_scott(design.answered(item.name, fact.name), item.name, by=fact.name)

    return attempted(make, survey, "rao_scott")


def _one_by_one(design: Design) -> Design:
    """The respondents as if drawn one by one, each with the same chance."""
    return survey_design(design.rows.assign(**{EQUAL: 1.0}), weight=EQUAL)
