"""Whether items work differently in groups of a survey, counting all items as one family of tests."""

from __future__ import annotations

import numpy as np
import pandas as pd
from statsmodels.stats.multitest import multipletests

from helpers.data.codebook import Item
from helpers.data.survey import Survey, labelled
from helpers.errors import HelpersError
from helpers.evidence import evidence_of
from helpers.stats.columns import require
from helpers.stats.estimates import Estimate, Inapplicable, count, reads, reason_passes
from helpers.stats.respondents import items_about, lacking
from helpers.stats.scales.item_bias import item_bias, item_bias_sizes
from helpers.stats.simulation.scale_designs import scale_design, scale_items, scale_label, scales_of
from helpers.stats.views.items import item_label
from helpers.stats.views.true_scales import true_bias

LEVEL = 0.05
"""Adjusted p-values below this flag an item."""

FAMILY = "items that work differently in groups"
KINDS = ("uniform", "non-uniform")
ROUNDS = 20


def biased_items(survey: Survey, *, by: str = "language") -> pd.DataFrame | Inapplicable:
    """`item_bias` for all items of scales of three or more, Holm over all of them and both kinds.

    A biased item bends the score by which the others are matched, so that these seem biased too.
    So the item with the strongest evidence is taken out of the score of the others, and all are
    tested anew, until nothing further is found; those taken out are tested against the score of
    those that stay. A score needs two items that stay. Unweighted; independent respondents.

    In all else as `design_of` and `item_bias`.

    Parameters
    ----------
    by : word of the fact that forms the groups.

    Returns
    -------
    Two rows an item, ``level`` the kind of bias. Columns as of `item_bias`, and ``p_first`` and
    ``p_adjusted_first``, of the first round, in which all items match; ``tests``, how many there
    are; ``flagged_first`` and ``flagged``; ``size size_low size_high``, how much higher the second
    group answers in log-odds at the same score, and ``size_first``; ``groups`` in words; ``label``
    and ``scale_label``; ``truth``, the difference in the model on the item alone.
    """
    reason = lacking(survey, "biased_items", about=[by])
    scales = [scale for scale in scales_of(survey) if len(scale_items(survey, scale)) > 2]
    if reason is not None or not scales:
        return reason or Inapplicable(
            "the file has no scale of three items or more", "biased_items", evidence_of(survey.rows)
        )
    fact = items_about(survey, [by])[0]
    rows = {scale: _rows_of(survey, scale, fact) for scale in scales}
    first = _tested(rows, {scale: [] for scale in scales}, fact.name)
    if isinstance(first, Inapplicable):
        return first
    found = first
    out: dict[str, list[str]] = {scale: [] for scale in scales}
    for _ in range(ROUNDS):
        worst = _worst(found, rows, out)
        if worst is None:
            break
        out[worst[0]].append(worst[1])
        again = _tested(rows, out, fact.name)
        if isinstance(again, Inapplicable):
            break
        found = again
    return _described(survey, found, first, fact)


def _rows_of(survey: Survey, scale: str, fact: Item) -> pd.DataFrame:
    """Those who answered all items of a scale, with the group as its English label."""
    names = [item.name for item in scale_items(survey, scale)]
    rows = scale_design(survey, scale).rows
    group = labelled(survey, fact.name) if fact.options else rows[fact.name]
    rows = rows.assign(**{fact.name: group})
    return rows[[*names, fact.name, "evidence", "source_id"]].dropna()


def _tested(
    rows: dict[str, pd.DataFrame], out: dict[str, list[str]], by: str
) -> pd.DataFrame | Inapplicable:
    """Both tests and the size of every item, matched by the items of its scale that stay."""
    parts = []
    for scale, answers in rows.items():
        items = [name for name in answers.columns if name not in (by, "evidence", "source_id")]
        stay = [name for name in items if name not in out[scale]]
        for item, matched in [(None, stay), *((item, [item, *stay]) for item in out[scale])]:
            part = _of_items(answers, matched, by)
            if isinstance(part, Inapplicable):
                return part
            parts.append(part if item is None else part[part["item"] == item])
    found = pd.concat(parts, ignore_index=True)
    found["p_adjusted"] = multipletests(found["p_value"], method="holm")[1]
    return found.assign(family=FAMILY, tests=len(found), flagged=found["p_adjusted"] < LEVEL)


