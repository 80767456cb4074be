"""People who appealed: whether being answered, and being satisfied, goes with how they see the state."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from helpers.data.codebook import Item
from helpers.data.survey import Survey
from helpers.evidence import evidence_of
from helpers.stats.compare.paired import mcnemar
from helpers.stats.compare.weighted_paired import weighted_paired_difference
from helpers.stats.describe.describe import proportions
from helpers.stats.design import Design
from helpers.stats.estimates import Inapplicable
from helpers.stats.respondents import design_of, items_about, lacking
from helpers.stats.simulation.scale_designs import (
    attempted,
    scale_label,
    scales_of,
    score_name,
    scored_design,
)
from helpers.stats.views.family_rows import HALF, Question, Tested, family_rows, ranked
from helpers.stats.views.items import absent, alike
from helpers.stats.views.true_groups import true_upper
from helpers.stats.views.true_scales import true_position_correlation

WORDS = {
    "appealed": ("appealed", "did not"),
    "appeal-answered": ("answered", "not answered"),
    "appeal-satisfied": ("satisfied", "dissatisfied"),
}
"""Each step of an appeal by its word, and its two groups: the upper answers, and the others."""

ANSWERED, SATISFIED = "answered", "answered and satisfied"


def appeal_tests(
    survey: Survey, *, outcomes: Sequence[str], family: str
) -> pd.DataFrame | Inapplicable:
    """At each step of an appeal, whether those with the upper answers score higher than the others.

    Made an appeal or not, of all; answered or not, of those who made one; satisfied or not, of
    those who were answered. The upper answers are yes, or those above the middle of the scale.

    In all else as `two_groups_compared`.

    Returns
    -------
    Rows of `family_rows`; the effect is the probability that one of the first group scores higher.
    ``truth`` is the correlation of the step's scale with the outcome in the model; 0 for a step
    that depends on no scale.
    """
    steps = items_about(survey, list(WORDS))
    scales = scales_of(survey, outcomes)
    if not steps or not scales:
        return absent(survey, "appeal_tests", *WORDS, *outcomes)
    design = scored_design(survey, scales)
    questions: list[Question] = []
    for item in steps:
        names = WORDS[str(item.about)]
        upper = _upper(survey, item)
        group = upper.map({1.0: names[0], 0.0: names[1]}).astype(
            pd.CategoricalDtype(list(names), ordered=True)
        )
        formed = replace(design, rows=design.rows.assign(**{item.name: group}))
        questions += [
            ranked(survey, formed, score_name(scale), item.name,
                   block=f"{names[0]} over {names[1]}".capitalize(),
                   label=scale_label(survey, scale), about=str(item.about),
                   truth=_truth(survey, item, scale))
            for scale in scales
        ]  # fmt: skip
    return family_rows(survey, questions, family=family, no_effect=HALF)


def answered_and_satisfied(survey: Survey, *, family: str) -> pd.DataFrame | Inapplicable:
    """Of all who appealed, the share answered less the share satisfied with the answer.

    Whoever was not answered counts as not satisfied. The same people under both questions: paired
    under the design, and McNemar's test unweighted. One row of `family_rows` in points.

    In all else as `appeal_tests` and `mcnemar`.
    """
    made = _appeal_shares(survey)
    if isinstance(made, Inapplicable):
        return made
    design, truth = made

    def weighted() -> Tested:
        return weighted_paired_difference(design, before=SATISFIED, after=ANSWERED, percent=True)

    def plain() -> Tested:
        return mcnemar(design.rows[design.inside], before=SATISFIED, after=ANSWERED)

    question = Question(
        block="Of all who appealed", label="answered less satisfied",
        test=attempted(weighted, survey, "weighted_paired_difference"),
        plain=attempted(plain, survey, "mcnemar"), truth=truth[0] - truth[1],
    )  # fmt: skip
    return family_rows(survey, [question], family=family)


def appeal_shares(survey: Survey) -> pd.DataFrame | Inapplicable:
    """Of all who appealed, the shares that were answered, and answered to their satisfaction.

    In all else as `design_of` and `proportions`.

    Returns
    -------
    Two rows in percent, ``label`` in words, with ``unweighted`` and ``truth``.
    """
    made = _appeal_shares(survey)
    if isinstance(made, Inapplicable):
        return made
    design, truth = made

    def make() -> pd.DataFrame:
        rows = []
        for name, true in zip((ANSWERED, SATISFIED), truth, strict=True):
            found = [proportions(one, name) for one in (design, alike(design))]
            yes = [part[part["level"] == "1"].reset_index(drop=True) for part in found]
            rows.append(yes[0].assign(unweighted=yes[1]["estimate"], truth=true, label=name))
        return pd.concat(rows, ignore_index=True)

    return attempted(make, survey, "appeal_shares")


def _appeal_shares(survey: Survey) -> tuple[Design, tuple[float, float]] | Inapplicable:
    reason = lacking(survey, "answered_and_satisfied", about=list(WORDS))
    if reason is not None:
        return reason
    _, answered, satisfied = items_about(survey, list(WORDS))
    got, content = _upper(survey, answered), _upper(survey, satisfied)
    content = content.where(got != 0, 0.0)
    known = got.notna() & content.notna()
    if not known.any():
        return Inapplicable("nobody who appealed answered both questions",
                            "answered_and_satisfied", evidence_of(survey.rows))  # fmt: skip
    design = design_of(survey)
    design = replace(design, rows=design.rows.assign(**{ANSWERED: got, SATISFIED: content}))
    true = true_upper(survey, answered)
    return design.where(known.to_numpy()), (true, true * true_upper(survey, satisfied) / 100)


def _upper(survey: Survey, item: Item) -> pd.Series:
    """1 for an answer above the middle of the scale, 0 for another, missing where there is none."""
    given = survey.rows[item.name]
    upper = given.isin(item.codes[-(len(item.codes) // 2) :])
    return upper.astype("float64").where(given.notna() & np.isfinite(given))


def _truth(survey: Survey, item: Item, scale: str) -> float:
    """The model states for each item the scale that moves it; an item without one is moved by none."""
    if survey.truth is None:
        return math.nan
    held = survey.truth.get("items", {}).get(item.name)
    if held is None:
        return math.nan
    if "loading" not in held:
        return 0.0
    mover = _MOVERS.get(str(item.about), "")
    return float(held["loading"]) * true_position_correlation(survey, mover, scale)


_MOVERS = {"appealed": "channels", "appeal-satisfied": "heeding"}
"""The scales that move these items in the model, which the truth names by their loading alone."""
