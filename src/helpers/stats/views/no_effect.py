"""Claims of no effect, from a survey to rows: two groups that answer alike, within bounds."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from helpers.data.codebook import Item
from helpers.data.survey import Survey
from helpers.errors import HelpersError
from helpers.stats.design import Design
from helpers.stats.estimates import Inapplicable, TestResult, to_frame
from helpers.stats.families import adjust
from helpers.stats.no_effect.equivalence import equivalent_ordinal
from helpers.stats.no_effect.tost import Equivalence
from helpers.stats.respondents import design_of, items_about
from helpers.stats.views.items import absent
from helpers.stats.views.mediation import USER, users
from helpers.stats.views.true_effects import is_true_null
from helpers.stats.views.true_shares import true_group_shares

BOUNDS = (0.44, 0.56)
"""No effect worth the name, as a probability of superiority: six in a hundred pairs beyond a toss."""

USE = "use"
"""Word for the use of channels, which several items tell together."""

WORDS = {USE: "Use of channels", "language": "Language", "settlement": "Settlement", "sex": "Sex"}
Claim = tuple[str, str]
"""What the answers are about, and what the two groups differ in."""


def claims_tested(
    survey: Survey, *, claims: Sequence[Claim], bounds: tuple[float, float] = BOUNDS
) -> pd.DataFrame | Inapplicable:
    """Whether two groups answer alike, claim by claim, by the probability of superiority.

    In all else as `design_of` and `equivalent_ordinal`.

    Parameters
    ----------
    claims : word of an ordered item and word of a fact with two groups, or `USE`; those for which
        the file lacks an item are left out.
    bounds : what counts as no effect, about 0.5; stated before the result is seen.

    Returns
    -------
    Rows of `helpers.stats.no_effect.equivalence.equivalent_ordinal`: ``label`` in words, ``inner_low
    inner_high`` the 90 % interval, ``lower upper``, ``p_value`` of equivalence and ``p_adjusted``
    by Holm's method over the ``tests`` of the ``family``, ``verdict``, ``significant`` (whether the 95 % interval
    lacks 0.5), ``truth``.
    """
    found = [_tested(survey, claim, bounds) for claim in claims]
    done = [pair for pair in found if pair is not None]
    if not done:
        return absent(survey, "claims_tested", *(about for about, _ in claims))
    rows = pd.concat([_row(tested).assign(**words) for words, tested in done], ignore_index=True)
    family = adjust([_deciding(tested) for _, tested in done], family="claims of no effect")
    return rows.assign(
        p_adjusted=[member.p_adjusted for member in family],
        family=family[0].family,
        tests=family[0].tests,
    )


def claim_by_domain(
    survey: Survey, *, claim: Claim, fact: str, bounds: tuple[float, float] = BOUNDS
) -> pd.DataFrame | Inapplicable:
    """One claim in every group of a fact, such as every region: the same effect, smaller bases.

    In all else as `claims_tested`.

    Returns
    -------
    As `claims_tested`, ``label`` being the group; ``truth`` is that of the whole population.
    Groups in which the claim cannot be tested are left out.
    """
    parted = next(iter(items_about(survey, [fact])), None)
    setting = _setting(survey, claim)
    if parted is None or setting is None:
        return absent(survey, "claim_by_domain", claim[0], claim[1], fact)
    design = design_of(survey, labels=True)
    domains = design.rows[parted.name]
    found = []
    for group in parted.labels().values():
        inside = (domains == group).to_numpy(dtype=bool, na_value=False)
        tested = _equivalence(setting, bounds, inside) if inside.any() else None
        if tested is not None:
            found.append(_row(tested).assign(label=group, group=group, truth=setting.truth))
    if not found:
        return absent(survey, "claim_by_domain", fact)
    return pd.concat(found, ignore_index=True)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Setting:
    design: Design
    item: Item
    by: str
    label: str
    truth: float


def _setting(survey: Survey, claim: Claim) -> _Setting | None:
    """The design with the two groups as a column, or None where the file cannot bear the claim."""
    about, parted = claim
    item = next(iter(items_about(survey, [about])), None)
    if item is None or item.type != "ordinal":
        return None
    design = design_of(survey, labels=True)
    if parted == USE:
        use = users(survey)
        if isinstance(use, Inapplicable):
            return None
        design, by = replace(design, rows=design.rows.assign(**{USER: use})), USER
        truth = 0.5 if is_true_null(survey, item, "channels") else math.nan
    else:
        fact = next(iter(items_about(survey, [parted])), None)
        if fact is None or survey.rows[fact.name].nunique() != 2:
            return None
        by, truth = fact.name, _superiority(survey, item, fact)
    label = f"{WORDS.get(parted, parted)}: “{item.label}”"
    return _Setting(
        design=design.answered(item.name, by), item=item, by=by, label=label, truth=truth
    )


def _superiority(survey: Survey, item: Item, fact: Item) -> float:
    """The true chance that one of the first group answers higher than one of the second."""
    shares = list(true_group_shares(survey, item, fact).values())
    if len(shares) != 2:
        return math.nan
    below = np.cumsum(shares[1]) - shares[1] / 2
    return float(shares[0] @ below)


def _tested(
    survey: Survey, claim: Claim, bounds: tuple[float, float]
) -> tuple[dict[str, object], Equivalence] | None:
    setting = _setting(survey, claim)
    tested = None if setting is None else _equivalence(setting, bounds)
    if setting is None or tested is None:
        return None
    words = {"label": setting.label, "about": claim[0], "by": claim[1], "truth": setting.truth}
    return words, tested


def _equivalence(
    setting: _Setting, bounds: tuple[float, float], inside: np.ndarray | None = None
) -> Equivalence | None:
    try:
        design = setting.design if inside is None else setting.design.where(inside)
        tested = equivalent_ordinal(
            design, item=setting.item.name, by=setting.by, lower=bounds[0], upper=bounds[1]
        )
    except HelpersError:
        return None
    return tested if isinstance(tested, Equivalence) else None


def _row(tested: Equivalence) -> pd.DataFrame:
    low, high = tested.effect.ci_low, tested.effect.ci_high
    return to_frame([tested.effect]).assign(
        inner_low=tested.inner_low, inner_high=tested.inner_high, lower=tested.lower,
        upper=tested.upper, p_value=tested.p_value, verdict=tested.verdict.value,
        significant="no" if low is not None and high is not None and low <= 0.5 <= high else "yes",
    )  # fmt: skip


def _deciding(tested: Equivalence) -> TestResult:
    return max(tested.above_lower, tested.below_upper, key=lambda test: test.p_value)
