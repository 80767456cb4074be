"""Claims on published indices of countries under every combination of stated choices."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import pandas as pd

from helpers.errors import EstimationError
from helpers.evidence import evidence_of
from helpers.stats.bend.multiverse import Choice, multiverse
from helpers.stats.columns import require
from helpers.stats.estimates import Estimate, Inapplicable, pick
from helpers.stats.panel.index_change import Dependence, change_apart, index_changes
from helpers.stats.panel.panel_models import fixed_effects, wild_bootstrap_test
from helpers.stats.panel.panel_outcomes import Scale, on_scales, spread_of

SLOPE_CHOICES = {
    "term": "Index of the state online",
    "measure": "Measure of both",
    "countries": "Countries",
    "years": "Waves",
    "estimator": "Estimator",
    "interval": "Interval",
}
"""The choices of `slope_paths`, with their headings."""

CHANGE_CHOICES = {"first": "First year", "last": "Last year", "errors": "Errors of two years"}
"""The choices of `change_paths`, with their headings."""

MEASURES: Mapping[str, tuple[Scale, Scale]] = {
    "deviations, outcome as published": ("z", "value"),
    "deviations within the wave": ("z", "z"),
    "places within the wave": ("rank", "rank"),
}


def slope_paths(
    rows: pd.DataFrame,
    *,
    outcome: str,
    terms: Mapping[str, str],
    without: Mapping[str, Collection[str]],
    years: Mapping[str, tuple[int, int]],
) -> pd.DataFrame | Inapplicable:
    """The slope of an outcome on one term within countries and waves, on every path.

    The choices: which index is the term; both as deviations or places within their wave; which
    countries and waves; levels, or changes from wave to wave less the mean change of the country,
    so that each has a trend of its own; the wild bootstrap or CR2. The main path has the first
    option of each.

    In all else as `outcome_slopes` and `multiverse`.

    Parameters
    ----------
    rows : one row a country and year, as `helpers.data.official.panel` gives.
    outcome : the column of the outcome.
    terms : columns of the term by the words for them.
    without : codes of the countries that are left out, by the words for the countries that stay.
    years : first and last year by the words for the waves.

    Returns
    -------
    Rows of `helpers.stats.bend.multiverse.multiverse` in standard deviations of the outcome among
    countries of one wave, for one of the term. `Inapplicable` if the main path has no result.

    Raises
    ------
    EstimationError
        As for `outcome_slopes`, a choice has no option, or the outcome is a term.

    Notes
    -----
    R equivalent: ``specr::specr`` over ``plm::plm(effect = "twoways", model = c("within", "fd"))``.
    Source: Steegen and others (2016); Wooldridge (2010) for changes with own trends.
    """
    require(rows, "iso3", "year", outcome, *terms.values())
    if outcome in terms.values():
        raise EstimationError(
            f"an outcome cannot be its own term; got {outcome!r} twice; expected another column."
        )
    options: dict[str, Sequence[Choice]] = {
        "term": _options(terms),
        "measure": _options(MEASURES),
        "countries": _options(without),
        "years": _options(years),
        "estimator": [Choice("levels", "levels"), Choice("changes, own trends", "changes")],
        "interval": [Choice("wild bootstrap", "wild"), Choice("CR2", "cr2")],
    }
    return _walked(options, SlopePath(rows, outcome), "slope_paths")


def change_paths(
    path: pd.DataFrame,
    *,
    item: str,
    less: str | None = None,
    first: Sequence[int],
    last: Sequence[int],
) -> pd.DataFrame | Inapplicable:
    """How much an index changed, or how much more than another, between any two stated years.

    The choices: the first year, the last, and errors that are independent or correlate as
    unfavourably as they can. The main path has the first option of each.

    In all else as `index_changes` and `multiverse`.

    Parameters
    ----------
    path : result rows of `helpers.stats.panel.index_paths.index_path`, of one country.
    item : name of the index.
    less : name of the index whose change is taken off, if any.
    first, last : the years, that of the main path in front.

    Returns
    -------
    Rows of `helpers.stats.bend.multiverse.multiverse` in units of the index. `Inapplicable` if the main
    path has no result.

    Raises
    ------
    EstimationError
        As for `index_changes`, or there is no year.

    Notes
    -----
    R equivalent: ``specr::specr`` over ``expand.grid(first, last, dependence)``.
    Source: Steegen and others (2016).
    """

    def change(*, first: int, last: int, errors: Dependence) -> Estimate:
        ends: dict[str, Any] = {"first": first, "last": last, "dependence": errors}
        if less is not None:
            return change_apart(path, minuend=item, subtrahend=less, **ends)
        return pick(index_changes(path[path["item"] == item], **ends))

    options: dict[str, Sequence[Choice]] = {
        "first": _options({str(year): year for year in first}),
        "last": _options({str(year): year for year in last}),
        "errors": [Choice("independent", "none"), Choice("any correlation", "any")],
    }
    return _walked(options, change, "change_paths")


@dataclass(frozen=True, eq=False)
class SlopePath:
    """One path: the slope in standard deviations, given the value of every choice."""

    rows: pd.DataFrame
    outcome: str

    def __call__(
        self, *, term: str, measure: tuple[Scale, Scale], countries: Collection[str],
        years: tuple[int, int], estimator: Literal["levels", "changes"],
        interval: Literal["wild", "cr2"],
    ) -> Estimate | Inapplicable:  # fmt: skip
        """The slope, or why this path has none."""
        kept = self.rows[
            self.rows["year"].between(*years) & ~self.rows["iso3"].isin(list(countries))
        ]
        term_as, outcome_as = measure
        panel, (left, right) = on_scales(kept, {self.outcome: outcome_as, term: term_as})
        by = spread_of(panel, right) / spread_of(panel, left)
        if estimator == "changes":
            ordered = panel.sort_values(["iso3", "year"])
            steps = ordered.groupby("iso3")[[left, right]].diff()
            panel = ordered.assign(**steps).dropna(subset=[left, right])
            if panel.empty:
                return Inapplicable("one wave has no change", "slope_paths", evidence_of(kept))
        found: Estimate | Inapplicable | None
        if interval == "cr2":
            model = fixed_effects(panel, outcome=left, terms=[right], variance="CR2")
            found = model if isinstance(model, Inapplicable) else pick(model)
        else:
            test = wild_bootstrap_test(panel, outcome=left, terms=[right], tested=right)
            found = test if isinstance(test, Inapplicable) else test.effect
        if found is None or isinstance(found, Inapplicable):
            return found or Inapplicable("the test has no effect", "slope_paths")
        numbers: dict[str, Any] = {
            name: None if (value := getattr(found, name)) is None else value * by
            for name in ("estimate", "se", "ci_low", "ci_high")
        }
        return replace(found, item=self.outcome, unit="standard deviations", **numbers)


def _walked(
    options: Mapping[str, Sequence[Choice]], analyse: Any, method: str
) -> pd.DataFrame | Inapplicable:
    """Every path, the first option of each choice on the main one, told apart by its options."""
    empty = [name for name, choices in options.items() if not choices]
    if empty:
        raise EstimationError(f"choices have no option; got none of {empty}; expected one or more.")
    main = {name: choices[0].label for name, choices in options.items()}
    rows = multiverse(options, analyse, main=main)
    chief = rows[rows["main"]].iloc[0]
    if pd.isna(chief["estimate"]):
        return Inapplicable(f"the main path has no result: {chief['reason']}", method)
    group = rows[list(options)].agg(", ".join, axis=1)
    return rows.assign(group=group, method=method, evidence=chief["evidence"])


def _options(named: Mapping[str, Any]) -> list[Choice]:
    return [Choice(label, value) for label, value in named.items()]
