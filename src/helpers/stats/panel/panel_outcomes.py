"""One term and several outcomes of a country panel: slopes as one family of tests, and who carries them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import numpy as np
import pandas as pd

from helpers.errors import EstimationError
from helpers.stats.columns import require
from helpers.stats.estimates import Estimate, Inapplicable, joined
from helpers.stats.families import adjust, family_frame
from helpers.stats.no_effect.tost import Bounds, decide
from helpers.stats.panel.panel_models import (
    fixed_effects,
    wild_bootstrap_test,
    within_wave_ranks,
    within_wave_z,
)

Scale = Literal["value", "z", "rank"]
"""A column as published, as standard deviations within its wave, or as place within its wave."""


def outcome_slopes(
    panels: Mapping[str, pd.DataFrame],
    *,
    term: str,
    names: Mapping[str, str],
    term_as: Scale = "z",
    outcome_as: Scale = "value",
) -> pd.DataFrame | Inapplicable:
    """The slope of each outcome on one term, within countries and waves, as one family of tests.

    Assumes what `fixed_effects` assumes. The family is the outcomes named, whatever they give.

    In all else as `fixed_effects` and `wild_bootstrap_test`.

    Parameters
    ----------
    panels : by outcome, the country-years in which it and the term have values.
    term : the column of the term.
    names : what each outcome is called, in the order wanted.
    term_as, outcome_as : how the two are measured; ``z`` and ``rank`` are taken among the
        countries of the outcome's own panel.

    Returns
    -------
    A result row an outcome: the slope with the interval and ``p_value`` of `wild_bootstrap_test`,
    ``se`` and ``df`` of ``CR2``, its interval as ``cr2_low`` and ``cr2_high``, ``p_adjusted`` by
    Holm over all ``tests``, the ``countries`` and ``waves``, and ``spread``: the standard
    deviation of the outcome, as it entered, among countries of one wave. Or `Inapplicable`, for
    the first outcome that cannot be estimated.

    Raises
    ------
    EstimationError
        The outcomes of ``panels`` and ``names`` differ, or as for `fixed_effects`.

    Notes
    -----
    R equivalent: as `fixed_effects` and `wild_bootstrap_test`, then ``p.adjust(p, "holm")``.
    """
    if set(panels) != set(names):
        raise EstimationError(
            f"every outcome needs a panel and a name; got {sorted(panels)} and {sorted(names)};"
            " expected the same."
        )
    tests, found = [], []
    for outcome, name in names.items():
        rows, (left, right) = on_scales(panels[outcome], {outcome: outcome_as, term: term_as})
        model = fixed_effects(rows, outcome=left, terms=[right], variance="CR2")
        test = wild_bootstrap_test(rows, outcome=left, terms=[right], tested=right)
        if isinstance(model, Inapplicable) or isinstance(test, Inapplicable):
            return model if isinstance(model, Inapplicable) else test
        tests.append(test)
        found.append(
            {
                "item": name, "se": model["se"].iloc[0], "df": model["df"].iloc[0],
                "cr2_low": model["ci_low"].iloc[0], "cr2_high": model["ci_high"].iloc[0],
                "countries": rows["iso3"].nunique(), "waves": rows["year"].nunique(),
                "spread": spread_of(rows, left),
            }
        )  # fmt: skip
    family = family_frame(adjust(tests, family=f"slopes of {len(names)} outcomes"))
    kept = ["estimate", "ci_low", "ci_high", "n", "p_value", "p_adjusted", "family", "tests", "unit",
            "evidence", "source", "method"]  # fmt: skip
    extra = pd.DataFrame(found)
    group = [f"{count} countries" for count in extra["countries"]]
    head = extra.assign(level=term, group=group, n_eff=np.nan, deff=np.nan)
    return pd.concat([head, family[kept]], axis=1)


def without_each(
    panels: Mapping[str, pd.DataFrame], *, term: str, names: Mapping[str, str]
) -> pd.DataFrame | Inapplicable:
    """The slopes of `outcome_slopes` with each country left out in turn, scaled anew.

    In all else as `outcome_slopes`.

    Returns
    -------
    Its rows, once for each country, which stands in ``group`` and its code in ``iso3``;
    ``spread`` is that of the whole panel, so that slopes compare. Adjusted p-values are dropped:
    these are looks at one family, and no families of their own.
    """
    whole = outcome_slopes(panels, term=term, names=names)
    if isinstance(whole, Inapplicable):
        return whole
    spread = whole.set_index("item")["spread"]
    left: list[pd.DataFrame] = []
    for outcome, panel in panels.items():
        countries = panel.drop_duplicates("iso3")[["iso3", "country"]]
        for code, country in countries.itertuples(index=False):
            rest = panel[panel["iso3"] != code]
            rows = outcome_slopes({outcome: rest}, term=term, names={outcome: names[outcome]})
            if isinstance(rows, Inapplicable):
                return rows
            left.append(rows.assign(group=country, iso3=code, spread=spread[names[outcome]]))
    return pd.concat(left, ignore_index=True).drop(columns=["p_adjusted", "family", "tests"])


def in_spreads(slopes: pd.DataFrame) -> pd.DataFrame:
    """Slopes in standard deviations of their outcome among countries of one wave.

    Outcomes on different scales can then stand on one axis; tests are those of the slopes.

    ``slopes`` are rows of `outcome_slopes`. In all else as `pick`.
    """
    columns = ["estimate", "se", "ci_low", "ci_high", "cr2_low", "cr2_high"]
    require(slopes, "spread", *columns)
    scaled = slopes[columns].div(slopes["spread"], axis=0)
    return slopes.assign(**scaled, unit="standard deviations", spread=1.0)


def negligible(slopes: pd.DataFrame, *, bound: float) -> pd.DataFrame:
    """The rows with ``verdict``: two one-sided tests of each slope against ``± bound`` of its unit.

    The tests use the error and degrees of freedom of ``CR2``. ``verdict`` is “equivalent” where
    both reject at 5 %, “different” with its side where the 95 % interval lies beyond a bound, and
    otherwise “not shown”, which is no evidence of anything.

    In all else as `outcome_slopes` and `change_equivalence`.

    Parameters
    ----------
    slopes : rows of `outcome_slopes`.

    Raises
    ------
    EstimationError
        The bound is not above 0.
    """
    require(slopes, *Estimate.__dataclass_fields__)
    bounds = Bounds(lower=-bound, upper=bound)
    verdicts = [
        decide(
            row.estimate, row.se, df=row.df, bounds=bounds, item=row.item, level=row.level,
            group=row.group, n=row.n, n_eff=None, deff=None, unit=row.unit,
            evidence=row.evidence, source=row.source, method="negligible",
        ).verdict.value
        for row in slopes.itertuples()
    ]  # fmt: skip
    return slopes.assign(verdict=verdicts, bound=bound)


def over_ways(ways: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """The slopes of several analyses of one question below each other, with their name in ``way``.

    ``ways`` holds rows of `outcome_slopes` by the name of the analysis, which its family bears
    too; none is an error. In all else as `pick`.
    """
    named = (rows.assign(way=name, family=name) for name, rows in ways.items())
    return joined(named, "a table of analyses")


def p_values(slopes: pd.DataFrame, *, adjusted: bool = True) -> pd.DataFrame:
    """The p-values of slopes as result rows in ``probability``, which prose can show.

    ``slopes`` are rows of `outcome_slopes`; ``adjusted`` takes the p-values of the family. In
    all else as `pick`.
    """
    require(slopes, "p_adjusted", "p_value")
    return slopes.assign(
        estimate=slopes["p_adjusted" if adjusted else "p_value"], se=np.nan, ci_low=np.nan,
        ci_high=np.nan, df=np.nan, unit="probability",
    )  # fmt: skip


def on_scales(rows: pd.DataFrame, scales: Mapping[str, Scale]) -> tuple[pd.DataFrame, list[str]]:
    """The panel with the columns wanted, and their names."""
    names = []
    for column, scale in scales.items():
        if scale == "z":
            rows = within_wave_z(rows, item=column)
        elif scale == "rank":
            rows = within_wave_ranks(rows, item=column)
        elif scale != "value":
            raise EstimationError(f"unknown scale {scale!r}; expected 'value', 'z' or 'rank'.")
        names.append(column if scale == "value" else f"{column}_{scale}")
    return rows, names


def spread_of(rows: pd.DataFrame, column: str) -> float:
    """The root of the mean variance (n − 1) among countries of one wave."""
    return float(np.sqrt(rows.groupby("year")[column].var().mean()))
