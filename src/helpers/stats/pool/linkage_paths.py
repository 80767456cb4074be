"""State-linked houses against others in published polls, under every combination of stated choices."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd
from scipy import special

from helpers.errors import ConvergenceError, EstimationError
from helpers.evidence import evidence_of
from helpers.stats.bend.multiverse import Choice, multiverse
from helpers.stats.estimates import Estimate, Inapplicable, pick
from helpers.stats.pool.between_studies import Between
from helpers.stats.pool.meta_regression import meta_regression
from helpers.stats.pool.poll_studies import poll_studies
from helpers.stats.pool.pooling import pooled
from helpers.stats.pool.pooling_checks import relabellings
from helpers.stats.pool.study_rows import Scale
from helpers.stats.published.printed import DESIGN_EFFECTS

METHOD = "linkage_paths"

LINKAGE_CHOICES = {
    "readings": "Wordings",
    "years": "Years",
    "houses": "Readings of one house",
    "labels": "Labels of houses",
    "scale": "Scale of pooling",
    "between": "Variance between polls",
    "design": "Design effect",
}
"""The choices of `linkage_paths`, with their headings."""


def linkage_paths(readings: pd.DataFrame, *, doubtful: Sequence[str], since: str) -> pd.DataFrame:
    """How much higher state-linked houses stand than others, on every path.

    The choices: trust and approval, or trust alone; all years or those from ``since``; every
    reading or the newest of each house; labels as given, or one doubtful house relabelled; percents
    or log-odds; the estimator of the variance between polls; the design effect. The main path has
    the first option of each.

    In all else as `linkage_checks` and `multiverse`.

    Parameters
    ----------
    readings : printed shares with a base, as `helpers.data.published.polls` gives them.
    doubtful : houses whose label is turned round, one at a time.
    since : ISO date.

    Returns
    -------
    Rows of `helpers.stats.bend.multiverse.multiverse` in points, with Hartung–Knapp intervals. On the
    log-odds scale, the points are those around the mean of the polls. A path with one label, or
    with too few readings, has a reason in place of a result.
    """
    options = {
        "readings": [Choice("trust and approval", "both"), Choice("trust alone", "trust")],
        "years": [Choice("all years", ""), Choice(f"since {since[:4]}", since)],
        "houses": [Choice("all readings", "all"), Choice("newest of each", "newest")],
        "labels": [Choice("as labelled", "as labelled"),
                   *(Choice(f"{house} relabelled", f"{house} relabelled") for house in doubtful)],
        "scale": [Choice("percent", "identity"), Choice("log-odds", "logit")],
        "between": [Choice("REML", "reml"), Choice("Paule–Mandel", "paule-mandel")],
        "design": [Choice(f"{deff:g}", deff) for deff in DESIGN_EFFECTS],
    }  # fmt: skip
    main = {name: choices[0].label for name, choices in options.items()}
    rows = multiverse(options, LinkagePath(readings, tuple(doubtful)), main=main)
    kind = evidence_of(readings).value
    return rows.assign(evidence=kind, group=rows[list(options)].agg(", ".join, axis=1))


@dataclass(frozen=True, eq=False)
class LinkagePath:
    """One path: the contrast between the two kinds of houses, given the value of every choice."""

    printed: pd.DataFrame
    doubtful: tuple[str, ...]

    def __call__(
        self, *, readings: str, years: str, houses: str, labels: str, scale: Scale,
        between: Between, design: float,
    ) -> Estimate | Inapplicable:  # fmt: skip
        """The contrast in points, or why this path has none."""
        rows = self._studies[labels, design]
        rows = rows[rows["date"] >= years] if years else rows
        rows = rows[rows["wording"] == "trust"] if readings == "trust" else rows
        if houses == "newest":
            rows = rows.sort_values("date", kind="stable").groupby("house", sort=False).tail(1)
        few = rows["stands"].value_counts()
        kind = evidence_of(self.printed)
        if few.size < 2 or few.min() == 0:
            return Inapplicable("one kind of house is left", METHOD, kind)
        try:
            model = meta_regression(rows, moderators=["stands"], scale=scale, tau2=between)
        except (EstimationError, ConvergenceError) as error:
            return Inapplicable(str(error).split(";")[0], METHOD, kind)
        if isinstance(model, Inapplicable):
            return replace(model, evidence=kind)
        contrast = replace(pick(model.coefficients.iloc[[1]]), method=METHOD)
        if scale == "identity":
            return contrast
        return _in_points(contrast, pooled(rows, scale="logit", tau2=between).estimate.estimate)

    @cached_property
    def _studies(self) -> dict[tuple[str, float], pd.DataFrame]:
        """The readings as studies, for each set of labels and each design effect."""
        return {
            (label, deff): rows
            for deff in DESIGN_EFFECTS
            for label, rows in relabellings(
                poll_studies(self.printed, deff=deff), doubtful=self.doubtful
            )
        }


def _in_points(contrast: Estimate, mean: float) -> Estimate:
    """Log-odds as the points between two shares that lie evenly around the mean on that scale."""
    middle = float(special.logit(mean / 100))

    def points(value: float | None) -> float | None:
        if value is None:
            return None
        ends = special.expit(np.array([middle - value / 2, middle + value / 2]))
        return 100 * float(ends[1] - ends[0])

    shift = points(contrast.estimate)
    return replace(
        contrast, estimate=math.nan if shift is None else shift, se=None,
        ci_low=points(contrast.ci_low), ci_high=points(contrast.ci_high), unit="points",
    )  # fmt: skip
