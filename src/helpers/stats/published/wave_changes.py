"""Waves of one survey compared, item by item: size of each change first, then a family of tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import combinations

import numpy as np
import pandas as pd

from helpers.errors import EstimationError
from helpers.stats.bend.tipping_points import tipping_design_effect
from helpers.stats.columns import require
from helpers.stats.compare.distributions import compare_distributions, compare_ordered_distributions
from helpers.stats.estimates import Estimate, Inapplicable, TestResult, figures, pick, to_frame
from helpers.stats.families import adjust
from helpers.stats.no_effect.equivalence_printed import equivalent_printed_proportions

TRUST_ORDER = ("full-distrust", "rather-distrust", "partial-trust", "full-trust")
"""The harmonised scale from lowest to highest; other answers have no place on it."""


def wave_superiority(
    readings: pd.DataFrame, *, order: Sequence[str] = TRUST_ORDER, deff: float = 1.0
) -> pd.DataFrame:
    """How probably an answer of a later wave is higher than one of an earlier, for each target.

    A missing percent or n is an error; the effect is a probability.

    Parameters
    ----------
    readings : whole distributions of two or more waves, as `polls` gives them, with ``scale``.
    order : answers from lowest to highest. Those who gave another answer leave the base.
    deff : design effect, at least 1.

    Returns
    -------
    Result rows, one a target and pair of waves, pairs by date; ``earlier`` and ``later`` are the
    poll ids. ``p_adjusted`` is Holm's over the ``tests`` of the table.

    Raises
    ------
    EstimationError
        As `compare_ordered_distributions`; a wave without a date, or a comparison that does not
        apply.

    Notes
    -----
    R equivalent: ``coin::wilcox_test`` and ``p.adjust(p, "holm")``. Source: Mann and Whitney
    (1947), Brunner and Munzel (2000), Holm (1979).
    """

    def tests(waves: pd.DataFrame) -> Iterator[TestResult | Inapplicable]:
        aside = [answer for answer in waves["scale"].unique() if answer not in order]
        # Each distribution is set over those after it: the newest first.
        newest_first = waves.iloc[::-1]
        yield from compare_ordered_distributions(
            newest_first, item="scale", by="poll_id", order=order, aside=aside, deff=deff
        )

    rows = _family(readings, tests, f"superiority between waves, design effect {deff:g}")
    pair = rows["group"].str.split(" over ", expand=True)
    return _by_date(rows.assign(earlier=pair[1], later=pair[0]), readings)


def wave_association(readings: pd.DataFrame, *, deff: float = 1.0) -> pd.DataFrame:
    """How far the whole distributions of all waves differ, for each target: Cramér's V.

    Answers off the scale count, so a shift from an answer to “don't know” is seen.

    A missing percent or n is an error.

    Parameters
    ----------
    readings, deff : as for `wave_superiority`.

    Returns
    -------
    Result rows, one a target; ``p_adjusted`` is Holm's over the ``tests`` of the table.

    Raises
    ------
    EstimationError
        As `compare_distributions`; a wave without a date, or a comparison that does not apply.

    Notes
    -----
    R equivalent: ``chisq.test(correct = FALSE)``, ``effectsize::cramers_v``, ``p.adjust``.
    Source: Cramér (1946), Holm (1979).
    """

    def tests(waves: pd.DataFrame) -> Iterator[TestResult | Inapplicable]:
        yield compare_distributions(waves, item="scale", by="poll_id", deff=deff)

    return _family(readings, tests, f"distributions over waves, design effect {deff:g}")


def wave_share_changes(readings: pd.DataFrame, *, bound: float, deff: float = 1.0) -> pd.DataFrame:
    """The change of one printed share between waves, and whether it lies within ``bound``.

    Parameters
    ----------
    readings : one answer; one row a target and wave.
    bound : points up or down that count as no change worth the name; fixed beforehand.
    deff : design effect, at least 1.

    Returns
    -------
    Result rows in points, later less earlier, with ``earlier``, ``later``, ``bound``, the 90%
    interval in ``inner_low inner_high``, ``verdict`` of two one-sided tests, and ``tipping_deff``: the design effect from which the 95% interval
    holds no change, missing where it does already at 1.

    Raises
    ------
    EstimationError
        As `equivalent_printed_proportions`; a wave without a date, or a share that is 0 or 100 in
        both waves.

    Notes
    -----
    R equivalent: ``TOSTER::TOSTtwo.prop``. Source: Lakens (2017).
    """
    estimates, beside = [], []
    for target, waves in _dated(readings).groupby("target", sort=False):
        for earlier, later in combinations(waves["poll_id"], 2):
            first, last = (waves[waves["poll_id"] == poll] for poll in (earlier, later))
            both = pd.concat([last, first])
            found = equivalent_printed_proportions(both, lower=-bound, upper=bound, deff=deff)
            if isinstance(found, Inapplicable):
                raise EstimationError(
                    f"a change cannot be judged; got {target!r}, {earlier} to {later}:"
                    f" {found.reason}; expected shares between 0 and 100. Leave that target out."
                )
            tips = tipping_design_effect(last, to=first)
            estimates.append(found.effect)
            beside.append(
                {
                    "earlier": earlier,
                    "later": later,
                    "bound": bound,
                    "inner_low": found.inner_low,
                    "inner_high": found.inner_high,
                    "verdict": found.verdict.value,
                    "tipping_deff": None if isinstance(tips, Inapplicable) else tips.estimate,
                }
            )
    if not beside:
        raise EstimationError(
            f"no wave can be compared; got {len(readings)} readings; expected two waves of a target."
        )
    told = pd.DataFrame(beside).astype({"tipping_deff": "float64"})
    return _by_date(pd.concat([to_frame(estimates), told], axis=1), readings)


def farthest(rows: pd.DataFrame, *, point: float, column: str = "estimate") -> Estimate:
    """The row whose ``column``, such as the estimate or ``ci_high``, lies farthest from ``point``.

    In all else as `pick`.

    Raises
    ------
    EstimationError
        Every value is missing.
    """
    distance = np.abs(figures(rows, column) - point)
    if np.isnan(distance).all():
        raise EstimationError(
            f"no row is farthest; got {len(rows)} rows without {column!r}; expected one or more."
        )
    return pick(rows.iloc[[int(np.nanargmax(distance))]])


def _family(
    readings: pd.DataFrame,
    tests: Callable[[pd.DataFrame], Iterator[TestResult | Inapplicable]],
    name: str,
) -> pd.DataFrame:
    """Every test of every target as a result row, adjusted as one family."""
    results = []
    for target, waves in _dated(readings).groupby("target", sort=False):
        for result in tests(waves):
            if isinstance(result, Inapplicable) or result.effect is None:
                reason = result.reason if isinstance(result, Inapplicable) else "no effect size"
                raise EstimationError(
                    f"waves cannot be compared; got {target!r}: {reason}; expected distributions"
                    " of two or more waves. Leave that target out."
                )
            results.append(replace(result, effect=replace(result.effect, item=str(target))))
    members = adjust(results, family=name)
    rows = to_frame([result.effect for result in results if result.effect is not None])
    return rows.assign(
        statistic=[result.statistic for result in results],
        p_value=[result.p_value for result in results],
        p_adjusted=[member.p_adjusted for member in members],
        family=name,
        tests=[member.tests for member in members],
    )


def _dated(readings: pd.DataFrame) -> pd.DataFrame:
    """The readings, earliest wave first; targets keep their order."""
    require(readings, "poll_id", "target", "scale", "fieldwork_start")
    undated = sorted(set(readings.loc[readings["fieldwork_start"].isna(), "poll_id"]))
    if undated:
        raise EstimationError(
            f"waves cannot be put in order; got no start of fieldwork for {undated}; expected a"
            " date. Leave these waves out."
        )
    return readings.sort_values("fieldwork_start", kind="stable")


def _by_date(rows: pd.DataFrame, readings: pd.DataFrame) -> pd.DataFrame:
    """Rows by target in the order of the readings, then by later and by earlier wave."""
    targets = list(readings["target"].unique())
    waves = list(_dated(readings)["poll_id"].unique())
    place = rows.assign(
        a=rows["item"].map(targets.index), b=rows["later"].map(waves.index),
        c=-rows["earlier"].map(waves.index),
    )  # fmt: skip
    return rows.loc[place.sort_values(["a", "b", "c"]).index].reset_index(drop=True)
