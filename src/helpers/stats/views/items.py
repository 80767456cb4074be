"""Items of a survey, whatever its instrument, as rows that a chapter shows: what they share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from helpers.data.codebook import MISSING, Item
from helpers.data.survey import Survey, labelled
from helpers.evidence import Evidence, evidence_of
from helpers.stats.columns import require
from helpers.stats.design import Design, Mask
from helpers.stats.estimates import Estimate, Inapplicable, matching, pick
from helpers.stats.respondents import design_of, items_about

FEW = 5
"""Kinds of missing answer with fewer respondents are joined in a reader's file."""

SILENT = MISSING[:2]
"""Kinds of missing answer of those who were asked."""


def wanted_items(
    survey: Survey, *, scales: Sequence[str] = (), about: Sequence[str] = ()
) -> list[Item]:
    """Ordered items of these scales, then those that stand for these words, as far as the file has them.

    Where neither is named, the items of every scale of the codebook.
    """
    if not scales and not about:
        scales = [scale.name for scale in survey.codebook.scales]
    named = [item for scale in scales for item in survey.codebook.scale(scale)]
    found = [item for item in named if item.name in survey.rows.columns]
    found += [item for item in items_about(survey, about) if item not in found]
    return [
        item
        for item in found
        if item.type in ("ordinal", "binary") and survey.rows[item.name].notna().any()
    ]


def fact_items(survey: Survey, facts: Sequence[str]) -> list[Item]:
    """Facts about respondents by which groups are formed: items with options and two groups at least."""
    return [
        item
        for item in items_about(survey, facts)
        if item.options and len(survey.rows[item.name].dropna().unique()) > 1
    ]


def absent(survey: Survey, method: str, *words: str) -> Inapplicable:
    """The reason that stands where the file has nothing of what is asked for."""
    return Inapplicable(
        f"the file has no item for {', '.join(words) or 'a scale'}",
        method,
        evidence_of(survey.rows),
    )


def without_weights(survey: Survey, method: str) -> Inapplicable | None:
    """Why weighted and unweighted cannot be compared, or None where they can."""
    if "weight" in survey.rows.columns:
        return None
    return Inapplicable("the file has no weights", method, evidence_of(survey.rows))


def alike(design: Design) -> Design:
    """The same design with every respondent counting alike."""
    return replace(design, weight=np.ones_like(design.weight))


def design_of_column(design: Design, name: str, values: Any) -> Design:
    """The same design with a column of this name, new or in place of another."""
    return replace(design, rows=design.rows.assign(**{name: values}))


def item_label(item: Item) -> str:
    """What an item measures, marked where agreeing means little of its scale."""
    return f"{item.label} (reversed)" if item.reverse else item.label


def described(rows: pd.DataFrame, item: Item, survey: Survey) -> pd.DataFrame:
    """Rows with the words of their item: ``about``, ``label`` and ``scale_label``."""
    labels = {scale.name: scale.label for scale in survey.codebook.scales}
    return rows.assign(
        about=item.about or item.name,
        label=item_label(item),
        scale_label=labels.get(item.scale or "", "Other items"),
    )


def asked_answers(survey: Survey, item: Item) -> tuple[Design, str]:
    """Everybody who was asked an item, with the label or the kind of missing answer of each.

    Returns
    -------
    The design of those asked, and the name of the column, which is that of the item. Kinds of
    missing answer that nobody gave are no category. In a reader's file they are joined as
    ``no-answer`` where one of them has fewer than `FEW` respondents.
    """
    design = design_of(survey)
    why, given = survey.why[item.name], labelled(survey, item.name)
    kinds = [kind for kind in SILENT if (why == kind).any()]
    names = {kind: kind for kind in kinds}
    asked = (why != MISSING[2]).to_numpy(dtype=bool, na_value=True)
    few = any(_cell(design, asked, (why == kind).to_numpy()) < FEW for kind in kinds)
    if few and evidence_of(survey.rows) is Evidence.RESPONDENTS:
        names = dict.fromkeys(kinds, "no-answer")
    levels = [*given.cat.categories, *dict.fromkeys(names.values())]
    codes = given.cat.codes.to_numpy(dtype="int64")
    for kind in kinds:
        codes = np.where((codes < 0) & (why == kind), levels.index(names[kind]), codes)
    texts = pd.Categorical.from_codes(codes, levels, ordered=True)
    return design_of_column(design, item.name, texts).where(asked & (codes >= 0)), item.name


def _cell(design: Design, asked: Mask, chosen: Mask) -> int:
    """Respondents of a cell, as counted and as the printed share would give them back; the fewer."""
    share = float(design.weight[asked & chosen].sum() / design.weight[asked].sum())
    return min(int((asked & chosen).sum()), round(share * int(asked.sum())))


def one(rows: pd.DataFrame | Inapplicable, **where: str | float) -> Estimate | Inapplicable:
    """The one row that matches; why there is none, where no row matches or its estimate is missing.

    In all else as `pick`.

    Raises
    ------
    EstimationError
        Several rows match, or a column is unknown.
    """
    if isinstance(rows, Inapplicable):
        return rows
    require(rows, "estimate")
    found = matching(rows, **where)
    if found.empty or found["estimate"].isna().all():
        words = ", ".join(str(value) for value in where.values())
        return Inapplicable(f"the file has nothing for {words}", "one", evidence_of(rows))
    return pick(found)
