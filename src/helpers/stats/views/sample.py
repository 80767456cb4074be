"""Who was drawn, and who did not answer: weights, margins, regions and missing answers of a survey."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from helpers.data.codebook import MISSING, Item
from helpers.data.official import census
from helpers.data.survey import Survey
from helpers.evidence import Evidence, evidence_of
from helpers.stats.describe.describe import means, proportions
from helpers.stats.design import Design
from helpers.stats.estimates import Estimate, Inapplicable, joined, to_frame
from helpers.stats.respondents import design_of, items_about
from helpers.stats.views.items import (
    FEW,
    absent,
    alike,
    described,
    design_of_column,
    fact_items,
    without_weights,
)
from helpers.stats.views.true_shares import item_truth, true_group_silence

MARGINS = {
    "region20": "Region", "urban_rural": "Settlement", "sex_x_age_18_74": "Sex and age",
}  # fmt: skip
"""What each margin of the census is about."""


def margin_shares_of(survey: Survey, *, facts: Sequence[str]) -> pd.DataFrame | Inapplicable:
    """The share of each category of recorded facts, weighted beside unweighted.

    In all else as `design_of` and `proportions`.

    Returns
    -------
    Rows in percent of those for whom the fact is known; ``by`` is the label of the fact and
    ``label`` the category. ``truth`` is the share in the population of simulated respondents,
    ``gap`` and ``gap_unweighted`` are the distances from it in points, to two decimals; missing for others. The
    interval takes weights as given: for margins that the weights were raked to it is too wide.
    """
    items = fact_items(survey, facts)
    if not items:
        return absent(survey, "margin_shares_of", *facts)
    return pd.concat([_margin(survey, item) for item in items], ignore_index=True)


def _margin(survey: Survey, item: Item) -> pd.DataFrame:
    design = design_of(survey, labels=True).answered(item.name)
    rows = proportions(design, item.name)
    plain = proportions(alike(design), item.name)["estimate"]
    weighted = without_weights(survey, "margin_shares_of") is None
    held = item_truth(survey, item)
    labels = item.labels()
    truth = {} if held is None else {labels[k]: 100 * x for k, x in held["answered"].items()}
    known = rows["level"].map(truth).astype("float64")
    return rows.assign(
        by=item.label, label=rows["level"], about=item.about or item.name,
        unweighted=plain if weighted else np.nan, truth=known,
        gap=(rows["estimate"] - known).round(2) + 0.0,
        gap_unweighted=(plain - known).round(2) + 0.0,
    )  # fmt: skip


def census_shares(dates: Mapping[str, str]) -> pd.DataFrame:
    """Published margins of the census as shares in percent.

    A missing count is an error.

    Parameters
    ----------
    dates : the reference date wanted of each margin, by its name in the table of the census.

    Returns
    -------
    Rows in percent without interval, since a census is no sample; ``by`` says what the margin is
    about, ``covers`` of whom, ``reference_date`` of when.

    Raises
    ------
    EstimationError
        No margin is asked for.

    Notes
    -----
    R equivalent: ``proportions(table)``. Source: none, published counts are read.
    """
    parts = [census(margin, reference_date=date) for margin, date in dates.items()]
    rows = joined(parts, "a table of margins")
    population = rows["population"].astype("float64")
    whole = population.groupby([rows["margin"], rows["reference_date"]]).transform("sum")
    shares = to_frame(
        Estimate(
            item=row.margin, level=row.category, group="all", estimate=share, se=None, ci_low=None,
            ci_high=None, n=None, n_eff=None, deff=None, df=None, unit="percent",
            evidence=evidence_of(rows), source=row.source_id, method="census_shares",
        )
        for row, share in zip(rows.itertuples(), 100 * population / whole, strict=True)
    )  # fmt: skip
    return shares.assign(
        by=[MARGINS.get(name, name) for name in rows["margin"]], category=rows["category"],
        covers=rows["covers"], reference_date=rows["reference_date"], population=rows["population"],
    )  # fmt: skip


def region_shares(survey: Survey) -> pd.DataFrame | Inapplicable:
    """Respondents of each region, ``cell_n``, and the weighted share of the region in percent.

    In all else as `design_of` and `proportions`.
    """
    items = items_about(survey, ["region"])
    if not items or not items[0].options:
        return absent(survey, "region_shares", "region")
    item, design = items[0], design_of(survey, labels=True)
    known = design.answered(item.name)
    rows = proportions(known, item.name)
    counts = known.rows.loc[known.inside, item.name].value_counts()
    return rows.assign(label=rows["level"], cell_n=rows["level"].map(counts).astype("int64"))


def silence_by_item(
    survey: Survey, *, kinds: Sequence[str] = MISSING, most: int | None = None
) -> pd.DataFrame | Inapplicable:
    """How often each item has each kind of missing answer.

    In all else as `design_of` and `proportions`.

    Parameters
    ----------
    kinds : the kinds meant.
    most : give so many items, those with the most missing answers of those asked, and no others.
        In a reader's file, items of which a kind has fewer than five respondents are none of them.

    Returns
    -------
    Rows in percent, the items with most missing answers first: ``dont-know`` and ``refused`` of
    those asked, ``not-asked`` of all; a kind that an item cannot have has no row. ``truth`` as in
    the population of simulated respondents.
    """
    items = [
        item
        for item in survey.codebook.items
        if item.name in survey.rows.columns and set(item.missing) & set(kinds)
    ]
    if not items:
        return absent(survey, "silence_by_item", "missing answers")
    everybody = design_of(survey)
    rows = pd.concat(
        [
            _silence(survey, everybody, item, kind)
            for item in items for kind in kinds if kind in item.missing
        ],
        ignore_index=True,
    )  # fmt: skip
    silent = rows[rows["level"] != MISSING[2]].groupby("item", sort=False)["estimate"].sum()
    if most is not None and evidence_of(rows) is Evidence.RESPONDENTS:
        count = (rows["n"].astype("float64") * rows["estimate"] / 100).round()
        silent = silent.drop(rows.loc[count < FEW, "item"], errors="ignore")
    if silent.empty:
        reason = "every item has a kind of missing answer with fewer than five respondents"
        return Inapplicable(reason, "silence_by_item", evidence_of(rows))
    order = silent.sort_values(ascending=False, kind="stable").index[:most]
    rows = rows[rows["item"].isin(order)]
    place = rows["item"].map({name: k for k, name in enumerate(order)})
    return rows.loc[place.sort_values(kind="stable").index].reset_index(drop=True)


def _silence(survey: Survey, everybody: Design, item: Item, kind: str) -> pd.DataFrame:
    why = survey.why[item.name]
    column = pd.Categorical.from_codes((why == kind).astype("int64"), ["other", kind])
    design = design_of_column(everybody, item.name, column)
    if kind != MISSING[2]:
        design = design.where((why != MISSING[2]).to_numpy(dtype=bool, na_value=True))
    rows = proportions(design, item.name)
    rows = rows[rows["level"] == kind]
    held = item_truth(survey, item)
    truth = np.nan
    if held is not None:
        missing = held.get("missing", {})
        asked = 1.0 if kind == MISSING[2] else 1 - missing.get(MISSING[2], 0.0)
        truth = 100 * missing.get(kind, 0.0) / asked
    return described(rows.assign(truth=truth), item, survey)


def silence_by_group(
    survey: Survey, *, facts: Sequence[str], kinds: Sequence[str] = MISSING[:2]
) -> pd.DataFrame | Inapplicable:
    """How much of the questionnaire respondents leave open, by group and kind of missing answer.

    Of the questions that everybody is asked and that may lack an answer, the percent that lacks
    it, averaged over the respondents of the group.

    ``facts`` are words of the codebook. In all else as `silence_by_item`.

    Returns
    -------
    Rows in ``percent of items``; ``by`` is the label of the fact, ``group`` and ``label`` the group.
    """
    items = [
        item
        for item in survey.codebook.items
        if item.name in survey.rows.columns and item.asked_if is None and item.question
        and set(kinds) & set(item.missing) and item.about not in facts
    ]  # fmt: skip
    by = fact_items(survey, facts)
    if not items or not by:
        return absent(survey, "silence_by_group", *(facts if items else ("missing answers",)))
    names = [item.name for item in items]
    parts = []
    for kind in kinds:
        share = 100 * (survey.why[names] == kind).mean(axis="columns")
        design = design_of(survey, labels=True)
        design = design_of_column(design, kind, share)
        for fact in by:
            rows = means(design.answered(fact.name), kind, by=fact.name)
            truth = true_group_silence(survey, items, fact, kind=kind)
            parts.append(
                rows.assign(
                    level=kind,
                    item="missing answers",
                    unit="percent of items",
                    by=fact.label,
                    label=rows["group"],
                    truth=rows["group"].map(truth).astype("float64"),
                )
            )
    return pd.concat(parts, ignore_index=True)
