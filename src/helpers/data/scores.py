"""Scales of a survey: their items all in one direction, and a score for who answered enough of them."""

from __future__ import annotations

import pandas as pd

from helpers.data.codebook import Item, Scale
from helpers.data.filters import unknown
from helpers.data.survey import Survey
from helpers.errors import DataError


def scale_answers(survey: Survey, scale: str) -> pd.DataFrame:
    """The items of a scale, each coded so that a high code means much of it.

    A reversed item has its codes mirrored: the lowest becomes the highest. Missing stays missing.

    Returns
    -------
    One column an item in the order of the codebook, one row a respondent.

    Raises
    ------
    DataError
        No such scale, or the file lacks some of its items.
    """
    items = _items(survey, _scale(survey, scale))
    return pd.DataFrame({item.name: _forward(survey.rows[item.name], item) for item in items})


def scale_score(survey: Survey, scale: str) -> pd.Series:
    """The mean of the items that a respondent answered, if at least ``least`` of them were.

    Assumes codes at equal distances, and the same codes in every item.

    Returns
    -------
    In units of the codes, a high score meaning much; NaN for those who answered fewer.

    Raises
    ------
    DataError
        As for `scale_answers`, or the items have different codes.
    """
    known = _scale(survey, scale)
    ranges = {item.codes for item in _items(survey, known)}
    if len(ranges) > 1 or () in ranges:
        raise DataError(
            f"scale {scale!r} has no score; got items with the codes"
            f" {' and '.join(str(list(codes)) for codes in sorted(ranges))}; expected the same codes"
            " in every item. Use scale_answers and bring them to one range first."
        )
    given = scale_answers(survey, scale)
    score = given.mean(axis="columns").where(given.notna().sum(axis="columns") >= known.least)
    return score.rename(scale)


def _scale(survey: Survey, name: str) -> Scale:
    for scale in survey.codebook.scales:
        if scale.name == name:
            return scale
    raise DataError(unknown("scale", name, [scale.name for scale in survey.codebook.scales]))


def _items(survey: Survey, scale: Scale) -> tuple[Item, ...]:
    items = survey.codebook.scale(scale.name)
    absent = [item.name for item in items if item.name not in survey.rows.columns]
    if absent:
        raise DataError(
            f"scale {scale.name!r} is not whole in {survey.name}; got no column for"
            f" {', '.join(absent)}; expected all {len(items)} items, since fewer"
            " measure something else. Take the items out of the scale in the codebook if that is meant."
        )
    return items


def _forward(column: pd.Series, item: Item) -> pd.Series:
    if not item.reverse:
        return column
    return column.map(dict(zip(item.codes, reversed(item.codes), strict=True)))
