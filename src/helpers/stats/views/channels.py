"""Users of channels of open government and others, and people by the kind of their use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import combinations

import numpy as np
import pandas as pd

from helpers.data.codebook import Item
from helpers.data.survey import Survey
from helpers.stats.design import Design
from helpers.stats.estimates import Inapplicable
from helpers.stats.respondents import items_about
from helpers.stats.simulation.scale_designs import scale_label, scales_of, score_name, scored_design
from helpers.stats.views.family_rows import HALF, Question, family_rows, ranked
from helpers.stats.views.items import absent
from helpers.stats.views.true_scales import true_position_correlation

USERS, OTHERS = "users", "others"
ANY = "Any channel"
WRITES, READS, NEITHER = "writes", "reads only", "neither"
USE = "kind of use"


def users_and_others(
    survey: Survey, *, channels: Sequence[str], outcomes: Sequence[str], family: str
) -> pd.DataFrame | Inapplicable:
    """Whether users of a channel score higher than all others: each channel, then any channel.

    A user gave the highest answer to the item of the channel. Others are those who did not; for any
    channel, those who answered all items and use none.

    In all else as `two_groups_compared`.

    Parameters
    ----------
    channels : words of the items, as far as the file has them.
    outcomes : scales.
    family : name of the family of tests.

    Returns
    -------
    Rows of `family_rows`; the effect is the probability that a user scores higher than another.
    ``truth`` is the correlation of the channels' scale with the outcome in the population.
    """
    items = items_about(survey, channels)
    scales = scales_of(survey, outcomes)
    if not items or not scales:
        return absent(survey, "users_and_others", *channels, *outcomes)
    design = scored_design(survey, scales)
    columns = {item.name: _used(survey, item) for item in items}
    groups = {item.label: (str(item.about), _named(columns[item.name])) for item in items}
    groups[ANY] = ("", _named(_any(pd.DataFrame(columns))))
    questions = []
    for scale in scales:
        truth = true_position_correlation(survey, items[0].scale or "", scale)
        for label, (word, group) in groups.items():
            formed = replace(design, rows=design.rows.assign(**{label: group}))
            block = scale_label(survey, scale)
            questions.append(
                ranked(survey, formed, score_name(scale), label, block=block, label=label,
                       about=word, truth=truth)
            )  # fmt: skip
    return family_rows(survey, questions, family=family, no_effect=HALF)


def kinds_of_use(
    survey: Survey,
    *,
    reading: Sequence[str],
    writing: Sequence[str],
    outcomes: Sequence[str],
    family: str,
) -> pd.DataFrame | Inapplicable:
    """Whether people who write to the state, who only read, and who do neither score differently.

    Each pair of kinds. Who uses one channel of writing or more writes; who uses one of reading and
    none of writing reads only. Whoever left an item unanswered that would decide is left out.

    In all else as `users_and_others`.

    Parameters
    ----------
    reading, writing : words of the items of channels of each kind, as far as the file has them.
    outcomes, family : as for `users_and_others`.
    """
    found = {"reading": items_about(survey, reading), "writing": items_about(survey, writing)}
    scales = scales_of(survey, outcomes)
    if not all(found.values()) or not scales:
        return absent(survey, "kinds_of_use", *reading, *writing, *outcomes)
    kind = use_kind(survey, found)
    design = scored_design(survey, scales)
    questions: list[Question] = []
    for scale in scales:
        truth = true_position_correlation(survey, found["reading"][0].scale or "", scale)
        for first, second in combinations((WRITES, READS, NEITHER), 2):
            formed = _between(design, kind, first, second)
            questions.append(
                ranked(survey, formed, score_name(scale), USE,
                       block=scale_label(survey, scale),
                       label=f"{first} over {second}", truth=truth)
            )  # fmt: skip
    return family_rows(survey, questions, family=family, no_effect=HALF)


def use_kind(survey: Survey, items: Mapping[str, Sequence[Item]]) -> pd.Series:
    """Of each respondent, the kind of use; missing where unanswered items would decide."""
    used = {
        kind: _any(pd.DataFrame({item.name: _used(survey, item) for item in of_kind}))
        for kind, of_kind in items.items()
    }
    writes, reads = used["writing"], used["reading"]
    kind = np.select(
        [writes == 1, (writes == 0) & (reads == 1), (writes == 0) & (reads == 0)],
        [WRITES, READS, NEITHER],
        default="",
    )
    order = pd.CategoricalDtype([WRITES, READS, NEITHER], ordered=True)
    return pd.Series(kind, index=writes.index).where(kind != "").astype(order)


def _between(design: Design, kind: pd.Series, first: str, second: str) -> Design:
    pair = kind.where(kind.isin([first, second]))
    formed = replace(design, rows=design.rows.assign(**{USE: pair}))
    return formed.where(pair.notna().to_numpy()) if pair.notna().any() else formed


def _used(survey: Survey, item: Item) -> pd.Series:
    """1 for the highest answer, 0 for a lower one, missing where there is none."""
    given = survey.rows[item.name]
    return (given == item.codes[-1]).astype("float64").where(given.notna())


def _any(used: pd.DataFrame) -> pd.Series:
    """1 where one is 1; 0 where all are 0; missing where none is 1 and one is missing."""
    most = used.max(axis=1)
    return most.where((most == 1) | used.notna().all(axis=1))


def _named(used: pd.Series) -> pd.Series:
    order = pd.CategoricalDtype([USERS, OTHERS], ordered=True)
    return used.map({1.0: USERS, 0.0: OTHERS}).astype(order)