def _of_items(answers: pd.DataFrame, items: list[str], by: str) -> pd.DataFrame | Inapplicable:
    try:
        tests = item_bias(answers, items=items, by=by)
        sizes = item_bias_sizes(answers, items=items, by=by)
    except HelpersError as error:
        return Inapplicable(str(error).rstrip("."), "biased_items", evidence_of(answers))
    for part in (tests, sizes):
        if isinstance(part, Inapplicable):
            return Inapplicable(part.reason, "biased_items", evidence_of(answers))
    assert not isinstance(tests, Inapplicable) and not isinstance(sizes, Inapplicable)  # noqa: S101, PT018
    largest = sizes.loc[sizes["estimate"].abs().groupby(sizes["item"]).idxmax()].set_index("item")
    chosen = tests[tests["level"].isin(KINDS)].reset_index(drop=True)
    names = chosen["item"]
    return chosen.assign(
        size=names.map(largest["estimate"]),
        size_low=names.map(largest["ci_low"]),
        size_high=names.map(largest["ci_high"]),
        groups=names.map(largest["group"] + " − " + largest["level"]),
    )


def _worst(
    found: pd.DataFrame, rows: dict[str, pd.DataFrame], out: dict[str, list[str]]
) -> tuple[str, str] | None:
    """The scale and name of the item with the strongest evidence that can be taken out."""
    home = {item: scale for scale, answers in rows.items() for item in answers.columns[:-3]}
    order = found[found["flagged"]].sort_values("statistic", ascending=False, kind="stable")
    for item in order["item"]:
        scale = home[item]
        staying = len(rows[scale].columns) - 3 - len(out[scale])
        if item not in out[scale] and staying > 3:
            return scale, item
    return None


def _described(
    survey: Survey, found: pd.DataFrame, first: pd.DataFrame, fact: Item
) -> pd.DataFrame:
    known = {item.name: item for item in scale_items(survey, *scales_of(survey))}
    key = ["item", "level"]
    before = first.set_index(key)[["p_value", "p_adjusted", "flagged", "size"]]
    before.columns = pd.Index(["p_first", "p_adjusted_first", "flagged_first", "size_first"])
    order = {name: place for place, name in enumerate(known)}
    rows = found.join(before, on=key).sort_values("item", key=lambda x: x.map(order), kind="stable")
    items = [known[name] for name in rows["item"]]
    return rows.reset_index(drop=True).assign(
        label=[item_label(item) for item in items],
        scale_label=[scale_label(survey, item.scale or "") for item in items],
        truth=[true_bias(survey, item, fact) for item in items],
    )


@reads("item", "level", "size", "size_low", "size_high", "size_first", "groups", "flagged",
       "p_adjusted", "p_adjusted_first")  # fmt: skip
def bias_sizes(rows: pd.DataFrame) -> pd.DataFrame:
    """The sizes of `biased_items` as result rows in log-odds, one an item.

    In all else as `pick`.
    """
    one = rows[rows["level"] == KINDS[0]].reset_index(drop=True)
    flagged = rows.groupby("item")["flagged"].any()
    p, before = (rows.groupby("item")[name].min() for name in ("p_adjusted", "p_adjusted_first"))
    return one.assign(
        estimate=one["size"], ci_low=one["size_low"], ci_high=one["size_high"], se=np.nan,
        level=one["groups"], unit="log-odds", method="item_bias_sizes",
        unweighted=one["size_first"], flagged=one["item"].map(flagged),
        p_adjusted=one["item"].map(p), p_first=one["item"].map(before),
    )  # fmt: skip


@reason_passes
def bias_tests(rows: pd.DataFrame) -> Estimate:
    """How many tests `biased_items` made at last: two an item.

    In all else as `pick`.
    """
    return count(rows)


@reads("item", "flagged", "flagged_first")
def flagged_items(rows: pd.DataFrame, *, first: bool = False) -> Estimate:
    """How many items `biased_items` flags at last, or in its first round.

    ``first`` takes the first round. In all else as `pick`.
    """
    column = "flagged_first" if first else "flagged"
    return count(rows.assign(which=rows["item"].where(rows[column])), "which")


@reads("item", "flagged", "truth")
def rightly_flagged(rows: pd.DataFrame) -> Estimate | Inapplicable:
    """How many of the flagged items are biased in the model.

    In all else as `pick`.
    """
    if rows["truth"].isna().all():
        return Inapplicable(
            "the truth is known of simulated respondents alone", "biased_items", evidence_of(rows)
        )
    right = rows["item"].where(rows["flagged"] & (rows["truth"] > 0))
    return count(rows.assign(which=right), "which")


def flagged_names(rows: pd.DataFrame | Inapplicable) -> list[str]:
    """Names of the items that `biased_items` flags at last; none where it does not apply.

    In all else as `pick`.
    """
    if isinstance(rows, Inapplicable):
        return []
    require(rows, "item", "flagged")
    return list(rows.loc[rows["flagged"], "item"].unique())
