"""Whether bodies differ in answering by more than chance, under every combination of stated choices."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

import pandas as pd
from scipy import stats

from helpers.errors import EstimationError
from helpers.evidence import evidence_of
from helpers.stats.bend.multiverse import Choice, multiverse
from helpers.stats.columns import require
from helpers.stats.estimates import CONFIDENCE, Estimate, Inapplicable, count
from helpers.stats.pool.funnel import funnel_limits

OFFICE_CHOICES = {
    "bodies": "Bodies",
    "counts": "Answered",
    "target": "Common rate",
    "limits": "Limits",
    "spread": "Requests",
}
"""The choices of `office_paths`, with their headings."""


def office_paths(
    rows: pd.DataFrame,
    *,
    body: str,
    answered: str,
    received: str,
    printed: str,
    without: Mapping[str, Collection[str]],
    targets: Mapping[str, float | None],
) -> pd.DataFrame:
    """How many bodies lie outside the limits of chance, on every path.

    The choices: which bodies; answers as counted, or those that the printed share gives; the rate
    that all are held against; limits of 95 or 99.8 %; limits for independent requests, or widened
    by all the variance there is. The main path has the first option of each.

    In all else as `funnel_limits` and `multiverse`.

    Parameters
    ----------
    rows : one row a body, with whole counts, evidence and source.
    body, answered, received : columns of the name and the counts.
    printed : column of the share answered in percent, as printed.
    without : names of the bodies that are left out, by the words for those that stay.
    targets : rates in percent by the words for them; None is the rate of the bodies of the path.

    Returns
    -------
    Rows of `helpers.stats.bend.multiverse.multiverse`, whose estimate is a count, without interval: the
    counts are of all requests, and no sample.

    Raises
    ------
    EstimationError
        As for `funnel_limits`, or a choice has no option.

    Notes
    -----
    R equivalent: as `funnel_limits`, over ``expand.grid``. Source: Spiegelhalter (2005), Steegen
    and others (2016).
    """
    options = {
        "bodies": [Choice(label, tuple(names)) for label, names in without.items()],
        "counts": [Choice("as counted", answered), Choice("from the printed share", "from_share")],
        "target": [Choice(label, rate) for label, rate in targets.items()],
        "limits": [Choice("95%", "inner"), Choice("99.8%", "outer")],
        "spread": [Choice("independent requests", "place"), Choice("widened", "wide_place")],
    }  # fmt: skip
    if not without or not targets:
        raise EstimationError(
            f"choices have no option; got {len(without)} sets of bodies and {len(targets)} rates;"
            " expected one of each or more."
        )

    require(rows, body, received, printed)
    both = rows.assign(from_share=(rows[received] * rows[printed] / 100).round())

    def outside(
        *, bodies: Collection[str], counts: str, target: float | None, limits: str, spread: str
    ) -> Estimate | Inapplicable:
        kept = both[~both[body].isin(list(bodies))]
        found = funnel_limits(kept, body=body, answered=counts, received=received, target=target)
        if isinstance(found, Inapplicable):
            return replace(found, evidence=evidence_of(rows))
        beyond = (
            found[spread].ne("inside") if limits == "inner" else found[spread].str.startswith("far")
        )
        return replace(count(found), estimate=float(beyond.sum()))

    return multiverse(options, outside, main={name: few[0].label for name, few in options.items()})


def bunch_to_common_rate(
    rows: pd.DataFrame, *, answered: str, received: str
) -> Estimate | Inapplicable:
    """How many requests a bunch would have to hold for one rate of all bodies not to be rejected.

    Requests of one bunch, such as those about one event, are answered all or none; bunches are
    independent. Pearson's chi-square of bodies by answered then counts bunches, and divides by
    their size: a design effect.

    A missing count is an error.

    Parameters
    ----------
    rows : one row a body, with whole counts, evidence and source.
    answered, received : columns of the counts.

    Returns
    -------
    Chi-square over its critical value at 5 %, an ``index``. Or `Inapplicable`: one body, all or
    none answered, or one rate is not rejected even for single requests.

    Raises
    ------
    EstimationError
        A column is unknown or a count cannot be one, as for `funnel_limits`.

    Notes
    -----
    R equivalent: ``chisq.test(cbind(yes, no), correct = FALSE)$statistic / qchisq(0.95, k - 1)``.
    Source: Kish (1965) for the design effect of whole bunches.
    """
    named = rows.assign(one_row=[str(place) for place in range(len(rows))])
    found = funnel_limits(named, body="one_row", answered=answered, received=received)
    if isinstance(found, Inapplicable):
        return replace(found, method="bunch_to_common_rate")
    rate, centre, n = found["estimate"], found["target"], found["n"]
    chi2 = float((n.astype(float) * (rate - centre) ** 2 / (centre * (100 - centre))).sum())
    size = chi2 / float(stats.chi2.isf(1 - CONFIDENCE, len(rows) - 1))
    if size <= 1:
        return Inapplicable(
            "one rate is not rejected even for single requests", "bunch_to_common_rate"
        )
    whole = count(found)
    return replace(whole, level="requests a bunch", estimate=size, unit="index",
                   method="bunch_to_common_rate")  # fmt: skip
