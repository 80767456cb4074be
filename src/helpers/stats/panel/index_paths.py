"""Published indices of countries as results: values over time, places in a wave, and changes."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from scipy import stats

from helpers.errors import EstimationError
from helpers.evidence import evidence_of
from helpers.stats.columns import require
from helpers.stats.estimates import CONFIDENCE, Estimate, join_sources, to_frame
from helpers.stats.panel.panel_models import within_wave_ranks


def index_path(rows: pd.DataFrame, *, names: Mapping[str, str]) -> pd.DataFrame:
    """Values of indices over the years, each with the interval of its published standard error.

    Assumes that errors are normal. A value without a standard error has no interval.

    A missing standard error leaves the interval missing.

    Parameters
    ----------
    rows : one row an indicator, country and year, as `helpers.data.official.indicators` gives.
    names : what each ``indicator`` is called, in the order wanted.

    Returns
    -------
    Result rows in ``units``: ``item`` is the name, ``level`` the year, ``group`` the country.

    Raises
    ------
    EstimationError
        A named indicator has no row, or a row is of an indicator without a name.

    Notes
    -----
    R equivalent: ``value + c(-1, 1) * qnorm(0.975) * std_error``.
    Source: none, published values are read.
    """
    require(rows, "indicator", "iso3", "year", "country", "value", "std_error", "source_id")
    _check_names(set(rows["indicator"]), names)
    half = float(stats.norm.isf((1 - CONFIDENCE) / 2))
    place = {indicator: at for at, indicator in enumerate(names)}
    ordered = rows.assign(at=rows["indicator"].map(place)).sort_values(["at", "iso3", "year"])
    kind = evidence_of(rows)
    return to_frame(
        Estimate(
            item=names[row.indicator], level=str(row.year), group=row.country,
            estimate=float(row.value), se=_known(row.std_error),
            ci_low=_known(row.value - half * row.std_error),
            ci_high=_known(row.value + half * row.std_error),
            n=None, n_eff=None, deff=None, df=None, unit="units", evidence=kind,
            source=row.source_id, method="index_path",
        )
        for row in ordered.itertuples()
    )  # fmt: skip


def index_places(rows: pd.DataFrame, *, names: Mapping[str, str]) -> pd.DataFrame:
    """The place of each country in its wave: 1 for the highest value; ties share their mean place.

    Parameters
    ----------
    rows : one row a country and year, as `helpers.data.official.panel` gives.
    names : what each column is called, in the order wanted.

    Returns
    -------
    Result rows with the unit ``place``; ``n`` is the number of countries in the wave.

    Raises
    ------
    EstimationError
        A column is missing, a value is missing, or a wave has one row.

    Notes
    -----
    R equivalent: ``ave(-x, year, FUN = rank)``.
    Source: none, values are ranked.
    """
    require(rows, "iso3", "year", "country", "source_id")
    _check_names(set(rows.columns), names, extra=True)
    size = rows.groupby("year")["iso3"].transform("size")
    kind = evidence_of(rows)
    found = []
    for column, name in names.items():
        ranked = within_wave_ranks(rows, item=column)
        ranked = ranked.assign(
            place=size - ranked[f"{column}_rank"] * (size - 1), countries=size
        ).sort_values(["iso3", "year"])
        found += [
            Estimate(
                item=name, level=str(row.year), group=row.country,
                estimate=round(float(row.place), 6), se=None, ci_low=None, ci_high=None,
                n=int(row.countries), n_eff=None, deff=None, df=None, unit="place",
                evidence=kind, source=row.source_id, method="index_places",
            )
            for row in ranked.itertuples()
        ]  # fmt: skip
    return to_frame(found)


def panel_changes(
    rows: pd.DataFrame, *, names: Mapping[str, str], first: int, last: int
) -> pd.DataFrame:
    """The change of each column between two waves, in each country that has both.

    Parameters
    ----------
    rows : one row a country and year.
    names : what each column is called.
    first, last : the years.

    Returns
    -------
    Result rows in ``units``: ``level`` is the two years, ``group`` the country.

    Raises
    ------
    EstimationError
        A column is missing, or no country has both waves.

    Notes
    -----
    R equivalent: ``merge`` of two years and a difference. Source: none, values are subtracted.
    """
    require(rows, "year", "country", "source_id")
    _check_names(set(rows.columns), names, extra=True)
    ends = [rows[rows["year"] == year].set_index("country") for year in (first, last)]
    both = ends[0].index.intersection(ends[1].index)
    if both.empty:
        raise EstimationError(
            f"no country has both waves; got {first} and {last}; expected two years of"
            f" {sorted(set(rows['year']))}."
        )
    kind = evidence_of(rows)
    return to_frame(
        Estimate(
            item=name, level=f"{first} to {last}", group=country,
            estimate=float(ends[1].loc[country, column] - ends[0].loc[country, column]),
            se=None, ci_low=None, ci_high=None, n=None, n_eff=None, deff=None, df=None,
            unit="units", evidence=kind,
            source=join_sources(rows[rows["country"] == country]), method="panel_changes",
        )
        for column, name in names.items()
        for country in both
    )  # fmt: skip


def _check_names(found: set[str], names: Mapping[str, str], *, extra: bool = False) -> None:
    """Refuse a name without data and, unless ``extra``, data without a name."""
    absent = [key for key in names if key not in found]
    if absent:
        raise EstimationError(f"nothing of {absent} was found; expected some of {sorted(found)}.")
    unnamed = sorted(found - set(names))
    if unnamed and not extra:
        raise EstimationError(
            f"indicators would be left out; got {unnamed} without a name; expected a name for each."
        )


def _known(value: float) -> float | None:
    return float(value) if value is not pd.NA and np.isfinite(value) else None
