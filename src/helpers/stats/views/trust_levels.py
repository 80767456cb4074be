"""Trust in the first of several institutions less trust in each other, among the same people."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace

import pandas as pd

from helpers.data.codebook import Item
from helpers.data.survey import Survey
from helpers.errors import EstimationError
from helpers.evidence import evidence_of
from helpers.stats.compare.paired import friedman, mcnemar, wilcoxon
from helpers.stats.compare.weighted_paired import weighted_paired_difference
from helpers.stats.design import Design
from helpers.stats.estimates import Inapplicable
from helpers.stats.respondents import design_of, items_about, lacking
from helpers.stats.simulation.scale_designs import attempted
from helpers.stats.views.family_rows import Question, Tested, family_rows
from helpers.stats.views.items import alike
from helpers.stats.views.true_groups import true_mean, true_upper

UNWEIGHTED = Inapplicable("the test itself is unweighted", "trust_levels")
"""Stands in place of the unweighted twin of a test that has no weighted form here."""

Pair = tuple[Item, Item]
"""The institution compared with, and the one at the top."""


def institutions_together(
    survey: Survey, *, about: Sequence[str], family: str
) -> pd.DataFrame | Inapplicable:
    """Friedman's test of all institutions at once, among those who answered about all; unweighted.

    Kendall's W is 0 where people rank the institutions in no common order, 1 where all agree.

    In all else as `first_over_others` and `friedman`.
    """
    items = items_about(survey, about)
    reason = _too_few(survey, items, about)
    if reason is not None:
        return reason
    names = [item.name for item in items]

    def make() -> Tested:
        _same_answers(items)
        return friedman(survey.rows.dropna(subset=names), items=names)

    test = attempted(make, survey, "friedman")
    known = [true_mean(survey, item) for item in items]
    truth = max(known) - min(known) if not any(map(math.isnan, known)) else math.nan
    question = Question(block="All institutions", label="Kendall's W", test=test,
                        plain=UNWEIGHTED, truth=truth)  # fmt: skip
    return family_rows(survey, [question], family=family)


def first_over_others(
    survey: Survey, *, about: Sequence[str], family: str
) -> pd.DataFrame | Inapplicable:
    """Mean trust in the first institution less that in each other, under the design.

    ``family`` names the family of tests. In all else as `design_of` and
    `weighted_mean_difference`.

    Parameters
    ----------
    about : words of the items; the first of them that the file has is compared with the others.

    Returns
    -------
    Rows of `family_rows` in answer steps, each of those who answered both; ``plain`` is the same
    with all respondents alike. ``truth`` is the difference among those who answer, in the model.
    """

    def test(design: Design, pair: Pair) -> Tested:
        return weighted_paired_difference(design, before=pair[0].name, after=pair[1].name)

    def truth(pair: Pair) -> float:
        return true_mean(survey, pair[1]) - true_mean(survey, pair[0])

    def plain(design: Design, pair: Pair) -> Tested:
        return test(alike(design), pair)

    return _pairs(survey, about, family=family, test=test, plain=plain, truth=truth)


def first_over_others_in_ranks(
    survey: Survey, *, about: Sequence[str], family: str
) -> pd.DataFrame | Inapplicable:
    """Wilcoxon's signed ranks of the same pairs, unweighted, with the rank-biserial correlation.

    In all else as `first_over_others` and `wilcoxon`.
    """

    def none(_: Design, __: Pair) -> Tested:
        return UNWEIGHTED

    def test(design: Design, pair: Pair) -> Tested:
        rows = design.rows[design.inside]
        return wilcoxon(rows, before=pair[0].name, after=pair[1].name)

    def truth(pair: Pair) -> float:
        return true_mean(survey, pair[1]) - true_mean(survey, pair[0])

    return _pairs(survey, about, family=family, test=test, plain=none, truth=truth)


def shares_that_trust(
    survey: Survey, *, about: Sequence[str], family: str
) -> pd.DataFrame | Inapplicable:
    """McNemar's test of the share that trusts the first institution and each other; in points.

    Who trusts gave an answer above the middle of the scale. The test and its effect are unweighted;
    ``plain`` is here the difference under the design, and ``truth`` the one in the model.

    In all else as `first_over_others` and `mcnemar`.
    """

    def test(design: Design, pair: Pair) -> Tested:
        return mcnemar(design.rows[design.inside], before=_yes(pair[0]), after=_yes(pair[1]))

    def weighted(design: Design, pair: Pair) -> Tested:
        return weighted_paired_difference(
            design, before=_yes(pair[0]), after=_yes(pair[1]), percent=True
        )

    def truth(pair: Pair) -> float:
        return true_upper(survey, pair[1]) - true_upper(survey, pair[0])

    return _pairs(survey, about, family=family, test=test, plain=weighted, truth=truth)


def _pairs(
    survey: Survey,
    about: Sequence[str],
    *,
    family: str,
    test: Callable[[Design, Pair], Tested],
    plain: Callable[[Design, Pair], Tested],
    truth: Callable[[Pair], float],
) -> pd.DataFrame | Inapplicable:
    items = items_about(survey, about)
    reason = _too_few(survey, items, about)
    if reason is not None:
        return reason
    design = design_of(survey)
    shares = {_yes(item): _trusts(survey, item) for item in items}
    design = replace(design, rows=design.rows.assign(**shares))
    first, *others = items

    def tried(make: Callable[[Design, Pair], Tested], pair: Pair) -> Tested:
        def tested() -> Tested:
            _same_answers(pair)
            return make(design.answered(pair[0].name, pair[1].name), pair)

        return attempted(tested, survey, family)

    questions = [
        Question(
            block=f"{first.label}, less …", label=other.label, about=str(other.about),
            test=tried(test, (other, first)), plain=tried(plain, (other, first)),
            truth=truth((other, first)),
        )
        for other in others
    ]  # fmt: skip
    return family_rows(survey, questions, family=family)


def _too_few(survey: Survey, items: Sequence[Item], about: Sequence[str]) -> Inapplicable | None:
    if len(items) > 1:
        return None
    alone = Inapplicable("two items are needed", "first_over_others", evidence_of(survey.rows))
    return lacking(survey, "first_over_others", about=about) or alone


def _same_answers(items: Sequence[Item]) -> None:
    if len({item.codes for item in items}) > 1:
        raise EstimationError(
            f"items are not on one scale; got {[item.name for item in items]} with different"
            " answers; expected the same. Bring them to one scale."
        )


def _yes(item: Item) -> str:
    return f"{item.name}, upper answers"


def _trusts(survey: Survey, item: Item) -> pd.Series:
    """1 for an answer above the middle of the scale, 0 for another."""
    given = survey.rows[item.name]
    upper = given.isin(item.codes[-(len(item.codes) // 2) :])
    return upper.astype("float64").where(given.notna())
