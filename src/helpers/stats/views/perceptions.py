"""What respondents answer: distributions, readings of scales, groups, and truth beside estimates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from helpers.data.codebook import Item
from helpers.data.survey import Survey
from helpers.evidence import evidence_of
from helpers.stats.describe.describe import proportions
from helpers.stats.describe.likert import likert_summary
from helpers.stats.design import Design, Floats
from helpers.stats.estimates import Inapplicable
from helpers.stats.respondents import design_of
from helpers.stats.views.items import (
    absent,
    alike,
    asked_answers,
    described,
    fact_items,
    wanted_items,
    without_weights,
)
from helpers.stats.views.true_shares import (
    item_truth,
    true_answers,
    true_group_shares,
    true_readings,
    true_shares,
)

TOP = "top box"
APPEALS = ("appealed", "appeal-answered", "appeal-satisfied")


def answer_distributions(
    survey: Survey, *, scales: Sequence[str] = (), about: Sequence[str] = ()
) -> pd.DataFrame | Inapplicable:
    """Every answer to each item in percent of those asked, with don't know and refused.

    In all else as `design_of` and `proportions`.

    Parameters
    ----------
    scales, about : the items meant: those of these scales, and those that stand for these words,
        as far as the file has them.

    Returns
    -------
    Rows of `helpers.stats.describe.describe.proportions` with the label or kind of missing answer in
    ``level``; ``about label scale_label`` say of which item; ``truth`` is missing for others than
    simulated respondents. `Inapplicable` where the file has none of the items, or they offer
    different answers.
    """
    items = wanted_items(survey, scales=scales, about=about)
    if not items:
        return absent(survey, "answer_distributions", *scales, *about)
    if len({tuple(item.labels().values()) for item in items}) > 1:
        reason = "the items offer different answers, which cannot share one scale"
        return Inapplicable(reason, "answer_distributions", evidence_of(survey.rows))
    return pd.concat([_whole(survey, item) for item in items], ignore_index=True)


def _whole(survey: Survey, item: Item) -> pd.DataFrame:
    truth = true_answers(survey, item)
    rows = proportions(*asked_answers(survey, item))
    return described(rows.assign(truth=rows["level"].map(truth).astype("float64")), item, survey)


def answers_by_group(
    survey: Survey, *, about: str, facts: Sequence[str]
) -> pd.DataFrame | Inapplicable:
    """Every answer to one item among all and in each group, in percent of those who answered it.

    In all else as `readings_by_group` and `proportions`.

    Returns
    -------
    As `answer_distributions`; ``by`` names the fact, ``group`` the group, ``label`` both.
    """
    items = wanted_items(survey, about=[about])
    if not items:
        return absent(survey, "answers_by_group", about)
    item, design = items[0], design_of(survey, labels=True)
    every = proportions(design.answered(item.name), item.name).assign(
        by="Everybody", label="All groups"
    )
    parts = [_with_shares(every, {"all": true_shares(survey, item)}, item)]
    for fact in fact_items(survey, facts):
        rows = proportions(design.answered(item.name, fact.name), item.name, by=fact.name)
        rows = rows.assign(by=fact.label, label=rows["group"])
        parts.append(_with_shares(rows, true_group_shares(survey, item, fact), item))
    return pd.concat(parts, ignore_index=True).assign(about=about)


def _with_shares(
    rows: pd.DataFrame, shares: Mapping[str, Floats | None], item: Item
) -> pd.DataFrame:
    names = list(item.labels().values())
    truth = [
        np.nan if (share := shares.get(group)) is None else 100 * float(share[names.index(level)])
        for group, level in zip(rows["group"], rows["level"], strict=True)
    ]
    return rows.assign(truth=truth)


def answer_readings(
    survey: Survey,
    *,
    scales: Sequence[str] = (),
    about: Sequence[str] = (),
    levels: Sequence[str] | None = None,
) -> pd.DataFrame | Inapplicable:
    """Net score, top box, medians and consensus of each item, weighted beside unweighted.

    The top box is every answer above the middle of the scale.

    In all else as `design_of` and `likert_summary`.

    Parameters
    ----------
    scales, about : as for `answer_distributions`.
    levels : readings wanted of those of `likert_summary`; all by default.

    Returns
    -------
    Rows of `likert_summary` among those who answered, with ``unweighted`` (missing in a file
    without weights), ``truth`` (of those who answer) and ``sincere`` (what all would say who are
    asked; both missing for others than simulated respondents).
    """
    items = wanted_items(survey, scales=scales, about=about)
    if not items:
        return absent(survey, "answer_readings", *scales, *about)
    design = design_of(survey, labels=True)
    rows = pd.concat([_readings(survey, item, design) for item in items], ignore_index=True)
    return rows if levels is None else rows[rows["level"].isin(levels)].reset_index(drop=True)


def _readings(survey: Survey, item: Item, everybody: Design) -> pd.DataFrame:
    design = everybody.answered(item.name)
    box = len(item.options) // 2
    rows = likert_summary(design, item.name, box=box)
    plain = likert_summary(alike(design), item.name, box=box)["estimate"]
    weighted = without_weights(survey, "answer_readings") is None
    found = {"unweighted": plain if weighted else np.nan}
    for name, part in (("truth", "answered"), ("sincere", "sincere")):
        share = true_shares(survey, item, part=part)
        known = {} if share is None else true_readings(share)
        found[name] = rows["level"].map(known).astype("float64")
    return described(rows.assign(**found), item, survey)


def readings_by_group(
    survey: Survey,
    *,
    facts: Sequence[str],
    scales: Sequence[str] = (),
    about: Sequence[str] = (),
    level: str = "net score",
) -> pd.DataFrame | Inapplicable:
    """One reading of each item in each group, weighted beside unweighted.

    In all else as `answer_readings`.

    Parameters
    ----------
    facts : what the groups are formed by, such as ``age-group``.
    scales, about : the items, as for `answer_distributions`.
    level : the reading, one of those of `likert_summary`.

    Returns
    -------
    As `answer_readings` without ``sincere``; ``by`` is the label of the fact and ``group`` that of
    the group. A group is a domain of the design, of those who answered the item and the fact.
    """
    items = wanted_items(survey, scales=scales, about=about)
    by = fact_items(survey, facts)
    if not items or not by:
        return absent(survey, "readings_by_group", *(facts if items else (*scales, *about)))
    design = design_of(survey, labels=True)
    parts = [_in_groups(survey, item, fact, design) for item in items for fact in by]
    rows = pd.concat(parts, ignore_index=True)
    return rows[rows["level"] == level].reset_index(drop=True)


def _in_groups(survey: Survey, item: Item, fact: Item, everybody: Design) -> pd.DataFrame:
    design = everybody.answered(item.name, fact.name)
    box = len(item.options) // 2
    rows = likert_summary(design, item.name, by=fact.name, box=box)
    plain = likert_summary(alike(design), item.name, by=fact.name, box=box)["estimate"]
    weighted = without_weights(survey, "readings_by_group") is None
    shares = true_group_shares(survey, item, fact)
    known = {group: true_readings(share) for group, share in shares.items()}
    truth = [
        known.get(group, {}).get(level, np.nan)
        for group, level in zip(rows["group"], rows["level"], strict=True)
    ]
    rows = rows.assign(by=fact.label, unweighted=plain if weighted else np.nan, truth=truth)
    return described(rows, item, survey)


def weighting_changes(
    survey: Survey, *, scales: Sequence[str] = (), about: Sequence[str] = ()
) -> pd.DataFrame | Inapplicable:
    """What weighting changes in the top box: ``change``, weighted less unweighted, in points.

    In all else as `answer_readings`.

    Returns
    -------
    As `answer_readings`, the largest change first; `Inapplicable` in a file without weights.
    """
    reason = without_weights(survey, "weighting_changes")
    if reason is not None:
        return reason
    rows = answer_readings(survey, scales=scales, about=about, levels=[TOP])
    if isinstance(rows, Inapplicable):
        return rows
    change = rows["estimate"] - rows["unweighted"]
    rows = rows.assign(change=change, error=rows["estimate"] - rows["truth"])
    return rows.loc[change.abs().sort_values(ascending=False, kind="stable").index].reset_index(
        drop=True
    )


def appeal_steps(survey: Survey) -> pd.DataFrame | Inapplicable:
    """From an appeal to satisfaction: the share of the upper answers at each step, of those asked it.

    The upper answers are yes, or every answer above the middle of the scale.

    In all else as `answer_readings`.
    """
    return answer_readings(survey, about=APPEALS, levels=[TOP])


def hidden_distrust(survey: Survey, *, scales: Sequence[str]) -> pd.DataFrame | Inapplicable:
    """The top box beside what all would say sincerely; ``bent`` is truth less sincere, in points.

    `Inapplicable` without a truth: a survey alone cannot tell how many answers are insincere.

    In all else as `answer_readings`.
    """
    items = wanted_items(survey, scales=scales)
    if not items:
        return absent(survey, "hidden_distrust", *scales)
    if all(item_truth(survey, item) is None for item in items):
        reason = "how many answers are insincere is known of simulated respondents alone"
        return Inapplicable(reason, "hidden_distrust", evidence_of(survey.rows))
    rows = answer_readings(survey, scales=scales, levels=[TOP])
    if isinstance(rows, Inapplicable):
        return rows
    return rows.assign(bent=rows["truth"] - rows["sincere"])
