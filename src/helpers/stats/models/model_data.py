"""Respondents made ready for a model: an ordered answer, facts about people, scores of scales."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from helpers.data.codebook import Item
from helpers.data.scores import scale_score
from helpers.data.survey import Survey
from helpers.errors import HelpersError
from helpers.evidence import evidence_of
from helpers.stats.design import Design, Floats
from helpers.stats.estimates import Inapplicable
from helpers.stats.respondents import design_of, items_about, lacking
from helpers.stats.views.items import absent, fact_items

TOP = "answers above the middle"
"""Column of 0 and 100: whether an answer lies above the middle of its scale."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ModelData:
    """One answer and its terms, for those who have all of them.

    Attributes
    ----------
    survey, item
        Where the answer is from, and what was asked.
    design
        Respondents; the answer as ordered labels, `TOP`, facts as labels, scores by their scale.
    facts
        Items of facts about people, their first answer being the base.
    scales
        Labels of the scales among the terms, by their names.
    """

    survey: Survey
    item: Item
    design: Design
    facts: tuple[Item, ...]
    scales: dict[str, str]

    @property
    def terms(self) -> list[str]:
        """Columns of the design that explain the answer."""
        return [*(fact.name for fact in self.facts), *self.scales]

    @property
    def above(self) -> int:
        """Answers that lie below the upper half: two of five and the middle, two of four."""
        return len(self.item.options) - len(self.item.options) // 2

    def label(self, term: str) -> str:
        """A change of a term in words: ``sex[Men]`` becomes ``Men, not women``."""
        for fact in self.facts:
            if term.startswith(f"{fact.name}["):
                base = self.design.rows[fact.name].cat.categories[0]
                return f"{fact.label}: {term[len(fact.name) + 1 : -1]}, not {_lower(str(base))}"
        name = term.removesuffix("[+1]")
        return f"{self.scales[name]}, 1 SD more" if name in self.scales else term


def model_data(
    survey: Survey, *, about: str, facts: Sequence[str] = (), scales: Sequence[str] = ()
) -> ModelData | Inapplicable:
    """What a model of one answer needs, from whatever the file has of it.

    Facts that the file lacks, or in which all are alike, are left out of the model; a scale that
    it lacks makes the model another one, so that there is none.

    Parameters
    ----------
    about : word of the answer, such as ``heeding-account``: an ordered item.
    facts : words of facts about people, such as ``age-group``.
    scales : names of scales; their scores enter in standard deviations.
    """
    item = next(iter(items_about(survey, [about])), None)
    if item is None or item.type != "ordinal" or len(item.options) < 3:
        return absent(survey, "model_data", about)
    missing = lacking(survey, "model_data", scales=scales)
    if missing is not None:
        return missing
    known = [fact for fact in fact_items(survey, facts) if fact.name != item.name]
    if not known and not scales:
        return absent(survey, "model_data", *facts)
    try:
        design = with_scores(design_of(survey, labels=True), survey, scales)
    except HelpersError as error:
        return Inapplicable(str(error), "model_data", evidence_of(survey.rows))
    columns = [item.name, *(fact.name for fact in known), *scales]
    rows = design.rows
    complete = rows[columns].notna().all(axis="columns").to_numpy()
    if not complete.any():
        reason = "nobody answered all of what the model needs"
        return Inapplicable(reason, "model_data", evidence_of(survey.rows))
    used = {
        name: rows[name].where(complete).cat.remove_unused_categories()
        for name in (item.name, *(fact.name for fact in known))
    }
    upper = list(item.labels().values())[-(len(item.options) // 2) :]
    top = np.where(complete, 100.0 * rows[item.name].isin(upper), np.nan)
    labels = {scale.name: scale.label for scale in survey.codebook.scales}
    return ModelData(
        survey=survey,
        item=item,
        design=replace(design, rows=rows.assign(**used, **{TOP: top})).where(complete),
        facts=tuple(known),
        scales={name: labels[name] for name in scales},
    )


def with_scores(design: Design, survey: Survey, scales: Sequence[str]) -> Design:
    """The design with the score of each scale, of weighted mean 0 and standard deviation 1.

    Raises
    ------
    DataError
        The file lacks items of a scale, or they have different codes.
    """
    scores = {name: _standard(scale_score(survey, name), design.weight) for name in scales}
    return replace(design, rows=design.rows.assign(**scores))


def _standard(score: pd.Series, weight: Floats) -> pd.Series:
    known = score.notna().to_numpy()
    values = score.to_numpy(dtype=np.float64, na_value=np.nan)[known]
    mean = np.average(values, weights=weight[known])
    spread = np.sqrt(np.average((values - mean) ** 2, weights=weight[known]))
    return (score - mean) / spread if spread > 0 else score * np.nan


def _lower(text: str) -> str:
    """The word inside a sentence; names of languages keep their capital."""
    first = text[:1]
    return text if text in ("Kazakh", "Russian") else first.lower() + text[1:]
