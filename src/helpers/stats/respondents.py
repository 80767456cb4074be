"""Respondents of a survey as a design, and their items by what they stand for."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from helpers.data.codebook import Item
from helpers.data.survey import Survey, labelled
from helpers.evidence import evidence_of
from helpers.stats.design import Design, survey_design
from helpers.stats.estimates import Inapplicable

EQUAL = "equal_weight"
"""Column of ones, for a file that has no weights: every respondent counts alike."""


def design_of(survey: Survey, *, labels: bool = False) -> Design:
    """The respondents with the weights, strata and units that the codebook names.

    Parameters
    ----------
    labels : give items with options as their English labels in order, and not as codes.

    A file without weights gets equal ones; without strata or units, it counts as one stratum of
    respondents drawn one by one. Missing answers stay missing: see `Design.answered`.
    survey : the respondents.

    Returns
    -------
    The design with every respondent of the file, weights as there.

    Raises
    ------
    DesignError
        As `helpers.stats.design.survey_design` does.

    Notes
    -----
    R equivalent: ``survey::svydesign(~psu, strata = ~stratum, weights = ~weight, nest =
    TRUE)``. Source: Lumley (2004).
    """
    rows = survey.rows
    if labels:
        named = [item for item in survey.codebook.items if item.options and item.name in rows]
        rows = rows.assign(**{item.name: labelled(survey, item.name) for item in named})
    has = {role: role for role in ("stratum", "psu") if role in rows.columns}
    if "weight" not in rows.columns:
        rows = rows.assign(**{EQUAL: np.ones(len(rows))})
    return survey_design(
        rows, weight="weight" if "weight" in rows.columns else EQUAL,
        strata=has.get("stratum"), psu=has.get("psu"),
    )  # fmt: skip


def items_about(survey: Survey, words: Sequence[str]) -> list[Item]:
    """The items that stand for these words, such as ``trust-president``, as far as the file has them.

    ``words`` are those of the codebook; which answers are missing does not matter. In all else
    as `design_of`.
    """
    found = (survey.codebook.about(word) for word in words)
    return [item for item in found if item is not None and item.name in survey.rows.columns]


def lacking(
    survey: Survey, method: str, *, about: Sequence[str] = (), scales: Sequence[str] = ()
) -> Inapplicable | None:
    """Why an analysis cannot be done on this file, or None where it can.

    ``method`` names what would be done; which answers are missing does not matter. In all else
    as `design_of`.

    Parameters
    ----------
    about, scales : what the analysis needs: an item for every word, two items of every scale.
    """
    have = {item.about for item in items_about(survey, about)}
    missing = [word for word in about if word not in have]
    missing += [
        f"the scale {scale}"
        for scale in scales
        if sum(item.name in survey.rows.columns for item in survey.codebook.scale(scale)) < 2
    ]
    if not missing:
        return None
    return Inapplicable(
        f"the file has no item for {', '.join(missing)}", method, evidence_of(survey.rows)
    )
