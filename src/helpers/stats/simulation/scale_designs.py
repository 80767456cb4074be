"""Scales of any instrument as designs: items in one direction, scores, and who answered them all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

from helpers.data.codebook import Item
from helpers.data.scores import scale_answers, scale_score
from helpers.data.survey import Survey
from helpers.errors import HelpersError
from helpers.evidence import evidence_of
from helpers.stats.design import Design
from helpers.stats.estimates import Inapplicable
from helpers.stats.respondents import design_of

Made = TypeVar("Made")


def scales_of(survey: Survey, wanted: Sequence[str] | None = None) -> list[str]:
    """Scales with two items or more in the file, in the order wanted or of the codebook."""
    names = [scale.name for scale in survey.codebook.scales] if wanted is None else list(wanted)
    return [name for name in names if len(scale_items(survey, name)) > 1]


def scale_items(survey: Survey, *scales: str) -> list[Item]:
    """The items of these scales that the file has, one scale after the other."""
    return [
        item
        for scale in scales
        for item in survey.codebook.scale(scale)
        if item.name in survey.rows.columns
    ]


def scale_label(survey: Survey, scale: str) -> str:
    """The words for a scale in the codebook."""
    return next((one.label for one in survey.codebook.scales if one.name == scale), scale)


def scale_design(survey: Survey, *scales: str, labels: bool = False) -> Design:
    """The respondents, with the items of these scales coded so that a high code means much.

    Parameters
    ----------
    labels : give all other items with options as their English labels.

    Raises
    ------
    DataError
        No such scale, or the file lacks some of its items.
    """
    design = design_of(survey, labels=labels)
    rows = design.rows
    for scale in scales:
        rows = rows.assign(**dict(scale_answers(survey, scale).items()))
    return replace(design, rows=rows)


def scored_design(survey: Survey, scales: Sequence[str]) -> Design:
    """The respondents with labels for items, and a column `score_name` for each of these scales.

    Raises
    ------
    DataError
        As `helpers.data.scores.scale_score` does.
    """
    design = design_of(survey, labels=True)
    scores = {score_name(scale): scale_score(survey, scale) for scale in scales}
    return replace(design, rows=design.rows.assign(**scores))


def score_name(scale: str) -> str:
    """The column of a score; no item of a codebook has a space in its name."""
    return f"score of {scale}"


def attempted(make: Callable[[], Made], survey: Survey, method: str) -> Made | Inapplicable:
    """What ``make`` gives, or why this file cannot give it: an instrument may lack or bend anything."""
    try:
        return make()
    except HelpersError as error:
        return Inapplicable(str(error).rstrip("."), method, evidence_of(survey.rows))


def too_few_items(survey: Survey, scales: Sequence[str]) -> Inapplicable:
    """The reason that stands where the file has fewer than two items of the scales asked for."""
    return Inapplicable(
        f"the file has fewer than two items of {', '.join(scales)}", "scale_items",
        evidence_of(survey.rows),
    )  # fmt: skip
