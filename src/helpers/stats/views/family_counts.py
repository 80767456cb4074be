"""Families of tests put together: how many tests there are, and how they agree with a known model."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pandas as pd

from helpers.evidence import evidence_of
from helpers.stats.columns import require
from helpers.stats.estimates import (
    Estimate,
    Inapplicable,
    count,
    join_sources,
    joined,
    matching,
    reads,
)
from helpers.stats.views.counts import beside
from helpers.stats.views.family_rows import LEVEL, NONE, SOME, UNKNOWN


@reads("estimate")
def answered_questions(rows: pd.DataFrame) -> pd.DataFrame | Inapplicable:
    """The questions that applied, for a chart; the table keeps the others with their reason.

    In all else as `pick`.
    """
    found = rows[rows["estimate"].notna()].reset_index(drop=True)
    if found.empty:
        return Inapplicable("no comparison applies", "answered_questions", evidence_of(rows))
    return found


def all_questions(families: Iterable[pd.DataFrame | Inapplicable]) -> pd.DataFrame | Inapplicable:
    """The rows of several families one below the other; those that do not apply are passed over.

    ``families`` are rows such as `two_groups_compared` gives; none is an error. In all else as
    `pick`.
    """
    given = list(families)
    reasons = [family for family in given if isinstance(family, Inapplicable)]
    if reasons and len(reasons) == len(given):
        return reasons[0]
    rows = (family for family in given if not isinstance(family, Inapplicable))
    return joined(rows, "a list of families")


@reads("family", "p_value", "in_model", "rejected", "n")
def families_counted(rows: pd.DataFrame) -> pd.DataFrame:
    """One row a family: its tests, how many reject, and how that agrees with the model.

    ``rows`` are those of several families, as from `all_questions`. In all else as `adjust`.

    Returns
    -------
    ``family tests rejected``; ``none`` and ``some``, tests of what the model does not have or has;
    ``false_raw`` and ``false``, rejections of the former before and after the adjustment;
    ``found``, rejections of the latter. A last row counts all; without a truth the columns are
    missing values.
    """
    asked = rows[rows["p_value"].notna()]
    parts = [*asked.groupby("family", sort=False), ("All", asked)]
    counted = pd.DataFrame([_counted(str(name), part) for name, part in parts])
    return counted.assign(
        evidence=evidence_of(rows).value, source=join_sources(rows), n=int(rows["n"].max())
    )


def _counted(name: str, part: pd.DataFrame) -> dict[str, object]:
    known = bool((part["in_model"] != UNKNOWN).any())
    nulls, effects = part[part["in_model"] == NONE], part[part["in_model"] == SOME]
    row: dict[str, object] = {
        "family": name,
        "tests": len(part),
        "rejected": int(part["rejected"].sum()),
    }
    truth = {
        "none": len(nulls),
        "false_raw": int((nulls["p_value"] < LEVEL).sum()),
        "false": int(nulls["rejected"].sum()),
        "some": len(effects),
        "found": int(effects["rejected"].sum()),
    }
    return row | {key: value if known else None for key, value in truth.items()}


def counted(
    rows: pd.DataFrame | Inapplicable, what: str, *, family: str = "All"
) -> Estimate | Inapplicable:
    """One number of `families_counted`, as an estimate that is exact.

    ``rows`` are those of `families_counted`, ``what`` a column of them. In all else as `pick`.
    """
    if isinstance(rows, Inapplicable):
        return rows
    require(rows, what)
    chosen = matching(rows, family=family)
    if chosen.empty or chosen[what].isna().all():
        reason = "the truth is known of simulated respondents alone"
        return Inapplicable(reason, "families_counted", evidence_of(rows))
    bare = count(chosen)
    return replace(bare, estimate=float(chosen[what].iloc[0]), item=what, level=family)


def beside_in(
    rows: pd.DataFrame | Inapplicable, column: str, *, unit: str, **where: str
) -> Estimate | Inapplicable:
    """`beside`, where the number in that column has another unit than the estimate.

    In all else as `pick`.
    """
    found = beside(rows, column, **where)
    return found if isinstance(found, Inapplicable) else replace(found, unit=unit)
