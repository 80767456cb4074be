"""The paths of a multiverse told in numbers: how far they agree, how far they reach, what they hang on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Literal, TypeVar

import pandas as pd

from helpers.evidence import evidence_of
from helpers.stats.bend.multiverse_summary import Agreement, agreement, influence
from helpers.stats.compare.coded import check_choice
from helpers.stats.estimates import (
    Estimate,
    Inapplicable,
    count,
    join_sources,
    matching,
    pick,
    reads,
    reason_passes,
    to_frame,
)

Found = TypeVar("Found")


@reads("main")
def main_path(rows: pd.DataFrame) -> Estimate:
    """What the main path gives.

    In all else as `pick`.
    """
    return pick(matching(rows, main=True))


@reads("estimate")
def end_path(rows: pd.DataFrame, end: Literal["lowest", "highest"]) -> Estimate:
    """The ``lowest`` or the ``highest`` estimate of all paths; without interval, being picked.

    ``rows`` are those of `multiverse`; an unknown ``end`` is an error. In all else as `pick`.
    """
    check_choice("end", end, ("lowest", "highest"))
    known = rows[rows["estimate"].notna()].sort_values("estimate", kind="stable")
    return replace(
        pick(known.iloc[:1] if end == "lowest" else known.iloc[-1:]),
        se=None,
        ci_low=None,
        ci_high=None,
    )


@reads("estimate")
def paths_known(rows: pd.DataFrame) -> Estimate:
    """How many paths have a result.

    In all else as `pick`.
    """
    return count(rows[rows["estimate"].notna()])


@reason_passes
def paths_agreeing(rows: pd.DataFrame, of: Agreement = "both") -> Estimate | Inapplicable:
    """The share of paths that agree with the main path; see `agreement`.

    In all else as `agreement`.
    """
    return _with_evidence(agreement(rows, of=of), rows)


@reads("excludes_null")
def paths_clear(rows: pd.DataFrame) -> Estimate:
    """The share of paths, of those with a result, whose interval excludes no effect.

    In all else as `pick`.
    """
    known = rows[rows["excludes_null"].notna()]
    return _share(known, 100 * float(known["excludes_null"].astype(bool).mean()), "excludes null")


@reads("ci_low", "ci_high")
def paths_within(rows: pd.DataFrame, bound: float) -> Estimate:
    """The share of paths, of those with an interval, whose whole interval lies within ± ``bound``.

    In all else as `pick`.
    """
    known = rows.dropna(subset=["ci_low", "ci_high"])
    inside = known["ci_low"].gt(-bound) & known["ci_high"].lt(bound)
    return _share(known, 100 * float(inside.mean()), f"within {bound:g}")


@reason_passes
def strongest_choice(rows: pd.DataFrame, choices: Sequence[str]) -> Estimate | Inapplicable:
    """The choice that explains most of the variance between paths, in percent of it.

    In all else as `influence`.
    """
    shares = _with_evidence(influence(rows, choices=choices), rows)
    if isinstance(shares, Inapplicable):
        return shares
    named = shares[shares["item"] != "combinations"]
    return pick(named.loc[[named["estimate"].idxmax()]])


def choices_side_by_side(
    claims: Mapping[str, pd.DataFrame | Inapplicable], choices: Mapping[str, str]
) -> pd.DataFrame | Inapplicable:
    """What each choice explains of the variance between paths, one column a claim.

    In all else as `influence`.

    Parameters
    ----------
    claims : paths by the heading of their column; a claim without a result, or of which a path has
        none, has no column.
    choices : names of the choices with their headings.

    Returns
    -------
    ``choice``, a column of percents a claim, ``n`` (the most respondents on a path), ``evidence``
    and ``source``; the last row is what depends on several choices together. `Inapplicable` if no claim has a result.
    """
    shares, asked = {}, {}
    reason = Inapplicable("no claim has a result", "choices_side_by_side")
    for name, rows in claims.items():
        found = rows
        if not isinstance(rows, Inapplicable):
            found = _with_evidence(influence(rows, choices=list(choices)), rows)
        if isinstance(rows, Inapplicable) or isinstance(found, Inapplicable):
            reason = found
            continue
        shares[name] = found.set_index("item")["estimate"]
        last, asked[name] = found, rows["n"].max()
    if not shares:
        return reason
    table = pd.DataFrame(shares)
    labels = [choices.get(str(item), "Several together") for item in table.index]
    table.insert(0, "choice", labels)
    return table.reset_index(drop=True).assign(
        n=max(asked.values()), evidence=evidence_of(last).value, source=join_sources(last)
    )


def claims_side_by_side(
    claims: Mapping[str, pd.DataFrame | Inapplicable],
) -> pd.DataFrame | Inapplicable:
    """One row a claim: its main path, how many paths there are, how far they reach and agree.

    ``claims`` holds rows of `multiverse` by name. In all else as `agreement`.

    Returns
    -------
    The result row of the main path with ``claim paths lowest highest`` and, in percent of the
    paths, ``sign`` and ``both`` (that agree with the main path) and ``clear`` (whose interval
    excludes no effect). `Inapplicable` if no claim has a result.
    """
    found = []
    reason = Inapplicable("no claim has a result", "claims_side_by_side")
    for name, rows in claims.items():
        if isinstance(rows, Inapplicable):
            reason = rows
            continue
        more = {
            "claim": name,
            "paths": int(rows["estimate"].notna().sum()),
            "lowest": float(rows["estimate"].min()),
            "highest": float(rows["estimate"].max()),
            "clear": _number(paths_clear(rows)),
            "sign": _number(paths_agreeing(rows, "sign")),
            "both": _number(paths_agreeing(rows, "both")),
            "truth": rows["truth"].iloc[0] if "truth" in rows.columns else None,
        }
        found.append(to_frame([pick(matching(rows, main=True))]).assign(**more))
    return pd.concat(found, ignore_index=True) if found else reason


def _number(found: Estimate | Inapplicable) -> float | None:
    return None if isinstance(found, Inapplicable) else found.estimate


def _share(rows: pd.DataFrame, percent: float, level: str) -> Estimate:
    """An exact share over paths; ``n`` would be respondents, and paths are none."""
    return Estimate(
        item="paths", level=level, group="all", estimate=percent, se=None, ci_low=None,
        ci_high=None, n=None, n_eff=None, deff=None, df=None, unit="percent",
        evidence=evidence_of(rows), source=join_sources(rows), method="paths_summary",
    )  # fmt: skip


def _with_evidence(found: Found | Inapplicable, rows: pd.DataFrame) -> Found | Inapplicable:
    """A reason that says what it would have rested on."""
    if isinstance(found, Inapplicable) and found.evidence is None:
        return replace(found, evidence=evidence_of(rows))
    return found
