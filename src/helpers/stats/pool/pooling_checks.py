"""What a pooled mean, or a contrast between kinds of houses, owes to choices nobody can settle.

Readings of one house are not independent, labels of houses can be doubted, and no design effect is
published. Each check changes one of these and says what becomes of the result.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations, product

import pandas as pd

from helpers.errors import EstimationError
from helpers.evidence import evidence_of
from helpers.stats.columns import require
from helpers.stats.estimates import Estimate, Inapplicable, join_sources, joined, to_frame
from helpers.stats.pool.meta_regression import meta_regression
from helpers.stats.pool.poll_studies import STANDS
from helpers.stats.pool.pooling import leave_one_out, pooled
from helpers.stats.pool.study_rows import Scale, check_present
from helpers.stats.published.printed import DESIGN_EFFECTS

MOST_CHOICES = 64
"""More relabellings or selections than this would fill no chart that can be read."""

Variant = tuple[str, pd.DataFrame]


def one_reading_each(rows: pd.DataFrame, *, by: str = "house") -> Iterator[Variant]:
    """Every way of taking one study from each house, with a label naming those chosen.

    Only houses that have several studies are named, each with the month of the one that is taken.
    """
    check_present(rows, [by, "date"])
    if rows.empty:
        return
    houses = [part for _, part in rows.groupby(by, sort=False)]
    _check_choices(pd.Series([len(part) for part in houses]).prod())
    for chosen in product(*(range(len(part)) for part in houses)):
        kept = [part.iloc[[place]] for part, place in zip(houses, chosen, strict=True)]
        named = [
            f"{one[by].iloc[0]} of {one['date'].iloc[0][:7]}"
            for one, part in zip(kept, houses, strict=True)
            if len(part) > 1
        ]
        yield ", ".join(named) or "each has one", pd.concat(kept)


def relabellings(rows: pd.DataFrame, *, doubtful: Sequence[str]) -> Iterator[Variant]:
    """Every way of giving doubtful houses the other of two labels; the first is as labelled."""
    check_present(rows, ["house", "stands"])
    unknown = sorted(set(doubtful) - set(rows["house"]))
    if unknown:
        raise EstimationError(
            f"houses without a study cannot be relabelled; got {unknown}; expected some of"
            f" {sorted(set(rows['house']))}."
        )
    _check_choices(2 ** len(doubtful))
    swapped = dict(zip(STANDS, reversed(STANDS), strict=True))
    for size in range(len(doubtful) + 1):
        for houses in combinations(doubtful, size):
            turned = rows["house"].isin(houses)
            stands = rows["stands"].astype(str)
            stands = stands.where(~turned, stands.map(swapped))
            label = f"{' and '.join(houses)} relabelled" if houses else "as labelled"
            yield label, rows.assign(stands=pd.Categorical(stands, STANDS))


def pooled_checks(rows: pd.DataFrame, *, since: str) -> pd.DataFrame:
    """The pooled mean of all studies, and as one choice after the other is changed.

    In all else as `pooled`.

    Parameters
    ----------
    rows : studies with a base, as `helpers.stats.pool.poll_studies.poll_studies` gives them.
    since : ISO date; the later studies are pooled by themselves too.

    Returns
    -------
    Result rows in percent: all studies at each of `DESIGN_EFFECTS`, those since ``since``, without
    each house, and one study a house. ``block`` and ``label`` say which; ``studies`` counts them.
    """
    later = rows[rows["date"] >= since]
    found = [
        _pooled("All readings", f"design effect {deff:g}", rows, deff) for deff in DESIGN_EFFECTS
    ]
    found.append(_pooled("All readings", f"since {since}", later))
    left = leave_one_out(rows, by="house")
    if not isinstance(left, Inapplicable):
        labels = {"block": "Without one house", "label": left["group"]}
        found.append(left.assign(**labels).drop(columns=["left_out", "tau2", "i2"]))
    found += [_pooled("One reading of each house", *each) for each in one_reading_each(rows)]
    return pd.concat(found, ignore_index=True)


def linkage_checks(
    rows: pd.DataFrame, *, doubtful: Sequence[str], since: str, scale: Scale = "identity"
) -> pd.DataFrame:
    """How much higher state-linked houses stand than others, as one choice after another changes.

    In all else as `meta_regression`.

    Parameters
    ----------
    rows : studies with a base, as `helpers.stats.pool.poll_studies.poll_studies` gives them.
    doubtful : houses whose label is turned round, each and all together.
    since : ISO date; the later studies are compared by themselves too.
    scale : on the identity scale the contrast is in points, on the logit scale in log-odds.

    Returns
    -------
    The contrast from `helpers.stats.pool.meta_regression.meta_regression` with a Hartung–Knapp
    interval, ``block``, ``label``, ``studies`` and ``p_value``: all studies and the later ones,
    each as labelled and relabelled; the later ones with one study a house; and with wording and
    year, where they vary, beside the linkage. A choice that leaves one label, or too few studies,
    gives no row.
    """
    check_present(rows, ["date", "house", "stands", "wording", "year"])
    later = rows[rows["date"] >= since]
    known = [house for house in doubtful if house in set(later["house"])]
    year = since[:4]
    blocks: list[tuple[str, Iterator[Variant], list[str]]] = [
        ("All readings with n", relabellings(rows, doubtful=doubtful), ["stands"]),
        (f"Since {year}", relabellings(later, doubtful=known), ["stands"]),
        (f"Since {year}, one reading of each house", one_reading_each(later), ["stands"]),
        (
            "Wording and year held fixed",
            iter([("all readings with n", rows), (f"since {year}", later)]),
            ["stands", "wording", "year"],
        ),
    ]
    found = [
        contrast
        for block, variants, moderators in blocks
        for label, kept in variants
        if (contrast := _contrast(block, label, kept, moderators, scale)) is not None
    ]
    return joined(found, "a table of contrasts")


def each_moderator(
    rows: pd.DataFrame, *, moderators: Sequence[str], scale: Scale = "identity"
) -> pd.DataFrame:
    """Each moderator by itself, on the studies for which it is known.

    Studies with a missing moderator are left out of its model. In all else as
    `meta_regression`.

    Returns
    -------
    The coefficients but the intercept; ``level`` of a slope is “each” and its moderator. With
    ``studies``, ``houses``, ``p_value`` and ``r2``, the
    percent of the variance between studies that goes with the moderator. A moderator that the
    studies do not bear gives no row.
    """
    check_present(rows, ["house"])
    require(rows, *moderators)
    found = []
    for moderator in moderators:
        known = rows.dropna(subset=[moderator])
        model = meta_regression(known, moderators=[moderator], scale=scale)
        if isinstance(model, Inapplicable):
            continue
        more = {
            "studies": len(known),
            "houses": known["house"].nunique(),
            "p_value": [test.p_value for test in model.tests[1:]],
            "r2": None if isinstance(model.r2, Inapplicable) else model.r2.estimate,
        }
        slopes = model.coefficients.iloc[1:].replace({"level": {"slope": f"each {moderator}"}})
        found.append(slopes.assign(**more))
    return joined(found, "a table of moderators")


def ranges_relabelled(rows: pd.DataFrame, *, doubtful: Sequence[str]) -> pd.DataFrame:
    """From where to where the readings of each kind of house run, for each set of labels.

    In all else as `poll_studies`.

    Parameters
    ----------
    rows : as `helpers.stats.pool.poll_studies.poll_studies` gives them, with or without a base.
    doubtful : houses whose label is turned round, each and all together.

    Returns
    -------
    One row a set: ``label``; ``lowest`` and ``highest`` of each of `STANDS`, in the unit of the
    rows; ``apart``, whether every state-linked reading is above every other; evidence and source.
    """
    found = []
    for label, kept in relabellings(rows, doubtful=doubtful):
        ends: dict[str, float] = {}
        for stands in STANDS:
            values = kept.loc[kept["stands"] == stands, "estimate"]
            ends |= {f"lowest {stands}": values.min(), f"highest {stands}": values.max()}
        apart = ends[f"lowest {STANDS[1]}"] > ends[f"highest {STANDS[0]}"]
        found.append({"label": label, **ends, "apart": apart})
    kind, source = evidence_of(rows), join_sources(rows)
    return pd.DataFrame(found).assign(evidence=kind.value, source=source)


def _pooled(block: str, label: str, rows: pd.DataFrame, deff: float | None = None) -> pd.DataFrame:
    mean: Estimate = replace(pooled(rows, deff=deff).estimate, group=label)
    return to_frame([mean]).assign(block=block, label=label, studies=len(rows))


def _contrast(
    block: str, label: str, rows: pd.DataFrame, moderators: list[str], scale: Scale
) -> pd.DataFrame | None:
    """The first moderator's coefficient; None where the studies do not bear it."""
    if rows["stands"].nunique() < 2:
        return None
    varying = [moderator for moderator in moderators if len(set(rows[moderator])) > 1]
    model = meta_regression(rows, moderators=varying, scale=scale)
    if isinstance(model, Inapplicable):
        return None
    more = {"block": block, "label": label, "studies": len(rows)}
    return model.coefficients.iloc[[1]].assign(**more, p_value=model.tests[1].p_value)


def _check_choices(number: float) -> None:
    if number > MOST_CHOICES:
        raise EstimationError(
            f"there are too many choices to show; got {number:g}; expected at most {MOST_CHOICES}."
            " Leave out studies or doubtful houses."
        )
