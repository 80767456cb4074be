"""Groups of respondents compared on scales: of language, settlement, education and their like."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import combinations

import pandas as pd

from helpers.data.codebook import Item
from helpers.data.scores import scale_answers
from helpers.data.survey import Survey
from helpers.errors import HelpersError
from helpers.evidence import evidence_of
from helpers.stats.columns import require
from helpers.stats.compare.ranks import dunn
from helpers.stats.compare.weighted_tests import weighted_mean_difference
from helpers.stats.design import Design
from helpers.stats.estimates import Inapplicable, to_frame
from helpers.stats.simulation.scale_designs import (
    scale_items,
    scale_label,
    scales_of,
    score_name,
    scored_design,
)
from helpers.stats.views.family_rows import HALF, family_rows, ranked
from helpers.stats.views.items import absent, fact_items
from helpers.stats.views.true_groups import true_group_scores, true_spread

WITHOUT = "without items that work differently"


def two_groups_compared(
    survey: Survey,
    *,
    facts: Sequence[str],
    outcomes: Sequence[str],
    family: str,
    biased: Mapping[str, Sequence[str]] | None = None,
) -> pd.DataFrame | Inapplicable:
    """Whether the first of two groups scores higher than the second: facts by scales, in ranks.

    In all else as `design_of` and `weighted_rank_test`.

    Parameters
    ----------
    facts : words of the facts; those with other than two groups in the file are passed over.
    outcomes : scales.
    biased : for a fact, names of items that work differently in its groups, such as
        `helpers.stats.views.item_bias.biased_items` flags; their scales are compared once more
        without them.
    family : name of the family of tests.

    Returns
    -------
    Rows of `family_rows`; the effect is the probability that one of the first group scores higher.
    ``steps steps_low steps_high`` are the difference of mean scores in answer steps, weighted, and
    ``truth`` is that difference in the model, among those who answer.
    """
    pairs = [fact for fact in fact_items(survey, facts) if survey.rows[fact.name].nunique() == 2]
    scales = scales_of(survey, outcomes)
    if not pairs or not scales:
        return absent(survey, "two_groups_compared", *facts, *outcomes)
    design = scored_design(survey, scales)
    questions, steps = [], []
    for fact in pairs:
        groups = groups_in_order(survey, fact)
        block = f"{fact.label}: {groups[0]} over {groups[-1]}"
        for scale, items, label in _outcomes(survey, scales, (biased or {}).get(fact.about or "")):
            column, formed = score_name(scale), design
            if len(items) < len(scale_items(survey, scale)):
                column = f"{column} {WITHOUT}"
                formed = replace(
                    design, rows=design.rows.assign(**{column: _score(survey, scale, items)})
                )
            truth = true_spread(true_group_scores(survey, items, fact), groups)
            questions.append(ranked(survey, formed, column, fact.name, block=block, label=label,
                                    about=str(fact.about), truth=truth))  # fmt: skip
            steps.append(_steps(formed, column, fact.name))
    rows = family_rows(survey, questions, family=family, no_effect=HALF)
    if isinstance(rows, Inapplicable):
        return rows
    return rows.assign(**pd.DataFrame(steps, columns=["steps", "steps_low", "steps_high"]))


def several_groups_compared(
    survey: Survey, *, facts: Sequence[str], outcomes: Sequence[str], family: str
) -> pd.DataFrame | Inapplicable:
    """Whether three groups or more score alike: Kruskal–Wallis in ranks, weighted and unweighted.

    The effect is epsilon squared, the share of the variance of ranks between groups; under a design
    no interval is published, so ``plain_low`` and ``plain_high`` are those unweighted. ``truth`` is
    the largest difference of mean scores in the model, in answer steps.

    In all else as `two_groups_compared`.
    """
    several = [fact for fact in fact_items(survey, facts) if survey.rows[fact.name].nunique() > 2]
    scales = scales_of(survey, outcomes)
    if not several or not scales:
        return absent(survey, "several_groups_compared", *facts, *outcomes)
    design = scored_design(survey, scales)
    questions = []
    for fact in several:
        for scale in scales:
            known = true_group_scores(survey, scale_items(survey, scale), fact)
            ends = list(pd.Series(known, dtype="float64").sort_values().index)
            questions.append(
                ranked(survey, design, score_name(scale), fact.name, block=fact.label,
                       label=scale_label(survey, scale), about=str(fact.about),
                       truth=-true_spread(known, ends))
            )  # fmt: skip
    return family_rows(survey, questions, family=family)


def pairs_of_groups(
    survey: Survey, *, fact: str, outcome: str, family: str
) -> pd.DataFrame | Inapplicable:
    """Each pair of groups on one scale: under the design, with Dunn's adjusted p beside, unweighted.

    Rows of `family_rows`, with ``dunn_p``.

    ``fact`` and ``outcome`` are words of the codebook. In all else as `two_groups_compared` and
    `dunn`.
    """
    facts, scales = fact_items(survey, [fact]), scales_of(survey, [outcome])
    if not facts or not scales:
        return absent(survey, "pairs_of_groups", fact, outcome)
    one, column = facts[0], score_name(outcome)
    design = scored_design(survey, scales).answered(column, one.name)
    groups = groups_in_order(survey, one)
    known = true_group_scores(survey, scale_items(survey, outcome), one)
    questions = []
    for first, second in combinations(groups, 2):
        pair = design.where(design.rows[one.name].isin([first, second]).to_numpy())
        questions.append(
            ranked(survey, pair, column, one.name, block=scale_label(survey, outcome),
                   label=f"{first} over {second}", truth=true_spread(known, [first, second]))
        )  # fmt: skip
    rows = family_rows(survey, questions, family=family, no_effect=HALF)
    if isinstance(rows, Inapplicable):
        return rows
    people = design.rows[design.inside]
    tests = dunn(people, item=column, by=one.name)
    p = [float("nan")] * len(rows) if isinstance(tests, Inapplicable) else [
        member.p_adjusted for member in tests]  # fmt: skip
    return rows.assign(dunn_p=p)


def groups_in_order(survey: Survey, fact: Item) -> list[str]:
    """Labels of the groups that occur, in the order of the codebook."""
    return [
        label for code, label in fact.labels().items() if (survey.rows[fact.name] == code).any()
    ]


def _outcomes(
    survey: Survey, scales: Sequence[str], biased: Sequence[str] | None
) -> list[tuple[str, list[Item], str]]:
    """Each scale with its items and words; once more without the biased items that it has."""
    found = []
    for scale in scales:
        items = scale_items(survey, scale)
        found.append((scale, items, scale_label(survey, scale)))
        rest = [item for item in items if item.name not in (biased or ())]
        if rest and len(rest) < len(items):
            found.append((scale, rest, f"{scale_label(survey, scale)}, {WITHOUT}"))
    return found


def _score(survey: Survey, scale: str, items: Sequence[Item]) -> pd.Series:
    """The mean of these items, for who answered as many as the scale needs, or all of them."""
    given = scale_answers(survey, scale)[[item.name for item in items]]
    least = next(one.least for one in survey.codebook.scales if one.name == scale)
    enough = given.notna().sum(axis="columns") >= min(least, len(items))
    return given.mean(axis="columns").where(enough)


def _steps(design: Design, item: str, by: str) -> tuple[float, float, float]:
    nothing = (float("nan"),) * 3
    try:
        found = weighted_mean_difference(design.answered(item, by), item, by=by)
    except HelpersError:
        return nothing
    if isinstance(found, Inapplicable) or found.effect is None:
        return nothing
    rows = to_frame([found.effect])
    return tuple(float(rows[name].iloc[0]) for name in ("estimate", "ci_low", "ci_high"))  # type: ignore[return-value]


def steps_as_estimates(rows: pd.DataFrame | Inapplicable) -> pd.DataFrame | Inapplicable:
    """The differences in answer steps of `two_groups_compared` as result rows of their own.

    In all else as `pick`.
    """
    if isinstance(rows, Inapplicable):
        return rows
    require(rows, "steps", "steps_low", "steps_high")
    known = rows[rows["steps"].notna()].reset_index(drop=True)
    if known.empty:
        return Inapplicable(
            "no difference can be estimated", "steps_as_estimates", evidence_of(rows)
        )
    return known.assign(
        estimate=known["steps"], ci_low=known["steps_low"], ci_high=known["steps_high"],
        unit="units", level="difference of means", method="weighted_mean_difference",
    )  # fmt: skip
